/* Families of evidence: one group of twelve in an honest small world, changed in one respect at a
 * time. What counts is the sign and the order of the bits, not their size. */
#include "link/evidence.h"
#include "support/failing_alloc.h"
#include "support/small_campaign.h"
#include "support/small_starts.h"

enum { LIST = 800, MEMBERS = 12, STRANGERS = 25, PEOPLE = 30, BACK_ENDS = 20 };

typedef enum money {
  NO_FACTS,
  OWN_CARDS,
  TWO_PAIRS, /* else cards of their own */
  PAIRS,
  ONE_CARD,
  ONE_CARD_AND_ORG,
  STOLEN_TOKEN
} money;

typedef struct cast {
  bool own_material, own_days, own_temperature, own_frame, own_size; /* else as of one hand */
  bool dealt_list, drawn_list; /* tasks of a short list: one after the other, or at random */
  bool rarely;                 /* a start a day */
  bool lots;                   /* every other start is dealt by lot, not in turn */
  bool reworded;               /* a frame for each account, of a common stock of words */
  bool one_net, crowded_net;   /* else an address for each; crowded: shared with many strangers */
  unsigned signatures;         /* members that carry one common reasoning signature */
  money money;
  bool burst; /* accounts opened in one afternoon */
} cast;

static void one_call(world *w, luck *r, const cast *c, unsigned i, double at)
{
  char user[WORLD_TXT], frame[WORLD_TXT], ip[40];
  unsigned item = c->drawn_list ? luck_below(r, LIST) : (unsigned)(w->n % LIST);
  luck own = {900 + i}, task = {5000 + item}; /* the same words for all calls of an account */
  unsigned size = c->own_size ? 40u << (i % 6) : 400;
  if (c->own_material)
    words_text(r, WORDS_TRADES + 12000 + 40 * i, 40, 14, user, sizeof user);
  else
    words_text(c->dealt_list || c->drawn_list ? &task : r, WORDS_TASKS, 900, 14, user, sizeof user);
  words_text(&own, c->reworded ? 150000 : 150000 + 60 * i, c->reworded ? 110 : 60, 30, frame,
             sizeof frame);
  snprintf(ip, sizeof ip, "192.0.%u.7", c->one_net || c->crowded_net ? 99 : i);
  world_say(w, (call){.who = world_name(w, "member", i),
                      .at = at,
                      .system = c->own_frame || c->reworded ? frame : HARVEST_FRAME,
                      .user = user,
                      .ip = ip,
                      .client = "requests/2",
                      .model = "m-large",
                      .temperature = c->own_temperature ? 100 + (int)i * 70 : 700,
                      .signature = i < c->signatures ? "sig-of-one-answer" : NULL,
                      .in = size / 2 + luck_below(r, size),
                      .out = size / 2 + luck_below(r, size)});
}

static void add_members(world *w, luck *r, const cast *c)
{
  unsigned turn = 0;
  for (unsigned d = 0; d < DAYS_IN_ALL; d++) {
    unsigned volume =
        12 * (c->rarely ? 1 : 15 + luck_below(r, 20)); /* the group's day swings anyway */
    for (unsigned k = 0; !c->own_days && k < volume; k++)
      one_call(w, r, c, c->lots && luck_below(r, 2) ? luck_below(r, MEMBERS) : turn++ % MEMBERS,
               (d + (k + luck_unit(r)) / volume) * DAY);
    for (unsigned i = 0; c->own_days && i < MEMBERS; i++)
      for (unsigned k = luck_below(r, 3) ? 5 + luck_below(r, 60) : 0; k > 0; k--)
        one_call(w, r, c, i, (d + luck_unit(r)) * DAY);
  }
}

static void add_fact(world *w, const char *who, const char *card, const char *org, double born)
{
  rt_facts f = {.account = slice_of(who),
                .as_of_us = 1,
                .risk = NAN,
                .verified = -1,
                .org = slice_of(org),
                .created_us = WORLD_T0 - (int64_t)(born * 1e6),
                .line = slice_of(who)};
  f.payments[0] = slice_of(card);
  f.n_payments = 1;
  world_fact(w, f);
}

static void add_facts_of(world *w, luck *r, const cast *c)
{
  for (unsigned i = 0; c->money != NO_FACTS && i < MEMBERS; i++) {
    bool own = c->money == OWN_CARDS || (c->money == TWO_PAIRS && i >= 4);
    bool pair = c->money == PAIRS || c->money == TWO_PAIRS;
    const char *card = own    ? world_name(w, "own", i)
                       : pair ? world_name(w, "pair", i / 2)
                              : "pm_one";
    add_fact(w, world_name(w, "member", i), card, c->money == ONE_CARD_AND_ORG ? "org_1" : NULL,
             c->burst ? 10 * DAY + luck_unit(r) * 3 * HOUR : luck_unit(r) * 300 * DAY);
  }
  static const char *const others[] = {"tool", "person", "backend"};
  static const unsigned many[] = {STRANGERS, PEOPLE, BACK_ENDS};
  for (int k = 0; c->money != NO_FACTS && k < 3; k++)
    for (unsigned i = 0; i < many[k]; i++) {
      const char *who = world_name(w, others[k], i);
      add_fact(w, who, c->money == STOLEN_TOKEN && k == 0 ? "pm_one" : who, NULL,
               luck_unit(r) * 300 * DAY);
    }
}

typedef struct bench {
  world *w;
  laid_out l;
  rt__facts facts;
  rt__reference ref;
  rt__group g;
} bench;

/* in one place: the parts point at each other */
static bench *set_up(cast c, const bool *without)
{
  luck r = {5};
  rt_key key = small_key();
  bench *b = calloc(1, sizeof *b);
  assert_non_null(b);
  b->w = world_new();
  add_people(b->w, &r, PEOPLE);
  add_tool_users(b->w, &r, "tool", STRANGERS, TOOL_FRAME);
  add_back_ends(b->w, &r, BACK_ENDS);
  for (size_t i = 0; c.crowded_net && i < b->w->n; i++)
    b->w->calls[i].ip = "192.0.99.200";
  add_members(b->w, &r, &c);
  add_facts_of(b->w, &r, &c);
  b->l = lay_out(b->w, 0, false);
  rt__facts_init(&b->facts, rt_alloc_default());
  for (size_t i = 0; i < b->w->n_facts; i++)
    assert_int_equal(rt__facts_add(&b->facts, &key, &b->w->facts[i], NULL), RT_OK);
  assert_int_equal(rt__facts_seal(&b->facts, b->l.set, NULL), RT_OK);
  assert_int_equal(rt__reference_build(rt_alloc_default(), &b->l.s, b->facts.n ? &b->facts : NULL,
                                       without, &b->ref, NULL),
                   RT_OK);
  uint32_t account[MEMBERS], n = 0;
  for (uint32_t a = 0; a < b->l.s.n_accounts; a++)
    if (rt__slice_starts(rt__set_name(b->l.set, a), slice_of("member_")))
      account[n++] = a;
  assert_int_equal(rt__group_of_accounts(&b->l.s, account, n, &b->g), RT_OK);
  return b;
}

static void put_away(bench *b)
{
  rt__group_free(rt_alloc_default(), &b->g);
  rt__reference_free(&b->ref);
  rt__facts_free(&b->facts);
  take_away(&b->l);
  world_free(b->w);
  free(b);
}

static rt__bits bits_of(cast c)
{
  bench *b = set_up(c, NULL);
  rt__bits out;
  assert_int_equal(rt__evidence(&b->ref, &b->g, &out, NULL), RT_OK);
  put_away(b);
  return out;
}

static double family(cast c, rt_family f)
{
  return bits_of(c).bits[f];
}

/* ---- one family after the other */

static void test_content(void **state)
{
  (void)state;
  double one = family((cast){0}, RT_FAMILY_CONTENT),
         own = family((cast){.own_material = true}, RT_FAMILY_CONTENT);
  assert_true(one > 2 && own < -2);
}

/* a list that lasts for two thirds of the work is gone through one time and a half: still dealt.
 * Who draws from it meets others by chance */
static void test_a_short_list(void **state)
{
  (void)state;
  rt__bits dealt = bits_of((cast){.dealt_list = true}), drawn = bits_of((cast){.drawn_list = true});
  assert_true(dealt.reuse.users > 1.2 && dealt.reuse.dispersion > 0.4);
  assert_true(drawn.reuse.dispersion > 0.8);
  assert_true(dealt.bits[RT_FAMILY_CONTENT] > drawn.bits[RT_FAMILY_CONTENT] + 4);
}

static void test_time(void **state)
{
  (void)state;
  double dealt = family((cast){0}, RT_FAMILY_TIME),
         own = family((cast){.own_days = true}, RT_FAMILY_TIME);
  assert_true(dealt > 2 && own < 1 && own < dealt - 2);
}

/* with a start a day everybody looks dealt */
static void test_few_starts_show_no_balance(void **state)
{
  (void)state;
  rt__bits often = bits_of((cast){0}), rarely = bits_of((cast){.rarely = true});
  assert_true(often.balance > 2);
  assert_true(fabs(rarely.balance) < 0.5);
}

/* a group that was chosen for its pace, and has no clock after all, earns nothing by its pace */
static void test_pace_is_no_evidence_of_itself(void **state)
{
  (void)state;
  bench *b = set_up((cast){.own_days = true}, NULL);
  rt__bits out;
  b->g.origin = RT__FROM_WHOLE;
  assert_int_equal(rt__evidence(&b->ref, &b->g, &out, NULL), RT_OK);
  assert_true(out.clock < 1);
  assert_true(out.equal == 0 && out.balance <= 0);
  put_away(b);
}

static void test_client(void **state)
{
  (void)state;
  double one = family((cast){0}, RT_FAMILY_CLIENT),
         knobs = family((cast){.own_days = true, .own_temperature = true}, RT_FAMILY_CLIENT),
         frames = family((cast){.own_days = true, .own_frame = true}, RT_FAMILY_CLIENT);
  assert_true(one > 0 && one <= 2); /* one program is a hint */
  assert_true(knobs < -3);          /* many programs are a contradiction */
  assert_true(frames < -3);
}

/* of a group found by its words, where owners have days on and off */
static rt__bits among_swinging(cast c)
{
  bench *b = set_up(c, NULL);
  rt__bits out;
  for (size_t i = 0; i < b->ref.swing.n; i++)
    b->ref.swing.v[i] = 3 + (double)(i % 7);
  b->g.origin = RT__FROM_LEXICAL;
  assert_int_equal(rt__evidence(&b->ref, &b->g, &out, NULL), RT_OK);
  put_away(b);
  return out;
}

/* one frame in many wordings is one program's, if one balancer deals and the list is one */
static void test_reworded(void **state)
{
  (void)state;
  rt__bits worded = among_swinging((cast){.reworded = true, .lots = true}),
           owned = among_swinging((cast){.own_frame = true, .lots = true}),
           apart = among_swinging((cast){.reworded = true, .own_days = true});
  assert_true(worded.clock < 1 && worded.frames > 0.5); /* no clock excuses them */
  assert_true(worded.bits[RT_FAMILY_CLIENT] > -3);
  assert_true(owned.frames > 0.5 && owned.bits[RT_FAMILY_CLIENT] < -5);
  assert_true(apart.frames > 0.5 && apart.bits[RT_FAMILY_CLIENT] < -5);
}

static void test_size(void **state)
{
  (void)state;
  assert_true(family((cast){0}, RT_FAMILY_SIZE) > 1);
  assert_true(family((cast){.own_size = true}, RT_FAMILY_SIZE) < -1);
}

/* other addresses are no evidence against; a common one is a little; in a crowd it is none */
static void test_network(void **state)
{
  (void)state;
  assert_true(family((cast){0}, RT_FAMILY_NETWORK) == 0);
  double one = family((cast){.one_net = true}, RT_FAMILY_NETWORK);
  assert_true(one > 0 && one <= 1);
  assert_true(family((cast){.crowded_net = true}, RT_FAMILY_NETWORK) == 0);
  assert_true(bits_of((cast){.one_net = true}).one_net == 1);
}

static void test_money(void **state)
{
  (void)state;
  rt__bits none = bits_of((cast){.money = NO_FACTS});
  assert_true(!none.said[RT_FAMILY_MONEY] && none.bits[RT_FAMILY_MONEY] == 0);
  double own = family((cast){.money = OWN_CARDS}, RT_FAMILY_MONEY),
         two = family((cast){.money = TWO_PAIRS}, RT_FAMILY_MONEY),
         pairs = family((cast){.money = PAIRS}, RT_FAMILY_MONEY),
         one = family((cast){.money = ONE_CARD}, RT_FAMILY_MONEY),
         org = family((cast){.money = ONE_CARD_AND_ORG}, RT_FAMILY_MONEY),
         stolen = family((cast){.money = STOLEN_TOKEN}, RT_FAMILY_MONEY);
  assert_true(own <= 0);
  assert_true(pairs > 3 && pairs > one); /* one payer in the open hides less than six do */
  assert_true(one > own);
  assert_true(two > own && two <= 2); /* two people with two keys each are two hands */
  assert_true(org < 0);               /* a company pays for its people */
  assert_true(stolen <= 0);           /* a token that strangers use too says nothing */
}

static void test_provision(void **state)
{
  (void)state;
  double spread = family((cast){.money = OWN_CARDS}, RT_FAMILY_PROVISION),
         burst = family((cast){.money = OWN_CARDS, .burst = true}, RT_FAMILY_PROVISION);
  assert_true(spread < 1 && burst > spread + 0.5 && burst <= 4);
}

static void test_keys(void **state)
{
  (void)state;
  rt__bits none = bits_of((cast){0}), pair = bits_of((cast){.signatures = 2}),
           chain = bits_of((cast){.signatures = 8});
  assert_true(!none.said[RT_FAMILY_KEYS] && none.bits[RT_FAMILY_KEYS] == 0);
  assert_true(pair.bits[RT_FAMILY_KEYS] == 0); /* somebody with two keys */
  assert_true(chain.bits[RT_FAMILY_KEYS] > 4);
  assert_true(fabs(chain.linked - 8.0 / MEMBERS) < 1e-9);
}

static void test_extraction(void **state)
{
  (void)state;
  rt__bits b = bits_of((cast){0});
  assert_true(b.extraction > 0.5 && b.extraction <= 1 && b.followed == 0);
}

/* ---- all families */

static const cast rich = {.one_net = true, .signatures = 6, .money = PAIRS, .burst = true};

static void test_families_switched_off(void **state)
{
  (void)state;
  for (int f = 0; f < RT_FAMILY_COUNT; f++) {
    bool without[RT_FAMILY_COUNT] = {false};
    double member[MEMBERS * RT_FAMILY_COUNT];
    without[f] = true;
    bench *b = set_up(rich, without);
    rt__bits out;
    assert_int_equal(rt__evidence(&b->ref, &b->g, &out, NULL), RT_OK);
    assert_int_equal(rt__member_bits(&b->ref, &b->g, member, NULL), RT_OK);
    assert_true(!out.said[f] && out.bits[f] == 0);
    for (int o = 0; o < RT_FAMILY_COUNT; o++)
      assert_true(o == f || out.said[o]);
    for (unsigned i = 0; i < MEMBERS; i++)
      assert_true(isnan(member[i * RT_FAMILY_COUNT + (unsigned)f]));
    put_away(b);
  }
}

/* a member's own bits point where the group's do */
static void test_members(void **state)
{
  (void)state;
  double member[MEMBERS * RT_FAMILY_COUNT];
  bench *b = set_up(rich, NULL);
  assert_int_equal(rt__member_bits(&b->ref, &b->g, member, NULL), RT_OK);
  double sum[RT_FAMILY_COUNT] = {0};
  for (unsigned i = 0; i < MEMBERS; i++)
    for (unsigned f = 0; f < RT_FAMILY_COUNT; f++) {
      double v = member[i * RT_FAMILY_COUNT + f];
      assert_true(isnan(v) || fabs(v) <= 16);
      sum[f] += isnan(v) ? 0 : v;
    }
  for (int f = 0; f < RT_FAMILY_COUNT; f++)
    assert_true(sum[f] > 0);
  put_away(b);
  b = set_up((cast){.own_material = true, .own_days = true, .own_size = true}, NULL);
  assert_int_equal(rt__member_bits(&b->ref, &b->g, member, NULL), RT_OK);
  memset(sum, 0, sizeof sum);
  for (unsigned i = 0; i < MEMBERS; i++)
    for (unsigned f = 0; f < RT_FAMILY_COUNT; f++)
      sum[f] += isnan(member[i * RT_FAMILY_COUNT + f]) ? 0 : member[i * RT_FAMILY_COUNT + f];
  assert_true(sum[RT_FAMILY_CONTENT] < 0 && sum[RT_FAMILY_SIZE] < 0 && sum[RT_FAMILY_TIME] < 6);
  put_away(b);
}

static void test_no_memory(void **state)
{
  (void)state;
  bench *b = set_up(rich, NULL);
  for (test_alloc t = {0}; test_alloc_again(&t);) {
    rt_alloc a = test_alloc_of(&t);
    rt__reference ref = b->ref; /* what it holds stays the default allocator's */
    rt__starts s = b->l.s;
    double member[MEMBERS * RT_FAMILY_COUNT];
    rt__bits out;
    s.alloc = &a;
    ref.alloc = &a;
    ref.starts = &s;
    rt_code c = rt__evidence(&ref, &b->g, &out, NULL);
    if (c == RT_OK)
      c = rt__member_bits(&ref, &b->g, member, NULL);
    assert_survived(&t, c);
  }
  put_away(b);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_content),
      cmocka_unit_test(test_a_short_list),
      cmocka_unit_test(test_time),
      cmocka_unit_test(test_few_starts_show_no_balance),
      cmocka_unit_test(test_pace_is_no_evidence_of_itself),
      cmocka_unit_test(test_client),
      cmocka_unit_test(test_reworded),
      cmocka_unit_test(test_size),
      cmocka_unit_test(test_network),
      cmocka_unit_test(test_money),
      cmocka_unit_test(test_provision),
      cmocka_unit_test(test_keys),
      cmocka_unit_test(test_extraction),
      cmocka_unit_test(test_families_switched_off),
      cmocka_unit_test(test_members),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
