#include "distill/export.h"

#include "distill/import_names.h"

#include <stdio.h>

/* general.file_type: what most matrices are */
static uint32_t file_type(const rt_quant *type)
{
  return type->id == RT_QUANT_F32    ? 0
         : type->id == RT_QUANT_F16  ? 1
         : type->id == RT_QUANT_Q8_0 ? 7
                                     : 32;
}

static void put_sizes(const rt_model_config *c, rt_gguf_writer *w)
{
  const struct {
    const char *suffix;
    uint32_t v;
  } rows[] = {{"block_count", c->layers},
              {"context_length", c->context},
              {"embedding_length", c->d_model},
              {"feed_forward_length", c->d_ff},
              {"attention.head_count", c->heads},
              {"attention.head_count_kv", c->kv_heads},
              {"attention.key_length", c->head_dim},
              {"attention.value_length", c->head_dim},
              {"rope.dimension_count", c->head_dim},
              {"vocab_size", c->vocab}};
  char key[RT__FILE_NAME_MAX];
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    (void)snprintf(key, sizeof key, "%s.%s", c->arch->name, rows[i].suffix);
    rt_gguf_put_u32(w, key, rows[i].v);
  }
}

static void put_numbers(const rt_model_config *c, rt_gguf_writer *w)
{
  char key[RT__FILE_NAME_MAX];
  (void)snprintf(key, sizeof key, "%s.attention.layer_norm_rms_epsilon", c->arch->name);
  rt_gguf_put_f32(w, key, c->rms_eps);
  (void)snprintf(key, sizeof key, "%s.rope.freq_base", c->arch->name);
  rt_gguf_put_f32(w, key, c->rope_theta);
  if (c->rope_kind != RT_ROPE_LINEAR)
    return;
  (void)snprintf(key, sizeof key, "%s.rope.scaling.type", c->arch->name);
  rt_gguf_put_str(w, key, RT__LIT("linear"));
  (void)snprintf(key, sizeof key, "%s.rope.scaling.factor", c->arch->name);
  rt_gguf_put_f32(w, key, c->rope_factor);
}

static void put_config(const rt_model_config *c, const rt_quant *type, rt_gguf_writer *w)
{
  rt_gguf_put_str(w, "general.architecture", rt__cstr(c->arch->name));
  rt_gguf_put_str(w, "general.type", RT__LIT("model"));
  rt_gguf_put_str(w, "general.name", RT__LIT("retort student"));
  rt_gguf_put_u32(w, "general.file_type", file_type(type));
  if (type->block > 1)
    rt_gguf_put_u32(w, "general.quantization_version", 2);
  put_sizes(c, w);
  put_numbers(c, w);
}

/* ---- tensors */

static const rt_quant *type_of(const rt_tensor *t, const rt_quant *type)
{
  return t->matrix && t->cols % type->block == 0 ? type : rt_quant_find(RT_QUANT_F32);
}

static bool has_rope_table(const rt_model_config *c)
{
  return c->rope_kind == RT_ROPE_LLAMA3 || c->rope_kind == RT_ROPE_TABLE;
}

static void declare(const rt_model *m, const rt_quant *type, rt_gguf_writer *w)
{
  rt__file_names names;
  for (size_t i = 0; i < m->n_tensors; i++) {
    const rt_tensor *t = &m->tensors[i];
    uint64_t dims[2] = {t->cols, t->rows};
    if (rt__names_of(&m->config, t->name, &names))
      rt_gguf_declare(w, names.gguf, type_of(t, type), t->matrix ? 2 : 1, dims);
  }
  uint64_t half = m->config.head_dim / 2;
  if (has_rope_table(&m->config))
    rt_gguf_declare(w, "rope_freqs.weight", rt_quant_find(RT_QUANT_F32), 1, &half);
}

/* rows as the file orders them; `turned` has room for the tensor */
static const float *in_file_order(const rt_model *m, const rt_tensor *t, float *turned)
{
  rt__file_names names;
  const float *from = rt_model_at(m, t);
  if (!m->config.arch->gguf_interleaved || !rt__names_of(&m->config, t->name, &names) ||
      !names.rotary_heads)
    return from;
  size_t width = t->rows == 1 ? 1 : t->cols;
  uint32_t n = t->rows == 1 ? t->cols : t->rows;
  for (uint32_t r = 0; r < n; r++)
    memcpy(turned + r * width, from + rt__unpaired(r, m->config.head_dim) * width,
           width * sizeof *turned);
  return turned;
}

/* by how much each frequency is divided */
static void rope_table(const rt_model_config *c, float *divisor)
{
  float plain[RT_MODEL_HEAD_DIM_MAX / 2], scaled[RT_MODEL_HEAD_DIM_MAX / 2];
  rt_model_config without = *c;
  without.rope_kind = RT_ROPE_PLAIN;
  rt_model_rope(&without, plain);
  rt_model_rope(c, scaled);
  for (uint32_t i = 0; i < c->head_dim / 2; i++)
    divisor[i] = c->rope_kind == RT_ROPE_TABLE ? c->rope_divisor[i] : plain[i] / scaled[i];
}

static rt_code write_tensors(const rt_model *m, rt_gguf_writer *w, float *turned, rt_error *err)
{
  rt_code code = RT_OK;
  float divisor[RT_MODEL_HEAD_DIM_MAX / 2];
  for (size_t i = 0; i < m->n_tensors && code == RT_OK; i++)
    code = rt_gguf_write(w, in_file_order(m, &m->tensors[i], turned), err);
  if (code == RT_OK && has_rope_table(&m->config)) {
    rope_table(&m->config, divisor);
    code = rt_gguf_write(w, divisor, err);
  }
  return code;
}

static size_t largest_turned(const rt_model *m)
{
  rt__file_names names;
  size_t most = 1;
  for (size_t i = 0; i < m->n_tensors; i++) {
    const rt_tensor *t = &m->tensors[i];
    size_t n = (size_t)t->rows * t->cols;
    if (rt__names_of(&m->config, t->name, &names) && names.rotary_heads && n > most)
      most = n;
  }
  return most;
}

rt_code rt_export_gguf(const rt_model *m, const rt_tokenizer *t, const rt_quant *type,
                       const char *path, rt_error *err)
{
  rt_gguf_writer *w;
  if (!type->encode)
    return rt__fail(err, RT_E_ARG, "weights can't be written as %s", type->name);
  rt_code code = rt_gguf_writer_new(&m->alloc, &w, err);
  if (code)
    return code;
  size_t n = largest_turned(m);
  float *turned = rt__calloc(&m->alloc, n, sizeof *turned);
  if (!turned)
    code = rt__fail(err, RT_E_NOMEM, "export: out of memory");
  put_config(&m->config, type, w);
  if (code == RT_OK)
    code = rt_tokenizer_to_gguf(t, w, m->config.vocab, err);
  declare(m, type, w);
  if (code == RT_OK)
    code = rt_gguf_begin(w, path, err);
  if (code == RT_OK)
    code = write_tensors(m, w, turned, err);
  if (code == RT_OK)
    code = rt_gguf_finish(w, err);
  rt_gguf_writer_free(w);
  rt__free(&m->alloc, turned, n * sizeof *turned);
  return code;
}
