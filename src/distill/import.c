#include "distill/import.h"

#include "distill/import_folder.h"
#include "distill/import_gguf.h"

#include <errno.h>
#include <sys/stat.h>

static rt_code is_folder(const char *path, bool *folder, rt_error *err)
{
  struct stat st;
  if (stat(path, &st))
    return rt__fail(err, RT_E_IO, "%s: %s", path, strerror(errno));
  *folder = S_ISDIR(st.st_mode);
  return RT_OK;
}

/* memory is taken for the weights only after the shape and the tokenizer are known to fit */
static rt_code take_model(const rt_alloc *alloc, const rt_model_config *c, uint64_t bytes_max,
                          rt_imported *out, rt_error *err)
{
  rt_code code = rt_tokenizer_fits(out->tokenizer, c->vocab, err);
  return code ? code : rt_model_new(alloc, c, bytes_max, &out->model, err);
}

static rt_code from_gguf(const rt_alloc *alloc, const char *path, uint64_t bytes_max,
                         rt_imported *out, rt_error *err)
{
  rt_gguf *g;
  rt_model_config c;
  rt_code code = rt_gguf_open(alloc, path, &g, err);
  if (code)
    return code;
  code = rt__import_gguf_config(g, &c, err);
  if (code == RT_OK)
    code = rt_tokenizer_from_gguf(alloc, g, &out->tokenizer, err);
  if (code == RT_OK)
    code = take_model(alloc, &c, bytes_max, out, err);
  if (code == RT_OK)
    code = rt__import_gguf_weights(g, out->model, err);
  if (code == RT_OK && (code = rt_gguf_hash(g, out->hash)) != RT_OK)
    code = rt__fail(err, code, "%s: can't be hashed", path);
  rt_gguf_free(g);
  return code;
}

static rt_code from_folder(const rt_alloc *alloc, const char *path, uint64_t bytes_max,
                           rt_imported *out, rt_error *err)
{
  rt_model_config c;
  rt_code code = rt__import_folder_config(alloc, path, &c, err);
  if (code == RT_OK)
    code = rt__import_folder_tokenizer(alloc, path, &out->tokenizer, err);
  if (code == RT_OK)
    code = take_model(alloc, &c, bytes_max, out, err);
  return code == RT_OK ? rt__import_folder_weights(alloc, path, out->model, out->hash, err) : code;
}

rt_code rt_import(const rt_alloc *alloc, const char *path, uint64_t bytes_max, rt_imported *out,
                  rt_error *err)
{
  bool folder;
  *out = (rt_imported){0};
  rt_code code = is_folder(path, &folder, err);
  if (code == RT_OK)
    code = folder ? from_folder(alloc, path, bytes_max, out, err)
                  : from_gguf(alloc, path, bytes_max, out, err);
  if (code == RT_OK)
    code = rt_model_finite(out->model, err);
  if (code)
    rt_imported_free(out);
  return code;
}

void rt_imported_free(rt_imported *i)
{
  rt_model_free(i->model);
  rt_tokenizer_free(i->tokenizer);
  *i = (rt_imported){0};
}

rt_code rt_import_config(const rt_alloc *alloc, const char *path, rt_model_config *c, rt_error *err)
{
  bool folder;
  rt_gguf *g;
  rt_code code = is_folder(path, &folder, err);
  if (code || folder)
    return code ? code : rt__import_folder_config(alloc, path, c, err);
  code = rt_gguf_open(alloc, path, &g, err);
  if (code)
    return code;
  code = rt__import_gguf_config(g, c, err);
  rt_gguf_free(g);
  return code;
}

rt_code rt_import_tokenizer(const rt_alloc *alloc, const char *path, rt_tokenizer **out,
                            rt_error *err)
{
  bool folder;
  rt_gguf *g;
  rt_code code = is_folder(path, &folder, err);
  if (code || folder)
    return code ? code : rt__import_folder_tokenizer(alloc, path, out, err);
  code = rt_gguf_open_metadata(alloc, path, &g, err);
  if (code)
    return code;
  code = rt_tokenizer_from_gguf(alloc, g, out, err);
  rt_gguf_free(g);
  return code;
}
