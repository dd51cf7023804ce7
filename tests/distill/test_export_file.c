/* A file is there whole or not at all: also when the disk is full, for which a limit on file sizes
 * stands in. */
#define _XOPEN_SOURCE 700
#include "distill/export_file.h"

#include "distill/gguf_write.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

static char path[64], part[80];

static int set_up(void **state)
{
  (void)state;
  (void)snprintf(path, sizeof path, "/tmp/rt_test_export_%ld", (long)getpid());
  (void)snprintf(part, sizeof part, "%s.part", path);
  return 0;
}

static int tear_down(void **state)
{
  (void)state;
  (void)remove(path);
  return 0;
}

static bool there(const char *name)
{
  return access(name, F_OK) == 0;
}

static void appears_when_finished(void **state)
{
  (void)state;
  rt__out *o;
  char got[16] = {0};
  assert_int_equal(rt__out_open(rt_alloc_default(), path, &o, NULL), RT_OK);
  assert_int_equal(rt__out_write(o, "abcdef", 6, NULL), RT_OK);
  assert_int_equal(rt__out_zeros(o, 2, NULL), RT_OK);
  assert_int_equal(rt__out_patch(o, 1, "XY", 2, NULL), RT_OK);
  assert_int_equal(rt__out_patch(o, 7, "XY", 2, NULL), RT_E_ARG);
  assert_int_equal(rt__out_write(o, "g", 1, NULL), RT_OK);
  assert_int_equal(rt__out_size(o), 9);
  assert_false(there(path));
  assert_int_equal(rt__out_finish(o, NULL), RT_OK);
  assert_false(there(part));
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  assert_int_equal(fread(got, 1, sizeof got, f), 9);
  assert_int_equal(fclose(f), 0);
  assert_memory_equal(got, "aXYdef\0\0g", 9);
}

static void abandoned_files_leave_nothing(void **state)
{
  (void)state;
  rt__out *o;
  assert_int_equal(rt__out_open(rt_alloc_default(), path, &o, NULL), RT_OK);
  assert_int_equal(rt__out_write(o, "abc", 3, NULL), RT_OK);
  rt__out_abandon(o);
  assert_false(there(path) || there(part));
}

static void an_older_file_stays_until_then(void **state)
{
  (void)state;
  rt__out *o;
  assert_int_equal(rt__out_whole(rt_alloc_default(), path, RT__LIT("old"), NULL), RT_OK);
  assert_int_equal(rt__out_open(rt_alloc_default(), path, &o, NULL), RT_OK);
  assert_int_equal(rt__out_write(o, "new", 3, NULL), RT_OK);
  rt__out_abandon(o);
  assert_true(there(path));
}

/* ---- a full disk */

static struct rlimit before;

static void fill_disk(rlim_t bytes)
{
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
  struct rlimit less = {bytes, before.rlim_max};
  assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &less), 0);
}

static void empty_disk(void)
{
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
}

static void a_full_disk_is_said_and_leaves_nothing(void **state)
{
  (void)state;
  static const float numbers[100000];
  const uint64_t n = 100000;
  rt_error err = {0};
  rt_gguf_writer *w;
  assert_int_equal(rt_gguf_writer_new(rt_alloc_default(), &w, NULL), RT_OK);
  rt_gguf_declare(w, "t", rt_quant_find(RT_QUANT_F32), 1, &n);
  fill_disk(65536);
  rt_code code = rt_gguf_begin(w, path, &err);
  if (code == RT_OK)
    code = rt_gguf_write(w, numbers, &err);
  if (code == RT_OK)
    code = rt_gguf_finish(w, &err);
  rt_gguf_writer_free(w);
  empty_disk();
  assert_int_equal(code, RT_E_IO);
  assert_non_null(strstr(err.message, path));
  assert_false(there(path) || there(part));
}

/* what fits into the buffer fails only when it is flushed: at the very end */
static void a_disk_that_fills_at_the_end(void **state)
{
  (void)state;
  rt_error err = {0};
  rt__out *o;
  fill_disk(10);
  assert_int_equal(rt__out_open(rt_alloc_default(), path, &o, NULL), RT_OK);
  assert_int_equal(rt__out_write(o, "more than ten bytes", 19, NULL), RT_OK);
  rt_code code = rt__out_finish(o, &err);
  empty_disk();
  assert_int_equal(code, RT_E_IO);
  assert_non_null(strstr(err.message, "can't be written"));
  assert_false(there(path) || there(part));
}

static void folders(void **state)
{
  (void)state;
  rt_error err;
  assert_int_equal(rt__out_folder(path, NULL), RT_OK);
  assert_int_equal(rt__out_folder(path, NULL), RT_OK);
  assert_int_equal(rmdir(path), 0);
  assert_int_equal(rt__out_whole(rt_alloc_default(), path, RT__LIT("x"), NULL), RT_OK);
  assert_int_equal(rt__out_folder(path, &err), RT_E_IO);
  assert_int_equal(rt__out_whole(rt_alloc_default(), "/no/such/folder/x", RT__LIT("x"), &err),
                   RT_E_IO);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(appears_when_finished, set_up, tear_down),
      cmocka_unit_test_setup_teardown(abandoned_files_leave_nothing, set_up, tear_down),
      cmocka_unit_test_setup_teardown(an_older_file_stays_until_then, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_full_disk_is_said_and_leaves_nothing, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_disk_that_fills_at_the_end, set_up, tear_down),
      cmocka_unit_test_setup_teardown(folders, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
