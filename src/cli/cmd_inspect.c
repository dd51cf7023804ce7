/* inspect - what is in a log: how many exchanges, which fields, and what detection loses without
 * the rest. */
#include "base/json.h"
#include "base/time.h"
#include "cli/ingest.h"
#include "cli/out.h"
#include "cli/progress.h"
#include "digest/file.h"
#include "report/summary.h"

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

/* name, where it stands in an exchange and in a digest, what it is good for */
static const struct row {
  const char *name;
  field exchange, digest;
  const char *why;
} rows[] = {
    {"id", X(SLICE, id), D(ZERO64, id), "drops what was logged twice"},
    {"org", X(SLICE, org), D(ZERO64, org), "keys of one customer count as one"},
    {"end_user", X(SLICE, end_user), D(ZERO64, end_user), "tells an app's users from a pool"},
    {"session", X(SLICE, session), D(ZERO64, session), "conversations"},
    {"ip", X(SLICE, ip), D(ZERO64, ip), "family network"},
    {"asn", X(ZERO32, asn), D(ZERO32, asn), "family network"},
    {"country", X(SLICE, country), D(ZERO32, country), "family network"},
    {"user_agent", X(SLICE, user_agent), D(ZERO64, client), "family client"},
    {"headers", X(SLICE, headers), NOT_KEPT, "family client"},
    {"fingerprints", X(SLICE, fingerprint), D(ZERO64, fingerprint), "families client and network"},
    {"model", X(SLICE, model), D(ZERO64, model), "family client; co-timed moves"},
    {"max_tokens", X(UNSET_U32, max_tokens), D(UNSET_U32, max_tokens), "family client"},
    {"temperature", X(UNSET_I32, temperature_milli), D(UNSET_I32, temperature_milli),
     "family client"},
    {"system text", X(SLICE, system), D(ZERO64, system), "family content"},
    {"tools", X(SLICE, tools), D(ZERO64, tools), "family content"},
    {"user text", X(SLICE, last_user), D(ZERO64, last_user), "family content, the strongest"},
    {"prompt_hash", X(SLICE, prompt_hash), NOT_KEPT, "family content where there is no text"},
    {"input tokens", X(UNSET_U32, tokens_in), D(UNSET_U32, tokens_in), "family size; volume"},
    {"output tokens", X(UNSET_U32, tokens_out), D(UNSET_U32, tokens_out), "family size; volume"},
    {"latency_ms", X(UNSET_U32, latency_ms), D(UNSET_U32, latency_ms), "kept, not scored"},
    {"response id", X(SLICE, response_id), D(ZERO64, response), "family keys"},
};

#undef X
#undef D

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
  for (int c = 0; c < RT__CAUSE_COUNT; c++)
    if (j->feed->tally.count[c])
      (void)fprintf(f, "  %" PRIu64 " %s\n", j->feed->tally.count[c], rt__cause_name((rt__cause)c));
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
}

/* ---- JSON */

static void json_count(rt__json *w, const char *key, uint64_t n)
{
  rt__json_key(w, key);
  rt__json_u64(w, n);
}

static void json_inputs(const job *j, rt__json *w)
{
  rt__json_key(w, "inputs");
  rt__json_open(w, '[');
  for (size_t i = 0; i < j->feed->inputs.n; i++) {
    const rt__input *in = &j->feed->inputs.v[i];
    rt__json_open(w, '{');
    rt__json_key(w, "path");
    rt__json_cstr(w, in->path);
    json_count(w, "bytes", in->bytes);
    rt__json_key(w, "digests");
    rt__json_bool(w, in->digest);
    rt__json_close(w, '}');
  }
  rt__json_close(w, ']');
}

static rt_code json_all(const job *j, rt__buf *b)
{
  rt__json w;
  rt__json_init(&w, b);
  rt__json_open(&w, '{');
  rt__json_key(&w, "schema");
  rt__json_cstr(&w, "retort.inspect/1");
  json_inputs(j, &w);
  json_count(&w, "lines", j->feed->lines);
  json_count(&w, "exchanges", j->sum.exchanges);
  if (j->sum.exchanges) {
    rt__json_key(&w, "first");
    rt__json_time(&w, j->sum.first_us);
    rt__json_key(&w, "last");
    rt__json_time(&w, j->sum.last_us);
  }
  rt__json_key(&w, "causes");
  rt__json_open(&w, '{');
  for (int c = 0; c < RT__CAUSE_COUNT; c++)
    if (j->feed->tally.count[c])
      json_count(&w, rt__cause_name((rt__cause)c), j->feed->tally.count[c]);
  rt__json_close(&w, '}');
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

static int inspect(job *j)
{
  rt_error err = {0};
  unsigned threads = cli_threads(j->a);
  int status = cli_key(j->a, &j->key);
  if (status != CLI_DONE)
    return status;
  const rt__feed_options o = {.paths = (const char *const *)j->a->operands,
                              .n_paths = j->a->n_operands,
                              .threads =
                                  threads < RT__FEED_THREADS_MAX ? threads : RT__FEED_THREADS_MAX};
  const rt__feed_callbacks cb = {
      .ctx = j, .exchange = on_exchange, .digest = on_digest, .progress = on_progress};
  j->progress = cli_progress_new();
  rt_code c = rt__feed_run(&o, &cb, &j->feed, &err);
  cli_progress_free(j->progress);
  rt__file_reader_free(j->file);
  if (c != RT_OK)
    return cli_error(j->a, NULL, &err);
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
    {.name = NULL}};

const cli_command cli_cmd_inspect = {
    .name = "inspect",
    .synopsis = "[OPTION]... FILE...",
    .summary = "say what is in a log, and what detection loses without the rest",
    .description =
        "Reads log files or digests and counts: exchanges, lines that were refused and why, which "
        "APIs the requests speak, and "
        "in what share of them each field is there that detection can use.",
    .example = "retort inspect exchanges.jsonl.zst",
    .formats = "text|json",
    .out = "write there instead of standard output",
    .options = options,
    .threads = true,
    .operands_min = 1,
    .run = run};
