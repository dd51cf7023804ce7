/* bpe_train_in - counted words and what is learnt from them, for the files bpe_train_* only. */
#ifndef RT_DISTILL_BPE_TRAIN_IN_H
#define RT_DISTILL_BPE_TRAIN_IN_H

#include "base/hash.h"
#include "distill/bpe_train.h"

typedef struct rt__word {
  rt_slice bytes;
  uint64_t count;
} rt__word;

/* one learnt merge; `fresh`: its product is a new token, not another way to one that is there */
typedef struct rt__learnt {
  uint32_t left, right, result;
  bool fresh;
} rt__learnt;

/* Learns merges until `max_tokens` new tokens are there or no pair is seen `least` times. Ids:
 * bytes are 0-255, products follow. *merges is in the arena. */
rt_code rt__bpe_learn(const rt_alloc *alloc, const rt__word *words, size_t n, uint32_t max_tokens,
                      uint64_t least, rt__arena *arena, rt__learnt **merges,
                      uint32_t *n_merges) RT__MUST_CHECK;

#endif
