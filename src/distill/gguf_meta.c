/* gguf_meta - asking a checked file: tensors by name, metadata by key and kind. */
#include "distill/gguf_in.h"

#include <math.h>

size_t rt_gguf_type_size(rt_gguf_type t)
{
  static const unsigned char sizes[RT_GGUF_TYPE_COUNT] = {
      [RT_GGUF_U8] = 1,  [RT_GGUF_I8] = 1,  [RT_GGUF_U16] = 2, [RT_GGUF_I16] = 2,
      [RT_GGUF_U32] = 4, [RT_GGUF_I32] = 4, [RT_GGUF_F32] = 4, [RT_GGUF_BOOL] = 1,
      [RT_GGUF_U64] = 8, [RT_GGUF_I64] = 8, [RT_GGUF_F64] = 8};
  return (unsigned)t < RT_GGUF_TYPE_COUNT ? sizes[t] : 0;
}

uint32_t rt_gguf_version(const rt_gguf *g)
{
  return g->version;
}

size_t rt_gguf_tensors(const rt_gguf *g)
{
  return g->n_tensors;
}

const rt_gguf_tensor *rt_gguf_tensor_at(const rt_gguf *g, size_t i)
{
  return i < g->n_tensors ? &g->tensors[i] : NULL;
}

const rt_gguf_tensor *rt_gguf_tensor_find(const rt_gguf *g, rt_slice name)
{
  size_t lo = 0, hi = g->n_tensors;
  while (lo < hi) {
    size_t mid = lo + (hi - lo) / 2;
    int c = rt__slice_cmp(g->by_name[mid]->name, name);
    if (c == 0)
      return g->by_name[mid];
    if (c < 0)
      lo = mid + 1;
    else
      hi = mid;
  }
  return NULL;
}

static const rt__gguf_value *find(const rt_gguf *g, const char *key)
{
  size_t lo = 0, hi = g->n_values;
  while (lo < hi) {
    size_t mid = lo + (hi - lo) / 2;
    int c = rt__slice_cmp(g->values[mid].key, rt__cstr(key));
    if (c == 0)
      return &g->values[mid];
    if (c < 0)
      lo = mid + 1;
    else
      hi = mid;
  }
  return NULL;
}

bool rt_gguf_has(const rt_gguf *g, const char *key)
{
  return find(g, key) != NULL;
}

static rt_code look(const rt_gguf *g, const char *key, const rt__gguf_value **v, rt_error *err)
{
  *v = find(g, key);
  return *v ? RT_OK : rt__fail(err, RT_E_NOTFOUND, "GGUF: the key \"%s\" is missing", key);
}

static rt_code wrong_kind(const char *key, const char *kind, rt_error *err)
{
  return rt__fail(err, RT_E_FORMAT, "GGUF: the key \"%s\" isn't %s", key, kind);
}

/* an integer of type t at p; unsigned 64-bit values above the signed range come back as -1 with
 * *big */
static int64_t integer_at(uint32_t t, const unsigned char *p, bool *big)
{
  switch (t) {
  case RT_GGUF_U8:
    return p[0];
  case RT_GGUF_I8:
    return (int8_t)p[0];
  case RT_GGUF_U16:
    return p[0] | p[1] << 8;
  case RT_GGUF_I16:
    return (int16_t)(p[0] | p[1] << 8);
  case RT_GGUF_U32:
    return rt__le32(p);
  case RT_GGUF_I32:
    return (int32_t)rt__le32(p);
  case RT_GGUF_I64:
    return (int64_t)rt__le64(p);
  default:
    *big |= rt__le64(p) > INT64_MAX;
    return *big ? -1 : (int64_t)rt__le64(p);
  }
}

static bool is_integer(uint32_t t)
{
  return t < RT_GGUF_TYPE_COUNT && t != RT_GGUF_F32 && t != RT_GGUF_F64 && t != RT_GGUF_BOOL &&
         t != RT_GGUF_STRING && t != RT_GGUF_ARRAY;
}

rt_code rt_gguf_u32(const rt_gguf *g, const char *key, uint32_t *out, rt_error *err)
{
  const rt__gguf_value *v;
  rt_code code = look(g, key, &v, err);
  if (code)
    return code;
  bool big = false;
  int64_t x = is_integer(v->type) ? integer_at(v->type, v->p, &big) : -1;
  if (big || x < 0 || x > UINT32_MAX)
    return wrong_kind(key, "a whole number from 0 to 4294967295", err);
  *out = (uint32_t)x;
  return RT_OK;
}

static float float_at(const unsigned char *p)
{
  uint32_t u = rt__le32(p);
  float f;
  memcpy(&f, &u, sizeof f);
  return f;
}

static double double_at(const unsigned char *p)
{
  uint64_t u = rt__le64(p);
  double d;
  memcpy(&d, &u, sizeof d);
  return d;
}

rt_code rt_gguf_f32(const rt_gguf *g, const char *key, float *out, rt_error *err)
{
  const rt__gguf_value *v;
  rt_code code = look(g, key, &v, err);
  if (code)
    return code;
  if (v->type != RT_GGUF_F32 && v->type != RT_GGUF_F64)
    return wrong_kind(key, "a floating-point number", err);
  double d = v->type == RT_GGUF_F32 ? (double)float_at(v->p) : double_at(v->p);
  if (!isfinite(d) || fabs(d) > 3e38)
    return wrong_kind(key, "a finite number", err);
  *out = (float)d;
  return RT_OK;
}

rt_code rt_gguf_bool(const rt_gguf *g, const char *key, bool *out, rt_error *err)
{
  const rt__gguf_value *v;
  rt_code code = look(g, key, &v, err);
  if (code)
    return code;
  if (v->type != RT_GGUF_BOOL)
    return wrong_kind(key, "a truth value", err);
  *out = v->p[0] != 0;
  return RT_OK;
}

rt_code rt_gguf_str(const rt_gguf *g, const char *key, rt_slice *out, rt_error *err)
{
  const rt__gguf_value *v;
  rt_code code = look(g, key, &v, err);
  if (code)
    return code;
  if (v->type != RT_GGUF_STRING)
    return wrong_kind(key, "a string", err);
  *out = rt__slice(v->p + 8, (size_t)rt__le64(v->p));
  return RT_OK;
}

rt_code rt_gguf_list(const rt_gguf *g, const char *key, rt_gguf_type want, rt_gguf_array *a,
                     rt_error *err)
{
  const rt__gguf_value *v;
  rt_code code = look(g, key, &v, err);
  if (code)
    return code;
  bool fits = want == RT_GGUF_I32
                  ? is_integer(v->element) && rt_gguf_type_size((rt_gguf_type)v->element) <= 4
                  : v->element == (uint32_t)want;
  if (v->type != RT_GGUF_ARRAY || !fits)
    return wrong_kind(key, "an array of the right type", err);
  *a = (rt_gguf_array){(rt_gguf_type)v->element, v->n, v->p};
  return RT_OK;
}

rt_slice rt_gguf_next_str(rt_gguf_array *a)
{
  rt_slice s = rt__slice(a->p + 8, (size_t)rt__le64(a->p));
  a->p += 8 + s.n;
  return s;
}

float rt_gguf_next_f32(rt_gguf_array *a)
{
  float f = float_at(a->p);
  a->p += 4;
  return f;
}

int64_t rt_gguf_next_int(rt_gguf_array *a)
{
  bool big = false;
  int64_t x = integer_at(a->type, a->p, &big);
  a->p += rt_gguf_type_size(a->type);
  return x;
}
