/* out - a file that is there when it is whole, and not before.
 *
 * A regular file is written beside its name and renamed by cli_out_commit; whoever reads the name
 * sees the old bytes or all of the new ones. A target that is no regular file (a terminal, a pipe,
 * /dev/full) and standard output are written to directly. A signal that ends the program takes the
 * unfinished file along.
 */
#ifndef RT_CLI_OUT_H
#define RT_CLI_OUT_H

#include "cli/cli.h"

#include <stdio.h>

#define CLI_PATH_MAX 4096

typedef struct cli_out {
  FILE *f;
  char path[CLI_PATH_MAX];   /* as people know it */
  char target[CLI_PATH_MAX]; /* where it will stand; links followed */
  char beside[CLI_PATH_MAX]; /* where it is written; "" when written directly */
} cli_out;

/* path NULL or "-": standard output. An exit status; on anything but CLI_DONE the complaint has
 * been made. */
int cli_out_open(const cli_args *a, const char *path, cli_out *o);

/* shaped like rt__emit_fn and rt__write_fn: ctx is the cli_out */
rt_code cli_out_write(void *ctx, const void *p, size_t n, rt_error *err);

/* flushes, and puts the file in its place. Afterwards `o` is closed, whatever happened. */
int cli_out_commit(const cli_args *a, cli_out *o);
/* leaves no trace of a regular file; harmless on one that is closed or was never opened (zeroed) */
void cli_out_discard(cli_out *o);

#endif
