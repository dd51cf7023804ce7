/* Several tenants in one log: what is found in each is what is found in its own log alone, and
 * nothing is linked across. */
#include "support/small_campaign.h"
#include "support/small_findings.h"

static scan_way usual(void)
{
  scan_way how = {.alloc = NULL};
  rt_scan_options_default(&how.options);
  how.options.all = true;
  return how;
}

/* a harvest of its own for each; account names, prompts, networks and cards are the same */
static world *tenant_world(uint64_t seed, const char *tenant)
{
  world *w = harvest_world(seed);
  add_facts_of_all(w, true);
  for (size_t i = 0; i < w->n; i++)
    w->calls[i].tenant = tenant;
  for (size_t i = 0; i < w->n_facts; i++)
    w->facts[i].tenant = slice_of(tenant);
  return w;
}

static void add_world(world *to, const world *from)
{
  for (size_t i = 0; i < from->n; i++)
    world_say(to, from->calls[i]);
  for (size_t i = 0; i < from->n_facts; i++)
    world_fact(to, from->facts[i]);
}

/* ---- findings as a list of texts that can be sorted */

typedef struct texts {
  char *t[4096];
  size_t n;
} texts;

static int by_text(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void collect(const rt_findings *f, texts *out)
{
  for (size_t i = 0; i < rt_findings_campaigns(f); i++) {
    text_out t = {NULL, 0, 0};
    put_campaign(&t, rt_findings_campaign(f, i));
    put(&t, "%lld\n", (long long)rt_campaign_flaggable_us(rt_findings_campaign(f, i)));
    out->t[out->n++] = t.p;
  }
  for (size_t i = 0; i < rt_findings_notes(f); i++) {
    const rt_account_note *n = rt_findings_note(f, i);
    text_out t = {NULL, 0, 0};
    put(&t, "%.*s %.*s %.*s %.17g %zu\n", (int)n->account.n, n->account.p, (int)n->tenant.n,
        n->tenant.n ? n->tenant.p : "", (int)n->nearest.n, n->nearest.n ? n->nearest.p : "",
        n->score, n->n_missing);
    out->t[out->n++] = t.p;
  }
}

static void sort_texts(texts *t)
{
  qsort(t->t, t->n, sizeof *t->t, by_text);
}

static void free_texts(texts *t)
{
  for (size_t i = 0; i < t->n; i++)
    free(t->t[i]);
}

static void assert_one_tenant(const rt_campaign *c)
{
  rt_slice t = rt_member_tenant(rt_campaign_member(c, 0));
  for (size_t k = 1; k < rt_campaign_members(c); k++) {
    rt_slice u = rt_member_tenant(rt_campaign_member(c, k));
    assert_true(t.n == u.n && (t.n == 0 || memcmp(t.p, u.p, t.n) == 0));
  }
}

/* ---- tests */

static void scan_into(const world *w, texts *out, uint64_t *exchanges, size_t *tenants)
{
  rt_scan *s = world_scan(w, usual());
  const rt_findings *f = rt_scan_findings(s);
  assert_int_equal(rt_scan_replay(s, NULL), RT_OK);
  *exchanges += rt_findings_exchanges(f);
  *tenants += rt_findings_tenants(f);
  for (size_t i = 0; i < rt_findings_campaigns(f); i++)
    assert_one_tenant(rt_findings_campaign(f, i));
  collect(f, out);
  rt_scan_free(s);
}

/* campaigns with ids, members, scores, significance and when they could have been told, and notes:
 * all of it */
static void test_together_is_side_by_side(void **state)
{
  (void)state;
  static const char *const tenants[] = {"north", "south", NULL};
  static texts apart, together;
  apart.n = together.n = 0;
  uint64_t n_apart = 0, n_together = 0;
  size_t t_apart = 0, t_together = 0;
  world *all = world_new(), *w[3];
  for (unsigned i = 0; i < 3; i++) {
    w[i] = tenant_world(1 + i, tenants[i]);
    scan_into(w[i], &apart, &n_apart, &t_apart);
    add_world(all, w[i]);
  }
  scan_into(all, &together, &n_together, &t_together);
  assert_int_equal(n_together, n_apart);
  assert_int_equal(t_together, t_apart);
  assert_int_equal(together.n, apart.n);
  sort_texts(&apart);
  sort_texts(&together);
  for (size_t i = 0; i < apart.n; i++)
    assert_string_equal(together.t[i], apart.t[i]);
  free_texts(&apart);
  free_texts(&together);
  for (unsigned i = 0; i < 3; i++)
    world_free(w[i]);
  world_free(all);
}

/* one pool whose accounts are dealt over two tenants' books: halves may be found, never the whole;
 * the same where only the facts know of tenants */
static void test_nothing_is_linked_across(void **state)
{
  (void)state;
  for (int by_facts = 0; by_facts < 2; by_facts++) {
    world *w = harvest_world(1);
    add_facts_of_all(w, true);
    rt_scan *s = world_scan(w, usual());
    assert_int_equal(rt_campaign_members(campaign_of(rt_scan_findings(s), "harvest_003")), HARVEST);
    rt_scan_free(s);
    for (size_t i = 0; i < w->n && !by_facts; i++)
      w->calls[i].tenant = strcmp(w->calls[i].who, "harvest_006") > 0 ? "east" : "west";
    for (size_t i = 0; i < w->n_facts && !by_facts; i++)
      w->facts[i].tenant = (rt_slice){NULL, 0};
    for (size_t i = 0; i < w->n_facts && by_facts; i++)
      w->facts[i].tenant =
          slice_of(strcmp(w->facts[i].account.p, "harvest_006") > 0 ? "east" : "west");
    s = world_scan(w, usual());
    const rt_findings *f = rt_scan_findings(s);
    const rt_campaign *east = campaign_of(f, "harvest_007"), *west = campaign_of(f, "harvest_006");
    assert_true(!east || east != west);
    assert_true(rt_findings_campaigns(f) > 0); /* seven of one hand are enough */
    for (size_t i = 0; i < rt_findings_campaigns(f); i++)
      assert_one_tenant(rt_findings_campaign(f, i));
    rt_scan_free(s);
    world_free(w);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_together_is_side_by_side),
      cmocka_unit_test(test_nothing_is_linked_across),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
