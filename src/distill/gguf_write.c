#include "distill/gguf_write.h"

#include "distill/export_file.h"

#define ALIGNMENT 32u
#define META_MAX  ((size_t)1 << 30) /* bytes of metadata and of tensor entries, each */
#define CHUNK     8192u             /* elements encoded at a time: a multiple of every block */

typedef struct declared {
  const rt_quant *type;
  uint64_t n, bytes;
} declared;

struct rt_gguf_writer {
  rt_alloc alloc;
  rt__buf meta, entries; /* as they will stand in the file */
  uint64_t n_values;
  declared tensors[RT_GGUF_TENSORS_MAX / 16]; /* 4096: 256 layers of a dozen tensors and a rest */
  size_t n_tensors, next;
  uint64_t data_size; /* padded, of the tensors declared so far */
  rt_error first;     /* the first failure */
  rt__out *file;
};

/* ---- little-endian bytes; failures are kept */

static void keep(rt_gguf_writer *w, rt_code code, const char *what)
{
  if (code && w->first.code == RT_OK)
    (void)rt__fail(&w->first, code, "GGUF: %s", what);
}

static void raw(rt_gguf_writer *w, rt__buf *b, const void *p, size_t n)
{
  keep(w, rt__buf_add(b, p, n), "the header is too large");
}

static void le32(rt_gguf_writer *w, rt__buf *b, uint32_t v)
{
  unsigned char t[4] = {(unsigned char)v, (unsigned char)(v >> 8), (unsigned char)(v >> 16),
                        (unsigned char)(v >> 24)};
  raw(w, b, t, sizeof t);
}

static void le64(rt_gguf_writer *w, rt__buf *b, uint64_t v)
{
  le32(w, b, (uint32_t)v);
  le32(w, b, (uint32_t)(v >> 32));
}

static void string(rt_gguf_writer *w, rt__buf *b, rt_slice s)
{
  le64(w, b, s.n);
  raw(w, b, s.p, s.n);
}

static uint32_t float_bits(float f)
{
  uint32_t u;
  memcpy(&u, &f, sizeof u);
  return u;
}

rt_code rt_gguf_writer_new(const rt_alloc *alloc, rt_gguf_writer **out, rt_error *err)
{
  rt_gguf_writer *w = rt__calloc(alloc, 1, sizeof *w);
  if (!w)
    return rt__fail(err, RT_E_NOMEM, "GGUF: out of memory");
  w->alloc = *alloc;
  rt__buf_init(&w->meta, &w->alloc, META_MAX);
  rt__buf_init(&w->entries, &w->alloc, META_MAX);
  *out = w;
  return RT_OK;
}

void rt_gguf_writer_free(rt_gguf_writer *w)
{
  if (!w)
    return;
  rt__out_abandon(w->file);
  rt__buf_free(&w->meta);
  rt__buf_free(&w->entries);
  rt_alloc a = w->alloc;
  rt__free(&a, w, sizeof *w);
}

/* ---- metadata */

static void key(rt_gguf_writer *w, const char *name, rt_gguf_type type)
{
  string(w, &w->meta, rt__cstr(name));
  le32(w, &w->meta, type);
  w->n_values++;
}

static void array(rt_gguf_writer *w, const char *name, rt_gguf_type element, size_t n)
{
  key(w, name, RT_GGUF_ARRAY);
  le32(w, &w->meta, element);
  le64(w, &w->meta, n);
}

void rt_gguf_put_u32(rt_gguf_writer *w, const char *name, uint32_t v)
{
  key(w, name, RT_GGUF_U32);
  le32(w, &w->meta, v);
}

void rt_gguf_put_f32(rt_gguf_writer *w, const char *name, float v)
{
  key(w, name, RT_GGUF_F32);
  le32(w, &w->meta, float_bits(v));
}

void rt_gguf_put_bool(rt_gguf_writer *w, const char *name, bool v)
{
  key(w, name, RT_GGUF_BOOL);
  raw(w, &w->meta, v ? "\1" : "\0", 1);
}

void rt_gguf_put_str(rt_gguf_writer *w, const char *name, rt_slice v)
{
  key(w, name, RT_GGUF_STRING);
  string(w, &w->meta, v);
}

void rt_gguf_put_strs(rt_gguf_writer *w, const char *name, const rt_slice *v, size_t n)
{
  array(w, name, RT_GGUF_STRING, n);
  for (size_t i = 0; i < n; i++)
    string(w, &w->meta, v[i]);
}

void rt_gguf_put_f32s(rt_gguf_writer *w, const char *name, const float *v, size_t n)
{
  array(w, name, RT_GGUF_F32, n);
  for (size_t i = 0; i < n; i++)
    le32(w, &w->meta, float_bits(v[i]));
}

void rt_gguf_put_i32s(rt_gguf_writer *w, const char *name, const int32_t *v, size_t n)
{
  array(w, name, RT_GGUF_I32, n);
  for (size_t i = 0; i < n; i++)
    le32(w, &w->meta, (uint32_t)v[i]);
}

/* ---- tensors */

static uint64_t padded(uint64_t n)
{
  return (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static bool countable(const rt_quant *type, uint32_t n_dims, const uint64_t *dims, declared *d)
{
  *d = (declared){.type = type, .n = 1};
  for (uint32_t i = 0; i < n_dims; i++) {
    if (dims[i] == 0 || dims[i] > UINT64_MAX / 64 / d->n)
      return false;
    d->n *= dims[i];
  }
  return dims[0] % type->block == 0 && rt_quant_size(type, d->n, &d->bytes) == RT_OK;
}

void rt_gguf_declare(rt_gguf_writer *w, const char *name, const rt_quant *type, uint32_t n_dims,
                     const uint64_t *dims)
{
  declared d;
  if (w->n_tensors == RT__ARRAY_LEN(w->tensors))
    keep(w, RT_E_LIMIT, "too many tensors");
  else if (!type || !type->encode || n_dims == 0 || n_dims > RT_GGUF_DIMS_MAX ||
           strlen(name) > RT_GGUF_NAME_MAX || !countable(type, n_dims, dims, &d))
    keep(w, RT_E_ARG, "a tensor of a shape or type that can't be written");
  if (w->first.code)
    return;
  string(w, &w->entries, rt__cstr(name));
  le32(w, &w->entries, n_dims);
  for (uint32_t i = 0; i < n_dims; i++)
    le64(w, &w->entries, dims[i]);
  le32(w, &w->entries, type->id);
  le64(w, &w->entries, w->data_size);
  w->tensors[w->n_tensors++] = d;
  w->data_size += padded(d.bytes);
}

/* ---- the file */

static rt_code first_failure(const rt_gguf_writer *w, rt_error *err)
{
  if (w->first.code && err)
    *err = w->first;
  return w->first.code;
}

static rt_code pad_file(rt_gguf_writer *w, rt_error *err)
{
  uint64_t size = rt__out_size(w->file);
  return rt__out_zeros(w->file, (size_t)(padded(size) - size), err);
}

static rt_code write_header(rt_gguf_writer *w, rt_error *err)
{
  rt__buf head;
  rt__buf_init(&head, &w->alloc, 64);
  raw(w, &head, "GGUF", 4);
  le32(w, &head, 3);
  le64(w, &head, w->n_tensors);
  le64(w, &head, w->n_values);
  rt_code code = first_failure(w, err);
  if (code == RT_OK)
    code = rt__out_write(w->file, head.p, head.n, err);
  rt__buf_free(&head);
  if (code == RT_OK)
    code = rt__out_write(w->file, w->meta.p, w->meta.n, err);
  if (code == RT_OK)
    code = rt__out_write(w->file, w->entries.p, w->entries.n, err);
  if (code == RT_OK && w->n_tensors)
    code = pad_file(w, err);
  return code;
}

rt_code rt_gguf_begin(rt_gguf_writer *w, const char *path, rt_error *err)
{
  rt_code code = first_failure(w, err);
  if (code == RT_OK && w->file)
    return rt__fail(err, RT_E_ARG, "GGUF: the file was begun already");
  if (code == RT_OK)
    code = rt__out_open(&w->alloc, path, &w->file, err);
  if (code == RT_OK)
    code = write_header(w, err);
  return code;
}

rt_code rt_gguf_write(rt_gguf_writer *w, const float *data, rt_error *err)
{
  if (!w->file || w->next == w->n_tensors)
    return rt__fail(err, RT_E_ARG, "GGUF: more tensors written than declared");
  const declared *d = &w->tensors[w->next++];
  unsigned char bytes[CHUNK * 4];
  rt_code code = RT_OK;
  for (uint64_t at = 0; at < d->n && code == RT_OK; at += CHUNK) {
    uint64_t n = d->n - at < CHUNK ? d->n - at : CHUNK;
    d->type->encode(data + at, bytes, (size_t)n / d->type->block);
    code = rt__out_write(w->file, bytes, (size_t)n / d->type->block * d->type->bytes, err);
  }
  if (code == RT_OK)
    code = pad_file(w, err);
  return code;
}

rt_code rt_gguf_finish(rt_gguf_writer *w, rt_error *err)
{
  if (!w->file || w->next != w->n_tensors)
    return rt__fail(err, RT_E_ARG, "GGUF: fewer tensors written than declared");
  rt__out *file = w->file;
  w->file = NULL;
  return rt__out_finish(file, err);
}
