/* seen - a scan's findings as the follower wants them. */
#ifndef RT_STATE_SEEN_H
#define RT_STATE_SEEN_H

#include "state/follow.h"

/* Campaign i of the findings as (*out)[i], with its members that harvest or cover; all of it in
 * `arena`. */
rt_code rt__see(const rt_findings *f, rt__arena *arena, rt__seen **out, rt_error *err);

#endif
