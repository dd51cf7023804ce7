/* progress - one line on standard error while a long run goes on: bytes, exchanges a second, time
 * left. Shown only where standard error is a terminal. For one thread. */
#ifndef RT_CLI_PROGRESS_H
#define RT_CLI_PROGRESS_H

#include "cli/cli.h"

typedef struct cli_progress cli_progress;

/* NULL (which all others take) where there is no terminal or no memory */
cli_progress *cli_progress_new(void);
void cli_progress_free(cli_progress *p); /* clears the line */

/* how far it is; total 0 = unknown. Cheap: draws five times a second */
void cli_progress_at(cli_progress *p, uint64_t bytes, uint64_t total, uint64_t exchanges);
/* names a phase that can't be measured, such as "looking for campaigns" */
void cli_progress_phase(cli_progress *p, const char *phase);

#endif
