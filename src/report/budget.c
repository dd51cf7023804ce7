#include "report/budget.h"

#include "base/json.h"
#include "report/summary.h"

#include <stdlib.h>

#define LINE_MAX_ ((size_t)1 << 16) /* of a line; names are at most RT_NAME_MAX bytes */

/* ---- choosing */

static bool is_flagged(const rt_campaign *c, const rt_member *m)
{
  return rt_campaign_verdict(c) != RT_VERDICT_BENIGN && rt_member_role(m) != RT_ROLE_BYSTANDER;
}

static int by_worth(const void *pa, const void *pb)
{
  const rt__pick *a = pa, *b = pb;
  if (a->worth != b->worth)
    return a->worth > b->worth ? -1 : 1;
  int c = rt__slice_cmp(rt_member_account(a->member), rt_member_account(b->member));
  c = c ? c : rt__slice_cmp(rt_member_tenant(a->member), rt_member_tenant(b->member));
  return c ? c : rt__slice_cmp(rt_campaign_id(a->campaign), rt_campaign_id(b->campaign));
}

static void take_members(const rt_campaign *c, rt__budget *out)
{
  for (size_t k = 0; k < rt_campaign_members(c); k++) {
    const rt_member *m = rt_campaign_member(c, k);
    if (is_flagged(c, m))
      out->picks[out->flagged++] =
          (rt__pick){c, m, rt_member_score(m) * (double)rt_member_exchanges(m)};
  }
}

rt_code rt__budget_of(const rt_alloc *alloc, const rt_findings *f, size_t most, rt__budget *out,
                      rt_error *err)
{
  *out = (rt__budget){.cap = 1};
  for (size_t i = 0; i < rt_findings_campaigns(f); i++)
    out->cap += rt_campaign_members(rt_findings_campaign(f, i));
  out->picks = rt__calloc(alloc, out->cap, sizeof *out->picks);
  if (!out->picks)
    return rt__fail(err, RT_E_NOMEM, "no memory for a list of accounts");
  for (size_t i = 0; i < rt_findings_campaigns(f); i++)
    take_members(rt_findings_campaign(f, i), out);
  qsort(out->picks, out->flagged, sizeof *out->picks, by_worth);
  out->n = out->flagged < most ? out->flagged : most;
  for (size_t i = 0; i < out->flagged; i++) {
    out->of_all += out->picks[i].worth;
    if (i >= out->n)
      continue;
    out->worth += out->picks[i].worth;
    out->innocent += 1 - rt_member_score(out->picks[i].member);
  }
  return RT_OK;
}

void rt__budget_free(const rt_alloc *alloc, rt__budget *b)
{
  rt__free(alloc, b->picks, b->cap * sizeof *b->picks);
  *b = (rt__budget){.picks = NULL};
}

/* the part of all that is expected */
static double share(const rt__budget *b)
{
  return b->of_all > 0 ? b->worth / b->of_all : 0;
}

/* ---- table: a line at a time, since a budget may be large */

static rt_code send(rt__buf *b, rt_code c, const rt__emit *emit, rt_error *err)
{
  if (c != RT_OK)
    return rt__fail(err, c, "a line of the list of accounts does not fit");
  c = rt__emit_slice(emit, rt__buf_slice(b), err);
  rt__buf_clear(b);
  return c;
}

static rt_code table_head(rt__buf *b, const rt__budget *x)
{
  char picks[32], flagged[32], worth[16];
  rt__long_count(x->n, picks);
  rt__long_count(x->flagged, flagged);
  rt__short_count((uint64_t)(x->worth + 0.5), worth);
  if (x->flagged == 0)
    return rt__buf_printf(b, "No account is worth a look.\n");
  return rt__buf_printf(b,
                        "%s of %s flagged accounts; %s exchanges expected of them, %.0f %% of all "
                        "expected; innocent among them: %.1f expected\n\n"
                        "%-24s  %-12s  %-19s  %-9s  %5s  %9s  %9s\n",
                        picks, flagged, worth, 100 * share(x), x->innocent, "account", "verdict",
                        "campaign", "role", "score", "exchanges", "expected");
}

static rt_code table_row(rt__buf *b, const rt__pick *p)
{
  char exchanges[32], worth[32];
  rt__long_count(rt_member_exchanges(p->member), exchanges);
  rt__long_count((uint64_t)(p->worth + 0.5), worth);
  rt_code c = rt__cell(b, rt_member_account(p->member), 24);
  if (c == RT_OK)
    c = rt__buf_printf(b, "  %-12s  %-19.*s  %-9s  %5.3f  %9s  %9s",
                       rt_verdict_name(rt_campaign_verdict(p->campaign)),
                       (int)rt_campaign_id(p->campaign).n, rt_campaign_id(p->campaign).p,
                       rt_role_name(rt_member_role(p->member)), rt_member_score(p->member),
                       exchanges, worth);
  if (c == RT_OK && rt_member_tenant(p->member).n)
    c = rt__buf_printf(b, "  of ");
  if (c == RT_OK)
    c = rt__cell(b, rt_member_tenant(p->member), 0);
  return c == RT_OK ? rt__buf_printf(b, "\n") : c;
}

rt_code rt__budget_table(const rt_alloc *alloc, const rt__budget *x, const rt__emit *emit,
                         rt_error *err)
{
  rt__buf b;
  rt__buf_init(&b, alloc, LINE_MAX_);
  rt_code c = send(&b, table_head(&b, x), emit, err);
  for (size_t i = 0; i < x->n && c == RT_OK; i++)
    c = send(&b, table_row(&b, &x->picks[i]), emit, err);
  rt__buf_free(&b);
  return c;
}

/* ---- JSON lines */

static void json_head(rt__json *j, const rt__budget *x)
{
  rt__json_put_str(j, "schema", RT__LIT("retort.budget/1"));
  rt__json_put_str(j, "type", RT__LIT("budget"));
  rt__json_put_u64(j, "accounts", x->n);
  rt__json_put_u64(j, "flagged", x->flagged);
  rt__json_put_fixed(j, "expected_innocent", x->innocent, 2);
  rt__json_put_fixed(j, "expected_exchanges", x->worth, 1);
  rt__json_put_fixed(j, "share_of_expected", share(x), 4);
}

static void json_pick(rt__json *j, const rt__pick *p, size_t rank)
{
  const rt_member *m = p->member;
  rt__json_put_str(j, "type", RT__LIT("account"));
  rt__json_put_u64(j, "rank", rank);
  rt__json_put_str(j, "account", rt_member_account(m));
  if (rt_member_tenant(m).n)
    rt__json_put_str(j, "tenant", rt_member_tenant(m));
  rt__json_put_str(j, "campaign", rt_campaign_id(p->campaign));
  rt__json_put_str(j, "verdict", rt__cstr(rt_verdict_name(rt_campaign_verdict(p->campaign))));
  rt__json_put_str(j, "role", rt__cstr(rt_role_name(rt_member_role(m))));
  rt__json_put_fixed(j, "score", rt_member_score(m), 4);
  rt__json_put_u64(j, "exchanges", rt_member_exchanges(m));
  rt__json_put_u64(j, "tokens", rt_member_tokens(m));
  rt__json_put_fixed(j, "expected_exchanges", p->worth, 1);
}

rt_code rt__budget_json(const rt_alloc *alloc, const rt__budget *x, const rt__emit *emit,
                        rt_error *err)
{
  rt__buf b;
  rt_code c = RT_OK;
  rt__buf_init(&b, alloc, LINE_MAX_);
  for (size_t i = 0; i <= x->n && c == RT_OK; i++) {
    rt__json j;
    rt__json_init(&j, &b);
    rt__json_open(&j, '{');
    if (i == 0)
      json_head(&j, x);
    else
      json_pick(&j, &x->picks[i - 1], i);
    rt__json_close(&j, '}');
    c = send(&b, j.code == RT_OK ? rt__buf_add(&b, "\n", 1) : j.code, emit, err);
  }
  rt__buf_free(&b);
  return c;
}
