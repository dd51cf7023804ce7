/* Families of evidence left out, and facts beside the traffic: through the public functions alone.
 */
#include "support/small_campaign.h"
#include "support/small_findings.h"

static const scan_way usual = {.alloc = NULL};

static scan_way way_without(rt_family f)
{
  scan_way how = {.alloc = NULL};
  rt_scan_options_default(&how.options);
  how.options.without[f] = true;
  return how;
}

static void test_families_can_be_left_out(void **state)
{
  (void)state;
  world *w = harvest_world(1);
  add_facts_of_all(w, true);
  for (int f = 0; f < RT_FAMILY_COUNT; f++) {
    rt_scan *s = world_scan(w, way_without((rt_family)f));
    const rt_findings *found = rt_scan_findings(s);
    assert_consistent(found);
    for (size_t i = 0; i < rt_findings_campaigns(found); i++) {
      const rt_campaign *c = rt_findings_campaign(found, i);
      for (size_t k = 0; k < rt_campaign_evidence_count(c); k++)
        assert_int_not_equal(rt_campaign_evidence(c, k)->family, f);
      for (size_t k = 0; k < rt_campaign_members(c); k++)
        assert_true(isnan(rt_member_bits(rt_campaign_member(c, k), (rt_family)f)));
    }
    rt_scan_free(s);
  }
  scan_way how = way_without(RT_FAMILY_CONTENT);
  for (int f = 0; f < RT_FAMILY_COUNT; f++)
    how.options.without[f] = true;
  rt_scan *s = world_scan(w, how); /* without evidence nobody is accused */
  assert_int_equal(count_members(rt_scan_findings(s), RT_VERDICT_DISTILLATION, "", true), 0);
  rt_scan_free(s);
  world_free(w);
}

/* one family is never enough: time or content alone accuses nobody */
static void test_one_family_is_not_enough(void **state)
{
  (void)state;
  world *w = harvest_world(1);
  add_facts_of_all(w, true);
  for (int only = 0; only < RT_FAMILY_COUNT; only++) {
    scan_way how = way_without(RT_FAMILY_CONTENT);
    for (int f = 0; f < RT_FAMILY_COUNT; f++)
      how.options.without[f] = f != only;
    rt_scan *s = world_scan(w, how);
    assert_int_equal(count_members(rt_scan_findings(s), RT_VERDICT_DISTILLATION, "", true), 0);
    rt_scan_free(s);
  }
  world_free(w);
}

static double score_of(const rt_scan *s)
{
  const rt_campaign *c = campaign_of(rt_scan_findings(s), "harvest_000");
  return c && rt_campaign_verdict(c) == RT_VERDICT_DISTILLATION ? rt_campaign_score(c) : 0;
}

/* cards shared inside the harvest make the case stronger; facts that tell nothing leave it alone */
static void test_facts_only_add(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 2; seed++) {
    world *shared = harvest_world(seed), *plain = harvest_world(seed);
    add_facts_of_all(shared, true);
    add_facts_of_all(plain, false);
    rt_scan *bare = world_scan(shared, (scan_way){.without_facts = true}),
            *dull = world_scan(plain, usual), *good = world_scan(shared, usual);
    assert_string_equal(rt_findings_view(rt_scan_findings(good)), "facts");
    assert_consistent(rt_scan_findings(good));
    assert_true(score_of(bare) > 0);
    assert_true(score_of(dull) >= score_of(bare) - 1e-3);
    assert_true(score_of(good) >= score_of(dull));
    bool money = false;
    const rt_campaign *c = campaign_of(rt_scan_findings(good), "harvest_000");
    for (size_t k = 0; k < rt_campaign_evidence_count(c); k++)
      money |= rt_campaign_evidence(c, k)->family == RT_FAMILY_MONEY &&
               rt_campaign_evidence(c, k)->bits > 1;
    assert_true(money);
    rt_scan_free(bare);
    rt_scan_free(dull);
    rt_scan_free(good);
    world_free(shared);
    world_free(plain);
  }
}

static void add_payer(world *w, const char *who, const char *card)
{
  rt_facts f = {.account = slice_of(who),
                .as_of_us = 1,
                .risk = NAN,
                .verified = -1,
                .created_us = WORLD_T0,
                .line = slice_of(who)};
  f.payments[0] = slice_of(card);
  f.n_payments = 1;
  world_fact(w, f);
  world_say(w, (call){.who = who,
                      .at = 3 * HOUR,
                      .user = "what is the capital of france",
                      .ip = "192.0.2.1",
                      .model = "m-large"});
}

/* an account with one start goes along if two of a campaign share its card and few others do */
static void test_cards_bring_accounts(void **state)
{
  (void)state;
  for (int strangers = 0; strangers < 2; strangers++) {
    world *w = harvest_world(1);
    add_facts_of_all(w, true);
    add_payer(w, "late_one", "pm_harvest_0");
    add_payer(w, "late_two", "pm_of_somebody");
    for (unsigned i = 0; strangers && i < 4; i++) /* a stolen token */
      add_payer(w, world_name(w, "victim", i), "pm_harvest_0");
    rt_scan *s = world_scan(w, usual);
    const rt_findings *f = rt_scan_findings(s);
    assert_consistent(f);
    assert_int_equal(count_members(f, RT_VERDICT_DISTILLATION, "harvest_", false), HARVEST);
    assert_int_equal(count_members(f, RT_VERDICT_DISTILLATION, "late_", true), !strangers);
    assert_int_equal(count_members(f, RT_VERDICT_DISTILLATION, "victim_", true), 0);
    for (size_t k = 0; !strangers && k <= HARVEST; k++) {
      const rt_member *m = rt_campaign_member(campaign_of(f, "harvest_000"), k);
      bool late = memcmp(rt_member_account(m).p, "late_", 5) == 0;
      assert_int_equal(rt_member_role(m) == RT_ROLE_COVER, late);
    }
    rt_scan_free(s);
    world_free(w);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_cards_bring_accounts),
      cmocka_unit_test(test_families_can_be_left_out),
      cmocka_unit_test(test_one_family_is_not_enough),
      cmocka_unit_test(test_facts_only_add),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
