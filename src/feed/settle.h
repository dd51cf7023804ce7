/* settle - one worker's share of what was held, at the end of a run. */
#ifndef RT_FEED_SETTLE_H
#define RT_FEED_SETTLE_H

#include "feed/join.h"
#include "feed/worker.h"

/* groups [from, to) of the join become exchanges; an error is fatal, w->err says it */
rt_code rt__settle(rt__worker *w, rt__join *j, size_t from, size_t to);

#endif
