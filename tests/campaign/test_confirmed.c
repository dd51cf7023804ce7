/* Campaigns that a person has confirmed attract newcomers, and keep the id they were confirmed
 * under. */
#include "campaign/candidate.h"
#include "support/small_campaign.h"
#include "support/small_findings.h"

#define ID "rc-0123456789abcdef"

/* content is all there is to go by: too little for anybody who was not told */
static scan_way content_alone(void)
{
  scan_way how = {.alloc = NULL};
  rt_scan_options_default(&how.options);
  for (int f = 0; f < RT_FAMILY_COUNT; f++)
    how.options.without[f] = f != RT_FAMILY_CONTENT && f != RT_FAMILY_CLIENT;
  return how;
}

static void confirm(world *w, const char *group, unsigned from, unsigned to, const char *id)
{
  for (unsigned i = from; i < to; i++) {
    const char *who = world_name(w, group, i);
    world_fact(w, (rt_facts){.account = slice_of(who),
                             .confirmed = slice_of(id),
                             .risk = NAN,
                             .verified = -1,
                             .line = slice_of(who)});
  }
}

static size_t flagged(const rt_findings *f, const char *group)
{
  return count_members(f, RT_VERDICT_DISTILLATION, group, false);
}

static void test_newcomers_are_attracted(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 3; seed++) {
    luck r;
    world *w = honest_world(seed, &r);
    add_harvest(w, &r, HARVEST, 150);
    add_twins(w, &r, 4); /* strangers with the very prompt and program */
    rt_scan *s = world_scan(w, content_alone());
    assert_int_equal(flagged(rt_scan_findings(s), ""), 0);
    rt_scan_free(s);
    confirm(w, "harvest", 0, 6, ID);
    s = world_scan(w, content_alone());
    const rt_findings *f = rt_scan_findings(s);
    assert_consistent(f);
    assert_true(flagged(f, "harvest_") >= HARVEST - 1);
    assert_int_equal(flagged(f, "harvest_"), flagged(f, "")); /* nobody else is drawn in */
    const rt_campaign *c = campaign_of(f, "harvest_013");
    assert_memory_equal(rt_campaign_id(c).p, ID, sizeof ID);
    assert_int_equal(rt_campaign_confirmed(c), 6);
    rt_scan_free(s);
    world_free(w);
  }
}

/* one account says nothing of whom it belongs with; strangers under one id make no campaign */
static void test_few_or_strangers_attract_nobody(void **state)
{
  (void)state;
  world *w = harvest_world(1);
  confirm(w, "harvest", 0, 1, ID);
  confirm(w, "person", 0, 9, "rc-00000000000000aa");
  confirm(w, "tool", 0, 20, "rc-00000000000000bb");
  rt_scan *s = world_scan(w, content_alone());
  assert_int_equal(flagged(rt_scan_findings(s), ""), 0);
  rt_scan_free(s);
  world_free(w);
}

/* the prior is the share that is confirmed, never less than the usual one, never better than even
 */
static void test_prior(void **state)
{
  (void)state;
  rt__bits b = {.confirmed = 0};
  assert_true(rt__candidate_prior(&b) == RT__PRIOR_BITS);
  b.confirmed = 0.001;
  assert_true(rt__candidate_prior(&b) == RT__PRIOR_BITS);
  b.confirmed = 0.2;
  assert_true(fabs(rt__candidate_prior(&b) + 2) < 1e-9);
  b.confirmed = 0.5;
  assert_true(fabs(rt__candidate_prior(&b)) < 1e-9);
  b.confirmed = 0.9;
  assert_true(rt__candidate_prior(&b) == RT__PRIOR_MOST);
  b.confirmed = 1;
  assert_true(rt__candidate_prior(&b) == RT__PRIOR_MOST);
}

/* ---- ids */

static void id_of(const world *w, const char *account, char out[20])
{
  rt_scan *s = world_scan(w, (scan_way){.alloc = NULL});
  const rt_campaign *c = campaign_of(rt_scan_findings(s), account);
  assert_non_null(c);
  memcpy(out, rt_campaign_id(c).p, 20);
  rt_scan_free(s);
}

/* two campaigns of one pace, with prompts and lists of their own */
static world *two_campaigns(void)
{
  luck r;
  world *w = honest_world(3, &r);
  size_t before = w->n;
  add_harvest(w, &r, HARVEST, 150);
  size_t n = w->n;
  for (size_t i = before; i < n; i++) {
    char text[WORLD_TXT], who[40];
    call c = w->calls[i];
    words_text(&r, WORDS_FRAMES + 50000, 900, 16, text, sizeof text);
    snprintf(who, sizeof who, "second_%s", c.who + 8);
    c.who = who;
    c.user = text;
    c.system =
        "You grade essays. Read the essay twice. Quote its weakest sentence. Give a mark of one "
        "to ten with a reason for each point that is missing.";
    c.client = "grader/4";
    c.at += 40 + 50 * luck_unit(&r);
    c.temperature = 200;
    world_say(w, c);
  }
  return w;
}

static void test_most_members_keep_the_id(void **state)
{
  (void)state;
  char id[20];
  world *w = two_campaigns();
  confirm(w, "harvest", 0, 3, "rc-00000000000000aa");
  confirm(w, "harvest", 3, 8, ID);
  confirm(w, "second", 0, 4, ID); /* fewer of this one: it stays with the other */
  id_of(w, "harvest_003", id);
  assert_string_equal(id, ID);
  id_of(w, "second_003", id);
  assert_string_not_equal(id, ID);
  assert_string_not_equal(id, "rc-00000000000000aa");
  world_free(w);
}

/* an id that another campaign would get of itself: it goes where it was confirmed, and the other's
 * is a new one */
static void test_ids_stay_distinct(void **state)
{
  (void)state;
  char harvest[20], second[20], id[20], other[20];
  world *w = two_campaigns();
  id_of(w, "harvest_003", harvest);
  id_of(w, "second_003", second);
  assert_string_not_equal(harvest, second);
  confirm(w, "harvest", 0, 5, second);
  id_of(w, "harvest_003", id);
  assert_string_equal(id, second);
  id_of(w, "second_003", other);
  assert_string_not_equal(other, id);
  assert_memory_equal(other, "rc-", 3);
  world_free(w);
}

/* what is no id of ours counts as a name of a campaign, and is nobody's id */
static void test_other_names(void **state)
{
  (void)state;
  static const char *const names[] = {"case 17", "rc-0123456789ABCDEF", "rc-0000000000000000",
                                      "rc-0123456789abcde"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    world *w = harvest_world(1);
    confirm(w, "harvest", 0, 6, names[i]);
    rt_scan *s = world_scan(w, content_alone());
    const rt_findings *f = rt_scan_findings(s);
    assert_true(flagged(f, "harvest_") >= HARVEST - 1);
    assert_int_equal(rt_campaign_confirmed(campaign_of(f, "harvest_003")), 0);
    assert_consistent(f);
    rt_scan_free(s);
    world_free(w);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_newcomers_are_attracted),
      cmocka_unit_test(test_few_or_strangers_attract_nobody),
      cmocka_unit_test(test_prior),
      cmocka_unit_test(test_most_members_keep_the_id),
      cmocka_unit_test(test_ids_stay_distinct),
      cmocka_unit_test(test_other_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
