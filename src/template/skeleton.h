/* skeleton - what repeats in prompts: sets of chunks that recur together.
 *
 * A chunk is *template* for an account if it recurs in the account's starts with different prompts.
 * It is a shared template if several accounts use it so, and most of those who use it at all use it
 * again (a quoted text is met once by most). Chunks with nearly the same users (Jaccard >= 1/2)
 * form a skeleton; the starts that carry at least half of a skeleton's chunks are its rows.
 *
 * Memory: at most RT__SKEL_PER_ACCOUNT chunks an account enter the shared table (the most frequent
 * ones). Passes over the digests: two to find shared chunks, one to collect rows.
 */
#ifndef RT_TEMPLATE_SKELETON_H
#define RT_TEMPLATE_SKELETON_H

#include "account/group.h"

#define RT__SKEL_PER_ACCOUNT  64
#define RT__SKEL_MIN_ACCOUNTS 4
#define RT__SKEL_MIN_ROWS     2

/* appends one group a skeleton. `carried`, if not NULL, gets a byte a start: 1 if it carries one
 * that several accounts share (s->n bytes, zeroed by the caller) */
rt_code rt__skeletons(const rt__starts *s, rt__groups *out, uint8_t *carried, rt_error *err);

#endif
