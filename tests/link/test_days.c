/* The account x day table: its residuals by hand, and what it says of balancers and of owners. */
#include "link/days.h"
#include "support/failing_alloc.h"
#include "support/small_starts.h"

#define ACCOUNTS 30
#define DAYS     10

/* count[i][d] starts of account i on day d, at any hour */
static laid_out lay_counts(unsigned count[ACCOUNTS][DAYS], luck *r)
{
  world *w = world_new();
  for (unsigned i = 0; i < ACCOUNTS; i++)
    for (unsigned d = 0; d < DAYS; d++)
      for (unsigned k = 0; k < count[i][d]; k++)
        world_say(w, (call){.who = world_name(w, "acct", i),
                            .at = DAY * (d + 0.999 * luck_unit(r)),
                            .user = "a text"});
  laid_out l = lay_out(w, 0, false);
  world_free(w);
  return l;
}

static rt__group everybody(const laid_out *l)
{
  uint32_t all[ACCOUNTS];
  rt__group g;
  for (uint32_t i = 0; i < l->s.n_accounts; i++)
    all[i] = i;
  assert_int_equal(rt__group_of_accounts(&l->s, all, l->s.n_accounts, &g), RT_OK);
  return g;
}

/* chi-squared over its degrees of freedom, of the whole table; takes l */
static double swing_of(laid_out *l)
{
  rt__group g = everybody(l);
  rt__swing w[ACCOUNTS];
  size_t n;
  double chi2 = 0, df = 0;
  assert_int_equal(rt__days(&l->s, &g, w, &n), RT_OK);
  for (size_t i = 0; i < n; i++) {
    assert_true(w[i].chi2 >= 0 && w[i].df <= DAYS - 1);
    chi2 += w[i].chi2;
    df += w[i].df;
  }
  rt__group_free(rt_alloc_default(), &g);
  take_away(l);
  return chi2 / df;
}

static double swing(unsigned count[ACCOUNTS][DAYS], luck *r)
{
  laid_out l = lay_counts(count, r);
  return swing_of(&l);
}

/* ---- the plain version: each start asked by itself */

#define BLOCK (DAY / 6)

typedef struct plain {
  double count[ACCOUNTS][DAYS], seen[ACCOUNTS][DAYS], row[ACCOUNTS], col[DAYS];
} plain;

static void plain_seen(const laid_out *l, uint32_t i, plain *p)
{
  const rt__starts *s = &l->s;
  uint32_t first = s->first[i], last = s->first[i + 1] - 1;
  double hours[6] = {0}, met[6] = {0}, own = 0, all = 0, day[DAYS] = {0};
  for (uint32_t k = first + 1; k < last; k++) {
    p->count[i][(int)(s->t[k] / DAY)]++;
    hours[(int)(fmod(s->t[k], DAY) / BLOCK)]++;
    own++;
  }
  for (uint32_t k = 0; k < s->n; k++) {
    day[(int)(s->t[k] / DAY)]++;
    if (s->t[k] > s->t[first] && s->t[k] < s->t[last]) {
      met[(int)(fmod(s->t[k], DAY) / BLOCK)]++;
      all++;
    }
  }
  for (uint32_t k = 0; k < s->n; k++) {
    int b = (int)(fmod(s->t[k], DAY) / BLOCK), d = (int)(s->t[k] / DAY);
    if (s->t[k] > s->t[first] && s->t[k] < s->t[last])
      p->seen[i][d] += (hours[b] + 2) / (met[b] * own / all + 2) / day[d];
  }
}

static void plain_fit(plain *p, uint32_t n)
{
  for (int d = 0; d < DAYS; d++)
    p->col[d] = 1;
  for (int round = 0; round < 20; round++) {
    for (uint32_t i = 0; i < n; i++) {
      double sum = 0, e = 0;
      for (int d = 0; d < DAYS; d++) {
        sum += p->count[i][d];
        e += p->seen[i][d] * p->col[d];
      }
      p->row[i] = sum / e;
    }
    for (int d = 0; d < DAYS; d++) {
      double sum = 0, e = 0;
      for (uint32_t i = 0; i < n; i++) {
        sum += p->count[i][d];
        e += p->seen[i][d] * p->row[i];
      }
      p->col[d] = sum / e;
    }
  }
}

static void test_residuals_by_hand(void **state)
{
  (void)state;
  luck r = {1};
  for (int round = 0; round < 20; round++) {
    unsigned count[ACCOUNTS][DAYS];
    for (unsigned i = 0; i < ACCOUNTS; i++) /* some come late, some leave early */
      for (unsigned d = 0; d < DAYS; d++)
        count[i][d] = d < i % 4 || d + i % 3 >= DAYS ? 0 : 1 + luck_below(&r, 9);
    laid_out l = lay_counts(count, &r);
    rt__group g = everybody(&l);
    rt__swing w[ACCOUNTS];
    size_t n;
    plain p = {0};
    for (uint32_t i = 0; i < ACCOUNTS; i++)
      plain_seen(&l, i, &p);
    plain_fit(&p, ACCOUNTS);
    assert_int_equal(rt__days(&l.s, &g, w, &n), RT_OK);
    assert_int_equal(n, ACCOUNTS);
    for (unsigned i = 0; i < ACCOUNTS; i++) {
      double chi2 = 0, cells = 0;
      for (unsigned d = 0; d < DAYS; d++) {
        double e = p.seen[i][d] * p.row[i] * p.col[d];
        if (e <= 0.02)
          continue;
        cells++;
        chi2 += (p.count[i][d] - e) * (p.count[i][d] - e) / e;
      }
      assert_true(fabs(w[i].chi2 - chi2 * ACCOUNTS / (ACCOUNTS - 1)) < 1e-4 * (1 + chi2));
      assert_true(w[i].df == cells - 1);
    }
    rt__group_free(rt_alloc_default(), &g);
    take_away(&l);
  }
}

/* ---- balancers: the pool's day swings as it likes; a member's share of it does not */

typedef struct pool {
  bool in_turn, hours; /* takes turns, or draws lots; seats sleep */
  bool closed;         /* a third of the seats is closed at some hour, and opens again as another */
} pool;

#define SEATS 20

static bool awake(unsigned seat, double at)
{
  double hour = fmod(at, DAY) / 3600 + 24 - seat % 12 - (seat % 2 ? 0 : 6);
  return fmod(hour, 24) < 9 + seat % 6;
}

static unsigned holder(const pool *p, unsigned seat, double at)
{
  bool second = p->closed && seat % 3 == 0 && at > DAY * (2 + seat / 3 * 0.83);
  return seat + (second ? SEATS / 2 - seat / 2 + SEATS / 2 : 0);
}

static double dealt(luck *r, const pool *p)
{
  world *w = world_new();
  unsigned turn = 0, many = p->hours ? 9 : 3;
  for (unsigned d = 0; d < DAYS; d++) {
    unsigned volume = (many + luck_below(r, 2 * many)) * SEATS;
    for (unsigned k = 0; k < volume; k++) {
      double busy = p->hours ? (d % 2 ? 2.5 : 0.4) : 1; /* mornings one day, evenings the next */
      double at = DAY * (d + 0.999 * pow((k + luck_unit(r)) / volume, busy));
      unsigned seat = p->in_turn ? turn++ % SEATS : luck_below(r, SEATS);
      while (p->hours && !awake(seat, at))
        seat = luck_below(r, SEATS);
      world_say(
          w, (call){.who = world_name(w, "acct", holder(p, seat, at)), .at = at, .user = "a text"});
    }
  }
  laid_out l = lay_out(w, 0, false);
  world_free(w);
  return swing_of(&l);
}

static void test_balancers(void **state)
{
  (void)state;
  luck r = {2};
  for (int round = 0; round < 10; round++) {
    assert_true(dealt(&r, &(pool){.in_turn = true}) < 0.2);
    double drawn = dealt(&r, &(pool){0});
    assert_true(drawn > 0.75 && drawn < 1.25);
  }
}

/* accounts that are closed at noon and replaced do not swing for that */
static void test_closed(void **state)
{
  (void)state;
  luck r = {3};
  for (int round = 0; round < 10; round++) {
    assert_true(dealt(&r, &(pool){.in_turn = true, .closed = true}) < 0.3);
    double drawn = dealt(&r, &(pool){.closed = true});
    assert_true(drawn > 0.75 && drawn < 1.25);
  }
}

/* nor do seats that have waking hours of their own, the days' hours being busy in turn or not */
static void test_waking_hours(void **state)
{
  (void)state;
  luck r = {4};
  for (int round = 0; round < 10; round++) {
    double drawn = dealt(&r, &(pool){.hours = true, .closed = true});
    assert_true(drawn > 0.7 && drawn < 1.2);
  }
}

static void test_owners_swing(void **state)
{
  (void)state;
  luck r = {4};
  for (int round = 0; round < 10; round++) {
    unsigned count[ACCOUNTS][DAYS];
    for (unsigned i = 0; i < ACCOUNTS; i++)
      for (unsigned d = 0; d < DAYS; d++)
        count[i][d] = luck_below(&r, 3) ? 5 + luck_below(&r, 30) : 0; /* days off */
    assert_true(swing(count, &r) > 3);
  }
}

/* accounts with fewer than three starts say nothing of days and get no entry */
static void test_small_accounts_are_left_out(void **state)
{
  (void)state;
  luck r = {5};
  unsigned count[ACCOUNTS][DAYS] = {{0}};
  for (unsigned i = 0; i < ACCOUNTS; i++)
    count[i][i % DAYS] = i < 10 ? 2 : 3;
  laid_out l = lay_counts(count, &r);
  rt__group g = everybody(&l);
  rt__swing w[ACCOUNTS];
  size_t n;
  assert_int_equal(rt__days(&l.s, &g, w, &n), RT_OK);
  assert_int_equal(n, ACCOUNTS - 10);
  for (size_t i = 0; i < n; i++)
    assert_true(w[i].df == 0); /* one day each: nothing can swing */
  for (test_alloc t = {0}; test_alloc_again(&t);) {
    rt_alloc a = test_alloc_of(&t);
    rt__starts s = l.s;
    s.alloc = &a;
    rt_code c = rt__days(&s, &g, w, &n);
    assert_survived(&t, c);
  }
  rt__group_free(rt_alloc_default(), &g);
  take_away(&l);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_residuals_by_hand),
      cmocka_unit_test(test_balancers),
      cmocka_unit_test(test_closed),
      cmocka_unit_test(test_waking_hours),
      cmocka_unit_test(test_owners_swing),
      cmocka_unit_test(test_small_accounts_are_left_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
