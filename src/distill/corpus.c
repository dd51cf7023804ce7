/* corpus - tokens, documents and windows. Files are read in corpus_read.c. */
#include "distill/corpus.h"

#include "base/hash.h"

rt_code rt_corpus_new(const rt_alloc *alloc, size_t tokens_max, rt_corpus **out, rt_error *err)
{
  *out = rt__calloc(alloc, 1, sizeof **out);
  if (!*out)
    return rt__fail(err, RT_E_NOMEM, "corpus: no memory");
  (*out)->alloc = *alloc;
  (*out)->max = tokens_max ? tokens_max : RT_CORPUS_TOKENS_MAX;
  return RT_OK;
}

void rt_corpus_free(rt_corpus *c)
{
  if (!c)
    return;
  rt_alloc a = c->alloc;
  rt__free(&a, c->tokens, c->cap * sizeof *c->tokens);
  rt__free(&a, c->wanted, c->cap);
  rt__free(&a, c->starts, c->starts_cap * sizeof *c->starts);
  rt__free(&a, c->windows, c->windows_cap * sizeof *c->windows);
  rt__free(&a, c, sizeof *c);
}

/* room for n more tokens; both arrays keep one capacity */
static rt_code grow(rt_corpus *c, size_t more, rt_error *err)
{
  if (more > c->max - c->n)
    return rt__fail(err, RT_E_LIMIT, "corpus: more than %zu tokens", c->max);
  if (c->n + more <= c->cap)
    return RT_OK;
  size_t cap = c->cap + c->cap / 2 + more;
  uint32_t *t = rt__realloc(&c->alloc, c->tokens, c->cap, cap, sizeof *t);
  if (t)
    c->tokens = t;
  uint8_t *w = t ? rt__realloc(&c->alloc, c->wanted, c->cap, cap, 1) : NULL;
  if (!w) {
    if (t) /* back to the common capacity, so that freeing stays right */
      c->tokens = rt__realloc(&c->alloc, t, cap, c->cap, sizeof *t);
    return rt__fail(err, RT_E_NOMEM, "corpus: no memory for %zu tokens", cap);
  }
  c->wanted = w;
  c->cap = cap;
  return RT_OK;
}

static rt_code begin_document(rt_corpus *c, rt_error *err)
{
  if (c->documents == c->starts_cap) {
    size_t cap = c->starts_cap ? 2 * c->starts_cap : 64;
    uint64_t *s = rt__realloc(&c->alloc, c->starts, c->starts_cap, cap, sizeof *s);
    if (!s)
      return rt__fail(err, RT_E_NOMEM, "corpus: no memory");
    c->starts = s;
    c->starts_cap = cap;
  }
  c->starts[c->documents++] = c->n;
  return RT_OK;
}

rt_code rt_corpus_add(rt_corpus *c, const uint32_t *tokens, size_t n, size_t prompt, rt_error *err)
{
  rt_code code = n ? grow(c, n, err) : RT_OK;
  if (!code && n)
    code = begin_document(c, err);
  if (code || n == 0)
    return code;
  memcpy(c->tokens + c->n, tokens, n * sizeof *tokens);
  for (size_t i = 0; i < n; i++)
    c->wanted[c->n + i] = i > 0 && i >= prompt;
  c->separate |= prompt > 0;
  c->n += n;
  return RT_OK;
}

rt_code rt_corpus_add_wanted(rt_corpus *c, const uint32_t *tokens, size_t n, const uint8_t *wanted,
                             rt_error *err)
{
  rt_code code = rt_corpus_add(c, tokens, n, 0, err);
  for (size_t i = 1; !code && i < n; i++)
    c->wanted[c->n - n + i] = wanted[i] != 0;
  return code;
}

/* ---- windows */

static rt_code add_windows(rt_corpus *c, uint64_t start, uint64_t end, rt_error *err)
{
  for (uint64_t at = start; at + 1 < end; at += c->seq) {
    if (c->n_windows == c->windows_cap) {
      size_t cap = c->windows_cap ? 2 * c->windows_cap : 64;
      rt_window *w = rt__realloc(&c->alloc, c->windows, c->windows_cap, cap, sizeof *w);
      if (!w)
        return rt__fail(err, RT_E_NOMEM, "corpus: no memory");
      c->windows = w;
      c->windows_cap = cap;
    }
    uint64_t left = end - at;
    c->windows[c->n_windows++] = (rt_window){at, left < c->seq ? (uint32_t)left : c->seq};
  }
  return RT_OK;
}

static bool any_wanted(const rt_corpus *c)
{
  for (size_t i = 0; i < c->n; i++)
    if (c->wanted[i])
      return true;
  return false;
}

rt_code rt_corpus_cut(rt_corpus *c, uint32_t seq, rt_error *err)
{
  if (seq < 2)
    return rt__fail(err, RT_E_ARG, "corpus: windows of %u tokens predict nothing", seq);
  if (!any_wanted(c))
    return rt__fail(err, RT_E_ARG, "the corpus is empty: no token that could be learnt");
  c->seq = seq;
  c->n_windows = 0;
  if (!c->separate)
    return add_windows(c, 0, c->n, err);
  rt_code code = RT_OK;
  for (uint64_t d = 0; !code && d < c->documents; d++)
    code = add_windows(c, c->starts[d], d + 1 < c->documents ? c->starts[d + 1] : c->n, err);
  return code;
}

uint64_t rt_corpus_hash(const rt_corpus *c)
{
  uint64_t h = rt__checksum(c->tokens, c->n * sizeof *c->tokens);
  h = rt__mix2(h, rt__checksum(c->wanted, c->n));
  for (size_t i = 0; i < c->n_windows; i++)
    h = rt__mix2(h, c->windows[i].start ^ (uint64_t)c->windows[i].n << 40);
  return h;
}

rt_code rt_corpus_sha(const rt_corpus *c, unsigned char out[32])
{
  unsigned char parts[2 * 32 + sizeof(uint64_t)];
  uint64_t windows = rt_corpus_hash(c);
  rt_code code = rt__sha256(c->tokens, c->n * sizeof *c->tokens, parts);
  code = code ? code : rt__sha256(c->wanted, c->n, parts + 32);
  memcpy(parts + 64, &windows, sizeof windows);
  return code ? code : rt__sha256(parts, sizeof parts, out);
}

size_t rt_corpus_window(const rt_corpus *c, size_t w, size_t seq, uint32_t *tokens,
                        uint32_t *labels)
{
  const rt_window *x = &c->windows[w];
  size_t n = x->n < seq ? x->n : seq, count = 0;
  for (size_t i = 0; i < seq; i++) {
    uint64_t at = x->start + i, next = at + 1;
    bool inside = i < n;
    /* separate windows end with their document; packed ones may look one token ahead */
    bool known = inside && next < c->n && c->wanted[next];
    tokens[i] = inside ? c->tokens[at] : 0;
    labels[i] = known ? c->tokens[next] : RT_CORPUS_NONE;
    count += known;
  }
  return count;
}
