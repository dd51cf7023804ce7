/* Which campaign of today is which of yesterday's: each rule by a case, all of them against a plain
 * version over bit masks. */
#include "state/follow.h"

#include "base/hash.h"
#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define AT (RT__TIME_MIN + 10 * RT__DAY_US)

/* ---- a world of 32 accounts: account i is bit i, its hash is 100 + i */

typedef struct one {
  uint64_t id;
  uint32_t members;
  rt_verdict verdict;
  int64_t first_us;
  bool gone, confirmed;
} one;

typedef struct world {
  uint32_t here, closed; /* accounts with a record; closed since */
} world;

static bool is_here(void *ctx, uint64_t account)
{
  const world *w = ctx;
  return w->here >> (account - 100) & 1;
}

static int64_t closed_us(void *ctx, uint64_t account)
{
  const world *w = ctx;
  return w->closed >> (account - 100) & 1 ? AT - 1 : 0;
}

static size_t spread(uint32_t mask, uint64_t *out)
{
  size_t n = 0;
  for (unsigned i = 0; i < 32; i++)
    if (mask >> i & 1)
      out[n++] = 100 + i;
  return n;
}

static void remember(rt__memory *m, const one *c, size_t n)
{
  assert_int_equal(rt__memory_init(m, NULL), RT_OK);
  rt__remembered *k = rt__arena_take(m->arena, (n + 1) * sizeof *k);
  m->campaigns = k;
  m->n_campaigns = n;
  m->as_of_us = AT - RT__DAY_US;
  for (size_t i = 0; i < n; i++) {
    uint64_t *members = rt__arena_take(m->arena, 32 * sizeof *members);
    k[i] = (rt__remembered){.id = c[i].id,
                            .gone = c[i].gone,
                            .verdict = c[i].verdict,
                            .first_us = c[i].first_us,
                            .members = members};
    k[i].n_members = spread(c[i].members, members);
  }
}

static void see(rt__seen *s, uint64_t (*members)[32], const one *c, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    s[i] = (rt__seen){.id = c[i].id,
                      .confirmed = c[i].confirmed,
                      .verdict = c[i].verdict,
                      .first_us = c[i].first_us,
                      .members = members[i]};
    s[i].n_members = spread(c[i].members, members[i]);
  }
}

static void follow(const one *old, size_t n_old, const one *new, size_t n_new, world w,
                   rt__memory *m, rt__followed *f)
{
  static rt__seen seen[16];
  static uint64_t members[16][32];
  const rt__today today = {&w, AT, is_here, closed_us};
  remember(m, old, n_old);
  see(seen, members, new, n_new);
  assert_int_equal(rt__follow(m, seen, n_new, &today, f, NULL), RT_OK);
}

static void done(rt__memory *m, rt__followed *f)
{
  rt__followed_free(f);
  rt__memory_free(m);
}

/* the changes as words, for comparing: "7:grew 2 closed 1 with rc-..." is too long, so kinds and
 * numbers */
static void expect(const rt__followed *f, size_t i, uint64_t id, rt_change_kind kind,
                   uint64_t accounts)
{
  assert_true(i < f->n_changes);
  assert_int_equal(f->changes[i].id, id);
  assert_int_equal(f->changes[i].change.kind, kind);
  assert_int_equal(f->changes[i].change.accounts, accounts);
  assert_int_equal(f->changes[i].change.at_us, AT);
}

#define D                   RT_VERDICT_DISTILLATION
#define ALL                 0xffffffffu
#define LEN(a)              (sizeof(a) / sizeof((a)[0]))
#define FOLLOW(old, new, w) follow(old, LEN(old), new, LEN(new), w, &m, &f)

/* ---- each rule */

static void test_first_run(void **state)
{
  (void)state;
  rt__memory m;
  rt__followed f;
  const one new[] = {{7, 0x0f, D, 5, .gone = false}, {3, 0xf0, D, 5, .gone = false}};
  follow(NULL, 0, new, 2, (world){ALL, 0}, &m, &f);
  assert_int_equal(f.ids[0], 7);
  assert_int_equal(f.ids[1], 3);
  assert_int_equal(f.n_changes, 2);
  expect(&f, 0, 3, RT_CHANGE_NEW, 4);
  expect(&f, 1, 7, RT_CHANGE_NEW, 4);
  assert_int_equal(f.memory.n_campaigns, 2);
  assert_int_equal(f.memory.as_of_us, AT);
  done(&m, &f);
}

static void test_growth_keeps_the_id(void **state)
{
  (void)state;
  rt__memory m;
  rt__followed f;
  const one old[] = {{9, 0x0f, D, 50, .gone = false}}, new[] = {{2, 0x3e, D, 10, .gone = false}};
  FOLLOW(old, new, ((world){ALL, 0}));
  assert_int_equal(f.ids[0], 9);
  assert_int_equal(f.n_changes, 2);
  expect(&f, 0, 9, RT_CHANGE_GREW, 2);
  expect(&f, 1, 9, RT_CHANGE_SHRANK, 1);
  assert_int_equal(f.memory.campaigns[0].first_us, 10);
  assert_int_equal(f.memory.campaigns[0].n_changes, 2);
  assert_ptr_equal(f.known[0], &f.memory.campaigns[0]);
  done(&m, &f);
}

static void test_nothing_happened(void **state)
{
  (void)state;
  rt__memory m;
  rt__followed f;
  const one old[] = {{9, 0x0f, D, 50, .gone = false}}, new[] = {{2, 0x0f, D, 50, .gone = false}};
  FOLLOW(old, new, ((world){ALL, 0}));
  assert_int_equal(f.ids[0], 9);
  assert_int_equal(f.n_changes, 0);
  done(&m, &f);
}

static void test_merge_keeps_the_older(void **state)
{
  (void)state;
  rt__memory m;
  rt__followed f;
  const one old[] = {{4, 0x00f, D, 30, .gone = false},
                     {5, 0x0f0, D, 20, .gone = false},
                     {6, 0xf00, D, 10, .gone = true}},
            new[] = {{1, 0xfff, D, 10, .gone = false}};
  FOLLOW(old, new, ((world){ALL, 0}));
  assert_int_equal(f.ids[0], 5); /* 6 is older, but had gone */
  assert_int_equal(f.n_changes, 2);
  expect(&f, 0, 5, RT_CHANGE_MERGED, 0);
  assert_string_equal(f.changes[0].change.other, "rc-0000000000000004");
  expect(&f, 1, 5, RT_CHANGE_MERGED, 0);
  assert_string_equal(f.changes[1].change.other, "rc-0000000000000006");
  assert_int_equal(f.memory.n_campaigns, 1);
  done(&m, &f);
}

static void test_split_leaves_the_id_to_the_larger(void **state)
{
  (void)state;
  rt__memory m;
  rt__followed f;
  /* the smaller part was found with the old id: it has the earliest member */
  const one old[] = {{4, 0x3ff, D, 10, .gone = false}},
            new[] = {{4, 0x00f, D, 10, .gone = false}, {8, 0x3f0, D, 20, .gone = false}};
  FOLLOW(old, new, ((world){ALL, 0}));
  assert_int_equal(f.ids[1], 4);
  assert_int_not_equal(f.ids[0], 4);
  assert_int_equal(f.n_changes, 2);
  size_t split = f.changes[0].id == 4 ? 1 : 0;
  expect(&f, split, f.ids[0], RT_CHANGE_SPLIT, 4);
  assert_string_equal(f.changes[split].change.other, "rc-0000000000000004");
  expect(&f, !split, 4, RT_CHANGE_SHRANK, 4);
  done(&m, &f);
}

static void test_equal_halves_go_by_id(void **state)
{
  (void)state;
  rt__memory m;
  rt__followed f;
  const one old[] = {{4, 0xff, D, 10, .gone = false}},
            new[] = {{9, 0x0f, D, 10, .gone = false}, {8, 0xf0, D, 20, .gone = false}};
  FOLLOW(old, new, ((world){ALL, 0}));
  assert_int_equal(f.ids[1], 4);
  assert_int_equal(f.ids[0], 9);
  done(&m, &f);
}

static void test_a_few_in_common_are_no_link(void **state)
{
  (void)state;
  rt__memory m;
  rt__followed f;
  const one old[] = {{4, 0x00ff, D, 10, .gone = false}},
            new[] = {{9, 0xffe0, D, 10, .gone = false}};
  FOLLOW(old, new, ((world){ALL, 0}));
  assert_int_equal(f.ids[0], 9);
  assert_int_equal(f.n_changes, 2);
  expect(&f, 0, 4, RT_CHANGE_GONE, 0);
  expect(&f, 1, 9, RT_CHANGE_NEW, 11);
  done(&m, &f);
  /* with half of the old one's accounts out of the data, three are enough */
  FOLLOW(old, new, ((world){ALL & ~0x0fu, 0}));
  assert_int_equal(f.ids[0], 4);
  done(&m, &f);
}

static void test_gone_and_back(void **state)
{
  (void)state;
  rt__memory m;
  rt__followed f;
  const one old[] = {{4, 0xff, D, 10, .gone = false}, {5, 0xf00, D, 10, .gone = true}};
  follow(old, 2, NULL, 0, (world){0x10f, 0}, &m, &f);
  assert_int_equal(f.n_changes, 1);
  expect(&f, 0, 4, RT_CHANGE_GONE, 0);
  assert_int_equal(f.memory.n_campaigns, 2);
  assert_true(f.memory.campaigns[0].gone);
  assert_int_equal(f.memory.campaigns[0].n_members, 4); /* those that are still here */
  assert_int_equal(f.memory.campaigns[1].n_members, 1);
  assert_int_equal(f.memory.campaigns[1].n_changes, 0); /* it had gone before */
  done(&m, &f);
  follow(old, 2, NULL, 0, (world){0, 0}, &m, &f);
  assert_int_equal(f.n_changes, 1); /* said once, then forgotten */
  assert_int_equal(f.memory.n_campaigns, 0);
  done(&m, &f);
  const one new[] = {{77, 0x700, D, 10, .gone = false}};
  follow(old, 2, new, 1, (world){ALL, 0}, &m, &f);
  assert_int_equal(f.ids[0], 5);
  expect(&f, 1, 5, RT_CHANGE_SHRANK, 1);
  expect(&f, 2, 5, RT_CHANGE_BACK, 3);
  assert_false(f.memory.campaigns[1].gone);
  done(&m, &f);
}

static void test_replaced_and_verdict(void **state)
{
  (void)state;
  rt__memory m;
  rt__followed f;
  const one old[] = {{4, 0x0f, RT_VERDICT_SUSPECT, 10, .gone = false}},
            new[] = {{4, 0x3f, D, 10, .gone = false}};
  FOLLOW(old, new, ((world){ALL, 0x03}));
  assert_int_equal(f.n_changes, 2);
  expect(&f, 0, 4, RT_CHANGE_REPLACED, 2);
  assert_int_equal(f.changes[0].change.closed, 2);
  expect(&f, 1, 4, RT_CHANGE_VERDICT, 0);
  assert_int_equal(f.changes[1].change.was, RT_VERDICT_SUSPECT);
  assert_int_equal(f.changes[1].change.now, D);
  done(&m, &f);
}

static void test_benign_ones_take_no_part(void **state)
{
  (void)state;
  rt__memory m;
  rt__followed f;
  const one old[] = {{4, 0x0f, D, 10, .gone = false}},
            new[] = {{4, 0x0f, RT_VERDICT_BENIGN, 10, .gone = false},
                     {6, 0xf0, D, 10, .gone = false}};
  FOLLOW(old, new, ((world){ALL, 0}));
  assert_int_not_equal(f.ids[0], 4); /* the old one may come back */
  assert_null(f.known[0]);
  assert_int_equal(f.ids[1], 6);
  expect(&f, 0, 4, RT_CHANGE_GONE, 0);
  done(&m, &f);
  /* and whether they are there changes nothing for the others */
  follow(old, 1, new + 1, 1, (world){ALL, 0}, &m, &f);
  assert_int_equal(f.ids[0], 6);
  done(&m, &f);
}

/* the id that a person used stays, whatever members would say */
static void test_a_person_decides(void **state)
{
  (void)state;
  rt__memory m;
  rt__followed f;
  const one old[] = {{4, 0x00f, D, 10, .gone = false}, {5, 0x0f0, D, 20, .gone = false}},
            merged[] = {{5, 0x0ff, D, 10, .confirmed = true}};
  FOLLOW(old, merged, ((world){ALL, 0}));
  assert_int_equal(f.ids[0], 5);
  assert_int_equal(f.n_changes, 1);
  expect(&f, 0, 5, RT_CHANGE_MERGED, 0);
  assert_string_equal(f.changes[0].change.other, "rc-0000000000000004");
  done(&m, &f);
  /* the smaller part of a split is the one that was confirmed */
  const one parts[] = {{9, 0x0e, D, 10, .confirmed = false}, {4, 0x01, D, 10, .confirmed = true}};
  follow(old, 1, parts, 2, (world){ALL, 0}, &m, &f);
  assert_int_equal(f.ids[1], 4);
  assert_int_equal(f.ids[0], 9);
  done(&m, &f);
  /* under a new name */
  const one named[] = {{77, 0x0f, D, 10, .confirmed = true}};
  follow(old, 1, named, 1, (world){ALL, 0}, &m, &f);
  assert_int_equal(f.ids[0], 77);
  expect(&f, 0, 77, RT_CHANGE_MERGED, 0);
  assert_string_equal(f.changes[0].change.other, "rc-0000000000000004");
  assert_int_equal(f.memory.n_campaigns, 1);
  done(&m, &f);
}

static void test_history_is_bounded(void **state)
{
  (void)state;
  rt__memory m;
  rt__followed f = {.changes = NULL};
  one old[] = {{4, 0x0f, D, 10, .gone = false}};
  remember(&m, old, 1);
  for (int run = 0; run < 2 * RT__CHANGES_MAX; run++) {
    static rt__seen seen[1];
    static uint64_t members[1][32];
    world w = {ALL, 0};
    const one new[] = {{4, run % 2 ? 0x0fu : 0x1fu, D, 10, .gone = false}};
    const rt__today today = {&w, AT + run, is_here, closed_us};
    see(seen, members, new, 1);
    assert_int_equal(rt__follow(&m, seen, 1, &today, &f, NULL), RT_OK);
    rt__memory_free(&m);
    m = f.memory;
    m.held = NULL;
    m.n_held = 0;
  }
  assert_int_equal(m.campaigns[0].n_changes, RT__CHANGES_MAX);
  assert_int_equal(m.campaigns[0].changes[0].at_us, AT); /* the first stays */
  assert_int_equal(m.campaigns[0].changes[RT__CHANGES_MAX - 1].at_us, AT + 2 * RT__CHANGES_MAX - 1);
  rt__memory_free(&m);
}

/* ---- all rules at once, against a plain version */

static unsigned bits(uint32_t x)
{
  unsigned n = 0;
  for (; x; x &= x - 1)
    n++;
  return n;
}

static bool plain_link(const one *o, const one *n, uint32_t here)
{
  unsigned common = bits(o->members & n->members & here), a = bits(o->members & here),
           b = bits(n->members);
  return common && 2 * common >= (a < b ? a : b);
}

/* the index of the new campaign in which old one o goes on, or -1 */
static int plain_successor(const one *o, const one *new, size_t n, uint32_t here)
{
  int best = -1;
  for (size_t i = 0; i < n; i++) {
    if (new[i].verdict == RT_VERDICT_BENIGN || !plain_link(o, &new[i], here))
      continue;
    unsigned c = bits(o->members & new[i].members &here),
             b = best < 0 ? 0 : bits(o->members & new[best].members &here);
    if (best < 0 || c > b || (c == b && new[i].id < new[best].id))
      best = (int)i;
  }
  return best;
}

/* the id that new campaign k keeps, or 0 */
static uint64_t plain_kept(const one *old, size_t n_old, const one *new, size_t n, size_t k,
                           uint32_t here)
{
  const one *best = NULL;
  for (size_t i = 0; i < n_old; i++) {
    if (plain_successor(&old[i], new, n, here) != (int)k)
      continue;
    const one *o = &old[i];
    bool wins = !best || (o->gone != best->gone           ? best->gone
                          : o->first_us != best->first_us ? o->first_us < best->first_us
                                                          : o->id < best->id);
    best = wins ? o : best;
  }
  return best ? best->id : 0;
}

static size_t draw(rt__rng *r, one *c, uint32_t here, uint64_t id)
{
  size_t n = rt__rng_below(r, 6);
  uint32_t left = here;
  for (size_t i = 0; i < n; i++) {
    uint32_t take = (uint32_t)rt__rng_next(r) & (uint32_t)rt__rng_next(r) & left;
    left &= ~take; /* campaigns of one run are disjoint */
    id += 1 + rt__rng_below(r, 3);
    c[i] = (one){id,
                 take,
                 rt__rng_below(r, 5) ? D : RT_VERDICT_BENIGN,
                 (int64_t)rt__rng_below(r, 3),
                 rt__rng_below(r, 4) == 0,
                 false};
  }
  return n;
}

static void test_random_worlds(void **state)
{
  (void)state;
  for (uint64_t seed = 0; seed < 3000; seed++) {
    rt__rng r = {seed, 0};
    one old[8], new[8], turned[8];
    uint32_t here = (uint32_t)(rt__rng_next(&r) | rt__rng_next(&r));
    size_t n_old = draw(&r, old, ALL, 1), n = draw(&r, new, here, 3);
    for (size_t i = 0; i < n_old; i++)
      old[i].verdict = D;
    rt__memory m;
    rt__followed f, g;
    follow(old, n_old, new, n, (world){here, 0}, &m, &f);
    for (size_t k = 0; k < n; k++) {
      uint64_t kept =
          new[k].verdict == RT_VERDICT_BENIGN ? 0 : plain_kept(old, n_old, new, n, k, here);
      if (kept)
        assert_int_equal(f.ids[k], kept);
      for (size_t i = 0; !kept && i < n_old; i++) /* nobody takes over a name */
        assert_int_not_equal(f.ids[k], old[i].id);
      for (size_t i = 0; i < k; i++)
        assert_int_not_equal(f.ids[k], f.ids[i]);
      turned[n - 1 - k] = new[k];
    }
    rt__memory m2;
    follow(old, n_old, turned, n, (world){here, 0}, &m2, &g);
    for (size_t k = 0; k < n; k++)
      assert_int_equal(g.ids[n - 1 - k], f.ids[k]);
    assert_int_equal(f.n_changes, g.n_changes);
    for (size_t i = 0; i < f.n_changes; i++) {
      assert_int_equal(f.changes[i].id, g.changes[i].id);
      assert_int_equal(f.changes[i].change.kind, g.changes[i].change.kind);
      assert_string_equal(f.changes[i].change.other, g.changes[i].change.other);
    }
    done(&m, &f);
    done(&m2, &g);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_first_run),
      cmocka_unit_test(test_growth_keeps_the_id),
      cmocka_unit_test(test_nothing_happened),
      cmocka_unit_test(test_merge_keeps_the_older),
      cmocka_unit_test(test_split_leaves_the_id_to_the_larger),
      cmocka_unit_test(test_equal_halves_go_by_id),
      cmocka_unit_test(test_a_few_in_common_are_no_link),
      cmocka_unit_test(test_gone_and_back),
      cmocka_unit_test(test_replaced_and_verdict),
      cmocka_unit_test(test_benign_ones_take_no_part),
      cmocka_unit_test(test_a_person_decides),
      cmocka_unit_test(test_history_is_bounded),
      cmocka_unit_test(test_random_worlds),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
