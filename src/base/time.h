/* time - RFC 3339 and Unix seconds, as integers of microseconds since 1970 UTC.
 * No clock is read here and no locale is asked. */
#ifndef RT_TIME_H
#define RT_TIME_H

#include "base/base.h"

#define RT__US     INT64_C(1000000)
#define RT__DAY_US (INT64_C(86400) * RT__US)
#define RT__TIME_MIN                                                                               \
  (INT64_C(946684800) * RT__US) /* 2000-01-01: earlier stamps are a broken clock */
#define RT__TIME_MAX  (INT64_C(4102444800) * RT__US) /* 2100-01-01 */
#define RT__TIME_TEXT 32

/* "2026-03-01T08:15:30.250Z", offsets and lower-case t/z allowed; leap second 60 becomes 59.
 * RT_E_FORMAT if it is not a time, RT_E_ARG if outside [RT__TIME_MIN, RT__TIME_MAX) */
rt_code rt__time_parse(rt_slice s, int64_t *us, rt_error *err) RT__MUST_CHECK;

/* Unix seconds with fraction; a value above 1e11 is a millisecond or nanosecond clock: RT_E_ARG
 * with that hint */
rt_code rt__time_from_seconds(double seconds, int64_t *us, rt_error *err) RT__MUST_CHECK;

/* writes e.g. 2026-03-01T08:15:30.250000Z without trailing zeros ("…30Z" on whole seconds); returns
 * length */
size_t rt__time_print(int64_t us, char out[RT__TIME_TEXT]);

#endif
