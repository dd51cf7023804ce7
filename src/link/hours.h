/* hours - the account x hours table of a group: who works at which part of which day.
 *
 * As days.h, but with columns of six hours, so that the nights of owners who work every day show.
 * An account's columns go from half a gap before its first start to half a gap after its last; of
 * the first and the last only that part counts.
 */
#ifndef RT_LINK_HOURS_H
#define RT_LINK_HOURS_H

#include "link/days.h"

/* one entry for each account of g with at least 3 rows; out holds g->n. *n: how many; mean: starts
 * a column. O(accounts * columns) */
rt_code rt__hours(const rt__starts *s, const rt__group *g, rt__swing *out,
                  size_t *n) RT__MUST_CHECK;

#endif
