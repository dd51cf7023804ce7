#include "link/again.h"

#include "sketch/stats.h"

#include <math.h>

#define ASIDE_MIN 2    /* lengths next to one that tell how many pairs chance makes … */
#define ASIDE_MAX 12   /* … at most; */
#define NARROW    12   /* so many of them fit between the quartiles of lengths */
#define LEAST     6    /* tokens between the quartiles; closer lengths say nothing */
#define SMOOTH    0.05 /* how far from smooth lengths of different texts are, as a part */
#define AT_ONCE   16   /* starts in a row that may be samples of one answer */
#define CUT       2    /* texts that are cut to one length end so near each other … */
#define BESIDE    8    /* … and lengths up to here, on both sides, are so rare */
#define RARE      0.25

/* firms behind gateways of their own have some eight others a start, and mostly a z above 10; lists
 * have below 4 (docs/method.md) */
#define LIST_BITS 2.0
#define LIST_Z    3.5
#define NEITHER_Z 5.0
#define FIRM_BITS 6.0
#define FIRM_Z    7.0
#define CLEAR     0.5 /* others that are one standard deviation, where any firm's would be seen … */
#define UNCLEAR   3.0 /* … and hardly one would */

/* pairs of starts at distances of 0, 1, 2, … tokens: of one length, and of nearly one */
typedef struct pairs {
  double at[ASIDE_MAX + 1];
  double starts;
} pairs;

/* one start, by what it has in tokens */
typedef struct request {
  double length;
  uint32_t account;
} request;

/* ---- lengths and how often each is there */

typedef struct lengths {
  double *v, *count;
  size_t n;
} lengths;

static void count_lengths(lengths *l, size_t n)
{
  rt__sort_doubles(l->v, n);
  l->n = 0;
  for (size_t i = 0, j; i < n; i = j, l->n++) {
    for (j = i; j < n && l->v[j] == l->v[i]; j++)
      ;
    l->v[l->n] = l->v[i];
    l->count[l->n] = (double)(j - i);
  }
}

/* The commonest length, if those next to it are rare: a limit that cuts texts; NAN: none. */
static double limit_of(const lengths *l)
{
  double beside = 0;
  size_t most = 0;
  for (size_t i = 0; i < l->n; i++)
    most = l->count[i] > l->count[most] ? i : most;
  for (size_t i = 0; i < l->n; i++) {
    double far = fabs(l->v[i] - l->v[most]);
    beside += far > CUT && far <= BESIDE ? l->count[i] : 0;
  }
  return l->n && beside < RARE * (2 * (BESIDE - CUT)) * l->count[most] ? l->v[most] : NAN;
}

static void count_pairs(const lengths *l, pairs *p)
{
  for (size_t i = 0; i < l->n; i++) {
    p->starts += l->count[i];
    p->at[0] += l->count[i] * (l->count[i] - 1) / 2;
    for (size_t j = i + 1; j < l->n && l->v[j] - l->v[i] <= ASIDE_MAX; j++)
      p->at[(size_t)(l->v[j] - l->v[i])] += l->count[i] * l->count[j];
  }
}

/* ---- what chance would make of them */

/* Of texts that are all different pairs thin out smoothly with distance, and at 0 are half as many
 * as a parabola through those aside says: they lie to both sides of nothing. */
static rt__again again(const pairs *p, size_t aside)
{
  double n = (double)aside, sx = 0, sxx = 0, sy = 0, sxy = 0;
  for (size_t d = 1; d <= aside; d++) {
    double x = (double)(d * d);
    sx += x;
    sxx += x * x;
    sy += p->at[d];
    sxy += x * p->at[d];
  }
  double mid = sx / n, var = sxx - sx * mid, slope = (sxy - sy * mid) / var;
  double chance = (sy / n - slope * mid) / 2;
  chance = chance > 0 ? chance : 0;
  double sd =
      sqrt(chance * (1 + 0.5 * (1 / n + mid * mid / var)) + 1 + SMOOTH * SMOOTH * chance * chance);
  double more = p->at[0] - chance;
  return p->starts > 0 ? (rt__again){2 * more / p->starts, more / sd} : (rt__again){0};
}

/* what is asked in a row is no coming back */
static void leave_out_rows(const request *r, size_t n, pairs *all, pairs *own)
{
  for (size_t i = 0; i < n; i++)
    for (size_t j = i + 1; j < n && j <= i + AT_ONCE; j++) {
      double d = fabs(r[i].length - r[j].length);
      if (!(d <= ASIDE_MAX))
        continue;
      all->at[(size_t)d]--;
      own->at[(size_t)d] -= r[i].account == r[j].account;
    }
}

/* ---- a group */

typedef struct scratch {
  lengths l;
  request *r; /* in order of time; length NAN: left out */
  rt__pair *order;
} scratch;

static double tokens(const rt__starts *s, uint32_t row)
{
  return round(exp((double)s->log_in[row]));
}

/* in order of time; of starts at one moment, the group's order */
static void in_order(const rt__starts *s, const rt__group *g, scratch *x)
{
  size_t n = g->at[g->n];
  for (size_t k = 0; k < n; k++)
    x->order[k] = (rt__pair){(uint64_t)(s->t[g->row[k]] * 1e6), k};
  rt__sort_pairs(x->order, x->order + n, n);
  for (size_t k = 0; k < n; k++) {
    uint32_t row = g->row[x->order[k].val];
    x->r[k] = (request){tokens(s, row), s->account[row]};
  }
}

/* lengths of the group's rows from … to, without those at the limit */
static void take(const rt__starts *s, const rt__group *g, size_t from, size_t to, double limit,
                 lengths *l)
{
  size_t n = 0;
  for (size_t k = from; k < to; k++) {
    double x = tokens(s, g->row[k]);
    if (!(fabs(x - limit) <= CUT))
      l->v[n++] = x;
  }
  count_lengths(l, n);
}

static void measure(const rt__starts *s, const rt__group *g, scratch *x, rt__again *all,
                    rt__again *own)
{
  size_t n = g->at[g->n];
  pairs p = {0}, q = {0};
  double at[3];
  for (size_t k = 0; k < n; k++)
    x->l.v[k] = tokens(s, g->row[k]);
  rt__quartiles(x->l.v, n, at);
  if (!(at[2] - at[0] >= LEAST))
    return;
  size_t aside = (size_t)rt__clip((at[2] - at[0]) / NARROW, ASIDE_MIN, ASIDE_MAX);
  count_lengths(&x->l, n);
  double limit = limit_of(&x->l);
  take(s, g, 0, n, limit, &x->l);
  count_pairs(&x->l, &p);
  for (uint32_t i = 0; i < g->n; i++) {
    take(s, g, g->at[i], g->at[i + 1], limit, &x->l);
    count_pairs(&x->l, &q);
  }
  in_order(s, g, x);
  for (size_t k = 0; k < n; k++)
    if (fabs(x->r[k].length - limit) <= CUT)
      x->r[k].length = NAN;
  leave_out_rows(x->r, n, &p, &q);
  *all = again(&p, aside);
  *own = again(&q, aside);
}

rt_code rt__again_of(const rt__starts *s, const rt__group *g, rt__again *all, rt__again *own)
{
  const rt_alloc *a = s->alloc;
  size_t n = g->at[g->n];
  *all = *own = (rt__again){0};
  if (n == 0)
    return RT_OK;
  double *v = rt__calloc(a, n, 2 * sizeof *v);
  scratch x = {.l = {.v = v, .count = v + n},
               .r = rt__calloc(a, n, sizeof *x.r),
               .order = rt__calloc(a, n, 2 * sizeof *x.order)};
  bool ok = v && x.r && x.order;
  if (ok)
    measure(s, g, &x, all, own);
  rt__free(a, v, n * 2 * sizeof *v);
  rt__free(a, x.r, n * sizeof *x.r);
  rt__free(a, x.order, n * 2 * sizeof *x.order);
  return ok ? RT_OK : RT_E_NOMEM;
}

double rt__again_list(const rt__again *x)
{
  if (!(fabs(x->z) > 0))
    return 0;
  double unit = fabs(x->others / x->z);
  return LIST_BITS * (1 - rt__ramp(x->z, LIST_Z, NEITHER_Z)) *
             (1 - rt__ramp(unit, CLEAR, UNCLEAR)) -
         FIRM_BITS * rt__ramp(x->z, NEITHER_Z, FIRM_Z);
}
