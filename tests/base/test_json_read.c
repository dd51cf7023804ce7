/* The small JSON document: what it takes, what it refuses and where. */
#include "base/json_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the three above */
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static rt__jr *parse(const char *text)
{
  rt__jr *d = NULL;
  rt_error err = {0};
  assert_int_equal(rt__jr_parse(rt_alloc_default(), rt__cstr(text), 1000, &d, &err), RT_OK);
  return d;
}

static void walks_objects_and_arrays(void **state)
{
  (void)state;
  rt__jr *d = parse(" {\"a\" : [1, -2.5e1, true,null,\"x\"], \"b\":{\"c\":\"d\"}, \"a\":7} ");
  const rt__jr_node *a = rt__jr_get(d, rt__jr_root(d), "a");
  assert_non_null(a);
  assert_int_equal(a->type, RT__JR_ARRAY); /* the first of two */
  assert_int_equal(a->n, 5);
  const rt__jr_node *n = rt__jr_next(d, rt__jr_first(d, a));
  double v = 0;
  assert_int_equal(rt__jr_number(n, &v), RT_OK);
  assert_true(v == -25);
  assert_int_equal(rt__jr_number(rt__jr_root(d), &v), RT_E_FORMAT);
  assert_true(rt__jr_is(rt__jr_get(d, rt__jr_get(d, rt__jr_root(d), "b"), "c"), "d"));
  assert_null(rt__jr_get(d, rt__jr_root(d), "nothing"));
  assert_null(rt__jr_get(d, a, "a")); /* no object */
  rt__jr_free(d);
}

static void undoes_escapes(void **state)
{
  (void)state;
  rt__buf b;
  rt__buf_init(&b, rt_alloc_default(), 100);
  rt__jr *d = parse("\"a\\n\\\"\\\\\\/\\u00e9\\ud83d\\ude00\\ud83dx\\b\"");
  assert_int_equal(rt__jr_string(rt__jr_root(d), &b), RT_OK);
  const char want[] = "a\n\"\\/\xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbdx\b";
  assert_int_equal(b.n, sizeof want - 1);
  assert_memory_equal(b.p, want, b.n);
  rt__jr_free(d);
  rt__buf_free(&b);
}

static void refuses_what_is_not_json(void **state)
{
  (void)state;
  static const char *const bad[] = {
      "",         "{",   "[1,]", "{\"a\"}", "{\"a\":}",   "{a:1}",   "[1 2]",     "01",
      "1.",       "1e",  "-",    "tru",     "\"a",        "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"",
      "\"a\nb\"", "1 2", "nul",  "[",       "{\"a\":1,}", "+1",
  };
  for (size_t i = 0; i < RT__ARRAY_LEN(bad); i++) {
    rt__jr *d = NULL;
    rt_error err = {0};
    rt_code c = rt__jr_parse(rt_alloc_default(), rt__cstr(bad[i]), 1000, &d, &err);
    if (c == RT_OK)
      print_error("accepted: %s\n", bad[i]);
    assert_true(c == RT_E_FORMAT || c == RT_E_TRUNCATED);
    assert_null(d);
    assert_true(err.line >= 1);
  }
}

static void an_empty_slice_may_point_nowhere(void **state)
{
  (void)state;
  rt__jr *d = NULL;
  assert_int_equal(rt__jr_parse(rt_alloc_default(), rt__slice(NULL, 0), 9, &d, NULL),
                   RT_E_TRUNCATED);
  assert_null(d);
}

static void says_the_line(void **state)
{
  (void)state;
  rt__jr *d = NULL;
  rt_error err = {0};
  assert_int_equal(rt__jr_parse(rt_alloc_default(), RT__LIT("[1,\n2,\n x]"), 99, &d, &err),
                   RT_E_FORMAT);
  assert_int_equal(err.line, 3);
  assert_int_equal(err.offset, 8);
}

static void is_bounded(void **state)
{
  (void)state;
  char deep[2 * RT__JR_DEPTH + 8];
  rt__jr *d = NULL;
  memset(deep, '[', RT__JR_DEPTH + 1);
  memset(deep + RT__JR_DEPTH + 1, ']', RT__JR_DEPTH + 1);
  assert_int_equal(
      rt__jr_parse(rt_alloc_default(), rt__slice(deep, 2 * RT__JR_DEPTH + 2), 999, &d, NULL),
      RT_E_LIMIT);
  assert_int_equal(
      rt__jr_parse(rt_alloc_default(), rt__slice(deep + 1, 2 * RT__JR_DEPTH), 999, &d, NULL),
      RT_OK);
  rt__jr_free(d);
  d = NULL;
  assert_int_equal(rt__jr_parse(rt_alloc_default(), RT__LIT("[1,2,3,4]"), 4, &d, NULL), RT_E_LIMIT);
  assert_null(d);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(walks_objects_and_arrays),
      cmocka_unit_test(undoes_escapes),
      cmocka_unit_test(refuses_what_is_not_json),
      cmocka_unit_test(an_empty_slice_may_point_nowhere),
      cmocka_unit_test(says_the_line),
      cmocka_unit_test(is_bounded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
