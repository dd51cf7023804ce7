/* loss - a row of logits at a time: probabilities once, then the divergence's slope in them. */
#include "distill/loss.h"

#include <math.h>

static const struct {
  const char *name, *what;
  bool live_only, beta;
} kinds[] = {
    [RT_LOSS_CE] = {"ce", "cross entropy with the text", false, false},
    [RT_LOSS_KL] = {"kl", "forward Kullback-Leibler divergence, teacher to student", false, false},
    [RT_LOSS_REVERSE] = {"reverse", "reverse divergence, student to teacher", true, false},
    [RT_LOSS_SKEW] = {"skew", "divergence from the teacher to a mixture of both", true, true},
    [RT_LOSS_JSD] = {"jsd", "generalised Jensen-Shannon divergence", true, true},
};

const char *rt_loss_name(rt_loss_kind kind)
{
  return kind < RT_LOSS_COUNT ? kinds[kind].name : "unknown";
}

const char *rt_loss_what(rt_loss_kind kind)
{
  return kind < RT_LOSS_COUNT ? kinds[kind].what : "unknown";
}

rt_loss_kind rt_loss_find(rt_slice name)
{
  rt_loss_kind k = RT_LOSS_CE;
  while (k < RT_LOSS_COUNT && !rt__slice_eq(name, rt__cstr(kinds[k].name)))
    k++;
  return k;
}

rt_code rt_loss_check(const rt_loss_config *c, rt_loss_source source, rt_error *err)
{
  if (c->kind >= RT_LOSS_COUNT)
    return rt__fail(err, RT_E_ARG, "loss: there is no such kind");
  if (!(c->mix >= 0 && c->mix <= 1))
    return rt__fail(err, RT_E_ARG, "loss: mix must be from 0 to 1");
  if (!(c->temperature >= 0.01 && c->temperature <= 100))
    return rt__fail(err, RT_E_ARG, "loss: the temperature must be from 0.01 to 100");
  if (kinds[c->kind].beta && !(c->beta > 0 && c->beta < 1))
    return rt__fail(err, RT_E_ARG, "loss: %s needs a beta between 0 and 1", kinds[c->kind].name);
  if (c->kind != RT_LOSS_CE && source == RT_LOSS_TEXT)
    return rt__fail(err, RT_E_ARG, "loss: %s needs a teacher, text alone has none",
                    kinds[c->kind].name);
  if (kinds[c->kind].live_only && source != RT_LOSS_LIVE)
    return rt__fail(err, RT_E_ARG,
                    "loss: %s needs a live teacher: a sampled cache is unbiased for cross entropy "
                    "and kl only",
                    kinds[c->kind].name);
  return RT_OK;
}

/* ---- cross entropy: z becomes a * (softmax(z) - one-hot) */

static double soften(const rt__kernels *k, float *x, size_t n, double temperature, double c)
{
  float scale = (float)(1.0 / temperature), top = scale * k->max(x, n);
  double sum = k->exp_sum(x, scale, top, x, n);
  k->scale(x, (float)(c / sum), n);
  return log(sum) + (double)top; /* log of the sum of exp(x/T) */
}

static double cross_entropy(const rt__kernels *k, float *z, size_t n, uint32_t label, double a)
{
  double at = (double)z[label], lse = soften(k, z, n, 1, a);
  z[label] = (float)((double)z[label] - a);
  return lse - at;
}

/* ---- forms that are linear in the teacher: x becomes cq * q - cp * p */

typedef struct linear {
  double cq, cp, temperature;
  double lse; /* out: of x/T */
} linear;

static double kl_sparse(const rt__kernels *k, float *x, size_t n, const rt_loss_target *t,
                        linear *l)
{
  double mean = 0, mass = 0;
  for (size_t i = 0; i < t->n_ids; i++) {
    mean += (double)t->weights[i] * (double)x[t->ids[i]];
    mass += (double)t->weights[i];
  }
  l->lse = soften(k, x, n, l->temperature, l->cq + l->cp * (mass - 1));
  for (size_t i = 0; i < t->n_ids; i++)
    x[t->ids[i]] = (float)((double)x[t->ids[i]] - l->cp * (double)t->weights[i]);
  return mass * l->lse - mean / l->temperature - t->entropy;
}

#define STRIP 1024u

/* sum p (log p - log q) = sum p (u - x)/T - lse(u/T) + lse(x/T), p's exponentials taken once */
static double kl_dense(const rt__kernels *k, float *x, size_t n, float *u, linear *l)
{
  float scale = (float)(1 / l->temperature), top = scale * k->max(u, n), diff[STRIP];
  double sum = 0, cross = 0;
  for (size_t i = 0; i < n; i += STRIP) {
    size_t m = n - i < STRIP ? n - i : STRIP;
    memcpy(diff, u + i, m * sizeof *diff);
    k->axpy(diff, -1.0f, x + i, m);
    sum += k->exp_sum(u + i, scale, top, u + i, m);
    cross += k->dot(diff, u + i, m);
  }
  l->lse = soften(k, x, n, l->temperature, l->cq);
  k->axpy(x, (float)(-l->cp / sum), u, n);
  return cross / sum / l->temperature - log(sum) - (double)top + l->lse;
}

/* ---- the others: slope g of D in q, then dz = q (g - sum q g) */

typedef struct point {
  double value, slope; /* D's share of one word, and its slope in q */
} point;

static point reverse_at(double p, double q, double log_p, double log_q, double beta)
{
  (void)beta;
  (void)p;
  return (point){q * (log_q - log_p), log_q - log_p};
}

static point skew_at(double p, double q, double log_p, double log_q, double beta)
{
  (void)log_q;
  double m = beta * p + (1 - beta) * q;
  if (m <= 0)
    return (point){0, 0};
  return (point){p > 0 ? p * (log_p - log(m)) : 0, -(1 - beta) * p / m};
}

static point jsd_at(double p, double q, double log_p, double log_q, double beta)
{
  double m = beta * p + (1 - beta) * q;
  if (m <= 0)
    return (point){0, 0};
  double log_m = log(m);
  double value = beta * p * (log_p - log_m) + (1 - beta) * q * (log_q - log_m);
  /* terms constant in q's index drop out of dz, so the two that are are left out */
  double slope = -beta * (1 - beta) * p / m + (1 - beta) * (log_q - log_m - (1 - beta) * q / m);
  return (point){value, slope};
}

static double curved(const rt__kernels *k, const rt_loss_config *c, float *z, float *u, size_t n)
{
  static point (*const at[])(double, double, double, double, double) = {
      [RT_LOSS_REVERSE] = reverse_at, [RT_LOSS_SKEW] = skew_at, [RT_LOSS_JSD] = jsd_at};
  double inv = 1 / c->temperature, value = 0, mean = 0;
  float scale = (float)inv;
  double top_z = (double)(scale * k->max(z, n)), top_u = (double)(scale * k->max(u, n));
  double sum_z = 0, sum_u = 0;
  for (size_t i = 0; i < n; i++) {
    sum_z += exp(inv * (double)z[i] - top_z);
    sum_u += exp(inv * (double)u[i] - top_u);
  }
  double lse_z = top_z + log(sum_z), lse_u = top_u + log(sum_u);
  for (size_t i = 0; i < n; i++) {
    double log_q = inv * (double)z[i] - lse_z, log_p = inv * (double)u[i] - lse_u;
    double q = exp(log_q);
    point x = at[c->kind](exp(log_p), q, log_p, log_q, c->beta);
    value += x.value;
    mean += q * x.slope;
    z[i] = (float)q;
    u[i] = (float)x.slope;
  }
  for (size_t i = 0; i < n; i++)
    z[i] = (float)((double)z[i] * ((double)u[i] - mean));
  return value;
}

/* ---- a position */

static bool is_linear(rt_loss_kind kind)
{
  return kind == RT_LOSS_KL;
}

static double teacher_part(const rt__kernels *k, const rt_loss_config *c, float *x, size_t n,
                           const rt_loss_target *t, linear *l)
{
  if (!is_linear(c->kind)) {
    double value = curved(k, c, x, t->logits, n);
    k->scale(x, (float)l->cp, n);
    return value;
  }
  return t->logits ? kl_dense(k, x, n, t->logits, l) : kl_sparse(k, x, n, t, l);
}

static rt_loss_value text_only(const rt__kernels *k, float *z, size_t n, uint32_t label,
                               double weight)
{
  rt_loss_value v = {0, 0, 0};
  if (label == RT_LOSS_NO_LABEL)
    memset(z, 0, n * sizeof *z);
  else
    v.total = v.ce = cross_entropy(k, z, n, label, weight);
  return v;
}

/* At temperature 1 the text's and the teacher's part share one softmax; else the teacher's part
 * works on a copy. */
rt_loss_value rt__loss_row(const rt__kernels *k, const rt_loss_config *c, float *z, size_t vocab,
                           const rt_loss_target *t, double weight, float *scratch)
{
  if (c->kind == RT_LOSS_CE || (!t->logits && t->n_ids == 0))
    return text_only(k, z, vocab, t->label, weight);
  rt_loss_value v = {0, 0, 0};
  bool label = t->label != RT_LOSS_NO_LABEL;
  double text = label ? weight * (1 - c->mix) : 0, square = c->temperature * c->temperature;
  bool shared = is_linear(c->kind) && c->temperature == 1;
  linear l = {.cp = weight * c->mix * c->temperature, .temperature = c->temperature};
  l.cq = l.cp + (shared ? text : 0);
  float *x = shared || !label ? z : scratch;
  float at = label ? z[t->label] : 0;
  if (x == scratch)
    memcpy(scratch, z, vocab * sizeof *z);
  v.teacher = teacher_part(k, c, x, vocab, t, &l);
  if (label && shared) {
    z[t->label] = (float)((double)z[t->label] - text);
    v.ce = l.lse - (double)at;
  } else if (label) {
    v.ce = cross_entropy(k, z, vocab, t->label, text);
    k->add(z, scratch, vocab);
  }
  v.total = (1 - c->mix) * v.ce + c->mix * square * v.teacher;
  return v;
}
