#include "link/paced.h"

#include "sketch/stats.h"

#include <math.h>

#define DAY      86400.0
#define DAYS_MAX 1024
#define QUARTERS 4 /* of a day */
#define MOST     8.0

/* how much a volume differs beyond counting noise, from one day to the next and between quarters of
 * the day, as parts of its mean (judgement) */
static const double list[] = {0, 0.05, 0.1};
static const double days[] = {0.2, 0.3, 0.5};
static const double hours[] = {0, 0.05, 0.1, 0.25, 0.5};

static double likelihood(const double *count, size_t n, const double *swing, size_t n_swing)
{
  double mean = 0, chi2 = 0, v[RT__ARRAY_LEN(hours)];
  for (size_t i = 0; i < n; i++)
    mean += count[i] / (double)n;
  for (size_t i = 0; i < n; i++)
    chi2 += (count[i] - mean) * (count[i] - mean) / mean;
  for (size_t k = 0; k < n_swing; k++)
    v[k] =
        rt__log_scaled_chi2(chi2 > 0.1 ? chi2 : 0.1, (double)n - 1, 1 + swing[k] * swing[k] * mean);
  return rt__log_mean_exp(v, n_swing);
}

/* whole days are counted from the first start, so that each has all hours */
double rt__paced(const rt__starts *s, const rt__group *g)
{
  double day[DAYS_MAX] = {0}, quarter[QUARTERS] = {0}, first = INFINITY, last = 0;
  size_t n = g->at[g->n];
  for (size_t k = 0; k < n; k++) {
    first = fmin(first, s->t[g->row[k]]);
    last = fmax(last, s->t[g->row[k]]);
  }
  size_t whole = n ? (size_t)((last - first) / DAY) : 0;
  whole = whole < DAYS_MAX ? whole : DAYS_MAX;
  if (whole < RT__PACED_DAYS)
    return 0;
  for (size_t k = 0; k < n; k++) {
    double at = (s->t[g->row[k]] - first) / DAY;
    if (at >= (double)whole)
      continue;
    day[(size_t)at]++;
    quarter[(size_t)(QUARTERS * (at - floor(at)))]++;
  }
  double by_day = likelihood(day, whole, list, RT__ARRAY_LEN(list)) -
                  likelihood(day, whole, days, RT__ARRAY_LEN(days));
  double by_hour = likelihood(quarter, QUARTERS, list, RT__ARRAY_LEN(list)) -
                   likelihood(quarter, QUARTERS, hours, RT__ARRAY_LEN(hours));
  /* that the hours are alike is no evidence: some firms serve the whole world */
  return rt__clip((by_day + fmin(by_hour, 0)) / RT__LN2, -MOST, MOST);
}
