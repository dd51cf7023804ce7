/* set_oracle - a digest set the slow way, to hold the fast one against. */
#ifndef TEST_SET_ORACLE_H
#define TEST_SET_ORACLE_H

#include "digest/set.h"
#include "random_digest.h"

static inline int by_digest(const void *x, const void *y)
{
  return rt_digest_cmp(&((const owned_digest *)x)->d, &((const owned_digest *)y)->d);
}

/* sorts and drops duplicates the slow way; returns how many stay */
static inline size_t plain_seal(owned_digest *a, size_t n)
{
  qsort(a, n, sizeof *a, by_digest);
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    bool again = false;
    for (size_t j = 0; j < kept && !again; j++)
      again = a[i].d.id && a[j].d.id == a[i].d.id && a[j].d.account == a[i].d.account;
    if (!again)
      a[kept++] = a[i];
  }
  for (size_t i = 0; i < kept; i++)
    tie_tails(&a[i]);
  return kept;
}

static inline void add_all(rt__set *s, const owned_digest *a, size_t n)
{
  rt_digest_sink sink = rt__set_sink(s);
  for (size_t i = 0; i < n; i++)
    assert_int_equal(sink.record(sink.ctx, &a[i].d, NULL), RT_OK);
}

static inline void assert_equals_plain(const rt__set *s, const owned_digest *a, size_t n)
{
  assert_int_equal(rt__set_count(s), n);
  for (size_t k = 0; k < n; k++) {
    rt_digest got;
    rt__set_get(s, k, &got);
    assert_int_equal(rt_digest_cmp(&got, &a[k].d), 0);
    assert_int_equal(rt__set_time(s, k), a[k].d.time_us);
  }
  size_t at = 0;
  for (size_t i = 0; i < rt__set_accounts(s); i++) {
    size_t first, count, found;
    rt__set_range(s, i, &first, &count);
    assert_int_equal(first, at);
    assert_true(count > 0);
    for (size_t k = first; k < first + count; k++)
      assert_int_equal(a[k].d.account, rt__set_account(s, i));
    at += count;
    assert_true(at == n || a[at].d.account > rt__set_account(s, i));
    assert_true(rt__set_find(s, rt__set_account(s, i), &found));
    assert_int_equal(found, i);
    assert_false(rt__set_find(s, rt__set_account(s, i) + 1, &found));
  }
  assert_int_equal(at, n);
}

#endif
