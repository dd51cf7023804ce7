#include "campaign/detect.h"

/* the rows by which account a was found; all its starts if it only goes along */
static void rows_of(const rt__detection *d, uint32_t a, const uint32_t **rows, uint32_t *n)
{
  const rt__candidate *by = d->drafts.by[a];
  const rt__group *g = by ? by->g : NULL;
  uint32_t lo = 0, hi = g ? g->n : 0;
  while (lo < hi) {
    uint32_t mid = lo + (hi - lo) / 2;
    if (g->account[mid] < a)
      lo = mid + 1;
    else
      hi = mid;
  }
  if (g && lo < g->n && g->account[lo] == a) {
    *rows = g->row + g->at[lo];
    *n = rt__group_rows(g, lo);
    return;
  }
  *rows = NULL;
  *n = rt__starts_count(&d->starts, a);
}

rt_code rt__compose(const rt__detection *d, const rt__draft *x, rt__group *out)
{
  size_t all = 0, k = 0;
  const uint32_t *rows;
  uint32_t n;
  for (uint32_t i = 0; i < x->n; i++) {
    rows_of(d, x->account[i], &rows, &n);
    all += n;
  }
  uint32_t *v = rt__calloc(d->alloc, all, sizeof *v);
  if (!v)
    return RT_E_NOMEM;
  for (uint32_t i = 0; i < x->n; i++) {
    rows_of(d, x->account[i], &rows, &n);
    for (uint32_t j = 0; j < n; j++)
      v[k++] = rows ? rows[j] : d->starts.first[x->account[i]] + j;
  }
  rt__origin origin = x->lead ? x->lead->g->origin : RT__FROM_WHOLE;
  rt_code c = rt__group_from_rows(d->alloc, &d->starts, v, k, 1, origin, out);
  rt__free(d->alloc, v, all * sizeof *v);
  return c;
}
