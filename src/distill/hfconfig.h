/* hfconfig - config.json of a model folder, as transformers writes and reads it. */
#ifndef RT_DISTILL_HFCONFIG_H
#define RT_DISTILL_HFCONFIG_H

#include "distill/import_json.h"
#include "distill/model.h"

#define RT__HFCONFIG_BYTES_MAX ((size_t)4 << 20)

/* RT_E_FORMAT for an architecture or a switch (attention bias, sliding window, quantisation, rope
 * scaling) that isn't built here: what would be ignored would be computed wrongly */
rt_code rt__hfconfig_read(const json_t *json, rt_model_config *c, rt_error *err) RT__MUST_CHECK;

/* appends a config.json; `dtype` is "float32", "float16" or "bfloat16"; ids are RT_TOKEN_NONE where
 * there is none. RT_E_ARG for a rope table, which has no form there. */
rt_code rt__hfconfig_write(const rt_model_config *c, const char *dtype, uint32_t bos, uint32_t eos,
                           rt__buf *out, rt_error *err) RT__MUST_CHECK;

#endif
