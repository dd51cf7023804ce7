/* Maps: what is no map, what a map reads, and what it says of itself. */
#include "feed/feed.h"
#include "scratch.h"

#include "feed/reading.h"

static rt__mapping *parse(const char *text)
{
  rt__mapping *m = NULL;
  rt_error err = {0};
  if (rt__mapping_parse(rt_alloc_default(), rt__cstr(text), &m, &err) != RT_OK)
    fail_msg("%s: %s", text, err.message);
  return m;
}

static void what_is_no_map(void **state)
{
  static const struct {
    const char *text, *says;
    rt_code code;
  } rows[] = {
      {"", "", RT_E_TRUNCATED},
      {"[]", "object", RT_E_FORMAT},
      {"{\"ts\":\"/t\",\"account\":\"/a\"", "", RT_E_TRUNCATED},
      {"{\"ts\" \"/t\"}", "", RT_E_FORMAT},
      {"{\"account\":\"/a\"}", "\"ts\"", RT_E_ARG},
      {"{\"ts\":\"/t\",\"acount\":\"/a\"}", "\"acount\"", RT_E_ARG},
      {"{\"ts\":\"t\"}", "slash", RT_E_ARG},
      {"{\"ts\":7}", "pointer", RT_E_ARG},
      {"{\"ts\":[]}", "empty list", RT_E_ARG},
      {"{\"ts\":[\"/a\",7]}", "pointer", RT_E_ARG},
      {"{\"ts\":[\"/1\",\"/2\",\"/3\",\"/4\",\"/5\",\"/6\",\"/7\",\"/8\",\"/9\"]}", "too many",
       RT_E_ARG},
      {"{\"ts\":{\"value\":7}}", "\"value\"", RT_E_ARG},
      {"{\"ts\":{}}", "\"value\"", RT_E_ARG},
      {"{\"ts\":\"/t\",\"ts\":\"/u\"}", "twice", RT_E_ARG},
      {"{\"ts\":\"/t\",\"clock\":\"fortnights\"}", "ms", RT_E_ARG},
      {"{\"ts\":\"/t\",\"clock\":7}", "ms", RT_E_ARG},
      {"{\"ts\":\"/t\",\"when\":\"x\"}", "slash", RT_E_ARG},
  };
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    rt__mapping *m = NULL;
    rt_error err = {0};
    rt_code c = rt__mapping_parse(rt_alloc_default(), rt__cstr(rows[i].text), &m, &err);
    if (c != rows[i].code || m || !strstr(err.message, rows[i].says))
      fail_msg("%s: %s, %s", rows[i].text, rt_code_name(c), err.message);
  }
}

static void every_slot_has_a_name_of_its_own(void **state)
{
  (void)state;
  for (size_t i = 0; i < RT__S_COUNT; i++) {
    assert_int_equal(rt__slot_find(rt__cstr(rt__slot_name(i))), i);
    assert_true(rt__slot_kinds(i) != 0);
  }
  assert_int_equal(rt__slot_find(RT__LIT("nothing")), RT__S_COUNT);
  assert_null(rt__slot_name(RT__S_COUNT));
}

struct seen {
  uint64_t exchanges;
  int64_t time_us;
  char account[64], model[64], text[64], system[64], output[64], provider[64];
  uint32_t tokens_in, max_tokens, n_user;
};

static void keep(char *to, rt_slice s)
{
  (void)snprintf(to, 64, "%.*s", (int)s.n, s.p ? s.p : "");
}

static rt_code take(void *ctx, unsigned thread, const rt_exchange *x, const rt__place *at,
                    rt_error *err)
{
  struct seen *s = ctx;
  (void)thread;
  (void)at;
  (void)err;
  s->exchanges++;
  s->time_us = x->time_us;
  keep(s->account, x->account);
  keep(s->model, x->model);
  keep(s->text, x->last_user);
  keep(s->system, x->system);
  keep(s->output, x->output);
  keep(s->provider, x->provider);
  s->tokens_in = x->tokens_in;
  s->max_tokens = x->max_tokens;
  s->n_user = x->n_user;
  return RT_OK;
}

static rt__feed_result *run(const char *map, const char *text, struct seen *s)
{
  rt__mapping *m = parse(map);
  const char *paths[] = {scratch_text("lines", text)};
  const rt__feed_options o = {.paths = paths, .n_paths = 1, .threads = 1, .mapping = m};
  const rt__feed_callbacks cb = {.ctx = s, .exchange = take};
  rt__feed_result *r;
  *s = (struct seen){0};
  assert_int_equal(rt__feed_run(&o, &cb, &r, NULL), RT_OK);
  rt__mapping_free(m);
  return r;
}

#define TIME INT64_C(1772352930250000)

static void times_of_all_clocks(void **state)
{
  static const struct {
    const char *clock, *value;
    int64_t us;
  } rows[] = {
      {"loose", "\"2026-03-01T08:15:30.25Z\"", TIME},
      {"loose", "\"2026-03-01T08:15:30.25\"", TIME},
      {"loose", "\"2026-03-01 08:15:30.250000\"", TIME},
      {"loose", "\"2026-03-01 08:15:30.25+00\"", TIME},
      {"loose", "\"2026-03-01 13:45:30.25+0530\"", TIME},
      {"loose", "1772352930.25", TIME},
      {"loose", "\"1772352930.25\"", TIME},
      {"loose", "1772352930250", 0},
      {"loose", "\"2026-03-01\"", 0},
      {"contract", "\"2026-03-01T08:15:30.25\"", 0},
      {"ms", "1772352930250", TIME},
      {"ms", "\"1772352930250\"", TIME},
      {"ms", "1772352930250.9", TIME + 900},
      {"ms", "\"soon\"", 0},
      {"ms", "1772352930", 0},
      {"us", "1772352930250000", TIME},
      {"ns", "\"1772352930250000999\"", TIME},
      {"ns", "1772352930250000000", TIME},
      {"ns", "\"99999999999999999999999\"", 0},
      {"ns", "true", 0},
  };
  char map[200], line[200];
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    struct seen s;
    (void)snprintf(map, sizeof map, "{\"ts\":\"/t\",\"account\":\"/a\",\"clock\":\"%s\"}",
                   rows[i].clock);
    (void)snprintf(line, sizeof line, "{\"a\":\"x\",\"t\":%s}\n", rows[i].value);
    rt__feed_result *r = run(map, line, &s);
    if (s.time_us != rows[i].us || s.exchanges != (rows[i].us != 0))
      fail_msg("%s %s: %lld", rows[i].clock, rows[i].value, (long long)s.time_us);
    rt__feed_result_free(r);
  }
}

static void pointers_and_values(void **state)
{
  struct seen s;
  (void)state;
  rt__feed_result *r =
      run("{\"ts\":\"/t\",\"account\":[\"/user/id\",\"/key\"],\"model\":\"/a~1b/"
          "m~0n\",\"input_tokens\":\"/usage/0\","
          "\"messages\":\"/body/messages\",\"system\":\"/body/system\",\"max_tokens\":\"/body/"
          "limits/max\","
          "\"output\":\"/answer\",\"provider\":{\"value\":\"in-house\"}}",
          "{\"t\":1772352930,\"user\":{\"id\":17},\"a/"
          "b\":{\"m~n\":\"m-1\"},\"usage\":[\"41\",2],\"answer\":\"fine\","
          "\"body\":\"{\\\"messages\\\":[{\\\"role\\\":\\\"user\\\",\\\"content\\\":\\\"hi\\\"}],"
          "\\\"system\\\":\\\"be brief\\\",\\\"limits\\\":{\\\"max\\\":5}}\"}\n",
          &s);
  assert_int_equal(s.exchanges, 1);
  assert_string_equal(s.account, "17");
  assert_string_equal(s.model, "m-1");
  assert_string_equal(s.text, "hi");
  assert_string_equal(s.system, "be brief");
  assert_string_equal(s.output, "fine");
  assert_string_equal(s.provider, "in-house");
  assert_int_equal(s.tokens_in, 41);
  assert_int_equal(s.max_tokens, 5);
  assert_int_equal(r->mapped[RT__S_MODEL], 1);
  assert_int_equal(rt__tally_warned(&r->tally), 0);
  rt__feed_result_free(r);
}

/* what somebody calls input: a list, a body, a text, each as itself or as a string */
static void shapes_of_messages(void **state)
{
  static const char *const inputs[] = {
      "\"hi\"",
      "[{\"role\":\"user\",\"content\":\"hi\"}]",
      "\"[{\\\"role\\\":\\\"user\\\",\\\"content\\\":\\\"hi\\\"}]\"",
      "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}",
      "\"{\\\"messages\\\":[{\\\"role\\\":\\\"user\\\",\\\"content\\\":\\\"hi\\\"}]}\"",
      "{\"role\":\"user\",\"content\":\"hi\"}",
      "[\"hi\"]",
      "{\"contents\":[{\"parts\":[{\"text\":\"hi\"}]}]}",
      "{\"prompt\":\"hi\"}",
  };
  char line[300];
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(inputs); i++) {
    struct seen s;
    (void)snprintf(line, sizeof line, "{\"t\":1772352930,\"a\":\"x\",\"input\":%s}\n", inputs[i]);
    rt__feed_result *r =
        run("{\"ts\":\"/t\",\"account\":\"/a\",\"messages\":\"/input\"}", line, &s);
    if (strcmp(s.text, "hi") != 0 || s.n_user != 1)
      fail_msg("%s: \"%s\"", inputs[i], s.text);
    rt__feed_result_free(r);
  }
}

static void nothing_and_wrong_types(void **state)
{
  struct seen s;
  (void)state;
  rt__feed_result *r = run(
      "{\"ts\":\"/t\",\"account\":\"/a\",\"model\":\"/nowhere\",\"status\":\"/s\"}",
      "{\"t\":1772352930,\"a\":\"x\",\"s\":\"fine\"}\n{\"t\":1772352930,\"a\":[],\"s\":200}\n", &s);
  assert_int_equal(s.exchanges, 1);
  assert_int_equal(r->mapped[RT__S_MODEL], 0);
  assert_int_equal(r->mapped[RT__S_STATUS], 1);
  assert_int_equal(r->tally.count[RT__CAUSE_FIELD_TYPE], 2);
  assert_non_null(
      strstr(r->tally.first[RT__CAUSE_FIELD_TYPE][0].message, "/s for status is a string: fine"));
  assert_non_null(
      strstr(r->tally.first[RT__CAUSE_FIELD_TYPE][1].message, "/a for account is a list"));
  assert_int_equal(r->tally.count[RT__CAUSE_MISSING], 1);
  rt__feed_result_free(r);
}

static void when_says_whose_lines(void **state)
{
  struct seen s;
  (void)state;
  rt__feed_result *r =
      run("{\"ts\":\"/t\",\"account\":\"/a\",\"when\":\"/mine\"}",
          "{\"t\":1772352930,\"a\":\"x\",\"mine\":1}\n{\"ts\":1772352930,\"account\":\"y\"}\n"
          "{\"t\":1772352930,\"a\":\"x\",\"mine\":null}\n",
          &s);
  assert_int_equal(s.exchanges, 2);
  assert_int_equal(r->made[RT__DIALECT_MAPPED], 1);
  assert_int_equal(r->made[RT__DIALECT_ENVELOPE], 1);
  assert_int_equal(r->tally.count[RT__CAUSE_DIALECT], 1);
  rt__feed_result_free(r);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_no_map),        cmocka_unit_test(every_slot_has_a_name_of_its_own),
      cmocka_unit_test(times_of_all_clocks),   cmocka_unit_test(pointers_and_values),
      cmocka_unit_test(shapes_of_messages),    cmocka_unit_test(nothing_and_wrong_types),
      cmocka_unit_test(when_says_whose_lines),
  };
  return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
