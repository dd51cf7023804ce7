#include "distill/batch.h"

/* ---- the deck */

/* held-out windows are those with the smallest hashes: the same ones for every seed, so that runs
 * with different seeds are measured on the same text */
static void split(rt__deck *d, size_t held)
{
  size_t n = d->corpus->n_windows;
  for (size_t i = 0; i < n; i++)
    d->order[i] = (rt__pair){rt__mix2(UINT64_C(0x68656c64), i), i};
  rt__sort_pairs(d->order, d->spare, n);
  for (size_t i = 0; i < n; i++)
    d->order[i].key = d->order[i].val;
  rt__sort_pairs(d->order, d->spare, held);
  rt__sort_pairs(d->order + held, d->spare, n - held);
  for (size_t i = 0; i < held; i++)
    d->held[i] = (uint32_t)d->order[i].val;
  for (size_t i = held; i < n; i++)
    d->train[i - held] = (uint32_t)d->order[i].val;
  d->n_held = held;
  d->n_train = n - held;
}

rt_code rt__deck_new(const rt_alloc *alloc, const rt_corpus *c, uint64_t seed, double held_out,
                     rt__deck *d, rt_error *err)
{
  memset(d, 0, sizeof *d);
  size_t n = c->n_windows, held = (size_t)((double)n * held_out);
  if (held == 0 && held_out > 0)
    held = 1;
  if (held >= n || n > UINT32_MAX)
    return rt__fail(err, RT_E_ARG, "%zu windows of text are %s", n,
                    n > UINT32_MAX ? "too many" : "too few to train and to evaluate");
  *d = (rt__deck){.alloc = *alloc, .corpus = c, .seed = seed, .epoch = UINT64_MAX};
  d->train = rt__calloc(alloc, n, sizeof *d->train);
  d->held = rt__calloc(alloc, n, sizeof *d->held);
  d->order = rt__calloc(alloc, n, sizeof *d->order);
  d->spare = rt__calloc(alloc, n, sizeof *d->spare);
  if (!d->train || !d->held || !d->order || !d->spare) {
    rt__deck_free(d);
    return rt__fail(err, RT_E_NOMEM, "no memory for the order of %zu windows", n);
  }
  split(d, held);
  return RT_OK;
}

void rt__deck_free(rt__deck *d)
{
  size_t n = d->corpus ? d->corpus->n_windows : 0;
  rt__free(&d->alloc, d->train, n * sizeof *d->train);
  rt__free(&d->alloc, d->held, n * sizeof *d->held);
  rt__free(&d->alloc, d->order, n * sizeof *d->order);
  rt__free(&d->alloc, d->spare, n * sizeof *d->spare);
  memset(d, 0, sizeof *d);
}

static void shuffle(rt__deck *d, uint64_t epoch)
{
  uint64_t key = rt__mix2(d->seed, epoch);
  for (size_t i = 0; i < d->n_train; i++)
    d->order[i] = (rt__pair){rt__mix2(key, d->train[i]), d->train[i]};
  rt__sort_pairs(d->order, d->spare, d->n_train);
  d->epoch = epoch;
}

uint32_t rt__deck_deal(rt__deck *d, uint64_t at)
{
  if (at / d->n_train != d->epoch)
    shuffle(d, at / d->n_train);
  return (uint32_t)d->order[at % d->n_train].val;
}

/* ---- the batch */

rt_code rt__tbatch_new(const rt_alloc *alloc, size_t batch, size_t seq, const rt_sparse *sparse,
                       rt__tbatch *b, rt_error *err)
{
  *b = (rt__tbatch){.alloc = *alloc, .batch = batch, .seq = seq, .most = sparse ? sparse->most : 0};
  size_t n = batch * seq;
  b->tokens = rt__calloc(alloc, n, sizeof *b->tokens);
  b->rows = rt__calloc(alloc, n, sizeof *b->rows);
  b->targets = rt__calloc(alloc, n, sizeof *b->targets);
  b->ids = rt__calloc(alloc, n * b->most + 1, sizeof *b->ids);
  b->weights = rt__calloc(alloc, n * b->most + 1, sizeof *b->weights);
  if (b->tokens && b->rows && b->targets && b->ids && b->weights)
    return RT_OK;
  rt__tbatch_free(b);
  return rt__fail(err, RT_E_NOMEM, "no memory for a batch of %zu tokens", n);
}

void rt__tbatch_free(rt__tbatch *b)
{
  size_t n = b->batch * b->seq;
  rt__free(&b->alloc, b->tokens, n * sizeof *b->tokens);
  rt__free(&b->alloc, b->rows, n * sizeof *b->rows);
  rt__free(&b->alloc, b->targets, n * sizeof *b->targets);
  rt__free(&b->alloc, b->ids, (n * b->most + 1) * sizeof *b->ids);
  rt__free(&b->alloc, b->weights, (n * b->most + 1) * sizeof *b->weights);
  memset(b, 0, sizeof *b);
}

static rt_code take_targets(rt__tbatch *b, uint64_t start, size_t slot, const rt_sparse *sparse,
                            rt_error *err)
{
  for (size_t i = 0; i < b->seq; i++) {
    size_t row = slot * b->seq + i;
    rt_loss_target *t = &b->targets[row];
    if (t->label == RT_LOSS_NO_LABEL)
      continue;
    uint32_t *ids = b->ids + row * b->most;
    float *weights = b->weights + row * b->most;
    rt_code code = sparse->get(sparse->ctx, start + i, ids, weights, t, err);
    if (code)
      return code;
    t->ids = ids;
    t->weights = weights;
  }
  return RT_OK;
}

static void clear_slot(rt__tbatch *b, size_t slot)
{
  for (size_t i = 0; i < b->seq; i++) {
    b->tokens[slot * b->seq + i] = 0;
    b->targets[slot * b->seq + i] = (rt_loss_target){.label = RT_LOSS_NO_LABEL};
  }
}

rt_code rt__tbatch_fill(rt__tbatch *b, const rt_corpus *c, const uint32_t *windows, size_t n,
                        const rt_sparse *sparse, rt_error *err)
{
  rt_code code = RT_OK;
  b->n_rows = 0;
  for (size_t slot = 0; !code && slot < b->batch; slot++) {
    clear_slot(b, slot);
    if (slot >= n)
      continue;
    uint32_t *labels = b->rows + b->n_rows; /* room that is free until rows are written over it */
    (void)rt_corpus_window(c, windows[slot], b->seq, b->tokens + slot * b->seq, labels);
    for (size_t i = 0; i < b->seq; i++)
      b->targets[slot * b->seq + i].label = labels[i];
    for (size_t i = 0; i < b->seq; i++)
      if (b->targets[slot * b->seq + i].label != RT_LOSS_NO_LABEL)
        b->rows[b->n_rows++] = (uint32_t)(slot * b->seq + i);
    if (sparse)
      code = take_targets(b, c->windows[windows[slot]].start, slot, sparse, err);
  }
  return code;
}
