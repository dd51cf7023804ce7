/* join - what was held is put together: spans and log events that share trace and span id.
 *
 *  - Records that are the same, byte for byte, count once: exporters send again after a time-out.
 *  - Spans of equal ids and equal start are one call. Spans of equal ids and different starts are
 *    calls of their own (some tracer doesn't draw its ids well): the events go to the earliest, for
 *    nobody can say whose they are and nobody should be charged with another's words.
 *  - A span that carried its messages has been emitted already: its events add nothing.
 *  - Events without a span make a call by themselves.
 *
 * Caveats
 *  - The order of lines, files and threads changes nothing.
 */
#ifndef RT_FEED_JOIN_H
#define RT_FEED_JOIN_H

#include "base/hash.h"
#include "feed/hold.h"

#define RT__JOIN_EVENTS_MAX 4096 /* of one call; further ones are left out */

typedef struct rt__join {
  rt_alloc alloc;
  rt__hold *const *holds; /* sealed */
  rt__held *v;            /* all entries of the part */
  rt__pair *order;        /* by key */
  size_t n;
} rt__join;

/* takes the entries of one part of the holds, which stay for their bytes. O(n) */
rt_code rt__join_init(rt__join *j, const rt_alloc *alloc, rt__hold *const *holds, size_t n_holds,
                      unsigned part, rt_error *err) RT__MUST_CHECK;
void rt__join_free(rt__join *j);

/* the share of worker i of n: groups are never split */
void rt__join_share(const rt__join *j, size_t i, size_t n, size_t *from, size_t *to);
/* end of the group that begins at `from`, whose entries are then in their order */
size_t rt__join_group(rt__join *j, size_t from, size_t to);
static inline const rt__held *rt__join_at(const rt__join *j, size_t i)
{
  return &j->v[j->order[i].val];
}
rt_slice rt__join_record(const rt__join *j, const rt__held *e);
rt_slice rt__join_resource(const rt__join *j, const rt__held *e);

#endif
