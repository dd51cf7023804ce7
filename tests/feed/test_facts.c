/* account facts and events: what a good line gives, and why a bad one is refused. */
#include "feed/facts.h"

#include "base/base.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static rt__facts_reader *reader;

static int set_up(void **state)
{
  (void)state;
  return rt__facts_reader_new(rt_alloc_default(), &reader, NULL) == RT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
  (void)state;
  rt__facts_reader_free(reader);
  return 0;
}

static void is(rt_slice s, const char *want)
{
  assert_int_equal(s.n, strlen(want));
  assert_memory_equal(s.p, want, s.n);
}

static void whole_line(void **state)
{
  (void)state;
  rt_facts f;
  rt_slice line = RT__LIT(
      "{\"account\":\"a\\u0041\",\"as_of\":\"2026-03-01T00:00:00Z\","
      "\"created\":1700000000.5,\"closed\":null,"
      "\"plan\":\"free\",\"org\":\"o\",\"tenant\":\"t\",\"country\":\"DE\","
      "\"email_domain\":\"example.com\","
      "\"phone_prefix\":\"+49\",\"payment\":\"p1\",\"payments\":[\"p2\",null,"
      "\"p1\"],\"card_bin\":400123,"
      "\"signup_ip\":\"192.0.2.1\",\"signup_asn\":\"AS64500\",\"signup_"
      "device\":\"d\",\"referrer\":\"\","
      "\"risk\":0.25,\"verified\":false,\"cleared\":\"2026-05-01\",\"cleared_at\":1772352930,"
      "\"confirmed\":\"rc-1\",\"other\":{\"x\":[1]}}");
  assert_int_equal(rt__facts_read(reader, line, &f, NULL), RT_OK);
  is(f.account, "aA");
  is(f.plan, "free");
  is(f.org, "o");
  is(f.tenant, "t");
  is(f.country, "DE");
  is(f.email_domain, "example.com");
  is(f.phone_prefix, "+49");
  is(f.card_bin, "400123");
  is(f.signup_ip, "192.0.2.1");
  is(f.signup_device, "d");
  is(f.confirmed, "rc-1");
  assert_null(f.referrer.p);
  assert_int_equal(f.n_payments, 2);
  is(f.payments[0], "p1");
  is(f.payments[1], "p2");
  assert_int_equal(f.signup_asn, 64500);
  assert_true(f.as_of_us == INT64_C(1772323200000000));
  assert_true(f.created_us == INT64_C(1700000000500000));
  assert_true(f.closed_us == 0);
  assert_true(f.risk == 0.25);
  assert_int_equal(f.verified, 0);
  assert_true(f.cleared_us == INT64_C(1777679999000000)); /* through that day */
  assert_true(f.cleared_at_us == INT64_C(1772352930000000));
  assert_true(rt__slice_eq(f.line, line));
}

static void bare_line_is_all_missing(void **state)
{
  (void)state;
  rt_facts f;
  assert_int_equal(rt__facts_read(reader, RT__LIT("{\"account\":17,\"plan\":null}"), &f, NULL),
                   RT_OK);
  is(f.account, "17");
  assert_null(f.plan.p);
  assert_true(isnan(f.risk));
  assert_int_equal(f.verified, -1);
  assert_true(f.cleared_us == 0 && f.created_us == 0);
  assert_int_equal(f.n_payments, 0);
}

static void cleared_for_good(void **state)
{
  (void)state;
  rt_facts f;
  assert_int_equal(
      rt__facts_read(reader, RT__LIT("{\"account\":\"a\",\"cleared\":true}"), &f, NULL), RT_OK);
  assert_true(f.cleared_us == INT64_MAX);
  assert_int_equal(
      rt__facts_read(reader, RT__LIT("{\"account\":\"a\",\"cleared\":false}"), &f, NULL), RT_OK);
  assert_true(f.cleared_us == 0);
}

static void bad_lines_are_refused(void **state)
{
  (void)state;
  static const struct {
    const char *line;
    rt_code code;
    const char *says;
  } rows[] = {{"", RT_E_TRUNCATED, NULL},
              {"[1]", RT_E_FORMAT, "object"},
              {"{\"account\":\"a\"", RT_E_TRUNCATED, NULL},
              {"{\"account\":\"a\"} x", RT_E_FORMAT, NULL},
              {"{\"plan\":\"a\"}", RT_E_ARG, "no account"},
              {"{\"account\":\"\"}", RT_E_ARG, "no account"},
              {"{\"account\":[1]}", RT_E_FORMAT, "account"},
              {"{\"account\":\"a\",\"plan\":{}}", RT_E_FORMAT, "plan"},
              {"{\"account\":\"a\",\"created\":\"yesterday\"}", RT_E_FORMAT, "created"},
              {"{\"account\":\"a\",\"created\":1772323200000}", RT_E_ARG, "milli"},
              {"{\"account\":\"a\",\"created\":true}", RT_E_FORMAT, "created"},
              {"{\"account\":\"a\",\"as_of\":\"1970-01-01T00:00:00Z\"}", RT_E_ARG, "as_of"},
              {"{\"account\":\"a\",\"payments\":{\"x\":1}}", RT_E_FORMAT, "payments"},
              {"{\"account\":\"a\",\"payments\":[[1]]}", RT_E_FORMAT, "payments"},
              {"{\"account\":\"a\",\"signup_asn\":\"ASx\"}", RT_E_FORMAT, "signup_asn"},
              {"{\"account\":\"a\",\"signup_asn\":4294967296}", RT_E_FORMAT, "signup_asn"},
              {"{\"account\":\"a\",\"signup_asn\":-1}", RT_E_FORMAT, "signup_asn"},
              {"{\"account\":\"a\",\"risk\":1.5}", RT_E_FORMAT, "risk"},
              {"{\"account\":\"a\",\"risk\":\"high\"}", RT_E_FORMAT, "risk"},
              {"{\"account\":\"a\",\"verified\":1}", RT_E_FORMAT, "verified"},
              {"{\"account\":\"a\",\"cleared\":\"2026-99-01\"}", RT_E_FORMAT, "cleared"}};
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    rt_facts f;
    rt_error err = {0};
    rt_code c = rt__facts_read(reader, rt__cstr(rows[i].line), &f, &err);
    if (c != rows[i].code || (rows[i].says && !strstr(err.message, rows[i].says)))
      fail_msg("%s: %s, %s", rows[i].line, rt_code_name(c), err.message);
  }
}

static void long_names_are_refused(void **state)
{
  (void)state;
  char line[RT_NAME_MAX + 64];
  for (int more = 0; more < 2; more++) {
    rt_facts f;
    memset(line, 'x', sizeof line);
    memcpy(line, "{\"account\":\"", 12);
    size_t n = 12 + RT_NAME_MAX + (size_t)more;
    memcpy(line + n, "\"}", 2);
    assert_int_equal(rt__facts_read(reader, rt__slice(line, n + 2), &f, NULL),
                     more ? RT_E_LIMIT : RT_OK);
  }
}

static void many_payments_are_bounded(void **state)
{
  (void)state;
  char line[2000] = "{\"account\":\"a\",\"payments\":[";
  size_t n = strlen(line);
  for (int i = 0; i < 100; i++)
    n += (size_t)snprintf(line + n, sizeof line - n, "%s\"p%d\"", i ? "," : "", i);
  n += (size_t)snprintf(line + n, sizeof line - n, "]}");
  rt_facts f;
  assert_int_equal(rt__facts_read(reader, rt__slice(line, n), &f, NULL), RT_OK);
  assert_int_equal(f.n_payments, RT_PAYMENTS_MAX);
  is(f.payments[RT_PAYMENTS_MAX - 1], "p7");
}

/* ---- events */

static void both_kinds_of_events(void **state)
{
  (void)state;
  rt_event e;
  assert_int_equal(
      rt__event_read(reader,
                     RT__LIT("{\"ts\":\"2026-03-01T00:00:00Z\",\"event\":\"model_release\","
                             "\"model\":\"m-large-3\"}"),
                     &e, NULL),
      RT_OK);
  assert_int_equal(e.kind, RT_EVENT_MODEL_RELEASE);
  assert_true(e.time_us == INT64_C(1772323200000000));
  is(e.model, "m-large-3");
  assert_int_equal(
      rt__event_read(
          reader,
          RT__LIT("{\"ts\":1772323200,\"event\":\"enforcement\",\"accounts\":[\"a\",\"b\"]}"), &e,
          NULL),
      RT_OK);
  assert_int_equal(e.kind, RT_EVENT_ENFORCEMENT);
  assert_int_equal(e.n_accounts, 2);
  is(e.accounts[0], "a");
  is(e.accounts[1], "b");
}

static void bad_events_are_refused(void **state)
{
  (void)state;
  static const struct {
    const char *line;
    rt_code code;
  } rows[] = {{"{\"event\":\"enforcement\"}", RT_E_ARG},
              {"{\"ts\":1772323200}", RT_E_FORMAT},
              {"{\"ts\":1772323200,\"event\":7}", RT_E_FORMAT},
              {"{\"ts\":1772323200,\"event\":\"picnic\"}", RT_E_NOTFOUND},
              {"{\"ts\":\"soon\",\"event\":\"enforcement\"}", RT_E_FORMAT},
              {"{\"ts\":1772323200,\"event\":\"enforcement\",\"accounts\":\"a\"}", RT_E_FORMAT},
              {"{\"ts\":1772323200,\"event\":\"enforcement\",\"accounts\":[{}]}", RT_E_FORMAT},
              {"null", RT_E_FORMAT}};
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    rt_event e;
    rt_error err = {0};
    if (rt__event_read(reader, rt__cstr(rows[i].line), &e, &err) != rows[i].code)
      fail_msg("%s: %s", rows[i].line, err.message);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(whole_line),
                                     cmocka_unit_test(bare_line_is_all_missing),
                                     cmocka_unit_test(cleared_for_good),
                                     cmocka_unit_test(bad_lines_are_refused),
                                     cmocka_unit_test(long_names_are_refused),
                                     cmocka_unit_test(many_payments_are_bounded),
                                     cmocka_unit_test(both_kinds_of_events),
                                     cmocka_unit_test(bad_events_are_refused)};
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
