/* render - one exchange as a JSON line, and the lines of facts, events and labels. */
#ifndef RT_WORLD_RENDER_H
#define RT_WORLD_RENDER_H

#include "world/stream.h"

#define RT__LINE_MAX ((size_t)1 << 20) /* no exchange comes near it */

/* appends the line and its '\n'. A pure function of plan and event: may run on any thread */
rt_code rt__render_exchange(const rt__plan *p, const rt__event *e, rt__buf *out) RT__MUST_CHECK;

rt_code rt__render_account(const rt__plan *p, uint32_t account, rt__buf *out) RT__MUST_CHECK;
rt_code rt__render_label(const rt__plan *p, uint32_t account, uint64_t exchanges,
                         rt__buf *out) RT__MUST_CHECK;
/* the release, then closures by the day */
rt_code rt__render_events(const rt__plan *p, rt__buf *out) RT__MUST_CHECK;

#endif
