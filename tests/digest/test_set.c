/* The set against plain versions: qsort with rt_digest_cmp, and duplicates by looking at all
 * before. */
#include "set_oracle.h"
#include "support/failing_alloc.h"

static rt__set *new_set(void)
{
  rt__set *s;
  assert_int_equal(rt__set_new(NULL, 0, NULL, &s, NULL), RT_OK);
  return s;
}

static void test_order_and_duplicates(void **state)
{
  (void)state;
  static const size_t sizes[] = {0, 1, 2, 3, 17, 300, 3000};
  for (uint64_t seed = 0; seed < RT__ARRAY_LEN(sizes); seed++) {
    size_t n = sizes[seed];
    owned_digest *a = random_digests(seed, 1 + n / 20, n);
    rt__set *s = new_set();
    add_all(s, a, n);
    assert_int_equal(rt__set_seal(s, NULL), RT_OK);
    size_t kept = plain_seal(a, n);
    assert_int_equal(rt__set_duplicates(s), n - kept);
    assert_equals_plain(s, a, kept);
    assert_true(n < 300 || kept < n); /* the worlds do hold duplicates */
    rt__set_free(s);
    free(a);
  }
}

static void test_equal_records_without_id_all_stay(void **state)
{
  (void)state;
  owned_digest *a = random_digests(5, 1, 1);
  a[0].d.id = 0;
  rt__set *s = new_set();
  for (int i = 0; i < 5000; i++)
    add_all(s, a, 1);
  assert_int_equal(rt__set_seal(s, NULL), RT_OK);
  assert_int_equal(rt__set_count(s), 5000);
  rt__set_free(s);
  free(a);
}

static void test_same_id_under_two_accounts_stays(void **state)
{
  (void)state;
  owned_digest *a = random_digests(6, 1, 3);
  for (int i = 0; i < 3; i++) {
    a[i].d.id = 77;
    a[i].d.account = 1 + (uint64_t)(i > 0);
    a[i].d.time_us = RT__TIME_MIN + 10 - i;
  }
  rt__set *s = new_set();
  add_all(s, a, 3);
  assert_int_equal(rt__set_seal(s, NULL), RT_OK);
  assert_int_equal(rt__set_count(s), 2);
  assert_int_equal(rt__set_time(s, 1), RT__TIME_MIN + 8); /* the earliest of account 2 */
  rt__set_free(s);
  free(a);
}

static void test_absorb_in_any_order(void **state)
{
  (void)state;
  enum { N = 900, SETS = 5 };
  owned_digest *a = random_digests(7, 30, N);
  for (uint64_t round = 0; round < 6; round++) {
    shuffle_digests(round, a, N);
    rt__set *s[SETS];
    rt__rng r = {round, 0};
    for (int i = 0; i < SETS; i++)
      s[i] = new_set();
    for (size_t i = 0; i < N; i++)
      add_all(s[rt__rng_below(&r, SETS)], &a[i], 1);
    for (int i = SETS - 1; i > 0; i--) {
      assert_int_equal(rt__set_absorb(s[0], s[i], NULL), RT_OK);
      add_all(s[i], a, 1); /* still of use, and empty */
      assert_int_equal(rt__set_seal(s[i], NULL), RT_OK);
      assert_int_equal(rt__set_count(s[i]), 1);
      rt__set_free(s[i]);
    }
    assert_int_equal(rt__set_seal(s[0], NULL), RT_OK);
    owned_digest *plain = malloc(N * sizeof *plain);
    memcpy(plain, a, N * sizeof *plain);
    size_t kept = plain_seal(plain, N);
    assert_equals_plain(s[0], plain, kept);
    free(plain);
    rt__set_free(s[0]);
  }
  free(a);
}

/* a view of some accounts reads as a set to which only theirs were added */
static void test_views(void **state)
{
  (void)state;
  enum { N = 900, PARTS = 3 };
  owned_digest *a = random_digests(11, 40, N), *mine = calloc(N, sizeof *mine);
  rt__set *s = new_set();
  rt_digest_sink sink = rt__set_sink(s);
  add_all(s, a, N);
  for (size_t i = 0; i < N; i++)
    assert_int_equal(sink.account(sink.ctx, a[i].d.account, RT__LIT("a name"), NULL), RT_OK);
  assert_int_equal(rt__set_seal(s, NULL), RT_OK);
  for (uint32_t part = 0; part < PARTS; part++) {
    uint32_t accounts[40], n = 0;
    size_t k = 0;
    for (uint32_t i = part; i < rt__set_accounts(s); i += PARTS)
      accounts[n++] = i;
    for (size_t i = 0; i < N; i++) {
      size_t at;
      assert_true(rt__set_find(s, a[i].d.account, &at));
      if (at % PARTS == part)
        copy_digest(&mine[k++], &a[i].d);
    }
    rt__set *view, *none;
    assert_int_equal(rt__set_view(s, accounts, n, NULL, &view, NULL), RT_OK);
    k = plain_seal(mine, k);
    assert_equals_plain(view, mine, k);
    assert_int_equal(rt__set_accounts(view), n);
    assert_string_equal(rt__set_name(view, 0).p, "a name");
    assert_int_equal(rt__set_view(view, accounts, 1, NULL, &none, NULL), RT_E_ARG); /* of a view */
    rt__set_free(view);
  }
  int64_t after[40]; /* every other account from a moment on, one of them never */
  uint32_t all[40], n = (uint32_t)rt__set_accounts(s);
  for (uint32_t i = 0; i < n; i++) {
    all[i] = i;
    after[i] = i % 2 ? INT64_MIN : RT__TIME_MIN + 20 * RT__US;
  }
  after[4] = INT64_MAX;
  rt__set *view;
  assert_int_equal(rt__set_view(s, all, n, after, &view, NULL), RT_OK);
  assert_int_equal(rt__set_accounts(view), n);
  size_t kept = 0;
  for (size_t k = 0; k < rt__set_count(s); k++) {
    rt_digest want, got;
    size_t at;
    rt__set_get(s, k, &want);
    assert_true(rt__set_find(s, want.account, &at));
    if (want.time_us <= after[at])
      continue;
    rt__set_get(view, kept++, &got);
    assert_int_equal(rt_digest_cmp(&got, &want), 0);
  }
  assert_int_equal(rt__set_count(view), kept);
  rt__set_range(view, 4, &kept, &kept);
  assert_int_equal(kept, 0);
  rt__set_free(view);
  rt__set_free(s);
  free(mine);
  free(a);
}

/* ---- names and segments */

static void test_names(void **state)
{
  (void)state;
  owned_digest *a = random_digests(8, 4, 40);
  rt__set *s = new_set(), *other = new_set();
  rt_digest_sink sink = rt__set_sink(s), sink2 = rt__set_sink(other);
  uint64_t x = a[0].d.account;
  add_all(s, a, 40);
  assert_int_equal(sink.account(sink.ctx, x, RT__LIT("beta"), NULL), RT_OK);
  assert_int_equal(sink2.account(sink2.ctx, x, RT__LIT("alpha"), NULL), RT_OK);
  assert_int_equal(sink2.account(sink2.ctx, 12345, RT__LIT("no record"), NULL), RT_OK);
  assert_int_equal(sink.account(sink.ctx, 0, RT__LIT("x"), NULL), RT_E_ARG);
  static char huge[RT_NAME_MAX + 1];
  assert_int_equal(sink.account(sink.ctx, 5, rt__slice(huge, sizeof huge), NULL), RT_E_ARG);
  assert_int_equal(rt__set_absorb(s, other, NULL), RT_OK);
  assert_int_equal(rt__set_seal(s, NULL), RT_OK);
  size_t i;
  assert_true(rt__set_find(s, x, &i));
  assert_string_equal(rt__set_name(s, i).p, "alpha");
  assert_null(rt__set_name(s, i == 0 ? 1 : 0).p);
  assert_false(rt__set_find(s, 12345, &i));
  rt__set_free(s);
  rt__set_free(other);
  free(a);
}

static rt_segment some_segment(uint64_t hash, uint32_t length, uint32_t *chunks)
{
  static const uint32_t words[3] = {1, 5, 9};
  for (uint32_t i = 0; i < RT_CHUNKS_MAX; i++)
    chunks[i] = (uint32_t)hash + i * length;
  return (rt_segment){.hash = hash,
                      .length = length,
                      .n_chunks = RT_CHUNKS_MAX,
                      .n_words = 3,
                      .chunks = chunks,
                      .words = words};
}

static void test_segments(void **state)
{
  (void)state;
  rt__set *s = new_set();
  rt_digest_sink sink = rt__set_sink(s);
  uint32_t chunks[RT_CHUNKS_MAX];
  for (uint32_t i = 1; i < 500; i++) {
    rt_segment g = some_segment(i % 100 + 1, 1000 - i, chunks);
    assert_int_equal(sink.segment(sink.ctx, &g, NULL), RT_OK);
  }
  for (uint32_t h = 1; h <= 100; h++) {
    const rt_segment *g = rt__set_segment(s, h);
    assert_non_null(g);
    assert_int_equal(g->length, 1000 - (h == 100 ? 499 : 400 + h - 1)); /* the smallest */
    rt_segment want = some_segment(h, g->length, chunks);
    assert_memory_equal(g->chunks, want.chunks, sizeof chunks);
    assert_memory_equal(g->words, want.words, 3 * sizeof *want.words);
  }
  assert_null(rt__set_segment(s, 101));
  rt_segment bad = some_segment(0, 1, chunks);
  assert_int_equal(sink.segment(sink.ctx, &bad, NULL), RT_E_ARG);
  bad = some_segment(3, 1, chunks);
  bad.n_chunks++;
  assert_int_equal(sink.segment(sink.ctx, &bad, NULL), RT_E_ARG);
  rt__set_free(s);
}

/* more segments than a quarter of the memory holds: the same sample stays for any order and split
 */
static void test_segments_are_sampled_alike(void **state)
{
  (void)state;
  enum { N = 20000 };
  uint32_t chunks[RT_CHUNKS_MAX];
  unsigned char kept[2][N] = {{0}};
  for (int way = 0; way < 2; way++) {
    rt__set *s[2];
    for (int i = 0; i < 2; i++)
      assert_int_equal(rt__set_new(NULL, 1 << 20, NULL, &s[i], NULL), RT_OK);
    for (uint32_t i = 0; i < N; i++) {
      uint32_t h = way ? N - i : i + 1;
      rt_digest_sink sink = rt__set_sink(s[way ? h % 3 == 0 : 0]);
      rt_segment g = some_segment(h, 7, chunks);
      assert_int_equal(sink.segment(sink.ctx, &g, NULL), RT_OK);
    }
    assert_int_equal(rt__set_absorb(s[0], s[1], NULL), RT_OK);
    size_t n = 0;
    for (uint32_t h = 1; h <= N; h++)
      n += kept[way][h - 1] = rt__set_segment(s[0], h) != NULL;
    assert_true(n > 500 && n < 5000);
    rt__set_free(s[0]);
    rt__set_free(s[1]);
  }
  assert_memory_equal(kept[0], kept[1], N);
}

/* ---- bad use */

static void test_refuses_bad_records(void **state)
{
  (void)state;
  owned_digest *a = random_digests(9, 4, 1), *b = random_digests(9, 4, 1);
  rt__set *s = new_set();
  rt_digest_sink sink = rt__set_sink(s);
#define BAD(change)                                                                                \
  copy_digest(b, &a->d);                                                                           \
  b->d.change;                                                                                     \
  assert_int_equal(sink.record(sink.ctx, &b->d, NULL), RT_E_ARG)
  BAD(account = 0);
  BAD(n_chunks = RT_USER_CHUNKS_MAX + 1);
  BAD(n_words = RT_WORDS_MAX + 1);
  BAD(n_signatures = RT_SIGNATURES_MAX + 1);
  BAD(time_us = RT__TIME_MIN - 1);
  BAD(time_us = RT__TIME_MAX);
  BAD(outcome = RT_OUTCOME_COUNT);
  BAD(api = 77);
  BAD(finish = 6);
#undef BAD
  static const uint32_t bad_words[][2] = {{5, 1 << 24}, {5, 5}, {6, 5}};
  for (size_t i = 0; i < RT__ARRAY_LEN(bad_words); i++) {
    b->d = a->d;
    b->d.words = bad_words[i];
    b->d.n_words = 2;
    assert_int_equal(sink.record(sink.ctx, &b->d, NULL), RT_E_ARG);
  }
  assert_int_equal(sink.record(sink.ctx, &a->d, NULL), RT_OK);
  assert_int_equal(rt__set_seal(s, NULL), RT_OK);
  assert_int_equal(rt__set_count(s), 1);
  assert_int_equal(sink.record(sink.ctx, &a->d, NULL), RT_E_ARG); /* sealed */
  assert_int_equal(rt__set_seal(s, NULL), RT_E_ARG);
  rt__set_free(s);
  rt__set_free(NULL);
  free(a);
  free(b);
}

static void test_memory_max_is_kept(void **state)
{
  (void)state;
  rt__set *s;
  rt_code c = RT_OK;
  assert_int_equal(rt__set_new(NULL, 1 << 20, NULL, &s, NULL), RT_OK);
  owned_digest *a = random_digests(10, 50, 100);
  rt_digest_sink sink = rt__set_sink(s);
  for (int i = 0; i < 10000 && c == RT_OK; i++)
    c = sink.record(sink.ctx, &a[i % 100].d, NULL);
  assert_int_equal(c, RT_E_LIMIT);
  assert_true(rt__set_bytes(s) < 2 << 20);
  assert_int_equal(rt__set_seal(s, NULL), RT_E_LIMIT); /* it would not be whole */
  rt__set_free(s);
  free(a);
}

static rt_code fill_and_seal(const rt_alloc *alloc, const owned_digest *a, size_t n)
{
  rt__set *s = NULL, *other = NULL;
  rt_code c = rt__set_new(alloc, 0, NULL, &s, NULL);
  if (c == RT_OK)
    c = rt__set_new(alloc, 0, NULL, &other, NULL);
  uint32_t chunks[RT_CHUNKS_MAX];
  for (size_t i = 0; i < n && c == RT_OK; i++) {
    rt_digest_sink sink = rt__set_sink(i % 2 ? s : other);
    rt_segment g = some_segment(i + 1, 9, chunks);
    c = sink.record(sink.ctx, &a[i].d, NULL);
    if (c == RT_OK && i % 20 == 0)
      c = sink.account(sink.ctx, a[i].d.account, RT__LIT("somebody"), NULL);
    if (c == RT_OK && i % 20 == 0)
      c = sink.segment(sink.ctx, &g, NULL);
  }
  if (c == RT_OK)
    c = rt__set_absorb(s, other, NULL);
  if (c == RT_OK)
    c = rt__set_seal(s, NULL);
  if (c == RT_OK)
    assert_int_equal(rt__set_bytes(s) + rt__set_bytes(other), ((test_alloc *)alloc->ctx)->held);
  rt__set_free(s);
  rt__set_free(other);
  return c;
}

static void test_no_memory(void **state)
{
  (void)state;
  enum { N = 400 };
  owned_digest *a = random_digests(11, 70, N);
  for (test_alloc t = {.keep_failing = true}; test_alloc_again(&t);) {
    rt_alloc alloc = test_alloc_of(&t);
    rt_code c = fill_and_seal(&alloc, a, N);
    assert_survived(&t, c);
  }
  free(a);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_order_and_duplicates),
      cmocka_unit_test(test_equal_records_without_id_all_stay),
      cmocka_unit_test(test_same_id_under_two_accounts_stays),
      cmocka_unit_test(test_absorb_in_any_order),
      cmocka_unit_test(test_views),
      cmocka_unit_test(test_names),
      cmocka_unit_test(test_segments),
      cmocka_unit_test(test_segments_are_sampled_alike),
      cmocka_unit_test(test_refuses_bad_records),
      cmocka_unit_test(test_memory_max_is_kept),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
