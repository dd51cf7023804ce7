#include "distill/hfconfig.h"

#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- reading */

static rt_code find_arch(const json_t *o, rt_model_config *c, rt_error *err)
{
  const json_t *names = rt__json_at(o, "architectures");
  rt_slice name = rt__json_text(json_array_get(names, 0));
  if (!name.p)
    name = rt__json_text(rt__json_at(o, "model_type"));
  if (!name.p)
    return rt__fail(err, RT_E_FORMAT, "config.json names no architecture");
  c->arch = rt_arch_find(name);
  if (!c->arch)
    return rt__fail(
        err, RT_E_FORMAT,
        "the architecture \"%.*s\" isn't built here; its logits can be used with --from-logits",
        (int)(name.n < 64 ? name.n : 64), name.p);
  return RT_OK;
}

static bool given(const json_t *o, const char *key)
{
  const json_t *v = rt__json_at(o, key);
  return v && !json_is_null(v);
}

static rt_code read_sizes(const json_t *o, rt_model_config *c, rt_error *err)
{
  const struct {
    const char *key;
    uint32_t *v;
    bool optional;
  } rows[] = {{"vocab_size", &c->vocab, false},
              {"num_hidden_layers", &c->layers, false},
              {"hidden_size", &c->d_model, false},
              {"intermediate_size", &c->d_ff, false},
              {"num_attention_heads", &c->heads, false},
              {"max_position_embeddings", &c->context, false},
              {"num_key_value_heads", &c->kv_heads, true},
              {"head_dim", &c->head_dim, true}};
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    if (rows[i].optional && !given(o, rows[i].key))
      continue;
    rt_code code = rt__json_get_u32(o, rows[i].key, rows[i].v, err);
    if (code)
      return code;
  }
  if (!c->kv_heads)
    c->kv_heads = c->heads;
  if (!c->head_dim && c->heads)
    c->head_dim = c->d_model / c->heads;
  return RT_OK;
}

/* switches that must be off, or at the value given */
static rt_code refuse_others(const json_t *o, rt_error *err)
{
  static const char *const off[] = {"attention_bias", "mlp_bias", "use_sliding_window"};
  for (size_t i = 0; i < RT__ARRAY_LEN(off); i++)
    if (json_is_true(rt__json_at(o, off[i])))
      return rt__fail(err, RT_E_FORMAT, "the model's \"%s\" is on: that isn't built here", off[i]);
  if (given(o, "quantization_config"))
    return rt__fail(err, RT_E_FORMAT, "the folder's weights are quantised: that isn't read here");
  rt_slice act = rt__json_text(rt__json_at(o, "hidden_act"));
  if (act.p && !rt__slice_eq(act, RT__LIT("silu")))
    return rt__fail(err, RT_E_FORMAT, "the activation \"%.40s\" isn't built here", act.p);
  return RT_OK;
}

static rt_code read_llama3(const json_t *s, rt_model_config *c, rt_error *err)
{
  c->rope_kind = RT_ROPE_LLAMA3;
  rt_code code = rt__json_get_float(s, "low_freq_factor", &c->rope_low, err);
  if (code == RT_OK)
    code = rt__json_get_float(s, "high_freq_factor", &c->rope_high, err);
  return code == RT_OK
             ? rt__json_get_u32(s, "original_max_position_embeddings", &c->rope_context, err)
             : code;
}

static rt_code read_scaling(const json_t *s, rt_model_config *c, rt_error *err)
{
  rt_slice kind = rt__json_text(rt__json_at(s, "rope_type"));
  if (!kind.p)
    kind = rt__json_text(rt__json_at(s, "type"));
  if (!kind.p || rt__slice_eq(kind, RT__LIT("default")))
    return RT_OK;
  rt_code code = rt__json_get_float(s, "factor", &c->rope_factor, err);
  if (code)
    return code;
  if (rt__slice_eq(kind, RT__LIT("llama3")))
    return read_llama3(s, c, err);
  if (!rt__slice_eq(kind, RT__LIT("linear")))
    return rt__fail(err, RT_E_FORMAT, "the rope scaling \"%.40s\" isn't built here", kind.p);
  c->rope_kind = RT_ROPE_LINEAR;
  return RT_OK;
}

/* older files say rope_theta and rope_scaling, newer ones rope_parameters */
static rt_code read_rope(const json_t *o, rt_model_config *c, rt_error *err)
{
  const json_t *s =
      rt__json_at(o, given(o, "rope_parameters") ? "rope_parameters" : "rope_scaling");
  const json_t *theta = given(o, "rope_theta") ? o : s;
  c->rope_theta = 10000;
  rt_code code = RT_OK;
  if (given(theta, "rope_theta"))
    code = rt__json_get_float(theta, "rope_theta", &c->rope_theta, err);
  return code == RT_OK && s ? read_scaling(s, c, err) : code;
}

rt_code rt__hfconfig_read(const json_t *o, rt_model_config *c, rt_error *err)
{
  memset(c, 0, sizeof *c);
  rt_code code = find_arch(o, c, err);
  if (code == RT_OK)
    code = read_sizes(o, c, err);
  if (code == RT_OK)
    code = refuse_others(o, err);
  if (code == RT_OK)
    code = rt__json_get_float(o, "rms_norm_eps", &c->rms_eps, err);
  if (code == RT_OK)
    code = read_rope(o, c, err);
  c->tied = json_is_true(rt__json_at(o, "tie_word_embeddings"));
  return code == RT_OK ? rt_model_config_check(c, err) : code;
}

/* ---- writing */

static void put_sizes(rt__json *j, const rt_model_config *c)
{
  const struct {
    const char *key;
    uint32_t v;
  } rows[] = {{"vocab_size", c->vocab},          {"num_hidden_layers", c->layers},
              {"hidden_size", c->d_model},       {"intermediate_size", c->d_ff},
              {"num_attention_heads", c->heads}, {"num_key_value_heads", c->kv_heads},
              {"head_dim", c->head_dim},         {"max_position_embeddings", c->context}};
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    rt__json_put_u64(j, rows[i].key, rows[i].v);
  }
}

/* the shortest number that reads back as this float: 0.00001, not 9.999999747378752e-06 */
static void put_float(rt__json *j, const char *key, float v)
{
  char t[40];
  rt__json_key(j, key);
  double d = (double)v;
  for (int digits = 1; digits <= 9; digits++) {
    (void)snprintf(t, sizeof t, "%.*g", digits, (double)v);
    d = strtod(t, NULL);
    if ((float)d == v)
      break;
  }
  rt__json_num(j, d);
}

static void put_rope(rt__json *j, const rt_model_config *c)
{
  put_float(j, "rope_theta", c->rope_theta);
  rt__json_key(j, "rope_scaling");
  if (c->rope_kind == RT_ROPE_PLAIN) {
    rt__json_null(j);
    return;
  }
  rt__json_open(j, '{');
  rt__json_put_cstr(j, "rope_type", c->rope_kind == RT_ROPE_LINEAR ? "linear" : "llama3");
  put_float(j, "factor", c->rope_factor);
  if (c->rope_kind == RT_ROPE_LLAMA3) {
    put_float(j, "low_freq_factor", c->rope_low);
    put_float(j, "high_freq_factor", c->rope_high);
    rt__json_put_u64(j, "original_max_position_embeddings", c->rope_context);
  }
  rt__json_close(j, '}');
}

static void put_id(rt__json *j, const char *key, uint32_t id)
{
  rt__json_key(j, key);
  if (id == UINT32_MAX)
    rt__json_null(j);
  else
    rt__json_u64(j, id);
}

static void put_switches(rt__json *j, const rt_model_config *c)
{
  rt__json_put_cstr(j, "hidden_act", "silu");
  rt__json_put_bool(j, "attention_bias", false);
  rt__json_put_u64(j, "attention_dropout", 0);
  rt__json_put_bool(j, "tie_word_embeddings", c->tied);
  rt__json_put_bool(j, "use_cache", true);
}

rt_code rt__hfconfig_write(const rt_model_config *c, const char *dtype, uint32_t bos, uint32_t eos,
                           rt__buf *out, rt_error *err)
{
  rt__json j;
  if (c->rope_kind == RT_ROPE_TABLE)
    return rt__fail(err, RT_E_ARG, "config.json has no form for a table of rope frequencies");
  rt__json_init(&j, out);
  rt__json_open(&j, '{');
  rt__json_key(&j, "architectures");
  rt__json_open(&j, '[');
  rt__json_cstr(&j, c->arch->hf_class);
  rt__json_close(&j, ']');
  rt__json_put_cstr(&j, "model_type", c->arch->hf_type);
  put_sizes(&j, c);
  put_float(&j, "rms_norm_eps", c->rms_eps);
  put_rope(&j, c);
  put_switches(&j, c);
  put_id(&j, "bos_token_id", bos);
  put_id(&j, "eos_token_id", eos);
  rt__json_put_cstr(&j, "torch_dtype", dtype);
  rt__json_close(&j, '}');
  return j.code ? rt__fail(err, j.code, "config.json: out of memory") : RT_OK;
}
