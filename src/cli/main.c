/* main - finds the command, parses its arguments, runs it. */
#include "cli/help.h"
#include "cli/parse.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

/* what was printed may still be in a buffer when the disk is full */
static int finish(int status)
{
  if (fflush(stdout) == 0 && ferror(stdout) == 0)
    return status;
  if (errno == EPIPE) /* the reader, such as head, has seen enough */
    return status;
  (void)fprintf(stderr, "retort: cannot write to standard output: %s\n", strerror(errno));
  return status == CLI_DONE ? CLI_FAILED : status;
}

static int unknown(const char *word)
{
  (void)fprintf(stderr, "retort: there is no command '%s' (see retort --help)\n", word);
  return CLI_UNUSABLE;
}

static int help_for(const char *name)
{
  const cli_command *c = cli_command_find(name);
  if (!c)
    return unknown(name);
  cli_help(stdout, c);
  return CLI_DONE;
}

/* words that are no command; -1 if it is none of them */
static int global(int argc, char **argv)
{
  const char *word = argv[1];
  if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
    (void)printf("retort %s\n", RT_VERSION);
    return CLI_DONE;
  }
  if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
    if (argc > 2)
      return help_for(argv[2]);
    cli_help_all(stdout);
    return CLI_DONE;
  }
  if (strcmp(word, "--generate") == 0 && argc == 4)
    return cli_generate(argv[2], argv[3]);
  return -1;
}

/* "distill train": the word behind the command names one within it; NULL if it names none */
static const cli_command *within(const cli_command *c, const char *word)
{
  size_t n = strlen(c->name) + 1;
  for (size_t i = 0; c->within[i]; i++)
    if (strcmp(c->within[i]->name + n, word) == 0)
      return c->within[i];
  return NULL;
}

int main(int argc, char **argv)
{
  static cli_parsed parsed;
  /* a write that fails says so by its return value */
  (void)signal(SIGPIPE, SIG_IGN);
  (void)signal(SIGXFSZ, SIG_IGN);
  if (argc < 2) {
    cli_help_all(stderr);
    return CLI_UNUSABLE;
  }
  int status = global(argc, argv);
  if (status >= 0)
    return finish(status);
  const cli_command *command = cli_command_find(argv[1]);
  if (!command)
    return unknown(argv[1]);
  if (command->within && argc > 2 && within(command, argv[2])) {
    command = within(command, argv[2]);
    argv++;
    argc--;
  }
  if (!cli_parse(command, argc - 1, argv + 1, &parsed))
    return CLI_UNUSABLE;
  if (cli_given(&parsed.args, "help")) {
    cli_help(stdout, command);
    return finish(CLI_DONE);
  }
  return finish(command->run(&parsed.args));
}
