/* pooltime - how even the gaps of a group's accounts are in the group's own time, whose clock ticks
 * once at each of its starts.
 *
 * A balancer deals by turns: whatever the load does, a seat waits for the same number of the
 * others' starts, though seats of different weight wait for different ones and lose their places on
 * the ring. Strangers, and clockworks each with a pace of its own, keep their gaps in seconds, if
 * at all, and are no evener in the group's time. (Own derivation; docs/method.md.)
 */
#ifndef RT_LINK_POOLTIME_H
#define RT_LINK_POOLTIME_H

#include "account/group.h"

/* medians over accounts of the spread of their gaps, quartiles apart over the median */
typedef struct rt__gaps {
  double seconds; /* measured in seconds */
  double ratio;   /* measured in starts of the group, over that in seconds */
} rt__gaps;

/* of accounts with 6 gaps or more; *enough: those are 4 or more, and half of the group. O(rows log
 * rows) */
rt_code rt__pooltime(const rt__starts *s, const rt__group *g, rt__gaps *out,
                     bool *enough) RT__MUST_CHECK;

/* the moments of all starts of a group, ascending: its clock, and one tick each. To be freed as *n
 * doubles; NULL: no memory */
double *rt__pool_clock(const rt__starts *s, const rt__group *g, size_t *n);

/* how an account takes its turns, by the clock of a group that it may be of or not */
typedef struct rt__turns {
  double log_rate; /* of its starts to the group's; -INFINITY: none */
  double uneven; /* spread of the ticks between its starts, over their mean; NAN: under 3 starts */
} rt__turns;
/* rows: ascending. O(n log ticks) */
rt__turns rt__turns_of(const rt__starts *s, const uint32_t *row, size_t n, const double *clock,
                       size_t ticks);

#endif
