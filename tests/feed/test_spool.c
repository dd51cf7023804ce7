/* Spool files: what is appended can be mapped, nothing stays in the directory, errors have a
 * message. */
#include "feed/spool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the three above */
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char dir[] = "/tmp/retort-test-spool-XXXXXX";

static size_t files_in_dir(void)
{
  size_t n = 0;
  DIR *d = opendir(dir);
  assert_non_null(d);
  while (readdir(d))
    n++;
  closedir(d);
  return n - 2; /* . and .. */
}

static void test_append_map_drop(void **state)
{
  (void)state;
  rt__spool_files *f;
  assert_int_equal(rt__spool_files_new(NULL, dir, &f, NULL), RT_OK);
  rt__spool s = rt__spool_files_callbacks(f);
  const void *p;
  size_t n;
  for (uint64_t i = 0; i < 3000; i++)
    assert_int_equal(s.append(s.ctx, (unsigned)(i % RT__SPOOL_TOTAL), &i, sizeof i, NULL), RT_OK);
  assert_int_equal(files_in_dir(), 0);
  assert_int_equal(rt__spool_files_bytes(f), 3000 * 8);
  for (unsigned part = 0; part < RT__SPOOL_TOTAL; part++) {
    assert_int_equal(s.map(s.ctx, part, &p, &n, NULL), RT_OK);
    for (size_t k = 0; k < n / 8; k++)
      assert_int_equal(((const uint64_t *)p)[k], part + k * RT__SPOOL_TOTAL);
  }
  assert_int_equal(s.drop(s.ctx, 5), RT_OK);
  assert_int_equal(s.map(s.ctx, 5, &p, &n, NULL), RT_OK);
  assert_int_equal(n, 0);
  rt__spool_files_free(f); /* with parts still mapped */
}

static void test_no_such_directory(void **state)
{
  (void)state;
  rt__spool_files *f;
  rt_error err = {0};
  assert_int_equal(rt__spool_files_new(NULL, "/no/such/dir", &f, NULL), RT_OK);
  rt__spool s = rt__spool_files_callbacks(f);
  assert_int_equal(s.append(s.ctx, 0, "x", 1, &err), RT_E_IO);
  assert_non_null(strstr(err.message, "/no/such/dir:"));
  rt__spool_files_free(f);
}

static void test_behind_a_set(void **state)
{
  (void)state;
  enum { N = 20000 };
  rt__spool_files *f;
  rt__set *s;
  assert_int_equal(rt__spool_files_new(NULL, dir, &f, NULL), RT_OK);
  rt__spool spool = rt__spool_files_callbacks(f);
  assert_int_equal(rt__set_new(NULL, 1 << 20, &spool, &s, NULL), RT_OK);
  rt_digest_sink sink = rt__set_sink(s);
  rt_digest d = {0};
  for (uint64_t i = 0; i < N; i++) {
    d.account = rt__mix(i % 100 + 1);
    d.time_us = INT64_C(1700000000000000) - (int64_t)i;
    d.id = i / 2 + 1; /* neighbours share one, never under one account */
    assert_int_equal(sink.record(sink.ctx, &d, NULL), RT_OK);
  }
  assert_int_equal(rt__set_seal(s, NULL), RT_OK);
  assert_true(rt__spool_files_bytes(f) > N * 32);
  assert_int_equal(rt__set_count(s), N);
  assert_int_equal(rt__set_accounts(s), 100);
  for (size_t i = 0; i < N; i += 200) {
    rt__set_get(s, i, &d);
    assert_int_equal(d.account, rt__set_account(s, i / 200));
    assert_int_equal(d.time_us, rt__set_time(s, i));
  }
  rt__set_free(s);
  rt__spool_files_free(f);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_append_map_drop),
      cmocka_unit_test(test_no_such_directory),
      cmocka_unit_test(test_behind_a_set),
  };
  if (!mkdtemp(dir))
    return 2;
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  (void)rmdir(dir);
  return failed;
}
