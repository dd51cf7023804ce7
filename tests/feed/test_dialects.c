/* Every dialect tells of the same three calls: what a dialect can carry must come out as the
 * envelope has it (tests/data/feed/truth.jsonl). And what each sample holds beside them. */
#include "dump.h"
#include "feed/feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <pthread.h>

#define DUMP_MAX ((size_t)1 << 24)
#define CALLS    3

/* what a sample carries */
enum {
  WHO = 1,
  MODEL = 2,
  USERS = 4, /* the users' texts and how many turns there are */
  SYSTEM = 8,
  TOOLS = 16,
  KNOBS = 32,
  TOKENS = 64,
  ANSWER = 128,
  IP = 256,
  AGENT = 512,
  LATENCY = 1024,
  OK = 2048,     /* outcome */
  STREAM = 4096, /* all are streams */
  ARN = 8192,    /* the account is the end of a longer name */
  TEXTS = USERS | SYSTEM | ANSWER,
  ALL = WHO | MODEL | TEXTS | TOOLS | KNOBS | TOKENS | IP | AGENT | LATENCY | OK,
  OTEL = ALL & ~TOOLS,
  BEDROCK = (ALL & ~(IP | AGENT | LATENCY)) | ARN,
  VERTEX = ALL & ~(IP | AGENT | LATENCY),
};

static const struct sample {
  const char *name;
  unsigned has;
  uint64_t exchanges, refused, other, warned;
  const char *map; /* of examples/maps */
} samples[] = {
    {"truth", ALL, 3, 0, 0, 0, NULL},
    {"envelope/strings", ALL, 3, 0, 0, 0, NULL},
    {"envelope/streams", ALL, 3, 0, 0, 0, NULL},
    {"litellm/payload", ALL, 3, 0, 0, 0, NULL},
    {"litellm/array", ALL, 3, 0, 0, 0, NULL},
    {"litellm/wrapped", ALL, 3, 0, 0, 0, NULL},
    {"litellm/redacted", ALL & ~TEXTS, 3, 0, 0, 9, NULL},
    {"spendlog/prompts", ALL & ~AGENT, 3, 0, 0, 0, NULL},
    {"spendlog/strings", ALL & ~AGENT, 3, 0, 0, 0, NULL},
    {"spendlog/bare", WHO | MODEL | TOKENS | IP | LATENCY | OK, 3, 0, 0, 0, NULL},
    {"otlp/spans", ALL, 3, 0, 3, 0, NULL},
    {"otlp/structured", ALL, 3, 0, 0, 0, NULL},
    {"otlp/resource", ALL, 3, 0, 0, 0, NULL},
    {"otlp/snake", ALL, 3, 0, 0, 0, NULL},
    {"otlp/halves", ALL, 3, 0, 0, 0, NULL},
    {"otlp/halves-events-first", ALL, 3, 0, 0, 0, NULL},
    {"otlp/both", ALL, 3, 0, 0, 0, NULL},
    {"otlp/events", ALL & ~LATENCY, 3, 0, 0, 0, NULL},
    {"otlp/flattened", OTEL, 3, 0, 0, 0, NULL},
    {"otlp/message-events", OTEL, 3, 0, 0, 0, NULL},
    {"otlp/span-events", OTEL, 3, 0, 0, 0, NULL},
    {"otlp/content-events", OTEL, 3, 0, 0, 0, NULL},
    {"otlp/console", ALL, 3, 0, 0, 0, NULL},
    {"openinference/otlp", ALL, 3, 0, 1, 0, NULL},
    {"openinference/console", ALL, 3, 0, 1, 0, NULL},
    {"openinference/nested", ALL, 3, 0, 0, 0, NULL},
    {"openinference/values", ALL, 3, 0, 0, 0, NULL},
    {"bedrock/converse", BEDROCK, 3, 0, 0, 0, NULL},
    {"bedrock/converse-stream", BEDROCK | STREAM, 3, 0, 0, 0, NULL},
    {"bedrock/native", BEDROCK, 3, 0, 0, 0, NULL},
    {"bedrock/native-strings", BEDROCK, 3, 0, 0, 0, NULL},
    {"bedrock/native-stream", BEDROCK | STREAM, 3, 0, 0, 0, NULL},
    {"bedrock/cloudwatch", BEDROCK, 3, 0, 0, 0, NULL},
    {"bedrock/models", 0, 10, 0, 1, 1, NULL},
    {"vertex/rows", VERTEX, 3, 0, 0, 0, NULL},
    {"vertex/strings", VERTEX, 3, 0, 0, 0, NULL},
    {"vertex/streams", VERTEX | STREAM, 3, 0, 0, 0, NULL},
    {"vertex/envelope", VERTEX, 3, 0, 0, 0, NULL},
    {"vertex/more", 0, 3, 0, 0, 1, NULL},
    {"apim/resource-log", ALL, 3, 0, 0, 0, NULL},
    {"apim/records", ALL, 3, 0, 0, 0, NULL},
    {"apim/table", ALL, 3, 0, 0, 0, NULL},
    {"apim/more", 0, 1, 1, 2, 0, NULL},
    {"envoy/access", WHO | MODEL | TOKENS | IP | AGENT | LATENCY | OK, 3, 0, 0, 0, NULL},
    {"envoy/documented", WHO | MODEL | TOKENS | AGENT | LATENCY | OK, 3, 0, 0, 0, NULL},
    {"envoy/nobody", 0, 0, 1, 0, 0, NULL},
    {"litellm/who", 0, 4, 0, 1, 0, NULL},
    {"maps/langfuse", ALL, 3, 0, 0, 0, "langfuse"},
    {"maps/helicone", ALL & ~(IP | AGENT), 3, 0, 0, 0, "helicone"},
    {"maps/spendlogs", ALL & ~(AGENT | OK), 3, 0, 0, 0, "spendlogs"},
};

struct seen {
  pthread_mutex_t lock;
  rt__buf lines[CALLS]; /* one a call, as far as the sample carries it */
  rt__buf all;          /* everything that was read, whole */
  unsigned has;
  uint64_t exchanges;
};

static const int64_t times[CALLS] = {INT64_C(1772352000250000), INT64_C(1772352007000000),
                                     INT64_C(1772352009500000)};

static void put_text(rt__buf *b, const char *name, rt_slice s)
{
  assert_int_equal(rt__buf_printf(b, " %s=", name), RT_OK);
  assert_int_equal(rt__buf_add(b, s.p ? s.p : "-", s.p ? s.n : 1), RT_OK);
}

static void put_number(rt__buf *b, const char *name, int64_t n)
{
  assert_int_equal(rt__buf_printf(b, " %s=%lld", name, (long long)n), RT_OK);
}

static rt_slice after_slash(rt_slice s)
{
  size_t from = s.n;
  while (from > 0 && s.p[from - 1] != '/')
    from--;
  return rt__slice(s.p + from, s.n - from);
}

static void put_shown(rt__buf *b, const rt_exchange *x, unsigned has, unsigned own)
{
  if (has & WHO)
    put_text(b, "account", own & ARN ? after_slash(x->account) : x->account);
  if (has & MODEL)
    put_text(b, "model", x->model);
  if (has & USERS) {
    put_text(b, "first", x->first_user);
    put_text(b, "last", x->last_user);
    put_number(b, "users", x->n_user);
    put_number(b, "assistants", x->n_assistant);
  }
  if (has & SYSTEM)
    put_text(b, "system", x->system);
  if (has & ANSWER)
    put_text(b, "output", x->output);
  if (has & TOOLS)
    put_text(b, "tools", x->tools);
  if (has & KNOBS) {
    put_number(b, "max", x->max_tokens);
    put_number(b, "temperature", x->temperature_milli);
  }
  if (has & TOKENS) {
    put_number(b, "in", x->tokens_in);
    put_number(b, "out", x->tokens_out);
  }
  if (has & IP)
    put_text(b, "ip", x->ip);
  if (has & AGENT)
    put_text(b, "agent", x->user_agent);
  if (has & LATENCY)
    put_number(b, "latency", x->latency_ms);
  if (has & OK)
    put_number(b, "outcome", x->outcome);
}

static rt_code take(void *ctx, unsigned thread, const rt_exchange *x, const rt__place *at,
                    rt_error *err)
{
  struct seen *s = ctx;
  (void)thread;
  (void)at;
  (void)pthread_mutex_lock(&s->lock);
  s->exchanges++;
  for (int i = 0; i < CALLS; i++)
    if (x->time_us == times[i])
      put_shown(&s->lines[i], x, s->has, s->has);
  if (s->has & STREAM)
    assert_true(x->stream);
  rt_code c = dump_exchange(x, &s->all);
  (void)pthread_mutex_unlock(&s->lock);
  return c == RT_OK ? c : rt__fail(err, c, "dump");
}

static void seen_init(struct seen *s, unsigned has)
{
  *s = (struct seen){.has = has};
  assert_int_equal(pthread_mutex_init(&s->lock, NULL), 0);
  rt__buf_init(&s->all, rt_alloc_default(), DUMP_MAX);
  for (int i = 0; i < CALLS; i++)
    rt__buf_init(&s->lines[i], rt_alloc_default(), DUMP_MAX);
}

static void seen_free(struct seen *s)
{
  (void)pthread_mutex_destroy(&s->lock);
  rt__buf_free(&s->all);
  for (int i = 0; i < CALLS; i++)
    rt__buf_free(&s->lines[i]);
}

static rt__buf read_whole(const char *path)
{
  rt__buf b;
  char piece[4096];
  size_t n;
  rt__buf_init(&b, rt_alloc_default(), DUMP_MAX);
  FILE *f = fopen(path, "rb");
  if (!f)
    fail_msg("no %s", path);
  while ((n = fread(piece, 1, sizeof piece, f)) > 0)
    assert_int_equal(rt__buf_add(&b, piece, n), RT_OK);
  (void)fclose(f);
  return b;
}

static rt__mapping *read_map(const char *name)
{
  char path[512];
  rt__mapping *m = NULL;
  rt_error err = {0};
  (void)snprintf(path, sizeof path, "%s/../../examples/maps/%s.map", RT_TEST_DATA, name);
  rt__buf text = read_whole(path);
  if (rt__mapping_parse(rt_alloc_default(), rt__buf_slice(&text), &m, &err) != RT_OK)
    fail_msg("%s: %s", name, err.message);
  rt__buf_free(&text);
  return m;
}

static rt__tally read_sample(const char *name, const char *map, unsigned threads, struct seen *s)
{
  char path[512];
  (void)snprintf(path, sizeof path, "%s/feed/%s.jsonl", RT_TEST_DATA, name);
  const char *paths[] = {path};
  rt__mapping *m = map ? read_map(map) : NULL;
  const rt__feed_options o = {
      .paths = paths, .n_paths = 1, .threads = threads, .batch = 4096, .mapping = m};
  const rt__feed_callbacks cb = {.ctx = s, .exchange = take};
  rt__feed_result *r;
  assert_int_equal(rt__feed_run(&o, &cb, &r, NULL), RT_OK);
  assert_int_equal(rt__feed_troubles(r), 0);
  rt__tally t = r->tally;
  uint64_t made = 0;
  for (int d = 0; d < RT__DIALECT_COUNT; d++)
    made += r->made[d];
  assert_int_equal(made, r->exchanges);
  rt__feed_result_free(r);
  rt__mapping_free(m);
  return t;
}

static void same_as_truth(const struct sample *p)
{
  struct seen truth, got;
  seen_init(&truth, p->has & ~(unsigned)(STREAM | ARN));
  seen_init(&got, p->has);
  (void)read_sample("truth", NULL, 1, &truth);
  rt__tally t = read_sample(p->name, p->map, 1, &got);
  if (got.exchanges != p->exchanges || rt__tally_refused(&t) != p->refused ||
      rt__tally_other(&t) != p->other || rt__tally_warned(&t) != p->warned)
    fail_msg("%s: %llu exchanges, %llu refused, %llu other, %llu warned", p->name,
             (unsigned long long)got.exchanges, (unsigned long long)rt__tally_refused(&t),
             (unsigned long long)rt__tally_other(&t), (unsigned long long)rt__tally_warned(&t));
  for (int i = 0; p->has && i < CALLS; i++)
    if (!rt__slice_eq(rt__buf_slice(&truth.lines[i]), rt__buf_slice(&got.lines[i])))
      fail_msg("%s, call %d:\n want%.*s\n  got%.*s", p->name, i + 1, (int)truth.lines[i].n,
               truth.lines[i].p, (int)got.lines[i].n, got.lines[i].p);
  seen_free(&truth);
  seen_free(&got);
}

static void every_dialect_tells_the_same(void **state)
{
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(samples); i++)
    same_as_truth(&samples[i]);
}

/* ---- all that was read of each sample, against what was worked out by hand */

static int by_bytes(const void *a, const void *b)
{
  return rt__slice_cmp(*(const rt_slice *)a, *(const rt_slice *)b);
}

/* lines in byte order: spans that waited come last, in an order of their own */
static void sort_lines(rt__buf *b)
{
  static rt_slice lines[64];
  size_t n = 0;
  char *copy = malloc(b->n + 1);
  assert_non_null(copy);
  memcpy(copy, b->p ? b->p : "", b->n);
  for (const char *p = copy, *end; n < 64 && (end = memchr(p, '\n', b->n - (size_t)(p - copy)));
       p = end + 1)
    lines[n++] = rt__slice(p, (size_t)(end - p) + 1);
  qsort(lines, n, sizeof lines[0], by_bytes);
  rt__buf_clear(b);
  for (size_t i = 0; i < n; i++)
    assert_int_equal(rt__buf_add(b, lines[i].p, lines[i].n), RT_OK);
  free(copy);
}

static void every_member_is_as_expected(void **state)
{
  char path[512];
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(samples); i++) {
    struct seen got;
    seen_init(&got, 0);
    (void)read_sample(samples[i].name, samples[i].map, 3, &got);
    sort_lines(&got.all);
    (void)snprintf(path, sizeof path, "%s/feed/%s.expected", RT_TEST_DATA, samples[i].name);
    rt__buf want = read_whole(path);
    if (!rt__slice_eq(rt__buf_slice(&want), rt__buf_slice(&got.all)))
      fail_msg("%s:\n want %.*s\n  got %.*s", samples[i].name, (int)want.n, want.p, (int)got.all.n,
               got.all.p);
    rt__buf_free(&want);
    seen_free(&got);
  }
}

/* `feed_test_dialects --write` makes the expectations anew: look at them before they are kept */
static int write_expected(void)
{
  char path[512];
  for (size_t i = 0; i < RT__ARRAY_LEN(samples); i++) {
    struct seen got;
    seen_init(&got, 0);
    (void)read_sample(samples[i].name, samples[i].map, 1, &got);
    sort_lines(&got.all);
    (void)snprintf(path, sizeof path, "%s/feed/%s.expected", RT_TEST_DATA, samples[i].name);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(got.all.p ? got.all.p : "", 1, got.all.n, f) != got.all.n || fclose(f) != 0)
      return 1;
    seen_free(&got);
  }
  return 0;
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_dialect_tells_the_same),
                                     cmocka_unit_test(every_member_is_as_expected)};
  if (argc > 1 && strcmp(argv[1], "--write") == 0)
    return write_expected();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
