/* import_json - reading JSON that came from outside (jansson underneath), with a bound and a
 * sentence.
 *
 * Names that come twice in an object are refused, so are NULs in strings and nesting beyond
 * jansson's 2,048. A value is freed with json_decref. Slices borrow from the value.
 */
#ifndef RT_DISTILL_IMPORT_JSON_H
#define RT_DISTILL_IMPORT_JSON_H

#include "base/base.h"

#include <jansson.h>

/* one value, nothing behind it but blanks; `what` names the input in errors. RT_E_LIMIT above max
 * bytes. */
rt_code rt__json_read(rt_slice bytes, size_t max, const char *what, json_t **out,
                      rt_error *err) RT__MUST_CHECK;
/* the same from a file */
rt_code rt__json_read_file(const rt_alloc *alloc, const char *path, size_t max, json_t **out,
                           rt_error *err) RT__MUST_CHECK;

/* member of an object, NULL if o is no object or has no such member */
static inline json_t *rt__json_at(const json_t *o, const char *key)
{
  return json_object_get(o, key);
}
/* the string's bytes; .p is NULL if v isn't a string */
rt_slice rt__json_text(const json_t *v);

/* members by kind: RT_E_NOTFOUND if missing, RT_E_FORMAT if of another kind or out of range */
rt_code rt__json_get_u32(const json_t *o, const char *key, uint32_t *v,
                         rt_error *err) RT__MUST_CHECK;
rt_code rt__json_get_float(const json_t *o, const char *key, float *v,
                           rt_error *err) RT__MUST_CHECK;
rt_code rt__json_get_text(const json_t *o, const char *key, rt_slice *v,
                          rt_error *err) RT__MUST_CHECK;

/* the bytes of a whole file, at most max; in *out, which the caller frees */
rt_code rt__read_whole(const rt_alloc *alloc, const char *path, size_t max, rt__buf *out,
                       rt_error *err) RT__MUST_CHECK;

#endif
