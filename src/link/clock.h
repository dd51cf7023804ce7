/* clock - streams of starts that run on one common clock, without any text.
 *
 * A balancer that takes turns deals starts to its accounts, so their counting functions N_a(t) run
 * parallel: near neighbours of N_a - mean are candidates. Two cron jobs of one period run parallel
 * too; what tells them apart is the lag from a start of one to the next start of the other. One
 * clock drives both: the lag keeps its place on the ring (spread over the spread of gaps about
 * sqrt(ring distance), at most 0.71). Independent jitters: 1. Strangers: above 1. (Own derivation;
 * docs/method.md.)
 *
 * Streams are compared within a block: one bundle of parameters, so that cover traffic with
 * parameters of its own is peeled off; and whole accounts, since a resold pool has all sorts of
 * bundles. Communities, never connected components: pools and campaigns chain.
 */
#ifndef RT_LINK_CLOCK_H
#define RT_LINK_CLOCK_H

#include "account/group.h"
#include "base/team.h"

#define RT__CLOCK_MIN_STARTS 8
#define RT__CLOCK_MIN        4 /* accounts */

/* appends the groups found (RT__FROM_CLOCK, RT__FROM_WHOLE), in an order that the team has no part
 * in. Pairs are the cost: a block of n streams has about n^2 times the share of strangers that are
 * near by chance */
rt_code rt__clock_groups(const rt__starts *s, const rt__team *team, rt__groups *out, rt_error *err);

/* thousands of accounts with 3 to 7 starts each: no pair says anything, but too many of them have
 * the same even gap. Appends at most one group a bundle (RT__FROM_FEW) */
rt_code rt__few_groups(const rt__starts *s, rt__groups *out, rt_error *err);

/* drops members whose mean log output length is far from the group's: on the same beat by chance */
rt_code rt__same_size(const rt__starts *s, rt__group *g) RT__MUST_CHECK;

#endif
