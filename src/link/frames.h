/* frames - what an account's prompts have in common beyond the group's template.
 *
 * A frame is what stands in most of an account's rows and not in most accounts'. Unrelated frames
 * say that several programs meet in one phrase; a frame worded anew for each account is still one
 * program, so frames that share no chunk are compared by their words.
 */
#ifndef RT_LINK_FRAMES_H
#define RT_LINK_FRAMES_H

#include "link/evidence.h"

/* *out, 0 to 1: share of a sample of accounts that have a frame of their own, times how far those
 * stand apart. *cosine, 0 to 1: mean over pairs of the likeness of their words; unrelated frames
 * have some 0.05, wordings of one frame 0.2 */
rt_code rt__frames_private(const rt__reference *r, const rt__group *g, double *out,
                           double *cosine) RT__MUST_CHECK;

/* the accounts without a frame of their own: at least half of whose habits half of the group
 * shares. O(rows read) */
rt_code rt__frames_peel(const rt__reference *r, const rt__group *g, rt__group *out) RT__MUST_CHECK;

#endif
