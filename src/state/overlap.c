#include "state/overlap.h"

#include <stdlib.h>

static int by_account(const void *pa, const void *pb)
{
  const rt__belongs *a = pa, *b = pb;
  if (a->account != b->account)
    return a->account < b->account ? -1 : 1;
  return a->set < b->set ? -1 : a->set > b->set;
}

static int by_pair(const void *pa, const void *pb)
{
  const rt__overlap *a = pa, *b = pb;
  if (a->a != b->a)
    return a->a < b->a ? -1 : 1;
  return a->b < b->b ? -1 : a->b > b->b;
}

/* where the run of equal accounts that starts at i ends */
static size_t end_of(const rt__belongs *v, size_t i, size_t n)
{
  uint64_t account = v[i].account;
  while (i < n && v[i].account == account)
    i++;
  return i;
}

/* a pair for every account in a set of either side; `out` NULL only counts */
static size_t join(const rt__belongs *a, size_t n_a, const rt__belongs *b, size_t n_b,
                   rt__overlap *out)
{
  size_t n = 0;
  for (size_t i = 0, k = 0; i < n_a && k < n_b;) {
    size_t i_end = end_of(a, i, n_a), k_end = end_of(b, k, n_b);
    if (a[i].account < b[k].account) {
      i = i_end;
    } else if (a[i].account > b[k].account) {
      k = k_end;
    } else {
      for (size_t x = i; out && x < i_end; x++)
        for (size_t y = k; y < k_end; y++)
          *out++ = (rt__overlap){a[x].set, b[y].set, 1};
      n += (i_end - i) * (k_end - k);
      i = i_end;
      k = k_end;
    }
  }
  return n;
}

static size_t add_up(rt__overlap *v, size_t n)
{
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    if (kept && by_pair(&v[kept - 1], &v[i]) == 0)
      v[kept - 1].n++;
    else
      v[kept++] = v[i];
  }
  return kept;
}

rt_code rt__overlaps(rt__belongs *a, size_t n_a, rt__belongs *b, size_t n_b, rt__overlap **out,
                     size_t *n_out, rt_error *err)
{
  const rt_alloc *alloc = rt_alloc_default();
  if (n_a)
    qsort(a, n_a, sizeof *a, by_account);
  if (n_b)
    qsort(b, n_b, sizeof *b, by_account);
  size_t n = join(a, n_a, b, n_b, NULL);
  rt__overlap *v = rt__calloc(alloc, n + 1, sizeof *v);
  if (!v)
    return rt__fail(err, RT_E_NOMEM, "no memory to compare campaigns with earlier ones");
  (void)join(a, n_a, b, n_b, v);
  qsort(v, n, sizeof *v, by_pair);
  size_t kept = add_up(v, n);
  *out = rt__realloc(alloc, v, n + 1, kept + 1, sizeof *v);
  if (!*out)
    *out = v;
  *n_out = kept;
  return RT_OK;
}
