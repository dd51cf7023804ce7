/* Plans and streams: who gets what when, against what the spec says. */
#include "world/dispatch.h"
#include "world/render.h"

#include "base/json_read.h"
#include "base/time.h"
#include "support/failing_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the three above */
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

typedef struct world {
  rt__spec spec;
  rt__texts *texts;
  rt__plan *plan;
  rt__stream *stream;
  uint64_t *counts;
  uint64_t n;
} world;

static rt__texts *texts;

static void open_world(world *w, const char *json, uint64_t seed)
{
  rt_error err = {0};
  *w = (world){0};
  rt_code c = rt__spec_parse(rt_alloc_default(), rt__cstr(json), &w->spec, &err);
  if (c != RT_OK)
    print_error("%s\n", err.message);
  assert_int_equal(c, RT_OK);
  assert_int_equal(rt__plan_make(rt_alloc_default(), &w->spec, texts, seed, &w->plan, &err), RT_OK);
  assert_int_equal(rt__stream_new(w->plan, NULL, &w->stream), RT_OK);
  w->counts = calloc(w->plan->n_accounts + 1, sizeof *w->counts);
}

static void close_world(world *w)
{
  free(w->counts);
  rt__stream_free(w->stream);
  rt__plan_free(w->plan);
  rt__spec_free(rt_alloc_default(), &w->spec);
}

static bool next(world *w, rt__event *e)
{
  int more = rt__stream_next(w->stream, e);
  assert_true(more >= 0);
  if (more == 1) {
    w->counts[e->account]++;
    w->n++;
  }
  return more == 1;
}

/* accounts of a world label and their exchanges */
static uint64_t sum_of(const world *w, rt__world_label label, uint64_t *accounts)
{
  uint64_t sum = 0;
  *accounts = 0;
  for (size_t i = 0; i < w->plan->n_accounts; i++)
    if (w->plan->accounts[i].world == label && w->counts[i]) {
      sum += w->counts[i];
      ++*accounts;
    }
  return sum;
}

#define ALONE "{\"days\":4,\"only_named\":true,\"errors\":0,"

static void harvest_is_as_large_as_asked(void **state)
{
  (void)state;
  world w;
  rt__event e;
  uint64_t accounts;
  open_world(&w, ALONE "\"campaigns\":[{\"level\":\"L0\",\"accounts\":20,\"per_account\":30}]}", 1);
  while (next(&w, &e))
    assert_true(e.turns == 1);
  assert_in_range(sum_of(&w, RT__CAMPAIGN, &accounts), 585, 600);
  assert_int_equal(accounts, 20);
  for (size_t i = 0; i < w.plan->n_accounts; i++) /* in turn: nearly equal */
    assert_in_range(w.counts[i], 15, 48);
  close_world(&w);
}

static void a_random_balancer_is_uneven(void **state)
{
  (void)state;
  double phi[2];
  static const char *const specs[2] = {
      ALONE "\"campaigns\":[{\"level\":\"L0\",\"accounts\":20,\"per_account\":50,\"spread\":0}]}",
      ALONE "\"campaigns\":[{\"level\":\"L0\",\"accounts\":20,\"per_account\":50,\"spread\":0,"
            "\"random\":1}]}"};
  for (int k = 0; k < 2; k++) {
    world w;
    rt__event e;
    open_world(&w, specs[k], 3);
    while (next(&w, &e)) {
    }
    phi[k] = 0;
    double mean = (double)w.n / 20;
    for (size_t i = 0; i < 20; i++)
      phi[k] += ((double)w.counts[i] - mean) * ((double)w.counts[i] - mean) / mean / 19;
    close_world(&w);
  }
  assert_true(phi[0] < 0.1);
  assert_true(phi[1] > 0.4);
}

static void a_closed_account_is_silent_and_replaced(void **state)
{
  (void)state;
  world w;
  rt__event e;
  uint64_t accounts, closed = 0;
  open_world(&w,
             ALONE
             "\"campaigns\":[{\"level\":\"L2\",\"accounts\":30,\"per_account\":40,\"ban\":0.8,"
             "\"replace_hours\":2}]}",
             5);
  while (next(&w, &e)) {
    const rt__account *a = &w.plan->accounts[e.account];
    assert_true(e.t >= a->created);
    assert_true(!a->closed || e.t < a->closed);
  }
  assert_in_range(sum_of(&w, RT__CAMPAIGN, &accounts), 1150, 1200);
  for (size_t i = 0; i < w.plan->n_accounts; i++)
    closed += w.plan->accounts[i].closed != 0;
  assert_true(closed >= 10);
  assert_true(accounts > 35);
  close_world(&w);
}

/* conversations that began at one account and went on, within the hour, at another */
static size_t moves(const char *spec, size_t *starts)
{
  world w;
  rt__event e;
  size_t n = 0;
  *starts = 0;
  open_world(&w, spec, 2);
  rt__event *last = calloc(w.plan->n_sources, sizeof *last);
  while (next(&w, &e)) {
    rt__event *was = &last[e.source];
    bool run = was->t && e.conv / 8 == was->conv / 8 && e.t - was->t < 3600 * RT__US;
    n += run && e.conv != was->conv && e.account != was->account;
    *starts += run && e.conv != was->conv;
    assert_true(!was->t || e.conv != was->conv || e.tries || e.account == was->account);
    if (!was->t || e.conv != was->conv)
      *was = e;
  }
  free(last);
  close_world(&w);
  return n;
}

#define RESALE ALONE "\"campaigns\":[{\"level\":\"resale\",\"accounts\":10,\"customers\":3"

static void a_reseller_deals_conversations_or_sessions(void **state)
{
  (void)state;
  size_t starts;
  assert_int_equal(moves(RESALE ",\"balancer\":\"sticky\"}]}", &starts), 0);
  assert_true(starts > 50);
  size_t n = moves(RESALE "}]}", &starts);
  assert_true(starts > 50 && 10 * n > 8 * starts);
}

static void cover_is_the_share_asked_for(void **state)
{
  (void)state;
  world w;
  rt__event e;
  double harvest = 0;
  open_world(&w,
             ALONE "\"campaigns\":[{\"level\":\"L3\",\"accounts\":60,\"per_account\":60,\"cover\":"
                   "0.6,\"ban\":0}]}",
             4);
  while (next(&w, &e))
    harvest += w.plan->sources[e.source].harvest;
  double share = 1 - harvest / (double)w.n;
  assert_true(share > 0.45 && share < 0.8);
  close_world(&w);
}

static void humans_sleep(void **state)
{
  (void)state;
  world w;
  rt__event e;
  uint64_t late = 0;
  open_world(&w,
             ALONE
             "\"campaigns\":[{\"level\":\"L4\",\"accounts\":40,\"per_account\":60,\"cover\":0}]}",
             6);
  while (next(&w, &e)) {
    const rt__account *a = &w.plan->accounts[e.account];
    int64_t hour = e.t / (3600 * RT__US) + rt__country_at(a->country)->hours;
    late += (hour % 24 + 24) % 24 < 5;
  }
  assert_true(late < w.n / 20); /* 5 of 24 hours would be a fifth */
  close_world(&w);
}

static void shares_of_payment(void **state)
{
  (void)state;
  world w;
  uint32_t kinds = 0;
  open_world(&w, ALONE "\"campaigns\":[{\"level\":\"L0\",\"accounts\":40,\"share_payment\":10}]}",
             6);
  for (size_t i = 0; i < 40; i++) {
    bool seen = false;
    for (size_t j = 0; j < i; j++)
      seen = seen || w.plan->accounts[j].payment == w.plan->accounts[i].payment;
    kinds += !seen;
  }
  assert_int_equal(kinds, 4);
  close_world(&w);
}

static void time_never_goes_back_and_ids_are_unique(void **state)
{
  (void)state;
  world w;
  rt__event e, last = {0};
  open_world(&w, rt__preset_find("tiny")->json, 9);
  while (next(&w, &e)) {
    assert_true(e.t >= last.t && e.t >= w.plan->start && e.t < w.plan->end);
    bool same = e.source == last.source && e.conv == last.conv && e.turn == last.turn &&
                e.tries == last.tries;
    assert_false(w.n > 1 && same);
    assert_true(e.turn < e.turns);
    last = e;
  }
  assert_true(w.n > 3000);
  for (size_t i = 0; i < w.plan->n_accounts; i++)
    for (size_t j = 0; j < i; j += 7)
      assert_true(rt__account_name(w.plan, (uint32_t)i) != rt__account_name(w.plan, (uint32_t)j));
  close_world(&w);
}

/* every line is one JSON object with what the contract requires */
static void lines_are_json(void **state)
{
  (void)state;
  world w;
  rt__event e;
  rt__buf b;
  rt__buf_init(&b, rt_alloc_default(), 1 << 20);
  open_world(&w, rt__preset_find("tiny")->json, 10);
  while (next(&w, &e)) {
    rt__jr *d = NULL;
    rt__buf_clear(&b);
    assert_int_equal(rt__render_exchange(w.plan, &e, &b), RT_OK);
    assert_true(b.n > 0 && b.p[b.n - 1] == '\n' && !memchr(b.p, '\n', b.n - 1));
    assert_int_equal(rt__jr_parse(rt_alloc_default(), rt__buf_slice(&b), 4000, &d, NULL), RT_OK);
    static const char *const need[] = {"id",  "ts",      "account",  "ip",
                                       "asn", "request", "response", "status"};
    for (size_t i = 0; i < RT__ARRAY_LEN(need); i++)
      assert_non_null(rt__jr_get(d, rt__jr_root(d), need[i]));
    rt__jr_free(d);
  }
  for (uint32_t i = 0; i < w.plan->n_accounts; i++) {
    rt__jr *d = NULL;
    rt__buf_clear(&b);
    assert_int_equal(rt__render_account(w.plan, i, &b), RT_OK);
    assert_int_equal(rt__jr_parse(rt_alloc_default(), rt__buf_slice(&b), 100, &d, NULL), RT_OK);
    rt__jr_free(d);
  }
  rt__buf_free(&b);
  close_world(&w);
}

/* a conversation repeats its earlier turns word for word */
static void a_conversation_grows(void **state)
{
  (void)state;
  world w;
  rt__event e;
  rt__buf a, b;
  rt__buf_init(&a, rt_alloc_default(), 1 << 20);
  rt__buf_init(&b, rt_alloc_default(), 1 << 20);
  uint32_t checked = 0;
  open_world(&w, ALONE "\"background\":{\"chat\":{\"count\":20},\"coding-agent\":{\"count\":10}}}",
             3);
  while (next(&w, &e)) {
    if (e.turn == 0)
      continue;
    rt__event before = e;
    before.turn--;
    rt__buf_clear(&a);
    rt__buf_clear(&b);
    assert_int_equal(rt__render_exchange(w.plan, &before, &a), RT_OK);
    assert_int_equal(rt__render_exchange(w.plan, &e, &b), RT_OK);
    rt_slice x = rt__buf_slice(&a), y = rt__buf_slice(&b);
    const char *from = NULL, *end = NULL;
    for (size_t i = 0; i + 12 < x.n; i++) { /* the list of messages, as far as it went */
      if (!from &&
          (memcmp(x.p + i, "\"messages\":[", 12) == 0 || memcmp(x.p + i, ",\"input\":[", 10) == 0))
        from = x.p + i;
      if (memcmp(x.p + i, "]},\"response\"", 12) == 0)
        end = x.p + i;
    }
    assert_non_null(from);
    assert_non_null(end);
    char old = *end;
    *(char *)(uintptr_t)end = '\0';
    b.p[b.n - 1] = '\0';
    assert_non_null(strstr(y.p, from));
    *(char *)(uintptr_t)end = old;
    checked++;
  }
  assert_true(checked > 100);
  rt__buf_free(&a);
  rt__buf_free(&b);
  close_world(&w);
}

static void a_framed_stranger_is_honest(void **state)
{
  (void)state;
  world w;
  rt__event e;
  uint64_t accounts;
  open_world(
      &w, ALONE "\"campaigns\":[{\"level\":\"L1\",\"accounts\":10,\"ip\":\"vpn\",\"framed\":3}]}",
      2);
  while (next(&w, &e)) {
  }
  assert_true(sum_of(&w, RT__BENIGN, &accounts) > 30);
  assert_int_equal(accounts, 3);
  for (size_t i = 0; i < w.plan->n_accounts; i++) {
    const rt__account *a = &w.plan->accounts[i];
    assert_int_equal(a->net, RT__NET_VPN);
    assert_int_equal(a->net_id, w.plan->accounts[0].net_id);
  }
  close_world(&w);
}

static void plans_survive_without_memory(void **state)
{
  (void)state;
  rt__spec spec;
  assert_int_equal(
      rt__spec_parse(rt_alloc_default(), rt__cstr(rt__preset_find("tiny")->json), &spec, NULL),
      RT_OK);
  for (test_alloc a = {0}; test_alloc_again(&a);) {
    rt_alloc alloc = test_alloc_of(&a);
    rt__plan *p = NULL;
    rt__stream *s = NULL;
    rt__event e;
    rt_code c = rt__plan_make(&alloc, &spec, texts, 1, &p, NULL);
    if (c == RT_OK)
      c = rt__stream_new(p, NULL, &s);
    for (int more = 1; c == RT_OK && more == 1;)
      c = (more = rt__stream_next(s, &e)) < 0 ? RT_E_NOMEM : RT_OK;
    rt__stream_free(s);
    rt__plan_free(p);
    assert_survived(&a, c);
  }
  rt__spec_free(rt_alloc_default(), &spec);
}

static int set_up(void **state)
{
  (void)state;
  return rt__texts_new(rt_alloc_default(), 1, &texts, NULL) == RT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
  (void)state;
  rt__texts_free(texts);
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(harvest_is_as_large_as_asked),
      cmocka_unit_test(a_random_balancer_is_uneven),
      cmocka_unit_test(a_closed_account_is_silent_and_replaced),
      cmocka_unit_test(a_reseller_deals_conversations_or_sessions),
      cmocka_unit_test(cover_is_the_share_asked_for),
      cmocka_unit_test(humans_sleep),
      cmocka_unit_test(shares_of_payment),
      cmocka_unit_test(time_never_goes_back_and_ids_are_unique),
      cmocka_unit_test(lines_are_json),
      cmocka_unit_test(a_conversation_grows),
      cmocka_unit_test(a_framed_stranger_is_honest),
      cmocka_unit_test(plans_survive_without_memory),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
