/* team - the threads that a caller lends, if it lends any.
 *
 * What is handed out must not care who does it, or when: each index writes what is its own, and
 * results are put together in the order of the indices.
 */
#ifndef RT_BASE_TEAM_H
#define RT_BASE_TEAM_H

#include <stddef.h>

typedef struct rt__team {
  void (*run)(void *ctx, size_t n, void (*fn)(void *arg, size_t i), void *arg); /* NULL: nobody */
  void *ctx;
} rt__team;

/* fn(arg, 0) … fn(arg, n - 1), each once; back when all are done. t may be NULL */
static inline void rt__team_run(const rt__team *t, size_t n, void (*fn)(void *arg, size_t i),
                                void *arg)
{
  if (t && t->run) {
    t->run(t->ctx, n, fn, arg);
    return;
  }
  for (size_t i = 0; i < n; i++)
    fn(arg, i);
}

#endif
