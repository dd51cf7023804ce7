/* Do prompts come again? By lengths alone: lists, firms, clockworks, samples, and texts that a
 * limit cuts. */
#include "link/again.h"
#include "support/failing_alloc.h"
#include "support/small_starts.h"

#define SEATS 8
#define CALLS 1100

/* what there is to ask for */
typedef struct work {
  unsigned favourites; /* of all, or of each account */
  bool own;
  double again;     /* share of calls that one of those is */
  unsigned samples; /* each prompt so often, one after the other */
  unsigned limit;   /* longer texts are cut */
  bool narrow;      /* all are nearly as long */
} work;

static unsigned length_of(luck *r, const work *k)
{
  double x = k->narrow ? 60 + 1.5 * luck_normal(r) : 60 + 110 * exp(0.5 * luck_normal(r));
  return k->limit && x > k->limit ? k->limit + luck_below(r, 2) : (unsigned)x;
}

typedef struct seen {
  rt__again all, own;
  rt_code code;
} seen;

static seen measure(uint64_t seed, work k, const rt_alloc *a)
{
  luck r = {seed};
  world *w = world_new();
  unsigned length = 0;
  for (unsigned i = 0; i < CALLS; i++) {
    unsigned seat = i % SEATS;
    luck f = {99 + luck_below(&r, k.favourites + 1) + (k.own ? 1000 * seat : 0)};
    bool again = luck_unit(&r) < k.again;
    length = i % k.samples ? length : length_of(again ? &f : &r, &k);
    world_say(w, (call){.who = world_name(w, "seat", seat),
                        .at = 600 + 400.0 * i,
                        .blind = true,
                        .temperature = 700,
                        .in = length,
                        .out = 400});
  }
  laid_out l = lay_out(w, 0, false);
  uint32_t all[SEATS];
  rt__group g;
  for (uint32_t i = 0; i < SEATS; i++)
    all[i] = i;
  assert_int_equal(rt__group_of_accounts(&l.s, all, SEATS, &g), RT_OK);
  seen x;
  const rt_alloc *usual = l.s.alloc;
  l.s.alloc = a ? a : usual;
  x.code = rt__again_of(&l.s, &g, &x.all, &x.own);
  l.s.alloc = usual;
  rt__group_free(rt_alloc_default(), &g);
  take_away(&l);
  world_free(w);
  return x;
}

static void test_a_list_is_gone_through_once(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 8; seed++) {
    seen x = measure(seed, (work){.samples = 1}, NULL);
    assert_true(fabs(x.all.z) < 3.5 && fabs(x.own.z) < 3.5);
    assert_true(rt__again_list(&x.all) > 1);
  }
}

static void test_a_business_comes_back(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 8; seed++) {
    seen x = measure(seed, (work){.favourites = 40, .again = 0.4, .samples = 1}, NULL);
    assert_true(x.all.z > RT__AGAIN_Z);
    assert_true(x.all.others > 2 && x.all.others < 6); /* of 1100, 440 / 40 each: 0.4 * 10 */
    assert_true(rt__again_list(&x.all) < -3);
    assert_true(x.own.others < 0.5 * x.all.others); /* whoever's turn it is */
  }
}

static void test_owners_come_back_to_their_own(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 8; seed++) {
    seen x = measure(seed, (work){.favourites = 20, .own = true, .again = 0.7, .samples = 1}, NULL);
    assert_true(x.own.z > 10 && x.own.others >= 1);
    assert_true(x.own.others > 0.5 * x.all.others);
  }
}

/* a prompt that is asked four times in a row is one of a list */
static void test_samples_are_no_coming_back(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 8; seed++) {
    seen x = measure(seed, (work){.samples = 4}, NULL);
    assert_true(x.all.z < 3.5);
  }
}

static void test_a_limit_cuts(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 8; seed++) {
    seen x = measure(seed, (work){.samples = 1, .limit = 260}, NULL);
    assert_true(x.all.z < 3.5);
    assert_true(rt__again_list(&x.all) > 1);
  }
}

static void test_nearly_one_length_says_nothing(void **state)
{
  (void)state;
  seen x = measure(1, (work){.samples = 1, .narrow = true}, NULL);
  assert_true(x.all.z == 0 && x.own.z == 0 && rt__again_list(&x.all) == 0);
}

static void test_no_memory(void **state)
{
  (void)state;
  for (size_t k = 1, done = 0; !done; k++) {
    test_alloc t = {.fail_at = k};
    rt_alloc a = test_alloc_of(&t);
    seen x = measure(1, (work){.samples = 1}, &a);
    assert_int_equal(x.code, t.failed ? RT_E_NOMEM : RT_OK);
    assert_int_equal(t.held + t.wrong_sizes, 0);
    done = !t.failed;
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_list_is_gone_through_once),
      cmocka_unit_test(test_a_business_comes_back),
      cmocka_unit_test(test_owners_come_back_to_their_own),
      cmocka_unit_test(test_samples_are_no_coming_back),
      cmocka_unit_test(test_a_limit_cuts),
      cmocka_unit_test(test_nearly_one_length_says_nothing),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
