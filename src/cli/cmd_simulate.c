/* retort simulate - labelled worlds of traffic, written as log files. */
#include "cli/cli.h"
#include "world/kinds.h"
#include "world/simulate.h"

#include <inttypes.h>
#include <stdio.h>

static const cli_option options[] = {
    {"preset", 'p', "NAME", "a built-in world; --list shows them", CLI_TEXT, false, NULL, 0, 0},
    {"spec", 's', "FILE", "a world of your own, as JSON", CLI_FILE, false, NULL, 0, 0},
    {"seed", 0, "N", "another seed, another world of the same kind (default 1)", CLI_COUNT, false,
     NULL, 0, 0},
    {"scale", 0, "X", "times as many accounts; exchanges per account stay (default 1)", CLI_NUMBER,
     false, NULL, 0.0001, 10000},
    {"out", 'o', "DIR", "folder for exchanges.jsonl, accounts.jsonl, events.jsonl and labels.jsonl",
     CLI_DIR, false, NULL, 0, 0},
    {"stdout", 0, NULL, "write the exchanges to standard output", CLI_FLAG, false, NULL, 0, 0},
    {"texts", 0, "FILE", "real texts in place of the built-in grammar (JSON, may be .zst)",
     CLI_FILE, false, NULL, 0, 0},
    {"traces", 0, "DIR", "real rate curves (CSV: start, rate, cv)", CLI_DIR, false, NULL, 0, 0},
    {"list", 0, NULL, "show presets and honest kinds, then stop", CLI_FLAG, false, NULL, 0, 0},
    {"quiet", 'q', NULL, "say nothing when all is well", CLI_FLAG, false, NULL, 0, 0},
    {0},
};

static void say_line(void *ctx, const char *line)
{
  cli_say(ctx, "%s", line);
}

static int list_all(void)
{
  for (size_t i = 0; rt__preset_at(i); i++)
    (void)printf("%-18s %s\n", rt__preset_at(i)->name, rt__preset_at(i)->what);
  (void)printf("\nhonest kinds:\n");
  for (uint32_t k = 0; k < rt__kinds(); k++)
    (void)printf("  %-18s %s\n", rt__kind_at(k)->name, rt__kind_at(k)->what);
  return CLI_DONE;
}

static rt_code read_spec(const char *path, rt__buf *b, rt_error *err)
{
  FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
  if (!f)
    return rt__fail(err, RT_E_IO, "cannot be opened");
  rt_code c = rt__buf_reserve(b, RT__SPEC_FILE_MAX);
  if (c == RT_OK) {
    b->n = fread(b->p, 1, RT__SPEC_FILE_MAX, f);
    if (ferror(f))
      c = rt__fail(err, RT_E_IO, "cannot be read");
    else if (b->n == RT__SPEC_FILE_MAX)
      c = rt__fail(err, RT_E_FORMAT, "is larger than a spec can be");
  }
  if (f != stdin)
    (void)fclose(f);
  return c;
}

static int parse_spec(const cli_args *a, rt__spec *spec)
{
  const char *name = cli_text(a, "preset", NULL), *path = cli_text(a, "spec", NULL);
  rt_error err = {0};
  rt__buf b;
  if ((name == NULL) == (path == NULL))
    return cli_unusable(a, "either --preset or --spec is needed");
  const rt__preset *preset = name ? rt__preset_find(name) : NULL;
  if (name && !preset)
    return cli_unusable(a, "there is no preset '%s' (see --list)", name);
  rt__buf_init(&b, rt_alloc_default(), RT__SPEC_FILE_MAX + 1);
  rt_code c = preset ? RT_OK : read_spec(path, &b, &err);
  if (c == RT_OK)
    c = rt__spec_parse(rt_alloc_default(), preset ? rt__cstr(preset->json) : rt__buf_slice(&b),
                       spec, &err);
  rt__buf_free(&b);
  if (c == RT_OK)
    return CLI_DONE;
  return cli_unusable(a, "%s: %s", path ? path : name, err.message);
}

static void summary(const cli_args *a, const rt__sim_report *r)
{
  cli_say(a, "%" PRIu64 " exchanges (%.1f MB) of %" PRIu64 " accounts", r->exchanges,
          (double)r->bytes / 1e6, r->active);
}

static int run(const cli_args *a)
{
  rt__spec spec;
  rt__sim_report report;
  rt_error err = {0};
  if (cli_given(a, "list"))
    return list_all();
  if (!cli_given(a, "out") && !cli_given(a, "stdout"))
    return cli_unusable(a, "nowhere to write to: give --out DIR or --stdout");
  int status = parse_spec(a, &spec);
  if (status != CLI_DONE)
    return status;
  bool quiet = cli_given(a, "quiet");
  spec.scale = cli_number(a, "scale", 1);
  rt__sim_options o = {.seed = cli_count(a, "seed", 1),
                       .texts = cli_text(a, "texts", NULL),
                       .traces = cli_text(a, "traces", NULL),
                       .dir = cli_text(a, "out", NULL),
                       .pipe = cli_given(a, "stdout") ? stdout : NULL,
                       .threads = cli_threads(a),
                       .say = quiet ? NULL : say_line,
                       .ctx = (void *)(uintptr_t)a};
  rt_code c = rt__simulate(rt_alloc_default(), &spec, &o, &report, &err);
  rt__spec_free(rt_alloc_default(), &spec);
  if (c == RT_E_STOPPED && !o.dir)
    return CLI_DONE;
  if (c != RT_OK)
    return cli_error(a, NULL, &err);
  if (!quiet)
    summary(a, &report);
  return CLI_DONE;
}

const cli_command cli_cmd_simulate = {
    .name = "simulate",
    .synopsis = "(--preset NAME | --spec FILE) [OPTION]... (--out DIR | --stdout)",
    .summary = "write a labelled world of traffic",
    .description =
        "Writes the logs of an invented provider: honest accounts of many kinds, campaigns that "
        "harvest "
        "answers, resold pools. Every account's truth is in labels.jsonl, which no detector "
        "reads.\n\n"
        "The same spec, seed and texts give the same bytes, whatever the machine or the number of "
        "threads. Nothing is sent anywhere.",
    .example = "retort simulate --preset tiny --out world\n"
               "retort simulate --preset ladder --seed 7 --texts texts.json.zst --out world\n"
               "retort simulate --spec my-world.json --stdout | retort scan -",
    .options = options,
    .threads = true,
    .run = run,
};
