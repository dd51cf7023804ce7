/* base - what every room stands on: slices, errors, bounded buffers, arenas.
 *
 * Rules of the house, in one place:
 *  - a size that came from outside is checked before it is used;
 *  - every growing thing is created with its maximum;
 *  - borrowed memory is a slice, owned memory has a `free` of the same prefix.
 */
#ifndef RT_BASE_H
#define RT_BASE_H

#include "retort/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define RT__PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define RT__MUST_CHECK        __attribute__((warn_unused_result))
#define RT__ARRAY_LEN(a)      (sizeof(a) / sizeof((a)[0]))

/* ---- slices: borrowed bytes, never NUL-terminated by promise */
#ifndef RT_SLICE_DEFINED
#define RT_SLICE_DEFINED
typedef struct rt_slice {
  const char *p;
  size_t n;
} rt_slice;
#endif

#define RT__LIT(s) ((rt_slice){"" s, sizeof(s) - 1})

static inline rt_slice rt__slice(const void *p, size_t n)
{
  return (rt_slice){(const char *)p, n};
}

static inline rt_slice rt__cstr(const char *s)
{
  return (rt_slice){s, s ? strlen(s) : 0};
}

static inline bool rt__slice_eq(rt_slice a, rt_slice b)
{
  return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* bytes first, then length: the order used wherever names are sorted */
int rt__slice_cmp(rt_slice a, rt_slice b);
bool rt__slice_starts(rt_slice s, rt_slice prefix);
rt_slice rt__slice_trim(rt_slice s); /* ASCII blanks at both ends */

/* ---- errors */
rt_code rt__fail(rt_error *err, rt_code code, const char *fmt, ...) RT__PRINTF(3, 4);
/* as above with a position */
rt_code rt__fail_at(rt_error *err, rt_code code, uint64_t line, uint64_t offset, const char *fmt,
                    ...) RT__PRINTF(5, 6);

/* ---- allocation through an rt_alloc; count * size is checked */
void *rt__calloc(const rt_alloc *a, size_t count, size_t size);
void *rt__realloc(const rt_alloc *a, void *p, size_t old_count, size_t count, size_t size);
void rt__free(const rt_alloc *a, void *p, size_t size);

/* ---- bounded byte buffer; the maximum is given at birth */
typedef struct rt__buf {
  const rt_alloc *alloc;
  char *p;
  size_t n, cap, max;
} rt__buf;

void rt__buf_init(rt__buf *b, const rt_alloc *a, size_t max);
void rt__buf_free(rt__buf *b);
void rt__buf_clear(rt__buf *b);
rt_code rt__buf_reserve(rt__buf *b, size_t more) RT__MUST_CHECK;
rt_code rt__buf_add(rt__buf *b, const void *p, size_t n) RT__MUST_CHECK;
/* text of 256 bytes or more needs room for one byte more than it has */
rt_code rt__buf_printf(rt__buf *b, const char *fmt, ...) RT__PRINTF(2, 3) RT__MUST_CHECK;
static inline rt_slice rt__buf_slice(const rt__buf *b)
{
  return (rt_slice){b->p, b->n};
}

/* ---- arena: many small things that die together; `max` bounds the sum */
typedef struct rt__arena rt__arena;
rt_code rt__arena_new(const rt_alloc *a, size_t max, rt__arena **out) RT__MUST_CHECK;
void rt__arena_free(rt__arena *a);
void rt__arena_clear(rt__arena *a);                   /* keeps the memory for reuse */
void *rt__arena_take(rt__arena *a, size_t n);         /* zeroed, 16-aligned; NULL at the maximum */
const char *rt__arena_copy(rt__arena *a, rt_slice s); /* with a NUL behind it */
size_t rt__arena_bytes(const rt__arena *a);

#endif
