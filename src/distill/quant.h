/* quant - tensor types of GGUF files: how many bytes a block has, and what floats it stands for.
 *
 * A row is blocked: `block` neighbouring elements share `bytes` bytes. Half-precision scales,
 * sub-block scales and packed integers are laid out as GGUF defines them, little-endian.
 *
 * Caveats
 *  - A type without a row here can be named (so that a refusal is readable) but not read.
 *  - Encoding is offered only for F32, F16, BF16 and Q8_0: what exports are written in.
 *  - Sums are in float and in a fixed order: the same bytes give the same floats on every machine.
 */
#ifndef RT_DISTILL_QUANT_H
#define RT_DISTILL_QUANT_H

#include "base/base.h"

enum { /* GGUF's numbers */
       RT_QUANT_F32 = 0,
       RT_QUANT_F16 = 1,
       RT_QUANT_Q4_0 = 2,
       RT_QUANT_Q4_1 = 3,
       RT_QUANT_Q8_0 = 8,
       RT_QUANT_Q4_K = 12,
       RT_QUANT_Q6_K = 14,
       RT_QUANT_BF16 = 30
};

typedef struct rt_quant {
  uint32_t id;
  const char *name;
  uint32_t block, bytes; /* elements and bytes of one block */
  void (*decode)(const unsigned char *in, float *out, size_t n_blocks);
  void (*encode)(const float *in, unsigned char *out, size_t n_blocks); /* NULL: only read */
} rt_quant;

/* row of a type, NULL if it can't be read */
const rt_quant *rt_quant_find(uint32_t id);
/* row by name ("Q8_0", case matters), NULL if there is none */
const rt_quant *rt_quant_named(rt_slice name);
/* name of a type, also of those that can't be read; "unknown" otherwise */
const char *rt_quant_name(uint32_t id);

/* bytes of n elements; RT_E_ARG if n isn't a multiple of the block, RT_E_LIMIT on overflow */
rt_code rt_quant_size(const rt_quant *q, uint64_t n, uint64_t *bytes) RT__MUST_CHECK;

/* IEEE half precision. Encoding rounds to nearest, ties to even; above the range becomes infinity.
 */
float rt_f16_to_f32(uint16_t h);
uint16_t rt_f32_to_f16(float f);
/* the largest half that isn't above f, for finite f (never NaN): used where an estimate must stay
 * low */
uint16_t rt_f32_to_f16_down(float f);
float rt_bf16_to_f32(uint16_t h);
uint16_t rt_f32_to_bf16(float f);

#endif
