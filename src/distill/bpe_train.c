/* bpe_train - counting words, and a tokenizer from what was learnt. */
#include "distill/bpe_train_in.h"
#include "distill/tokenizer_in.h"

#include <openssl/rand.h>
#include <stdlib.h>

#define SPECIALS_MAX 1024u

struct rt_bpe_trainer {
  rt_alloc alloc;
  rt_bpe_options options;
  rt_slice *specials;
  uint32_t n_specials;
  const rt__pre *pre;
  rt__arena *arena;
  rt__sipkey sip;
  rt__word *words;
  size_t n_words, cap_words;
  rt__map index; /* keyed hash of a word -> word + 1; the next key where two words collide */
};

static rt_code no_memory(rt_error *err)
{
  return rt__fail(err, RT_E_NOMEM, "vocabulary: out of memory");
}

static rt_code copy_specials(rt_bpe_trainer *t, const rt_bpe_options *o, rt_error *err)
{
  static const rt_slice end = {"<|endoftext|>", 13};
  const rt_slice *from = o->n_specials ? o->specials : &end;
  size_t n = o->n_specials ? o->n_specials : 1;
  if (n > SPECIALS_MAX)
    return rt__fail(err, RT_E_LIMIT, "vocabulary: more than %u special tokens", SPECIALS_MAX);
  t->specials = rt__arena_take(t->arena, n * sizeof *t->specials);
  t->n_specials = (uint32_t)n;
  for (size_t i = 0; i < n && t->specials; i++) {
    if (from[i].n < 2 || from[i].n > 256)
      return rt__fail(err, RT_E_ARG, "vocabulary: a special token must have 2 to 256 bytes");
    t->specials[i] = rt__slice(rt__arena_copy(t->arena, from[i]), from[i].n);
    if (!t->specials[i].p)
      return no_memory(err);
  }
  return t->specials ? RT_OK : no_memory(err);
}

static rt_code configure(rt_bpe_trainer *t, const rt_bpe_options *o, rt_error *err)
{
  const char *name = o->pre ? o->pre : "smollm";
  t->options = *o;
  t->pre = rt__pre_find(rt__cstr(name));
  if (!t->pre)
    return rt__fail(err, RT_E_ARG, "vocabulary: the pre-tokenizer \"%.64s\" is unknown here", name);
  rt_code code = copy_specials(t, o, err);
  if (code == RT_OK && (o->vocab < 256 + t->n_specials || o->vocab > RT_TOKENS_MAX))
    code = rt__fail(err, RT_E_ARG,
                    "vocabulary: %u tokens; it must be %u (bytes, special tokens) to %u", o->vocab,
                    256 + t->n_specials, RT_TOKENS_MAX);
  if (!t->options.least)
    t->options.least = 2;
  return code;
}

rt_code rt_bpe_trainer_new(const rt_alloc *alloc, const rt_bpe_options *o, rt_bpe_trainer **out,
                           rt_error *err)
{
  rt_bpe_trainer *t = rt__calloc(alloc, 1, sizeof *t);
  if (!t)
    return no_memory(err);
  t->alloc = *alloc;
  rt_code code = rt__arena_new(alloc, RT_BPE_BYTES_MAX, &t->arena);
  if (code || RAND_bytes((unsigned char *)&t->sip, sizeof t->sip) != 1)
    code = no_memory(err);
  rt__map_init(&t->index, &t->alloc, SIZE_MAX, t->sip.k0);
  if (code == RT_OK)
    code = configure(t, o, err);
  if (code)
    rt_bpe_trainer_free(t);
  else
    *out = t;
  return code;
}

void rt_bpe_trainer_free(rt_bpe_trainer *t)
{
  if (!t)
    return;
  rt_alloc a = t->alloc;
  rt__free(&a, t->words, t->cap_words * sizeof *t->words);
  rt__map_free(&t->index);
  rt__arena_free(t->arena);
  rt__free(&a, t, sizeof *t);
}

/* ---- counting */

static rt_code add_word(rt_bpe_trainer *t, rt_slice bytes, uint64_t *slot)
{
  if (t->n_words == RT_BPE_WORDS_MAX)
    return RT_E_LIMIT;
  if (t->n_words == t->cap_words) {
    size_t cap = t->cap_words ? t->cap_words * 2 : 1024;
    rt__word *p = rt__realloc(&t->alloc, t->words, t->cap_words, cap, sizeof *p);
    if (!p)
      return RT_E_NOMEM;
    t->words = p;
    t->cap_words = cap;
  }
  const char *p = rt__arena_copy(t->arena, bytes);
  if (!p)
    return RT_E_LIMIT;
  t->words[t->n_words] = (rt__word){rt__slice(p, bytes.n), 1};
  *slot = ++t->n_words;
  return RT_OK;
}

static rt_code count_word(rt_bpe_trainer *t, rt_slice bytes)
{
  for (uint64_t key = rt__sip(t->sip, 1, 3, bytes.p, bytes.n);; key++) {
    bool fresh;
    uint64_t *v = rt__map_put(&t->index, key, &fresh);
    if (!v)
      return RT_E_NOMEM;
    if (fresh)
      return add_word(t, bytes, v);
    if (rt__slice_eq(t->words[*v - 1].bytes, bytes)) {
      t->words[*v - 1].count++;
      return RT_OK;
    }
  }
}

static rt_code count_piece(void *ctx, rt_slice piece)
{
  rt_code code = RT_OK;
  while (piece.n && code == RT_OK) {
    size_t n = piece.n < RT_BPE_WORD_MAX ? piece.n : RT_BPE_WORD_MAX;
    code = count_word(ctx, rt__slice(piece.p, n));
    piece = rt__slice(piece.p + n, piece.n - n);
  }
  return code;
}

rt_code rt_bpe_trainer_add(rt_bpe_trainer *t, rt_slice text, rt_error *err)
{
  rt_code code = rt__pre_split(t->pre, text, count_piece, t);
  if (code == RT_E_LIMIT)
    return rt__fail(err, code, "vocabulary: more than %u distinct words, or %zu bytes of them",
                    RT_BPE_WORDS_MAX, RT_BPE_BYTES_MAX);
  return code ? no_memory(err) : RT_OK;
}

/* ---- the tokenizer */

static int by_bytes(const void *a, const void *b)
{
  return rt__slice_cmp(((const rt__word *)a)->bytes, ((const rt__word *)b)->bytes);
}

static rt_code set_byte_tokens(rt_tokenizer *k, uint32_t first, rt__buf *spelt, rt_error *err)
{
  rt_code code = RT_OK;
  for (unsigned b = 0; b < 256 && code == RT_OK; b++) {
    char byte = (char)b;
    rt__buf_clear(spelt);
    code = rt__bpe_spell(rt__slice(&byte, 1), spelt);
    if (code == RT_OK)
      code = rt__tok_set(k, first + b, rt__buf_slice(spelt), RT__TT_NORMAL, 0, err);
  }
  return code;
}

static rt_code set_product(rt_tokenizer *k, uint32_t first, const rt__learnt *m, rt__buf *spelt,
                           rt_error *err)
{
  rt_slice l = k->tokens[first + m->left].text, r = k->tokens[first + m->right].text;
  rt__buf_clear(spelt);
  rt_code code = rt__buf_add(spelt, l.p, l.n);
  if (code == RT_OK)
    code = rt__buf_add(spelt, r.p, r.n);
  return code ? code
              : rt__tok_set(k, first + m->result, rt__buf_slice(spelt), RT__TT_NORMAL, 0, err);
}

static rt_code set_tokens(const rt_bpe_trainer *t, rt_tokenizer *k, const rt__learnt *merges,
                          uint32_t n_merges, rt_error *err)
{
  rt__buf spelt;
  rt__buf_init(&spelt, &t->alloc, 4 * RT_BPE_WORD_MAX);
  rt_code code = RT_OK;
  for (uint32_t i = 0; i < t->n_specials && code == RT_OK; i++)
    code = rt__tok_set(k, i, t->specials[i], RT__TT_CONTROL, 0, err);
  if (code == RT_OK)
    code = set_byte_tokens(k, t->n_specials, &spelt, err);
  for (uint32_t i = 0; i < n_merges && code == RT_OK; i++)
    if (merges[i].fresh)
      code = set_product(k, t->n_specials, &merges[i], &spelt, err);
  rt__buf_free(&spelt);
  return code;
}

static rt_code build(const rt_bpe_trainer *t, rt_tokenizer *k, const rt__learnt *merges, uint32_t n,
                     rt_error *err)
{
  k->pre = t->pre;
  k->ignore_merges = t->pre->ignore_merges;
  k->add_bos = t->pre->add_bos;
  k->bos = k->eos = 0;
  rt_code code = set_tokens(t, k, merges, n, err);
  if (code == RT_OK)
    code = rt__tok_index(k, err);
  if (code == RT_OK)
    code = rt__tok_merges(k, n, err);
  for (uint32_t i = 0; i < n && code == RT_OK; i++)
    k->merges[i] = (rt__merge){t->n_specials + merges[i].left, t->n_specials + merges[i].right,
                               t->n_specials + merges[i].result};
  return code == RT_OK ? rt__tok_seal(k, err) : code;
}

rt_code rt_bpe_trainer_finish(rt_bpe_trainer *t, rt_tokenizer **out, rt_error *err)
{
  if (t->n_words == 0)
    return rt__fail(err, RT_E_ARG, "vocabulary: the corpus is empty");
  qsort(t->words, t->n_words, sizeof *t->words, by_bytes);
  rt__learnt *merges;
  uint32_t n, fresh = 0, wanted = t->options.vocab - 256 - t->n_specials;
  rt_code code = rt__bpe_learn(&t->alloc, t->words, t->n_words, wanted, t->options.least, t->arena,
                               &merges, &n);
  if (code)
    return rt__fail(err, code, "vocabulary: the corpus needs more memory than %zu bytes",
                    RT_BPE_BYTES_MAX);
  for (uint32_t i = 0; i < n; i++)
    fresh += merges[i].fresh;
  rt_tokenizer *k = NULL;
  code = rt__tok_new(&t->alloc, RT__TOK_BPE, t->n_specials + 256 + fresh, &k, err);
  if (code == RT_OK)
    code = build(t, k, merges, n, err);
  if (code)
    rt_tokenizer_free(k);
  else
    *out = k;
  return code;
}
