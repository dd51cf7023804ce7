/* small_findings - findings as text that can be compared, and what must be true of any. */
#ifndef TEST_SMALL_FINDINGS_H
#define TEST_SMALL_FINDINGS_H

#include "support/small_world.h"

/* ---- findings as text: all that the accessors say, digit for digit */

typedef struct text_out {
  char *p;
  size_t n, cap;
} text_out;

static inline void put(text_out *t, const char *fmt, ...)
{
  char line[2000];
  va_list ap;
  va_start(ap, fmt);
  int k = vsnprintf(line, sizeof line, fmt, ap);
  va_end(ap);
  assert_true(k >= 0 && (size_t)k < sizeof line);
  while (t->n + (size_t)k + 1 > t->cap) {
    t->cap = t->cap ? 2 * t->cap : 65536;
    t->p = realloc(t->p, t->cap);
    assert_non_null(t->p);
  }
  memcpy(t->p + t->n, line, (size_t)k + 1);
  t->n += (size_t)k;
}

static inline void put_campaign(text_out *t, const rt_campaign *c)
{
  rt_slice id = rt_campaign_id(c);
  put(t, "%.*s %s %.17g %.17g %.17g %.17g\n", (int)id.n, id.p,
      rt_verdict_name(rt_campaign_verdict(c)), rt_campaign_score(c), rt_campaign_coordination(c),
      rt_campaign_extraction(c), rt_campaign_concealment(c));
  put(t, " %.17g %s %.17g %u\n", rt_campaign_not_chance_p(c), rt_campaign_chance_method(c),
      rt_campaign_decoy_fdr(c), rt_campaign_decoys(c));
  put(t, " %llu %llu %llu %llu %lld %lld\n", (unsigned long long)rt_campaign_harvesting(c),
      (unsigned long long)rt_campaign_exchanges(c), (unsigned long long)rt_campaign_tokens_in(c),
      (unsigned long long)rt_campaign_tokens_out(c), (long long)rt_campaign_first_us(c),
      (long long)rt_campaign_last_us(c));
  for (size_t i = 0; i < rt_campaign_evidence_count(c); i++) {
    const rt_evidence *e = rt_campaign_evidence(c, i);
    put(t, " + %s %.17g %.17g %.17g %.17g %s\n", rt_family_name(e->family), e->bits,
        e->quartiles[0], e->quartiles[1], e->quartiles[2], e->what);
    for (size_t k = 0; k < e->n_values; k++)
      put(t, "   = %s\n", e->values[k]);
  }
  for (size_t i = 0; i < rt_campaign_counter_count(c); i++) {
    const rt_counter *x = rt_campaign_counter(c, i);
    put(t, " - %s %.17g %s\n", x->cause, x->log_odds, x->what);
  }
  for (size_t i = 0; i < rt_campaign_members(c); i++) {
    const rt_member *m = rt_campaign_member(c, i);
    rt_slice name = rt_member_account(m);
    put(t, " * %.*s %s %.17g %llu %llu %lld %lld", (int)name.n, name.p,
        rt_role_name(rt_member_role(m)), rt_member_score(m),
        (unsigned long long)rt_member_exchanges(m), (unsigned long long)rt_member_tokens(m),
        (long long)rt_member_first_us(m), (long long)rt_member_last_us(m));
    for (int f = 0; f < RT_FAMILY_COUNT; f++)
      put(t, " %.17g", rt_member_bits(m, (rt_family)f));
    put(t, "\n");
  }
}

/* to be freed */
static inline char *findings_text(const rt_findings *f)
{
  text_out t = {NULL, 0, 0};
  put(&t, "%llu %llu %llu %s %.17g\n", (unsigned long long)rt_findings_exchanges(f),
      (unsigned long long)rt_findings_duplicates(f), (unsigned long long)rt_findings_accounts(f),
      rt_findings_view(f), rt_findings_prior(f));
  for (size_t i = 0; i < rt_findings_campaigns(f); i++)
    put_campaign(&t, rt_findings_campaign(f, i));
  for (size_t i = 0; i < rt_findings_notes(f); i++) {
    const rt_account_note *n = rt_findings_note(f, i);
    put(&t, "%.*s %.*s %.17g", (int)n->account.n, n->account.p, (int)n->nearest.n,
        n->nearest.n ? n->nearest.p : "", n->score);
    for (size_t k = 0; k < n->n_missing; k++)
      put(&t, " %s", n->missing[k]);
    put(&t, "\n");
  }
  return t.p;
}

/* members of campaigns of a verdict whose names begin so; bystanders only if asked for */
static inline size_t count_members(const rt_findings *f, rt_verdict v, const char *prefix,
                                   bool bystanders)
{
  size_t n = 0;
  for (size_t i = 0; i < rt_findings_campaigns(f); i++) {
    const rt_campaign *c = rt_findings_campaign(f, i);
    for (size_t k = 0; rt_campaign_verdict(c) == v && k < rt_campaign_members(c); k++) {
      const rt_member *m = rt_campaign_member(c, k);
      rt_slice name = rt_member_account(m);
      bool named = name.n >= strlen(prefix) && memcmp(name.p, prefix, strlen(prefix)) == 0;
      n += named && (bystanders || rt_member_role(m) != RT_ROLE_BYSTANDER);
    }
  }
  return n;
}

/* the campaign that holds an account; NULL if none does */
static inline const rt_campaign *campaign_of(const rt_findings *f, const char *account)
{
  for (size_t i = 0; i < rt_findings_campaigns(f); i++) {
    const rt_campaign *c = rt_findings_campaign(f, i);
    for (size_t k = 0; k < rt_campaign_members(c); k++) {
      rt_slice name = rt_member_account(rt_campaign_member(c, k));
      if (name.n == strlen(account) && memcmp(name.p, account, name.n) == 0)
        return c;
    }
  }
  return NULL;
}

/* what must be true of any findings */
static inline void assert_consistent(const rt_findings *f)
{
  double last = INFINITY;
  for (size_t i = 0; i < rt_findings_campaigns(f); i++) {
    const rt_campaign *c = rt_findings_campaign(f, i);
    uint64_t harvesting = 0, exchanges = 0;
    double before = INFINITY, bits = INFINITY;
    int64_t first = INT64_MAX, until = INT64_MIN;
    assert_true(rt_campaign_score(c) <= last && rt_campaign_score(c) >= 0);
    last = rt_campaign_score(c);
    assert_int_equal(rt_campaign_id(c).n, 19);
    assert_memory_equal(rt_campaign_id(c).p, "rc-", 3);
    assert_true(rt_campaign_coordination(c) >= 0 && rt_campaign_coordination(c) <= 1);
    assert_true(rt_campaign_extraction(c) >= 0 && rt_campaign_extraction(c) <= 1);
    assert_true(rt_campaign_concealment(c) >= 0 && rt_campaign_concealment(c) <= 1);
    assert_true(rt_campaign_verdict(c) != RT_VERDICT_DISTILLATION || rt_campaign_members(c) > 1);
    for (size_t k = 0; k < rt_campaign_members(c); k++) {
      const rt_member *m = rt_campaign_member(c, k);
      bool counts = rt_member_role(m) != RT_ROLE_BYSTANDER;
      rt_slice name = rt_member_account(m);
      assert_true(name.p && name.n);
      assert_true(rt_member_score(m) >= 0 && rt_member_score(m) <= rt_campaign_score(c));
      assert_true(rt_member_score(m) <= before);
      before = rt_member_score(m);
      assert_true(rt_member_first_us(m) <= rt_member_last_us(m));
      harvesting += rt_member_role(m) == RT_ROLE_HARVEST;
      exchanges += counts ? rt_member_exchanges(m) : 0;
      first = counts && rt_member_first_us(m) < first ? rt_member_first_us(m) : first;
      until = counts && rt_member_last_us(m) > until ? rt_member_last_us(m) : until;
      assert_true(campaign_of(f, name.p) == c); /* of one campaign only */
    }
    assert_int_equal(rt_campaign_harvesting(c), harvesting);
    assert_int_equal(rt_campaign_exchanges(c), exchanges);
    assert_true(exchanges == 0 ||
                (rt_campaign_first_us(c) == first && rt_campaign_last_us(c) == until));
    for (size_t k = 0; k < rt_campaign_evidence_count(c); k++) {
      const rt_evidence *e = rt_campaign_evidence(c, k);
      assert_true(e->bits <= bits && isfinite(e->bits));
      assert_true(e->quartiles[0] <= e->quartiles[1] && e->quartiles[1] <= e->quartiles[2]);
      assert_true(e->what && e->what[0]);
      assert_null(strstr(e->what, "nan"));
      bits = e->bits;
    }
    for (size_t k = 0; k < rt_campaign_counter_count(c); k++) {
      const rt_counter *x = rt_campaign_counter(c, k);
      assert_true(isfinite(x->log_odds) && x->cause[0]);
      assert_null(strstr(x->what, "nan"));
      if (k)
        assert_true(x->log_odds <= rt_campaign_counter(c, k - 1)->log_odds);
    }
  }
}

#endif
