#include "feed/feed.h"

#include "digest/file.h"
#include "feed/queue.h"
#include "feed/settle.h"
#include "feed/worker.h"

#include <stdatomic.h>
#include <stdio.h>

#define DIGEST_PIECE ((size_t)256 << 10)
#define BATCH_MIN    ((size_t)64)
#define MAGIC_PEEK   8 /* bytes that tell a digest file */

/* one run: what the reading thread and the workers share */
struct run {
  const rt__feed_options *o;
  const rt__feed_callbacks *cb;
  rt_alloc alloc;
  rt__feed_result *result;
  rt__source *source;
  rt__cutter cutter;
  rt__queue idle, ready; /* batches to fill, batches to work on */
  rt__batch *batches;
  size_t n_batches;
  struct crew *crew;
  unsigned threads;
  uint64_t total; /* stored bytes of all inputs, 0 if unknown */
  atomic_uint_fast64_t exchanges;
  atomic_bool stop;
};

struct crew {
  rt__worker worker;
  struct run *run;
  rt__join *join; /* at the end: this worker's share of what was held */
  size_t from, to;
  pthread_t thread;
  bool ready, running;
};

/* ---- the workers' side */

static void work_on(struct crew *m, rt__batch *b)
{
  struct run *r = m->run;
  uint64_t before = rt__worker_exchanges(&m->worker);
  if (!atomic_load(&r->stop) && rt__worker_batch(&m->worker, b) != RT_OK)
    atomic_store(&r->stop, true);
  atomic_fetch_add(&r->exchanges, rt__worker_exchanges(&m->worker) - before);
  rt__batch_shrink(b, &r->cutter);
  rt__queue_put(&r->idle, b);
}

static void *work(void *arg)
{
  struct crew *m = arg;
  rt__batch *b;
  while ((b = rt__queue_take(&m->run->ready)))
    work_on(m, b);
  return NULL;
}

static rt_code start_crew(struct run *r)
{
  for (unsigned i = 0; i < r->threads; i++) {
    struct crew *m = &r->crew[i];
    m->run = r;
    m->worker.alloc = &r->alloc;
    m->worker.cb = r->cb;
    m->worker.index = i;
    m->worker.line_max = r->cutter.line_max;
    m->worker.hold_dir = r->o->hold_dir;
    m->worker.hold_memory = (r->o->hold_memory ? r->o->hold_memory : RT__HOLD_MEMORY) / r->threads;
    m->ready = true;
    if (rt__worker_init(&m->worker) != RT_OK)
      return RT_E_NOMEM;
    m->worker.reading.mapping = r->o->mapping;
    if (r->o->account_field)
      m->worker.reading.account_field = rt__cstr(r->o->account_field);
    if (pthread_create(&m->thread, NULL, work, m) != 0)
      return RT_E_LIMIT;
    m->running = true;
  }
  return RT_OK;
}

/* waits for the workers to end; true if all is well */
static bool stop_crew(struct run *r)
{
  bool good = !atomic_load(&r->stop);
  for (unsigned i = 0; i < r->threads; i++) {
    struct crew *m = &r->crew[i];
    if (m->running)
      (void)pthread_join(m->thread, NULL);
    good = good && m->running && m->worker.reading.stop == RT_OK;
    m->running = false;
  }
  return good;
}

/* ---- what was held */

static void *settle(void *arg)
{
  struct crew *m = arg;
  (void)rt__settle(&m->worker, m->join, m->from, m->to);
  return NULL;
}

/* each worker takes its share; without a thread to be had the caller's own does the work */
static void settle_shares(struct run *r, rt__join *j)
{
  for (unsigned i = 0; i < r->threads; i++) {
    struct crew *m = &r->crew[i];
    m->join = j;
    rt__join_share(j, i, r->threads, &m->from, &m->to);
    if (m->from < m->to)
      m->running = pthread_create(&m->thread, NULL, settle, m) == 0;
    if (m->from < m->to && !m->running)
      (void)settle(m);
  }
  (void)stop_crew(r);
}

static rt_code settle_part(struct run *r, rt__hold *const *holds, unsigned part, rt_error *err)
{
  rt__join j;
  rt_code c = rt__join_init(&j, &r->alloc, holds, r->threads, part, err);
  if (c != RT_OK)
    return c;
  if (j.n)
    settle_shares(r, &j);
  rt__join_free(&j);
  return RT_OK;
}

static bool is_stopped(const struct run *r)
{
  bool stopped = false;
  for (unsigned i = 0; i < r->threads; i++)
    stopped = stopped || r->crew[i].worker.reading.stop != RT_OK;
  return stopped;
}

static rt_code settle_all(struct run *r, rt_error *err)
{
  rt__hold *holds[RT__FEED_THREADS_MAX];
  uint64_t held = 0;
  rt_code c = RT_OK;
  for (unsigned i = 0; i < r->threads && c == RT_OK; i++) {
    holds[i] = &r->crew[i].worker.hold;
    held += holds[i]->total;
    c = rt__hold_seal(holds[i], err);
  }
  for (unsigned p = 0; held && c == RT_OK && p < RT__HOLD_PARTS && !is_stopped(r); p++)
    c = settle_part(r, holds, p, err);
  return c;
}

/* ---- the end */

static void add_counts(rt__feed_result *to, const rt__worker *w)
{
  to->lines += w->lines;
  to->blank += w->blank;
  to->exchanges += rt__worker_exchanges(w);
  for (int d = 0; d < RT__DIALECT_COUNT; d++) {
    to->records[d] += w->reading.records[d];
    to->made[d] += w->reading.made[d];
  }
  for (int s = 0; s < RT__S_COUNT; s++)
    to->mapped[s] += w->reading.mapped[s];
  rt__tally_merge(&to->tally, &w->tally);
}

/* waits for the workers to end and settles what they held; then their tallies are added up */
static rt_code end_crew(struct run *r, bool whole, rt_error *err)
{
  rt_code c = RT_OK;
  rt__queue_close(&r->ready);
  if (stop_crew(r) && whole)
    c = settle_all(r, err);
  for (unsigned i = 0; i < r->threads; i++) {
    struct crew *m = &r->crew[i];
    if (!m->ready)
      continue;
    add_counts(r->result, &m->worker);
    if (c == RT_OK && m->worker.reading.stop != RT_OK) {
      c = m->worker.reading.stop;
      if (err)
        *err = m->worker.err;
    }
    rt__worker_free(&m->worker);
  }
  return c;
}

/* ---- the reading side */

/* all batches but the one in hand are idle */
static void calm(void *ctx)
{
  struct run *r = ctx;
  rt__queue_wait(&r->idle, r->n_batches - 1);
}

static void tell(struct run *r, size_t input)
{
  if (!r->cb->progress)
    return;
  rt__feed_progress p = {.input = input,
                         .inputs = r->result->inputs.n,
                         .total = r->total,
                         .exchanges = atomic_load(&r->exchanges)};
  for (size_t i = 0; i <= input; i++)
    p.bytes += r->result->inputs.v[i].bytes;
  r->cb->progress(r->cb->ctx, &p);
}

static rt_code read_lines(struct run *r, size_t input)
{
  for (;;) {
    rt__batch *b = rt__queue_take(&r->idle);
    rt_code c = rt__cutter_next(&r->cutter, b);
    bool over = c != RT_OK || b->n == 0 || atomic_load(&r->stop);
    rt__queue_put(over ? &r->idle : &r->ready, b);
    tell(r, input);
    if (over)
      return c;
  }
}

/* a digest's trouble is its input's; what is fatal goes up */
static rt_code give_digest(struct run *r, size_t input, const void *p, size_t n, rt_error *err)
{
  rt_error why = {0};
  rt__input *in = &r->result->inputs.v[input];
  rt_code c = r->cb->digest ? r->cb->digest(r->cb->ctx, (uint32_t)input, p, n, &why) : RT_OK;
  if (c == RT_OK)
    return RT_OK;
  if (c == RT_E_NOMEM || c == RT_E_STOPPED) {
    if (err)
      *err = why;
    return c;
  }
  if (in->code == RT_OK) {
    in->code = c;
    (void)snprintf(in->message, sizeof in->message, "%.100s: %.120s", in->path, why.message);
  }
  return RT_OK;
}

static rt_code read_digest(struct run *r, size_t input, rt_slice head, rt_error *err)
{
  rt__input *in = &r->result->inputs.v[input];
  rt__batch *b = rt__queue_take(&r->idle);
  size_t room = b->cap < DIGEST_PIECE ? b->cap : DIGEST_PIECE, got = head.n;
  in->digest = true;
  rt_code c = give_digest(r, input, head.p, head.n, err);
  while (c == RT_OK && in->code == RT_OK && got > 0) {
    rt_code end = rt__source_read(r->source, b->p, room, &got);
    if (got)
      c = give_digest(r, input, b->p, got, err);
    if (end != RT_OK)
      break;
    tell(r, input);
  }
  if (c == RT_OK)
    c = give_digest(r, input, NULL, 0, err);
  rt__queue_put(&r->idle, b);
  return c;
}

static rt_code read_input(struct run *r, size_t input, rt_error *err)
{
  rt__input *in = &r->result->inputs.v[input];
  rt_slice head;
  rt_code c = RT_OK;
  if (in->skipped || rt__source_open(r->source, in) != RT_OK) {
    rt__source_close(r->source);
    return RT_OK;
  }
  rt__cutter_start(&r->cutter, (uint32_t)input);
  head = rt__cutter_peek(&r->cutter, MAGIC_PEEK);
  if (!r->cb->line && rt__file_is_digest(head.p, head.n))
    c = read_digest(r, input, head, err);
  else
    c = read_lines(r, input);
  rt__source_close(r->source);
  return c;
}

static rt_code read_inputs(struct run *r, rt_error *err)
{
  for (size_t i = 0; i < r->result->inputs.n && !atomic_load(&r->stop); i++) {
    rt_code c = read_input(r, i, err);
    if (c != RT_OK)
      return c == RT_E_NOMEM ? rt__fail(err, c, "out of memory while reading") : c;
  }
  return RT_OK;
}

/* ---- setting up */

static uint64_t total_size(const rt__inputs *in)
{
  uint64_t total = 0;
  for (size_t i = 0; i < in->n; i++) {
    if (!in->v[i].skipped && in->v[i].code == RT_OK && in->v[i].size == 0)
      return 0;
    total += in->v[i].size;
  }
  return total;
}

static rt_code make_batches(struct run *r)
{
  r->n_batches = 2 * (size_t)r->threads + 2;
  r->batches = rt__calloc(&r->alloc, r->n_batches, sizeof *r->batches);
  r->crew = rt__calloc(&r->alloc, r->threads, sizeof *r->crew);
  if (!r->batches || !r->crew)
    return RT_E_NOMEM;
  for (size_t i = 0; i < r->n_batches; i++) {
    if (rt__batch_init(&r->batches[i], &r->cutter) != RT_OK)
      return RT_E_NOMEM;
    rt__queue_put(&r->idle, &r->batches[i]);
  }
  return RT_OK;
}

static rt_code set_up(struct run *r)
{
  const rt__feed_options *o = r->o;
  r->threads = o->threads == 0 ? 1 : o->threads;
  if (r->threads > RT__FEED_THREADS_MAX)
    r->threads = RT__FEED_THREADS_MAX;
  r->cutter.batch_size = o->batch == 0          ? RT__FEED_BATCH
                         : o->batch < BATCH_MIN ? BATCH_MIN
                                                : o->batch;
  r->cutter.line_max = o->line_max ? o->line_max : RT__FEED_LINE_MAX;
  r->cutter.calm = calm;
  r->cutter.calm_ctx = r;
  r->total = total_size(&r->result->inputs);
  rt_code c = rt__source_new(&r->alloc, &r->source);
  r->cutter.source = r->source;
  if (c == RT_OK)
    c = rt__cutter_init(&r->cutter, &r->alloc);
  return c == RT_OK ? make_batches(r) : c;
}

static void take_down(struct run *r)
{
  for (size_t i = 0; r->batches && i < r->n_batches; i++)
    rt__batch_free(&r->batches[i], &r->cutter);
  rt__free(&r->alloc, r->batches, r->n_batches * sizeof *r->batches);
  rt__free(&r->alloc, r->crew, r->threads * sizeof *r->crew);
  if (r->cutter.carry)
    rt__cutter_free(&r->cutter);
  rt__source_free(r->source);
}

static rt_code run_all(struct run *r, rt_error *err)
{
  rt_code c = set_up(r);
  if (c == RT_OK)
    c = start_crew(r);
  if (c != RT_OK)
    (void)rt__fail(err, c, c == RT_E_NOMEM ? "out of memory" : "a thread could not be started");
  else
    c = read_inputs(r, err);
  rt_code w = r->crew ? end_crew(r, c == RT_OK, c == RT_OK ? err : NULL) : RT_OK;
  uint64_t dropped = r->cutter.tally.count[RT__CAUSE_LONG];
  r->result->lines += dropped;
  rt__tally_merge(&r->result->tally, &r->cutter.tally);
  take_down(r);
  return c == RT_OK ? w : c;
}

rt_code rt__feed_run(const rt__feed_options *o, const rt__feed_callbacks *cb, rt__feed_result **out,
                     rt_error *err)
{
  const rt_alloc *alloc = o->alloc ? o->alloc : rt_alloc_default();
  *out = rt__calloc(alloc, 1, sizeof **out);
  struct run *r = *out ? rt__calloc(alloc, 1, sizeof *r) : NULL;
  if (*out)
    (*out)->alloc = *alloc;
  if (!r)
    return rt__fail(err, RT_E_NOMEM, "out of memory");
  *r = (struct run){.o = o, .cb = cb, .alloc = *alloc, .result = *out};
  rt_code c = rt__inputs_list(&(*out)->alloc, o->paths, o->n_paths, &(*out)->inputs, err);
  if (c == RT_OK)
    c = rt__queue_init(&r->idle, RT__QUEUE_MAX);
  if (c == RT_OK) {
    c = rt__queue_init(&r->ready, RT__QUEUE_MAX);
    if (c == RT_OK) {
      c = run_all(r, err);
      rt__queue_free(&r->ready);
    }
    rt__queue_free(&r->idle);
  }
  rt__free(alloc, r, sizeof *r);
  return c;
}

void rt__feed_result_free(rt__feed_result *r)
{
  if (!r)
    return;
  rt_alloc a = r->alloc;
  rt__inputs_free(&r->inputs);
  rt__free(&a, r, sizeof *r);
}

size_t rt__feed_troubles(const rt__feed_result *r)
{
  size_t n = 0;
  for (size_t i = 0; i < r->inputs.n; i++)
    n += r->inputs.v[i].code != RT_OK;
  return n;
}
