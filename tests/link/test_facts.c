/* What is known of accounts: of several lines on one account the latest stays, whatever the order.
 */
#include "link/facts.h"

#include "digest/name.h"
#include "support/failing_alloc.h"
#include "support/small_starts.h"

static rt_facts line_of(const char *account, int64_t as_of, const char *plan, const char *line)
{
  return (rt_facts){.account = slice_of(account),
                    .as_of_us = as_of,
                    .plan = slice_of(plan),
                    .line = slice_of(line),
                    .risk = NAN,
                    .verified = -1};
}

static uint64_t plan_hash(const char *plan)
{
  rt_key key = small_key();
  return rt_key_hash(&key, "plan", slice_of(plan));
}

static laid_out people(unsigned n)
{
  world *w = world_new();
  for (unsigned i = 0; i < n; i++)
    world_say(w, (call){.who = world_name(w, "acct", i), .at = i, .user = "a text"});
  laid_out l = lay_out(w, 0, false);
  world_free(w);
  return l;
}

/* every order of five lines on one account, two of them with one as_of */
static const char *const plans[] = {"old", "free", "team", "tie", "other tie"};

static uint64_t kept_of(const int *order)
{
  const int64_t as_of[] = {1, 5, 7, 9, 9};
  rt__facts f;
  rt_key key = small_key();
  laid_out l = people(3);
  rt__facts_init(&f, rt_alloc_default());
  for (int i = 0; i < 5; i++) {
    rt_facts x = line_of("acct_001", as_of[order[i]], plans[order[i]], plans[order[i]]);
    assert_int_equal(rt__facts_add(&f, &key, &x, NULL), RT_OK);
  }
  assert_int_equal(rt__facts_seal(&f, l.set, NULL), RT_OK);
  const rt__fact *x = rt__facts_of(&f, account_at(&l, "acct_001"));
  assert_non_null(x);
  assert_int_equal(x->as_of_us, 9);
  uint64_t plan = x->plan;
  assert_null(rt__facts_of(&f, account_at(&l, "acct_000")));
  assert_null(rt__facts_of(&f, 99));
  assert_null(rt__facts_of(NULL, 0));
  rt__facts_free(&f);
  take_away(&l);
  return plan;
}

static void orders(int *order, int k, uint64_t *first)
{
  if (k == 5) {
    uint64_t plan = kept_of(order);
    *first = *first ? *first : plan;
    assert_int_equal(plan, *first);
    return;
  }
  for (int i = k; i < 5; i++) {
    int t = order[k];
    order[k] = order[i];
    order[i] = t;
    orders(order, k + 1, first);
    order[i] = order[k];
    order[k] = t;
  }
}

static void test_latest_stays_in_any_order(void **state)
{
  (void)state;
  int order[] = {0, 1, 2, 3, 4};
  uint64_t plan = 0;
  orders(order, 0, &plan);
  assert_true(plan == plan_hash("tie") || plan == plan_hash("other tie"));
}

/* the same line twice is one line; a later line with less in it still replaces all of the former */
static void test_lines_replace_whole(void **state)
{
  (void)state;
  rt__facts f;
  rt_key key = small_key();
  laid_out l = people(1);
  rt__facts_init(&f, rt_alloc_default());
  rt_facts a = line_of("acct_000", 3, "gold", "a"), b = line_of("acct_000", 4, NULL, "b");
  a.payments[0] = slice_of("pm_1");
  a.n_payments = 1;
  a.risk = 0.5;
  a.verified = 1;
  assert_int_equal(rt__facts_add(&f, &key, &a, NULL), RT_OK);
  assert_int_equal(rt__facts_add(&f, &key, &a, NULL), RT_OK);
  assert_int_equal(f.n, 1);
  assert_true((double)f.f[0].risk == 0.5 && f.f[0].verified == 1 && f.f[0].n_payments == 1);
  assert_int_equal(rt__facts_add(&f, &key, &b, NULL), RT_OK);
  assert_true(f.f[0].plan == 0 && f.f[0].n_payments == 0 && f.f[0].risk < 0 &&
              f.f[0].verified == -1);
  rt__facts_free(&f);
  take_away(&l);
}

/* instruments, mail domains and birthdays of accounts with traffic, counted by hand */
static void test_counts(void **state)
{
  (void)state;
  enum { N = 60 };
  rt__facts f;
  rt_key key = small_key();
  laid_out l = people(N / 2); /* half of the facts are about accounts without traffic */
  unsigned pays[7] = {0};
  luck r = {3};
  rt__facts_init(&f, rt_alloc_default());
  for (unsigned i = 0; i < N; i++) {
    char name[20], card[2][20];
    rt_facts x;
    unsigned a = luck_below(&r, 7), b = luck_below(&r, 7);
    snprintf(name, sizeof name, "acct_%03u", i);
    snprintf(card[0], sizeof card[0], "pm_%u", a);
    snprintf(card[1], sizeof card[1], "pm_%u", b);
    x = line_of(name, 1, "p", name);
    x.payments[0] = slice_of(card[0]);
    x.payments[1] = slice_of(card[1]);
    x.n_payments = a == b ? 1 : 2;
    x.created_us = i % 3 ? WORLD_T0 - (int64_t)luck_below(&r, 1000) * 1000000 : 0;
    pays[a] += i < N / 2;
    pays[b] += i < N / 2 && a != b;
    assert_int_equal(rt__facts_add(&f, &key, &x, NULL), RT_OK);
  }
  assert_int_equal(rt__facts_seal(&f, l.set, NULL), RT_OK);
  for (unsigned i = 0; i < 7; i++) {
    char card[20];
    snprintf(card, sizeof card, "pm_%u", i);
    const uint64_t *v = rt__map_get(&f.payments, rt_key_hash(&key, "payment", slice_of(card)));
    assert_int_equal(v ? *v : 0, pays[i]);
  }
  assert_int_equal(f.n_born, 20);
  for (size_t i = 1; i < f.n_born; i++)
    assert_true(f.born[i - 1] <= f.born[i]);
  rt__facts_free(&f);
  take_away(&l);
}

static uint64_t plan_of(const rt__facts *f, const laid_out *l, const char *account,
                        const char *tenant)
{
  char joined[RT_NAME_MAX];
  rt_key key = small_key();
  rt_slice name = rt__name_join(slice_of(account), slice_of(tenant), joined);
  size_t i;
  assert_true(rt__set_find(l->set, rt_key_hash(&key, "account", name), &i));
  const rt__fact *x = rt__facts_of(f, (uint32_t)i);
  return x ? x->plan : 0;
}

/* whose account a line is about, with tenants on both sides, on one, on none */
static void test_lines_and_tenants(void **state)
{
  (void)state;
  static const char *const calls[][2] = {{"ann", "t1"}, {"ann", "t2"}, {"ann", "t3"},
                                         {"bob", NULL}, {"eve", NULL}, {"eve", "t1"}};
  static const char *const lines[][3] = {{"ann", "t1", "one"},   {"ann", "t2", "two"},
                                         {"ann", NULL, "any"},   {"bob", "t1", "older"},
                                         {"bob", "t2", "newer"}, {"eve", NULL, "all"}};
  rt_key key = small_key();
  world *w = world_new();
  rt__facts f;
  for (size_t i = 0; i < RT__ARRAY_LEN(calls); i++)
    world_say(w, (call){.who = calls[i][0], .tenant = calls[i][1], .at = 1, .user = "a text"});
  laid_out l = lay_out(w, 0, false);
  rt__facts_init(&f, rt_alloc_default());
  for (size_t i = 0; i < RT__ARRAY_LEN(lines); i++) {
    rt_facts x = line_of(lines[i][0], (int64_t)i, lines[i][2], lines[i][2]);
    x.tenant = slice_of(lines[i][1]);
    assert_int_equal(rt__facts_add(&f, &key, &x, NULL), RT_OK);
  }
  for (int again = 0; again < 2; again++) { /* it may be lined up as often as liked */
    assert_int_equal(rt__facts_seal(&f, l.set, NULL), RT_OK);
    assert_int_equal(plan_of(&f, &l, "ann", "t1"), plan_hash("one"));
    assert_int_equal(plan_of(&f, &l, "ann", "t2"), plan_hash("two"));
    assert_int_equal(plan_of(&f, &l, "ann", "t3"), plan_hash("any"));
    assert_int_equal(plan_of(&f, &l, "bob", NULL), plan_hash("newer"));
    assert_int_equal(plan_of(&f, &l, "eve", NULL), plan_hash("all"));
    assert_int_equal(plan_of(&f, &l, "eve", "t1"), plan_hash("all"));
    assert_int_equal(f.n_known, RT__ARRAY_LEN(calls));
  }
  rt__facts_free(&f);
  take_away(&l);
  world_free(w);
}

static void test_bad_facts(void **state)
{
  (void)state;
  rt__facts f;
  rt_key key = small_key();
  rt_error err;
  rt__facts_init(&f, rt_alloc_default());
  rt_facts x = line_of("", 1, "p", "l");
  assert_int_equal(rt__facts_add(&f, &key, &x, &err), RT_E_ARG);
  assert_int_equal(err.code, RT_E_ARG);
  x.account = RT__LIT("a\0b");
  assert_int_equal(rt__facts_add(&f, &key, &x, NULL), RT_E_ARG);
  x.account = (rt_slice){NULL, 0};
  assert_int_equal(rt__facts_add(&f, &key, &x, NULL), RT_E_ARG);
  x = line_of("a", 1, "p", "l");
  x.risk = 7; /* outside 0 to 1: as good as missing */
  x.n_payments = 1000;
  assert_int_equal(rt__facts_add(&f, &key, &x, NULL), RT_OK);
  assert_true(f.f[0].risk < 0);
  assert_int_equal(f.f[0].n_payments, RT_PAYMENTS_MAX);
  rt__facts_free(&f);
}

static void assert_payer(rt__payer p, uint32_t group, uint32_t n, double all)
{
  assert_int_equal(p.group, group);
  assert_int_equal(p.n, n);
  assert_true(p.all == all);
}

/* a card is the first group's; accounts of another group with it count if that is asked for */
static void test_payers(void **state)
{
  (void)state;
  rt__facts f;
  rt__facts_init(&f, rt_alloc_default());
  for (uint64_t card = 1; card <= 4; card++)
    *rt__map_put(&f.payments, card, NULL) = 10 * card;
  const rt__fact one = {.payment = {1, 2}, .n_payments = 2},
                 two = {.payment = {2}, .n_payments = 1},
                 unknown = {.payment = {77}, .n_payments = 1};
  for (int others = 0; others < 2; others++) {
    rt__map of;
    rt__map_init(&of, rt_alloc_default(), SIZE_MAX, 3);
    assert_int_equal(rt__payers_add(&of, &one, 8, others), RT_OK);
    assert_int_equal(rt__payers_add(&of, &two, 8, others), RT_OK);
    assert_int_equal(rt__payers_add(&of, &two, 9, others), RT_OK);
    assert_int_equal(rt__payers_add(&of, &unknown, 9, others), RT_OK);
    assert_payer(rt__payer_of(&of, &f, 1), 8, 1, 10);
    assert_payer(rt__payer_of(&of, &f, 2), 8, 2 + (uint32_t)others, 20);
    assert_payer(rt__payer_of(&of, &f, 3), 0, 0, 0);  /* nobody's */
    assert_payer(rt__payer_of(&of, &f, 77), 0, 0, 0); /* of no account of the set */
    rt__map_free(&of);
  }
  rt__facts_free(&f);
}

/* a line refused for want of memory leaves the others as they were, and may be given again */
static void test_no_memory(void **state)
{
  (void)state;
  enum { N = 300 };
  rt_key key = small_key();
  laid_out l = people(N);
  for (test_alloc t = {0}; test_alloc_again(&t);) {
    rt_alloc a = test_alloc_of(&t);
    rt__facts f;
    rt__facts_init(&f, &a);
    for (unsigned i = 0; i < N; i++) {
      char name[20];
      snprintf(name, sizeof name, "acct_%03u", i);
      rt_facts x = line_of(name, 1, name, name);
      rt_code c = rt__facts_add(&f, &key, &x, NULL);
      assert_true(c == RT_OK || (c == RT_E_NOMEM && t.failed));
      if (c != RT_OK)
        assert_int_equal(rt__facts_add(&f, &key, &x, NULL), RT_OK);
    }
    bool before = t.failed;
    rt_code c = rt__facts_seal(&f, l.set, NULL);
    assert_int_equal(c, t.failed && !before ? RT_E_NOMEM : RT_OK);
    for (unsigned i = 0; c == RT_OK && i < N; i++) {
      char name[20];
      snprintf(name, sizeof name, "acct_%03u", i);
      assert_int_equal(rt__facts_of(&f, account_at(&l, name))->plan, plan_hash(name));
    }
    rt__facts_free(&f);
    assert_int_equal(t.held + t.wrong_sizes, 0);
  }
  take_away(&l);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_latest_stays_in_any_order),
      cmocka_unit_test(test_lines_replace_whole),
      cmocka_unit_test(test_counts),
      cmocka_unit_test(test_lines_and_tenants),
      cmocka_unit_test(test_bad_facts),
      cmocka_unit_test(test_payers),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
