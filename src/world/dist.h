/* dist - random variates from a counter-based generator, the same bits on every machine.
 *
 * The C library's exp and log may differ in the last bit from one processor to another, and one bit
 * is enough to change a world. So the two are made here from plain additions and multiplications.
 * Accuracy is about 1e-12 relative: plenty for traffic.
 */
#ifndef RT_WORLD_DIST_H
#define RT_WORLD_DIST_H

#include "base/hash.h"

double rt__ln(double x);  /* x > 0 */
double rt__exp(double x); /* clamped to |x| <= 700 */

/* a generator of its own for (seed, purpose, a, b): no two purposes share numbers */
static inline rt__rng rt__rng_for(uint64_t seed, uint64_t purpose, uint64_t a, uint64_t b)
{
  return (rt__rng){rt__mix2(rt__mix2(rt__mix2(seed, purpose), a), b), 0};
}

/* one number for (seed, purpose, a, b) */
static inline uint64_t rt__draw(uint64_t seed, uint64_t purpose, uint64_t a, uint64_t b)
{
  return rt__mix2(rt__mix2(rt__mix2(seed, purpose), a), b);
}

static inline double rt__unit(uint64_t x) /* [0, 1) */
{
  return (double)(x >> 11) * 0x1p-53;
}

bool rt__coin(rt__rng *r, double p);
uint64_t rt__between(rt__rng *r, uint64_t low, uint64_t high); /* both included; low <= high */
double rt__normal(rt__rng *r);                                 /* tails end at 6 */
double rt__lognormal(rt__rng *r, double median, double sigma);
double rt__exponential(rt__rng *r);            /* mean 1 */
uint32_t rt__poisson(rt__rng *r, double mean); /* mean up to some hundreds; at most 4096 */
uint32_t rt__geometric(rt__rng *r, double mean, uint32_t max); /* 1, 2, ...; mean >= 1 */
/* 0 <= index < n with density about 1/(index+1): few are used much, many rarely. n > 0 */
uint64_t rt__zipf(rt__rng *r, uint64_t n);

#endif
