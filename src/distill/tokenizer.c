/* tokenizer - the vocabulary: filling it, the tables that encoding needs, its hash, decoding. */
#include "distill/import_bytes.h"
#include "distill/tokenizer_in.h"

#include <math.h>
#include <openssl/rand.h>
#include <stdlib.h>

rt_code rt__tok_new(const rt_alloc *alloc, rt__tok_kind kind, uint32_t n, rt_tokenizer **out,
                    rt_error *err)
{
  if (n == 0 || n > RT_TOKENS_MAX)
    return rt__fail(err, RT_E_LIMIT, "tokenizer: %u tokens; 1 to %u are read", n, RT_TOKENS_MAX);
  rt_tokenizer *t = rt__calloc(alloc, 1, sizeof *t);
  if (!t)
    return rt__fail(err, RT_E_NOMEM, "tokenizer: out of memory");
  t->alloc = *alloc;
  t->kind = kind;
  t->n = n;
  t->bos = t->eos = t->unk = t->pad = RT_TOKEN_NONE;
  rt__map_init(&t->pairs, &t->alloc, RT__TOK_MERGES_MAX, 0);
  if (rt__arena_new(alloc, RT__TOK_ARENA_MAX, &t->arena) == RT_OK)
    t->tokens = rt__arena_take(t->arena, n * sizeof *t->tokens);
  if (!t->tokens || RAND_bytes((unsigned char *)&t->sip, sizeof t->sip) != 1) {
    rt_tokenizer_free(t);
    return rt__fail(err, RT_E_NOMEM, "tokenizer: out of memory");
  }
  t->pairs.seed = t->sip.k0 ^ t->sip.k1;
  *out = t;
  return RT_OK;
}

void rt_tokenizer_free(rt_tokenizer *t)
{
  if (!t)
    return;
  rt_alloc a = t->alloc;
  rt__map_free(&t->pairs);
  rt__arena_free(t->arena);
  rt__free(&a, t, sizeof *t);
}

static rt_slice copied(rt_tokenizer *t, rt_slice s)
{
  const char *p = rt__arena_copy(t->arena, s);
  return (rt_slice){p, p ? s.n : 0};
}

/* what a token stands for */
static rt_code bytes_of(rt_tokenizer *t, rt__token *k, rt_error *err)
{
  k->bytes = k->text;
  if (t->kind == RT__TOK_BPE && k->type == RT__TT_NORMAL) {
    unsigned char *p = rt__arena_take(t->arena, k->text.n + 1);
    size_t n;
    if (!p)
      return rt__fail(err, RT_E_NOMEM, "tokenizer: out of memory");
    if (rt__bpe_unspell(k->text, p, &n))
      k->bytes = rt__slice(p, n);
    return RT_OK;
  }
  if (t->kind == RT__TOK_SPM && k->type == RT__TT_BYTE) {
    int byte = rt__spm_byte(k->text);
    unsigned char *p = rt__arena_take(t->arena, 1);
    if (byte < 0 || !p)
      return rt__fail(err, RT_E_FORMAT, "tokenizer: a byte token isn't spelt like <0x1F>");
    *p = (unsigned char)byte;
    k->bytes = rt__slice(p, 1);
  }
  return RT_OK;
}

rt_code rt__tok_set(rt_tokenizer *t, uint32_t id, rt_slice text, unsigned char type, float score,
                    rt_error *err)
{
  if (id >= t->n)
    return rt__fail(err, RT_E_FORMAT, "tokenizer: token id %u is outside the vocabulary of %u", id,
                    t->n);
  if (text.n > RT_TOKEN_BYTES_MAX)
    return rt__fail(err, RT_E_LIMIT, "tokenizer: token %u is longer than %u bytes", id,
                    RT_TOKEN_BYTES_MAX);
  if (type < RT__TT_NORMAL || type > RT__TT_BYTE || !isfinite(score))
    return rt__fail(err, RT_E_FORMAT, "tokenizer: token %u has an unknown type or no finite score",
                    id);
  rt__token *k = &t->tokens[id];
  k->text = copied(t, text);
  if (!k->text.p)
    return rt__fail(err, RT_E_NOMEM, "tokenizer: out of memory");
  k->type = type;
  k->score = score;
  return bytes_of(t, k, err);
}

/* ---- by text */

static size_t slot_of(const rt_tokenizer *t, rt_slice text)
{
  size_t i = (size_t)rt__sip(t->sip, 1, 3, text.p, text.n) & (t->n_slots - 1);
  while (t->by_text[i] && !rt__slice_eq(t->tokens[t->by_text[i] - 1].text, text))
    i = (i + 1) & (t->n_slots - 1);
  return i;
}

uint32_t rt_tokenizer_find(const rt_tokenizer *t, rt_slice text)
{
  uint32_t id = t->by_text[slot_of(t, text)];
  return id ? id - 1 : RT_TOKEN_NONE;
}

rt_code rt__tok_index(rt_tokenizer *t, rt_error *err)
{
  t->n_slots = 16;
  while (t->n_slots < 2 * (size_t)t->n)
    t->n_slots *= 2;
  t->by_text = rt__arena_take(t->arena, t->n_slots * sizeof *t->by_text);
  if (!t->by_text)
    return rt__fail(err, RT_E_NOMEM, "tokenizer: out of memory");
  for (uint32_t id = 0; id < t->n; id++) {
    if (!t->tokens[id].text.p)
      return rt__fail(err, RT_E_FORMAT, "tokenizer: there is no token %u", id);
    size_t i = slot_of(t, t->tokens[id].text);
    if (t->by_text[i])
      return rt__fail(err, RT_E_FORMAT, "tokenizer: tokens %u and %u are spelt alike",
                      t->by_text[i] - 1, id);
    t->by_text[i] = id + 1;
  }
  return RT_OK;
}

/* ---- merges */

rt_code rt__tok_merges(rt_tokenizer *t, uint64_t n, rt_error *err)
{
  if (n > RT__TOK_MERGES_MAX)
    return rt__fail(err, RT_E_LIMIT, "tokenizer: more than %u merges", RT__TOK_MERGES_MAX);
  t->merges = rt__arena_take(t->arena, (size_t)n * sizeof *t->merges);
  if (!t->merges)
    return rt__fail(err, RT_E_NOMEM, "tokenizer: out of memory");
  t->n_merges = (uint32_t)n;
  return RT_OK;
}

static uint32_t find_joined(const rt_tokenizer *t, rt_slice left, rt_slice right)
{
  rt__buf b;
  rt__buf_init(&b, &t->alloc, 2 * (size_t)RT_TOKEN_BYTES_MAX);
  uint32_t id = RT_TOKEN_NONE;
  if (rt__buf_add(&b, left.p, left.n) == RT_OK && rt__buf_add(&b, right.p, right.n) == RT_OK)
    id = rt_tokenizer_find(t, rt__buf_slice(&b));
  rt__buf_free(&b);
  return id;
}

rt_code rt__tok_merge(rt_tokenizer *t, uint32_t i, rt_slice left, rt_slice right, rt_error *err)
{
  rt__merge m = {rt_tokenizer_find(t, left), rt_tokenizer_find(t, right), RT_TOKEN_NONE};
  if (m.left != RT_TOKEN_NONE && m.right != RT_TOKEN_NONE)
    m.result = find_joined(t, left, right);
  if (i >= t->n_merges || m.result == RT_TOKEN_NONE)
    return rt__fail(
        err, RT_E_FORMAT,
        "tokenizer: merge %u (\"%.*s\" with \"%.*s\") has a part or a product that is no token", i,
        rt__shown(left), left.p, rt__shown(right), right.p);
  t->merges[i] = m;
  return RT_OK;
}

static rt_code index_merges(rt_tokenizer *t, rt_error *err)
{
  for (uint32_t i = 0; i < t->n_merges; i++) {
    const rt__merge *m = &t->merges[i];
    bool fresh;
    uint64_t *v = rt__map_put(&t->pairs, (uint64_t)m->left << 32 | m->right, &fresh);
    if (!v)
      return rt__fail(err, RT_E_NOMEM, "tokenizer: out of memory");
    if (fresh) /* of a pair that is listed twice the first rank holds */
      *v = (uint64_t)i << 32 | m->result;
  }
  return RT_OK;
}

/* ---- special tokens and single bytes */

static void index_bytes(rt_tokenizer *t)
{
  for (unsigned b = 0; b < 256; b++)
    t->byte_ids[b] = RT_TOKEN_NONE;
  unsigned char want = t->kind == RT__TOK_BPE ? RT__TT_NORMAL : RT__TT_BYTE;
  for (uint32_t id = 0; id < t->n; id++)
    if (t->tokens[id].type == want && t->tokens[id].bytes.n == 1)
      t->byte_ids[(unsigned char)t->tokens[id].bytes.p[0]] = id;
}

static bool is_cut_out(const rt__token *k)
{
  return k->text.n &&
         (k->type == RT__TT_UNKNOWN || k->type == RT__TT_CONTROL || k->type == RT__TT_USER);
}

typedef struct cut_out {
  rt_slice text;
  uint32_t id;
} cut_out;

/* by first byte, then longest first, then bytes */
static int by_start(const void *a, const void *b)
{
  const cut_out *x = a, *y = b;
  unsigned char p = (unsigned char)x->text.p[0], q = (unsigned char)y->text.p[0];
  if (p != q)
    return p < q ? -1 : 1;
  if (x->text.n != y->text.n)
    return x->text.n > y->text.n ? -1 : 1;
  return rt__slice_cmp(x->text, y->text);
}

static rt_code index_specials(rt_tokenizer *t, rt_error *err)
{
  size_t n = 0;
  for (uint32_t id = 0; id < t->n; id++)
    n += is_cut_out(&t->tokens[id]);
  cut_out *list = rt__arena_take(t->arena, (n + 1) * sizeof *list);
  t->specials = rt__arena_take(t->arena, (n + 1) * sizeof *t->specials);
  if (!list || !t->specials)
    return rt__fail(err, RT_E_NOMEM, "tokenizer: out of memory");
  n = 0;
  for (uint32_t id = 0; id < t->n; id++)
    if (is_cut_out(&t->tokens[id]))
      list[n++] = (cut_out){t->tokens[id].text, id};
  qsort(list, n, sizeof *list, by_start);
  for (size_t i = 0; i < n; i++) {
    t->specials[i] = list[i].id;
    t->special_at[(unsigned char)list[i].text.p[0] + 1] = (uint32_t)i + 1;
  }
  for (int b = 0; b < 256; b++)
    if (t->special_at[b + 1] < t->special_at[b])
      t->special_at[b + 1] = t->special_at[b];
  return RT_OK;
}

/* ---- the hash: kind, pre-tokenizer, tokens with their ids, merges by rank, all with their
 * lengths. Not BOS and EOS: those are added by whoever encodes. Not scores: a SentencePiece
 * vocabulary is in their order. */

static char mark_of(const rt__token *k)
{
  return k->type == RT__TT_NORMAL || k->type == RT__TT_BYTE ? ' '
         : k->type == RT__TT_USER                           ? '+'
                                                            : '!';
}

static rt_code describe(const rt_tokenizer *t, rt__buf *b)
{
  rt_code code = rt__buf_printf(b, "retort tokenizer 1\n%s\n%d %d\n",
                                t->kind == RT__TOK_BPE ? rt__pre_same(t->pre)->name : "spm",
                                t->ignore_merges, t->add_space_prefix);
  for (uint32_t id = 0; id < t->n && code == RT_OK; id++) {
    const rt__token *k = &t->tokens[id];
    if (k->type == RT__TT_UNUSED) /* padding up to a model's rows */
      continue;
    code = rt__buf_printf(b, "%u %zu%c", id, k->bytes.n, mark_of(k));
    if (code == RT_OK)
      code = rt__buf_add(b, k->bytes.p, k->bytes.n);
  }
  for (uint32_t i = 0; i < t->n_merges && code == RT_OK; i++)
    code = rt__buf_printf(b, "%u %u\n", t->merges[i].left, t->merges[i].right);
  return code;
}

static rt_code make_hash(rt_tokenizer *t, rt_error *err)
{
  rt__buf b;
  rt__buf_init(&b, &t->alloc, 2 * RT__TOK_ARENA_MAX);
  rt_code code = describe(t, &b);
  if (code == RT_OK)
    code = rt__sha256(b.p, b.n, t->hash);
  rt__buf_free(&b);
  return code ? rt__fail(err, code, "tokenizer: out of memory") : RT_OK;
}

static rt_code check_named(rt_tokenizer *t, rt_error *err)
{
  const uint32_t ids[] = {t->bos, t->eos, t->unk, t->pad};
  for (size_t i = 0; i < RT__ARRAY_LEN(ids); i++)
    if (ids[i] != RT_TOKEN_NONE && ids[i] >= t->n)
      return rt__fail(err, RT_E_FORMAT,
                      "tokenizer: special token id %u is outside the vocabulary of %u", ids[i],
                      t->n);
  return RT_OK;
}

rt_code rt__tok_seal(rt_tokenizer *t, rt_error *err)
{
  rt_code code = check_named(t, err);
  if (code == RT_OK)
    code = index_merges(t, err);
  index_bytes(t);
  if (code == RT_OK)
    code = index_specials(t, err);
  if (code == RT_OK)
    code = make_hash(t, err);
  return code;
}

/* ---- asking */

uint32_t rt_tokenizer_size(const rt_tokenizer *t)
{
  return t->n;
}

const char *rt_tokenizer_name(const rt_tokenizer *t)
{
  return t->kind == RT__TOK_BPE ? t->pre->name : "llama";
}

rt_slice rt_tokenizer_bytes(const rt_tokenizer *t, uint32_t id)
{
  return id < t->n ? t->tokens[id].bytes : (rt_slice){0};
}

bool rt_tokenizer_special(const rt_tokenizer *t, uint32_t id)
{
  return id < t->n &&
         (t->tokens[id].type == RT__TT_CONTROL || t->tokens[id].type == RT__TT_UNKNOWN);
}

uint32_t rt_tokenizer_bos(const rt_tokenizer *t)
{
  return t->bos;
}

uint32_t rt_tokenizer_eos(const rt_tokenizer *t)
{
  return t->eos;
}

uint32_t rt_tokenizer_unk(const rt_tokenizer *t)
{
  return t->unk;
}

uint32_t rt_tokenizer_pad(const rt_tokenizer *t)
{
  return t->pad;
}

rt_slice rt_tokenizer_chat_template(const rt_tokenizer *t)
{
  return t->chat_template;
}

const unsigned char *rt_tokenizer_hash(const rt_tokenizer *t)
{
  return t->hash;
}

rt_code rt_tokenizer_fits(const rt_tokenizer *t, uint32_t rows, rt_error *err)
{
  if (t->n > rows)
    return rt__fail(err, RT_E_ARG,
                    "the tokenizer has %u tokens, the model only %u rows of embeddings", t->n,
                    rows);
  return RT_OK;
}
