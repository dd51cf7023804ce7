#include "world/dist.h"

#define LN2 0.69314718055994530942

/* ln x = k ln 2 + 2 atanh((m-1)/(m+1)), m in [0.7, 1.42) */
double rt__ln(double x)
{
  int k = 0;
  if (!(x > 0))
    return -700;
  while (x >= 0x1p32) {
    x *= 0x1p-32;
    k += 32;
  }
  while (x < 0x1p-32) {
    x *= 0x1p32;
    k -= 32;
  }
  while (x >= 1.4142135623730951) {
    x *= 0.5;
    k++;
  }
  while (x < 0.70710678118654757) {
    x *= 2;
    k--;
  }
  double z = (x - 1) / (x + 1), z2 = z * z, sum = 0;
  for (int i = 17; i >= 1; i -= 2)
    sum = sum * z2 + 1.0 / i;
  return 2 * z * sum + k * LN2;
}

/* e^x = 2^k e^r, |r| <= ln2/2, e^r by its series */
double rt__exp(double x)
{
  x = x > 700 ? 700 : x < -700 ? -700 : x;
  int k = (int)(x / LN2 + (x < 0 ? -0.5 : 0.5));
  double r = x - k * LN2, sum = 1;
  for (int i = 13; i >= 1; i--)
    sum = 1 + sum * r / i;
  for (; k >= 30; k -= 30)
    sum *= 0x1p30;
  for (; k <= -30; k += 30)
    sum *= 0x1p-30;
  return k >= 0 ? sum * (double)(UINT64_C(1) << k) : sum / (double)(UINT64_C(1) << -k);
}

bool rt__coin(rt__rng *r, double p)
{
  return rt__rng_unit(r) < p;
}

uint64_t rt__between(rt__rng *r, uint64_t low, uint64_t high)
{
  return low + rt__rng_below(r, high - low + 1);
}

/* sum of twelve uniform 16-bit numbers: mean 6, variance 1 */
double rt__normal(rt__rng *r)
{
  uint64_t sum = 0;
  for (int i = 0; i < 3; i++) {
    uint64_t x = rt__rng_next(r);
    sum += (x & 0xffff) + (x >> 16 & 0xffff) + (x >> 32 & 0xffff) + (x >> 48);
  }
  return ((double)sum + 6) / 65536 - 6;
}

double rt__lognormal(rt__rng *r, double median, double sigma)
{
  return median * rt__exp(sigma * rt__normal(r));
}

double rt__exponential(rt__rng *r)
{
  return -rt__ln(1 - rt__rng_unit(r));
}

uint32_t rt__poisson(rt__rng *r, double mean)
{
  double limit = rt__exp(-mean), p = rt__rng_unit(r);
  uint32_t n = 0;
  while (p > limit && n < 4096) {
    p *= rt__rng_unit(r);
    n++;
  }
  return n;
}

uint32_t rt__geometric(rt__rng *r, double mean, uint32_t max)
{
  if (mean <= 1)
    return 1;
  double n = 1 + rt__ln(1 - rt__rng_unit(r)) / rt__ln(1 - 1 / mean);
  return n >= max ? max : (uint32_t)n;
}

uint64_t rt__zipf(rt__rng *r, uint64_t n)
{
  uint64_t i = (uint64_t)rt__exp(rt__rng_unit(r) * rt__ln((double)n + 1)) - 1;
  return i < n ? i : n - 1;
}
