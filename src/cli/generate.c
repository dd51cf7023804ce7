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

static void man_command(FILE *f, const cli_command *c)
{
  cli_option options[CLI_OPTIONS_MAX + 1];
  char name[64];
  size_t n = cli_options(c, options);
  (void)snprintf(name, sizeof name, "retort-%s", c->name);
  man_head(f, name, c->summary);
  (void)fprintf(f, ".B retort %s\n", c->name);
  roff(f, c->synopsis);
  (void)fputs("\n.SH DESCRIPTION\n", f);
  roff(f, c->description);
  (void)fputs("\n.SH OPTIONS\n", f);
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

static void bash_command(FILE *f, const cli_command *c)
{
  cli_option options[CLI_OPTIONS_MAX + 1];
  size_t n = cli_options(c, options);
  (void)fprintf(f, "  %s)\n    case $before in\n", c->name);
  for (size_t i = 0; i < n; i++)
    if (options[i].value)
      bash_values(f, &options[i]);
  (void)fputs("    *) [[ $word == -* ]] && words='", f);
  for (size_t i = 0; i < n; i++)
    (void)fprintf(f, "%s--%s", i ? " " : "", options[i].name);
  (void)fputs("' ;;\n    esac ;;\n", f);
}

static void bash_all(FILE *f)
{
  (void)fputs("# bash completion for retort; made from its option tables\n_retort()\n{\n"
              "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=\n"
              "  if ((COMP_CWORD == 1)); then\n    COMPREPLY=($(compgen -W '--help --version",
              f);
  for (size_t i = 0; cli_command_at(i); i++)
    (void)fprintf(f, " %s", cli_command_at(i)->name);
  (void)fputs("' -- \"$word\"))\n    return\n  fi\n  case ${COMP_WORDS[1]} in\n", f);
  for (size_t i = 0; cli_command_at(i); i++)
    bash_command(f, cli_command_at(i));
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

static int generate_man(const char *dir)
{
  int status = to_file(dir, "retort.1", write_all, NULL);
  for (size_t i = 0; status == CLI_DONE && cli_command_at(i); i++) {
    char name[64];
    (void)snprintf(name, sizeof name, "retort-%s.1", cli_command_at(i)->name);
    status = to_file(dir, name, write_command, cli_command_at(i));
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
