/* follow_impl - the work of one comparison, shared by follow*.c only. */
#ifndef RT_STATE_FOLLOW_IMPL_H
#define RT_STATE_FOLLOW_IMPL_H

#include "state/follow.h"
#include "state/overlap.h"

#define RT__NOBODY SIZE_MAX

/* a campaign of an earlier run */
typedef struct rt__then {
  const rt__remembered *c;
  size_t n_here; /* members that have a record */
  bool linked;
  size_t in; /* the new campaign in which it goes on; RT__NOBODY: none */
} rt__then;

/* a campaign of this run */
typedef struct rt__now {
  rt__seen *s;
  bool counts;   /* not benign */
  uint64_t id;   /* from now on */
  size_t keeper; /* the old campaign whose id it keeps; RT__NOBODY: none */
  size_t from;   /* without a keeper: the old campaign it came off; RT__NOBODY: it is new */
} rt__now;

typedef struct rt__follow_job {
  const rt__memory *old;
  const rt__today *today;
  rt__then *then;
  size_t n_then;
  rt__now *now;
  size_t n_now;
  rt__followed *out;
  rt__remembered *fresh; /* room for all that may be remembered */
  size_t changes_cap;
} rt__follow_job;

/* what happened, and what is remembered of it (follow_changes.c) */
rt_code rt__follow_changes(rt__follow_job *j, rt_error *err);

#endif
