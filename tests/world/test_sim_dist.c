/* Random variates: against the C library and against their moments. */
#include "world/dist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the three above */
#include <cmocka.h>
#include <math.h>

static void ln_and_exp_agree_with_libm(void **state)
{
  (void)state;
  rt__rng r = {7, 0};
  for (int i = 0; i < 20000; i++) {
    double x = (rt__rng_unit(&r) - 0.5) * 200, p = exp(x / 3);
    assert_true(fabs(rt__ln(p) - log(p)) <= 1e-11 * (1 + fabs(log(p))));
    assert_true(fabs(rt__exp(x) - exp(x)) <= 1e-11 * exp(x));
  }
  assert_true(rt__exp(0) == 1 && rt__ln(1) == 0);
  assert_true(rt__exp(1e9) < 1e305 && rt__exp(-1e9) > 0);
}

static void moments(void **state)
{
  (void)state;
  enum { N = 200000 };
  rt__rng r = {1, 0};
  double n1 = 0, n2 = 0, e = 0, g = 0, p = 0;
  for (int i = 0; i < N; i++) {
    double x = rt__normal(&r);
    n1 += x;
    n2 += x * x;
    e += rt__exponential(&r);
    g += rt__geometric(&r, 4, 1000);
    p += rt__poisson(&r, 3.5);
  }
  assert_true(fabs(n1 / N) < 0.01 && fabs(n2 / N - 1) < 0.02);
  assert_true(fabs(e / N - 1) < 0.01);
  assert_true(fabs(g / N - 4) < 0.05);
  assert_true(fabs(p / N - 3.5) < 0.03);
}

static void zipf_is_heavy_and_in_range(void **state)
{
  (void)state;
  rt__rng r = {3, 0};
  int first = 0, last_half = 0;
  for (int i = 0; i < 10000; i++) {
    uint64_t k = rt__zipf(&r, 100);
    assert_true(k < 100);
    first += k == 0;
    last_half += k >= 50;
  }
  assert_in_range(first, 1200, 1900);     /* ln 2 / ln 101 = 0.150 */
  assert_in_range(last_half, 1200, 1900); /* ln(101/51) / ln 101 = 0.148 */
  assert_int_equal(rt__zipf(&r, 1), 0);
}

static void bounds_hold(void **state)
{
  (void)state;
  rt__rng r = {5, 0};
  for (int i = 0; i < 10000; i++) {
    uint64_t k = rt__between(&r, 3, 5);
    assert_true(k >= 3 && k <= 5);
    assert_in_range(rt__geometric(&r, 50, 7), 1, 7);
    assert_int_equal(rt__geometric(&r, 1, 7), 1);
    assert_false(rt__coin(&r, 0));
    assert_true(rt__coin(&r, 1));
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ln_and_exp_agree_with_libm),
      cmocka_unit_test(moments),
      cmocka_unit_test(zipf_is_heavy_and_in_range),
      cmocka_unit_test(bounds_hold),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
