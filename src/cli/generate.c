#include "cli/help.h"

#include "cli/parse.h"

#include <errno.h>

/* ---- roff */

/* text with what roff would read as its own escaped */
static void roff(FILE *f, const char *text)
{
  for (const char *p = text; *p; p++) {
    bool line_start = p == text || p[-1] == '\n';
    if (line_start && (*p == '.' || *p == '\''))
      (void)fputs("\\&", f);
    if (*p == '\\')
      (void)fputs("\\e", f);
    else if (*p == '-')
      (void)fputs("\\-", f);
    else if (*p == '\n' && p[1] == '\n')
      (void)fputs("\n.PP", f);
    else
      (void)fputc(*p, f);
  }
}

static void man_head(FILE *f, const char *name, const char *summary)
{
  (void)fprintf(f, ".TH %s 1 \"\" \"retort %s\" \"User Commands\"\n.SH NAME\n%s \\- ", name,
                RT_VERSION, name);
  roff(f, summary);
  (void)fputs("\n.SH SYNOPSIS\n", f);
}

static void man_option(FILE *f, const cli_option *o)
{
  (void)fputs(".TP\n", f);
  if (o->letter)
    (void)fprintf(f, "\\fB\\-%c\\fR, ", o->letter);
  (void)fputs("\\fB\\-\\-", f);
  roff(f, o->name);
  (void)fprintf(f, "\\fR%s%s%s\n", o->value ? " \\fI" : "", o->value ? o->value : "",
                o->value ? "\\fR" : "");
  roff(f, o->help);
  if (o->choices)
    (void)fprintf(f, ": %s", o->choices);
  (void)fprintf(f, "%s\n", o->many ? "; may be repeated" : "");
}

static void man_exit_status(FILE *f)
{
  (void)fputs(
      ".SH EXIT STATUS\n.TP\n0\ndone, with findings or without\n.TP\n1\nfailed part\\-way; what "
      "is written is whole and says so\n.TP\n2\nunusable arguments or input\n",
      f);
}

/* "retort-distill-train" */
static void page_name(char out[64], const cli_command *c)
{
  (void)snprintf(out, 64, "retort-%s", c->name);
  for (char *p = out; *p; p++)
    if (*p == ' ')
      *p = '-';
}

static void man_within(FILE *f, const cli_command *c)
{
  char name[64];
  if (!c->within)
    return;
  (void)fputs(".SH COMMANDS\n", f);
  for (size_t i = 0; c->within[i]; i++) {
    page_name(name, c->within[i]);
    (void)fputs(".TP\n.BR ", f);
    roff(f, name);
    (void)fputs(" (1)\n", f);
    roff(f, c->within[i]->summary);
    (void)fputc('\n', f);
  }
}

static void man_command(FILE *f, const cli_command *c)
{
  cli_option options[CLI_OPTIONS_MAX + 1];
  char name[64];
  size_t n = cli_options(c, options);
  page_name(name, c);
  man_head(f, name, c->summary);
  (void)fprintf(f, ".B retort %s\n", c->name);
  roff(f, c->synopsis);
  (void)fputs("\n.SH DESCRIPTION\n", f);
  roff(f, c->description);
  (void)fputc('\n', f);
  man_within(f, c);
  (void)fputs(".SH OPTIONS\n", f);
  for (size_t i = 0; i < n; i++)
    man_option(f, &options[i]);
  man_exit_status(f);
  (void)fputs(".SH EXAMPLES\n.nf\n", f);
  roff(f, c->example);
  (void)fputs("\n.fi\n.SH SEE ALSO\n.BR retort (1)\n", f);
}

static void man_all(FILE *f)
{
  man_head(f, "retort", "find the account networks that harvest a language model's answers");
  (void)fputs(".B retort\n\\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIFILE\\fR]...\n.SH COMMANDS\n",
              f);
  for (size_t i = 0; cli_command_at(i); i++) {
    (void)fprintf(f, ".TP\n.BR retort\\-%s (1)\n", cli_command_at(i)->name);
    roff(f, cli_command_at(i)->summary);
    (void)fputc('\n', f);
  }
  man_exit_status(f);
}

/* ---- bash */

static void bash_values(FILE *f, const cli_option *o)
{
  (void)fprintf(f, "    --%s", o->name);
  if (o->letter)
    (void)fprintf(f, "|-%c", o->letter);
  (void)fputs(") ", f);
  if (o->kind == CLI_CHOICE) {
    (void)fputs("words='", f);
    for (const char *p = o->choices; *p; p++)
      (void)fputc(*p == '|' ? ' ' : *p, f);
    (void)fputs("' ;;\n", f);
  } else {
    const char *how = o->kind == CLI_FILE  ? "compgen -f"
                      : o->kind == CLI_DIR ? "compgen -d"
                                           : "true";
    (void)fprintf(f, "COMPREPLY=($(%s%s)); return ;;\n", how,
                  o->kind == CLI_FILE || o->kind == CLI_DIR ? " -- \"$word\"" : "");
  }
}

/* the case of one command; with commands within, their names come first */
static void bash_command(FILE *f, const cli_command *c, const char *word)
{
  cli_option options[CLI_OPTIONS_MAX + 1];
  size_t n = cli_options(c, options);
  (void)fprintf(f, "  %s)\n    case $before in\n", word);
  for (size_t i = 0; i < n; i++)
    if (options[i].value)
      bash_values(f, &options[i]);
  if (c->within) {
    (void)fprintf(f, "    %s) words='", word);
    for (size_t i = 0; c->within[i]; i++)
      (void)fprintf(f, "%s%s", i ? " " : "", c->within[i]->name + strlen(c->name) + 1);
    (void)fputs("' ;;\n", f);
  }
  (void)fputs("    *) [[ $word == -* ]] && words='", f);
  for (size_t i = 0; i < n; i++)
    (void)fprintf(f, "%s--%s", i ? " " : "", options[i].name);
  (void)fputs("' ;;\n    esac ;;\n", f);
}

static void bash_commands(FILE *f)
{
  char word[80];
  for (size_t i = 0; cli_command_at(i); i++) {
    const cli_command *c = cli_command_at(i);
    for (size_t k = 0; c->within && c->within[k]; k++) {
      (void)snprintf(word, sizeof word, "'%s'", c->within[k]->name);
      bash_command(f, c->within[k], word);
    }
    bash_command(f, c, c->name);
  }
}

/* words that name a command within another */
static void bash_within(FILE *f)
{
  const char *between = "";
  for (size_t i = 0; cli_command_at(i); i++) {
    const cli_command *c = cli_command_at(i);
    for (size_t k = 0; c->within && c->within[k]; k++) {
      (void)fprintf(f, "%s'%s'", between, c->within[k]->name);
      between = " | ";
    }
  }
  if (!*between)
    (void)fputs("' none'", f);
  (void)fputs(") ((COMP_CWORD > 2)) && command+=\" ${COMP_WORDS[2]}\" ;;\n", f);
}

static void bash_all(FILE *f)
{
  (void)fputs("# bash completion for retort; made from its option tables\n_retort()\n{\n"
              "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=\n"
              "  if ((COMP_CWORD == 1)); then\n    COMPREPLY=($(compgen -W '--help --version",
              f);
  for (size_t i = 0; cli_command_at(i); i++)
    (void)fprintf(f, " %s", cli_command_at(i)->name);
  (void)fputs("' -- \"$word\"))\n    return\n  fi\n"
              "  local command=${COMP_WORDS[1]}\n"
              "  case \"$command ${COMP_WORDS[2]}\" in\n    ",
              f);
  bash_within(f);
  (void)fputs("  esac\n  case $command in\n", f);
  bash_commands(f);
  (void)fputs(
      "  esac\n  if [[ -n $words ]]; then\n    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
      "  else\n    COMPREPLY=($(compgen -f -- \"$word\"))\n  fi\n}\n"
      "complete -o filenames -F _retort retort\n",
      f);
}

/* ---- files */

static void write_all(FILE *f, const cli_command *c)
{
  (void)c;
  man_all(f);
}

static void write_command(FILE *f, const cli_command *c)
{
  man_command(f, c);
}

static void write_bash(FILE *f, const cli_command *c)
{
  (void)c;
  bash_all(f);
}

static int to_file(const char *dir, const char *name, void (*write)(FILE *, const cli_command *),
                   const cli_command *c)
{
  char path[4096];
  int n = snprintf(path, sizeof path, "%s/%s", dir, name);
  FILE *f = n > 0 && (size_t)n < sizeof path ? fopen(path, "w") : NULL;
  if (!f) {
    (void)fprintf(stderr, "retort: cannot write %s/%s: %s\n", dir, name, strerror(errno));
    return CLI_FAILED;
  }
  write(f, c);
  bool bad = ferror(f) != 0;
  if (fclose(f) != 0 || bad) {
    (void)fprintf(stderr, "retort: cannot write %s: %s\n", path, strerror(errno));
    return CLI_FAILED;
  }
  return CLI_DONE;
}

static int one_page(const char *dir, const cli_command *c)
{
  char name[72], page[64];
  page_name(page, c);
  (void)snprintf(name, sizeof name, "%s.1", page);
  return to_file(dir, name, write_command, c);
}

static int generate_man(const char *dir)
{
  int status = to_file(dir, "retort.1", write_all, NULL);
  for (size_t i = 0; status == CLI_DONE && cli_command_at(i); i++) {
    const cli_command *c = cli_command_at(i);
    status = one_page(dir, c);
    for (size_t k = 0; status == CLI_DONE && c->within && c->within[k]; k++)
      status = one_page(dir, c->within[k]);
  }
  return status;
}

int cli_generate(const char *what, const char *dir)
{
  if (strcmp(what, "man") == 0)
    return generate_man(dir);
  if (strcmp(what, "bash") == 0)
    return to_file(dir, "retort", write_bash, NULL);
  (void)fprintf(stderr, "retort: --generate makes man or bash, not '%s'\n", what);
  return CLI_UNUSABLE;
}
