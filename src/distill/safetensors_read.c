#include "distill/safetensors.h"

#include "base/hash.h"
#include "distill/import_bytes.h"
#include "distill/import_json.h"
#include "distill/import_map.h"

#include <stdlib.h>

struct rt_safetensors {
  rt_alloc alloc;
  const unsigned char *bytes;
  size_t n_bytes;
  bool mapped;
  json_t *header; /* names borrow from it */
  rt_safetensor *tensors;
  size_t n;
};

static rt_code bad(rt_slice name, const char *what, rt_error *err)
{
  return rt__fail(err, RT_E_FORMAT, "safetensors: tensor \"%.*s\" %s", rt__shown(name), name.p,
                  what);
}

/* a whole number below 2^62 */
static bool whole(const json_t *v, uint64_t *n)
{
  if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) >> 62)
    return false;
  *n = (uint64_t)json_integer_value(v);
  return true;
}

static rt_code read_shape(const json_t *shape, rt_safetensor *t, rt_error *err)
{
  if (!json_is_array(shape) || json_array_size(shape) > RT_SAFETENSORS_DIMS_MAX)
    return bad(t->name, "has no shape of 8 dimensions or less", err);
  t->n_dims = (uint32_t)json_array_size(shape);
  t->n = 1;
  for (uint32_t i = 0; i < t->n_dims; i++) {
    uint64_t d;
    if (!whole(json_array_get(shape, i), &d) || (d && t->n > UINT64_MAX / 16 / d))
      return bad(t->name, "has an impossible shape", err);
    t->dims[i] = d;
    t->n *= d;
  }
  return RT_OK;
}

static rt_code read_place(const json_t *offsets, const rt_safetensors *s, size_t data,
                          rt_safetensor *t, rt_error *err)
{
  uint64_t from, to;
  if (json_array_size(offsets) != 2 || !whole(json_array_get(offsets, 0), &from) ||
      !whole(json_array_get(offsets, 1), &to) || from > to || to > s->n_bytes - data)
    return bad(t->name, "lies outside the file", err);
  t->data = s->bytes + data + from;
  t->bytes = to - from;
  if (t->type && t->bytes != t->n * t->type->bytes)
    return bad(t->name, "isn't as long as its shape says", err);
  return RT_OK;
}

static rt_code read_tensor(const char *name, const json_t *v, const rt_safetensors *s, size_t data,
                           rt_safetensor *t, rt_error *err)
{
  t->name = rt__cstr(name);
  rt_slice type = rt__json_text(rt__json_at(v, "dtype"));
  if (!type.p)
    return bad(t->name, "has no type", err);
  t->type = rt_quant_named(type);
  if (t->type && t->type->block != 1)
    t->type = NULL;
  rt_code code = read_shape(rt__json_at(v, "shape"), t, err);
  return code ? code : read_place(rt__json_at(v, "data_offsets"), s, data, t, err);
}

static int by_name(const void *a, const void *b)
{
  return rt__slice_cmp(((const rt_safetensor *)a)->name, ((const rt_safetensor *)b)->name);
}

static int by_place(const void *a, const void *b)
{
  const rt_safetensor *x = a, *y = b;
  if (x->data != y->data)
    return x->data < y->data ? -1 : 1;
  return x->bytes < y->bytes ? -1 : x->bytes > y->bytes;
}

static rt_code refuse_overlaps(rt_safetensors *s, rt_error *err)
{
  qsort(s->tensors, s->n, sizeof *s->tensors, by_place);
  for (size_t i = 1; i < s->n; i++)
    if (s->tensors[i - 1].data + s->tensors[i - 1].bytes > s->tensors[i].data)
      return bad(s->tensors[i].name, "overlaps another", err);
  qsort(s->tensors, s->n, sizeof *s->tensors, by_name);
  return RT_OK;
}

static rt_code read_tensors(rt_safetensors *s, size_t data, rt_error *err)
{
  const char *name;
  json_t *v;
  rt_code code = RT_OK;
  size_t most = json_object_size(s->header);
  if (!json_is_object(s->header) || most > RT_SAFETENSORS_TENSORS_MAX)
    return rt__fail(err, RT_E_LIMIT,
                    "safetensors: the header isn't an object of at most %u tensors",
                    RT_SAFETENSORS_TENSORS_MAX);
  s->tensors = rt__calloc(&s->alloc, most, sizeof *s->tensors);
  if (!s->tensors)
    return rt__fail(err, RT_E_NOMEM, "safetensors: out of memory");
  json_object_foreach(s->header, name, v)
  {
    if (strcmp(name, "__metadata__") == 0)
      continue;
    code = read_tensor(name, v, s, data, &s->tensors[s->n++], err);
    if (code)
      return code;
  }
  return refuse_overlaps(s, err);
}

static rt_code parse(rt_safetensors *s, rt_error *err)
{
  uint64_t header = s->n_bytes < 8 ? 0 : rt__le64(s->bytes);
  if (s->n_bytes < 8)
    return rt__fail(err, RT_E_TRUNCATED, "safetensors: the file is too short to be one");
  if (header > RT_SAFETENSORS_HEADER_MAX)
    return rt__fail(err, RT_E_LIMIT, "safetensors: a header of more than %zu bytes",
                    RT_SAFETENSORS_HEADER_MAX);
  if (header > s->n_bytes - 8)
    return rt__fail(err, RT_E_TRUNCATED, "safetensors: the file ends inside its header");
  rt_code code = rt__json_read(rt__slice(s->bytes + 8, (size_t)header), RT_SAFETENSORS_HEADER_MAX,
                               "safetensors", &s->header, err);
  return code ? code : read_tensors(s, 8 + (size_t)header, err);
}

rt_code rt_safetensors_from_memory(const rt_alloc *alloc, const void *p, size_t n,
                                   rt_safetensors **out, rt_error *err)
{
  rt_safetensors *s = rt__calloc(alloc, 1, sizeof *s);
  if (!s)
    return rt__fail(err, RT_E_NOMEM, "safetensors: out of memory");
  s->alloc = *alloc;
  s->bytes = p;
  s->n_bytes = n;
  rt_code code = parse(s, err);
  if (code)
    rt_safetensors_free(s);
  else
    *out = s;
  return code;
}

rt_code rt_safetensors_open(const rt_alloc *alloc, const char *path, rt_safetensors **out,
                            rt_error *err)
{
  const unsigned char *p = NULL;
  size_t n = 0;
  rt_code code = rt__map_file(path, &p, &n, err);
  if (code)
    return code;
  code = rt_safetensors_from_memory(alloc, p, n, out, err);
  if (code)
    rt__unmap_file(p, n);
  else
    (*out)->mapped = true;
  return code;
}

void rt_safetensors_free(rt_safetensors *s)
{
  if (!s)
    return;
  rt_alloc a = s->alloc;
  if (s->tensors)
    rt__free(&a, s->tensors, json_object_size(s->header) * sizeof *s->tensors);
  json_decref(s->header);
  if (s->mapped)
    rt__unmap_file(s->bytes, s->n_bytes);
  rt__free(&a, s, sizeof *s);
}

size_t rt_safetensors_count(const rt_safetensors *s)
{
  return s->n;
}

const rt_safetensor *rt_safetensors_at(const rt_safetensors *s, size_t i)
{
  return i < s->n ? &s->tensors[i] : NULL;
}

const rt_safetensor *rt_safetensors_find(const rt_safetensors *s, rt_slice name)
{
  rt_safetensor key = {.name = name};
  return s->n ? bsearch(&key, s->tensors, s->n, sizeof key, by_name) : NULL;
}

rt_code rt_safetensors_hash(const rt_safetensors *s, unsigned char out[32])
{
  return rt__sha256(s->bytes, s->n_bytes, out);
}
