/* time - even days, equal rates, a common clock, a co-timed move to a new model.
 * Capped: a time zone is not evidence, and equal honest rates exist. */
#include "account/strangers.h"
#include "account/timed.h"
#include "link/clock.h"
#include "link/dealt.h"
#include "link/evidence.h"
#include "link/lag.h"
#include "link/paced.h"
#include "link/pooltime.h"
#include "sketch/stats.h"

#include <math.h>

#define PAIRS     200  /* pairs of members whose clocks are compared */
#define CLOCKWORK 0.85 /* lag ratio from which even clocks are each account's own */
#define UNEVEN    0.15 /* who waits by turns has gaps that differ so much in seconds … */
#define BY_TURNS  0.75 /* … and so much less in the group's own time */

static rt_code balance(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  rt__swing *w = rt__calloc(r->alloc, g->n, sizeof *w);
  size_t n = 0;
  if (!w)
    return RT_E_NOMEM;
  rt_code c = rt__days(r->starts, g, w, &n);
  double chi2 = 0, df = 0, owner[RT__REFERENCE_GRID];
  size_t n_owners = rt__reference_without(&r->swing, g, owner);
  for (size_t i = 0; i < n; i++) {
    chi2 += w[i].chi2;
    df += w[i].df;
  }
  if (n >= RT__CLOCK_MIN) {
    double bits = rt__dealt_bits(w, n, owner, n_owners, r->starts->sampled);
    b->balance = rt__clip(0.5 * bits, -6, 5);
    b->phi = chi2 / (df > 1 ? df : 1);
    /* of a few starts each, misfits of the approximation add up over many: together evener than
     * counting noise is never against one hand */
    if (!r->starts->text && b->phi < 1 && b->balance < 0)
      b->balance = 0;
  }
  rt__free(r->alloc, w, g->n * sizeof *w);
  return c;
}

/* ---- equal rates, of accounts that are active together. Unequal ones say nothing: balancers
 * weigh, too */

typedef struct pace {
  double log_rate, n, lo, hi;
} pace;

static bool has_pace(const rt__starts *s, const rt__group *g, uint32_t i)
{
  double lo = s->t[g->row[g->at[i]]], hi = s->t[g->row[g->at[i + 1] - 1]];
  return rt__group_rows(g, i) >= 4 && hi - lo > 3600;
}

static size_t paces(const rt__starts *s, const rt__group *g, pace *out)
{
  size_t k = 0;
  for (uint32_t i = 0; i < g->n; i++) {
    uint32_t n = rt__group_rows(g, i);
    double lo = s->t[g->row[g->at[i]]], hi = s->t[g->row[g->at[i + 1] - 1]];
    if (has_pace(s, g, i))
      out[k++] = (pace){log((n - 1) / (hi - lo)), n, lo, hi};
  }
  return k;
}

/* mean share of the shorter life that two accounts are active together */
static double together(const pace *p, size_t n)
{
  double sum = 0, pairs = 0;
  rt__rng rng = {0x70637, 0};
  for (int k = 0; k < 400; k++) {
    const pace *x = &p[rt__rng_below(&rng, n)], *y = &p[rt__rng_below(&rng, n)];
    if (x == y)
      continue;
    double lo = x->lo > y->lo ? x->lo : y->lo, hi = x->hi < y->hi ? x->hi : y->hi;
    double a = x->hi - x->lo, b = y->hi - y->lo;
    sum += hi > lo ? (hi - lo) / (a < b ? a : b) : 0;
    pairs++;
  }
  return pairs > 0 ? sum / pairs : 0;
}

/* nats that an account's rate is the group's */
static double same_rate(const rt__reference *r, const pace *p, double med)
{
  double z = p->log_rate - med, s0 = sqrt(0.0036 + 1 / p->n),
         s1 = sqrt(r->rate_sd * r->rate_sd + 1 / p->n);
  return -0.5 * (z / s0) * (z / s0) - log(s0) + 0.5 * (z / s1) * (z / s1) + log(s1);
}

static rt_code equal(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  pace *p = rt__calloc(r->alloc, g->n, sizeof *p);
  double *v = rt__calloc(r->alloc, g->n, sizeof *v);
  if (p && v) {
    size_t n = paces(r->starts, g, p);
    for (size_t i = 0; i < n; i++)
      v[i] = p[i].log_rate;
    double med = rt__median(v, n), sum = 0;
    for (size_t i = 0; i < n; i++)
      sum += rt__clip(same_rate(r, &p[i], med), -3, 3);
    double both = n >= RT__CLOCK_MIN ? together(p, n) : 0;
    b->equal = n >= RT__CLOCK_MIN ? rt__clip(0.5 * sum / RT__LN2 * both * both, 0, 3) : 0;
  }
  rt__free(r->alloc, p, g->n * sizeof *p);
  rt__free(r->alloc, v, g->n * sizeof *v);
  return p && v ? RT_OK : RT_E_NOMEM;
}

/* ---- a common clock, among members with even gaps */

static size_t copy_times(const rt__starts *s, const rt__group *g, uint32_t i, double *out)
{
  size_t n = 0;
  for (uint32_t k = g->at[i]; k < g->at[i + 1]; k++)
    out[n++] = s->t[g->row[k]];
  return n;
}

static bool even_gaps(const rt__starts *s, const rt__group *g, uint32_t i, double *v)
{
  size_t n = copy_times(s, g, i, v);
  if (n < 4)
    return false;
  for (size_t k = 0; k + 1 < n; k++)
    v[k] = v[k + 1] - v[k];
  rt__sort_doubles(v, n - 1);
  double med = rt__quantile_sorted(v, n - 1, 0.5);
  return rt__quantile_sorted(v, n - 1, 0.75) - rt__quantile_sorted(v, n - 1, 0.25) < 0.9 * med;
}

/* members with even gaps, and room for the times of two members and their lags */
typedef struct evens {
  double *v;
  uint32_t *i; /* places in the group, ascending */
  size_t n, cap_v, cap_i;
} evens;

static void evens_free(const rt_alloc *a, evens *e)
{
  rt__free(a, e->v, e->cap_v * sizeof *e->v);
  rt__free(a, e->i, e->cap_i * sizeof *e->i);
}

static rt_code evens_of(const rt__reference *r, const rt__group *g, evens *e)
{
  size_t longest = 0;
  for (uint32_t i = 0; i < g->n; i++)
    longest = rt__group_rows(g, i) > longest ? rt__group_rows(g, i) : longest;
  *e = (evens){.cap_v = 6 * longest + 16, .cap_i = g->n};
  e->v = rt__calloc(r->alloc, e->cap_v, sizeof *e->v);
  e->i = rt__calloc(r->alloc, e->cap_i, sizeof *e->i);
  if (!e->v || !e->i) {
    evens_free(r->alloc, e);
    return RT_E_NOMEM;
  }
  for (uint32_t i = 0; i < g->n; i++)
    if (even_gaps(r->starts, g, i, e->v))
      e->i[e->n++] = i;
  return RT_OK;
}

/* lag ratio of the x-th of them and any other but itself */
static double lag_to_any(const rt__starts *s, const rt__group *g, const evens *e, size_t x,
                         rt__rng *rng)
{
  size_t y = rt__rng_below(rng, e->n - 1), lags;
  y += y >= x;
  size_t n = copy_times(s, g, e->i[x], e->v), m = copy_times(s, g, e->i[y], e->v + n);
  return rt__lag_ratio(e->v, n, e->v + n, m, e->v + n + m, &lags);
}

/* share of pairs of members that take turns behind one balancer, however irregular or drifting they
 * are */
static double turns(const rt__starts *s, const rt__group *g, double *v)
{
  size_t yes = 0;
  rt__rng rng = {0xc10e, 0};
  if (g->n < RT__CLOCK_MIN)
    return 0;
  for (int p = 0; p < PAIRS; p++) {
    uint32_t i = (uint32_t)rt__rng_below(&rng, g->n), j = (uint32_t)rt__rng_below(&rng, g->n - 1);
    j += j >= i;
    size_t n = copy_times(s, g, i, v), m = copy_times(s, g, j, v + n);
    yes += rt__in_turn(v, n, v + n, m, v + n + m);
  }
  return (double)yes / PAIRS;
}

static rt_code clock(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  const rt__starts *s = r->starts;
  double ratio[PAIRS];
  evens e;
  b->lag = 9;
  if (s->sampled < 1)
    return RT_OK;
  rt_code c = evens_of(r, g, &e);
  if (c != RT_OK)
    return c;
  rt__rng rng = {0xc10c, 0};
  if (e.n >= RT__CLOCK_MIN && (double)e.n >= 0.5 * g->n) {
    for (int p = 0; p < PAIRS; p++)
      ratio[p] = lag_to_any(s, g, &e, rt__rng_below(&rng, e.n), &rng);
    b->lag = rt__median(ratio, PAIRS);
    b->clock = rt__clip(10 * (0.9 - b->lag), -1, 5);
  }
  b->turns = turns(s, g, e.v);
  if (10 * b->turns > b->clock) /* a tenth of all pairs is more than strangers have */
    b->clock = rt__clip(10 * b->turns, 0, 5);
  evens_free(r->alloc, &e);
  return RT_OK;
}

/* share of starts in the six quietest hours in a row, of 24 (UTC; a pool of one office has one
 * night) */
static void quiet_hours(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  double hour[24] = {0}, all = g->at[g->n], least = all;
  for (uint32_t k = 0; k < g->at[g->n]; k++)
    hour[(size_t)(r->starts->t[g->row[k]] / 3600) % 24]++;
  for (int from = 0; from < 24; from++) {
    double sum = 0;
    for (int h = 0; h < 6; h++)
      sum += hour[(from + h) % 24];
    least = sum < least ? sum : least;
  }
  b->quiet = all > 0 ? least / all : 0.25;
}

/* half or more, but not all, moved to a model that appeared in the data */
static void pivot(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  size_t after = 0, moved = 0;
  b->moved = -1;
  for (uint32_t k = 0; r->new_model && k < g->at[g->n]; k++)
    if (r->starts->t[g->row[k]] > r->released) {
      after++;
      moved += r->starts->model[g->row[k]] == r->new_model;
    }
  if (after < 20)
    return;
  b->moved = (double)moved / (double)after;
  b->pivot = b->moved > 0.35 && b->moved < 0.92 ? 1.5 : 0;
}

/* Gaps that are uneven in seconds, but much less so in the group's own time: whatever else differs,
 * one balancer deals the turns. Clockworks are even in seconds. */
static rt_code by_turns(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  rt__gaps gaps;
  bool enough;
  rt_code c = rt__pooltime(r->starts, g, &gaps, &enough);
  b->by_turns = c == RT_OK && enough && gaps.seconds >= UNEVEN && gaps.ratio <= BY_TURNS;
  b->clockwork = c == RT_OK && enough && gaps.seconds < UNEVEN;
  return c;
}

/* A crowd was found by its even hours. Clockworks have those, too, each on its own: even gaps, but
 * no common clock. */
static rt_code crowd(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  if (b->lag < CLOCKWORK || b->lag >= 9 || b->turns >= 0.1)
    return RT_OK;
  rt_code c = by_turns(r, g, b);
  if (!b->by_turns)
    b->equal = b->balance = 0;
  return c;
}

/* chosen for its pace: that the pace is one is no evidence, if there is no clock */
static rt_code clocked(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  if (b->clock < 1) {
    b->equal = 0;
    b->balance = b->balance < 0 ? b->balance : 0;
  }
  return !r->starts->text && b->balance > 0 ? by_turns(r, g, b) : RT_OK;
}

static rt_code times_of(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  rt_code c = balance(r, g, b);
  if (c == RT_OK)
    c = equal(r, g, b);
  if (c == RT_OK)
    c = clock(r, g, b);
  if (c != RT_OK)
    return c;
  pivot(r, g, b);
  quiet_hours(r, g, b);
  if (g->origin == RT__FROM_FEW)
    b->clock = 3; /* it was found by its even gaps, in number */
  if (g->origin == RT__FROM_ALIKE)
    c = crowd(r, g, b);
  if (g->origin == RT__FROM_CLOCK || g->origin == RT__FROM_WHOLE)
    c = clocked(r, g, b);
  b->said[RT_FAMILY_TIME] = true;
  b->bits[RT_FAMILY_TIME] = b->balance + b->equal + b->clock + b->pivot;
  b->paced = rt__paced(r->starts, g);
  return c;
}

rt_code rt__family_time(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  rt__group timed;
  if (!r->starts->batched)
    return times_of(r, g, b);
  rt_code c = rt__timed_part(r->starts, g, &timed);
  b->lag = 9;
  b->quiet = 0.25;
  if (c == RT_OK && timed.n)
    c = times_of(r, &timed, b);
  rt__group_free(r->alloc, &timed);
  return c;
}

/* ---- members */

#define OTHERS     12     /* whose clock a member's is compared with */
#define ONE_RATE   2.0    /* bits of equal rates at which a group keeps one */
#define OTHER_RATE (-1.0) /* bits at which a member keeps another */

static rt_code member_days(const rt__reference *r, const rt__group *g, double *out)
{
  double owner[RT__REFERENCE_GRID];
  size_t n_owners = rt__reference_without(&r->swing, g, owner);
  rt__swing *w = rt__calloc(r->alloc, g->n, sizeof *w);
  size_t n = 0, k = 0;
  rt_code c = w ? rt__days(r->starts, g, w, &n) : RT_E_NOMEM;
  for (uint32_t i = 0; c == RT_OK && i < g->n; i++) {
    if (rt__group_rows(g, i) < 3)
      continue;
    const rt__swing *x = &w[k++];
    if (x->df < 2 || n_owners == 0)
      continue;
    out[i * RT_FAMILY_COUNT + RT_FAMILY_TIME] =
        rt__dealt_one(x, owner, n_owners, r->starts->sampled);
  }
  rt__free(r->alloc, w, g->n * sizeof *w);
  return c;
}

static rt_code member_clock(const rt__reference *r, const rt__group *g, double *out)
{
  double ratio[OTHERS];
  evens e;
  rt_code c = evens_of(r, g, &e);
  if (c != RT_OK)
    return c;
  for (size_t x = 0; x < e.n && e.n >= RT__CLOCK_MIN; x++) {
    rt__rng rng = {0xc10d, x * OTHERS};
    for (int k = 0; k < OTHERS; k++)
      ratio[k] = lag_to_any(r->starts, g, &e, x, &rng);
    double *at = &out[e.i[x] * RT_FAMILY_COUNT + RT_FAMILY_TIME];
    *at = (isnan(*at) ? 0 : *at) + rt__clip(10 * (0.9 - rt__median(ratio, OTHERS)), -1, 5);
  }
  evens_free(r->alloc, &e);
  return RT_OK;
}

/* Where all keep one rate, one who doesn't is not dealt with them: then even days and gaps are his
 * own doing. */
static rt_code member_pace(const rt__reference *r, const rt__group *g, double *out)
{
  pace *p = rt__calloc(r->alloc, g->n, sizeof *p);
  double *v = rt__calloc(r->alloc, g->n, sizeof *v);
  rt__bits b = {0};
  rt_code c = p && v ? equal(r, g, &b) : RT_E_NOMEM;
  if (c == RT_OK && b.equal >= ONE_RATE) {
    size_t n = paces(r->starts, g, p), k = 0;
    for (size_t i = 0; i < n; i++)
      v[i] = p[i].log_rate;
    double med = rt__median(v, n);
    for (uint32_t i = 0; i < g->n; i++) {
      if (!has_pace(r->starts, g, i))
        continue;
      double *at = &out[i * RT_FAMILY_COUNT + RT_FAMILY_TIME];
      double bits = same_rate(r, &p[k++], med) / RT__LN2;
      if (bits <= OTHER_RATE)
        *at = (isnan(*at) || *at > 0 ? 0 : *at) + rt__clip(bits, -4, 0);
    }
  }
  rt__free(r->alloc, p, g->n * sizeof *p);
  rt__free(r->alloc, v, g->n * sizeof *v);
  return c;
}

static rt_code member_times(const rt__reference *r, const rt__group *g, double *out)
{
  rt_code c = member_days(r, g, out);
  if (c == RT_OK && r->starts->sampled >= 1)
    c = member_clock(r, g, out);
  return c == RT_OK ? member_pace(r, g, out) : c;
}

static rt_code member_timed(const rt__reference *r, const rt__group *g, const rt__group *timed,
                            double *out)
{
  double *bits = rt__calloc(r->alloc, timed->n, RT_FAMILY_COUNT * sizeof *bits);
  rt_code c = bits ? RT_OK : RT_E_NOMEM;
  for (size_t i = 0; c == RT_OK && i < (size_t)timed->n * RT_FAMILY_COUNT; i++)
    bits[i] = NAN;
  if (c == RT_OK)
    c = member_times(r, timed, bits);
  for (uint32_t i = 0, k = 0; c == RT_OK && k < timed->n; i++)
    if (g->account[i] == timed->account[k])
      out[i * RT_FAMILY_COUNT + RT_FAMILY_TIME] = bits[k++ * RT_FAMILY_COUNT + RT_FAMILY_TIME];
  rt__free(r->alloc, bits, timed->n * RT_FAMILY_COUNT * sizeof *bits);
  return c;
}

rt_code rt__member_time(const rt__reference *r, const rt__group *g, double *out)
{
  rt__group timed;
  if (!r->starts->batched)
    return member_times(r, g, out);
  rt_code c = rt__timed_part(r->starts, g, &timed);
  if (c == RT_OK && timed.n)
    c = member_timed(r, g, &timed, out);
  rt__group_free(r->alloc, &timed);
  return c;
}

/* ---- reference: how much unrelated machine-like accounts swing from day to day */

#define POOL 900 /* accounts looked at */

rt_code rt__swing_reference(const rt__starts *s, double *out, uint32_t *account, size_t max,
                            size_t *n_out)
{
  rt__strangers x;
  rt_code c = rt__strangers_draw(s, true, 0x5e1, POOL, &x);
  size_t k = 0;
  while (c == RT_OK && rt__strangers_left(&x)) {
    rt__group g;
    rt__swing w[RT__STRANGERS];
    size_t got = 0;
    c = rt__strangers_next(s, &x, &g);
    if (c != RT_OK)
      break;
    c = rt__days(s, &g, w, &got);
    for (size_t j = 0, at = 0; j < got && k < max; j++, at++) {
      while (rt__group_rows(&g, (uint32_t)at) < 3) /* accounts that rt__days passed over */
        at++;
      account[k] = g.account[at];
      if (w[j].df >= 3)
        out[k++] = rt__clip(w[j].chi2 / w[j].df, RT__PHI_LEAST, 60);
    }
    rt__group_free(s->alloc, &g);
  }
  *n_out = k;
  return c;
}
