#include "sketch/stats.h"

#include <math.h>
#include <stdlib.h>

static void insertion(double *v, size_t n)
{
  for (size_t i = 1; i < n; i++) {
    double x = v[i];
    size_t j = i;
    for (; j > 0 && v[j - 1] > x; j--)
      v[j] = v[j - 1];
    v[j] = x;
  }
}

static void sift(double *v, size_t n, size_t i)
{
  for (size_t c; (c = 2 * i + 1) < n; i = c) {
    if (c + 1 < n && v[c + 1] > v[c])
      c++;
    if (v[i] >= v[c])
      return;
    double t = v[i];
    v[i] = v[c];
    v[c] = t;
  }
}

static void heap_sort(double *v, size_t n)
{
  for (size_t i = n / 2; i-- > 0;)
    sift(v, n, i);
  while (n > 1) {
    double t = v[0];
    v[0] = v[--n];
    v[n] = t;
    sift(v, n, 0);
  }
}

static double middle_of(double a, double b, double c)
{
  if (a > b) {
    double t = a;
    a = b;
    b = t;
  }
  return c < a ? a : c > b ? b : c;
}

/* two parts, the values of the first not above those of the second; how long the first is. 0 < it <
 * n
 */
static size_t part(double *v, size_t n)
{
  double pivot = middle_of(v[0], v[n / 2], v[n - 1]);
  size_t i = 0, j = n - 1;
  for (;;) {
    while (v[i] < pivot)
      i++;
    while (v[j] > pivot)
      j--;
    if (i >= j)
      return j + 1;
    double t = v[i];
    v[i++] = v[j];
    v[j--] = t;
  }
}

/* quicksort; a bad run of pivots falls back on the heap, so nobody can choose a slow input */
static void sort_within(double *v, size_t n, int depth)
{
  while (n > 24) {
    if (depth-- == 0) {
      heap_sort(v, n);
      return;
    }
    size_t left = part(v, n);
    sort_within(v, left, depth);
    v += left;
    n -= left;
  }
  insertion(v, n);
}

static int depth_of(size_t n)
{
  int depth = 2;
  for (; n > 1; n /= 2)
    depth += 2;
  return depth;
}

void rt__sort_doubles(double *v, size_t n)
{
  sort_within(v, n, depth_of(n));
}

/* v[k] as if v were sorted, nothing larger before it and nothing smaller behind */
static void place(double *v, size_t n, size_t k)
{
  for (int depth = depth_of(n); n > 24;) {
    if (depth-- == 0) {
      heap_sort(v, n);
      return;
    }
    size_t left = part(v, n);
    if (k < left) {
      n = left;
    } else {
      v += left;
      n -= left;
      k -= left;
    }
  }
  insertion(v, n);
}

double rt__quantile_sorted(const double *v, size_t n, double q)
{
  if (n == 0)
    return 0;
  double at = q * (double)(n - 1);
  size_t i = (size_t)at;
  if (i + 1 >= n)
    return v[n - 1];
  return v[i] + (at - (double)i) * (v[i + 1] - v[i]);
}

/* the quantile of what stands in v[from … n), which are the largest; v has n values in all */
static double quantile_from(double *v, size_t n, size_t from, double q)
{
  double at = q * (double)(n - 1);
  size_t i = (size_t)at;
  place(v + from, n - from, i - from);
  if (i + 1 >= n)
    return v[n - 1];
  double next = v[i + 1];
  for (size_t j = i + 2; j < n; j++)
    next = v[j] < next ? v[j] : next;
  return v[i] + (at - (double)i) * (next - v[i]);
}

double rt__quantile(double *v, size_t n, double q)
{
  return n ? quantile_from(v, n, 0, q) : 0;
}

double rt__median(double *v, size_t n)
{
  return rt__quantile(v, n, 0.5);
}

void rt__quartiles(double *v, size_t n, double out[3])
{
  for (size_t k = 0, from = 0; k < 3; k++) {
    double q = 0.25 * (double)(k + 1);
    out[k] = n ? quantile_from(v, n, from, q) : 0;
    from = n ? (size_t)(q * (double)(n - 1)) : 0;
  }
}

/* lgamma without the global sign that makes the C library's one unfit for threads: Lanczos' series
 * (g = 7, 9 terms; Numerical methods, public domain coefficients); relative error below 1e-13 for x
 * > 0 */
static double log_gamma(double x)
{
  static const double c[] = {0.99999999999980993,  676.5203681218851,     -1259.1392167224028,
                             771.32342877765313,   -176.61502916214059,   12.507343278686905,
                             -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7};
  if (x < 0.5)
    return log(3.14159265358979323846 / fabs(sin(3.14159265358979323846 * x))) - log_gamma(1 - x);
  x -= 1;
  double sum = c[0], t = x + 7.5;
  for (int i = 1; i < 9; i++)
    sum += c[i] / (x + i);
  return 0.91893853320467274178 + (x + 0.5) * log(t) - t + log(sum);
}

double rt__log_binomial(double k, double n, double p)
{
  p = rt__clip(p, 1e-4, 1 - 1e-4);
  return log_gamma(n + 1) - log_gamma(k + 1) - log_gamma(n - k + 1) + k * log(p) +
         (n - k) * log(1 - p);
}

double rt__log_scaled_chi2(double x, double k, double phi)
{
  double y = x / phi;
  if (y < 1e-3)
    y = 1e-3;
  return (k / 2 - 1) * log(y) - y / 2 - k / 2 * RT__LN2 - log_gamma(k / 2) - log(phi);
}

double rt__log_mean_exp(const double *v, size_t n)
{
  double top = -INFINITY, sum = 0;
  for (size_t i = 0; i < n; i++)
    top = v[i] > top ? v[i] : top;
  if (!(top > -INFINITY))
    return -INFINITY;
  for (size_t i = 0; i < n; i++)
    sum += exp(v[i] - top);
  return top + log(sum / (double)n);
}

double rt__log_poisson_tail(double k, double mean)
{
  if (k <= 0)
    return 0;
  if (mean <= 0)
    return -INFINITY;
  double term = k * log(mean) - mean - log_gamma(k + 1), sum = 1, ratio = 1;
  if (k < mean) { /* the body: one minus the lower tail, summed down from its largest term */
    for (double i = k - 1; i > 0 && ratio > 1e-17; i--) {
      ratio *= i / mean;
      sum += ratio;
    }
    return log1p(-exp(term) * k / mean * sum);
  }
  for (double i = 1; i < 10000 && ratio > 1e-17; i++) {
    ratio *= mean / (k + i);
    sum += ratio;
  }
  return term + log(sum);
}

typedef struct draw {
  uint64_t rank;
  uint32_t id;
} draw;

static int cmp_draw(const void *a, const void *b)
{
  const draw *x = a, *y = b;
  if (x->rank != y->rank)
    return x->rank < y->rank ? -1 : 1;
  return x->id < y->id ? -1 : x->id > y->id;
}

static int cmp_u32(const void *a, const void *b)
{
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

void rt__sort_u32(uint32_t *v, size_t n)
{
  if (n)
    qsort(v, n, sizeof *v, cmp_u32);
}

/* keeps the k smallest draws in a max-heap of the output's size, so it needs no memory of its own
 */
static void heap_down(draw *h, size_t n, size_t i)
{
  for (;;) {
    size_t big = i, l = 2 * i + 1;
    if (l < n && cmp_draw(&h[l], &h[big]) > 0)
      big = l;
    if (l + 1 < n && cmp_draw(&h[l + 1], &h[big]) > 0)
      big = l + 1;
    if (big == i)
      return;
    draw t = h[i];
    h[i] = h[big];
    h[big] = t;
    i = big;
  }
}

#define SAMPLE_MAX 1024

size_t rt__sample(uint64_t seed, const uint32_t *id, size_t n, size_t k, uint32_t *out)
{
  draw h[SAMPLE_MAX];
  if (k >= n) {
    for (size_t i = 0; i < n; i++)
      out[i] = id[i];
    rt__sort_u32(out, n);
    return n;
  }
  if (k > SAMPLE_MAX)
    k = SAMPLE_MAX;
  for (size_t i = 0; i < n && k; i++) {
    draw d = {rt__mix2(seed, id[i]), id[i]};
    if (i < k) {
      h[i] = d;
      for (size_t j = i + 1 == k ? k / 2 : 0; j-- > 0;)
        heap_down(h, k, j);
    } else if (cmp_draw(&d, &h[0]) < 0) {
      h[0] = d;
      heap_down(h, k, 0);
    }
  }
  for (size_t i = 0; i < k; i++)
    out[i] = h[i].id;
  rt__sort_u32(out, k);
  return k;
}

void rt__shuffle(uint64_t seed, uint32_t *v, size_t n)
{
  for (size_t i = n; i > 1; i--) {
    size_t j = (size_t)(rt__mix2(seed, i) % i);
    uint32_t t = v[i - 1];
    v[i - 1] = v[j];
    v[j] = t;
  }
}

size_t rt__rank(const double *v, size_t n, double x, bool or_equal)
{
  size_t lo = 0, hi = n;
  while (lo < hi) {
    size_t mid = lo + (hi - lo) / 2;
    if (v[mid] < x || (or_equal && v[mid] <= x))
      lo = mid + 1;
    else
      hi = mid;
  }
  return lo;
}
