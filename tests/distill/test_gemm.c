/* the products of every kind of kernel against three plain loops, and the promise about threads */
#include "distill/gemm.h"

#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>

/* the body at AVX-512's width and tile, on whatever this processor has: its logic is tested
 * everywhere */
#pragma GCC diagnostic ignored "-Wpsabi" /* nothing here is called from elsewhere */
typedef float vf __attribute__((vector_size(64)));
typedef int32_t vi __attribute__((vector_size(64)));
#define LANES        16
#define TILE_ROWS    14
#define FMA(a, b, c) ((a) * (b) + (c))
#define SPLAT(x)     ((vf){0} + (x))
#define SQRT(a)      root(a)
static inline vf root(vf a)
{
  for (int i = 0; i < 16; i++)
    a[i] = sqrtf(a[i]);
  return a;
}
static bool always(void)
{
  return true;
}
#define KERNELS_NAME   "wide"
#define KERNELS_TABLE  wide_kernels
#define KERNELS_USABLE always
#include "distill/kernel_body.h"

static float *noise(size_t n, uint64_t seed)
{
  float *p = malloc(n * sizeof *p);
  rt__rng r = {seed, 0};
  for (size_t i = 0; i < n; i++)
    p[i] = (float)(rt__rng_unit(&r) * 2 - 1);
  return p;
}

static void plain(size_t m, size_t n, size_t k, rt__view a, rt__view b, float *c, bool add)
{
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      double s = add ? (double)c[i * n + j] : 0;
      for (size_t t = 0; t < k; t++)
        s += (double)a.p[i * a.rs + t * a.cs] * (double)b.p[t * b.rs + j * b.cs];
      c[i * n + j] = (float)s;
    }
}

static const size_t shapes[][3] = {{1, 1, 1},     {6, 16, 8},    {7, 17, 3},   {100, 33, 300},
                                   {97, 130, 64}, {14, 32, 257}, {300, 5, 40}, {3, 700, 513}};

static void one(rt__engine *e, const size_t *s, bool ta, bool tb, bool add)
{
  size_t m = s[0], n = s[1], k = s[2];
  float *a = noise(m * k, 1), *b = noise(k * n, 2), *c = noise(m * n, 3), *d = noise(m * n, 3);
  rt__view va = ta ? rt__turned(a, m) : rt__rows(a, k);
  rt__view vb = tb ? rt__turned(b, k) : rt__rows(b, n);
  rt__gemm(e, m, n, k, va, vb, c, n, add);
  plain(m, n, k, va, vb, d, add);
  for (size_t i = 0; i < m * n; i++)
    assert_true(fabs((double)c[i] - (double)d[i]) < 1e-5 * (double)k);
  free(a);
  free(b);
  free(c);
  free(d);
}

static const rt__kernels *kind(size_t q)
{
  return q < rt__kernels_count() ? rt__kernels_at(q) : &wide_kernels;
}

static void agrees_with_plain(void **state)
{
  (void)state;
  for (size_t q = 0; q <= rt__kernels_count(); q++) {
    if (!kind(q)->usable())
      continue;
    rt__engine *e;
    assert_int_equal(rt__engine_new(rt_alloc_default(), 2, kind(q), &e, NULL), RT_OK);
    for (size_t i = 0; i < RT__ARRAY_LEN(shapes); i++)
      for (int f = 0; f < 8; f++)
        one(e, shapes[i], f & 1, f & 2, f & 4);
    rt__engine_free(e);
  }
}

static void same_bits_for_any_threads(void **state)
{
  (void)state;
  enum { M = 211, N = 173, K = 600 };
  float *a = noise(M * K, 4), *b = noise(K * N, 5), *first = NULL;
  for (unsigned t = 1; t <= 5; t++) {
    rt__engine *e;
    assert_int_equal(rt__engine_new(rt_alloc_default(), t, NULL, &e, NULL), RT_OK);
    float *c = calloc(M * N, sizeof *c);
    rt__gemm(e, M, N, K, rt__turned(a, M), rt__turned(b, K), c, N, true);
    if (first)
      assert_memory_equal(first, c, M * N * sizeof *c);
    if (first)
      free(c);
    else
      first = c;
    rt__engine_free(e);
  }
  free(first);
  free(a);
  free(b);
}

/* every row loop against the plain kind's, at lengths around the vectors' */
static void rows_agree(void **state)
{
  (void)state;
  enum { N = 1100 };
  const rt__kernels *p = rt__kernels_at(rt__kernels_count() - 1);
  static const size_t lengths[] = {1, 3, 4, 15, 16, 17, 33, 1023, 1024, N};
  for (size_t q = 0; q <= rt__kernels_count(); q++)
    for (size_t i = 0; kind(q)->usable() && i < RT__ARRAY_LEN(lengths); i++) {
      const rt__kernels *k = kind(q);
      size_t n = lengths[i];
      float *x = noise(N, 7), *y = noise(N, 8), *z = noise(N, 9), *u = noise(N, 9);
      assert_true(fabs(k->dot(x, y, n) - p->dot(x, y, n)) < 1e-4);
      assert_true(fabs(k->dot3(x, y, z, n) - p->dot3(x, y, z, n)) < 1e-4);
      assert_true(fabs((double)k->max(x, n) - (double)p->max(x, n)) < 1e-9);
      assert_true(fabs(k->exp_sum(x, 30, 25, z, n) - p->exp_sum(x, 30, 25, u, n)) < 1e-2);
      k->swiglu(z, x, y, n);
      p->swiglu(u, x, y, n);
      k->norm_back(z, 0.5f, x, y, 0.25f, x, n);
      p->norm_back(u, 0.5f, x, y, 0.25f, x, n);
      for (size_t j = 0; j < N; j++) /* also that nothing behind n was touched */
        assert_true(fabs((double)z[j] - (double)u[j]) < 1e-5);
      free(x);
      free(y);
      free(z);
      free(u);
    }
}

static void exp_is_exp(void **state)
{
  (void)state;
  float x[7] = {0, -1, 80, -80, -200, 1e-6f, -87}, e[7];
  for (size_t q = 0; q <= rt__kernels_count(); q++)
    if (kind(q)->usable()) {
      (void)kind(q)->exp_sum(x, 1, 0, e, 7);
      for (int i = 0; i < 7; i++)
        assert_true(fabs((double)e[i] - exp((double)x[i])) <= 4e-7 * exp((double)x[i]) + 1e-38);
    }
}

static void refuses_no_threads(void **state)
{
  (void)state;
  rt__engine *e;
  rt_error err;
  assert_int_equal(rt__engine_new(rt_alloc_default(), 0, NULL, &e, &err), RT_E_ARG);
  assert_null(e);
  assert_int_equal(rt__engine_new(rt_alloc_default(), 1000, NULL, &e, &err), RT_E_ARG);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(agrees_with_plain),  cmocka_unit_test(same_bits_for_any_threads),
      cmocka_unit_test(rows_agree),         cmocka_unit_test(exp_is_exp),
      cmocka_unit_test(refuses_no_threads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
