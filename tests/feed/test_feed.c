/* The whole feed: bad input by cause and place, threads that change nothing, digests, callbacks. */
#include "feed/feed.h"
#include "scratch.h"

#include "digest/file.h"
#include "feed/json.h"

#include <pthread.h>

#define GOOD "{\"ts\":1772352930,\"account\":\"a\"}"

/* counts what comes; a sum that does not depend on order */
struct sink {
  pthread_mutex_t lock;
  uint64_t exchanges, sum, lines, digest_bytes, digest_ends, progress;
  size_t longest;
  uint64_t threads_seen;
  rt_code answer; /* what the callbacks return */
};

static uint64_t sum_of(rt_slice s)
{
  uint64_t h = 1469598103934665603u;
  for (size_t i = 0; i < s.n; i++)
    h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
  return h;
}

static rt_code take(void *ctx, unsigned thread, const rt_exchange *x, const rt__place *at,
                    rt_error *err)
{
  struct sink *s = ctx;
  (void)pthread_mutex_lock(&s->lock);
  s->exchanges++;
  s->sum += sum_of(x->account) * 3 + sum_of(x->last_user) + at->line * 7 + at->offset * 11 +
            at->file * 13;
  if (x->last_user.n > s->longest)
    s->longest = x->last_user.n;
  s->threads_seen |= UINT64_C(1) << thread;
  (void)pthread_mutex_unlock(&s->lock);
  return s->answer == RT_OK ? RT_OK : rt__fail(err, s->answer, "said the sink");
}

static rt_code take_line(void *ctx, unsigned thread, rt_slice line, const rt__place *at,
                         rt_error *err)
{
  struct sink *s = ctx;
  (void)thread;
  (void)at;
  (void)err;
  (void)pthread_mutex_lock(&s->lock);
  s->lines++;
  s->sum += sum_of(line);
  (void)pthread_mutex_unlock(&s->lock);
  return RT_OK;
}

static rt_code take_digest(void *ctx, uint32_t input, const void *p, size_t n, rt_error *err)
{
  struct sink *s = ctx;
  (void)input;
  (void)p;
  s->digest_bytes += n;
  s->digest_ends += n == 0;
  return s->answer == RT_OK ? RT_OK : rt__fail(err, s->answer, "said the digest");
}

static void progress(void *ctx, const rt__feed_progress *p)
{
  struct sink *s = ctx;
  s->progress++;
  assert_true(p->input < p->inputs);
  assert_true(p->total == 0 || p->bytes <= p->total);
}

static struct sink sink;

/* runs over paths; the result is the caller's */
static rt__feed_result *run(const char *const *paths, size_t n, rt__feed_options o, rt_code want)
{
  rt__feed_callbacks cb = {
      .ctx = &sink, .exchange = take, .digest = take_digest, .progress = progress};
  rt__feed_result *r;
  rt_error err = {0};
  rt_code answer = sink.answer;
  memset(&sink, 0, sizeof sink);
  sink.answer = answer;
  assert_int_equal(pthread_mutex_init(&sink.lock, NULL), 0);
  o.paths = paths;
  o.n_paths = n;
  rt_code c = rt__feed_run(&o, &cb, &r, &err);
  if (c != want)
    fail_msg("%s: %s", rt_code_name(c), err.message);
  assert_non_null(r);
  assert_int_equal(r->exchanges, sink.exchanges);
  (void)pthread_mutex_destroy(&sink.lock);
  return r;
}

static rt__feed_result *run_one(const char *path)
{
  return run(&path, 1, (rt__feed_options){.threads = 2}, RT_OK);
}

/* a file of one bad line between two good ones is refused for this cause, at its place */
static void check_refused(const void *bad, size_t n, rt__cause cause, const char *says)
{
  size_t g = strlen(GOOD) + 1;
  char *text = malloc(2 * g + n + 1);
  assert_non_null(text);
  memcpy(text, GOOD "\n", g);
  memcpy(text + g, bad, n);
  text[g + n] = '\n';
  memcpy(text + g + n + 1, GOOD "\n", g);
  rt__feed_result *r = run_one(scratch_put("bad", text, 2 * g + n + 1));
  if (r->tally.count[cause] != 1)
    fail_msg("not refused as %s: %.60s", rt__cause_name(cause), (const char *)bad);
  assert_int_equal(rt__tally_refused(&r->tally), 1);
  assert_int_equal(r->exchanges, 2);
  assert_int_equal(r->lines, 3);
  const rt__example *e = &r->tally.first[cause][0];
  assert_int_equal(r->tally.kept[cause], 1);
  assert_int_equal(e->at.file, 0);
  assert_int_equal(e->at.line, 2);
  assert_int_equal(e->at.offset, g);
  if (!strstr(e->message, says))
    fail_msg("\"%s\" does not say \"%s\"", e->message, says);
  rt__feed_result_free(r);
  free(text);
}

static void bad_lines_by_cause(void **state)
{
  static const struct {
    const char *line;
    rt__cause cause;
    const char *says;
  } rows[] = {
      {"{\"ts\":1,", RT__CAUSE_BROKEN, "at byte"},
      {"{\"ts\":1772352930,\"account\":\"a\"} x", RT__CAUSE_BROKEN, "more behind the value"},
      {"[1,2]", RT__CAUSE_BROKEN, "a list where an object should be"},
      {"\"text\"", RT__CAUSE_BROKEN, "a string"},
      {"{\"ts\":1772352930,\"account\":\"\xff\"}", RT__CAUSE_UTF8, "not UTF-8"},
      {"{\"hello\":\"w\\u0001\x7forld\"}", RT__CAUSE_DIALECT, "{\"hello\":\"w\\u0001?orld\"}"},
      {"{}", RT__CAUSE_DIALECT, "{}"},
      {"{\"ts\":1772352930}", RT__CAUSE_MISSING, "account"},
      {"{\"ts\":1772352930,\"account\":null}", RT__CAUSE_MISSING, "account"},
      {"{\"ts\":1772352930,\"account\":\"\"}", RT__CAUSE_MISSING, "account"},
      {"{\"ts\":1772352930,\"account\":\"[REDACTED]\"}", RT__CAUSE_MISSING, "blanked"},
      {"{\"account\":\"a\"}", RT__CAUSE_MISSING, "ts"},
      {"{\"account\":17,\"ts\":1772352930}", RT__CAUSE_TYPE, "account: a number"},
      {"{\"account\":[\"a\"],\"ts\":1772352930}", RT__CAUSE_TYPE, "account: a list"},
      {"{\"account\":\"a\",\"ts\":true}", RT__CAUSE_TYPE, "ts: a truth value"},
      {"{\"account\":\"a\",\"ts\":{}}", RT__CAUSE_TYPE, "ts: an object"},
      {"{\"account\":\"a\",\"ts\":\"yesterday\"}", RT__CAUSE_TIME, "yesterday"},
      {"{\"account\":\"a\",\"ts\":\"1970-01-01T00:00:00Z\"}", RT__CAUSE_TIME, "before 2000"},
      {"{\"account\":\"a\",\"ts\":0}", RT__CAUSE_TIME, "before 2000"},
      {"{\"account\":\"a\",\"ts\":\"2200-01-01T00:00:00Z\"}", RT__CAUSE_TIME, "after 2100"},
      {"{\"account\":\"a\",\"ts\":7258118400}", RT__CAUSE_TIME, "after 2100"},
      {"{\"account\":\"a\",\"ts\":1772352930250}", RT__CAUSE_TIME, "millisecond"},
      {"{\"account\":\"a\",\"ts\":1e999}", RT__CAUSE_TIME, "ts"},
  };
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    check_refused(rows[i].line, strlen(rows[i].line), rows[i].cause, rows[i].says);
  check_refused("{\"ts\":1,\"account\":\"a\0b\"}", 24, RT__CAUSE_NUL, "NUL");
  check_refused("\0\0\0", 3, RT__CAUSE_NUL, "NUL");
}

static void bad_lines_by_size(void **state)
{
  char line[30000];
  (void)state;
  size_t n = (size_t)snprintf(line, sizeof line, "{\"ts\":1772352930,\"account\":\"%02000d\"}", 1);
  check_refused(line, n, RT__CAUSE_NAME, "longer");
  n = (size_t)snprintf(line, sizeof line,
                       "{\"ts\":1772352930,\"account\":\"a\",\"request\":{\"messages\":");
  memset(line + n, '[', 10000);
  memset(line + n + 10000, ']', 10000);
  memcpy(line + n + 20000, "}}", 2);
  check_refused(line, n + 20002, RT__CAUSE_DEEP, "nested");
  memset(line, '{', 10000);
  check_refused(line, 10000, RT__CAUSE_BROKEN, "key");
}

/* an optional field of a wrong type costs the field, not the line */
static void optional_fields_are_only_warned_of(void **state)
{
  static const struct {
    const char *member;
    rt__cause cause;
  } rows[] = {
      {"\"model\":1", RT__CAUSE_FIELD_TYPE},
      {"\"org\":{}", RT__CAUSE_FIELD_TYPE},
      {"\"request\":\"x\"", RT__CAUSE_FIELD_TYPE},
      {"\"request\":{\"messages\":{}}", RT__CAUSE_FIELD_TYPE},
      {"\"request\":{\"messages\":[{\"role\":1,\"content\":2}]}", RT__CAUSE_FIELD_TYPE},
      {"\"request\":{\"temperature\":\"hot\"}", RT__CAUSE_FIELD_TYPE},
      {"\"usage\":{\"input\":\"5\"}", RT__CAUSE_FIELD_TYPE},
      {"\"headers\":{\"a\":1}", RT__CAUSE_FIELD_TYPE},
      {"\"response\":7", RT__CAUSE_FIELD_TYPE},
      {"\"status\":-1", RT__CAUSE_FIELD_RANGE},
      {"\"status\":200.5", RT__CAUSE_FIELD_RANGE},
      {"\"asn\":\"ASx\"", RT__CAUSE_FIELD_RANGE},
      {"\"asn\":4294967296", RT__CAUSE_FIELD_RANGE},
      {"\"latency_ms\":-3", RT__CAUSE_FIELD_RANGE},
      {"\"outcome\":\"great\"", RT__CAUSE_FIELD_RANGE},
      {"\"usage\":{\"input\":1e12}", RT__CAUSE_FIELD_RANGE},
      {"\"request\":{\"temperature\":1e400}", RT__CAUSE_FIELD_RANGE},
      {"\"ip\":\"[redacted]\"", RT__CAUSE_BLANKED},
      {"\"request\":{\"messages\":[{\"role\":\"user\",\"content\":\"x [truncated]\"}]}",
       RT__CAUSE_CUT},
  };
  char line[300];
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    (void)snprintf(line, sizeof line, "{\"ts\":1772352930,\"account\":\"a\",%s}", rows[i].member);
    rt__feed_result *r = run_one(scratch_text("warn", line));
    if (r->exchanges != 1 || r->tally.count[rows[i].cause] == 0)
      fail_msg("no warning, or refused: %s", line);
    assert_int_equal(rt__tally_refused(&r->tally), 0);
    rt__feed_result_free(r);
  }
}

static void line_ends_blanks_and_marks(void **state)
{
  static const char text[] = "\xef\xbb\xbf" GOOD "\r\n\r\n   \n\n" GOOD "\n\t\r\n" GOOD;
  (void)state;
  rt__feed_result *r = run_one(scratch_text("crlf", text));
  assert_int_equal(r->exchanges, 3);
  assert_int_equal(r->lines, 7);
  assert_int_equal(r->blank, 4);
  assert_int_equal(rt__tally_refused(&r->tally), 0);
  rt__feed_result_free(r);
  r = run_one(scratch_text("bom2", GOOD "\n\xef\xbb\xbf" GOOD "\n")); /* not at the start */
  assert_int_equal(r->exchanges, 1);
  assert_int_equal(r->tally.count[RT__CAUSE_BROKEN], 1);
  rt__feed_result_free(r);
}

static void inputs_that_fail_do_not_stop_the_run(void **state)
{
  (void)state;
  const char *good = scratch_text("good", GOOD "\n"), *empty = scratch_text("empty", "");
  const char *paths[] = {scratch_path("nowhere"), good, scratch_path("good/below"), empty, good};
  rt__feed_result *r = run(paths, 5, (rt__feed_options){.threads = 2}, RT_OK);
  assert_int_equal(r->exchanges, 2);
  assert_int_equal(rt__feed_troubles(r), 2);
  assert_non_null(strstr(r->inputs.v[0].message, "nowhere: No such file"));
  assert_non_null(strstr(r->inputs.v[2].message, "Not a directory"));
  assert_int_equal(r->inputs.v[3].code, RT_OK);
  assert_int_equal(r->inputs.v[3].bytes, 0);
  rt__feed_result_free(r);
}

/* lines of many kinds, some of them bad */
static char *mixed_lines(size_t count, size_t *n)
{
  char *text = malloc(count * 200);
  assert_non_null(text);
  *n = 0;
  for (size_t i = 0; i < count; i++) {
    const char *form = i % 7 == 3    ? "{\"ts\":%zu\n"
                       : i % 11 == 5 ? "{\"account\":\"a%zu\"}\n"
                       : i % 13 == 6
                           ? "\n"
                           : "{\"ts\":1772352930,\"account\":\"a%zu\",\"request\":{\"messages\":"
                             "[{\"role\":\"user\",\"content\":\"how\\nmany?\"}]}}\n";
    *n += (size_t)snprintf(text + *n, count * 200 - *n, form, i);
  }
  return text;
}

static void check_same(const rt__feed_result *a, const rt__feed_result *b)
{
  assert_int_equal(a->lines, b->lines);
  assert_int_equal(a->blank, b->blank);
  assert_int_equal(a->exchanges, b->exchanges);
  assert_memory_equal(a->tally.count, b->tally.count, sizeof a->tally.count);
  assert_memory_equal(a->tally.kept, b->tally.kept, sizeof a->tally.kept);
  for (int c = 0; c < RT__CAUSE_COUNT; c++)
    for (uint32_t i = 0; i < a->tally.kept[c]; i++) {
      assert_int_equal(rt__place_cmp(&a->tally.first[c][i].at, &b->tally.first[c][i].at), 0);
      assert_string_equal(a->tally.first[c][i].message, b->tally.first[c][i].message);
    }
}

static void threads_and_batches_change_nothing(void **state)
{
  size_t n, k;
  char *text = mixed_lines(20000, &n);
  unsigned char *p = pack_zstd(text, n, &k);
  (void)state;
  (void)scratch_put("mixed", text, n);
  (void)scratch_put("mixed.zst", p, k);
  const char *paths[] = {scratch_path("mixed"), scratch_path("mixed.zst")};
  rt__feed_result *one = run(paths, 2, (rt__feed_options){.threads = 1}, RT_OK);
  uint64_t sum = sink.sum;
  assert_true(one->exchanges > 20000 && sink.progress > 0);
  assert_int_equal(one->tally.kept[RT__CAUSE_BROKEN], RT__EXAMPLES_MAX);
  assert_int_equal(one->tally.first[RT__CAUSE_BROKEN][4].at.line, 4 + 7 * 4);
  static const struct {
    unsigned threads;
    size_t batch;
  } ways[] = {{2, 0}, {2, 4096}, {5, 1000}, {1, 1}, {64, 70000}};
  for (size_t i = 0; i < RT__ARRAY_LEN(ways); i++) {
    rt__feed_result *r = run(
        paths, 2, (rt__feed_options){.threads = ways[i].threads, .batch = ways[i].batch}, RT_OK);
    check_same(one, r);
    assert_true(sink.sum == sum);
    rt__feed_result_free(r);
  }
  rt__feed_result_free(one);
  free(text);
  free(p);
}

static void long_lines_are_refused_and_the_run_goes_on(void **state)
{
  static char text[3000];
  (void)state;
  /* beyond the maximum by one, at it, and below; within a batch and beyond one */
  for (size_t batch = 64; batch <= 65536; batch *= 32) {
    size_t n = 0;
    for (size_t len = 199; len <= 202; len++)
      n += (size_t)snprintf(text + n, sizeof text - n,
                            "{\"ts\":1772352930,\"account\":\"a\",\"x\":\"%0*d\"}\n",
                            (int)(len - 38), 0);
    assert_int_equal(strchr(text, '\n') - text, 199);
    const char *path = scratch_put("long", text, n);
    rt__feed_result *r =
        run(&path, 1, (rt__feed_options){.threads = 2, .batch = batch, .line_max = 200}, RT_OK);
    assert_int_equal(r->exchanges, 2);
    assert_int_equal(r->lines, 4);
    assert_int_equal(r->tally.count[RT__CAUSE_LONG], 2);
    assert_int_equal(r->tally.first[RT__CAUSE_LONG][0].at.line, 3);
    assert_int_equal(r->tally.first[RT__CAUSE_LONG][1].at.line, 4);
    rt__feed_result_free(r);
  }
}

/* 100 MB in one string is a line like any other; 200 MB is too much, and both are passed */
static void a_hundred_megabytes_in_one_string(void **state)
{
  static const char head[] =
      "{\"ts\":1772352930,\"account\":\"a\",\"request\":{\"messages\":[{\"role\":\"user\","
      "\"content\":\"";
  const size_t text_n = 100000000;
  char *text = malloc(text_n);
  (void)state;
  assert_non_null(text);
  memset(text, 'x', text_n);
  FILE *f = fopen(scratch_path("huge"), "wb");
  assert_non_null(f);
  for (size_t i = 1; i <= 2; i++) {
    (void)fputs(GOOD "\n", f);
    (void)fputs(head, f);
    for (size_t k = 0; k < i; k++)
      assert_int_equal(fwrite(text, 1, text_n, f), text_n);
    (void)fputs("\"}]}}\n" GOOD "\n", f);
  }
  assert_int_equal(fclose(f), 0);
  free(text);
  rt__feed_result *r = run_one(scratch_path("huge"));
  assert_int_equal(r->exchanges, 5);
  assert_int_equal(sink.longest, text_n);
  assert_int_equal(r->tally.count[RT__CAUSE_LONG], 1);
  assert_int_equal(r->tally.first[RT__CAUSE_LONG][0].at.line, 5);
  rt__feed_result_free(r);
  assert_int_equal(unlink(scratch_path("huge")), 0);
}

static void a_truncated_stream_gives_its_lines(void **state)
{
  size_t n, k;
  char *text = mixed_lines(20000, &n);
  unsigned char *p = pack_zstd(text, n, &k);
  (void)state;
  const char *paths[] = {scratch_put("cut.zst", p, k / 2), scratch_text("good", GOOD "\n")};
  rt__feed_result *r = run(paths, 2, (rt__feed_options){.threads = 2}, RT_OK);
  assert_true(r->exchanges > 1000);
  assert_int_equal(r->inputs.v[0].code, RT_E_TRUNCATED);
  assert_non_null(strstr(r->inputs.v[0].message, "ends early, at byte"));
  /* the half line at the break is no broken line */
  uint64_t lines = r->lines - 1, broken = 0;
  for (uint64_t i = 0; i < lines; i++)
    broken += i % 7 == 3;
  assert_int_equal(r->tally.count[RT__CAUSE_BROKEN], broken);
  rt__feed_result_free(r);
  free(text);
  free(p);
}

/* a bomb of one endless line: given up, in little memory */
static void a_bomb_of_one_line(void **state)
{
  const size_t piece = (size_t)64 << 20;
  char *zeros = malloc(piece);
  size_t k;
  (void)state;
  assert_non_null(zeros);
  memset(zeros, '[', piece);
  unsigned char *p = pack_zstd(zeros, piece, &k);
  FILE *f = fopen(scratch_path("bomb"), "wb");
  assert_non_null(f);
  for (int i = 0; i < 20; i++)
    assert_int_equal(fwrite(p, 1, k, f), k);
  assert_int_equal(fclose(f), 0);
  free(zeros);
  free(p);
  const char *paths[] = {scratch_path("bomb"), scratch_text("good", GOOD "\n")};
  rt__feed_result *r = run(paths, 2, (rt__feed_options){.line_max = (size_t)1 << 20}, RT_OK);
  assert_int_equal(r->exchanges, 1);
  assert_int_equal(r->inputs.v[0].code, RT_E_LIMIT);
  assert_int_equal(r->tally.count[RT__CAUSE_LONG], 1);
  assert_true(r->inputs.v[0].unpacked < ((uint64_t)300 << 20));
  rt__feed_result_free(r);
}

static void callbacks_can_end_the_run(void **state)
{
  size_t n;
  char *text = mixed_lines(5000, &n);
  const char *path = scratch_put("stopped", text, n);
  (void)state;
  sink.answer = RT_E_STOPPED;
  rt__feed_result *r = run(&path, 1, (rt__feed_options){.threads = 2, .batch = 4096}, RT_E_STOPPED);
  sink.answer = RT_OK;
  assert_true(r->exchanges >= 1 && r->exchanges <= 2);
  rt__feed_result_free(r);
  free(text);
}

static void keep_bytes(rt__buf *b, const void *p, size_t n)
{
  assert_int_equal(rt__buf_add(b, p, n), RT_OK);
}

static rt_code keep(void *ctx, const void *p, size_t n, rt_error *err)
{
  (void)err;
  keep_bytes(ctx, p, n);
  return RT_OK;
}

static void digests_go_their_own_way(void **state)
{
  rt_key key;
  rt__buf b;
  rt__file_writer *w;
  size_t k;
  (void)state;
  rt__buf_init(&b, rt_alloc_default(), 1 << 20);
  assert_int_equal(rt_key_default(&key), RT_OK);
  assert_int_equal(rt__file_writer_new(rt_alloc_default(), &key, keep, &b, &w, NULL), RT_OK);
  assert_int_equal(rt__file_writer_close(w, NULL), RT_OK);
  rt__file_writer_free(w);
  unsigned char *p = pack_gzip(b.p, b.n, &k);
  const char *paths[] = {scratch_put("a.rtd", b.p, b.n), scratch_put("b.txt", p, k),
                         scratch_text("good", GOOD "\n")};
  rt__feed_result *r = run(paths, 3, (rt__feed_options){.threads = 2}, RT_OK);
  assert_int_equal(r->exchanges, 1);
  assert_int_equal(sink.digest_bytes, 2 * b.n);
  assert_int_equal(sink.digest_ends, 2);
  assert_true(r->inputs.v[0].digest && r->inputs.v[1].digest && !r->inputs.v[2].digest);
  rt__feed_result_free(r);
  sink.answer = RT_E_CHECKSUM; /* trouble of that input, not of the run */
  r = run(paths, 2, (rt__feed_options){.threads = 2}, RT_OK);
  sink.answer = RT_OK;
  assert_int_equal(rt__feed_troubles(r), 2);
  assert_int_equal(r->inputs.v[0].code, RT_E_CHECKSUM);
  assert_non_null(strstr(r->inputs.v[0].message, "a.rtd: said the digest"));
  rt__feed_result_free(r);
  free(p);
  rt__buf_free(&b);
}

static void lines_as_they_stand(void **state)
{
  rt__feed_callbacks cb = {.ctx = &sink, .line = take_line};
  rt__feed_result *r;
  (void)state;
  const char *path = scratch_text("raw", "\xef\xbb\xbfone\r\n\n  \ntwo\nthree");
  rt__feed_options o = {.paths = &path, .n_paths = 1};
  memset(&sink, 0, sizeof sink);
  assert_int_equal(pthread_mutex_init(&sink.lock, NULL), 0);
  assert_int_equal(rt__feed_run(&o, &cb, &r, NULL), RT_OK);
  assert_int_equal(sink.lines, 3);
  assert_true(sink.sum ==
              sum_of(RT__LIT("one")) + sum_of(RT__LIT("two")) + sum_of(RT__LIT("three")));
  assert_int_equal(r->lines, 5);
  assert_int_equal(r->blank, 2);
  rt__feed_result_free(r);
  (void)pthread_mutex_destroy(&sink.lock);
}

/* examples come out smallest place first, whatever the order they went in */
static void tallies_merge_in_order(void **state)
{
  rt__tally a = {.count = {0}}, b = {.count = {0}};
  (void)state;
  for (uint64_t i = 0; i < 20; i++) {
    rt__place at = {0, (i * 7) % 20, 0};
    rt__tally_add(i % 2 ? &a : &b, RT__CAUSE_NUL, &at, "line\n%d\x1b", (int)at.line);
  }
  rt__tally_merge(&a, &b);
  assert_int_equal(a.count[RT__CAUSE_NUL], 20);
  assert_int_equal(a.kept[RT__CAUSE_NUL], RT__EXAMPLES_MAX);
  for (uint32_t i = 0; i < RT__EXAMPLES_MAX; i++)
    assert_int_equal(a.first[RT__CAUSE_NUL][i].at.line, i);
  assert_string_equal(a.first[RT__CAUSE_NUL][3].message, "line?3?"); /* nothing moves a terminal */
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bad_lines_by_cause),
      cmocka_unit_test(bad_lines_by_size),
      cmocka_unit_test(optional_fields_are_only_warned_of),
      cmocka_unit_test(line_ends_blanks_and_marks),
      cmocka_unit_test(inputs_that_fail_do_not_stop_the_run),
      cmocka_unit_test(threads_and_batches_change_nothing),
      cmocka_unit_test(long_lines_are_refused_and_the_run_goes_on),
      cmocka_unit_test(a_hundred_megabytes_in_one_string),
      cmocka_unit_test(a_truncated_stream_gives_its_lines),
      cmocka_unit_test(a_bomb_of_one_line),
      cmocka_unit_test(callbacks_can_end_the_run),
      cmocka_unit_test(digests_go_their_own_way),
      cmocka_unit_test(lines_as_they_stand),
      cmocka_unit_test(tallies_merge_in_order),
  };
  return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
