/* What a group's bits say: one hand or none, a pool, a firm in the open. */
#include "support/by_hand.h"

#include <math.h>

/* phrases that owners share on days of their own are no pool */
static void test_customers_are_dealt(void **state)
{
  (void)state;
  hand h;
  deal_out(&h);
  rt__candidate *c = put_in(&h, RT__FROM_CUSTOMERS, 0, 8, EACH);
  assert_true(rt__candidate_is_pool(c));
  c->b.bits[RT_FAMILY_TIME] = -6;
  assert_false(rt__candidate_is_pool(c));
}

/* clockworks keep one pace too, but what is dealt out makes accounts alike, in what they send or,
 * in a log without text, in how much */
static void test_what_is_dealt_is_alike(void **state)
{
  (void)state;
  static const rt__origin origins[] = {RT__FROM_CUSTOMERS, RT__FROM_WHOLE};
  for (size_t i = 0; i < 2; i++) {
    hand h;
    deal_out(&h);
    rt__candidate *c = put_in(&h, origins[i], 0, 8, EACH);
    c->b.bits[RT_FAMILY_TIME] = c->b.clock = c->b.balance = 4;
    c->b.bits[RT_FAMILY_SIZE] = -5;
    c->b.said[RT_FAMILY_SIZE] = true;
    assert_false(rt__candidate_is_pool(c)); /* no text: content says nothing */
    c->b.by_turns = true;                   /* programs of all sizes, and one balancer */
    assert_true(rt__candidate_is_pool(c));
    c->b.by_turns = false;
    c->b.bits[RT_FAMILY_SIZE] = 5; /* clockworks of one size are none */
    c->b.clockwork = true;
    assert_false(rt__candidate_is_pool(c));
    c->b.clockwork = false;
    c->b.said[RT_FAMILY_CONTENT] = true;
    c->b.bits[RT_FAMILY_CONTENT] = -6;
    c->b.bits[RT_FAMILY_SIZE] = 3; /* with text, sizes are alike by chance */
    assert_false(rt__candidate_is_pool(c));
    c->b.bits[RT_FAMILY_CONTENT] = 0;
    assert_true(rt__candidate_is_pool(c));
  }
}

/* of many keys behind a gateway with several hosts, what comes back tells a business from a list */
static void test_a_business_comes_back(void **state)
{
  (void)state;
  hand h;
  deal_out(&h);
  rt__candidate *c = put_in(&h, RT__FROM_LEXICAL, 0, 30, EACH);
  make_harvest(c);
  c->b.said[RT_FAMILY_CONTENT] = c->b.said[RT_FAMILY_NETWORK] = true;
  c->b.quiet = 0.25;
  c->b.one_net = 0.6;
  c->b.reuse.dispersion = 6;
  c->b.reuse.within = 0.2;
  assert_true(rt__candidate_in_the_open(c));
  c->b.reuse.within = 0.03; /* a list with popular tasks */
  assert_false(rt__candidate_in_the_open(c));
  c->b.reuse.within = 0.2;
  c->b.reuse.dispersion = 1;
  assert_false(rt__candidate_in_the_open(c));
}

/* one stranger among a firm's few keys does not hide its network; two hosts are no hiding either */
static void test_a_stranger_among_own_keys(void **state)
{
  (void)state;
  hand h;
  deal_out(&h);
  rt__candidate *c = put_in(&h, RT__FROM_SKELETON, 0, 5, EACH);
  make_harvest(c);
  c->b.said[RT_FAMILY_NETWORK] = true;
  c->b.quiet = 0.25;
  c->b.reuse.dispersion = RT__FAVOURITES_SMALL + 0.1;
  c->b.one_net = 0.8;
  assert_true(rt__candidate_in_the_open(c));
  c->b.one_net = 0.6;
  assert_false(rt__candidate_in_the_open(c));
  c->b.reuse.dispersion = RT__FAVOURITES + 0.1;
  c->b.one_net = 0.5;
  assert_true(rt__candidate_in_the_open(c));
  c->b.reuse.dispersion =
      1; /* an office's night tells as well, where all but one share a network */
  c->b.quiet = 0.02;
  assert_false(rt__candidate_in_the_open(c));
  c->b.one_net = 0.8;
  assert_true(rt__candidate_in_the_open(c));
  c->b.one_net = 0.5; /* or two networks; many accounts on two copied hosts are no office */
  assert_false(rt__candidate_in_the_open(c));
  c->b.net_shared = 1;
  assert_true(rt__candidate_in_the_open(c));
  rt__candidate *many = put_in(&h, RT__FROM_SKELETON, 0, 30, EACH);
  many->b = c->b;
  assert_false(rt__candidate_in_the_open(many));
}

/* many who keep one pace name a hand, unless their days say that nobody deals to them */
static void test_equal_rates_and_uneven_days(void **state)
{
  (void)state;
  hand h;
  deal_out(&h);
  rt__candidate *c = put_in(&h, RT__FROM_SKELETON, 0, 30, EACH);
  c->b.equal = c->b.bits[RT_FAMILY_TIME] = 3;
  c->b.phi = 1;
  assert_int_equal(rt__candidate_hands(c), 1);
  c->b.phi = 2.7;
  assert_int_equal(rt__candidate_hands(c), 0);
  rt__candidate *few = put_in(&h, RT__FROM_FEW, 0, 9, 3),
                *more = put_in(&h, RT__FROM_FEW, 0, 25, 3);
  few->b.clock = more->b.clock = few->b.bits[RT_FAMILY_TIME] = more->b.bits[RT_FAMILY_TIME] = 3;
  assert_int_equal(rt__candidate_hands(few), 0); /* few even gaps of few accounts */
  assert_int_equal(rt__candidate_hands(more), 1);
}

/* that programs and work differ speaks against a harvest, not against a pool */
static void test_the_score_of_a_pool(void **state)
{
  (void)state;
  hand h;
  deal_out(&h);
  rt__candidate *c = put_in(&h, RT__FROM_WHOLE, 0, 8, EACH);
  memset(c->b.bits, 0, sizeof c->b.bits);
  c->b.bits[RT_FAMILY_TIME] = 4;
  c->score = rt__candidate_score(&c->b, RT__PRIOR_BITS);
  double same = rt__candidate_pool_score(c);
  c->b.bits[RT_FAMILY_CLIENT] = -10;
  c->b.bits[RT_FAMILY_CONTENT] = -4;
  c->b.said[RT_FAMILY_CONTENT] = true;
  c->score = rt__candidate_score(&c->b, RT__PRIOR_BITS);
  assert_true(fabs(rt__candidate_pool_score(c) - same) < 1e-9);
  assert_true(c->score < same);
  rt__candidate *met = put_in(&h, RT__FROM_CUSTOMERS, 0, 8, EACH);
  met->b = c->b;
  met->score = c->score;
  assert_true(rt__candidate_pool_score(met) > same);
}

/* Without text lengths say that work comes again: a firm's, if networks are shared, too. Where each
 * account comes back to its own, they are owners, wherever they are. */
static void test_work_that_comes_again(void **state)
{
  (void)state;
  hand h;
  deal_out(&h);
  rt__candidate *c = put_in(&h, RT__FROM_ALIKE, 0, 30, EACH);
  make_harvest(c);
  c->b.said[RT_FAMILY_CONTENT] = false;
  c->b.said[RT_FAMILY_NETWORK] = true;
  c->b.bits[RT_FAMILY_SIZE] = 5;
  c->b.quiet = 0.25;
  c->b.net_shared = 0.5;
  c->b.again = (rt__again){.others = 4, .z = 20};
  assert_true(rt__candidate_in_the_open(c));
  c->b.net_shared = 0.1;
  assert_false(rt__candidate_in_the_open(c));
  assert_true(rt__candidate_is_harvest(c));
  c->b.again_own = (rt__again){.others = 1, .z = 20}; /* dealt: own ones are a part of all */
  assert_true(rt__candidate_is_harvest(c));
  c->b.again_own.others = 3;
  assert_false(rt__candidate_is_harvest(c));
  c->b.net_shared = 0.5;
  c->b.again.z = 3;
  assert_false(rt__candidate_in_the_open(c));
}

/* few accounts on networks that hardly anybody else uses, one or several: without text and facts
 * that may be a firm's own gateway */
static void test_may_be_own(void **state)
{
  (void)state;
  for (uint32_t n = 4; n < 24; n++)
    for (int shared = 0; shared < 2; shared++) {
      rt__group g = {.n = n};
      rt__candidate c = {.g = &g};
      c.b.said[RT_FAMILY_NETWORK] = true;
      c.b.one_net = 0.6;
      c.b.net_shared = shared ? 0.6 : 0.4;
      assert_int_equal(rt__candidate_may_be_own(&c), n < RT__SMALL && shared);
      c.score = 9;
      c.b.paced = -8; /* demand sets the pace */
      assert_true(rt__candidate_own_score(&c) < -10);
      c.b.paced = RT__PACED_BITS; /* a list does, and no firm's customers */
      assert_false(rt__candidate_may_be_own(&c));
      c.b.again = (rt__again){.others = 8, .z = 30}; /* of favourites, by one pace */
      assert_int_equal(rt__candidate_may_be_own(&c), n < RT__SMALL && shared);
      c.b.paced = 1; /* a steady one, and nothing comes again */
      c.b.again = (rt__again){.others = 0.1, .z = 0.3};
      assert_false(rt__candidate_may_be_own(&c));
      c.b.said[RT_FAMILY_CONTENT] = true;
      assert_false(rt__candidate_may_be_own(&c));
      c.b.one_net = 1; /* with text of a handful of keys behind one address */
      assert_int_equal(rt__candidate_may_be_own(&c), n < RT__TINY);
      c.b.said[RT_FAMILY_MONEY] = true;
      assert_false(rt__candidate_may_be_own(&c));
    }
}

/* a firm's accounts and strangers beside them: the organisation and the card name it, unless its
 * accounts were opened together */
static void test_a_firm_by_its_organisation(void **state)
{
  (void)state;
  hand h;
  deal_out(&h);
  rt__candidate *c = put_in(&h, RT__FROM_LEXICAL, 0, 20, EACH);
  make_harvest(c);
  c->b.said[RT_FAMILY_NETWORK] = c->b.said[RT_FAMILY_MONEY] = true;
  c->b.quiet = 0.25;
  c->b.one_org = c->b.top_payer = 0.67;
  assert_true(rt__candidate_in_the_open(c));
  c->b.burst = RT__BURST;
  assert_false(rt__candidate_in_the_open(c));
  c->b.burst = 0;
  c->b.top_payer = 0.3;
  assert_false(rt__candidate_in_the_open(c));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_customers_are_dealt),
      cmocka_unit_test(test_what_is_dealt_is_alike),
      cmocka_unit_test(test_a_business_comes_back),
      cmocka_unit_test(test_a_stranger_among_own_keys),
      cmocka_unit_test(test_equal_rates_and_uneven_days),
      cmocka_unit_test(test_the_score_of_a_pool),
      cmocka_unit_test(test_work_that_comes_again),
      cmocka_unit_test(test_may_be_own),
      cmocka_unit_test(test_a_firm_by_its_organisation),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
