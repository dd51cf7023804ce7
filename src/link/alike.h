/* alike - streams of one size and one pace, too many for strangers, whose hours are dealt.
 *
 * A clock is lost where a balancer picks seats at random half of the time; what is left of one
 * operator then is that its accounts send the same program's requests (bundle), of one mean length,
 * with answers of one mean length, at one rate. Strangers share a bundle, and a few of them a
 * length; a crowd in all three at once is one operator's or, as often, a product's. What tells
 * those apart is when they work: a product's owners have days and nights of their own, seats that
 * are dealt have not, and their account x hours table is evener than counting noise, which chance
 * does not do. (Own derivation; docs/method.md.)
 *
 * What it cannot see: pools that deal wholly at random (as even as chance), seats of very unequal
 * weight, parameters that vary from account to account.
 */
#ifndef RT_LINK_ALIKE_H
#define RT_LINK_ALIKE_H

#include "link/stream.h"

#define RT__ALIKE_MIN 6 /* accounts */

/* Appends the groups found (RT__FROM_ALIKE): the rows of one bundle each. Bounded: each stream is
 * compared with at most RT__ALIKE_OTHERS of its bundle, and at most RT__ALIKE_BOXES crowds of a
 * bundle are looked at. O(streams x RT__ALIKE_OTHERS) */
#define RT__ALIKE_OTHERS 8192
#define RT__ALIKE_BOXES  4096
/* Adds to g, whose rows are of one bundle, those of its streams that are of its size and pace, if
 * streams of sizes a little aside show that hardly a stranger is among them. Streams of the
 * bundle, each with at least two rows. O(streams) */
rt_code rt__alike_join(const rt__starts *s, const rt__stream *st, uint32_t n,
                       rt__group *g) RT__MUST_CHECK;

rt_code rt__alike_groups(const rt__starts *s, rt__groups *out, rt_error *err) RT__MUST_CHECK;

#endif
