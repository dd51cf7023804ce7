/* import_logits_json - lists of top log-probabilities, one document a line. Two passes: the first
 * counts and hashes the tokens, for the header; the second writes. */
#include "distill/import_logits_in.h"

#include "base/hash.h"
#include "distill/import_bytes.h"
#include "distill/import_json.h"
#include "distill/quant.h"

#include <math.h>
#include <stdlib.h>

#define LINE_MAX_BYTES ((size_t)64 << 20)
#define CORPUS_MAX     ((size_t)4 << 30)

typedef struct listed {
  double logp;
  uint32_t id;
} listed;

/* ---- lines */

typedef rt_code (*line_fn)(rt__logits *l, void *ctx, const json_t *line, uint64_t document,
                           rt_error *err);

static rt_code each_line(rt__logits *l, rt_slice lines, line_fn fn, void *ctx, rt_error *err)
{
  uint64_t document = 0, number = 0;
  while (lines.n) {
    const char *end = memchr(lines.p, '\n', lines.n);
    rt_slice line = rt__slice(lines.p, end ? (size_t)(end - lines.p) : lines.n);
    size_t used = line.n + (end != NULL);
    lines = rt__slice(lines.p + used, lines.n - used);
    number++;
    if (rt__slice_trim(line).n == 0)
      continue;
    json_t *v;
    rt_code code = rt__json_read(line, LINE_MAX_BYTES, "logits", &v, err);
    if (code == RT_OK) {
      code = fn(l, ctx, v, document++, err);
      json_decref(v);
    }
    if (code) {
      if (err)
        err->line = number;
      return code;
    }
  }
  return RT_OK;
}

/* ---- the first pass */

static rt_code count_line(rt__logits *l, void *ctx, const json_t *line, uint64_t document,
                          rt_error *err)
{
  const json_t *tokens = rt__json_at(line, "tokens");
  size_t n = json_array_size(tokens);
  rt__buf *corpus = ctx;
  (void)document;
  if (n == 0 || n > RT_TARGETS_TOKENS_MAX)
    return rt__fail(err, RT_E_FORMAT, "logits: a document must have 1 to %u \"tokens\"",
                    RT_TARGETS_TOKENS_MAX);
  l->info.context = n > l->info.context ? (uint32_t)n : l->info.context;
  for (size_t i = 0; i < n; i++) {
    unsigned char b[4];
    const json_t *v = json_array_get(tokens, i);
    json_int_t id = json_is_integer(v) ? json_integer_value(v) : -1;
    if (id < 0 || id >= (json_int_t)l->info.vocab)
      return rt__fail(err, RT_E_ARG, "logits: a token isn't an id below the vocabulary of %u",
                      l->info.vocab);
    rt__put32(b, (uint32_t)id);
    if (rt__buf_add(corpus, b, sizeof b))
      return rt__fail(err, RT_E_NOMEM, "logits: out of memory");
  }
  return RT_OK;
}

static rt_code survey(rt__logits *l, rt_slice lines, rt_error *err)
{
  rt__buf corpus;
  rt__buf_init(&corpus, &l->alloc, CORPUS_MAX);
  l->info.context = 0;
  rt_code code = each_line(l, lines, count_line, &corpus, err);
  if (code == RT_OK && l->info.context == 0)
    code = rt__fail(err, RT_E_ARG, "logits: the file is empty");
  if (code == RT_OK && (rt__sha256(lines.p, lines.n, l->info.teacher) ||
                        rt__sha256(corpus.p, corpus.n, l->info.corpus)))
    code = rt__fail(err, RT_E_NOMEM, "logits: the file can't be hashed");
  rt__buf_free(&corpus);
  return code;
}

/* ---- the second */

static int by_logp(const void *a, const void *b)
{
  const listed *x = a, *y = b;
  if (x->logp != y->logp)
    return x->logp > y->logp ? -1 : 1;
  return x->id < y->id ? -1 : x->id > y->id;
}

static rt_code read_list(const rt__logits *l, const json_t *list, listed *out, size_t *n,
                         rt_error *err)
{
  double sum = 0;
  *n = json_array_size(list);
  if (*n == 0 || *n > l->info.vocab)
    return rt__fail(err, RT_E_FORMAT, "logits: a list must hold 1 to %u pairs", l->info.vocab);
  for (size_t i = 0; i < *n; i++) {
    const json_t *pair = json_array_get(list, i), *id = json_array_get(pair, 0),
                 *p = json_array_get(pair, 1);
    if (!json_is_integer(id) || json_integer_value(id) < 0 ||
        json_integer_value(id) >= (json_int_t)l->info.vocab || !json_is_number(p) ||
        json_number_value(p) > 1e-6)
      return rt__fail(err, RT_E_FORMAT,
                      "logits: a pair isn't an id and a log-probability of 0 or less");
    out[i] = (listed){fmin(json_number_value(p), 0), (uint32_t)json_integer_value(id)};
    sum += exp(out[i].logp);
  }
  if (sum > 1.001)
    return rt__fail(err, RT_E_FORMAT, "logits: the probabilities of a list sum to %.3f", sum);
  qsort(out, *n, sizeof *out, by_logp);
  return RT_OK;
}

static rt_code refuse_twice(const listed *list, size_t n, float *seen, rt_error *err)
{
  bool twice = false;
  for (size_t i = 0; i < n; i++) {
    twice |= seen[list[i].id] != 0;
    seen[list[i].id] = 1;
  }
  for (size_t i = 0; i < n; i++)
    seen[list[i].id] = 0;
  return twice ? rt__fail(err, RT_E_FORMAT, "logits: a list names an id twice") : RT_OK;
}

/* the top as listed; what isn't listed is nobody's */
static void keep_listed(const rt__logits *l, const listed *list, size_t n, rt_targets_row *row)
{
  double entropy = 0;
  for (size_t i = 0; i < n; i++)
    entropy -= exp(list[i].logp) * fmax(list[i].logp, -1e4);
  for (uint32_t i = 0; i < l->info.top; i++) {
    row->top[i] = list[i < n ? i : 0].id;
    row->logp[i] =
        i < n && list[i].logp > -60000 ? rt_f32_to_f16_down((float)list[i].logp) : 0xfc00;
  }
  row->entropy = rt_f32_to_f16((float)entropy);
}

static rt_code draw_listed(const rt__logits *l, const listed *list, size_t n, uint64_t document,
                           uint32_t position, rt_targets_row *row, rt_error *err)
{
  if (n != l->info.vocab)
    return rt__fail(
        err, RT_E_ARG,
        "logits: a list doesn't cover the vocabulary, so nothing can be drawn from its tail: "
        "ask for a tail of 0");
  for (size_t i = 0; i < n; i++)
    l->logits[list[i].id] = (float)list[i].logp;
  return rt_targets_draw(&l->info, l->logits, document, position, l->scratch, row, err);
}

static rt_code add_row(rt__logits *l, const json_t *list, listed *sorted, uint64_t document,
                       uint32_t position, rt_targets_row *row, rt_error *err)
{
  size_t n;
  rt_code code = read_list(l, list, sorted, &n, err);
  if (code == RT_OK) {
    memset(l->scratch, 0, l->info.vocab * sizeof *l->scratch);
    code = refuse_twice(sorted, n, l->scratch, err);
  }
  if (code)
    return code;
  if (l->info.tail_known)
    return draw_listed(l, sorted, n, document, position, row, err);
  keep_listed(l, sorted, n, row);
  return RT_OK;
}

static rt_code write_line(rt__logits *l, void *ctx, const json_t *line, uint64_t document,
                          rt_error *err)
{
  const json_t *tokens = rt__json_at(line, "tokens"), *top = rt__json_at(line, "top");
  uint32_t n = (uint32_t)json_array_size(tokens), rows = 0;
  size_t given = json_array_size(top);
  rt_code code = RT_OK;
  if (given != n && given + 1 != n)
    return rt__fail(err, RT_E_FORMAT,
                    "logits: \"top\" must be as long as \"tokens\", or one shorter");
  for (uint32_t i = 0; i < n && code == RT_OK; i++) {
    const json_t *list = json_array_get(top, i);
    l->tokens[i] = (uint32_t)json_integer_value(json_array_get(tokens, i));
    l->mask[i] = i + 1 < n && list && !json_is_null(list);
    if (l->mask[i])
      code = add_row(l, list, ctx, document, i, &l->rows[rows++], err);
  }
  return code ? code : rt_targets_add(l->writer, l->tokens, n, l->mask, l->rows, err);
}

rt_code rt__logits_from_json(rt__logits *l, rt_slice lines, const char *out, rt_error *err)
{
  l->info.tail_known = l->info.tail > 0;
  l->info.mask = RT_TARGETS_MASK_NONE;
  if (!l->info.tail_known && l->info.temperature != 1.0f)
    return rt__fail(err, RT_E_ARG,
                    "logits: lists of top log-probabilities can't change their temperature");
  rt_code code = survey(l, lines, err);
  if (code == RT_OK)
    code = rt__logits_room(l, l->info.context, err);
  listed *sorted = code ? NULL : rt__arena_take(l->arena, l->info.vocab * sizeof *sorted);
  if (code == RT_OK && !sorted)
    code = rt__fail(err, RT_E_NOMEM, "logits: out of memory");
  if (code == RT_OK)
    code = rt_targets_create(&l->alloc, out, &l->info, &l->writer, err);
  return code == RT_OK ? each_line(l, lines, write_line, sorted, err) : code;
}
