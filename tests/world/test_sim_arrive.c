/* Arrivals: in order, inside the window, as many and as regular as asked for. */
#include "world/arrive.h"

#include "base/time.h"
#include "world/kinds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the three above */
#include <cmocka.h>
#include <math.h>
#include <string.h>

#define MONDAY (INT64_C(1772409600) * RT__US)
#define DAYS   28

static rt__arrival arrival(rt__when when, double rate)
{
  return (rt__arrival){.when = (uint8_t)when,
                       .curve = RT__CURVE_FLAT,
                       .rate = (float)rate,
                       .on = 1,
                       .weekend = 1,
                       .cv = 1,
                       .gap_s = 5,
                       .habit = 0.4f,
                       .from = MONDAY,
                       .to = MONDAY + DAYS * RT__DAY_US};
}

static uint64_t run(const rt__arrival *a, uint64_t seed, int64_t *times, uint64_t max)
{
  rt__clock c = {0};
  uint64_t n = 0;
  int64_t last = a->from - 1;
  while (rt__arrive(a, NULL, seed, &c)) {
    assert_true(c.t >= a->from && c.t < a->to);
    assert_true(c.t >= last);
    last = c.t;
    if (times && n < max)
      times[n] = c.t;
    n++;
    assert_int_equal(c.n, n);
  }
  assert_false(rt__arrive(a, NULL, seed, &c)); /* the end stays the end */
  return n;
}

static void counts_are_about_right(void **state)
{
  (void)state;
  static const struct {
    rt__when when;
    double rate, low, high; /* a day */
  } rows[] = {{RT__WHEN_STREAM, 100, 85, 115},
              {RT__WHEN_CRON, 96, 92, 97},
              {RT__WHEN_PERSON, 4, 2, 9},
              {RT__WHEN_BATCH, 50, 35, 90}};
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    rt__arrival a = arrival(rows[i].when, rows[i].rate);
    double sum = 0;
    for (uint64_t seed = 0; seed < 30; seed++)
      sum += (double)run(&a, seed, NULL, 0) / DAYS / 30;
    if (sum < rows[i].low || sum > rows[i].high)
      print_error("kind %zu: %g a day\n", i, sum);
    assert_true(sum >= rows[i].low && sum <= rows[i].high);
  }
}

static double cv_of_gaps(const int64_t *t, uint64_t n)
{
  double s = 0, s2 = 0;
  for (uint64_t i = 1; i < n; i++) {
    double g = (double)(t[i] - t[i - 1]);
    s += g;
    s2 += g * g;
  }
  double m = s / (double)(n - 1);
  return sqrt(s2 / (double)(n - 1) - m * m) / m;
}

static void clocks_are_regular_and_services_are_not(void **state)
{
  (void)state;
  static int64_t t[6000];
  rt__arrival cron = arrival(RT__WHEN_CRON, 24), stream = arrival(RT__WHEN_STREAM, 24);
  stream.cv = 1.5f;
  uint64_t n = run(&cron, 1, t, 6000);
  assert_true(cv_of_gaps(t, n) < 0.2);
  n = run(&stream, 1, t, 6000);
  assert_true(cv_of_gaps(t, n) > 1);
}

static void days_and_weeks_have_a_shape(void **state)
{
  (void)state;
  static int64_t t[40000];
  rt__arrival a = arrival(RT__WHEN_STREAM, 600);
  a.curve = RT__CURVE_OFFICE;
  a.weekend = 0.1f;
  a.hours = 9;
  uint64_t n = run(&a, 3, t, 40000), work = 0, weekend = 0;
  assert_true(n > 5000 && n < 40000);
  for (uint64_t i = 0; i < n; i++) {
    int64_t hour = (t[i] - MONDAY) / (3600 * RT__US) + 9;
    work += hour % 24 >= 8 && hour % 24 < 18;
    weekend += hour / 24 % 7 >= 5;
  }
  assert_true(work > n * 7 / 10);
  assert_true(weekend < n / 12);
}

static void limits_and_pauses_hold(void **state)
{
  (void)state;
  static int64_t t[6000];
  rt__arrival a = arrival(RT__WHEN_STREAM, 100);
  a.limit = 123;
  assert_int_equal(run(&a, 1, NULL, 0), 123);
  a.limit = 0;
  a.pauses = 2;
  a.pause_hours = 60;
  uint64_t n = run(&a, 5, t, 6000), long_gaps = 0;
  for (uint64_t i = 1; i < n; i++)
    long_gaps += t[i] - t[i - 1] > 50 * 3600 * RT__US;
  assert_in_range(long_gaps, 1, 2);
  a.rate = 0;
  assert_int_equal(run(&a, 1, NULL, 0), 0);
}

static void same_seed_same_times(void **state)
{
  (void)state;
  static int64_t t[6000], u[6000];
  for (int when = RT__WHEN_PERSON; when <= RT__WHEN_EVENT; when++) {
    rt__arrival a = arrival((rt__when)when, 20);
    a.from += 7 * 3600 * RT__US; /* not at midnight */
    uint64_t n = run(&a, 8, t, 6000);
    assert_true(n > 50 && n <= 6000);
    assert_int_equal(run(&a, 8, u, 6000), n);
    assert_memory_equal(t, u, n * sizeof t[0]);
    assert_true(run(&a, 9, u, 6000) != n || memcmp(t, u, n * sizeof t[0]) != 0);
  }
}

static void a_trace_is_followed(void **state)
{
  (void)state;
  static float rate[144], cv[144];
  static int64_t t[6000];
  static rt__traces traces;
  for (int i = 60; i < 66; i++) { /* one hour a day, from 10:00 */
    rate[i] = 24;
    cv[i] = 1;
  }
  traces.trace[0] = (rt__trace){.rate = rate, .cv = cv, .n = 144, .step_s = 600};
  traces.n = 1;
  rt__arrival a = arrival(RT__WHEN_STREAM, 50);
  a.trace = 4711;
  rt__clock c = {0};
  uint64_t n = 0;
  while (rt__arrive(&a, &traces, 1, &c) && n < 6000)
    t[n++] = c.t;
  assert_in_range(n, DAYS * 40, DAYS * 60);
  for (uint64_t i = 0; i < n; i++)
    assert_int_equal((t[i] - MONDAY) / (3600 * RT__US) % 24, 10);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(counts_are_about_right),
      cmocka_unit_test(clocks_are_regular_and_services_are_not),
      cmocka_unit_test(days_and_weeks_have_a_shape),
      cmocka_unit_test(limits_and_pauses_hold),
      cmocka_unit_test(same_seed_same_times),
      cmocka_unit_test(a_trace_is_followed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
