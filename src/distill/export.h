/* export - an rt_model and its tokenizer become files that other runtimes load. */
#ifndef RT_DISTILL_EXPORT_H
#define RT_DISTILL_EXPORT_H

#include "distill/model.h"
#include "distill/tokenizer.h"

/* A GGUF file for llama.cpp. Matrices are written as `type` (F32, F16, BF16 or Q8_0), or as F32
 * where their rows don't fill its blocks; norms and biases are always F32. */
rt_code rt_export_gguf(const rt_model *m, const rt_tokenizer *t, const rt_quant *type,
                       const char *path, rt_error *err) RT__MUST_CHECK;

/* A folder for transformers: config.json, model.safetensors, tokenizer.json, tokenizer_config.json,
 * generation_config.json. `type` is F32, F16 or BF16. */
rt_code rt_export_folder(const rt_model *m, const rt_tokenizer *t, const rt_quant *type,
                         const char *path, rt_error *err) RT__MUST_CHECK;

#endif
