/* Who waits by turns, and who sets the pace: seats of unequal weight, clockworks and strangers by a
 * group's own clock; lists and demand over days and hours. */
#include "link/paced.h"
#include "link/pooltime.h"
#include "sketch/stats.h"
#include "support/small_starts.h"

#define SEATS 10
#define DAYS  7

typedef struct one {
  world *w;
  laid_out l;
  rt__group g;
} one;

static void lay(one *x, const char *prefix)
{
  uint32_t some[64];
  size_t n = 0;
  x->l = lay_out(x->w, 0, false);
  for (uint32_t a = 0; a < x->l.s.n_accounts && n < 64; a++)
    if (rt__slice_starts(rt__set_name(x->l.set, a), slice_of(prefix)))
      some[n++] = a;
  assert_int_equal(rt__group_of_accounts(&x->l.s, some, n, &x->g), RT_OK);
}

static void done(one *x)
{
  rt__group_free(rt_alloc_default(), &x->g);
  take_away(&x->l);
  world_free(x->w);
}

static void say(world *w, const char *group, unsigned i, double t)
{
  world_say(w, (call){.who = world_name(w, group, i),
                      .at = t,
                      .blind = true,
                      .temperature = 700,
                      .in = 100,
                      .out = 400});
}

/* seat i has weight 10 + i: whoever has waited longest for his share is next */
static world *weighted(luck *r)
{
  world *w = world_new();
  double next[SEATS];
  for (unsigned i = 0; i < SEATS; i++)
    next[i] = luck_unit(r);
  for (double t = 600; t < DAYS * DAY; t += luck_wait(r, DAY / 8 / SEATS)) {
    unsigned best = 0;
    for (unsigned i = 1; i < SEATS; i++)
      best = next[i] < next[best] ? i : best;
    next[best] += 10.0 / (10 + best);
    say(w, "seat", best, t);
  }
  return w;
}

static rt__gaps gaps_of(one *x)
{
  rt__gaps g;
  bool enough;
  lay(x, "seat_");
  assert_int_equal(rt__pooltime(&x->l.s, &x->g, &g, &enough), RT_OK);
  assert_true(enough);
  return g;
}

static void test_seats_of_unequal_weight(void **state)
{
  (void)state;
  luck r = {1};
  one x = {.w = weighted(&r)};
  rt__gaps g = gaps_of(&x);
  assert_true(g.seconds > 0.2);
  assert_true(g.ratio < 0.5);
  done(&x);
}

/* strangers, and schedules that jitter each on its own, are no evener in the time of all */
static void test_strangers_keep_no_turns(void **state)
{
  (void)state;
  for (int jitter = 0; jitter < 2; jitter++) {
    luck r = {2};
    one x = {.w = world_new()};
    for (unsigned i = 0; i < SEATS; i++)
      for (double t = HOUR * luck_unit(&r), gap = HOUR * (2 + luck_unit(&r)); t < DAYS * DAY;
           t += jitter ? gap * (0.8 + 0.4 * luck_unit(&r)) : luck_wait(&r, gap))
        say(x.w, "seat", i, t);
    assert_true(gaps_of(&x).ratio > 0.8);
    done(&x);
  }
}

static void test_too_few_say_nothing(void **state)
{
  (void)state;
  one x = {.w = world_new()};
  for (unsigned i = 0; i < 3; i++)
    for (unsigned k = 0; k < 40; k++)
      say(x.w, "seat", i, HOUR * k + 600 * i);
  rt__gaps g;
  bool enough;
  lay(&x, "seat_");
  assert_int_equal(rt__pooltime(&x.l.s, &x.g, &g, &enough), RT_OK);
  assert_false(enough);
  assert_true(rt__paced(&x.l.s, &x.g) == 0); /* two days */
  done(&x);
}

/* one account by the clock of a group that it is not of */
static void test_turns_of_one(void **state)
{
  (void)state;
  luck r = {3};
  one x = {.w = weighted(&r)};
  for (double t = 0; t < DAYS * DAY; t += luck_wait(&r, DAY / 8))
    say(x.w, "other", 0, t);
  lay(&x, "seat_");
  size_t ticks;
  double *clock = rt__pool_clock(&x.l.s, &x.g, &ticks);
  assert_non_null(clock);
  assert_int_equal(ticks, x.g.at[x.g.n]);
  rt__turns in = rt__turns_of(&x.l.s, x.g.row, x.g.at[1], clock, ticks);
  uint32_t other = account_at(&x.l, "other_000"), row[512];
  uint32_t n = rt__starts_count(&x.l.s, other);
  for (uint32_t k = 0; k < n; k++)
    row[k] = x.l.s.first[other] + k;
  rt__turns out = rt__turns_of(&x.l.s, row, n, clock, ticks);
  assert_true(in.uneven < 0.3);
  assert_true(out.uneven > 0.7);
  assert_true(fabs(in.log_rate + log(SEATS)) < 0.6);
  rt__free(rt_alloc_default(), clock, ticks * sizeof *clock);
  done(&x);
}

/* ---- pace */

/* `weekend`: of the rate on the last two days; `night`: by how much the rate swings over the day;
 * `mood`: how much one day differs from the next */
static double paced(uint64_t seed, double weekend, double night, double mood, double days)
{
  luck r = {seed};
  one x = {.w = world_new()};
  double most = 160 * (1 + night) * exp(2 * mood), rate = 0;
  int today = -1;
  for (double t = 0; t < days * DAY; t += luck_wait(&r, DAY / most)) {
    if ((int)(t / DAY) != today) {
      today = (int)(t / DAY);
      rate = 160 * exp(mood * luck_normal(&r)) * (today >= 5 ? weekend : 1);
    }
    if (luck_unit(&r) * most < rate * (1 + night * sin(RT__TWO_PI * t / DAY)))
      say(x.w, "seat", luck_below(&r, 8), t);
  }
  lay(&x, "seat_");
  double bits = rt__paced(&x.l.s, &x.g);
  done(&x);
  return bits;
}

static void test_a_list_keeps_its_pace(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 5; seed++)
    for (double days = 6.3; days < 8; days += 0.7) /* it is done, or the log is */
      assert_true(paced(seed, 1, 0, 0.03, days) > 3);
}

static void test_demand_does_not(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 5; seed++) {
    assert_true(paced(seed, 0.5, 0, 0.1, 7) < 0);  /* an office's weekend */
    assert_true(paced(seed, 1, 0.5, 0.03, 7) < 0); /* customers sleep */
    assert_true(paced(seed, 1, 0, 0.4, 7) < 2);    /* good days and bad ones */
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_seats_of_unequal_weight),
      cmocka_unit_test(test_strangers_keep_no_turns),
      cmocka_unit_test(test_too_few_say_nothing),
      cmocka_unit_test(test_turns_of_one),
      cmocka_unit_test(test_a_list_keeps_its_pace),
      cmocka_unit_test(test_demand_does_not),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
