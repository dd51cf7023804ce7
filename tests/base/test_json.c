/* The JSON writer: each value as it must stand, and doubles that read back equal. */
#include "base/hash.h"
#include "base/json.h"
#include "support/failing_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the three above */
#include <cmocka.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>

static rt__buf buf;
static rt__json j;

static int start(void **state)
{
  (void)state;
  rt__buf_init(&buf, rt_alloc_default(), 1 << 16);
  rt__json_init(&j, &buf);
  return 0;
}

static int stop(void **state)
{
  (void)state;
  rt__buf_free(&buf);
  return 0;
}

static void assert_written(const char *want)
{
  assert_int_equal(j.code, RT_OK);
  assert_int_equal(rt__buf_add(&buf, "", 1), RT_OK);
  assert_string_equal(buf.p, want);
  rt__buf_clear(&buf);
  rt__json_init(&j, &buf);
}

static void test_commas(void **state)
{
  (void)state;
  rt__json_open(&j, '{');
  rt__json_key(&j, "a");
  rt__json_u64(&j, 1);
  rt__json_key(&j, "b");
  rt__json_open(&j, '[');
  rt__json_close(&j, ']');
  rt__json_key(&j, "c");
  rt__json_open(&j, '[');
  rt__json_open(&j, '{');
  rt__json_close(&j, '}');
  rt__json_open(&j, '{');
  rt__json_key(&j, "d");
  rt__json_null(&j);
  rt__json_close(&j, '}');
  rt__json_bool(&j, true);
  rt__json_bool(&j, false);
  rt__json_close(&j, ']');
  rt__json_key(&j, "e");
  rt__json_i64(&j, INT64_MIN);
  rt__json_close(&j, '}');
  assert_written(
      "{\"a\":1,\"b\":[],\"c\":[{},{\"d\":null},true,false],\"e\":-9223372036854775808}");
}

static void test_strings(void **state)
{
  (void)state;
  static const struct {
    rt_slice in;
    const char *out;
  } rows[] = {
      {{NULL, 0}, "\"\""},
      {{"a\"b\\c/", 6}, "\"a\\\"b\\\\c/\""},
      {{"\b\f\n\r\t", 5}, "\"\\b\\f\\n\\r\\t\""},
      {{"\0\x01\x1f\x7f", 4}, "\"\\u0000\\u0001\\u001f\x7f\""},
      {{"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 9}, "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
      {{"\xff"
        "a",
        2},
       "\"\xef\xbf\xbd"
       "a\""},
      {{"\xc0\x80", 2}, "\"\xef\xbf\xbd\xef\xbf\xbd\""}, /* too long a form of NUL */
      {{"\xed\xa0\x80", 3}, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""}, /* a surrogate */
      {{"\xf4\x90\x80\x80", 4}, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
      {{"\xe2\x82", 2}, "\"\xef\xbf\xbd\xef\xbf\xbd\""}, /* cut off */
      {{"\xe0\x9f\xbf", 3}, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
      {{"\xf0\x8f\xbf\xbf", 4}, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
  };
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    rt__json_str(&j, rows[i].in);
    assert_written(rows[i].out);
  }
}

static void test_numbers(void **state)
{
  (void)state;
  static const struct {
    double v;
    const char *out;
  } rows[] = {{0, "0"},
              {-0.0, "0"},
              {1, "1"},
              {0.1, "0.1"},
              {-2.5, "-2.5"},
              {1e-4, "0.0001"},
              {1.0 / 3, "0.3333333333333333"},
              {NAN, "null"},
              {INFINITY, "null"},
              {-INFINITY, "null"}};
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    rt__json_num(&j, rows[i].v);
    assert_written(rows[i].out);
  }
  static const struct {
    double v;
    int decimals;
    const char *out;
  } fixed[] = {{0.998, 4, "0.998"}, {1, 4, "1"},        {100, 2, "100"},    {0.00001, 3, "0"},
               {-0.00001, 3, "0"},  {-1.25, 1, "-1.2"}, {12.5, 0, "12"},    {1e20, 2, "1e+20"},
               {NAN, 2, "null"},    {0.5, -3, "0"},     {0.5, 1000, "0.5"}, {-0.5, 3, "-0.5"},
               {1200, 0, "1200"}};
  for (size_t i = 0; i < RT__ARRAY_LEN(fixed); i++) {
    rt__json_fixed(&j, fixed[i].v, fixed[i].decimals);
    assert_written(fixed[i].out);
  }
}

static void test_doubles_read_back(void **state)
{
  (void)state;
  rt__rng r = {4, 0};
  for (int i = 0; i < 20000; i++) {
    uint64_t bits = rt__rng_next(&r);
    double v;
    memcpy(&v, &bits, sizeof v);
    if (!isfinite(v))
      continue;
    rt__json_num(&j, v);
    assert_int_equal(rt__buf_add(&buf, "", 1), RT_OK);
    assert_true(strtod(buf.p, NULL) == v);
    rt__buf_clear(&buf);
    rt__json_init(&j, &buf);
  }
}

/* of use only where such a locale is installed; the writer must not notice it */
static void test_locale_is_not_asked(void **state)
{
  (void)state;
  static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8"};
  for (size_t i = 0; i < RT__ARRAY_LEN(names); i++)
    if (setlocale(LC_NUMERIC, names[i]))
      break;
  rt__json_open(&j, '[');
  rt__json_num(&j, 0.25);
  rt__json_num(&j, 1.5e-30);
  rt__json_fixed(&j, 12.25, 3);
  rt__json_fixed(&j, 12, 3);
  rt__json_close(&j, ']');
  setlocale(LC_NUMERIC, "C");
  assert_written("[0.25,1.5e-30,12.25,12]");
}

static void test_times(void **state)
{
  (void)state;
  rt__json_time(&j, INT64_C(1772352930250000));
  assert_written("\"2026-03-01T08:15:30.25Z\"");
}

static void test_first_failure_stays(void **state)
{
  (void)state;
  rt__buf small;
  rt__buf_init(&small, rt_alloc_default(), 5);
  rt__json k;
  rt__json_init(&k, &small);
  rt__json_open(&k, '[');
  rt__json_cstr(&k, "much too long");
  size_t n = small.n;
  rt__json_close(&k, ']'); /* would have room */
  assert_int_equal(k.code, RT_E_LIMIT);
  assert_int_equal(small.n, n);
  rt__buf_free(&small);
}

int main(void)
{
#define EACH(f) cmocka_unit_test_setup_teardown(f, start, stop)
  const struct CMUnitTest tests[] = {
      EACH(test_commas),
      EACH(test_strings),
      EACH(test_numbers),
      EACH(test_doubles_read_back),
      EACH(test_locale_is_not_asked),
      EACH(test_times),
      EACH(test_first_failure_stays),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
