/* A state and a day as one stream, against lists that are merged the plain way. */
#include "state/merge.h"

#include "digest/random_digest.h"

#define N_STATE 300
#define N_TODAY 200

static rt_code collect(void *ctx, const rt_digest *d, rt_error *err)
{
  rt__set *s = ctx;
  (void)err;
  const rt_digest_sink to = rt__set_sink(s);
  return to.record(to.ctx, d, err);
}

static rt__set *a_set(owned_digest *v, size_t n, bool seal)
{
  rt__set *s;
  assert_int_equal(rt__set_new(NULL, 0, NULL, &s, NULL), RT_OK);
  const rt_digest_sink to = rt__set_sink(s);
  for (size_t i = 0; i < n; i++)
    assert_int_equal(to.record(to.ctx, &v[i].d, NULL), RT_OK);
  if (seal)
    assert_int_equal(rt__set_seal(s, NULL), RT_OK);
  return s;
}

static size_t count_of(const rt__set *s, const rt_digest *d)
{
  size_t n = 0;
  for (size_t k = 0; k < rt__set_count(s); k++) {
    rt_digest x;
    rt__set_get(s, k, &x);
    n += rt_digest_cmp(&x, d) == 0;
  }
  return n;
}

/* v[0..n) without ids, so that a set drops none of them */
static owned_digest *some(uint64_t seed, size_t n)
{
  owned_digest *v = random_digests(seed, 4, n);
  for (size_t i = 0; i < n; i++)
    v[i].d.id = 0;
  return v;
}

/* each record as often as on the side that has it more often */
static void test_repeats_are_told_from_repetition(void **state)
{
  (void)state;
  static rt__merge m;
  for (uint64_t seed = 0; seed < 30; seed++) {
    owned_digest *a = some(seed, N_STATE), *b = some(seed + 1000, N_TODAY);
    for (size_t i = 0; i < N_TODAY; i += 3) /* a third of today was there before */
      copy_digest(&b[i], &a[i % 7 ? i : 0].d), tie_tails(&b[i]);
    rt__set *old = a_set(a, N_STATE, true), *today = a_set(b, N_TODAY, true), *got;
    assert_int_equal(rt__set_new(NULL, 0, NULL, &got, NULL), RT_OK);
    const rt_digest_sink to = {.ctx = got, .record = collect};
    rt__merge_init(&m, today, INT64_MIN, NULL, &to);
    const rt_digest_sink sink = rt__merge_sink(&m);
    assert_int_equal(rt__pour_all(old, &sink, NULL), RT_OK);
    assert_int_equal(rt__merge_end(&m, NULL), RT_OK);
    assert_int_equal(m.n_state, N_STATE);
    assert_int_equal(m.n_expired, 0);
    assert_int_equal(rt__set_seal(got, NULL), RT_OK);
    for (size_t i = 0; i < N_STATE + N_TODAY; i++) {
      const rt_digest *d = i < N_STATE ? &a[i].d : &b[i - N_STATE].d;
      size_t x = count_of(old, d), y = count_of(today, d);
      assert_int_equal(count_of(got, d), x > y ? x : y);
    }
    rt__merge_free(&m);
    rt__set_free(old);
    rt__set_free(today);
    rt__set_free(got);
    free(a);
    free(b);
  }
}

typedef struct order {
  rt_digest last;
  owned_digest copy;
  size_t n;
} order;

static rt_code in_order(void *ctx, const rt_digest *d, rt_error *err)
{
  order *o = ctx;
  (void)err;
  if (o->n++)
    assert_true(rt_digest_cmp(&o->copy.d, d) <= 0);
  copy_digest(&o->copy, d);
  tie_tails(&o->copy);
  return RT_OK;
}

static void test_order_and_its_breach(void **state)
{
  (void)state;
  static rt__merge m;
  owned_digest *a = some(7, N_STATE), *b = some(8, N_TODAY);
  rt__set *old = a_set(a, N_STATE, true), *today = a_set(b, N_TODAY, true);
  order o = {.n = 0};
  const rt_digest_sink to = {.ctx = &o, .record = in_order};
  rt__merge_init(&m, today, INT64_MIN, NULL, &to);
  const rt_digest_sink sink = rt__merge_sink(&m);
  assert_int_equal(rt__pour_all(old, &sink, NULL), RT_OK);
  assert_int_equal(rt__merge_end(&m, NULL), RT_OK);
  assert_int_equal(o.n, N_STATE + N_TODAY);
  assert_int_equal(rt__pour_all(old, &sink, NULL),
                   RT_E_FORMAT); /* a second time behind the first */
  rt__merge_free(&m);
  rt__set_free(old);
  rt__set_free(today);
  free(a);
  free(b);
}

static void test_what_is_too_old_goes_but_for_the_held(void **state)
{
  (void)state;
  static rt__merge m;
  owned_digest *a = some(9, N_STATE), *b = some(10, N_TODAY);
  rt__set *old = a_set(a, N_STATE, true), *today = a_set(b, N_TODAY, true), *got;
  int64_t middle = a[N_STATE / 2].d.time_us;
  const uint64_t held[] = {a[0].d.account};
  const rt__memory memory = {.held = held, .n_held = 1};
  size_t want = 0;
  for (size_t i = 0; i < N_STATE; i++)
    want += a[i].d.time_us >= middle || a[i].d.account == held[0];
  for (size_t i = 0; i < N_TODAY; i++)
    want += b[i].d.time_us >= middle || b[i].d.account == held[0];
  assert_int_equal(rt__set_new(NULL, 0, NULL, &got, NULL), RT_OK);
  const rt_digest_sink to = {.ctx = got, .record = collect};
  rt__merge_init(&m, today, middle, &memory, &to);
  const rt_digest_sink sink = rt__merge_sink(&m);
  assert_int_equal(rt__pour_all(old, &sink, NULL), RT_OK);
  assert_int_equal(rt__merge_end(&m, NULL), RT_OK);
  assert_int_equal(rt__set_seal(got, NULL), RT_OK);
  assert_true(want > 0 && want < N_STATE + N_TODAY);
  assert_int_equal(rt__set_count(got), want);
  assert_int_equal(m.n_expired, N_STATE + N_TODAY - want);
  rt__merge_free(&m);
  rt__set_free(old);
  rt__set_free(today);
  rt__set_free(got);
  free(a);
  free(b);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_repeats_are_told_from_repetition),
      cmocka_unit_test(test_order_and_its_breach),
      cmocka_unit_test(test_what_is_too_old_goes_but_for_the_held),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
