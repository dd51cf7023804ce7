#include "state/calendar.h"

static size_t day_of(int64_t us)
{
  return (size_t)((us - RT__TIME_MIN) / RT__DAY_US);
}

void rt__calendar_add(rt__calendar *c, const rt__set *set)
{
  for (size_t k = 0; k < rt__set_count(set); k++) {
    uint32_t *n = &c->days[day_of(rt__set_time(set, k))];
    *n += *n < UINT32_MAX;
  }
}

void rt__calendar_most(rt__calendar *c, const rt__calendar *other)
{
  for (size_t d = 0; d < RT__CALENDAR_DAYS; d++)
    c->days[d] = other->days[d] > c->days[d] ? other->days[d] : c->days[d];
}

int64_t rt__calendar_end(const rt__calendar *c)
{
  uint64_t all = 0, after = 0;
  for (size_t d = 0; d < RT__CALENDAR_DAYS; d++)
    all += c->days[d];
  for (size_t d = RT__CALENDAR_DAYS; all && d-- > 0;) {
    after += c->days[d];
    if (after * RT__CALENDAR_SHARE >= all)
      return RT__TIME_MIN + (int64_t)(d + 1) * RT__DAY_US;
  }
  return 0;
}

void rt__calendar_put(const rt__calendar *c, rt__out *o)
{
  size_t n = 0, last = 0;
  for (size_t d = 0; d < RT__CALENDAR_DAYS; d++)
    n += c->days[d] > 0;
  rt__out_varint(o, n);
  for (size_t d = 0; d < RT__CALENDAR_DAYS; d++) {
    if (c->days[d] == 0)
      continue;
    rt__out_varint(o, d - last);
    rt__out_varint(o, c->days[d]);
    last = d;
  }
}

void rt__calendar_get(rt__in *in, rt__calendar *c)
{
  uint64_t n = rt__in_number(in, RT__CALENDAR_DAYS), day = 0;
  for (uint64_t i = 0; i < n && !in->bad; i++) {
    uint64_t step = rt__in_number(in, RT__CALENDAR_DAYS), count = rt__in_number(in, UINT32_MAX);
    day += step;
    if (in->bad || (i && step == 0) || day >= RT__CALENDAR_DAYS || count == 0)
      in->bad = true;
    else
      c->days[day] = (uint32_t)count;
  }
}

rt_code rt__newest(const rt__set *set, int64_t *us, rt_error *err)
{
  rt__calendar *c = rt__calloc(rt_alloc_default(), 1, sizeof *c);
  *us = 0;
  if (!c)
    return rt__fail(err, RT_E_NOMEM, "no memory for a calendar");
  rt__calendar_add(c, set);
  int64_t end = rt__calendar_end(c);
  rt__free(rt_alloc_default(), c, sizeof *c);
  for (size_t k = 0; k < rt__set_count(set); k++) {
    int64_t t = rt__set_time(set, k);
    *us = t > *us && t < end ? t : *us;
  }
  return RT_OK;
}
