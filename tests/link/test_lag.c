/* The fast answers for one pair, held against those that look at everything. */
#include "link/lag.h"
#include "sketch/stats.h"
#include "support/small_world.h"

#define STARTS 500

typedef struct stream {
  double t[STARTS], gap[STARTS];
  size_t n;
} stream;

static int by_value(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static rt__beat beat_of(stream *s)
{
  qsort(s->t, s->n, sizeof *s->t, by_value);
  for (size_t i = 0; i + 1 < s->n; i++)
    s->gap[i] = s->t[i + 1] - s->t[i];
  qsort(s->gap, s->n ? s->n - 1 : 0, sizeof *s->gap, by_value);
  return (rt__beat){s->t, s->gap, s->n};
}

static void put(stream *s, double t)
{
  if (s->n < STARTS)
    s->t[s->n++] = t;
}

/* one pool that takes turns, nearly; clockworks; strangers; copies; whole seconds, so that gaps tie
 */
static void make(luck *r, int kind, stream *a, stream *b)
{
  size_t n = 2 + luck_below(r, 300);
  double t = 0, jitter = luck_unit(r), odd = 0.3 * luck_unit(r), phase = 60 * luck_unit(r);
  a->n = b->n = 0;
  for (size_t i = 0; i < n; i++) {
    t += 30 + 60 * jitter * luck_unit(r);
    if (kind == 0)
      put(luck_unit(r) < odd ? (luck_below(r, 2) ? a : b) : (i % 2 ? a : b), t);
    if (kind == 1 || kind == 4) {
      put(a, 60 * (double)i + 50 * jitter * luck_unit(r));
      put(b, 60 * (double)i + phase + 50 * jitter * luck_unit(r));
    }
    if (kind == 2)
      put(luck_below(r, 2) ? a : b, 4000 * luck_unit(r));
    if (kind == 3) {
      put(a, t);
      put(b, t);
    }
  }
  for (size_t i = 0; kind == 4 && i < a->n; i++) {
    a->t[i] = floor(a->t[i] / 10) * 10;
    b->t[i] = floor(b->t[i] / 10) * 10;
  }
  for (unsigned early = luck_below(r, 3) ? luck_below(r, 20) : luck_below(r, 120); early-- > 0;)
    put(a, -5000 * luck_unit(r)); /* one lives longer */
}

static void test_lags(void **state)
{
  (void)state;
  static stream a, b;
  luck r = {51};
  size_t yes = 0, no = 0, turns = 0;
  for (int round = 0; round < 6000; round++) {
    double scratch[4 * STARTS], below = 0.3 + 0.6 * luck_unit(&r);
    size_t lags, least = luck_below(&r, 12);
    make(&r, round % 5, &a, &b);
    rt__beat p = beat_of(&a), q = beat_of(&b);
    if (round % 2) {
      rt__beat t = p;
      p = q;
      q = t;
    }
    double ratio = rt__lag_ratio(p.t, p.n, q.t, q.n, scratch, &lags);
    if (round % 3 == 0)
      below = ratio < 9 ? ratio : below; /* as near as can be: equal is not below */
    bool is = ratio < below && lags >= least;
    assert_int_equal(rt__lag_below(&p, &q, below, least, scratch), is);
    if (round % 3 == 0 && ratio < 8)
      assert_int_equal(rt__lag_below(&p, &q, nextafter(ratio, 9), 0, scratch), true);
    yes += is;
    no += !is;
    bool turn = rt__in_turn(p.t, p.n, q.t, q.n, scratch);
    assert_int_equal(rt__beats_in_turn(&p, &q), turn);
    turns += turn;
  }
  assert_true(yes > 500 && no > 500 && turns > 200);
}

/* by its definition: merged, and neighbours of two kinds counted */
static double plain_alternation(const double *p, size_t n, const double *q, size_t m)
{
  double lo = fmax(p[0], q[0]), hi = fmin(p[n - 1], q[m - 1]);
  int kinds[2 * STARTS];
  size_t k = 0, changes = 0, of[2] = {0, 0};
  for (size_t i = 0, j = 0; i < n || j < m;) {
    bool first = j == m || (i < n && p[i] <= q[j]);
    double t = first ? p[i++] : q[j++];
    if (t < lo || t > hi)
      continue;
    of[first]++;
    kinds[k++] = first;
  }
  for (size_t i = 1; i < k; i++)
    changes += kinds[i] != kinds[i - 1];
  return of[0] < 4 || of[1] < 4 ? 0 : (double)changes / (double)(k - 1);
}

static void test_alternation(void **state)
{
  (void)state;
  static stream a, b;
  luck r = {52};
  for (int round = 0; round < 2000; round++) {
    double z;
    make(&r, round % 5, &a, &b);
    rt__beat p = beat_of(&a), q = beat_of(&b);
    if (p.n && q.n)
      assert_true(rt__alternation(p.t, p.n, q.t, q.n, &z) == plain_alternation(p.t, p.n, q.t, q.n));
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_lags),
      cmocka_unit_test(test_alternation),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
