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

/* chi-squared over its degrees of freedom, of the whole table */
static double swing(unsigned count[ACCOUNTS][DAYS], luck *r)
{
  laid_out l = lay_counts(count, r);
  rt__group g = everybody(&l);
  rt__swing w[ACCOUNTS];
  size_t n;
  double chi2 = 0, df = 0;
  assert_int_equal(rt__days(&l.s, &g, w, &n), RT_OK);
  for (size_t i = 0; i < n; i++) {
    assert_true(w[i].chi2 >= 0 && w[i].df <= DAYS - 1);
    chi2 += w[i].chi2;
    df += w[i].df;
  }
  rt__group_free(rt_alloc_default(), &g);
  take_away(&l);
  return chi2 / df;
}

/* where nobody came late or left early, the fit is row sum x column sum / sum of all */
static void test_residuals_by_hand(void **state)
{
  (void)state;
  luck r = {1};
  for (int round = 0; round < 20; round++) {
    unsigned count[ACCOUNTS][DAYS];
    double row[ACCOUNTS] = {0}, col[DAYS] = {0}, all = 0;
    for (unsigned i = 0; i < ACCOUNTS; i++)
      for (unsigned d = 0; d < DAYS; d++) {
        count[i][d] = luck_below(&r, 9) + (d == 0 || d == DAYS - 1);
        row[i] += count[i][d];
        col[d] += count[i][d];
        all += count[i][d];
      }
    laid_out l = lay_counts(count, &r);
    rt__group g = everybody(&l);
    rt__swing w[ACCOUNTS];
    size_t n;
    assert_int_equal(rt__days(&l.s, &g, w, &n), RT_OK);
    assert_int_equal(n, ACCOUNTS);
    for (unsigned i = 0; i < ACCOUNTS; i++) {
      double chi2 = 0;
      for (unsigned d = 0; d < DAYS; d++) {
        double e = row[i] * col[d] / all;
        chi2 += (count[i][d] - e) * (count[i][d] - e) / e;
      }
      char name[20];
      snprintf(name, sizeof name, "acct_%03u", i);
      const rt__swing *got = &w[account_at(&l, name)];
      assert_true(fabs(got->chi2 - chi2 * ACCOUNTS / (ACCOUNTS - 1)) < 1e-6 * (1 + chi2));
      assert_true(got->df == DAYS - 1);
    }
    rt__group_free(rt_alloc_default(), &g);
    take_away(&l);
  }
}

/* the pool's day swings as it likes; a member's share of it does not */
static double dealt(luck *r, bool in_turn, bool late)
{
  unsigned count[ACCOUNTS][DAYS] = {{0}}, turn = 0;
  for (unsigned d = 0; d < DAYS; d++) {
    unsigned volume = 100 + luck_below(r, 500);
    for (unsigned k = 0; k < volume; k++) {
      unsigned from = late ? d * 2 : 0, many = late ? 10 : ACCOUNTS; /* late: a moving window */
      count[from + (in_turn ? turn++ % many : luck_below(r, many))][d]++;
    }
  }
  return swing(count, r);
}

static void test_balancers(void **state)
{
  (void)state;
  luck r = {2};
  for (int round = 0; round < 10; round++) {
    assert_true(dealt(&r, true, false) < 0.2); /* takes turns */
    double drawn = dealt(&r, false, false);    /* draws lots */
    assert_true(drawn > 0.75 && drawn < 1.25);
  }
}

/* accounts that came late or were closed do not swing for that */
static void test_late_and_closed(void **state)
{
  (void)state;
  luck r = {3};
  for (int round = 0; round < 10; round++) {
    assert_true(dealt(&r, true, true) < 0.35);
    double drawn = dealt(&r, false, true);
    assert_true(drawn > 0.6 && drawn < 1.4);
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
  for (size_t k = 1, done = 0; !done; k++) {
    test_alloc t = {.fail_at = k};
    rt_alloc a = test_alloc_of(&t);
    rt__starts s = l.s;
    s.alloc = &a;
    rt_code c = rt__days(&s, &g, w, &n);
    assert_int_equal(c, t.failed ? RT_E_NOMEM : RT_OK);
    assert_int_equal(t.held + t.wrong_sizes, 0);
    done = !t.failed;
  }
  rt__group_free(rt_alloc_default(), &g);
  take_away(&l);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_residuals_by_hand),
      cmocka_unit_test(test_balancers),
      cmocka_unit_test(test_late_and_closed),
      cmocka_unit_test(test_owners_swing),
      cmocka_unit_test(test_small_accounts_are_left_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
