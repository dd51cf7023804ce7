/* failing_alloc - an allocator for tests: counts what is held, checks every old_size, and can fail
 * at the k-th request. Use:
 *
 *   test_alloc t = {.fail_at = k};          // 0 = never
 *   rt_alloc a = test_alloc_of(&t);
 *   ... code under test ...
 *   assert_int_equal(t.held, 0);            // nothing leaked
 *   assert_int_equal(t.wrong_sizes, 0);     // old_size was what had been asked for
 *
 * t.failed says whether the k-th request came at all. For each k until it did not:
 *
 *   for (test_alloc t = {0}; test_alloc_again(&t);) {
 *     rt_alloc a = test_alloc_of(&t);
 *     rt_code c = ... code under test, what it made taken away ...
 *     assert_survived(&t, c);
 *   }
 */
#ifndef TEST_FAILING_ALLOC_H
#define TEST_FAILING_ALLOC_H

#include "retort/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct test_alloc {
  size_t fail_at;    /* 1 = the first request; 0 = none */
  bool keep_failing; /* all later ones fail too */
  size_t requests;   /* allocations and growths so far */
  size_t held, peak; /* bytes */
  size_t wrong_sizes;
  bool failed;
} test_alloc;

/* the size is kept in front of each block */
#define TEST_ALLOC_FRONT 16

static inline void test_alloc_check(test_alloc *t, unsigned char *block, size_t claimed)
{
  size_t size;
  memcpy(&size, block, sizeof size);
  t->wrong_sizes += size != claimed;
  t->held -= size;
}

static inline void *test_alloc_resize(void *ctx, void *old, size_t old_size, size_t size)
{
  test_alloc *t = ctx;
  unsigned char *block = old ? (unsigned char *)old - TEST_ALLOC_FRONT : NULL;
  if (size == 0) {
    if (block)
      test_alloc_check(t, block, old_size);
    free(block);
    return NULL;
  }
  t->requests++;
  if (t->fail_at && (t->requests == t->fail_at || (t->keep_failing && t->failed))) {
    t->failed = true;
    return NULL;
  }
  if (block)
    test_alloc_check(t, block, old_size);
  /* always to a new place, so that a stale pointer is seen by the sanitizer */
  unsigned char *fresh = malloc(TEST_ALLOC_FRONT + size);
  if (!fresh)
    abort();
  memcpy(fresh, &size, sizeof size);
  memset(fresh + TEST_ALLOC_FRONT, 0xA5, size);
  if (block) {
    memcpy(fresh + TEST_ALLOC_FRONT, old, old_size < size ? old_size : size);
    free(block);
  }
  t->held += size;
  t->peak = t->held > t->peak ? t->held : t->peak;
  return fresh + TEST_ALLOC_FRONT;
}

/* the next request is to fail; false once the last one to fail never came */
static inline bool test_alloc_again(test_alloc *t)
{
  bool again = t->fail_at == 0 || t->failed;
  *t = (test_alloc){.fail_at = t->fail_at + 1, .keep_failing = t->keep_failing};
  return again;
}

/* for want of memory, and only then, it said so; either way it holds nothing */
#define assert_survived(t, code)                                                                   \
  do {                                                                                             \
    assert_int_equal((code), (t)->failed ? RT_E_NOMEM : RT_OK);                                    \
    assert_int_equal((t)->held, 0);                                                                \
    assert_int_equal((t)->wrong_sizes, 0);                                                         \
  } while (0)

static inline rt_alloc test_alloc_of(test_alloc *t)
{
  return (rt_alloc){test_alloc_resize, t};
}

#endif
