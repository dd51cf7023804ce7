/* hold - halves of calls that wait for each other until the run's end.
 *
 * A span and its log events may stand on different lines, in different files, in any order. What is
 * not whole by itself is kept here as the bytes it came as, with an entry that says whose half it
 * is: in memory up to a budget, then in temporary files. Entries are dealt over RT__HOLD_PARTS by
 * their key, so that the end looks at one part after the other (join.h) and never at all of them.
 *
 * One hold a worker. Memory: the budget; at the end also a part's entries.
 */
#ifndef RT_FEED_HOLD_H
#define RT_FEED_HOLD_H

#include "feed/cause.h"
#include "feed/spool.h"

#define RT__HOLD_PARTS                                                                             \
  16 /* files of a hold, and one more: threads times that must be open at once */
#define RT__HOLD_MEMORY ((size_t)256 << 20) /* of all holds of a run before the disk is used */

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
  const char *dir; /* of the temporary files; NULL: none, the budget is the end */
  size_t memory;   /* budget */
  rt__buf bytes;   /* what is not on disk yet */
  uint64_t spilled;
  rt__held *v; /* entries not on disk yet; after seal by part */
  size_t n, cap, from[RT__HOLD_PARTS + 1];
  uint64_t total; /* entries, those on disk included */
  rt__spool_files *files;
  const char *base; /* after seal: all bytes */
  uint64_t base_n;
} rt__hold;

void rt__hold_init(rt__hold *h, const rt_alloc *alloc, const char *dir, size_t memory);
void rt__hold_free(rt__hold *h);

/* keeps bytes; *offset is where. RT_E_LIMIT when there is no room for them any more. */
rt_code rt__hold_bytes(rt__hold *h, rt_slice s, uint64_t *offset, rt_error *err) RT__MUST_CHECK;
/* likewise */
rt_code rt__hold_add(rt__hold *h, const rt__held *e, rt_error *err) RT__MUST_CHECK;

/* no more is added from now on; the bytes can be read */
rt_code rt__hold_seal(rt__hold *h, rt_error *err) RT__MUST_CHECK;
rt_slice rt__hold_get(const rt__hold *h, uint64_t offset, uint32_t n);
/* the entries of a part, in two pieces; they stay until rt__hold_drop */
rt_code rt__hold_part(rt__hold *h, unsigned part, const rt__held *v[2], size_t n[2],
                      rt_error *err) RT__MUST_CHECK;
void rt__hold_drop(rt__hold *h, unsigned part);

#endif
