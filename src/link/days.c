#include "link/days.h"

#include <math.h>

#define FIT_ROUNDS 20
#define EXPECT_MIN 0.02 /* cells with less are left out */

typedef struct table {
  size_t n, days;
  float *count; /* n * days; negative: masked */
  double *row, *col;
} table;

static void fill(const rt__starts *s, const rt__group *g, table *t)
{
  for (uint32_t i = 0; i < g->n; i++) {
    if (rt__group_rows(g, i) < 3)
      continue;
    float *c = t->count + t->n++ * t->days;
    size_t lo = t->days, hi = 0;
    for (uint32_t k = g->at[i]; k < g->at[i + 1]; k++) {
      size_t d = (size_t)(s->t[g->row[k]] / 86400);
      d = d < t->days ? d : t->days - 1;
      c[d] += 1;
      lo = d < lo ? d : lo;
      hi = d > hi ? d : hi;
    }
    for (size_t d = 0; d < t->days; d++)
      if (d < lo || d > hi)
        c[d] = -1;
  }
}

/* row and column effects by iterative proportional fitting over the unmasked cells */
static void fit(table *t)
{
  for (size_t d = 0; d < t->days; d++)
    t->col[d] = 1;
  for (int round = 0; round < FIT_ROUNDS; round++) {
    for (size_t i = 0; i < t->n; i++) {
      double sum = 0, expect = 0;
      for (size_t d = 0; d < t->days; d++)
        if (t->count[i * t->days + d] >= 0) {
          sum += (double)t->count[i * t->days + d];
          expect += t->col[d];
        }
      t->row[i] = sum / (expect > 1e-9 ? expect : 1e-9);
    }
    for (size_t d = 0; d < t->days; d++) {
      double sum = 0, expect = 0;
      for (size_t i = 0; i < t->n; i++)
        if (t->count[i * t->days + d] >= 0) {
          sum += (double)t->count[i * t->days + d];
          expect += t->row[i];
        }
      t->col[d] = sum / (expect > 1e-9 ? expect : 1e-9);
    }
  }
}

static void residuals(const table *t, rt__swing *out)
{
  double shrink = t->n > 1 ? (double)t->n / ((double)t->n - 1) : 1;
  for (size_t i = 0; i < t->n; i++) {
    double chi2 = 0, cells = 0, all = 0;
    for (size_t d = 0; d < t->days; d++) {
      double c = (double)t->count[i * t->days + d];
      if (c < 0)
        continue;
      double e = t->row[i] * t->col[d];
      cells++;
      all += c;
      if (e > EXPECT_MIN)
        chi2 += (c - e) * (c - e) / e;
    }
    out[i] = (rt__swing){chi2 * shrink, cells > 1 ? cells - 1 : 0, cells > 0 ? all / cells : 0};
  }
}

rt_code rt__days(const rt__starts *s, const rt__group *g, rt__swing *out, size_t *n)
{
  table t = {.days = (size_t)ceil(s->t1 / 86400)};
  t.days = t.days < 1 ? 1 : t.days > RT__DAYS_MAX ? RT__DAYS_MAX : t.days;
  *n = 0;
  size_t rows = g->n ? g->n : 1;
  t.count = rt__calloc(s->alloc, rows * t.days, sizeof *t.count);
  t.row = rt__calloc(s->alloc, rows, sizeof *t.row);
  t.col = rt__calloc(s->alloc, t.days, sizeof *t.col);
  bool ok = t.count && t.row && t.col;
  if (ok) {
    fill(s, g, &t);
    fit(&t);
    residuals(&t, out);
    *n = t.n;
  }
  rt__free(s->alloc, t.count, rows * t.days * sizeof *t.count);
  rt__free(s->alloc, t.row, rows * sizeof *t.row);
  rt__free(s->alloc, t.col, t.days * sizeof *t.col);
  return ok ? RT_OK : RT_E_NOMEM;
}
