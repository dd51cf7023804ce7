/* pending - until folders can be read and written: says so. To be removed with export_folder.c. */
#include "distill/export.h"
#include "distill/import_folder.h"

#define LATER __attribute__((weak))

static rt_code later(const char *path, rt_error *err)
{
  return rt__fail(err, RT_E_NOTFOUND, "%s: folders can't be read or written yet", path);
}

LATER rt_code rt__import_folder_config(const rt_alloc *alloc, const char *path, rt_model_config *c,
                                       rt_error *err)
{
  (void)alloc;
  (void)c;
  return later(path, err);
}

LATER rt_code rt__import_folder_tokenizer(const rt_alloc *alloc, const char *path,
                                          rt_tokenizer **out, rt_error *err)
{
  (void)alloc;
  (void)out;
  return later(path, err);
}

LATER rt_code rt__import_folder_weights(const rt_alloc *alloc, const char *path, rt_model *m,
                                        unsigned char hash[32], rt_error *err)
{
  (void)alloc;
  (void)m;
  (void)hash;
  return later(path, err);
}

LATER rt_code rt_export_folder(const rt_model *m, const rt_tokenizer *t, const rt_quant *type,
                               const char *path, rt_error *err)
{
  (void)m;
  (void)t;
  (void)type;
  return later(path, err);
}

LATER rt_code rt_tokenizer_to_json(const rt_tokenizer *t, rt__buf *json, rt__buf *config,
                                   rt_error *err)
{
  (void)t;
  (void)json;
  (void)config;
  return later("tokenizer.json", err);
}

LATER rt_code rt_tokenizer_from_json(const rt_alloc *alloc, rt_slice json, rt_slice config,
                                     rt_tokenizer **out, rt_error *err)
{
  (void)alloc;
  (void)json;
  (void)config;
  (void)out;
  return later("tokenizer.json", err);
}
