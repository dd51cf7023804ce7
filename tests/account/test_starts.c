/* Starts of conversations: seen and inferred, who wrote on where, what stood alone. */
#include "account/starts.h"
#include "support/failing_alloc.h"
#include "support/small_starts.h"

/* one start a call: the flags of the k-th start of the only account */
static laid_out lay(world *w, bool blind)
{
  laid_out l = lay_out(w, 0, blind);
  world_free(w);
  return l;
}

static bool followed(const laid_out *l, uint32_t row)
{
  return (l->s.flags[row] & RT__S_FOLLOWED) != 0;
}

static bool lone(const laid_out *l, uint32_t row)
{
  return (l->s.flags[row] & RT__S_LONE) != 0;
}

/* ---- seen starts */

static void test_a_start_is_seen(void **state)
{
  (void)state;
  world *w = world_new();
  world_say(w, (call){.who = "a", .at = 10, .user = "one", .in = 5, .out = 99});
  world_say(w, (call){.who = "a", .at = 90, .user = "and then?", .first = "one", .turn = 1});
  world_say(w, (call){.who = "a", .at = 95, .user = "two"});
  laid_out l = lay(w, false);
  assert_int_equal(l.s.n, 2);
  assert_true(l.s.t[0] == 10 && l.s.t[1] == 95 && l.s.t1 == 95);
  assert_int_equal(l.s.t0_us, WORLD_T0);
  assert_true(fabs((double)l.s.log_in[0] - log(6)) < 1e-6);
  assert_true(fabs((double)l.s.log_out[0] - log(100)) < 1e-6);
  assert_true(l.s.log_in[1] == 0); /* not stated */
  assert_true(followed(&l, 0) && !followed(&l, 1));
  assert_true(rt__starts_followed(&l.s, 0) == 0.5);
  assert_true(l.s.text && (l.s.flags[0] & RT__S_TEXT));
  take_away(&l);
}

/* a person reads at least RT__READING_S before writing on; a tool does not */
static void test_a_tool_writes_on_at_once(void **state)
{
  (void)state;
  world *w = world_new();
  world_say(w, (call){.who = "a", .at = 0, .user = "one"});
  for (unsigned i = 1; i <= 10; i++)
    world_say(w, (call){.who = "a",
                        .at = i * (RT__READING_S - 1),
                        .user = "tool says so",
                        .first = "one",
                        .turn = i});
  laid_out l = lay(w, false);
  assert_int_equal(l.s.n, 1);
  assert_false(followed(&l, 0));
  take_away(&l);
}

static world *interleaved(void)
{
  world *w = world_new();
  world_say(w, (call){.who = "a", .at = 0, .user = "alpha"});
  world_say(w, (call){.who = "a", .at = 70, .user = "beta"});
  return w;
}

/* two conversations at once: what is written on belongs to the one that it names */
static void test_follow_up_by_conversation(void **state)
{
  (void)state;
  world *w = interleaved();
  world_say(w, (call){.who = "a", .at = 100, .user = "more", .first = "alpha", .turn = 1});
  laid_out l = lay(w, false); /* 30 s after beta, 100 s after alpha */
  assert_int_equal(l.s.n, 2);
  assert_true(followed(&l, 0) && !followed(&l, 1));
  take_away(&l);

  w = interleaved();
  world_say(w, (call){.who = "a", .at = 100, .user = "more", .first = "beta", .turn = 1});
  l = lay(w, false); /* too fast in beta, and alpha was not meant */
  assert_true(!followed(&l, 0) && !followed(&l, 1));
  take_away(&l);

  w = interleaved();
  world_say(w, (call){.who = "a", .at = 100, .user = "x", .first = "beta", .turn = 1});
  world_say(w, (call){.who = "a", .at = 130, .user = "y", .first = "beta", .turn = 2});
  l = lay(w, false); /* each step of 30 s is a tool's, though the sum is not */
  assert_true(!followed(&l, 0) && !followed(&l, 1));
  take_away(&l);
}

static void test_unknown_conversation_is_nobodys(void **state)
{
  (void)state;
  world *w = interleaved();
  world_say(w, (call){.who = "a", .at = 500, .user = "more", .first = "begun long ago", .turn = 3});
  laid_out l = lay(w, false);
  assert_int_equal(l.s.n, 2);
  assert_true(!followed(&l, 0) && !followed(&l, 1));
  take_away(&l);
}

/* a log that blanks texts: nothing names the conversation, the last one stands for it */
static void test_nameless_follow_up(void **state)
{
  (void)state;
  world *w = world_new();
  world_say(w, (call){.who = "a", .at = 0, .system = "s", .user = "", .in = 9});
  world_say(w, (call){.who = "a", .at = 100, .system = "s", .user = "", .in = 20, .turn = 1});
  laid_out l = lay(w, false);
  assert_int_equal(l.s.n, 1);
  assert_true(followed(&l, 0));
  take_away(&l);
}

/* the same first turn again opens the conversation anew */
static void test_same_question_again(void **state)
{
  (void)state;
  world *w = world_new();
  world_say(w, (call){.who = "a", .at = 0, .user = "alpha"});
  world_say(w, (call){.who = "a", .at = 1000, .user = "alpha"});
  world_say(w, (call){.who = "a", .at = 1100, .user = "more", .first = "alpha", .turn = 1});
  laid_out l = lay(w, false);
  assert_int_equal(l.s.n, 2);
  assert_true(!followed(&l, 0) && followed(&l, 1));
  take_away(&l);
}

/* ---- against a plain version: every follow-up looks back over all calls of its account */

typedef struct step {
  unsigned talk, turn;
  double at;
} step;

static void plain_followed(const step *v, size_t n, bool *out)
{
  for (size_t i = 0; i < n; i++)
    out[i] = false;
  for (size_t i = 0; i < n; i++) {
    size_t last = n, start = n;
    for (size_t j = 0; v[i].turn && j < i; j++)
      if (v[j].talk == v[i].talk) {
        last = j;
        start = v[j].turn == 0 ? j : start;
      }
    if (start < n && v[i].at - v[last].at > RT__READING_S)
      out[start] = true;
  }
}

static void test_followed_against_plain(void **state)
{
  (void)state;
  enum { CALLS = 120, TALKS = 10 };
  for (uint64_t seed = 1; seed <= 60; seed++) {
    world *w = world_new();
    luck r = {seed};
    step v[CALLS];
    bool want[CALLS];
    unsigned turn[TALKS] = {0};
    double at = 5;
    for (size_t i = 0; i < CALLS; i++) {
      char user[40], first[40];
      unsigned t = luck_below(&r, TALKS);
      turn[t] = turn[t] == 0 || luck_below(&r, 4) == 0 ? 1 : turn[t] + 1;
      at += 1 + luck_below(&r, 90);
      v[i] = (step){t, turn[t] - 1, at};
      snprintf(first, sizeof first, "conversation %c", (char)('a' + t));
      snprintf(user, sizeof user, "turn %zu", i);
      world_say(w, (call){.who = "a",
                          .at = at,
                          .user = v[i].turn ? user : first,
                          .first = first,
                          .turn = v[i].turn});
    }
    plain_followed(v, CALLS, want);
    laid_out l = lay(w, false);
    uint32_t row = 0;
    for (size_t i = 0; i < CALLS; i++)
      if (v[i].turn == 0) {
        assert_true(l.s.t[row] == v[i].at);
        assert_int_equal(followed(&l, row), want[i]);
        row++;
      }
    assert_int_equal(l.s.n, row);
    take_away(&l);
  }
}

/* ---- inferred starts */

static size_t starts_of(call second)
{
  world *w = world_new();
  call first = {.who = "a", .in = 100, .client = "c/1", .temperature = 700, .blind = true};
  second.who = "a";
  second.blind = true;
  world_say(w, first);
  world_say(w, second);
  laid_out l = lay(w, false);
  size_t n = l.s.n;
  assert_false(l.s.text);
  take_away(&l);
  return n;
}

static void test_inferred_starts(void **state)
{
  (void)state;
  call next = {.at = 300, .in = 180, .client = "c/1", .temperature = 700};
  assert_int_equal(starts_of(next), 1); /* a longer prompt of the same program, soon */
  call x = next;
  x.at = RT__TURN_S + 1;
  assert_int_equal(starts_of(x), 2);
  x = next;
  x.in = 100; /* no longer than before */
  assert_int_equal(starts_of(x), 2);
  x = next;
  x.client = "c/2";
  assert_int_equal(starts_of(x), 2);
  x = next;
  x.temperature = 0;
  assert_int_equal(starts_of(x), 2);
  x = next;
  x.max_tokens = 50;
  assert_int_equal(starts_of(x), 2);
  x = next;
  x.knobs = "seed=1";
  assert_int_equal(starts_of(x), 2);
}

static void test_inferred_follow_up(void **state)
{
  (void)state;
  world *w = world_new();
  world_say(w, (call){.who = "a", .at = 0, .in = 10, .blind = true});
  world_say(w, (call){.who = "a", .at = 60, .in = 20, .blind = true}); /* read, wrote on */
  world_say(w, (call){.who = "a", .at = 1000, .in = 10, .blind = true});
  world_say(w, (call){.who = "a", .at = 1010, .in = 20, .blind = true}); /* a tool */
  laid_out l = lay(w, false);
  assert_int_equal(l.s.n, 2);
  assert_true(followed(&l, 0) && !followed(&l, 1));
  take_away(&l);
}

/* `blind` closes the eyes to messages: the same table as from a log without any */
static void test_blind_is_blind(void **state)
{
  (void)state;
  world *open = world_new(), *shut = world_new();
  luck r = {4};
  double at = 0;
  for (int i = 0; i < 300; i++) {
    call c = {.who = i % 3 ? "a" : "b",
              .at = at += 1 + luck_below(&r, 500),
              .in = 10 + luck_below(&r, 90),
              .turn = luck_below(&r, 3)};
    call d = c;
    c.user = "a text";
    d.blind = true;
    d.turn = 0;
    world_say(open, c);
    world_say(shut, d);
  }
  laid_out x = lay(open, true), y = lay(shut, false);
  assert_int_equal(x.s.n, y.s.n);
  for (size_t i = 0; i < x.s.n; i++) {
    assert_true(x.s.t[i] == y.s.t[i] && x.s.account[i] == y.s.account[i]);
    assert_int_equal(x.s.flags[i] & (RT__S_FOLLOWED | RT__S_LONE),
                     y.s.flags[i] & (RT__S_FOLLOWED | RT__S_LONE));
  }
  take_away(&x);
  take_away(&y);
}

/* ---- what does not count, what stood alone */

static void test_only_answered_calls_count(void **state)
{
  (void)state;
  world *w = world_new();
  const rt_outcome bad[] = {RT_OUTCOME_REFUSED, RT_OUTCOME_BLOCKED, RT_OUTCOME_RATE_LIMITED,
                            RT_OUTCOME_ERROR};
  for (size_t i = 0; i < 4; i++)
    world_say(w, (call){.who = "a", .at = 50 + (double)i, .user = "no", .failed = bad[i]});
  world_say(w, (call){.who = "a", .at = 0, .user = "yes"});
  world_say(w, (call){.who = "b", .at = 0, .user = "no", .failed = RT_OUTCOME_ERROR});
  laid_out l = lay(w, false);
  uint32_t a = account_at(&l, "a"), b = account_at(&l, "b");
  assert_int_equal(l.s.n, 1);
  assert_int_equal(rt__starts_count(&l.s, a), 1);
  assert_int_equal(rt__starts_count(&l.s, b), 0);
  assert_true(rt__starts_followed(&l.s, b) == 0);
  assert_true(lone(&l, 0)); /* refused calls keep no company */
  take_away(&l);
}

static void test_lone_starts(void **state)
{
  (void)state;
  world *w = world_new();
  world_say(w, (call){.who = "a", .at = 0, .user = "one"});
  world_say(w, (call){.who = "a", .at = RT__LONE_S, .user = "two"}); /* not over the limit */
  world_say(w, (call){.who = "a", .at = 2 * RT__LONE_S + 1, .user = "three"});
  world_say(w, (call){.who = "a", .at = 300, .user = "on", .first = "three", .turn = 1});
  world_say(w, (call){.who = "a", .at = 900, .user = "four"});
  laid_out l = lay(w, false);
  assert_int_equal(l.s.n, 4);
  assert_false(lone(&l, 0));
  assert_true(lone(&l, 1));
  assert_false(lone(&l, 2)); /* its own second turn came soon */
  assert_true(lone(&l, 3));  /* the last of all */
  take_away(&l);
}

/* ---- slots and words */

/* "Go." under a system text that changes: the slot is the whole prompt */
static void test_slot_in_the_system_text(void **state)
{
  (void)state;
  world *w = world_new();
  for (int i = 0; i < 12; i++) {
    char text[40];
    snprintf(text, sizeof text, "Describe number %d.", i);
    world_say(w, (call){.who = "go", .at = i, .system = text, .user = "Go."});
    world_say(w, (call){.who = "ask", .at = i, .system = "Be kind.", .user = text});
    world_say(w, (call){.who = "cron", .at = i, .system = "Be kind.", .user = "The report."});
  }
  laid_out l = lay(w, false);
  uint32_t go = l.s.first[account_at(&l, "go")], ask = l.s.first[account_at(&l, "ask")],
           cron = l.s.first[account_at(&l, "cron")];
  for (uint32_t i = 1; i < 12; i++) {
    assert_true(l.s.slot[go + i] != l.s.slot[go]);
    assert_true(l.s.slot[ask + i] != l.s.slot[ask]);
    assert_true(l.s.slot[ask + i] != l.s.prompt[ask + i]);   /* the user's text alone */
    assert_true(l.s.slot[cron + i] == l.s.slot[cron]);       /* really the same again, */
    assert_true(l.s.slot[cron + i] != l.s.prompt[cron + i]); /* and no secret of the system's */
  }
  take_away(&l);
}

static void test_words_are_both_sides(void **state)
{
  (void)state;
  world *w = world_new();
  luck r = {12};
  for (int i = 0; i < 40; i++) {
    char sys[WORLD_TXT], user[WORLD_TXT];
    words_text(&r, 0, 60, luck_below(&r, 50), sys, sizeof sys);
    words_text(&r, 30, 60, 1 + luck_below(&r, 50), user, sizeof user);
    world_say(w, (call){.who = "a", .at = i, .system = *sys ? sys : NULL, .user = user});
  }
  laid_out l = lay(w, false);
  for (uint32_t row = 0; row < l.s.n; row++) {
    uint32_t got[2 * RT_WORDS_MAX];
    size_t n = rt__starts_words(&l.s, row, got), want = 0;
    rt_digest g;
    rt__set_get(l.set, l.s.record[row], &g);
    const rt_segment *sys = g.system ? rt__set_segment(l.set, g.system) : NULL;
    for (size_t i = 0; i < n; i++) {
      bool in_user = false, in_system = false;
      assert_true(i == 0 || got[i] > got[i - 1]);
      for (size_t k = 0; k < g.n_words; k++)
        in_user |= g.words[k] == got[i];
      for (size_t k = 0; sys && k < sys->n_words; k++)
        in_system |= sys->words[k] == got[i];
      assert_true(in_user || in_system);
      want += in_user && in_system; /* the overlap */
    }
    assert_int_equal(n + want, g.n_words + (sys ? sys->n_words : 0u));
  }
  take_away(&l);
}

/* ---- the table as a whole */

static world *mixed(uint64_t seed, unsigned accounts, int calls)
{
  world *w = world_new();
  luck r = {seed};
  for (int i = 0; i < calls; i++) {
    char who[20], user[40];
    snprintf(who, sizeof who, "acct_%u", luck_below(&r, accounts));
    snprintf(user, sizeof user, "talk %u", luck_below(&r, 6));
    world_say(w, (call){.who = who,
                        .at = luck_below(&r, 4 * 86400),
                        .user = user,
                        .turn = luck_below(&r, 3),
                        .in = luck_below(&r, 100),
                        .out = luck_below(&r, 900),
                        .blind = luck_below(&r, 3) == 0,
                        .failed = luck_below(&r, 9) ? RT_OUTCOME_UNKNOWN : RT_OUTCOME_ERROR});
  }
  return w;
}

static void test_table_is_in_order(void **state)
{
  (void)state;
  world *w = mixed(3, 20, 2000);
  laid_out l = lay(w, false);
  assert_int_equal(l.s.first[0], 0);
  assert_int_equal(l.s.first[l.s.n_accounts], l.s.n);
  assert_int_equal(l.s.t0_us % (86400 * INT64_C(1000000)), 0);
  double last = 0;
  for (uint32_t a = 0; a < l.s.n_accounts; a++)
    for (uint32_t i = l.s.first[a]; i < l.s.first[a + 1]; i++) {
      assert_int_equal(l.s.account[i], a);
      assert_true(l.s.t[i] >= 0 && (i == l.s.first[a] || l.s.t[i] >= l.s.t[i - 1]));
      assert_true(l.s.t[i] == (double)(rt__set_time(l.set, l.s.record[i]) - l.s.t0_us) * 1e-6);
      last = l.s.t[i] > last ? l.s.t[i] : last;
    }
  assert_true(l.s.t1 == last);
  take_away(&l);
}

static void test_order_of_input_is_nothing(void **state)
{
  (void)state;
  world *w = mixed(5, 20, 1500);
  laid_out a = lay_out(w, 0, false);
  for (uint64_t shuffle = 1; shuffle < 4; shuffle++) {
    laid_out b = lay_out(w, shuffle, false);
    assert_int_equal(a.s.n, b.s.n);
#define SAME(column) assert_memory_equal(a.s.column, b.s.column, a.s.n * sizeof *a.s.column)
    SAME(account);
    SAME(record);
    SAME(t);
    SAME(bundle);
    SAME(slot);
    SAME(log_in);
    SAME(log_out);
    SAME(flags);
#undef SAME
    take_away(&b);
  }
  take_away(&a);
  world_free(w);
}

static void test_nobody(void **state)
{
  (void)state;
  laid_out l = lay(world_new(), false);
  assert_int_equal(l.s.n, 0);
  assert_int_equal(l.s.n_accounts, 0);
  take_away(&l);
}

static void test_no_memory(void **state)
{
  (void)state;
  world *w = mixed(6, 5, 50);
  laid_out l = lay(w, false);
  for (test_alloc t = {0}; test_alloc_again(&t);) {
    rt_alloc alloc = test_alloc_of(&t);
    rt__starts s;
    rt_code c = rt__starts_build(&alloc, l.set, false, &s, NULL);
    if (c == RT_OK)
      rt__starts_free(&s);
    assert_survived(&t, c);
  }
  take_away(&l);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_start_is_seen),
      cmocka_unit_test(test_a_tool_writes_on_at_once),
      cmocka_unit_test(test_follow_up_by_conversation),
      cmocka_unit_test(test_unknown_conversation_is_nobodys),
      cmocka_unit_test(test_nameless_follow_up),
      cmocka_unit_test(test_same_question_again),
      cmocka_unit_test(test_followed_against_plain),
      cmocka_unit_test(test_inferred_starts),
      cmocka_unit_test(test_inferred_follow_up),
      cmocka_unit_test(test_blind_is_blind),
      cmocka_unit_test(test_only_answered_calls_count),
      cmocka_unit_test(test_lone_starts),
      cmocka_unit_test(test_slot_in_the_system_text),
      cmocka_unit_test(test_words_are_both_sides),
      cmocka_unit_test(test_table_is_in_order),
      cmocka_unit_test(test_order_of_input_is_nothing),
      cmocka_unit_test(test_nobody),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
