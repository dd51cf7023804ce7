/* pool - workers spin for a moment between runs (a training step is a few hundred short runs), then
 * sleep, so that an idle pool costs nothing. */
#include "distill/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#define SPINS 3000 /* some 50 microseconds */

typedef struct worker {
  rt__pool *pool;
  unsigned index;
  pthread_t thread;
} worker;

struct rt__pool {
  rt_alloc alloc;
  unsigned threads, started;
  worker *workers;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  atomic_uint generation; /* odd or even says nothing: a change is a new run */
  atomic_bool stop;
  atomic_size_t next; /* turn to take */
  atomic_uint busy;   /* workers that have not finished this run */
  size_t n;
  rt__turn_fn fn;
  void *arg;
};

static void relax(void)
{
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

static void take_turns(rt__pool *p, unsigned index)
{
  for (;;) {
    size_t i = atomic_fetch_add_explicit(&p->next, 1, memory_order_relaxed);
    if (i >= p->n)
      return;
    p->fn(p->arg, i, index);
  }
}

static void await(rt__pool *p, unsigned seen)
{
  for (int i = 0; i < SPINS; i++) {
    if (atomic_load(&p->generation) != seen)
      return;
    relax();
  }
  pthread_mutex_lock(&p->lock);
  while (atomic_load(&p->generation) == seen)
    pthread_cond_wait(&p->wake, &p->lock);
  pthread_mutex_unlock(&p->lock);
}

static void *work(void *arg)
{
  worker *w = arg;
  rt__pool *p = w->pool;
  unsigned seen = 0;
  for (;;) {
    await(p, seen);
    seen++;
    if (atomic_load(&p->stop))
      return NULL;
    take_turns(p, w->index);
    atomic_fetch_sub(&p->busy, 1);
  }
}

static void announce(rt__pool *p)
{
  pthread_mutex_lock(&p->lock);
  atomic_fetch_add(&p->generation, 1);
  pthread_cond_broadcast(&p->wake);
  pthread_mutex_unlock(&p->lock);
}

rt_code rt__pool_new(const rt_alloc *alloc, unsigned threads, rt__pool **out, rt_error *err)
{
  *out = NULL;
  if (threads == 0 || threads > RT__POOL_MAX)
    return rt__fail(err, RT_E_ARG, "%u threads, it must be 1 to %u", threads, RT__POOL_MAX);
  rt__pool *p = rt__calloc(alloc, 1, sizeof *p);
  worker *w = p ? rt__calloc(alloc, threads, sizeof *w) : NULL;
  if (!w) {
    rt__free(alloc, p, sizeof *p);
    return rt__fail(err, RT_E_NOMEM, "threads: no memory");
  }
  p->alloc = *alloc;
  p->threads = threads;
  p->workers = w;
  pthread_mutex_init(&p->lock, NULL);
  pthread_cond_init(&p->wake, NULL);
  for (unsigned i = 1; i < threads; i++) {
    w[i] = (worker){.pool = p, .index = i};
    if (pthread_create(&w[i].thread, NULL, work, &w[i])) {
      rt__pool_free(p);
      return rt__fail(err, RT_E_NOMEM, "thread %u could not be started", i);
    }
    p->started = i;
  }
  *out = p;
  return RT_OK;
}

void rt__pool_free(rt__pool *p)
{
  if (!p)
    return;
  atomic_store(&p->stop, true);
  announce(p);
  for (unsigned i = 1; i <= p->started; i++)
    pthread_join(p->workers[i].thread, NULL);
  pthread_cond_destroy(&p->wake);
  pthread_mutex_destroy(&p->lock);
  rt_alloc a = p->alloc;
  rt__free(&a, p->workers, p->threads * sizeof *p->workers);
  rt__free(&a, p, sizeof *p);
}

unsigned rt__pool_threads(const rt__pool *p)
{
  return p->threads;
}

void rt__pool_run(rt__pool *p, size_t n, rt__turn_fn fn, void *arg)
{
  if (p->threads == 1 || n == 1) {
    for (size_t i = 0; i < n; i++)
      fn(arg, i, 0);
    return;
  }
  p->n = n;
  p->fn = fn;
  p->arg = arg;
  atomic_store(&p->next, 0);
  atomic_store(&p->busy, p->threads - 1);
  announce(p);
  take_turns(p, 0);
  for (int i = 0; atomic_load(&p->busy); i++) {
    relax();
    if (i > SPINS)
      (void)sched_yield();
  }
}
