#include "cli/parse.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- the table of commands */

const cli_command *cli_command_at(size_t i)
{
  static const cli_command *const all[] = {
#define CLI_COMMAND(name) &cli_cmd_##name,
#include "cli/commands.def"
#undef CLI_COMMAND
      NULL};
  return i < RT__ARRAY_LEN(all) ? all[i] : NULL;
}

const cli_command *cli_command_find(const char *name)
{
  for (size_t i = 0; cli_command_at(i); i++)
    if (strcmp(cli_command_at(i)->name, name) == 0)
      return cli_command_at(i);
  return NULL;
}

/* ---- its options */

/* a letter belongs to the first that asks for it: a command's own options come before the common
 * ones */
static void add(cli_option out[], size_t *n, cli_option o)
{
  for (size_t i = 0; i < *n; i++)
    if (out[i].letter == o.letter)
      o.letter = 0;
  if (*n < CLI_OPTIONS_MAX)
    out[(*n)++] = o;
}

size_t cli_options(const cli_command *command, cli_option out[CLI_OPTIONS_MAX + 1])
{
  size_t n = 0;
  for (const cli_option *o = command->options; o && o->name; o++)
    add(out, &n, *o);
  if (command->out)
    add(out, &n, (cli_option){"out", 'o', "FILE", command->out, .kind = CLI_FILE});
  if (command->formats)
    add(out, &n,
        (cli_option){"format", 'f', "FORMAT", "how to print (the first is the default)",
                     .kind = CLI_CHOICE, .choices = command->formats});
  if (command->threads)
    add(out, &n,
        (cli_option){"threads", 'j', "N", "worker threads; the default is one a processor",
                     .kind = CLI_COUNT, .min = 1, .max = CLI_THREADS_MAX});
  add(out, &n, (cli_option){"help", 'h', NULL, "print this and leave", .kind = CLI_FLAG});
  out[n] = (cli_option){.name = NULL};
  return n;
}

/* ---- checks of values */

static bool read_count(const char *text, uint64_t *out)
{
  char *end = NULL;
  if (!isdigit((unsigned char)text[0]))
    return false;
  errno = 0;
  unsigned long long v = strtoull(text, &end, 10);
  *out = v;
  return errno == 0 && *end == '\0';
}

static bool read_number(const char *text, double *out)
{
  char *end = NULL;
  *out = strtod(text, &end);
  return end != text && *end == '\0' && isfinite(*out);
}

static bool read_size(const char *text, uint64_t *out)
{
  static const char units[] = "KMGT";
  char *end = NULL;
  if (!isdigit((unsigned char)text[0]))
    return false;
  errno = 0;
  unsigned long long v = strtoull(text, &end, 10);
  const char *unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
  unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
  if (unit)
    end++;
  if (unit && end[0] == 'i') /* 4GiB, as the unit is written in full */
    end++;
  if (unit && end[0] == 'B')
    end++;
  *out = (uint64_t)v << shift;
  return errno == 0 && *end == '\0' && (*out >> shift) == v;
}

static bool is_choice(const char *choices, const char *text)
{
  size_t n = strlen(text);
  for (const char *p = choices; p && *p;) {
    size_t k = strcspn(p, "|");
    if (k == n && memcmp(p, text, n) == 0)
      return true;
    p += k + (p[k] == '|');
  }
  return false;
}

static bool in_range(const cli_option *o, double v)
{
  bool any = o->min == 0 && o->max == 0;
  return any || (v >= o->min && (v <= o->max || (o->kind == CLI_COUNT && o->max == 0)));
}

/* NULL if the value will do, else what was expected */
static const char *expected(const cli_option *o, const char *text)
{
  uint64_t u = 0;
  double d = 0;
  switch (o->kind) {
  case CLI_COUNT:
    return read_count(text, &u) && in_range(o, (double)u) ? NULL : "a whole number";
  case CLI_NUMBER:
    return read_number(text, &d) && in_range(o, d) ? NULL : "a number";
  case CLI_SIZE:
    return read_size(text, &u) ? NULL : "a size such as 512M or 2G";
  case CLI_CHOICE:
    return is_choice(o->choices, text) ? NULL : o->choices;
  case CLI_FILE:
  case CLI_DIR:
    return *text ? NULL : "a path";
  case CLI_FLAG:
  case CLI_TEXT:
    break;
  }
  return NULL;
}

static bool value_ok(const cli_args *a, const cli_option *o, const char *text)
{
  const char *want = o->value ? expected(o, text) : NULL;
  if (!want)
    return true;
  if ((o->kind == CLI_COUNT || o->kind == CLI_NUMBER) && o->max != 0)
    cli_say(a, "--%s takes %s from %g to %g, not '%s'", o->name, want, o->min, o->max, text);
  else
    cli_say(a, "--%s takes %s, not '%s'", o->name, want, text);
  return false;
}

/* ---- argv */

/* 256 + row for every long option, so that letters and rows never meet */
#define ROW 256

static void for_getopt(const cli_args *a, struct option longs[], char shorts[])
{
  size_t s = 0;
  shorts[s++] = ':'; /* tell a missing value from an unknown option */
  for (size_t i = 0; i < a->n_options; i++) {
    const cli_option *o = &a->options[i];
    longs[i] =
        (struct option){o->name, o->value ? required_argument : no_argument, NULL, ROW + (int)i};
    if (o->letter)
      shorts[s++] = o->letter;
    if (o->letter && o->value)
      shorts[s++] = ':';
  }
  longs[a->n_options] = (struct option){0};
  shorts[s] = '\0';
}

static const cli_option *option_of(const cli_args *a, int c)
{
  if (c >= ROW)
    return &a->options[c - ROW];
  for (size_t i = 0; i < a->n_options; i++)
    if (a->options[i].letter == (char)c)
      return &a->options[i];
  return NULL;
}

static bool refuse(const cli_args *a, int c, char *const argv[])
{
  const char *see = a->command->name;
  bool is_letter = optopt > 0 && optopt < ROW;
  if (c == ':')
    cli_say(a, "%s needs a value (see retort %s --help)", argv[optind - 1], see);
  else if (is_letter)
    cli_say(a, "unknown option '-%c' (see retort %s --help)", optopt, see);
  else if (optopt >= ROW)
    cli_say(a, "--%s takes no value (see retort %s --help)", a->options[optopt - ROW].name, see);
  else
    cli_say(a, "unknown option '%s' (see retort %s --help)", argv[optind - 1], see);
  return false;
}

static bool keep(cli_parsed *p, const cli_option *o, const char *text)
{
  cli_args *a = &p->args;
  if (!o->many && cli_given(a, o->name)) {
    cli_say(a, "--%s is given twice", o->name);
    return false;
  }
  if (a->n_values == CLI_VALUES_MAX) {
    cli_say(a, "more than %d options", CLI_VALUES_MAX);
    return false;
  }
  p->values[a->n_values++] = (cli_value){o, text};
  return value_ok(a, o, text);
}

static bool operands_ok(const cli_args *a)
{
  const cli_command *c = a->command;
  if (a->n_operands < c->operands_min) {
    cli_say(a, "something is missing: retort %s %s", c->name, c->synopsis);
    return false;
  }
  if (c->operands_max && a->n_operands > c->operands_max) {
    cli_say(a, "what is '%s'? Usage: retort %s %s", a->operands[c->operands_max], c->name,
            c->synopsis);
    return false;
  }
  return true;
}

bool cli_parse(const cli_command *command, int argc, char **argv, cli_parsed *p)
{
  struct option longs[CLI_OPTIONS_MAX + 1];
  char shorts[2 * CLI_OPTIONS_MAX + 2];
  cli_args *a = &p->args;
  *a = (cli_args){.command = command, .options = p->options, .values = p->values};
  a->n_options = cli_options(command, p->options);
  for_getopt(a, longs, shorts);
  opterr = 0;
  optind = 1;
  for (int c; (c = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
    const cli_option *o = c == '?' || c == ':' ? NULL : option_of(a, c);
    if (!o)
      return refuse(a, c, argv);
    if (!keep(p, o, o->value ? optarg : NULL))
      return false;
    if (strcmp(o->name, "help") == 0)
      return true;
  }
  a->operands = argv + optind;
  a->n_operands = (size_t)(argc - optind);
  return operands_ok(a);
}

/* ---- values */

const char *cli_each(const cli_args *a, const char *option, size_t i)
{
  for (size_t k = 0; k < a->n_values; k++)
    if (strcmp(a->values[k].option->name, option) == 0 && i-- == 0)
      return a->values[k].text;
  return NULL;
}

bool cli_given(const cli_args *a, const char *option)
{
  for (size_t k = 0; k < a->n_values; k++)
    if (strcmp(a->values[k].option->name, option) == 0)
      return true;
  return false;
}

const char *cli_text(const cli_args *a, const char *option, const char *fallback)
{
  const char *text = fallback;
  for (size_t k = 0; k < a->n_values; k++)
    if (strcmp(a->values[k].option->name, option) == 0)
      text = a->values[k].text;
  return text;
}

uint64_t cli_count(const cli_args *a, const char *option, uint64_t fallback)
{
  const char *text = cli_text(a, option, NULL);
  uint64_t v = 0;
  return text && read_count(text, &v) ? v : fallback;
}

double cli_number(const cli_args *a, const char *option, double fallback)
{
  const char *text = cli_text(a, option, NULL);
  double v = 0;
  return text && read_number(text, &v) ? v : fallback;
}

uint64_t cli_size(const cli_args *a, const char *option, uint64_t fallback)
{
  const char *text = cli_text(a, option, NULL);
  uint64_t v = 0;
  return text && read_size(text, &v) ? v : fallback;
}

size_t cli_operands(const cli_args *a)
{
  return a->n_operands;
}

const char *cli_operand(const cli_args *a, size_t i)
{
  return i < a->n_operands ? a->operands[i] : NULL;
}

bool cli_format_is(const cli_args *a, const char *format)
{
  const char *given = cli_format(a);
  size_t n = strcspn(given, "|");
  return strlen(format) == n && memcmp(given, format, n) == 0;
}

const char *cli_format(const cli_args *a)
{
  return cli_text(a, "format", a->command->formats ? a->command->formats : "");
}

unsigned cli_threads(const cli_args *a)
{
  long here = sysconf(_SC_NPROCESSORS_ONLN);
  uint64_t n = cli_count(a, "threads", here > 0 ? (uint64_t)here : 1);
  return n > CLI_THREADS_MAX ? CLI_THREADS_MAX : (unsigned)n;
}
