#include "distill/export.h"

#include "base/json.h"
#include "distill/export_file.h"
#include "distill/hfconfig.h"
#include "distill/import_names.h"
#include "distill/safetensors.h"

#include <stdio.h>

#define PATH_BYTES_MAX 4096
#define JSON_BYTES_MAX ((size_t)256 << 20)

static rt_code path_in(const char *folder, const char *name, char *path, rt_error *err)
{
  int n = snprintf(path, PATH_BYTES_MAX, "%s/%s", folder, name);
  return n > 0 && n < PATH_BYTES_MAX ? RT_OK : rt__fail(err, RT_E_LIMIT, "the path is too long");
}

static rt_code write_small(const rt_model *m, const char *folder, const char *name,
                           const rt__buf *b, rt_error *err)
{
  char path[PATH_BYTES_MAX];
  rt_code code = path_in(folder, name, path, err);
  return code ? code : rt__out_whole(&m->alloc, path, rt__buf_slice(b), err);
}

/* ---- weights */

static rt_code declare(const rt_model *m, rt_safetensors_writer *w, rt_error *err)
{
  rt_code code = RT_OK;
  for (size_t i = 0; i < m->n_tensors && code == RT_OK; i++) {
    const rt_tensor *t = &m->tensors[i];
    rt__file_names names;
    uint64_t dims[2] = {t->rows, t->cols};
    if (!rt__names_of(&m->config, t->name, &names))
      return rt__fail(err, RT_E_FORMAT, "the tensor \"%s\" has no name in safetensors", t->name);
    code = t->matrix ? rt_safetensors_declare(w, names.hf, 2, dims, err)
                     : rt_safetensors_declare(w, names.hf, 1, dims + 1, err);
  }
  return code;
}

static rt_code write_weights(const rt_model *m, const rt_quant *type, const char *folder,
                             rt_error *err)
{
  char path[PATH_BYTES_MAX];
  rt_safetensors_writer *w;
  rt_code code = rt_safetensors_writer_new(&m->alloc, type, &w, err);
  if (code)
    return code;
  code = declare(m, w, err);
  if (code == RT_OK)
    code = path_in(folder, "model.safetensors", path, err);
  if (code == RT_OK)
    code = rt_safetensors_begin(w, path, err);
  for (size_t i = 0; i < m->n_tensors && code == RT_OK; i++)
    code = rt_safetensors_write(w, rt_model_at(m, &m->tensors[i]), err);
  if (code == RT_OK)
    code = rt_safetensors_finish(w, err);
  rt_safetensors_writer_free(w);
  return code;
}

/* ---- the JSON files */

static const char *dtype_of(const rt_quant *type)
{
  return type->id == RT_QUANT_F32 ? "float32" : type->id == RT_QUANT_F16 ? "float16" : "bfloat16";
}

static rt_code write_config(const rt_model *m, const rt_tokenizer *t, const rt_quant *type,
                            const char *folder, rt_error *err)
{
  rt__buf b;
  rt__buf_init(&b, &m->alloc, JSON_BYTES_MAX);
  rt_code code = rt__hfconfig_write(&m->config, dtype_of(type), rt_tokenizer_bos(t),
                                    rt_tokenizer_eos(t), &b, err);
  if (code == RT_OK)
    code = write_small(m, folder, "config.json", &b, err);
  rt__buf_free(&b);
  return code;
}

static rt_code write_generation(const rt_model *m, const rt_tokenizer *t, const char *folder,
                                rt_error *err)
{
  rt__buf b;
  rt__json j;
  rt__buf_init(&b, &m->alloc, 4096);
  rt__json_init(&j, &b);
  rt__json_open(&j, '{');
  if (rt_tokenizer_bos(t) != RT_TOKEN_NONE) {
    rt__json_put_u64(&j, "bos_token_id", rt_tokenizer_bos(t));
  }
  if (rt_tokenizer_eos(t) != RT_TOKEN_NONE) {
    rt__json_put_u64(&j, "eos_token_id", rt_tokenizer_eos(t));
  }
  rt__json_close(&j, '}');
  rt_code code = j.code ? rt__fail(err, j.code, "export: out of memory")
                        : write_small(m, folder, "generation_config.json", &b, err);
  rt__buf_free(&b);
  return code;
}

static rt_code write_tokenizer(const rt_model *m, const rt_tokenizer *t, const char *folder,
                               rt_error *err)
{
  rt__buf json, config;
  rt__buf_init(&json, &m->alloc, JSON_BYTES_MAX);
  rt__buf_init(&config, &m->alloc, JSON_BYTES_MAX);
  rt_code code = rt_tokenizer_to_json(t, &json, &config, err);
  if (code == RT_OK)
    code = write_small(m, folder, "tokenizer.json", &json, err);
  if (code == RT_OK)
    code = write_small(m, folder, "tokenizer_config.json", &config, err);
  rt__buf_free(&json);
  rt__buf_free(&config);
  return code;
}

rt_code rt_export_folder(const rt_model *m, const rt_tokenizer *t, const rt_quant *type,
                         const char *path, rt_error *err)
{
  rt_code code = rt_tokenizer_fits(t, m->config.vocab, err);
  if (code == RT_OK)
    code = rt__out_folder(path, err);
  if (code == RT_OK)
    code = write_config(m, t, type, path, err);
  if (code == RT_OK)
    code = write_generation(m, t, path, err);
  if (code == RT_OK)
    code = write_tokenizer(m, t, path, err);
  return code == RT_OK ? write_weights(m, type, path, err) : code;
}
