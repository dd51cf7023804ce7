/* overlap - which sets of accounts have accounts in common, and how many. */
#ifndef RT_STATE_OVERLAP_H
#define RT_STATE_OVERLAP_H

#include "base/base.h"

/* one account in one set */
typedef struct rt__belongs {
  uint64_t account;
  uint32_t set;
} rt__belongs;

typedef struct rt__overlap {
  uint32_t a, b;
  size_t n; /* accounts that set a of the one list and set b of the other share */
} rt__overlap;

/* All pairs that share an account, ordered by (a, b). Both lists are sorted in place; no account
 * twice in a set. The result is the caller's to free (n_out + 1 of them). O(n log n + pairs log
 * pairs) */
rt_code rt__overlaps(rt__belongs *a, size_t n_a, rt__belongs *b, size_t n_b, rt__overlap **out,
                     size_t *n_out, rt_error *err);

#endif
