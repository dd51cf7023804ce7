#include "world/press.h"

#include "world/render.h"

#include <errno.h>
#include <pthread.h>

#define BATCH       2048
#define THREADS_MAX 64
#define BUFFER_MAX  ((size_t)1 << 30)

/* a sheet is a batch of events and their text, in as many pieces as there are threads */
typedef struct sheet {
  rt__event events[BATCH];
  uint32_t n;
  rt__buf text[THREADS_MAX];
} sheet;

typedef struct press {
  const rt__plan *plan;
  unsigned threads;
  pthread_mutex_t lock;
  pthread_cond_t begin, end;
  sheet *now;
  uint64_t round; /* sheets given out so far */
  unsigned left;  /* workers still at it */
  bool stop;
  rt_code code;
} press;

typedef struct worker {
  press *press;
  unsigned number;
  pthread_t thread;
} worker;

static rt_code print_piece(const press *p, sheet *s, unsigned k)
{
  uint32_t from = s->n * k / p->threads, to = s->n * (k + 1) / p->threads;
  rt__buf_clear(&s->text[k]);
  for (uint32_t i = from; i < to; i++) {
    rt_code c = rt__render_exchange(p->plan, &s->events[i], &s->text[k]);
    if (c != RT_OK)
      return c;
  }
  return RT_OK;
}

static void *work(void *arg)
{
  worker *w = arg;
  press *p = w->press;
  uint64_t seen = 0;
  (void)pthread_mutex_lock(&p->lock);
  for (;;) {
    while (p->round == seen && !p->stop)
      (void)pthread_cond_wait(&p->begin, &p->lock);
    if (p->stop)
      break;
    seen = p->round;
    sheet *s = p->now;
    (void)pthread_mutex_unlock(&p->lock);
    rt_code c = print_piece(p, s, w->number);
    (void)pthread_mutex_lock(&p->lock);
    p->code = p->code == RT_OK ? c : p->code;
    if (--p->left == 0)
      (void)pthread_cond_signal(&p->end);
  }
  (void)pthread_mutex_unlock(&p->lock);
  return NULL;
}

static void give_out(press *p, sheet *s)
{
  (void)pthread_mutex_lock(&p->lock);
  p->now = s;
  p->left = p->threads;
  p->round++;
  (void)pthread_cond_broadcast(&p->begin);
  (void)pthread_mutex_unlock(&p->lock);
}

static rt_code take_in(press *p)
{
  (void)pthread_mutex_lock(&p->lock);
  while (p->left > 0)
    (void)pthread_cond_wait(&p->end, &p->lock);
  rt_code c = p->code;
  (void)pthread_mutex_unlock(&p->lock);
  return c;
}

static rt_code fill_sheet(rt__stream *stream, sheet *s, uint64_t *per_account)
{
  int more = 1;
  for (s->n = 0; s->n < BATCH && (more = rt__stream_next(stream, &s->events[s->n])) == 1; s->n++)
    per_account[s->events[s->n].account]++;
  return more < 0 ? RT_E_NOMEM : RT_OK;
}

static rt_code write_sheet(const press *p, const sheet *s, FILE *const to[2], uint64_t *bytes)
{
  for (unsigned k = 0; k < p->threads; k++) {
    rt_slice t = rt__buf_slice(&s->text[k]);
    *bytes += t.n;
    for (int i = 0; i < 2; i++)
      if (to[i] && t.n && fwrite(t.p, 1, t.n, to[i]) != t.n)
        return RT_E_IO;
  }
  return RT_OK;
}

/* while the workers print one sheet, the next is filled and the last one is written */
static rt_code run(press *p, rt__stream *stream, sheet *sheets[2], FILE *const to[2],
                   uint64_t *per_account, uint64_t *exchanges, uint64_t *bytes)
{
  rt_code c = fill_sheet(stream, sheets[0], per_account);
  for (int i = 0; c == RT_OK && sheets[i]->n > 0; i = 1 - i) {
    give_out(p, sheets[i]);
    *exchanges += sheets[i]->n;
    rt_code filled = fill_sheet(stream, sheets[1 - i], per_account);
    c = take_in(p);
    if (c == RT_OK)
      c = write_sheet(p, sheets[i], to, bytes);
    c = c == RT_OK ? filled : c;
  }
  return c;
}

static unsigned start(press *p, worker *w)
{
  unsigned n = 0;
  for (; n < p->threads; n++) {
    w[n] = (worker){.press = p, .number = n};
    if (pthread_create(&w[n].thread, NULL, work, &w[n]) != 0)
      break;
  }
  return n;
}

static void finish(press *p, worker *w, unsigned n)
{
  (void)pthread_mutex_lock(&p->lock);
  p->stop = true;
  (void)pthread_cond_broadcast(&p->begin);
  (void)pthread_mutex_unlock(&p->lock);
  for (unsigned i = 0; i < n; i++)
    (void)pthread_join(w[i].thread, NULL);
}

static sheet *new_sheet(const rt_alloc *a)
{
  sheet *s = rt__calloc(a, 1, sizeof *s);
  for (int k = 0; s && k < THREADS_MAX; k++)
    rt__buf_init(&s->text[k], a, BUFFER_MAX);
  return s;
}

static void free_sheet(const rt_alloc *a, sheet *s)
{
  for (int k = 0; s && k < THREADS_MAX; k++)
    rt__buf_free(&s->text[k]);
  rt__free(a, s, sizeof *s);
}

rt_code rt__press(const rt__plan *plan, rt__stream *s, FILE *const to[2], unsigned threads,
                  uint64_t *per_account, uint64_t *exchanges, uint64_t *bytes, rt_error *err)
{
  const rt_alloc *a = &plan->alloc;
  worker workers[THREADS_MAX];
  press p = {.plan = plan,
             .threads = threads < 1             ? 1
                        : threads > THREADS_MAX ? THREADS_MAX
                                                : threads};
  sheet *sheets[2] = {new_sheet(a), new_sheet(a)};
  (void)pthread_mutex_init(&p.lock, NULL);
  (void)pthread_cond_init(&p.begin, NULL);
  (void)pthread_cond_init(&p.end, NULL);
  unsigned n = sheets[0] && sheets[1] ? start(&p, workers) : 0;
  rt_code c = RT_E_NOMEM;
  errno = 0;
  if (n == p.threads)
    c = run(&p, s, sheets, to, per_account, exchanges, bytes);
  int why = errno;
  finish(&p, workers, n);
  (void)pthread_cond_destroy(&p.end);
  (void)pthread_cond_destroy(&p.begin);
  (void)pthread_mutex_destroy(&p.lock);
  free_sheet(a, sheets[0]);
  free_sheet(a, sheets[1]);
  if (c == RT_E_IO && why == EPIPE) /* the reader has seen enough */
    return rt__fail(err, RT_E_STOPPED, "exchanges: nobody reads on");
  return c == RT_OK
             ? c
             : rt__fail(err, c, "exchanges: %s", c == RT_E_IO ? strerror(why) : rt_code_text(c));
}
