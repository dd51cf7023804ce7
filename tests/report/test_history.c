/* what happened to a campaign, as JSON and in words: each kind of event, and a table of news */
#include "report/history.h"

#include "report/collect.h"
#include "report/summary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define T0 INT64_C(1772409600000000) /* 2026-03-02T00:00:00Z */

static const struct {
  rt_change change;
  const char *json, *words;
} rows[] = {
    {{.kind = RT_CHANGE_NEW, .accounts = 1}, "\"new\",\"accounts\":1", "1 account"},
    {{.kind = RT_CHANGE_GREW, .accounts = 4}, "\"grew\",\"accounts\":4", "4 accounts came"},
    {{.kind = RT_CHANGE_SHRANK, .accounts = 2}, "\"shrank\",\"accounts\":2", "2 accounts left"},
    {{.kind = RT_CHANGE_REPLACED, .accounts = 3, .closed = 1},
     "\"replaced\",\"accounts\":3,\"closed\":1",
     "1 account closed, 3 came"},
    {{.kind = RT_CHANGE_MERGED, .other = "rc-1"}, "\"merged\",\"with\":\"rc-1\"", "took in rc-1"},
    {{.kind = RT_CHANGE_SPLIT, .other = "rc-1", .accounts = 5},
     "\"split\",\"from\":\"rc-1\",\"accounts\":5",
     "5 accounts came off rc-1"},
    {{.kind = RT_CHANGE_VERDICT, .was = RT_VERDICT_SUSPECT, .now = RT_VERDICT_POOLED},
     "\"verdict\",\"was\":\"suspect\",\"now\":\"pooled\"",
     "was suspect, is pooled"},
    {{.kind = RT_CHANGE_GONE}, "\"gone\"", "found no more"},
    {{.kind = RT_CHANGE_BACK, .accounts = 6}, "\"back\",\"accounts\":6", "found again, 6 accounts"},
};
_Static_assert(sizeof rows / sizeof rows[0] == RT_CHANGE_COUNT, "every kind has its row");

static void test_each_kind(void **state)
{
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    rt_change c = rows[i].change;
    rt__buf json, words;
    rt__json j;
    char want[160];
    c.at_us = T0;
    rt__buf_init(&json, rt_alloc_default(), 1000);
    rt__buf_init(&words, rt_alloc_default(), 1000);
    rt__json_init(&j, &json);
    rt__history_json(&j, &c);
    assert_int_equal(j.code, RT_OK);
    assert_int_equal(rt__history_words(&words, &c), RT_OK);
    (void)snprintf(want, sizeof want, "{\"at\":\"2026-03-02T00:00:00Z\",\"event\":%s}",
                   rows[i].json);
    assert_int_equal(json.n, strlen(want));
    assert_memory_equal(json.p, want, json.n);
    assert_int_equal(words.n, strlen(rows[i].words));
    assert_memory_equal(words.p, rows[i].words, words.n);
    rt__buf_free(&json);
    rt__buf_free(&words);
  }
}

static const rt__news news[] = {{"rc-a", {.at_us = T0, .kind = RT_CHANGE_GREW, .accounts = 2}},
                                {"rc-b", {.at_us = T0, .kind = RT_CHANGE_GONE}}};

static const char *table_of(const rt__summary *s, bool json)
{
  static collected got;
  const rt__emit emit = {collect, &got};
  got.n = 0;
  got.text[0] = '\0';
  assert_int_equal(
      (json ? rt__summary_json : rt__summary_table)(rt_alloc_default(), s, &emit, NULL), RT_OK);
  return got.text;
}

static void test_news_come_first(void **state)
{
  (void)state;
  rt__summary s = {.view = RT__LIT("text"), .since_us = T0, .news = news, .n_news = 2};
  assert_non_null(strstr(table_of(&s, false), "\n\nSince 2026-03-02 00:00 UTC:\n"
                                              "  grew      rc-a  2 accounts came\n"
                                              "  gone      rc-b  found no more\n\n"
                                              "No campaign found.\n"));
  assert_non_null(strstr(table_of(&s, true),
                         "\"since\":\"2026-03-02T00:00:00Z\",\"changes\":[{\"campaign\":\"rc-a\","
                         "\"change\":{\"at\":\"2026-03-02T00:00:00Z\",\"event\":\"grew\","
                         "\"accounts\":2}},{\"campaign\":\"rc-b\""));
  s.n_news = 0;
  assert_non_null(strstr(table_of(&s, false), "Nothing changed since 2026-03-02 00:00 UTC.\n\n"));
  assert_non_null(strstr(table_of(&s, true), "\"changes\":[]"));
  s.since_us = 0; /* no run before: nothing to say */
  assert_null(strstr(table_of(&s, false), "since"));
  assert_null(strstr(table_of(&s, true), "since"));
}

static void test_many_news_are_counted(void **state)
{
  (void)state;
  static rt__news many[100];
  for (size_t i = 0; i < RT__ARRAY_LEN(many); i++)
    many[i] = news[0];
  const rt__summary s = {
      .view = RT__LIT("text"), .since_us = T0, .news = many, .n_news = RT__ARRAY_LEN(many)};
  assert_non_null(strstr(table_of(&s, false), "  ... and 60 more\n"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_each_kind),
      cmocka_unit_test(test_news_come_first),
      cmocka_unit_test(test_many_news_are_counted),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
