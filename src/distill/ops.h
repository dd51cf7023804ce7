/* ops - the operations of a layer, each forward and backward, on the engine's threads.
 *
 * Caveats
 *  - Rows are tokens; `n` counts them. Gradients of weights are added to what is there (so that
 *    batches accumulate), gradients of inputs too where it says +=.
 *  - Nothing is checked here: sizes come from a checked configuration.
 *  - Sums over tokens are taken per column, in order: the bits don't depend on the threads.
 */
#ifndef RT_DISTILL_OPS_H
#define RT_DISTILL_OPS_H

#include "distill/gemm.h"

/* x[i] = table[token[i]] */
void rt__embed(rt__engine *e, float *x, const float *table, const uint32_t *token, size_t n,
               size_t d);
void rt__embed_back(rt__engine *e, float *dtable, const float *dx, const uint32_t *token, size_t n,
                    size_t d);

/* Vectors of d elements, `per` of them side by side in each of n rows, rows `ld` apart. */
typedef struct rt__cells {
  size_t n, per, ld, d;
} rt__cells;

/* y = x * r * w with r = 1 / sqrt(mean(x^2) + eps); r[n*per] is kept for the way back. y may be x.
 */
void rt__rms(rt__engine *e, rt__cells s, float *y, float *r, const float *x, const float *w,
             float eps);
/* the same from a known r */
void rt__rms_again(rt__engine *e, rt__cells s, float *y, const float *r, const float *x,
                   const float *w);
/* dx += …, dw += …; all of dx, dy, x have the cells' shape */
void rt__rms_back(rt__engine *e, rt__cells s, float *dx, float *dw, const float *dy, const float *x,
                  const float *r, const float *w);

/* y[i] += b; db += sum over rows of dy */
void rt__bias(rt__engine *e, float *y, size_t ld, const float *b, size_t n, size_t d);
void rt__bias_back(rt__engine *e, float *db, const float *dy, size_t ld, size_t n, size_t d);

/* Turns `per` heads of each row by its position, row i being at position first + i % seq.
 * cosine, sine: [positions][head_dim/2]. sign 1 forward, -1 backward (which turns back). */
typedef struct rt__turns {
  const float *cosine, *sine;
  size_t seq, first;
} rt__turns;
void rt__rope(rt__engine *e, rt__cells s, float *x, rt__turns t, float sign);

/* gu: rows of gate then up, ff each. out = silu(gate) * up */
void rt__swiglu(rt__engine *e, float *out, const float *gu, size_t n, size_t ff);
/* gu becomes its gradient */
void rt__swiglu_back(rt__engine *e, float *gu, const float *dout, size_t n, size_t ff);

/* y (+)= x W^T, W [out][in]; dx (+)= dy W; dW += dy^T x */
void rt__linear(rt__engine *e, float *y, const float *x, const float *w, size_t n, size_t out,
                size_t in, bool add);
void rt__linear_back(rt__engine *e, float *dx, float *dw, const float *dy, const float *x,
                     const float *w, size_t n, size_t out, size_t in);

#endif
