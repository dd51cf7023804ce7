/* help - a command's description as help text, man page or bash completion. */
#ifndef RT_CLI_HELP_H
#define RT_CLI_HELP_H

#include "cli/cli.h"

#include <stdio.h>

void cli_help_all(FILE *f);
void cli_help(FILE *f, const cli_command *command);

/* `retort --generate man DIR` writes retort.1 and retort-<command>.1 there, `retort --generate bash
 * DIR` the completion script `retort`; used by the build. Exit status. */
int cli_generate(const char *what, const char *dir);

#endif
