#include "campaign/replay.h"

/* ---- prefixes */

/* names and segments are announced before the record that refers to them */
static rt_code announce(const rt__set *from, rt__set *to, const rt_digest *d, rt_error *err)
{
  const uint64_t texts[] = {d->system, d->tools};
  rt_digest_sink sink = rt__set_sink(to);
  rt_code c = RT_OK;
  for (size_t i = 0; i < RT__ARRAY_LEN(texts) && c == RT_OK; i++) {
    const rt_segment *g = texts[i] ? rt__set_segment(from, texts[i]) : NULL;
    if (g && !rt__set_segment(to, texts[i]))
      c = sink.segment(sink.ctx, g, err);
  }
  return c;
}

/* records of one account are in order of time: a prefix takes the first of them */
static rt_code take_account(const rt__set *from, rt__set *to, size_t account, int64_t until,
                            rt_error *err)
{
  rt_digest_sink sink = rt__set_sink(to);
  size_t first, n;
  rt_digest d;
  rt__set_range(from, account, &first, &n);
  if (n == 0 || rt__set_time(from, first) >= until)
    return RT_OK;
  rt_slice name = rt__set_name(from, account);
  rt_code c = name.p ? sink.account(sink.ctx, rt__set_account(from, account), name, err) : RT_OK;
  for (size_t k = first; c == RT_OK && k < first + n && rt__set_time(from, k) < until; k++) {
    rt__set_get(from, k, &d);
    c = announce(from, to, &d, err);
    if (c == RT_OK)
      c = sink.record(sink.ctx, &d, err);
  }
  return c;
}

static rt_code prefix_of(const rt__replay *r, int64_t until, rt__set **out, rt_error *err)
{
  rt_code c = rt__set_new(r->alloc, r->options->memory_max, NULL, out, err);
  for (size_t a = 0; c == RT_OK && a < rt__set_accounts(r->set); a++)
    c = take_account(r->set, *out, a, until, err);
  if (c == RT_E_LIMIT)
    return rt__fail(err, c, "a replay needs the digests once more, and more than %zu bytes",
                    r->options->memory_max);
  return c == RT_OK ? rt__set_seal(*out, err) : c;
}

/* ---- whose drafts are these? */

typedef struct tally {
  uint32_t *of;          /* of each account of the prefix: campaign + 1, 0 = none */
  uint32_t *seen, *held; /* of each campaign: members seen so far, and those in fitting drafts */
  size_t n_of, n;
} tally;

static void tally_free(const rt_alloc *a, tally *t)
{
  rt__free(a, t->of, t->n_of * sizeof *t->of);
  rt__free(a, t->seen, t->n * sizeof *t->seen);
  rt__free(a, t->held, t->n * sizeof *t->held);
}

static rt_code tally_new(const rt_alloc *a, const rt_findings *f, const rt__set *set, tally *t)
{
  *t = (tally){.n_of = rt__set_accounts(set), .n = f->n_campaigns};
  t->of = rt__calloc(a, t->n_of, sizeof *t->of);
  t->seen = rt__calloc(a, t->n, sizeof *t->seen);
  t->held = rt__calloc(a, t->n, sizeof *t->held);
  if (!t->of || !t->seen || !t->held)
    return RT_E_NOMEM;
  for (size_t c = 0; c < f->n_campaigns; c++)
    for (size_t m = 0; m < f->campaigns[c].n_members; m++) {
      size_t at;
      if (!rt__set_find(set, f->campaigns[c].members[m].hash, &at))
        continue;
      t->of[at] = (uint32_t)c + 1;
      t->seen[c]++;
    }
  return RT_OK;
}

static size_t overlap(const tally *t, const rt__draft *x, uint32_t campaign)
{
  size_t k = 0;
  for (uint32_t i = 0; i < x->n; i++)
    k += t->of[x->account[i]] == campaign + 1;
  return k;
}

/* The campaign that most of the draft lies in, if any. Whoever holds a majority is the survivor of
 * pairing off unlike neighbours (Boyer and Moore). */
static bool majority(const tally *t, const rt__draft *x, uint32_t *campaign, size_t *members)
{
  uint32_t held = 0;
  size_t lead = 0;
  for (uint32_t i = 0; i < x->n; i++) {
    uint32_t of = t->of[x->account[i]];
    held = lead ? held : of;
    lead = of == held ? lead + 1 : lead - 1;
  }
  if (lead == 0 || held == 0)
    return false;
  *campaign = held - 1;
  *members = overlap(t, x, *campaign);
  return 2 * *members > x->n;
}

static void mark(tally *t, const rt__drafts *drafts, rt_findings *f, int64_t at)
{
  uint32_t c = 0;
  size_t members = 0;
  for (size_t i = 0; i < drafts->n; i++) {
    const rt__draft *x = &drafts->d[i];
    if (majority(t, x, &c, &members) && x->verdict == f->campaigns[c].verdict)
      t->held[c] += (uint32_t)members;
  }
  for (size_t k = 0; k < f->n_campaigns; k++)
    if (!f->campaigns[k].flaggable_us && t->held[k] && 2 * t->held[k] >= t->seen[k])
      f->campaigns[k].flaggable_us = at;
}

/* ---- one prefix */

static size_t released_by(const rt__replay *r, int64_t until, rt__release *out)
{
  size_t n = 0;
  for (size_t i = 0; i < r->n_releases; i++)
    if (r->releases[i].time_us < until)
      out[n++] = r->releases[i];
  return n;
}

static rt_code detect_in(const rt__replay *r, const rt__set *set, rt__release *releases,
                         int64_t until, int64_t at, rt_findings *f, rt_error *err)
{
  tally t = {.of = NULL};
  rt__detection d = {.alloc = r->alloc,
                     .options = r->options,
                     .team = {r->options->parallel, r->options->parallel_ctx},
                     .set = set,
                     .facts = r->facts,
                     .releases = releases,
                     .n_releases = released_by(r, until, releases)};
  rt_code c = r->facts ? rt__facts_seal(r->facts, set, err) : RT_OK;
  if (c == RT_OK)
    c = rt__detect(&d, err);
  if (c == RT_OK && tally_new(r->alloc, f, set, &t) != RT_OK)
    c = rt__fail(err, RT_E_NOMEM, "no memory for a replay");
  if (c == RT_OK)
    mark(&t, &d.drafts, f, at);
  tally_free(r->alloc, &t);
  rt__detection_free(&d);
  return c;
}

static rt_code replay_until(const rt__replay *r, int64_t until, int64_t at, rt_findings *f,
                            rt_error *err)
{
  rt__set *set = NULL;
  rt__release *releases = rt__calloc(r->alloc, r->n_releases + 1, sizeof *releases);
  rt_code c = releases ? prefix_of(r, until, &set, err)
                       : rt__fail(err, RT_E_NOMEM, "no memory for a replay");
  if (c == RT_OK)
    c = detect_in(r, set, releases, until, at, f, err);
  rt__set_free(set);
  rt__free(r->alloc, releases, (r->n_releases + 1) * sizeof *releases);
  return c;
}

/* ---- all of them */

int64_t rt__replay_step(int64_t first_us, int64_t last_us)
{
  uint64_t span = (uint64_t)last_us - (uint64_t)first_us;
  uint64_t one = (uint64_t)RT__REPLAY_STEP_US;
  return (int64_t)(one * (1 + span / (one * RT__REPLAYS)));
}

static void span_of(const rt__set *set, int64_t *first, int64_t *last)
{
  *first = INT64_MAX;
  *last = INT64_MIN;
  for (size_t k = 0; k < rt__set_count(set); k++) {
    int64_t t = rt__set_time(set, k);
    *first = t < *first ? t : *first;
    *last = t > *last ? t : *last;
  }
}

static bool all_flagged(const rt_findings *f)
{
  for (size_t i = 0; i < f->n_campaigns; i++)
    if (!f->campaigns[i].flaggable_us)
      return false;
  return true;
}

static int64_t floor_to(int64_t t, int64_t step)
{
  int64_t past = t % step;
  return t - (past < 0 ? past + step : past);
}

rt_code rt__replay_run(const rt__replay *r, rt_findings *f, rt_error *err)
{
  int64_t first, last;
  rt_code c = RT_OK;
  if (rt__set_count(r->set) == 0)
    return RT_OK;
  span_of(r->set, &first, &last);
  int64_t step = rt__replay_step(first, last);
  for (int64_t until = floor_to(first, step) + step; c == RT_OK && until <= last && !all_flagged(f);
       until += step)
    c = replay_until(r, until, until, f, err);
  for (size_t i = 0; i < f->n_campaigns; i++) /* what no prefix shows, all of it does */
    if (!f->campaigns[i].flaggable_us)
      f->campaigns[i].flaggable_us = last;
  if (c == RT_OK && r->facts)
    c = rt__facts_seal(r->facts, r->set, err);
  return c;
}
