/* kernel_plain - vectors of 4 floats, on any processor; also the list of kinds. */
#include "distill/kernel.h"

typedef float vf __attribute__((vector_size(16)));
typedef int32_t vi __attribute__((vector_size(16)));
#define LANES        4
#define TILE_ROWS    4
#define FMA(a, b, c) ((a) * (b) + (c))

static inline vf vsqrt(vf a)
{
  for (int i = 0; i < 4; i++)
    a[i] = __builtin_sqrtf(a[i]);
  return a;
}
#define SQRT(a)  vsqrt(a)
#define SPLAT(x) ((vf){(x), (x), (x), (x)})

static bool always(void)
{
  return true;
}

#define KERNELS_NAME   "plain"
#define KERNELS_TABLE  rt__kernels_plain
#define KERNELS_USABLE always
#include "distill/kernel_body.h"

#if defined(__x86_64__)
extern const rt__kernels rt__kernels_avx2, rt__kernels_avx512;
static const rt__kernels *const kinds[] = {&rt__kernels_avx512, &rt__kernels_avx2,
                                           &rt__kernels_plain};
#else
static const rt__kernels *const kinds[] = {&rt__kernels_plain};
#endif

size_t rt__kernels_count(void)
{
  return RT__ARRAY_LEN(kinds);
}

const rt__kernels *rt__kernels_at(size_t i)
{
  return i < RT__ARRAY_LEN(kinds) ? kinds[i] : NULL;
}

const rt__kernels *rt__kernels_best(void)
{
  size_t i = 0;
  while (!kinds[i]->usable())
    i++;
  return kinds[i];
}
