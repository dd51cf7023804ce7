/* progress - one line on standard error while a long run goes on: bytes, exchanges a second, time
 * left. Shown only where standard error is a terminal. */
#ifndef RT_CLI_PROGRESS_H
#define RT_CLI_PROGRESS_H

#include "cli/cli.h"

typedef struct cli_progress cli_progress;

/* total_bytes 0 = unknown. NULL (which all others take) where there is no terminal or no memory. */
cli_progress *cli_progress_new(uint64_t total_bytes);
void cli_progress_free(cli_progress *p); /* clears the line */

/* thread-safe and cheap; `bytes` and `exchanges` are added to what was said before */
void cli_progress_add(cli_progress *p, uint64_t bytes, uint64_t exchanges);
/* names the phase that follows reading, such as "looking for campaigns" */
void cli_progress_phase(cli_progress *p, const char *phase);

#endif
