/* A set beyond memory: the same as one in memory, whatever the memory; and every failure of the
 * spool. */
#include "set_oracle.h"
#include "support/failing_alloc.h"

/* ---- a spool in memory */

typedef struct memory_spool {
  unsigned char *p[RT__SPOOL_TOTAL];
  size_t n[RT__SPOOL_TOTAL];
  bool mapped[RT__SPOOL_TOTAL];
  size_t calls, fail_at; /* the k-th append or map fails; 0 = none */
  size_t maps, spoil_at; /* the k-th map gives one byte less; 0 = none */
  bool misused;          /* an append to a mapped part */
  bool failed;
} memory_spool;

static bool is_time_to_fail(memory_spool *m)
{
  bool fail = ++m->calls == m->fail_at;
  m->failed |= fail;
  return fail;
}

static rt_code append(void *ctx, unsigned part, const void *p, size_t n, rt_error *err)
{
  memory_spool *m = ctx;
  (void)err;
  if (is_time_to_fail(m))
    return RT_E_IO;
  m->misused |= m->mapped[part];
  m->p[part] = realloc(m->p[part], m->n[part] + n + 1);
  memcpy(m->p[part] + m->n[part], p, n);
  m->n[part] += n;
  return RT_OK;
}

static rt_code map(void *ctx, unsigned part, const void **p, size_t *n, rt_error *err)
{
  memory_spool *m = ctx;
  (void)err;
  if (is_time_to_fail(m))
    return RT_E_IO;
  m->mapped[part] = true;
  *p = m->p[part];
  *n = m->n[part] - (++m->maps == m->spoil_at && m->n[part]);
  return RT_OK;
}

static rt_code drop(void *ctx, unsigned part)
{
  memory_spool *m = ctx;
  free(m->p[part]);
  m->p[part] = NULL;
  m->n[part] = 0;
  m->mapped[part] = false;
  return RT_OK;
}

static void assert_empty(const memory_spool *m)
{
  for (unsigned i = 0; i < RT__SPOOL_TOTAL; i++)
    assert_null(m->p[i]);
  assert_false(m->misused);
}

static rt__set *new_set(size_t memory_max, memory_spool *m)
{
  rt__set *s;
  rt__spool spool = {m, append, map, drop};
  assert_int_equal(rt__set_new(NULL, memory_max, &spool, &s, NULL), RT_OK);
  return s;
}

/* ---- */

static void test_same_as_in_memory(void **state)
{
  (void)state;
  enum { N = 3000 };
  static const size_t memory[] = {1, 100 << 10, 400 << 10, 1 << 20, 1 << 26};
  owned_digest *plain = random_digests(1, 150, N);
  size_t kept = plain_seal(plain, N);
  for (size_t k = 0; k < RT__ARRAY_LEN(memory); k++) {
    memory_spool m = {0};
    rt__set *s = new_set(memory[k], &m);
    owned_digest *a = random_digests(1, 150, N);
    shuffle_digests(k, a, N);
    add_all(s, a, N);
    assert_int_equal(rt__set_seal(s, NULL), RT_OK);
    assert_int_equal(m.calls > 0, memory[k] < 1 << 26);
    assert_int_equal(rt__set_duplicates(s), N - kept);
    assert_equals_plain(s, plain, kept);
    if (k == 1)
      assert_true(rt__set_bytes(s) < 100 << 10); /* the rest is in the spool */
    rt__set_free(s);
    assert_empty(&m);
    free(a);
  }
  free(plain);
}

static void test_absorb_spooled(void **state)
{
  (void)state;
  enum { N = 2000, SETS = 4 };
  owned_digest *plain = random_digests(2, 80, N), *a = random_digests(2, 80, N);
  size_t kept = plain_seal(plain, N);
  memory_spool m[SETS];
  memset(m, 0, sizeof m);
  rt__set *s[SETS];
  rt__rng r = {3, 0};
  for (int i = 0; i < SETS; i++)
    s[i] = new_set(i == 2 ? 1 << 26 : 50 << 10, &m[i]); /* one stays in memory */
  for (size_t i = 0; i < N; i++)
    add_all(s[rt__rng_below(&r, SETS)], &a[i], 1);
  for (int i = 1; i < SETS; i++) {
    assert_int_equal(rt__set_absorb(s[0], s[i], NULL), RT_OK);
    rt__set_free(s[i]);
    assert_empty(&m[i]);
  }
  assert_int_equal(rt__set_seal(s[0], NULL), RT_OK);
  assert_int_equal(rt__set_duplicates(s[0]), N - kept);
  assert_equals_plain(s[0], plain, kept);
  rt__set_free(s[0]);
  assert_empty(&m[0]);
  free(plain);
  free(a);
}

static void test_memory_set_refuses_spooled_one(void **state)
{
  (void)state;
  memory_spool m = {0};
  owned_digest *a = random_digests(4, 8, 1000);
  rt__set *s, *spooled = new_set(1, &m);
  assert_int_equal(rt__set_new(NULL, 0, NULL, &s, NULL), RT_OK);
  add_all(spooled, a, 1000);
  assert_int_equal(rt__set_absorb(s, spooled, NULL), RT_E_ARG);
  rt__set_free(s);
  rt__set_free(spooled);
  assert_empty(&m);
  free(a);
}

/* fills two sets, joins and seals them; every failure ends here, with nothing left behind */
static rt_code whole_life(const rt_alloc *alloc, memory_spool *m, const owned_digest *a, size_t n)
{
  rt__set *s[2] = {NULL, NULL};
  rt_code c = RT_OK;
  for (int i = 0; i < 2 && c == RT_OK; i++) {
    rt__spool spool = {&m[i], append, map, drop};
    c = rt__set_new(alloc, 300 << 10, &spool, &s[i], NULL);
  }
  for (size_t i = 0; i < n && c == RT_OK; i++) {
    rt_digest_sink sink = rt__set_sink(s[i % 2]);
    c = sink.record(sink.ctx, &a[i].d, NULL);
  }
  if (c == RT_OK)
    c = rt__set_absorb(s[0], s[1], NULL);
  if (c == RT_OK)
    c = rt__set_seal(s[0], NULL);
  if (s[0] && c != RT_OK) {
    rt_digest_sink sink = rt__set_sink(s[0]);
    assert_int_not_equal(rt__set_seal(s[0], NULL) | sink.record(sink.ctx, &a[0].d, NULL), RT_OK);
  }
  rt__set_free(s[0]);
  rt__set_free(s[1]);
  assert_empty(&m[0]);
  assert_empty(&m[1]);
  return c;
}

static void test_spool_fails(void **state)
{
  (void)state;
  owned_digest *a = random_digests(5, 20, 800);
  size_t k = 1;
  for (bool failed = true; failed; k++) {
    for (int which = 0; which < 2; which++) {
      memory_spool m[2];
      memset(m, 0, sizeof m);
      m[which].fail_at = k;
      rt_code c = whole_life(NULL, m, a, 800);
      assert_int_equal(c, m[which].failed ? RT_E_IO : RT_OK);
      failed = which ? failed || m[which].failed : m[which].failed;
    }
  }
  assert_true(k > 20);
  free(a);
}

static void test_spool_loses_bytes(void **state)
{
  (void)state;
  owned_digest *a = random_digests(6, 20, 800);
  size_t k = 1;
  for (bool spoiled = true; spoiled; k++) {
    memory_spool m[2];
    memset(m, 0, sizeof m);
    m[0].spoil_at = k;
    rt_code c = whole_life(NULL, m, a, 800);
    spoiled = m[0].maps >= k;
    assert_int_equal(c, spoiled ? RT_E_IO : RT_OK);
  }
  assert_true(k > 10);
  free(a);
}

static void test_no_memory(void **state)
{
  (void)state;
  owned_digest *a = random_digests(7, 5, 500);
  for (test_alloc t = {0}; test_alloc_again(&t);) {
    memory_spool m[2];
    memset(m, 0, sizeof m);
    rt_alloc alloc = test_alloc_of(&t);
    rt_code c = whole_life(&alloc, m, a, 500);
    assert_survived(&t, c);
  }
  free(a);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_same_as_in_memory),
      cmocka_unit_test(test_absorb_spooled),
      cmocka_unit_test(test_memory_set_refuses_spooled_one),
      cmocka_unit_test(test_spool_fails),
      cmocka_unit_test(test_spool_loses_bytes),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
