/* previous - a findings file as the memory of the run that wrote it. */
#ifndef RT_CLI_PREVIOUS_H
#define RT_CLI_PREVIOUS_H

#include "cli/cli.h"
#include "retort/digest.h"
#include "state/memory.h"

/* Benign campaigns and bystanders are passed over. An exit status; the complaint has been made.
 * Free the memory after CLI_DONE. */
int cli_previous_read(const cli_args *a, const char *path, const rt_key *key, rt__memory *out);

#endif
