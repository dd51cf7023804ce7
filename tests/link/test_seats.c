/* Seats and strangers of a crowd: two heaps of unevenness, however many the strangers are. */
#include "link/seats.h"
#include "support/small_world.h"

enum { MOST = 400 };

static double uneven[MOST], gaps[MOST];
static bool keep[MOST];
static size_t n;

static void put(luck *r, unsigned count, double mean, double sd)
{
  for (unsigned i = 0; i < count; i++, n++) {
    gaps[n] = 10 + luck_below(r, 30);
    uneven[n] = mean + sd * luck_normal(r) + mean * luck_normal(r) / sqrt(2 * gaps[n]);
    uneven[n] = uneven[n] < 0.01 ? 0.01 : uneven[n];
    keep[n] = true;
  }
}

static double kept(size_t from, size_t to)
{
  double sum = 0;
  for (size_t i = from; i < to; i++)
    sum += keep[i];
  return sum / (double)(to - from);
}

static void test_strangers_go(void **state)
{
  (void)state;
  double left = 0, all = 0;
  for (uint64_t seed = 1; seed <= 10; seed++)
    for (unsigned strangers = 20; strangers <= 160; strangers *= 2, all++) {
      luck r = {seed};
      n = 0;
      put(&r, 120, 0.45, 0.08);
      put(&r, strangers, 1.05, 0.2);
      double at = rt__seats_keep(uneven, gaps, n, keep);
      assert_true(at > 0.35 && at < 0.6);
      assert_true(kept(0, 120) > 0.9);
      assert_true(kept(120, n) < 0.85);
      left += kept(120, n);
    }
  assert_true(left / all < 0.4);
}

static void test_a_crowd_of_seats_stays(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 10; seed++) {
    luck r = {seed};
    n = 0;
    put(&r, 60, 0.1, 0.05);
    uneven[0] = NAN; /* of one gap */
    assert_true(rt__seats_keep(uneven, gaps, n, keep) < 0.2);
    assert_true(kept(0, n) == 1);
  }
}

static void test_strangers_alone_are_one_heap(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 10; seed++) {
    luck r = {seed};
    n = 0;
    put(&r, 100, 1, 0.1);
    double at = rt__seats_keep(uneven, gaps, n, keep);
    assert_true(at > 0.7);
  }
}

static void test_nobody(void **state)
{
  (void)state;
  assert_true(rt__seats_keep(uneven, gaps, 0, keep) == 1);
  uneven[0] = NAN;
  gaps[0] = 0;
  keep[0] = true;
  assert_true(rt__seats_keep(uneven, gaps, 1, keep) == 1 && keep[0]);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_strangers_go),
      cmocka_unit_test(test_a_crowd_of_seats_stays),
      cmocka_unit_test(test_strangers_alone_are_one_heap),
      cmocka_unit_test(test_nobody),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
