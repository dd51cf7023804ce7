/* member - is each account of a campaign part of it, by its own bits?
 *
 * An account is asked what the group was asked, against the rest of the group. In a few
 * rounds: those whose bits contradict are left out of the rest against which the others are asked
 * again, since strangers among the members blur their days, rates and parameters. What a campaign's
 * members do themselves contradicts nobody: a contradiction counts no more than it is rare among
 * the others.
 *
 * Caveats: an account once left out is not asked again; the evidence of the group is not weighed
 * again.
 */
#ifndef RT_CAMPAIGN_MEMBER_H
#define RT_CAMPAIGN_MEMBER_H

#include "link/evidence.h"
#include "retort/finding.h"

#define RT__BYSTANDER_BITS (-2.5) /* own bits at which an account only shares the pool */

/* Fills bits[i * RT_FAMILY_COUNT + family] for each account i of g, as rt__member_bits does, and
 * sum[i], what they come to. g has two accounts or more. O(rows log rows) a round */
rt_code rt__members(const rt__reference *r, const rt__group *g, double *bits, double *sum,
                    rt_error *err) RT__MUST_CHECK;

/* harvest, cover or bystander */
rt_role rt__member_role(const double *bits, double sum, bool found_by_rows);

#endif
