/* doors - whether the accounts of a group are a few firms': each behind one network, paid by one.
 *
 * Firms that use one template meet in it, and each has a clock of its own and a card of its own:
 * cards, a clock and a network then look like one hand of many cards. What tells them apart is that
 * who knows the network knows the card. An operator's cards are dealt over addresses anew; one who
 * gives each address a card of its own, and few of them, passes (own derivation; docs/method.md).
 */
#ifndef RT_LINK_DOORS_H
#define RT_LINK_DOORS_H

#include "link/evidence.h"

#define RT__DOORS 3 /* firms at most */

/* Share of accounts in the largest RT__DOORS of these: organisations of three accounts or more, and
 * networks that serve three of the others, of which one instrument pays for most. 0 without facts.
 * O(rows + accounts log accounts) */
rt_code rt__doors(const rt__reference *r, const rt__group *g, double *share) RT__MUST_CHECK;

#endif
