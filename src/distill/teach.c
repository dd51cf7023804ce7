#include "distill/teach.h"

#include "distill/head.h"

#include <stdatomic.h>

typedef struct work {
  const rt_teach *t;
  rt__net *net;
  rt__head *head;
  rt_targets_writer *writer;
  rt_targets_info info;
  rt__tbatch batch;
  rt_targets_row *rows; /* by position in the batch */
  float *scratch;       /* vocab floats a worker */
  uint32_t *windows;
  size_t first;           /* window */
  unsigned char *mask;    /* [seq + 1] */
  uint32_t *tokens;       /* [seq + 1] */
  rt_targets_row *packed; /* [seq]: rows of one window that count */
  atomic_int failed;
} work;

static void draw(void *ctx, size_t row, float *z, float *t, unsigned worker)
{
  work *w = ctx;
  (void)t;
  size_t seq = w->batch.seq;
  rt_code code = rt_targets_draw(&w->info, z, w->first + row / seq, (uint32_t)(row % seq),
                                 w->scratch + worker * w->info.vocab, &w->rows[row], NULL);
  if (code)
    atomic_store(&w->failed, (int)code);
}

/* window `slot` of the batch, with the token behind it, becomes a document */
static rt_code add_window(work *w, size_t slot, rt_error *err)
{
  const rt_corpus *c = w->t->corpus;
  const rt_window *x = &c->windows[w->windows[slot]];
  size_t seq = w->batch.seq, n = x->n, kept = 0;
  bool more = x->start + n < c->n;
  memcpy(w->tokens, c->tokens + x->start, (n + more) * sizeof *w->tokens);
  memset(w->mask, 0, seq + 1);
  for (size_t i = 0; i < n; i++)
    if (w->batch.targets[slot * seq + i].label != RT_LOSS_NO_LABEL) {
      w->mask[i] = 1;
      w->packed[kept++] = w->rows[slot * seq + i];
    }
  return rt_targets_add(w->writer, w->tokens, (uint32_t)(n + more), w->mask, w->packed, err);
}

static rt_code one_batch(work *w, size_t n, rt_error *err)
{
  const rt_teach *t = w->t;
  size_t seq = w->batch.seq;
  for (size_t i = 0; i < n; i++)
    w->windows[i] = (uint32_t)(w->first + i);
  rt_code code = rt__tbatch_fill(&w->batch, t->corpus, w->windows, n, NULL, err);
  if (code)
    return code;
  rt__head_run r = {.hidden = rt__net_forward(w->net, t->teacher, w->batch.tokens, n, seq),
                    .w = t->teacher->data + rt__net_head_offset(t->teacher),
                    .rows = w->batch.rows,
                    .n_rows = w->batch.n_rows,
                    .fn = draw,
                    .ctx = w};
  rt__head_go(t->engine, w->head, &r);
  if (atomic_load(&w->failed))
    return rt__fail(err, (rt_code)atomic_load(&w->failed),
                    "the teacher's logits hold a value that is no finite number");
  for (size_t i = 0; !code && i < n; i++)
    code = add_window(w, i, err);
  return code;
}

static rt_code make(work *w, rt_error *err)
{
  const rt_teach *t = w->t;
  const rt_alloc *a = &t->engine->alloc;
  const rt_model_config *c = &t->teacher->config;
  size_t seq = t->corpus->seq;
  rt__net_shape shape = {.batch = t->batch, .seq = seq};
  rt_code code = rt__net_new(t->engine, c, shape, &w->net, err);
  code = code ? code : rt__head_new(a, c->vocab, c->d_model, 0, &w->head, err);
  code = code ? code : rt__tbatch_new(a, t->batch, seq, NULL, &w->batch, err);
  if (code)
    return code;
  w->rows = rt__calloc(a, t->batch * seq, sizeof *w->rows);
  w->packed = rt__calloc(a, seq, sizeof *w->packed);
  w->scratch = rt__calloc(a, (size_t)t->engine->threads * c->vocab, sizeof *w->scratch);
  w->windows = rt__calloc(a, t->batch, sizeof *w->windows);
  w->mask = rt__calloc(a, seq + 1, 1);
  w->tokens = rt__calloc(a, seq + 1, sizeof *w->tokens);
  return w->rows && w->packed && w->scratch && w->windows && w->mask && w->tokens
             ? RT_OK
             : rt__fail(err, RT_E_NOMEM, "no memory for the teacher's targets");
}

static void drop(work *w)
{
  const rt_teach *t = w->t;
  const rt_alloc *a = &t->engine->alloc;
  size_t seq = t->corpus->seq;
  rt__free(a, w->rows, t->batch * seq * sizeof *w->rows);
  rt__free(a, w->packed, seq * sizeof *w->packed);
  rt__free(a, w->scratch,
           (size_t)t->engine->threads * t->teacher->config.vocab * sizeof *w->scratch);
  rt__free(a, w->windows, t->batch * sizeof *w->windows);
  rt__free(a, w->mask, seq + 1);
  rt__free(a, w->tokens, (seq + 1) * sizeof *w->tokens);
  if (w->batch.tokens)
    rt__tbatch_free(&w->batch);
  rt__head_free(w->head);
  rt__net_free(w->net);
  rt_targets_writer_free(w->writer);
}

static rt_code all_batches(work *w, rt_error *err)
{
  const rt_teach *t = w->t;
  size_t all = t->corpus->n_windows;
  rt_code code = RT_OK;
  for (; !code && w->first < all; w->first += t->batch) {
    size_t left = all - w->first;
    code = one_batch(w, left < t->batch ? left : t->batch, err);
    if (!code && t->progress && t->progress(t->ctx, w->first, all))
      code = rt__fail(err, RT_E_STOPPED, "stopped; targets are written whole or not at all");
  }
  return code;
}

rt_code rt_teach_write(const rt_teach *t, const char *path, rt_targets_info *written, rt_error *err)
{
  work w = {.t = t, .info = t->info};
  w.info.vocab = t->teacher->config.vocab;
  w.info.context = t->corpus->seq + 1;
  w.info.mask = t->corpus->separate ? RT_TARGETS_MASK_PROMPT : RT_TARGETS_MASK_NONE;
  w.info.tail_known = true;
  rt_code code = make(&w, err);
  code = code ? code : rt_targets_create(&t->engine->alloc, path, &w.info, &w.writer, err);
  code = code ? code : all_batches(&w, err);
  code = code ? code : rt_targets_finish(w.writer, err);
  drop(&w);
  *written = w.info;
  return code;
}

/* ---- reading back */

static uint64_t document_at(const rt_corpus *c, uint64_t position)
{
  uint64_t low = 0, high = c->documents;
  while (high - low > 1) {
    uint64_t mid = low + (high - low) / 2;
    if (c->starts[mid] <= position)
      low = mid;
    else
      high = mid;
  }
  return low;
}

static rt_code get(void *ctx, uint64_t position, uint32_t *ids, float *weights, rt_loss_target *t,
                   rt_error *err)
{
  rt_lesson *l = ctx;
  uint64_t d = document_at(l->corpus, position);
  if (d != l->now_at) {
    l->now_at = UINT64_MAX;
    rt_code code = rt_targets_read(l->targets, d, &l->now, err);
    if (code)
      return code;
    l->now_at = d;
  }
  size_t at = (size_t)(position - l->corpus->starts[d]), row = 0, width = l->now.width;
  for (size_t i = 0; i < at; i++)
    row += l->now.mask[i];
  memcpy(ids, l->now.ids + row * width, width * sizeof *ids);
  memcpy(weights, l->now.weights + row * width, width * sizeof *weights);
  t->n_ids = width;
  t->entropy = (double)l->now.entropy[row];
  return RT_OK;
}

/* wanted[i + 1] is mask[i]: the position says, the corpus keeps it with the token */
static rt_code take_document(rt_lesson *l, uint64_t i, uint8_t *wanted, uint32_t *longest,
                             rt_error *err)
{
  rt_targets_document d;
  rt_code code = rt_targets_read(l->targets, i, &d, err);
  if (code)
    return code;
  wanted[0] = 0;
  memcpy(wanted + 1, d.mask, d.n - 1);
  *longest = d.n > *longest ? d.n : *longest;
  return rt_corpus_add_wanted(l->corpus, d.tokens, d.n, wanted, err);
}

rt_code rt_lesson_open(const rt_alloc *alloc, const char *path, size_t tokens_max, rt_lesson *l,
                       rt_error *err)
{
  *l = (rt_lesson){.now_at = UINT64_MAX};
  uint32_t longest = 0;
  rt_code code = rt_targets_open(alloc, path, &l->targets, err);
  code = code ? code : rt_corpus_new(alloc, tokens_max, &l->corpus, err);
  uint8_t *wanted = code ? NULL : rt__calloc(alloc, RT_TARGETS_TOKENS_MAX, 1);
  if (!code && !wanted)
    code = rt__fail(err, RT_E_NOMEM, "no memory");
  const rt_targets_info *info = code ? NULL : rt_targets_about(l->targets);
  for (uint64_t i = 0; !code && i < info->documents; i++)
    code = take_document(l, i, wanted, &longest, err);
  rt__free(alloc, wanted, RT_TARGETS_TOKENS_MAX);
  if (!code) {
    l->corpus->separate = true;
    l->sparse = (rt_sparse){l, info->top + info->tail, get};
    code = rt_corpus_cut(l->corpus, longest > 2 ? longest - 1 : 2, err);
  }
  if (code)
    rt_lesson_close(l);
  return code;
}

void rt_lesson_close(rt_lesson *l)
{
  rt_targets_free(l->targets);
  rt_corpus_free(l->corpus);
  l->targets = NULL;
  l->corpus = NULL;
}
