/* tokenizer_encode - special tokens are cut out first, what is between them goes to the kind's own
 * way. */
#include "distill/tokenizer_in.h"

#define SCRATCH_MAX (RT_ENCODE_BYTES_MAX * 64)

/* ---- lists of ids */

void rt_ids_init(rt_ids *ids, const rt_alloc *alloc, size_t max)
{
  *ids = (rt_ids){.alloc = alloc, .max = max};
}

void rt_ids_free(rt_ids *ids)
{
  rt__free(ids->alloc, ids->p, ids->cap * sizeof *ids->p);
  ids->p = NULL;
  ids->n = ids->cap = 0;
}

rt_code rt_ids_add(rt_ids *ids, uint32_t id)
{
  if (ids->n == ids->max)
    return RT_E_LIMIT;
  if (ids->n == ids->cap) {
    size_t cap = ids->cap ? ids->cap * 2 : 64;
    if (cap > ids->max)
      cap = ids->max;
    uint32_t *p = rt__realloc(ids->alloc, ids->p, ids->cap, cap, sizeof *p);
    if (!p)
      return RT_E_NOMEM;
    ids->p = p;
    ids->cap = cap;
  }
  ids->p[ids->n++] = id;
  return RT_OK;
}

/* ---- encoding */

typedef struct encoder {
  const rt_tokenizer *t;
  rt__scratch scratch;
  rt_ids *ids;
  bool control;       /* control tokens are cut out, not only the user's own */
  bool after_special; /* SPM: a blank goes in front */
} encoder;

static rt_code add_piece(void *ctx, rt_slice piece)
{
  encoder *e = ctx;
  return rt__bpe_word(e->t, piece, &e->scratch, e->ids);
}

static rt_code add_text(encoder *e, rt_slice text)
{
  if (text.n == 0)
    return RT_OK;
  bool prefix = e->t->add_space_prefix && e->after_special;
  e->after_special = false;
  if (e->t->kind == RT__TOK_SPM)
    return rt__spm_text(e->t, text, prefix, &e->scratch, e->ids);
  return rt__pre_split(e->t->pre, text, add_piece, e);
}

/* the longest special token that text starts with */
static uint32_t special_here(const encoder *e, rt_slice text)
{
  const rt_tokenizer *t = e->t;
  unsigned char first = (unsigned char)text.p[0];
  for (uint32_t i = t->special_at[first]; i < t->special_at[first + 1]; i++) {
    const rt__token *k = &t->tokens[t->specials[i]];
    if ((e->control || k->type == RT__TT_USER) && rt__slice_starts(text, k->text))
      return t->specials[i];
  }
  return RT_TOKEN_NONE;
}

static rt_code encode(encoder *e, rt_slice text)
{
  size_t from = 0;
  rt_code code = RT_OK;
  for (size_t at = 0; at < text.n && code == RT_OK;) {
    uint32_t id = special_here(e, rt__slice(text.p + at, text.n - at));
    if (id == RT_TOKEN_NONE) {
      at++;
      continue;
    }
    code = add_text(e, rt__slice(text.p + from, at - from));
    if (code == RT_OK)
      code = rt_ids_add(e->ids, id);
    e->after_special = true;
    from = at += e->t->tokens[id].text.n;
  }
  return code == RT_OK ? add_text(e, rt__slice(text.p + from, text.n - from)) : code;
}

static rt_code add_named(encoder *e, bool wanted, uint32_t id)
{
  return wanted && id != RT_TOKEN_NONE ? rt_ids_add(e->ids, id) : RT_OK;
}

rt_code rt_tokenizer_encode(const rt_tokenizer *t, rt_slice text, unsigned flags, rt_ids *ids,
                            rt_error *err)
{
  if (text.n > RT_ENCODE_BYTES_MAX)
    return rt__fail(err, RT_E_LIMIT, "tokenizer: more than %zu bytes of text in one piece",
                    RT_ENCODE_BYTES_MAX);
  encoder e = {
      .t = t, .ids = ids, .control = (flags & RT_ENCODE_SPECIAL) != 0, .after_special = true};
  rt__buf_init(&e.scratch.symbols, &t->alloc, SCRATCH_MAX);
  rt__buf_init(&e.scratch.heap, &t->alloc, SCRATCH_MAX);
  rt__buf_init(&e.scratch.text, &t->alloc, SCRATCH_MAX);
  rt_code code = add_named(&e, flags & RT_ENCODE_BOS && t->add_bos, t->bos);
  if (code == RT_OK)
    code = encode(&e, text);
  if (code == RT_OK)
    code = add_named(&e, flags & RT_ENCODE_BOS && t->add_eos, t->eos);
  rt__buf_free(&e.scratch.symbols);
  rt__buf_free(&e.scratch.heap);
  rt__buf_free(&e.scratch.text);
  if (code)
    return rt__fail(err, code, "tokenizer: the text gives more ids than there is room for");
  return RT_OK;
}

/* ---- decoding */

/* SPM: U+2581 becomes a blank */
static rt_code add_spm(rt_slice s, rt__buf *out)
{
  rt_code code = RT_OK;
  for (size_t i = 0; i < s.n && code == RT_OK;) {
    bool blank = s.n - i >= 3 && memcmp(s.p + i, RT__SPM_BLANK, 3) == 0;
    code = rt__buf_add(out, blank ? " " : s.p + i, 1);
    i += blank ? 3 : 1;
  }
  return code;
}

rt_code rt_tokenizer_decode(const rt_tokenizer *t, const uint32_t *ids, size_t n, bool special,
                            rt__buf *out)
{
  rt_code code = RT_OK;
  bool strip = t->add_space_prefix;
  for (size_t i = 0; i < n && code == RT_OK; i++) {
    if (ids[i] >= t->n)
      return RT_E_ARG;
    if (rt_tokenizer_special(t, ids[i])) {
      strip = t->add_space_prefix;
      if (special)
        code = rt__buf_add(out, t->tokens[ids[i]].text.p, t->tokens[ids[i]].text.n);
      continue;
    }
    rt_slice s = t->tokens[ids[i]].bytes;
    if (strip && rt__slice_starts(s, RT__LIT(RT__SPM_BLANK)))
      s = rt__slice(s.p + 3, s.n - 3);
    strip = false;
    bool spelt = t->kind == RT__TOK_SPM && t->tokens[ids[i]].type != RT__TT_BYTE;
    code = spelt ? add_spm(s, out) : rt__buf_add(out, s.p, s.n);
  }
  return code;
}
