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

/* families whose models know nothing of the campaign: a contradiction by them counts as it is rare
 */
static const rt_family rare[] = {RT_FAMILY_TIME, RT_FAMILY_CLIENT, RT_FAMILY_SIZE};

/* what the accounts of a round show, family by family, ascending */
typedef struct shown {
  double *v[RT_FAMILY_COUNT];
  size_t n[RT_FAMILY_COUNT];
} shown;

static rt_code shown_of(const rt_alloc *a, const double *bits, uint32_t n, shown *out)
{
  rt_code c = RT_OK;
  *out = (shown){.n = {0}};
  for (size_t k = 0; k < RT__ARRAY_LEN(rare) && c == RT_OK; k++) {
    rt_family f = rare[k];
    double *v = out->v[f] = rt__calloc(a, n, sizeof *v);
    c = v ? RT_OK : RT_E_NOMEM;
    for (uint32_t i = 0; v && i < n; i++)
      if (!isnan(at(bits, i)[f]))
        v[out->n[f]++] = at(bits, i)[f];
    if (v)
      rt__sort_doubles(v, out->n[f]);
  }
  return c;
}

static void shown_free(const rt_alloc *a, uint32_t n, shown *x)
{
  for (int f = 0; f < RT_FAMILY_COUNT; f++)
    rt__free(a, x->v[f], n * sizeof *x->v[f]);
}

/* A contradiction weighs no more than the odds that a stranger shows one at least half as clear,
 * against the other members. */
static double contradiction(const shown *all, double x, rt_family f)
{
  if (isnan(x) || x >= 0)
    return 0;
  double others = (double)all->n[f] - 1,
         as_bad = (double)rt__rank(all->v[f], all->n[f], x / 2, true) - 1;
  double most = log2((as_bad + 1) / (others + 2) / HONEST);
  return most < x ? x : most < 0 ? most : 0;
}

/* a clock and dealt days that the group hasn't got are none that an account could share */
static double shared_time(double bits, const rt__bits *b)
{
  double most = b->balance + b->clock > 0 ? b->balance + b->clock : 0;
  return isnan(bits) || bits < 0 ? 0 : bits < most ? bits : most;
}

/* beside content, sizes only tell when they contradict; parameters and networks never for */
static double sum_of(const shown *all, const double *bits, const rt__bits *b)
{
  double sum = shared_time(bits[RT_FAMILY_TIME], b) +
               contradiction(all, bits[RT_FAMILY_TIME], RT_FAMILY_TIME) +
               contradiction(all, bits[RT_FAMILY_CLIENT], RT_FAMILY_CLIENT);
  bool text = !isnan(bits[RT_FAMILY_CONTENT]);
  for (int f = 0; f < RT_FAMILY_COUNT; f++) {
    double x = bits[f];
    if (isnan(x) || f == RT_FAMILY_TIME || f == RT_FAMILY_CLIENT)
      continue;
    if (f == RT_FAMILY_NETWORK)
      sum += x < 0 ? x : 0;
    else if (f == RT_FAMILY_SIZE && text)
      sum += contradiction(all, x, RT_FAMILY_SIZE);
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
  shown all = {.n = {0}};
  rt_code c = rt__group_part(r->starts, g, keep, &part);
  if (c != RT_OK)
    return rt__fail(err, c, "no memory for members");
  double *v = rt__calloc(r->alloc, part.n, RT_FAMILY_COUNT * sizeof *v);
  c = v ? rt__evidence(r, &part, &b, err) : rt__fail(err, RT_E_NOMEM, "no memory for members");
  if (c == RT_OK)
    c = rt__member_bits(r, &part, v, err);
  if (c == RT_OK && shown_of(r->alloc, v, part.n, &all) != RT_OK)
    c = rt__fail(err, RT_E_NOMEM, "no memory for members");
  *n = 0;
  for (uint32_t i = 0, k = 0; c == RT_OK && i < g->n; i++)
    if (keep[i]) {
      memcpy(bits + (size_t)i * RT_FAMILY_COUNT, at(v, k), RT_FAMILY_COUNT * sizeof *v);
      sum[i] = sum_of(&all, at(v, k++), &b);
      keep[i] = sum[i] > RT__BYSTANDER_BITS;
      *n += keep[i];
    }
  shown_free(r->alloc, part.n, &all);
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
