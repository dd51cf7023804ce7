/* Who is part of a campaign, by his own bits. A stranger here has the campaign's prompt, program,
 * network, sizes and topics, so that each test leaves one thing that tells him; and a campaign in
 * which that thing is usual stays whole. */
#include "campaign/member.h"
#include "support/failing_alloc.h"
#include "support/small_campaign.h"
#include "support/small_findings.h"
#include "support/small_starts.h"

#include <math.h>

typedef struct copy {
  unsigned repeats; /* of ten prompts, how many are old ones of his own */
  double pace;      /* seconds between his starts; even, as if dealt */
  int temperature;
  unsigned out; /* mean length of answers */
} copy;

static const copy faithful = {.pace = 150.0 * HARVEST, .temperature = 700, .out = 600};

static void add_copy(world *w, luck *r, const char *who, copy c)
{
  for (double t = HOUR; t < DAYS_IN_ALL * DAY; t += c.pace * (0.8 + 0.4 * luck_unit(r))) {
    char text[WORLD_TXT];
    luck own = {900 + luck_below(r, 5)};
    words_text(luck_below(r, 10) < c.repeats ? &own : r, WORDS_TASKS, 900, 16, text, sizeof text);
    world_say(w, (call){.who = who,
                        .at = t,
                        .system = HARVEST_FRAME,
                        .user = text,
                        .client = "requests/2",
                        .model = "m-large",
                        .ip = "198.51.100.1",
                        .temperature = c.temperature,
                        .max_tokens = 2048,
                        .in = 80 + luck_below(r, 40),
                        .out = c.out * 2 / 3 + luck_below(r, c.out * 2 / 3)});
  }
}

/* how many of `copies` such strangers are taken for members; the campaign must be found */
static size_t taken(uint64_t seed, unsigned copies, copy c)
{
  luck r;
  world *w = honest_world(seed, &r);
  add_harvest(w, &r, HARVEST, 150);
  for (unsigned i = 0; i < copies; i++)
    add_copy(w, &r, world_name(w, "copy", i), c);
  scan_way how = {.alloc = NULL};
  rt_scan_options_default(&how.options);
  rt_scan *scan = world_scan(w, how);
  const rt_findings *f = rt_scan_findings(scan);
  assert_true(count_members(f, RT_VERDICT_DISTILLATION, "harvest_", false) >= HARVEST - 1);
  size_t n = count_members(f, RT_VERDICT_DISTILLATION, "copy_", false);
  rt_scan_free(scan);
  world_free(w);
  return n;
}

static copy with(unsigned repeats, double pace, int temperature, unsigned out)
{
  return (copy){repeats, pace, temperature, out};
}

static void test_who_is_told_apart(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 2; seed++) {
    assert_int_equal(taken(seed, 2, faithful), 2); /* nothing tells him */
    /* he comes back to his own prompts, at a rate of his own */
    assert_int_equal(taken(seed, 2, with(5, faithful.pace / 4, 700, 600)), 0);
    assert_int_equal(taken(seed, 2, with(5, faithful.pace * 3, 700, 600)), 0);
    /* or with parameters and sizes of his own */
    assert_int_equal(taken(seed, 1, with(3, faithful.pace, 100, 1500)), 0);
  }
}

/* ---- rt__members by hand: n accounts of a campaign, each with parameters of its own or not */

typedef struct bench {
  world *w;
  laid_out l;
  rt__reference ref;
  rt__group g;
} bench;

static void set_up(bench *b, bool own_parameters, unsigned strangers)
{
  luck r;
  *b = (bench){.w = honest_world(3, &r)};
  size_t from = b->w->n;
  add_harvest(b->w, &r, HARVEST, 150);
  for (size_t i = from; own_parameters && i < b->w->n; i++)
    b->w->calls[i].temperature = 100 + (int)((i - from) % HARVEST) * 50;
  for (unsigned i = 0; i < strangers; i++)
    add_copy(b->w, &r, world_name(b->w, "harvest_z", i), with(0, faithful.pace, 1900, 600));
  b->l = lay_out(b->w, 0, false);
  assert_int_equal(rt__reference_build(rt_alloc_default(), &b->l.s, NULL, NULL, &b->ref, NULL),
                   RT_OK);
  uint32_t account[2 * HARVEST], n = 0;
  for (uint32_t a = 0; a < b->l.s.n_accounts; a++)
    if (rt__slice_starts(rt__set_name(b->l.set, a), slice_of("harvest_")))
      account[n++] = a;
  assert_int_equal(n, HARVEST + strangers);
  assert_int_equal(rt__group_of_accounts(&b->l.s, account, n, &b->g), RT_OK);
}

static void put_away(bench *b)
{
  rt__group_free(rt_alloc_default(), &b->g);
  rt__reference_free(&b->ref);
  take_away(&b->l);
  world_free(b->w);
}

/* parameters of his own cost a stranger among accounts of one program, and nothing where every
 * account has its own */
static void test_what_is_usual_does_not_contradict(void **state)
{
  (void)state;
  double bits[2 * HARVEST * RT_FAMILY_COUNT], sum[2 * HARVEST];
  bench b;
  set_up(&b, true, 0);
  assert_int_equal(rt__members(&b.ref, &b.g, bits, sum, NULL), RT_OK);
  for (uint32_t i = 0; i < b.g.n; i++) {
    assert_true(bits[i * RT_FAMILY_COUNT + RT_FAMILY_CLIENT] < 0);
    assert_true(sum[i] > 0);
  }
  put_away(&b);
  set_up(&b, false, 1);
  assert_int_equal(rt__members(&b.ref, &b.g, bits, sum, NULL), RT_OK);
  double least = INFINITY, stranger = 0;
  for (uint32_t i = 0; i < b.g.n; i++)
    if (rt__slice_starts(rt__set_name(b.l.set, b.g.account[i]), slice_of("harvest_z")))
      stranger = sum[i];
    else
      least = sum[i] < least ? sum[i] : least;
  assert_true(stranger < least - 1);
  put_away(&b);
}

static void test_no_memory(void **state)
{
  (void)state;
  double bits[2 * HARVEST * RT_FAMILY_COUNT], sum[2 * HARVEST];
  bench b;
  set_up(&b, false, 0);
  for (test_alloc t = {0}; test_alloc_again(&t);) {
    rt_alloc a = test_alloc_of(&t);
    rt__reference ref = b.ref; /* what it holds stays the default allocator's */
    rt__starts s = b.l.s;
    s.alloc = &a;
    ref.alloc = &a;
    ref.starts = &s;
    rt_code c = rt__members(&ref, &b.g, bits, sum, NULL);
    assert_survived(&t, c);
  }
  put_away(&b);
}

static void test_roles(void **state)
{
  (void)state;
  double bits[RT_FAMILY_COUNT];
  for (int f = 0; f < RT_FAMILY_COUNT; f++)
    bits[f] = NAN;
  assert_int_equal(rt__member_role(bits, 0, true), RT_ROLE_HARVEST);
  assert_int_equal(rt__member_role(bits, 0, false), RT_ROLE_COVER);
  assert_int_equal(rt__member_role(bits, RT__BYSTANDER_BITS, true), RT_ROLE_BYSTANDER);
  bits[RT_FAMILY_CONTENT] = -3;
  assert_int_equal(rt__member_role(bits, 0, true), RT_ROLE_COVER);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_who_is_told_apart),
      cmocka_unit_test(test_what_is_usual_does_not_contradict),
      cmocka_unit_test(test_no_memory),
      cmocka_unit_test(test_roles),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
