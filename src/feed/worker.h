/* worker - turns batches of lines into exchanges; one a thread. */
#ifndef RT_FEED_WORKER_H
#define RT_FEED_WORKER_H

#include "feed/feed.h"
#include "feed/json.h"
#include "feed/line.h"
#include "feed/reading.h"

typedef struct rt__worker {
  const rt_alloc *alloc;
  const rt__feed_callbacks *cb;
  unsigned index;
  size_t line_max;
  rt__jreader *json;
  rt__reading reading;
  rt__tally tally;
  uint64_t lines, blank;
  rt_error err;
} rt__worker;

/* alloc, cb, index and line_max are set by the caller before */
rt_code rt__worker_init(rt__worker *w) RT__MUST_CHECK;
void rt__worker_free(rt__worker *w);

/* all lines of a batch; an error is fatal, w->err says it */
rt_code rt__worker_batch(rt__worker *w, const rt__batch *b);

/* exchanges handed over so far */
uint64_t rt__worker_exchanges(const rt__worker *w);

#endif
