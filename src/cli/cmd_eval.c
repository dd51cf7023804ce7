/* eval - scores findings against the labels of a simulated world. */
#include "cli/out.h"
#include "world/score.h"

#include <errno.h>
#include <stdlib.h>

#define REPORT_MAX ((size_t)1 << 30)

typedef rt_code (*take_line)(rt__score *s, rt_slice line, uint64_t number, rt_error *err);

static int each_line(const cli_args *a, const char *path, FILE *in, rt__score *s, take_line take)
{
  char *line = NULL;
  size_t cap = 0;
  uint64_t number = 0;
  rt_error err = {0};
  rt_code c = RT_OK;
  for (ssize_t n; c == RT_OK && (n = getline(&line, &cap, in)) >= 0;)
    c = take(s, rt__slice(line, (size_t)n), ++number, &err);
  free(line);
  if (c != RT_OK)
    return cli_error(a, path, &err);
  if (ferror(in))
    return cli_unusable(a, "%s: %s", path, strerror(errno));
  return CLI_DONE;
}

static int read_file(const cli_args *a, const char *option, rt__score *s, take_line take)
{
  const char *path = cli_text(a, option, NULL);
  if (!path)
    return cli_unusable(a, "--%s FILE is needed", option);
  FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
  if (!in)
    return cli_unusable(a, "%s: %s", path, strerror(errno));
  int status = each_line(a, path, in, s, take);
  if (in != stdin)
    (void)fclose(in);
  return status;
}

typedef rt_code (*render)(const rt__score_report *r, rt__buf *out);

static int write_report(const cli_args *a, const char *path, const rt__score_report *r, render as)
{
  rt__buf page;
  cli_out out;
  rt_error err = {0};
  rt__buf_init(&page, rt_alloc_default(), REPORT_MAX);
  rt_code c = as(r, &page);
  if (c != RT_OK)
    (void)rt__fail(&err, c, "the report is too large");
  int status = c == RT_OK ? cli_out_open(a, path, &out) : cli_error(a, NULL, &err);
  if (status == CLI_DONE) {
    c = cli_out_write(&out, page.p, page.n, &err);
    status = c == RT_OK ? cli_out_commit(a, &out) : cli_error(a, path, &err);
    if (c != RT_OK)
      cli_out_discard(&out);
  }
  rt__buf_free(&page);
  return status;
}

static render format_of(const cli_args *a)
{
  if (cli_format_is(a, "json"))
    return rt__score_json;
  return cli_format_is(a, "html") ? rt__score_html : rt__score_text;
}

static int report(const cli_args *a, rt__score *s)
{
  const rt__score_report *r = NULL;
  rt_error err = {0};
  char differs[400];
  if (rt__score_compute(s, &r, &err) != RT_OK)
    return cli_error(a, NULL, &err);
  if (rt__score_mismatch(r, differs, sizeof differs))
    cli_say(a, "%s", differs);
  int status = write_report(a, cli_text(a, "out", NULL), r, format_of(a));
  const char *page = cli_text(a, "html", NULL);
  return status == CLI_DONE && page ? write_report(a, page, r, rt__score_html) : status;
}

static int run(const cli_args *a)
{
  rt__score *s = NULL;
  rt_error err = {0};
  if (cli_operands(a) > 0)
    return cli_unusable(a, "what is '%s'? Files are given by --labels and --findings",
                        cli_operand(a, 0));
  if (rt__score_new(rt_alloc_default(), &s, &err) != RT_OK)
    return cli_error(a, NULL, &err);
  int status = read_file(a, "labels", s, rt__score_label);
  if (status == CLI_DONE)
    status = read_file(a, "findings", s, rt__score_finding);
  if (status == CLI_DONE)
    status = report(a, s);
  rt__score_free(s);
  return status;
}

static const cli_option options[] = {
    {"labels", 'l', "FILE", "what each account is: labels.jsonl of a simulated world",
     .kind = CLI_FILE},
    {"findings", 'f', "FILE", "what a scan of that world found", .kind = CLI_FILE},
    {"html", 0, "FILE", "write one self-contained page as well", .kind = CLI_FILE},
    {.name = NULL}};

const cli_command cli_cmd_eval = {
    .name = "eval",
    .synopsis = "[OPTION]... --labels FILE --findings FILE",
    .summary = "scores findings against the labels of a simulated world",
    .description =
        "Compares a findings file with the labels of the world that was scanned: recall by "
        "account, by exchange and by campaign, per level and size; false flags and false campaigns "
        "by kind of honest account; review load; precision at a prevalence of 10 %, 1 % and 0.1 %; "
        "B-cubed and the adjusted Rand index; calibration of the scores. Every rate has its 95 % "
        "interval.\n\n"
        "Flagged is an account with role harvest or cover in a campaign whose verdict is "
        "distillation. A campaign of one account is found by verdict suspect too. Suspect and "
        "pooled on honest accounts are review load.\n\n"
        "Labels are never read by a scan. Labels and findings of different worlds are refused, "
        "with counts.",
    .example = "retort eval --labels world/labels.jsonl --findings findings.jsonl\n"
               "retort eval --labels world/labels.jsonl --findings findings.jsonl --format json\n"
               "retort eval -l world/labels.jsonl -f findings.jsonl --html eval.html",
    .formats = "table|json|html",
    .out = "the report",
    .options = options,
    .operands_max = 0,
    .run = run,
};
