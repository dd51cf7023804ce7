/* spool - disk behind a set of digests that memory is too short for: unnamed files in TMPDIR (else
 * /var/tmp). What stands there is digests only, and it is gone when the program is. */
#ifndef RT_CLI_SPOOL_H
#define RT_CLI_SPOOL_H

#include "digest/set.h"

typedef struct cli_spool {
  struct {
    int file; /* 0 = not there yet */
    size_t n;
    void *map;
  } parts[RT__SPOOL_TOTAL];
} cli_spool;

/* the callbacks over `s`, which must be zeroed before and stay until the set is freed */
rt__spool cli_spool_of(cli_spool *s);
void cli_spool_free(cli_spool *s);

#endif
