/* parse - argv into checked values, by a command's option table. */
#ifndef RT_CLI_PARSE_H
#define RT_CLI_PARSE_H

#include "cli/cli.h"

#define CLI_OPTIONS_MAX 48  /* options of one command, common ones included */
#define CLI_VALUES_MAX  512 /* options given on one command line */

typedef struct cli_value {
  const cli_option *option;
  const char *text; /* NULL for a flag */
} cli_value;

typedef struct cli_parsed {
  cli_args args;
  cli_option options[CLI_OPTIONS_MAX + 1];
  cli_value values[CLI_VALUES_MAX];
} cli_parsed;

/* Fills `p` from argv[1..]; argv is permuted (operands last). False, after one line on standard
 * error, if an argument is unknown, lacks its value or is out of range. With --help among them the
 * rest is not checked. `p` is large: keep it static. */
bool cli_parse(const cli_command *command, int argc, char **argv, cli_parsed *p);

/* the command's own options, then the common ones it offers, then --help; returns their number */
size_t cli_options(const cli_command *command, cli_option out[CLI_OPTIONS_MAX + 1]);

/* the commands by commands.def; NULL behind the last */
const cli_command *cli_command_at(size_t i);
const cli_command *cli_command_find(const char *name);

#endif
