/* line - a stream of bytes cut into batches of whole lines.
 *
 * A batch holds lines of one input only and knows the place of its first byte. A batch has a usual
 * size; one line that is longer makes it grow up to the line maximum, and only while no other batch
 * is in use (`calm`), so that one huge line is in memory at a time. Longer lines are dropped and
 * counted.
 *
 * When an input breaks off, the line that it breaks off in is dropped: it is part of the input's
 * trouble.
 */
#ifndef RT_FEED_LINE_H
#define RT_FEED_LINE_H

#include "feed/cause.h"
#include "feed/source.h"

typedef struct rt__batch {
  char *p;
  size_t n, cap;
  rt__place at; /* of p[0] */
} rt__batch;

typedef struct rt__cutter {
  const rt_alloc *alloc;
  rt__source *source;
  size_t batch_size, line_max;
  void (*calm)(void *ctx); /* returns when no other batch is in use; may be NULL */
  void *calm_ctx;
  rt__tally tally;
  /* private */
  rt__place at; /* of the first carried byte */
  char *carry;  /* begun line, batch_size bytes */
  size_t carry_n;
  bool ended, broken;
} rt__cutter;

/* source, sizes and calm are set by the caller before */
rt_code rt__cutter_init(rt__cutter *c, const rt_alloc *alloc) RT__MUST_CHECK;
void rt__cutter_free(rt__cutter *c);

rt_code rt__batch_init(rt__batch *b, const rt__cutter *c) RT__MUST_CHECK;
void rt__batch_free(rt__batch *b, const rt__cutter *c);
/* gives back what a huge line took */
void rt__batch_shrink(rt__batch *b, const rt__cutter *c);

/* begins an input that the source has open; file is its index */
void rt__cutter_start(rt__cutter *c, uint32_t file);
/* first bytes of the input: at least `want` unless it has fewer; want <= batch_size. They stay to
 * be cut. */
rt_slice rt__cutter_peek(rt__cutter *c, size_t want);
/* the next batch; n == 0 at the end of the input. RT_E_NOMEM only; trouble of the input is in its
 * report */
rt_code rt__cutter_next(rt__cutter *c, rt__batch *b);

#endif
