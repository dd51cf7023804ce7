/* kernel_avx512 - vectors of 16 floats with fused multiply-add. */
#include "distill/kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma")
#endif

typedef __m512 vf;
typedef int32_t vi __attribute__((vector_size(64)));
#define LANES        16
#define TILE_ROWS    14
#define FMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#define SQRT(a)      _mm512_sqrt_ps(a)
#define SPLAT(x)     _mm512_set1_ps(x)

static bool usable(void)
{
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}

#define KERNELS_NAME   "avx512"
#define KERNELS_TABLE  rt__kernels_avx512
#define KERNELS_USABLE usable
#include "distill/kernel_body.h"

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#else
typedef int rt__no_avx512; /* a file must not be empty */
#endif
