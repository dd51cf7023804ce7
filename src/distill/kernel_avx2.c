/* kernel_avx2 - vectors of 8 floats with fused multiply-add. */
#include "distill/kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif

typedef __m256 vf;
typedef int32_t vi __attribute__((vector_size(32)));
#define LANES        8
#define TILE_ROWS    6
#define FMA(a, b, c) _mm256_fmadd_ps(a, b, c)
#define SQRT(a)      _mm256_sqrt_ps(a)
#define SPLAT(x)     _mm256_set1_ps(x)

static bool usable(void)
{
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

#define KERNELS_NAME   "avx2"
#define KERNELS_TABLE  rt__kernels_avx2
#define KERNELS_USABLE usable
#include "distill/kernel_body.h"

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#else
typedef int rt__no_avx2; /* a file must not be empty */
#endif
