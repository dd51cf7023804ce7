/* attention - causal, grouped-query, exact; a block of queries at a time.
 *
 * qkv: one row a token, heads*head_dim of q, then kv_heads*head_dim of k, then as much of v; q and
 * k already turned. Rows of one sequence follow each other. Nothing of seq x seq is ever kept: the
 * way back computes the probabilities again from `lse`, the log of each row's sum.
 */
#ifndef RT_DISTILL_ATTENTION_H
#define RT_DISTILL_ATTENTION_H

#include "distill/gemm.h"

typedef struct rt__attn {
  size_t batch, seq, heads, kv_heads, head_dim;
} rt__attn;

/* floats of scratch a worker, for rt__engine_reserve */
size_t rt__attention_scratch(const rt__kernels *k, rt__attn s);

/* out [batch*seq][heads*head_dim], lse [batch*seq][heads] */
void rt__attention(rt__engine *e, rt__attn s, const float *qkv, float *out, float *lse);

/* dqkv is overwritten */
void rt__attention_back(rt__engine *e, rt__attn s, const float *qkv, const float *out,
                        const float *lse, const float *dout, float *dqkv);

#endif
