/* model - what a decoder-only model is made of: a configuration and named fp32 weights.
 *
 * This header is what file readers and writers (gguf, safetensors) and the trainer agree on.
 *
 * Conventions
 *  - A linear layer's weight is [out][in], row-major: y = W x + b. Norms and biases have one row.
 *  - Rotary embedding is *half-split* inside ("HF", "NeoX"): element i of a head turns together
 * with element i + head_dim/2. GGUF files of architectures with `gguf_interleaved` hold the rows of
 *    attn_q and attn_k (and their biases) for neighbouring pairs: importers and exporters permute,
 *    nobody else does.
 *  - All weights lie in one block, `data`, in the order of `tensors`; between two tensors may be
 *    unused elements, which are 0 and stay 0. attn_q, attn_k, attn_v of a layer adjoin without a
 * gap (likewise their biases, and ffn_gate with ffn_up), so that each group can be one product.
 *  - Tied embeddings: there is no tensor "head"; "embed" serves as both.
 *
 * Tensor names (N = 0 … layers-1):
 *   embed [vocab][d_model]         head [vocab][d_model] (untied only)     out_norm [1][d_model]
 *   layers.N.attn_norm             layers.N.ffn_norm                       [1][d_model]
 *   layers.N.attn_q                [heads*head_dim][d_model]
 *   layers.N.attn_k, attn_v        [kv_heads*head_dim][d_model]
 *   layers.N.attn_o                [d_model][heads*head_dim]
 *   layers.N.attn_q_bias, attn_k_bias, attn_v_bias    [1][rows of the weight]   (qkv_bias only)
 *   layers.N.attn_q_norm, attn_k_norm                 [1][head_dim]             (qk_norm only)
 *   layers.N.ffn_gate, ffn_up      [d_ff][d_model]
 *   layers.N.ffn_down              [d_model][d_ff]
 */
#ifndef RT_DISTILL_MODEL_H
#define RT_DISTILL_MODEL_H

#include "base/base.h"

/* ---- architectures: one row each (arch.c). The next architecture is a row and a test. */

typedef struct rt_arch {
  const char *name;      /* GGUF general.architecture and its key prefix: "llama", "qwen2" */
  const char *hf_class;  /* config.json architectures[0]: "LlamaForCausalLM" */
  const char *hf_type;   /* config.json model_type: "llama" */
  bool qkv_bias;         /* q, k, v have biases */
  bool qk_norm;          /* RMSNorm over each head of q and k, before the rotation */
  bool gguf_interleaved; /* GGUF holds q and k permuted for interleaved rotation */
} rt_arch;

size_t rt_arch_count(void);
const rt_arch *rt_arch_at(size_t i);
/* by GGUF name or by HF class; NULL if there is no such row */
const rt_arch *rt_arch_find(rt_slice name);

/* ---- configuration */

typedef enum rt_rope_kind {
  RT_ROPE_PLAIN,  /* angle = position * theta^(-2i/head_dim) */
  RT_ROPE_LINEAR, /* positions divided by rope_factor */
  RT_ROPE_LLAMA3, /* low frequencies divided by rope_factor, with a ramp between */
  RT_ROPE_TABLE   /* frequency i divided by rope_divisor[i] (GGUF rope_freqs) */
} rt_rope_kind;

#define RT_MODEL_VOCAB_MAX    (1u << 20)
#define RT_MODEL_LAYERS_MAX   256u
#define RT_MODEL_WIDTH_MAX    32768u /* d_model, heads * head_dim */
#define RT_MODEL_FF_MAX       131072u
#define RT_MODEL_HEADS_MAX    512u
#define RT_MODEL_HEAD_DIM_MAX 256u /* even */
#define RT_MODEL_CONTEXT_MAX  (1u << 20)
#define RT_MODEL_BYTES_MAX    (UINT64_C(64) << 30) /* default maximum of the weights' bytes */

typedef struct rt_model_config {
  const rt_arch *arch;
  uint32_t vocab, layers, d_model, heads, kv_heads, head_dim, d_ff, context;
  float rms_eps;
  float rope_theta;
  rt_rope_kind rope_kind;
  float rope_factor, rope_low, rope_high; /* LINEAR: factor; LLAMA3: all three */
  uint32_t rope_context;                  /* LLAMA3: original context */
  float rope_divisor[RT_MODEL_HEAD_DIM_MAX / 2];
  bool tied;
} rt_model_config;

/* a small Llama: every field set to something that passes the check but vocab, which is 0 */
void rt_model_config_default(rt_model_config *c);

/* RT_E_ARG with a sentence that names the field, if a value is outside its range or two don't fit
 */
rt_code rt_model_config_check(const rt_model_config *c, rt_error *err) RT__MUST_CHECK;

/* angles per position, head_dim/2 of them */
void rt_model_rope(const rt_model_config *c, float *freq);

/* ---- weights */

#define RT_TENSOR_NAME_MAX 40

typedef struct rt_tensor {
  char name[RT_TENSOR_NAME_MAX];
  uint32_t rows, cols; /* one row for norms and biases */
  size_t offset;       /* elements from rt_model.data */
  bool matrix;         /* weight decay applies */
} rt_tensor;

typedef struct rt_model {
  rt_alloc alloc;
  rt_model_config config;
  rt_tensor *tensors;
  size_t n_tensors;
  float *data;
  size_t n_data;     /* elements of data, unused ones included */
  uint64_t n_params; /* elements of all tensors */
} rt_model;

/* Zeroed weights. bytes_max bounds the weights' bytes, 0 = RT_MODEL_BYTES_MAX; RT_E_LIMIT above it,
 * before anything is allocated. */
rt_code rt_model_new(const rt_alloc *alloc, const rt_model_config *c, uint64_t bytes_max,
                     rt_model **out, rt_error *err) RT__MUST_CHECK;
void rt_model_free(rt_model *m);

/* bytes that rt_model_new would take for the weights; 0 if the configuration is unusable */
uint64_t rt_model_bytes(const rt_model_config *c);

/* tensor by name, NULL if this configuration has none of that name. O(tensors). */
const rt_tensor *rt_model_find(const rt_model *m, rt_slice name);
/* its rows * cols floats */
static inline float *rt_model_at(const rt_model *m, const rt_tensor *t)
{
  return m->data + t->offset;
}

/* fills the weights: norms 1, biases 0, matrices normal with deviation 0.02 (the two that write
 * into the residual stream divided by sqrt(2 layers)); a pure function of seed and tensor name */
void rt_model_random(rt_model *m, uint64_t seed);

/* RT_E_FORMAT naming the first tensor that holds a NaN or an infinity */
rt_code rt_model_finite(const rt_model *m, rt_error *err) RT__MUST_CHECK;

#endif
