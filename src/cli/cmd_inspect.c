/* inspect - what is in a log: which dialects, how many exchanges, which fields, and what detection
 * loses without the rest. */
#include "base/json.h"
#include "base/time.h"
#include "cli/ingest.h"
#include "cli/mapfile.h"
#include "cli/out.h"
#include "cli/progress.h"
#include "digest/file.h"
#include "report/summary.h"
#include "retort/scan.h"

#include <inttypes.h>
#include <stddef.h>

/* how a missing value looks */
typedef enum shape { NONE, SLICE, ZERO64, ZERO32, UNSET_U32, UNSET_I32 } shape;

typedef struct field {
  shape shape;
  size_t offset;
} field;

#define X(shape, member)                                                                           \
  {                                                                                                \
    shape, offsetof(rt_exchange, member)                                                           \
  }
#define D(shape, member)                                                                           \
  {                                                                                                \
    shape, offsetof(rt_digest, member)                                                             \
  }
#define NOT_KEPT                                                                                   \
  {                                                                                                \
    NONE, 0                                                                                        \
  }

#define FAMILY(name) (1u << RT_FAMILY_##name)

/* name, where it stands in an exchange and in a digest, what it is good for, and for which families
 * of evidence */
static const struct row {
  const char *name;
  field exchange, digest;
  const char *why;
  unsigned families;
} rows[] = {
    {"id", X(SLICE, id), D(ZERO64, id), "drops what was logged twice", 0},
    {"org", X(SLICE, org), D(ZERO64, org), "keys of one customer count as one", 0},
    {"end_user", X(SLICE, end_user), D(ZERO64, end_user), "tells an app's users from a pool", 0},
    {"session", X(SLICE, session), D(ZERO64, session), "conversations", 0},
    {"ip", X(SLICE, ip), D(ZERO64, ip), "family network", FAMILY(NETWORK)},
    {"asn", X(ZERO32, asn), D(ZERO32, asn), "family network", FAMILY(NETWORK)},
    {"country", X(SLICE, country), D(ZERO32, country), "family network", FAMILY(NETWORK)},
    {"user_agent", X(SLICE, user_agent), D(ZERO64, client), "family client", FAMILY(CLIENT)},
    {"headers", X(SLICE, headers), NOT_KEPT, "family client", FAMILY(CLIENT)},
    {"fingerprints", X(SLICE, fingerprint), D(ZERO64, fingerprint), "families client and network",
     FAMILY(CLIENT) | FAMILY(NETWORK)},
    {"model", X(SLICE, model), D(ZERO64, model), "family client; co-timed moves", 0},
    {"max_tokens", X(UNSET_U32, max_tokens), D(UNSET_U32, max_tokens), "family client",
     FAMILY(CLIENT)},
    {"temperature", X(UNSET_I32, temperature_milli), D(UNSET_I32, temperature_milli),
     "family client", FAMILY(CLIENT)},
    {"system text", X(SLICE, system), D(ZERO64, system), "family content", FAMILY(CONTENT)},
    {"tools", X(SLICE, tools), D(ZERO64, tools), "family content", FAMILY(CONTENT)},
    {"user text", X(SLICE, last_user), D(ZERO64, last_user), "family content, the strongest",
     FAMILY(CONTENT)},
    {"prompt_hash", X(SLICE, prompt_hash), NOT_KEPT, "family content where there is no text",
     FAMILY(CONTENT)},
    {"input tokens", X(UNSET_U32, tokens_in), D(UNSET_U32, tokens_in), "family size; volume",
     FAMILY(SIZE)},
    {"output tokens", X(UNSET_U32, tokens_out), D(UNSET_U32, tokens_out), "family size; volume",
     FAMILY(SIZE)},
    {"latency_ms", X(UNSET_U32, latency_ms), D(UNSET_U32, latency_ms), "kept, not scored", 0},
    {"response id", X(SLICE, response_id), D(ZERO64, response), "kept, not scored", 0},
};

#undef X
#undef D

/* what is lost where nothing of a family is there */
static const struct {
  rt_family family;
  const char *loss;
} losses[] = {
    {RT_FAMILY_CONTENT,
     "no text and no hash of one: shared templates and dealt task lists can't be seen, "
     "which is the strongest evidence"},
    {RT_FAMILY_CLIENT,
     "no user agent, headers, fingerprints or parameters: one program under many names "
     "can't be told"},
    {RT_FAMILY_SIZE, "no token counts: volumes and sizes are unknown"},
    {RT_FAMILY_NETWORK, "no addresses, networks or fingerprints"},
    {RT_FAMILY_KEYS,
     "no reasoning signatures carried back: the same conversation under two accounts "
     "can't be seen"},
};

static const char *const apis[] = {"unknown", "chat completions", "responses", "messages",
                                   "completions"};
enum { API_COUNT = sizeof apis / sizeof apis[0] };

/* what one thread counts */
typedef struct counts {
  uint64_t exchanges, started, signatures, fields[RT__ARRAY_LEN(rows)], apis[API_COUNT];
  int64_t first_us, last_us;
  char apart[64]; /* two threads' counts never share a cache line */
} counts;

typedef struct job {
  const cli_args *a;
  counts threads[RT__FEED_THREADS_MAX], sum;
  rt_key key;
  rt__file_reader *file;
  rt__feed_result *feed;
  cli_progress *progress;
} job;

static bool has(const void *record, field f)
{
  const char *at = (const char *)record + f.offset;
  rt_slice s;
  uint64_t u64;
  uint32_t u32;
  int32_t i32;
  switch (f.shape) {
  case NONE:
    return false;
  case SLICE:
    memcpy(&s, at, sizeof s);
    return s.p != NULL;
  case ZERO64:
    memcpy(&u64, at, sizeof u64);
    return u64 != 0;
  case UNSET_I32:
    memcpy(&i32, at, sizeof i32);
    return i32 != RT_UNSET_I32;
  case ZERO32:
  case UNSET_U32:
    break;
  }
  memcpy(&u32, at, sizeof u32);
  return u32 != (f.shape == ZERO32 ? 0 : RT_UNSET_U32);
}

static void count(counts *c, int64_t time_us, unsigned api)
{
  if (c->exchanges == 0 || time_us < c->first_us)
    c->first_us = time_us;
  if (c->exchanges == 0 || time_us > c->last_us)
    c->last_us = time_us;
  c->exchanges++;
  c->apis[api < API_COUNT ? api : 0]++;
}

static rt_code on_exchange(void *ctx, unsigned thread, const rt_exchange *x, const rt__place *at,
                           rt_error *err)
{
  counts *c = &((job *)ctx)->threads[thread];
  (void)at;
  (void)err;
  count(c, x->time_us, x->api);
  c->started += x->has_messages && x->n_assistant == 0;
  c->signatures += x->n_signatures > 0;
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    c->fields[i] += has(x, rows[i].exchange);
  return RT_OK;
}

static rt_code on_record(void *ctx, const rt_digest *d, rt_error *err)
{
  counts *c = &((job *)ctx)->sum;
  (void)err;
  count(c, d->time_us, d->api);
  c->started += (d->flags & RT_F_START) != 0;
  c->signatures += d->n_signatures > 0;
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    c->fields[i] += has(d, rows[i].digest);
  return RT_OK;
}

/* a damaged block ends the file here: only a scan goes on behind it */
static rt_code on_digest(void *ctx, uint32_t input, const void *p, size_t n, rt_error *err)
{
  job *j = ctx;
  const rt_digest_sink sink = {.ctx = j, .record = on_record};
  rt_code c = RT_OK;
  (void)input;
  if (!j->file)
    c = rt__file_reader_new(rt_alloc_default(), &j->key, &sink, &j->file, err);
  if (c == RT_OK)
    c = n ? rt__file_reader_feed(j->file, p, n, err) : rt__file_reader_close(j->file, err);
  if (c != RT_OK || n == 0) {
    rt__file_reader_free(j->file);
    j->file = NULL;
  }
  return c;
}

static void add(counts *to, const counts *from)
{
  if (from->exchanges == 0)
    return;
  if (to->exchanges == 0 || from->first_us < to->first_us)
    to->first_us = from->first_us;
  if (to->exchanges == 0 || from->last_us > to->last_us)
    to->last_us = from->last_us;
  to->exchanges += from->exchanges;
  to->started += from->started;
  to->signatures += from->signatures;
  for (size_t i = 0; i < API_COUNT; i++)
    to->apis[i] += from->apis[i];
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    to->fields[i] += from->fields[i];
}

static void on_progress(void *ctx, const rt__feed_progress *p)
{
  cli_progress_at(((job *)ctx)->progress, p->bytes, p->total, p->exchanges);
}

/* ---- what is missing */

/* share of exchanges, in percent, that have the commonest field of a family */
static double family_share(const job *j, rt_family family)
{
  uint64_t most = family == RT_FAMILY_KEYS ? j->sum.signatures : 0;
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    if (rows[i].families & 1u << family && j->sum.fields[i] > most)
      most = j->sum.fields[i];
  return j->sum.exchanges ? 100.0 * (double)most / (double)j->sum.exchanges : 0;
}

/* ---- text */

static double share(const job *j, uint64_t n)
{
  return j->sum.exchanges ? 100.0 * (double)n / (double)j->sum.exchanges : 0;
}

static void print_inputs(const job *j, FILE *f)
{
  for (size_t i = 0; i < j->feed->inputs.n; i++) {
    const rt__input *in = &j->feed->inputs.v[i];
    char bytes[16];
    rt__short_count(in->unpacked, bytes);
    (void)fprintf(f, "%s: %sB%s%s%s\n", in->path, bytes, in->packing == RT__PLAIN ? "" : " out of ",
                  in->packing == RT__PLAIN ? "" : rt__packing_name(in->packing),
                  in->digest ? ", digests" : "");
  }
}

/* how often, and the first of it: for an unknown shape that is how its lines begin */
static void print_causes(const job *j, FILE *f)
{
  const rt__tally *t = &j->feed->tally;
  for (int c = 0; c < RT__CAUSE_COUNT; c++) {
    if (!t->count[c])
      continue;
    const rt__example *e = &t->first[c][0];
    (void)fprintf(f, "  %" PRIu64 " %s; %s:%" PRIu64 ": %s\n", t->count[c],
                  rt__cause_name((rt__cause)c), j->feed->inputs.v[e->at.file].path, e->at.line,
                  e->message);
  }
  if (t->count[RT__CAUSE_DIALECT])
    (void)fprintf(
        f,
        "  write a map that says where each field stands, try it with `retort map --check "
        "MAP %s`,\n  and give it with --map\n",
        j->feed->inputs.v[t->first[RT__CAUSE_DIALECT][0].at.file].path);
}

static void print_dialects(const job *j, FILE *f)
{
  const char *account = cli_text(j->a, "account-field", NULL);
  bool any = false;
  for (int d = 0; d < RT__DIALECT_COUNT; d++) {
    if (!j->feed->records[d])
      continue;
    if (!any)
      (void)fprintf(f, "\ndialects\n");
    any = true;
    (void)fprintf(f, "  %-16s %" PRIu64 " records, %" PRIu64 " exchanges; account: %s%s\n",
                  rt__dialect_name((rt__dialect)d), j->feed->records[d], j->feed->made[d],
                  account ? "--account-field " : "",
                  account ? account : rt__dialect_account((rt__dialect)d));
  }
}

static void print_losses(const job *j, FILE *f)
{
  bool any = false;
  for (size_t i = 0; i < RT__ARRAY_LEN(losses); i++) {
    if (family_share(j, losses[i].family) > 0)
      continue;
    (void)fprintf(f, "%s  %-16s %s\n", any ? "" : "\nlost without them\n",
                  rt_family_name(losses[i].family), losses[i].loss);
    any = true;
  }
  (void)fprintf(
      f, "\nFamilies money and provision come with `retort scan --accounts`, not with logs.\n");
}

static void print_text(const job *j, FILE *f)
{
  char n[32], from[20], to[20];
  print_inputs(j, f);
  rt__long_count(j->sum.exchanges, n);
  (void)fprintf(f, "\n%" PRIu64 " lines, %s exchanges", j->feed->lines, n);
  if (j->sum.exchanges) {
    rt__short_time(j->sum.first_us, from);
    rt__short_time(j->sum.last_us, to);
    (void)fprintf(f, " from %s to %s UTC", from, to);
  }
  (void)fprintf(f, "; %" PRIu64 " lines refused, %" PRIu64 " read in part\n",
                rt__tally_refused(&j->feed->tally), rt__tally_warned(&j->feed->tally));
  print_causes(j, f);
  print_dialects(j, f);
  if (j->sum.exchanges == 0)
    return;
  (void)fprintf(f, "\nrequests\n");
  for (size_t i = 0; i < API_COUNT; i++)
    if (j->sum.apis[i])
      (void)fprintf(f, "  %-16s %5.1f %%\n", apis[i], share(j, j->sum.apis[i]));
  (void)fprintf(f, "  %-16s %5.1f %%\n", "begin a talk", share(j, j->sum.started));
  (void)fprintf(f, "  %-16s %5.1f %%\n\nfields\n", "with signatures", share(j, j->sum.signatures));
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    (void)fprintf(f, "  %-16s %5.1f %%  %s\n", rows[i].name, share(j, j->sum.fields[i]),
                  rows[i].why);
  print_losses(j, f);
}

/* ---- JSON */

static void json_count(rt__json *w, const char *key, uint64_t n)
{
  rt__json_put_u64(w, key, n);
}

static void json_inputs(const job *j, rt__json *w)
{
  rt__json_key(w, "inputs");
  rt__json_open(w, '[');
  for (size_t i = 0; i < j->feed->inputs.n; i++) {
    const rt__input *in = &j->feed->inputs.v[i];
    rt__json_open(w, '{');
    rt__json_put_cstr(w, "path", in->path);
    json_count(w, "bytes", in->bytes);
    rt__json_put_bool(w, "digests", in->digest);
    rt__json_close(w, '}');
  }
  rt__json_close(w, ']');
}

static void json_dialects(const job *j, rt__json *w)
{
  rt__json_key(w, "dialects");
  rt__json_open(w, '{');
  for (int d = 0; d < RT__DIALECT_COUNT; d++) {
    if (!j->feed->records[d])
      continue;
    rt__json_key(w, rt__dialect_name((rt__dialect)d));
    rt__json_open(w, '{');
    json_count(w, "records", j->feed->records[d]);
    json_count(w, "exchanges", j->feed->made[d]);
    rt__json_put_cstr(w, "account",
                      cli_text(j->a, "account-field", rt__dialect_account((rt__dialect)d)));
    rt__json_close(w, '}');
  }
  rt__json_close(w, '}');
}

static rt_code json_all(const job *j, rt__buf *b)
{
  rt__json w;
  rt__json_init(&w, b);
  rt__json_open(&w, '{');
  rt__json_put_cstr(&w, "schema", "retort.inspect/1");
  json_inputs(j, &w);
  json_count(&w, "lines", j->feed->lines);
  json_count(&w, "exchanges", j->sum.exchanges);
  if (j->sum.exchanges) {
    rt__json_put_time(&w, "first", j->sum.first_us);
    rt__json_put_time(&w, "last", j->sum.last_us);
  }
  rt__json_key(&w, "causes");
  rt__json_open(&w, '{');
  for (int c = 0; c < RT__CAUSE_COUNT; c++)
    if (j->feed->tally.count[c])
      json_count(&w, rt__cause_name((rt__cause)c), j->feed->tally.count[c]);
  rt__json_close(&w, '}');
  json_dialects(j, &w);
  rt__json_key(&w, "apis");
  rt__json_open(&w, '{');
  for (size_t i = 0; i < API_COUNT; i++)
    json_count(&w, apis[i], j->sum.apis[i]);
  rt__json_close(&w, '}');
  json_count(&w, "starts", j->sum.started);
  rt__json_key(&w, "fields");
  rt__json_open(&w, '{');
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    json_count(&w, rows[i].name, j->sum.fields[i]);
  json_count(&w, "signatures", j->sum.signatures);
  rt__json_close(&w, '}');
  rt__json_key(&w, "lost");
  rt__json_open(&w, '[');
  for (size_t i = 0; i < RT__ARRAY_LEN(losses); i++)
    if (j->sum.exchanges && family_share(j, losses[i].family) <= 0)
      rt__json_cstr(&w, rt_family_name(losses[i].family));
  rt__json_close(&w, ']');
  rt__json_close(&w, '}');
  return w.code == RT_OK ? rt__buf_add(b, "\n", 1) : w.code;
}

static int print_json(const job *j, cli_out *out)
{
  rt__buf b;
  rt_error err = {0};
  rt__buf_init(&b, rt_alloc_default(), (size_t)64 << 20);
  rt_code c = json_all(j, &b);
  if (c == RT_OK)
    c = cli_out_write(out, b.p, b.n, &err);
  rt__buf_free(&b);
  return c == RT_OK ? CLI_DONE
                    : cli_failed(j->a, "%s", err.message[0] ? err.message : rt_code_text(c));
}

/* ---- */

static int print(const job *j)
{
  cli_out out;
  int status = cli_out_open(j->a, cli_text(j->a, "out", NULL), &out);
  if (status != CLI_DONE)
    return status;
  if (cli_format_is(j->a, "json"))
    status = print_json(j, &out);
  else
    print_text(j, out.f);
  if (status == CLI_DONE)
    return cli_out_commit(j->a, &out);
  cli_out_discard(&out);
  return status;
}

static int read_all(job *j, const rt__feed_options *o)
{
  rt_error err = {0};
  const rt__feed_callbacks cb = {
      .ctx = j, .exchange = on_exchange, .digest = on_digest, .progress = on_progress};
  j->progress = cli_progress_new();
  rt_code c = rt__feed_run(o, &cb, &j->feed, &err);
  cli_progress_free(j->progress);
  rt__file_reader_free(j->file);
  return c == RT_OK ? CLI_DONE : cli_error(j->a, NULL, &err);
}

static int inspect(job *j)
{
  unsigned threads = cli_threads(j->a);
  rt__feed_options o = {.paths = (const char *const *)j->a->operands,
                        .n_paths = j->a->n_operands,
                        .threads = threads < RT__FEED_THREADS_MAX ? threads : RT__FEED_THREADS_MAX};
  rt__mapping *mapping = NULL;
  int status = cli_key(j->a, &j->key);
  if (status == CLI_DONE)
    status = cli_field_options(j->a, &o, &mapping);
  if (status == CLI_DONE)
    status = read_all(j, &o);
  if (status == CLI_DONE)
    cli_mapping_complain(j->a, mapping, j->feed);
  rt__mapping_free(mapping);
  if (status != CLI_DONE)
    return status;
  for (size_t i = 0; i < RT__FEED_THREADS_MAX; i++)
    add(&j->sum, &j->threads[i]);
  int worst = CLI_DONE;
  for (size_t i = 0; i < j->feed->inputs.n; i++)
    if (j->feed->inputs.v[i].code != RT_OK)
      worst = cli_unusable(j->a, "%s", j->feed->inputs.v[i].message);
  status = print(j);
  return status == CLI_DONE ? worst : status;
}

static int run(const cli_args *a)
{
  static job j; /* too large for a stack */
  j = (job){.a = a};
  int status = inspect(&j);
  rt__feed_result_free(j.feed);
  return status;
}

static const cli_option options[] = {
    {"key-file", 0, "FILE", "key of the digests, where the files are digests", .kind = CLI_FILE},
    CLI_FIELD_OPTIONS,
    {.name = NULL}};

const cli_command cli_cmd_inspect = {
    .name = "inspect",
    .synopsis = "[OPTION]... FILE...",
    .summary = "say what is in a log, and what detection loses without the rest",
    .description =
        "Reads log files or digests and says in which dialects they are written, whose accounts "
        "are "
        "read, how many exchanges there are, which lines were refused and why, which APIs the "
        "requests speak, in what share of them each field is there that detection can use, and "
        "what "
        "it loses without the others.\n\n"
        "A shape that is not known is shown by its first bytes: see retort-map(1) for how to read "
        "it.",
    .example = "retort inspect exchanges.jsonl.zst\n"
               "retort inspect litellm.jsonl --account-field metadata.user_api_key_team_id",
    .formats = "text|json",
    .out = "write there instead of standard output",
    .options = options,
    .threads = true,
    .operands_min = 1,
    .run = run};
