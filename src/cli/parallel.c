#include "cli/parallel.h"

#include "cli/cli.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct job {
  atomic_size_t next;
  size_t n;
  void (*fn)(void *arg, size_t i);
  void *arg;
} job;

static void *work(void *p)
{
  job *j = p;
  for (size_t i; (i = atomic_fetch_add(&j->next, 1)) < j->n;)
    j->fn(j->arg, i);
  return NULL;
}

void cli_parallel(void *ctx, size_t n, void (*fn)(void *arg, size_t i), void *arg)
{
  unsigned threads = *(const unsigned *)ctx;
  pthread_t others[CLI_THREADS_MAX];
  unsigned started = 0;
  job j = {.n = n, .fn = fn, .arg = arg};
  atomic_init(&j.next, 0);
  while (started + 1 < threads && started + 1 < n && started < CLI_THREADS_MAX &&
         pthread_create(&others[started], NULL, work, &j) == 0)
    started++;
  (void)work(&j);
  for (unsigned i = 0; i < started; i++)
    (void)pthread_join(others[i], NULL);
}
