/* alike_join - who joins a crowd: too short a life or too few starts to make one, or traffic of its
 * own in the same bundle, but of its size, and by turns.
 *
 * Turns are counted in the crowd's own time, whose clock ticks at each of its starts: a seat waits
 * for so many ticks, whatever the load does, and after three starts one knows its weight. Of a
 * stranger's starts the crowd's clock knows nothing.
 */
#include "link/alike_impl.h"
#include "link/pooltime.h"
#include "sketch/stats.h"

#include <math.h>
#include <stdlib.h>

#define ASIDE     0.35 /* where strangers of about these lengths are counted, in logs */
#define STRANGERS 0.1  /* share of those who join that may be strangers */
#define EVEN      0.25 /* who joins may always be so uneven … */
#define CHANCE    1.0  /* … and never as uneven as chance makes it */
#define EDGE      3600.0

/* how far from the crowd's lengths, in standard errors, and up to which quantile of its unevenness:
 * the widest with which hardly a stranger would join */
static const struct level {
  double width, uneven;
} levels[] = {{4, 0.9}, {3, 0.8}, {2.5, 0.6}, {2.5, 0.4}};

static const double slack[SIDES] = RT__ALIKE_SLACK;
/* in half boxes, where its neighbours begin to be others: answers have long tails */
static const double beside[SIDES] = {2, 3, 2};

/* ---- what joiners are measured by */

typedef struct target {
  double at[SIDES], sd[SIDES]; /* of the crowd, and how far one start scatters */
  double uneven;               /* at most */
  double width;
  double lo, hi; /* when it is at work */
} target;

static double spread_of_lengths(const search *f, uint32_t n, int side)
{
  for (uint32_t i = 0; i < n; i++) {
    const shape *x = &f->v[f->pick[i]];
    f->copy[i] = sqrt(x->var[side] * f->st[x->stream].n);
  }
  return rt__median(f->copy, n);
}

/* of three starts one knows no spread, so the crowd's stands in; members are picked */
static target target_of(const search *f, const rt__turns *w, uint32_t n, struct level l)
{
  target t = {.lo = INFINITY, .width = l.width};
  uint32_t k = 0;
  rt__alike_middle(f, n, t.at);
  t.sd[0] = spread_of_lengths(f, n, 0);
  t.sd[1] = spread_of_lengths(f, n, 1);
  for (uint32_t i = 0; i < n; i++)
    if (!isnan(w[f->pick[i]].uneven))
      f->copy[k++] = w[f->pick[i]].uneven;
  t.sd[2] = rt__median(f->copy, k);
  t.uneven = rt__quantile(f->copy, k, l.uneven);
  t.uneven = t.uneven > CHANCE ? 0 : t.uneven > EVEN ? t.uneven : EVEN;
  for (uint32_t i = 0; i < n; i++) {
    const shape *x = &f->v[f->pick[i]];
    f->copy[i] = w[f->pick[i]].log_rate;
    t.lo = x->lo < t.lo ? x->lo : t.lo;
    t.hi = x->hi > t.hi ? x->hi : t.hi;
  }
  t.at[2] = rt__median(f->copy, n);
  return t;
}

/* whether a stream is like the crowd, moved by so many of its own boxes along one side */
static bool fits(const shape *x, const rt__turns *w, uint32_t starts, const target *t, int side,
                 double moved)
{
  /* of few gaps the spread is a rough guess */
  double uneven = t->uneven * (1 + 1 / sqrt(starts - 1.0));
  if (x->used || x->lo < t->lo - EDGE || x->hi > t->hi + EDGE || !(w->uneven <= uneven))
    return false;
  for (int k = 0; k < SIDES; k++) {
    double n = k < 2 ? starts : starts - 1, at = k < 2 ? x->at[k] : w->log_rate;
    double half = (k < 2 ? t->width : WIDTH) * sqrt(slack[k] * slack[k] + t->sd[k] * t->sd[k] / n);
    double step = beside[k] * half > ASIDE ? beside[k] * half : ASIDE;
    if (!(fabs(at - t->at[k] - (k == side ? moved * step : 0)) <= half))
      return false;
  }
  return true;
}

/* How many strangers to expect in a box, from the two beside it, on the side on which those hold
 * most: the slow are many and the fast few, so numbers go with the logarithm. */
static double aside(const search *f, const rt__turns *w, const target *t)
{
  double most = 0;
  for (int k = 0; k < SIDES; k++) {
    double above = 0, below = 0;
    for (uint32_t i = 0; i < f->n; i++) {
      uint32_t n = f->st[f->v[i].stream].n;
      above += fits(&f->v[i], &w[i], n, t, k, 1);
      below += fits(&f->v[i], &w[i], n, t, k, -1);
    }
    if (above + below > 0)
      most = fmax(most, sqrt(fmax(above, 0.5) * fmax(below, 0.5)));
  }
  return most;
}

void rt__alike_mark(search *f, const rt__group *g)
{
  for (uint32_t i = 0, k = 0; i < f->n && k < g->n; i++) {
    uint32_t account = f->st[f->v[i].stream].account;
    while (k < g->n && g->account[k] < account)
      k++;
    f->v[i].used |= k < g->n && g->account[k] == account;
  }
}

static uint32_t members(const search *f, const rt__group *g)
{
  uint32_t n = 0;
  for (uint32_t i = 0; i < f->n; i++)
    if (rt__group_has(g, f->st[f->v[i].stream].account))
      f->pick[n++] = i;
  return n;
}

/* marks those who join; false if too many of them may be strangers */
static bool who_joins(search *f, const rt__turns *w, uint32_t n, struct level l)
{
  uint32_t more = 0;
  target t = target_of(f, w, n, l);
  for (uint32_t i = 0; i < f->n; i++) {
    shape *x = &f->v[i];
    x->joins = fits(x, &w[i], f->st[x->stream].n, &t, 0, 0);
    more += x->joins;
  }
  return more && aside(f, w, &t) <= STRANGERS * more;
}

/* members are picked; then, those who join, too */
static bool pick(search *f, const rt__turns *w, uint32_t *n)
{
  bool yes = false;
  for (size_t k = 0; k < RT__ARRAY_LEN(levels) && !yes; k++)
    yes = who_joins(f, w, *n, levels[k]);
  for (uint32_t i = 0; i < *n; i++)
    f->v[f->pick[i]].joins = true;
  *n = 0;
  for (uint32_t i = 0; i < f->n; i++) {
    if (f->v[i].joins)
      f->pick[(*n)++] = i;
    f->v[i].joins = false;
  }
  return yes;
}

rt_code rt__alike_add(search *f, rt__group *g)
{
  const rt_alloc *a = f->s->alloc;
  size_t ticks;
  uint32_t n = members(f, g);
  double *clock = rt__pool_clock(f->s, g, &ticks);
  rt__turns *w = rt__calloc(a, f->n, sizeof *w);
  rt_code c = clock && w ? RT_OK : RT_E_NOMEM;
  for (uint32_t i = 0; c == RT_OK && i < f->n; i++) {
    const rt__stream *st = &f->st[f->v[i].stream];
    w[i] = rt__turns_of(f->s, st->row, st->n, clock, ticks);
  }
  rt__group all;
  rt__alike_mark(f, g);
  bool yes = c == RT_OK && pick(f, w, &n);
  if (yes)
    c = rt__alike_group(f, f->pick, n, g->origin, &all);
  if (yes && c == RT_OK) {
    rt__group_free(a, g);
    *g = all;
  }
  rt__free(a, clock, ticks * sizeof *clock);
  rt__free(a, w, f->n * sizeof *w);
  return c;
}
