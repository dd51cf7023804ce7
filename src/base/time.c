#include "base/time.h"

#include <math.h>
#include <stdio.h>

/* days since 1970-01-01 of a proleptic Gregorian date; own derivation by counting leap days from
 * year 1 */
static int64_t days_before_year(int64_t y)
{
  int64_t p = y - 1;
  return p * 365 + p / 4 - p / 100 + p / 400 - 719162;
}

static bool is_leap(int64_t y)
{
  return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int month_days(int64_t y, int m)
{
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return m == 2 && is_leap(y) ? 29 : days[m - 1];
}

/* reads exactly n digits; false if they are not there */
static bool digits(const char **p, const char *end, int n, int64_t *v)
{
  *v = 0;
  for (int i = 0; i < n; i++, (*p)++) {
    if (*p == end || **p < '0' || **p > '9')
      return false;
    *v = *v * 10 + (**p - '0');
  }
  return true;
}

static bool mark(const char **p, const char *end, char a, char b)
{
  if (*p == end || (**p != a && **p != b))
    return false;
  (*p)++;
  return true;
}

/* ".250" as microseconds, further digits are cut; nothing is 0; false for a point without digits */
static bool fraction(const char **p, const char *end, int64_t *us)
{
  int64_t unit = 100000;
  *us = 0;
  if (*p == end || **p != '.')
    return true;
  const char *first = ++*p;
  for (; *p != end && **p >= '0' && **p <= '9'; (*p)++) {
    *us += (**p - '0') * unit;
    unit /= 10;
  }
  return *p != first;
}

/* "Z" or "+hh:mm" in minutes; false if neither */
static bool offset_minutes(const char **p, const char *end, int64_t *minutes)
{
  *minutes = 0;
  if (mark(p, end, 'Z', 'z'))
    return true;
  if (*p == end || (**p != '+' && **p != '-'))
    return false;
  int64_t sign = **p == '-' ? -1 : 1, h, m;
  (*p)++;
  if (!digits(p, end, 2, &h) || !mark(p, end, ':', ':') || !digits(p, end, 2, &m) || h > 23 ||
      m > 59)
    return false;
  *minutes = sign * (h * 60 + m);
  return true;
}

static rt_code in_range(int64_t us, rt_error *err)
{
  if (us < RT__TIME_MIN || us >= RT__TIME_MAX)
    return rt__fail(err, RT_E_ARG, "time is before 2000 or after 2100: a broken clock?");
  return RT_OK;
}

rt_code rt__time_parse(rt_slice s, int64_t *us, rt_error *err)
{
  const char *p = s.p, *end = s.p + s.n;
  int64_t y, mo, d, h, mi, sec, off;
  bool ok = digits(&p, end, 4, &y) && mark(&p, end, '-', '-') && digits(&p, end, 2, &mo) &&
            mark(&p, end, '-', '-') && digits(&p, end, 2, &d) &&
            (mark(&p, end, 'T', 't') || mark(&p, end, ' ', ' ')) && digits(&p, end, 2, &h) &&
            mark(&p, end, ':', ':') && digits(&p, end, 2, &mi) && mark(&p, end, ':', ':') &&
            digits(&p, end, 2, &sec);
  int64_t frac = 0;
  ok = ok && fraction(&p, end, &frac) && offset_minutes(&p, end, &off) && p == end;
  ok = ok && y >= 1 && mo >= 1 && mo <= 12 && d >= 1 && d <= month_days(y, (int)mo) && h <= 23 &&
       mi <= 59 && sec <= 60;
  if (!ok)
    return rt__fail(err, RT_E_FORMAT, "not an RFC 3339 time: \"%.*s\"", (int)(s.n < 40 ? s.n : 40),
                    s.p);
  if (sec == 60)
    sec = 59;
  int64_t days = days_before_year(y) + d - 1;
  for (int m = 1; m < mo; m++)
    days += month_days(y, m);
  *us = (((days * 24 + h) * 60 + mi - off) * 60 + sec) * RT__US + frac;
  return in_range(*us, err);
}

rt_code rt__time_from_seconds(double seconds, int64_t *us, rt_error *err)
{
  if (!isfinite(seconds))
    return rt__fail(err, RT_E_FORMAT, "time is not a finite number");
  if (seconds > 1e11)
    return rt__fail(err, RT_E_ARG,
                    "time above 1e11: a millisecond or nanosecond clock? Unix seconds are needed");
  if (seconds < -1e11)
    return rt__fail(err, RT_E_ARG, "time is before 2000 or after 2100: a broken clock?");
  *us = (int64_t)llround(seconds * 1e6);
  return in_range(*us, err);
}

size_t rt__time_print(int64_t us, char out[RT__TIME_TEXT])
{
  int64_t days = us / RT__DAY_US, rest = us % RT__DAY_US;
  if (rest < 0) {
    rest += RT__DAY_US;
    days--;
  }
  int64_t y = 1970 + (days < 0 ? days / 365 - 1 : days / 366); /* not too late */
  while (days_before_year(y + 1) <= days)
    y++;
  int64_t d = days - days_before_year(y);
  int m = 1;
  while (d >= month_days(y, m))
    d -= month_days(y, m++);
  int64_t s = rest / RT__US, frac = rest % RT__US;
  int n = snprintf(out, RT__TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d", (int)y, m, (int)d + 1,
                   (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
  size_t at = (size_t)n;
  if (frac) {
    at += (size_t)snprintf(out + at, RT__TIME_TEXT - at, ".%06d", (int)frac);
    while (out[at - 1] == '0')
      at--;
  }
  out[at++] = 'Z';
  out[at] = 0;
  return at;
}
