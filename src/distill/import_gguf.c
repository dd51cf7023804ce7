#include "distill/import_gguf.h"

#include "distill/import_bytes.h"
#include "distill/import_names.h"

#include <stdio.h>

#define ROPE_TENSOR "rope_freqs.weight"

/* ---- configuration: keys are the architecture's name and a suffix */

static const char *key_of(const rt_model_config *c, const char *suffix, char *key)
{
  (void)snprintf(key, RT__FILE_NAME_MAX, "%s.%s", c->arch->name, suffix);
  return key;
}

static rt_code find_arch(const rt_gguf *g, rt_model_config *c, rt_error *err)
{
  rt_slice name;
  rt_code code = rt_gguf_str(g, "general.architecture", &name, err);
  if (code)
    return code;
  c->arch = rt_arch_find(name);
  if (!c->arch)
    return rt__fail(
        err, RT_E_FORMAT,
        "the architecture \"%.*s\" isn't built here; its logits can be used with --from-logits",
        rt__shown(name), name.p);
  return RT_OK;
}

static rt_code read_sizes(const rt_gguf *g, rt_model_config *c, rt_error *err)
{
  const struct {
    const char *suffix;
    uint32_t *v;
    bool optional;
  } rows[] = {
      {"block_count", &c->layers, false},          {"embedding_length", &c->d_model, false},
      {"feed_forward_length", &c->d_ff, false},    {"context_length", &c->context, false},
      {"attention.head_count", &c->heads, false},  {"attention.head_count_kv", &c->kv_heads, true},
      {"attention.key_length", &c->head_dim, true}};
  c->kv_heads = c->head_dim = 0;
  char key[RT__FILE_NAME_MAX];
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    (void)key_of(c, rows[i].suffix, key);
    if (rows[i].optional && !rt_gguf_has(g, key))
      continue;
    rt_code code = rt_gguf_u32(g, key, rows[i].v, err);
    if (code)
      return code;
  }
  if (!c->kv_heads)
    c->kv_heads = c->heads;
  if (!c->head_dim && c->heads)
    c->head_dim = c->d_model / c->heads;
  return RT_OK;
}

/* keys that change what the model computes in ways that aren't built here: they must be absent or
 * neutral */
static rt_code refuse_others(const rt_gguf *g, const rt_model_config *c, rt_error *err)
{
  const struct {
    const char *suffix;
    uint32_t neutral;
  } rows[] = {{"expert_count", 0},
              {"attention.sliding_window", 0},
              {"attention.value_length", c->head_dim},
              {"rope.dimension_count", c->head_dim}};
  char key[RT__FILE_NAME_MAX];
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    uint32_t v;
    if (!rt_gguf_has(g, key_of(c, rows[i].suffix, key)))
      continue;
    rt_code code = rt_gguf_u32(g, key, &v, err);
    if (code)
      return code;
    if (v != rows[i].neutral)
      return rt__fail(err, RT_E_FORMAT, "the model's %s is %u: that isn't built here", key, v);
  }
  return RT_OK;
}

static rt_code read_rope_table(const rt_gguf_tensor *t, rt_model_config *c, rt_error *err)
{
  if (t->n != c->head_dim / 2 || t->type->block != 1 || t->n > RT_MODEL_HEAD_DIM_MAX / 2)
    return rt__fail(err, RT_E_FORMAT,
                    "the tensor \"" ROPE_TENSOR "\" isn't half a head of plain numbers");
  t->type->decode(t->data, c->rope_divisor, (size_t)t->n);
  c->rope_kind = RT_ROPE_TABLE;
  return RT_OK;
}

static rt_code read_rope_scaling(const rt_gguf *g, rt_model_config *c, rt_error *err)
{
  char key[RT__FILE_NAME_MAX];
  rt_slice kind;
  const rt_gguf_tensor *table = rt_gguf_tensor_find(g, RT__LIT(ROPE_TENSOR));
  if (table)
    return read_rope_table(table, c, err);
  if (!rt_gguf_has(g, key_of(c, "rope.scaling.type", key)))
    return RT_OK;
  rt_code code = rt_gguf_str(g, key, &kind, err);
  if (code || rt__slice_eq(kind, RT__LIT("none")))
    return code;
  if (!rt__slice_eq(kind, RT__LIT("linear")))
    return rt__fail(err, RT_E_FORMAT, "the rope scaling \"%.*s\" isn't built here", rt__shown(kind),
                    kind.p);
  c->rope_kind = RT_ROPE_LINEAR;
  return rt_gguf_f32(g, key_of(c, "rope.scaling.factor", key), &c->rope_factor, err);
}

static rt_code read_numbers(const rt_gguf *g, rt_model_config *c, rt_error *err)
{
  char key[RT__FILE_NAME_MAX];
  rt_code code =
      rt_gguf_f32(g, key_of(c, "attention.layer_norm_rms_epsilon", key), &c->rms_eps, err);
  c->rope_theta = 10000;
  if (code == RT_OK && rt_gguf_has(g, key_of(c, "rope.freq_base", key)))
    code = rt_gguf_f32(g, key, &c->rope_theta, err);
  return code == RT_OK ? read_rope_scaling(g, c, err) : code;
}

static rt_code read_vocabulary(const rt_gguf *g, rt_model_config *c, rt_error *err)
{
  const rt_gguf_tensor *t = rt_gguf_tensor_find(g, RT__LIT("token_embd.weight"));
  if (!t || t->n_dims != 2 || t->dims[1] > RT_MODEL_VOCAB_MAX)
    return rt__fail(err, RT_E_FORMAT,
                    "the tensor \"token_embd.weight\" is missing or no table of words");
  c->vocab = (uint32_t)t->dims[1];
  c->tied = !rt_gguf_tensor_find(g, RT__LIT("output.weight"));
  return RT_OK;
}

rt_code rt__import_gguf_config(const rt_gguf *g, rt_model_config *c, rt_error *err)
{
  memset(c, 0, sizeof *c);
  rt_code code = find_arch(g, c, err);
  if (code == RT_OK)
    code = read_sizes(g, c, err);
  if (code == RT_OK)
    code = refuse_others(g, c, err);
  if (code == RT_OK)
    code = read_numbers(g, c, err);
  if (code == RT_OK)
    code = read_vocabulary(g, c, err);
  return code == RT_OK ? rt_model_config_check(c, err) : code;
}

/* ---- weights */

static rt_code check_shape(const rt_gguf_tensor *f, const rt_tensor *t, const char *name,
                           rt_error *err)
{
  if (!f)
    return rt__fail(err, RT_E_NOTFOUND, "the tensor \"%s\" is missing", name);
  bool row = f->n_dims == 1 && t->rows == 1, matrix = f->n_dims == 2 && f->dims[1] == t->rows;
  if (f->dims[0] != t->cols || !(row || matrix))
    return rt__fail(err, RT_E_FORMAT, "the tensor \"%s\" isn't %u rows of %u", name, t->rows,
                    t->cols);
  return RT_OK;
}

/* row by row: a row of the file goes where it belongs in the model */
static void copy_rows(const rt_gguf_tensor *f, const rt_tensor *t, float *to, uint32_t turn)
{
  size_t blocks = t->cols / f->type->block, bytes = blocks * f->type->bytes;
  for (uint32_t r = 0; r < t->rows; r++) {
    uint32_t at = turn ? rt__unpaired(r, turn) : r;
    f->type->decode(f->data + r * bytes, to + (size_t)at * t->cols, blocks);
  }
}

/* a bias has one row; its elements turn as the rows of its matrix do */
static void copy_bias(const rt_gguf_tensor *f, const rt_tensor *t, float *to, uint32_t turn)
{
  for (uint32_t i = 0; i < t->cols; i++)
    f->type->decode(f->data + (size_t)i * f->type->bytes, to + rt__unpaired(i, turn), 1);
}

static rt_code copy_tensor(const rt_gguf *g, rt_model *m, const rt_tensor *t, rt_error *err)
{
  rt__file_names names;
  if (!rt__names_of(&m->config, t->name, &names))
    return rt__fail(err, RT_E_FORMAT, "the tensor \"%s\" has no name in GGUF", t->name);
  const rt_gguf_tensor *f = rt_gguf_tensor_find(g, rt__cstr(names.gguf));
  rt_code code = check_shape(f, t, names.gguf, err);
  if (code)
    return code;
  uint32_t turn = names.rotary_heads && m->config.arch->gguf_interleaved ? m->config.head_dim : 0;
  if (turn && t->rows == 1)
    copy_bias(f, t, rt_model_at(m, t), turn);
  else
    copy_rows(f, t, rt_model_at(m, t), turn);
  return RT_OK;
}

static bool is_used(const rt_model *m, const rt_gguf_tensor *f)
{
  rt__file_names names;
  if (rt__slice_eq(f->name, RT__LIT(ROPE_TENSOR)))
    return true;
  for (size_t i = 0; i < m->n_tensors; i++)
    if (rt__names_of(&m->config, m->tensors[i].name, &names) &&
        rt__slice_eq(f->name, rt__cstr(names.gguf)))
      return true;
  return false;
}

/* a tensor that nobody asked for means that the model computes something else */
static rt_code refuse_strangers(const rt_gguf *g, const rt_model *m, rt_error *err)
{
  size_t known = m->n_tensors + (rt_gguf_tensor_find(g, RT__LIT(ROPE_TENSOR)) != NULL);
  if (rt_gguf_tensors(g) == known)
    return RT_OK;
  for (size_t i = 0; i < rt_gguf_tensors(g); i++) {
    const rt_gguf_tensor *f = rt_gguf_tensor_at(g, i);
    if (!is_used(m, f))
      return rt__fail(err, RT_E_FORMAT,
                      "the tensor \"%.*s\" has no place in a model of kind \"%s\"", (int)f->name.n,
                      f->name.p, m->config.arch->name);
  }
  return RT_OK;
}

rt_code rt__import_gguf_weights(const rt_gguf *g, rt_model *m, rt_error *err)
{
  for (size_t i = 0; i < m->n_tensors; i++) {
    rt_code code = copy_tensor(g, m, &m->tensors[i], err);
    if (code)
      return code;
  }
  return refuse_strangers(g, m, err);
}
