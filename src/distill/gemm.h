/* gemm - matrix products on the pool, and the engine (kernels, threads, scratch) that all ops
 * share.
 *
 * C (+)= A B, fp32. A and B are views with strides, so one function serves y = x W^T, dx = dy W and
 * dW += dy^T x. The sum over k runs in the same order for each element of C whatever the threads,
 * so results don't depend on their number.
 *
 * Caveats
 *  - One call at a time per engine. C must not overlap A or B.
 *  - A view needs one of its strides to be 1.
 */
#ifndef RT_DISTILL_GEMM_H
#define RT_DISTILL_GEMM_H

#include "distill/kernel.h"
#include "distill/pool.h"

typedef struct rt__view {
  const float *p;
  size_t rs, cs; /* element (i, j) is p[i*rs + j*cs] */
} rt__view;

static inline rt__view rt__rows(const float *p, size_t ld)
{
  return (rt__view){p, ld, 1};
}
/* the transpose of a row-major matrix */
static inline rt__view rt__turned(const float *p, size_t ld)
{
  return (rt__view){p, 1, ld};
}

typedef struct rt__engine {
  rt_alloc alloc;
  const rt__kernels *k;
  rt__pool *pool;
  unsigned threads;
  float *shared; /* packed B of one product */
  float *own;    /* own_n floats a worker: packed A, attention's blocks */
  size_t own_n;
} rt__engine;

/* kernels NULL = the best for this processor */
rt_code rt__engine_new(const rt_alloc *alloc, unsigned threads, const rt__kernels *kernels,
                       rt__engine **out, rt_error *err) RT__MUST_CHECK;
void rt__engine_free(rt__engine *e);
/* at least n floats of scratch a worker from now on */
rt_code rt__engine_reserve(rt__engine *e, size_t n, rt_error *err) RT__MUST_CHECK;
static inline float *rt__engine_own(const rt__engine *e, unsigned worker)
{
  return e->own + worker * e->own_n;
}

/* C[m][n], row stride ldc; `add` keeps what was there. O(m n k). */
void rt__gemm(rt__engine *e, size_t m, size_t n, size_t k, rt__view a, rt__view b, float *c,
              size_t ldc, bool add);

/* ---- the same in two steps on one thread, for attention */

/* floats that rt__gemm_pack writes for a k x n matrix */
size_t rt__packed_size(const rt__kernels *kn, size_t k, size_t n);
void rt__gemm_pack(const rt__kernels *kn, float *dst, rt__view b, size_t k, size_t n);
/* floats of scratch that rt__gemm_packed needs */
#define RT__GEMM_SCRATCH (257u * 256u)
/* `k` may be less than the k that b was packed with, k_packed; n likewise */
void rt__gemm_packed(const rt__kernels *kn, size_t m, size_t n, size_t k, rt__view a,
                     const float *b, size_t k_packed, float *c, size_t ldc, bool add,
                     float *scratch);

#endif
