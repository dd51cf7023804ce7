/* model - the tensor table of a configuration, and the block that holds the weights. */
#include "distill/model.h"

#include "base/hash.h"

#include <math.h>
#include <stdio.h>

#define GROUP_ALIGN 16u /* elements: groups start on a cache line, relative to data */

/* ---- the table */

enum { FIRST = 1, MATRIX = 2 }; /* FIRST: starts a group, so padding may precede it */

typedef struct shape {
  const char *name;
  uint32_t rows, cols;
  unsigned flags;
} shape;

typedef struct plan {
  rt_tensor *tensors; /* NULL: only count */
  size_t n, at;
  uint64_t params;
} plan;

static void put(plan *p, int layer, const shape *s)
{
  if (s->flags & FIRST)
    p->at = (p->at + GROUP_ALIGN - 1) / GROUP_ALIGN * GROUP_ALIGN;
  size_t size = (size_t)s->rows * s->cols;
  if (p->tensors) {
    rt_tensor *t = &p->tensors[p->n];
    if (layer < 0)
      (void)snprintf(t->name, sizeof t->name, "%s", s->name);
    else
      (void)snprintf(t->name, sizeof t->name, "layers.%d.%s", layer, s->name);
    t->rows = s->rows;
    t->cols = s->cols;
    t->offset = p->at;
    t->matrix = (s->flags & MATRIX) != 0;
  }
  p->n++;
  p->at += size;
  p->params += size;
}

static void put_layer(plan *p, const rt_model_config *c, int layer)
{
  uint32_t q = c->heads * c->head_dim, kv = c->kv_heads * c->head_dim, d = c->d_model;
  bool bias = c->arch->qkv_bias, norm = c->arch->qk_norm;
  const struct {
    bool on;
    shape s;
  } rows[] = {
      {true, {"attn_norm", 1, d, FIRST}},
      {true, {"attn_q", q, d, FIRST | MATRIX}},
      {true, {"attn_k", kv, d, MATRIX}},
      {true, {"attn_v", kv, d, MATRIX}},
      {bias, {"attn_q_bias", 1, q, FIRST}},
      {bias, {"attn_k_bias", 1, kv, 0}},
      {bias, {"attn_v_bias", 1, kv, 0}},
      {norm, {"attn_q_norm", 1, c->head_dim, FIRST}},
      {norm, {"attn_k_norm", 1, c->head_dim, FIRST}},
      {true, {"attn_o", d, q, FIRST | MATRIX}},
      {true, {"ffn_norm", 1, d, FIRST}},
      {true, {"ffn_gate", c->d_ff, d, FIRST | MATRIX}},
      {true, {"ffn_up", c->d_ff, d, MATRIX}},
      {true, {"ffn_down", d, c->d_ff, FIRST | MATRIX}},
  };
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    if (rows[i].on)
      put(p, layer, &rows[i].s);
}

static void put_all(plan *p, const rt_model_config *c)
{
  put(p, -1, &(shape){"embed", c->vocab, c->d_model, FIRST | MATRIX});
  for (uint32_t i = 0; i < c->layers; i++)
    put_layer(p, c, (int)i);
  put(p, -1, &(shape){"out_norm", 1, c->d_model, FIRST});
  if (!c->tied)
    put(p, -1, &(shape){"head", c->vocab, c->d_model, FIRST | MATRIX});
  p->at = (p->at + GROUP_ALIGN - 1) / GROUP_ALIGN * GROUP_ALIGN;
}

uint64_t rt_model_bytes(const rt_model_config *c)
{
  if (rt_model_config_check(c, NULL))
    return 0;
  plan p = {NULL, 0, 0, 0};
  put_all(&p, c);
  return (uint64_t)p.at * sizeof(float);
}

/* ---- the model */

rt_code rt_model_new(const rt_alloc *alloc, const rt_model_config *c, uint64_t bytes_max,
                     rt_model **out, rt_error *err)
{
  *out = NULL;
  rt_code code = rt_model_config_check(c, err);
  if (code)
    return code;
  plan p = {NULL, 0, 0, 0};
  put_all(&p, c);
  uint64_t max = bytes_max ? bytes_max : RT_MODEL_BYTES_MAX;
  if ((uint64_t)p.at * sizeof(float) > max)
    return rt__fail(err, RT_E_LIMIT, "model: %llu MB of weights, the maximum is %llu MB",
                    (unsigned long long)(p.at * sizeof(float) >> 20),
                    (unsigned long long)(max >> 20));
  rt_model *m = rt__calloc(alloc, 1, sizeof *m);
  if (!m)
    return rt__fail(err, RT_E_NOMEM, "model: no memory");
  m->alloc = *alloc;
  m->config = *c;
  m->n_tensors = p.n;
  m->n_data = p.at;
  m->n_params = p.params;
  m->tensors = rt__calloc(alloc, p.n, sizeof *m->tensors);
  m->data = rt__calloc(alloc, p.at, sizeof *m->data);
  if (!m->tensors || !m->data) {
    rt_model_free(m);
    return rt__fail(err, RT_E_NOMEM, "model: no memory for %llu parameters",
                    (unsigned long long)p.params);
  }
  plan fill = {m->tensors, 0, 0, 0};
  put_all(&fill, c);
  *out = m;
  return RT_OK;
}

void rt_model_free(rt_model *m)
{
  if (!m)
    return;
  rt_alloc a = m->alloc;
  rt__free(&a, m->data, m->n_data * sizeof *m->data);
  rt__free(&a, m->tensors, m->n_tensors * sizeof *m->tensors);
  rt__free(&a, m, sizeof *m);
}

const rt_tensor *rt_model_find(const rt_model *m, rt_slice name)
{
  for (size_t i = 0; i < m->n_tensors; i++)
    if (rt__slice_eq(name, rt__cstr(m->tensors[i].name)))
      return &m->tensors[i];
  return NULL;
}

rt_code rt_model_finite(const rt_model *m, rt_error *err)
{
  for (size_t i = 0; i < m->n_tensors; i++) {
    const rt_tensor *t = &m->tensors[i];
    const float *w = rt_model_at(m, t);
    for (size_t j = 0; j < (size_t)t->rows * t->cols; j++)
      if (!isfinite(w[j]))
        return rt__fail(err, RT_E_FORMAT, "model: %s holds a value that is no finite number",
                        t->name);
  }
  return RT_OK;
}

/* ---- random weights */

static bool ends_with(const char *s, const char *end)
{
  size_t n = strlen(s), m = strlen(end);
  return n >= m && memcmp(s + n - m, end, m) == 0;
}

/* Box and Muller, both halves used */
static void fill_normal(float *w, size_t n, double deviation, uint64_t seed)
{
  rt__rng rng = {seed, 0};
  for (size_t i = 0; i < n; i += 2) {
    double u = 1.0 - rt__rng_unit(&rng), v = 6.283185307179586 * rt__rng_unit(&rng);
    double r = deviation * sqrt(-2.0 * log(u));
    w[i] = (float)(r * cos(v));
    if (i + 1 < n)
      w[i + 1] = (float)(r * sin(v));
  }
}

void rt_model_random(rt_model *m, uint64_t seed)
{
  double residual = 0.02 / sqrt(2.0 * (double)m->config.layers);
  for (size_t i = 0; i < m->n_tensors; i++) {
    const rt_tensor *t = &m->tensors[i];
    float *w = rt_model_at(m, t);
    size_t n = (size_t)t->rows * t->cols;
    bool writes = ends_with(t->name, "attn_o") || ends_with(t->name, "ffn_down");
    if (t->matrix)
      fill_normal(w, n, writes ? residual : 0.02,
                  rt__mix2(seed, rt__checksum(t->name, strlen(t->name))));
    else
      for (size_t j = 0; j < n; j++)
        w[j] = ends_with(t->name, "norm") ? 1.0f : 0.0f;
  }
}
