/* import_names - what one tensor is called in each kind of file, and how its rows turn. */
#ifndef RT_DISTILL_IMPORT_NAMES_H
#define RT_DISTILL_IMPORT_NAMES_H

#include "distill/model.h"

#define RT__FILE_NAME_MAX 96

typedef struct rt__file_names {
  char gguf[RT__FILE_NAME_MAX]; /* "blk.3.attn_q.weight" */
  char hf[RT__FILE_NAME_MAX];   /* "model.layers.3.self_attn.q_proj.weight" */
  uint32_t rotary_heads;        /* of a tensor whose rows the rotation pairs; 0 for the others */
} rt__file_names;

/* of a tensor of model.h, by its name there; false if there is no such tensor */
bool rt__names_of(const rt_model_config *c, const char *tensor, rt__file_names *out);

/* Rows of q and k in a GGUF file of an interleaved architecture: row `r` of the file is row
 * rt__unpaired(...) of the model, whose pairs are head_dim/2 apart; a permutation within each head.
 */
uint32_t rt__unpaired(uint32_t r, uint32_t head_dim);

#endif
