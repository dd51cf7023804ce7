/* state_impl - the inside of an open state, shared by state*.c only. */
#ifndef RT_STATE_STATE_IMPL_H
#define RT_STATE_STATE_IMPL_H

#include "digest/file.h"
#include "state/state.h"

#define RT__STATE_PATH_MAX 4096

struct rt__state {
  char path[RT__STATE_PATH_MAX];   /* as people know it */
  char target[RT__STATE_PATH_MAX]; /* links followed */
  char fresh[RT__STATE_PATH_MAX], lock[RT__STATE_PATH_MAX];
  int lock_fd;
  rt_key key;
  bool exists, plain;
  uint64_t bytes;
  unsigned mode; /* of the old file, else what a new one gets */
  rt__calendar calendar;
  rt__memory memory;
};

/* state_front.c: what stands in front of the digests */
rt_code rt__state_read_front(rt__state *s, rt_error *err);
rt_code rt__state_write_front(rt__file_writer *w, const rt__memory *m, const rt__set *set,
                              rt_error *err);

/* Where root works on somebody else's state, what it makes beside it is theirs: the nightly job
 * must be able to go on. Before the mode is set. */
void rt__state_hand_over(const rt__state *s, int fd);

/* feeds the file at s->target to a reader, to its end or its first error */
rt_code rt__state_feed(const rt__state *s, rt__file_reader *r, rt_error *err);
/* the same error with words on what to do about it */
rt_code rt__state_advise(const rt__state *s, rt_code c, rt_error *err);

#endif
