#include "distill/import_json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

rt_code rt__json_read(rt_slice bytes, size_t max, const char *what, json_t **out, rt_error *err)
{
  if (bytes.n > max)
    return rt__fail(err, RT_E_LIMIT, "%s: more than %zu bytes of JSON", what, max);
  json_error_t e;
  json_t *v =
      json_loadb(bytes.n ? bytes.p : "", bytes.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
  if (!v)
    return rt__fail_at(err, RT_E_FORMAT, e.line > 0 ? (uint64_t)e.line : 0, (uint64_t)e.position,
                       "%s: not JSON: %s", what, e.text);
  *out = v;
  return RT_OK;
}

static rt_code read_failed(const char *path, rt_error *err)
{
  return rt__fail(err, RT_E_IO, "%s: %s", path, strerror(errno));
}

rt_code rt__read_whole(const rt_alloc *alloc, const char *path, size_t max, rt__buf *out,
                       rt_error *err)
{
  char piece[65536];
  rt__buf_init(out, alloc, max);
  FILE *f = fopen(path, "rb");
  if (!f)
    return read_failed(path, err);
  rt_code code = RT_OK;
  for (size_t n; code == RT_OK && (n = fread(piece, 1, sizeof piece, f)) > 0;)
    if ((code = rt__buf_add(out, piece, n)) != RT_OK)
      code = rt__fail(err, code, "%s: more than %zu bytes", path, max);
  if (code == RT_OK && ferror(f))
    code = read_failed(path, err);
  (void)fclose(f);
  if (code)
    rt__buf_free(out);
  return code;
}

rt_code rt__json_read_file(const rt_alloc *alloc, const char *path, size_t max, json_t **out,
                           rt_error *err)
{
  rt__buf b;
  rt_code code = rt__read_whole(alloc, path, max, &b, err);
  if (code)
    return code;
  code = rt__json_read(rt__buf_slice(&b), max, path, out, err);
  rt__buf_free(&b);
  return code;
}

rt_slice rt__json_text(const json_t *v)
{
  return json_is_string(v) ? rt__slice(json_string_value(v), json_string_length(v)) : (rt_slice){0};
}

static rt_code look(const json_t *o, const char *key, const json_t **v, rt_error *err)
{
  *v = json_object_get(o, key);
  return *v && !json_is_null(*v) ? RT_OK : rt__fail(err, RT_E_NOTFOUND, "\"%s\" is missing", key);
}

rt_code rt__json_get_u32(const json_t *o, const char *key, uint32_t *out, rt_error *err)
{
  const json_t *v;
  rt_code code = look(o, key, &v, err);
  if (code)
    return code;
  json_int_t n = json_is_integer(v) ? json_integer_value(v) : -1;
  if (n < 0 || n > (json_int_t)UINT32_MAX)
    return rt__fail(err, RT_E_FORMAT, "\"%s\" isn't a whole number from 0 to 4294967295", key);
  *out = (uint32_t)n;
  return RT_OK;
}

rt_code rt__json_get_float(const json_t *o, const char *key, float *out, rt_error *err)
{
  const json_t *v;
  rt_code code = look(o, key, &v, err);
  if (code)
    return code;
  double d = json_is_number(v) ? json_number_value(v) : HUGE_VAL;
  if (!(fabs(d) < 3e38))
    return rt__fail(err, RT_E_FORMAT, "\"%s\" isn't a number", key);
  *out = (float)d;
  return RT_OK;
}

rt_code rt__json_get_text(const json_t *o, const char *key, rt_slice *out, rt_error *err)
{
  const json_t *v;
  rt_code code = look(o, key, &v, err);
  if (code)
    return code;
  *out = rt__json_text(v);
  return out->p ? RT_OK : rt__fail(err, RT_E_FORMAT, "\"%s\" isn't a string", key);
}
