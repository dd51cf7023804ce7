#include "retort/retort.h"

#include "account/profile.h"
#include "campaign/detect.h"
#include "campaign/remember.h"
#include "campaign/replay.h"
#include "campaign/spooled.h"
#include "digest/name.h"

#include <math.h>
#include <stdlib.h>

#define SINKS_MAX    256
#define MEMORY_USUAL ((size_t)1 << 30)
#define RELEASES_MAX 256
#define ARENA_MAX    ((size_t)8 << 30)

struct rt_scan {
  rt_alloc alloc;
  rt_scan_options options;
  rt__set *sets[SINKS_MAX]; /* one a producer; the first takes the others in */
  size_t n_sets;
  rt__facts facts;
  rt__release releases[RELEASES_MAX];
  size_t n_releases;
  rt__map closed; /* name of an account -> when enforcement closed it first */
  rt_findings findings;
  bool ran;
};

const char *rt_version(void)
{
  return RT_VERSION;
}

void rt_scan_options_default(rt_scan_options *o)
{
  *o = (rt_scan_options){.memory_max = MEMORY_USUAL, .prior = 0.01, .decoys = 20};
  (void)rt_key_default(&o->key);
}

rt_code rt_scan_new(const rt_alloc *alloc, const rt_scan_options *o, rt_scan **out, rt_error *err)
{
  if (!alloc)
    alloc = rt_alloc_default();
  rt_scan *s = rt__calloc(alloc, 1, sizeof *s);
  if (!s)
    return rt__fail(err, RT_E_NOMEM, "no memory for a scan");
  s->alloc = *alloc;
  if (o)
    s->options = *o;
  else
    rt_scan_options_default(&s->options);
  if (s->options.memory_max == 0)
    s->options.memory_max = MEMORY_USUAL;
  if (!(s->options.prior > 0 && s->options.prior < 1))
    s->options.prior = 0.01;
  rt__facts_init(&s->facts, &s->alloc);
  rt__map_init(&s->closed, &s->alloc, SIZE_MAX, rt_key_id(&s->options.key));
  if (rt__arena_new(&s->alloc, ARENA_MAX, &s->findings.arena) != RT_OK) {
    rt__free(alloc, s, sizeof *s);
    return rt__fail(err, RT_E_NOMEM, "no memory for a scan");
  }
  *out = s;
  return RT_OK;
}

void rt_scan_free(rt_scan *s)
{
  if (!s)
    return;
  rt_alloc a = s->alloc;
  for (size_t i = 0; i < s->n_sets; i++)
    rt__set_free(s->sets[i]);
  rt__facts_free(&s->facts);
  rt__map_free(&s->closed);
  rt__arena_free(s->findings.arena);
  rt__free(&a, s, sizeof *s);
}

rt_code rt__scan_sink_spooled(rt_scan *s, size_t memory_max, const rt__spool *spool,
                              rt_digest_sink *sink, rt_error *err)
{
  if (s->ran)
    return rt__fail(err, RT_E_ARG, "the scan has run");
  if (s->n_sets == SINKS_MAX)
    return rt__fail(err, RT_E_LIMIT, "at most %d producers", SINKS_MAX);
  rt_code c = rt__set_new(&s->alloc, memory_max, spool, &s->sets[s->n_sets], err);
  if (c == RT_OK)
    *sink = rt__set_sink(s->sets[s->n_sets++]);
  return c;
}

rt_code rt_scan_sink(rt_scan *s, rt_digest_sink *sink, rt_error *err)
{
  return rt__scan_sink_spooled(s, s->options.memory_max, NULL, sink, err);
}

rt_code rt_scan_add_facts(rt_scan *s, const rt_facts *f, rt_error *err)
{
  return rt__facts_add(&s->facts, &s->options.key, f, err);
}

static rt_code add_release(rt_scan *s, const rt_event *e, rt_error *err)
{
  if (!e->model.p || e->model.n == 0)
    return RT_OK;
  if (s->n_releases == RELEASES_MAX)
    return rt__fail(err, RT_E_LIMIT, "more than %d model releases", RELEASES_MAX);
  s->releases[s->n_releases++] =
      (rt__release){rt_key_hash(&s->options.key, "model", e->model), e->time_us};
  return RT_OK;
}

static rt_code add_enforcement(rt_scan *s, const rt_event *e, rt_error *err)
{
  for (size_t i = 0; i < e->n_accounts; i++) {
    bool fresh;
    uint64_t name = rt_key_hash(&s->options.key, "account", e->accounts[i]);
    uint64_t *at = rt__map_put(&s->closed, name, &fresh);
    if (!at)
      return rt__fail(err, RT_E_NOMEM, "no memory for events");
    if (fresh || e->time_us < (int64_t)*at)
      *at = (uint64_t)e->time_us;
  }
  return RT_OK;
}

rt_code rt_scan_add_event(rt_scan *s, const rt_event *e, rt_error *err)
{
  return e->kind == RT_EVENT_ENFORCEMENT ? add_enforcement(s, e, err) : add_release(s, e, err);
}

static rt_code one_set(rt_scan *s, rt_error *err)
{
  if (s->n_sets == 0) {
    rt_digest_sink none;
    rt_code c = rt_scan_sink(s, &none, err);
    if (c != RT_OK)
      return c;
  }
  for (size_t i = 1; i < s->n_sets; i++) {
    rt_code c = rt__set_absorb(s->sets[0], s->sets[i], err);
    if (c != RT_OK)
      return c;
  }
  return rt__set_seal(s->sets[0], err);
}

/* ---- one tenant, or a log without any */

/* what is looked at on its own: a tenant's accounts, without exchanges that a person has cleared */
typedef struct piece {
  const rt__set *set;
  const bool *cleared; /* of each account of the set; NULL: none */
} piece;

static rt_code find_in(rt_scan *s, const piece *p, rt_findings *out, rt_error *err)
{
  rt__detection d = {.alloc = &s->alloc,
                     .options = &s->options,
                     .team = {s->options.parallel, s->options.parallel_ctx},
                     .set = p->set,
                     .facts = s->facts.n_known ? &s->facts : NULL,
                     .cleared = p->cleared,
                     .releases = s->releases,
                     .n_releases = s->n_releases};
  out->arena = s->findings.arena;
  rt_code c = rt__detect(&d, err);
  if (c == RT_OK)
    c = rt__describe(&d, out, err);
  rt__detection_free(&d);
  return c;
}

/* ---- all of them */

/* "facts" before "text" before "metadata" */
static const char *wider(const char *a, const char *b)
{
  return strcmp(a, b) < 0 || strcmp(b, "metadata") == 0 ? a : b;
}

static rt_code join(rt_findings *to, const rt_findings *part, size_t n, rt_error *err)
{
  for (size_t i = 0; i < n; i++) {
    to->n_campaigns += part[i].n_campaigns;
    to->n_notes += part[i].n_notes;
    to->view = i ? wider(to->view, part[i].view) : part[i].view;
  }
  to->campaigns = rt__arena_take(to->arena, (to->n_campaigns + 1) * sizeof *to->campaigns);
  to->notes = rt__arena_take(to->arena, (to->n_notes + 1) * sizeof *to->notes);
  if (!to->campaigns || !to->notes)
    return rt__fail(err, RT_E_NOMEM, "no memory for findings");
  for (size_t i = 0, c = 0, k = 0; i < n; i++) {
    if (part[i].n_campaigns)
      memcpy(to->campaigns + c, part[i].campaigns, part[i].n_campaigns * sizeof *to->campaigns);
    if (part[i].n_notes)
      memcpy(to->notes + k, part[i].notes, part[i].n_notes * sizeof *to->notes);
    c += part[i].n_campaigns;
    k += part[i].n_notes;
  }
  if (to->n_campaigns)
    qsort(to->campaigns, to->n_campaigns, sizeof *to->campaigns, rt__by_campaign);
  if (to->n_notes)
    qsort(to->notes, to->n_notes, sizeof *to->notes, rt__by_note);
  return RT_OK;
}

/* what is done with a part */
typedef rt_code (*in_part)(rt_scan *s, const piece *p, rt_findings *out, rt_error *err);

/* how the whole is cut */
typedef struct cuts {
  rt__tenants t;
  int64_t *after_us; /* of each account of the whole */
  bool *cleared;     /* likewise; then, for a part, in its own order */
  bool any_cleared;
  size_t n;
} cuts;

static void cuts_free(const rt_alloc *a, cuts *x)
{
  rt__tenants_free(a, &x->t);
  rt__free(a, x->after_us, x->n * sizeof *x->after_us);
  rt__free(a, x->cleared, x->n * 2 * sizeof *x->cleared);
}

/* facts are lined up with the whole */
static rt_code cuts_of(rt_scan *s, cuts *x, rt_error *err)
{
  const rt_alloc *a = &s->alloc;
  size_t n = rt__set_accounts(s->sets[0]);
  *x = (cuts){.n = n};
  x->after_us = rt__calloc(a, n, sizeof *x->after_us);
  x->cleared = rt__calloc(a, n, 2 * sizeof *x->cleared);
  rt_code c =
      x->after_us && x->cleared ? rt__tenants_of(a, s->sets[0], &s->facts, &x->t) : RT_E_NOMEM;
  for (size_t k = 0; c == RT_OK && k < x->t.n; k++)
    rt__cleared(s->sets[0], &s->facts, x->t.account + x->t.at[k], x->t.at[k + 1] - x->t.at[k],
                x->after_us, x->cleared, &x->any_cleared);
  if (c == RT_OK)
    return c;
  cuts_free(a, x);
  return rt__fail(err, c, "no memory for tenants");
}

static rt_code do_part(rt_scan *s, const cuts *x, size_t k, in_part fn, rt_findings *out,
                       rt_error *err)
{
  const uint32_t *accounts = x->t.account + x->t.at[k];
  size_t n = x->t.at[k + 1] - x->t.at[k];
  rt__set *view = NULL;
  rt_code c = rt__set_view(s->sets[0], accounts, n, x->after_us, &view, err);
  if (c == RT_OK && s->facts.n)
    c = rt__facts_seal(&s->facts, view, err);
  bool *cleared = x->cleared + x->n;
  for (size_t i = 0; i < n; i++)
    cleared[i] = x->cleared[accounts[i]];
  if (c == RT_OK)
    c = fn(s, &(piece){view, x->any_cleared ? cleared : NULL}, out, err);
  rt__set_free(view);
  return c;
}

/* `out`: one a part */
static rt_code do_parts(rt_scan *s, const cuts *x, in_part fn, rt_findings *out, rt_error *err)
{
  rt_code c = RT_OK;
  if (x->t.n == 1 && !x->any_cleared)
    return fn(s, &(piece){s->sets[0], NULL}, out, err);
  for (size_t k = 0; k < x->t.n && c == RT_OK; k++)
    c = do_part(s, x, k, fn, &out[k], err);
  if (c == RT_OK && s->facts.n) /* whoever asks of an account later means any */
    c = rt__facts_seal(&s->facts, s->sets[0], err);
  return c;
}

static rt_code in_parts(rt_scan *s, in_part fn, rt_error *err)
{
  cuts x;
  rt_code c = cuts_of(s, &x, err);
  if (c != RT_OK)
    return c;
  rt_findings *out = rt__calloc(&s->alloc, x.t.n, sizeof *out);
  c = out ? do_parts(s, &x, fn, out, err)
          : rt__fail(err, RT_E_NOMEM, "no memory for %zu tenants", x.t.n);
  if (c == RT_OK && fn == find_in)
    c = join(&s->findings, out, x.t.n, err);
  s->findings.tenants = x.t.n;
  rt__free(&s->alloc, out, x.t.n * sizeof *out);
  cuts_free(&s->alloc, &x);
  return c;
}

rt_code rt_scan_run(rt_scan *s, rt_error *err)
{
  if (s->ran)
    return rt__fail(err, RT_E_ARG, "the scan has run");
  rt_code c = one_set(s, err);
  s->ran = true; /* not before: a scan without a producer gets a sink there */
  if (c == RT_OK && s->facts.n)
    c = rt__facts_seal(&s->facts, s->sets[0], err);
  if (c == RT_OK)
    c = in_parts(s, find_in, err);
  if (c != RT_OK)
    return c;
  const rt__set *set = s->sets[0];
  s->findings.prior = s->options.prior;
  s->findings.exchanges = rt__set_count(set);
  s->findings.duplicates = rt__set_duplicates(set);
  s->findings.accounts = rt__set_accounts(set);
  s->findings.digest_bytes = rt__set_bytes(set);
  s->findings.profile_bytes = sizeof(rt__profile);
  return RT_OK;
}

/* ---- replay */

/* the campaigns of those whose accounts are in the set */
static rt_code campaigns_in(const rt_scan *s, const rt__set *set, rt_findings *out)
{
  size_t at;
  out->campaigns = rt__calloc(&s->alloc, s->findings.n_campaigns, sizeof *out->campaigns);
  if (!out->campaigns)
    return RT_E_NOMEM;
  for (size_t i = 0; i < s->findings.n_campaigns; i++)
    if (rt__set_find(set, s->findings.campaigns[i].members[0].hash, &at))
      out->campaigns[out->n_campaigns++] = s->findings.campaigns[i];
  return RT_OK;
}

static void take_back(rt_scan *s, const rt_findings *out)
{
  for (size_t i = 0, k = 0; k < out->n_campaigns; i++)
    if (s->findings.campaigns[i].members == out->campaigns[k].members)
      s->findings.campaigns[i].flaggable_us = out->campaigns[k++].flaggable_us;
}

static rt_code replay_in(rt_scan *s, const piece *p, rt_findings *out, rt_error *err)
{
  const rt__replay r = {.alloc = &s->alloc,
                        .options = &s->options,
                        .set = p->set,
                        .facts = s->facts.n_known ? &s->facts : NULL,
                        .releases = s->releases,
                        .n_releases = s->n_releases};
  if (campaigns_in(s, p->set, out) != RT_OK)
    return rt__fail(err, RT_E_NOMEM, "no memory for a replay");
  rt_code c = out->n_campaigns ? rt__replay_run(&r, out, err) : RT_OK;
  if (c == RT_OK)
    take_back(s, out);
  rt__free(&s->alloc, out->campaigns, s->findings.n_campaigns * sizeof *out->campaigns);
  return c;
}

rt_code rt_scan_replay(rt_scan *s, rt_error *err)
{
  return s->ran ? in_parts(s, replay_in, err) : rt__fail(err, RT_E_ARG, "the scan has not run");
}

const rt_findings *rt_scan_findings(const rt_scan *s)
{
  return s && s->ran ? &s->findings : NULL;
}

rt_code rt__scan_remember(rt_scan *s, const rt__remembrance *r, rt_error *err)
{
  return s->ran ? rt__findings_remember(&s->findings, r, err)
                : rt__fail(err, RT_E_ARG, "the scan has not run");
}

const rt__set *rt__scan_set(const rt_scan *s)
{
  return s && s->ran && s->n_sets ? s->sets[0] : NULL;
}

static const rt__fact *fact_of(const rt_scan *s, uint64_t account, bool in_set, size_t i)
{
  if (in_set)
    return rt__facts_of(&s->facts, (uint32_t)i);
  const uint64_t *at = s->facts.n ? rt__map_get(&s->facts.index, account) : NULL;
  return at ? &s->facts.f[*at] : NULL;
}

int64_t rt__scan_closed_us(const rt_scan *s, uint64_t account)
{
  size_t i = 0;
  const rt__set *set = rt__scan_set(s);
  bool in_set = set && rt__set_find(set, account, &i);
  const rt__fact *f = fact_of(s, account, in_set, i);
  if (f && f->closed_us)
    return f->closed_us;
  rt_slice name = in_set ? rt__set_name(set, i) : (rt_slice){NULL, 0};
  if (rt__name_tenant(name).p) /* events know accounts by their names alone */
    account = rt_key_hash(&s->options.key, "account", rt__name_account(name));
  const uint64_t *at = rt__map_get(&s->closed, account);
  return at ? (int64_t)*at : 0;
}
