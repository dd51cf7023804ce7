/* kernel - the inner loops, once for each kind of processor, chosen at run time.
 *
 * kernel_body.h holds the code; kernel_plain.c, kernel_avx2.c and kernel_avx512.c compile it for
 * vectors of 4, 8 and 16 floats. All are single-threaded and touch only what they are handed.
 *
 * Caveats
 *  - Results differ in the last bits between the kinds (vector width, fused multiply-add), and are
 *    the same bits every time within one kind.
 *  - No pointer needs to be aligned; arrays of one call must not overlap unless it says so.
 */
#ifndef RT_DISTILL_KERNEL_H
#define RT_DISTILL_KERNEL_H

#include "base/base.h"

#define RT__TILE_ROWS_MAX 14u
#define RT__TILE_COLS_MAX 32u

typedef struct rt__adam {
  float rate, beta1, beta2, eps, decay;
  float fix1, fix2; /* 1/(1-beta1^t), 1/(1-beta2^t) */
  float scale;      /* gradients are multiplied by this first (clipping) */
} rt__adam;

typedef struct rt__kernels {
  const char *name;
  bool (*usable)(void);
  unsigned tile_rows, tile_cols; /* R, C of the product's tile */

  /* c[i*ldc + j] (+)= sum over k of a[i*ars + k*acs] * b[k*C + j], for a whole tile of R x C */
  void (*tile)(size_t k, const float *a, size_t ars, size_t acs, const float *b, float *c,
               size_t ldc, bool add);

  /* packing for the tile, k steps, columns past n < C (rows past the last tile's) become 0:
   *   pack_rows  dst[t*C + j] = src[t*ld + j]
   *   pack_cols  dst[t*C + j] = src[j*ld + t]
   *   pack_a     m rows as tiles, `stride` floats apart: dst[(i/R)*stride + t*R + i%R] = src[t*ld +
   * i] */
  void (*pack_rows)(float *dst, const float *src, size_t ld, size_t k, size_t n);
  void (*pack_cols)(float *dst, const float *src, size_t ld, size_t k, size_t n);
  void (*pack_a)(float *dst, size_t stride, const float *src, size_t ld, size_t k, size_t m);

  float (*max)(const float *x, size_t n); /* n > 0 */
  double (*dot)(const float *x, const float *y, size_t n);
  /* out[i] = exp(scale * x[i] - top), returns the sum; out may be x */
  double (*exp_sum)(const float *x, float scale, float top, float *out, size_t n);
  void (*scale)(float *x, float s, size_t n);
  void (*axpy)(float *y, float a, const float *x, size_t n); /* y += a x */
  void (*add)(float *y, const float *x, size_t n);           /* y += x */
  /* y = x * s * w */
  void (*norm)(float *y, const float *x, float s, const float *w, size_t n);
  /* dx += s * (dy * w) + c * x */
  void (*norm_back)(float *dx, float s, const float *dy, const float *w, float c, const float *x,
                    size_t n);
  double (*dot3)(const float *x, const float *y, const float *z, size_t n);
  /* dw += s * dy * x */
  void (*mul_axpy)(float *dw, float s, const float *dy, const float *x, size_t n);
  /* out = silu(g) * u */
  void (*swiglu)(float *out, const float *g, const float *u, size_t n);
  /* g, u become their gradients */
  void (*swiglu_back)(float *g, float *u, const float *dout, size_t n);
  /* turns the two halves of a head by the angles' cosines and sines; sin_sign -1 turns back */
  void (*rotate)(float *x, const float *cosine, const float *sine, float sin_sign, size_t half);
  /* ds = p * (dp - d) * s; ds may be dp */
  void (*softmax_back)(float *ds, const float *p, const float *dp, float d, float s, size_t n);
  void (*adam)(float *w, float *m, float *v, const float *g, const rt__adam *h, bool decay,
               size_t n);
} rt__kernels;

/* best first; plain is last and always usable */
size_t rt__kernels_count(void);
const rt__kernels *rt__kernels_at(size_t i);
/* the best that this processor can run */
const rt__kernels *rt__kernels_best(void);

#endif
