/* Which accounts are worth a look first, and what is expected of them. */
#include "report/budget.h"

#include "report/collect.h"
#include "report/fake_findings.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const rt_member harvest[] = {{"a", RT_ROLE_HARVEST, 0.9, 100, 7, 1, 2, {0}},
                                    {"b", RT_ROLE_COVER, 0.8, 200, 0, 1, 2, {0}},
                                    {"bystander", RT_ROLE_BYSTANDER, 0.9, 9000, 0, 1, 2, {0}}};
static const rt_member pool[] = {{"c", RT_ROLE_HARVEST, 0.5, 320, 0, 1, 2, {0}},
                                 {"d\x1b", RT_ROLE_HARVEST, 0.25, 40, 0, 1, 2, {0}}};
static const rt_member solo[] = {{"0", RT_ROLE_HARVEST, 0.5, 20, 0, 1, 2, {0}}};
static const rt_member fine[] = {{"benign", RT_ROLE_HARVEST, 0.9, 5000, 0, 1, 2, {0}}};
static const rt_campaign campaigns[] = {
    {.id = "rc-1", .verdict = RT_VERDICT_DISTILLATION, .members = harvest, .n_members = 3},
    {.id = "rc-2", .verdict = RT_VERDICT_POOLED, .members = pool, .n_members = 2},
    {.id = "rc-3", .verdict = RT_VERDICT_SUSPECT, .members = solo, .n_members = 1},
    {.id = "rc-4", .verdict = RT_VERDICT_BENIGN, .members = fine, .n_members = 1}};
static const rt_findings findings = {.campaigns = campaigns, .n_campaigns = 4};

static rt__budget budget(size_t most)
{
  rt__budget b;
  assert_int_equal(rt__budget_of(rt_alloc_default(), &findings, most, &b, NULL), RT_OK);
  return b;
}

/* by score times exchanges: 160 (b; c), 90 (a), 10 (0; d); ties by name; neither the bystander nor
 * the benign account, whatever their size */
static void test_the_most_worth_come_first(void **state)
{
  (void)state;
  static const char *const order[] = {"b", "c", "a", "0", "d\x1b"};
  for (size_t most = 1; most <= 7; most++) {
    rt__budget b = budget(most);
    double innocent = 0, worth = 0;
    assert_int_equal(b.n, most < 5 ? most : 5);
    assert_int_equal(b.flagged, 5);
    for (size_t i = 0; i < b.n; i++) {
      assert_true(rt__slice_eq(rt_member_account(b.picks[i].member), rt__cstr(order[i])));
      innocent += 1 - rt_member_score(b.picks[i].member);
      worth += b.picks[i].worth;
    }
    assert_true(b.innocent == innocent && b.worth == worth && b.of_all == 430);
    rt__budget_free(rt_alloc_default(), &b);
  }
}

static void test_table(void **state)
{
  (void)state;
  static collected got;
  rt__budget b = budget(5);
  assert_int_equal(rt__budget_table(rt_alloc_default(), &b, &(rt__emit){collect, &got}, NULL),
                   RT_OK);
  assert_string_equal(
      got.text,
      "5 of 5 flagged accounts; 430 exchanges expected of them, 100 % of all expected; innocent "
      "among them: 2.0 expected\n\n"
      "account                   verdict       campaign             role       score  exchanges   "
      "expected\n"
      "b                         distillation  rc-1                 cover      0.800        200   "
      "     160\n"
      "c                         pooled        rc-2                 harvest    0.500        320   "
      "     160  of north\n"
      "a                         distillation  rc-1                 harvest    0.900        100   "
      "      90\n"
      "0                         suspect       rc-3                 harvest    0.500         20   "
      "      10\n"
      "d?                        pooled        rc-2                 harvest    0.250         40   "
      "      10\n");
  rt__budget_free(rt_alloc_default(), &b);
}

static void test_json(void **state)
{
  (void)state;
  static collected got;
  rt__budget b = budget(2);
  assert_int_equal(rt__budget_json(rt_alloc_default(), &b, &(rt__emit){collect, &got}, NULL),
                   RT_OK);
  assert_string_equal(
      got.text,
      "{\"schema\":\"retort.budget/1\",\"type\":\"budget\",\"accounts\":2,\"flagged\":5,"
      "\"expected_innocent\":0.7,\"expected_exchanges\":320,\"share_of_expected\":0.7442}\n"
      "{\"type\":\"account\",\"rank\":1,\"account\":\"b\",\"campaign\":\"rc-1\",\"verdict\":"
      "\"distillation\",\"role\":\"cover\",\"score\":0.8,\"exchanges\":200,\"tokens\":0,"
      "\"expected_exchanges\":160}\n"
      "{\"type\":\"account\",\"rank\":2,\"account\":\"c\",\"tenant\":\"north\",\"campaign\":"
      "\"rc-2\",\"verdict\":\"pooled\",\"role\":\"harvest\",\"score\":0.5,\"exchanges\":320,"
      "\"tokens\":0,\"expected_exchanges\":160}\n");
  rt__budget_free(rt_alloc_default(), &b);
}

static void test_nothing_and_full_disks(void **state)
{
  (void)state;
  static collected got;
  static const rt_findings none = {.n_campaigns = 0};
  static collected full = {.room = 20};
  rt__budget b;
  assert_int_equal(rt__budget_of(rt_alloc_default(), &none, 9, &b, NULL), RT_OK);
  assert_int_equal(rt__budget_table(rt_alloc_default(), &b, &(rt__emit){collect, &got}, NULL),
                   RT_OK);
  assert_string_equal(got.text, "No account is worth a look.\n");
  got.n = 0;
  assert_int_equal(rt__budget_json(rt_alloc_default(), &b, &(rt__emit){collect, &got}, NULL),
                   RT_OK);
  assert_non_null(strstr(got.text, "\"accounts\":0,\"flagged\":0,\"expected_innocent\":0,"));
  assert_int_equal(rt__budget_json(rt_alloc_default(), &b, &(rt__emit){collect, &full}, NULL),
                   RT_E_IO);
  rt__budget_free(rt_alloc_default(), &b);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_the_most_worth_come_first),
      cmocka_unit_test(test_table),
      cmocka_unit_test(test_json),
      cmocka_unit_test(test_nothing_and_full_disks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
