/* The scorer from inside: order of labels, exhausted memory, intervals. Figures are checked against
 * a plain version in test_score_cli.sh. */
#include "support/failing_alloc.h"
#include "world/score_data.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define N 60

typedef char text[160];

static bool near(double a, double b, double within)
{
  return fabs(a - b) <= within;
}

/* three campaigns of ten, honest accounts in two kinds */
static void label_text(int i, text out)
{
  if (i < 30)
    (void)snprintf(out, sizeof(text),
                   "{\"account\":\"a%d\",\"world\":\"campaign\",\"kind\":\"L%d\",\"group\":\"c%d\","
                   "\"exchanges\":%d}",
                   i, i / 10, i / 10, i);
  else
    (void)snprintf(out, sizeof(text),
                   "{\"account\":\"a%d\",\"world\":\"benign\",\"kind\":\"k%d\",\"group\":null}", i,
                   i % 2);
}

static const char *const findings[] = {
    "{\"type\":\"run\",\"accounts\":60}",
    "{\"type\":\"campaign\",\"campaign\":\"x\",\"verdict\":\"distillation\",\"score\":0.95}",
    "{\"type\":\"campaign\",\"campaign\":\"y\",\"verdict\":\"distillation\",\"score\":0.35}",
    "{\"type\":\"member\",\"campaign\":\"x\",\"account\":\"a1\",\"score\":0.9}",
    "{\"type\":\"member\",\"campaign\":\"x\",\"account\":\"a2\",\"score\":0.8}",
    "{\"type\":\"member\",\"campaign\":\"x\",\"account\":\"a11\",\"score\":0.8}",
    "{\"type\":\"member\",\"campaign\":\"y\",\"account\":\"a40\",\"score\":0.7}",
    "{\"type\":\"member\",\"campaign\":\"y\",\"account\":\"a1\",\"score\":0.7}",
};

/* labels in the order first, first + step, … */
static rt_code score_all(const rt_alloc *a, int first, int step, rt__score **out, rt__buf *json)
{
  rt_error err;
  const rt__score_report *r;
  rt_code c = rt__score_new(a, out, &err);
  for (int k = 0; k < N && c == RT_OK; k++) {
    text t;
    label_text((first + k * step) % N, t);
    c = rt__score_label(*out, rt__cstr(t), 1, &err);
  }
  for (size_t k = 0; k < RT__ARRAY_LEN(findings) && c == RT_OK; k++)
    c = rt__score_finding(*out, rt__cstr(findings[k]), k + 1, &err);
  if (c == RT_OK)
    c = rt__score_compute(*out, &r, &err);
  return c == RT_OK && json ? rt__score_json(r, json) : c;
}

static void figures_by_hand(void **state)
{
  (void)state;
  rt__score *s = NULL;
  const rt__score_report *r;
  assert_int_equal(score_all(rt_alloc_default(), 0, 1, &s, NULL), RT_OK);
  r = &s->report;
  assert_int_equal(r->accounts, 60);
  assert_int_equal(r->campaigns, 3);
  assert_true(near(r->recall.value, 0.1, 1e-12));       /* a1, a2, a11 of 30 */
  assert_true(near(r->recall_macro.value, 0.1, 1e-12)); /* .2, .1, 0 */
  assert_int_equal(r->false_flags, 1);
  assert_int_equal(r->false_campaigns, 1); /* y has only a40: a1 is x's, which came first */
  assert_int_equal(r->n_kinds, 2);
  assert_int_equal(r->kinds[0].false_campaigns, 1);
  assert_int_equal(r->campaign_rows[0].pieces, 1);
  assert_true(near(r->calibration[0].brier, (0.05 * 0.05 + 0.35 * 0.35) / 2, 1e-12));
  rt__score_free(s);
}

static void order_of_labels_is_no_matter(void **state)
{
  (void)state;
  rt__buf want, got;
  rt__score *s = NULL;
  rt__buf_init(&want, rt_alloc_default(), 1 << 20);
  rt__buf_init(&got, rt_alloc_default(), 1 << 20);
  assert_int_equal(score_all(rt_alloc_default(), 0, 1, &s, &want), RT_OK);
  assert_true(s->report.n_rows == 5);
  rt__score_free(s);
  assert_int_equal(score_all(rt_alloc_default(), 0, 1, &s, &got), RT_OK);
  rt__score_free(s);
  assert_true(rt__slice_eq(rt__buf_slice(&want), rt__buf_slice(&got)));
  for (int step = 7; step < 24; step += 4) { /* prime to 60 or skipped */
    if (N % step == 0 || step % 3 == 0)
      continue;
    assert_int_equal(score_all(rt_alloc_default(), 5, step, &s, NULL), RT_OK);
    const rt__score_report *r = &s->report;
    assert_true(near(r->recall_macro.value, 0.1, 1e-12));
    assert_int_equal(r->false_campaigns, 1);
    assert_int_equal(r->n_rows, 5);
    rt__score_free(s);
  }
  rt__buf_free(&want);
  rt__buf_free(&got);
}

static void memory_may_end_anywhere(void **state)
{
  (void)state;
  for (test_alloc t = {0}; test_alloc_again(&t);) {
    rt_alloc a = test_alloc_of(&t);
    rt__score *s = NULL;
    rt_code c = score_all(&a, 0, 1, &s, NULL);
    rt__score_free(s);
    assert_survived(&t, c);
  }
}

static void intervals_hold_what_they_say(void **state)
{
  (void)state;
  double low, high;
  rt__wilson(0, 0, &low, &high);
  assert_true(low == 0 && high == 1);
  rt__wilson(0, 4073, &low, &high);
  assert_true(near(high, 0.00094229, 1e-7));
  assert_true(near(low, 0, 1e-12));
  for (int n = 1; n < 50; n++)
    for (int k = 0; k <= n; k++) {
      double other_low, other_high, p = (double)k / n;
      rt__wilson(k, n, &low, &high);
      rt__wilson(n - k, n, &other_low, &other_high);
      assert_true(low <= p + 1e-12 && p <= high + 1e-12);
      assert_true(near(low, 1 - other_high, 1e-12)); /* a hit and a miss are mirror images */
    }
}

static void names_keep_their_numbers(void **state)
{
  (void)state;
  rt__names names;
  uint32_t at;
  assert_int_equal(rt__names_init(&names, rt_alloc_default(), 1000), RT_OK);
  for (uint32_t round = 0; round < 2; round++)
    for (uint32_t i = 0; i < 1000; i++) {
      text t;
      (void)snprintf(t, sizeof t, "n%u", i);
      assert_int_equal(rt__names_add(&names, rt__cstr(t), &at), RT_OK);
      assert_int_equal(at, i);
    }
  assert_int_equal(rt__names_add(&names, RT__LIT("one more"), &at), RT_E_LIMIT);
  assert_int_equal(rt__names_find(&names, RT__LIT("n999")), 999);
  assert_int_equal(rt__names_find(&names, RT__LIT("nobody")), RT__NO_NAME);
  assert_true(rt__slice_eq(rt__names_text(&names, 17), RT__LIT("n17")));
  assert_int_equal(rt__names_text(&names, 5000).n, 0);
  rt__names_free(&names);
}

static void labels_come_first(void **state)
{
  (void)state;
  text t;
  rt_error err;
  rt__score *s = NULL;
  assert_int_equal(rt__score_new(rt_alloc_default(), &s, &err), RT_OK);
  assert_int_equal(rt__score_finding(s, rt__cstr(findings[0]), 1, &err), RT_OK);
  label_text(0, t);
  assert_int_equal(rt__score_label(s, rt__cstr(t), 3, &err), RT_E_ARG);
  assert_int_equal(err.line, 3);
  rt__score_free(s);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(figures_by_hand),          cmocka_unit_test(order_of_labels_is_no_matter),
      cmocka_unit_test(memory_may_end_anywhere),  cmocka_unit_test(intervals_hold_what_they_say),
      cmocka_unit_test(names_keep_their_numbers), cmocka_unit_test(labels_come_first),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
