/* A reseller's pool is called what it is, and none of its customers a harvest; a firm's own keys
 * are in the open; a harvest beside them is found all the same. */
#include "campaign/reseller.h"
#include "support/by_hand.h"
#include "support/failing_alloc.h"
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

/* neither piece holds half of the program's accounts; both are pieces of one pool */
static void test_pieces_of_a_pool_are_one(void **state)
{
  (void)state;
  for (uint32_t shared = 0; shared < 2; shared++) {
    hand h;
    deal_out(&h);
    h.s.text = true;
    put_in(&h, RT__FROM_CUSTOMERS, 0, 8 + shared, EACH);
    put_in(&h, RT__FROM_CUSTOMERS, 8, 16, EACH);
    rt__candidate *one = put_in(&h, RT__FROM_SKELETON, 2, 20, 1);
    rt__candidate *all = put_in(&h, RT__FROM_SKELETON, 0, 16, 6);
    rt__candidate *few = put_in(&h, RT__FROM_SKELETON, 12, 24, 1);
    for (size_t i = 2; i < h.n; i++)
      make_harvest(&h.c[i]);
    assert_int_equal(rt__resellers(&h.s, NULL, h.c, h.n, NULL), RT_OK);
    assert_int_equal(one->inside, shared); /* 6 + 8 of 18 accounts */
    assert_false(all->inside);             /* most of the pool's work is no customer's */
    assert_false(few->inside);             /* 4 of 12 */
  }
}

/* by clocks alone a pool comes in pieces that share nobody: a program whose accounts are of several
 * is a customer's; what is most of their work is none */
static void test_pieces_without_text(void **state)
{
  (void)state;
  for (int text = 0; text < 2; text++) {
    hand h;
    deal_out(&h);
    h.s.text = text;
    put_in(&h, RT__FROM_CUSTOMERS, 0, 8, EACH);
    put_in(&h, RT__FROM_CUSTOMERS, 8, 16, EACH);
    rt__candidate *one = put_in(&h, RT__FROM_ALIKE, 4, 14, 2); /* 4 and 6 of 10 */
    rt__candidate *most = put_in(&h, RT__FROM_ALIKE, 5, 13, EACH + 1);
    rt__candidate *half = put_in(&h, RT__FROM_ALIKE, 13, 18, 1);
    rt__candidate *other = put_in(&h, RT__FROM_ALIKE, 3, 21, 1); /* 13 of 18 */
    for (size_t i = 2; i < h.n; i++)
      make_harvest(&h.c[i]);
    assert_int_equal(rt__resellers(&h.s, NULL, h.c, h.n, NULL), RT_OK);
    assert_true(one->inside); /* more than half are one piece's */
    assert_false(most->inside);
    assert_true(half->inside);
    assert_int_equal(other->inside, !text);
  }
}

/* accounts that share a card with one of a pool are the pool's; a card that pays for many is not */
static void test_a_pools_cards(void **state)
{
  (void)state;
  for (int strangers = 0; strangers < 2; strangers++) {
    hand h;
    rt__fact fact[ACCOUNTS];
    uint32_t of[ACCOUNTS];
    rt__facts f = {
        .alloc = rt_alloc_default(), .f = fact, .n = ACCOUNTS, .of = of, .n_of = ACCOUNTS};
    deal_out(&h);
    rt__map_init(&f.payments, f.alloc, SIZE_MAX, 1);
    for (uint32_t a = 0; a < ACCOUNTS; a++) {
      of[a] = a + 1;
      fact[a] = (rt__fact){.account = a + 1, .n_payments = 1, .payment = {1 + a % 12}};
      uint64_t *n = rt__map_put(&f.payments, 1 + a % 12, NULL);
      assert_non_null(n);
      *n += strangers ? 10 : 1;
    }
    put_in(&h, RT__FROM_CUSTOMERS, 0, 12, EACH);
    rt__candidate *c = put_in(&h, RT__FROM_SKELETON, 10, 20, 2);
    make_harvest(c);
    assert_int_equal(rt__resellers(&h.s, NULL, h.c, h.n, NULL), RT_OK);
    assert_false(c->inside); /* 2 of 10 accounts were seen to be the pool's */
    assert_int_equal(rt__resellers(&h.s, &f, h.c, h.n, NULL), RT_OK);
    assert_int_equal(c->inside, !strangers);
    rt__map_free(&f.payments);
  }
}

/* strangers who meet a firm in a phrase, with programs of their own, are no campaign with it; where
 * all run one program, the accounts beside it count */
static void test_a_firm_and_strangers(void **state)
{
  (void)state;
  for (int frames = 0; frames < 2; frames++) {
    hand h;
    deal_out(&h);
    rt__candidate *firm = put_in(&h, RT__FROM_SKELETON, 0, 12, EACH);
    rt__candidate *wide = put_in(&h, RT__FROM_SKELETON, 0, 17, EACH);
    rt__candidate *half = put_in(&h, RT__FROM_SKELETON, 7, 18, EACH);
    for (size_t i = 0; i < h.n; i++)
      make_harvest(&h.c[i]);
    firm->b.one_org = 1;
    wide->b.frames = half->b.frames = frames;
    assert_int_equal(rt__resellers(&h.s, NULL, h.c, h.n, NULL), RT_OK);
    assert_int_equal(wide->inside, frames);
    assert_false(half->inside); /* five of eleven */
  }
}

static void test_a_part_of_what_is_open(void **state)
{
  (void)state;
  hand h;
  deal_out(&h);
  rt__candidate *open = put_in(&h, RT__FROM_SKELETON, 0, 8, 8);
  rt__candidate *part = put_in(&h, RT__FROM_SKELETON, 0, 8, 2);
  rt__candidate *half = put_in(&h, RT__FROM_SKELETON, 0, 8, 4);
  rt__candidate *away = put_in(&h, RT__FROM_SKELETON, 5, 12, 2);
  for (size_t i = 0; i < h.n; i++)
    make_harvest(&h.c[i]);
  open->b.one_org = 1;
  assert_int_equal(rt__resellers(&h.s, NULL, h.c, h.n, NULL), RT_OK);
  assert_true(part->inside && !rt__candidate_is_harvest(part));
  assert_false(half->inside || away->inside || open->inside);
}

static void test_no_memory(void **state)
{
  (void)state;
  hand h;
  deal_out(&h);
  put_in(&h, RT__FROM_CUSTOMERS, 0, 12, EACH);
  for (test_alloc t = {0}; test_alloc_again(&t);) {
    rt_alloc a = test_alloc_of(&t);
    h.s.alloc = &a;
    rt_code c = rt__resellers(&h.s, NULL, h.c, h.n, NULL);
    assert_survived(&t, c);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_customers_are_no_harvest),
      cmocka_unit_test(test_favourites_are_a_business),
      cmocka_unit_test(test_pieces_of_a_pool_are_one),
      cmocka_unit_test(test_pieces_without_text),
      cmocka_unit_test(test_a_pools_cards),
      cmocka_unit_test(test_a_firm_and_strangers),
      cmocka_unit_test(test_a_part_of_what_is_open),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
