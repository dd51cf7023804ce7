/* stream - the starts of one account that share a key: its parameters, or nothing. Starts of batch
 * jobs are in none: streams are there for their times.
 *
 * Streams ascend by key, then account; rows ascend within a stream. They borrow from the list.
 */
#ifndef RT_LINK_STREAM_H
#define RT_LINK_STREAM_H

#include "account/group.h"

typedef enum rt__streams_kind {
  RT__STREAMS_LONE, /* by bundle; only starts after which the account paused: what a person does not
                       do */
  RT__STREAMS_BUNDLE, /* by bundle */
  RT__STREAMS_WHOLE,  /* the whole account */
  RT__STREAMS_KINDS
} rt__streams_kind;

typedef struct rt__stream {
  uint64_t key;
  uint32_t account, n;
  const uint32_t *row;
} rt__stream;

typedef struct rt__streams {
  const rt_alloc *alloc;
  rt__stream *st;
  uint32_t n, cap;
  uint32_t *rows;
  size_t n_rows;
} rt__streams;

/* streams of at least `least` rows. O(starts) */
rt_code rt__streams_build(const rt__starts *s, rt__streams_kind kind, uint32_t least,
                          rt__streams *out) RT__MUST_CHECK;
void rt__streams_free(rt__streams *l);

#endif
