#include "link/paced.h"

#include "sketch/stats.h"

#include <math.h>

#define DAY       86400.0
#define DAYS_MAX  1024
#define QUARTERS  4    /* of a day */
#define LAST_PART 0.25 /* of a day that the last one has at least, to be counted */
#define MOST      8.0

/* how much a volume differs beyond counting noise, from one day to the next and between quarters of
 * the day, as parts of its mean (judgement) */
static const double list[] = {0, 0.05, 0.1};
static const double days[] = {0.2, 0.3, 0.5};
static const double hours[] = {0, 0.05, 0.1, 0.25, 0.5};

/* seen: how much of each there was to see, 1 for a whole one */
static double likelihood(const double *count, const double *seen, size_t n, const double *swing,
                         size_t n_swing)
{
  double all = 0, whole = 0, chi2 = 0, v[RT__ARRAY_LEN(hours)];
  for (size_t i = 0; i < n; i++) {
    all += count[i];
    whole += seen[i];
  }
  double mean = all / whole;
  for (size_t i = 0; i < n; i++)
    chi2 += (count[i] - mean * seen[i]) * (count[i] - mean * seen[i]) / (mean * seen[i]);
  for (size_t k = 0; k < n_swing; k++)
    v[k] =
        rt__log_scaled_chi2(chi2 > 0.1 ? chi2 : 0.1, (double)n - 1, 1 + swing[k] * swing[k] * mean);
  return rt__log_mean_exp(v, n_swing);
}

/* Days are counted from the first start, so that each has all hours; the last one as far as the
 * last start: a list ends where it is done, demand where the log does. */
double rt__paced(const rt__starts *s, const rt__group *g)
{
  double day[DAYS_MAX + 1] = {0}, seen[DAYS_MAX + 1], quarter[QUARTERS] = {0};
  double first = INFINITY, last = 0;
  static const double all[QUARTERS] = {1, 1, 1, 1};
  size_t n = g->at[g->n];
  for (size_t k = 0; k < n; k++) {
    first = fmin(first, s->t[g->row[k]]);
    last = fmax(last, s->t[g->row[k]]);
  }
  double life = n ? fmin((last - first) / DAY, DAYS_MAX) : 0, whole = floor(life);
  if (whole < RT__PACED_DAYS)
    return 0;
  for (size_t k = 0; k < n; k++) {
    double at = (s->t[g->row[k]] - first) / DAY;
    if (at <= life)
      day[(size_t)at]++;
    if (at < whole)
      quarter[(size_t)(QUARTERS * (at - floor(at)))]++;
  }
  size_t days_n = (size_t)whole + (life - whole >= LAST_PART);
  for (size_t d = 0; d < days_n; d++)
    seen[d] = fmin(life - (double)d, 1);
  double by_day = likelihood(day, seen, days_n, list, RT__ARRAY_LEN(list)) -
                  likelihood(day, seen, days_n, days, RT__ARRAY_LEN(days));
  double by_hour = likelihood(quarter, all, QUARTERS, list, RT__ARRAY_LEN(list)) -
                   likelihood(quarter, all, QUARTERS, hours, RT__ARRAY_LEN(hours));
  /* that the hours are alike is no evidence: some firms serve the whole world */
  return rt__clip((by_day + fmin(by_hour, 0)) / RT__LN2, -MOST, MOST);
}
