/* Batch jobs: thirty honest strangers hand theirs in on the hour, every hour. Read as calls they
 * run in lockstep; as jobs they have no clock at all, and neither pace, turns nor days. */
#include "account/timed.h"
#include "link/clock.h"
#include "link/evidence.h"
#include "support/failing_alloc.h"
#include "support/small_campaign.h"
#include "support/small_starts.h"

enum { STRANGERS = 30, HOURS = 24 * DAYS_IN_ALL };

/* `jobs`: they are said to be batch jobs. Some have an hour off now and then. */
static void add_jobs(world *w, luck *r, bool jobs)
{
  for (unsigned i = 0; i < STRANGERS; i++)
    for (unsigned h = 0; h < HOURS; h++) {
      char text[WORLD_TXT], id[40];
      if (luck_below(r, 40) == 0)
        continue;
      words_text(r, WORDS_TRADES + 12000 + 40 * i, 40, 14, text, sizeof text);
      snprintf(id, sizeof id, "batch_%u_%u", i, h);
      world_say(w, (call){.who = world_name(w, "job", i),
                          .at = h * HOUR,
                          .user = text,
                          .batch = jobs ? id : NULL,
                          .model = "m-large",
                          .in = 100,
                          .out = 300 + luck_below(r, 200)});
    }
}

static world *jobs_world(uint64_t seed, bool jobs)
{
  luck r;
  world *w = honest_world(seed, &r);
  add_jobs(w, &r, jobs);
  return w;
}

static size_t clock_groups_of_jobs(const laid_out *l)
{
  rt__groups g;
  size_t n = 0;
  rt__groups_init(&g, rt_alloc_default());
  assert_int_equal(rt__clock_groups(&l->s, NULL, &g, NULL), RT_OK);
  assert_int_equal(rt__few_groups(&l->s, &g, NULL), RT_OK);
  for (size_t i = 0; i < g.n; i++)
    n += count_named(l, &g.g[i], "job_") > 0;
  rt__groups_free(&g);
  return n;
}

static void group_of_jobs(const laid_out *l, rt__group *g)
{
  uint32_t account[STRANGERS], n = 0;
  for (uint32_t a = 0; a < l->s.n_accounts; a++)
    if (rt__slice_starts(rt__set_name(l->set, a), slice_of("job_")))
      account[n++] = a;
  assert_int_equal(n, STRANGERS);
  assert_int_equal(rt__group_of_accounts(&l->s, account, n, g), RT_OK);
}

/* time bits of the group of all jobs, and of how many members the family says something */
static double time_bits(const laid_out *l, size_t *members)
{
  rt__reference ref;
  rt__group g;
  rt__bits b;
  double *bits = calloc(STRANGERS, RT_FAMILY_COUNT * sizeof *bits);
  assert_non_null(bits);
  assert_int_equal(rt__reference_build(rt_alloc_default(), &l->s, NULL, NULL, &ref, NULL), RT_OK);
  group_of_jobs(l, &g);
  assert_int_equal(rt__evidence(&ref, &g, &b, NULL), RT_OK);
  assert_int_equal(rt__member_bits(&ref, &g, bits, NULL), RT_OK);
  *members = 0;
  for (size_t i = 0; i < STRANGERS; i++)
    *members += isnan(bits[i * RT_FAMILY_COUNT + RT_FAMILY_TIME]) ? 0U : 1U;
  rt__group_free(rt_alloc_default(), &g);
  rt__reference_free(&ref);
  free(bits);
  return b.bits[RT_FAMILY_TIME];
}

static void test_jobs_have_no_clock(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 3; seed++)
    for (int jobs = 0; jobs < 2; jobs++) {
      world *w = jobs_world(seed, jobs != 0);
      laid_out l = lay_out(w, 0, false);
      size_t members, groups = clock_groups_of_jobs(&l);
      double bits = time_bits(&l, &members);
      assert_true(jobs ? groups == 0 : groups > 0);
      assert_true(jobs ? bits == 0 : bits > 3);
      assert_int_equal(members, jobs ? 0 : STRANGERS);
      take_away(&l);
      world_free(w);
    }
}

/* what people do beside their jobs is still seen, and is all that is counted */
static void test_the_rest_has_its_times(void **state)
{
  (void)state;
  luck r = {4};
  world *w = jobs_world(4, true);
  uint32_t asked = 0;
  for (unsigned i = 0; i < STRANGERS; i++)
    for (unsigned d = 0; d < DAYS_IN_ALL; d++)
      for (unsigned k = 1 + luck_below(&r, 2) * luck_below(&r, 60); k > 0; k--, asked++)
        world_say(w, (call){.who = world_name(w, "job", i),
                            .at = (d + luck_unit(&r)) * DAY,
                            .user = "one question",
                            .in = 10,
                            .out = 100});
  laid_out l = lay_out(w, 0, false);
  rt__group g, timed;
  size_t members;
  group_of_jobs(&l, &g);
  assert_int_equal(rt__timed_part(&l.s, &g, &timed), RT_OK);
  assert_int_equal(timed.n, STRANGERS);
  assert_int_equal(timed.at[timed.n], asked);
  for (uint32_t i = 0; i < STRANGERS; i++)
    assert_true(rt__timed_not(&l.s, g.account[i]));
  assert_true(time_bits(&l, &members) < 2);
  assert_int_equal(members, STRANGERS);
  rt__group_free(rt_alloc_default(), &timed);
  rt__group_free(rt_alloc_default(), &g);
  take_away(&l);
  world_free(w);
}

/* where starts are inferred, the items of a job are not turns of one conversation */
static void test_items_are_starts(void **state)
{
  (void)state;
  for (int jobs = 0; jobs < 2; jobs++) {
    world *w = world_new();
    for (unsigned k = 0; k < 10; k++)
      world_say(w, (call){.who = "a",
                          .at = HOUR,
                          .batch = jobs ? "b1" : NULL,
                          .blind = true,
                          .in = 100 + k,
                          .out = 50});
    laid_out l = lay_out(w, 0, false);
    assert_int_equal(l.s.n, jobs ? 10 : 1);
    take_away(&l);
    world_free(w);
  }
}

static void test_no_memory(void **state)
{
  (void)state;
  world *w = jobs_world(1, true);
  laid_out l = lay_out(w, 0, false);
  rt__reference ref;
  rt__group g;
  double out[STRANGERS * RT_FAMILY_COUNT];
  assert_int_equal(rt__reference_build(rt_alloc_default(), &l.s, NULL, NULL, &ref, NULL), RT_OK);
  group_of_jobs(&l, &g);
  bool done = false;
  for (size_t k = 1; !done; k++) {
    test_alloc t = {.fail_at = k};
    rt_alloc a = test_alloc_of(&t);
    rt__bits b = {.moved = -1};
    l.s.alloc = ref.alloc = &a;
    rt_code c = rt__family_time(&ref, &g, &b);
    if (c == RT_OK)
      c = rt__member_time(&ref, &g, out);
    assert_int_equal(c, t.failed ? RT_E_NOMEM : RT_OK);
    done = !t.failed;
  }
  l.s.alloc = ref.alloc = rt_alloc_default();
  rt__group_free(rt_alloc_default(), &g);
  rt__reference_free(&ref);
  take_away(&l);
  world_free(w);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_jobs_have_no_clock),
      cmocka_unit_test(test_the_rest_has_its_times),
      cmocka_unit_test(test_items_are_starts),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
