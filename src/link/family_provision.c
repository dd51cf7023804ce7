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

/* the shortest window with half of the members' sign-ups */
typedef struct burst {
  bool found; /* false with fewer than four known */
  double lo, hi;
  double bits; /* log2 of the members' density in it over that of all accounts */
} burst;

/* `born` is sorted */
static void shortest(const rt__facts *f, const double *born, size_t n, burst *out)
{
  size_t k = n / 2 > 3 ? n / 2 : 3, best = 0;
  if (n < 4)
    return;
  for (size_t i = 0; i + k <= n; i++)
    if (born[i + k - 1] - born[i] < born[best + k - 1] - born[best])
      best = i;
  *out = (burst){.found = true, .lo = born[best], .hi = born[best + k - 1]};
  double share = (double)k / (double)n, expect = inside(f, out->lo, out->hi);
  out->bits = log2(share / (expect > 1e-4 ? expect : 1e-4));
}

static rt_code find_burst(const rt__reference *r, const rt__group *g, burst *out)
{
  *out = (burst){.found = false};
  if (!r->facts || r->facts->n_born == 0)
    return RT_OK;
  double *born = rt__calloc(r->alloc, g->n, sizeof *born);
  size_t n = 0;
  if (!born)
    return RT_E_NOMEM;
  for (uint32_t i = 0; i < g->n; i++) {
    const rt__fact *f = rt__facts_of(r->facts, g->account[i]);
    if (f && f->created_us)
      born[n++] = (double)f->created_us * 1e-6;
  }
  rt__sort_doubles(born, n);
  shortest(r->facts, born, n, out);
  rt__free(r->alloc, born, g->n * sizeof *born);
  return RT_OK;
}

static double bits_of(const burst *x)
{
  return rt__clip(x->bits - 2.5, -1, 4);
}

rt_code rt__family_provision(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  burst x;
  rt_code c = find_burst(r, g, &x);
  if (c != RT_OK || !x.found)
    return c;
  b->burst = x.bits;
  b->burst_days = (x.hi - x.lo) / 86400;
  b->said[RT_FAMILY_PROVISION] = true;
  b->bits[RT_FAMILY_PROVISION] = bits_of(&x);
  return RT_OK;
}

rt_code rt__member_provision(const rt__reference *r, const rt__group *g, double *out)
{
  burst x;
  rt_code c = find_burst(r, g, &x);
  if (c != RT_OK || !x.found)
    return c;
  for (uint32_t i = 0; i < g->n; i++) {
    const rt__fact *f = rt__facts_of(r->facts, g->account[i]);
    double born = f ? (double)f->created_us * 1e-6 : 0;
    if (born > 0)
      out[i * RT_FAMILY_COUNT + RT_FAMILY_PROVISION] =
          born >= x.lo && born <= x.hi ? bits_of(&x) : 0;
  }
  return RT_OK;
}
