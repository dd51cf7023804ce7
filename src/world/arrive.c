#include "world/arrive.h"

#include "base/time.h"
#include "world/kinds.h"

#define HOUR_US (INT64_C(3600) * RT__US)

/* weight of each hour of the day; means are 1 */
static const float curves[RT__CURVES][24] = {
    [RT__CURVE_HOME] = {.55f,  .30f,  .18f,  .12f,  .12f,  .20f,  .40f,  .70f,
                        .90f,  1.00f, 1.05f, 1.10f, 1.15f, 1.10f, 1.10f, 1.15f,
                        1.25f, 1.40f, 1.60f, 1.80f, 1.95f, 1.90f, 1.60f, 1.38f},
    [RT__CURVE_OFFICE] = {.10f,  .07f,  .05f,  .05f,  .06f,  .12f,  .35f,  .95f,
                          1.90f, 2.50f, 2.60f, 2.30f, 1.70f, 2.10f, 2.40f, 2.20f,
                          1.80f, 1.10f, .55f,  .35f,  .25f,  .22f,  .16f,  .12f},
    [RT__CURVE_GLOBAL] = {.80f,  .75f,  .72f,  .72f,  .76f,  .82f,  .90f,  1.00f,
                          1.10f, 1.15f, 1.15f, 1.12f, 1.12f, 1.18f, 1.22f, 1.20f,
                          1.15f, 1.10f, 1.08f, 1.05f, 1.02f, .98f,  .92f,  .89f},
    [RT__CURVE_FLAT] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
    [RT__CURVE_NIGHT] = {2.6f, 3.2f, 3.4f, 3.0f, 2.2f, 1.3f, .7f, .4f, .3f, .3f, .3f,  .3f,
                         .3f,  .3f,  .3f,  .3f,  .3f,  .35f, .4f, .5f, .6f, .7f, 1.0f, 1.75f},
};

static int64_t midnight(const rt__arrival *a, int32_t day)
{
  return a->from - a->from % RT__DAY_US + day * RT__DAY_US;
}

static rt__rng fresh(uint64_t seed, rt__clock *c)
{
  return rt__rng_for(seed, 0x617272, c->salt++, 0);
}

/* local hours since the epoch's Thursday */
static int64_t local_hour(const rt__arrival *a, int64_t t)
{
  return t / HOUR_US + a->hours;
}

static bool is_weekend(const rt__arrival *a, int64_t t)
{
  int64_t weekday = (local_hour(a, t) / 24 + 4) % 7; /* 0 = Sunday */
  return weekday == 0 || weekday == 6;
}

static bool in_pause(const rt__arrival *a, uint64_t seed, int64_t t)
{
  for (uint32_t k = 0; k < a->pauses; k++) {
    double u = rt__unit(rt__draw(seed, 0x7061757365, k, 0));
    int64_t from = a->from + (int64_t)(u * (double)(a->to - a->from));
    if (t >= from && t < from + (int64_t)((double)a->pause_hours * (double)HOUR_US))
      return true;
  }
  return false;
}

/* ---- a stream: unit-mean gaps of work, done at a rate that is constant within a step */

typedef struct step {
  double rate, cv; /* starts an hour */
  int64_t end;
} step;

static step trace_step(const rt__arrival *a, const rt__trace *tr, uint64_t seed, int64_t t)
{
  int64_t width = (int64_t)tr->step_s * RT__US;
  uint64_t offset = rt__draw(seed, 0x747261, 0, 0) % 7 * (86400 / tr->step_s); /* whole days */
  uint64_t k = ((uint64_t)(t - a->from) / (uint64_t)width + offset) % tr->n;
  return (step){(double)a->rate / 24 * (double)tr->rate[k], tr->cv[k] > 0 ? (double)tr->cv[k] : 1,
                a->from + ((t - a->from) / width + 1) * width};
}

static step step_at(const rt__arrival *a, const rt__traces *traces, uint64_t seed, int64_t t)
{
  if (a->trace && traces && traces->trace[(a->trace - 1) % traces->n].n)
    return trace_step(a, &traces->trace[(a->trace - 1) % traces->n], seed, t);
  int64_t hour = local_hour(a, t);
  rt__rng r = rt__rng_for(seed, 0x686f7572, (uint64_t)hour, 0);
  rt__rng d = rt__rng_for(seed, 0x646179, (uint64_t)(hour / 24), 0);
  double rate = (double)a->rate / 24 * (double)curves[a->curve][hour % 24];
  rate *= rt__lognormal(&r, 0.94, 0.35);
  if (!a->limit) /* a list that must be done knows no slow days */
    rate *= rt__lognormal(&d, 0.97, 0.25);
  if (is_weekend(a, t))
    rate *= (double)a->weekend;
  if (!rt__coin(&d, (double)a->on))
    rate *= 0.02;
  return (step){in_pause(a, seed, t) ? 0 : rate, (double)a->cv, (t / HOUR_US + 1) * HOUR_US};
}

static double unit_gap(rt__rng *r, double cv)
{
  double s2 = rt__ln(1 + cv * cv);
  return rt__lognormal(r, rt__exp(-s2 / 2), rt__exp(0.5 * rt__ln(s2)));
}

static bool next_stream(const rt__arrival *a, const rt__traces *traces, uint64_t seed, rt__clock *c)
{
  rt__rng r = fresh(seed, c);
  step s = step_at(a, traces, seed, c->t);
  double work = unit_gap(&r, s.cv);
  if (c->n == 0)
    work *= rt__rng_unit(&r);
  while (c->t < a->to) {
    double room = s.rate * (double)(s.end - c->t) / (double)HOUR_US;
    if (work < room) {
      c->t += (int64_t)(work / s.rate * (double)HOUR_US) + 1;
      return c->t < a->to;
    }
    work -= room;
    c->t = s.end;
    s = step_at(a, traces, seed, c->t);
  }
  return false;
}

/* ---- a person: days, sessions, conversations */

#define SESSIONS_MAX 48

static uint32_t sessions_of_day(const rt__arrival *a, uint64_t seed, int32_t day)
{
  rt__rng r = rt__rng_for(seed, 0x646179, (uint64_t)day, 1);
  int64_t noon = midnight(a, day) + RT__DAY_US / 2;
  double p = (double)a->on * (is_weekend(a, noon) ? (double)a->weekend : 1);
  if (!rt__coin(&r, p))
    return 0;
  uint32_t n = 1 + rt__poisson(&r, (double)a->rate / 1.9 * rt__lognormal(&r, 0.85, 0.6));
  return n > SESSIONS_MAX ? SESSIONS_MAX : n;
}

/* an hour by the curve, then a moment in it; microseconds from the day's beginning in UTC */
static int64_t moment(const rt__arrival *a, rt__rng *r)
{
  double x = rt__rng_unit(r) * 24;
  int h = 0;
  for (; h < 23 && x >= (double)curves[a->curve][h]; h++)
    x -= (double)curves[a->curve][h];
  int64_t local = h * HOUR_US + (int64_t)(rt__rng_unit(r) * (double)HOUR_US);
  return ((local - a->hours * HOUR_US) % RT__DAY_US + RT__DAY_US) % RT__DAY_US;
}

/* the k-th session of the day, in order of time */
static int64_t session_start(const rt__arrival *a, uint64_t seed, int32_t day, uint32_t k,
                             uint32_t n)
{
  int64_t at[SESSIONS_MAX];
  for (uint32_t i = 0; i < n; i++) {
    rt__rng r = rt__rng_for(seed, 0x73657373, (uint64_t)day, i);
    int64_t m = moment(a, &r);
    uint32_t j = i;
    for (; j > 0 && at[j - 1] > m; j--)
      at[j] = at[j - 1];
    at[j] = m;
  }
  return midnight(a, day) + at[k];
}

static bool next_person(const rt__arrival *a, uint64_t seed, rt__clock *c)
{
  rt__rng r = fresh(seed, c);
  if (c->left > 0) {
    c->left--;
    c->t += (int64_t)(rt__lognormal(&r, 300, 1.1) * (double)RT__US);
    return c->t < a->to;
  }
  while (midnight(a, c->day) < a->to) {
    uint32_t n = sessions_of_day(a, seed, c->day);
    if (c->session >= n) {
      c->day++;
      c->session = 0;
      continue;
    }
    int64_t t = session_start(a, seed, c->day, c->session++, n);
    if (t < a->from || t >= a->to)
      continue;
    c->t = t > c->t ? t : c->t + 20 * RT__US;
    c->left = rt__geometric(&r, 1.9, 12) - 1;
    return c->t < a->to;
  }
  return false;
}

/* ---- a clock */

static bool next_cron(const rt__arrival *a, uint64_t seed, rt__clock *c)
{
  rt__rng r = fresh(seed, c);
  double period = 86400.0 / (double)a->rate;
  do {
    double jitter = rt__lognormal(&r, 0.4, 0.8) + (rt__coin(&r, 0.02) ? 20 * rt__rng_unit(&r) : 0);
    double tick = ((double)a->habit + (double)c->session++) * period + jitter;
    int64_t t = a->from + (int64_t)(tick * (double)RT__US);
    c->t = t > c->t ? t : c->t + 1;
  } while (rt__coin(&r, 0.01)); /* a run that was missed */
  return c->t < a->to;
}

/* ---- jobs */

static bool next_batch(const rt__arrival *a, uint64_t seed, rt__clock *c)
{
  rt__rng r = fresh(seed, c);
  if (c->left > 0) {
    c->left--;
    c->t += (int64_t)((double)a->gap_s * unit_gap(&r, (double)a->cv) * (double)RT__US) + 1;
    return c->t < a->to;
  }
  for (; midnight(a, c->day) < a->to;) {
    int64_t day = midnight(a, c->day++);
    bool rest = is_weekend(a, day + RT__DAY_US / 2) && !rt__coin(&r, (double)a->weekend);
    if (rest || !rt__coin(&r, (double)a->on))
      continue;
    int64_t at = a->curve == RT__CURVE_FLAT ? (int64_t)((double)a->habit * (double)RT__DAY_US)
                                            : moment(a, &r);
    if (a->curve == RT__CURVE_NIGHT) /* the same minute each night */
      at = (int64_t)((double)a->habit * 6 * (double)HOUR_US) +
           (int64_t)(rt__lognormal(&r, 2, 0.8) * (double)RT__US);
    if (day + at <= c->t)
      at = c->t - day + (int64_t)(rt__lognormal(&r, 600, 1) * (double)RT__US);
    c->t = day + at;
    c->left = (uint32_t)rt__lognormal(&r, (double)a->rate, 0.5);
    return c->t < a->to;
  }
  return false;
}

bool rt__arrive(const rt__arrival *a, const rt__traces *traces, uint64_t seed, rt__clock *c)
{
  if (c->n == 0 && c->t < a->from)
    c->t = a->from;
  if ((a->limit && c->n >= a->limit) || c->t >= a->to || !(a->rate > 0))
    return false;
  bool more = a->when == RT__WHEN_STREAM  ? next_stream(a, traces, seed, c)
              : a->when == RT__WHEN_CRON  ? next_cron(a, seed, c)
              : a->when == RT__WHEN_BATCH ? next_batch(a, seed, c)
                                          : next_person(a, seed, c);
  c->n += more;
  return more;
}
