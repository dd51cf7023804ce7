/* the table at the end of a scan, its JSON twin, and the cells they are made of. */
#include "report/summary.h"

#include "report/collect.h"
#include "report/fake_findings.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define T0 INT64_C(1772352930250000) /* 2026-03-01T08:15:30.25Z */
#define S(text)                                                                                    \
  {                                                                                                \
    text, sizeof(text) - 1                                                                         \
  }

static const rt__row rows[] = {{S("distillation"),
                                S("rc-5f1c09aa27d1e0b4"),
                                0.998,
                                5380,
                                412231,
                                1000000,
                                234567,
                                T0,
                                T0 + INT64_C(518400000000),
                                {S("content"), S("money")},
                                {11.2, 7.5},
                                S("popular app"),
                                -14.2},
                               {S("suspect"),
                                S("rc-0000000000000001"),
                                0.5,
                                1,
                                12,
                                0,
                                0,
                                T0,
                                T0,
                                {{NULL, 0}, {NULL, 0}},
                                {0, 0},
                                {NULL, 0},
                                0}};

static void table_reads_well(void **state)
{
  (void)state;
  static collected got;
  rt__summary s = {.view = S("facts"),
                   .exchanges = 412500,
                   .accounts = 1,
                   .refused = 2,
                   .rows = rows,
                   .n_rows = 2,
                   .file = "f.jsonl"};
  got.n = 0;
  assert_int_equal(rt__summary_table(rt_alloc_default(), &s, &(rt__emit){collect, &got}, NULL),
                   RT_OK);
  assert_string_equal(got.text, "412,500 exchanges of 1 account, view: facts; 2 lines refused\n\n"
                                "verdict       campaign             accounts  exchanges  tokens  "
                                "first seen  last seen   strongest            "
                                "runner-up cause\n"
                                "distillation  rc-5f1c09aa27d1e0b4     5,380    412,231    1.2M  "
                                "2026-03-01  2026-03-07  content, money       "
                                "popular app\n"
                                "suspect       rc-0000000000000001         1         12       0  "
                                "2026-03-01  2026-03-01                       \n"
                                "\nWhy: retort explain f.jsonl rc-5f1c09aa27d1e0b4\n");
}

static void nothing_found_is_said(void **state)
{
  (void)state;
  static collected got;
  rt__summary s = {.view = S("text"),
                   .exchanges = 0,
                   .accounts = 0,
                   .refused = 0,
                   .rows = NULL,
                   .n_rows = 0,
                   .file = "f.jsonl"};
  got.n = 0;
  assert_int_equal(rt__summary_table(rt_alloc_default(), &s, &(rt__emit){collect, &got}, NULL),
                   RT_OK);
  assert_string_equal(got.text, "0 exchanges of 0 accounts, view: text\n\nNo campaign found.\n");
}

static void a_sample_is_said(void **state)
{
  (void)state;
  static collected got;
  rt__summary s = {.view = S("text"), .sampled = 0.125};
  got.n = 0;
  assert_int_equal(rt__summary_table(rt_alloc_default(), &s, &(rt__emit){collect, &got}, NULL),
                   RT_OK);
  assert_non_null(strstr(got.text, "A sample of 12.5 % of all exchanges: volumes are"));
  got.n = 0;
  assert_int_equal(rt__summary_json(rt_alloc_default(), &s, &(rt__emit){collect, &got}, NULL),
                   RT_OK);
  assert_non_null(strstr(got.text, "\"sampled\":0.125,"));
}

static void a_long_table_is_cut_and_counted(void **state)
{
  (void)state;
  static collected got;
  static rt__row many[1000];
  for (size_t i = 0; i < 1000; i++)
    many[i] = rows[0];
  rt__summary s = {.view = S("text"),
                   .exchanges = 0,
                   .accounts = 0,
                   .refused = 0,
                   .rows = many,
                   .n_rows = 1000,
                   .file = NULL};
  got.n = 0;
  assert_int_equal(rt__summary_table(rt_alloc_default(), &s, &(rt__emit){collect, &got}, NULL),
                   RT_OK);
  assert_non_null(strstr(got.text, "\n... and 960 more\n"));
}

static void json_says_the_same(void **state)
{
  (void)state;
  static collected got;
  rt__summary s = {.view = S("facts"),
                   .exchanges = 412500,
                   .accounts = 1,
                   .refused = 2,
                   .rows = rows,
                   .n_rows = 2,
                   .file = NULL};
  got.n = 0;
  assert_int_equal(rt__summary_json(rt_alloc_default(), &s, &(rt__emit){collect, &got}, NULL),
                   RT_OK);
  assert_string_equal(
      got.text,
      "{\"schema\":\"retort.summary/"
      "1\",\"view\":\"facts\",\"exchanges\":412500,\"accounts\":1,\"refused\":2,"
      "\"campaigns\":[{\"verdict\":\"distillation\",\"campaign\":\"rc-5f1c09aa27d1e0b4\",\"score\":"
      "0.998,"
      "\"accounts\":5380,\"exchanges\":412231,\"tokens\":{\"input\":1000000,\"output\":234567},"
      "\"first_seen\":\"2026-03-01T08:15:30.25Z\",\"last_seen\":\"2026-03-07T08:15:30.25Z\","
      "\"strongest\":[{\"family\":\"content\",\"bits\":11.2},{\"family\":\"money\",\"bits\":7.5}],"
      "\"runner_up\":{\"cause\":\"popular app\",\"log_odds\":-14.2}},"
      "{\"verdict\":\"suspect\",\"campaign\":\"rc-0000000000000001\",\"score\":0.5,\"accounts\":1,"
      "\"exchanges\":12,"
      "\"tokens\":{\"input\":0,\"output\":0},\"first_seen\":\"2026-03-01T08:15:30.25Z\","
      "\"last_seen\":\"2026-03-01T08:15:30.25Z\",\"strongest\":[],\"runner_up\":null}]}\n");
}

static void row_takes_the_strongest_two(void **state)
{
  (void)state;
  static const rt_evidence e[] = {{RT_FAMILY_TIME, 9, {0}, "", 0, NULL},
                                  {RT_FAMILY_KEYS, 8, {0}, "", 0, NULL},
                                  {RT_FAMILY_SIZE, 7, {0}, "", 0, NULL}};
  static const rt_counter k[] = {{"resale", -3, ""}, {"company", -9, ""}};
  const rt_campaign c = {.id = "rc-1",
                         .verdict = RT_VERDICT_SUSPECT,
                         .evidence = e,
                         .n_evidence = 3,
                         .counters = k,
                         .n_counters = 2};
  rt__row row;
  rt__row_of(&c, &row);
  assert_true(rt__slice_eq(row.verdict, RT__LIT("suspect")));
  assert_true(rt__slice_eq(row.families[0], RT__LIT("time")));
  assert_true(rt__slice_eq(row.families[1], RT__LIT("keys")));
  assert_true(rt__slice_eq(row.runner_up, RT__LIT("resale")));
}

static void counts_are_short(void **state)
{
  (void)state;
  static const struct {
    uint64_t v;
    const char *shortly, *at_length;
  } rows_of[] = {{0, "0", "0"},
                 {999, "999", "999"},
                 {1000, "1.0k", "1,000"},
                 {9949, "9.9k", "9,949"},
                 {9950, "10k", "9,950"},
                 {999499, "999k", "999,499"},
                 {999500, "1.0M", "999,500"},
                 {UINT64_MAX, "18E", "18,446,744,073,709,551,615"}};
  for (size_t i = 0; i < RT__ARRAY_LEN(rows_of); i++) {
    char text[32];
    rt__short_count(rows_of[i].v, text);
    assert_string_equal(text, rows_of[i].shortly);
    rt__long_count(rows_of[i].v, text);
    assert_string_equal(text, rows_of[i].at_length);
  }
}

/* a name can't move the cursor, ring the bell or push the columns about */
static void cells_are_harmless(void **state)
{
  (void)state;
  static const struct {
    const char *in;
    size_t n;
    const char *out;
  } cells[] = {{"ab", 4, "ab  "},
               {"abcd", 4, "abcd"},
               {"abcde", 4, "abc~"},
               {"a\x1b[2J", 0, "a?[2J"},
               {"zo\xC3\xAB", 4, "zo\xC3\xAB "},
               {"", 2, "  "}};
  for (size_t i = 0; i < RT__ARRAY_LEN(cells); i++) {
    rt__buf b;
    rt__buf_init(&b, rt_alloc_default(), 1000);
    assert_int_equal(rt__cell(&b, rt__cstr(cells[i].in), cells[i].n), RT_OK);
    assert_int_equal(rt__buf_add(&b, "", 1), RT_OK);
    assert_string_equal(b.p, cells[i].out);
    rt__buf_free(&b);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(table_reads_well),   cmocka_unit_test(nothing_found_is_said),
      cmocka_unit_test(a_sample_is_said),   cmocka_unit_test(a_long_table_is_cut_and_counted),
      cmocka_unit_test(json_says_the_same), cmocka_unit_test(row_takes_the_strongest_two),
      cmocka_unit_test(counts_are_short),   cmocka_unit_test(cells_are_harmless)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
