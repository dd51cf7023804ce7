/* Which candidates become campaigns: what joins, what unites, what stays beside. */
#include "support/by_hand.h"

/* without text a crowd names its accounts; a clock that runs along adds none */
static void test_crowd_names_its_accounts(void **state)
{
  (void)state;
  for (int crowd = 0; crowd < 2; crowd++) {
    hand h;
    deal_out(&h);
    rt__candidate *first = put_in(&h, crowd ? RT__FROM_ALIKE : RT__FROM_CLOCK, 0, 10, EACH);
    make_harvest(first);
    rt__candidate *second = put_in(&h, RT__FROM_CLOCK, 4, 14, EACH);
    make_harvest(second);
    second->score = 19;
    rt__drafts d;
    assert_int_equal(rt__select(rt_alloc_default(), &h.s, false, h.c, h.n, &d, NULL), RT_OK);
    assert_int_equal(d.n, 1);
    assert_int_equal(d.d[0].n, crowd ? 10 : 14);
    rt__drafts_free(&d);
  }
}

/* A clock that runs through two crowds comes after them, whatever its score */
static void test_clocks_come_after_crowds(void **state)
{
  (void)state;
  hand h;
  deal_out(&h);
  make_harvest(put_in(&h, RT__FROM_ALIKE, 0, 8, EACH));
  make_harvest(put_in(&h, RT__FROM_ALIKE, 8, 16, EACH));
  rt__candidate *through = put_in(&h, RT__FROM_CLOCK, 4, 12, EACH);
  make_harvest(through);
  through->score = 30;
  rt__drafts d;
  for (int text = 0; text < 2; text++) {
    h.s.text = text;
    assert_int_equal(rt__select(rt_alloc_default(), &h.s, false, h.c, h.n, &d, NULL), RT_OK);
    assert_int_equal(d.n, 2);
    rt__drafts_free(&d);
  }
}

/* a pool that shares accounts with a harvest is beside it, where no text tells them apart */
static void test_a_pool_beside_a_harvest(void **state)
{
  (void)state;
  hand h;
  deal_out(&h);
  rt__candidate *harvest = put_in(&h, RT__FROM_ALIKE, 0, 6, EACH);
  make_harvest(harvest);
  rt__candidate *pool = put_in(&h, RT__FROM_WHOLE, 3, 12, EACH);
  pool->b.clock = pool->b.balance = 5;
  pool->b.by_turns = true;
  rt__drafts d;
  assert_int_equal(rt__select(rt_alloc_default(), &h.s, false, h.c, h.n, &d, NULL), RT_OK);
  assert_int_equal(d.n, 2);
  assert_int_equal(d.d[0].n, 6);
  assert_int_equal(d.d[1].verdict, RT_VERDICT_POOLED);
  rt__drafts_free(&d);
}

/* campaigns that meet in a phrase stay apart: each is one program, what holds them all is several.
 * Pieces of one program are one campaign. */
static void test_a_mixture_unites_nothing(void **state)
{
  (void)state;
  for (int mixed = 0; mixed < 2; mixed++) {
    hand h;
    deal_out(&h);
    h.s.text = true;
    make_harvest(put_in(&h, RT__FROM_SKELETON, 0, 8, EACH));
    make_harvest(put_in(&h, RT__FROM_SKELETON, 8, 16, EACH));
    rt__candidate *all = put_in(&h, RT__FROM_SKELETON, 0, 18, EACH);
    make_harvest(all);
    all->score = 10;
    all->b.knobs = mixed ? RT__ONE_KNOBS - 0.05 : RT__ONE_KNOBS + 0.05;
    rt__drafts d;
    assert_int_equal(rt__select(rt_alloc_default(), &h.s, false, h.c, h.n, &d, NULL), RT_OK);
    assert_int_equal(d.n, mixed ? 2 : 1);
    assert_int_equal(d.d[0].n, mixed ? 8 : 18);
    rt__drafts_free(&d);
  }
}

/* where the pieces themselves vary their parameters, that the whole does too says nothing */
static void test_varied_parameters_unite(void **state)
{
  (void)state;
  hand h;
  deal_out(&h);
  h.s.text = true;
  for (uint32_t a = 0; a < 16; a += 8) {
    rt__candidate *piece = put_in(&h, RT__FROM_SKELETON, a, a + 8, EACH);
    make_harvest(piece);
    piece->b.knobs = 0.8;
  }
  rt__candidate *all = put_in(&h, RT__FROM_SKELETON, 0, 16, EACH);
  make_harvest(all);
  all->score = 10;
  all->b.knobs = 0.75;
  rt__drafts d;
  assert_int_equal(rt__select(rt_alloc_default(), &h.s, false, h.c, h.n, &d, NULL), RT_OK);
  assert_int_equal(d.n, 1);
  rt__drafts_free(&d);
}

/* who was let go by one campaign is of another, if that mostly consists of such accounts */
static void test_loose_accounts(void **state)
{
  (void)state;
  for (uint32_t n_loose = 4; n_loose <= 8; n_loose += 4) {
    hand h;
    bool loose[ACCOUNTS] = {false};
    deal_out(&h);
    h.s.text = true;
    rt__candidate *all = put_in(&h, RT__FROM_SKELETON, 0, 20, EACH);
    make_harvest(all);
    rt__candidate *other = put_in(&h, RT__FROM_SKELETON, 12, 20, EACH);
    make_harvest(other);
    other->score = 10;
    rt__drafts d;
    assert_int_equal(rt__select(rt_alloc_default(), &h.s, false, h.c, h.n, &d, NULL), RT_OK);
    assert_int_equal(d.n, 1);
    for (uint32_t a = 20 - n_loose; a < 20; a++)
      loose[a] = true;
    assert_int_equal(rt__select_loose(&d, h.c, h.n, loose, NULL), RT_OK);
    bool moved = n_loose == 8; /* four of eight are half */
    assert_int_equal(d.n, moved ? 2 : 1);
    assert_int_equal(d.d[0].n, moved ? 12 : 20);
    for (uint32_t a = 0; a < 20; a++) {
      assert_int_equal(d.of[a], moved && a >= 12 ? 2 : 1);
      assert_int_equal(loose[a], !moved && a >= 20 - n_loose);
    }
    rt__drafts_free(&d);
  }
}

/* a campaign that loses all its accounts, or all but three, is none */
static void test_nothing_is_left(void **state)
{
  (void)state;
  for (uint32_t left = 0; left <= 4; left++)
    for (int all = 0; all < 2; all++) {
      hand h;
      bool loose[ACCOUNTS] = {false};
      deal_out(&h);
      h.s.text = true;
      make_harvest(put_in(&h, RT__FROM_SKELETON, 0, 8 + left, EACH));
      rt__candidate *other = put_in(&h, RT__FROM_SKELETON, left, 8 + left, EACH);
      make_harvest(other);
      other->score = 10;
      rt__drafts d;
      assert_int_equal(rt__select(rt_alloc_default(), &h.s, all, h.c, h.n, &d, NULL), RT_OK);
      assert_int_equal(d.n, 1);
      for (uint32_t a = left; a < 8 + left; a++)
        loose[a] = true;
      assert_int_equal(rt__select_loose(&d, h.c, h.n, loose, NULL), RT_OK);
      rt__drafts_drop(&d, all);
      size_t old = left == 4 || (all && left > 0); /* with `all` a rest stays, as benign */
      assert_int_equal(d.n, 1 + old);
      assert_int_equal(d.d[d.n - 1].n, 8);
      assert_int_equal(d.of[left], d.n);
      if (old)
        assert_int_equal(d.d[0].verdict, left == 4 ? RT_VERDICT_DISTILLATION : RT_VERDICT_BENIGN);
      rt__drafts_free(&d);
    }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_crowd_names_its_accounts),
      cmocka_unit_test(test_clocks_come_after_crowds),
      cmocka_unit_test(test_a_pool_beside_a_harvest),
      cmocka_unit_test(test_a_mixture_unites_nothing),
      cmocka_unit_test(test_varied_parameters_unite),
      cmocka_unit_test(test_loose_accounts),
      cmocka_unit_test(test_nothing_is_left),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
