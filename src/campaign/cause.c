#include "campaign/cause.h"

#include "sketch/stats.h"

#include <math.h>
#include <stdlib.h>

static const struct {
  const char *name;
  int percent[RT__TRAIT_COUNT];
} causes[RT__WHY_COUNT] = {
#define ROW(code, name, ...) {name, {__VA_ARGS__}},
    RT__CAUSE_MAP(ROW)
#undef ROW
};

const char *rt__why_name(rt__why w)
{
  return (unsigned)w < RT__WHY_COUNT ? causes[w].name : "unknown";
}

const char *rt__trait_what(rt__trait t)
{
  static const char *const what[] = {
#define ROW(code, text) text,
      RT__TRAIT_MAP(ROW)
#undef ROW
  };
  return (unsigned)t < RT__TRAIT_COUNT ? what[t] : "unknown";
}

static double grade(double bits)
{
  return 1 / (1 + exp2(-rt__clip(bits, -10, 10)));
}

void rt__traits(const rt__bits *b, double out[RT__TRAIT_COUNT])
{
  for (int t = 0; t < RT__TRAIT_COUNT; t++)
    out[t] = NAN;
  if (b->said[RT_FAMILY_CONTENT]) {
    out[RT__T_ONE_LIST] = grade(b->own);
    out[RT__T_EXAM] = rt__clip((b->dealt ? 0 : rt__ramp(b->reuse.shared, 0.05, 0.4)) +
                                   rt__ramp(b->reuse.within, 0.1, 0.5),
                               0, 1);
  }
  if (b->said[RT_FAMILY_TIME] && b->balance != 0) /* bits: 0 is exactly "nothing to say" */
    out[RT__T_DEALT] = grade(b->balance);
  if (b->said[RT_FAMILY_TIME] && b->lag < 9) {
    out[RT__T_CLOCK] = 1 - rt__ramp(b->lag, 0.6, 0.85);
    out[RT__T_CLOCKWORK] = rt__ramp(b->lag, 0.75, 0.95);
  }
  if (b->said[RT_FAMILY_CLIENT])
    out[RT__T_ONE_PROGRAM] = rt__ramp(b->knobs, 0.4, 0.85) * (1 - rt__ramp(b->frames, 0.1, 0.4));
  out[RT__T_PEOPLE] = rt__ramp(b->followed, 0.05, 0.35);
  if (b->said[RT_FAMILY_MONEY]) {
    out[RT__T_ONE_PAYER] = rt__ramp(b->top_payer, 0.5, 0.9);
    out[RT__T_CARDS] = rt__ramp(b->paid_together, 0.1, 0.5) * (1 - out[RT__T_ONE_PAYER]);
    out[RT__T_ORG] = rt__ramp(b->in_org, 0.2, 0.8);
  }
  if (b->said[RT_FAMILY_PROVISION])
    out[RT__T_BURST] = rt__ramp(b->burst, 1.5, 4);
  if (b->said[RT_FAMILY_NETWORK])
    out[RT__T_ONE_NET] = b->one_net;
}

static double part(const double trait[RT__TRAIT_COUNT], rt__why w, int t)
{
  double p = causes[w].percent[t] / 100.0;
  return trait[t] * log2(p) + (1 - trait[t]) * log2(1 - p);
}

static int by_odds(const void *a, const void *b)
{
  const rt__rival *x = a, *y = b;
  if (x->log_odds != y->log_odds)
    return x->log_odds > y->log_odds ? -1 : 1;
  return x->why < y->why ? -1 : x->why > y->why;
}

void rt__rivals(const double trait[RT__TRAIT_COUNT], rt__why verdict,
                rt__rival out[RT__WHY_COUNT - 1])
{
  size_t n = 0;
  for (int w = 0; w < RT__WHY_COUNT; w++) {
    if (w == (int)verdict)
      continue;
    rt__rival r = {.why = (rt__why)w};
    double best = -INFINITY, worst = INFINITY;
    for (int t = 0; t < RT__TRAIT_COUNT; t++) {
      if (isnan(trait[t]))
        continue;
      double d = part(trait, (rt__why)w, t) - part(trait, verdict, t);
      r.log_odds += d;
      if (d > best) {
        best = d;
        r.most = (rt__trait)t;
      }
      if (d < worst) {
        worst = d;
        r.least = (rt__trait)t;
      }
    }
    out[n++] = r;
  }
  qsort(out, n, sizeof *out, by_odds);
}
