/* cli - what every command of the program shares: its description, its arguments, its exits.
 *
 * A command is one file, cmd_<name>.c, that exports `const cli_command cli_cmd_<name>`, and one row
 * CLI_COMMAND(name) in commands.def. From that description come the parser, `--help`, the man page
 * and the bash completion: an option is said once.
 *
 * Caveats
 *  - Values are checked while they are parsed: a command never sees a number that is not one or a
 *    choice that is not offered. Asking for an option that the command has not declared is a bug
 *    and yields "not given".
 *  - All strings in a cli_args are borrowed from argv.
 */
#ifndef RT_CLI_H
#define RT_CLI_H

#include "base/base.h"

/* exit status (contract 5) */
enum {
  CLI_DONE = 0,    /* with findings or without */
  CLI_FAILED = 1,  /* part-way; what is written is whole and says so */
  CLI_UNUSABLE = 2 /* arguments or input */
};

typedef enum cli_kind {
  CLI_FLAG,   /* takes no value */
  CLI_TEXT,   /* any words */
  CLI_FILE,   /* as text; completion offers files */
  CLI_DIR,    /* as text; completion offers folders */
  CLI_COUNT,  /* a whole number in [min, max]; max 0 = any that fits 64 bits */
  CLI_NUMBER, /* a decimal number in [min, max]; both 0 = any */
  CLI_SIZE,   /* bytes, with K, M, G or T behind the number (powers of 1024) */
  CLI_CHOICE  /* one of `choices` */
} cli_kind;

typedef struct cli_option {
  const char *name;  /* long name without dashes; NULL ends the table */
  char letter;       /* short form or 0 */
  const char *value; /* how help names the value; NULL for a flag */
  const char *help;  /* one or two sentences, no full stop needed */
  cli_kind kind;
  bool many;           /* may be repeated */
  const char *choices; /* "a|b|c"; the first is the default, by convention */
  double min, max;
} cli_option;

typedef struct cli_args cli_args;

typedef struct cli_command {
  const char *name;
  const char *synopsis;      /* what follows the name: "[OPTION]... FILE..." */
  const char *summary;       /* half a line, lower case, no full stop */
  const char *description;   /* paragraphs, a blank line between them */
  const char *example;       /* command lines, one a line */
  const char *formats;       /* choices of --format, the default first; NULL: no --format */
  const char *out;           /* what --out writes; NULL: no --out */
  const cli_option *options; /* own options; the common ones are added */
  bool threads;              /* offers --threads */
  unsigned operands_min, operands_max; /* max 0 = as many as you like */
  int (*run)(const cli_args *a);       /* returns an exit status */
  /* commands within this one, ended by NULL; each is named in full ("distill train") and picked by
   * the first operand, which must then come first */
  const struct cli_command *const *within;
} cli_command;

#define CLI_COMMAND(name) extern const cli_command cli_cmd_##name;
#include "cli/commands.def"
#undef CLI_COMMAND

/* ---- values */

bool cli_given(const cli_args *a, const char *option);
/* the last value given, or `fallback` */
const char *cli_text(const cli_args *a, const char *option, const char *fallback);
uint64_t cli_count(const cli_args *a, const char *option, uint64_t fallback);
double cli_number(const cli_args *a, const char *option, double fallback);
uint64_t cli_size(const cli_args *a, const char *option, uint64_t fallback); /* bytes */
/* the i-th value of a repeatable option; NULL when there are no more */
const char *cli_each(const cli_args *a, const char *option, size_t i);

size_t cli_operands(const cli_args *a);
const char *cli_operand(const cli_args *a, size_t i); /* NULL when there are no more */

/* --format; its default where it was not given */
const char *cli_format(const cli_args *a);
bool cli_format_is(const cli_args *a, const char *format);
/* --threads, or the processors of this machine; 1 to CLI_THREADS_MAX */
unsigned cli_threads(const cli_args *a);
#define CLI_THREADS_MAX 256

/* ---- talking to people: one line on standard error, "retort scan: ..." */
void cli_say(const cli_args *a, const char *fmt, ...) RT__PRINTF(2, 3);
/* says it and returns CLI_UNUSABLE / CLI_FAILED */
int cli_unusable(const cli_args *a, const char *fmt, ...) RT__PRINTF(2, 3);
int cli_failed(const cli_args *a, const char *fmt, ...) RT__PRINTF(2, 3);
/* says an error of the library, with `what` (a file, a phase; may be NULL) before it, and returns
 * the status for its code: no memory, full disks and limits are failures, the rest is unusable
 * input */
int cli_error(const cli_args *a, const char *what, const rt_error *err);

/* a file that must fit into cap bytes; of a longer one *n is cap. `what` names it in a complaint.
 * An exit status. */
int cli_read_small(const cli_args *a, const char *what, const char *path, char *to, size_t cap,
                   size_t *n);

/* ---- main's own */
struct cli_args {
  const cli_command *command;
  const cli_option *options; /* own and common ones */
  size_t n_options;
  const struct cli_value *values;
  size_t n_values;
  char **operands;
  size_t n_operands;
};

#endif
