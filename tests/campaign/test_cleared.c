/* What a person has cleared stays so until the date, and opens again on new evidence. */
#include "support/small_campaign.h"
#include "support/small_findings.h"

#define DAY_US INT64_C(86400000000)
#define END    (WORLD_T0 + DAYS_IN_ALL * DAY_US)

static scan_way usual(bool all)
{
  scan_way how = {.alloc = NULL};
  rt_scan_options_default(&how.options);
  how.options.all = all;
  return how;
}

/* the first n of the harvest: until, and when it was said (0: nobody knows) */
static world *cleared_world(unsigned n, int64_t until, int64_t at)
{
  world *w = harvest_world(1);
  add_facts_of_all(w, true);
  for (unsigned i = 0; i < n; i++) {
    w->facts[i].as_of_us = 0;
    w->facts[i].cleared_us = until;
    w->facts[i].cleared_at_us = at;
  }
  return w;
}

typedef struct seen {
  size_t flagged, reopened, campaigns, notes;
} seen;

static seen look(const world *w, bool all)
{
  rt_scan *s = world_scan(w, usual(all));
  const rt_findings *f = rt_scan_findings(s);
  seen n = {count_members(f, RT_VERDICT_DISTILLATION, "harvest_", false), 0, 0, 0};
  assert_consistent(f);
  for (size_t i = 0; i < rt_findings_campaigns(f); i++) {
    const rt_campaign *c = rt_findings_campaign(f, i);
    bool ours = campaign_of(f, "harvest_000") == c || campaign_of(f, "harvest_013") == c;
    n.campaigns += ours && rt_campaign_verdict(c) != RT_VERDICT_BENIGN;
    for (size_t k = 0; k < rt_campaign_members(c); k++)
      n.reopened += rt_member_reopened(rt_campaign_member(c, k));
  }
  for (size_t i = 0; i < rt_findings_notes(f); i++)
    n.notes += rt_findings_note(f, i)->cleared_us != 0;
  rt_scan_free(s);
  return n;
}

static seen of(unsigned n, int64_t until, int64_t at)
{
  world *w = cleared_world(n, until, at);
  seen s = look(w, false);
  world_free(w);
  return s;
}

static void test_cleared_accounts_are_not_flagged(void **state)
{
  (void)state;
  assert_int_equal(of(0, 0, 0).flagged, HARVEST);
  assert_int_equal(of(3, INT64_MAX, 0).flagged, HARVEST - 3); /* the others are as before */
  assert_int_equal(of(HARVEST, INT64_MAX, 0).campaigns, 0);
  world *w = cleared_world(3, END + DAY_US, 0);
  seen s = look(w, true);
  assert_int_equal(s.flagged, HARVEST - 3);
  assert_int_equal(s.notes, 3); /* they are said to be cleared, where all are listed */
  world_free(w);
}

static void test_until_its_date(void **state)
{
  (void)state;
  assert_int_equal(of(3, END + DAY_US, 0).flagged, HARVEST - 3);
  assert_int_equal(of(3, END - DAY_US, 0).flagged, HARVEST); /* the data have gone past it */
  assert_int_equal(of(3, END - DAY_US, 0).reopened, 0);
}

/* three go on beside eleven that nobody cleared; given at the end, there is nothing new of them */
static void test_new_evidence_reopens(void **state)
{
  (void)state;
  seen s = of(3, INT64_MAX, WORLD_T0 + DAY_US);
  assert_int_equal(s.flagged, HARVEST);
  assert_int_equal(s.reopened, 3);
  s = of(3, INT64_MAX, END + DAY_US);
  assert_int_equal(s.flagged, HARVEST - 3);
  assert_int_equal(s.reopened, 0);
}

/* the person has seen the group as a whole: a few newcomers don't open it again, many do */
static void test_a_cleared_group_stays_cleared(void **state)
{
  (void)state;
  assert_int_equal(of(HARVEST, INT64_MAX, WORLD_T0 + DAY_US).campaigns, 0);
  assert_int_equal(of(HARVEST - 2, INT64_MAX, WORLD_T0 + DAY_US).campaigns, 0);
  assert_int_equal(of(5, INT64_MAX, WORLD_T0 + DAY_US).reopened, 5);
  world *w = cleared_world(HARVEST - 2, INT64_MAX, WORLD_T0 + DAY_US);
  seen s = look(w, true); /* with all there is to say, it is a benign one */
  assert_int_equal(s.flagged, 0);
  assert_int_equal(s.reopened, 0);
  world_free(w);
}

/* an account that only bears the date of its line was looked at then */
static void test_the_line_says_when(void **state)
{
  (void)state;
  world *w = cleared_world(3, INT64_MAX, 0);
  for (unsigned i = 0; i < 3; i++)
    w->facts[i].as_of_us = WORLD_T0 + DAY_US;
  assert_int_equal(look(w, false).reopened, 3);
  world_free(w);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_cleared_accounts_are_not_flagged),
      cmocka_unit_test(test_until_its_date),
      cmocka_unit_test(test_new_evidence_reopens),
      cmocka_unit_test(test_a_cleared_group_stays_cleared),
      cmocka_unit_test(test_the_line_says_when),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
