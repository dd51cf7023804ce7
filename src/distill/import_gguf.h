/* import_gguf - the shape and the weights of a model in a GGUF file. */
#ifndef RT_DISTILL_IMPORT_GGUF_H
#define RT_DISTILL_IMPORT_GGUF_H

#include "distill/gguf.h"
#include "distill/model.h"

/* RT_E_FORMAT if the architecture has no row, or the file asks for something that isn't built here
 * (experts, sliding windows, unknown rope scaling) */
rt_code rt__import_gguf_config(const rt_gguf *g, rt_model_config *c, rt_error *err) RT__MUST_CHECK;
/* every tensor of the model must be in the file, and the other way round */
rt_code rt__import_gguf_weights(const rt_gguf *g, rt_model *m, rt_error *err) RT__MUST_CHECK;

#endif
