#include "report/findings_json.h"

#include "base/json.h"
#include "report/history.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SCORE_DECIMALS 4
#define BITS_DECIMALS  2

/* one line in the making */
typedef struct writer {
  rt__buf line;
  rt__json json;
  const rt__emit *emit;
  rt_error *err;
} writer;

static rt__json *begin(writer *w)
{
  rt__buf_clear(&w->line);
  rt__json_init(&w->json, &w->line);
  rt__json_open(&w->json, '{');
  return &w->json;
}

static rt_code end(writer *w)
{
  rt__json_close(&w->json, '}');
  rt_code c = w->json.code;
  if (c == RT_OK)
    c = rt__buf_add(&w->line, "\n", 1);
  if (c != RT_OK)
    return rt__fail(w->err, c, "a line of findings does not fit: %s", rt_code_text(c));
  return rt__emit_slice(w->emit, rt__buf_slice(&w->line), w->err);
}

/* ---- fields */

static void text(rt__json *j, const char *key, const char *value)
{
  rt__json_put_cstr(j, key, value ? value : "");
}

/* only where accounts have one */
static void tenant(rt__json *j, rt_slice value)
{
  if (value.n)
    rt__json_put_str(j, "tenant", value);
}

/* two digits are all that a permuted p carries */
static void chance(rt__json *j, const char *key, double p)
{
  char t[32];
  rt__json_key(j, key);
  if (!isfinite(p)) {
    rt__json_null(j);
    return;
  }
  (void)snprintf(t, sizeof t, "%.1e", p);
  rt__json_num(j, strtod(t, NULL));
}

static void hex(rt__json *j, const char *key, uint64_t v)
{
  char t[24];
  (void)snprintf(t, sizeof t, "%016" PRIx64, v);
  text(j, key, t);
}

/* ---- the run */

static int by_content(const void *pa, const void *pb)
{
  const rt__run_input *a = pa, *b = pb;
  int c = strcmp(a->what ? a->what : "", b->what ? b->what : "");
  if (c != 0)
    return c;
  if (a->xxh3 != b->xxh3)
    return a->xxh3 < b->xxh3 ? -1 : 1;
  return a->bytes < b->bytes ? -1 : a->bytes > b->bytes;
}

/* sorted, so that the order of the arguments shows nowhere */
static rt_code put_inputs(writer *w, const rt__run *run)
{
  rt__json *j = &w->json;
  const rt_alloc *alloc = w->line.alloc;
  rt__run_input *sorted = rt__calloc(alloc, run->n_inputs + 1, sizeof *sorted);
  if (!sorted)
    return rt__fail(w->err, RT_E_NOMEM, "no memory for the list of inputs");
  if (run->n_inputs)
    memcpy(sorted, run->inputs, run->n_inputs * sizeof *sorted);
  qsort(sorted, run->n_inputs, sizeof *sorted, by_content);
  rt__json_key(j, "inputs");
  rt__json_open(j, '[');
  for (size_t i = 0; i < run->n_inputs; i++) {
    rt__json_open(j, '{');
    if (sorted[i].what)
      text(j, "what", sorted[i].what);
    rt__json_put_u64(j, "bytes", sorted[i].bytes);
    hex(j, "xxh3", sorted[i].xxh3);
    if (sorted[i].broken)
      text(j, "broken", sorted[i].broken);
    rt__json_close(j, '}');
  }
  rt__json_close(j, ']');
  rt__free(alloc, sorted, (run->n_inputs + 1) * sizeof *sorted);
  return RT_OK;
}

/* only what can change a finding: neither threads nor memory */
static void put_options(rt__json *j, const rt_scan_options *o)
{
  rt__json_key(j, "options");
  rt__json_open(j, '{');
  if (o) {
    rt__json_put_bool(j, "all", o->all);
    rt__json_put_u64(j, "decoys", o->decoys);
    hex(j, "key", rt_key_id(&o->key));
    if (o->sampled > 0 && o->sampled < 1)
      rt__json_put_fixed(j, "sampled", o->sampled, 6);
    rt__json_key(j, "without");
    rt__json_open(j, '[');
    for (int f = 0; f < RT_FAMILY_COUNT; f++)
      if (o->without[f])
        rt__json_cstr(j, rt_family_name((rt_family)f));
    rt__json_close(j, ']');
  }
  rt__json_close(j, '}');
}

static void put_refused(rt__json *j, const rt__run *run)
{
  rt__json_key(j, "refused");
  rt__json_open(j, '{');
  for (size_t i = 0; i < run->n_refused; i++)
    if (run->refused[i].lines)
      rt__json_put_u64(j, run->refused[i].cause, run->refused[i].lines);
  rt__json_close(j, '}');
}

static rt_code put_run(writer *w, const rt_findings *f, const rt__run *run)
{
  rt__json *j = begin(w);
  text(j, "schema", "retort.finding/1");
  text(j, "type", "run");
  text(j, "version", run->version);
  text(j, "view", rt_findings_view(f));
  rt_code c = put_inputs(w, run);
  if (c != RT_OK)
    return c;
  put_options(j, run->options);
  rt__json_put_u64(j, "exchanges", rt_findings_exchanges(f));
  rt__json_put_u64(j, "accounts", rt_findings_accounts(f));
  if (run->until_us)
    rt__json_put_time(j, "until", run->until_us);
  if (rt_findings_tenants(f) > 1)
    rt__json_put_u64(j, "tenants", rt_findings_tenants(f));
  put_refused(j, run);
  rt__json_put_fixed(j, "prior", rt_findings_prior(f), 6);
  return end(w);
}

/* ---- a campaign */

static void put_strength(rt__json *j, const rt_campaign *c)
{
  rt__json_key(j, "strength");
  rt__json_open(j, '{');
  rt__json_put_fixed(j, "coordination", rt_campaign_coordination(c), SCORE_DECIMALS);
  rt__json_put_fixed(j, "extraction", rt_campaign_extraction(c), SCORE_DECIMALS);
  rt__json_put_fixed(j, "concealment", rt_campaign_concealment(c), SCORE_DECIMALS);
  rt__json_close(j, '}');
}

static void put_significance(rt__json *j, const rt_campaign *c)
{
  rt__json_key(j, "significance");
  rt__json_open(j, '{');
  chance(j, "not_chance_p", rt_campaign_not_chance_p(c));
  text(j, "method", rt_campaign_chance_method(c));
  chance(j, "decoy_fdr", rt_campaign_decoy_fdr(c));
  rt__json_put_u64(j, "decoys", rt_campaign_decoys(c));
  rt__json_close(j, '}');
}

static void put_size(rt__json *j, const rt_campaign *c)
{
  rt__json_put_u64(j, "members", rt_campaign_members(c));
  rt__json_put_u64(j, "harvesting", rt_campaign_harvesting(c));
  if (rt_campaign_confirmed(c))
    rt__json_put_u64(j, "confirmed", rt_campaign_confirmed(c));
  rt__json_put_u64(j, "exchanges", rt_campaign_exchanges(c));
  rt__json_key(j, "tokens");
  rt__json_open(j, '{');
  rt__json_put_u64(j, "input", rt_campaign_tokens_in(c));
  rt__json_put_u64(j, "output", rt_campaign_tokens_out(c));
  rt__json_close(j, '}');
  rt__json_put_time(j, "first_seen", rt_campaign_first_us(c));
  rt__json_put_time(j, "last_seen", rt_campaign_last_us(c));
  if (rt_campaign_flaggable_us(c))
    rt__json_put_time(j, "flaggable_at", rt_campaign_flaggable_us(c));
}

static void put_evidence(rt__json *j, const rt_campaign *c)
{
  rt__json_key(j, "evidence");
  rt__json_open(j, '[');
  for (size_t i = 0; i < rt_campaign_evidence_count(c); i++) {
    const rt_evidence *e = rt_campaign_evidence(c, i);
    rt__json_open(j, '{');
    text(j, "family", rt_family_name(e->family));
    rt__json_put_fixed(j, "bits", e->bits, BITS_DECIMALS);
    rt__json_key(j, "quartiles");
    rt__json_open(j, '[');
    for (int q = 0; q < 3; q++)
      rt__json_fixed(j, e->quartiles[q], BITS_DECIMALS);
    rt__json_close(j, ']');
    text(j, "what", e->what);
    rt__json_key(j, "values");
    rt__json_open(j, '[');
    for (size_t v = 0; v < e->n_values; v++)
      rt__json_cstr(j, e->values[v]);
    rt__json_close(j, ']');
    rt__json_close(j, '}');
  }
  rt__json_close(j, ']');
}

static void put_counter(rt__json *j, const rt_campaign *c)
{
  rt__json_key(j, "counter_evidence");
  rt__json_open(j, '[');
  for (size_t i = 0; i < rt_campaign_counter_count(c); i++) {
    const rt_counter *k = rt_campaign_counter(c, i);
    rt__json_open(j, '{');
    text(j, "cause", k->cause);
    rt__json_put_fixed(j, "log_odds", k->log_odds, BITS_DECIMALS);
    text(j, "what", k->what);
    rt__json_close(j, '}');
  }
  rt__json_close(j, ']');
}

static void put_exemplars(rt__json *j, const rt_campaign *c)
{
  size_t left = RT__EXEMPLARS;
  rt__json_key(j, "exemplars");
  rt__json_open(j, '[');
  for (size_t i = 0; left && i < rt_campaign_members(c); i++) {
    const rt_member *m = rt_campaign_member(c, i);
    if (rt_member_role(m) != RT_ROLE_HARVEST)
      continue;
    rt__json_open(j, '{');
    rt__json_put_str(j, "account", rt_member_account(m));
    rt__json_put_fixed(j, "score", rt_member_score(m), SCORE_DECIMALS);
    rt__json_close(j, '}');
    left--;
  }
  rt__json_close(j, ']');
}

static void put_history(rt__json *j, const rt_campaign *c)
{
  rt__json_key(j, "history");
  rt__json_open(j, '[');
  for (size_t i = 0; i < rt_campaign_changes(c); i++)
    rt__history_json(j, rt_campaign_change(c, i));
  rt__json_close(j, ']');
}

static rt_code put_campaign(writer *w, const rt_campaign *c)
{
  rt__json *j = begin(w);
  text(j, "type", "campaign");
  rt__json_put_str(j, "campaign", rt_campaign_id(c));
  tenant(j, rt_member_tenant(rt_campaign_member(c, 0))); /* of all its members */
  text(j, "verdict", rt_verdict_name(rt_campaign_verdict(c)));
  rt__json_put_fixed(j, "score", rt_campaign_score(c), SCORE_DECIMALS);
  put_strength(j, c);
  put_significance(j, c);
  put_size(j, c);
  put_evidence(j, c);
  put_counter(j, c);
  put_exemplars(j, c);
  put_history(j, c);
  return end(w);
}

/* ---- members and accounts */

static void put_bits(rt__json *j, const rt_member *m)
{
  rt__json_key(j, "bits");
  rt__json_open(j, '{');
  for (int f = 0; f < RT_FAMILY_COUNT; f++) {
    double bits = rt_member_bits(m, (rt_family)f);
    if (isfinite(bits))
      rt__json_put_fixed(j, rt_family_name((rt_family)f), bits, BITS_DECIMALS);
  }
  rt__json_close(j, '}');
}

static rt_code put_member(writer *w, const rt_campaign *c, const rt_member *m)
{
  rt__json *j = begin(w);
  text(j, "type", "member");
  rt__json_put_str(j, "campaign", rt_campaign_id(c));
  rt__json_put_str(j, "account", rt_member_account(m));
  tenant(j, rt_member_tenant(m));
  text(j, "role", rt_role_name(rt_member_role(m)));
  if (rt_member_reopened(m)) {
    rt__json_put_bool(j, "reopened", true);
  }
  rt__json_put_fixed(j, "score", rt_member_score(m), SCORE_DECIMALS);
  rt__json_put_u64(j, "exchanges", rt_member_exchanges(m));
  rt__json_put_u64(j, "tokens", rt_member_tokens(m));
  rt__json_put_time(j, "first_seen", rt_member_first_us(m));
  rt__json_put_time(j, "last_seen", rt_member_last_us(m));
  put_bits(j, m);
  return end(w);
}

/* as account facts say it: true, or until when */
static void put_cleared(rt__json *j, int64_t until_us)
{
  if (until_us == INT64_MAX) {
    rt__json_put_bool(j, "cleared", true);
  } else if (until_us) {
    rt__json_put_time(j, "cleared", until_us);
  }
}

static rt_code put_note(writer *w, const rt_account_note *n)
{
  rt__json *j = begin(w);
  text(j, "type", "account");
  rt__json_put_str(j, "account", n->account);
  tenant(j, n->tenant);
  rt__json_key(j, "nearest");
  if (n->nearest.n)
    rt__json_str(j, n->nearest);
  else
    rt__json_null(j);
  rt__json_put_fixed(j, "score", n->score, SCORE_DECIMALS);
  put_cleared(j, n->cleared_us);
  rt__json_key(j, "missing");
  rt__json_open(j, '[');
  for (size_t i = 0; i < n->n_missing; i++)
    rt__json_cstr(j, n->missing[i]);
  rt__json_close(j, ']');
  return end(w);
}

/* ---- the order of the contract: score (falling, as printed), then name */

typedef struct ranked {
  const void *thing;
  const rt_campaign *campaign; /* of a member */
} ranked;

static int by_printed(double a, double b, rt_slice name_a, rt_slice name_b)
{
  const double unit = 1e4; /* SCORE_DECIMALS */
  double ra = floor(a * unit + 0.5), rb = floor(b * unit + 0.5);
  if (ra != rb)
    return ra > rb ? -1 : 1;
  return rt__slice_cmp(name_a, name_b);
}

static int campaign_order(const void *pa, const void *pb)
{
  const rt_campaign *a = ((const ranked *)pa)->thing, *b = ((const ranked *)pb)->thing;
  return by_printed(rt_campaign_score(a), rt_campaign_score(b), rt_campaign_id(a),
                    rt_campaign_id(b));
}

static int member_order(const void *pa, const void *pb)
{
  const ranked *ra = pa, *rb = pb;
  const rt_member *a = ra->thing, *b = rb->thing;
  int c = by_printed(rt_member_score(a), rt_member_score(b), rt_member_account(a),
                     rt_member_account(b));
  return c ? c : rt__slice_cmp(rt_campaign_id(ra->campaign), rt_campaign_id(rb->campaign));
}

static int note_order(const void *pa, const void *pb)
{
  const rt_account_note *a = ((const ranked *)pa)->thing, *b = ((const ranked *)pb)->thing;
  int c = by_printed(a->score, b->score, a->account, b->account);
  return c ? c : rt__slice_cmp(a->tenant, b->tenant);
}

/* lists of things, each printed with its own function after sorting */
typedef struct list {
  ranked *rows;
  size_t n;
} list;

static rt_code list_new(writer *w, list *l, size_t n)
{
  l->n = 0;
  l->rows = rt__calloc(w->line.alloc, n + 1, sizeof *l->rows);
  return l->rows ? RT_OK : rt__fail(w->err, RT_E_NOMEM, "no memory to sort %zu findings", n);
}

static rt_code list_write(writer *w, list *l, size_t n, int (*order)(const void *, const void *),
                          rt_code (*put)(writer *, const ranked *))
{
  rt_code c = RT_OK;
  qsort(l->rows, l->n, sizeof *l->rows, order);
  for (size_t i = 0; c == RT_OK && i < l->n; i++)
    c = put(w, &l->rows[i]);
  rt__free(w->line.alloc, l->rows, (n + 1) * sizeof *l->rows);
  return c;
}

static rt_code put_ranked_campaign(writer *w, const ranked *r)
{
  return put_campaign(w, r->thing);
}

static rt_code put_ranked_member(writer *w, const ranked *r)
{
  return put_member(w, r->campaign, r->thing);
}

static rt_code put_ranked_note(writer *w, const ranked *r)
{
  return put_note(w, r->thing);
}

static rt_code put_campaigns(writer *w, const rt_findings *f)
{
  size_t n = rt_findings_campaigns(f);
  list l;
  rt_code c = list_new(w, &l, n);
  if (c != RT_OK)
    return c;
  for (size_t i = 0; i < n; i++)
    l.rows[l.n++] = (ranked){rt_findings_campaign(f, i), NULL};
  return list_write(w, &l, n, campaign_order, put_ranked_campaign);
}

static rt_code put_members(writer *w, const rt_findings *f)
{
  size_t n = 0;
  for (size_t i = 0; i < rt_findings_campaigns(f); i++)
    n += rt_campaign_members(rt_findings_campaign(f, i));
  list l;
  rt_code c = list_new(w, &l, n);
  if (c != RT_OK)
    return c;
  for (size_t i = 0; i < rt_findings_campaigns(f); i++) {
    const rt_campaign *k = rt_findings_campaign(f, i);
    for (size_t m = 0; m < rt_campaign_members(k); m++)
      l.rows[l.n++] = (ranked){rt_campaign_member(k, m), k};
  }
  return list_write(w, &l, n, member_order, put_ranked_member);
}

static rt_code put_notes(writer *w, const rt_findings *f)
{
  size_t n = rt_findings_notes(f);
  list l;
  rt_code c = list_new(w, &l, n);
  if (c != RT_OK)
    return c;
  for (size_t i = 0; i < n; i++)
    l.rows[l.n++] = (ranked){rt_findings_note(f, i), NULL};
  return list_write(w, &l, n, note_order, put_ranked_note);
}

rt_code rt__findings_json(const rt_alloc *alloc, const rt_findings *f, const rt__run *run,
                          const rt__emit *emit, rt_error *err)
{
  writer w = {.emit = emit, .err = err};
  rt__buf_init(&w.line, alloc, RT__LINE_MAX);
  rt_code c = put_run(&w, f, run);
  if (c == RT_OK)
    c = put_campaigns(&w, f);
  if (c == RT_OK)
    c = put_members(&w, f);
  if (c == RT_OK)
    c = put_notes(&w, f);
  rt__buf_free(&w.line);
  return c;
}
