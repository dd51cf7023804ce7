/* The whole way, through the public functions alone: a harvest is found and its honest twin is not,
 * nothing depends on order or on how the work was dealt, strangers cannot be framed. */
#include "support/small_campaign.h"
#include "support/small_findings.h"

static const scan_way usual = {.alloc = NULL};

/* ---- found and not found */

static void test_harvest_is_found(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 3; seed++) {
    world *w = harvest_world(seed);
    rt_scan *s = world_scan(w, usual);
    const rt_findings *f = rt_scan_findings(s);
    assert_consistent(f);
    assert_int_equal(rt_findings_exchanges(f), w->n);
    assert_string_equal(rt_findings_view(f), "text");
    assert_true(count_members(f, RT_VERDICT_DISTILLATION, "harvest_", false) >= HARVEST - 1);
    assert_int_equal(count_members(f, RT_VERDICT_DISTILLATION, "person_", true), 0);
    assert_int_equal(count_members(f, RT_VERDICT_DISTILLATION, "tool_", true), 0);
    assert_int_equal(count_members(f, RT_VERDICT_DISTILLATION, "backend_", true), 0);
    const rt_campaign *c = campaign_of(f, "harvest_003");
    assert_true(rt_campaign_score(c) > 0.9 && rt_campaign_extraction(c) > 0.5);
    assert_true(rt_campaign_coordination(c) > 0.5);
    rt_scan_free(s);
    world_free(w);
  }
}

/* the same prompt, program, network and volume in as many hands as accounts */
static void test_honest_twin_is_not(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 3; seed++) {
    luck r;
    world *w = honest_world(seed, &r);
    add_twins(w, &r, HARVEST);
    rt_scan *s = world_scan(w, usual);
    const rt_findings *f = rt_scan_findings(s);
    assert_consistent(f);
    assert_int_equal(count_members(f, RT_VERDICT_DISTILLATION, "", true), 0);
    rt_scan_free(s);
    world_free(w);
  }
}

/* Strangers who use a campaign's very prompt, program, parameters and network, with material and a
 * pace of their own, are not held for members; and the campaign is found all the same. */
static void test_nobody_is_framed(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 5; seed++) {
    luck r;
    world *w = honest_world(seed, &r);
    add_harvest(w, &r, HARVEST, 150);
    add_twins(w, &r, 4);
    rt_scan *s = world_scan(w, usual);
    const rt_findings *f = rt_scan_findings(s);
    assert_consistent(f);
    for (int v = 0; v < RT_VERDICT_COUNT; v++)
      assert_int_equal(count_members(f, (rt_verdict)v, "twin_", false), 0);
    assert_true(count_members(f, RT_VERDICT_DISTILLATION, "harvest_", false) >= HARVEST - 1);
    rt_scan_free(s);
    world_free(w);
  }
}

static void test_metadata_alone(void **state)
{
  (void)state;
  world *w = harvest_world(2);
  for (size_t i = 0; i < w->n; i++)
    w->calls[i].blind = true;
  rt_scan *s = world_scan(w, usual);
  const rt_findings *f = rt_scan_findings(s);
  assert_consistent(f);
  assert_string_equal(rt_findings_view(f), "metadata");
  for (size_t i = 0; i < rt_findings_campaigns(f); i++) {
    const rt_campaign *c = rt_findings_campaign(f, i);
    for (size_t k = 0; k < rt_campaign_evidence_count(c); k++)
      assert_int_not_equal(rt_campaign_evidence(c, k)->family, RT_FAMILY_CONTENT);
  }
  assert_int_equal(count_members(f, RT_VERDICT_DISTILLATION, "tool_", true), 0);
  rt_scan_free(s);
  world_free(w);
}

/* ---- the same findings, whatever the way */

static char *found_by(const world *w, scan_way how)
{
  rt_scan *s = world_scan(w, how);
  char *t = findings_text(rt_scan_findings(s));
  rt_scan_free(s);
  return t;
}

static void in_reverse(void *ctx, size_t n, void (*fn)(void *arg, size_t i), void *arg)
{
  (*(size_t *)ctx)++;
  while (n-- > 0)
    fn(arg, n);
}

static void test_order_and_sinks_are_nothing(void **state)
{
  (void)state;
  world *w = harvest_world(3);
  add_facts_of_all(w, true);
  char *first = found_by(w, usual);
  assert_non_null(strstr(first, "distillation"));
  for (uint64_t k = 1; k <= 4; k++) {
    char *again = found_by(w, (scan_way){.shuffle = 1000 + k, .sinks = (size_t)1 << (k % 3)});
    assert_string_equal(first, again);
    free(again);
  }
  scan_way how = {.shuffle = 5};
  size_t calls = 0;
  rt_scan_options_default(&how.options);
  how.options.parallel = in_reverse;
  how.options.parallel_ctx = &calls;
  char *again = found_by(w, how);
  assert_string_equal(first, again);
  assert_true(calls > 0);
  free(again);
  free(first);
  world_free(w);
}

/* worlds of no sense: few texts, names, numbers and times in any combination, so that ties,
 * duplicates and gaps are everywhere */
static const char *any(luck *r, const char *a, const char *b)
{
  return luck_below(r, 3) == 0 ? NULL : luck_below(r, 2) ? a : b;
}

static world *chaos(uint64_t seed)
{
  world *w = world_new();
  luck r = {seed};
  unsigned accounts = 1 + luck_below(&r, 40), words = 1 + luck_below(&r, 30);
  size_t n = 1 + luck_below(&r, 900);
  for (size_t i = 0; i < n; i++) {
    char text[WORLD_TXT], id[16];
    call c = {.who = world_name(w, "who", luck_below(&r, accounts)),
              .at = luck_below(&r, 2) ? luck_below(&r, 9) * HOUR : luck_unit(&r) * 3 * DAY,
              .system = any(&r, HARVEST_FRAME, TOOL_FRAME),
              .first = any(&r, "one", "two"),
              .turn = luck_below(&r, 3) ? 0 : luck_below(&r, 4),
              .in = luck_below(&r, 3) * luck_below(&r, 500),
              .out = luck_below(&r, 2) ? 500 : luck_below(&r, 3000),
              .ip = any(&r, "203.0.113.7", "2001:db8::1"),
              .client = any(&r, "x/1", "y/2"),
              .model = any(&r, "m-1", "m-2"),
              .knobs = any(&r, "a=1", "b=2"),
              .signature = luck_below(&r, 30) ? NULL : any(&r, "sig-1", "sig-2"),
              .prompt_hash = luck_below(&r, 9) ? NULL : any(&r, "p-1", "p-2"),
              .org = luck_below(&r, 5) ? NULL : "org",
              .temperature = 100 * (int)luck_below(&r, 4),
              .max_tokens = luck_below(&r, 2) * 1024,
              .blind = luck_below(&r, 4) == 0,
              .failed = luck_below(&r, 6) ? RT_OUTCOME_UNKNOWN : RT_OUTCOME_ERROR,
              .api = luck_below(&r, 2) ? RT_API_MESSAGES : RT_API_CHAT};
    words_text(&r, 0, words, luck_below(&r, 20), text, sizeof text);
    snprintf(id, sizeof id, "r%u", luck_below(&r, 2000));
    c.user = text;
    c.id = luck_below(&r, 2) ? id : NULL;
    world_say(w, c);
  }
  for (unsigned i = 0; i < accounts; i++)
    world_fact(w, (rt_facts){.account = slice_of(world_name(w, "who", luck_below(&r, accounts))),
                             .as_of_us = luck_below(&r, 3),
                             .created_us = WORLD_T0 - luck_below(&r, 4) * INT64_C(86400000000),
                             .org = slice_of(any(&r, "o", "p")),
                             .payments = {slice_of(any(&r, "pm_1", "pm_2"))},
                             .n_payments = luck_below(&r, 2),
                             .risk = luck_unit(&r),
                             .line = slice_of(world_name(w, "line", i))});
  return w;
}

static void test_chaos(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 8; seed++) {
    world *w = chaos(seed);
    scan_way how = {.shuffle = seed, .sinks = 3, .without_facts = seed % 3 == 0};
    rt_scan_options_default(&how.options);
    how.options.all = seed % 2;
    rt_scan *a = world_scan(w, how);
    assert_consistent(rt_scan_findings(a));
    char *x = findings_text(rt_scan_findings(a));
    how.shuffle += 1000;
    how.sinks = 1;
    char *y = found_by(w, how);
    assert_string_equal(x, y);
    free(x);
    free(y);
    rt_scan_free(a);
    world_free(w);
  }
}

/* another key gives other ids and other samples, but the same members */
static void test_another_key(void **state)
{
  (void)state;
  world *w = harvest_world(4);
  scan_way how = {.alloc = NULL};
  rt_scan_options_default(&how.options);
  assert_int_equal(rt_key_from_bytes("some other operator's key", 25, &how.options.key, NULL),
                   RT_OK);
  rt_scan *a = world_scan(w, usual), *b = world_scan(w, how);
  const rt_campaign *x = campaign_of(rt_scan_findings(a), "harvest_000"),
                    *y = campaign_of(rt_scan_findings(b), "harvest_000");
  assert_true(x && y);
  assert_memory_not_equal(rt_campaign_id(x).p, rt_campaign_id(y).p, 19);
  assert_int_equal(rt_campaign_members(x), rt_campaign_members(y));
  rt_scan_free(a);
  rt_scan_free(b);
  world_free(w);
}

/* calls said twice under one id count once */
static void test_duplicates(void **state)
{
  (void)state;
  world *w = world_new(), *twice = world_new();
  luck r = {5};
  add_harvest(w, &r, 6, 2000);
  for (size_t i = 0; i < w->n; i++) {
    char id[32];
    call c = w->calls[i];
    snprintf(id, sizeof id, "r%zu", i);
    c.id = id;
    world_say(twice, c);
    world_say(twice, c);
  }
  rt_scan *s = world_scan(twice, usual);
  assert_int_equal(rt_findings_exchanges(rt_scan_findings(s)), w->n);
  assert_int_equal(rt_findings_duplicates(rt_scan_findings(s)), w->n);
  rt_scan_free(s);
  world_free(w);
  world_free(twice);
}

/* ---- hardly anything */

static void test_empty_scan(void **state)
{
  (void)state;
  world *w = world_new();
  rt_scan *s = world_scan(w, usual);
  const rt_findings *f = rt_scan_findings(s);
  assert_int_equal(rt_findings_exchanges(f) + rt_findings_accounts(f) + rt_findings_campaigns(f),
                   0);
  assert_string_equal(rt_findings_view(f), "metadata");
  assert_null(rt_findings_campaign(f, 0));
  rt_scan_free(s);
  world_free(w);
  assert_int_equal(rt_scan_new(NULL, NULL, &s, NULL), RT_OK); /* not even a sink */
  assert_null(rt_scan_findings(s));
  assert_int_equal(rt_scan_run(s, NULL), RT_OK);
  assert_int_equal(rt_findings_campaigns(rt_scan_findings(s)), 0);
  rt_scan_free(s);
  rt_scan_free(NULL);
}

static void test_one_account(void **state)
{
  (void)state;
  for (unsigned calls = 1; calls <= 1000; calls *= 10) {
    world *w = world_new();
    luck r = {1};
    add_harvest(w, &r, 1, DAYS_IN_ALL * DAY / calls);
    rt_scan *s = world_scan(w, usual);
    const rt_findings *f = rt_scan_findings(s);
    assert_consistent(f);
    assert_int_equal(rt_findings_accounts(f), 1);
    for (size_t i = 0; i < rt_findings_campaigns(f); i++) /* never more than suspect */
      assert_int_equal(rt_campaign_verdict(rt_findings_campaign(f, i)), RT_VERDICT_SUSPECT);
    rt_scan_free(s);
    world_free(w);
  }
}

static void test_scan_runs_once(void **state)
{
  (void)state;
  rt_scan *s;
  rt_digest_sink sink;
  rt_error err;
  assert_int_equal(rt_scan_new(NULL, NULL, &s, &err), RT_OK);
  assert_int_equal(rt_scan_run(s, &err), RT_OK);
  assert_int_equal(rt_scan_run(s, &err), RT_E_ARG);
  assert_int_equal(rt_scan_sink(s, &sink, &err), RT_E_ARG);
  assert_true(err.message[0]);
  rt_scan_free(s);
}

static void test_nothing_crashes(void **state)
{
  (void)state;
  assert_int_equal(rt_findings_campaigns(NULL), 0);
  assert_null(rt_findings_campaign(NULL, 0));
  assert_null(rt_findings_note(NULL, 0));
  assert_null(rt_campaign_member(NULL, 0));
  assert_null(rt_campaign_evidence(NULL, 0));
  assert_null(rt_campaign_counter(NULL, 0));
  assert_null(rt_member_account(NULL).p);
  assert_true(isnan(rt_member_bits(NULL, RT_FAMILY_TIME)));
  assert_true(rt_findings_view(NULL) && rt_campaign_chance_method(NULL));
  for (int f = 0; f < RT_FAMILY_COUNT; f++)
    assert_int_equal(rt_family_find(slice_of(rt_family_name((rt_family)f))), f);
  assert_int_equal(rt_family_find(slice_of("money ")), RT_FAMILY_COUNT);
  assert_int_equal(rt_family_find((rt_slice){NULL, 0}), RT_FAMILY_COUNT);
  assert_true(rt_family_name(RT_FAMILY_COUNT) && rt_verdict_name(RT_VERDICT_COUNT) &&
              rt_role_name(RT_ROLE_COUNT));
  assert_true(rt_version()[0] != 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_harvest_is_found),
      cmocka_unit_test(test_honest_twin_is_not),
      cmocka_unit_test(test_nobody_is_framed),
      cmocka_unit_test(test_metadata_alone),
      cmocka_unit_test(test_order_and_sinks_are_nothing),
      cmocka_unit_test(test_chaos),
      cmocka_unit_test(test_another_key),
      cmocka_unit_test(test_duplicates),
      cmocka_unit_test(test_empty_scan),
      cmocka_unit_test(test_one_account),
      cmocka_unit_test(test_scan_runs_once),
      cmocka_unit_test(test_nothing_crashes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
