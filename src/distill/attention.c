/* attention - a turn is one sequence and one key head with all query heads that share it, so that
 * the sums for k and v stay within a turn. */
#include "distill/attention.h"

#include <math.h>

typedef struct job {
  rt__engine *e;
  rt__attn s;
  const float *qkv, *out_in, *lse_in, *dout;
  float *out, *lse, *dqkv;
} job;

/* one turn's scratch */
typedef struct desk {
  const rt__kernels *k;
  size_t seq, hd, ld, ld_out, rows; /* rows: of a query block */
  float scale;
  float *kt, *kr, *vr, *vt; /* packed: k turned, k, v, v turned */
  float *p, *dp;            /* [rows][seq] */
  float *small;             /* a packed block of q or dout */
  float *gemm;
} desk;

static size_t block_rows(const rt__kernels *k)
{
  return 8u * k->tile_rows;
}

size_t rt__attention_scratch(const rt__kernels *k, rt__attn s)
{
  size_t hd = s.head_dim, rows = block_rows(k);
  return 2 * rt__packed_size(k, hd, s.seq) + rt__packed_size(k, s.seq, hd) + 2 * rows * s.seq +
         rt__packed_size(k, rows, hd) + RT__GEMM_SCRATCH;
}

/* forward and backward each need one of kr, vr: they share the place */
static desk lay_out(const job *j, unsigned worker)
{
  const rt__kernels *k = j->e->k;
  size_t hd = j->s.head_dim, seq = j->s.seq, rows = block_rows(k);
  float *at = rt__engine_own(j->e, worker);
  desk d = {.k = k, .seq = seq, .hd = hd, .rows = rows};
  d.ld = (j->s.heads + 2 * j->s.kv_heads) * hd;
  d.ld_out = j->s.heads * hd;
  d.scale = (float)(1.0 / sqrt((double)hd));
  d.kt = at;
  d.vt = d.kt + rt__packed_size(k, hd, seq);
  d.kr = d.vr = d.vt + rt__packed_size(k, hd, seq);
  d.p = d.kr + rt__packed_size(k, seq, hd);
  d.dp = d.p + rows * seq;
  d.small = d.dp + rows * seq;
  d.gemm = d.small + rt__packed_size(k, rows, hd);
  return d;
}

static void product(const desk *d, size_t m, size_t n, size_t k, rt__view a, const float *b,
                    size_t k_packed, float *c, size_t ldc, bool add)
{
  rt__gemm_packed(d->k, m, n, k, a, b, k_packed, c, ldc, add, d->gemm);
}

/* ---- forward */

static void forward_block(const desk *d, const float *q, float *out, float *lse, size_t lse_ld,
                          size_t q0, size_t rows)
{
  size_t keys = q0 + rows;
  product(d, rows, keys, d->hd, rt__rows(q, d->ld), d->kt, d->hd, d->p, keys, false);
  for (size_t i = 0; i < rows; i++) {
    float *p = d->p + i * keys;
    size_t seen = q0 + i + 1;
    float top = d->scale * d->k->max(p, seen);
    double sum = d->k->exp_sum(p, d->scale, top, p, seen);
    memset(p + seen, 0, (keys - seen) * sizeof *p);
    d->k->scale(p, (float)(1.0 / sum), seen);
    lse[i * lse_ld] = top + (float)log(sum);
  }
  product(d, rows, d->hd, keys, rt__rows(d->p, keys), d->vr, d->seq, out, d->ld_out, false);
}

static void forward_turn(void *arg, size_t turn, unsigned worker)
{
  const job *j = arg;
  const rt__attn *s = &j->s;
  desk d = lay_out(j, worker);
  size_t b = turn / s->kv_heads, kv = turn % s->kv_heads, group = s->heads / s->kv_heads;
  const float *rows = j->qkv + b * s->seq * d.ld;
  const float *k = rows + (s->heads + kv) * d.hd, *v = k + s->kv_heads * d.hd;
  rt__gemm_pack(d.k, d.kt, rt__turned(k, d.ld), d.hd, d.seq);
  rt__gemm_pack(d.k, d.vr, rt__rows(v, d.ld), d.seq, d.hd);
  for (size_t h = kv * group; h < (kv + 1) * group; h++)
    for (size_t q0 = 0; q0 < d.seq; q0 += d.rows) {
      size_t n = d.seq - q0 < d.rows ? d.seq - q0 : d.rows, at = b * s->seq + q0;
      forward_block(&d, j->qkv + at * d.ld + h * d.hd, j->out + at * d.ld_out + h * d.hd,
                    j->lse + at * s->heads + h, s->heads, q0, n);
    }
}

void rt__attention(rt__engine *e, rt__attn s, const float *qkv, float *out, float *lse)
{
  job j = {.e = e, .s = s, .qkv = qkv, .out = out, .lse = lse};
  rt__pool_run(e->pool, s.batch * s.kv_heads, forward_turn, &j);
}

/* ---- backward */

typedef struct ends {
  const float *q, *out, *dout, *lse;
  float *dq, *dk, *dv; /* dk, dv at the sequence's first row */
  size_t lse_ld;
} ends;

/* p and dp of a block become the probabilities and the scores' gradients */
static void scores_back(const desk *d, const ends *x, size_t q0, size_t rows)
{
  size_t keys = q0 + rows;
  for (size_t i = 0; i < rows; i++) {
    float *p = d->p + i * keys, *dp = d->dp + i * keys;
    size_t seen = q0 + i + 1;
    d->k->exp_sum(p, d->scale, x->lse[i * x->lse_ld], p, seen);
    memset(p + seen, 0, (keys - seen) * sizeof *p);
    memset(dp + seen, 0, (keys - seen) * sizeof *dp);
    double sum = d->k->dot(x->dout + i * d->ld_out, x->out + i * d->ld_out, d->hd);
    d->k->softmax_back(dp, p, dp, (float)sum, d->scale, seen);
  }
}

static void back_block(const desk *d, const ends *x, size_t q0, size_t rows)
{
  size_t keys = q0 + rows;
  product(d, rows, keys, d->hd, rt__rows(x->q, d->ld), d->kt, d->hd, d->p, keys, false);
  product(d, rows, keys, d->hd, rt__rows(x->dout, d->ld_out), d->vt, d->hd, d->dp, keys, false);
  scores_back(d, x, q0, rows);
  product(d, rows, d->hd, keys, rt__rows(d->dp, keys), d->kr, d->seq, x->dq, d->ld, false);
  rt__gemm_pack(d->k, d->small, rt__rows(x->dout, d->ld_out), rows, d->hd);
  product(d, keys, d->hd, rows, rt__turned(d->p, keys), d->small, rows, x->dv, d->ld, true);
  rt__gemm_pack(d->k, d->small, rt__rows(x->q, d->ld), rows, d->hd);
  product(d, keys, d->hd, rows, rt__turned(d->dp, keys), d->small, rows, x->dk, d->ld, true);
}

static void back_turn(void *arg, size_t turn, unsigned worker)
{
  const job *j = arg;
  const rt__attn *s = &j->s;
  desk d = lay_out(j, worker);
  size_t b = turn / s->kv_heads, kv = turn % s->kv_heads, group = s->heads / s->kv_heads;
  size_t first = b * s->seq * d.ld, k_at = (s->heads + kv) * d.hd, v_at = k_at + s->kv_heads * d.hd;
  const float *k = j->qkv + first + k_at, *v = j->qkv + first + v_at;
  float *dk = j->dqkv + first + k_at, *dv = j->dqkv + first + v_at;
  rt__gemm_pack(d.k, d.kt, rt__turned(k, d.ld), d.hd, d.seq);
  rt__gemm_pack(d.k, d.vt, rt__turned(v, d.ld), d.hd, d.seq);
  rt__gemm_pack(d.k, d.kr, rt__rows(k, d.ld), d.seq, d.hd);
  for (size_t i = 0; i < d.seq; i++) {
    memset(dk + i * d.ld, 0, d.hd * sizeof *dk);
    memset(dv + i * d.ld, 0, d.hd * sizeof *dv);
  }
  for (size_t h = kv * group; h < (kv + 1) * group; h++)
    for (size_t q0 = 0; q0 < d.seq; q0 += d.rows) {
      size_t n = d.seq - q0 < d.rows ? d.seq - q0 : d.rows, at = b * s->seq + q0;
      size_t in = at * d.ld + h * d.hd, out = at * d.ld_out + h * d.hd;
      ends x = {j->qkv + in,
                j->out_in + out,
                j->dout + out,
                j->lse_in + at * s->heads + h,
                j->dqkv + in,
                dk,
                dv,
                s->heads};
      back_block(&d, &x, q0, n);
    }
}

void rt__attention_back(rt__engine *e, rt__attn s, const float *qkv, const float *out,
                        const float *lse, const float *dout, float *dqkv)
{
  job j = {.e = e, .s = s, .qkv = qkv, .out_in = out, .lse_in = lse, .dout = dout, .dqkv = dqkv};
  rt__pool_run(e->pool, s.batch * s.kv_heads, back_turn, &j);
}
