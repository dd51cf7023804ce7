/* What a state remembers: there and back, in one form only, and nothing else is believed. */
#include "state/memory.h"

#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const uint64_t members[] = {3, 4, UINT64_MAX}, held[] = {1, 9, UINT64_MAX - 1};
static const rt_change changes[] = {
    {.at_us = 7, .kind = RT_CHANGE_NEW, .accounts = 3},
    {.at_us = -8, .kind = RT_CHANGE_MERGED, .other = "rc-00000000000000ff"},
    {.at_us = 9, .kind = RT_CHANGE_VERDICT, .was = RT_VERDICT_SUSPECT, .now = RT_VERDICT_POOLED},
    {.at_us = 9, .kind = RT_CHANGE_REPLACED, .accounts = UINT64_MAX, .closed = 2}};
static const rt__remembered campaigns[] = {
    {1, false, RT_VERDICT_DISTILLATION, 5, members, 3, changes, 4},
    {UINT64_MAX, true, RT_VERDICT_SUSPECT, 6, members, 1, NULL, 0}};
static const rt__memory whole = {
    .as_of_us = 1000, .campaigns = campaigns, .n_campaigns = 2, .held = held, .n_held = 3};

static rt__out encoded(const rt__memory *m)
{
  rt__out o = {.code = RT_OK};
  rt__buf_init(&o.buf, rt_alloc_default(), 1 << 20);
  assert_int_equal(rt__memory_encode(m, &o), RT_OK);
  return o;
}

static void assert_same(const rt__memory *a, const rt__memory *b)
{
  rt__out x = encoded(a), y = encoded(b);
  assert_int_equal(x.buf.n, y.buf.n);
  assert_memory_equal(x.buf.p, y.buf.p, x.buf.n);
  rt__buf_free(&x.buf);
  rt__buf_free(&y.buf);
}

static void test_there_and_back(void **state)
{
  (void)state;
  rt__out o = encoded(&whole);
  rt__memory m;
  assert_int_equal(rt__memory_init(&m, NULL), RT_OK);
  assert_int_equal(rt__memory_decode(rt__buf_slice(&o.buf), &m, NULL), RT_OK);
  assert_int_equal(m.as_of_us, 1000);
  assert_int_equal(m.n_campaigns, 2);
  assert_memory_equal(m.campaigns[0].members, members, sizeof members);
  assert_memory_equal(m.held, held, sizeof held);
  assert_true(m.campaigns[1].gone);
  assert_int_equal(m.campaigns[0].changes[1].at_us, -8);
  assert_string_equal(m.campaigns[0].changes[1].other, "rc-00000000000000ff");
  assert_int_equal(m.campaigns[0].changes[2].now, RT_VERDICT_POOLED);
  assert_int_equal(m.campaigns[0].changes[3].accounts, UINT64_MAX);
  assert_same(&m, &whole);
  rt__memory_free(&m);
  rt__buf_free(&o.buf);
}

static void test_every_truncation_is_seen(void **state)
{
  (void)state;
  rt__out o = encoded(&whole);
  for (size_t n = 0; n < o.buf.n; n++) {
    rt__memory m;
    char *exact = malloc(n + 1); /* so that a sanitizer sees a step too far */
    memcpy(exact, o.buf.p, n);
    assert_int_equal(rt__memory_init(&m, NULL), RT_OK);
    assert_int_equal(rt__memory_decode(rt__slice(exact, n), &m, NULL), RT_E_FORMAT);
    assert_int_equal(m.n_campaigns, 0);
    rt__memory_free(&m);
    free(exact);
  }
  rt__memory m;
  assert_int_equal(rt__memory_init(&m, NULL), RT_OK);
  assert_int_equal(rt__buf_add(&o.buf, "x", 1), RT_OK);
  assert_int_equal(rt__memory_decode(rt__buf_slice(&o.buf), &m, NULL), RT_E_FORMAT);
  rt__memory_free(&m);
  rt__buf_free(&o.buf);
}

/* whatever the bytes, what is taken is written back as the same bytes: there is one form only */
static void test_made_up_bytes(void **state)
{
  (void)state;
  size_t taken = 0;
  for (uint64_t seed = 0; seed < 20000; seed++) {
    rt__out o = encoded(&whole);
    rt__rng r = {seed, 0};
    size_t n = seed % 3 ? o.buf.n : rt__rng_below(&r, 12);
    for (uint64_t k = 1 + rt__rng_below(&r, 3); k && n; k--)
      o.buf.p[rt__rng_below(&r, n)] = (char)rt__rng_below(&r, seed % 2 ? 4 : 256);
    rt__memory m;
    assert_int_equal(rt__memory_init(&m, NULL), RT_OK);
    if (rt__memory_decode(rt__slice(o.buf.p, n), &m, NULL) == RT_OK) {
      rt__memory again;
      rt__out back = encoded(&m);
      assert_int_equal(rt__memory_init(&again, NULL), RT_OK);
      assert_int_equal(rt__memory_decode(rt__buf_slice(&back.buf), &again, NULL), RT_OK);
      assert_same(&m, &again);
      rt__memory_free(&again);
      rt__buf_free(&back.buf);
      taken++;
    }
    rt__memory_free(&m);
    rt__buf_free(&o.buf);
  }
  assert_true(taken > 100 && taken < 19000);
}

static void test_hold_and_forget(void **state)
{
  (void)state;
  static const uint64_t more[] = {9, 5, 9, 2};
  rt__memory m, n;
  assert_true(rt__memory_holds(&whole, 9));
  assert_false(rt__memory_holds(&whole, 8));
  assert_int_equal(rt__memory_init(&m, NULL), RT_OK);
  assert_int_equal(rt__memory_hold(&whole, more, 4, &m, NULL), RT_OK);
  assert_int_equal(m.n_held, 3);
  assert_true(rt__memory_holds(&m, 2) && rt__memory_holds(&m, 5) && rt__memory_holds(&m, 9));
  assert_int_equal(m.n_campaigns, 2);
  assert_int_equal(rt__memory_init(&n, NULL), RT_OK);
  assert_int_equal(rt__memory_forget(&m, 3, 900, &n, NULL), RT_OK);
  assert_int_equal(n.as_of_us, 900);
  assert_int_equal(n.n_campaigns, 1); /* the gone one had no other member */
  assert_int_equal(n.campaigns[0].n_members, 2);
  assert_int_equal(n.campaigns[0].n_changes, 4);
  assert_int_equal(n.n_held, 3);
  rt__memory_free(&n);
  rt__memory_free(&m);
}

static void test_ids(void **state)
{
  (void)state;
  static const char *const wrong[] = {"",
                                      "rc-",
                                      "rc-00000000000000f",
                                      "rc-00000000000000fff",
                                      "rc-00000000000000fG",
                                      "rc-00000000000000FF",
                                      "rd-00000000000000ff"};
  char name[RT__CAMPAIGN_ID];
  uint64_t id;
  rt__campaign_name(0xff, name);
  assert_string_equal(name, "rc-00000000000000ff");
  assert_true(rt__campaign_number(rt__cstr(name), &id));
  assert_int_equal(id, 0xff);
  for (size_t i = 0; i < RT__ARRAY_LEN(wrong); i++)
    assert_false(rt__campaign_number(rt__cstr(wrong[i]), &id));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_there_and_back),
      cmocka_unit_test(test_every_truncation_is_seen),
      cmocka_unit_test(test_made_up_bytes),
      cmocka_unit_test(test_hold_and_forget),
      cmocka_unit_test(test_ids),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
