/* paced - who sets the pace of a group's work: a list and a machine, or demand?
 *
 * What customers and staff ask for goes up and down: by the hour, over the week, from one day to
 * the next. A list that is worked off at the speed that limits allow keeps one pace, day and night.
 * Whoever balances over its own keys serves demand; so where nobody knows who pays, this tells a
 * firm's gateway from a campaign behind one host. (Own derivation; docs/method.md.)
 */
#ifndef RT_LINK_PACED_H
#define RT_LINK_PACED_H

#include "account/group.h"

#define RT__PACED_DAYS 4 /* with fewer whole days nothing is said */

/* bits that the starts of a group are paced by a list, against demand; 0 for too few days. O(rows)
 */
double rt__paced(const rt__starts *s, const rt__group *g);

#endif
