/* How far data goes, whatever a few clocks say; and the calendar as bytes. */
#include "state/calendar.h"

#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static rt__calendar c, other; /* large for a stack */

static int64_t end_of_day(size_t d)
{
  return RT__TIME_MIN + (int64_t)(d + 1) * RT__DAY_US;
}

static void clear(void)
{
  memset(&c, 0, sizeof c);
  memset(&other, 0, sizeof other);
}

static void test_the_last_day_that_counts(void **state)
{
  (void)state;
  clear();
  assert_int_equal(rt__calendar_end(&c), 0);
  c.days[9000] = 1;
  assert_int_equal(rt__calendar_end(&c), end_of_day(9000));
  c.days[9000] = 9990;
  c.days[9001] = 9;
  assert_int_equal(rt__calendar_end(&c), end_of_day(9000));
  c.days[9001] = 10; /* a thousandth of 10,000 */
  assert_int_equal(rt__calendar_end(&c), end_of_day(9001));
  c.days[30000] = 1; /* 2082; with day 9001 enough, alone not */
  assert_int_equal(rt__calendar_end(&c), end_of_day(9001));
  c.days[0] = c.days[RT__CALENDAR_DAYS - 1] = UINT32_MAX;
  assert_int_equal(rt__calendar_end(&c), RT__TIME_MAX);
}

static rt__set *a_set(const int64_t *times, size_t n)
{
  rt__set *s;
  assert_int_equal(rt__set_new(NULL, 0, NULL, &s, NULL), RT_OK);
  const rt_digest_sink to = rt__set_sink(s);
  for (size_t i = 0; i < n; i++) {
    const rt_digest d = {.account = 1 + i % 3, .time_us = times[i]};
    assert_int_equal(to.record(to.ctx, &d, NULL), RT_OK);
  }
  assert_int_equal(rt__set_seal(s, NULL), RT_OK);
  return s;
}

static void test_counting_and_the_newest(void **state)
{
  (void)state;
  enum { N = 2000 };
  static int64_t times[N];
  int64_t us;
  for (size_t i = 0; i < N; i++)
    times[i] = RT__TIME_MIN + (int64_t)i * RT__DAY_US / 400; /* five days */
  times[7] = RT__TIME_MAX - 1;                               /* and one clock */
  rt__set *s = a_set(times, N);
  clear();
  rt__calendar_add(&c, s);
  assert_int_equal(c.days[0], 399);
  assert_int_equal(c.days[4], 400);
  assert_int_equal(c.days[RT__CALENDAR_DAYS - 1], 1);
  assert_int_equal(rt__newest(s, &us, NULL), RT_OK);
  assert_int_equal(us, times[N - 1]);
  rt__set_free(s);
  s = a_set(times, 0);
  assert_int_equal(rt__newest(s, &us, NULL), RT_OK);
  assert_int_equal(us, 0);
  rt__set_free(s);
}

static void test_most(void **state)
{
  (void)state;
  clear();
  c.days[1] = other.days[2] = 5;
  c.days[3] = 7;
  other.days[3] = 6;
  rt__calendar_most(&c, &other);
  assert_int_equal(c.days[1], 5);
  assert_int_equal(c.days[2], 5);
  assert_int_equal(c.days[3], 7);
}

static bool read_all(rt_slice bytes, rt__calendar *to)
{
  const unsigned char *p = (const unsigned char *)bytes.p;
  rt__in in = {p, p + bytes.n, false};
  memset(to, 0, sizeof *to);
  rt__calendar_get(&in, to);
  return !in.bad && rt__in_left(&in) == 0;
}

static void test_there_and_back(void **state)
{
  (void)state;
  rt__out o = {.code = RT_OK};
  rt__buf_init(&o.buf, rt_alloc_default(), 1 << 20);
  clear();
  c.days[0] = 1;
  c.days[1] = UINT32_MAX;
  c.days[RT__CALENDAR_DAYS - 1] = 300;
  rt__calendar_put(&c, &o);
  assert_true(read_all(rt__buf_slice(&o.buf), &other));
  assert_memory_equal(&c, &other, sizeof c);
  for (size_t n = 0; n < o.buf.n; n++)
    assert_false(read_all(rt__slice(o.buf.p, n), &other));
  rt__buf_free(&o.buf);
  assert_true(read_all(rt__slice("\0", 1), &other));                  /* no day */
  assert_false(read_all(rt__slice("\1\0\0", 3), &other));             /* a day of none */
  assert_false(read_all(rt__slice("\2\1\1\0\1", 5), &other));         /* the same day twice */
  assert_false(read_all(rt__slice("\2\1\1\xac\x9d\2\1", 7), &other)); /* behind the last */
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_the_last_day_that_counts),
      cmocka_unit_test(test_counting_and_the_newest),
      cmocka_unit_test(test_most),
      cmocka_unit_test(test_there_and_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
