#include "link/pooltime.h"

#include "sketch/stats.h"

#include <math.h>

#define GAPS         6
#define ACCOUNTS     4
#define LEAST_SPREAD 1e-6 /* of a perfect clockwork, in seconds */

/* place of each row in the group's order of time; of starts at one moment, the group's order */
static rt_code ranks(const rt__starts *s, const rt__group *g, double *rank)
{
  size_t n = g->at[g->n];
  rt__pair *p = rt__calloc(s->alloc, 2 * n, sizeof *p);
  if (!p)
    return RT_E_NOMEM;
  for (size_t k = 0; k < n; k++)
    p[k] = (rt__pair){(uint64_t)(s->t[g->row[k]] * 1e6), k};
  rt__sort_pairs(p, p + n, n);
  for (size_t k = 0; k < n; k++)
    rank[p[k].val] = (double)k;
  rt__free(s->alloc, p, 2 * n * sizeof *p);
  return RT_OK;
}

/* of ascending moments: quartiles of their gaps apart, over the median; gap: room for n */
static double spread(const double *at, size_t n, double *gap)
{
  double q[3];
  for (size_t k = 0; k + 1 < n; k++)
    gap[k] = at[k + 1] - at[k];
  rt__quartiles(gap, n - 1, q);
  return q[1] > 0 ? (q[2] - q[0]) / q[1] : NAN;
}

rt_code rt__pooltime(const rt__starts *s, const rt__group *g, rt__gaps *out, bool *enough)
{
  size_t n = g->at[g->n], k = 0;
  double *v = rt__calloc(s->alloc, n, 3 * sizeof *v);
  double *all = rt__calloc(s->alloc, g->n, 2 * sizeof *all);
  double *rank = v, *t = v + n, *gap = v + 2 * n, *seconds = all, *ratio = all + g->n;
  rt_code c = v && all ? ranks(s, g, rank) : RT_E_NOMEM;
  for (size_t i = 0; c == RT_OK && i < n; i++)
    t[i] = s->t[g->row[i]];
  for (uint32_t i = 0; c == RT_OK && i < g->n; i++) {
    size_t rows = rt__group_rows(g, i);
    double turns = rows > GAPS ? spread(rank + g->at[i], rows, gap) : NAN,
           own = rows > GAPS ? spread(t + g->at[i], rows, gap) : NAN;
    if (isnan(turns) || isnan(own))
      continue;
    seconds[k] = own;
    ratio[k++] = turns / (own > LEAST_SPREAD ? own : LEAST_SPREAD);
  }
  *enough = k >= ACCOUNTS && 2 * k >= g->n;
  *out = *enough ? (rt__gaps){rt__median(seconds, k), rt__median(ratio, k)} : (rt__gaps){0};
  rt__free(s->alloc, v, n * 3 * sizeof *v);
  rt__free(s->alloc, all, g->n * 2 * sizeof *all);
  return c;
}

/* ---- one account by the clock of all */

double *rt__pool_clock(const rt__starts *s, const rt__group *g, size_t *n)
{
  *n = g->at[g->n];
  double *v = rt__calloc(s->alloc, *n, sizeof *v);
  for (size_t k = 0; v && k < *n; k++)
    v[k] = s->t[g->row[k]];
  if (v)
    rt__sort_doubles(v, *n);
  return v;
}

rt__turns rt__turns_of(const rt__starts *s, const uint32_t *row, size_t n, const double *clock,
                       size_t ticks)
{
  double all = 0, sq = 0, gaps = (double)n - 1;
  size_t before = rt__rank(clock, ticks, s->t[row[0]], true);
  for (size_t k = 1; k < n; k++) {
    size_t now = rt__rank(clock, ticks, s->t[row[k]], true);
    double gap = (double)(now - before);
    all += gap;
    sq += gap * gap;
    before = now;
  }
  if (!(all > 0))
    return (rt__turns){-INFINITY, NAN};
  double mean = all / gaps, var = gaps > 1 ? (sq - gaps * mean * mean) / (gaps - 1) : NAN;
  return (rt__turns){-log(mean), sqrt(var < 0 ? 0 : var) / mean};
}
