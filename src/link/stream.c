#include "link/stream.h"

static bool wanted(const rt__starts *s, rt__streams_kind kind, uint32_t row)
{
  if (s->flags[row] & RT__S_BATCHED)
    return false;
  return kind != RT__STREAMS_LONE || (s->flags[row] & RT__S_LONE);
}

static uint64_t key_of(const rt__starts *s, rt__streams_kind kind, uint32_t row)
{
  return kind == RT__STREAMS_WHOLE ? 0 : s->bundle[row];
}

void rt__streams_free(rt__streams *l)
{
  rt__free(l->alloc, l->st, l->cap * sizeof *l->st);
  rt__free(l->alloc, l->rows, l->n_rows * sizeof *l->rows);
  *l = (rt__streams){.alloc = l->alloc};
}

static size_t end_of_stream(const rt__starts *s, rt__streams_kind kind, const rt__streams *l,
                            size_t i, size_t n)
{
  size_t j = i;
  while (j < n && s->account[l->rows[j]] == s->account[l->rows[i]] &&
         key_of(s, kind, l->rows[j]) == key_of(s, kind, l->rows[i]))
    j++;
  return j;
}

/* rows sorted by key; the sort is stable, so account and time stay in order below it */
static rt_code sort_rows(const rt__starts *s, rt__streams_kind kind, rt__streams *l, size_t *n_out)
{
  rt__pair *p = rt__calloc(s->alloc, 2 * s->n, sizeof *p);
  l->n_rows = s->n;
  l->rows = rt__calloc(s->alloc, s->n, sizeof *l->rows);
  size_t n = 0;
  for (uint32_t r = 0; p && l->rows && r < s->n; r++)
    if (wanted(s, kind, r))
      p[n++] = (rt__pair){key_of(s, kind, r), r};
  if (p && l->rows) {
    rt__sort_pairs(p, p + s->n, n);
    for (size_t i = 0; i < n; i++)
      l->rows[i] = (uint32_t)p[i].val;
  }
  bool ok = p && l->rows;
  rt__free(s->alloc, p, 2 * s->n * sizeof *p);
  *n_out = n;
  return ok ? RT_OK : RT_E_NOMEM;
}

rt_code rt__streams_build(const rt__starts *s, rt__streams_kind kind, uint32_t least,
                          rt__streams *out)
{
  size_t n;
  *out = (rt__streams){.alloc = s->alloc};
  rt_code c = sort_rows(s, kind, out, &n);
  for (size_t i = 0; c == RT_OK && i < n; i = end_of_stream(s, kind, out, i, n))
    out->cap++;
  if (c == RT_OK && !(out->st = rt__calloc(s->alloc, out->cap, sizeof *out->st)))
    c = RT_E_NOMEM;
  if (c != RT_OK) {
    rt__streams_free(out);
    return c;
  }
  for (size_t i = 0, j; i < n; i = j) {
    uint32_t first = out->rows[i];
    j = end_of_stream(s, kind, out, i, n);
    if (j - i >= least)
      out->st[out->n++] =
          (rt__stream){key_of(s, kind, first), s->account[first], (uint32_t)(j - i), out->rows + i};
  }
  return RT_OK;
}
