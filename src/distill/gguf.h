/* gguf - reading GGUF files, versions 2 and 3, little-endian.
 *
 * Everything in the file is checked before a byte of it is used or memory is taken for it: counts
 * against what is left of the file, sizes against overflow, offsets and lengths against the file's
 * end, types against the tables, names against repetition. A file that passes can be read without
 * further checks.
 *
 * Caveats
 *  - The file is mapped, not copied: slices are borrowed from the mapping and die with the rt_gguf.
 *    Cutting the file short while it is mapped ends the process (as with any mapped file).
 *  - Nested arrays and big-endian files are refused by name.
 *  - Tensors may be in any order and may even overlap: that harms nobody who only reads.
 */
#ifndef RT_DISTILL_GGUF_H
#define RT_DISTILL_GGUF_H

#include "distill/quant.h"

#define RT_GGUF_KEYS_MAX    65536u
#define RT_GGUF_TENSORS_MAX 65536u
#define RT_GGUF_NAME_MAX    128u /* bytes in a tensor's name */
#define RT_GGUF_KEY_MAX     1024u
#define RT_GGUF_DIMS_MAX    4u

/* types of metadata values; GGUF's numbers */
typedef enum rt_gguf_type {
  RT_GGUF_U8,
  RT_GGUF_I8,
  RT_GGUF_U16,
  RT_GGUF_I16,
  RT_GGUF_U32,
  RT_GGUF_I32,
  RT_GGUF_F32,
  RT_GGUF_BOOL,
  RT_GGUF_STRING,
  RT_GGUF_ARRAY,
  RT_GGUF_U64,
  RT_GGUF_I64,
  RT_GGUF_F64,
  RT_GGUF_TYPE_COUNT
} rt_gguf_type;

/* bytes of one value of a fixed-size type, 0 for strings and arrays */
size_t rt_gguf_type_size(rt_gguf_type t);

typedef struct rt_gguf_tensor {
  rt_slice name;
  uint32_t n_dims;
  uint64_t
      dims[RT_GGUF_DIMS_MAX]; /* dims[0] is the fastest: a matrix [out][in] has dims {in, out} */
  uint64_t n;                 /* elements */
  const rt_quant *type;
  const unsigned char *data; /* `bytes` of them */
  uint64_t bytes;
} rt_gguf_tensor;

typedef struct rt_gguf rt_gguf;

/* RT_E_IO, RT_E_FORMAT, RT_E_TRUNCATED, RT_E_VERSION or RT_E_LIMIT with a sentence */
rt_code rt_gguf_open(const rt_alloc *alloc, const char *path, rt_gguf **out,
                     rt_error *err) RT__MUST_CHECK;
/* only its metadata: rt_gguf_tensors is 0, and what tensors there are doesn't matter. For files of
 * which the tokenizer is wanted, whatever their weights are packed as. */
rt_code rt_gguf_open_metadata(const rt_alloc *alloc, const char *path, rt_gguf **out,
                              rt_error *err) RT__MUST_CHECK;
/* rt_gguf_open from memory that outlives the reader */
rt_code rt_gguf_from_memory(const rt_alloc *alloc, const void *p, size_t n, rt_gguf **out,
                            rt_error *err) RT__MUST_CHECK;
void rt_gguf_free(rt_gguf *g);

uint32_t rt_gguf_version(const rt_gguf *g);
/* SHA-256 of the whole file; O(file) */
rt_code rt_gguf_hash(const rt_gguf *g, unsigned char out[32]) RT__MUST_CHECK;

/* ---- tensors, in the file's order */
size_t rt_gguf_tensors(const rt_gguf *g);
const rt_gguf_tensor *rt_gguf_tensor_at(const rt_gguf *g, size_t i);
/* NULL if there is none of that name; O(log tensors) */
const rt_gguf_tensor *rt_gguf_tensor_find(const rt_gguf *g, rt_slice name);

/* ---- metadata: RT_E_NOTFOUND if the key is missing, RT_E_FORMAT if it is of another kind.
 * `err` names the key in both cases. Integers of any width and sign are accepted where they fit. */
bool rt_gguf_has(const rt_gguf *g, const char *key);
rt_code rt_gguf_u32(const rt_gguf *g, const char *key, uint32_t *v, rt_error *err) RT__MUST_CHECK;
rt_code rt_gguf_f32(const rt_gguf *g, const char *key, float *v, rt_error *err) RT__MUST_CHECK;
rt_code rt_gguf_bool(const rt_gguf *g, const char *key, bool *v, rt_error *err) RT__MUST_CHECK;
rt_code rt_gguf_str(const rt_gguf *g, const char *key, rt_slice *v, rt_error *err) RT__MUST_CHECK;

/* an array, read from front to back */
typedef struct rt_gguf_array {
  rt_gguf_type type;
  uint64_t n;
  const unsigned char *p; /* the next element */
} rt_gguf_array;
/* want: RT_GGUF_STRING, RT_GGUF_F32, or RT_GGUF_I32 for integers of 32 bits or less */
rt_code rt_gguf_list(const rt_gguf *g, const char *key, rt_gguf_type want, rt_gguf_array *a,
                     rt_error *err) RT__MUST_CHECK;
/* the next element; the caller counts to a->n */
rt_slice rt_gguf_next_str(rt_gguf_array *a);
float rt_gguf_next_f32(rt_gguf_array *a);
int64_t rt_gguf_next_int(rt_gguf_array *a);

#endif
