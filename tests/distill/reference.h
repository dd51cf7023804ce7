/* reference - the whole model in double precision and plain loops: what the fast code must equal.
 * Read it to understand the model; nothing here is clever. Gradients come from finite differences
 * of it, which in double precision are good to some eight digits. */
#ifndef TEST_DISTILL_REFERENCE_H
#define TEST_DISTILL_REFERENCE_H

#include "distill/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct reference {
  const rt_model *m; /* for shapes */
  double *w;         /* weights, laid out like m->data */
  size_t batch, seq;
  const uint32_t *tokens;
} reference;

static const double *ref_at(const reference *r, int layer, const char *what)
{
  char name[RT_TENSOR_NAME_MAX];
  if (layer < 0)
    (void)snprintf(name, sizeof name, "%s", what);
  else
    (void)snprintf(name, sizeof name, "layers.%d.%s", layer, what);
  const rt_tensor *t = rt_model_find(r->m, rt__cstr(name));
  return t ? r->w + t->offset : NULL;
}

static void ref_norm(double *y, const double *x, const double *w, size_t d, double eps)
{
  double s = 0;
  for (size_t i = 0; i < d; i++)
    s += x[i] * x[i];
  double r = 1 / sqrt(s / (double)d + eps);
  for (size_t i = 0; i < d; i++)
    y[i] = x[i] * r * w[i];
}

static void ref_linear(double *y, const double *x, const double *w, const double *b, size_t out,
                       size_t in)
{
  for (size_t o = 0; o < out; o++) {
    y[o] = b ? b[o] : 0;
    for (size_t i = 0; i < in; i++)
      y[o] += w[o * in + i] * x[i];
  }
}

static void ref_rope(double *x, const float *freq, size_t half, size_t position)
{
  for (size_t i = 0; i < half; i++) {
    double c = cos((double)position * (double)freq[i]), s = sin((double)position * (double)freq[i]);
    double a = x[i], b = x[i + half];
    x[i] = a * c - b * s;
    x[i + half] = b * c + a * s;
  }
}

/* one query head at position t over the keys and values of positions 0 … t */
static void ref_attend(double *out, const double *q, const double *k, const double *v, size_t ld,
                       size_t hd, size_t t)
{
  double *p = malloc((t + 1) * sizeof *p), top = -1e300, sum = 0;
  for (size_t u = 0; u <= t; u++) {
    p[u] = 0;
    for (size_t i = 0; i < hd; i++)
      p[u] += q[i] * k[u * ld + i];
    p[u] /= sqrt((double)hd);
    top = p[u] > top ? p[u] : top;
  }
  for (size_t u = 0; u <= t; u++)
    sum += p[u] = exp(p[u] - top);
  for (size_t i = 0; i < hd; i++) {
    out[i] = 0;
    for (size_t u = 0; u <= t; u++)
      out[i] += p[u] / sum * v[u * ld + i];
  }
  free(p);
}

static void ref_qkv(const reference *r, int l, double *qkv, const double *h, size_t position,
                    const float *freq)
{
  const rt_model_config *c = &r->m->config;
  size_t hd = c->head_dim, q = c->heads * hd, kv = c->kv_heads * hd, d = c->d_model;
  ref_linear(qkv, h, ref_at(r, l, "attn_q"), ref_at(r, l, "attn_q_bias"), q, d);
  ref_linear(qkv + q, h, ref_at(r, l, "attn_k"), ref_at(r, l, "attn_k_bias"), kv, d);
  ref_linear(qkv + q + kv, h, ref_at(r, l, "attn_v"), ref_at(r, l, "attn_v_bias"), kv, d);
  for (size_t i = 0; i < c->heads + c->kv_heads; i++) {
    const double *w = ref_at(r, l, i < c->heads ? "attn_q_norm" : "attn_k_norm");
    if (w)
      ref_norm(qkv + i * hd, qkv + i * hd, w, hd, (double)c->rms_eps);
    ref_rope(qkv + i * hd, freq, hd / 2, position);
  }
}

static void ref_ffn(const reference *r, int l, double *x, const double *h)
{
  const rt_model_config *c = &r->m->config;
  size_t d = c->d_model, ff = c->d_ff;
  double *g = malloc(2 * ff * sizeof *g), *y = malloc(d * sizeof *y);
  ref_linear(g, h, ref_at(r, l, "ffn_gate"), NULL, ff, d);
  ref_linear(g + ff, h, ref_at(r, l, "ffn_up"), NULL, ff, d);
  for (size_t i = 0; i < ff; i++)
    g[i] = g[i] / (1 + exp(-g[i])) * g[ff + i];
  ref_linear(y, g, ref_at(r, l, "ffn_down"), NULL, d, ff);
  for (size_t i = 0; i < d; i++)
    x[i] += y[i];
  free(g);
  free(y);
}

/* x: [seq][d] of one sequence, through layer l */
static void ref_layer(const reference *r, int l, double *x)
{
  const rt_model_config *c = &r->m->config;
  size_t d = c->d_model, hd = c->head_dim, q = c->heads * hd, ld = q + 2 * c->kv_heads * hd;
  float freq[RT_MODEL_HEAD_DIM_MAX / 2];
  rt_model_rope(c, freq);
  double *qkv = malloc(r->seq * ld * sizeof *qkv), *h = malloc((d + q) * sizeof *h), *att = h + d;
  double *y = malloc(d * sizeof *y);
  for (size_t t = 0; t < r->seq; t++) {
    ref_norm(h, x + t * d, ref_at(r, l, "attn_norm"), d, (double)c->rms_eps);
    ref_qkv(r, l, qkv + t * ld, h, t, freq);
  }
  for (size_t t = 0; t < r->seq; t++) {
    for (size_t i = 0; i < c->heads; i++) {
      size_t kv = i / (c->heads / c->kv_heads);
      ref_attend(att + i * hd, qkv + t * ld + i * hd, qkv + q + kv * hd,
                 qkv + q + (c->kv_heads + kv) * hd, ld, hd, t);
    }
    ref_linear(y, att, ref_at(r, l, "attn_o"), NULL, d, q);
    for (size_t i = 0; i < d; i++)
      x[t * d + i] += y[i];
  }
  for (size_t t = 0; t < r->seq; t++) {
    ref_norm(h, x + t * d, ref_at(r, l, "ffn_norm"), d, (double)c->rms_eps);
    ref_ffn(r, l, x + t * d, h);
  }
  free(qkv);
  free(h);
  free(y);
}

/* logits [batch*seq][vocab] */
static void ref_logits(const reference *r, double *logits)
{
  const rt_model_config *c = &r->m->config;
  size_t d = c->d_model;
  double *x = malloc(r->seq * d * sizeof *x), *h = malloc(d * sizeof *h);
  const double *head = ref_at(r, -1, c->tied ? "embed" : "head");
  for (size_t b = 0; b < r->batch; b++) {
    for (size_t t = 0; t < r->seq; t++)
      memcpy(x + t * d, ref_at(r, -1, "embed") + r->tokens[b * r->seq + t] * d, d * sizeof *x);
    for (uint32_t l = 0; l < c->layers; l++)
      ref_layer(r, (int)l, x);
    for (size_t t = 0; t < r->seq; t++) {
      ref_norm(h, x + t * d, ref_at(r, -1, "out_norm"), d, (double)c->rms_eps);
      ref_linear(logits + (b * r->seq + t) * c->vocab, h, head, NULL, c->vocab, d);
    }
  }
  free(x);
  free(h);
}

static double ref_cross_entropy(const double *z, size_t n, uint32_t label)
{
  double top = -1e300, sum = 0;
  for (size_t i = 0; i < n; i++)
    top = z[i] > top ? z[i] : top;
  for (size_t i = 0; i < n; i++)
    sum += exp(z[i] - top);
  return log(sum) + top - z[label];
}

#endif
