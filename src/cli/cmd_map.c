/* map - where what stands in lines of anybody's shape: shows what a map would read. */
#include "base/json.h"
#include "base/time.h"
#include "cli/mapfile.h"
#include "cli/out.h"
#include "feed/reading.h"

#include <inttypes.h>

#define SHOWN 3 /* exchanges */

/* what became of one field of the map */
typedef struct tally {
  uint64_t found, wrong;
  rt__place wrong_at;
  char first[64], wrong_kind[24], wrong_text[64];
} tally;

typedef struct job {
  const cli_args *a;
  rt__mapping *mapping;
  rt__reading reading; /* for its steps through values */
  rt__jreader *json;
  rt__feed_result *feed;
  uint64_t lines, other; /* lines that are objects; of them, those that `when` leaves out */
  tally fields[RT__S_COUNT];
  rt__buf sample; /* exchanges as they would be read */
  size_t shown;
} job;

/* ---- one line: each pointer is followed, and what it leads to noted */

static void keep_text(char *out, size_t size, const rt__jnode *v)
{
  size_t n = v->p ? v->n : 0;
  (void)snprintf(out, size, "%.*s%s", (int)(n < size - 4 ? n : size - 4), v->p ? v->p : "",
                 n < size - 4 ? "" : "...");
  for (char *p = out; *p; p++)
    if ((unsigned char)*p < 0x20 || *p == 0x7f)
      *p = ' ';
}

static void note(job *j, const rt__mapped *f, const rt__jnode *root, const rt__place *at)
{
  tally *t = &j->fields[f->slot];
  for (size_t i = 0; i < f->n; i++) {
    const rt__jnode *v = f->pointer[i].n ? rt__find(&j->reading, root, f->pointer[i]) : root;
    if (!v || rt__is_blank(v))
      continue;
    if (rt__fit(&j->reading, v, f->slot)) {
      if (t->found++ == 0)
        keep_text(t->first, sizeof t->first, v);
      return;
    }
    if (t->wrong++ == 0) {
      t->wrong_at = *at;
      (void)snprintf(t->wrong_kind, sizeof t->wrong_kind, "%s", rt__jkind_name(v->kind));
      keep_text(t->wrong_text, sizeof t->wrong_text, v);
    }
  }
}

static void note_object(job *j, const rt__jnode *root, const rt__place *at)
{
  rt__inner_clear(&j->reading.inner);
  rt__arena_clear(j->reading.arena);
  j->lines++;
  if (j->mapping->when.p && !rt__find(&j->reading, root, j->mapping->when)) {
    j->other++;
    return;
  }
  for (size_t i = 0; i < j->mapping->n; i++)
    note(j, &j->mapping->field[i], root, at);
}

static rt_code on_line(void *ctx, unsigned thread, rt_slice line, const rt__place *at,
                       rt_error *err)
{
  job *j = ctx;
  const rt__jnode *root;
  const char *what;
  size_t where;
  (void)thread;
  rt__jfault f = rt__jreader_parse(j->json, line.p, line.n, &root, &where, &what);
  if (f == RT__JFAULT_NOMEM)
    return rt__fail(err, RT_E_NOMEM, "no memory for a line");
  if (f != RT__JFAULT_NONE)
    return RT_OK; /* the reading proper says so */
  if (root->kind == RT__JOBJECT)
    note_object(j, root, at);
  else if (root->kind == RT__JLIST)
    for (const rt__jnode *c = root + 1; c < root + root->span; c += c->span)
      if (c->kind == RT__JOBJECT)
        note_object(j, c, at);
  return j->reading.stop;
}

/* ---- the exchanges that come of it */

static void text(rt__json *w, const char *key, rt_slice s)
{
  if (!s.p)
    return;
  rt__json_key(w, key);
  if (s.n > 80)
    s.n = 80;
  rt__json_str(w, s);
}

static void count(rt__json *w, const char *key, uint32_t n, uint32_t missing)
{
  if (n == missing)
    return;
  rt__json_put_u64(w, key, n);
}

static rt_code on_exchange(void *ctx, unsigned thread, const rt_exchange *x, const rt__place *at,
                           rt_error *err)
{
  job *j = ctx;
  rt__json w;
  (void)thread;
  (void)at;
  if (j->shown == SHOWN)
    return RT_OK;
  j->shown++;
  rt__json_init(&w, &j->sample);
  rt__json_open(&w, '{');
  text(&w, "account", x->account);
  rt__json_put_time(&w, "ts", x->time_us);
  text(&w, "id", x->id);
  text(&w, "org", x->org);
  text(&w, "end_user", x->end_user);
  text(&w, "session", x->session);
  text(&w, "ip", x->ip);
  text(&w, "user_agent", x->user_agent);
  text(&w, "model", x->model);
  text(&w, "system", x->system);
  text(&w, "first_user", x->first_user);
  text(&w, "last_user", x->last_user);
  text(&w, "tools", x->tools);
  text(&w, "output", x->output);
  count(&w, "messages", x->n_messages, 0);
  count(&w, "max_tokens", x->max_tokens, RT_UNSET_U32);
  count(&w, "status", x->status, 0);
  count(&w, "latency_ms", x->latency_ms, RT_UNSET_U32);
  count(&w, "input_tokens", x->tokens_in, RT_UNSET_U32);
  count(&w, "output_tokens", x->tokens_out, RT_UNSET_U32);
  rt__json_close(&w, '}');
  if (w.code == RT_OK)
    w.code = rt__buf_add(&j->sample, "\n", 1);
  return w.code == RT_OK ? RT_OK : rt__fail(err, w.code, "no memory for a sample");
}

static int read_sample(job *j, bool lines)
{
  rt_error err = {0};
  rt__feed_options o = {.paths = (const char *const *)j->a->operands,
                        .n_paths = j->a->n_operands,
                        .threads = 1,
                        .mapping = j->mapping,
                        .account_field = cli_text(j->a, "account-field", NULL)};
  const rt__feed_callbacks cb = {
      .ctx = j, .line = lines ? on_line : NULL, .exchange = lines ? NULL : on_exchange};
  rt__feed_result_free(j->feed);
  j->feed = NULL;
  return rt__feed_run(&o, &cb, &j->feed, &err) == RT_OK ? CLI_DONE : cli_error(j->a, NULL, &err);
}

/* ---- what to say of it */

static void print_field(const job *j, FILE *f, const rt__mapped *m)
{
  const tally *t = &j->fields[m->slot];
  uint64_t lines = j->lines - j->other;
  (void)fprintf(f, "  %-20s ", rt__slot_name(m->slot));
  if (m->n == 0) {
    (void)fprintf(f, "always \"%.*s\"\n", (int)(m->value.n < 60 ? m->value.n : 60), m->value.p);
    return;
  }
  (void)fprintf(f, "%-28.*s", (int)m->pointer[0].n, m->pointer[0].p);
  if (t->found)
    (void)fprintf(f, " in %" PRIu64 " of %" PRIu64 ", first: %s\n", t->found, lines, t->first);
  else
    (void)fprintf(f, " leads nowhere%s\n", t->wrong ? " that fits" : "");
  for (size_t i = 1; i < m->n; i++)
    (void)fprintf(f, "  %-20s %.*s\n", "  or", (int)m->pointer[i].n, m->pointer[i].p);
  if (t->wrong)
    (void)fprintf(f, "  %-20s %" PRIu64 " times %s, first in line %" PRIu64 ": %s\n",
                  "  WRONG TYPE", t->wrong, t->wrong_kind, t->wrong_at.line, t->wrong_text);
}

static void print_report(const job *j, FILE *f)
{
  const rt__tally *t = &j->feed->tally;
  (void)fprintf(f, "%" PRIu64 " records", j->lines);
  if (j->other)
    (void)fprintf(f, ", %" PRIu64 " of them left to the other dialects by `when`", j->other);
  (void)fprintf(f, "; times are read as %s\n\n", rt__clock_name(j->mapping->clock));
  for (size_t i = 0; i < j->mapping->n; i++)
    print_field(j, f, &j->mapping->field[i]);
  (void)fprintf(f,
                "\n%" PRIu64 " exchanges, %" PRIu64 " records refused, %" PRIu64 " read in part\n",
                j->feed->exchanges, rt__tally_refused(t), rt__tally_warned(t));
  for (int c = 0; c < RT__CAUSE_COUNT; c++)
    if (t->count[c])
      (void)fprintf(f, "  %" PRIu64 " %s; line %" PRIu64 ": %s\n", t->count[c],
                    rt__cause_name((rt__cause)c), t->first[c][0].at.line, t->first[c][0].message);
  if (j->shown)
    (void)fprintf(f, "\nas they would be read (texts shortened):\n%.*s", (int)j->sample.n,
                  j->sample.p);
}

/* a map of which a pointer leads nowhere, or to the wrong type, is not one to rely on */
static int judge(const job *j)
{
  char names[400] = "";
  size_t n = 0;
  if (j->feed->exchanges == 0)
    return cli_unusable(j->a, "no exchange could be read by this map");
  for (size_t i = 0; i < j->mapping->n; i++) {
    const rt__mapped *m = &j->mapping->field[i];
    const tally *t = &j->fields[m->slot];
    if (m->n && (t->found == 0 || t->wrong) && n + 40 < sizeof names)
      n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", n ? ", " : "",
                            rt__slot_name(m->slot));
  }
  return n ? cli_failed(j->a, "pointers that lead nowhere, or to a wrong type: %s", names)
           : CLI_DONE;
}

static int print(const job *j)
{
  cli_out out;
  int status = cli_out_open(j->a, cli_text(j->a, "out", NULL), &out);
  if (status != CLI_DONE)
    return status;
  print_report(j, out.f);
  status = cli_out_commit(j->a, &out);
  return status == CLI_DONE ? judge(j) : status;
}

/* ---- */

static int print_fields(const cli_args *a)
{
  cli_out out;
  int status = cli_out_open(a, cli_text(a, "out", NULL), &out);
  if (status != CLI_DONE)
    return status;
  for (size_t i = 0; i < RT__S_COUNT; i++)
    (void)fprintf(out.f, "%s\n", rt__slot_name(i));
  (void)fprintf(out.f, "clock\nwhen\n");
  return cli_out_commit(a, &out);
}

static int check(job *j)
{
  if (rt__jreader_new(rt_alloc_default(), &j->json) != RT_OK ||
      rt__arena_new(rt_alloc_default(), (size_t)256 << 20, &j->reading.arena) != RT_OK)
    return cli_failed(j->a, "out of memory");
  int status = cli_mapping_read(j->a, cli_text(j->a, "check", NULL), &j->mapping);
  if (status == CLI_DONE)
    status = read_sample(j, true);
  if (status == CLI_DONE)
    status = read_sample(j, false);
  for (size_t i = 0; status == CLI_DONE && i < j->feed->inputs.n; i++)
    if (j->feed->inputs.v[i].code != RT_OK)
      return cli_unusable(j->a, "%s", j->feed->inputs.v[i].message);
  return status == CLI_DONE ? print(j) : status;
}

static int run(const cli_args *a)
{
  static job j; /* too large for a stack */
  if (cli_given(a, "fields"))
    return print_fields(a);
  if (!cli_given(a, "check"))
    return cli_unusable(a, "--check MAP is needed, or --fields");
  if (cli_operands(a) == 0)
    return cli_unusable(a, "a file of sample lines is needed");
  j = (job){.a = a};
  rt__reading_init(&j.reading, rt_alloc_default());
  rt__buf_init(&j.sample, rt_alloc_default(), (size_t)1 << 20);
  int status = check(&j);
  rt__buf_free(&j.sample);
  rt__arena_free(j.reading.arena);
  rt__reading_free(&j.reading);
  rt__jreader_free(j.json);
  rt__mapping_free(j.mapping);
  rt__feed_result_free(j.feed);
  return status;
}

static const cli_option options[] = {
    {"check", 0, "MAP", "show what this map would read of the files", .kind = CLI_FILE},
    {"fields", 0, NULL, "list the names that a map may use", .kind = CLI_FLAG},
    {"account-field", 0, "NAME", "as for scan: instead of the map's account", .kind = CLI_TEXT},
    {.name = NULL}};

const cli_command cli_cmd_map = {
    .name = "map",
    .synopsis = "--check MAP FILE... | --fields",
    .summary = "try a map that says where what stands in your logs",
    .description =
        "A map lets retort read lines of any shape. It is a JSON object: each key is one of the "
        "names that --fields lists, its value a JSON pointer to where that stands in a line, a "
        "list "
        "of pointers of which the first that leads somewhere is taken, or {\"value\": \"...\"} for "
        "what is always the same. A pointer may lead into a string that holds JSON. `ts` and "
        "`account` are needed (or --account-field). `clock` says how times are written: loose, the "
        "default (RFC 3339, without a zone UTC, or Unix seconds), contract, ms, us or ns. `when` "
        "is "
        "a pointer that must lead somewhere for the map to be used on a line; other lines are read "
        "as what they look like.\n\n"
        "Bodies of requests and responses go whole into `request` and `response`; where messages "
        "and "
        "parameters stand apart, there are `messages`, `system`, `tools`, `parameters` and "
        "`output`.\n\n"
        "With --check, each pointer is followed through the sample lines: where it leads, how "
        "often, "
        "and, where it leads nowhere or to a value of a wrong type, which and where. Then the "
        "first "
        "exchanges are shown as they would be read. The exit status is 1 if a pointer leads "
        "nowhere or to "
        "a wrong type in these lines.",
    .example = "retort map --check gateway.map sample.jsonl\n"
               "retort scan logs/ --map gateway.map --out findings.jsonl",
    .out = "write there instead of standard output",
    .options = options,
    .operands_min = 0,
    .run = run};
