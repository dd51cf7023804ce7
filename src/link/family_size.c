/* size - the same job, from sizes alone: mean log output and input length of each member against
 * the spread between unrelated machine-like accounts. Stands in for content where there is no text.
 */
#include "link/evidence.h"
#include "sketch/stats.h"

#include <math.h>

/* means differ a little even inside one job: tokenisers, languages, an account's own prompt */
static const double inside[2] = {0.05, 0.12};
#define WEIGHT 0.35 /* the two lengths and the accounts are not independent */

static const float *column(const rt__starts *s, int which)
{
  return which == 0 ? s->log_out : s->log_in;
}

static double bits_of(const rt__reference *r, const rt__group *g, int which, double *mean)
{
  const float *v = column(r->starts, which);
  double within = 0, weight = 0, sum = 0;
  size_t n = 0;
  for (uint32_t i = 0; i < g->n; i++) {
    double rows = rt__group_rows(g, i), m = 0, sq = 0;
    if (rows < 3)
      continue;
    for (uint32_t k = g->at[i]; k < g->at[i + 1]; k++)
      m += (double)v[g->row[k]];
    m /= rows;
    for (uint32_t k = g->at[i]; k < g->at[i + 1]; k++)
      sq += ((double)v[g->row[k]] - m) * ((double)v[g->row[k]] - m);
    within += sq / rows * (rows - 1);
    weight += rows - 1;
    mean[n++] = m;
  }
  if (n < 4)
    return NAN;
  double s = sqrt(within / weight + 0.01), med, lo = inside[which], hi = r->tau[which];
  double *copy = mean + n;
  memcpy(copy, mean, n * sizeof *copy);
  med = rt__median(copy, n);
  n = 0;
  for (uint32_t i = 0; i < g->n; i++) {
    double rows = rt__group_rows(g, i);
    if (rows < 3)
      continue;
    double z = mean[n++] - med, s0 = sqrt(lo * lo + s * s / rows),
           s1 = sqrt(hi * hi + s * s / rows);
    double ll = -0.5 * (z / s0) * (z / s0) - log(s0) + 0.5 * (z / s1) * (z / s1) + log(s1);
    sum += rt__clip(ll, -3, 2);
  }
  return sum / RT__LN2;
}

rt_code rt__family_size(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  double *mean = rt__calloc(r->alloc, g->n, 2 * sizeof *mean);
  if (!mean)
    return RT_E_NOMEM;
  double out = bits_of(r, g, 0, mean), in = bits_of(r, g, 1, mean);
  rt__free(r->alloc, mean, g->n * 2 * sizeof *mean);
  if (isnan(out))
    return RT_OK;
  b->size = out + in;
  b->said[RT_FAMILY_SIZE] = true;
  b->bits[RT_FAMILY_SIZE] = WEIGHT * b->size;
  return r->starts->text ? RT_OK : rt__again_of(r->starts, g, &b->again, &b->again_own);
}

/* ---- members */

rt_code rt__member_size(const rt__reference *r, const rt__group *g, double *out)
{
  const float *v = r->starts->log_out;
  double *mean = rt__calloc(r->alloc, g->n, 3 * sizeof *mean);
  if (!mean)
    return RT_E_NOMEM;
  double *sd = mean + g->n, *copy = mean + 2 * (size_t)g->n, within = 0, weight = 0;
  for (uint32_t i = 0; i < g->n; i++) {
    double rows = rt__group_rows(g, i), sq = 0;
    for (uint32_t k = g->at[i]; k < g->at[i + 1]; k++)
      mean[i] += (double)v[g->row[k]] / rows;
    for (uint32_t k = g->at[i]; k < g->at[i + 1]; k++)
      sq += ((double)v[g->row[k]] - mean[i]) * ((double)v[g->row[k]] - mean[i]);
    sd[i] = sqrt(sq / rows + 0.01);
    within += sq;
    weight += rows - 1;
  }
  memcpy(copy, mean, g->n * sizeof *copy);
  double med = rt__median(copy, g->n);
  memcpy(copy, sd, g->n * sizeof *copy);
  double s = rt__median(copy, g->n), lo = inside[0], hi = r->tau[0];
  /* of a few starts each, every account looks narrower than all are; where sizes are all there is,
   * that would count */
  if (!r->starts->text && weight > 0)
    s = sqrt(within / weight + 0.01);
  for (uint32_t i = 0; i < g->n; i++) {
    double rows = rt__group_rows(g, i), z = mean[i] - med;
    double s0 = sqrt(lo * lo + s * s / rows), s1 = sqrt(hi * hi + s * s / rows);
    double ll = -0.5 * (z / s0) * (z / s0) - log(s0) + 0.5 * (z / s1) * (z / s1) + log(s1);
    out[i * RT_FAMILY_COUNT + RT_FAMILY_SIZE] = rt__clip(ll, -4, 2) / RT__LN2;
  }
  rt__free(r->alloc, mean, g->n * 3 * sizeof *mean);
  return RT_OK;
}
