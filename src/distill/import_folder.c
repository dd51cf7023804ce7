#include "distill/import_folder.h"

#include "base/hash.h"
#include "distill/hfconfig.h"
#include "distill/import_names.h"
#include "distill/safetensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PATH_BYTES_MAX      4096
#define INDEX_BYTES_MAX     ((size_t)32 << 20)
#define TOKENIZER_BYTES_MAX ((size_t)128 << 20)
#define SHARDS_MAX          256u

static rt_code path_in(const char *folder, const char *name, char *path, rt_error *err)
{
  int n = snprintf(path, PATH_BYTES_MAX, "%s/%s", folder, name);
  return n > 0 && n < PATH_BYTES_MAX ? RT_OK : rt__fail(err, RT_E_LIMIT, "the path is too long");
}

rt_code rt__import_folder_config(const rt_alloc *alloc, const char *folder, rt_model_config *c,
                                 rt_error *err)
{
  char path[PATH_BYTES_MAX];
  json_t *json;
  rt_code code = path_in(folder, "config.json", path, err);
  if (code == RT_OK)
    code = rt__json_read_file(alloc, path, RT__HFCONFIG_BYTES_MAX, &json, err);
  if (code)
    return code;
  code = rt__hfconfig_read(json, c, err);
  json_decref(json);
  return code;
}

rt_code rt__import_folder_tokenizer(const rt_alloc *alloc, const char *folder, rt_tokenizer **out,
                                    rt_error *err)
{
  char path[PATH_BYTES_MAX];
  rt__buf json = {0}, config;
  rt__buf_init(&config, alloc, RT__HFCONFIG_BYTES_MAX);
  rt_code code = path_in(folder, "tokenizer.json", path, err);
  if (code == RT_OK)
    code = rt__read_whole(alloc, path, TOKENIZER_BYTES_MAX, &json, err);
  if (code)
    return code;
  code = path_in(folder, "tokenizer_config.json", path, err);
  if (code == RT_OK && access(path, F_OK) == 0)
    code = rt__read_whole(alloc, path, RT__HFCONFIG_BYTES_MAX, &config, err);
  if (code == RT_OK)
    code = rt_tokenizer_from_json(alloc, rt__buf_slice(&json), rt__buf_slice(&config), out, err);
  rt__buf_free(&json);
  rt__buf_free(&config);
  return code;
}

/* ---- weights: one file, or several that an index names */

typedef struct shards {
  rt_safetensors *file[SHARDS_MAX];
  char names[SHARDS_MAX][256];
  size_t n;
} shards;

static void close_all(shards *s)
{
  for (size_t i = 0; i < s->n; i++)
    rt_safetensors_free(s->file[i]);
}

static rt_code open_shard(const rt_alloc *alloc, const char *folder, const char *name, shards *s,
                          rt_error *err)
{
  char path[PATH_BYTES_MAX];
  if (s->n == SHARDS_MAX)
    return rt__fail(err, RT_E_LIMIT, "the model is in more than %u files", SHARDS_MAX);
  rt_code code = path_in(folder, name, path, err);
  if (code == RT_OK)
    code = rt_safetensors_open(alloc, path, &s->file[s->n], err);
  s->n += code == RT_OK;
  return code;
}

static int by_text(const void *a, const void *b)
{
  return strcmp(a, b);
}

/* distinct file names of an index, sorted; a name that leaves the folder is refused */
static rt_code list_shards(const json_t *index, shards *s, size_t *n, rt_error *err)
{
  const char *tensor;
  json_t *v, *map = rt__json_at(index, "weight_map");
  *n = 0;
  json_object_foreach(map, tensor, v)
  {
    rt_slice name = rt__json_text(v);
    if (!name.p || name.n == 0 || name.n >= sizeof s->names[0] || memchr(name.p, '/', name.n))
      return rt__fail(err, RT_E_FORMAT, "the index names an impossible file");
    size_t i = 0;
    while (i < *n && strcmp(s->names[i], name.p) != 0)
      i++;
    if (i == SHARDS_MAX)
      return rt__fail(err, RT_E_LIMIT, "the model is in more than %u files", SHARDS_MAX);
    if (i == *n)
      memcpy(s->names[(*n)++], name.p, name.n + 1);
  }
  qsort(s->names, *n, sizeof s->names[0], by_text);
  return *n ? RT_OK : rt__fail(err, RT_E_FORMAT, "the index names no file");
}

static rt_code open_index(const rt_alloc *alloc, const char *folder, const char *path, shards *s,
                          rt_error *err)
{
  json_t *index;
  size_t n;
  rt_code code = rt__json_read_file(alloc, path, INDEX_BYTES_MAX, &index, err);
  if (code)
    return code;
  code = list_shards(index, s, &n, err);
  for (size_t i = 0; i < n && code == RT_OK; i++)
    code = open_shard(alloc, folder, s->names[i], s, err);
  json_decref(index);
  return code;
}

static rt_code open_all(const rt_alloc *alloc, const char *folder, shards *s, rt_error *err)
{
  char path[PATH_BYTES_MAX];
  rt_code code = path_in(folder, "model.safetensors.index.json", path, err);
  if (code == RT_OK && access(path, F_OK) == 0)
    return open_index(alloc, folder, path, s, err);
  return code ? code : open_shard(alloc, folder, "model.safetensors", s, err);
}

static const rt_safetensor *find(const shards *s, const char *name)
{
  for (size_t i = 0; i < s->n; i++) {
    const rt_safetensor *t = rt_safetensors_find(s->file[i], rt__cstr(name));
    if (t)
      return t;
  }
  return NULL;
}

static rt_code copy_tensor(const shards *s, rt_model *m, const rt_tensor *t, rt_error *err)
{
  rt__file_names names;
  if (!rt__names_of(&m->config, t->name, &names))
    return rt__fail(err, RT_E_FORMAT, "the tensor \"%s\" has no name in safetensors", t->name);
  const rt_safetensor *f = find(s, names.hf);
  if (!f)
    return rt__fail(err, RT_E_NOTFOUND, "the tensor \"%s\" is missing", names.hf);
  if (!f->type)
    return rt__fail(err, RT_E_FORMAT, "the tensor \"%s\" is of a type that isn't read here",
                    names.hf);
  bool row = f->n_dims == 1 && t->rows == 1 && f->dims[0] == t->cols;
  if (!row && !(f->n_dims == 2 && f->dims[0] == t->rows && f->dims[1] == t->cols))
    return rt__fail(err, RT_E_FORMAT, "the tensor \"%s\" isn't %u rows of %u", names.hf, t->rows,
                    t->cols);
  f->type->decode(f->data, rt_model_at(m, t), (size_t)f->n);
  return RT_OK;
}

static bool is_used(const rt_model *m, rt_slice name)
{
  static const char *const harmless[] = {".rotary_emb.inv_freq", "lm_head.weight"};
  rt__file_names names;
  for (size_t i = 0; i < RT__ARRAY_LEN(harmless); i++) {
    size_t n = strlen(harmless[i]);
    if (name.n >= n && memcmp(name.p + name.n - n, harmless[i], n) == 0)
      return true;
  }
  for (size_t i = 0; i < m->n_tensors; i++)
    if (rt__names_of(&m->config, m->tensors[i].name, &names) &&
        rt__slice_eq(name, rt__cstr(names.hf)))
      return true;
  return false;
}

static rt_code refuse_strangers(const shards *s, const rt_model *m, rt_error *err)
{
  for (size_t k = 0; k < s->n; k++)
    for (size_t i = 0; i < rt_safetensors_count(s->file[k]); i++) {
      rt_slice name = rt_safetensors_at(s->file[k], i)->name;
      if (!is_used(m, name))
        return rt__fail(err, RT_E_FORMAT,
                        "the tensor \"%.*s\" has no place in a model of kind \"%s\"",
                        (int)(name.n < 96 ? name.n : 96), name.p, m->config.arch->name);
    }
  return RT_OK;
}

static rt_code hash_all(const shards *s, unsigned char hash[32], rt_error *err)
{
  static const size_t size = 32;
  unsigned char all[SHARDS_MAX * 32];
  rt_code code = RT_OK;
  for (size_t i = 0; i < s->n && code == RT_OK; i++)
    code = rt_safetensors_hash(s->file[i], all + size * i);
  if (code == RT_OK)
    code = rt__sha256(all, size * s->n, hash);
  return code ? rt__fail(err, code, "the weights can't be hashed") : RT_OK;
}

rt_code rt__import_folder_weights(const rt_alloc *alloc, const char *folder, rt_model *m,
                                  unsigned char hash[32], rt_error *err)
{
  shards *s = rt__calloc(alloc, 1, sizeof *s);
  if (!s)
    return rt__fail(err, RT_E_NOMEM, "import: out of memory");
  rt_code code = open_all(alloc, folder, s, err);
  for (size_t i = 0; i < m->n_tensors && code == RT_OK; i++)
    code = copy_tensor(s, m, &m->tensors[i], err);
  if (code == RT_OK)
    code = refuse_strangers(s, m, err);
  if (code == RT_OK)
    code = hash_all(s, hash, err);
  close_all(s);
  rt__free(alloc, s, sizeof *s);
  return code;
}
