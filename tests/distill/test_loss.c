/* every loss against its formula in double precision: value, and slope by finite differences */
#include "distill/loss.h"

#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>

enum { V = 53 };

static void softmax(const double *z, double t, double *p)
{
  double top = -1e300, sum = 0;
  for (int i = 0; i < V; i++)
    top = z[i] / t > top ? z[i] / t : top;
  for (int i = 0; i < V; i++)
    sum += p[i] = exp(z[i] / t - top);
  for (int i = 0; i < V; i++)
    p[i] /= sum;
}

static double kl(const double *p, const double *q)
{
  double s = 0;
  for (int i = 0; i < V; i++)
    s += p[i] > 0 ? p[i] * log(p[i] / q[i]) : 0;
  return s;
}

static double divergence(const rt_loss_config *c, const double *p, const double *q)
{
  double m[V];
  for (int i = 0; i < V; i++)
    m[i] = c->beta * p[i] + (1 - c->beta) * q[i];
  switch (c->kind) {
  case RT_LOSS_KL:
    return kl(p, q);
  case RT_LOSS_REVERSE:
    return kl(q, p);
  case RT_LOSS_SKEW:
    return kl(p, m);
  case RT_LOSS_JSD:
    return c->beta * kl(p, m) + (1 - c->beta) * kl(q, m);
  default:
    return 0;
  }
}

/* p at the loss's temperature */
static double formula(const rt_loss_config *c, const double *z, const double *p, uint32_t label)
{
  double q[V], one[V];
  softmax(z, c->temperature, q);
  softmax(z, 1, one);
  double ce = label == RT_LOSS_NO_LABEL ? 0 : -log(one[label]);
  if (c->kind == RT_LOSS_CE)
    return ce;
  return (1 - c->mix) * ce + c->mix * c->temperature * c->temperature * divergence(c, p, q);
}

static void draw(double *z, float *f, uint64_t seed)
{
  rt__rng r = {seed, 0};
  for (int i = 0; i < V; i++) {
    f[i] = (float)(rt__rng_unit(&r) * 8 - 4);
    z[i] = (double)f[i];
  }
}

static void compare(const rt__kernels *k, const rt_loss_config *c, uint32_t label, bool sparse)
{
  double z[V], u[V], p[V];
  float zf[V], uf[V], scratch[V], weights[V + 5];
  uint32_t ids[V + 5];
  draw(z, zf, 1);
  draw(u, uf, 2);
  softmax(u, c->temperature, p);
  /* all words, some of them in two parts */
  for (uint32_t i = 0; i < V + 5; i++) {
    ids[i] = i % V;
    weights[i] = (float)(p[i % V] * (i % V < 5 ? 0.5 : 1));
  }
  rt_loss_target t = {.label = label, .logits = uf};
  if (sparse) {
    t = (rt_loss_target){.label = label, .ids = ids, .weights = weights, .n_ids = V + 5};
    for (int i = 0; i < V; i++)
      t.entropy -= p[i] * log(p[i]);
  }
  rt_loss_value v = rt__loss_row(k, c, zf, V, &t, 0.25, scratch);
  assert_true(fabs(v.total - formula(c, z, p, label)) < 1e-5);
  double wrong = 0, size = 0;
  for (int i = 0; i < V; i++) {
    double keep = z[i], step = 1e-5;
    z[i] = keep + step;
    double up = formula(c, z, p, label);
    z[i] = keep - step;
    double slope = 0.25 * (up - formula(c, z, p, label)) / (2 * step);
    z[i] = keep;
    wrong += pow(slope - (double)zf[i], 2);
    size += slope * slope;
  }
  assert_true(sqrt(wrong) <= 1e-4 * sqrt(size) + 1e-9);
}

static void every_loss(void **state)
{
  (void)state;
  static const double mixes[] = {1, 0.3}, temperatures[] = {1, 2.5, 0.7};
  for (size_t q = 0; q < rt__kernels_count(); q++)
    for (int kind = RT_LOSS_CE; rt__kernels_at(q)->usable() && kind < RT_LOSS_COUNT; kind++)
      for (size_t m = 0; m < 2; m++)
        for (size_t t = 0; t < 3; t++) {
          rt_loss_config c = {(rt_loss_kind)kind, mixes[m], temperatures[t], 0.3};
          compare(rt__kernels_at(q), &c, 7, false);
          if (kind != RT_LOSS_CE)
            compare(rt__kernels_at(q), &c, RT_LOSS_NO_LABEL, false);
          if (kind == RT_LOSS_KL) {
            compare(rt__kernels_at(q), &c, 7, true);
            compare(rt__kernels_at(q), &c, RT_LOSS_NO_LABEL, true);
          }
        }
}

/* logits of 80 overflow exp in fp32 unless the largest is taken off first */
static void large_logits(void **state)
{
  (void)state;
  float z[V] = {0}, u[V] = {0}, scratch[V];
  z[3] = 3000;
  u[3] = -3000;
  rt_loss_config c = {RT_LOSS_KL, 0.5, 1, 0};
  rt_loss_target t = {.label = 4, .logits = u};
  rt_loss_value v = rt__loss_row(rt__kernels_best(), &c, z, V, &t, 1, scratch);
  assert_true(isfinite(v.total) && v.total > 1000);
  for (int i = 0; i < V; i++)
    assert_true(isfinite((double)z[i]));
}

/* a tail that nobody knows: the gradient still sums to nothing */
static void unknown_tail(void **state)
{
  (void)state;
  float z[V] = {1, 2, 3}, scratch[V];
  uint32_t ids[2] = {1, 4};
  float weights[2] = {0.5f, 0.2f};
  rt_loss_config c = {RT_LOSS_KL, 1, 1, 0};
  rt_loss_target t = {.label = RT_LOSS_NO_LABEL, .ids = ids, .weights = weights, .n_ids = 2};
  (void)rt__loss_row(rt__kernels_best(), &c, z, V, &t, 1, scratch);
  double sum = 0;
  for (int i = 0; i < V; i++)
    sum += (double)z[i];
  assert_true(fabs(sum) < 1e-6);
}

static void refusals(void **state)
{
  (void)state;
  rt_error err;
  rt_loss_config c = {RT_LOSS_REVERSE, 1, 1, 0.5};
  assert_int_equal(rt_loss_check(&c, RT_LOSS_LIVE, &err), RT_OK);
  assert_int_equal(rt_loss_check(&c, RT_LOSS_CACHE, &err), RT_E_ARG);
  assert_non_null(strstr(err.message, "unbiased for cross entropy and kl only"));
  c.kind = RT_LOSS_JSD;
  assert_int_equal(rt_loss_check(&c, RT_LOSS_CACHE, &err), RT_E_ARG);
  c.beta = 1;
  assert_int_equal(rt_loss_check(&c, RT_LOSS_LIVE, &err), RT_E_ARG);
  c.kind = RT_LOSS_KL;
  assert_int_equal(rt_loss_check(&c, RT_LOSS_CACHE, &err), RT_OK);
  assert_int_equal(rt_loss_check(&c, RT_LOSS_TEXT, &err), RT_E_ARG);
  c.temperature = 0;
  assert_int_equal(rt_loss_check(&c, RT_LOSS_LIVE, &err), RT_E_ARG);
  c.temperature = 1;
  c.mix = NAN;
  assert_int_equal(rt_loss_check(&c, RT_LOSS_LIVE, &err), RT_E_ARG);
  assert_int_equal(rt_loss_find(rt__cstr("nothing")), RT_LOSS_COUNT);
  for (int i = 0; i < RT_LOSS_COUNT; i++)
    assert_int_equal(rt_loss_find(rt__cstr(rt_loss_name((rt_loss_kind)i))), i);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_loss),
      cmocka_unit_test(large_logits),
      cmocka_unit_test(unknown_tail),
      cmocka_unit_test(refusals),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
