/* tokenizer_gguf - a tokenizer in GGUF metadata. */
#include "distill/import_bytes.h"
#include "distill/tokenizer_in.h"

#define KEY(name) "tokenizer.ggml." name

static rt_code optional_bool(const rt_gguf *g, const char *key, bool *v, rt_error *err)
{
  return rt_gguf_has(g, key) ? rt_gguf_bool(g, key, v, err) : RT_OK;
}

static rt_code optional_id(const rt_gguf *g, const char *key, uint32_t *v, rt_error *err)
{
  rt_code code = rt_gguf_has(g, key) ? rt_gguf_u32(g, key, v, err) : RT_OK;
  return code;
}

/* ---- which kind */

static rt_code find_pre(const rt_gguf *g, const rt__pre **pre, rt_error *err)
{
  rt_slice name;
  if (!rt_gguf_has(g, KEY("pre")))
    return rt__fail(err, RT_E_FORMAT,
                    "tokenizer: the file doesn't name its pre-tokenizer (" KEY("pre") ")");
  rt_code code = rt_gguf_str(g, KEY("pre"), &name, err);
  if (code)
    return code;
  *pre = rt__pre_find(name);
  if (!*pre)
    return rt__fail(err, RT_E_FORMAT, "tokenizer: the pre-tokenizer \"%.*s\" is unknown here",
                    rt__shown(name), name.p);
  return RT_OK;
}

static rt_code find_kind(const rt_gguf *g, rt__tok_kind *kind, const rt__pre **pre, rt_error *err)
{
  rt_slice model;
  *pre = NULL;
  rt_code code = rt_gguf_str(g, KEY("model"), &model, err);
  if (code)
    return code;
  if (rt__slice_eq(model, RT__LIT("gpt2"))) {
    *kind = RT__TOK_BPE;
    return find_pre(g, pre, err);
  }
  *kind = RT__TOK_SPM;
  if (!rt__slice_eq(model, RT__LIT("llama")))
    return rt__fail(err, RT_E_FORMAT,
                    "tokenizer: the kind \"%.*s\" is unknown here; \"gpt2\" and \"llama\" are read",
                    rt__shown(model), model.p);
  return RT_OK;
}

/* ---- its parts */

/* an optional array beside the tokens must be as long as they are */
static rt_code beside(const rt_gguf *g, const char *key, rt_gguf_type want, uint64_t n,
                      rt_gguf_array *a, rt_error *err)
{
  *a = (rt_gguf_array){0};
  if (!rt_gguf_has(g, key))
    return RT_OK;
  rt_code code = rt_gguf_list(g, key, want, a, err);
  if (code == RT_OK && a->n != n)
    code = rt__fail(err, RT_E_FORMAT, "tokenizer: \"%s\" isn't as long as the vocabulary", key);
  return code;
}

static rt_code read_tokens(rt_tokenizer *t, const rt_gguf *g, rt_gguf_array words, rt_error *err)
{
  rt_gguf_array types, scores;
  rt_code code = beside(g, KEY("token_type"), RT_GGUF_I32, words.n, &types, err);
  if (code == RT_OK)
    code = beside(g, KEY("scores"), RT_GGUF_F32, words.n, &scores, err);
  if (code == RT_OK && t->kind == RT__TOK_SPM && (!scores.p || !types.p))
    code = rt__fail(err, RT_E_NOTFOUND, "tokenizer: scores or token types are missing");
  for (uint32_t id = 0; id < t->n && code == RT_OK; id++) {
    int64_t type = types.p ? rt_gguf_next_int(&types) : RT__TT_NORMAL;
    float score = scores.p ? rt_gguf_next_f32(&scores) : 0;
    code = rt__tok_set(t, id, rt_gguf_next_str(&words),
                       type > 0 && type < 255 ? (unsigned char)type : 255, score, err);
  }
  return code;
}

static rt_code read_merges(rt_tokenizer *t, const rt_gguf *g, rt_error *err)
{
  rt_gguf_array a;
  rt_code code = rt_gguf_list(g, KEY("merges"), RT_GGUF_STRING, &a, err);
  if (code == RT_OK)
    code = rt__tok_merges(t, a.n, err);
  for (uint32_t i = 0; code == RT_OK && i < t->n_merges; i++) {
    rt_slice s = rt_gguf_next_str(&a);
    const char *blank = s.n > 1 ? memchr(s.p + 1, ' ', s.n - 1) : NULL;
    if (!blank)
      return rt__fail(err, RT_E_FORMAT, "tokenizer: merge %u isn't two words", i);
    size_t n = (size_t)(blank - s.p);
    code = rt__tok_merge(t, i, rt__slice(s.p, n), rt__slice(blank + 1, s.n - n - 1), err);
  }
  return code;
}

static rt_code read_switches(rt_tokenizer *t, const rt_gguf *g, rt_error *err)
{
  const struct {
    const char *key;
    bool *v;
  } bools[] = {{KEY("add_bos_token"), &t->add_bos},
               {KEY("add_eos_token"), &t->add_eos},
               {KEY("add_space_prefix"), &t->add_space_prefix}};
  const struct {
    const char *key;
    uint32_t *v;
  } ids[] = {{KEY("bos_token_id"), &t->bos},
             {KEY("eos_token_id"), &t->eos},
             {KEY("unknown_token_id"), &t->unk},
             {KEY("padding_token_id"), &t->pad}};
  rt_code code = RT_OK;
  for (size_t i = 0; i < RT__ARRAY_LEN(bools) && code == RT_OK; i++)
    code = optional_bool(g, bools[i].key, bools[i].v, err);
  for (size_t i = 0; i < RT__ARRAY_LEN(ids) && code == RT_OK; i++)
    code = optional_id(g, ids[i].key, ids[i].v, err);
  if (t->kind == RT__TOK_BPE)
    t->add_space_prefix = false; /* byte-level BPE has no such thing */
  return code;
}

static rt_code read_template(rt_tokenizer *t, const rt_gguf *g, rt_error *err)
{
  rt_slice s;
  if (!rt_gguf_has(g, "tokenizer.chat_template"))
    return RT_OK;
  rt_code code = rt_gguf_str(g, "tokenizer.chat_template", &s, err);
  if (code)
    return code;
  t->chat_template = rt__slice(rt__arena_copy(t->arena, s), s.n);
  return t->chat_template.p ? RT_OK : rt__fail(err, RT_E_NOMEM, "tokenizer: out of memory");
}

static rt_code read_all(rt_tokenizer *t, const rt_gguf *g, rt_gguf_array words, rt_error *err)
{
  t->ignore_merges = t->pre && t->pre->ignore_merges;
  t->add_bos = t->kind == RT__TOK_SPM || t->pre->add_bos;
  t->add_space_prefix = t->kind == RT__TOK_SPM;
  rt_code code = read_tokens(t, g, words, err);
  if (code == RT_OK)
    code = rt__tok_index(t, err);
  if (code == RT_OK && t->kind == RT__TOK_BPE)
    code = read_merges(t, g, err);
  if (code == RT_OK)
    code = read_switches(t, g, err);
  if (code == RT_OK)
    code = read_template(t, g, err);
  return code == RT_OK ? rt__tok_seal(t, err) : code;
}

rt_code rt_tokenizer_from_gguf(const rt_alloc *alloc, const rt_gguf *g, rt_tokenizer **out,
                               rt_error *err)
{
  rt__tok_kind kind;
  const rt__pre *pre;
  rt_gguf_array words;
  rt_code code = find_kind(g, &kind, &pre, err);
  if (code == RT_OK)
    code = rt_gguf_list(g, KEY("tokens"), RT_GGUF_STRING, &words, err);
  if (code == RT_OK && words.n > RT_TOKENS_MAX)
    code = rt__fail(err, RT_E_LIMIT, "tokenizer: more than %u tokens", RT_TOKENS_MAX);
  rt_tokenizer *t = NULL;
  if (code == RT_OK)
    code = rt__tok_new(alloc, kind, (uint32_t)words.n, &t, err);
  if (code == RT_OK) {
    t->pre = pre;
    code = read_all(t, g, words, err);
  }
  if (code)
    rt_tokenizer_free(t);
  else
    *out = t;
  return code;
}

/* ---- writing */

typedef struct columns { /* as GGUF wants them: arrays as long as the model has rows */
  rt_slice *words;
  int32_t *types;
  float *scores;
} columns;

static rt_code fill(const rt_tokenizer *t, uint32_t rows, rt__arena *a, columns *c)
{
  c->words = rt__arena_take(a, rows * sizeof *c->words);
  c->types = rt__arena_take(a, rows * sizeof *c->types);
  c->scores = rt__arena_take(a, rows * sizeof *c->scores);
  if (!c->words || !c->types || !c->scores)
    return RT_E_NOMEM;
  for (uint32_t id = 0; id < rows; id++) {
    char name[32];
    if (id < t->n) {
      c->words[id] = t->tokens[id].text;
      c->types[id] = t->tokens[id].type;
      c->scores[id] = t->tokens[id].score;
      continue;
    }
    rt__buf b;
    rt__buf_init(&b, &t->alloc, sizeof name);
    rt_code code = rt__buf_printf(&b, "[PAD%u]", id);
    c->words[id] = rt__slice(code ? NULL : rt__arena_copy(a, rt__buf_slice(&b)), b.n);
    rt__buf_free(&b);
    if (!c->words[id].p)
      return RT_E_NOMEM;
    c->types[id] = RT__TT_UNUSED;
    c->scores[id] = -10000;
  }
  return RT_OK;
}

static rt_code spell_merges(const rt_tokenizer *t, rt__arena *a, rt_slice **out)
{
  rt_slice *list = rt__arena_take(a, ((size_t)t->n_merges + 1) * sizeof *list);
  if (!list)
    return RT_E_NOMEM;
  for (uint32_t i = 0; i < t->n_merges; i++) {
    rt_slice l = t->tokens[t->merges[i].left].text, r = t->tokens[t->merges[i].right].text;
    char *p = rt__arena_take(a, l.n + r.n + 1);
    if (!p)
      return RT_E_NOMEM;
    memcpy(p, l.p, l.n);
    p[l.n] = ' ';
    memcpy(p + l.n + 1, r.p, r.n);
    list[i] = rt__slice(p, l.n + r.n + 1);
  }
  *out = list;
  return RT_OK;
}

static void put_id(rt_gguf_writer *w, const char *key, uint32_t id)
{
  if (id != RT_TOKEN_NONE)
    rt_gguf_put_u32(w, key, id);
}

static void put_switches(const rt_tokenizer *t, rt_gguf_writer *w)
{
  put_id(w, KEY("bos_token_id"), t->bos);
  put_id(w, KEY("eos_token_id"), t->eos);
  put_id(w, KEY("unknown_token_id"), t->unk);
  put_id(w, KEY("padding_token_id"), t->pad);
  rt_gguf_put_bool(w, KEY("add_bos_token"), t->add_bos);
  rt_gguf_put_bool(w, KEY("add_eos_token"), t->add_eos);
  rt_gguf_put_bool(w, KEY("add_space_prefix"), t->add_space_prefix);
  if (t->chat_template.n)
    rt_gguf_put_str(w, "tokenizer.chat_template", t->chat_template);
}

static rt_code put_all(const rt_tokenizer *t, rt_gguf_writer *w, uint32_t rows, rt__arena *a)
{
  columns c;
  rt_code code = fill(t, rows, a, &c);
  if (code)
    return code;
  bool bpe = t->kind == RT__TOK_BPE;
  rt_gguf_put_str(w, KEY("model"), rt__cstr(bpe ? "gpt2" : "llama"));
  rt_gguf_put_str(w, KEY("pre"), rt__cstr(bpe ? t->pre->name : "default"));
  rt_gguf_put_strs(w, KEY("tokens"), c.words, rows);
  rt_gguf_put_i32s(w, KEY("token_type"), c.types, rows);
  if (bpe) {
    rt_slice *merges;
    code = spell_merges(t, a, &merges);
    if (code == RT_OK)
      rt_gguf_put_strs(w, KEY("merges"), merges, t->n_merges);
  } else
    rt_gguf_put_f32s(w, KEY("scores"), c.scores, rows);
  put_switches(t, w);
  return code;
}

rt_code rt_tokenizer_to_gguf(const rt_tokenizer *t, rt_gguf_writer *w, uint32_t rows, rt_error *err)
{
  rt_code code = rt_tokenizer_fits(t, rows, err);
  rt__arena *a = NULL;
  if (code)
    return code;
  code = rows > RT_TOKENS_MAX ? RT_E_LIMIT : rt__arena_new(&t->alloc, RT__TOK_ARENA_MAX, &a);
  if (code == RT_OK)
    code = put_all(t, w, rows, a);
  rt__arena_free(a);
  return code ? rt__fail(err, code, "tokenizer: out of memory") : RT_OK;
}
