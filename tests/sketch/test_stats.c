/* Sorting, quantiles, a few distributions and hash-chosen samples, each against a plain version or
 * a table made elsewhere (stats_oracle.py). */
#include "sketch/stats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the three above */
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

static void assert_near(double got, double want, double tolerance)
{
  if (!(fabs(got - want) <= tolerance * (1 + fabs(want))))
    fail_msg("%.17g, not %.17g", got, want);
}

/* ---- sorting */

static int by_value(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static void test_sorts_numbers(void **state)
{
  (void)state;
  uint32_t v[] = {7, UINT32_MAX, 0, 7, 1u << 31, 3};
  const uint32_t want[] = {0, 3, 7, 7, 1u << 31, UINT32_MAX};
  rt__sort_u32(NULL, 0);
  rt__sort_u32(v, RT__ARRAY_LEN(v));
  assert_memory_equal(v, want, sizeof v);
}

enum { RANDOM, RISING, FALLING, EQUAL, TWO_VALUES, FEW_VALUES, PIPE, SAW, NEARLY, WILD, SHAPES };

static double shape(int kind, size_t i, size_t n, rt__rng *r)
{
  double at = (double)i, all = (double)n;
  switch (kind) {
  case RISING:
    return at;
  case FALLING:
    return -at;
  case EQUAL:
    return 7;
  case TWO_VALUES:
    return (double)(rt__rng_next(r) & 1);
  case FEW_VALUES:
    return (double)rt__rng_below(r, 5);
  case PIPE:
    return i < n / 2 ? at : all - at;
  case SAW:
    return (double)(i % 17);
  case NEARLY:
    return rt__rng_below(r, 20) ? at : all * rt__rng_unit(r);
  case WILD: /* signs, huge, tiny, both infinities and both zeros */
    return (
        (double[]){-INFINITY, INFINITY, 0.0, -0.0, 1e-308, -1e308, 1e308, 3})[rt__rng_below(r, 8)];
  default:
    return rt__rng_unit(r) - 0.5;
  }
}

static void assert_sorts(const double *v, size_t n)
{
  double *a = malloc((n + 1) * sizeof *a), *b = malloc((n + 1) * sizeof *b);
  memcpy(a, v, n * sizeof *a);
  memcpy(b, v, n * sizeof *b);
  a[n] = -99; /* nothing behind the end is touched */
  rt__sort_doubles(a, n);
  qsort(b, n, sizeof *b, by_value);
  for (size_t i = 0; i < n; i++)
    assert_true(a[i] == b[i]);
  assert_true(a[n] == -99);
  free(a);
  free(b);
}

static void test_sorts_like_qsort(void **state)
{
  (void)state;
  rt__rng r = {1, 0};
  static double v[3000];
  for (int kind = 0; kind < SHAPES; kind++)
    for (size_t n = 0; n <= 3000; n = n < 70 ? n + 1 : n * 3 / 2) {
      for (size_t i = 0; i < n; i++)
        v[i] = shape(kind, i, n, &r);
      assert_sorts(v, n);
    }
}

/* all orders of seven values, some of them equal */
static void permute(double *v, size_t n, size_t k)
{
  if (k == n) {
    assert_sorts(v, n);
    return;
  }
  for (size_t i = k; i < n; i++) {
    double t = v[k];
    v[k] = v[i];
    v[i] = t;
    permute(v, n, k + 1);
    v[i] = v[k];
    v[k] = t;
  }
}

static void test_sorts_every_order(void **state)
{
  (void)state;
  double v[7] = {1, 2, 2, 3, 5, 8, 8};
  permute(v, 7, 0);
}

/* Musser's order, the worst for a pivot that is the middle of first, middle and last: each
 * partition takes off two. At this size a plain quicksort would need minutes. */
static void killer(double *v, size_t n)
{
  for (size_t i = 1, k = n / 2; i <= k; i++) {
    if (i % 2) {
      v[i - 1] = (double)i;
      v[i] = (double)(k + i);
    }
    v[k + i - 1] = (double)(2 * i);
  }
}

static void test_no_order_is_slow(void **state)
{
  (void)state;
  size_t n = 1000000;
  double *v = malloc(n * sizeof *v);
  for (int kind = 0; kind < 4; kind++) {
    for (size_t i = 0; i < n; i++)
      v[i] = kind == 1   ? 1
             : kind == 2 ? (double)(i ^ (i >> 1))
             : i < n / 2 ? (double)i
                         : (double)(n - i);
    if (kind == 0)
      killer(v, n);
    rt__sort_doubles(v, n);
    for (size_t i = 1; i < n; i++)
      assert_true(v[i - 1] <= v[i]);
  }
  free(v);
}

/* ---- quantiles */

/* by counting: the value below which a share q of the way from the smallest to the largest lies */
static double plain_quantile(const double *sorted, size_t n, double q)
{
  double at = q * (double)(n - 1), below = floor(at);
  double lo = sorted[(size_t)below], hi = sorted[(size_t)ceil(at)];
  return lo * (1 - (at - below)) + hi * (at - below);
}

static void test_quantiles(void **state)
{
  (void)state;
  rt__rng r = {2, 0};
  double v[50], sorted[50];
  for (size_t n = 1; n <= 50; n++) {
    for (size_t i = 0; i < n; i++)
      v[i] = sorted[i] = 100 * rt__rng_unit(&r);
    qsort(sorted, n, sizeof *sorted, by_value);
    for (int k = 0; k <= 20; k++) {
      double want = plain_quantile(sorted, n, k / 20.0);
      assert_near(rt__quantile_sorted(sorted, n, k / 20.0), want, 1e-12);
      assert_near(rt__quantile(v, n, k / 20.0), want, 1e-12); /* sorted or not */
    }
    assert_true(rt__quantile_sorted(sorted, n, 0) == sorted[0]);
    assert_true(rt__quantile_sorted(sorted, n, 1) == sorted[n - 1]);
  }
  assert_true(rt__quantile_sorted(sorted, 0, 0.5) == 0);
  assert_true(rt__median((double[]){9, 1}, 2) == 5);
  assert_true(rt__median((double[]){9, 1, 4}, 3) == 4);
}

/* found by selection, but to the digit what sorting gives; ties, runs and bad orders too */
static void test_selection_is_sorting(void **state)
{
  (void)state;
  rt__rng r = {3, 0};
  double v[600], sorted[600], at[3];
  for (size_t n = 0; n <= 600; n += 1 + n / 40)
    for (int kind = 0; kind < 4; kind++) {
      for (size_t i = 0; i < n; i++)
        v[i] = sorted[i] = kind == 0   ? rt__rng_unit(&r)
                           : kind == 1 ? (double)rt__rng_below(&r, 7)
                           : kind == 2 ? (double)(i < n / 2 ? i : n - i)
                                       : 4;
      if (kind == 3 && n > 200) {
        killer(v, n);
        memcpy(sorted, v, n * sizeof *v);
      }
      qsort(sorted, n, sizeof *sorted, by_value);
      rt__quartiles(v, n, at);
      for (int k = 0; k < 3; k++)
        assert_true(at[k] == rt__quantile_sorted(sorted, n, 0.25 * (k + 1)));
      for (int k = 0; k <= 12; k++)
        assert_true(rt__quantile(v, n, k / 12.0) == rt__quantile_sorted(sorted, n, k / 12.0));
      qsort(v, n, sizeof *v, by_value); /* and nothing was lost */
      assert_memory_equal(v, sorted, n * sizeof *v);
    }
}

/* ---- distributions: tables printed by stats_oracle.py */

static void test_binomial(void **state)
{
  (void)state;
  static const double rows[][4] = {
      {0, 1, 0.5, -0.6931471805599453},     {1, 1, 0.5, -0.6931471805599453},
      {0, 12, 0.083, -1.0397736807080666},  {3, 12, 0.25, -1.3543941890733384},
      {12, 12, 0.98, -0.24243248781023358}, {0, 12, 0.98, -46.94427606513774},
      {6, 12, 0.5, -1.4890540950776607},    {1, 720, 0.01, -5.2521104526454785},
      {40, 720, 0.05, -2.963028550239706},  {700, 720, 0.9999, -95.29370715201763},
      {5, 5, 0.0001, -46.05170185988091},   {250, 1000, 0.25, -3.5361890668384888},
  };
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    assert_near(rt__log_binomial(rows[i][0], rows[i][1], rows[i][2]), rows[i][3], 1e-10);
  /* certainty is kept off: no probability of 0 or 1, hence no infinite bits */
  assert_true(rt__log_binomial(3, 3, 0) == rt__log_binomial(3, 3, 1e-4));
  assert_true(rt__log_binomial(0, 3, 1) == rt__log_binomial(0, 3, 1 - 1e-4));
  for (int n = 1; n < 40; n += 6) { /* a distribution sums to one */
    double sum = 0;
    for (int k = 0; k <= n; k++)
      sum += exp(rt__log_binomial(k, n, 0.3));
    assert_near(sum, 1, 1e-12);
  }
}

static void test_scaled_chi2(void **state)
{
  (void)state;
  static const double rows[][4] = {
      {1, 1, 1, -1.4189385332046727},       {3.5, 4, 1, -1.8835313926245225},
      {0.2, 6, 0.06, 0.782100936505461},    {13, 13, 1.1, -2.5894043452773543},
      {40, 13, 2.5, -3.8350714930521432},   {5, 30, 0.25, -2.261882700262099},
      {300, 20, 17.5, -5.5926943944983645}, {0.5, 2, 60, -4.791658409448712},
      {120, 90, 1, -5.8592575921444165},
  };
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    assert_near(rt__log_scaled_chi2(rows[i][0], rows[i][1], rows[i][2]), rows[i][3], 1e-10);
  assert_true(isfinite(rt__log_scaled_chi2(0, 5, 1))); /* no swing at all is not impossible */
}

static void test_poisson_tail(void **state)
{
  (void)state;
  static const double rows[][3] = {
      {1, 0.001, -6.908255237315471},
      {1, 1, -0.45867514538708193},
      {2, 5, -0.041267595863406246},
      {5, 5, -0.5806997496314208},
      {10, 2, -9.976099643706059},
      {30, 3, -44.598438873011474},
      {100, 100, -0.6668971505852893},
      {99, 100, -0.5921083588241459},
      {150, 100, -13.182001675714703},
      {60, 100, -6.3415235347940275e-06},
      {1000, 700, -59.851478512925254},
      {12, 0.01, -75.2584872430618},
      /* means beyond 745, where exp(-mean) is 0 */
      {800, 800, -0.6837878908289743},
      {1000, 1000, -0.6847718632903101},
      {999, 1000, -0.6600609071106476},
      {950, 1000, -0.0557312051400561},
      {1100, 1000, -6.945841014365211},
  };
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    assert_near(rt__log_poisson_tail(rows[i][0], rows[i][1]), rows[i][2], 1e-9);
  assert_true(rt__log_poisson_tail(0, 3) == 0);
  assert_true(rt__log_poisson_tail(-1, 3) == 0);
  assert_true(rt__log_poisson_tail(1, 0) == -INFINITY);
}

static void test_log_mean_exp(void **state)
{
  (void)state;
  assert_near(rt__log_mean_exp((double[]){1, 2, 3}, 3), log((exp(1) + exp(2) + exp(3)) / 3), 1e-14);
  assert_near(rt__log_mean_exp((double[]){-5000, -5001}, 2), -5000 + log((1 + exp(-1)) / 2), 1e-14);
  assert_near(rt__log_mean_exp((double[]){5000, -INFINITY}, 2), 5000 - log(2), 1e-14);
  assert_true(rt__log_mean_exp((double[]){-INFINITY, -INFINITY}, 2) == -INFINITY);
  assert_true(rt__log_mean_exp(NULL, 0) == -INFINITY);
}

/* ---- samples */

#define IDS 300

static int by_u32(const void *a, const void *b)
{
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

/* the k ids whose rank is smallest, by asking of each how many stand before it */
static size_t plain_sample(uint64_t seed, const uint32_t *id, size_t n, size_t k, uint32_t *out)
{
  size_t m = 0;
  for (size_t i = 0; i < n; i++) {
    size_t before = 0;
    for (size_t j = 0; j < n; j++) {
      uint64_t x = rt__mix2(seed, id[j]), y = rt__mix2(seed, id[i]);
      before += x < y || (x == y && id[j] < id[i]);
    }
    if (before < k)
      out[m++] = id[i];
  }
  qsort(out, m, sizeof *out, by_u32);
  return m;
}

static void test_sample_against_plain(void **state)
{
  (void)state;
  uint32_t id[IDS], a[IDS], b[IDS];
  for (uint32_t i = 0; i < IDS; i++)
    id[i] = i * 7 + 3;
  for (uint64_t seed = 0; seed < 40; seed++) {
    rt__shuffle(seed + 100, id, IDS); /* in any order */
    size_t n = seed * 7 % IDS + 1, k = seed * 11 % (n + 3);
    size_t got = rt__sample(seed, id, n, k, a), want = plain_sample(seed, id, n, k, b);
    assert_int_equal(got, want);
    assert_int_equal(got, k < n ? k : n);
    assert_memory_equal(a, b, got * sizeof *a); /* ascending, hence distinct as the ids are */
  }
  assert_int_equal(rt__sample(1, id, 0, 5, a), 0);
  assert_int_equal(rt__sample(1, id, 5, 0, a), 0);
}

/* each id is drawn about as often as another, and no pair keeps company */
static void test_sample_is_fair(void **state)
{
  (void)state;
  enum { N = 40, K = 10, TRIES = 4000 };
  uint32_t id[N], out[N];
  int hits[N] = {0}, both = 0;
  for (uint32_t i = 0; i < N; i++)
    id[i] = i;
  for (uint64_t seed = 0; seed < TRIES; seed++) {
    bool first = false, last = false;
    assert_int_equal(rt__sample(seed, id, N, K, out), K);
    for (size_t i = 0; i < K; i++) {
      hits[out[i]]++;
      first |= out[i] == 0;
      last |= out[i] == 1;
    }
    both += first && last;
  }
  double p = (double)K / N, sd = sqrt(TRIES * p * (1 - p));
  for (int i = 0; i < N; i++)
    assert_true(fabs(hits[i] - TRIES * p) < 5 * sd);
  double pair = p * (K - 1) / (N - 1);
  assert_true(fabs(both - TRIES * pair) < 5 * sqrt(TRIES * pair));
}

/* a larger sample holds the smaller one, and a sample of a part is what is left of the whole's */
static void test_samples_are_coordinated(void **state)
{
  (void)state;
  uint32_t id[IDS], few[IDS], many[IDS], part[IDS];
  for (uint32_t i = 0; i < IDS; i++)
    id[i] = i;
  size_t n = rt__sample(9, id, IDS, 20, few), m = rt__sample(9, id, IDS, 60, many);
  for (size_t i = 0; i < n; i++)
    assert_non_null(bsearch(&few[i], many, m, sizeof *many, by_u32));
  size_t k = rt__sample(9, id, IDS / 2, 60, part);
  for (size_t i = 0; i < m; i++)
    if (many[i] < IDS / 2)
      assert_non_null(bsearch(&many[i], part, k, sizeof *part, by_u32));
}

static void test_shuffle(void **state)
{
  (void)state;
  enum { N = 8, TRIES = 8000 };
  int at[N][N] = {{0}};
  for (uint64_t seed = 0; seed < TRIES; seed++) {
    uint32_t v[N], w[N], seen = 0;
    for (uint32_t i = 0; i < N; i++) {
      v[i] = i;
      w[i] = 1000 + i; /* what is shuffled does not matter */
    }
    rt__shuffle(seed, v, N);
    rt__shuffle(seed, w, N);
    for (uint32_t i = 0; i < N; i++) {
      assert_int_equal(w[i], 1000 + v[i]);
      seen |= 1u << v[i];
      at[v[i]][i]++;
    }
    assert_int_equal(seen, (1u << N) - 1);
  }
  double want = (double)TRIES / N;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++)
      assert_true(fabs(at[i][j] - want) < 5 * sqrt(want));
}

static void test_rank_against_plain(void **state)
{
  (void)state;
  rt__rng rng = {9, 0};
  for (size_t n = 0; n < 40; n++) {
    double v[40];
    for (size_t i = 0; i < n; i++)
      v[i] = (double)rt__rng_below(&rng, 12);
    rt__sort_doubles(v, n);
    for (double x = -1; x < 13; x += 0.5) {
      size_t less = 0, most = 0;
      for (size_t i = 0; i < n; i++) {
        less += v[i] < x;
        most += v[i] <= x;
      }
      assert_int_equal(rt__rank(v, n, x, false), less);
      assert_int_equal(rt__rank(v, n, x, true), most);
    }
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_sorts_numbers),
      cmocka_unit_test(test_sorts_like_qsort),
      cmocka_unit_test(test_sorts_every_order),
      cmocka_unit_test(test_no_order_is_slow),
      cmocka_unit_test(test_quantiles),
      cmocka_unit_test(test_selection_is_sorting),
      cmocka_unit_test(test_binomial),
      cmocka_unit_test(test_scaled_chi2),
      cmocka_unit_test(test_poisson_tail),
      cmocka_unit_test(test_log_mean_exp),
      cmocka_unit_test(test_sample_against_plain),
      cmocka_unit_test(test_sample_is_fair),
      cmocka_unit_test(test_samples_are_coordinated),
      cmocka_unit_test(test_shuffle),
      cmocka_unit_test(test_rank_against_plain),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
