/* calendar - how many digests each day has, and with that, how far the data goes.
 *
 * A clock that went wrong somewhere stamps a few exchanges with a time years ahead. Were retention
 * counted from the newest of them, one such line would empty a state. So the data is taken to reach
 * to the last day (UTC) on which, or after which, there is at least a thousandth of all digests.
 */
#ifndef RT_STATE_CALENDAR_H
#define RT_STATE_CALENDAR_H

#include "base/time.h"
#include "digest/bytes.h"
#include "digest/set.h"

#define RT__CALENDAR_DAYS  36525 /* from RT__TIME_MIN to RT__TIME_MAX */
#define RT__CALENDAR_SHARE 1000

typedef struct rt__calendar {
  uint32_t days[RT__CALENDAR_DAYS]; /* digests of each; no more than fit are counted */
} rt__calendar;

/* on top of what is there. O(digests) */
void rt__calendar_add(rt__calendar *c, const rt__set *set);
/* of each day the larger count: a day that is read again must not count twice */
void rt__calendar_most(rt__calendar *c, const rt__calendar *other);
/* the end of the last day that counts; 0 if there is none */
int64_t rt__calendar_end(const rt__calendar *c);

/* as the number of days with digests, then of each: days since the one before, count; varints */
void rt__calendar_put(const rt__calendar *c, rt__out *o);
/* sets in->bad where it is none */
void rt__calendar_get(rt__in *in, rt__calendar *c);

/* the last time in the set on a day that counts; 0 if it is empty. RT_E_NOMEM */
rt_code rt__newest(const rt__set *set, int64_t *us, rt_error *err);

#endif
