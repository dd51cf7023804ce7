/* corpus_read - from files to documents: JSON lines, or a whole text. */
#include "distill/corpus.h"

#include "base/json_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define NODES_MAX 65536u
#define PIECE     ((size_t)1 << 20) /* bytes of a text at a time, cut behind a line */

/* for a corpus, or for the words of a tokenizer that is being made */
typedef struct reading {
  rt_alloc alloc;
  rt_corpus *c;
  rt_bpe_trainer *words;
  const rt_tokenizer *t;
  const char *path;
  rt_ids ids;
  rt__buf text;
  uint64_t line;
} reading;

static rt_code encode(reading *r, rt_slice text, unsigned flags, rt_error *err)
{
  if (r->words)
    return rt_bpe_trainer_add(r->words, text, err);
  return rt_tokenizer_encode(r->t, text, flags, &r->ids, err);
}

static rt_code end_document(reading *r, size_t prompt, rt_error *err)
{
  if (r->words)
    return RT_OK;
  uint32_t eos = rt_tokenizer_eos(r->t);
  rt_code code = RT_OK;
  bool there = r->ids.n && r->ids.p[r->ids.n - 1] == eos;
  if (eos != RT_TOKEN_NONE && !there && (code = rt_ids_add(&r->ids, eos)) != RT_OK)
    return rt__fail(err, code, "%s: a document is too long", r->path);
  code = rt_corpus_add(r->c, r->ids.p, r->ids.n, prompt, err);
  r->ids.n = 0;
  return code;
}

/* ---- JSON lines */

static rt_code encode_member(reading *r, const rt__jr_node *n, unsigned flags, rt_error *err)
{
  rt__buf_clear(&r->text);
  rt_code code = rt__jr_string(n, &r->text);
  if (code)
    return rt__fail_at(err, code, r->line, 0, "%s: line %llu: a text can't be read", r->path,
                       (unsigned long long)r->line);
  return encode(r, rt__buf_slice(&r->text), flags, err);
}

static bool is_string(const rt__jr_node *n)
{
  return n && n->type == RT__JR_STRING;
}

static rt_code one_object(reading *r, const rt__jr *d, rt_error *err)
{
  const rt__jr_node *root = rt__jr_root(d), *text = rt__jr_get(d, root, "text");
  const rt__jr_node *prompt = rt__jr_get(d, root, "prompt");
  const rt__jr_node *answer = rt__jr_get(d, root, "completion");
  rt_code code;
  if (is_string(text)) {
    code = encode_member(r, text, RT_ENCODE_BOS, err);
    return code ? code : end_document(r, 0, err);
  }
  if (is_string(prompt) && is_string(answer)) {
    /* separately, so that no token reaches over the border between what counts and what doesn't */
    code = encode_member(r, prompt, RT_ENCODE_BOS | RT_ENCODE_SPECIAL, err);
    size_t n = r->ids.n;
    if (!code)
      code = encode_member(r, answer, RT_ENCODE_SPECIAL, err);
    return code ? code : end_document(r, n, err);
  }
  const char *hint = rt__jr_get(d, root, "messages")
                         ? "apply the chat template and give prompt and completion"
                         : "text, or prompt and completion, as strings";
  return rt__fail_at(err, RT_E_FORMAT, r->line, 0, "%s: line %llu: %s", r->path,
                     (unsigned long long)r->line, hint);
}

static rt_code one_line(reading *r, rt_slice line, rt_error *err)
{
  line = rt__slice_trim(line);
  if (line.n == 0)
    return RT_OK;
  if (line.n > RT_CORPUS_LINE_MAX)
    return rt__fail_at(err, RT_E_LIMIT, r->line, 0, "%s: line %llu is too long", r->path,
                       (unsigned long long)r->line);
  rt__jr *d = NULL;
  rt_code code = rt__jr_parse(&r->alloc, line, NODES_MAX, &d, NULL);
  if (code)
    return rt__fail_at(err, code, r->line, 0, "%s: line %llu is no JSON object", r->path,
                       (unsigned long long)r->line);
  code = one_object(r, d, err);
  rt__jr_free(d);
  return code;
}

static rt_code read_lines(reading *r, FILE *in, rt_error *err)
{
  char *line = NULL;
  size_t cap = 0;
  rt_code code = RT_OK;
  for (ssize_t n; !code && (n = getline(&line, &cap, in)) >= 0;) {
    r->line++;
    code = one_line(r, rt__slice(line, (size_t)n), err);
  }
  free(line);
  return code;
}

/* ---- a whole text */

/* where to cut so that the next piece starts a line; all of it if there is no line's end */
static size_t behind_last_line(const char *p, size_t n)
{
  for (size_t i = n; i > 0; i--)
    if (p[i - 1] == '\n')
      return i;
  return n;
}

static rt_code read_text(reading *r, FILE *in, rt_error *err)
{
  char *piece = rt__realloc(&r->alloc, NULL, 0, PIECE, 1);
  if (!piece)
    return rt__fail(err, RT_E_NOMEM, "corpus: no memory");
  rt_code code = RT_OK;
  unsigned flags = RT_ENCODE_BOS;
  size_t have = 0;
  for (size_t got; !code; flags = 0) {
    got = fread(piece + have, 1, PIECE - have, in);
    have += got;
    if (have == 0)
      break;
    size_t use = have == PIECE ? behind_last_line(piece, have) : have;
    code = encode(r, rt__slice(piece, use), flags, err);
    memmove(piece, piece + use, have - use);
    have -= use;
    if (got == 0 && use == 0)
      break;
  }
  rt__free(&r->alloc, piece, PIECE);
  return code ? code : end_document(r, 0, err);
}

static rt_code read_file(reading *r, size_t ids_max, rt_error *err)
{
  FILE *in = fopen(r->path, "rb");
  if (!in)
    return rt__fail(err, RT_E_IO, "%s: %s", r->path, strerror(errno));
  rt_ids_init(&r->ids, &r->alloc, ids_max);
  rt__buf_init(&r->text, &r->alloc, RT_CORPUS_LINE_MAX);
  size_t n = strlen(r->path);
  bool lines = n > 6 && strcmp(r->path + n - 6, ".jsonl") == 0;
  rt_code code = lines ? read_lines(r, in, err) : read_text(r, in, err);
  if (!code && ferror(in))
    code = rt__fail(err, RT_E_IO, "%s: %s", r->path, strerror(errno));
  rt_ids_free(&r->ids);
  rt__buf_free(&r->text);
  (void)fclose(in);
  return code;
}

rt_code rt_corpus_add_file(rt_corpus *c, const rt_tokenizer *t, const char *path, rt_error *err)
{
  reading r = {.alloc = c->alloc, .c = c, .t = t, .path = path};
  return read_file(&r, c->max, err);
}

rt_code rt_corpus_words(const rt_alloc *alloc, rt_bpe_trainer *t, const char *path, rt_error *err)
{
  reading r = {.alloc = *alloc, .words = t, .path = path};
  return read_file(&r, 1, err);
}
