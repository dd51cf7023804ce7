/* tokenizer_json_read - the vocabulary of a tokenizer.json, and the names in its
 * tokenizer_config.json. */
#include "distill/tokenizer_json.h"

/* ---- tokens */

/* id of an added token; RT_E_FORMAT where its habits aren't built here */
static rt_code added_id(const json_t *o, uint32_t *id, rt_error *err)
{
  rt_code code = rt__json_get_u32(o, "id", id, err);
  if (code == RT_OK &&
      (json_is_true(rt__json_at(o, "lstrip")) || json_is_true(rt__json_at(o, "rstrip"))))
    return rt__fail(
        err, RT_E_FORMAT,
        "tokenizer.json: the added token %u takes blanks beside it: that isn't built here", *id);
  return code;
}

/* one more than the largest id */
static rt_code count_ids(const json_t *vocab, const json_t *added, uint32_t *n, rt_error *err)
{
  const char *word;
  json_t *v;
  size_t i;
  *n = 0;
  json_object_foreach((json_t *)(uintptr_t)vocab, word, v)
  {
    json_int_t id = json_is_integer(v) ? json_integer_value(v) : -1;
    if (id < 0 || id >= RT_TOKENS_MAX)
      return rt__fail(err, RT_E_FORMAT, "tokenizer.json: the id of a token isn't below %u",
                      RT_TOKENS_MAX);
    *n = (uint32_t)id >= *n ? (uint32_t)id + 1 : *n;
  }
  json_array_foreach(added, i, v)
  {
    uint32_t id;
    rt_code code = added_id(v, &id, err);
    if (code)
      return code;
    if (id >= RT_TOKENS_MAX)
      return rt__fail(err, RT_E_FORMAT, "tokenizer.json: the id of a token isn't below %u",
                      RT_TOKENS_MAX);
    *n = id >= *n ? id + 1 : *n;
  }
  return RT_OK;
}

static unsigned char type_of(const rt_tokenizer *t, rt_slice word)
{
  return t->kind == RT__TOK_SPM && rt__spm_byte(word) >= 0 ? RT__TT_BYTE : RT__TT_NORMAL;
}

static rt_code set_words(rt_tokenizer *t, const json_t *vocab, rt_error *err)
{
  const char *word;
  json_t *v;
  json_object_foreach((json_t *)(uintptr_t)vocab, word, v)
  {
    uint32_t id = (uint32_t)json_integer_value(v);
    if (t->tokens[id].text.p)
      return rt__fail(err, RT_E_FORMAT, "tokenizer.json: two words have the id %u", id);
    rt_code code = rt__tok_set(t, id, rt__cstr(word), type_of(t, rt__cstr(word)), 0, err);
    if (code)
      return code;
  }
  return RT_OK;
}

static rt_code set_added(rt_tokenizer *t, const json_t *added, rt_error *err)
{
  json_t *v;
  size_t i;
  json_array_foreach(added, i, v)
  {
    uint32_t id;
    rt_slice text;
    rt_code code = added_id(v, &id, err);
    if (code == RT_OK)
      code = rt__json_get_text(v, "content", &text, err);
    if (code == RT_OK && t->tokens[id].text.p && !rt__slice_eq(t->tokens[id].text, text))
      code =
          rt__fail(err, RT_E_FORMAT, "tokenizer.json: the added token %u is spelt in two ways", id);
    bool special = json_is_true(rt__json_at(v, "special"));
    if (code == RT_OK)
      code = rt__tok_set(t, id, text, special ? RT__TT_CONTROL : RT__TT_USER, 0, err);
    if (code)
      return code;
  }
  return RT_OK;
}

/* ids that nobody has: padding up to a model's rows */
static rt_code set_holes(rt_tokenizer *t, rt_error *err)
{
  rt_code code = RT_OK;
  rt__buf name;
  rt__buf_init(&name, &t->alloc, 64);
  for (uint32_t id = 0; id < t->n && code == RT_OK; id++) {
    if (t->tokens[id].text.p)
      continue;
    rt__buf_clear(&name);
    code = rt__buf_printf(&name, "[PAD%u]", id);
    if (code == RT_OK)
      code = rt__tok_set(t, id, rt__buf_slice(&name), RT__TT_UNUSED, 0, err);
  }
  rt__buf_free(&name);
  return code;
}

/* ---- merges: "a b" of old, ["a", "b"] of late */

static rt_code halves_of(const json_t *v, uint32_t i, rt_slice *left, rt_slice *right,
                         rt_error *err)
{
  *left = rt__json_text(json_array_get(v, 0));
  *right = rt__json_text(json_array_get(v, 1));
  rt_slice s = rt__json_text(v);
  const char *blank = s.n > 1 ? memchr(s.p + 1, ' ', s.n - 1) : NULL;
  if (blank) {
    *left = rt__slice(s.p, (size_t)(blank - s.p));
    *right = rt__slice(blank + 1, s.n - left->n - 1);
  }
  if (!left->p || !right->p)
    return rt__fail(err, RT_E_FORMAT, "tokenizer.json: merge %u isn't two words", i);
  return RT_OK;
}

/* SPM has scores: that of the first merge that makes the token, so the order is the same */
static void score_products(rt_tokenizer *t)
{
  for (uint32_t id = 0; id < t->n; id++)
    t->tokens[id].score = -(float)t->n_merges - 1;
  for (uint32_t i = t->n_merges; i-- > 0;)
    t->tokens[t->merges[i].result].score = -(float)i;
  t->n_merges = 0;
}

static rt_code read_merges(rt_tokenizer *t, const json_t *merges, rt_error *err)
{
  json_t *v;
  size_t i;
  if (!json_is_array(merges))
    return rt__fail(err, RT_E_NOTFOUND, "tokenizer.json: the merges are missing");
  rt_code code = rt__tok_merges(t, json_array_size(merges), err);
  if (code)
    return code;
  json_array_foreach(merges, i, v)
  {
    rt_slice left, right;
    code = halves_of(v, (uint32_t)i, &left, &right, err);
    if (code == RT_OK)
      code = rt__tok_merge(t, (uint32_t)i, left, right, err);
    if (code)
      return code;
  }
  if (t->kind == RT__TOK_SPM)
    score_products(t);
  return RT_OK;
}

/* ---- names */

/* "<s>", or {"content": "<s>", …} */
static uint32_t named(const rt_tokenizer *t, const json_t *v)
{
  rt_slice text = rt__json_text(json_is_object(v) ? rt__json_at(v, "content") : v);
  return text.p ? rt_tokenizer_find(t, text) : RT_TOKEN_NONE;
}

static rt_code read_config(rt_tokenizer *t, const json_t *config, rt_error *err)
{
  t->bos = named(t, rt__json_at(config, "bos_token"));
  t->eos = named(t, rt__json_at(config, "eos_token"));
  t->pad = named(t, rt__json_at(config, "pad_token"));
  if (t->unk == RT_TOKEN_NONE)
    t->unk = named(t, rt__json_at(config, "unk_token"));
  const json_t *bos = rt__json_at(config, "add_bos_token"),
               *eos = rt__json_at(config, "add_eos_token");
  if (json_is_boolean(bos))
    t->add_bos = json_is_true(bos);
  if (json_is_boolean(eos))
    t->add_eos = json_is_true(eos);
  rt_slice s = rt__json_text(rt__json_at(config, "chat_template"));
  if (!s.p)
    return RT_OK;
  t->chat_template = rt__slice(rt__arena_copy(t->arena, s), s.n);
  return t->chat_template.p ? RT_OK : rt__fail(err, RT_E_NOMEM, "tokenizer: out of memory");
}

static rt_code read_unknown(rt_tokenizer *t, const json_t *model)
{
  t->unk = named(t, rt__json_at(model, "unk_token"));
  if (t->unk != RT_TOKEN_NONE)
    t->tokens[t->unk].type = RT__TT_UNKNOWN;
  return RT_OK;
}

static rt_code read_all(rt_tokenizer *t, const json_t *json, const json_t *config, rt_error *err)
{
  const json_t *model = rt__json_at(json, "model"), *added = rt__json_at(json, "added_tokens");
  rt_code code = set_words(t, rt__json_at(model, "vocab"), err);
  if (code == RT_OK)
    code = set_added(t, added, err);
  if (code == RT_OK)
    code = set_holes(t, err);
  if (code == RT_OK)
    code = rt__tok_index(t, err);
  if (code == RT_OK)
    code = read_merges(t, rt__json_at(model, "merges"), err);
  if (code == RT_OK)
    code = read_unknown(t, model);
  if (code == RT_OK && config)
    code = read_config(t, config, err);
  return code == RT_OK ? rt__tok_seal(t, err) : code;
}

static rt_code from_values(const rt_alloc *alloc, const json_t *json, const json_t *config,
                           rt_tokenizer **out, rt_error *err)
{
  rt__tokjson_shape shape;
  uint32_t n;
  rt_tokenizer *t = NULL;
  const json_t *vocab = rt__json_at(rt__json_at(json, "model"), "vocab");
  if (!json_is_object(vocab))
    return rt__fail(err, RT_E_FORMAT, "tokenizer.json: there is no vocabulary");
  rt_code code = rt__tokjson_shape_of(json, &shape, err);
  if (code == RT_OK)
    code = count_ids(vocab, rt__json_at(json, "added_tokens"), &n, err);
  if (code == RT_OK)
    code = rt__tok_new(alloc, shape.kind, n, &t, err);
  if (code)
    return code;
  t->pre = shape.pre;
  t->ignore_merges = shape.ignore_merges;
  t->add_space_prefix = shape.add_space_prefix;
  t->add_bos = shape.add_bos;
  t->add_eos = shape.add_eos;
  code = read_all(t, json, config, err);
  if (code)
    rt_tokenizer_free(t);
  else
    *out = t;
  return code;
}

rt_code rt_tokenizer_from_json(const rt_alloc *alloc, rt_slice bytes, rt_slice config_bytes,
                               rt_tokenizer **out, rt_error *err)
{
  json_t *json = NULL, *config = NULL;
  rt_code code = rt__json_read(bytes, RT__TOKJSON_MAX, "tokenizer.json", &json, err);
  if (code == RT_OK && config_bytes.n)
    code = rt__json_read(config_bytes, RT__TOKJSON_MAX, "tokenizer_config.json", &config, err);
  if (code == RT_OK)
    code = from_values(alloc, json, config, out, err);
  json_decref(json);
  json_decref(config);
  return code;
}
