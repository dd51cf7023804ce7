#include "link/hours.h"

#include "link/margins.h"

#include <math.h>

#define WIDTH       (6 * 3600.0)
#define COLUMNS_MAX 1600 /* later starts are in the last one */
#define LEAST_PART  0.05
#define EXPECT_MIN  0.02 /* cells with less are left out */

typedef struct table {
  size_t n, columns;
  float *count; /* n * columns; negative: masked */
  float *part;  /* likewise: which part of the column the account lives; 0: none */
  double *row, *col;
} table;

/* an account lives from half a gap before its first start to half a gap after its last */
static void parts(const rt__starts *s, const rt__group *g, uint32_t i, const table *t,
                  const float *count, float *part)
{
  double first = s->t[g->row[g->at[i]]], last = s->t[g->row[g->at[i + 1] - 1]];
  double half = (last - first) / (rt__group_rows(g, i) - 1) / 2;
  first = (first - half) / WIDTH;
  last = (last + half) / WIDTH;
  for (size_t d = 0; d < t->columns; d++) {
    double lo = first > (double)d ? first : (double)d,
           hi = last < (double)d + 1 ? last : (double)d + 1;
    part[d] = count[d] < 0 ? 0 : (float)(hi - lo > LEAST_PART ? hi - lo : LEAST_PART);
  }
}

static void fill(const rt__starts *s, const rt__group *g, table *t)
{
  for (uint32_t i = 0; i < g->n; i++) {
    if (rt__group_rows(g, i) < 3)
      continue;
    float *c = t->count + t->n++ * t->columns;
    size_t lo = t->columns, hi = 0;
    for (uint32_t k = g->at[i]; k < g->at[i + 1]; k++) {
      size_t d = (size_t)(s->t[g->row[k]] / WIDTH);
      d = d < t->columns ? d : t->columns - 1;
      c[d] += 1;
      lo = d < lo ? d : lo;
      hi = d > hi ? d : hi;
    }
    for (size_t d = 0; d < t->columns; d++)
      if (d < lo || d > hi)
        c[d] = -1;
    parts(s, g, i, t, c, t->part + (size_t)(c - t->count));
  }
}

static void residuals(const table *t, rt__swing *out)
{
  double shrink = t->n > 1 ? (double)t->n / ((double)t->n - 1) : 1;
  for (size_t i = 0; i < t->n; i++) {
    double chi2 = 0, cells = 0, used = 0, all = 0;
    for (size_t d = 0; d < t->columns; d++) {
      double c = (double)t->count[i * t->columns + d];
      if (c < 0)
        continue;
      double e = t->row[i] * t->col[d] * (double)t->part[i * t->columns + d];
      cells++;
      all += c;
      if (!(e > EXPECT_MIN))
        continue;
      used++; /* a night in which nobody works is no evenness */
      chi2 += (c - e) * (c - e) / e;
    }
    out[i] = (rt__swing){chi2 * shrink, used > 1 ? used - 1 : 0, cells > 0 ? all / cells : 0};
  }
}

rt_code rt__hours(const rt__starts *s, const rt__group *g, rt__swing *out, size_t *n)
{
  table t = {.columns = (size_t)ceil(s->t1 / WIDTH)};
  t.columns = t.columns < 1 ? 1 : t.columns > COLUMNS_MAX ? COLUMNS_MAX : t.columns;
  *n = 0;
  size_t rows = g->n ? g->n : 1;
  t.count = rt__calloc(s->alloc, rows * t.columns, sizeof *t.count);
  t.part = rt__calloc(s->alloc, rows * t.columns, sizeof *t.part);
  t.row = rt__calloc(s->alloc, rows, sizeof *t.row);
  t.col = rt__calloc(s->alloc, t.columns, sizeof *t.col);
  bool ok = t.count && t.part && t.row && t.col;
  if (ok) {
    fill(s, g, &t);
    rt__margins_fit(t.count, t.part, t.n, t.columns, t.row, t.col);
    residuals(&t, out);
    *n = t.n;
  }
  rt__free(s->alloc, t.count, rows * t.columns * sizeof *t.count);
  rt__free(s->alloc, t.part, rows * t.columns * sizeof *t.part);
  rt__free(s->alloc, t.row, rows * sizeof *t.row);
  rt__free(s->alloc, t.col, t.columns * sizeof *t.col);
  return ok ? RT_OK : RT_E_NOMEM;
}
