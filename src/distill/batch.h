/* batch - which windows a step sees, in which order, and what their positions should predict.
 *
 * The order is a pure function of the seed and the step: every epoch is a permutation of the
 * training windows of its own. So a resumed run sees what the unbroken one would have seen.
 */
#ifndef RT_DISTILL_BATCH_H
#define RT_DISTILL_BATCH_H

#include "base/hash.h"
#include "distill/corpus.h"
#include "distill/loss.h"

/* Cached targets by position, which is a token's number in the corpus: fills at most `most` ids and
 * weights, and t->n_ids and t->entropy. Called from one thread, for positions that count. */
typedef struct rt_sparse {
  void *ctx;
  size_t most;
  rt_code (*get)(void *ctx, uint64_t position, uint32_t *ids, float *weights, rt_loss_target *t,
                 rt_error *err);
} rt_sparse;

typedef struct rt__deck {
  rt_alloc alloc;
  const rt_corpus *corpus;
  uint64_t seed;
  uint32_t *train, *held; /* windows */
  size_t n_train, n_held;
  rt__pair *order, *spare; /* this epoch's */
  uint64_t epoch;          /* UINT64_MAX: none yet */
} rt__deck;

/* held_out: share of the windows that training doesn't see, 0 for none; at least one if above 0.
 * RT_E_ARG if nothing is left for training. */
rt_code rt__deck_new(const rt_alloc *alloc, const rt_corpus *c, uint64_t seed, double held_out,
                     rt__deck *d, rt_error *err) RT__MUST_CHECK;
void rt__deck_free(rt__deck *d);
/* the window at place `at` of the endless sequence of epochs */
uint32_t rt__deck_deal(rt__deck *d, uint64_t at);

typedef struct rt__tbatch {
  rt_alloc alloc;
  size_t batch, seq;
  uint32_t *tokens; /* [batch*seq] */
  uint32_t *rows;   /* positions that count */
  size_t n_rows;
  rt_loss_target *targets; /* [batch*seq], by row */
  uint32_t *ids;           /* what the targets point to */
  float *weights;
  size_t most; /* ids a position */
} rt__tbatch;

rt_code rt__tbatch_new(const rt_alloc *alloc, size_t batch, size_t seq, const rt_sparse *sparse,
                       rt__tbatch *b, rt_error *err) RT__MUST_CHECK;
void rt__tbatch_free(rt__tbatch *b);
/* fills it with n <= batch windows; the rest is padding that doesn't count */
rt_code rt__tbatch_fill(rt__tbatch *b, const rt_corpus *c, const uint32_t *windows, size_t n,
                        const rt_sparse *sparse, rt_error *err) RT__MUST_CHECK;

#endif
