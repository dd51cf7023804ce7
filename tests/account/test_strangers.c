/* Strangers: each machine-like account in one group at most, and the same ones on every machine. */
#include "account/strangers.h"
#include "support/failing_alloc.h"
#include "support/small_starts.h"

#define MACHINES 40 /* three groups, and four left over */

static void say(world *w, const char *what, int account, int starts)
{
  char who[32], text[48];
  for (int i = 0; i < starts; i++) {
    snprintf(who, sizeof who, "%s_%d", what, account);
    snprintf(text, sizeof text, "account %d asks for number %d", account, i);
    world_say(w, (call){.who = who, .at = account + 7000 * i, .user = text});
  }
}

static laid_out some_accounts(uint64_t shuffle)
{
  world *w = world_new();
  for (int i = 0; i < MACHINES; i++)
    say(w, "machine", i, 8 + i % 3);
  for (int i = 0; i < 20; i++)
    say(w, "seldom", i, 7);
  laid_out l = lay_out(w, shuffle, false);
  world_free(w);
  return l;
}

static void deals_each_once(void **state)
{
  (void)state;
  laid_out l = some_accounts(0), other = some_accounts(5);
  static rt__strangers x, y;
  bool seen[MACHINES + 20] = {false};
  int groups = 0;
  assert_int_equal(rt__strangers_draw(&l.s, false, 3, RT__STRANGERS_MAX, &x), RT_OK);
  assert_int_equal(rt__strangers_draw(&other.s, true, 3, RT__STRANGERS_MAX, &y), RT_OK);
  assert_int_equal(x.n, MACHINES);
  assert_int_equal(y.n, MACHINES);
  assert_memory_equal(x.pool, y.pool, MACHINES * sizeof *x.pool);
  for (; rt__strangers_left(&x); groups++) {
    rt__group g;
    assert_int_equal(rt__strangers_next(&l.s, &x, &g), RT_OK);
    assert_sound(&l, &g);
    assert_int_equal(g.n, RT__STRANGERS);
    assert_int_equal(count_named(&l, &g, "machine_"), RT__STRANGERS);
    for (uint32_t i = 0; i < g.n; i++) {
      assert_false(seen[g.account[i]]);
      seen[g.account[i]] = true;
      assert_int_equal(rt__group_rows(&g, i), rt__starts_count(&l.s, g.account[i]));
    }
    rt__group_free(l.s.alloc, &g);
  }
  assert_int_equal(groups, 3);
  take_away(&l);
  take_away(&other);
}

static void draws_no_more_than_asked(void **state)
{
  (void)state;
  laid_out l = some_accounts(0);
  static rt__strangers x;
  assert_int_equal(rt__strangers_draw(&l.s, false, 3, 20, &x), RT_OK);
  assert_int_equal(x.n, 20);
  take_away(&l);
}

static void needs_memory(void **state)
{
  (void)state;
  laid_out l = some_accounts(0);
  static rt__strangers x;
  test_alloc a = {.fail_at = 1};
  rt_alloc none = test_alloc_of(&a);
  const rt_alloc *all = l.s.alloc;
  l.s.alloc = &none;
  assert_int_equal(rt__strangers_draw(&l.s, false, 3, 20, &x), RT_E_NOMEM);
  assert_int_equal(a.held, 0);
  l.s.alloc = all;
  take_away(&l);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(deals_each_once),
      cmocka_unit_test(draws_no_more_than_asked),
      cmocka_unit_test(needs_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
