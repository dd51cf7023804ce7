/* scan - from log files to campaigns. */
#include "cli/beside.h"
#include "cli/daily.h"
#include "cli/ingest.h"
#include "cli/mapfile.h"
#include "cli/out.h"
#include "cli/parallel.h"
#include "cli/progress.h"
#include "report/budget.h"
#include "report/findings_json.h"
#include "report/summary.h"

#include <sys/resource.h>

#define CAUSES_MAX   (RT__CAUSE_COUNT + 3)
#define TENANT_SMALL 8 /* accounts */

typedef struct job {
  const cli_args *a;
  rt_scan_options options;
  rt_scan *scan;
  cli_ingest in;
  cli_beside accounts, events;
  cli_daily daily;
  cli_out out;
  bool has_out;
  rt__run_input *inputs;
  size_t n_inputs, inputs_cap;
  rt__run_refused refused[CAUSES_MAX];
  size_t n_refused;
} job;

/* ---- before */

static int read_options(job *j)
{
  const cli_args *a = j->a;
  rt_scan_options_default(&j->options);
  j->options.key = j->in.key;
  j->options.all = cli_given(a, "all");
  j->options.sampled = cli_number(a, "sampled", 1);
  j->options.memory_max = (size_t)cli_size(a, "memory-limit", CLI_INGEST_MEMORY);
  j->options.parallel = cli_parallel;
  j->options.parallel_ctx = &j->in.threads;
  for (size_t i = 0; cli_each(a, "without", i); i++)
    j->options.without[rt_family_find(rt__cstr(cli_each(a, "without", i)))] = true;
  return CLI_DONE;
}

static int open_scan(job *j)
{
  rt_error err = {0};
  int status = cli_ingest_init(j->a, &j->in);
  if (status == CLI_DONE)
    status = read_options(j);
  if (status != CLI_DONE)
    return status;
  if (rt_scan_new(rt_alloc_default(), &j->options, &j->scan, &err) != RT_OK)
    return cli_error(j->a, NULL, &err);
  status = cli_daily_open(j->a, &j->in.key, &j->daily);
  return status == CLI_DONE ? cli_daily_sinks(j->a, &j->daily, &j->in, j->scan) : status;
}

/* an hour of work shouldn't end at a folder that isn't there */
static int open_out(job *j)
{
  const char *path = cli_text(j->a, "out", NULL);
  if (!path)
    return CLI_DONE;
  int status = cli_out_open(j->a, path, &j->out);
  j->has_out = status == CLI_DONE;
  return status;
}

static int read_beside(job *j)
{
  const char *accounts = cli_text(j->a, "accounts", NULL), *events = cli_text(j->a, "events", NULL);
  int status = CLI_DONE;
  if (accounts)
    status = cli_read_accounts(j->a, accounts, j->scan, &j->accounts);
  if (status == CLI_DONE && events)
    status = cli_read_events(j->a, events, j->scan, &j->events);
  if (status == CLI_DONE && cli_given(j->a, "strict") && j->accounts.refused + j->events.refused)
    return cli_unusable(j->a, "stopped, since --strict was given and lines were refused");
  return status;
}

/* ---- the run line */

static bool add_inputs(job *j, const rt__feed_result *feed, const char *what)
{
  size_t n = feed ? feed->inputs.n : 0;
  if (j->n_inputs + n > j->inputs_cap) {
    size_t cap = j->n_inputs + n;
    rt__run_input *p =
        rt__realloc(rt_alloc_default(), j->inputs, j->inputs_cap, cap, sizeof *j->inputs);
    if (!p)
      return false;
    j->inputs = p;
    j->inputs_cap = cap;
  }
  for (size_t i = 0; i < n; i++) {
    const rt__input *in = &feed->inputs.v[i];
    if (in->skipped)
      continue;
    j->inputs[j->n_inputs++] = (rt__run_input){.what = what,
                                               .bytes = in->bytes,
                                               .xxh3 = in->xxh3,
                                               .broken = in->code ? rt_code_name(in->code) : NULL};
  }
  return true;
}

static void add_refused(job *j, const char *cause, uint64_t lines)
{
  if (lines && j->n_refused < CAUSES_MAX)
    j->refused[j->n_refused++] = (rt__run_refused){cause, lines};
}

static void add_all_refused(job *j)
{
  for (int c = 0; c < RT__CAUSE_FIRST_WARNING; c++)
    add_refused(j, rt__cause_name((rt__cause)c), j->in.feed->tally.count[c]);
  add_refused(j, "damaged digests", j->in.lost_digests);
  add_refused(j, "account facts", j->accounts.refused);
  add_refused(j, "events", j->events.refused);
}

static uint64_t all_refused(const job *j)
{
  uint64_t n = 0;
  for (size_t i = 0; i < j->n_refused; i++)
    n += j->refused[i].lines;
  return n;
}

/* ---- after */

static int write_findings(job *j)
{
  rt_error err = {0};
  if (!j->has_out)
    return CLI_DONE;
  if (!add_inputs(j, j->in.feed, NULL) || !add_inputs(j, j->accounts.feed, "accounts") ||
      !add_inputs(j, j->events.feed, "events"))
    return cli_failed(j->a, "no memory for the list of inputs");
  const rt__run run = {.version = RT_VERSION,
                       .inputs = j->inputs,
                       .n_inputs = j->n_inputs,
                       .refused = j->refused,
                       .n_refused = j->n_refused,
                       .options = &j->options,
                       .until_us = j->daily.until_us};
  const rt__emit emit = {cli_out_write, &j->out};
  if (rt__findings_json(rt_alloc_default(), rt_scan_findings(j->scan), &run, &emit, &err) != RT_OK)
    return err.code == RT_E_IO ? cli_failed(j->a, "%s", err.message) : cli_error(j->a, NULL, &err);
  j->has_out = false;
  return cli_out_commit(j->a, &j->out);
}

static rt_code print_rows(job *j, rt__row *rows, size_t n, rt_error *err)
{
  const rt_findings *f = rt_scan_findings(j->scan);
  const char *out = cli_text(j->a, "out", NULL);
  bool to_stdout = out && strcmp(out, "-") == 0;
  cli_out shown = {.f = to_stdout ? stderr : stdout, .path = "standard output"};
  const rt__emit emit = {cli_out_write, &shown};
  for (size_t i = 0; i < n; i++)
    rt__row_of(rt_findings_campaign(f, i), &rows[i]);
  rt__summary s = {.view = rt__cstr(rt_findings_view(f)),
                   .exchanges = rt_findings_exchanges(f),
                   .accounts = rt_findings_accounts(f),
                   .refused = all_refused(j),
                   .sampled = j->options.sampled,
                   .rows = rows,
                   .n_rows = n,
                   .file = to_stdout ? NULL : out};
  cli_daily_summary(&j->daily, &s);
  return cli_format_is(j->a, "json") ? rt__summary_json(rt_alloc_default(), &s, &emit, err)
                                     : rt__summary_table(rt_alloc_default(), &s, &emit, err);
}

/* in place of the summary: whoever has time for so many accounts wants just those */
static rt_code print_budget(job *j, rt_error *err)
{
  const rt_alloc *alloc = rt_alloc_default();
  const char *out = cli_text(j->a, "out", NULL);
  cli_out shown = {.f = out && strcmp(out, "-") == 0 ? stderr : stdout, .path = "standard output"};
  const rt__emit emit = {cli_out_write, &shown};
  rt__budget b;
  rt_code c = rt__budget_of(alloc, rt_scan_findings(j->scan), (size_t)cli_count(j->a, "budget", 0),
                            &b, err);
  if (c == RT_OK)
    c = cli_format_is(j->a, "json") ? rt__budget_json(alloc, &b, &emit, err)
                                    : rt__budget_table(alloc, &b, &emit, err);
  rt__budget_free(alloc, &b);
  return c;
}

static int print_summary(job *j)
{
  rt_error err = {0};
  if (cli_given(j->a, "budget"))
    return print_budget(j, &err) == RT_OK ? CLI_DONE : cli_failed(j->a, "%s", err.message);
  size_t n = rt_findings_campaigns(rt_scan_findings(j->scan));
  rt__row *rows = rt__calloc(rt_alloc_default(), n + 1, sizeof *rows);
  if (!rows)
    return cli_failed(j->a, "no memory for the table");
  rt_code c = print_rows(j, rows, n, &err);
  rt__free(rt_alloc_default(), rows, (n + 1) * sizeof *rows);
  return c == RT_OK ? CLI_DONE : cli_failed(j->a, "%s", err.message);
}

static void print_stats(const job *j)
{
  const rt_findings *f = rt_scan_findings(j->scan);
  struct rusage use;
  (void)getrusage(RUSAGE_SELF, &use);
  cli_say(j->a, "largest account profile: %zu bytes", rt_findings_profile_bytes(f));
  cli_say(j->a, "digests: %zu bytes, %.0f an exchange", rt_findings_digest_bytes(f),
          rt_findings_exchanges(f)
              ? (double)rt_findings_digest_bytes(f) / (double)rt_findings_exchanges(f)
              : 0.0);
  cli_say(j->a, "exchanges that were there twice: %llu",
          (unsigned long long)rt_findings_duplicates(f));
  cli_say(j->a, "memory at its highest: %ld MiB", use.ru_maxrss / 1024);
  cli_say(j->a, "processor time: %.2f s",
          (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
              (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6);
}

/* a customer's organisation in the tenant's place hides every campaign */
static void warn_of_tenants(const job *j)
{
  const rt_findings *f = rt_scan_findings(j->scan);
  size_t tenants = rt_findings_tenants(f);
  if (tenants > 1 && rt_findings_accounts(f) < (uint64_t)TENANT_SMALL * tenants)
    cli_say(j->a,
            "%zu tenants with fewer than %d accounts on average: nothing is linked across tenants",
            tenants, TENANT_SMALL);
}

static int find(job *j)
{
  rt_error err = {0};
  cli_progress *p = cli_progress_new();
  cli_progress_phase(p, "looking for campaigns");
  rt_code c = rt_scan_run(j->scan, &err);
  cli_progress_free(p);
  if (c != RT_OK)
    return cli_error(j->a, NULL, &err);
  warn_of_tenants(j);
  return CLI_DONE;
}

static int replay(job *j)
{
  rt_error err = {0};
  if (!cli_given(j->a, "replay"))
    return CLI_DONE;
  cli_progress *p = cli_progress_new();
  cli_progress_phase(p, "looking for when each could have been reported");
  rt_code c = rt_scan_replay(j->scan, &err);
  cli_progress_free(p);
  return c == RT_OK ? CLI_DONE : cli_error(j->a, NULL, &err);
}

/* from digests to what was found, and what is kept of it */
static int look(job *j)
{
  int status = cli_daily_join(j->a, &j->daily, j->scan);
  if (status == CLI_DONE)
    status = find(j);
  if (status == CLI_DONE)
    status = replay(j);
  if (status == CLI_DONE)
    status = cli_daily_follow(j->a, &j->daily, j->scan);
  if (status == CLI_DONE)
    status = write_findings(j);
  if (status == CLI_DONE)
    status = cli_daily_keep(j->a, &j->daily, j->scan);
  return status == CLI_DONE ? print_summary(j) : status;
}

static int scan(job *j)
{
  int (*const steps[])(job *) = {open_out, open_scan, read_beside};
  int status = CLI_DONE;
  for (size_t i = 0; i < RT__ARRAY_LEN(steps) && status == CLI_DONE; i++)
    status = steps[i](j);
  if (status == CLI_DONE)
    status = cli_ingest_run(j->a, &j->in);
  if (status != CLI_DONE)
    return status;
  add_all_refused(j);
  status = look(j);
  if (status == CLI_DONE && cli_given(j->a, "stats"))
    print_stats(j);
  return status == CLI_DONE ? j->in.worst : status;
}

static int run(const cli_args *a)
{
  static job j; /* sinks and tallies are too large for a stack */
  j = (job){.a = a};
  int status = scan(&j);
  if (j.has_out)
    cli_out_discard(&j.out);
  rt_scan_free(j.scan);
  cli_daily_free(&j.daily);
  cli_ingest_free(&j.in);
  cli_beside_free(&j.accounts);
  cli_beside_free(&j.events);
  rt__free(rt_alloc_default(), j.inputs, j.inputs_cap * sizeof *j.inputs);
  return status;
}

#define FAMILY(code, name, what) "|" name
static const char families[] = RT_FAMILY_MAP(FAMILY);
#undef FAMILY

static const cli_option options[] = {
    {"accounts", 'a', "FILE", "account facts, JSON lines: payment, sign-up, plan",
     .kind = CLI_FILE},
    {"events", 'e', "FILE", "model releases and enforcement, JSON lines", .kind = CLI_FILE},
    {"all", 0, NULL, "write benign campaigns too, and a line for every account that is in none",
     .kind = CLI_FLAG},
    {"sampled", 0, "SHARE",
     "the logs hold this share of all exchanges, drawn at random: clocks and turns are left out, "
     "repeats are estimated",
     .kind = CLI_NUMBER, .min = 1e-6, .max = 1},
    {"budget", 0, "N",
     "print the N accounts most worth a person's time instead of the summary, and how many of them "
     "are expected to be innocent",
     .kind = CLI_COUNT, .min = 1, .max = 1000000},
    {"without", 0, "FAMILY", "leave one family of evidence out", .kind = CLI_CHOICE, .many = true,
     .choices = families + 1},
    CLI_DAILY_OPTIONS,
    {"key-file", 0, "FILE", "key of the digests; without it a public one is used",
     .kind = CLI_FILE},
    {"memory-limit", 0, "SIZE",
     "memory for digests before a disk is used, such as 512M; 1G if not given", .kind = CLI_SIZE},
    CLI_FIELD_OPTIONS,
    {"replay", 0, NULL,
     "say when each campaign could first have been reported; takes a scan for every 6 hours",
     .kind = CLI_FLAG},
    {"strict", 0, NULL, "stop where a line or a file cannot be read", .kind = CLI_FLAG},
    {"stats", 0, NULL, "say how much memory and time it took", .kind = CLI_FLAG},
    {.name = NULL}};

const cli_command cli_cmd_scan = {
    .name = "scan",
    .synopsis = "[OPTION]... FILE...",
    .summary = "find campaigns in log files or digests",
    .description = "Reads exchanges (JSON lines, plain, .gz or .zst; folders; - for standard "
                   "input) or digests made by "
                   "'retort digest', finds networks of accounts that one operator runs, and says "
                   "of each whether it harvests "
                   "the model's answers, what speaks for that and what against it.\n\n"
                   "Findings go to --out as JSON lines; what is printed is a summary, as a table "
                   "or as JSON. The same input "
                   "and options give the same bytes, whatever the order of lines and files and the "
                   "number of threads.\n\n"
                   "With --state FILE a scan a day is as good as one scan of all days: the state "
                   "holds the digests of the days before and is replaced when the findings are "
                   "out; campaigns keep their ids, and the table begins with what changed.\n\n"
                   "A line that cannot be read is counted and passed over.",
    .example = "retort scan exchanges.jsonl.zst --accounts accounts.jsonl --out findings.jsonl\n"
               "retort scan logs/ --out findings.jsonl --format json\n"
               "retort scan yesterday.jsonl.zst --state state.rts --keep 90d --out findings.jsonl\n"
               "zcat old.gz | retort scan - day1.rtd --out findings.jsonl",
    .formats = "table|json",
    .out = "where findings go, as JSON lines; - is standard output",
    .options = options,
    .threads = true,
    .operands_min = 1,
    .run = run};
