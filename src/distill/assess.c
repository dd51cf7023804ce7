#include "distill/assess.h"

#include "distill/batch.h"
#include "distill/head.h"

#include <math.h>

typedef struct point {
  float student_ce, teacher_ce, kl, overlap;
  bool agree;
} point;

typedef struct work {
  const rt_assess *a;
  rt__net *student, *teacher;
  rt__head *head;
  rt__tbatch batch;
  point *points; /* by position in the batch */
  uint32_t *windows;
  uint64_t starts; /* that `accepted` is averaged over */
} work;

/* ---- one position */

static size_t first_choice(const float *x, size_t n, float top)
{
  size_t i = 0;
  while (i + 1 < n && x[i] < top)
    i++;
  return i;
}

/* z and u become exp(. - top) */
static void compare(const rt__kernels *k, float *z, float *u, size_t n, uint32_t label, point *p)
{
  float top_z = k->max(z, n), top_u = k->max(u, n), diff[1024];
  double at_z = (double)z[label], at_u = (double)u[label], sum_z = 0, sum_u = 0, cross = 0,
         both = 0;
  p->agree = first_choice(z, n, top_z) == first_choice(u, n, top_u);
  for (size_t i = 0; i < n; i += 1024) {
    size_t m = n - i < 1024 ? n - i : 1024;
    memcpy(diff, u + i, m * sizeof *diff);
    k->axpy(diff, -1, z + i, m);
    sum_z += k->exp_sum(z + i, 1, top_z, z + i, m);
    sum_u += k->exp_sum(u + i, 1, top_u, u + i, m);
    cross += k->dot(diff, u + i, m);
  }
  k->scale(z, (float)(1 / sum_z), n);
  k->scale(u, (float)(1 / sum_u), n);
  for (size_t i = 0; i < n; i++)
    both += (double)(z[i] < u[i] ? z[i] : u[i]);
  double lse_z = log(sum_z) + (double)top_z, lse_u = log(sum_u) + (double)top_u;
  p->student_ce = (float)(lse_z - at_z);
  p->teacher_ce = (float)(lse_u - at_u);
  p->kl = (float)(cross / sum_u - lse_u + lse_z);
  p->overlap = (float)(both < 1 ? both : 1);
}

static void row(void *ctx, size_t at, float *z, float *t, unsigned worker)
{
  work *w = ctx;
  (void)worker;
  const rt__kernels *k = w->a->engine->k;
  size_t n = w->a->student->config.vocab;
  uint32_t label = w->batch.targets[at].label;
  point *p = &w->points[at];
  *p = (point){0};
  if (t) {
    compare(k, z, t, n, label, p);
    return;
  }
  double here = (double)z[label];
  float top = k->max(z, n);
  p->student_ce = (float)(log(k->exp_sum(z, 1, top, z, n)) + (double)top - here);
}

/* ---- sums over a batch */

static void add_points(const work *w, rt_assessment *s)
{
  for (size_t i = 0; i < w->batch.n_rows; i++) {
    const point *p = &w->points[w->batch.rows[i]];
    s->student_ce += (double)p->student_ce;
    s->teacher_ce += (double)p->teacher_ce;
    s->kl += (double)p->kl;
    s->overlap += (double)p->overlap;
    s->agree += p->agree;
  }
  s->positions += w->batch.n_rows;
}

/* a start is a position with `draft` neighbours that count, in one window */
static void add_drafts(work *w, rt_assessment *s)
{
  size_t draft = w->a->draft, rows = w->batch.n_rows, seq = w->batch.seq;
  for (size_t i = 0; i + draft <= rows; i++) {
    size_t first = w->batch.rows[i], last = w->batch.rows[i + draft - 1];
    if (last - first + 1 != draft || first / seq != last / seq)
      continue;
    double all = 1, greedy = 1;
    for (size_t j = first; j <= last; j++) {
      all *= (double)w->points[j].overlap;
      greedy *= w->points[j].agree;
      s->accepted += all;
      s->greedy += greedy;
    }
    w->starts++;
  }
}

static rt_code one_batch(work *w, size_t first, size_t n, rt_assessment *s, rt_error *err)
{
  const rt_assess *a = w->a;
  for (size_t i = 0; i < n; i++)
    w->windows[i] = (uint32_t)(first + i);
  rt_code code = rt__tbatch_fill(&w->batch, a->corpus, w->windows, n, NULL, err);
  if (code)
    return code;
  rt__head_run r = {.rows = w->batch.rows, .n_rows = w->batch.n_rows, .fn = row, .ctx = w};
  if (a->teacher) {
    r.teacher_hidden = rt__net_forward(w->teacher, a->teacher, w->batch.tokens, n, w->batch.seq);
    r.teacher_w = a->teacher->data + rt__net_head_offset(a->teacher);
  }
  r.hidden = rt__net_forward(w->student, a->student, w->batch.tokens, n, w->batch.seq);
  r.w = a->student->data + rt__net_head_offset(a->student);
  rt__head_go(a->engine, w->head, &r);
  add_points(w, s);
  if (a->teacher)
    add_drafts(w, s);
  return RT_OK;
}

/* ---- the whole */

static rt_code make(work *w, rt_error *err)
{
  const rt_assess *a = w->a;
  const rt_model_config *c = &a->student->config;
  rt__net_shape shape = {.batch = a->batch, .seq = a->corpus->seq};
  if (a->teacher && a->teacher->config.vocab != c->vocab)
    return rt__fail(err, RT_E_ARG, "teacher and student have %u and %u words",
                    a->teacher->config.vocab, c->vocab);
  if (a->draft == 0 || a->draft > RT_ASSESS_DRAFT_MAX)
    return rt__fail(err, RT_E_ARG, "a draft has 1 to %u words", RT_ASSESS_DRAFT_MAX);
  rt_code code = rt__net_new(a->engine, c, shape, &w->student, err);
  if (!code && a->teacher)
    code = rt__net_new(a->engine, &a->teacher->config, shape, &w->teacher, err);
  if (!code)
    code = rt__head_new(&a->engine->alloc, c->vocab, c->d_model,
                        a->teacher ? a->teacher->config.d_model : 0, &w->head, err);
  if (!code)
    code = rt__tbatch_new(&a->engine->alloc, a->batch, shape.seq, NULL, &w->batch, err);
  if (code)
    return code;
  w->points = rt__calloc(&a->engine->alloc, a->batch * shape.seq, sizeof *w->points);
  w->windows = rt__calloc(&a->engine->alloc, a->batch, sizeof *w->windows);
  return w->points && w->windows ? RT_OK : rt__fail(err, RT_E_NOMEM, "no memory");
}

static void drop(work *w)
{
  const rt_alloc *al = &w->a->engine->alloc;
  rt__free(al, w->points, w->a->batch * w->a->corpus->seq * sizeof *w->points);
  rt__free(al, w->windows, w->a->batch * sizeof *w->windows);
  if (w->batch.tokens)
    rt__tbatch_free(&w->batch);
  rt__head_free(w->head);
  rt__net_free(w->teacher);
  rt__net_free(w->student);
}

static void average(const work *w, rt_assessment *s)
{
  double n = s->positions ? (double)s->positions : 1, m = w->starts ? (double)w->starts : 1;
  s->student_ce /= n;
  s->teacher_ce /= n;
  s->kl /= n;
  s->overlap /= n;
  s->agree /= n;
  s->accepted /= m;
  s->greedy /= m;
}

rt_code rt_assess_run(const rt_assess *a, rt_assessment *out, rt_error *err)
{
  work w = {.a = a};
  *out = (rt_assessment){0};
  rt_code code = make(&w, err);
  size_t all = a->corpus->n_windows;
  for (size_t i = 0; !code && i < all; i += a->batch) {
    size_t left = all - i;
    code = one_batch(&w, i, left < a->batch ? left : a->batch, out, err);
    if (!code && a->progress && a->progress(a->ctx, i, all))
      code = rt__fail(err, RT_E_STOPPED, "stopped");
  }
  drop(&w);
  average(&w, out);
  return code;
}
