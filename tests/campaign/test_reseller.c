/* A reseller's pool is called what it is, and none of its customers a harvest; a firm's own keys
 * are in the open; a harvest beside them is found all the same. */
#include "campaign/reseller.h"
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

/* ---- by hand: accounts of ten starts each, groups of which only the sizes matter */

enum { ACCOUNTS = 40, EACH = 10 };

typedef struct hand {
  uint32_t first[ACCOUNTS + 1], account[8][ACCOUNTS], at[8][ACCOUNTS + 1];
  rt__group g[8];
  rt__candidate c[8];
  size_t n;
  rt__starts s;
} hand;

static void deal_out(hand *h)
{
  *h = (hand){.s = {.alloc = rt_alloc_default(), .n_accounts = ACCOUNTS, .n = ACCOUNTS * EACH}};
  for (uint32_t a = 0; a <= ACCOUNTS; a++)
    h->first[a] = a * EACH;
  h->s.first = h->first;
}

/* a candidate of accounts from .. to - 1 with so many rows each */
static rt__candidate *put_in(hand *h, rt__origin origin, uint32_t from, uint32_t to, uint32_t rows)
{
  size_t k = h->n++;
  for (uint32_t a = from; a < to; a++) {
    h->account[k][a - from] = a;
    h->at[k][a - from + 1] = (a - from + 1) * rows;
  }
  h->g[k] = (rt__group){.origin = origin, .n = to - from, .account = h->account[k], .at = h->at[k]};
  h->c[k].g = &h->g[k];
  h->c[k].b.bits[RT_FAMILY_TIME] = 8; /* days that are dealt */
  return &h->c[k];
}

static void make_harvest(rt__candidate *c)
{
  c->score = 20;
  c->b.extraction = c->b.knobs = 1;
  c->b.balance = c->b.clock = 5;
  c->b.bits[RT_FAMILY_TIME] = c->b.bits[RT_FAMILY_CONTENT] = 8;
  c->b.said[RT_FAMILY_CONTENT] = true;
  assert_true(rt__candidate_is_harvest(c));
}

/* neither piece holds half of the program's accounts; both are pieces of one pool */
static void test_pieces_of_a_pool_are_one(void **state)
{
  (void)state;
  for (uint32_t shared = 0; shared < 2; shared++) {
    hand h;
    deal_out(&h);
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
  for (size_t k = 1, done = 0; !done; k++) {
    test_alloc t = {.fail_at = k};
    rt_alloc a = test_alloc_of(&t);
    h.s.alloc = &a;
    rt_code c = rt__resellers(&h.s, NULL, h.c, h.n, NULL);
    assert_int_equal(c, t.failed ? RT_E_NOMEM : RT_OK);
    assert_int_equal(t.held + t.wrong_sizes, 0);
    done = !t.failed;
  }
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
      c.b.said[RT_FAMILY_CONTENT] = true;
      assert_false(rt__candidate_may_be_own(&c));
      c.b.one_net = 1; /* with text of a handful of keys behind one address */
      assert_int_equal(rt__candidate_may_be_own(&c), n < RT__TINY);
      c.b.said[RT_FAMILY_MONEY] = true;
      assert_false(rt__candidate_may_be_own(&c));
    }
}

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
    assert_int_equal(d.n, text ? 1 : 2);
    rt__drafts_free(&d);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_crowd_names_its_accounts),
      cmocka_unit_test(test_clocks_come_after_crowds),
      cmocka_unit_test(test_a_pool_beside_a_harvest),
      cmocka_unit_test(test_may_be_own),
      cmocka_unit_test(test_customers_are_no_harvest),
      cmocka_unit_test(test_favourites_are_a_business),
      cmocka_unit_test(test_a_business_comes_back),
      cmocka_unit_test(test_pieces_of_a_pool_are_one),
      cmocka_unit_test(test_a_pools_cards),
      cmocka_unit_test(test_a_stranger_among_own_keys),
      cmocka_unit_test(test_a_firm_and_strangers),
      cmocka_unit_test(test_equal_rates_and_uneven_days),
      cmocka_unit_test(test_customers_are_dealt),
      cmocka_unit_test(test_what_is_dealt_is_alike),
      cmocka_unit_test(test_the_score_of_a_pool),
      cmocka_unit_test(test_a_part_of_what_is_open),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
