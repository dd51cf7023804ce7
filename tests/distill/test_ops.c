/* each operation's way back against finite differences of its way forward: relative error 1e-3 at
 * most */
#include "distill/attention.h"
#include "distill/ops.h"

#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>

/* a function of some inputs: out = f(in[0], in[1], …), and its way back from dout to din */
typedef struct op op;
struct op {
  const char *name;
  size_t n_in, in[3], out; /* floats */
  void (*forward)(rt__engine *e, float *const in[3], float *out);
  void (*back)(rt__engine *e, float *const in[3], const float *out, const float *dout,
               float *const din[3]);
};

static double noise(uint64_t seed, uint64_t i)
{
  rt__rng r = {seed, i};
  return rt__rng_unit(&r) * 2 - 1;
}

static double project(rt__engine *e, const op *o, float *const in[3])
{
  float *out = calloc(o->out, sizeof *out);
  o->forward(e, in, out);
  double s = 0;
  for (size_t i = 0; i < o->out; i++)
    s += (double)out[i] * (double)(float)noise(99, i);
  free(out);
  return s;
}

static void check_input(rt__engine *e, const op *o, float *const in[3], const float *din, size_t q)
{
  double wrong = 0, size = 0, step = 4e-3;
  for (size_t i = 0; i < o->in[q]; i += o->in[q] / 150 + 1) {
    float keep = in[q][i], up = keep + (float)step, down = keep - (float)step;
    in[q][i] = up;
    double a = project(e, o, in);
    in[q][i] = down;
    double slope = (a - project(e, o, in)) / ((double)up - (double)down);
    in[q][i] = keep;
    wrong += pow(slope - (double)din[i], 2);
    size += slope * slope;
  }
  if (!(sqrt(wrong) <= 1e-3 * sqrt(size)))
    fail_msg("%s, input %zu: relative error %.2e", o->name, q, sqrt(wrong / size));
}

static void check(const op *o)
{
  rt__engine *e;
  float *in[3] = {NULL}, *din[3] = {NULL};
  assert_int_equal(rt__engine_new(rt_alloc_default(), 2, NULL, &e, NULL), RT_OK);
  assert_int_equal(rt__engine_reserve(e, 1u << 18, NULL), RT_OK);
  for (size_t q = 0; q < o->n_in; q++) {
    in[q] = calloc(o->in[q], sizeof(float));
    din[q] = calloc(o->in[q], sizeof(float));
    for (size_t i = 0; i < o->in[q]; i++)
      in[q][i] = (float)noise(q + 1, i);
  }
  float *out = calloc(o->out, sizeof *out), *dout = calloc(o->out, sizeof *dout);
  for (size_t i = 0; i < o->out; i++)
    dout[i] = (float)noise(99, i);
  o->forward(e, in, out);
  o->back(e, in, out, dout, din);
  for (size_t q = 0; q < o->n_in; q++)
    check_input(e, o, in, din[q], q);
  for (size_t q = 0; q < o->n_in; q++) {
    free(in[q]);
    free(din[q]);
  }
  free(out);
  free(dout);
  rt__engine_free(e);
}

/* ---- the operations, at sizes that fit no vector */

enum { N = 37, D = 21, WORDS = 11 };
static uint32_t token[N];

static void embed(rt__engine *e, float *const in[3], float *out)
{
  for (uint32_t i = 0; i < N; i++)
    token[i] = i * i % WORDS;
  rt__embed(e, out, in[0], token, N, D);
}
static void embed_back(rt__engine *e, float *const in[3], const float *out, const float *dout,
                       float *const din[3])
{
  (void)in;
  (void)out;
  rt__embed_back(e, din[0], dout, token, N, D);
}

static const rt__cells cells = {N, 3, 3 * 7 + 5, 7}; /* three vectors of 7 in rows of 26 */
static float r[N * 3];
static void rms(rt__engine *e, float *const in[3], float *out)
{
  rt__rms(e, cells, out, r, in[0], in[1], 1e-5f);
}
static void rms_back(rt__engine *e, float *const in[3], const float *out, const float *dout,
                     float *const din[3])
{
  (void)out;
  rt__rms_back(e, cells, din[0], din[1], dout, in[0], r, in[1]);
}

static void bias(rt__engine *e, float *const in[3], float *out)
{
  memcpy(out, in[0], N * D * sizeof *out);
  rt__bias(e, out, D, in[1], N, D);
}
static void bias_back(rt__engine *e, float *const in[3], const float *out, const float *dout,
                      float *const din[3])
{
  (void)in;
  (void)out;
  memcpy(din[0], dout, N * D * sizeof *dout);
  rt__bias_back(e, din[1], dout, D, N, D);
}

enum { HEADS = 2, HALF = 5, SEQ = 10 };
static float cosine[SEQ * HALF], sine[SEQ * HALF];
static const rt__cells heads = {20, HEADS, HEADS * 2 * HALF, 2 * HALF};
static void rope(rt__engine *e, float *const in[3], float *out)
{
  for (size_t i = 0; i < SEQ * HALF; i++) {
    cosine[i] = (float)cos((double)i);
    sine[i] = (float)sin((double)i);
  }
  memcpy(out, in[0], 20 * HEADS * 2 * HALF * sizeof *out);
  rt__rope(e, heads, out, (rt__turns){cosine, sine, SEQ, 0}, 1);
}
static void rope_back(rt__engine *e, float *const in[3], const float *out, const float *dout,
                      float *const din[3])
{
  (void)in;
  (void)out;
  memcpy(din[0], dout, 20 * HEADS * 2 * HALF * sizeof *dout);
  rt__rope(e, heads, din[0], (rt__turns){cosine, sine, SEQ, 0}, -1);
}

static void swiglu(rt__engine *e, float *const in[3], float *out)
{
  rt__swiglu(e, out, in[0], N, D);
}
static void swiglu_back(rt__engine *e, float *const in[3], const float *out, const float *dout,
                        float *const din[3])
{
  (void)out;
  memcpy(din[0], in[0], 2 * N * D * sizeof **in);
  rt__swiglu_back(e, din[0], dout, N, D);
}

static void linear(rt__engine *e, float *const in[3], float *out)
{
  rt__linear(e, out, in[0], in[1], N, 13, D, false);
}
static void linear_back(rt__engine *e, float *const in[3], const float *out, const float *dout,
                        float *const din[3])
{
  (void)out;
  rt__linear_back(e, din[0], din[1], dout, in[0], in[1], N, 13, D);
}

/* long enough for several blocks of queries */
static const rt__attn shape = {2, 70, 4, 2, 6};
static float lse[2 * 70 * 4];
static void attend(rt__engine *e, float *const in[3], float *out)
{
  rt__attention(e, shape, in[0], out, lse);
}
static void attend_back(rt__engine *e, float *const in[3], const float *out, const float *dout,
                        float *const din[3])
{
  rt__attention_back(e, shape, in[0], out, lse, dout, din[0]);
}

static const op ops[] = {
    {"embedding", 1, {WORDS * D}, N *D, embed, embed_back},
    {"rms norm", 2, {N * 26, 7}, N * 26, rms, rms_back},
    {"bias", 2, {N * D, D}, N *D, bias, bias_back},
    {"rope", 1, {20 * HEADS * 2 * HALF}, 20 * HEADS * 2 * HALF, rope, rope_back},
    {"swiglu", 1, {2 * N * D}, N *D, swiglu, swiglu_back},
    {"linear", 2, {N * D, 13 * D}, N * 13, linear, linear_back},
    {"attention", 1, {140 * 48}, 140 * 24, attend, attend_back},
};

static void every_operation(void **state)
{
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(ops); i++)
    check(&ops[i]);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_operation)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
