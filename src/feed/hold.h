/* hold - halves of calls that wait for each other until the run's end.
 *
 * A span and its log events may stand on different lines, in different files, in any order. What is
 * not whole by itself is kept here as the bytes it came as: in memory up to a budget, then in a
 * temporary file. One hold a worker; at the end all are looked through together (join.h).
 *
 * Bytes of memory: the budget, and 88 an entry, of which there are RT__HELD_MAX at most.
 */
#ifndef RT_FEED_HOLD_H
#define RT_FEED_HOLD_H

#include "feed/cause.h"
#include "feed/spool.h"

#define RT__HELD_MAX ((size_t)1 << 25) /* entries of one hold */
#define RT__HOLD_MEMORY                                                                            \
  ((size_t)256 << 20) /* bytes of all holds of a run before the disk is used */

typedef enum rt__held_sort {
  RT__HELD_DONE, /* a span that was whole: only its place and time */
  RT__HELD_SPAN,
  RT__HELD_EVENT
} rt__held_sort;

typedef struct rt__held {
  uint64_t key[2]; /* hash of trace and span */
  int64_t time_us; /* INT64_MIN: none */
  rt__place at;
  uint64_t record, resource;     /* offsets of their bytes */
  uint32_t record_n, resource_n; /* 0: there are none */
  uint8_t sort, hold;
} rt__held;

typedef struct rt__hold {
  rt_alloc alloc;
  const char *dir; /* of the temporary file; NULL: none, the budget is the end */
  size_t memory;   /* budget */
  rt__buf bytes;   /* what is not on disk yet */
  uint64_t spilled;
  rt__spool_files *files;
  const char *base; /* after seal: everything */
  uint64_t base_n;
  rt__held *v;
  size_t n, cap;
} rt__hold;

void rt__hold_init(rt__hold *h, const rt_alloc *alloc, const char *dir, size_t memory);
void rt__hold_free(rt__hold *h);

/* keeps bytes; *offset is where. RT_E_LIMIT when there is no room for them any more. */
rt_code rt__hold_bytes(rt__hold *h, rt_slice s, uint64_t *offset, rt_error *err) RT__MUST_CHECK;
/* RT_E_LIMIT beyond RT__HELD_MAX */
rt_code rt__hold_add(rt__hold *h, const rt__held *e) RT__MUST_CHECK;

/* no more is added from now on; the bytes can be read */
rt_code rt__hold_seal(rt__hold *h, rt_error *err) RT__MUST_CHECK;
rt_slice rt__hold_get(const rt__hold *h, uint64_t offset, uint32_t n);

#endif
