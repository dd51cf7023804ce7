/* Specs: every impossible one is refused with the path of its field; presets are possible. */
#include "world/kinds.h"
#include "world/spec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the three above */
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct bad_row {
  const char *json, *begins;
  rt_code code;
} bad_row;

static const bad_row bad[] = {
    {"{\"benign\":10}", "days: is missing", RT_E_ARG},
    {"{\"days\":0,\"benign\":10}", "days: 0 is outside", RT_E_ARG},
    {"{\"days\":-3,\"benign\":10}", "days: -3 is outside", RT_E_ARG},
    {"{\"days\":\"7\",\"benign\":10}", "days: must be a number", RT_E_ARG},
    {"{\"days\":7}", "benign: is missing", RT_E_ARG},
    {"{\"days\":7,\"benign\":-1}", "benign: -1 is outside", RT_E_ARG},
    {"{\"days\":7,\"benign\":1.5}", "benign: must be a whole number", RT_E_ARG},
    {"{\"days\":7,\"benign\":1e99}", "benign: 1e+99 is outside", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"errors\":1.1}", "errors: 1.1 is outside", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"trades\":-0.1}", "trades: -0.1 is outside", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"sunshine\":1}", "sunshine: there is no such field", RT_E_FORMAT},
    {"{\"days\":7,\"benign\":9,\"name\":\"\"}", "name: must be a short name", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"name\":5}", "name: must be a short name", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"start\":\"yesterday\"}", "start: must be a date", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"start\":12}", "start: must be a date", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"only_named\":3}", "only_named: must be true or false", RT_E_ARG},
    {"[]", "a spec is a JSON object", RT_E_FORMAT},
    {"{\"days\":7,", "JSON, line 1", RT_E_TRUNCATED},
    {"{\"days\":7,\"benign\":9,\"background\":[]}", "background: must be an object", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"background\":{\"martian\":{}}}",
     "background.martian: there is no such kind", RT_E_FORMAT},
    {"{\"days\":7,\"benign\":9,\"background\":{\"cron\":4}}", "background.cron: must be an object",
     RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"background\":{\"cron\":{\"share\":1.2}}}",
     "background.cron.share: 1.2 is outside", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"background\":{\"cron\":{\"share\":-0.2}}}",
     "background.cron.share: -0.2 is outside", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"background\":{\"cron\":{\"share\":0.6},\"vpn\":{\"share\":0.6}}}",
     "background.vpn: the shares add up to more than 1", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"background\":{\"cron\":{\"count\":-5}}}",
     "background.cron.count: -5 is outside", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"background\":{\"cron\":{\"group\":0}}}",
     "background.cron.group: 0 is outside", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"background\":{\"cron\":{\"text\":\"odd\"}}}",
     "background.cron.text: must be one of own|harvest", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"campaigns\":{}}", "campaigns: must be a list", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"campaigns\":[5]}", "campaigns[0]: must be an object", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"campaigns\":[{}]}", "campaigns[0].level: is missing", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"campaigns\":[{\"level\":\"L0\"},{\"level\":\"L7\"}]}",
     "campaigns[1].level: unknown level", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"campaigns\":[{\"level\":\"L0\",\"accounts\":0}]}",
     "campaigns[0].accounts: 0 is outside", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"campaigns\":[{\"level\":\"L0\",\"accounts\":-4}]}",
     "campaigns[0].accounts: -4 is outside", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"campaigns\":[{\"level\":\"L0\",\"cover\":1.5}]}",
     "campaigns[0].cover: 1.5 is outside 0 to 1", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"campaigns\":[{\"level\":\"L3\",\"cover\":1}]}",
     "campaigns[0].cover: leaves no harvest", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"campaigns\":[{\"level\":\"L0\",\"from\":7}]}",
     "campaigns[0].from: begins after the last day", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"campaigns\":[{\"level\":\"L0\",\"balancer\":\"fair\"}]}",
     "campaigns[0].balancer: must be one of lru|sticky|random", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"campaigns\":[{\"level\":\"L0\",\"system\":1}]}",
     "campaigns[0].system: must be true or false", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"campaigns\":[{\"level\":\"L0\",\"intent\":\"gossip\"}]}",
     "campaigns[0].intent: there is no such intent", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"campaigns\":[{\"level\":\"L0\",\"samples\":0}]}",
     "campaigns[0].samples: 0 is outside", RT_E_ARG},
    {"{\"days\":7,\"benign\":9,\"campaigns\":[{\"level\":\"L0\",\"speed\":2}]}",
     "campaigns[0].speed: there is no such field", RT_E_FORMAT},
    {"{\"days\":7,\"benign\":20000000,\"campaigns\":[{\"level\":\"L0\",\"accounts\":1}]}",
     "benign: more than", RT_E_LIMIT},
    {"{\"days\":7,\"benign\":9,\"campaigns\":[{\"level\":\"L0\",\"accounts\":4000000,\"per_"
     "account\":100000}]}",
     "benign: more than", RT_E_LIMIT},
    {"{\"days\":7,\"benign\":9,\"background\":{\"cron\":{\"count\":20000000}}}",
     "benign: more than", RT_E_LIMIT},
    {"{\"days\":7,\"benign\":19999000,\"campaigns\":[{\"level\":\"L0\",\"accounts\":1,"
     "\"framed\":100000}]}",
     "benign: more than", RT_E_LIMIT},
    {"{\"days\":7,\"benign\":9,\"campaigns\":[{\"level\":\"resale\",\"accounts\":100000,"
     "\"customers\":1000}]}",
     "campaigns: more than", RT_E_LIMIT},
};

static void impossible_specs(void **state)
{
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(bad); i++) {
    rt__spec s;
    rt_error err = {0};
    rt_code c = rt__spec_parse(rt_alloc_default(), rt__cstr(bad[i].json), &s, &err);
    if (c != bad[i].code || strncmp(err.message, bad[i].begins, strlen(bad[i].begins)) != 0)
      print_error("%s\n  gave %s: %s\n  want %s\n", bad[i].json, rt_code_name(c), err.message,
                  bad[i].begins);
    assert_int_equal(c, bad[i].code);
    assert_memory_equal(err.message, bad[i].begins, strlen(bad[i].begins));
  }
}

static void too_many_campaigns(void **state)
{
  (void)state;
  char *json = malloc(1 << 16);
  rt__spec s;
  rt_error err = {0};
  const size_t room = 1 << 16;
  size_t n =
      (size_t)snprintf(json, room, "{\"days\":1,\"benign\":1,\"campaigns\":[{\"level\":\"L0\"}");
  for (int i = 0; i < RT__CAMPAIGNS_MAX; i++)
    n += (size_t)snprintf(json + n, room - n, ",{\"level\":\"L1\"}");
  n += (size_t)snprintf(json + n, room - n, "]}");
  assert_int_equal(rt__spec_parse(rt_alloc_default(), rt__slice(json, n), &s, &err), RT_E_LIMIT);
  free(json);
}

static void presets_are_possible(void **state)
{
  (void)state;
  size_t n = 0;
  for (; rt__preset_at(n); n++) {
    rt__spec s;
    rt_error err = {0};
    rt_code c = rt__spec_parse(rt_alloc_default(), rt__cstr(rt__preset_at(n)->json), &s, &err);
    if (c != RT_OK)
      print_error("%s: %s\n", rt__preset_at(n)->name, err.message);
    assert_int_equal(c, RT_OK);
    assert_string_equal(s.name, rt__preset_at(n)->name);
    rt__spec_free(rt_alloc_default(), &s);
  }
  assert_true(n >= 10);
  assert_null(rt__preset_find("no such"));
}

static uint32_t total(const rt__spec *s)
{
  uint32_t n = 0;
  for (uint32_t k = 0; k < rt__kinds(); k++)
    n += rt__spec_count(s, k);
  return n;
}

static void shares_fill_the_world(void **state)
{
  (void)state;
  rt__spec s;
  const char *json = "{\"days\":1,\"benign\":10000,\"background\":{\"cron\":{\"share\":0.5},"
                     "\"vpn\":{\"count\":77}}}";
  assert_int_equal(rt__spec_parse(rt_alloc_default(), rt__cstr(json), &s, NULL), RT_OK);
  assert_int_equal(rt__spec_count(&s, rt__kind_find("cron")), 5000);
  assert_int_equal(rt__spec_count(&s, rt__kind_find("vpn")), 77);
  assert_in_range(total(&s), 10000 + 77 - 30, 10000 + 77 + 30);
  s.scale = 0.1;
  assert_int_equal(rt__spec_count(&s, rt__kind_find("cron")), 500);
  s.scale = 1;
  s.only_named = true;
  assert_int_equal(total(&s), 5077);
  rt__spec_free(rt_alloc_default(), &s);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(impossible_specs),
      cmocka_unit_test(too_many_campaigns),
      cmocka_unit_test(presets_are_possible),
      cmocka_unit_test(shares_fill_the_world),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
