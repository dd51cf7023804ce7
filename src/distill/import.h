/* import - a model file becomes an rt_model and its tokenizer.
 *
 * Two kinds: a GGUF file, or a folder with config.json, tokenizer.json and *.safetensors (one, or
 * several with model.safetensors.index.json). What is missing, of another shape or not finite is
 * refused by name, before memory is taken for weights where possible.
 */
#ifndef RT_DISTILL_IMPORT_H
#define RT_DISTILL_IMPORT_H

#include "distill/model.h"
#include "distill/tokenizer.h"

typedef struct rt_imported {
  rt_model *model;
  rt_tokenizer *tokenizer; /* fits the model: no more tokens than rows */
  unsigned char hash[32];  /* SHA-256 of the weights' files */
} rt_imported;

/* bytes_max bounds the weights' bytes in memory, 0 = RT_MODEL_BYTES_MAX. The caller frees both
 * parts with rt_imported_free. */
rt_code rt_import(const rt_alloc *alloc, const char *path, uint64_t bytes_max, rt_imported *out,
                  rt_error *err) RT__MUST_CHECK;
void rt_imported_free(rt_imported *i);

/* only what the file says of its shape, without weights */
rt_code rt_import_config(const rt_alloc *alloc, const char *path, rt_model_config *c,
                         rt_error *err) RT__MUST_CHECK;
/* only the tokenizer; the weights may be of any architecture and type */
rt_code rt_import_tokenizer(const rt_alloc *alloc, const char *path, rt_tokenizer **out,
                            rt_error *err) RT__MUST_CHECK;

#endif
