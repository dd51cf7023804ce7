/* worker - turns batches of lines into exchanges; one a thread. */
#ifndef RT_FEED_WORKER_H
#define RT_FEED_WORKER_H

#include "feed/feed.h"
#include "feed/hold.h"
#include "feed/json.h"
#include "feed/line.h"
#include "feed/reading.h"

typedef struct rt__worker {
  const rt_alloc *alloc;
  const rt__feed_callbacks *cb;
  unsigned index;
  size_t line_max;
  const char *hold_dir; /* NULL: none */
  size_t hold_memory;
  rt__jreader *json;
  rt__reading reading;
  rt__hold hold;
  rt__tally tally;
  uint64_t lines, blank;
  rt_error err;
} rt__worker;

/* alloc, cb, index, line_max and hold_* are set by the caller before; what the user wants of the
 * reading, after */
rt_code rt__worker_init(rt__worker *w) RT__MUST_CHECK;
void rt__worker_free(rt__worker *w);

/* all lines of a batch; an error is fatal, w->err says it */
rt_code rt__worker_batch(rt__worker *w, const rt__batch *b);

/* w->reading.stop, with w->err filled if it is an error */
rt_code rt__worker_stop(rt__worker *w);
/* a huge line leaves no huge buffers behind */
void rt__worker_rest(rt__worker *w);

/* exchanges handed over so far */
uint64_t rt__worker_exchanges(const rt__worker *w);

#endif
