/* Pools that are resold, found by their customers' programs, among accounts with one program each.
 */
#include "link/customers.h"
#include "support/failing_alloc.h"
#include "support/small_campaign.h"
#include "support/small_starts.h"

enum { POOL = 10, CUSTOMERS = 12 };

static world *resold_world(uint64_t seed, resale how)
{
  luck r;
  world *w = honest_world(seed, &r);
  add_harvest(w, &r, HARVEST, 150);
  add_twins(w, &r, 12);
  add_resold(w, &r, POOL, CUSTOMERS, how);
  return w;
}

static rt__groups find(const laid_out *l)
{
  rt__groups g;
  rt__groups_init(&g, rt_alloc_default());
  assert_int_equal(rt__customers_groups(&l->s, &g, NULL), RT_OK);
  return g;
}

/* the pool is found whole and alone: neither a harvest, nor a tool's users, nor its twins */
static void test_a_pool_that_is_dealt(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 3; seed++) {
    world *w = resold_world(seed, DEALT);
    laid_out l = lay_out(w, 0, false);
    rt__groups g = find(&l);
    assert_int_equal(g.n, 1);
    assert_sound(&l, &g.g[0]);
    assert_int_equal(g.g[0].origin, RT__FROM_CUSTOMERS);
    assert_int_equal(g.g[0].n, POOL);
    assert_int_equal(count_named(&l, &g.g[0], "resold_"), POOL);
    uint32_t rows = 0;
    for (uint32_t i = 0; i < POOL; i++)
      rows += rt__starts_count(&l.s, g.g[0].account[i]);
    assert_int_equal(g.g[0].at[POOL], rows); /* with all that they do */
    rt__groups_free(&g);
    take_away(&l);
    world_free(w);
  }
}

/* what one account keeps, what one program does and what is only quoted is no pool */
static void test_what_is_no_pool(void **state)
{
  (void)state;
  static const resale none[] = {STUCK, ONE_PROGRAM, QUOTED};
  for (size_t k = 0; k < 3; k++) {
    world *w = resold_world(4 + k, none[k]);
    laid_out l = lay_out(w, 0, false);
    rt__groups g = find(&l);
    assert_int_equal(g.n, 0);
    rt__groups_free(&g);
    take_away(&l);
    world_free(w);
  }
}

static void test_order_of_lines_is_nothing(void **state)
{
  (void)state;
  world *w = resold_world(8, DEALT);
  char *first = NULL;
  for (uint64_t shuffle = 0; shuffle < 3; shuffle++) {
    laid_out l = lay_out(w, shuffle, false);
    rt__groups g = find(&l);
    char *text = groups_text(&l, &g);
    if (first)
      assert_string_equal(text, first);
    else
      first = strdup(text);
    free(text);
    rt__groups_free(&g);
    take_away(&l);
  }
  free(first);
  world_free(w);
}

static void test_a_log_without_text_says_nothing(void **state)
{
  (void)state;
  world *w = world_new();
  for (unsigned i = 0; i < 400; i++)
    world_say(w, (call){.who = world_name(w, "a", i % 8), .at = 60.0 * i, .in = 9, .blind = true});
  laid_out l = lay_out(w, 0, false);
  rt__groups g = find(&l);
  assert_int_equal(g.n, 0);
  rt__groups_free(&g);
  take_away(&l);
  world_free(w);
}

static void test_no_memory(void **state)
{
  (void)state;
  luck r = {9};
  world *w = world_new();
  add_resold(w, &r, 6, 8, DEALT);
  laid_out l = lay_out(w, 0, false);
  for (test_alloc t = {0}; test_alloc_again(&t);) {
    rt_alloc a = test_alloc_of(&t);
    rt__starts s = l.s;
    rt__groups g;
    s.alloc = &a;
    rt__groups_init(&g, &a);
    rt_code c = rt__customers_groups(&s, &g, NULL);
    assert_true(t.failed || g.n == 1);
    rt__groups_free(&g);
    assert_survived(&t, c);
  }
  take_away(&l);
  world_free(w);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_pool_that_is_dealt),
      cmocka_unit_test(test_what_is_no_pool),
      cmocka_unit_test(test_order_of_lines_is_nothing),
      cmocka_unit_test(test_a_log_without_text_says_nothing),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
