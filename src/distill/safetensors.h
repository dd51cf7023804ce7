/* safetensors - reading and writing .safetensors files: a JSON header, then raw tensors.
 *
 * The header is bounded, the offsets must lie in the file, agree with shape and type, and not
 * overlap. Types: F32, F16, BF16; a tensor of another type can be listed but not read.
 *
 * Caveat: the file is mapped; tensors borrow from the mapping.
 */
#ifndef RT_DISTILL_SAFETENSORS_H
#define RT_DISTILL_SAFETENSORS_H

#include "distill/quant.h"

#define RT_SAFETENSORS_HEADER_MAX  ((size_t)32 << 20)
#define RT_SAFETENSORS_TENSORS_MAX 65536u
#define RT_SAFETENSORS_DIMS_MAX    8u

typedef struct rt_safetensor {
  rt_slice name;
  const rt_quant *type; /* NULL: a type that isn't read here */
  uint32_t n_dims;      /* 0: a single number */
  uint64_t
      dims[RT_SAFETENSORS_DIMS_MAX]; /* dims[0] is the slowest: a matrix [out][in] has {out, in} */
  uint64_t n;
  const unsigned char *data;
  uint64_t bytes;
} rt_safetensor;

typedef struct rt_safetensors rt_safetensors;

rt_code rt_safetensors_open(const rt_alloc *alloc, const char *path, rt_safetensors **out,
                            rt_error *err) RT__MUST_CHECK;
rt_code rt_safetensors_from_memory(const rt_alloc *alloc, const void *p, size_t n,
                                   rt_safetensors **out, rt_error *err) RT__MUST_CHECK;
void rt_safetensors_free(rt_safetensors *s);

/* sorted by name */
size_t rt_safetensors_count(const rt_safetensors *s);
const rt_safetensor *rt_safetensors_at(const rt_safetensors *s, size_t i);
/* NULL if there is none of that name; O(log tensors) */
const rt_safetensor *rt_safetensors_find(const rt_safetensors *s, rt_slice name);
/* SHA-256 of the file */
rt_code rt_safetensors_hash(const rt_safetensors *s, unsigned char out[32]) RT__MUST_CHECK;

/* ---- writing: declare all tensors, begin, hand over their floats in that order, finish */

typedef struct rt_safetensors_writer rt_safetensors_writer;

rt_code rt_safetensors_writer_new(const rt_alloc *alloc, const rt_quant *type,
                                  rt_safetensors_writer **out, rt_error *err) RT__MUST_CHECK;
void rt_safetensors_writer_free(rt_safetensors_writer *w);
/* n_dims 1 or 2 */
rt_code rt_safetensors_declare(rt_safetensors_writer *w, const char *name, uint32_t n_dims,
                               const uint64_t *dims, rt_error *err) RT__MUST_CHECK;
rt_code rt_safetensors_begin(rt_safetensors_writer *w, const char *path,
                             rt_error *err) RT__MUST_CHECK;
rt_code rt_safetensors_write(rt_safetensors_writer *w, const float *data,
                             rt_error *err) RT__MUST_CHECK;
rt_code rt_safetensors_finish(rt_safetensors_writer *w, rt_error *err) RT__MUST_CHECK;

#endif
