/* days - the account x day table of a group: who works when.
 *
 * A balancer deals: an account's day is its share of the pool's day, with no more noise than
 * counting, and less where turns are taken. Owners have days on and off. So the residual of each
 * account against (its size) x (the group's day), chi-squared over its degrees of freedom, sees any
 * balancer, a random one too.
 *
 * Of a day of the group an account has seen only what came between its first and its last start
 * (themselves not counted), and more of that in the hours it keeps: accounts that come late, are
 * closed at noon, or have waking hours of their own, do not swing for that. Hours are counted in
 * blocks of four, the account's own leaning on the group's where it has few starts.
 */
#ifndef RT_LINK_DAYS_H
#define RT_LINK_DAYS_H

#include "account/group.h"

#define RT__DAYS_MAX 400

typedef struct rt__swing {
  double chi2, df;
  double mean; /* starts a day, of the days between its first and its last */
} rt__swing;

/* one entry for each account of g with at least 3 rows; out holds g->n. *n: how many. O(accounts *
 * days + rows log rows) */
rt_code rt__days(const rt__starts *s, const rt__group *g, rt__swing *out, size_t *n) RT__MUST_CHECK;

#endif
