/* A log that holds one exchange in so many: what sampling breaks is left out or made up for. */
#include "campaign/detect.h"
#include "link/clock.h"
#include "support/small_campaign.h"
#include "support/small_starts.h"

/* ---- turns: those in between may be missing */

static void test_turns_of_a_sample(void **state)
{
  (void)state;
  world *w = world_new();
  for (unsigned i = 0; i < 10; i++) { /* a start, and its fourth turn a minute later */
    char text[WORLD_TXT];
    snprintf(text, sizeof text, "question %u", i);
    world_say(w, (call){.who = "tool", .at = i * HOUR, .user = text});
    if (i < 2)
      world_say(w,
                (call){.who = "tool", .at = i * HOUR + 60, .first = text, .user = "on", .turn = 3});
    world_say(w, (call){.who = "ann", .at = i * HOUR, .user = text});
    if (i < 2)
      world_say(w,
                (call){.who = "ann", .at = i * HOUR + 300, .first = text, .user = "on", .turn = 3});
  }
  laid_out l = lay_out(w, 0, false);
  rt__starts s;
  uint32_t tool = account_at(&l, "tool"), ann = account_at(&l, "ann");
  assert_true(fabs(rt__starts_followed(&l.s, tool) - 0.2) < 1e-9); /* whole: 60 s were for one */
  assert_true(fabs(rt__starts_followed(&l.s, ann) - 0.2) < 1e-9);
  assert_int_equal(rt__starts_build_sampled(rt_alloc_default(), l.set, false, 0.4, &s, NULL),
                   RT_OK);
  assert_true(rt__starts_followed(&s, tool) == 0);              /* twenty seconds each: no reader */
  assert_true(fabs(rt__starts_followed(&s, ann) - 0.5) < 1e-9); /* of 0.2 / 0.4 */
  rt__starts_free(&s);
  take_away(&l);
  world_free(w);
}

/* ---- repeats */

/* one account's `prompts` prompts, each said `times` times, of which a share is in the log */
static rt__reuse reuse_of(unsigned prompts, unsigned times, double share, uint64_t seed)
{
  world *w = world_new();
  luck r = {seed};
  for (unsigned k = 0; k < prompts * times; k++) {
    char text[WORLD_TXT];
    snprintf(text, sizeof text, "prompt %u", k % prompts);
    if (luck_unit(&r) < share)
      world_say(w, (call){.who = "a", .at = k, .user = text});
  }
  laid_out l = lay_out(w, 0, false);
  rt__group g;
  rt__reuse u;
  uint32_t account = 0;
  l.s.sampled = share;
  assert_int_equal(rt__group_of_accounts(&l.s, &account, 1, &g), RT_OK);
  assert_int_equal(rt__slots_reuse(&l.s, &g, &u), RT_OK);
  rt__group_free(rt_alloc_default(), &g);
  take_away(&l);
  world_free(w);
  return u;
}

static void test_repeats_of_a_sample(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 4; seed++) {
    rt__reuse whole = reuse_of(300, 5, 1, seed), part = reuse_of(300, 5, 0.1, seed);
    assert_true(fabs(whole.fresh - 0.2) < 1e-9);
    assert_true(fabs(part.fresh - 0.2) < 0.08); /* unmended: about 0.8 */
    assert_true(fabs(part.within - whole.within) < 0.08);
    rt__reuse list = reuse_of(1500, 1, 0.1, seed);
    assert_true(list.fresh == 1 && list.within == 0);
  }
}

/* ---- no clock */

static size_t timed_candidates(const world *w, double sampled, double *clock)
{
  laid_out l = lay_out(w, 0, false);
  rt_scan_options o;
  rt_scan_options_default(&o);
  o.sampled = sampled;
  rt__detection d = {.alloc = rt_alloc_default(), .options = &o, .set = l.set};
  assert_int_equal(rt__detect(&d, NULL), RT_OK);
  size_t n = 0;
  *clock = 0;
  for (size_t i = 0; i < d.n_candidates; i++) {
    rt__origin from = d.candidates[i].g->origin;
    n += from == RT__FROM_CLOCK || from == RT__FROM_WHOLE || from == RT__FROM_FEW;
    *clock = d.candidates[i].b.clock > *clock ? d.candidates[i].b.clock : *clock;
  }
  rt__detection_free(&d);
  take_away(&l);
  return n;
}

static void test_no_clock_in_a_sample(void **state)
{
  (void)state;
  world *w = harvest_world(1);
  double clock;
  assert_true(timed_candidates(w, 0, &clock) > 0 && clock > 1);
  assert_true(timed_candidates(w, 1, &clock) > 0 && clock > 1);
  assert_int_equal(timed_candidates(w, 0.5, &clock), 0);
  assert_true(clock == 0);
  world_free(w);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_turns_of_a_sample),
      cmocka_unit_test(test_repeats_of_a_sample),
      cmocka_unit_test(test_no_clock_in_a_sample),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
