/* Days that one balancer dealt: the joint ratio in its plain form, and what it says of groups. */
#include "link/dealt.h"
#include "sketch/stats.h"
#include "support/small_world.h"

#include <math.h>

enum { N = 12, OWNERS = 9, DF = 6 };

static const double owners[OWNERS] = {0.5, 1, 2, 3, 4, 6, 9, 14, 25};

/* chi-squared of df degrees of freedom times phi */
static rt__swing draw(luck *r, double phi)
{
  double sum = 0;
  for (int k = 0; k < DF; k++) {
    double z = sqrt(-2 * log(luck_unit(r) + 1e-12)) * cos(6.283185307 * luck_unit(r));
    sum += z * z;
  }
  return (rt__swing){phi * sum, DF, 20};
}

static double density(double x, double phi)
{
  return exp(rt__log_scaled_chi2(x, DF, phi));
}

/* the product over accounts, averaged over ways to deal */
static double plain(const rt__swing *w, size_t n)
{
  static const double ways[] = {0.06, 0.12, 0.25, 0.5, 0.9, 1, 1, 1.1, 1.1, 1.25};
  double mean = 0;
  for (int k = 0; k < 10; k++) {
    double product = 1;
    for (size_t i = 0; i < n; i++) {
      double x = fmax(w[i].chi2, 0.05 * DF), own = 0;
      for (int o = 0; o < OWNERS; o++)
        own += density(x, owners[o]) / OWNERS;
      double ratio = 0.05 + 0.95 * density(x, ways[k]) / own;
      ratio = fmin(fmax(ratio, w[i].chi2 < 0.5 * DF ? 1 : 1 / 32.), pow(2, 2.5));
      product *= ratio;
    }
    mean += product / 10;
  }
  return log2(mean);
}

static double bits(const rt__swing *w, size_t n)
{
  return rt__dealt_bits(w, n, owners, OWNERS, 1);
}

static void test_plain(void **state)
{
  (void)state;
  luck r = {1};
  for (int round = 0; round < 300; round++) {
    rt__swing w[N];
    for (int i = 0; i < N; i++)
      w[i] = draw(&r, exp(luck_unit(&r) * 5 - 3));
    double one = bits(w, N);
    assert_true(fabs(one - plain(w, N)) < 1e-9 * (1 + fabs(one)));
    rt__swing first = w[0];
    w[0] = w[N - 1];
    w[N - 1] = first;
    assert_true(fabs(one - bits(w, N)) < 1e-9); /* whoever comes first */
  }
}

static double mean_bits(luck *r, double phi, double others, int n_others)
{
  double sum = 0;
  for (int round = 0; round < 200; round++) {
    rt__swing w[N];
    for (int i = 0; i < N; i++)
      w[i] = draw(r, i < n_others ? others : phi);
    sum += bits(w, N) / 200;
  }
  return sum;
}

static void test_groups(void **state)
{
  (void)state;
  luck r = {2};
  assert_true(mean_bits(&r, 0.1, 0, 0) > 10);  /* turns */
  assert_true(mean_bits(&r, 0.45, 0, 0) > 5);  /* turns and lots */
  assert_true(mean_bits(&r, 1, 0, 0) > 3);     /* lots */
  assert_true(mean_bits(&r, 1, 12, 1) > 0);    /* and a stranger */
  assert_true(mean_bits(&r, 3, 0, 0) < -10);   /* owners */
  assert_true(mean_bits(&r, 0.45, 9, 6) < -3); /* half of them */
}

/* accounts that agree in how even they are say more than their bits one by one */
static void test_one_phi(void **state)
{
  (void)state;
  rt__swing same[N], mixed[N];
  double alone = 0;
  for (int i = 0; i < N; i++) {
    same[i] = (rt__swing){DF * 0.7, DF, 20};
    mixed[i] = (rt__swing){DF * (i % 2 ? 0.51 : 1.6), DF, 20};
    alone += rt__dealt_one(&same[i], owners, OWNERS, 1);
  }
  assert_true(bits(same, N) > alone);
  assert_true(bits(same, N) > bits(mixed, N) + 3);
}

static void test_nothing_to_say(void **state)
{
  (void)state;
  rt__swing rare = {2.9, DF, 1}, short_life = {0.1, 1, 20}, loud = {60, DF, 1}, even = {1, DF, 20};
  assert_true(bits(&rare, 1) == 0);
  assert_true(bits(&short_life, 1) == 0);
  assert_true(bits(&loud, 1) < -3); /* few starts a day that swing all the same */
  assert_true(rt__dealt_bits(&even, 1, owners, 0, 1) == 0);
  assert_true(rt__dealt_bits(&even, 1, owners, OWNERS, 0.1) < bits(&even, 1));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_plain),
      cmocka_unit_test(test_groups),
      cmocka_unit_test(test_one_phi),
      cmocka_unit_test(test_nothing_to_say),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
