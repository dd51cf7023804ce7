/* One account alone: a pace without a rest is named first, a job that is done is named last and
 * never with many others, and whoever repeats himself or reads on not at all. */
#include "support/small_campaign.h"
#include "support/small_findings.h"

#define STARTS 420

typedef struct loner {
  unsigned which;
  double hours; /* over so many, from the second hour on */
  bool repeats, reads_on;
} loner;

static void add_loner(world *w, luck *r, loner x)
{
  char frame[400], text[WORLD_TXT], again[WORLD_TXT];
  words_text(r, WORDS_FRAMES + 9000 + 60 * x.which, 60, 20, frame, sizeof frame);
  words_text(r, WORDS_TASKS + 1000 * x.which, 900, 16, again, sizeof again);
  for (unsigned k = 0; k < STARTS; k++) {
    words_text(r, WORDS_TASKS + 1000 * x.which, 900, 16, text, sizeof text);
    call c = {.who = world_name(w, "loner", x.which),
              .at = HOUR + x.hours * HOUR * (k + luck_unit(r)) / STARTS,
              .system = frame,
              .user = x.repeats && k % 2 ? again : text,
              .client = "requests/2",
              .model = "m-large",
              .in = 80 + luck_below(r, 40),
              .out = 400 + luck_below(r, 400)};
    world_say(w, c);
    if (!x.reads_on || k % 4)
      continue;
    c.at += 90;
    c.first = c.user;
    c.user = "and why is that so";
    c.turn = 1;
    world_say(w, c);
  }
}

/* scores of the loners that are suspects; how many */
static size_t suspects(const loner *x, size_t n, double *score)
{
  luck r;
  world *w = honest_world(11, &r);
  for (size_t i = 0; i < n; i++)
    add_loner(w, &r, x[i]);
  rt_scan *s = world_scan(w, (scan_way){.alloc = NULL});
  const rt_findings *f = rt_scan_findings(s);
  size_t found = 0;
  for (size_t i = 0; i < rt_findings_campaigns(f); i++) {
    const rt_campaign *c = rt_findings_campaign(f, i);
    rt_slice name = rt_member_account(rt_campaign_member(c, 0));
    assert_int_equal(rt_campaign_verdict(c), RT_VERDICT_SUSPECT);
    assert_int_equal(rt_campaign_members(c), 1);
    assert_true(name.n > 6 && memcmp(name.p, "loner_", 6) == 0);
    score[found++] = rt_campaign_score(c);
  }
  rt_scan_free(s);
  world_free(w);
  return found;
}

static void test_no_rest_before_a_job(void **state)
{
  (void)state;
  double steady, job;
  assert_int_equal(suspects(&(loner){.hours = 90}, 1, &steady), 1);
  assert_int_equal(suspects(&(loner){.hours = 5}, 1, &job), 1);
  assert_true(steady > 0.5);
  assert_true(job < 0.2);
}

static void test_what_explains_an_account(void **state)
{
  (void)state;
  double score;
  assert_int_equal(suspects(&(loner){.hours = 90, .repeats = true}, 1, &score), 0);
  assert_int_equal(suspects(&(loner){.hours = 90, .reads_on = true}, 1, &score), 0);
}

/* three in 1,000 of some 120 accounts is one; what is more likely than not knows no limit */
static void test_how_many_are_named(void **state)
{
  (void)state;
  loner x[3];
  double score[3];
  for (unsigned i = 0; i < 3; i++)
    x[i] = (loner){.which = i, .hours = 5};
  assert_int_equal(suspects(x, 3, score), 1);
  for (unsigned i = 0; i < 3; i++)
    x[i].hours = 90;
  assert_int_equal(suspects(x, 3, score), 3);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_no_rest_before_a_job),
      cmocka_unit_test(test_what_explains_an_account),
      cmocka_unit_test(test_how_many_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
