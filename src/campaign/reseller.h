/* reseller - which candidates are only a part of something else: one customer's program in a pool
 * that is resold, or a part of what a firm does in the open.
 *
 * A reseller's balancer deals its customers' conversations over its accounts. Each customer's
 * program, taken alone, then looks like a harvest: one template, fresh slots, dealt evenly over
 * accounts that share cards. It is told from a harvest that rides in such a pool by its size: it is
 * not most of the pool's work, and no more than a few heavy accounts send. (Own derivation.)
 *
 * What it cannot see: a harvest no larger than a customer's ordinary work.
 */
#ifndef RT_CAMPAIGN_RESELLER_H
#define RT_CAMPAIGN_RESELLER_H

#include "campaign/candidate.h"

/* Marks such candidates, once all are weighed. An account whose card pays for a pool's
 * accounts and few others is of the pool, too (facts; NULL: none are known). O(accounts of
 * candidates, and for each of those in the open once more the candidates of its accounts) */
rt_code rt__resellers(const rt__starts *s, const rt__facts *facts, rt__candidate *cases, size_t n,
                      rt_error *err) RT__MUST_CHECK;

#endif
