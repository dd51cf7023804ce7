/* parallel - the threads behind rt_scan_options.parallel. */
#ifndef RT_CLI_PARALLEL_H
#define RT_CLI_PARALLEL_H

#include "retort/scan.h"

/* an rt_parallel_fn: ctx points to an unsigned, the number of threads. Work is handed out one index
 * at a time; where a thread cannot be started the others do its share. */
void cli_parallel(void *ctx, size_t n, void (*fn)(void *arg, size_t i), void *arg);

#endif
