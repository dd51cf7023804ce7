#include "link/lag.h"

#include "sketch/stats.h"

#include <math.h>

#define TURNS_MIN  12   /* starts of a stream whose turns are counted */
#define IN_TURN    0.75 /* share of alternations of a pair that takes turns … */
#define TURNS_Z    4.0  /* … and how far above independence */
#define TOGETHER   0.30 /* correlation of their gaps … */
#define TOGETHER_Z 2.5  /* … and how far above none */
#define NIGHT      3.0  /* a gap of so many medians is none of the pace */
#define NO_RATIO   9
#define LEAST_GAP  1e-9 /* spread of the gaps of a perfect clockwork, as a part of their median */

/* ---- lag ratio */

/* the part of p inside [lo, hi] */
static void overlap(const double **p, size_t *n, double lo, double hi)
{
  while (*n && (*p)[0] < lo) {
    (*p)++;
    (*n)--;
  }
  while (*n && (*p)[*n - 1] > hi)
    (*n)--;
}

/* what both of a pair do: their parts in common, and the spread of all gaps */
typedef struct both {
  const double *p, *q;
  size_t n, m;
  double med, spread; /* of gaps: median; quartiles apart, as a part of it */
} both;

/* false where a ratio can't be told */
static bool meet(both *b)
{
  if (b->n == 0 || b->m == 0)
    return false;
  double lo = b->p[0] > b->q[0] ? b->p[0] : b->q[0], last = b->p[b->n - 1],
         hi = last < b->q[b->m - 1] ? last : b->q[b->m - 1];
  overlap(&b->p, &b->n, lo, hi);
  overlap(&b->q, &b->m, lo, hi);
  return b->n >= 4 && b->m >= 4;
}

static bool take_quartiles(both *b, const double at[3])
{
  b->med = at[1];
  if (b->med <= 0)
    return false;
  b->spread = (at[2] - at[0]) / b->med;
  b->spread = b->spread > LEAST_GAP ? b->spread : LEAST_GAP;
  return true;
}

/* v: room for n + m */
static bool measure_gaps(both *b, double *v)
{
  size_t gaps = 0;
  double at[3];
  for (size_t i = 1; i < b->n; i++)
    v[gaps++] = b->p[i] - b->p[i - 1];
  for (size_t i = 1; i < b->m; i++)
    v[gaps++] = b->q[i] - b->q[i - 1];
  rt__quartiles(v, gaps, at);
  return take_quartiles(b, at);
}

/* from each start of p to the next of q; 0 if they are too few to be told anything */
static size_t lags_to(const double *p, size_t n, const double *q, size_t m, double *v)
{
  size_t k = 0, j = 0;
  for (size_t i = 0; i < n; i++) {
    while (j < m && q[j] < p[i])
      j++;
    if (j == m)
      break;
    v[k++] = q[j] - p[i];
  }
  return k < 3 ? 0 : k;
}

/* phases wrap: a lag near 0 and one near a whole gap are the same place on the ring */
static double ratio_of(const both *b, double *v, size_t k)
{
  double re = 0, im = 0, at[3];
  if (k == 0)
    return NO_RATIO;
  for (size_t i = 0; i < k; i++) {
    re += cos(RT__TWO_PI * v[i] / b->med);
    im += sin(RT__TWO_PI * v[i] / b->med);
  }
  double c = atan2(im, re) / (RT__TWO_PI);
  for (size_t i = 0; i < k; i++) {
    double x = v[i] / b->med - c + 0.5;
    v[i] = x - floor(x) - 0.5;
  }
  rt__quartiles(v, k, at);
  return (at[2] - at[0]) / b->spread;
}

double rt__lag_ratio(const double *p, size_t n, const double *q, size_t m, double *scratch,
                     size_t *lags)
{
  both b = {.p = p, .q = q, .n = n, .m = m};
  *lags = 0;
  if (!meet(&b) || !measure_gaps(&b, scratch))
    return NO_RATIO;
  size_t k1 = lags_to(b.p, b.n, b.q, b.m, scratch);
  double one = ratio_of(&b, scratch, k1);
  size_t k2 = lags_to(b.q, b.m, b.p, b.n, scratch);
  double two = ratio_of(&b, scratch, k2);
  *lags = one <= two ? k1 : k2;
  return one < two ? one : two;
}

/* ---- is it below? */

#define PLACES 128 /* of the ring */
#define FAR    1e6 /* median gaps; beyond, digits of a place are lost */

/* starts in the fullest stretch of so many places of the ring */
static size_t fullest(const uint32_t count[PLACES], size_t stretch)
{
  size_t in = 0;
  for (size_t i = 0; i < stretch; i++)
    in += count[i];
  size_t most = in;
  for (size_t i = 0; i < PLACES; i++) {
    in += count[(i + stretch) % PLACES] - (size_t)count[i];
    most = in > most ? in : most;
  }
  return most;
}

/* False only if the ratio is `below` or more for certain. Wherever the ring is cut, half of the
 * lags lie between their quartiles; if no stretch of that length holds so many, the quartiles are
 * further apart. */
static bool may_be_below(const both *b, const double *v, size_t k, double below)
{
  uint32_t count[PLACES] = {0};
  double unit = PLACES / b->med, long_as = below * b->spread * PLACES + 0.01;
  if (k == 0 || !(long_as < PLACES - 3))
    return k > 0;
  for (size_t i = 0; i < k; i++) {
    double x = v[i] * unit;
    if (!(x < FAR * PLACES))
      return true;
    count[(size_t)x % PLACES]++;
  }
  size_t between = (size_t)floor(0.75 * (double)(k - 1)) - (size_t)ceil(0.25 * (double)(k - 1)) + 1;
  return fullest(count, (size_t)long_as + 2) >= between;
}

/* ---- gaps of the parts in common, out of lists that are in order already */

#define LEFT_OUT 64 /* gaps outside; with more of them all are looked at */

/* the k-th smallest of two ascending lists together, from 0 */
static double kth_of_both(const rt__beat *p, const rt__beat *q, size_t k)
{
  size_t n = p->n - 1, m = q->n - 1, lo = k + 1 > m ? k + 1 - m : 0, hi = k + 1 < n ? k + 1 : n;
  while (lo < hi) { /* how many of the first k + 1 are of p */
    size_t i = lo + (hi - lo) / 2;
    if (p->gap[i] < q->gap[k - i])
      lo = i + 1;
    else
      hi = i;
  }
  size_t j = k + 1 - lo;
  if (lo == 0 || (j > 0 && q->gap[j - 1] > p->gap[lo - 1]))
    return q->gap[j - 1];
  return p->gap[lo - 1];
}

typedef struct left_out {
  double v[LEFT_OUT]; /* ascending */
  size_t n;
} left_out;

/* adds the gaps before and behind the part of a stream; false if they are too many */
static bool leave_out(left_out *l, const rt__beat *x, const double *part, size_t n)
{
  size_t before = (size_t)(part - x->t), behind = x->n - before - n;
  if (l->n + before + behind > LEFT_OUT)
    return false;
  for (size_t i = 0; i < before; i++)
    l->v[l->n++] = x->t[i + 1] - x->t[i];
  for (size_t i = before + n; i < x->n; i++)
    l->v[l->n++] = x->t[i] - x->t[i - 1];
  return true;
}

/* The k-th smallest of what is left. If c of those up to a value are left out, it is the (k + c)-th
 * of all: from below, the first value of which that holds. */
static double kth_left(const rt__beat *p, const rt__beat *q, const left_out *l, size_t k)
{
  for (size_t c = 0;;) {
    double x = kth_of_both(p, q, k + c);
    size_t now = c;
    while (now < l->n && l->v[now] <= x)
      now++;
    if (now == c)
      return x;
    c = now;
  }
}

static bool gaps_in_order(both *b, const rt__beat *p, const rt__beat *q, double *scratch)
{
  left_out l = {.n = 0};
  double at[3];
  if (!leave_out(&l, p, b->p, b->n) || !leave_out(&l, q, b->q, b->m))
    return measure_gaps(b, scratch);
  rt__sort_doubles(l.v, l.n);
  for (size_t k = 0; k < 3; k++) { /* as rt__quantile_sorted does */
    double place = 0.25 * (double)(k + 1) * (double)(b->n + b->m - 3);
    size_t i = (size_t)place;
    double lo = kth_left(p, q, &l, i), hi = kth_left(p, q, &l, i + 1);
    at[k] = lo + (place - (double)i) * (hi - lo);
  }
  return take_quartiles(b, at);
}

bool rt__lag_below(const rt__beat *p, const rt__beat *q, double below, size_t least,
                   double *scratch)
{
  both b = {.p = p->t, .q = q->t, .n = p->n, .m = q->n};
  if (!meet(&b) || !gaps_in_order(&b, p, q, scratch))
    return false;
  double *v = scratch, *w = scratch + b.n;
  size_t k1 = lags_to(b.p, b.n, b.q, b.m, v), k2 = lags_to(b.q, b.m, b.p, b.n, w);
  double one = may_be_below(&b, v, k1, below) ? ratio_of(&b, v, k1) : NO_RATIO;
  if (one < below && k1 >= least && k2 >= least) /* whichever is the smaller */
    return true;
  double two = may_be_below(&b, w, k2, below) ? ratio_of(&b, w, k2) : NO_RATIO;
  return (one < two ? one : two) < below && (one <= two ? k1 : k2) >= least;
}

/* ---- turns */

double rt__alternation(const double *p, size_t n, const double *q, size_t m, double *z)
{
  *z = 0;
  if (n == 0 || m == 0)
    return 0;
  double lo = p[0] > q[0] ? p[0] : q[0], hi = p[n - 1] < q[m - 1] ? p[n - 1] : q[m - 1];
  overlap(&p, &n, lo, hi);
  overlap(&q, &m, lo, hi);
  if (n < 4 || m < 4)
    return 0;
  size_t i = 0, j = 0, changes = 0, last = p[0] > q[0];
  while (i < n && j < m) { /* no branch: who is next can't be foretold */
    size_t now = p[i] > q[j];
    changes += now != last;
    last = now;
    i += 1 - now;
    j += now;
  }
  changes += last == (i < n); /* what is left is of one stream */
  double a = (double)n, b = (double)m, all = a + b, mean = 1 + 2 * a * b / all;
  double var = 2 * a * b * (2 * a * b - all) / (all * all * (all - 1));
  *z = var > 0 ? ((double)changes + 1 - mean) / sqrt(var) : 0;
  return (double)changes / (all - 1);
}

static double median_gap(const double *p, size_t n, double *scratch)
{
  for (size_t i = 0; i + 1 < n; i++)
    scratch[i] = p[i + 1] - p[i];
  return n > 1 ? rt__median(scratch, n - 1) : 0;
}

/* gaps above a and b are left out */
static double together(const double *p, size_t n, const double *q, size_t m, double a, double b,
                       size_t *n_gaps)
{
  double sx = 0, sy = 0, xx = 0, yy = 0, xy = 0, k = 0;
  for (size_t i = 0, j = 0; i + 1 < n; i++) {
    double middle = (p[i] + p[i + 1]) / 2;
    while (j + 1 < m && q[j + 1] <= middle)
      j++;
    if (j + 1 >= m || q[j] > middle)
      continue;
    double g = p[i + 1] - p[i], h = q[j + 1] - q[j];
    if (g > a || h > b || g <= 0 || h <= 0)
      continue;
    double x = log(g), y = log(h);
    sx += x;
    sy += y;
    xx += x * x;
    yy += y * y;
    xy += x * y;
    k++;
  }
  *n_gaps = (size_t)k;
  if (k < 3)
    return 0;
  double vx = xx - sx * sx / k, vy = yy - sy * sy / k;
  return vx > 1e-12 && vy > 1e-12 ? (xy - sx * sy / k) / sqrt(vx * vy) : 0;
}

double rt__gaps_together(const double *p, size_t n, const double *q, size_t m, double *scratch,
                         size_t *n_gaps)
{
  double a = NIGHT * median_gap(p, n, scratch), b = NIGHT * median_gap(q, m, scratch);
  return together(p, n, q, m, a, b, n_gaps);
}

static bool alternate(const double *p, size_t n, const double *q, size_t m)
{
  double z;
  return n >= TURNS_MIN && m >= TURNS_MIN && rt__alternation(p, n, q, m, &z) >= IN_TURN &&
         z >= TURNS_Z;
}

static bool enough(double r, size_t k)
{
  return k >= 8 && r >= TOGETHER && r * sqrt((double)k) >= TOGETHER_Z;
}

bool rt__in_turn(const double *p, size_t n, const double *q, size_t m, double *scratch)
{
  size_t k;
  if (!alternate(p, n, q, m))
    return false;
  double r = rt__gaps_together(p, n, q, m, scratch, &k);
  return enough(r, k);
}

bool rt__beats_in_turn(const rt__beat *p, const rt__beat *q)
{
  size_t k;
  if (!alternate(p->t, p->n, q->t, q->n))
    return false;
  double a = NIGHT * rt__quantile_sorted(p->gap, p->n - 1, 0.5),
         b = NIGHT * rt__quantile_sorted(q->gap, q->n - 1, 0.5);
  double r = together(p->t, p->n, q->t, q->n, a, b, &k);
  return enough(r, k);
}
