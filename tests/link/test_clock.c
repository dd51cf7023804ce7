/* Lag ratios against a slow version and against what clock.h claims of them; pools planted among
 * accounts that keep clocks of their own. */
#include "link/block.h"
#include "link/clock.h"
#include "support/failing_alloc.h"
#include "support/small_starts.h"

#define STARTS 400

/* ---- the lag ratio, slowly */

static int by_value(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static double quantile(const double *v, size_t n, double q)
{
  double at = q * (double)(n - 1), lo = v[(size_t)floor(at)], hi = v[(size_t)ceil(at)];
  return lo + (at - floor(at)) * (hi - lo);
}

static double quartiles_apart(double *v, size_t n)
{
  qsort(v, n, sizeof *v, by_value);
  return quantile(v, n, 0.75) - quantile(v, n, 0.25);
}

static bool within(const double *p, size_t n, const double *q, size_t m, double t)
{
  return t >= p[0] && t >= q[0] && t <= p[n - 1] && t <= q[m - 1];
}

/* each start of p inside the time that both live, to the next start of q in it */
static double slow_one_way(const double *p, size_t n, const double *q, size_t m)
{
  double lag[STARTS], gap[2 * STARTS], a[STARTS], b[STARTS], re = 0, im = 0;
  size_t k = 0, gaps = 0, na = 0, nb = 0;
  for (size_t i = 0; i < n; i++)
    if (within(p, n, q, m, p[i]))
      a[na++] = p[i];
  for (size_t j = 0; j < m; j++)
    if (within(p, n, q, m, q[j]))
      b[nb++] = q[j];
  if (na < 4 || nb < 4)
    return 9;
  for (size_t i = 0; i < na; i++) {
    double next = INFINITY;
    for (size_t j = 0; j < nb; j++)
      if (b[j] >= a[i] && b[j] < next)
        next = b[j];
    if (next < INFINITY)
      lag[k++] = next - a[i];
  }
  for (size_t i = 1; i < na; i++)
    gap[gaps++] = a[i] - a[i - 1];
  for (size_t j = 1; j < nb; j++)
    gap[gaps++] = b[j] - b[j - 1];
  double spread = quartiles_apart(gap, gaps), one = quantile(gap, gaps, 0.5);
  if (k < 3 || one <= 0)
    return 9;
  for (size_t i = 0; i < k; i++) {
    re += cos(2 * acos(-1) * lag[i] / one);
    im += sin(2 * acos(-1) * lag[i] / one);
  }
  for (size_t i = 0; i < k; i++) { /* as an angle from the mean direction */
    double x = 2 * acos(-1) * lag[i] / one - atan2(im, re);
    lag[i] = atan2(sin(x), cos(x)) / (2 * acos(-1));
  }
  return quartiles_apart(lag, k) / (spread / one > 1e-9 ? spread / one : 1e-9);
}

static double slow_ratio(const double *p, size_t n, const double *q, size_t m)
{
  double a = slow_one_way(p, n, q, m), b = slow_one_way(q, m, p, n);
  return a < b ? a : b;
}

static double ratio(const double *p, size_t n, const double *q, size_t m)
{
  double scratch[4 * STARTS];
  size_t lags;
  double r = rt__lag_ratio(p, n, q, m, scratch, &lags);
  assert_true(lags <= (n > m ? n : m));
  assert_true((lags == 0) == (r == 9));
  return r;
}

static void test_lag_against_slow(void **state)
{
  (void)state;
  luck r = {1};
  for (int i = 0; i < 3000; i++) {
    double p[STARTS], q[STARTS], at = 0, other = luck_unit(&r) * 5000;
    size_t n = luck_below(&r, 40), m = luck_below(&r, 40);
    for (size_t k = 0; k < n; k++)
      p[k] = at += i % 3 ? luck_wait(&r, 1000) : 1000 + 90 * luck_normal(&r);
    for (size_t k = 0; k < m; k++)
      q[k] = other += i % 2 ? luck_wait(&r, 1000) : 1000 + 90 * luck_normal(&r);
    qsort(p, n, sizeof *p, by_value);
    qsort(q, m, sizeof *q, by_value);
    double want = n && m ? slow_ratio(p, n, q, m) : 9, got = ratio(p, n, q, m);
    assert_true(fabs(got - want) < 1e-7 * (1 + want));
    assert_true(got == ratio(q, m, p, n)); /* neither of the two comes first */
  }
}

/* ---- what is claimed of it */

/* median over 200 tries of the ratio of two streams that `make` draws */
static double usual(void (*make)(luck *, double, double *, size_t *, double *, size_t *),
                    double arg)
{
  double v[200];
  for (uint64_t i = 0; i < 200; i++) {
    double p[STARTS], q[STARTS];
    size_t n, m;
    luck r = {1000 * (uint64_t)(arg * 100) + i};
    make(&r, arg, p, &n, q, &m);
    v[i] = ratio(p, n, q, m);
  }
  qsort(v, 200, sizeof *v, by_value);
  return quantile(v, 200, 0.5);
}

/* one clock deals 60 rounds to sixteen accounts; these two sit `apart` seats from each other */
static void in_turn(luck *r, double apart, double *p, size_t *n, double *q, size_t *m)
{
  double t = 0;
  *n = *m = 0;
  for (int i = 0; i < 60 * 16; i++) {
    t += luck_wait(r, 60);
    if (i % 16 == 3)
      p[(*n)++] = t;
    if (i % 16 == 3 + (int)apart)
      q[(*m)++] = t;
  }
}

static void test_turns_keep_their_place(void **state)
{
  (void)state;
  double last = 0;
  for (int apart = 1; apart <= 8; apart *= 2) { /* about sqrt(ring distance), 0.71 at most */
    double got = usual(in_turn, apart), claim = sqrt(apart / 16.0);
    assert_true(got < 0.71);
    assert_true(fabs(got - claim) < 0.15);
    assert_true(got > last);
    last = got;
  }
  assert_true(fabs(usual(in_turn, 12) - usual(in_turn, 4)) < 0.1); /* it is a ring */
}

/* hourly jobs of two owners: each start has a jitter of its own */
static void hourly(luck *r, double jitter, double *p, size_t *n, double *q, size_t *m)
{
  double a = 3600 * luck_unit(r), b = 3600 * luck_unit(r);
  for (size_t i = 0; i < 60; i++) {
    p[i] = a + 3600 * ((double)i + jitter * (luck_unit(r) - 0.5));
    q[i] = b + 3600 * ((double)i + jitter * (luck_unit(r) - 0.5));
  }
  *n = *m = 60;
}

static void test_cron_is_about_one(void **state)
{
  (void)state;
  for (double jitter = 0.01; jitter < 0.3; jitter *= 2) {
    double got = usual(hourly, jitter);
    assert_true(got > 0.8 && got < 1.2);
  }
}

/* even, but on periods of their own: the lag drifts all around the ring */
static void strangers(luck *r, double jitter, double *p, size_t *n, double *q, size_t *m)
{
  double a = 3600 * luck_unit(r), b = 3600 * luck_unit(r);
  for (size_t i = 0; i < 60; i++) {
    p[i] = a += 3600 * (1 + jitter * (luck_unit(r) - 0.5));
    q[i] = b += 3720 * (1 + jitter * (luck_unit(r) - 0.5));
  }
  *n = *m = 60;
}

static void test_strangers_are_above_one(void **state)
{
  (void)state;
  for (double jitter = 0.02; jitter < 0.5; jitter *= 2)
    assert_true(usual(strangers, jitter) > 1);
}

static void test_lag_of_nothing(void **state)
{
  (void)state;
  double p[8] = {1, 2, 3, 4, 5, 6, 7, 8}, late[8] = {9, 10, 11, 12, 13, 14, 15, 16},
         same[8] = {5, 5, 5, 5, 5, 5, 5, 5};
  assert_true(ratio(p, 0, p, 8) == 9);
  assert_true(ratio(p, 8, late, 8) == 9); /* never at once */
  assert_true(ratio(same, 8, same, 8) == 9);
  assert_true(ratio(p, 8, p, 8) == 0); /* the same starts: their place is kept */
}

/* ---- streams */

static void test_streams_against_plain(void **state)
{
  (void)state;
  world *w = world_new();
  luck r = {4};
  for (int i = 0; i < 600; i++) {
    char who[20];
    snprintf(who, sizeof who, "acct_%u", luck_below(&r, 15));
    world_say(w, (call){.who = who,
                        .at = luck_below(&r, 40000),
                        .user = "a text",
                        .temperature = 100 * (1 + (int)luck_below(&r, 4))});
  }
  laid_out l = lay_out(w, 0, false);
  for (int kind = 0; kind < RT__STREAMS_KINDS; kind++)
    for (uint32_t least = 1; least < 8; least += 2) {
      rt__streams st;
      assert_int_equal(rt__streams_build(&l.s, (rt__streams_kind)kind, least, &st), RT_OK);
      size_t held = 0, want = 0;
      for (uint32_t i = 0; i < st.n; i++) {
        const rt__stream *x = &st.st[i];
        held += x->n;
        assert_true(x->n >= least);
        assert_true(i == 0 || x->key > x[-1].key ||
                    (x->key == x[-1].key && x->account > x[-1].account));
        for (uint32_t k = 0; k < x->n; k++) {
          assert_int_equal(l.s.account[x->row[k]], x->account);
          assert_true(k == 0 || x->row[k] > x->row[k - 1]);
          assert_true(kind == RT__STREAMS_WHOLE || l.s.bundle[x->row[k]] == x->key);
          assert_true(kind != RT__STREAMS_LONE || (l.s.flags[x->row[k]] & RT__S_LONE));
        }
      }
      for (uint32_t i = 0; i < l.s.n; i++) { /* rows in company enough, each by asking around */
        uint32_t company = 0;
        bool in = kind != RT__STREAMS_LONE || (l.s.flags[i] & RT__S_LONE);
        for (uint32_t j = 0; in && j < l.s.n; j++)
          company += l.s.account[j] == l.s.account[i] &&
                     (kind == RT__STREAMS_WHOLE || l.s.bundle[j] == l.s.bundle[i]) &&
                     (kind != RT__STREAMS_LONE || (l.s.flags[j] & RT__S_LONE));
        want += company >= least;
      }
      assert_int_equal(held, want);
      rt__streams_free(&st);
    }
  take_away(&l);
  world_free(w);
}

/* ---- planted pools */

enum { POOL = 12, CRON = 24, PEOPLE = 60 };

static void one_start(world *w, const char *group, unsigned i, double at, unsigned out)
{
  char who[40];
  snprintf(who, sizeof who, "%s_%03u", group, i);
  world_say(w, (call){.who = who, .at = at, .blind = true, .in = 100, .out = out});
}

/* metadata alone: starts dealt in turn to a pool, hourly jobs, people at random; one bundle */
static world *clocks(uint64_t seed, unsigned pool, double pause)
{
  world *w = world_new();
  luck r = {seed};
  unsigned turn = 0;
  for (double t = 600; pool && t < 4 * DAY; t += pause * (0.5 + luck_unit(&r)))
    one_start(w, "pool", turn++ % pool, t, 400 + luck_below(&r, 200));
  for (unsigned i = 0; i < CRON; i++) {
    double from = HOUR * luck_unit(&r);
    for (int k = 0; k < 95; k++)
      one_start(w, "cron", i, from + HOUR * k + 200 * luck_unit(&r), 400 + luck_below(&r, 200));
  }
  for (unsigned i = 0; i < PEOPLE; i++)
    for (double t = luck_wait(&r, 3000); t < 4 * DAY; t += luck_wait(&r, 2500 + 30.0 * i))
      one_start(w, "people", i, t, 50 + luck_below(&r, 900));
  return w;
}

static void test_planted_pool_is_found(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 4; seed++) {
    world *w = clocks(seed, POOL, HOUR / POOL);
    laid_out l = lay_out(w, 0, false);
    rt__groups g;
    rt__groups_init(&g, rt_alloc_default());
    assert_int_equal(rt__clock_groups(&l.s, NULL, &g, NULL), RT_OK);
    bool found = false;
    for (size_t i = 0; i < g.n; i++) {
      uint32_t in = count_named(&l, &g.g[i], "pool_");
      assert_sound(&l, &g.g[i]);
      assert_int_equal(count_named(&l, &g.g[i], "cron_"), 0);
      assert_true(in == 0 || in + 1 >= g.g[i].n); /* at most one stray */
      found |= in == POOL;
    }
    assert_true(found);
    rt__groups_free(&g);
    take_away(&l);
    world_free(w);
  }
}

/* ten in turn are found among a hundred clockworks of their pace; among four hundred nothing is
 * said */
static void test_among_hundreds(void **state)
{
  (void)state;
  for (unsigned crowd = 100; crowd <= 400; crowd += 300) {
    luck r = {90 + crowd};
    unsigned turn = 0;
    world *w = world_new();
    for (unsigned i = 0; i < crowd; i++) {
      double from = HOUR * luck_unit(&r);
      for (int k = 0; k < 48; k++)
        one_start(w, "cron", i, from + HOUR * k + 200 * luck_unit(&r), 400 + luck_below(&r, 200));
    }
    for (double t = 0; t < 2 * DAY; t += HOUR / 10 * (0.5 + luck_unit(&r)))
      one_start(w, "pool", turn++ % 10, t, 500);
    laid_out l = lay_out(w, 0, false);
    rt__groups g;
    uint32_t most = 0;
    rt__groups_init(&g, rt_alloc_default());
    assert_int_equal(rt__clock_groups(&l.s, NULL, &g, NULL), RT_OK);
    for (size_t i = 0; i < g.n; i++) {
      uint32_t in = count_named(&l, &g.g[i], "pool_");
      most = in > most ? in : most;
      assert_true(in == 0 || in + 1 >= g.g[i].n);
    }
    assert_int_equal(most, crowd == 100 ? 10 : 0);
    rt__groups_free(&g);
    take_away(&l);
    world_free(w);
  }
}

static void test_no_pool_no_group(void **state)
{
  (void)state;
  for (uint64_t seed = 11; seed <= 14; seed++) {
    world *w = clocks(seed, 0, 0);
    laid_out l = lay_out(w, 0, false);
    rt__groups g;
    rt__groups_init(&g, rt_alloc_default());
    assert_int_equal(rt__clock_groups(&l.s, NULL, &g, NULL), RT_OK);
    assert_int_equal(g.n, 0);
    rt__groups_free(&g);
    take_away(&l);
    world_free(w);
  }
}

/* two pools of one pace, one program: two groups, not one */
static void test_two_pools_are_two(void **state)
{
  (void)state;
  world *w = world_new();
  luck r = {21};
  const char *name[] = {"left", "right"};
  for (int p = 0; p < 2; p++) {
    unsigned turn = 0;
    for (double t = 100 * p; t < 4 * DAY; t += 300 * (0.5 + luck_unit(&r)))
      one_start(w, name[p], turn++ % 10, t, 500);
  }
  laid_out l = lay_out(w, 0, false);
  rt__groups g;
  rt__groups_init(&g, rt_alloc_default());
  assert_int_equal(rt__clock_groups(&l.s, NULL, &g, NULL), RT_OK);
  bool left = false, right = false;
  for (size_t i = 0; i < g.n; i++) {
    uint32_t a = count_named(&l, &g.g[i], "left_"), b = count_named(&l, &g.g[i], "right_");
    assert_true(a == 0 || b == 0);
    left |= a == 10;
    right |= b == 10;
  }
  assert_true(left && right);
  rt__groups_free(&g);
  take_away(&l);
  world_free(w);
}

/* some accounts paused for a while: too far from each other to be paired, but they run along with
 * the rest
 */
static void test_pauses(void **state)
{
  (void)state;
  world *w = clocks(31, 0, 0);
  luck r = {32};
  unsigned turn = 0;
  for (double t = 600; t < 4 * DAY; t += 300 * (0.5 + luck_unit(&r))) {
    unsigned i = turn++ % 16;
    double pause = (1.2 + 0.4 * (i - 12)) * DAY; /* of four turns, another time for each */
    if (i < 12 || t < pause || t > pause + 4 * 16 * 300)
      one_start(w, i < 12 ? "pool" : "paused", i, t, 400 + luck_below(&r, 200));
  }
  laid_out l = lay_out(w, 0, false);
  rt__groups g;
  rt__groups_init(&g, rt_alloc_default());
  assert_int_equal(rt__clock_groups(&l.s, NULL, &g, NULL), RT_OK);
  bool found = false;
  for (size_t i = 0; i < g.n; i++)
    found |= count_named(&l, &g.g[i], "pool_") == 12 && count_named(&l, &g.g[i], "paused_") >= 3;
  assert_true(found);
  rt__groups_free(&g);
  take_away(&l);
  world_free(w);
}

/* the pool's accounts are also used by hand: by parameters it comes to light, cover peeled off */
static void test_cover_is_peeled_off(void **state)
{
  (void)state;
  world *w = clocks(5, POOL, HOUR / POOL);
  luck r = {6};
  for (unsigned i = 0; i < POOL; i++)
    for (double t = luck_wait(&r, 1500); t < 4 * DAY; t += luck_wait(&r, 1500)) {
      char who[40];
      snprintf(who, sizeof who, "pool_%03u", i);
      world_say(w, (call){.who = who, .at = t, .blind = true, .temperature = 900, .out = 90});
    }
  laid_out l = lay_out(w, 0, false);
  rt__groups g;
  rt__groups_init(&g, rt_alloc_default());
  assert_int_equal(rt__clock_groups(&l.s, NULL, &g, NULL), RT_OK);
  bool found = false;
  for (size_t i = 0; i < g.n; i++)
    found |= g.g[i].origin == RT__FROM_CLOCK && count_named(&l, &g.g[i], "pool_") == POOL;
  assert_true(found);
  rt__groups_free(&g);
  take_away(&l);
  world_free(w);
}

/* ---- few starts */

/* many accounts with few starts each: half evenly spaced, half as people come */
static world *few_world(uint64_t seed, unsigned planted)
{
  world *w = world_new();
  luck r = {seed};
  for (unsigned i = 0; i < planted; i++) {
    double t = DAY * luck_unit(&r);
    for (int k = 0; k < 4; k++, t += 7200 * (0.95 + 0.1 * luck_unit(&r)))
      one_start(w, "burst", i, t, 300 + luck_below(&r, 60));
  }
  for (unsigned i = 0; i < 150; i++) {
    unsigned n = 3 + luck_below(&r, 5);
    double t = DAY * luck_unit(&r);
    for (unsigned k = 0; k < n; k++, t += 130 + luck_wait(&r, 9000))
      one_start(w, "people", i, t, 20 + luck_below(&r, 1000));
  }
  return w;
}

static void test_few_starts(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 4; seed++) {
    world *w = few_world(seed, 80);
    laid_out l = lay_out(w, 0, false);
    rt__groups g;
    rt__groups_init(&g, rt_alloc_default());
    assert_int_equal(rt__few_groups(&l.s, &g, NULL), RT_OK);
    assert_int_equal(g.n, 1);
    assert_sound(&l, &g.g[0]);
    assert_int_equal(g.g[0].origin, RT__FROM_FEW);
    assert_true(count_named(&l, &g.g[0], "burst_") >= 72);
    assert_true(count_named(&l, &g.g[0], "people_") <= 4);
    rt__groups_free(&g);
    take_away(&l);
    world_free(w);
    w = few_world(seed, 0);
    l = lay_out(w, 0, false);
    rt__groups_init(&g, rt_alloc_default());
    assert_int_equal(rt__few_groups(&l.s, &g, NULL), RT_OK);
    assert_int_equal(g.n, 0);
    rt__groups_free(&g);
    take_away(&l);
    world_free(w);
  }
}

/* a member that answers in quite other lengths was on the beat by chance */
static void test_same_size(void **state)
{
  (void)state;
  world *w = world_new();
  luck r = {2};
  for (unsigned i = 0; i < 10; i++)
    for (int k = 0; k < 40; k++)
      one_start(w, i < 9 ? "same" : "other", i, 100.0 * k + i,
                i < 9 ? 400 + luck_below(&r, 200) : 40 + luck_below(&r, 20));
  laid_out l = lay_out(w, 0, false);
  uint32_t all[10];
  rt__group g;
  for (uint32_t i = 0; i < 10; i++)
    all[i] = i;
  assert_int_equal(rt__group_of_accounts(&l.s, all, 10, &g), RT_OK);
  assert_int_equal(rt__same_size(&l.s, &g), RT_OK);
  assert_int_equal(g.n, 9);
  assert_int_equal(count_named(&l, &g, "other_"), 0);
  assert_sound(&l, &g);
  rt__group_free(rt_alloc_default(), &g);
  take_away(&l);
  world_free(w);
}

/* ---- as a whole */

static char *all_text(const world *w, uint64_t shuffle, const rt__team *team)
{
  laid_out l = lay_out(w, shuffle, false);
  rt__groups g;
  rt__groups_init(&g, rt_alloc_default());
  assert_int_equal(rt__clock_groups(&l.s, team, &g, NULL), RT_OK);
  assert_int_equal(rt__few_groups(&l.s, &g, NULL), RT_OK);
  assert_true(g.n > 0);
  char *t = groups_text(&l, &g);
  rt__groups_free(&g);
  take_away(&l);
  return t;
}

static void test_order_of_input_is_nothing(void **state)
{
  (void)state;
  world *w = clocks(3, POOL, HOUR / POOL);
  char *a = all_text(w, 0, NULL), *b = all_text(w, 77, NULL);
  assert_string_equal(a, b);
  free(a);
  free(b);
  world_free(w);
}

/* a team that starts with the last, and counts what it was given */
static void backwards(void *ctx, size_t n, void (*fn)(void *arg, size_t i), void *arg)
{
  size_t *most = ctx;
  *most = n > *most ? n : *most;
  while (n-- > 0)
    fn(arg, n);
}

/* pools enough for several pieces, of streams and of communities */
static void test_who_does_it_is_nothing(void **state)
{
  (void)state;
  world *w = world_new();
  luck r = {5};
  for (int p = 0; p < 40; p++) {
    char name[16];
    unsigned turn = 0;
    (void)snprintf(name, sizeof name, "pool%02d", p);
    for (double t = 900 * luck_unit(&r); t < DAY; t += (450 + 10 * p) * (0.5 + luck_unit(&r)))
      one_start(w, name, turn++ % 15, t, 500);
  }
  size_t most = 0;
  const rt__team team = {backwards, &most};
  char *a = all_text(w, 0, NULL), *b = all_text(w, 0, &team);
  assert_true(most > 10);
  assert_string_equal(a, b);
  free(a);
  free(b);
  world_free(w);
}

static void test_no_memory(void **state)
{
  (void)state;
  world *w = world_new();
  luck r = {9};
  unsigned turn = 0;
  for (double t = 0; t < 3 * DAY; t += 600 * (0.5 + luck_unit(&r)))
    one_start(w, "pool", turn++ % 12, t, 500);
  laid_out l = lay_out(w, 0, false);
  for (test_alloc t = {0}; test_alloc_again(&t);) {
    rt_alloc a = test_alloc_of(&t);
    rt__starts s = l.s; /* its arrays stay the default allocator's */
    rt__groups g;
    s.alloc = &a;
    rt__groups_init(&g, &a);
    rt_code c = rt__clock_groups(&s, NULL, &g, NULL);
    if (c == RT_OK)
      c = rt__few_groups(&s, &g, NULL);
    assert_true(t.failed || g.n > 0);
    rt__groups_free(&g);
    assert_survived(&t, c);
  }
  take_away(&l);
  world_free(w);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_lag_against_slow),
      cmocka_unit_test(test_turns_keep_their_place),
      cmocka_unit_test(test_cron_is_about_one),
      cmocka_unit_test(test_strangers_are_above_one),
      cmocka_unit_test(test_lag_of_nothing),
      cmocka_unit_test(test_streams_against_plain),
      cmocka_unit_test(test_planted_pool_is_found),
      cmocka_unit_test(test_among_hundreds),
      cmocka_unit_test(test_no_pool_no_group),
      cmocka_unit_test(test_two_pools_are_two),
      cmocka_unit_test(test_pauses),
      cmocka_unit_test(test_cover_is_peeled_off),
      cmocka_unit_test(test_few_starts),
      cmocka_unit_test(test_same_size),
      cmocka_unit_test(test_order_of_input_is_nothing),
      cmocka_unit_test(test_who_does_it_is_nothing),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
