/* Profiles: a plain count as oracle, and the algebra of merging. */
#include "account/profile.h"

#include "base/time.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
/* cmocka wants the four above it */
#include <cmocka.h>

static rt_digest digest(uint64_t n)
{
  return (rt_digest){.time_us = RT__TIME_MIN + (int64_t)n * 1700 * 1000,
                     .account = 7,
                     .net = rt__mix(n % 40) | 1,
                     .client = rt__mix(n % 3) | 1,
                     .model = rt__mix(n % 2) | 1,
                     .tokens_in = n % 5 ? (uint32_t)n : RT_UNSET_U32,
                     .tokens_out = 10,
                     .outcome = n % 4 ? RT_OUTCOME_OK : RT_OUTCOME_ERROR};
}

static rt__profile profile(uint64_t from, uint64_t to)
{
  rt__profile p = {0};
  for (uint64_t n = from; n < to; n++) {
    rt_digest g = digest(n);
    rt__profile_add(&p, &g);
  }
  return p;
}

static void test_counts(void **state)
{
  (void)state;
  rt__profile p = profile(0, 1000);
  uint64_t in = 0, answered = 0, hours = 0, gaps = 0;
  for (uint64_t n = 0; n < 1000; n++) {
    in += n % 5 ? n : 0;
    answered += n % 4 != 0;
  }
  for (size_t i = 0; i < RT__PROFILE_HOURS; i++)
    hours += p.hour[i];
  for (size_t i = 0; i < RT__PROFILE_GAPS; i++)
    gaps += p.gap[i];
  assert_int_equal(p.exchanges, 1000);
  assert_int_equal(p.answered, answered);
  assert_int_equal(p.tokens_in, in);
  assert_int_equal(p.tokens_out, 10000);
  assert_int_equal(p.first_us, digest(0).time_us);
  assert_int_equal(p.last_us, digest(999).time_us);
  assert_int_equal(hours, 1000);
  assert_int_equal(gaps, 999);
  assert_int_equal(p.gap[1], 999); /* 1.7 s */
}

static void test_hour_of_week(void **state)
{
  (void)state;
  rt__profile p = {0};
  rt_digest g = digest(0);
  rt_error err;
  assert_int_equal(rt__time_parse(RT__LIT("2026-03-02T05:59:59Z"), &g.time_us, &err),
                   RT_OK); /* a Monday */
  rt__profile_add(&p, &g);
  assert_int_equal(p.hour[5], 1);
}

static void test_distinct(void **state)
{
  (void)state;
  rt__profile p = profile(0, 1000);
  assert_true(fabs(rt__profile_distinct(p.networks) - 40) < 40 * 0.4);
  assert_true(fabs(rt__profile_distinct(p.clients) - 3) < 1);
  assert_true(fabs(rt__profile_distinct(p.models) - 2) < 1);
  rt__profile none = {0};
  assert_true(rt__profile_distinct(none.networks) == 0);
}

static void test_merge_is_the_whole(void **state)
{
  (void)state;
  for (uint64_t cut = 0; cut <= 300; cut += 37) {
    rt__profile whole = profile(0, 300), a = profile(0, cut), b = profile(cut, 300), ba = b;
    rt__profile_merge(&ba, &a);
    rt__profile_merge(&a, &b);
    assert_memory_equal(&a, &ba, sizeof a); /* in either order */
    whole.gap[1] -= cut > 0 && cut < 300;   /* the gap between the parts is not seen */
    assert_memory_equal(&a, &whole, sizeof a);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_counts),
      cmocka_unit_test(test_hour_of_week),
      cmocka_unit_test(test_distinct),
      cmocka_unit_test(test_merge_is_the_whole),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
