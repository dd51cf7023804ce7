/* import_folder - a model folder: config.json, tokenizer.json, *.safetensors. */
#ifndef RT_DISTILL_IMPORT_FOLDER_H
#define RT_DISTILL_IMPORT_FOLDER_H

#include "distill/model.h"
#include "distill/tokenizer.h"

rt_code rt__import_folder_config(const rt_alloc *alloc, const char *path, rt_model_config *c,
                                 rt_error *err) RT__MUST_CHECK;
/* tokenizer.json, and tokenizer_config.json if it is there */
rt_code rt__import_folder_tokenizer(const rt_alloc *alloc, const char *path, rt_tokenizer **out,
                                    rt_error *err) RT__MUST_CHECK;
/* model.safetensors, or the files that model.safetensors.index.json names; hash: over the hashes of
 * the files */
rt_code rt__import_folder_weights(const rt_alloc *alloc, const char *path, rt_model *m,
                                  unsigned char hash[32], rt_error *err) RT__MUST_CHECK;

#endif
