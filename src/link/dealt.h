/* dealt - did one balancer deal a group's days, or does each account have an owner's?
 *
 * One balancer deals to all accounts alike, so the whole group has one phi, the size of day swings
 * over counting noise: little where turns are taken, 1 where lots are drawn. Owners have one each,
 * as measured on others of the same log. Some members' days are not the balancer's (strangers who
 * share the phrase, cover), so that no account alone can say more than a few bits against it.
 */
#ifndef RT_LINK_DEALT_H
#define RT_LINK_DEALT_H

#include "link/days.h"

#define RT__PHI_LEAST                                                                              \
  0.05 /* evener than this is not told apart: a perfect round robin has no noise at all */

/* Bits that the days of n accounts were dealt by one balancer, before any cap; accounts with fewer
 * than two degrees of freedom say nothing. owner: phi of others, n_owners >= 1; with none 0 bits.
 * sampled: share of the exchanges that is logged, of which the owners are measured. Of the excess
 * or lack of spread over counting a sample leaves its share. O(n * (n_owners + 10)) */
double rt__dealt_bits(const rt__swing *w, size_t n, const double *owner, size_t n_owners,
                      double sampled);

/* likewise, of one account by itself: -5 to 2.5 */
double rt__dealt_one(const rt__swing *w, const double *owner, size_t n_owners, double sampled);

#endif
