#include "feed/queue.h"

rt_code rt__queue_init(rt__queue *q, size_t cap)
{
  *q = (rt__queue){.cap = cap};
  if (cap == 0 || cap > RT__QUEUE_MAX)
    return RT_E_ARG;
  if (pthread_mutex_init(&q->lock, NULL) != 0)
    return RT_E_NOMEM;
  if (pthread_cond_init(&q->changed, NULL) != 0) {
    (void)pthread_mutex_destroy(&q->lock);
    return RT_E_NOMEM;
  }
  return RT_OK;
}

void rt__queue_free(rt__queue *q)
{
  (void)pthread_cond_destroy(&q->changed);
  (void)pthread_mutex_destroy(&q->lock);
}

/* after a change: whoever waits looks again */
static void leave(rt__queue *q)
{
  (void)pthread_cond_broadcast(&q->changed);
  (void)pthread_mutex_unlock(&q->lock);
}

void rt__queue_put(rt__queue *q, void *p)
{
  (void)pthread_mutex_lock(&q->lock);
  while (q->n == q->cap)
    (void)pthread_cond_wait(&q->changed, &q->lock);
  q->v[(q->at + q->n++) % q->cap] = p;
  leave(q);
}

void *rt__queue_take(rt__queue *q)
{
  void *p = NULL;
  (void)pthread_mutex_lock(&q->lock);
  while (q->n == 0 && !q->closed)
    (void)pthread_cond_wait(&q->changed, &q->lock);
  if (q->n > 0) {
    p = q->v[q->at];
    q->at = (q->at + 1) % q->cap;
    q->n--;
  }
  leave(q);
  return p;
}

void rt__queue_wait(rt__queue *q, size_t n)
{
  (void)pthread_mutex_lock(&q->lock);
  while (q->n < n)
    (void)pthread_cond_wait(&q->changed, &q->lock);
  (void)pthread_mutex_unlock(&q->lock);
}

void rt__queue_close(rt__queue *q)
{
  (void)pthread_mutex_lock(&q->lock);
  q->closed = true;
  leave(q);
}
