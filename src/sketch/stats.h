/* stats - the few statistics that several rooms need, over plain arrays of doubles.
 *
 * Sums run in the order of the array: callers pass arrays in the order of the house, and so the
 * same digits come out everywhere.
 */
#ifndef RT_SKETCH_STATS_H
#define RT_SKETCH_STATS_H

#include "base/hash.h"

#define RT__LN2    0.69314718055994530942
#define RT__TWO_PI 6.28318530717958647693

/* ascending, in place; O(n log n) */
void rt__sort_doubles(double *v, size_t n);
void rt__sort_u32(uint32_t *v, size_t n);
/* of n ascending values, how many are less than x, or (with `or_equal`) at most x. O(log n) */
size_t rt__rank(const double *v, size_t n, double x, bool or_equal);
/* quantile q of a sorted array by linear interpolation between order statistics; 0 if n == 0 */
double rt__quantile_sorted(const double *v, size_t n, double q);
/* the same of any array, which it reorders; to the digit what sorting first would give. O(n) as a
 * rule, O(n log n) at worst */
double rt__quantile(double *v, size_t n, double q);
double rt__median(double *v, size_t n);
/* quantiles 0.25, 0.5 and 0.75 likewise */
void rt__quartiles(double *v, size_t n, double out[3]);

static inline double rt__clip(double v, double lo, double hi)
{
  return v < lo ? lo : v > hi ? hi : v;
}

/* 0 at `from` and below, 1 at `to` and above, a straight line between; from < to */
static inline double rt__ramp(double v, double from, double to)
{
  return rt__clip((v - from) / (to - from), 0, 1);
}

/* log of the binomial probability of k out of n at p; p is kept in [1e-4, 1 - 1e-4] */
double rt__log_binomial(double k, double n, double p);
/* log density at x of phi times a chi-squared variable with k degrees of freedom */
double rt__log_scaled_chi2(double x, double k, double phi);
/* log of the mean of exp(v[i]) */
double rt__log_mean_exp(const double *v, size_t n);
/* log of the upper tail of Poisson(mean) at k: P(X >= k) */
double rt__log_poisson_tail(double k, double mean);

/* picks k of n indices by the smallest rt__mix2(seed, id[i]) and leaves them, ascending, in out;
 * all of them when k >= n. Returns how many. O(n log n) */
size_t rt__sample(uint64_t seed, const uint32_t *id, size_t n, size_t k, uint32_t *out);

/* a permutation that depends on seed and n alone */
void rt__shuffle(uint64_t seed, uint32_t *v, size_t n);

#endif
