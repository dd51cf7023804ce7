/* facts - account facts and events: one JSON line in, one struct out (contract 2).
 *
 * Caveats
 *  - What comes out borrows from the line and from the reader, until the reader's next call.
 *  - Unknown fields are passed over; null and "" are missing; a known field of a wrong type refuses
 * the whole line, because half a line of facts is evidence of something else.
 *  - A reader belongs to one thread.
 */
#ifndef RT_FEED_FACTS_H
#define RT_FEED_FACTS_H

#include "retort/scan.h"

#define RT__FACTS_LINE_MAX                                                                         \
  ((size_t)16 << 20) /* bytes in a line; enforcement events list many accounts */
#define RT__EVENT_ACCOUNTS_MAX ((size_t)1 << 20)

typedef struct rt__facts_reader rt__facts_reader;

rt_code rt__facts_reader_new(const rt_alloc *alloc, rt__facts_reader **out, rt_error *err);
void rt__facts_reader_free(rt__facts_reader *r);

/* RT_E_FORMAT: not JSON, not an object, or a field of a wrong type (the message names it);
 * RT_E_ARG: no account, or a time out of range; RT_E_LIMIT: a line or name too long. O(bytes) */
rt_code rt__facts_read(rt__facts_reader *r, rt_slice line, rt_facts *out, rt_error *err);

/* Likewise. RT_E_NOTFOUND for a kind of event that is not known here: passed over, not refused. */
rt_code rt__event_read(rt__facts_reader *r, rt_slice line, rt_event *out, rt_error *err);

#endif
