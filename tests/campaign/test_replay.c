/* When could a campaign first have been reported? Against the plain way: worlds that end earlier,
 * scanned one after the other. */
#include "campaign/replay.h"

#include "support/failing_alloc.h"
#include "support/small_campaign.h"
#include "support/small_findings.h"

static const scan_way usual = {.alloc = NULL};

static void replay(rt_scan *s)
{
  rt_error err = {.message = ""};
  if (rt_scan_replay(s, &err) != RT_OK)
    fail_msg("replay: %s", err.message);
}

/* the same world, of which the calls before a time are known; free() its calls */
static world until(const world *w, int64_t end_us)
{
  world some = *w;
  some.n = 0;
  some.calls = calloc(w->n + 1, sizeof *some.calls);
  assert_non_null(some.calls);
  for (size_t i = 0; i < w->n; i++)
    if (exchange_of(&w->calls[i]).time_us < end_us)
      some.calls[some.n++] = w->calls[i];
  return some;
}

/* ---- the plain way */

static bool is_member(const rt_campaign *c, rt_slice account)
{
  for (size_t i = 0; i < rt_campaign_members(c); i++) {
    rt_slice m = rt_member_account(rt_campaign_member(c, i));
    if (m.n == account.n && memcmp(m.p, account.p, m.n) == 0)
      return true;
  }
  return false;
}

static size_t shared(const rt_campaign *a, const rt_campaign *b)
{
  size_t n = 0;
  for (size_t i = 0; i < rt_campaign_members(a); i++)
    n += is_member(b, rt_member_account(rt_campaign_member(a, i)));
  return n;
}

static size_t seen_of(const rt_campaign *c, const world *w)
{
  size_t n = 0;
  for (size_t i = 0; i < rt_campaign_members(c); i++) {
    rt_slice m = rt_member_account(rt_campaign_member(c, i));
    bool seen = false;
    for (size_t k = 0; k < w->n && !seen; k++)
      seen = strlen(w->calls[k].who) == m.n && memcmp(w->calls[k].who, m.p, m.n) == 0;
    n += seen;
  }
  return n;
}

static bool could_be_reported(const rt_campaign *c, const world *prefix)
{
  rt_scan *s = world_scan(prefix, usual);
  const rt_findings *f = rt_scan_findings(s);
  size_t held = 0;
  for (size_t i = 0; i < rt_findings_campaigns(f); i++) {
    const rt_campaign *x = rt_findings_campaign(f, i);
    size_t both = shared(x, c);
    if (rt_campaign_verdict(x) == rt_campaign_verdict(c) && 2 * both > rt_campaign_members(x))
      held += both;
  }
  rt_scan_free(s);
  return held > 0 && 2 * held >= seen_of(c, prefix);
}

static int64_t plain_moment(const rt_campaign *c, const world *w)
{
  int64_t last = 0;
  for (size_t i = 0; i < w->n; i++)
    if (exchange_of(&w->calls[i]).time_us > last)
      last = exchange_of(&w->calls[i]).time_us;
  for (int64_t t = WORLD_T0 + RT__REPLAY_STEP_US; t <= last; t += RT__REPLAY_STEP_US) {
    world prefix = until(w, t);
    bool yes = could_be_reported(c, &prefix);
    free(prefix.calls);
    if (yes)
      return t;
  }
  return last;
}

static void check_all(const world *w)
{
  rt_scan *s = world_scan(w, usual);
  const rt_findings *f = rt_scan_findings(s);
  for (size_t i = 0; i < rt_findings_campaigns(f); i++)
    assert_int_equal(rt_campaign_flaggable_us(rt_findings_campaign(f, i)), 0);
  replay(s);
  for (size_t i = 0; i < rt_findings_campaigns(f); i++) {
    const rt_campaign *c = rt_findings_campaign(f, i);
    assert_int_equal(rt_campaign_flaggable_us(c), plain_moment(c, w));
  }
  rt_scan_free(s);
}

static void test_like_worlds_that_end_earlier(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 2; seed++) {
    world *w = harvest_world(seed);
    if (seed == 2)
      add_facts_of_all(w, true);
    check_all(w);
    world_free(w);
  }
}

static void test_before_the_end(void **state)
{
  (void)state;
  world *w = harvest_world(1);
  rt_scan *s = world_scan(w, usual);
  replay(s);
  const rt_campaign *c = campaign_of(rt_scan_findings(s), "harvest_003");
  assert_non_null(c);
  int64_t at = rt_campaign_flaggable_us(c);
  assert_true(at > rt_campaign_first_us(c) && at < rt_campaign_last_us(c));
  assert_int_equal(at % RT__REPLAY_STEP_US, 0);
  rt_scan_free(s);
  world_free(w);
}

/* ---- whatever the way */

static void test_order_and_sinks_are_nothing(void **state)
{
  (void)state;
  world *w = harvest_world(3);
  add_facts_of_all(w, true);
  rt_scan *a = world_scan(w, usual), *b = world_scan(w, (scan_way){.shuffle = 7, .sinks = 3});
  char *before = findings_text(rt_scan_findings(a));
  replay(a);
  replay(b);
  char *after = findings_text(rt_scan_findings(a));
  assert_string_equal(before, after); /* nothing else changes */
  const rt_findings *f = rt_scan_findings(a), *g = rt_scan_findings(b);
  assert_int_equal(rt_findings_campaigns(f), rt_findings_campaigns(g));
  for (size_t i = 0; i < rt_findings_campaigns(f); i++)
    assert_int_equal(rt_campaign_flaggable_us(rt_findings_campaign(f, i)),
                     rt_campaign_flaggable_us(rt_findings_campaign(g, i)));
  free(before);
  free(after);
  rt_scan_free(a);
  rt_scan_free(b);
  world_free(w);
}

static void test_steps(void **state)
{
  (void)state;
  const int64_t day = INT64_C(86400000000);
  assert_int_equal(rt__replay_step(0, 0), RT__REPLAY_STEP_US);
  assert_int_equal(rt__replay_step(WORLD_T0, WORLD_T0 + 14 * day - 1), RT__REPLAY_STEP_US);
  assert_int_equal(rt__replay_step(WORLD_T0, WORLD_T0 + 20 * day), 2 * RT__REPLAY_STEP_US);
  luck r = {5};
  for (int i = 0; i < 1000; i++) {
    int64_t first = (int64_t)(luck_unit(&r) * 4e15), span = (int64_t)(luck_unit(&r) * 4e15);
    int64_t step = rt__replay_step(first, first + span);
    assert_true(step % RT__REPLAY_STEP_US == 0 && span / step <= RT__REPLAYS);
  }
}

/* ---- bad input */

static void test_not_before_the_scan(void **state)
{
  (void)state;
  rt_error err = {.message = ""};
  rt_scan *s;
  assert_int_equal(rt_scan_new(NULL, NULL, &s, &err), RT_OK);
  assert_int_equal(rt_scan_replay(s, &err), RT_E_ARG);
  assert_int_equal(rt_scan_run(s, &err), RT_OK);
  assert_int_equal(rt_scan_replay(s, &err), RT_OK); /* of nothing */
  rt_scan_free(s);
}

static void test_no_memory(void **state)
{
  (void)state;
  luck r = {4};
  world *w = world_new();
  add_people(w, &r, 12);
  add_back_ends(w, &r, 12);
  add_harvest(w, &r, 10, 400);
  add_facts_of_all(w, true);
  size_t requests = 0;
  for (size_t k = 0; k < 8; k++) {
    test_alloc t = {.fail_at = 0};
    rt_alloc a = test_alloc_of(&t);
    rt_scan *s = world_scan(w, (scan_way){.alloc = &a});
    rt_error err = {.message = ""};
    size_t before = t.requests;
    t.fail_at = k ? before + 1 + (k - 1) * requests / 8 : 0;
    rt_code c = rt_scan_replay(s, &err);
    requests = k ? requests : t.requests - before;
    if (k == 0 || c == RT_OK)
      assert_int_equal(c, RT_OK); /* a set may get along without a block */
    else
      assert_int_equal(c, RT_E_NOMEM);
    rt_scan_free(s);
    assert_int_equal(t.held, 0);
    assert_int_equal(t.wrong_sizes, 0);
  }
  assert_true(requests > 100);
  world_free(w);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_like_worlds_that_end_earlier), cmocka_unit_test(test_before_the_end),
      cmocka_unit_test(test_order_and_sinks_are_nothing),  cmocka_unit_test(test_steps),
      cmocka_unit_test(test_not_before_the_scan),          cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
