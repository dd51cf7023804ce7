#include "distill/optim.h"

#include <math.h>

#define BLOCK ((size_t)1 << 16)

rt_code rt_optim_check(const rt_optim_config *c, rt_error *err)
{
  if (!(c->rate > 0 && c->rate <= 10))
    return rt__fail(err, RT_E_ARG, "training: the learning rate must be above 0 and at most 10");
  if (!(c->rate_floor >= 0 && c->rate_floor <= 1))
    return rt__fail(err, RT_E_ARG, "training: the rate's floor is a share, 0 to 1");
  if (c->steps == 0 || c->warmup > c->steps)
    return rt__fail(err, RT_E_ARG, "training: at least one step, and no more warm-up than steps");
  if (!(c->beta1 >= 0 && c->beta1 < 1) || !(c->beta2 >= 0 && c->beta2 < 1))
    return rt__fail(err, RT_E_ARG, "training: beta1 and beta2 must be from 0 to below 1");
  if (!(c->eps > 0 && c->eps < 1) || !(c->decay >= 0 && c->decay <= 1) || !(c->clip >= 0))
    return rt__fail(err, RT_E_ARG, "training: eps, weight decay or clipping is out of range");
  return RT_OK;
}

double rt_optim_rate(const rt_optim_config *c, uint64_t step)
{
  if (step <= c->warmup)
    return c->rate * (double)step / (double)c->warmup;
  double done =
      (double)(step - c->warmup) / (double)(c->steps > c->warmup ? c->steps - c->warmup : 1);
  double floor = c->rate * c->rate_floor;
  return floor + (c->rate - floor) * 0.5 * (1 + cos(3.141592653589793 * (done < 1 ? done : 1)));
}

/* ---- norm: in rounds of SUMS blocks */

#define SUMS 256u

typedef struct squares {
  const rt__kernels *k;
  const float *x;
  size_t n;
  double sum[SUMS];
} squares;

static void square_turn(void *arg, size_t turn, unsigned worker)
{
  squares *s = arg;
  (void)worker;
  size_t at = turn * BLOCK, n = s->n - at < BLOCK ? s->n - at : BLOCK;
  s->sum[turn] = s->k->dot(s->x + at, s->x + at, n);
}

double rt__norm(rt__engine *e, const float *x, size_t n)
{
  double all = 0;
  for (size_t i = 0; i < n; i += SUMS * BLOCK) {
    squares s = {.k = e->k, .x = x + i, .n = n - i < SUMS * BLOCK ? n - i : SUMS * BLOCK};
    size_t turns = (s.n + BLOCK - 1) / BLOCK;
    rt__pool_run(e->pool, turns, square_turn, &s);
    for (size_t j = 0; j < turns; j++)
      all += s.sum[j];
  }
  return sqrt(all);
}

/* ---- AdamW */

typedef struct update {
  const rt__kernels *k;
  float *w, *m1, *m2;
  const float *g;
  size_t n;
  bool decay;
  rt__adam h;
} update;

static void update_turn(void *arg, size_t turn, unsigned worker)
{
  const update *u = arg;
  (void)worker;
  size_t at = turn * BLOCK, n = u->n - at < BLOCK ? u->n - at : BLOCK;
  u->k->adam(u->w + at, u->m1 + at, u->m2 + at, u->g + at, &u->h, u->decay, n);
}

void rt__adamw(rt__engine *e, rt_model *m, float *m1, float *m2, const float *grads,
               const rt_optim_config *c, uint64_t step, double norm)
{
  update u = {.k = e->k};
  u.h = (rt__adam){.rate = (float)rt_optim_rate(c, step),
                   .beta1 = (float)c->beta1,
                   .beta2 = (float)c->beta2,
                   .eps = (float)c->eps,
                   .decay = (float)c->decay,
                   .fix1 = (float)(1 / (1 - pow(c->beta1, (double)step))),
                   .fix2 = (float)(1 / (1 - pow(c->beta2, (double)step))),
                   .scale = (float)(c->clip > 0 && norm > c->clip ? c->clip / norm : 1)};
  for (size_t i = 0; i < m->n_tensors; i++) {
    const rt_tensor *t = &m->tensors[i];
    u.w = m->data + t->offset;
    u.m1 = m1 + t->offset;
    u.m2 = m2 + t->offset;
    u.g = grads + t->offset;
    u.n = (size_t)t->rows * t->cols;
    u.decay = t->matrix;
    rt__pool_run(e->pool, (u.n + BLOCK - 1) / BLOCK, update_turn, &u);
  }
}
