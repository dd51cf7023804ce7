/* Points within reach, held against a look at all of them. */
#include "link/near.h"
#include "support/failing_alloc.h"
#include "support/small_world.h"

#define POINTS 700
#define WIDTH  11 /* more coordinates than the tree looks at */

typedef struct cloud {
  uint32_t n, size[POINTS];
  float x[POINTS * WIDTH];
} cloud;

static double tight(double both)
{
  return 0.02 * both;
}

static double wide(double both)
{
  return both < 60 ? 0.3 * both : 18;
}

/* clusters, lines and copies: kind by kind */
static void make(luck *r, cloud *c, uint32_t n, int kind)
{
  c->n = n;
  for (uint32_t i = 0; i < n; i++) {
    unsigned most = kind == 1 ? 3 : 500;
    c->size[i] = 8 + luck_below(r, most);
    for (uint32_t d = 0; d < WIDTH; d++) {
      double u = luck_unit(r) - 0.5, at = kind == 0 ? 4 * u : kind == 2 ? (d == 2) * 60 * u : 0;
      c->x[i * WIDTH + d] = (float)(kind == 3 ? (double)(luck_below(r, 5)) + u : at);
    }
  }
}

static double squared(const cloud *c, uint32_t i, uint32_t j)
{
  double sum = 0;
  for (uint32_t d = 0; d < WIDTH; d++) {
    double v = (double)c->x[i * WIDTH + d] - (double)c->x[j * WIDTH + d];
    sum += v * v;
  }
  return sum;
}

/* all that are near are found, each once; and few that are not */
static void check(const cloud *c, rt__reach reach, size_t *near, size_t *more)
{
  rt__near t;
  static uint32_t found[POINTS];
  assert_int_equal(rt__near_build(rt_alloc_default(), c->x, WIDTH, c->size, c->n, &t), RT_OK);
  for (uint32_t i = 0; i < c->n; i++) {
    bool got[POINTS] = {false};
    double least = c->size[i] * 0.7, most = c->size[i] * 1.4, part = i % 2 ? 1 : 0.3;
    size_t n = rt__near_find(&t, c->x + i * WIDTH, c->size[i], least, most, reach, part, found);
    for (size_t k = 0; k < n; k++) {
      assert_true(found[k] < c->n && !got[found[k]]);
      assert_true(c->size[found[k]] >= least && c->size[found[k]] <= most);
      got[found[k]] = true;
    }
    for (uint32_t j = 0; j < c->n; j++) {
      bool is = squared(c, i, j) <= part * reach((double)c->size[i] + c->size[j]) &&
                c->size[j] >= least && c->size[j] <= most;
      assert_true(got[j] || !is);
      *near += is;
      *more += got[j] && !is;
    }
    assert_true(got[i]);
  }
  rt__near_free(&t);
}

static void test_against_all(void **state)
{
  (void)state;
  static cloud c;
  luck r = {41};
  size_t near = 0, more = 0;
  for (int round = 0; round < 24; round++) {
    make(&r, &c, round < 4 ? 1 + (uint32_t)round * 17 : 300 + luck_below(&r, 400), round % 4);
    check(&c, tight, &near, &more);
    check(&c, wide, &near, &more);
  }
  assert_true(near > 10000 && more < near);
}

static void test_nobody(void **state)
{
  (void)state;
  rt__near t;
  float x[RT__NEAR_DIMS] = {0};
  assert_int_equal(rt__near_build(rt_alloc_default(), NULL, WIDTH, NULL, 0, &t), RT_OK);
  assert_int_equal(rt__near_find(&t, x, 9, 0, 99, wide, 1, NULL), 0);
  rt__near_free(&t);
}

static void test_no_memory(void **state)
{
  (void)state;
  static cloud c;
  luck r = {42};
  make(&r, &c, 100, 0);
  for (test_alloc m = {0}; test_alloc_again(&m);) {
    rt_alloc a = test_alloc_of(&m);
    rt__near t;
    rt_code code = rt__near_build(&a, c.x, WIDTH, c.size, c.n, &t);
    rt__near_free(&t);
    assert_survived(&m, code);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_against_all),
      cmocka_unit_test(test_nobody),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
