/* load - all digests of a state in memory (or on the disk behind it), in order, but one account's.
 */
#ifndef RT_STATE_LOAD_H
#define RT_STATE_LOAD_H

#include "state/state.h"

typedef struct rt__loaded {
  rt__set *set;     /* sealed; the caller's to free */
  uint64_t dropped; /* records of the account that was left out */
} rt__loaded;

/* without 0: all of them. memory_max and spool as in rt__set_new. */
rt_code rt__state_load(const rt__state *s, size_t memory_max, const rt__spool *spool,
                       uint64_t without, rt__loaded *out, rt_error *err);

/* What tells two lists of digests apart: a sum over all records in order, whose they are included;
 * how many there are, and how many of one account. For comparing a file with what it should hold.
 */
typedef struct rt__tally_of {
  uint64_t account; /* set by the caller */
  uint64_t sum, n, of_account;
} rt__tally_of;
rt_digest_sink rt__tally_sink(rt__tally_of *t);

#endif
