/* arch - the table of architectures, and what a configuration may hold. */
#include "distill/model.h"

#include <math.h>

static const rt_arch table[] = {
    /* name    hf_class             hf_type   qkv_bias qk_norm interleaved */
    {"llama", "LlamaForCausalLM", "llama", false, false, true},
    {"qwen2", "Qwen2ForCausalLM", "qwen2", true, false, false},
    {"qwen3", "Qwen3ForCausalLM", "qwen3", false, true, false},
};

size_t rt_arch_count(void)
{
  return RT__ARRAY_LEN(table);
}

const rt_arch *rt_arch_at(size_t i)
{
  return i < RT__ARRAY_LEN(table) ? &table[i] : NULL;
}

const rt_arch *rt_arch_find(rt_slice name)
{
  for (size_t i = 0; i < RT__ARRAY_LEN(table); i++)
    if (rt__slice_eq(name, rt__cstr(table[i].name)) ||
        rt__slice_eq(name, rt__cstr(table[i].hf_class)))
      return &table[i];
  return NULL;
}

void rt_model_config_default(rt_model_config *c)
{
  memset(c, 0, sizeof *c);
  c->arch = &table[0];
  c->layers = 4;
  c->d_model = 128;
  c->heads = 4;
  c->kv_heads = 2;
  c->head_dim = 32;
  c->d_ff = 384;
  c->context = 512;
  c->rms_eps = 1e-5f;
  c->rope_theta = 10000.0f;
  c->rope_kind = RT_ROPE_PLAIN;
  c->tied = true;
}

/* the fields that are a plain range */
static rt_code check_ranges(const rt_model_config *c, rt_error *err)
{
  const struct {
    const char *name;
    uint32_t v, max;
  } rows[] = {
      {"vocab", c->vocab, RT_MODEL_VOCAB_MAX},
      {"layers", c->layers, RT_MODEL_LAYERS_MAX},
      {"d_model", c->d_model, RT_MODEL_WIDTH_MAX},
      {"heads", c->heads, RT_MODEL_HEADS_MAX},
      {"kv_heads", c->kv_heads, RT_MODEL_HEADS_MAX},
      {"d_ff", c->d_ff, RT_MODEL_FF_MAX},
      {"head_dim", c->head_dim, RT_MODEL_HEAD_DIM_MAX},
      {"context", c->context, RT_MODEL_CONTEXT_MAX},
  };
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    if (rows[i].v == 0 || rows[i].v > rows[i].max)
      return rt__fail(err, RT_E_ARG, "model: %s is %u, it must be 1 to %u", rows[i].name, rows[i].v,
                      rows[i].max);
  return RT_OK;
}

static bool above(float v, float low)
{
  return isfinite(v) && v > low;
}

static rt_code check_rope(const rt_model_config *c, rt_error *err)
{
  if (!above(c->rope_theta, 1.0f))
    return rt__fail(err, RT_E_ARG, "model: rope_theta must be a number above 1");
  if (c->rope_kind > RT_ROPE_TABLE)
    return rt__fail(err, RT_E_ARG, "model: unknown kind of rope scaling");
  if ((c->rope_kind == RT_ROPE_LINEAR || c->rope_kind == RT_ROPE_LLAMA3) &&
      !above(c->rope_factor, 0.0f))
    return rt__fail(err, RT_E_ARG, "model: the rope factor must be a number above 0");
  if (c->rope_kind == RT_ROPE_LLAMA3 &&
      (!above(c->rope_low, 0.0f) || !above(c->rope_high, c->rope_low) || c->rope_context == 0))
    return rt__fail(err, RT_E_ARG,
                    "model: llama3 rope needs 0 < low < high and an original context");
  if (c->rope_kind == RT_ROPE_TABLE)
    for (uint32_t i = 0; i < c->head_dim / 2; i++)
      if (!above(c->rope_divisor[i], 0.0f))
        return rt__fail(err, RT_E_ARG, "model: rope divisor %u must be a number above 0", i);
  return RT_OK;
}

rt_code rt_model_config_check(const rt_model_config *c, rt_error *err)
{
  if (!c->arch)
    return rt__fail(err, RT_E_ARG, "model: no architecture given");
  rt_code code = check_ranges(c, err);
  if (code)
    return code;
  if (c->head_dim % 2)
    return rt__fail(err, RT_E_ARG, "model: head_dim is %u, it must be even", c->head_dim);
  if (c->heads % c->kv_heads)
    return rt__fail(err, RT_E_ARG, "model: %u heads don't divide over %u kv_heads", c->heads,
                    c->kv_heads);
  if ((uint64_t)c->heads * c->head_dim > RT_MODEL_WIDTH_MAX)
    return rt__fail(err, RT_E_ARG, "model: heads * head_dim is above %u", RT_MODEL_WIDTH_MAX);
  if (!above(c->rms_eps, 0.0f) || c->rms_eps > 0.1f)
    return rt__fail(err, RT_E_ARG, "model: rms_eps must be above 0 and at most 0.1");
  return check_rope(c, err);
}

/* Llama 3: wavelengths above original/low are stretched, below original/high kept, a ramp between
 */
static double llama3(const rt_model_config *c, double freq)
{
  double wave = 6.283185307179586 / freq;
  double original = (double)c->rope_context;
  if (wave < original / (double)c->rope_high)
    return freq;
  if (wave > original / (double)c->rope_low)
    return freq / (double)c->rope_factor;
  double keep =
      (original / wave - (double)c->rope_low) / ((double)c->rope_high - (double)c->rope_low);
  return (1 - keep) * freq / (double)c->rope_factor + keep * freq;
}

void rt_model_rope(const rt_model_config *c, float *freq)
{
  for (uint32_t i = 0; i < c->head_dim / 2; i++) {
    double f = pow((double)c->rope_theta, -2.0 * (double)i / (double)c->head_dim);
    switch (c->rope_kind) {
    case RT_ROPE_LINEAR:
      f /= (double)c->rope_factor;
      break;
    case RT_ROPE_LLAMA3:
      f = llama3(c, f);
      break;
    case RT_ROPE_TABLE:
      f /= (double)c->rope_divisor[i];
      break;
    case RT_ROPE_PLAIN:
      break;
    }
    freq[i] = (float)f;
  }
}
