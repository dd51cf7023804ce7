#include "campaign/member.h"

#include "sketch/stats.h"

#include <math.h>

#define COVER_BITS (-2.0) /* content or size bits at which its own harvesting is not shown */
#define LEAST      4      /* accounts that are left for another round, at least */
#define ROUNDS     3
#define HONEST                                                                                     \
  0.6 /* share of strangers in whom a contradiction shows, where it is one: shared topics and      \
         habits hide it in the rest */

static const double *at(const double *bits, size_t i)
{
  return bits + i * RT_FAMILY_COUNT;
}

/* how much a contradiction may weigh: the odds that a stranger shows one at least half as clear,
 * against the members' own. Of families whose models know nothing of the campaign. */
static double rare(const double *bits, uint32_t n, size_t i, rt_family f)
{
  size_t others = 0, as_bad = 0;
  for (size_t k = 0; k < n; k++) {
    double x = at(bits, k)[f];
    others += k != i && !isnan(x);
    as_bad += k != i && !isnan(x) && x <= at(bits, i)[f] / 2;
  }
  return log2(((double)as_bad + 1) / ((double)others + 2) / HONEST);
}

static double contradiction(const double *bits, uint32_t n, size_t i, rt_family f)
{
  double x = at(bits, i)[f];
  if (isnan(x) || x >= 0)
    return 0;
  double most = rare(bits, n, i, f);
  return most < x ? x : most < 0 ? most : 0;
}

/* a clock and dealt days that the group hasn't got are none that an account could share */
static double shared_time(double bits, const rt__bits *b)
{
  double most = b->balance + b->clock > 0 ? b->balance + b->clock : 0;
  return isnan(bits) || bits < 0 ? 0 : bits < most ? bits : most;
}

/* beside content, sizes only tell when they contradict; parameters and networks never for */
static double sum_of(const double *bits, uint32_t n, size_t i, const rt__bits *b)
{
  double sum = shared_time(at(bits, i)[RT_FAMILY_TIME], b) +
               contradiction(bits, n, i, RT_FAMILY_TIME) +
               contradiction(bits, n, i, RT_FAMILY_CLIENT);
  bool text = !isnan(at(bits, i)[RT_FAMILY_CONTENT]);
  for (int f = 0; f < RT_FAMILY_COUNT; f++) {
    double x = at(bits, i)[f];
    if (isnan(x) || f == RT_FAMILY_TIME || f == RT_FAMILY_CLIENT)
      continue;
    if (f == RT_FAMILY_NETWORK)
      sum += x < 0 ? x : 0;
    else if (f == RT_FAMILY_SIZE && text)
      sum += contradiction(bits, n, i, RT_FAMILY_SIZE);
    else
      sum += x;
  }
  return sum;
}

/* asks those who are kept against each other; *n: how many stay */
static rt_code ask(const rt__reference *r, const rt__group *g, bool *keep, double *bits,
                   double *sum, uint32_t *n, rt_error *err)
{
  rt__group part;
  rt__bits b;
  rt_code c = rt__group_part(r->starts, g, keep, &part);
  if (c != RT_OK)
    return rt__fail(err, c, "no memory for members");
  double *v = rt__calloc(r->alloc, part.n, RT_FAMILY_COUNT * sizeof *v);
  c = v ? rt__evidence(r, &part, &b, err) : rt__fail(err, RT_E_NOMEM, "no memory for members");
  if (c == RT_OK)
    c = rt__member_bits(r, &part, v, err);
  *n = 0;
  for (uint32_t i = 0, k = 0; c == RT_OK && i < g->n; i++)
    if (keep[i]) {
      memcpy(bits + (size_t)i * RT_FAMILY_COUNT, at(v, k), RT_FAMILY_COUNT * sizeof *v);
      sum[i] = sum_of(v, part.n, k++, &b);
      keep[i] = sum[i] > RT__BYSTANDER_BITS;
      *n += keep[i];
    }
  rt__free(r->alloc, v, part.n * RT_FAMILY_COUNT * sizeof *v);
  rt__group_free(r->alloc, &part);
  return c;
}

rt_code rt__members(const rt__reference *r, const rt__group *g, double *bits, double *sum,
                    rt_error *err)
{
  rt_code c = RT_OK;
  bool *keep = rt__calloc(r->alloc, g->n, sizeof *keep);
  uint32_t left = g->n, before = 0;
  if (!keep)
    return rt__fail(err, RT_E_NOMEM, "no memory for members");
  memset(keep, true, g->n * sizeof *keep);
  for (int round = 0; c == RT_OK && round < ROUNDS && left != before && left >= (round ? LEAST : 2);
       round++) {
    before = left;
    c = ask(r, g, keep, bits, sum, &left, err);
  }
  rt__free(r->alloc, keep, g->n * sizeof *keep);
  return c;
}

rt_role rt__member_role(const double *bits, double sum, bool found_by_rows)
{
  double work = isnan(bits[RT_FAMILY_CONTENT]) ? bits[RT_FAMILY_SIZE] : bits[RT_FAMILY_CONTENT];
  if (!found_by_rows)
    return RT_ROLE_COVER;
  if (sum <= RT__BYSTANDER_BITS)
    return RT_ROLE_BYSTANDER;
  return (isnan(work) || work > COVER_BITS) ? RT_ROLE_HARVEST : RT_ROLE_COVER;
}
