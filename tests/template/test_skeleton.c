/* Templates planted among accounts with prompts of their own; texts that are only quoted. */
#include "support/failing_alloc.h"
#include "support/small_starts.h"
#include "template/skeleton.h"

#define FRAME                                                                                      \
  "You are a careful tutor of many subjects. Write down every intermediate result and the reason " \
  "for it. Check the result in a second way before you answer. State the final answer on a line "  \
  "of its own."
#define STORY                                                                                      \
  "Once upon a time a miller lost his wheel to the river. Nobody in the valley could say where "   \
  "it "                                                                                            \
  "went. The miller's daughter walked down to the sea and asked the gulls. They knew, of course, " \
  "but they wanted bread for it."

static void say_words(luck *r, unsigned from, char *out, size_t room)
{
  words_text(r, from, 500, 14, out, room);
}

/* people and programs with texts of their own; each program has a frame that nobody shares */
static void add_others(world *w, luck *r, unsigned n)
{
  for (unsigned i = 0; i < n; i++) {
    char frame[300], user[300], who[40];
    snprintf(who, sizeof who, "other_%03u", i);
    words_text(r, 5000 + 20 * i, 20, 16, frame, sizeof frame);
    for (int k = 0; k < 10; k++) {
      say_words(r, 5000, user, sizeof user);
      world_say(w, (call){.who = who,
                          .at = luck_unit(r) * DAY,
                          .system = i % 2 ? frame : NULL,
                          .user = user});
    }
  }
}

/* account i sends `starts` fresh slots in the frame */
static void add_users(world *w, luck *r, const char *group, unsigned n, unsigned starts,
                      const char *frame)
{
  for (unsigned i = 0; i < n; i++)
    for (unsigned k = 0; k < starts; k++) {
      char user[WORLD_TXT];
      say_words(r, 0, user, sizeof user);
      world_say(w, (call){.who = world_name(w, group, i),
                          .at = luck_unit(r) * DAY,
                          .system = frame,
                          .user = user});
    }
}

typedef struct mined {
  laid_out l;
  rt__groups g;
  uint8_t *carried;
} mined;

static mined mine(world *w, uint64_t shuffle)
{
  mined m = {.l = lay_out(w, shuffle, false)};
  m.carried = calloc(m.l.s.n + 1, 1);
  rt__groups_init(&m.g, rt_alloc_default());
  assert_int_equal(rt__skeletons(&m.l.s, &m.g, m.carried, NULL), RT_OK);
  for (size_t i = 0; i < m.g.n; i++) {
    assert_sound(&m.l, &m.g.g[i]);
    assert_int_equal(m.g.g[i].origin, RT__FROM_SKELETON);
    assert_true(m.g.g[i].n >= RT__SKEL_MIN_ACCOUNTS);
    for (uint32_t k = 0; k < m.g.g[i].at[m.g.g[i].n]; k++)
      assert_int_equal(m.carried[m.g.g[i].row[k]], 1);
  }
  return m;
}

static void done(mined *m, world *w)
{
  rt__groups_free(&m->g);
  free(m->carried);
  take_away(&m->l);
  world_free(w);
}

/* the only group: n accounts of the name, all of their rows, nobody else */
static void assert_only_group(const mined *m, const char *name, uint32_t n, uint32_t rows)
{
  assert_int_equal(m->g.n, 1);
  const rt__group *g = &m->g.g[0];
  assert_int_equal(g->n, n);
  assert_int_equal(count_named(&m->l, g, name), n);
  assert_int_equal(g->at[g->n], rows);
  size_t carried = 0;
  for (size_t i = 0; i < m->l.s.n; i++)
    carried += m->carried[i];
  assert_int_equal(carried, rows);
}

static void test_template_in_the_system_text(void **state)
{
  (void)state;
  luck r = {1};
  world *w = world_new();
  add_users(w, &r, "user", 8, 12, FRAME);
  add_others(w, &r, 40);
  mined m = mine(w, 0);
  assert_only_group(&m, "user_", 8, 8 * 12);
  assert_int_equal(m.g.g[0].detail, 4); /* its sentences */
  done(&m, w);
}

/* the frame stands around the slot, in the user's text */
static void test_template_around_a_slot(void **state)
{
  (void)state;
  luck r = {2};
  world *w = world_new();
  for (unsigned i = 0; i < 8; i++)
    for (unsigned k = 0; k < 12; k++) {
      char slot[400], user[WORLD_TXT];
      say_words(&r, 0, slot, sizeof slot);
      snprintf(user, sizeof user, "Here is the next task for you.\n%s\nAnswer it in three steps.",
               slot);
      world_say(w,
                (call){.who = world_name(w, "user", i), .at = luck_unit(&r) * DAY, .user = user});
    }
  add_others(w, &r, 40);
  mined m = mine(w, 0);
  assert_only_group(&m, "user_", 8, 8 * 12);
  done(&m, w);
}

/* numbers, case and blanks vary in a template without hiding it */
static void test_folded_template(void **state)
{
  (void)state;
  luck r = {3};
  world *w = world_new();
  for (unsigned i = 0; i < 8; i++)
    for (unsigned k = 0; k < 12; k++) {
      char slot[300], frame[300], user[WORLD_TXT];
      say_words(&r, 0, slot, sizeof slot);
      snprintf(frame, sizeof frame, "This is %s %u of  %u   tasks.",
               k % 2 ? "Job number" : "job NUMBER", k, 10 + i);
      snprintf(user, sizeof user, "%s\n%s", frame, slot);
      world_say(w,
                (call){.who = world_name(w, "user", i), .at = luck_unit(&r) * DAY, .user = user});
    }
  add_others(w, &r, 40);
  mined m = mine(w, 0);
  assert_only_group(&m, "user_", 8, 8 * 12);
  done(&m, w);
}

/* thousands of accounts with a handful of starts each: two meetings are enough there */
static void test_few_starts_each(void **state)
{
  (void)state;
  luck r = {4};
  world *w = world_new();
  add_users(w, &r, "user", 30, 2, FRAME);
  add_others(w, &r, 30);
  mined m = mine(w, 0);
  assert_only_group(&m, "user_", 30, 60);
  done(&m, w);
}

/* accounts met once only go along */
static void test_once(void **state)
{
  (void)state;
  luck r = {5};
  world *w = world_new();
  add_users(w, &r, "user", 8, 12, FRAME);
  add_users(w, &r, "once", 3, 1, FRAME);
  add_others(w, &r, 40);
  mined m = mine(w, 0);
  assert_int_equal(m.g.n, 1);
  assert_int_equal(count_named(&m.l, &m.g.g[0], "once_"), 0);
  assert_int_equal(m.g.g[0].n_once, 3);
  for (int i = 0; i < 3; i++)
    assert_true(rt__slice_starts(rt__set_name(m.l.set, m.g.g[0].once[i]), slice_of("once_")));
  done(&m, w);
}

/* a text that many paste once, some of them three times, is quoted, not a template */
static void test_quoted_text(void **state)
{
  (void)state;
  luck r = {6};
  world *w = world_new();
  add_others(w, &r, 40);
  for (unsigned i = 0; i < 40; i++)
    for (unsigned k = 0; k < (i < 6 ? 3u : 1u); k++) {
      char ask[100], user[WORLD_TXT];
      words_text(&r, 9000, 300, 6, ask, sizeof ask);
      snprintf(user, sizeof user, "%s\n%s", ask, STORY);
      world_say(w,
                (call){.who = world_name(w, "other", i), .at = luck_unit(&r) * DAY, .user = user});
    }
  mined m = mine(w, 0);
  assert_int_equal(m.g.n, 0);
  for (size_t i = 0; i < m.l.s.n; i++)
    assert_int_equal(m.carried[i], 0);
  done(&m, w);
}

/* the same prompt over and over is one prompt: cron jobs and monitors make no template */
static void test_repeated_prompt(void **state)
{
  (void)state;
  luck r = {7};
  world *w = world_new();
  for (unsigned i = 0; i < 8; i++)
    for (int k = 0; k < 50; k++)
      world_say(w, (call){.who = world_name(w, "cron", i), .at = 600.0 * k, .user = STORY});
  add_others(w, &r, 20);
  mined m = mine(w, 0);
  assert_int_equal(m.g.n, 0);
  done(&m, w);
}

static void test_too_few_accounts(void **state)
{
  (void)state;
  luck r = {8};
  world *w = world_new();
  add_users(w, &r, "user", RT__SKEL_MIN_ACCOUNTS - 1, 20, FRAME);
  add_others(w, &r, 20);
  mined m = mine(w, 0);
  assert_int_equal(m.g.n, 0);
  done(&m, w);
}

/* two frames: one group each, also for those who use both */
static void test_two_templates(void **state)
{
  (void)state;
  luck r = {9};
  world *w = world_new();
  add_users(w, &r, "left", 8, 12, FRAME);
  add_users(w, &r, "right", 8, 12, STORY);
  add_users(w, &r, "both", 2, 12, FRAME);
  add_users(w, &r, "both", 2, 12, STORY);
  add_others(w, &r, 30);
  mined m = mine(w, 0);
  assert_int_equal(m.g.n, 2);
  for (int i = 0; i < 2; i++) {
    const rt__group *g = &m.g.g[i];
    uint32_t left = count_named(&m.l, g, "left_"), right = count_named(&m.l, g, "right_");
    assert_int_equal(count_named(&m.l, g, "both_"), 2);
    assert_true((left == 8 && right == 0) || (left == 0 && right == 8));
    assert_int_equal(g->at[g->n], 10 * 12);
  }
  done(&m, w);
}

/* half a frame is enough for a row, one sentence of four is not */
static void test_cut_frames(void **state)
{
  (void)state;
  luck r = {10};
  world *w = world_new();
  add_users(w, &r, "user", 8, 12, FRAME);
  for (unsigned k = 0; k < 12; k++) {
    char user[300];
    say_words(&r, 0, user, sizeof user);
    world_say(w, (call){.who = "half",
                        .at = 100.0 * k,
                        .user = user,
                        .system = "You are a careful tutor of many subjects. Check the result in "
                                  "a second way before you answer."});
    world_say(w, (call){.who = "bit",
                        .at = 100.0 * k,
                        .user = user,
                        .system = "State the final answer on a line of its own."});
  }
  add_others(w, &r, 40);
  mined m = mine(w, 0);
  assert_int_equal(m.g.n, 1);
  assert_true(rt__group_has(&m.g.g[0], account_at(&m.l, "half")));
  assert_false(rt__group_has(&m.g.g[0], account_at(&m.l, "bit")));
  assert_int_equal(m.g.g[0].n, 9);
  done(&m, w);
}

/* an account cannot crowd out others' templates by using very many frames of its own */
static void test_noisy_account(void **state)
{
  (void)state;
  luck r = {11};
  world *w = world_new();
  add_users(w, &r, "user", 8, 12, FRAME);
  for (int f = 0; f < 200; f++)
    for (int k = 0; k < 4; k++) {
      char user[300], frame[100];
      say_words(&r, 0, user, sizeof user);
      snprintf(frame, sizeof frame, "frame %c%c of one noisy account", 'a' + f / 26, 'a' + f % 26);
      world_say(w,
                (call){.who = "noisy", .at = luck_unit(&r) * DAY, .system = frame, .user = user});
    }
  add_others(w, &r, 20);
  mined m = mine(w, 0);
  assert_only_group(&m, "user_", 8, 96);
  done(&m, w);
}

/* ---- as a whole */

static world *mixture(uint64_t seed)
{
  luck r = {seed};
  world *w = world_new();
  add_users(w, &r, "left", 6, 9, FRAME);
  add_users(w, &r, "right", 5, 4, STORY);
  add_users(w, &r, "once", 2, 1, FRAME);
  add_users(w, &r, "both", 2, 5, FRAME);
  add_users(w, &r, "both", 2, 5, STORY);
  add_others(w, &r, 12);
  return w;
}

static void test_order_of_input_is_nothing(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 3; seed++) {
    world *w = mixture(seed);
    mined a = mine(w, 0), b = mine(w, 100 + seed);
    char *x = groups_text(&a.l, &a.g), *y = groups_text(&b.l, &b.g);
    assert_true(a.g.n >= 2);
    assert_string_equal(x, y);
    assert_memory_equal(a.carried, b.carried, a.l.s.n);
    free(x);
    free(y);
    rt__groups_free(&b.g);
    free(b.carried);
    take_away(&b.l);
    done(&a, w);
  }
}

static void test_nobody(void **state)
{
  (void)state;
  world *w = world_new();
  mined m = mine(w, 0);
  assert_int_equal(m.g.n, 0);
  done(&m, w);
  w = world_new();
  for (int i = 0; i < 30; i++) /* no text anywhere */
    world_say(w, (call){.who = i % 2 ? "a" : "b", .at = i, .blind = true});
  m = mine(w, 0);
  assert_int_equal(m.g.n, 0);
  done(&m, w);
}

static void test_no_memory(void **state)
{
  (void)state;
  world *w = mixture(4);
  laid_out l = lay_out(w, 0, false);
  for (test_alloc t = {0}; test_alloc_again(&t);) {
    rt_alloc a = test_alloc_of(&t);
    rt__starts s = l.s;
    rt__groups g;
    s.alloc = &a;
    rt__groups_init(&g, &a);
    rt_code c = rt__skeletons(&s, &g, NULL, NULL);
    assert_true(t.failed || g.n > 0);
    rt__groups_free(&g);
    assert_survived(&t, c);
  }
  take_away(&l);
  world_free(w);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_template_in_the_system_text),
      cmocka_unit_test(test_template_around_a_slot),
      cmocka_unit_test(test_folded_template),
      cmocka_unit_test(test_few_starts_each),
      cmocka_unit_test(test_once),
      cmocka_unit_test(test_quoted_text),
      cmocka_unit_test(test_repeated_prompt),
      cmocka_unit_test(test_too_few_accounts),
      cmocka_unit_test(test_two_templates),
      cmocka_unit_test(test_cut_frames),
      cmocka_unit_test(test_noisy_account),
      cmocka_unit_test(test_order_of_input_is_nothing),
      cmocka_unit_test(test_nobody),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
