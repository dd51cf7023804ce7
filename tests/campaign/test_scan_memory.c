/* A scan whose memory ends at some of the many places: it says so, and nothing leaks. */
#include "support/failing_alloc.h"
#include "support/small_campaign.h"
#include "support/small_findings.h"

static world *little_world(void)
{
  luck r = {4};
  world *w = world_new();
  add_people(w, &r, 12);
  add_tool_users(w, &r, "tool", 13, TOOL_FRAME);
  add_back_ends(w, &r, 12);
  add_harvest(w, &r, 10, 400);
  return w;
}

/* the findings, or NULL where the scan said that memory is short; leaks nothing either way */
static char *scan_failing(const world *w, test_alloc *t)
{
  rt_alloc a = test_alloc_of(t);
  rt_error err = {.code = RT_OK};
  rt_scan *s;
  rt_code c = world_try(w, (scan_way){.alloc = &a, .sinks = 2}, &s, &err);
  char *found = c == RT_OK ? findings_text(rt_scan_findings(s)) : NULL;
  assert_int_equal(c, found ? RT_OK : RT_E_NOMEM);
  assert_int_equal(err.code, c);
  rt_scan_free(s);
  assert_int_equal(t->held, 0);
  assert_int_equal(t->wrong_sizes, 0);
  return found;
}

/* A set may get along without a block of memory; then the findings are what they always are. */
static void test_no_memory(void **state)
{
  (void)state;
  world *w = little_world();
  test_alloc all = {.fail_at = 0};
  luck r = {8};
  size_t said = 0, tries = 0;
  char *want = scan_failing(w, &all);
  assert_non_null(want);
  for (size_t k = 1; k <= all.requests; k += 1 + luck_below(&r, (unsigned)all.requests / 14)) {
    test_alloc t = {.fail_at = k, .keep_failing = k % 2};
    char *found = scan_failing(w, &t);
    assert_true(t.failed);
    if (found)
      assert_string_equal(found, want);
    said += !found;
    tries++;
    free(found);
  }
  assert_true(said >= tries * 9 / 10);
  free(want);
  world_free(w);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
