/* The table of causes: each cause explains its own best, and what nobody knows decides nothing. */
#include "campaign/cause.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the three above */
#include <cmocka.h>
#include <math.h>

#define RIVALS (RT__WHY_COUNT - 1)

/* the table once more, as numbers */
static const int percent[RT__WHY_COUNT][RT__TRAIT_COUNT] = {
#define ROW(code, name, ...) {__VA_ARGS__},
    RT__CAUSE_MAP(ROW)
#undef ROW
};

/* the slow way: bits of a cause */
static double bits_of(const double *trait, rt__why w)
{
  double sum = 0;
  for (int t = 0; t < RT__TRAIT_COUNT; t++) {
    double p = percent[w][t] / 100.0;
    if (!isnan(trait[t]))
      sum += trait[t] * log2(p) + (1 - trait[t]) * log2(1 - p);
  }
  return sum;
}

static void random_traits(rt__rng *r, double *trait)
{
  for (int t = 0; t < RT__TRAIT_COUNT; t++)
    trait[t] = rt__rng_below(r, 4) ? rt__rng_unit(r) : rt__rng_below(r, 2) ? NAN : 1;
}

static void test_table_is_whole(void **state)
{
  (void)state;
  for (int w = 0; w < RT__WHY_COUNT; w++) {
    for (int t = 0; t < RT__TRAIT_COUNT; t++)
      assert_in_range(percent[w][t], 1, 99); /* nothing is certain: no infinite bits */
    for (int v = 0; v < w; v++) {
      assert_string_not_equal(rt__why_name((rt__why)w), rt__why_name((rt__why)v));
      assert_memory_not_equal(percent[w], percent[v], sizeof percent[w]);
    }
  }
  assert_string_equal(rt__why_name(RT__WHY_COUNT), "unknown");
  for (int t = 0; t < RT__TRAIT_COUNT; t++)
    assert_true(rt__trait_what((rt__trait)t)[0] != 0);
  assert_string_equal(rt__trait_what(RT__TRAIT_COUNT), "unknown");
}

static void assert_best(const double *trait, rt__why w)
{
  rt__rival rival[RIVALS];
  rt__rivals(trait, w, rival);
  if (rival[0].log_odds >= 0)
    fail_msg("%s explains better than %s what %s is like", rt__why_name(rival[0].why),
             rt__why_name(w), rt__why_name(w));
}

/* traits as frequent as a cause expects them are best explained by that cause */
static void test_each_explains_its_own(void **state)
{
  (void)state;
  for (int w = 0; w < RT__WHY_COUNT; w++) {
    double trait[RT__TRAIT_COUNT];
    for (int t = 0; t < RT__TRAIT_COUNT; t++)
      trait[t] = percent[w][t] / 100.0;
    assert_best(trait, (rt__why)w);
  }
}

static void test_rivals_against_slow(void **state)
{
  (void)state;
  rt__rng r = {1, 0};
  for (int i = 0; i < 500; i++) {
    double trait[RT__TRAIT_COUNT];
    rt__rival rival[RIVALS];
    rt__why verdict = (rt__why)rt__rng_below(&r, RT__WHY_COUNT);
    uint32_t seen = 0;
    random_traits(&r, trait);
    rt__rivals(trait, verdict, rival);
    for (size_t k = 0; k < RIVALS; k++) {
      double want = bits_of(trait, rival[k].why) - bits_of(trait, verdict);
      assert_true(fabs(rival[k].log_odds - want) < 1e-9);
      assert_true(k == 0 || rival[k].log_odds <= rival[k - 1].log_odds);
      assert_int_not_equal(rival[k].why, verdict);
      seen |= 1u << rival[k].why;
    }
    assert_int_equal(seen, ((1u << RT__WHY_COUNT) - 1) & ~(1u << verdict));
  }
}

/* what speaks most for a rival and most against it must be something that is known */
static void test_known_traits_are_named(void **state)
{
  (void)state;
  rt__rng r = {2, 0};
  for (int i = 0; i < 500; i++) {
    double trait[RT__TRAIT_COUNT];
    rt__rival rival[RIVALS];
    random_traits(&r, trait);
    trait[RT__T_PEOPLE] = 0; /* always known */
    rt__rivals(trait, RT__WHY_HARVEST, rival);
    for (size_t k = 0; k < RIVALS; k++) {
      double most = -INFINITY, least = INFINITY, m = NAN, l = NAN;
      for (int t = 0; t < RT__TRAIT_COUNT; t++) {
        double one[RT__TRAIT_COUNT];
        for (int x = 0; x < RT__TRAIT_COUNT; x++)
          one[x] = x == t ? trait[t] : NAN;
        double d = bits_of(one, rival[k].why) - bits_of(one, RT__WHY_HARVEST);
        if (isnan(trait[t]))
          continue;
        most = d > most ? d : most;
        least = d < least ? d : least;
        m = t == (int)rival[k].most ? d : m;
        l = t == (int)rival[k].least ? d : l;
      }
      assert_true(!isnan(trait[rival[k].most]));
      assert_true(!isnan(trait[rival[k].least]));
      assert_true(fabs(m - most) < 1e-12 && fabs(l - least) < 1e-12);
    }
  }
}

static void test_nothing_known(void **state)
{
  (void)state;
  double trait[RT__TRAIT_COUNT];
  rt__rival rival[RIVALS];
  for (int t = 0; t < RT__TRAIT_COUNT; t++)
    trait[t] = NAN;
  rt__rivals(trait, RT__WHY_HARVEST, rival);
  for (size_t k = 0; k < RIVALS; k++)
    assert_true(rival[k].log_odds == 0);
}

/* ---- grades */

static double somewhere(rt__rng *r, double lo, double hi)
{
  return lo + (hi - lo) * rt__rng_unit(r);
}

static rt__bits random_bits(rt__rng *r)
{
  rt__bits b = {.moved = -1};
  for (int f = 0; f < RT_FAMILY_COUNT; f++) {
    b.said[f] = rt__rng_below(r, 3) > 0;
    b.bits[f] = somewhere(r, -8, 8);
  }
  b.own = somewhere(r, -90, 90);
  b.balance = somewhere(r, -6, 5);
  b.lag = rt__rng_below(r, 2) ? 9 : somewhere(r, 0, 2);
  b.knobs = somewhere(r, 0, 1.2);
  b.frames = rt__rng_unit(r);
  b.followed = rt__rng_unit(r);
  b.top_payer = rt__rng_unit(r);
  b.paid_together = rt__rng_unit(r);
  b.in_org = rt__rng_unit(r);
  b.burst = somewhere(r, -3, 9);
  b.one_net = rt__rng_unit(r);
  b.reuse = (rt__reuse){.shared = rt__rng_unit(r),
                        .users = somewhere(r, 1, 9),
                        .dispersion = somewhere(r, 0, 3),
                        .within = rt__rng_unit(r),
                        .fresh = rt__rng_unit(r)};
  return b;
}

static void test_grades_are_grades(void **state)
{
  (void)state;
  rt__rng r = {3, 0};
  for (int i = 0; i < 2000; i++) {
    double trait[RT__TRAIT_COUNT];
    rt__bits b = random_bits(&r);
    rt__traits(&b, trait);
    for (int t = 0; t < RT__TRAIT_COUNT; t++)
      assert_true(isnan(trait[t]) || (trait[t] >= 0 && trait[t] <= 1));
    assert_int_equal(isnan(trait[RT__T_ONE_LIST]), !b.said[RT_FAMILY_CONTENT]);
    assert_int_equal(isnan(trait[RT__T_ONE_PAYER]), !b.said[RT_FAMILY_MONEY]);
    assert_int_equal(isnan(trait[RT__T_ONE_NET]), !b.said[RT_FAMILY_NETWORK]);
    assert_int_equal(isnan(trait[RT__T_CLOCK]), !(b.said[RT_FAMILY_TIME] && b.lag < 9));
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_table_is_whole),      cmocka_unit_test(test_each_explains_its_own),
      cmocka_unit_test(test_rivals_against_slow), cmocka_unit_test(test_known_traits_are_named),
      cmocka_unit_test(test_nothing_known),       cmocka_unit_test(test_grades_are_grades),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
