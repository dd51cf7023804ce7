/* few - accounts with a few starts each, too many of one pace (clock.h); and whose answers are as
 * long as the group's. */
#include "link/alike.h"
#include "link/clock.h"
#include "link/stream.h"
#include "sketch/stats.h"

#include <math.h>

#define EVEN_CV      0.20 /* gaps are even: of three to seven starts of one person it is rare */
#define PACE         0.15 /* two log gaps this close are one pace */
#define BUNDLE_LEAST 20   /* accounts of few starts in a bundle, to look at it */
#define CORE_LEAST   8    /* accounts with even gaps and one pace … */
#define TIMES        4    /* … and so many times what chance puts there: … */
#define CHANCE       0.15 /* … this share of the others with even gaps */
/* a day is everybody's pace */
#define DAILY(log_gap) (fabs((log_gap)-log(86400.0)) < 0.05)

typedef struct few {
  double log_gap;
  bool even;
  uint32_t stream;
} few;

static few look(const rt__starts *s, const rt__stream *st, uint32_t index)
{
  double mean = (s->t[st->row[st->n - 1]] - s->t[st->row[0]]) / (st->n - 1), var = 0;
  for (uint32_t k = 1; k < st->n; k++) {
    double d = s->t[st->row[k]] - s->t[st->row[k - 1]] - mean;
    var += d * d;
  }
  double cv = mean > 0 ? sqrt(var / (st->n - 1)) / mean : 9, log_gap = log(mean > 1 ? mean : 1);
  return (few){log_gap, cv < EVEN_CV && !DAILY(log_gap), index};
}

/* how many of the ascending gaps are within PACE of one. O(log n) */
static size_t near_of(const double *v, size_t n, double gap)
{
  size_t lo = 0, hi = n, end = n;
  while (lo < hi) {
    size_t mid = lo + (hi - lo) / 2;
    if (gap - v[mid] >= PACE)
      lo = mid + 1;
    else
      hi = mid;
  }
  for (size_t from = lo; from < end;) {
    size_t mid = from + (end - from) / 2;
    if (v[mid] - gap < PACE)
      from = mid + 1;
    else
      end = mid;
  }
  return end - lo;
}

/* the log gap around which most even accounts stand, of equals the first; false if none is even. v:
 * room for n. O(n log n) */
static bool mode(const few *f, size_t n, double *v, double *at)
{
  size_t even = 0, best = 0;
  for (size_t i = 0; i < n; i++)
    if (f[i].even)
      v[even++] = f[i].log_gap;
  rt__sort_doubles(v, even);
  for (size_t i = 0; i < n; i++) {
    size_t k = f[i].even ? near_of(v, even, f[i].log_gap) : 0;
    if (k > best) {
      best = k;
      *at = f[i].log_gap;
    }
  }
  return best > 0;
}

static bool at_pace(const few *f, double at)
{
  return f->even && fabs(f->log_gap - at) < PACE;
}

/* far more even accounts near the mode than even accounts elsewhere would put there */
static bool stands_out(const few *f, size_t n, double at)
{
  size_t core = 0, even = 0;
  for (size_t i = 0; i < n; i++) {
    core += at_pace(&f[i], at);
    even += f[i].even && !at_pace(&f[i], at);
  }
  double expect = CHANCE * (double)even;
  return core >= CORE_LEAST && (double)core >= TIMES * (expect > 1 ? expect : 1);
}

/* the rows of those near the mode; the group is empty where too few of them write as much */
static rt_code take_group(const rt__starts *s, const rt__stream *st, const few *f, size_t n,
                          double at, rt__group *g)
{
  size_t all = 0, k = 0;
  for (size_t i = 0; i < n; i++)
    all += at_pace(&f[i], at) ? st[f[i].stream].n : 0;
  uint32_t *rows = rt__calloc(s->alloc, all, sizeof *rows);
  if (!rows)
    return RT_E_NOMEM;
  for (size_t i = 0; i < n; i++)
    for (uint32_t r = 0; at_pace(&f[i], at) && r < st[f[i].stream].n; r++)
      rows[k++] = st[f[i].stream].row[r];
  rt_code c = rt__group_from_rows(s->alloc, s, rows, k, 1, RT__FROM_FEW, g);
  rt__free(s->alloc, rows, all * sizeof *rows);
  return c == RT_OK ? rt__same_size(s, g) : c;
}

/* st: the bundle's streams; f: those of few starts, by their place in `all` */
static rt_code one_bundle(const rt__starts *s, const rt__stream *all, const rt__stream *st,
                          uint32_t n_st, const few *f, size_t n, double *scratch, rt__groups *out)
{
  double at = 0;
  rt__group g = {0};
  if (n < BUNDLE_LEAST || !mode(f, n, scratch, &at) || !stands_out(f, n, at))
    return RT_OK;
  rt_code c = take_group(s, all, f, n, at, &g);
  bool enough = c == RT_OK && g.n >= CORE_LEAST;
  if (enough && !s->text) /* with text, what they say decides who else */
    c = rt__alike_join(s, st, n_st, &g);
  if (enough && c == RT_OK)
    return rt__groups_take(out, &g);
  rt__group_free(s->alloc, &g);
  return c;
}

rt_code rt__few_groups(const rt__starts *s, rt__groups *out, rt_error *err)
{
  rt__streams l;
  rt_code c = rt__streams_build(s, RT__STREAMS_LONE, 3, &l);
  few *f = c == RT_OK ? rt__calloc(s->alloc, l.n, sizeof *f) : NULL;
  double *scratch = c == RT_OK ? rt__calloc(s->alloc, l.n, sizeof *scratch) : NULL;
  if (c == RT_OK && !(f && scratch))
    c = RT_E_NOMEM;
  for (uint32_t i = 0, j; c == RT_OK && i < l.n; i = j) {
    size_t n = 0;
    for (j = i; j < l.n && l.st[j].key == l.st[i].key; j++)
      if (l.st[j].n <= 7)
        f[n++] = look(s, &l.st[j], j);
    c = one_bundle(s, l.st, l.st + i, j - i, f, n, scratch, out);
  }
  rt__free(s->alloc, f, l.n * sizeof *f);
  rt__free(s->alloc, scratch, l.n * sizeof *scratch);
  rt__streams_free(&l);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for accounts with few starts");
}

/* ---- sizes */

static void mean_and_spread(const rt__starts *s, const rt__group *g, uint32_t i, double *mean,
                            double *sd)
{
  double n = rt__group_rows(g, i), sum = 0, sq = 0;
  for (uint32_t k = g->at[i]; k < g->at[i + 1]; k++)
    sum += s->log_out[g->row[k]];
  *mean = sum / n;
  for (uint32_t k = g->at[i]; k < g->at[i + 1]; k++)
    sq += (s->log_out[g->row[k]] - *mean) * (s->log_out[g->row[k]] - *mean);
  *sd = sqrt(sq / n);
}

rt_code rt__same_size(const rt__starts *s, rt__group *g)
{
  double *v = rt__calloc(s->alloc, g->n, 3 * sizeof *v);
  bool *keep = rt__calloc(s->alloc, g->n, sizeof *keep);
  if (v && keep) {
    double *mean = v, *sd = v + g->n, *copy = v + 2 * (size_t)g->n;
    for (uint32_t i = 0; i < g->n; i++)
      mean_and_spread(s, g, i, &mean[i], &sd[i]);
    memcpy(copy, mean, g->n * sizeof *copy);
    double center = rt__median(copy, g->n), spread = rt__median(sd, g->n);
    for (uint32_t i = 0; i < g->n; i++)
      keep[i] =
          fabs(mean[i] - center) < 3.5 * sqrt(0.0025 + spread * spread / rt__group_rows(g, i));
    uint32_t n = g->n;
    rt__group_filter(g, keep);
    rt__free(s->alloc, v, n * 3 * sizeof *v);
    rt__free(s->alloc, keep, n * sizeof *keep);
    return RT_OK;
  }
  rt__free(s->alloc, v, g->n * 3 * sizeof *v);
  rt__free(s->alloc, keep, g->n * sizeof *keep);
  return RT_E_NOMEM;
}
