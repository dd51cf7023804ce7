/* feed - everything that is read: inputs in, exchanges out, on several threads.
 *
 * The calling thread reads and unpacks; `threads` workers turn lines into exchanges. Counts,
 * examples and reports are the same for any number of threads. Spans that wait for their log events
 * become exchanges after the last input. A line that can't be used is counted
 * and passed over, an input that can't be read has a report; neither stops the run.
 *
 * Caveats
 *  - `exchange` is called from the workers, at the same time for different values of `thread`, in
 *    no order that can be relied upon. Its slices die when it returns. So is `line`.
 *  - All other callbacks come from the calling thread.
 */
#ifndef RT_FEED_FEED_H
#define RT_FEED_FEED_H

#include "exchange/dialect.h"
#include "feed/cause.h"
#include "feed/mapping.h"
#include "feed/source.h"
#include "retort/exchange.h"

#define RT__FEED_THREADS_MAX 64
#define RT__FEED_LINE_MAX    ((size_t)128 << 20)
#define RT__FEED_BATCH       ((size_t)1 << 20)

typedef struct rt__feed_progress {
  size_t input, inputs;  /* the one at hand, how many */
  uint64_t bytes, total; /* as stored; total is 0 if it is unknown */
  uint64_t exchanges;
} rt__feed_progress;

/* NULL for what is not wanted. An error from a callback ends the run. */
typedef struct rt__feed_callbacks {
  void *ctx;
  rt_code (*exchange)(void *ctx, unsigned thread, const rt_exchange *x, const rt__place *at,
                      rt_error *err);
  /* instead of `exchange`: each line that is not blank, as it stands, without its line end */
  rt_code (*line)(void *ctx, unsigned thread, rt_slice line, const rt__place *at, rt_error *err);
  /* unpacked bytes of an input that holds digests, in order; n == 0 says that it is over. An error
   * other than RT_E_NOMEM and RT_E_STOPPED is that input's trouble and does not end the run. */
  rt_code (*digest)(void *ctx, uint32_t input, const void *p, size_t n, rt_error *err);
  void (*progress)(void *ctx, const rt__feed_progress *p);
} rt__feed_callbacks;

typedef struct rt__feed_options {
  const rt_alloc *alloc;    /* NULL: the default; used from several threads */
  const char *const *paths; /* files, directories, "-" */
  size_t n_paths;
  unsigned threads; /* workers; 0 = 1 */
  size_t line_max;  /* bytes; 0 = RT__FEED_LINE_MAX */
  size_t batch;     /* bytes handed to a worker at once; 0 = RT__FEED_BATCH */
  /* NULL: each dialect's default. The name of a field of the line (a JSON pointer, or keys with
   * dots between them), of an attribute, or one of the contract's names */
  const char *account_field;
  const rt__mapping *mapping; /* NULL: none */
  /* spans and events that wait for each other: folder of a temporary file (NULL: none is used), and
   * bytes before that is used (0 = RT__HOLD_MEMORY) */
  const char *hold_dir;
  size_t hold_memory;
} rt__feed_options;

typedef struct rt__feed_result {
  rt_alloc alloc;
  rt__inputs inputs; /* with their reports, in order */
  uint64_t lines, blank, exchanges;
  uint64_t records[RT__DIALECT_COUNT]; /* by dialect: lines, or records where a line holds many */
  uint64_t made[RT__DIALECT_COUNT];    /* exchanges */
  uint64_t mapped[RT__S_COUNT];        /* by slot: values that the map found */
  rt__tally tally;                     /* refused lines and warnings */
} rt__feed_result;

/* RT_OK if the run went to its end, whatever it met on the way; else the first fatal failure, and
 * *out is still filled with what was read until then, or NULL if there was no memory for it. To be
 * freed in any case. */
rt_code rt__feed_run(const rt__feed_options *o, const rt__feed_callbacks *cb, rt__feed_result **out,
                     rt_error *err);
void rt__feed_result_free(rt__feed_result *r);

/* inputs that could not be read to their end */
size_t rt__feed_troubles(const rt__feed_result *r);

#endif
