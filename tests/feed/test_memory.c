/* Memory that runs out anywhere: the run ends with RT_E_NOMEM, nothing leaks, sizes are given back
 * as taken. */
#include "feed/feed.h"
#include "scratch.h"
#include "support/failing_alloc.h"

#include <pthread.h>

/* the failing allocator behind a lock: the feed allocates in all its threads */
struct shared {
  pthread_mutex_t lock;
  test_alloc inner;
};

static void *resize(void *ctx, void *old, size_t old_size, size_t size)
{
  struct shared *s = ctx;
  (void)pthread_mutex_lock(&s->lock);
  void *p = test_alloc_resize(&s->inner, old, old_size, size);
  (void)pthread_mutex_unlock(&s->lock);
  return p;
}

static rt_code take(void *ctx, unsigned thread, const rt_exchange *x, const rt__place *at,
                    rt_error *err)
{
  (void)thread;
  (void)x;
  (void)at;
  (void)err;
  ++*(uint64_t *)ctx;
  return RT_OK;
}

/* one run with the k-th request refused; false once there is no k-th */
static bool try(const char *const *paths, size_t n, size_t k, uint64_t want)
{
  struct shared s = {.inner = {.fail_at = k}};
  rt_alloc a = {resize, &s};
  uint64_t exchanges = 0;
  /* one thread: `take` counts without a lock */
  rt__feed_options o = {.alloc = &a, .paths = paths, .n_paths = n, .threads = 1, .batch = 600};
  rt__feed_callbacks cb = {.ctx = &exchanges, .exchange = take};
  rt__feed_result *r = NULL;
  rt_error err = {0};
  assert_int_equal(pthread_mutex_init(&s.lock, NULL), 0);
  rt_code c = rt__feed_run(&o, &cb, &r, &err);
  if (s.inner.failed) {
    /* a smaller buffer that could not be had is kept as it was: no failure then */
    assert_true(c == RT_E_NOMEM || c == RT_OK);
    if (c == RT_E_NOMEM)
      assert_true(err.code == RT_E_NOMEM && err.message[0]);
  } else {
    assert_int_equal(c, RT_OK);
    assert_int_equal(exchanges, want);
  }
  rt__feed_result_free(r);
  assert_int_equal(s.inner.held, 0);
  assert_int_equal(s.inner.wrong_sizes, 0);
  (void)pthread_mutex_destroy(&s.lock);
  return s.inner.failed;
}

static void every_request_may_fail(void **state)
{
  static char samples[4][512];
  static const char *const names[] = {"chat", "responses", "messages", "metadata"};
  const char *paths[6];
  size_t k = 1;
  (void)state;
  for (size_t i = 0; i < 4; i++) {
    (void)snprintf(samples[i], sizeof samples[i], "%s/feed/%s.jsonl", RT_TEST_DATA, names[i]);
    paths[i] = samples[i];
  }
  assert_int_equal(mkdir(scratch_path("dir"), 0700), 0);
  paths[4] = scratch_text("dir/a", "{\"ts\":1772352930,\"account\":\"a\"}\n");
  paths[5] = scratch_path("dir");
  while (try(paths, 6, k, 24))
    k++;
  assert_true(k > 40);
}

/* likewise where values are put together, strings are parsed and halves wait */
static void every_request_may_fail_in_other_dialects(void **state)
{
  static const struct {
    const char *name;
    uint64_t exchanges;
  } samples[] = {{"otlp/halves", 3},        {"spendlog/strings", 3}, {"openinference/nested", 3},
                 {"bedrock/cloudwatch", 3}, {"apim/table", 3},       {"vertex/strings", 3}};
  static char path[RT__ARRAY_LEN(samples)][512];
  const char *paths[RT__ARRAY_LEN(samples)];
  size_t k = 1;
  uint64_t want = 0;
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(samples); i++) {
    (void)snprintf(path[i], sizeof path[i], "%s/feed/%s.jsonl", RT_TEST_DATA, samples[i].name);
    paths[i] = path[i];
    want += samples[i].exchanges;
  }
  while (try(paths, RT__ARRAY_LEN(samples), k, want))
    k++;
  assert_true(k > 60);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_request_may_fail),
                                     cmocka_unit_test(every_request_may_fail_in_other_dialects)};
  return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
