/* Samples of each API against what was worked out by hand; called with paths, it prints what it
 * reads. */
#include "dump.h"
#include "feed/feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define DUMP_MAX ((size_t)1 << 30)

static rt_code take(void *ctx, unsigned thread, const rt_exchange *x, const rt__place *at,
                    rt_error *err)
{
  (void)thread;
  (void)at;
  rt_code c = dump_exchange(x, ctx);
  return c == RT_OK ? c : rt__fail(err, c, "dump");
}

static rt_code dump_paths(const char *const *paths, size_t n, rt__buf *out, rt__tally *tally)
{
  rt__feed_options o = {.paths = paths, .n_paths = n, .threads = 1};
  rt__feed_callbacks cb = {.ctx = out, .exchange = take};
  rt__feed_result *result;
  rt_code c = rt__feed_run(&o, &cb, &result, NULL);
  if (c == RT_OK && rt__feed_troubles(result) > 0)
    c = RT_E_IO;
  if (result)
    *tally = result->tally;
  rt__feed_result_free(result);
  return c;
}

static rt__buf read_whole(const char *path)
{
  rt__buf b;
  char piece[4096];
  size_t n;
  rt__buf_init(&b, rt_alloc_default(), DUMP_MAX);
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  while ((n = fread(piece, 1, sizeof piece, f)) > 0)
    assert_int_equal(rt__buf_add(&b, piece, n), RT_OK);
  (void)fclose(f);
  return b;
}

static void check_sample(const char *name)
{
  char in[512], want_path[512];
  rt__tally tally;
  rt__buf got;
  (void)snprintf(in, sizeof in, "%s/feed/%s.jsonl", RT_TEST_DATA, name);
  (void)snprintf(want_path, sizeof want_path, "%s/feed/%s.expected", RT_TEST_DATA, name);
  const char *paths[] = {in};
  rt__buf_init(&got, rt_alloc_default(), DUMP_MAX);
  assert_int_equal(dump_paths(paths, 1, &got, &tally), RT_OK);
  assert_int_equal(rt__tally_refused(&tally), 0);
  rt__buf want = read_whole(want_path);
  assert_int_equal(got.n, want.n);
  assert_memory_equal(got.p, want.p, want.n);
  rt__buf_free(&got);
  rt__buf_free(&want);
}

static void chat(void **state)
{
  (void)state;
  check_sample("chat");
}

static void responses(void **state)
{
  (void)state;
  check_sample("responses");
}

static void messages(void **state)
{
  (void)state;
  check_sample("messages");
}

static void metadata(void **state)
{
  (void)state;
  check_sample("metadata");
}

static int dump_main(int argc, char **argv)
{
  rt__tally tally;
  rt__buf out;
  rt__buf_init(&out, rt_alloc_default(), DUMP_MAX);
  rt_code c = dump_paths((const char *const *)argv + 1, (size_t)argc - 1, &out, &tally);
  if (out.n)
    (void)fwrite(out.p, 1, out.n, stdout);
  for (int i = 0; i < RT__CAUSE_COUNT; i++)
    if (tally.count[i])
      (void)fprintf(stderr, "%s %llu\n", rt__cause_name((rt__cause)i),
                    (unsigned long long)tally.count[i]);
  rt__buf_free(&out);
  return c == RT_OK ? 0 : 1;
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(chat), cmocka_unit_test(responses),
                                     cmocka_unit_test(messages), cmocka_unit_test(metadata)};
  if (argc > 1)
    return dump_main(argc, argv);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
