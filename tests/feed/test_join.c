/* Spans and events that find each other: in any order, over files and threads, in memory or on
 * disk; ids that collide; what is sent twice. */
#include "dump.h"
#include "feed/feed.h"
#include "scratch.h"

#include <pthread.h>

#define DUMP_MAX ((size_t)1 << 26)

static struct seen {
  pthread_mutex_t lock;
  uint64_t exchanges, sum;
  rt__buf all;
} seen;

static uint64_t hash(const char *p, size_t n)
{
  uint64_t h = 1469598103934665603u;
  for (size_t i = 0; i < n; i++)
    h = (h ^ (unsigned char)p[i]) * 1099511628211u;
  return h;
}

/* a sum that does not depend on order, and all lines */
static rt_code take(void *ctx, unsigned thread, const rt_exchange *x, const rt__place *at,
                    rt_error *err)
{
  rt__buf line;
  (void)ctx;
  (void)thread;
  (void)at;
  (void)err;
  rt__buf_init(&line, rt_alloc_default(), DUMP_MAX);
  rt_code c = dump_exchange(x, &line);
  (void)pthread_mutex_lock(&seen.lock);
  seen.exchanges++;
  seen.sum += hash(line.p, line.n);
  if (c == RT_OK)
    c = rt__buf_add(&seen.all, line.p, line.n);
  (void)pthread_mutex_unlock(&seen.lock);
  rt__buf_free(&line);
  return c;
}

static rt__tally run(const char *const *paths, size_t n, rt__feed_options o)
{
  const rt__feed_callbacks cb = {.exchange = take};
  rt__feed_result *r;
  rt__buf_clear(&seen.all);
  seen.exchanges = seen.sum = 0;
  o.paths = paths;
  o.n_paths = n;
  assert_int_equal(rt__feed_run(&o, &cb, &r, NULL), RT_OK);
  rt__tally t = r->tally;
  assert_int_equal(r->exchanges, seen.exchanges);
  rt__feed_result_free(r);
  return t;
}

/* how often a text is in what was read */
static int times(const char *text)
{
  int n = 0;
  assert_int_equal(rt__buf_add(&seen.all, "", 1), RT_OK);
  seen.all.n--;
  for (const char *p = seen.all.p; (p = strstr(p, text)); p++)
    n++;
  return n;
}

/* ---- lines */

static size_t put_span(char *to, size_t size, int id, const char *start, const char *more)
{
  return (size_t)snprintf(
      to, size,
      "{\"resourceSpans\":[{\"resource\":{\"attributes\":[]},\"scopeSpans\":[{\"spans\":[{"
      "\"traceId\":\"%032x\",\"spanId\":\"%016x\","
      "\"startTimeUnixNano\":\"%s\",\"attributes\":[{\"key\":\"gen_ai.operation.name\",\"value\":{"
      "\"stringValue\":\"chat\"}},"
      "{\"key\":\"gen_ai.request.model\",\"value\":{\"stringValue\":\"m\"}},"
      "{\"key\":\"gen_ai.usage.input_tokens\",\"value\":{\"intValue\":\"%d\"}}%s]}]}]}]}\n",
      id + 1, id + 1, start, id, more);
}

static size_t put_event(char *to, size_t size, int id, const char *time, const char *more)
{
  return (size_t)snprintf(
      to, size,
      "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"traceId\":\"%032X\",\"spanId\":\"%"
      "016x\",\"timeUnixNano\":\"%s\","
      "\"eventName\":\"gen_ai.client.inference.operation.details\",\"attributes\":[{\"key\":\"gen_"
      "ai.operation.name\",\"value\":{\"stringValue\":\"chat\"}}%s]}]}]}]}\n",
      id + 1, id + 1, time, more);
}

#define T0         "1772352930000000000"
#define T1         "1772352931000000000"
#define USER(name) ",{\"key\":\"enduser.id\",\"value\":{\"stringValue\":\"" name "\"}}"
#define SAID(text) ",{\"key\":\"gen_ai.input.messages\",\"value\":{\"stringValue\":\"" text "\"}}"

struct file {
  char text[1 << 16];
  size_t n;
};

static void add_span(struct file *f, int id, const char *start, const char *more)
{
  f->n += put_span(f->text + f->n, sizeof f->text - f->n, id, start, more);
}

static void add_event(struct file *f, int id, const char *time, const char *more)
{
  f->n += put_event(f->text + f->n, sizeof f->text - f->n, id, time, more);
}

static rt__tally run_file(const struct file *f)
{
  const char *paths[] = {scratch_put("one", f->text, f->n)};
  return run(paths, 1, (rt__feed_options){.threads = 1});
}

static struct file *fresh(void)
{
  static struct file f;
  f.n = 0;
  return &f;
}

/* ---- tests */

static void the_account_may_stand_in_either_half(void **state)
{
  (void)state;
  struct file *f = fresh();
  add_span(f, 1, T0, USER("a"));
  add_event(f, 1, T1, SAID("hello"));
  add_span(f, 2, T0, "");
  add_event(f, 2, T1, USER("b") SAID("good day"));
  rt__tally t = run_file(f);
  assert_int_equal(seen.exchanges, 2);
  assert_int_equal(rt__tally_refused(&t), 0);
  assert_int_equal(times("\"account\":\"a\""), 1);
  assert_int_equal(times("\"account\":\"b\""), 1);
  assert_int_equal(times("\"first_user\":\"good day\""), 1);
  assert_int_equal(times("\"time_us\":1772352930000000"), 2); /* the span's start */
}

static void sent_twice_counts_once(void **state)
{
  (void)state;
  struct file *f = fresh();
  for (int i = 0; i < 3; i++) {
    add_span(f, 1, T0, USER("a"));
    add_event(f, 1, T1, SAID("hello"));
  }
  (void)run_file(f);
  assert_int_equal(seen.exchanges, 1);
  assert_int_equal(times("\"n_user\":1"), 1);
}

/* a tracer that draws one id for several calls: each stays a call; the words go to the earliest */
static void ids_that_collide(void **state)
{
  (void)state;
  struct file *f = fresh();
  add_span(f, 1, T1, USER("late"));
  add_event(f, 1, T1, SAID("secret"));
  add_span(f, 1, T0, USER("early"));
  (void)run_file(f);
  assert_int_equal(seen.exchanges, 2);
  assert_int_equal(times("secret"), 2); /* first and last user turn of one exchange */
  assert_int_equal(times("\"account\":\"early\""), 1);
  const char *early = strstr(seen.all.p, "\"account\":\"early\"");
  const char *words = strstr(seen.all.p, "secret");
  assert_true(early < words && !memchr(early, '\n', (size_t)(words - early)));
}

/* ids of zeros are none: nothing is joined by them */
static void ids_of_zeros(void **state)
{
  (void)state;
  struct file *f = fresh();
  add_span(f, -1, T0, USER("a"));
  add_span(f, -1, T0, USER("b"));
  add_event(f, -1, T0, USER("c") SAID("hello"));
  (void)run_file(f);
  assert_int_equal(seen.exchanges, 3);
  assert_int_equal(times("\"id\""), 0);
}

/* a span that carries its words needs no event, before it or behind it */
static void a_whole_span_stands_alone(void **state)
{
  (void)state;
  for (int first = 0; first < 2; first++) {
    struct file *f = fresh();
    if (first)
      add_event(f, 1, T1, USER("x") SAID("from the event"));
    add_span(f, 1, T0, USER("a") SAID("from the span"));
    if (!first)
      add_event(f, 1, T1, USER("x") SAID("from the event"));
    (void)run_file(f);
    assert_int_equal(seen.exchanges, 1);
    assert_int_equal(times("from the span"), 2);
    assert_int_equal(times("from the event"), 0);
  }
  /* sent again without its words, as some exporters cut them: still one call */
  struct file *f = fresh();
  add_span(f, 1, T0, USER("a"));
  add_span(f, 1, T0, USER("a") SAID("from the span"));
  (void)run_file(f);
  assert_int_equal(seen.exchanges, 1);
}

static void halves_that_nobody_claims(void **state)
{
  (void)state;
  struct file *f = fresh();
  add_span(f, 1, T0, "");                      /* no account anywhere */
  add_event(f, 2, T1, SAID("whose?"));         /* likewise */
  add_event(f, 3, T1, USER("a") SAID("mine")); /* a call without a span */
  rt__tally t = run_file(f);
  assert_int_equal(seen.exchanges, 1);
  assert_int_equal(t.count[RT__CAUSE_MISSING], 2);
  assert_int_equal(t.first[RT__CAUSE_MISSING][0].at.line, 1);
  assert_int_equal(t.first[RT__CAUSE_MISSING][1].at.line, 2);
  assert_int_equal(times("\"account\":\"a\""), 1);
}

/* more events of one call than are read */
static void events_without_end(void **state)
{
  (void)state;
  enum { MANY = RT__FEED_THREADS_MAX * 70 };
  size_t cap = (size_t)MANY * 600, n = 0;
  char *text = malloc(cap), stamp[32], more[200];
  assert_non_null(text);
  for (int i = 0; i < MANY; i++) {
    (void)snprintf(stamp, sizeof stamp, "17723529300000%05d", i);
    (void)snprintf(more, sizeof more, USER("a") ",{\"key\":\"n\",\"value\":{\"intValue\":\"%d\"}}",
                   i);
    n += put_event(text + n, cap - n, 1, stamp, more);
  }
  const char *paths[] = {scratch_put("many", text, n)};
  rt__tally t = run(paths, 1, (rt__feed_options){.threads = 3});
  assert_int_equal(seen.exchanges, 1);
  assert_int_equal(t.count[RT__CAUSE_UNJOINED], 1);
  free(text);
}

/* calls whose halves are dealt over files in an order that a seed decides */
static void make_halves(int calls, uint64_t seed, const char *a, const char *b)
{
  size_t cap = (size_t)calls * 1400;
  char *text[2] = {malloc(cap), malloc(cap)}, more[200];
  size_t n[2] = {0, 0};
  assert_non_null(text[0]);
  assert_non_null(text[1]);
  int *order = malloc(sizeof *order * 2 * (size_t)calls);
  assert_non_null(order);
  for (int i = 0; i < 2 * calls; i++)
    order[i] = i;
  for (int i = 2 * calls - 1; i > 0; i--) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    int k = (int)((seed >> 33) % (uint64_t)(i + 1)), t = order[i];
    order[i] = order[k];
    order[k] = t;
  }
  for (int i = 0; i < 2 * calls; i++) {
    int id = order[i] / 2, to = (int)((seed >> (i % 60)) & 1);
    if (order[i] % 2) {
      (void)snprintf(more, sizeof more, SAID("how far is %d?"), id);
      n[to] += put_event(text[to] + n[to], cap - n[to], id, T1, more);
    } else {
      (void)snprintf(more, sizeof more, USER("acct-%d"), id % 7);
      n[to] += put_span(text[to] + n[to], cap - n[to], id, T0, more);
    }
  }
  (void)scratch_put(a, text[0], n[0]);
  (void)scratch_put(b, text[1], n[1]);
  free(text[0]);
  free(text[1]);
  free(order);
}

static void order_threads_and_disk_change_nothing(void **state)
{
  enum { CALLS = 3000 };
  uint64_t sum = 0;
  (void)state;
  for (uint64_t seed = 1; seed <= 4; seed++) {
    make_halves(CALLS, seed * 77, "a", "b");
    const char *paths[] = {scratch_path(seed % 2 ? "a" : "b"), scratch_path(seed % 2 ? "b" : "a")};
    const rt__feed_options ways[] = {
        {.threads = 1},
        {.threads = 5, .batch = 5000},
        {.threads = 2, .hold_memory = 1, .hold_dir = scratch_dir},
        {.threads = 3, .batch = 3000, .hold_memory = 20000, .hold_dir = scratch_dir},
    };
    for (size_t i = 0; i < RT__ARRAY_LEN(ways); i++) {
      rt__tally t = run(paths, 2, ways[i]);
      assert_int_equal(seen.exchanges, CALLS);
      assert_int_equal(rt__tally_refused(&t) + rt__tally_warned(&t), 0);
      if (sum == 0)
        sum = seen.sum;
      assert_true(seen.sum == sum);
    }
  }
  assert_int_equal(times("\"account\":\"acct-3\""), (CALLS + 3) / 7);
}

/* without a disk and with little memory nothing is lost, but halves stay apart, and that is said */
static void no_room_for_what_waits(void **state)
{
  (void)state;
  make_halves(500, 5, "a", "b");
  const char *paths[] = {scratch_path("a"), scratch_path("b")};
  rt__tally t = run(paths, 2, (rt__feed_options){.threads = 1, .hold_memory = 2000});
  assert_true(t.count[RT__CAUSE_UNJOINED] > 0);
  assert_true(seen.exchanges > 250);
}

static void a_disk_that_cannot_be_written(void **state)
{
  (void)state;
  make_halves(500, 5, "a", "b");
  const char *paths[] = {scratch_path("a"), scratch_path("b")};
  const rt__feed_callbacks cb = {.exchange = take};
  const rt__feed_options o = {.paths = paths,
                              .n_paths = 2,
                              .threads = 1,
                              .hold_memory = 2000,
                              .hold_dir = scratch_path("nowhere")};
  rt__feed_result *r;
  rt_error err = {0};
  assert_int_equal(rt__feed_run(&o, &cb, &r, &err), RT_E_IO);
  assert_non_null(strstr(err.message, "nowhere"));
  rt__feed_result_free(r);
}

static int set_up(void **state)
{
  rt__buf_init(&seen.all, rt_alloc_default(), DUMP_MAX);
  return pthread_mutex_init(&seen.lock, NULL) == 0 ? scratch_open(state) : 1;
}

static int tear_down(void **state)
{
  rt__buf_free(&seen.all);
  return scratch_close(state);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_account_may_stand_in_either_half),
      cmocka_unit_test(sent_twice_counts_once),
      cmocka_unit_test(ids_that_collide),
      cmocka_unit_test(ids_of_zeros),
      cmocka_unit_test(a_whole_span_stands_alone),
      cmocka_unit_test(halves_that_nobody_claims),
      cmocka_unit_test(events_without_end),
      cmocka_unit_test(order_threads_and_disk_change_nothing),
      cmocka_unit_test(no_room_for_what_waits),
      cmocka_unit_test(a_disk_that_cannot_be_written),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
