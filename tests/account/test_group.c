/* Groups of rows: made, cut down and copied, each against the plain version: a yes or no a row. */
#include "account/group.h"
#include "support/failing_alloc.h"
#include "support/small_starts.h"

#define ACCOUNTS 12

static laid_out table;

static laid_out some_table(void)
{
  world *w = world_new();
  luck r = {8};
  for (int i = 0; i < 200; i++) {
    char who[20], text[20];
    snprintf(who, sizeof who, "acct_%u", luck_below(&r, ACCOUNTS));
    snprintf(text, sizeof text, "text %d", i);
    world_say(w, (call){.who = who,
                        .at = i,
                        .user = text,
                        .temperature = 100 * (1 + (int)luck_below(&r, 3)),
                        .failed = who[5] == '7' ? RT_OUTCOME_ERROR : RT_OUTCOME_UNKNOWN});
  }
  laid_out l = lay_out(w, 0, false);
  world_free(w);
  return l;
}

/* some of all rows, ascending */
static size_t some_rows(luck *r, uint32_t *out)
{
  size_t n = 0;
  unsigned share = 1 + luck_below(r, 10);
  for (uint32_t i = 0; i < table.s.n; i++)
    if (luck_below(r, 10) < share)
      out[n++] = i;
  return n;
}

/* g holds exactly the rows i with in[i] */
static void assert_holds(const rt__group *g, const bool *in)
{
  size_t k = 0;
  uint32_t accounts = 0, last = UINT32_MAX;
  assert_sound(&table, g);
  for (uint32_t i = 0; i < table.s.n; i++) {
    if (!in[i])
      continue;
    accounts += table.s.account[i] != last;
    last = table.s.account[i];
    assert_true(k < g->at[g->n]);
    assert_int_equal(g->row[k++], i);
  }
  assert_int_equal(g->n, accounts);
  assert_int_equal(g->n ? g->at[g->n] : 0, k);
}

static void test_from_rows(void **state)
{
  (void)state;
  luck r = {1};
  for (int round = 0; round < 200; round++) {
    uint32_t rows[200], per[ACCOUNTS] = {0}, least = 1 + luck_below(&r, 9);
    bool in[200] = {false};
    size_t n = some_rows(&r, rows);
    for (size_t i = 0; i < n; i++)
      per[table.s.account[rows[i]]]++;
    for (size_t i = 0; i < n; i++)
      in[rows[i]] = per[table.s.account[rows[i]]] >= least;
    rt__group g;
    assert_int_equal(
        rt__group_from_rows(rt_alloc_default(), &table.s, rows, n, least, RT__FROM_CLOCK, &g),
        RT_OK);
    assert_int_equal(g.origin, RT__FROM_CLOCK);
    assert_holds(&g, in);
    for (uint32_t a = 0; a < table.s.n_accounts; a++)
      assert_int_equal(rt__group_has(&g, a), per[a] >= least);
    rt__group_free(rt_alloc_default(), &g);
    rt__group_free(rt_alloc_default(), &g); /* twice does no harm */
  }
}

static void test_nobody_has_enough(void **state)
{
  (void)state;
  uint32_t rows[3] = {0, 1, 2};
  rt__group g;
  assert_int_equal(rt__group_from_rows(rt_alloc_default(), &table.s, rows, 3, 9, RT__FROM_FEW, &g),
                   RT_OK);
  assert_int_equal(g.n, 0);
  assert_false(rt__group_has(&g, 0));
  rt__group_free(rt_alloc_default(), &g);
}

static void test_of_accounts(void **state)
{
  (void)state;
  luck r = {2};
  for (int round = 0; round < 100; round++) {
    uint32_t account[ACCOUNTS];
    size_t n = 0;
    bool in[200] = {false};
    for (uint32_t a = 0; a < table.s.n_accounts; a++)
      if (luck_below(&r, 2))
        account[n++] = a;
    for (size_t k = 0; k < n; k++)
      for (uint32_t i = 0; i < table.s.n; i++)
        in[i] |= table.s.account[i] == account[k];
    rt__group g;
    assert_int_equal(rt__group_of_accounts(&table.s, account, n, &g), RT_OK);
    assert_holds(&g, in); /* an account whose calls all failed has no rows and is not there */
    rt__group_free(rt_alloc_default(), &g);
  }
}

/* part and filter are one cut: once beside the original, once in it */
static void test_part_and_filter(void **state)
{
  (void)state;
  luck r = {3};
  for (int round = 0; round < 200; round++) {
    uint32_t rows[200];
    bool in[200] = {false}, all[200] = {false}, keep[ACCOUNTS];
    size_t n = some_rows(&r, rows);
    rt__group g, part;
    assert_int_equal(
        rt__group_from_rows(rt_alloc_default(), &table.s, rows, n, 1, RT__FROM_KEYS, &g), RT_OK);
    for (uint32_t i = 0; i < g.n; i++) {
      keep[i] = luck_below(&r, 3) > 0;
      for (uint32_t k = g.at[i]; k < g.at[i + 1]; k++) {
        all[g.row[k]] = true;
        in[g.row[k]] = keep[i];
      }
    }
    assert_int_equal(rt__group_part(&table.s, &g, keep, &part), RT_OK);
    assert_holds(&part, in);
    assert_holds(&g, all);
    assert_int_equal(part.origin, RT__FROM_KEYS);
    rt__group_filter(&g, keep);
    assert_holds(&g, in);
    rt__group_free(rt_alloc_default(), &g);
    rt__group_free(rt_alloc_default(), &part);
  }
}

/* a group falls apart by parameters: each part is one bundle's rows of those who use it enough */
static void test_by_bundle(void **state)
{
  (void)state;
  luck r = {4};
  size_t parts = 0;
  for (int round = 0; round < 100; round++) {
    uint32_t rows[200], accounts = 1 + luck_below(&r, 6), least = 1 + luck_below(&r, 5);
    size_t n = some_rows(&r, rows);
    rt__group g;
    rt__groups l;
    rt__groups_init(&l, rt_alloc_default());
    assert_int_equal(
        rt__group_from_rows(rt_alloc_default(), &table.s, rows, n, 1, RT__FROM_LEXICAL, &g), RT_OK);
    g.detail = 7;
    assert_int_equal(rt__groups_by_bundle(&l, &table.s, &g, accounts, least), RT_OK);
    for (size_t p = 0; p < l.n; p++) {
      const rt__group *part = &l.g[p];
      uint64_t bundle = table.s.bundle[part->row[0]];
      bool in[200] = {false};
      assert_true(part->one_bundle && part->detail == 7 && part->origin == RT__FROM_LEXICAL);
      assert_true(part->n >= accounts);
      for (size_t i = 0; i < n; i++) {
        uint32_t same = 0;
        for (size_t k = 0; k < n; k++)
          same += table.s.account[rows[k]] == table.s.account[rows[i]] &&
                  table.s.bundle[rows[k]] == bundle;
        in[rows[i]] = table.s.bundle[rows[i]] == bundle && same >= least;
      }
      assert_holds(part, in);
      for (size_t q = 0; q < p; q++)
        assert_true(table.s.bundle[l.g[q].row[0]] != bundle);
    }
    parts += l.n;
    rt__groups_free(&l);
    rt__group_free(rt_alloc_default(), &g);
  }
  assert_true(parts > 20);
}

/* an operator with parameters of its own among many programs comes to light as a part */
static void test_a_bundle_among_many(void **state)
{
  (void)state;
  world *w = world_new();
  for (unsigned i = 0; i < 30; i++)
    for (unsigned k = 0; k < 6; k++)
      world_say(w, (call){.who = world_name(w, i < 5 ? "operator" : "other", i),
                          .at = k,
                          .user = "the phrase of the day",
                          .temperature = i < 5 ? 700 : 10 + (int)i});
  laid_out l = lay_out(w, 0, false);
  uint32_t all[30];
  rt__group g;
  rt__groups out;
  for (uint32_t i = 0; i < 30; i++)
    all[i] = i;
  rt__groups_init(&out, rt_alloc_default());
  assert_int_equal(rt__group_of_accounts(&l.s, all, 30, &g), RT_OK);
  assert_int_equal(rt__groups_by_bundle(&out, &l.s, &g, 4, 2), RT_OK);
  assert_int_equal(out.n, 1);
  assert_int_equal(out.g[0].n, 5);
  assert_int_equal(count_named(&l, &out.g[0], "operator_"), 5);
  rt__groups_free(&out);
  rt__group_free(rt_alloc_default(), &g);
  take_away(&l);
  world_free(w);
}

static void test_names(void **state)
{
  (void)state;
  for (int i = 0; i < RT__ORIGIN_COUNT; i++)
    for (int j = 0; j < i; j++)
      assert_string_not_equal(rt__origin_name((rt__origin)i), rt__origin_name((rt__origin)j));
  assert_string_equal(rt__origin_name(RT__ORIGIN_COUNT), "unknown");
}

/* a list takes groups over, also the one for which it has no room */
static void test_list_without_memory(void **state)
{
  (void)state;
  uint32_t rows[5] = {0, 1, 2, 3, 4};
  for (test_alloc t = {0}; test_alloc_again(&t);) {
    rt_alloc alloc = test_alloc_of(&t);
    rt__groups l;
    rt_code c = RT_OK;
    size_t taken = 0;
    rt__groups_init(&l, &alloc);
    for (int i = 0; i < 300 && c == RT_OK; i++) {
      rt__group g;
      c = rt__group_from_rows(&alloc, &table.s, rows, 5, 1, RT__FROM_CLOCK, &g);
      if (c == RT_OK)
        c = rt__groups_take(&l, &g);
      taken += c == RT_OK;
    }
    assert_int_equal(l.n, taken);
    rt__groups_free(&l);
    assert_survived(&t, c);
  }
}

static int lay_table(void **state)
{
  (void)state;
  table = some_table();
  return 0;
}

static int take_table(void **state)
{
  (void)state;
  take_away(&table);
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_from_rows),   cmocka_unit_test(test_nobody_has_enough),
      cmocka_unit_test(test_of_accounts), cmocka_unit_test(test_part_and_filter),
      cmocka_unit_test(test_by_bundle),   cmocka_unit_test(test_a_bundle_among_many),
      cmocka_unit_test(test_names),       cmocka_unit_test(test_list_without_memory),
  };
  return cmocka_run_group_tests(tests, lay_table, take_table);
}
