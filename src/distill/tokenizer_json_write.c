/* tokenizer_json_write - what tokenizers and transformers load. */
#include "distill/tokenizer_json.h"
#include "distill/tokenizer_unicode.h"

#include "base/json.h"

#include <stdlib.h>

static void text(rt__json *j, const char *key, const char *value)
{
  rt__json_put_cstr(j, key, value);
}

static void yes(rt__json *j, const char *key, bool v)
{
  rt__json_put_bool(j, key, v);
}

static void null(rt__json *j, const char *key)
{
  rt__json_key(j, key);
  rt__json_null(j);
}

/* {"type": …  ; the caller closes it */
static void open_type(rt__json *j, const char *type)
{
  rt__json_open(j, '{');
  text(j, "type", type);
}

static bool is_added(const rt__token *k)
{
  return k->type == RT__TT_CONTROL || k->type == RT__TT_UNKNOWN || k->type == RT__TT_USER;
}

static void put_added(rt__json *j, const rt_tokenizer *t)
{
  rt__json_key(j, "added_tokens");
  rt__json_open(j, '[');
  for (uint32_t id = 0; id < t->n; id++) {
    if (!is_added(&t->tokens[id]))
      continue;
    rt__json_open(j, '{');
    rt__json_put_u64(j, "id", id);
    rt__json_put_str(j, "content", t->tokens[id].text);
    yes(j, "single_word", false);
    yes(j, "lstrip", false);
    yes(j, "rstrip", false);
    yes(j, "normalized", false);
    yes(j, "special", t->tokens[id].type != RT__TT_USER);
    rt__json_close(j, '}');
  }
  rt__json_close(j, ']');
}

/* ---- byte-level */

static void put_bytelevel(rt__json *j)
{
  open_type(j, "ByteLevel");
  yes(j, "add_prefix_space", false);
  yes(j, "trim_offsets", true);
  yes(j, "use_regex", false);
  rt__json_close(j, '}');
}

static void put_steps(rt__json *j, const rt__pre *pre)
{
  rt__json_key(j, "pre_tokenizer");
  open_type(j, "Sequence");
  rt__json_key(j, "pretokenizers");
  rt__json_open(j, '[');
  for (size_t i = 0; i < RT__PRE_STEPS_MAX && pre->steps[i]; i++) {
    open_type(j, "Split");
    rt__json_key(j, "pattern");
    rt__json_open(j, '{');
    text(j, "Regex", rt__matcher_regex(pre->steps[i]));
    rt__json_close(j, '}');
    text(j, "behavior", "Isolated");
    yes(j, "invert", false);
    rt__json_close(j, '}');
  }
  put_bytelevel(j);
  rt__json_close(j, ']');
  rt__json_close(j, '}');
}

/* ---- SentencePiece */

static void put_replace(rt__json *j, const char *from, const char *to)
{
  open_type(j, "Replace");
  rt__json_key(j, "pattern");
  rt__json_open(j, '{');
  text(j, "String", from);
  rt__json_close(j, '}');
  text(j, "content", to);
  rt__json_close(j, '}');
}

static void put_spm_normalizer(rt__json *j, bool prefix)
{
  rt__json_key(j, "normalizer");
  open_type(j, "Sequence");
  rt__json_key(j, "normalizers");
  rt__json_open(j, '[');
  if (prefix) {
    open_type(j, "Prepend");
    text(j, "prepend", RT__SPM_BLANK);
    rt__json_close(j, '}');
  }
  put_replace(j, " ", RT__SPM_BLANK);
  rt__json_close(j, ']');
  rt__json_close(j, '}');
}

static void put_spm_decoder(rt__json *j, bool prefix)
{
  rt__json_key(j, "decoder");
  open_type(j, "Sequence");
  rt__json_key(j, "decoders");
  rt__json_open(j, '[');
  put_replace(j, RT__SPM_BLANK, " ");
  open_type(j, "ByteFallback");
  rt__json_close(j, '}');
  open_type(j, "Fuse");
  rt__json_close(j, '}');
  if (prefix) {
    open_type(j, "Strip");
    text(j, "content", " ");
    rt__json_put_u64(j, "start", 1);
    rt__json_put_u64(j, "stop", 0);
    rt__json_close(j, '}');
  }
  rt__json_close(j, ']');
  rt__json_close(j, '}');
}

/* ---- merges */

static void put_merge(rt__json *j, rt_slice left, rt_slice right)
{
  rt__json_open(j, '[');
  rt__json_str(j, left);
  rt__json_str(j, right);
  rt__json_close(j, ']');
}

typedef struct product {
  float score;
  uint32_t id;
} product;

static int by_score(const void *a, const void *b)
{
  const product *x = a, *y = b;
  if (x->score != y->score)
    return x->score > y->score ? -1 : 1;
  return x->id < y->id ? -1 : x->id > y->id;
}

static bool is_piece(const rt_tokenizer *t, rt_slice s)
{
  uint32_t id = rt_tokenizer_find(t, s);
  return id != RT_TOKEN_NONE &&
         (t->tokens[id].type == RT__TT_NORMAL || t->tokens[id].type == RT__TT_USER);
}

/* SPM has no list of merges: every way to make a token of two others, the best tokens first */
static void put_ways(rt__json *j, const rt_tokenizer *t, rt_slice s)
{
  for (size_t at = 0; at < s.n;) {
    size_t k;
    (void)rt__utf8_next((const unsigned char *)s.p + at, s.n - at, &k);
    at += k;
    rt_slice left = rt__slice(s.p, at), right = rt__slice(s.p + at, s.n - at);
    if (right.n && is_piece(t, left) && is_piece(t, right))
      put_merge(j, left, right);
  }
}

static rt_code put_spm_merges(rt__json *j, const rt_tokenizer *t)
{
  product *list = rt__calloc(&t->alloc, t->n, sizeof *list);
  size_t n = 0;
  if (!list)
    return RT_E_NOMEM;
  for (uint32_t id = 0; id < t->n; id++)
    if (t->tokens[id].type == RT__TT_NORMAL)
      list[n++] = (product){t->tokens[id].score, id};
  qsort(list, n, sizeof *list, by_score);
  for (size_t i = 0; i < n; i++)
    put_ways(j, t, t->tokens[list[i].id].text);
  rt__free(&t->alloc, list, t->n * sizeof *list);
  return RT_OK;
}

static void put_bpe_merges(rt__json *j, const rt_tokenizer *t)
{
  for (uint32_t i = 0; i < t->n_merges; i++)
    put_merge(j, t->tokens[t->merges[i].left].text, t->tokens[t->merges[i].right].text);
}

/* ---- model */

static rt_code put_vocab(rt__json *j, const rt_tokenizer *t)
{
  rt__buf key;
  rt__buf_init(&key, &t->alloc, (size_t)RT_TOKEN_BYTES_MAX + 1);
  rt_code code = RT_OK;
  rt__json_key(j, "vocab");
  rt__json_open(j, '{');
  for (uint32_t id = 0; id < t->n && code == RT_OK; id++) {
    rt__buf_clear(&key);
    code = rt__buf_add(&key, t->tokens[id].text.p, t->tokens[id].text.n);
    if (code == RT_OK)
      code = rt__buf_add(&key, "", 1);
    if (code == RT_OK && t->tokens[id].type != RT__TT_UNUSED) {
      rt__json_put_u64(j, key.p, id);
    }
  }
  rt__json_close(j, '}');
  rt__buf_free(&key);
  return code;
}

static rt_code put_model(rt__json *j, const rt_tokenizer *t)
{
  bool spm = t->kind == RT__TOK_SPM;
  rt__json_key(j, "model");
  open_type(j, "BPE");
  null(j, "dropout");
  rt__json_key(j, "unk_token");
  if (t->unk != RT_TOKEN_NONE && spm)
    rt__json_str(j, t->tokens[t->unk].text);
  else
    rt__json_null(j);
  null(j, "continuing_subword_prefix");
  null(j, "end_of_word_suffix");
  yes(j, "fuse_unk", spm);
  yes(j, "byte_fallback", spm);
  yes(j, "ignore_merges", t->ignore_merges);
  rt_code code = put_vocab(j, t);
  rt__json_key(j, "merges");
  rt__json_open(j, '[');
  if (spm && code == RT_OK)
    code = put_spm_merges(j, t);
  else
    put_bpe_merges(j, t);
  rt__json_close(j, ']');
  rt__json_close(j, '}');
  return code;
}

/* ---- BOS and EOS around a text */

static void put_special(rt__json *j, rt_slice name)
{
  rt__json_open(j, '{');
  rt__json_key(j, "SpecialToken");
  rt__json_open(j, '{');
  rt__json_put_str(j, "id", name);
  rt__json_put_u64(j, "type_id", 0);
  rt__json_close(j, '}');
  rt__json_close(j, '}');
}

static void put_sequence(rt__json *j, const char *name)
{
  rt__json_open(j, '{');
  rt__json_key(j, "Sequence");
  rt__json_open(j, '{');
  text(j, "id", name);
  rt__json_put_u64(j, "type_id", 0);
  rt__json_close(j, '}');
  rt__json_close(j, '}');
}

static void put_around(rt__json *j, const rt_tokenizer *t, const char *key, bool pair)
{
  rt__json_key(j, key);
  rt__json_open(j, '[');
  for (int i = 0; i <= pair; i++) {
    if (t->add_bos && t->bos != RT_TOKEN_NONE)
      put_special(j, t->tokens[t->bos].text);
    put_sequence(j, i ? "B" : "A");
    if (t->add_eos && t->eos != RT_TOKEN_NONE)
      put_special(j, t->tokens[t->eos].text);
  }
  rt__json_close(j, ']');
}

static void put_used(rt__json *j, const rt_tokenizer *t, uint32_t id)
{
  rt__buf key;
  rt__buf_init(&key, &t->alloc, (size_t)RT_TOKEN_BYTES_MAX + 1);
  if (rt__buf_add(&key, t->tokens[id].text.p, t->tokens[id].text.n) || rt__buf_add(&key, "", 1))
    j->code = RT_E_NOMEM;
  else {
    rt__json_key(j, key.p);
    rt__json_open(j, '{');
    rt__json_put_str(j, "id", t->tokens[id].text);
    rt__json_key(j, "ids");
    rt__json_open(j, '[');
    rt__json_u64(j, id);
    rt__json_close(j, ']');
    rt__json_key(j, "tokens");
    rt__json_open(j, '[');
    rt__json_str(j, t->tokens[id].text);
    rt__json_close(j, ']');
    rt__json_close(j, '}');
  }
  rt__buf_free(&key);
}

static void put_post(rt__json *j, const rt_tokenizer *t)
{
  bool bos = t->add_bos && t->bos != RT_TOKEN_NONE, eos = t->add_eos && t->eos != RT_TOKEN_NONE;
  rt__json_key(j, "post_processor");
  if (!bos && !eos) {
    rt__json_null(j);
    return;
  }
  open_type(j, "TemplateProcessing");
  put_around(j, t, "single", false);
  put_around(j, t, "pair", true);
  rt__json_key(j, "special_tokens");
  rt__json_open(j, '{');
  if (bos)
    put_used(j, t, t->bos);
  if (eos && t->eos != t->bos)
    put_used(j, t, t->eos);
  rt__json_close(j, '}');
  rt__json_close(j, '}');
}

/* ---- the two files */

static rt_code put_tokenizer(rt__json *j, const rt_tokenizer *t)
{
  rt__json_open(j, '{');
  text(j, "version", "1.0");
  null(j, "truncation");
  null(j, "padding");
  put_added(j, t);
  if (t->kind == RT__TOK_SPM) {
    put_spm_normalizer(j, t->add_space_prefix);
    null(j, "pre_tokenizer");
    put_spm_decoder(j, t->add_space_prefix);
  } else {
    null(j, "normalizer");
    put_steps(j, t->pre);
    rt__json_key(j, "decoder");
    put_bytelevel(j);
  }
  put_post(j, t);
  rt_code code = put_model(j, t);
  rt__json_close(j, '}');
  return code ? code : j->code;
}

static void put_name(rt__json *j, const rt_tokenizer *t, const char *key, uint32_t id)
{
  if (id == RT_TOKEN_NONE)
    return;
  rt__json_put_str(j, key, t->tokens[id].text);
}

static rt_code put_config(rt__json *j, const rt_tokenizer *t)
{
  rt__json_open(j, '{');
  text(j, "tokenizer_class", "PreTrainedTokenizerFast");
  put_name(j, t, "bos_token", t->bos);
  put_name(j, t, "eos_token", t->eos);
  put_name(j, t, "unk_token", t->unk);
  put_name(j, t, "pad_token", t->pad);
  yes(j, "add_bos_token", t->add_bos);
  yes(j, "add_eos_token", t->add_eos);
  yes(j, "clean_up_tokenization_spaces", false);
  if (t->chat_template.n) {
    rt__json_put_str(j, "chat_template", t->chat_template);
  }
  rt__json_close(j, '}');
  return j->code;
}

rt_code rt_tokenizer_to_json(const rt_tokenizer *t, rt__buf *json, rt__buf *config, rt_error *err)
{
  rt__json j;
  rt__json_init(&j, json);
  rt_code code = put_tokenizer(&j, t);
  rt__json_init(&j, config);
  if (code == RT_OK)
    code = put_config(&j, t);
  return code ? rt__fail(err, code, "tokenizer.json: out of memory") : RT_OK;
}
