/* import_logits - targets from a teacher that ran somewhere else, of any architecture.
 *
 * Two kinds of file, told apart by their first bytes:
 *  - what llama.cpp's perplexity tool writes with --kl-divergence-base: log-probabilities of every
 * token, in 16 bits, for the second half of each chunk. What lies 16 nats or more below the best is
 * not told apart there; it counts as impossible.
 *  - JSON lines, one a document: {"tokens": [ids], "top": [[[id, log-probability], …] or null, …]}.
 * Entry i of "top" says what follows token i; null: that position doesn't count. Lists that don't
 * cover the vocabulary leave the tail unknown: the targets are then plain top-k (tail must be 0),
 * and their header says so.
 *
 * Caveat: with a model that starts its texts with BOS, llama.cpp puts BOS in the place of each
 * chunk's first token without writing it down: pass its id.
 */
#ifndef RT_DISTILL_IMPORT_LOGITS_H
#define RT_DISTILL_IMPORT_LOGITS_H

#include "distill/targets.h"

typedef struct rt_from_logits {
  /* vocab (the student's rows), top, tail, temperature, seed and the tokenizer's hash; the rest is
   * taken from the file: context, mask, tail_known, teacher (hash of the file), corpus (hash of the
   * tokens) */
  rt_targets_info info;
  uint32_t bos; /* UINT32_MAX: none */
} rt_from_logits;

/* RT_E_ARG if the file's vocabulary isn't info.vocab, or the tail is wanted but unknown;
 * RT_E_FORMAT, RT_E_TRUNCATED for damaged files. The .kdt appears when whole. */
rt_code rt_import_logits(const rt_alloc *alloc, const char *path, const rt_from_logits *o,
                         const char *out, rt_error *err) RT__MUST_CHECK;

#endif
