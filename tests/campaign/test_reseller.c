/* A reseller's pool is called what it is, and none of its customers a harvest; a firm's own keys
 * are in the open; a harvest beside them is found all the same. */
#include "support/small_campaign.h"
#include "support/small_findings.h"

enum { POOL = 10, CUSTOMERS = 12, KEYS = 6 };

static scan_way usual(void)
{
  scan_way how = {.alloc = NULL};
  rt_scan_options_default(&how.options);
  return how;
}

static void test_customers_are_no_harvest(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 3; seed++) {
    luck r;
    world *w = honest_world(seed, &r);
    add_harvest(w, &r, HARVEST, 150);
    add_resold(w, &r, POOL, CUSTOMERS, DEALT);
    rt_scan *scan = world_scan(w, usual());
    const rt_findings *f = rt_scan_findings(scan);
    assert_int_equal(count_members(f, RT_VERDICT_POOLED, "resold_", false), POOL);
    assert_int_equal(count_members(f, RT_VERDICT_DISTILLATION, "resold_", true), 0);
    assert_int_equal(count_members(f, RT_VERDICT_DISTILLATION, "harvest_", false), HARVEST);
    rt_scan_free(scan);
    world_free(w);
  }
}

/* a list of tasks over a few keys behind one address; some tasks are a business's favourites */
static void add_keys(world *w, luck *r, unsigned favourites)
{
  unsigned turn = 0;
  for (double t = HOUR; t < DAYS_IN_ALL * DAY; t += 200 * (0.6 + 0.8 * luck_unit(r)), turn++) {
    char text[WORLD_TXT];
    luck again = {7000 + luck_below(r, 8)};
    bool old = luck_below(r, 10) < favourites;
    words_text(old ? &again : r, WORDS_TASKS + 5000, 900, 16, text, sizeof text);
    world_say(w, (call){.who = world_name(w, "key", turn % KEYS),
                        .at = t,
                        .system = HARVEST_FRAME,
                        .user = text,
                        .client = "requests/3",
                        .model = "m-large",
                        .ip = "203.0.113.9",
                        .temperature = 200,
                        .max_tokens = 1500,
                        .in = 80 + luck_below(r, 40),
                        .out = 400 + luck_below(r, 400)});
  }
}

static size_t keys_flagged(uint64_t seed, unsigned favourites)
{
  luck r;
  world *w = honest_world(seed, &r);
  add_keys(w, &r, favourites);
  rt_scan *scan = world_scan(w, usual());
  const rt_findings *f = rt_scan_findings(scan);
  size_t n = count_members(f, RT_VERDICT_DISTILLATION, "key_", false);
  rt_scan_free(scan);
  world_free(w);
  return n;
}

static void test_favourites_are_a_business(void **state)
{
  (void)state;
  for (uint64_t seed = 5; seed <= 7; seed++) {
    assert_int_equal(keys_flagged(seed, 0), KEYS); /* one list, each task once: an operator's */
    assert_int_equal(keys_flagged(seed, 1), 0);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_customers_are_no_harvest),
      cmocka_unit_test(test_favourites_are_a_business),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
