#include "cli/help.h"

#include "cli/parse.h"

#define WIDTH  92
#define COLUMN 26 /* where explanations begin */

/* words of `text` wrapped at WIDTH behind `indent` blanks; the cursor stands at `column` */
static void wrap(FILE *f, const char *text, size_t indent, size_t column)
{
  for (const char *p = text; *p;) {
    size_t n = strcspn(p, " \n");
    if (column > indent && column + 1 + n > WIDTH) {
      (void)fprintf(f, "\n%*s", (int)indent, "");
      column = indent;
    } else if (column > indent) {
      (void)fputc(' ', f);
      column++;
    }
    (void)fwrite(p, 1, n, f);
    column += n;
    p += n;
    bool paragraph = p[0] == '\n' && p[1] == '\n';
    p += strspn(p, " \n");
    if (paragraph && *p) {
      (void)fprintf(f, "\n\n%*s", (int)indent, "");
      column = indent;
    }
  }
  (void)fputc('\n', f);
}

static void help_option(FILE *f, const cli_option *o)
{
  char left[64];
  char letter[5] = "    ";
  if (o->letter)
    (void)snprintf(letter, sizeof letter, "-%c, ", o->letter);
  int n = snprintf(left, sizeof left, "  %s--%s%s%s", letter, o->name, o->value ? " " : "",
                   o->value ? o->value : "");
  if (n < COLUMN - 1)
    (void)fprintf(f, "%-*s", COLUMN, left);
  else
    (void)fprintf(f, "%s\n%*s", left, COLUMN, "");
  char text[512];
  (void)snprintf(text, sizeof text, "%s%s%s%s", o->help, o->choices ? ": " : "",
                 o->choices ? o->choices : "", o->many ? "; may be repeated" : "");
  wrap(f, text, COLUMN, COLUMN);
}

static void help_example(FILE *f, const char *example)
{
  for (const char *p = example; *p;) {
    size_t n = strcspn(p, "\n");
    (void)fprintf(f, "  %.*s\n", (int)n, p);
    p += n + (p[n] == '\n');
  }
}

static void help_within(FILE *f, const cli_command *c)
{
  if (!c->within)
    return;
  (void)fprintf(f, "\nCommands:\n");
  for (size_t i = 0; c->within[i]; i++)
    (void)fprintf(f, "  %-*s%s\n", COLUMN - 2, c->within[i]->name, c->within[i]->summary);
}

void cli_help(FILE *f, const cli_command *c)
{
  cli_option options[CLI_OPTIONS_MAX + 1];
  size_t n = cli_options(c, options);
  (void)fprintf(f, "retort %s - %s\n\nUsage: retort %s %s\n\n", c->name, c->summary, c->name,
                c->synopsis);
  wrap(f, c->description, 0, 0);
  help_within(f, c);
  (void)fprintf(f, "\nOptions:\n");
  for (size_t i = 0; i < n; i++)
    help_option(f, &options[i]);
  (void)fprintf(f, "\nExample:\n");
  help_example(f, c->example);
}

void cli_help_all(FILE *f)
{
  (void)fputs("retort - find the account networks that harvest a language model's answers\n\n"
              "Usage: retort COMMAND [OPTION]... [FILE]...\n\nCommands:\n",
              f);
  for (size_t i = 0; cli_command_at(i); i++)
    (void)fprintf(f, "  %-12s %s\n", cli_command_at(i)->name, cli_command_at(i)->summary);
  (void)fputs(
      "\n'retort COMMAND --help' explains a command and shows an example; 'retort --version' "
      "names this one.\n"
      "Exit status: 0 done, 1 failed part-way, 2 unusable arguments or input.\n",
      f);
}
