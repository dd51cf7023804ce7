/* the head in chunks: the same as a whole, only some rows, and within its memory */
#include "distill/head.h"

#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>

enum { WIDTH = 12, VOCAB = 70000, ROWS = 300 };

typedef struct seen {
  double sum;
  uint32_t calls[ROWS];
  bool teacher;
} seen;

/* gradient: sign pattern that depends on row and word */
static void look(void *ctx, size_t row, float *z, float *t, unsigned worker)
{
  seen *s = ctx;
  (void)worker;
  s->calls[row]++;
  s->teacher = t != NULL;
  for (size_t i = 0; i < VOCAB; i++)
    z[i] = i % 1000 == row ? 1.0f : 0.0f;
}

static float *noise(size_t n, uint64_t seed)
{
  float *p = malloc(n * sizeof *p);
  rt__rng r = {seed, 0};
  for (size_t i = 0; i < n; i++)
    p[i] = (float)(rt__rng_unit(&r) - 0.5);
  return p;
}

static void chunks_are_the_whole(void **state)
{
  (void)state;
  rt__engine *e;
  rt__head *h;
  assert_int_equal(rt__engine_new(rt_alloc_default(), 2, NULL, &e, NULL), RT_OK);
  assert_int_equal(rt__head_new(rt_alloc_default(), VOCAB, WIDTH, WIDTH, &h, NULL), RT_OK);
  assert_true(rt__head_rows(h) < ROWS / 2); /* several chunks */
  float *hidden = noise(ROWS * WIDTH, 1), *w = noise((size_t)VOCAB * WIDTH, 2);
  float *dh = calloc(ROWS * WIDTH, sizeof *dh), *dw = calloc((size_t)VOCAB * WIDTH, sizeof *dw);
  uint32_t rows[ROWS];
  size_t n = 0;
  for (uint32_t i = 0; i < ROWS; i++)
    if (i % 7 != 2)
      rows[n++] = i;
  seen s = {0};
  rt__head_run r = {hidden, w, hidden, w, rows, n, look, &s, dh, dw};
  rt__head_go(e, h, &r);
  assert_true(s.teacher);
  for (size_t i = 0; i < ROWS; i++)
    assert_int_equal(s.calls[i], i % 7 != 2);
  for (size_t d = 0; d < WIDTH; d++) {
    double want = 0;
    for (size_t v = 50; v < VOCAB; v += 1000)
      want += (double)w[v * WIDTH + d];
    assert_true(fabs(want - (double)dh[50 * WIDTH + d]) < 1e-4);
    assert_true(dh[51 * WIDTH + d] == 0.0f); /* 51 % 7 == 2 doesn't count */
    assert_true(fabs((double)dw[1050 * WIDTH + d] - (double)hidden[50 * WIDTH + d]) < 1e-6);
    assert_true(dw[1051 * WIDTH + d] == 0.0f);
  }
  free(hidden);
  free(w);
  free(dh);
  free(dw);
  rt__head_free(h);
  rt__engine_free(e);
}

static void within_100_mb(void **state)
{
  (void)state;
  static const size_t vocabs[] = {300, 32000, 151936, 262144, 1u << 20};
  for (size_t i = 0; i < RT__ARRAY_LEN(vocabs); i++)
    for (size_t teacher = 0; teacher <= 4096; teacher += 4096) {
      rt__head *h;
      assert_int_equal(rt__head_new(rt_alloc_default(), vocabs[i], 1024, teacher, &h, NULL), RT_OK);
      assert_true(rt__head_rows(h) >= 1);
      assert_true(rt__head_bytes(h) <= 100u << 20);
      rt__head_free(h);
    }
  rt__head *h;
  assert_int_equal(rt__head_new(rt_alloc_default(), (size_t)1 << 30, 8, 0, &h, NULL), RT_E_LIMIT);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(chunks_are_the_whole),
      cmocka_unit_test(within_100_mb),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
