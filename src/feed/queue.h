/* queue - a bounded line of pointers between threads. */
#ifndef RT_FEED_QUEUE_H
#define RT_FEED_QUEUE_H

#include "base/base.h"

#include <pthread.h>

#define RT__QUEUE_MAX 256

typedef struct rt__queue {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  void *v[RT__QUEUE_MAX];
  size_t at, n, cap;
  bool closed;
} rt__queue;

/* cap <= RT__QUEUE_MAX */
rt_code rt__queue_init(rt__queue *q, size_t cap) RT__MUST_CHECK;
void rt__queue_free(rt__queue *q);
void rt__queue_put(rt__queue *q, void *p); /* waits while it is full */
void *rt__queue_take(rt__queue *q); /* waits while it is empty; NULL once it is closed and empty */
void rt__queue_wait(rt__queue *q, size_t n); /* until it holds n */
void rt__queue_close(rt__queue *q);

#endif
