/* eval - scores findings against the labels of a simulated world. */
#include "cli/out.h"
#include "feed/source.h"
#include "world/score.h"

#include <stdio.h>

#define REPORT_MAX ((size_t)1 << 30)
#define FILE_MAX   ((size_t)4 << 30) /* bytes of labels or findings, unpacked */
#define CHUNK      ((size_t)1 << 20)

typedef rt_code (*take_line)(rt__score *s, rt_slice line, uint64_t number, rt_error *err);

static rt_code each_line(rt_slice text, rt__score *s, take_line take, rt_error *err)
{
  rt_code c = RT_OK;
  const char *p = text.p, *end = text.p + text.n;
  for (uint64_t number = 1; p < end && c == RT_OK; number++) {
    const char *nl = memchr(p, '\n', (size_t)(end - p));
    c = take(s, rt__slice(p, (size_t)((nl ? nl : end) - p)), number, err);
    p = nl ? nl + 1 : end;
  }
  return c;
}

/* all of an input, unpacked; its trouble is in its own message */
static rt_code gather(rt__source *source, rt__input *in, rt__buf *text)
{
  size_t got = 0;
  rt_code c = rt__source_open(source, in);
  if (c != RT_OK)
    return c;
  do {
    c = rt__buf_reserve(text, CHUNK);
    if (c == RT_OK)
      c = rt__source_read(source, text->p + text->n, CHUNK, &got);
    else
      (void)snprintf(in->message, sizeof in->message, "%s: %s", in->path, rt_code_text(c));
    text->n += c == RT_OK ? got : 0;
  } while (c == RT_OK && got > 0);
  rt__source_close(source);
  return c;
}

static int read_input(const cli_args *a, rt__input *in, rt__source *source, rt__score *s,
                      take_line take)
{
  rt__buf text;
  rt_error err = {0};
  if (in->skipped)
    return CLI_DONE;
  rt__buf_init(&text, rt_alloc_default(), FILE_MAX);
  rt_code c = in->code == RT_OK ? gather(source, in, &text) : in->code;
  int status = c == RT_OK ? CLI_DONE : cli_unusable(a, "%s", in->message);
  if (c == RT_OK && each_line(rt__buf_slice(&text), s, take, &err) != RT_OK)
    status = cli_error(a, in->path, &err);
  rt__buf_free(&text);
  return status;
}

static int read_file(const cli_args *a, const char *option, rt__score *s, take_line take)
{
  rt_error err = {0};
  rt__inputs in = {0};
  rt__source *source = NULL;
  const char *path = cli_text(a, option, NULL);
  if (!path)
    return cli_unusable(a, "--%s FILE is needed", option);
  if (rt__inputs_list(rt_alloc_default(), &path, 1, &in, &err) != RT_OK)
    return cli_error(a, path, &err);
  if (rt__source_new(rt_alloc_default(), &source) != RT_OK) {
    rt__inputs_free(&in);
    return cli_failed(a, "no memory");
  }
  int status = CLI_DONE;
  for (size_t i = 0; i < in.n && status == CLI_DONE; i++)
    status = read_input(a, &in.v[i], source, s, take);
  rt__source_free(source);
  rt__inputs_free(&in);
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
