/* Errors, slices, allocation, buffers and arenas: mostly that maxima are kept and nothing leaks. */
#include "base/base.h"
#include "support/failing_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the three above */
#include <cmocka.h>

static void test_codes_have_names(void **state)
{
  (void)state;
  for (int c = 0; c < RT_CODE_COUNT; c++) {
    assert_string_not_equal(rt_code_name((rt_code)c), "unknown");
    assert_true(strlen(rt_code_text((rt_code)c)) > 5);
    for (int d = 0; d < c; d++)
      assert_string_not_equal(rt_code_name((rt_code)c), rt_code_name((rt_code)d));
  }
  assert_string_equal(rt_code_name(RT_E_NOMEM), "nomem");
  assert_string_equal(rt_code_name(RT_CODE_COUNT), "unknown");
  assert_string_equal(rt_code_name((rt_code)-1), "unknown");
  assert_string_equal(rt_code_text((rt_code)99), "unknown error");
}

static void test_fail_fills_the_error(void **state)
{
  (void)state;
  rt_error e = {.line = 9, .offset = 9};
  assert_int_equal(rt__fail(&e, RT_E_ARG, "%s %d", "number", 5), RT_E_ARG);
  assert_string_equal(e.message, "number 5");
  assert_int_equal(e.code, RT_E_ARG);
  assert_int_equal(e.line, 0);
  assert_int_equal(rt__fail_at(&e, RT_E_IO, 3, 77, "x"), RT_E_IO);
  assert_int_equal(e.line, 3);
  assert_int_equal(e.offset, 77);
  assert_int_equal(rt__fail(NULL, RT_E_KEY, "nobody listens"), RT_E_KEY);
  char longer[2 * RT_ERROR_TEXT_MAX];
  memset(longer, 'y', sizeof longer);
  rt__fail(&e, RT_E_ARG, "%.*s", (int)sizeof longer, longer);
  assert_int_equal(strlen(e.message), RT_ERROR_TEXT_MAX - 1);
}

static void test_slices(void **state)
{
  (void)state;
  rt_slice none = {NULL, 0};
  assert_int_equal(rt__cstr(NULL).n, 0);
  assert_true(rt__slice_eq(none, RT__LIT("")));
  assert_true(rt__slice_eq(RT__LIT("ab"), rt__slice("abc", 2)));
  assert_false(rt__slice_eq(RT__LIT("ab"), RT__LIT("abc")));
  static const char *const rising[] = {"", "a", "a\x01", "aa", "b", "ba", "\xff"};
  for (int i = 0; i < 7; i++)
    for (int j = 0; j < 7; j++) {
      int c = rt__slice_cmp(rt__cstr(rising[i]), rt__cstr(rising[j]));
      assert_int_equal((c > 0) - (c < 0), (i > j) - (i < j));
    }
  assert_true(rt__slice_starts(RT__LIT("abc"), RT__LIT("ab")));
  assert_true(rt__slice_starts(none, RT__LIT("")));
  assert_false(rt__slice_starts(RT__LIT("a"), RT__LIT("ab")));
  assert_true(rt__slice_eq(rt__slice_trim(RT__LIT(" \t\r\n a b \n")), RT__LIT("a b")));
  assert_int_equal(rt__slice_trim(RT__LIT("  \n")).n, 0);
  assert_int_equal(rt__slice_trim(none).n, 0);
}

static void test_allocation(void **state)
{
  (void)state;
  test_alloc t = {0};
  rt_alloc a = test_alloc_of(&t);
  unsigned char *p = rt__calloc(&a, 10, 3);
  for (int i = 0; i < 30; i++)
    assert_int_equal(p[i], 0);
  p = rt__realloc(&a, p, 10, 20, 3);
  assert_int_equal(t.held, 60);
  p = rt__realloc(&a, p, 20, 0, 3); /* none left is still something to free */
  assert_non_null(p);
  p = rt__realloc(&a, p, 0, 5, 3);
  rt__free(&a, p, 15);
  rt__free(&a, NULL, 15);
  void *empty = rt__calloc(&a, 0, 8);
  assert_non_null(empty);
  rt__free(&a, empty, 0);
  assert_int_equal(t.held, 0);
  assert_int_equal(t.wrong_sizes, 0);
  assert_null(rt__calloc(&a, SIZE_MAX / 2, 3));
  assert_null(rt__calloc(&a, 3, SIZE_MAX / 2));
  assert_null(rt__realloc(&a, NULL, 0, SIZE_MAX / 16, 16));
}

static void test_default_allocator(void **state)
{
  (void)state;
  const rt_alloc *a = rt_alloc_default();
  char *p = a->resize(a->ctx, NULL, 0, 100);
  assert_non_null(p);
  memset(p, 7, 100);
  p = a->resize(a->ctx, p, 100, 1000);
  assert_int_equal(p[99], 7);
  assert_null(a->resize(a->ctx, p, 1000, 0));
}

static void test_buffer_keeps_its_maximum(void **state)
{
  (void)state;
  static const size_t maxima[] = {0, 1, 63, 64, 65, 1000};
  for (size_t k = 0; k < RT__ARRAY_LEN(maxima); k++) {
    test_alloc t = {0};
    rt_alloc a = test_alloc_of(&t);
    rt__buf b;
    rt__buf_init(&b, &a, maxima[k]);
    size_t n = 0;
    while (rt__buf_add(&b, "x", 1) == RT_OK)
      n++;
    assert_int_equal(n, maxima[k]);
    assert_int_equal(rt__buf_add(&b, "x", 1), RT_E_LIMIT);
    assert_int_equal(rt__buf_add(&b, NULL, 0), RT_OK);
    assert_int_equal(rt__buf_reserve(&b, SIZE_MAX), RT_E_LIMIT);
    assert_int_equal(rt__buf_slice(&b).n, n);
    assert_true(b.cap <= maxima[k] || b.cap == 64);
    rt__buf_clear(&b);
    assert_int_equal(rt__buf_add(&b, "yy", 2), maxima[k] < 2 ? RT_E_LIMIT : RT_OK);
    rt__buf_free(&b);
    assert_int_equal(t.held + t.wrong_sizes, 0);
  }
}

static void test_buffer_printf(void **state)
{
  (void)state;
  rt__buf b;
  rt__buf_init(&b, rt_alloc_default(), 1000);
  assert_int_equal(rt__buf_printf(&b, "%d-%s", 12, "ab"), RT_OK);
  assert_true(rt__slice_eq(rt__buf_slice(&b), RT__LIT("12-ab")));
  assert_int_equal(rt__buf_printf(&b, "%255s", "c"), RT_OK);
  assert_int_equal(rt__buf_printf(&b, "%256s", "d"), RT_OK);
  assert_int_equal(rt__buf_printf(&b, "%400s", "e"), RT_OK);
  assert_int_equal(b.n, 5 + 255 + 256 + 400);
  assert_int_equal(b.p[5 + 254], 'c');
  assert_int_equal(b.p[5 + 255 + 255], 'd');
  assert_int_equal(b.p[b.n - 1], 'e');
  assert_int_equal(rt__buf_printf(&b, "%300s", "f"), RT_E_LIMIT);
  assert_int_equal(b.n, 5 + 255 + 256 + 400);
  rt__buf_free(&b);
}

static void test_arena(void **state)
{
  (void)state;
  test_alloc t = {0};
  rt_alloc a = test_alloc_of(&t);
  rt__arena *ar;
  assert_int_equal(rt__arena_new(&a, 100000, &ar), RT_OK);
  unsigned char *p[200];
  for (int round = 0; round < 2; round++) { /* the second time in memory kept from the first */
    for (size_t i = 0; i < 200; i++) {
      p[i] = rt__arena_take(ar, i);
      assert_non_null(p[i]);
      assert_int_equal((uintptr_t)p[i] % 16, 0);
      for (size_t k = 0; k < i; k++)
        assert_int_equal(p[i][k], 0);
      memset(p[i], (int)i, i);
    }
    for (size_t i = 0; i < 200; i++)
      for (size_t k = 0; k < i; k++)
        assert_int_equal(p[i][k], (unsigned char)i);
    size_t held = rt__arena_bytes(ar);
    rt__arena_clear(ar);
    assert_int_equal(rt__arena_bytes(ar), held);
  }
  const char *s = rt__arena_copy(ar, rt__slice("abcd", 3));
  assert_string_equal(s, "abc");
  assert_string_equal(rt__arena_copy(ar, (rt_slice){NULL, 0}), "");
  assert_null(rt__arena_take(ar, 100001));
  assert_null(rt__arena_take(ar, SIZE_MAX));
  assert_null(rt__arena_copy(ar, (rt_slice){"", SIZE_MAX}));
  rt__arena_free(ar);
  rt__arena_free(NULL);
  assert_int_equal(t.held + t.wrong_sizes, 0);
}

static void test_arena_keeps_its_maximum(void **state)
{
  (void)state;
  rt__arena *ar;
  assert_int_equal(rt__arena_new(rt_alloc_default(), 50000, &ar), RT_OK);
  size_t taken = 0;
  while (rt__arena_take(ar, 160))
    taken += 160;
  assert_true(taken > 45000 && taken <= 50000);
  assert_true(rt__arena_bytes(ar) <= 50000);
  rt__arena_free(ar);
}

static void test_no_memory(void **state)
{
  (void)state;
  for (test_alloc t = {0}; test_alloc_again(&t);) {
    rt_alloc a = test_alloc_of(&t);
    rt__arena *ar = NULL;
    rt__buf b;
    rt__buf_init(&b, &a, 1 << 20);
    rt_code c = rt__arena_new(&a, 1 << 20, &ar);
    for (size_t i = 0; i < 300 && c == RT_OK; i++) {
      c = rt__arena_take(ar, 100) ? RT_OK : RT_E_NOMEM;
      size_t before = b.n;
      if (c == RT_OK && (c = rt__buf_printf(&b, "%300d", 5)) != RT_OK)
        assert_int_equal(b.n, before);
    }
    rt__arena_free(ar);
    rt__buf_free(&b);
    assert_survived(&t, c);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_codes_have_names),
      cmocka_unit_test(test_fail_fills_the_error),
      cmocka_unit_test(test_slices),
      cmocka_unit_test(test_allocation),
      cmocka_unit_test(test_default_allocator),
      cmocka_unit_test(test_buffer_keeps_its_maximum),
      cmocka_unit_test(test_buffer_printf),
      cmocka_unit_test(test_arena),
      cmocka_unit_test(test_arena_keeps_its_maximum),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
