/* quant_k - blocks of 256 elements with scales of their own for each 32 or 16 ("k-quants"). */
#ifndef RT_DISTILL_QUANT_K_H
#define RT_DISTILL_QUANT_K_H

#include <stddef.h>

void rt__decode_q4_k(const unsigned char *in, float *out, size_t n_blocks);
void rt__decode_q6_k(const unsigned char *in, float *out, size_t n_blocks);

#endif
