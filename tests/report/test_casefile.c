/* a campaign opened for a person: what the golden files of the command don't show */
#include "report/casefile.h"

#include "report/collect.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define T0 INT64_C(1772352930250000) /* 2026-03-01T08:15:30.25Z */
#define S(text)                                                                                    \
  {                                                                                                \
    text, sizeof(text) - 1                                                                         \
  }

static collected got;

static rt__emit to_got(void)
{
  got.n = got.room = 0;
  return (rt__emit){collect, &got};
}

static rt__case_member member(const char *account, const char *role)
{
  rt__case_member m = {.account = rt__cstr(account),
                       .role = rt__cstr(role),
                       .score = 0.5,
                       .first_us = T0,
                       .last_us = T0};
  for (int f = 0; f < RT_FAMILY_COUNT; f++)
    m.bits[f] = NAN;
  return m;
}

static rt__case one_case(void)
{
  return (rt__case){.row = {.verdict = S("suspect"),
                            .campaign = S("rc-1"),
                            .score = 0.5,
                            .accounts = 1,
                            .first_us = T0,
                            .last_us = T0},
                    .not_chance_p = NAN,
                    .decoy_fdr = NAN};
}

static void long_lists_are_cut_and_counted(void **state)
{
  (void)state;
  static rt__case_member members[100];
  static rt__case_counter counters[100];
  rt__case k = one_case();
  for (size_t i = 0; i < 100; i++) {
    members[i] = member("somebody", "harvest");
    counters[i] = (rt__case_counter){S("weather"), S("it rained"), -1.0 - (double)i};
  }
  k.members = members;
  k.n_members = k.row.accounts = 100;
  k.counters = counters;
  k.n_counters = 100;
  rt__emit emit = to_got();
  assert_int_equal(rt__case_campaign(rt_alloc_default(), &k, false, &emit, NULL), RT_OK);
  assert_non_null(strstr(got.text, "100 accounts: 100 harvest\n"));
  assert_non_null(strstr(got.text, "... and 88 more"));
  assert_non_null(strstr(got.text, "... and 96 that are further away"));
  assert_null(strstr(got.text, "  -5.0  weather"));
  emit = to_got();
  assert_int_equal(rt__case_campaign(rt_alloc_default(), &k, true, &emit, NULL), RT_OK);
  assert_null(strstr(got.text, "..."));
  assert_non_null(strstr(got.text, "-100.0  weather"));
}

/* whoever names an account can't write to the analyst's terminal */
static void names_cannot_move_the_cursor(void **state)
{
  (void)state;
  rt__case_member m = member("a\x1b[2Jb\nc", "harvest\x07");
  rt__case k = one_case();
  k.members = &m;
  k.n_members = 1;
  rt__emit emit = to_got();
  assert_int_equal(rt__case_campaign(rt_alloc_default(), &k, false, &emit, NULL), RT_OK);
  assert_non_null(strstr(got.text, "a?[2Jb?c"));
  for (size_t i = 0; i < got.n; i++)
    assert_true((unsigned char)got.text[i] >= 0x20 || got.text[i] == '\n');
}

static void strongest_bits_come_first(void **state)
{
  (void)state;
  rt__case_member m = member("a", "harvest");
  m.bits[RT_FAMILY_CONTENT] = 1;
  m.bits[RT_FAMILY_TIME] = 3;
  m.bits[RT_FAMILY_MONEY] = 2;
  m.bits[RT_FAMILY_KEYS] = -4;
  rt__case k = one_case();
  rt__emit emit = to_got();
  assert_int_equal(rt__case_member_of(rt_alloc_default(), &k, &m, &emit, NULL), RT_OK);
  assert_non_null(strstr(got.text, "bits: time 3.0, money 2.0, content 1.0, keys -4.0\n"));
  k.members = &m;
  k.n_members = 1;
  emit = to_got();
  assert_int_equal(rt__case_campaign(rt_alloc_default(), &k, false, &emit, NULL), RT_OK);
  assert_non_null(strstr(got.text, "time 3.0, money 2.0, content 1.0\n"));
}

static void what_people_said_is_shown(void **state)
{
  (void)state;
  rt__case_member m = member("a", "harvest");
  rt__case k = one_case();
  rt__emit emit = to_got();
  assert_int_equal(rt__case_member_of(rt_alloc_default(), &k, &m, &emit, NULL), RT_OK);
  assert_null(strstr(got.text, "cleared"));
  assert_null(strstr(got.text, "confirmed"));
  assert_null(strstr(got.text, "tenant"));
  m.reopened = true;
  k.confirmed = 3;
  k.tenant = RT__LIT("north\x1b");
  emit = to_got();
  assert_int_equal(rt__case_member_of(rt_alloc_default(), &k, &m, &emit, NULL), RT_OK);
  assert_non_null(strstr(got.text, "a person had cleared it: only what it did since"));
  assert_non_null(strstr(got.text, "; a person confirmed 3\n"));
  assert_non_null(strstr(got.text, ", of tenant north?\n"));
}

static void what_is_not_known_is_not_made_up(void **state)
{
  (void)state;
  rt__case k = one_case();
  rt__emit emit = to_got();
  assert_int_equal(rt__case_campaign(rt_alloc_default(), &k, false, &emit, NULL), RT_OK);
  assert_non_null(strstr(got.text, "not tested against chance"));
  assert_null(strstr(got.text, "nan"));
  rt__case_note n = {.account = S("x")};
  emit = to_got();
  assert_int_equal(rt__case_outside(rt_alloc_default(), &n, &emit, NULL), RT_OK);
  assert_string_equal(got.text, "x is in no campaign\n\n  nothing is near it\n");
}

static void failures_come_through(void **state)
{
  (void)state;
  rt__case k = one_case();
  rt_error err = {0};
  rt__emit emit = to_got();
  got.room = 10;
  assert_int_equal(rt__case_campaign(rt_alloc_default(), &k, false, &emit, &err), RT_E_IO);
  assert_string_equal(err.message, "full");
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(long_lists_are_cut_and_counted),
                                     cmocka_unit_test(names_cannot_move_the_cursor),
                                     cmocka_unit_test(strongest_bits_come_first),
                                     cmocka_unit_test(what_people_said_is_shown),
                                     cmocka_unit_test(what_is_not_known_is_not_made_up),
                                     cmocka_unit_test(failures_come_through)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
