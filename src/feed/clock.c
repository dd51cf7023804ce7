/* clock - the ways in which loggers write a time. */
#include "base/time.h"
#include "feed/slots.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const names[] = {[RT__CLOCK_CONTRACT] = "contract",
                                    [RT__CLOCK_LOOSE] = "loose",
                                    [RT__CLOCK_MILLIS] = "ms",
                                    [RT__CLOCK_MICROS] = "us",
                                    [RT__CLOCK_NANOS] = "ns"};

#define DIGITS_MAX 20 /* of a count since 1970 */

const char *rt__clock_name(rt__clock c)
{
  return (size_t)c < RT__ARRAY_LEN(names) ? names[c] : "unknown";
}

rt__clock rt__clock_find(rt_slice name)
{
  for (size_t i = 0; i < RT__ARRAY_LEN(names); i++)
    if (rt__slice_eq(name, rt__cstr(names[i])))
      return (rt__clock)i;
  return RT__CLOCK_COUNT;
}

/* whole digits, so that nanoseconds keep theirs; false if there is anything else */
static bool whole(rt_slice s, uint64_t *n)
{
  *n = 0;
  if (s.n == 0 || s.n > DIGITS_MAX - 1)
    return false;
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] < '0' || s.p[i] > '9')
      return false;
    *n = *n * 10 + (uint64_t)(s.p[i] - '0');
  }
  return true;
}

/* a number as it is spelled, or in quotes; false if it is none */
static bool number(rt_slice s, double *v)
{
  char text[64], *end;
  if (s.n == 0 || s.n >= sizeof text || (s.p[0] != '-' && (s.p[0] < '0' || s.p[0] > '9')))
    return false;
  memcpy(text, s.p, s.n);
  text[s.n] = 0;
  *v = strtod(text, &end);
  return *end == 0;
}

static rt_code since_1970(rt__clock c, const rt__jnode *v, int64_t *us, rt_error *err)
{
  static const int64_t per_second[] = {
      [RT__CLOCK_MILLIS] = 1000, [RT__CLOCK_MICROS] = 1000000, [RT__CLOCK_NANOS] = 1000000000};
  rt_slice s = rt__slice(v->p, v->n);
  uint64_t n;
  double x;
  if (whole(s, &n)) {
    uint64_t unit = (uint64_t)per_second[c];
    uint64_t seconds = n / unit, rest = n % unit;
    rt_code e = rt__time_from_seconds((double)seconds, us, err);
    if (e == RT_OK)
      *us += (int64_t)(rest * 1000000 / unit);
    return e;
  }
  if (!number(s, &x))
    return rt__fail(err, RT_E_FORMAT, "not a count of %s since 1970: \"%.*s\"", names[c],
                    (int)(s.n < 40 ? s.n : 40), s.p);
  return rt__time_from_seconds(x / (double)per_second[c], us, err);
}

/* "2026-03-01 08:15:30" of somebody who takes UTC for granted */
static rt_code loose(rt_slice s, int64_t *us, rt_error *err)
{
  char text[48];
  double x;
  rt_error first = {0};
  rt_code c = rt__time_parse(s, us, &first);
  if (c != RT_E_FORMAT) {
    if (c != RT_OK && err)
      *err = first;
    return c;
  }
  if (number(s, &x))
    return rt__time_from_seconds(x, us, err);
  if (s.n + 2 < sizeof text) {
    int n = snprintf(text, sizeof text, "%.*sZ", (int)s.n, s.p);
    if (rt__time_parse(rt__slice(text, (size_t)n), us, err) == RT_OK)
      return RT_OK;
  }
  /* "+00" of PostgreSQL, "+0000" of others */
  const char *sign = s.n > 19 ? memchr(s.p + 19, '+', s.n - 19) : NULL;
  size_t zone = sign ? s.n - (size_t)(sign - s.p) - 1 : 0;
  if ((zone == 2 || zone == 4) && s.n + 4 < sizeof text) {
    const char *minutes = zone == 4 ? s.p + s.n - 2 : "00";
    int n =
        snprintf(text, sizeof text, "%.*s:%.2s", (int)(s.n - (zone == 4 ? 2 : 0)), s.p, minutes);
    if (rt__time_parse(rt__slice(text, (size_t)n), us, err) == RT_OK)
      return RT_OK;
  }
  if (err)
    *err = first;
  return RT_E_FORMAT;
}

rt_code rt__clock_read(rt__clock c, const rt__jnode *v, int64_t *us, rt_error *err)
{
  if (v->kind != RT__JSTRING && v->kind != RT__JNUMBER)
    return RT_E_NOTFOUND;
  if (c >= RT__CLOCK_MILLIS)
    return since_1970(c, v, us, err);
  if (v->kind == RT__JNUMBER)
    return rt__time_from_seconds(v->num, us, err);
  rt_slice s = rt__slice(v->p, v->n);
  return c == RT__CLOCK_LOOSE ? loose(s, us, err) : rt__time_parse(s, us, err);
}
