/* pool - a few threads that share one loop's turns.
 *
 * Caveats
 *  - Turns are dealt as threads come free, so `fn` must give the same result whichever worker runs
 *    which turn, in whatever order: every sum is over a range that does not depend on the threads.
 *  - One run at a time; not from inside a turn.
 */
#ifndef RT_DISTILL_POOL_H
#define RT_DISTILL_POOL_H

#include "base/base.h"

#define RT__POOL_MAX 64u /* threads */

typedef struct rt__pool rt__pool;
typedef void (*rt__turn_fn)(void *arg, size_t turn, unsigned worker);

/* threads 1 … RT__POOL_MAX, the caller's own included */
rt_code rt__pool_new(const rt_alloc *alloc, unsigned threads, rt__pool **out,
                     rt_error *err) RT__MUST_CHECK;
void rt__pool_free(rt__pool *p);
unsigned rt__pool_threads(const rt__pool *p);

/* fn(arg, 0, w) … fn(arg, n-1, w), each once, w < threads; back when all are done */
void rt__pool_run(rt__pool *p, size_t n, rt__turn_fn fn, void *arg);

#endif
