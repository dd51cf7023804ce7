/* timed - the starts whose moment says something about who made them.
 *
 * The calls of a batch job bear the time of the job, or of its end, all of them: no pace, no turn,
 * no day of anybody's choosing. They have content and size like any other, and no clock.
 */
#ifndef RT_ACCOUNT_TIMED_H
#define RT_ACCOUNT_TIMED_H

#include "account/group.h"

/* the group without the rows of batch jobs; accounts that had no others are left out */
rt_code rt__timed_part(const rt__starts *s, const rt__group *g, rt__group *out) RT__MUST_CHECK;

/* whether an account has starts in batch jobs. O(its starts), O(1) where nobody has */
bool rt__timed_not(const rt__starts *s, uint32_t account);

#endif
