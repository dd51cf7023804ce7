/* Crowds of one size and one pace: half random balancers planted among owners who are alike in all
 * but their hours, and what must not be taken for one. */
#include "link/alike.h"
#include "link/evidence.h"
#include "support/failing_alloc.h"
#include "support/small_starts.h"

#define SEATS 14
#define DAYS  6

static void start_of(world *w, luck *r, const char *group, unsigned i, double at, int program)
{
  world_say(w, (call){.who = world_name(w, group, i),
                      .at = at,
                      .blind = true,
                      .temperature = program,
                      .in = 100 + luck_below(r, 40),
                      .out = 300 + luck_below(r, 300)});
}

/* one list, 8 starts a seat and day; `lots`: share of starts that go to a seat drawn by lot */
static void deal(world *w, luck *r, const char *group, double lots, unsigned seats, int program)
{
  unsigned turn = 0;
  for (double t = 600; t < DAYS * DAY; t += luck_wait(r, DAY / 8 / seats)) {
    bool lot = luck_unit(r) < lots;
    start_of(w, r, group, lot ? luck_below(r, seats) : turn++ % seats, t, program);
  }
}

/* owners of one tool, with the same sizes and 8 starts a day on average, at hours of their own;
 * `steady`: machines, that know no hours */
static void owners(world *w, luck *r, unsigned n, bool steady, int program)
{
  for (unsigned i = 0; i < n; i++) {
    double wakes = DAY * luck_unit(r);
    for (double t = 0; t < DAYS * DAY; t += luck_wait(r, DAY / (steady ? 8 : 24)))
      if (steady || fmod(t + wakes, DAY) < DAY / 3)
        start_of(w, r, "owner", i, t, program);
  }
}

/* people with the same program, of all sizes and rates */
static void background(world *w, luck *r, unsigned n, int program)
{
  for (unsigned i = 0; i < n; i++) {
    double rate = 2 * exp(luck_normal(r)), size = 200 * exp(0.8 * luck_normal(r));
    for (double t = 0; t < DAYS * DAY; t += 130 + luck_wait(r, DAY / rate))
      world_say(w, (call){.who = world_name(w, "person", i),
                          .at = t,
                          .blind = true,
                          .temperature = program,
                          .in = 20 + (unsigned)(size * (0.5 + luck_unit(r))),
                          .out = 20 + (unsigned)(2 * size * (0.5 + luck_unit(r)))});
  }
}

static void find(world *w, laid_out *l, rt__groups *g)
{
  *l = lay_out(w, 0, false);
  rt__groups_init(g, rt_alloc_default());
  assert_int_equal(rt__alike_groups(&l->s, g, NULL), RT_OK);
  for (size_t i = 0; i < g->n; i++)
    assert_sound(l, &g->g[i]);
}

static void done(world *w, laid_out *l, rt__groups *g)
{
  rt__groups_free(g);
  take_away(l);
  world_free(w);
}

static void test_half_random_balancer(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 5; seed++) {
    world *w = world_new();
    luck r = {seed};
    laid_out l;
    rt__groups g;
    deal(w, &r, "seat", 0.5, SEATS, 700);
    background(w, &r, 120, 700);
    find(w, &l, &g);
    assert_int_equal(g.n, 1);
    assert_int_equal(g.g[0].origin, RT__FROM_ALIKE);
    assert_true(count_named(&l, &g.g[0], "seat_") >= SEATS - 1);
    assert_true(g.g[0].n <= SEATS + 1);
    done(w, &l, &g);
  }
}

/* owners sleep; machines of their own are as even as chance, no more: neither is a pool. A balancer
 * that only draws lots looks like the latter, which is the limit */
static void test_owners_and_lots_are_none(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 5; seed++)
    for (int kind = 0; kind < 3; kind++) {
      world *w = world_new();
      luck r = {seed};
      laid_out l;
      rt__groups g;
      if (kind < 2)
        owners(w, &r, SEATS, kind == 1, 700);
      else
        deal(w, &r, "seat", 1, SEATS, 700);
      background(w, &r, 60, 700);
      find(w, &l, &g);
      assert_int_equal(g.n, 0);
      done(w, &l, &g);
    }
}

/* several programs are dealt over the same accounts: a pool, found with all that its accounts do */
static void test_customers_are_a_pool(void **state)
{
  (void)state;
  world *w = world_new();
  luck r = {3};
  laid_out l;
  rt__groups g;
  for (int k = 0; k < 4; k++)
    deal(w, &r, "seat", 0.3, SEATS, 100 * k);
  background(w, &r, 80, 100);
  find(w, &l, &g);
  assert_true(g.n >= 1);
  for (size_t i = 0; i < g.n; i++) {
    assert_int_equal(g.g[i].origin, RT__FROM_CUSTOMERS);
    assert_true(count_named(&l, &g.g[i], "seat_") >= SEATS - 1);
    uint32_t a = g.g[i].account[0];
    assert_int_equal(rt__group_rows(&g.g[i], 0), rt__starts_count(&l.s, a));
  }
  done(w, &l, &g);
}

/* an account's own traffic, of other parameters, doesn't hide that one program is dealt */
static void test_cover_is_left_aside(void **state)
{
  (void)state;
  world *w = world_new();
  luck r = {4};
  laid_out l;
  rt__groups g;
  deal(w, &r, "owner", 0.3, SEATS, 700);
  owners(w, &r, SEATS, false, 0);
  find(w, &l, &g);
  assert_int_equal(g.n, 1);
  assert_int_equal(g.g[0].origin, RT__FROM_ALIKE);
  for (uint32_t k = 0; k < g.g[0].at[g.g[0].n]; k++)
    assert_int_equal(l.s.temperature[g.g[0].row[k]], 700);
  done(w, &l, &g);
}

/* seats whose account is closed after a day and a half go on under another one: those join, and
 * nobody else of the bundle does */
static void test_replaced_accounts_join(void **state)
{
  (void)state;
  world *w = world_new();
  luck r = {5};
  laid_out l;
  rt__groups g;
  unsigned turn = 0;
  for (double t = 600; t < DAYS * DAY; t += luck_wait(&r, DAY / 8 / 20)) {
    unsigned i = luck_unit(&r) < 0.3 ? luck_below(&r, 20) : turn++ % 20;
    start_of(w, &r, i < 15 ? "seat" : "short", i < 15 ? i : 100 * i + (unsigned)(t / (1.5 * DAY)),
             t, 700);
  }
  background(w, &r, 120, 700);
  find(w, &l, &g);
  assert_int_equal(g.n, 1);
  assert_true(count_named(&l, &g.g[0], "seat_") >= 14);
  assert_true(count_named(&l, &g.g[0], "short_") >= 15);
  assert_true(count_named(&l, &g.g[0], "person_") <= 1);
  done(w, &l, &g);
}

/* a few seats that take turns are seen where as many strangers are of their size and pace */
static void test_few_seats_among_strangers(void **state)
{
  (void)state;
  for (int lots = 0; lots < 2; lots++) {
    world *w = world_new();
    luck r = {11};
    laid_out l;
    rt__groups g;
    deal(w, &r, "seat", lots, 8, 700);
    for (unsigned i = 0; i < 200; i++) { /* owners of all lengths around theirs */
      double size = 100 * exp(0.5 * luck_normal(&r)), rate = 8 * exp(0.7 * luck_normal(&r));
      double wakes = DAY * luck_unit(&r);
      for (double t = 0; t < DAYS * DAY; t += 600 + luck_wait(&r, DAY / rate / 3))
        if (fmod(t + wakes, DAY) < DAY / 3)
          world_say(w, (call){.who = world_name(w, "owner", i),
                              .at = t,
                              .blind = true,
                              .temperature = 700,
                              .in = (unsigned)(size * (1 + 0.4 * luck_unit(&r))),
                              .out = (unsigned)(size * 3 * (1 + luck_unit(&r)))});
    }
    find(w, &l, &g);
    assert_int_equal(g.n, !lots);
    if (g.n) {
      assert_true(count_named(&l, &g.g[0], "seat_") >= 7);
      assert_int_equal(count_named(&l, &g.g[0], "owner_"), 0);
    }
    done(w, &l, &g);
  }
}

/* in a crowd of the joiners' own sizes nobody joins: they may be anybody */
static void test_nobody_joins_in_a_crowd(void **state)
{
  (void)state;
  world *w = world_new();
  luck r = {6};
  laid_out l;
  rt__groups g;
  deal(w, &r, "seat", 0.3, SEATS, 700);
  for (unsigned i = 0; i < 300; i++) { /* a day each, near the pool's pace, of all sizes */
    unsigned size = 60 + luck_below(&r, 120);
    for (double t = DAY * (DAYS - 1) * luck_unit(&r), end = t + DAY; t < end;
         t += luck_wait(&r, DAY / 8))
      world_say(w, (call){.who = world_name(w, "guest", i),
                          .at = t,
                          .blind = true,
                          .temperature = 700,
                          .in = size + luck_below(&r, 20),
                          .out = 300 + luck_below(&r, 300)});
  }
  find(w, &l, &g);
  assert_int_equal(g.n, 1);
  assert_true(count_named(&l, &g.g[0], "seat_") >= SEATS - 1);
  assert_int_equal(count_named(&l, &g.g[0], "guest_"), 0);
  done(w, &l, &g);
}

/* clockworks of one period are even, too, each on its own: that earns a crowd nothing */
static void test_clockworks_earn_nothing(void **state)
{
  (void)state;
  world *w = world_new();
  luck r = {7};
  laid_out l;
  rt__groups g;
  for (unsigned i = 0; i < SEATS; i++) {
    double at = HOUR * luck_unit(&r);
    for (unsigned k = 0; k < DAYS * 24; k++)
      start_of(w, &r, "cron", i, at + HOUR * k + 300 * luck_unit(&r), 700);
  }
  background(w, &r, 60, 700);
  find(w, &l, &g);
  rt__reference ref;
  assert_int_equal(rt__reference_build(rt_alloc_default(), &l.s, NULL, NULL, &ref, NULL), RT_OK);
  for (size_t i = 0; i < g.n; i++) {
    rt__bits b = {.moved = -1};
    assert_int_equal(rt__family_time(&ref, &g.g[i], &b), RT_OK);
    assert_true(b.bits[RT_FAMILY_TIME] < 2);
  }
  assert_int_equal(g.n, 1);
  rt__reference_free(&ref);
  done(w, &l, &g);
}

/* a program that writes on, around the clock, is a harvest like any other; people who are dealt out
 * sleep */
static void test_who_writes_on(void **state)
{
  (void)state;
  for (int people = 0; people < 2; people++) {
    world *w = world_new();
    luck r = {9};
    unsigned turn = 0;
    for (double t = 600; t < DAYS * DAY; t += luck_wait(&r, DAY / 8 / SEATS)) {
      if (people && fmod(t, DAY) < 6 * HOUR)
        continue;
      unsigned i = luck_unit(&r) < 0.3 ? luck_below(&r, SEATS) : turn++ % SEATS;
      start_of(w, &r, "seat", i, t, 700);
      if (luck_unit(&r) < 0.6)
        world_say(w, (call){.who = world_name(w, "seat", i),
                            .at = t + 60,
                            .blind = true,
                            .temperature = 700,
                            .in = 900,
                            .out = 400});
    }
    background(w, &r, 60, 0);
    laid_out l;
    rt__groups g;
    find(w, &l, &g);
    assert_int_equal(g.n, 1);
    rt__reference ref;
    rt__bits b;
    assert_int_equal(rt__reference_build(rt_alloc_default(), &l.s, NULL, NULL, &ref, NULL), RT_OK);
    assert_int_equal(rt__evidence(&ref, &g.g[0], &b, NULL), RT_OK);
    assert_true(b.followed > 0.4);
    assert_true(people ? b.extraction < 0.1 : b.extraction > 0.6);
    rt__reference_free(&ref);
    done(w, &l, &g);
  }
}

/* 600 accounts with four starts each, dealt in turn: no misfit of theirs adds up against one hand
 */
static void test_many_with_few_starts(void **state)
{
  (void)state;
  world *w = world_new();
  luck r = {10};
  laid_out l;
  rt__groups g;
  for (unsigned k = 0; k < 2400; k++) /* the end of the list is drawn by lot, as accounts run dry */
    start_of(w, &r, "burst", k < 1600 ? k % 600 : luck_below(&r, 600),
             DAY * 2 * (k + luck_unit(&r)) / 2400, 700);
  background(w, &r, 200, 100);
  find(w, &l, &g);
  rt__groups_free(&g);
  rt__groups_init(&g, rt_alloc_default());
  uint32_t all[600];
  rt__group group;
  size_t n = 0;
  for (uint32_t a = 0; a < l.s.n_accounts && n < 600; a++)
    if (rt__slice_starts(rt__set_name(l.set, a), slice_of("burst_")) &&
        rt__starts_count(&l.s, a) > 2)
      all[n++] = a;
  assert_int_equal(rt__group_of_accounts(&l.s, all, n, &group), RT_OK);
  group.origin = RT__FROM_FEW;
  rt__reference ref;
  rt__bits b = {.moved = -1};
  assert_int_equal(rt__reference_build(rt_alloc_default(), &l.s, NULL, NULL, &ref, NULL), RT_OK);
  assert_int_equal(rt__family_time(&ref, &group, &b), RT_OK);
  assert_true(b.phi < 1);
  assert_true(b.balance >= 0);
  rt__reference_free(&ref);
  rt__group_free(rt_alloc_default(), &group);
  done(w, &l, &g);
}

/* ---- as a whole */

static world *mixed(void)
{
  world *w = world_new();
  luck r = {8};
  deal(w, &r, "seat", 0.4, 8, 700);
  for (int k = 0; k < 2; k++)
    deal(w, &r, "pool", 0.2, 7, 100 * k);
  background(w, &r, 20, 700);
  return w;
}

static void test_order_of_input_is_nothing(void **state)
{
  (void)state;
  world *w = mixed();
  char *text[2];
  for (int k = 0; k < 2; k++) {
    laid_out l = lay_out(w, k ? 77 : 0, false);
    rt__groups g;
    rt__groups_init(&g, rt_alloc_default());
    assert_int_equal(rt__alike_groups(&l.s, &g, NULL), RT_OK);
    assert_true(g.n >= 2);
    text[k] = groups_text(&l, &g);
    rt__groups_free(&g);
    take_away(&l);
  }
  assert_string_equal(text[0], text[1]);
  free(text[0]);
  free(text[1]);
  world_free(w);
}

static void test_no_memory(void **state)
{
  (void)state;
  world *w = mixed();
  laid_out l = lay_out(w, 0, false);
  for (test_alloc t = {0}; test_alloc_again(&t);) {
    rt_alloc a = test_alloc_of(&t);
    rt__starts s = l.s; /* its arrays stay the default allocator's */
    rt__groups g;
    s.alloc = &a;
    rt__groups_init(&g, &a);
    rt_code c = rt__alike_groups(&s, &g, NULL);
    rt__groups_free(&g);
    assert_survived(&t, c);
  }
  take_away(&l);
  world_free(w);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_half_random_balancer),
      cmocka_unit_test(test_owners_and_lots_are_none),
      cmocka_unit_test(test_customers_are_a_pool),
      cmocka_unit_test(test_cover_is_left_aside),
      cmocka_unit_test(test_replaced_accounts_join),
      cmocka_unit_test(test_few_seats_among_strangers),
      cmocka_unit_test(test_nobody_joins_in_a_crowd),
      cmocka_unit_test(test_clockworks_earn_nothing),
      cmocka_unit_test(test_who_writes_on),
      cmocka_unit_test(test_many_with_few_starts),
      cmocka_unit_test(test_order_of_input_is_nothing),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
