/* provision - how the accounts were opened: the share of members signed up inside the shortest
 * window that holds half of them, against the density of all sign-ups there. */
#include "link/evidence.h"
#include "sketch/stats.h"

#include <math.h>

/* how many of all sign-ups fall in [lo, hi] */
static double inside(const rt__facts *f, double lo, double hi)
{
  size_t n = 0;
  size_t a = 0, z = f->n_born;
  while (a < z) { /* first not below lo */
    size_t m = a + (z - a) / 2;
    if (f->born[m] < lo)
      a = m + 1;
    else
      z = m;
  }
  for (n = a; n < f->n_born && f->born[n] <= hi; n++)
    ;
  return (double)(n - a) / (double)f->n_born;
}

/* the shortest window with half of the members' sign-ups; false with fewer than four known */
static rt_code window(const rt__reference *r, const rt__group *g, double *lo, double *hi,
                      double *share, bool *found)
{
  double *born = rt__calloc(r->alloc, g->n, sizeof *born);
  size_t n = 0;
  *found = false;
  if (!born)
    return RT_E_NOMEM;
  for (uint32_t i = 0; i < g->n; i++) {
    const rt__fact *f = rt__facts_of(r->facts, g->account[i]);
    if (f && f->created_us)
      born[n++] = (double)f->created_us * 1e-6;
  }
  if (n >= 4) {
    rt__sort_doubles(born, n);
    size_t k = n / 2 > 3 ? n / 2 : 3, best = 0;
    for (size_t i = 0; i + k <= n; i++)
      if (born[i + k - 1] - born[i] < born[best + k - 1] - born[best])
        best = i;
    *lo = born[best];
    *hi = born[best + k - 1];
    *share = (double)k / (double)n;
    *found = true;
  }
  rt__free(r->alloc, born, g->n * sizeof *born);
  return RT_OK;
}

static double burst_of(const rt__facts *f, double lo, double hi, double share)
{
  double expect = inside(f, lo, hi);
  return log2(share / (expect > 1e-4 ? expect : 1e-4));
}

rt_code rt__family_provision(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  double lo, hi, share;
  bool found;
  if (!r->facts || r->facts->n_born == 0)
    return RT_OK;
  rt_code c = window(r, g, &lo, &hi, &share, &found);
  if (c != RT_OK || !found)
    return c;
  b->burst = burst_of(r->facts, lo, hi, share);
  b->burst_days = (hi - lo) / 86400;
  b->said[RT_FAMILY_PROVISION] = true;
  b->bits[RT_FAMILY_PROVISION] = rt__clip(b->burst - 2.5, -1, 4);
  return RT_OK;
}

rt_code rt__member_provision(const rt__reference *r, const rt__group *g, double *out)
{
  double lo, hi, share;
  bool found;
  if (!r->facts || r->facts->n_born == 0)
    return RT_OK;
  rt_code c = window(r, g, &lo, &hi, &share, &found);
  if (c != RT_OK || !found)
    return c;
  double bits = rt__clip(burst_of(r->facts, lo, hi, share) - 2.5, -1, 4);
  for (uint32_t i = 0; i < g->n; i++) {
    const rt__fact *f = rt__facts_of(r->facts, g->account[i]);
    double born = f ? (double)f->created_us * 1e-6 : 0;
    if (born > 0)
      out[i * RT_FAMILY_COUNT + RT_FAMILY_PROVISION] = born >= lo && born <= hi ? bits : 0;
  }
  return RT_OK;
}
