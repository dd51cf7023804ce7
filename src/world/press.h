/* press - renders a stream of exchanges on several threads and writes them in order. */
#ifndef RT_WORLD_PRESS_H
#define RT_WORLD_PRESS_H

#include "world/stream.h"

#include <stdio.h>

/* Writes every exchange of the stream to each of the (non-NULL) files and counts them per account.
 * Memory does not grow with the number of exchanges. RT_E_IO when a write fails, RT_E_STOPPED when
 * the other end of a pipe has gone. */
rt_code rt__press(const rt__plan *p, rt__stream *s, FILE *const to[2], unsigned threads,
                  uint64_t *per_account, uint64_t *exchanges, uint64_t *bytes,
                  rt_error *err) RT__MUST_CHECK;

#endif
