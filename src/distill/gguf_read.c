/* gguf_read - the header is walked once; what it promises is checked against the file's true
 * length. */
#include "distill/gguf_in.h"

#include "base/hash.h"
#include "distill/import_map.h"

#include <stdlib.h>

#define ALIGNMENT_DEFAULT 32u
#define ALIGNMENT_MAX     65536u
/* the shortest possible entries: what a count of them must leave room for */
#define KEY_BYTES_MIN    (8 + 4 + 1)
#define TENSOR_BYTES_MIN (8 + 4 + 8 + 4 + 8)

/* ---- a cursor that can't leave the file */

typedef struct cursor {
  const unsigned char *start, *p;
  size_t left;
  rt_error *err;
} cursor;

static rt_code fail_here(const cursor *c, rt_code code, const char *what)
{
  return rt__fail_at(c->err, code, 0, (uint64_t)(c->p - c->start), "GGUF: %s", what);
}

static rt_code take(cursor *c, size_t n, const unsigned char **p)
{
  if (n > c->left)
    return fail_here(c, RT_E_TRUNCATED, "the file ends inside its header");
  *p = c->p;
  c->p += n;
  c->left -= n;
  return RT_OK;
}

static rt_code take_u32(cursor *c, uint32_t *v)
{
  const unsigned char *p = NULL;
  rt_code code = take(c, 4, &p);
  if (code == RT_OK)
    *v = rt__le32(p);
  return code;
}

static rt_code take_u64(cursor *c, uint64_t *v)
{
  const unsigned char *p = NULL;
  rt_code code = take(c, 8, &p);
  if (code == RT_OK)
    *v = rt__le64(p);
  return code;
}

static rt_code take_string(cursor *c, rt_slice *s)
{
  uint64_t n;
  const unsigned char *p = NULL;
  rt_code code = take_u64(c, &n);
  if (code == RT_OK && n > c->left)
    return fail_here(c, RT_E_TRUNCATED, "a string is longer than the file");
  if (code == RT_OK)
    code = take(c, (size_t)n, &p);
  if (code == RT_OK)
    *s = rt__slice(p, (size_t)n);
  return code;
}

static rt_code take_name(cursor *c, size_t max, const char *what, rt_slice *s)
{
  rt_code code = take_string(c, s);
  if (code == RT_OK && (s->n == 0 || s->n > max))
    return rt__fail_at(c->err, RT_E_LIMIT, 0, (uint64_t)(c->p - c->start),
                       "GGUF: %s of %zu bytes; 1 to %zu are allowed", what, s->n, max);
  return code;
}

/* ---- metadata */

static rt_code check_bools(const cursor *c, const unsigned char *p, uint64_t n)
{
  for (uint64_t i = 0; i < n; i++)
    if (p[i] > 1)
      return fail_here(c, RT_E_FORMAT, "a truth value is neither 0 nor 1");
  return RT_OK;
}

static rt_code skip_strings(cursor *c, uint64_t n)
{
  if (n > c->left / 8)
    return fail_here(c, RT_E_TRUNCATED, "an array has more strings than the file has room for");
  for (uint64_t i = 0; i < n; i++) {
    rt_slice s;
    rt_code code = take_string(c, &s);
    if (code)
      return code;
  }
  return RT_OK;
}

/* n values of one type */
static rt_code skip_values(cursor *c, uint32_t type, uint64_t n)
{
  if (type == RT_GGUF_STRING)
    return skip_strings(c, n);
  if (type == RT_GGUF_ARRAY)
    return fail_here(c, RT_E_FORMAT, "arrays of arrays are not supported");
  size_t size = type < RT_GGUF_TYPE_COUNT ? rt_gguf_type_size((rt_gguf_type)type) : 0;
  if (size == 0)
    return fail_here(c, RT_E_FORMAT, "unknown type of a metadata value");
  if (n > c->left / size)
    return fail_here(c, RT_E_TRUNCATED, "an array is longer than the file");
  const unsigned char *p = NULL;
  rt_code code = take(c, (size_t)n * size, &p);
  if (code == RT_OK && type == RT_GGUF_BOOL)
    code = check_bools(c, p, n);
  return code;
}

static rt_code read_value(cursor *c, rt__gguf_value *v)
{
  rt_code code = take_name(c, RT_GGUF_KEY_MAX, "a key", &v->key);
  if (code == RT_OK)
    code = take_u32(c, &v->type);
  v->element = v->type;
  v->n = 1;
  if (code == RT_OK && v->type == RT_GGUF_ARRAY) {
    code = take_u32(c, &v->element);
    if (code == RT_OK)
      code = take_u64(c, &v->n);
  }
  v->p = c->p;
  if (code == RT_OK)
    code = skip_values(c, v->element, v->n);
  return code;
}

static int by_key(const void *a, const void *b)
{
  return rt__slice_cmp(((const rt__gguf_value *)a)->key, ((const rt__gguf_value *)b)->key);
}

static rt_code read_values(rt_gguf *g, cursor *c, uint64_t n)
{
  if (n > RT_GGUF_KEYS_MAX || n > c->left / KEY_BYTES_MIN)
    return fail_here(c, RT_E_LIMIT, "more metadata keys than the file can hold or 65536");
  g->values = rt__calloc(&g->alloc, (size_t)n, sizeof *g->values);
  if (!g->values)
    return rt__fail(c->err, RT_E_NOMEM, "GGUF: out of memory");
  g->n_values = (size_t)n;
  for (size_t i = 0; i < n; i++) {
    rt_code code = read_value(c, &g->values[i]);
    if (code)
      return code;
  }
  qsort(g->values, g->n_values, sizeof *g->values, by_key);
  for (size_t i = 1; i < n; i++)
    if (rt__slice_eq(g->values[i - 1].key, g->values[i].key))
      return rt__fail(c->err, RT_E_FORMAT, "GGUF: the key \"%.*s\" is there twice",
                      rt__shown(g->values[i].key), g->values[i].key.p);
  return RT_OK;
}

/* ---- tensors */

static rt_code bad_tensor(const cursor *c, const rt_gguf_tensor *t, rt_code code, const char *what)
{
  return rt__fail_at(c->err, code, 0, (uint64_t)(c->p - c->start), "GGUF: tensor \"%.*s\" %s",
                     rt__shown(t->name), t->name.p, what);
}

static rt_code read_dims(cursor *c, rt_gguf_tensor *t)
{
  rt_code code = take_u32(c, &t->n_dims);
  if (code)
    return code;
  if (t->n_dims == 0 || t->n_dims > RT_GGUF_DIMS_MAX)
    return bad_tensor(c, t, RT_E_FORMAT, "doesn't have 1 to 4 dimensions");
  t->n = 1;
  for (uint32_t i = 0; i < t->n_dims; i++) {
    code = take_u64(c, &t->dims[i]);
    if (code)
      return code;
    if (t->dims[i] == 0 || t->dims[i] > UINT64_MAX / 8 / t->n)
      return bad_tensor(c, t, RT_E_LIMIT,
                        "has a dimension of 0 or more elements than 64 bits count");
    t->n *= t->dims[i];
  }
  return RT_OK;
}

static rt_code read_type(cursor *c, rt_gguf_tensor *t)
{
  uint32_t type;
  rt_code code = take_u32(c, &type);
  if (code)
    return code;
  t->type = rt_quant_find(type);
  if (!t->type)
    return rt__fail_at(c->err, RT_E_FORMAT, 0, (uint64_t)(c->p - c->start),
                       "GGUF: tensor \"%.*s\" is of type %u (%s), which can't be read here",
                       rt__shown(t->name), t->name.p, type, rt_quant_name(type));
  if (t->dims[0] % t->type->block || rt_quant_size(t->type, t->n, &t->bytes))
    return bad_tensor(c, t, RT_E_FORMAT, "has rows that don't fill whole blocks");
  return RT_OK;
}

/* the offset waits until the place of the data is known */
static rt_code read_tensor(cursor *c, rt_gguf_tensor *t, uint64_t *offset)
{
  rt_code code = take_name(c, RT_GGUF_NAME_MAX, "a tensor name", &t->name);
  if (code == RT_OK)
    code = read_dims(c, t);
  if (code == RT_OK)
    code = read_type(c, t);
  if (code == RT_OK)
    code = take_u64(c, offset);
  return code;
}

static rt_code place(rt_gguf *g, const cursor *c, const uint64_t *offsets, uint32_t alignment)
{
  size_t header = (size_t)(c->p - c->start);
  size_t pad = (alignment - header % alignment) % alignment;
  if (g->n_tensors && pad > c->left)
    return fail_here(c, RT_E_TRUNCATED, "the file ends before its tensors");
  const unsigned char *data = c->p + (pad < c->left ? pad : c->left);
  size_t room = c->left - (pad < c->left ? pad : c->left);
  for (size_t i = 0; i < g->n_tensors; i++) {
    rt_gguf_tensor *t = &g->tensors[i];
    if (offsets[i] % alignment)
      return bad_tensor(c, t, RT_E_FORMAT, "doesn't start at the file's alignment");
    if (offsets[i] > room || t->bytes > room - offsets[i])
      return bad_tensor(c, t, RT_E_TRUNCATED, "lies outside the file");
    t->data = data + offsets[i];
  }
  return RT_OK;
}

static int by_name(const void *a, const void *b)
{
  const rt_gguf_tensor *x = *(const rt_gguf_tensor *const *)a,
                       *y = *(const rt_gguf_tensor *const *)b;
  return rt__slice_cmp(x->name, y->name);
}

static rt_code index_tensors(rt_gguf *g, const cursor *c)
{
  for (size_t i = 0; i < g->n_tensors; i++)
    g->by_name[i] = &g->tensors[i];
  qsort(g->by_name, g->n_tensors, sizeof *g->by_name, by_name);
  for (size_t i = 1; i < g->n_tensors; i++)
    if (rt__slice_eq(g->by_name[i - 1]->name, g->by_name[i]->name))
      return bad_tensor(c, g->by_name[i], RT_E_FORMAT, "is there twice");
  return RT_OK;
}

static rt_code alignment_of(const rt_gguf *g, uint32_t *a, rt_error *err)
{
  *a = ALIGNMENT_DEFAULT;
  if (!rt_gguf_has(g, "general.alignment"))
    return RT_OK;
  rt_code code = rt_gguf_u32(g, "general.alignment", a, err);
  if (code == RT_OK && (*a < 8 || *a > ALIGNMENT_MAX || (*a & (*a - 1))))
    return rt__fail(err, RT_E_FORMAT,
                    "GGUF: general.alignment is %u; a power of two from 8 to 65536", *a);
  return code;
}

static rt_code read_tensors(rt_gguf *g, cursor *c, uint64_t n)
{
  g->tensors = rt__calloc(&g->alloc, (size_t)n, sizeof *g->tensors);
  g->by_name = rt__calloc(&g->alloc, (size_t)n, sizeof *g->by_name);
  g->n_tensors = (size_t)n;
  uint64_t *offsets = rt__calloc(&g->alloc, (size_t)n, sizeof *offsets);
  rt_code code = RT_OK;
  if (!g->tensors || !g->by_name || !offsets)
    code = rt__fail(c->err, RT_E_NOMEM, "GGUF: out of memory");
  for (size_t i = 0; i < n && code == RT_OK; i++)
    code = read_tensor(c, &g->tensors[i], &offsets[i]);
  uint32_t alignment;
  if (code == RT_OK)
    code = alignment_of(g, &alignment, c->err);
  if (code == RT_OK)
    code = place(g, c, offsets, alignment);
  if (code == RT_OK)
    code = index_tensors(g, c);
  rt__free(&g->alloc, offsets, (size_t)n * sizeof *offsets);
  return code;
}

/* ---- the whole */

static rt_code read_version(rt_gguf *g, cursor *c)
{
  const unsigned char *magic = NULL;
  if (c->left < 8 || take(c, 4, &magic) || memcmp(magic, "GGUF", 4))
    return fail_here(c, RT_E_FORMAT, "the file doesn't start with \"GGUF\"");
  rt_code code = take_u32(c, &g->version);
  if (code)
    return code;
  if (g->version == 0x02000000 || g->version == 0x03000000)
    return fail_here(c, RT_E_VERSION, "a big-endian file; only little-endian ones are read");
  if (g->version != 2 && g->version != 3)
    return rt__fail_at(c->err, RT_E_VERSION, 0, 4, "GGUF: version %u; versions 2 and 3 are read",
                       g->version);
  return RT_OK;
}

static rt_code parse(rt_gguf *g, bool tensors, rt_error *err)
{
  cursor c = {g->bytes, g->bytes, g->n_bytes, err};
  uint64_t n_tensors = 0, n_values = 0;
  rt_code code = read_version(g, &c);
  if (code == RT_OK)
    code = take_u64(&c, &n_tensors);
  if (code == RT_OK)
    code = take_u64(&c, &n_values);
  if (code == RT_OK && (n_tensors > RT_GGUF_TENSORS_MAX || n_tensors > c.left / TENSOR_BYTES_MIN))
    return fail_here(&c, RT_E_LIMIT, "more tensors than the file can hold or 65536");
  if (code == RT_OK)
    code = read_values(g, &c, n_values);
  if (code == RT_OK && tensors)
    code = read_tensors(g, &c, n_tensors);
  return code;
}

static rt_code from_memory(const rt_alloc *alloc, const void *p, size_t n, bool tensors,
                           rt_gguf **out, rt_error *err)
{
  rt_gguf *g = rt__calloc(alloc, 1, sizeof *g);
  if (!g)
    return rt__fail(err, RT_E_NOMEM, "GGUF: out of memory");
  g->alloc = *alloc;
  g->bytes = p;
  g->n_bytes = n;
  rt_code code = parse(g, tensors, err);
  if (code) {
    rt_gguf_free(g);
    return code;
  }
  *out = g;
  return RT_OK;
}

rt_code rt_gguf_from_memory(const rt_alloc *alloc, const void *p, size_t n, rt_gguf **out,
                            rt_error *err)
{
  return from_memory(alloc, p, n, true, out, err);
}

static rt_code open_file(const rt_alloc *alloc, const char *path, bool tensors, rt_gguf **out,
                         rt_error *err)
{
  const unsigned char *p = NULL;
  size_t n = 0;
  rt_code code = rt__map_file(path, &p, &n, err);
  if (code)
    return code;
  code = from_memory(alloc, p, n, tensors, out, err);
  if (code)
    rt__unmap_file(p, n);
  else
    (*out)->mapped = true;
  return code;
}

rt_code rt_gguf_open(const rt_alloc *alloc, const char *path, rt_gguf **out, rt_error *err)
{
  return open_file(alloc, path, true, out, err);
}

rt_code rt_gguf_open_metadata(const rt_alloc *alloc, const char *path, rt_gguf **out, rt_error *err)
{
  return open_file(alloc, path, false, out, err);
}

void rt_gguf_free(rt_gguf *g)
{
  if (!g)
    return;
  rt_alloc a = g->alloc;
  if (g->mapped)
    rt__unmap_file(g->bytes, g->n_bytes);
  rt__free(&a, g->values, g->n_values * sizeof *g->values);
  rt__free(&a, g->tensors, g->n_tensors * sizeof *g->tensors);
  rt__free(&a, g->by_name, g->n_tensors * sizeof *g->by_name);
  rt__free(&a, g, sizeof *g);
}

rt_code rt_gguf_hash(const rt_gguf *g, unsigned char out[32])
{
  return rt__sha256(g->bytes, g->n_bytes, out);
}
