/* stream - the exchanges of a plan, in order of time, one by one.
 *
 * A heap holds the next conversation of each source and the next turn of each conversation that is
 * under way: memory goes with accounts, not with exchanges. Ties are broken by source,
 * conversation, turn, so that the order is the same everywhere.
 */
#ifndef RT_WORLD_STREAM_H
#define RT_WORLD_STREAM_H

#include "world/plan.h"

typedef enum rt__fate {
  RT__FATE_OK,
  RT__FATE_REFUSED,
  RT__FATE_LIMITED, /* 429; sent again a little later */
  RT__FATE_ERROR
} rt__fate;

/* one exchange by reference */
typedef struct rt__event {
  int64_t t;
  uint32_t source, account, conv;
  uint16_t turn, turns;
  uint8_t fate, tries;
  bool moved; /* the model is the released one */
} rt__event;

typedef struct rt__stream rt__stream;

/* plan (and traces, may be NULL) must outlive the stream */
rt_code rt__stream_new(const rt__plan *p, const rt__traces *traces,
                       rt__stream **out) RT__MUST_CHECK;
void rt__stream_free(rt__stream *s);
/* 1 and an event, 0 at the end, -1 without memory. O(log sources) */
int rt__stream_next(rt__stream *s, rt__event *e);

#endif
