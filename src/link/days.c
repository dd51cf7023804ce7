#include "link/days.h"

#include "link/margins.h"
#include "sketch/stats.h"

#include <math.h>

#define BLOCKS     6    /* of a day: hours that an account keeps */
#define PRIOR      2    /* starts at the group's hours that every account is given beforehand */
#define EXPECT_MIN 0.02 /* cells with less are left out */

typedef struct table {
  size_t n, days;
  double *t;      /* the group's starts, ascending */
  size_t *before; /* of them, before each block of each day, and after all */
  float *count;   /* n * days, without an account's first and last start */
  float *seen;    /* likewise: the share of the group's day that it should have seen; 0: none */
  double *mean, *row, *col;
} table;

static size_t day_of(const table *t, double at)
{
  size_t d = (size_t)(at / 86400);
  return d < t->days ? d : t->days - 1;
}

static size_t block_of(double at)
{
  return (size_t)(fmod(at, 86400) * BLOCKS / 86400);
}

static void pool_starts(const rt__starts *s, const rt__group *g, table *t)
{
  size_t all = g->at[g->n];
  for (size_t k = 0; k < all; k++) {
    double at = s->t[g->row[k]];
    t->t[k] = at;
    t->before[day_of(t, at) * BLOCKS + block_of(at) + 1]++;
  }
  rt__sort_doubles(t->t, all);
  for (size_t c = 0; c < t->days * BLOCKS; c++)
    t->before[c + 1] += t->before[c];
}

/* of the pool's starts number from … to - 1, those in a block of a day */
static double overlap(const table *t, size_t cell, size_t from, size_t to)
{
  size_t lo = t->before[cell] > from ? t->before[cell] : from;
  size_t hi = t->before[cell + 1] < to ? t->before[cell + 1] : to;
  return hi > lo ? (double)(hi - lo) : 0;
}

/* how much of each day of the group an account should have seen, that was there for the starts
 * from … to - 1 and keeps the hours that `hours` counts */
static void expose(const table *t, size_t from, size_t to, const double *hours, float *seen)
{
  double met[BLOCKS] = {0}, own = 0, all = 0, keeps[BLOCKS];
  for (size_t c = 0; c < t->days * BLOCKS; c++)
    met[c % BLOCKS] += overlap(t, c, from, to);
  for (size_t k = 0; k < BLOCKS; k++) {
    own += hours[k];
    all += met[k];
  }
  for (size_t k = 0; k < BLOCKS; k++)
    keeps[k] = (hours[k] + PRIOR) / ((all > 0 ? met[k] * own / all : 0) + PRIOR);
  for (size_t d = 0; d < t->days; d++) {
    double sum = 0, day = (double)(t->before[(d + 1) * BLOCKS] - t->before[d * BLOCKS]);
    for (size_t k = 0; k < BLOCKS; k++)
      sum += keeps[k] * overlap(t, d * BLOCKS + k, from, to);
    seen[d] = (float)(day > 0 ? sum / day : 0);
  }
}

static void add_account(const rt__starts *s, const rt__group *g, uint32_t i, table *t)
{
  size_t all = g->at[g->n], first = g->at[i], last = g->at[i + 1] - 1;
  double lo = s->t[g->row[first]], hi = s->t[g->row[last]], hours[BLOCKS] = {0};
  float *count = t->count + t->n * t->days, *seen = t->seen + t->n * t->days;
  for (size_t k = first + 1; k < last; k++) {
    double at = s->t[g->row[k]];
    count[day_of(t, at)] += 1;
    hours[block_of(at)]++;
  }
  expose(t, rt__rank(t->t, all, lo, true), rt__rank(t->t, all, hi, false), hours, seen);
  t->mean[t->n++] = (double)(last - first + 1) / (double)(day_of(t, hi) - day_of(t, lo) + 1);
}

static void residuals(const table *t, rt__swing *out)
{
  double shrink = t->n > 1 ? (double)t->n / ((double)t->n - 1) : 1;
  for (size_t i = 0; i < t->n; i++) {
    double chi2 = 0, cells = 0;
    for (size_t d = 0; d < t->days; d++) {
      double c = (double)t->count[i * t->days + d];
      double e = (double)t->seen[i * t->days + d] * t->row[i] * t->col[d];
      if (e <= EXPECT_MIN)
        continue;
      cells++;
      chi2 += (c - e) * (c - e) / e;
    }
    out[i] = (rt__swing){chi2 * shrink, cells > 1 ? cells - 1 : 0, t->mean[i]};
  }
}

static rt_code make(const rt__starts *s, const rt__group *g, table *t)
{
  size_t rows = g->n ? g->n : 1, all = g->at[g->n] ? g->at[g->n] : 1;
  t->days = (size_t)ceil(s->t1 / 86400);
  t->days = t->days < 1 ? 1 : t->days > RT__DAYS_MAX ? RT__DAYS_MAX : t->days;
  t->t = rt__calloc(s->alloc, all, sizeof *t->t);
  t->before = rt__calloc(s->alloc, t->days * BLOCKS + 1, sizeof *t->before);
  t->count = rt__calloc(s->alloc, rows * t->days, sizeof *t->count);
  t->seen = rt__calloc(s->alloc, rows * t->days, sizeof *t->seen);
  t->mean = rt__calloc(s->alloc, rows, sizeof *t->mean);
  t->row = rt__calloc(s->alloc, rows, sizeof *t->row);
  t->col = rt__calloc(s->alloc, t->days, sizeof *t->col);
  bool ok = t->t && t->before && t->count && t->seen && t->mean && t->row && t->col;
  return ok ? RT_OK : RT_E_NOMEM;
}

static void unmake(const rt__starts *s, const rt__group *g, table *t)
{
  size_t rows = g->n ? g->n : 1, all = g->at[g->n] ? g->at[g->n] : 1;
  rt__free(s->alloc, t->t, all * sizeof *t->t);
  rt__free(s->alloc, t->before, (t->days * BLOCKS + 1) * sizeof *t->before);
  rt__free(s->alloc, t->count, rows * t->days * sizeof *t->count);
  rt__free(s->alloc, t->seen, rows * t->days * sizeof *t->seen);
  rt__free(s->alloc, t->mean, rows * sizeof *t->mean);
  rt__free(s->alloc, t->row, rows * sizeof *t->row);
  rt__free(s->alloc, t->col, t->days * sizeof *t->col);
}

rt_code rt__days(const rt__starts *s, const rt__group *g, rt__swing *out, size_t *n)
{
  table t = {0};
  *n = 0;
  rt_code c = make(s, g, &t);
  if (c == RT_OK) {
    pool_starts(s, g, &t);
    for (uint32_t i = 0; i < g->n; i++)
      if (rt__group_rows(g, i) >= 3)
        add_account(s, g, i, &t);
    rt__margins_fit(t.count, t.seen, t.n, t.days, t.row, t.col);
    residuals(&t, out);
    *n = t.n;
  }
  unmake(s, g, &t);
  return c;
}
