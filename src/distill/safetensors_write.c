#include "distill/safetensors.h"

#include "base/json.h"
#include "distill/export_file.h"
#include "distill/import_bytes.h"

#define CHUNK 8192u

struct rt_safetensors_writer {
  rt_alloc alloc;
  const rt_quant *type;
  rt__buf header;
  rt__json json;
  uint64_t sizes[4096]; /* elements of the tensors */
  size_t n, next;
  uint64_t at;
  rt__out *file;
};

rt_code rt_safetensors_writer_new(const rt_alloc *alloc, const rt_quant *type,
                                  rt_safetensors_writer **out, rt_error *err)
{
  if (!type->encode || type->block != 1)
    return rt__fail(err, RT_E_ARG, "safetensors: weights can't be written as %s", type->name);
  rt_safetensors_writer *w = rt__calloc(alloc, 1, sizeof *w);
  if (!w)
    return rt__fail(err, RT_E_NOMEM, "safetensors: out of memory");
  w->alloc = *alloc;
  w->type = type;
  rt__buf_init(&w->header, &w->alloc, RT_SAFETENSORS_HEADER_MAX);
  rt__json_init(&w->json, &w->header);
  rt__json_open(&w->json, '{');
  rt__json_key(&w->json, "__metadata__");
  rt__json_open(&w->json, '{');
  rt__json_put_cstr(&w->json, "format", "pt");
  rt__json_close(&w->json, '}');
  *out = w;
  return RT_OK;
}

void rt_safetensors_writer_free(rt_safetensors_writer *w)
{
  if (!w)
    return;
  rt__out_abandon(w->file);
  rt__buf_free(&w->header);
  rt_alloc a = w->alloc;
  rt__free(&a, w, sizeof *w);
}

rt_code rt_safetensors_declare(rt_safetensors_writer *w, const char *name, uint32_t n_dims,
                               const uint64_t *dims, rt_error *err)
{
  if (w->n == RT__ARRAY_LEN(w->sizes) || n_dims == 0 || n_dims > 2)
    return rt__fail(err, RT_E_LIMIT,
                    "safetensors: too many tensors, or one of an impossible shape");
  uint64_t n = 1, from = w->at;
  rt__json_key(&w->json, name);
  rt__json_open(&w->json, '{');
  rt__json_put_cstr(&w->json, "dtype", w->type->name);
  rt__json_key(&w->json, "shape");
  rt__json_open(&w->json, '[');
  for (uint32_t i = 0; i < n_dims; i++) {
    rt__json_u64(&w->json, dims[i]);
    n *= dims[i];
  }
  rt__json_close(&w->json, ']');
  w->at += n * w->type->bytes;
  rt__json_key(&w->json, "data_offsets");
  rt__json_open(&w->json, '[');
  rt__json_u64(&w->json, from);
  rt__json_u64(&w->json, w->at);
  rt__json_close(&w->json, ']');
  rt__json_close(&w->json, '}');
  w->sizes[w->n++] = n;
  return RT_OK;
}

rt_code rt_safetensors_begin(rt_safetensors_writer *w, const char *path, rt_error *err)
{
  unsigned char size[8];
  rt__json_close(&w->json, '}');
  rt_code code = w->json.code;
  while (code == RT_OK && w->header.n % 8) /* data start aligned */
    code = rt__buf_add(&w->header, " ", 1);
  if (code)
    return rt__fail(err, code, "safetensors: the header is too large");
  rt__put64(size, w->header.n);
  code = rt__out_open(&w->alloc, path, &w->file, err);
  if (code == RT_OK)
    code = rt__out_write(w->file, size, sizeof size, err);
  return code == RT_OK ? rt__out_write(w->file, w->header.p, w->header.n, err) : code;
}

rt_code rt_safetensors_write(rt_safetensors_writer *w, const float *data, rt_error *err)
{
  if (!w->file || w->next == w->n)
    return rt__fail(err, RT_E_ARG, "safetensors: more tensors written than declared");
  unsigned char bytes[CHUNK * 4];
  uint64_t size = w->sizes[w->next++];
  rt_code code = RT_OK;
  for (uint64_t at = 0; at < size && code == RT_OK; at += CHUNK) {
    size_t n = (size_t)(size - at < CHUNK ? size - at : CHUNK);
    w->type->encode(data + at, bytes, n);
    code = rt__out_write(w->file, bytes, n * w->type->bytes, err);
  }
  return code;
}

rt_code rt_safetensors_finish(rt_safetensors_writer *w, rt_error *err)
{
  if (!w->file || w->next != w->n)
    return rt__fail(err, RT_E_ARG, "safetensors: fewer tensors written than declared");
  rt__out *file = w->file;
  w->file = NULL;
  return rt__out_finish(file, err);
}
