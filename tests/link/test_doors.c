/* Firms by network and card: who knows the one knows the other. */
#include "link/doors.h"
#include "support/failing_alloc.h"
#include "support/small_starts.h"

enum { N = 16, EACH = 5 };

/* network and card of each account, as letters; '-' is none of the group's */
typedef struct plan {
  const char *net, *card;
  unsigned firms; /* accounts that are firms' */
} plan;

static const plan plans[] = {
    {"aaaaaabbbbb-----", "xxxxxxyyyyy-----", 11}, /* two firms and strangers */
    {"aaaaaabbbbb-----", "xxxyyyxxyyyy----", 5},  /* cards in halves: b's is hardly its own */
    {"aaaaaabbbbbbcccc", "xyzxyzxyzxyzxyzx", 0},  /* cards dealt over networks */
    {"aaaabbbbccccdddd", "wwwwxxxxyyyyzzzz", 12}, /* four of them: three count */
    {"aabbccddeeffgghh", "ssttuuvvwwxxyyzz", 0},  /* an address for every two */
    {"aaaaaaaaaaaaaaaa", "xxxxxxxxxxyyyyyy", 16}, /* one firm, two cards */
    {"aaaaaaaaaaaaaaaa", "xxxxxxxxyyyyyyyy", 0},  {"----------------", "xxxxxxxxxxxxxxxx", 0},
};

static world *built(const plan *p, bool facts)
{
  world *w = world_new();
  for (unsigned i = 0; i < N; i++) {
    char ip[40], card[16];
    const char *who = world_name(w, "acct", i);
    (void)snprintf(ip, sizeof ip, "198.51.%u.%u", p->net[i] == '-' ? i : 100u + (unsigned)p->net[i],
                   p->net[i] == '-' ? i : 7u);
    for (unsigned k = 0; k < EACH; k++)
      world_say(w, (call){.who = who,
                          .at = 60.0 * i + 7200 * k,
                          .user = "a text",
                          .ip = k == 3 ? "203.0.113.5" : ip}); /* and once from elsewhere */
    (void)snprintf(card, sizeof card, "pm_%c%u", p->card[i], p->card[i] == '-' ? i : 0);
    rt_facts f = {.account = slice_of(who),
                  .as_of_us = 1,
                  .risk = NAN,
                  .verified = -1,
                  .line = slice_of(who)};
    f.payments[0] = slice_of(world_keep(w, card));
    f.n_payments = 1;
    if (facts)
      world_fact(w, f);
  }
  return w;
}

/* share of the firms times N, or -1 where there was no memory */
static double firms_of(const plan *p, bool facts, const rt_alloc *a)
{
  world *w = built(p, facts);
  laid_out l = lay_out(w, 0, false);
  rt__facts f;
  rt__reference ref;
  rt__group g;
  rt_key key = small_key();
  uint32_t all[N];
  double share;
  rt__facts_init(&f, rt_alloc_default());
  for (size_t i = 0; i < w->n_facts; i++)
    assert_int_equal(rt__facts_add(&f, &key, &w->facts[i], NULL), RT_OK);
  assert_int_equal(rt__facts_seal(&f, l.set, NULL), RT_OK);
  assert_int_equal(
      rt__reference_build(rt_alloc_default(), &l.s, facts ? &f : NULL, NULL, &ref, NULL), RT_OK);
  for (uint32_t i = 0; i < N; i++)
    all[i] = i;
  assert_int_equal(rt__group_of_accounts(&l.s, all, N, &g), RT_OK);
  const rt_alloc *usual = ref.alloc;
  ref.alloc = a;
  rt_code c = rt__doors(&ref, &g, &share);
  ref.alloc = usual;
  assert_true(c == RT_OK || c == RT_E_NOMEM);
  rt__group_free(rt_alloc_default(), &g);
  rt__reference_free(&ref);
  rt__facts_free(&f);
  take_away(&l);
  world_free(w);
  return c == RT_OK ? share * N : -1;
}

static void test_firms(void **state)
{
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(plans); i++) {
    assert_int_equal((int)(firms_of(&plans[i], true, rt_alloc_default()) + 0.5), plans[i].firms);
    assert_int_equal((int)firms_of(&plans[i], false, rt_alloc_default()), 0);
  }
}

static void test_no_memory(void **state)
{
  (void)state;
  test_alloc t = {.fail_at = 1};
  rt_alloc a = test_alloc_of(&t);
  assert_int_equal((int)firms_of(&plans[0], true, &a), -1);
  assert_int_equal(t.held + t.wrong_sizes, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_firms),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
