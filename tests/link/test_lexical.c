/* Campaigns whose every request is worded anew, planted among accounts with trades of their own. */
#include "link/lexical.h"
#include "support/failing_alloc.h"
#include "support/small_starts.h"

enum { CAMPAIGN = 12, OTHERS = 40, STARTS = 30, TRADE = 40, LIST = 90 };

/* Account i asks about its own trade, the campaign about one list. No sentence recurs: the words
 * stand in another order each time. */
static void ask(world *w, luck *r, const char *group, unsigned i, unsigned from, unsigned many,
                bool person)
{
  char text[WORLD_TXT], who[40];
  snprintf(who, sizeof who, "%s_%03u", group, i);
  double t = luck_unit(r) * DAY;
  for (int k = 0; k < STARTS; k++, t += luck_wait(r, 6000)) {
    words_text(r, from, many, 18, text, sizeof text);
    world_say(w, (call){.who = who, .at = t, .user = text, .out = 300});
    if (person)
      world_say(w, (call){.who = who, .at = t + 200, .user = "go on", .first = text, .turn = 1});
  }
}

static world *planted(uint64_t seed, bool by_people)
{
  world *w = world_new();
  luck r = {seed};
  for (unsigned i = 0; i < CAMPAIGN; i++)
    ask(w, &r, "campaign", i, 0, LIST, by_people);
  for (unsigned i = 0; i < OTHERS; i++)
    ask(w, &r, "other", i, 1000 + i * TRADE, TRADE, false);
  return w;
}

static rt__groups find(const laid_out *l, const uint8_t *carried)
{
  rt__groups g;
  rt__idf f;
  assert_int_equal(rt__idf_build(rt_alloc_default(), &l->s, &f), RT_OK);
  rt__groups_init(&g, rt_alloc_default());
  assert_int_equal(rt__lexical_groups(&l->s, &f, carried, &g, NULL), RT_OK);
  rt__idf_free(&f);
  return g;
}

static void test_planted_campaign(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 3; seed++) {
    world *w = planted(seed, false);
    laid_out l = lay_out(w, 0, false);
    uint8_t *carried = calloc(l.s.n, 1);
    rt__groups g = find(&l, carried);
    bool found = false;
    for (size_t i = 0; i < g.n; i++) {
      assert_sound(&l, &g.g[i]);
      assert_int_equal(g.g[i].origin, RT__FROM_LEXICAL);
      found |= g.g[i].n == CAMPAIGN && count_named(&l, &g.g[i], "campaign_") == CAMPAIGN;
      assert_int_equal(count_named(&l, &g.g[i], "other_"), 0); /* their trades share no word */
    }
    assert_true(found);
    rt__groups_free(&g);
    free(carried);
    take_away(&l);
    world_free(w);
  }
}

/* starts that carry a shared skeleton belong to that skeleton */
static void test_carried_starts_are_left_out(void **state)
{
  (void)state;
  world *w = planted(4, false);
  laid_out l = lay_out(w, 0, false);
  uint8_t *carried = calloc(l.s.n, 1);
  for (uint32_t i = 0; i < l.s.n; i++)
    carried[i] =
        rt__slice_starts(rt__set_name(l.set, l.s.account[i]), slice_of("campaign_")) && i % 4;
  rt__groups g = find(&l, carried);
  assert_true(g.n > 0); /* a quarter is free, and still enough */
  for (size_t i = 0; i < g.n; i++)
    for (uint32_t k = 0; k < g.g[i].at[g.g[i].n]; k++)
      assert_int_equal(carried[g.g[i].row[k]], 0);
  rt__groups_free(&g);
  memset(carried, 1, l.s.n);
  g = find(&l, carried);
  assert_int_equal(g.n, 0);
  rt__groups_free(&g);
  free(carried);
  take_away(&l);
  world_free(w);
}

/* people who read and write on about one subject are no candidate: a class, a fashion */
static void test_followed_starts_are_left_out(void **state)
{
  (void)state;
  world *w = planted(5, true);
  laid_out l = lay_out(w, 0, false);
  uint8_t *carried = calloc(l.s.n, 1);
  rt__groups g = find(&l, carried);
  for (size_t i = 0; i < g.n; i++)
    assert_int_equal(count_named(&l, &g.g[i], "campaign_"), 0);
  rt__groups_free(&g);
  free(carried);
  take_away(&l);
  world_free(w);
}

static char *text_of(const world *w, uint64_t shuffle)
{
  laid_out l = lay_out(w, shuffle, false);
  uint8_t *carried = calloc(l.s.n, 1);
  rt__groups g = find(&l, carried);
  assert_true(g.n > 0);
  char *t = groups_text(&l, &g);
  rt__groups_free(&g);
  free(carried);
  take_away(&l);
  return t;
}

static void test_order_of_input_is_nothing(void **state)
{
  (void)state;
  world *w = planted(6, false);
  char *a = text_of(w, 0), *b = text_of(w, 5);
  assert_string_equal(a, b);
  free(a);
  free(b);
  world_free(w);
}

static void test_no_memory(void **state)
{
  (void)state;
  world *w = world_new();
  luck r = {7};
  for (unsigned i = 0; i < 6; i++)
    ask(w, &r, "campaign", i, 0, LIST, false);
  for (unsigned i = 0; i < 12; i++)
    ask(w, &r, "other", i, 1000 + i * TRADE, TRADE, false);
  laid_out l = lay_out(w, 0, false);
  rt__idf f;
  uint8_t *carried = calloc(l.s.n, 1);
  assert_int_equal(rt__idf_build(rt_alloc_default(), &l.s, &f), RT_OK);
  for (test_alloc t = {0}; test_alloc_again(&t);) {
    rt_alloc a = test_alloc_of(&t);
    rt__starts s = l.s;
    rt__groups g;
    s.alloc = &a;
    rt__groups_init(&g, &a);
    rt_code c = rt__lexical_groups(&s, &f, carried, &g, NULL);
    assert_true(t.failed || g.n > 0);
    rt__groups_free(&g);
    assert_survived(&t, c);
  }
  rt__idf_free(&f);
  free(carried);
  take_away(&l);
  world_free(w);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_planted_campaign),
      cmocka_unit_test(test_carried_starts_are_left_out),
      cmocka_unit_test(test_followed_starts_are_left_out),
      cmocka_unit_test(test_order_of_input_is_nothing),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
