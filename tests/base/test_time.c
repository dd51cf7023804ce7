/* Times against a table made by Python's datetime, and every day there and back. */
#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the three above */
#include <cmocka.h>
#include <math.h>
#include <stdio.h>

static const struct {
  const char *text;
  int64_t us;
} known[] = {{"2032-05-21T06:52:41.25-23:59", INT64_C(1968821501250000)},
             {"2082-03-14 00:39:29.5+23:59", INT64_C(3540588029500000)},
             {"2001-10-18 14:00:09.000001+23:59", INT64_C(1003327269000001)},
             {"2031-11-23 21:13:47.0+05:30", INT64_C(1953215027000000)},
             {"2074-10-23T07:30:35.1234567+23:59", INT64_C(3307419095123456)},
             {"2031-07-26T20:43:34.1234567-01:00", INT64_C(1942868614123456)},
             {"2091-05-20 02:05:28.25+01:00", INT64_C(3830461528250000)},
             {"2005-10-28T15:48:10-09:30", INT64_C(1130548690000000)},
             {"2064-05-04t23:38:58.1234567-11:59", INT64_C(2977213078123456)},
             {"2078-07-10T08:01:12.25+23:59", INT64_C(3424579332250000)},
             {"2013-04-07t11:31:40.25Z", INT64_C(1365334300250000)},
             {"2035-02-10t19:36:26.000001-11:59", INT64_C(2054792126000001)},
             {"2069-01-13 16:27:56.999999-11:59", INT64_C(3125363216999999)},
             {"2079-08-18T16:37:04.123456-11:59", INT64_C(3459645364123456)},
             {"2092-10-26 12:22:43.000001z", INT64_C(3875862163000001)},
             {"2094-09-01 16:51:03.999999-01:00", INT64_C(3934201863999999)},
             {"2077-11-05 02:36:47.123456+01:00", INT64_C(3403301807123456)},
             {"2036-05-08T11:12:18.5-09:30", INT64_C(2093892138500000)},
             {"2065-08-09T10:04:22.5+23:59", INT64_C(3016951522500000)},
             {"2009-01-24T19:14:41.25-11:59", INT64_C(1232867621250000)},
             {"2039-12-31T21:56:03.1234567-11:59", INT64_C(2209024503123456)},
             {"2006-01-06 16:47:59.1234567Z", INT64_C(1136566079123456)},
             {"2074-12-21T13:52:05.123456-09:30", INT64_C(3312660125123456)},
             {"2042-02-23T18:46:15.5z", INT64_C(2276793975500000)},
             {"2072-11-22t17:38:53.123456Z", INT64_C(3247061933123456)},
             {"2083-02-01T02:09:06.25-09:30", INT64_C(3568707546250000)},
             {"2046-04-02T19:46:11.999999+14:05", INT64_C(2406260471999999)},
             {"2051-06-02 12:08:13.0-11:59", INT64_C(2569363633000000)},
             {"2052-07-23 18:08:44.5-23:59", INT64_C(2605457264500000)},
             {"2069-01-03T01:03:09.1234567-09:30", INT64_C(3124434789123456)},
             {"2000-02-29T23:59:59Z", INT64_C(951868799000000)},
             {"2024-02-29T23:59:59Z", INT64_C(1709251199000000)},
             {"2096-02-29T23:59:59Z", INT64_C(3981398399000000)},
             {"2000-12-31T23:59:59Z", INT64_C(978307199000000)},
             {"2099-12-31T23:59:59Z", INT64_C(4102444799000000)},
             {"2026-03-01T23:59:59Z", INT64_C(1772409599000000)},
             {"2026-12-31T23:59:59Z", INT64_C(1798761599000000)},
             {"2028-03-01T23:59:59Z", INT64_C(1835567999000000)},
             {"2016-12-31T23:59:60Z", INT64_C(1483228799000000)},
             {"2016-12-31T23:59:59-00:00", INT64_C(1483228799000000)}};

static void test_known_times(void **state)
{
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(known); i++) {
    int64_t us = 0;
    rt_error err = {0};
    if (rt__time_parse(rt__cstr(known[i].text), &us, &err) != RT_OK)
      fail_msg("%s: %s", known[i].text, err.message);
    if (us != known[i].us)
      fail_msg("%s: %lld, not %lld", known[i].text, (long long)us, (long long)known[i].us);
  }
}

static void test_refused(void **state)
{
  (void)state;
  static const char *const bad[] = {
      "",
      "2026",
      "2026-03-01",
      "2026-03-01T08:15:30",
      "2026-03-01T08:15Z",
      "2026-03-01T08:15:30.Z",
      "2026-03-01T08:15:30,5Z",
      "2026-03-01T08:15:30Zx",
      " 2026-03-01T08:15:30Z",
      "2026-03-01T08:15:30 Z",
      "2026-13-01T08:15:30Z",
      "2026-00-01T08:15:30Z",
      "2026-03-32T08:15:30Z",
      "2026-03-00T08:15:30Z",
      "2026-02-29T08:15:30Z",
      "2100-02-29T08:15:30Z",
      "2026-04-31T08:15:30Z",
      "2026-03-01T24:00:00Z",
      "2026-03-01T08:60:30Z",
      "2026-03-01T08:15:61Z",
      "2026-03-01T08:15:30+24:00",
      "2026-03-01T08:15:30+01:60",
      "2026-03-01T08:15:30+0100",
      "2026-03-01T08:15:30+1:00",
      "2026-03-01t08-15-30z",
      "26-03-01T08:15:30Z",
      "+2026-03-01T08:15:30Z",
      "2026/03/01T08:15:30Z",
      "0000-03-01T08:15:30Z",
  };
  for (size_t i = 0; i < RT__ARRAY_LEN(bad); i++) {
    int64_t us;
    rt_error err = {0};
    if (rt__time_parse(rt__cstr(bad[i]), &us, &err) != RT_E_FORMAT)
      fail_msg("taken: %s", bad[i]);
    assert_true(err.message[0]);
  }
  int64_t us;
  assert_int_equal(rt__time_parse((rt_slice){NULL, 0}, &us, NULL), RT_E_FORMAT);
  /* a NUL inside, and a text cut at every byte */
  assert_int_equal(rt__time_parse(rt__slice("2026-03-01T08:15:30\0Z", 21), &us, NULL), RT_E_FORMAT);
  rt_slice whole = RT__LIT("2026-03-01T08:15:30+01:00");
  for (size_t n = 0; n < whole.n; n++)
    assert_int_equal(rt__time_parse(rt__slice(whole.p, n), &us, NULL), RT_E_FORMAT);
}

static void test_broken_clocks(void **state)
{
  (void)state;
  int64_t us;
  assert_int_equal(rt__time_parse(RT__LIT("1999-12-31T23:59:59.999999Z"), &us, NULL), RT_E_ARG);
  assert_int_equal(rt__time_parse(RT__LIT("2000-01-01T00:00:00Z"), &us, NULL), RT_OK);
  assert_int_equal(us, RT__TIME_MIN);
  assert_int_equal(rt__time_parse(RT__LIT("2099-12-31T23:59:59.999999Z"), &us, NULL), RT_OK);
  assert_int_equal(us, RT__TIME_MAX - 1);
  assert_int_equal(rt__time_parse(RT__LIT("2100-01-01T00:00:00Z"), &us, NULL), RT_E_ARG);
  assert_int_equal(rt__time_parse(RT__LIT("1970-01-01T00:00:00Z"), &us, NULL), RT_E_ARG);
  assert_int_equal(rt__time_parse(RT__LIT("9999-12-31T23:59:59Z"), &us, NULL), RT_E_ARG);
  assert_int_equal(rt__time_parse(RT__LIT("0001-01-01T00:00:00+23:59"), &us, NULL), RT_E_ARG);
}

static void test_unix_seconds(void **state)
{
  (void)state;
  int64_t us;
  rt_error err = {0};
  assert_int_equal(rt__time_from_seconds(1772352930.25, &us, NULL), RT_OK);
  assert_int_equal(us, INT64_C(1772352930250000));
  assert_int_equal(rt__time_from_seconds(946684800, &us, NULL), RT_OK);
  assert_int_equal(us, RT__TIME_MIN);
  assert_int_equal(rt__time_from_seconds(4102444800.0, &us, NULL), RT_E_ARG);
  assert_int_equal(rt__time_from_seconds(0, &us, NULL), RT_E_ARG);
  assert_int_equal(rt__time_from_seconds(-1e300, &us, NULL), RT_E_ARG);
  assert_int_equal(rt__time_from_seconds(1772352930250.0, &us, &err), RT_E_ARG);
  assert_non_null(strstr(err.message, "millisecond"));
  assert_int_equal(rt__time_from_seconds(1.7e18, &us, &err), RT_E_ARG);
  assert_non_null(strstr(err.message, "nanosecond"));
  assert_int_equal(rt__time_from_seconds(INFINITY, &us, NULL), RT_E_FORMAT);
  assert_int_equal(rt__time_from_seconds(NAN, &us, NULL), RT_E_FORMAT);
}

static void test_printed(void **state)
{
  (void)state;
  char t[RT__TIME_TEXT];
  static const struct {
    int64_t us;
    const char *text;
  } rows[] = {{INT64_C(1772352930250000), "2026-03-01T08:15:30.25Z"},
              {INT64_C(1772352930000001), "2026-03-01T08:15:30.000001Z"},
              {INT64_C(1772352930000000), "2026-03-01T08:15:30Z"},
              {0, "1970-01-01T00:00:00Z"},
              {-1, "1969-12-31T23:59:59.999999Z"},
              {INT64_C(951782400000000), "2000-02-29T00:00:00Z"}};
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    assert_int_equal(rt__time_print(rows[i].us, t), strlen(rows[i].text));
    assert_string_equal(t, rows[i].text);
  }
}

/* every day of the range, counted by hand: one follows the other, and all come back */
static void test_every_day_there_and_back(void **state)
{
  (void)state;
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int64_t want = RT__TIME_MIN, us;
  for (int y = 2000; y < 2100; y++)
    for (int m = 1; m <= 12; m++)
      for (int d = 1; d <= days[m - 1] + (m == 2 && y % 4 == 0); d++) { /* 2000 is a leap year */
        char text[40], back[RT__TIME_TEXT];
        snprintf(text, sizeof text, "%04d-%02d-%02dT00:00:00Z", y, m, d);
        assert_int_equal(rt__time_parse(rt__cstr(text), &us, NULL), RT_OK);
        assert_int_equal(us, want);
        rt__time_print(us, back);
        assert_string_equal(back, text);
        want += RT__DAY_US;
      }
  assert_int_equal(want, RT__TIME_MAX);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_known_times),   cmocka_unit_test(test_refused),
      cmocka_unit_test(test_broken_clocks), cmocka_unit_test(test_unix_seconds),
      cmocka_unit_test(test_printed),       cmocka_unit_test(test_every_day_there_and_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
