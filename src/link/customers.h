/* customers - accounts on which the same several private programs meet.
 *
 * A reseller's balancer deals its customers' conversations over its accounts, so that any two of
 * them carry prompts of the same customers. Strangers share one program at most: a tool, an app, a
 * campaign's template. Two or more that hardly anybody else uses, each with parameters of its own,
 * say that somebody deals them. (Own derivation.)
 *
 * What it cannot see: logs without text; customers without a recurring phrase of their own;
 * customers who keep to one account.
 */
#ifndef RT_LINK_CUSTOMERS_H
#define RT_LINK_CUSTOMERS_H

#include "account/group.h"

/* Appends the groups found, with all rows of their accounts (origin RT__FROM_CUSTOMERS).
 * Bounded: at most RT__CUSTOMERS_CHUNKS entries of chunks are looked at, drawn by the chunks'
 * hashes, and RT__CUSTOMERS_PAIRS pairs. O(starts x chunks + pairs log pairs) */
#define RT__CUSTOMERS_CHUNKS (1u << 22)
#define RT__CUSTOMERS_PAIRS  (1u << 22)
rt_code rt__customers_groups(const rt__starts *s, rt__groups *out, rt_error *err) RT__MUST_CHECK;

#endif
