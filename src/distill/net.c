/* net - what is kept of a layer for the way back is its two inputs, q k v after the turn,
 * attention's output and the gates; norms and SwiGLU are computed again, they cost less than their
 * memory. */
#include "distill/net.h"

#include "distill/attention.h"
#include "distill/ops.h"

#include <math.h>
#include <stdio.h>

/* offsets of a layer's tensors in data; SIZE_MAX where there is none */
typedef struct layer {
  size_t attn_norm, qkv, qkv_bias, q_norm, k_norm, attn_o, ffn_norm, gate_up, ffn_down;
} layer;

/* what a layer keeps */
typedef struct kept {
  float *x, *r1;  /* its input; 1/rms of it */
  float *raw;     /* q k v before head norms, where the architecture has them */
  float *rq, *rk; /* 1/rms of those heads */
  float *qkv, *att, *lse;
  float *mid, *r2; /* after attention; 1/rms of it */
  float *gu;
} kept;

struct rt__net {
  rt__engine *e;
  rt_model_config c;
  rt__net_shape shape;
  size_t batch, seq, rows; /* of the last forward */
  size_t q, kv, qkv;       /* widths */
  layer *layers;
  kept *kept;   /* layers of them, all the same place when not training */
  float *block; /* all that follows lies here */
  size_t block_n;
  float *cosine, *sine;
  float *x, *r; /* after the last layer */
  float *h, *act, *hidden;
  float *dx, *dh, *dqkv, *datt, *dact, *dhidden;
  double *turned;
};

/* ---- laying out memory: called twice, once to count */

typedef struct layout {
  float *base; /* NULL: count only */
  uint64_t n;
} layout;

static float *take(layout *l, uint64_t n)
{
  float *p = l->base ? l->base + l->n : NULL;
  l->n += (n + 15) / 16 * 16;
  return p;
}

static void place_kept(const rt__net *n, layout *l, uint64_t m, kept *k)
{
  const rt_model_config *c = &n->c;
  k->x = take(l, m * c->d_model);
  k->r1 = take(l, m);
  if (c->arch->qk_norm) {
    k->raw = take(l, m * n->qkv);
    k->rq = take(l, m * c->heads);
    k->rk = take(l, m * c->kv_heads);
  }
  k->qkv = take(l, m * n->qkv);
  k->att = take(l, m * n->q);
  k->lse = take(l, m * c->heads);
  k->mid = take(l, m * c->d_model);
  k->r2 = take(l, m);
  k->gu = take(l, m * 2 * c->d_ff);
}

static void place(rt__net *n, layout *l)
{
  const rt_model_config *c = &n->c;
  uint64_t m = (uint64_t)n->shape.batch * n->shape.seq, d = c->d_model, half = c->head_dim / 2;
  kept one;
  for (uint32_t i = 0; i < c->layers; i++) {
    if (i == 0 || n->shape.train)
      place_kept(n, l, m, &one);
    if (n->kept)
      n->kept[i] = one;
  }
  n->cosine = take(l, n->shape.seq * half);
  n->sine = take(l, n->shape.seq * half);
  n->x = take(l, m * d);
  n->r = take(l, m);
  n->h = take(l, m * d);
  n->act = take(l, m * c->d_ff);
  n->hidden = take(l, m * d);
  if (!n->shape.train)
    return;
  n->dx = take(l, m * d);
  n->dh = take(l, m * d);
  n->dqkv = take(l, m * n->qkv);
  n->datt = take(l, m * n->q);
  n->dact = take(l, m * c->d_ff);
  n->dhidden = take(l, m * d);
}

static void measure(rt__net *n, const rt_model_config *c, rt__net_shape s)
{
  n->c = *c;
  n->shape = s;
  n->q = (size_t)c->heads * c->head_dim;
  n->kv = (size_t)c->kv_heads * c->head_dim;
  n->qkv = n->q + 2 * n->kv;
}

uint64_t rt__net_bytes(const rt_model_config *c, rt__net_shape s)
{
  rt__net n = {0};
  measure(&n, c, s);
  layout l = {NULL, 0};
  place(&n, &l);
  return l.n * sizeof(float);
}

/* ---- offsets */

static size_t offset(const rt_model *m, int index, const char *what)
{
  char name[RT_TENSOR_NAME_MAX];
  if (index < 0)
    (void)snprintf(name, sizeof name, "%s", what);
  else
    (void)snprintf(name, sizeof name, "layers.%d.%s", index, what);
  const rt_tensor *t = rt_model_find(m, rt__cstr(name));
  return t ? t->offset : SIZE_MAX;
}

size_t rt__net_head_offset(const rt_model *m)
{
  return offset(m, -1, m->config.tied ? "embed" : "head");
}

/* offsets depend on the configuration only, so a model without weights tells them */
static void find_layers(rt__net *n, const rt_model *m)
{
  for (uint32_t i = 0; i < n->c.layers; i++) {
    int k = (int)i;
    n->layers[i] = (layer){
        offset(m, k, "attn_norm"),   offset(m, k, "attn_q"),      offset(m, k, "attn_q_bias"),
        offset(m, k, "attn_q_norm"), offset(m, k, "attn_k_norm"), offset(m, k, "attn_o"),
        offset(m, k, "ffn_norm"),    offset(m, k, "ffn_gate"),    offset(m, k, "ffn_down")};
  }
}

static void fill_angles(rt__net *n)
{
  float freq[RT_MODEL_HEAD_DIM_MAX / 2];
  size_t half = n->c.head_dim / 2;
  rt_model_rope(&n->c, freq);
  for (size_t p = 0; p < n->shape.seq; p++)
    for (size_t i = 0; i < half; i++) {
      double angle = (double)p * (double)freq[i];
      n->cosine[p * half + i] = (float)cos(angle);
      n->sine[p * half + i] = (float)sin(angle);
    }
}

static rt_code check_shape(const rt_model_config *c, rt__net_shape s, rt_error *err)
{
  rt_code code = rt_model_config_check(c, err);
  if (code)
    return code;
  if (s.batch == 0 || s.seq == 0 || s.seq > c->context || s.batch > (1u << 20))
    return rt__fail(err, RT_E_ARG, "batch %zu x %zu doesn't fit a context of %u", s.batch, s.seq,
                    c->context);
  if (rt__net_bytes(c, s) > SIZE_MAX / 2)
    return rt__fail(err, RT_E_LIMIT, "activations are larger than memory");
  return RT_OK;
}

static rt_code reserve(rt__net *n, rt_error *err)
{
  rt__attn s = {1, n->shape.seq, n->c.heads, n->c.kv_heads, n->c.head_dim};
  return rt__engine_reserve(n->e, rt__attention_scratch(n->e->k, s), err);
}

static rt_code allocate(rt__net *n, rt_error *err)
{
  const rt_alloc *a = &n->e->alloc;
  n->block_n = (size_t)(rt__net_bytes(&n->c, n->shape) / sizeof(float));
  n->layers = rt__calloc(a, n->c.layers, sizeof *n->layers);
  n->kept = rt__calloc(a, n->c.layers, sizeof *n->kept);
  n->turned = rt__calloc(a, n->c.layers, sizeof *n->turned);
  n->block = rt__calloc(a, n->block_n, sizeof *n->block);
  if (!n->layers || !n->kept || !n->turned || !n->block)
    return rt__fail(err, RT_E_NOMEM, "no memory for %zu MB of activations",
                    n->block_n * sizeof(float) >> 20);
  layout l = {n->block, 0};
  place(n, &l);
  return RT_OK;
}

rt_code rt__net_new(rt__engine *e, const rt_model_config *c, rt__net_shape s, rt__net **out,
                    rt_error *err)
{
  *out = NULL;
  rt_code code = check_shape(c, s, err);
  if (code)
    return code;
  rt__net *n = rt__calloc(&e->alloc, 1, sizeof *n);
  if (!n)
    return rt__fail(err, RT_E_NOMEM, "net: no memory");
  n->e = e;
  measure(n, c, s);
  code = allocate(n, err);
  if (!code)
    code = reserve(n, err);
  if (code) {
    rt__net_free(n);
    return code;
  }
  fill_angles(n);
  *out = n;
  return RT_OK;
}

void rt__net_free(rt__net *n)
{
  if (!n)
    return;
  const rt_alloc *a = &n->e->alloc;
  rt__free(a, n->layers, n->c.layers * sizeof *n->layers);
  rt__free(a, n->kept, n->c.layers * sizeof *n->kept);
  rt__free(a, n->turned, n->c.layers * sizeof *n->turned);
  rt__free(a, n->block, n->block_n * sizeof *n->block);
  rt__free(a, n, sizeof *n);
}

/* ---- forward */

static rt__cells whole(const rt__net *n)
{
  return (rt__cells){n->rows, 1, n->c.d_model, n->c.d_model};
}

static rt__cells heads(const rt__net *n, size_t per)
{
  return (rt__cells){n->rows, per, n->qkv, n->c.head_dim};
}

static rt__attn attn_shape(const rt__net *n)
{
  return (rt__attn){n->batch, n->seq, n->c.heads, n->c.kv_heads, n->c.head_dim};
}

static void turn_heads(rt__net *n, float *qkv, float sign)
{
  rt__turns t = {n->cosine, n->sine, n->seq, 0};
  rt__rope(n->e, heads(n, n->c.heads + n->c.kv_heads), qkv, t, sign);
}

static void head_norms(rt__net *n, const float *w, const layer *l, kept *k)
{
  memcpy(k->raw, k->qkv, n->rows * n->qkv * sizeof *k->raw);
  rt__rms(n->e, heads(n, n->c.heads), k->qkv, k->rq, k->raw, w + l->q_norm, n->c.rms_eps);
  rt__rms(n->e, heads(n, n->c.kv_heads), k->qkv + n->q, k->rk, k->raw + n->q, w + l->k_norm,
          n->c.rms_eps);
}

/* k->x in, k->mid out */
static void attention_half(rt__net *n, const float *w, const layer *l, kept *k)
{
  size_t m = n->rows, d = n->c.d_model;
  rt__rms(n->e, whole(n), n->h, k->r1, k->x, w + l->attn_norm, n->c.rms_eps);
  rt__linear(n->e, k->qkv, n->h, w + l->qkv, m, n->qkv, d, false);
  if (n->c.arch->qkv_bias)
    rt__bias(n->e, k->qkv, n->qkv, w + l->qkv_bias, m, n->qkv);
  if (n->c.arch->qk_norm)
    head_norms(n, w, l, k);
  turn_heads(n, k->qkv, 1);
  rt__attention(n->e, attn_shape(n), k->qkv, k->att, k->lse);
  memcpy(k->mid, k->x, m * d * sizeof *k->mid);
  rt__linear(n->e, k->mid, k->att, w + l->attn_o, m, d, n->q, true);
}

/* k->mid in, out out */
static void ffn_half(rt__net *n, const float *w, const layer *l, kept *k, float *out)
{
  size_t m = n->rows, d = n->c.d_model, ff = n->c.d_ff;
  rt__rms(n->e, whole(n), n->h, k->r2, k->mid, w + l->ffn_norm, n->c.rms_eps);
  rt__linear(n->e, k->gu, n->h, w + l->gate_up, m, 2 * ff, d, false);
  rt__swiglu(n->e, n->act, k->gu, m, ff);
  memcpy(out, k->mid, m * d * sizeof *out);
  rt__linear(n->e, out, n->act, w + l->ffn_down, m, d, ff, true);
}

static double turned(const rt__net *n, const float *x, const float *y)
{
  const rt__kernels *k = n->e->k;
  double s = 0;
  size_t d = n->c.d_model;
  for (size_t i = 0; i < n->rows; i++, x += d, y += d)
    s += 1 - k->dot(x, y, d) / sqrt(k->dot(x, x, d) * k->dot(y, y, d) + 1e-30);
  return s / (double)n->rows;
}

const float *rt__net_forward(rt__net *n, const rt_model *m, const uint32_t *tokens, size_t batch,
                             size_t seq)
{
  const float *w = m->data;
  n->batch = batch;
  n->seq = seq;
  n->rows = batch * seq;
  find_layers(n, m);
  rt__embed(n->e, n->kept[0].x, w + offset(m, -1, "embed"), tokens, n->rows, n->c.d_model);
  for (uint32_t i = 0; i < n->c.layers; i++) {
    bool last = i + 1 == n->c.layers;
    kept *k = &n->kept[i];
    attention_half(n, w, &n->layers[i], k);
    ffn_half(n, w, &n->layers[i], k, last || !n->shape.train ? n->x : n->kept[i + 1].x);
    if (!n->shape.train) {
      if (n->shape.watch)
        n->turned[i] = turned(n, k->x, n->x);
      if (!last)
        memcpy(k->x, n->x, n->rows * n->c.d_model * sizeof *k->x);
    }
  }
  rt__rms(n->e, whole(n), n->hidden, n->r, n->x, w + offset(m, -1, "out_norm"), n->c.rms_eps);
  return n->hidden;
}

void rt__net_watch(rt__net *n, double *out)
{
  memcpy(out, n->turned, n->c.layers * sizeof *out);
}

/* ---- backward: n->dx is the gradient of a layer's output, then of its input */

static void ffn_back(rt__net *n, const float *w, float *g, const layer *l, kept *k)
{
  size_t m = n->rows, d = n->c.d_model, ff = n->c.d_ff;
  rt__swiglu(n->e, n->act, k->gu, m, ff);
  rt__linear_back(n->e, n->dact, g + l->ffn_down, n->dx, n->act, w + l->ffn_down, m, d, ff);
  rt__swiglu_back(n->e, k->gu, n->dact, m, ff);
  rt__rms_again(n->e, whole(n), n->h, k->r2, k->mid, w + l->ffn_norm);
  rt__linear_back(n->e, n->dh, g + l->gate_up, k->gu, n->h, w + l->gate_up, m, 2 * ff, d);
  rt__rms_back(n->e, whole(n), n->dx, g + l->ffn_norm, n->dh, k->mid, k->r2, w + l->ffn_norm);
}

/* the norm's own gradient replaces dqkv's q and k parts; v passes by */
static void head_norms_back(rt__net *n, const float *w, float *g, const layer *l, kept *k)
{
  size_t heads_n = n->c.heads + n->c.kv_heads;
  float *t = k->qkv; /* no longer needed: becomes the result, then is copied */
  for (size_t i = 0; i < n->rows; i++) {
    memset(t + i * n->qkv, 0, heads_n * n->c.head_dim * sizeof *t);
    memcpy(t + i * n->qkv + n->q + n->kv, n->dqkv + i * n->qkv + n->q + n->kv, n->kv * sizeof *t);
  }
  rt__rms_back(n->e, heads(n, n->c.heads), t, g + l->q_norm, n->dqkv, k->raw, k->rq, w + l->q_norm);
  rt__rms_back(n->e, heads(n, n->c.kv_heads), t + n->q, g + l->k_norm, n->dqkv + n->q,
               k->raw + n->q, k->rk, w + l->k_norm);
  memcpy(n->dqkv, t, n->rows * n->qkv * sizeof *t);
}

static void attention_back(rt__net *n, const float *w, float *g, const layer *l, kept *k)
{
  size_t m = n->rows, d = n->c.d_model;
  rt__linear_back(n->e, n->datt, g + l->attn_o, n->dx, k->att, w + l->attn_o, m, d, n->q);
  rt__attention_back(n->e, attn_shape(n), k->qkv, k->att, k->lse, n->datt, n->dqkv);
  turn_heads(n, n->dqkv, -1);
  if (n->c.arch->qk_norm)
    head_norms_back(n, w, g, l, k);
  if (n->c.arch->qkv_bias)
    rt__bias_back(n->e, g + l->qkv_bias, n->dqkv, n->qkv, m, n->qkv);
  rt__rms_again(n->e, whole(n), n->h, k->r1, k->x, w + l->attn_norm);
  rt__linear_back(n->e, n->dh, g + l->qkv, n->dqkv, n->h, w + l->qkv, m, n->qkv, d);
  rt__rms_back(n->e, whole(n), n->dx, g + l->attn_norm, n->dh, k->x, k->r1, w + l->attn_norm);
}

float *rt__net_dhidden(rt__net *n)
{
  return n->dhidden;
}

void rt__net_backward(rt__net *n, const rt_model *m, const uint32_t *tokens, float *grads)
{
  const float *w = m->data;
  size_t last = offset(m, -1, "out_norm");
  memset(n->dx, 0, n->rows * n->c.d_model * sizeof *n->dx);
  rt__rms_back(n->e, whole(n), n->dx, grads + last, n->dhidden, n->x, n->r, w + last);
  for (uint32_t i = n->c.layers; i-- > 0;) {
    ffn_back(n, w, grads, &n->layers[i], &n->kept[i]);
    attention_back(n, w, grads, &n->layers[i], &n->kept[i]);
  }
  rt__embed_back(n->e, grads + offset(m, -1, "embed"), n->dx, tokens, n->rows, n->c.d_model);
}
