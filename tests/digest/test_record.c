/* The record: a total order, and a packed form that is the same exactly for equal records. */
#include "random_digest.h"

/* room for a packed record, aligned */
typedef struct packed {
  _Alignas(8) unsigned char p[RT__RECORD_MAX];
  size_t n;
} packed;

static void pack(const rt_digest *d, packed *to)
{
  memset(to->p, 0xEE, sizeof to->p);
  to->n = rt__record_pack(d, to->p);
  assert_true(to->n <= RT__RECORD_MAX && to->n % 8 == 0);
  assert_int_equal(rt__record_size(to->p), to->n);
  assert_int_equal(rt__record_id(to->p), d->id);
}

static bool packed_equal(const rt_digest *a, const rt_digest *b)
{
  packed x, y;
  pack(a, &x);
  pack(b, &y);
  return a->account == b->account && a->time_us == b->time_us && x.n == y.n &&
         memcmp(x.p, y.p, x.n) == 0;
}

static int sign(int v)
{
  return (v > 0) - (v < 0);
}

static void test_pack_and_back(void **state)
{
  (void)state;
  owned_digest *a = random_digests(1, 5, 5000);
  for (int i = 0; i < 5000; i++) {
    packed p;
    rt_digest back;
    assert_int_equal(rt__record_check(&a[i].d, NULL), RT_OK);
    pack(&a[i].d, &p);
    assert_int_equal(rt__record_unpack(p.p, a[i].d.account, a[i].d.time_us, &back), p.n);
    assert_int_equal(rt_digest_cmp(&a[i].d, &back), 0);
    assert_true(packed_equal(&a[i].d, &back));
  }
  free(a);
}

static void test_longest_and_shortest(void **state)
{
  (void)state;
  owned_digest *a = random_digests(2, 5, 1);
  rt_digest *d = &a->d;
  packed p;
#define FILL(f, absent) d->f = 3;
  RT__HASH_FIELDS(FILL)
  RT__NUMBER_FIELDS(FILL)
#undef FILL
  d->last_user = 4;
  d->n_chunks = RT_USER_CHUNKS_MAX;
  d->n_words = RT_WORDS_MAX;
  d->n_signatures = RT_SIGNATURES_MAX;
  pack(d, &p);
  assert_int_equal(p.n, RT__RECORD_MAX);
  rt_digest small = {.account = 1,
                     .max_tokens = RT_UNSET_U32,
                     .temperature_milli = RT_UNSET_I32,
                     .tokens_in = RT_UNSET_U32,
                     .tokens_out = RT_UNSET_U32,
                     .tokens_reasoning = RT_UNSET_U32,
                     .latency_ms = RT_UNSET_U32};
  pack(&small, &p);
  assert_int_equal(p.n, RT__RECORD_HEAD);
  free(a);
}

/* each field, changed alone, makes another record and another form; the order tells the two apart
 */
static void assert_told_apart(const rt_digest *a, const rt_digest *b)
{
  int c = rt_digest_cmp(a, b);
  assert_int_not_equal(c, 0);
  assert_int_equal(sign(c), -sign(rt_digest_cmp(b, a)));
  assert_false(packed_equal(a, b));
}

static void test_every_field_counts(void **state)
{
  (void)state;
  enum { N = 200 };
  owned_digest *a = random_digests(3, 5, N), *b = calloc(1, sizeof *b);
  for (int i = 0; i < N; i++) {
    rt_digest *d = &a[i].d;
#define CHANGED(f)                                                                                 \
  copy_digest(b, d);                                                                               \
  b->d.f++;                                                                                        \
  assert_told_apart(d, &b->d);
#define CHANGED_MASKED(f, absent) CHANGED(f)
    CHANGED(account)
    CHANGED(time_us)
    RT__HASH_FIELDS(CHANGED_MASKED)
    RT__NUMBER_FIELDS(CHANGED_MASKED)
    RT__SMALL_FIELDS(CHANGED)
#define CHANGED_TAIL(f)                                                                            \
  if (d->n_##f) {                                                                                  \
    copy_digest(b, d);                                                                             \
    b->d.n_##f--;                                                                                  \
    assert_told_apart(d, &b->d);                                                                   \
    copy_digest(b, d);                                                                             \
    b->f[d->n_##f - 1]++;                                                                          \
    assert_told_apart(d, &b->d);                                                                   \
  }
    CHANGED_TAIL(chunks)
    CHANGED_TAIL(words)
    CHANGED_TAIL(signatures)
  }
  free(a);
  free(b);
}

static void test_total_order(void **state)
{
  (void)state;
  enum { N = 120 };
  owned_digest *a = random_digests(4, 2, N);
  for (int i = 0; i < N; i += 3) { /* some equal ones */
    copy_digest(&a[i], &a[(i * 7 + 1) % N].d);
    a[i].d.time_us = a[1].d.time_us;
  }
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      int ij = rt_digest_cmp(&a[i].d, &a[j].d);
      assert_int_equal(sign(ij), -sign(rt_digest_cmp(&a[j].d, &a[i].d)));
      assert_int_equal(ij == 0, packed_equal(&a[i].d, &a[j].d));
      for (int k = 0; k < N; k++)
        if (ij <= 0 && rt_digest_cmp(&a[j].d, &a[k].d) <= 0)
          assert_true(rt_digest_cmp(&a[i].d, &a[k].d) <= 0);
    }
  free(a);
}

static void test_account_then_time_come_first(void **state)
{
  (void)state;
  rt_digest a = {.account = 1, .time_us = 5, .id = 9}, b = {.account = 2, .time_us = 1, .id = 1};
  assert_true(rt_digest_cmp(&a, &b) < 0);
  b.account = 1;
  assert_true(rt_digest_cmp(&a, &b) > 0);
  b.time_us = 5;
  assert_true(rt_digest_cmp(&a, &b) > 0);
  a.account = UINT64_MAX;
  assert_true(rt_digest_cmp(&a, &b) > 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_pack_and_back),
      cmocka_unit_test(test_longest_and_shortest),
      cmocka_unit_test(test_every_field_counts),
      cmocka_unit_test(test_total_order),
      cmocka_unit_test(test_account_then_time_come_first),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
