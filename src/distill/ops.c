/* ops - each is a loop over blocks of rows (or of columns, where it sums over rows). */
#include "distill/ops.h"

#include <math.h>

#define ROWS 32u /* tokens a turn */
#define COLS 64u /* columns a turn, where sums run over tokens */

static size_t turns(size_t n, size_t each)
{
  return (n + each - 1) / each;
}

/* everything that the turns below may want; each op fills what it uses */
typedef struct job {
  const rt__kernels *k;
  rt__cells s;
  float *out, *out2;
  const float *x, *y, *w, *r;
  const uint32_t *token;
  rt__turns t;
  float number;
  float *keep;
} job;

static void over_rows(rt__engine *e, job *j, rt__turn_fn fn)
{
  j->k = e->k;
  rt__pool_run(e->pool, turns(j->s.n, ROWS), fn, j);
}

static void over_cols(rt__engine *e, job *j, rt__turn_fn fn)
{
  j->k = e->k;
  rt__pool_run(e->pool, turns(j->s.d, COLS), fn, j);
}

#define EACH_ROW(j, turn, i)                                                                       \
  for (size_t i = turn * ROWS, end_ = i + ROWS < j->s.n ? i + ROWS : j->s.n; i < end_; i++)

/* the columns of this turn */
static size_t cols_of(const job *j, size_t turn)
{
  size_t left = j->s.d - turn * COLS;
  return left < COLS ? left : COLS;
}

/* ---- embedding */

static void embed_rows(void *arg, size_t turn, unsigned worker)
{
  const job *j = arg;
  (void)worker;
  EACH_ROW(j, turn, i)
  memcpy(j->out + i * j->s.d, j->x + (size_t)j->token[i] * j->s.d, j->s.d * sizeof(float));
}

void rt__embed(rt__engine *e, float *x, const float *table, const uint32_t *token, size_t n,
               size_t d)
{
  job j = {.s = {n, 1, d, d}, .out = x, .x = table, .token = token};
  over_rows(e, &j, embed_rows);
}

static void embed_cols(void *arg, size_t turn, unsigned worker)
{
  const job *j = arg;
  (void)worker;
  size_t c = turn * COLS, w = cols_of(j, turn), d = j->s.d;
  for (size_t i = 0; i < j->s.n; i++)
    j->k->add(j->out + (size_t)j->token[i] * d + c, j->x + i * d + c, w);
}

void rt__embed_back(rt__engine *e, float *dtable, const float *dx, const uint32_t *token, size_t n,
                    size_t d)
{
  job j = {.s = {n, 1, d, d}, .out = dtable, .x = dx, .token = token};
  over_cols(e, &j, embed_cols);
}

/* ---- RMSNorm */

static void rms_rows(void *arg, size_t turn, unsigned worker)
{
  const job *j = arg;
  (void)worker;
  size_t d = j->s.d;
  EACH_ROW(j, turn, i)
  for (size_t h = 0; h < j->s.per; h++) {
    size_t at = i * j->s.ld + h * d, cell = i * j->s.per + h;
    if (j->keep)
      j->keep[cell] =
          (float)(1.0 / sqrt(j->k->dot(j->x + at, j->x + at, d) / (double)d + (double)j->number));
    j->k->norm(j->out + at, j->x + at, j->r[cell], j->w, d);
  }
}

void rt__rms(rt__engine *e, rt__cells s, float *y, float *r, const float *x, const float *w,
             float eps)
{
  job j = {.s = s, .out = y, .x = x, .w = w, .r = r, .keep = r, .number = eps};
  over_rows(e, &j, rms_rows);
}

void rt__rms_again(rt__engine *e, rt__cells s, float *y, const float *r, const float *x,
                   const float *w)
{
  job j = {.s = s, .out = y, .x = x, .w = w, .r = r};
  over_rows(e, &j, rms_rows);
}

/* y = x r w, r depends on x: dx = r (w dy) - x r^3 mean(w dy x) */
static void rms_back_rows(void *arg, size_t turn, unsigned worker)
{
  const job *j = arg;
  (void)worker;
  size_t d = j->s.d;
  EACH_ROW(j, turn, i)
  for (size_t h = 0; h < j->s.per; h++) {
    size_t at = i * j->s.ld + h * d;
    float r = j->r[i * j->s.per + h];
    double mean = j->k->dot3(j->y + at, j->w, j->x + at, d) / (double)d;
    j->k->norm_back(j->out + at, r, j->y + at, j->w, (float)(-mean * pow((double)r, 3)), j->x + at,
                    d);
  }
}

static void rms_back_cols(void *arg, size_t turn, unsigned worker)
{
  const job *j = arg;
  (void)worker;
  size_t c = turn * COLS, w = cols_of(j, turn);
  for (size_t i = 0; i < j->s.n; i++)
    for (size_t h = 0; h < j->s.per; h++) {
      size_t at = i * j->s.ld + h * j->s.d + c;
      j->k->mul_axpy(j->out2 + c, j->r[i * j->s.per + h], j->y + at, j->x + at, w);
    }
}

void rt__rms_back(rt__engine *e, rt__cells s, float *dx, float *dw, const float *dy, const float *x,
                  const float *r, const float *w)
{
  job j = {.s = s, .out = dx, .out2 = dw, .x = x, .y = dy, .w = w, .r = r};
  over_cols(e, &j, rms_back_cols);
  over_rows(e, &j, rms_back_rows);
}

/* ---- biases */

static void bias_rows(void *arg, size_t turn, unsigned worker)
{
  const job *j = arg;
  (void)worker;
  EACH_ROW(j, turn, i)
  j->k->add(j->out + i * j->s.ld, j->w, j->s.d);
}

void rt__bias(rt__engine *e, float *y, size_t ld, const float *b, size_t n, size_t d)
{
  job j = {.s = {n, 1, ld, d}, .out = y, .w = b};
  over_rows(e, &j, bias_rows);
}

static void bias_cols(void *arg, size_t turn, unsigned worker)
{
  const job *j = arg;
  (void)worker;
  size_t c = turn * COLS, w = cols_of(j, turn);
  for (size_t i = 0; i < j->s.n; i++)
    j->k->add(j->out + c, j->y + i * j->s.ld + c, w);
}

void rt__bias_back(rt__engine *e, float *db, const float *dy, size_t ld, size_t n, size_t d)
{
  job j = {.s = {n, 1, ld, d}, .out = db, .y = dy};
  over_cols(e, &j, bias_cols);
}

/* ---- rotary embedding */

static void rope_rows(void *arg, size_t turn, unsigned worker)
{
  const job *j = arg;
  (void)worker;
  size_t half = j->s.d / 2;
  EACH_ROW(j, turn, i)
  {
    size_t at = (j->t.first + i % j->t.seq) * half;
    for (size_t h = 0; h < j->s.per; h++)
      j->k->rotate(j->out + i * j->s.ld + h * j->s.d, j->t.cosine + at, j->t.sine + at, j->number,
                   half);
  }
}

void rt__rope(rt__engine *e, rt__cells s, float *x, rt__turns t, float sign)
{
  job j = {.s = s, .out = x, .t = t, .number = sign};
  over_rows(e, &j, rope_rows);
}

/* ---- SwiGLU */

static void swiglu_rows(void *arg, size_t turn, unsigned worker)
{
  const job *j = arg;
  (void)worker;
  size_t ff = j->s.d;
  EACH_ROW(j, turn, i)
  j->k->swiglu(j->out + i * ff, j->x + i * 2 * ff, j->x + i * 2 * ff + ff, ff);
}

void rt__swiglu(rt__engine *e, float *out, const float *gu, size_t n, size_t ff)
{
  job j = {.s = {n, 1, ff, ff}, .out = out, .x = gu};
  over_rows(e, &j, swiglu_rows);
}

static void swiglu_back_rows(void *arg, size_t turn, unsigned worker)
{
  const job *j = arg;
  (void)worker;
  size_t ff = j->s.d;
  EACH_ROW(j, turn, i)
  j->k->swiglu_back(j->out + i * 2 * ff, j->out + i * 2 * ff + ff, j->y + i * ff, ff);
}

void rt__swiglu_back(rt__engine *e, float *gu, const float *dout, size_t n, size_t ff)
{
  job j = {.s = {n, 1, ff, ff}, .out = gu, .y = dout};
  over_rows(e, &j, swiglu_back_rows);
}

/* ---- linear */

void rt__linear(rt__engine *e, float *y, const float *x, const float *w, size_t n, size_t out,
                size_t in, bool add)
{
  rt__gemm(e, n, out, in, rt__rows(x, in), rt__turned(w, in), y, out, add);
}

void rt__linear_back(rt__engine *e, float *dx, float *dw, const float *dy, const float *x,
                     const float *w, size_t n, size_t out, size_t in)
{
  rt__gemm(e, out, in, n, rt__turned(dy, out), rt__rows(x, in), dw, in, true);
  rt__gemm(e, n, in, out, rt__rows(dy, out), rt__rows(w, in), dx, in, false);
}
