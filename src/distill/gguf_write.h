/* gguf_write - writing GGUF version 3, little-endian.
 *
 * Use: new, put metadata, declare tensors, begin, then hand over the tensors' floats in the order
 * in which they were declared, finish. The file appears under its name only when it is whole.
 *
 * The first failure is kept: later calls return it again, so that a caller may check at the end
 * only.
 */
#ifndef RT_DISTILL_GGUF_WRITE_H
#define RT_DISTILL_GGUF_WRITE_H

#include "distill/gguf.h"

typedef struct rt_gguf_writer rt_gguf_writer;

rt_code rt_gguf_writer_new(const rt_alloc *alloc, rt_gguf_writer **out,
                           rt_error *err) RT__MUST_CHECK;
/* drops an unfinished file */
void rt_gguf_writer_free(rt_gguf_writer *w);

/* ---- metadata; a key may be put once */
void rt_gguf_put_u32(rt_gguf_writer *w, const char *key, uint32_t v);
void rt_gguf_put_f32(rt_gguf_writer *w, const char *key, float v);
void rt_gguf_put_bool(rt_gguf_writer *w, const char *key, bool v);
void rt_gguf_put_str(rt_gguf_writer *w, const char *key, rt_slice v);
void rt_gguf_put_strs(rt_gguf_writer *w, const char *key, const rt_slice *v, size_t n);
void rt_gguf_put_f32s(rt_gguf_writer *w, const char *key, const float *v, size_t n);
void rt_gguf_put_i32s(rt_gguf_writer *w, const char *key, const int32_t *v, size_t n);

/* ---- tensors: dims[0] is the fastest. Rows must fill whole blocks; the type must be one that can
 * be encoded (rt_quant.encode). */
void rt_gguf_declare(rt_gguf_writer *w, const char *name, const rt_quant *type, uint32_t n_dims,
                     const uint64_t *dims);

/* ---- the file */
rt_code rt_gguf_begin(rt_gguf_writer *w, const char *path, rt_error *err) RT__MUST_CHECK;
/* the next declared tensor's elements, row by row as GGUF orders them */
rt_code rt_gguf_write(rt_gguf_writer *w, const float *data, rt_error *err) RT__MUST_CHECK;
/* RT_E_ARG if a declared tensor was not written */
rt_code rt_gguf_finish(rt_gguf_writer *w, rt_error *err) RT__MUST_CHECK;

#endif
