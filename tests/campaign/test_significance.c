/* Holm's correction, held against its definition. */
#include "campaign/significance.h"
#include "support/failing_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the three above */
#include <cmocka.h>
#include <math.h>

#define MANY 40

/* by definition: hypothesis i is rejected at level q if it and all smaller ones p(k) satisfy
 * p(k) <= q / (m - k), k counted from 0; its adjusted p is the smallest such q, 1 at most */
static double plain(const double *p, size_t n, size_t i)
{
  double q = 0, m = 0;
  for (size_t k = 0; k < n; k++)
    m += !isnan(p[k]);
  for (size_t k = 0; k < n; k++) {
    double before = 0;
    if (isnan(p[k]) || p[k] > p[i])
      continue;
    for (size_t j = 0; j < n; j++)
      before += !isnan(p[j]) && p[j] < p[k];
    q = fmax(q, p[k] * (m - before));
  }
  return fmin(q, 1);
}

static void test_holm_against_plain(void **state)
{
  (void)state;
  rt__rng r = {1, 0};
  for (int round = 0; round < 300; round++) {
    double p[MANY], was[MANY];
    size_t n = (size_t)rt__rng_below(&r, MANY);
    for (size_t i = 0; i < n; i++) {
      double u = rt__rng_unit(&r);
      was[i] = p[i] = rt__rng_below(&r, 6) == 0 ? NAN : u * u * u; /* ties are another test */
    }
    assert_int_equal(rt__holm(rt_alloc_default(), p, n), RT_OK);
    for (size_t i = 0; i < n; i++) {
      assert_int_equal(isnan(p[i]), isnan(was[i]));
      if (isnan(p[i]))
        continue;
      assert_true(fabs(p[i] - plain(was, n, i)) < 1e-12);
      assert_true(p[i] >= was[i] && p[i] <= 1);
      for (size_t k = 0; k < n; k++) /* the order of the campaigns stays */
        assert_true(!(was[k] < was[i]) || p[k] <= p[i]);
    }
  }
}

static void test_holm_with_ties(void **state)
{
  (void)state;
  double p[] = {0.01, NAN, 0.01, 0.01, 0.5}, q[] = {0.5, 0.01, 0.01, NAN, 0.01};
  assert_int_equal(rt__holm(rt_alloc_default(), p, 5), RT_OK);
  assert_int_equal(rt__holm(rt_alloc_default(), q, 5), RT_OK);
  assert_true(p[0] == 0.04 && p[2] == 0.04 && p[3] == 0.04 && p[4] == 0.5);
  assert_true(q[0] == 0.5 && q[1] == 0.04 && q[2] == 0.04 && q[4] == 0.04);
}

static void test_holm_of_little(void **state)
{
  (void)state;
  double one[] = {0.3}, none[] = {NAN, NAN};
  assert_int_equal(rt__holm(rt_alloc_default(), NULL, 0), RT_OK);
  assert_int_equal(rt__holm(rt_alloc_default(), one, 1), RT_OK);
  assert_true(one[0] == 0.3);
  assert_int_equal(rt__holm(rt_alloc_default(), none, 2), RT_OK);
  assert_true(isnan(none[0]) && isnan(none[1]));
  test_alloc t = {.fail_at = 1};
  rt_alloc a = test_alloc_of(&t);
  assert_int_equal(rt__holm(&a, one, 1), RT_E_NOMEM);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_holm_against_plain),
      cmocka_unit_test(test_holm_with_ties),
      cmocka_unit_test(test_holm_of_little),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
