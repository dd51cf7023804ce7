#include "campaign/candidate.h"

#include "sketch/stats.h"

#include <stdlib.h>

#define MIN_ACCOUNTS 4
#define JOINS        0.3 /* share of a case's accounts in one campaign that makes it part of it */
#define HOLDS        0.6 /* share of a campaign's accounts in a candidate that makes them one */

void rt__drafts_free(rt__drafts *d)
{
  for (size_t i = 0; i < d->n; i++)
    rt__free(d->alloc, d->d[i].account, d->d[i].cap * sizeof(uint32_t));
  rt__free(d->alloc, d->d, d->cap * sizeof *d->d);
  rt__free(d->alloc, d->of, d->n_accounts * sizeof *d->of);
  rt__free(d->alloc, d->by, d->n_accounts * sizeof *d->by);
  *d = (rt__drafts){.alloc = d->alloc};
}

static rt_code new_draft(rt__drafts *d, rt_verdict v, const rt__candidate *lead)
{
  if (d->n == d->cap) {
    size_t cap = d->cap ? 2 * d->cap : 16;
    rt__draft *p = rt__realloc(d->alloc, d->d, d->cap, cap, sizeof *p);
    if (!p)
      return RT_E_NOMEM;
    d->d = p;
    d->cap = cap;
  }
  d->d[d->n++] = (rt__draft){.verdict = v, .lead = lead};
  return RT_OK;
}

static rt_code put_account(rt__drafts *d, size_t k, uint32_t account)
{
  rt__draft *x = &d->d[k];
  if (d->of[account])
    return RT_OK;
  if (x->n == x->cap) {
    uint32_t cap = x->cap ? 2 * x->cap : 16;
    uint32_t *p = rt__realloc(d->alloc, x->account, x->cap, cap, sizeof *p);
    if (!p)
      return RT_E_NOMEM;
    x->account = p;
    x->cap = cap;
  }
  x->account[x->n++] = account;
  d->of[account] = (uint32_t)k + 1;
  return RT_OK;
}

rt_code rt__drafts_add(rt__drafts *d, rt_verdict v, const rt__candidate *lead,
                       const uint32_t *accounts, size_t n)
{
  rt_code c = new_draft(d, v, lead);
  for (size_t i = 0; i < n && c == RT_OK; i++)
    c = put_account(d, d->n - 1, accounts[i]);
  return c;
}

rt_code rt__drafts_join(rt__drafts *d, size_t k, uint32_t account)
{
  rt__draft *x = &d->d[k];
  rt_code c = put_account(d, k, account);
  if (c != RT_OK || d->of[account] != k + 1)
    return c;
  d->by[account] = x->lead;
  for (uint32_t i = x->n - 1; i > 0 && x->account[i - 1] > account; i--) { /* ascending */
    x->account[i] = x->account[i - 1];
    x->account[i - 1] = account;
  }
  return RT_OK;
}

static int by_score(const void *a, const void *b)
{
  const rt__candidate *x = *(const rt__candidate *const *)a, *y = *(const rt__candidate *const *)b;
  if (x->score != y->score)
    return x->score > y->score ? -1 : 1;
  if (x->g->n != y->g->n)
    return x->g->n > y->g->n ? -1 : 1;
  if (x->g->account[0] != y->g->account[0])
    return x->g->account[0] < y->g->account[0] ? -1 : 1;
  return x < y ? -1 : x > y; /* cases are made in a fixed order */
}

/* Harvests that were found by more than their clock come first: a clock runs along with whatever is
 * as fast, and may unite two pools. */
static bool by_clock(const rt__candidate *c)
{
  return c->g->origin == RT__FROM_CLOCK || c->g->origin == RT__FROM_WHOLE;
}

static int by_origin(const void *a, const void *b)
{
  const rt__candidate *x = *(const rt__candidate *const *)a, *y = *(const rt__candidate *const *)b;
  return by_clock(x) != by_clock(y) ? (by_clock(x) ? 1 : -1) : by_score(a, b);
}

/* the draft that holds most of a case's accounts, and how many it holds */
static size_t fullest(const rt__drafts *d, const rt__candidate *c, uint32_t *count, size_t *held)
{
  size_t best = 0;
  memset(count, 0, (d->n + 1) * sizeof *count);
  *held = 0;
  for (uint32_t i = 0; i < c->g->n; i++) {
    uint32_t k = d->of[c->g->account[i]];
    if (k) {
      count[k]++;
      (*held)++;
      if (count[k] > count[best] || best == 0)
        best = k;
    }
  }
  for (size_t k = 1; k <= d->n; k++) /* ties to the earlier draft */
    if (count[k] > count[best] || (best && count[k] == count[best] && k < best))
      best = k;
  return best;
}

/* campaigns of one verdict that a candidate mostly holds are pieces of one: they join the first of
 * them */
static rt_code unite(rt__drafts *d, rt_verdict v, const uint32_t *count)
{
  size_t into = 0;
  for (size_t k = 1; k <= d->n; k++) {
    rt__draft *x = &d->d[k - 1];
    if (x->n == 0 || x->verdict != v || (double)count[k] < HOLDS * x->n)
      continue;
    if (!into) {
      into = k;
      continue;
    }
    uint32_t n = x->n;
    x->n = 0;
    for (uint32_t i = 0; i < n; i++) {
      d->of[x->account[i]] = 0;
      rt_code c = put_account(d, into - 1, x->account[i]);
      if (c != RT_OK)
        return c;
    }
  }
  return RT_OK;
}

/* Several programs where each campaign that it mostly holds is one: they have met in a phrase, or
 * on a clock, and are not pieces of one. */
static bool is_mixture(const rt__drafts *d, const rt__candidate *c, const uint32_t *count)
{
  uint32_t held = 0;
  for (size_t k = 1; k <= d->n; k++) {
    const rt__draft *x = &d->d[k - 1];
    if (x->n == 0 || (double)count[k] < HOLDS * x->n)
      continue;
    if (x->lead->b.knobs <= RT__ONE_KNOBS)
      return false;
    held++;
  }
  return held >= 2 && c->b.knobs <= RT__ONE_KNOBS;
}

static rt_code bring(rt__drafts *d, size_t k, uint32_t account, const rt__candidate *c)
{
  if (!d->of[account])
    d->by[account] = c;
  return put_account(d, k, account);
}

static rt_code put_group(rt__drafts *d, size_t k, const rt__candidate *c)
{
  const rt__group *g = c->g;
  rt_code e = RT_OK;
  for (uint32_t i = 0; i < g->n && e == RT_OK; i++)
    e = bring(d, k, g->account[i], c);
  for (uint32_t i = 0; i < g->n_once && e == RT_OK; i++)
    e = bring(d, k, g->once[i], c);
  return e;
}

/* found by when accounts start, not by what they say */
static bool by_time(const rt__candidate *c)
{
  return c->g->origin == RT__FROM_CLOCK || c->g->origin == RT__FROM_WHOLE ||
         c->g->origin == RT__FROM_CUSTOMERS;
}

static rt_code consider(rt__drafts *d, const rt__candidate *c, rt_verdict v, bool text,
                        uint32_t *count)
{
  size_t held, best = fullest(d, c, count, &held), all = c->g->n + c->g->n_once;
  if (rt__candidate_is_harvest(c) && is_mixture(d, c, count))
    return RT_OK;
  rt_code e = unite(d, v, count);
  if (e != RT_OK || (held == c->g->n && c->g->n_once == 0))
    return e;
  best = fullest(d, c, count, &held);
  /* without text a pool that runs along with a harvest is beside it */
  bool beside = best && !text && v == RT_VERDICT_POOLED && d->d[best - 1].verdict != v;
  if (best && !beside && (double)count[best] >= JOINS * (double)all) {
    const rt__candidate *lead = d->d[best - 1].lead;
    if (!text && c->g->origin == RT__FROM_CLOCK && lead && lead->g->origin == RT__FROM_ALIKE)
      return RT_OK; /* the crowd has named its accounts, and is the stricter of both */
    if (text && by_time(c) && !(lead && by_time(lead)) &&
        d->d[best - 1].verdict != RT_VERDICT_POOLED)
      return RT_OK; /* the skeleton has named its users already */
    return put_group(d, best - 1, c);
  }
  if (c->g->n - held < MIN_ACCOUNTS)
    return RT_OK;
  e = new_draft(d, v, c);
  return e == RT_OK ? put_group(d, d->n - 1, c) : e;
}

void rt__drafts_drop(rt__drafts *d, bool all)
{
  size_t k = 0;
  for (size_t i = 0; i < d->n; i++) {
    rt__draft *x = &d->d[i];
    bool stays = x->n > 0 && (!x->gone || (all && x->lead));
    if (x->gone && stays)
      x->verdict = RT_VERDICT_BENIGN;
    for (uint32_t j = 0; j < x->n; j++)
      d->of[x->account[j]] = stays ? (uint32_t)k + 1 : 0;
    x->gone = false;
    if (stays)
      d->d[k++] = *x;
    else
      rt__free(d->alloc, x->account, x->cap * sizeof(uint32_t));
  }
  d->n = k;
}

/* distillation without reserve: above the bar, hidden, and no firm's by its size */
static bool is_sure(const rt__candidate *c)
{
  return rt__candidate_is_harvest(c) && !rt__candidate_in_the_open(c) &&
         !rt__candidate_may_be_own(c);
}

/* candidates in the order in which they are considered; NULL: no memory */
static const rt__candidate **in_order(const rt_alloc *a, const rt__candidate *cases, size_t n)
{
  const rt__candidate **order = rt__calloc(a, n, sizeof *order);
  for (size_t i = 0; order && i < n; i++)
    order[i] = &cases[i];
  if (order && n)
    qsort(order, n, sizeof *order, by_origin);
  return order;
}

rt_code rt__select(const rt_alloc *a, const rt__starts *s, bool all, const rt__candidate *cases,
                   size_t n, rt__drafts *out, rt_error *err)
{
  *out = (rt__drafts){.alloc = a, .n_accounts = s->n_accounts};
  out->of = rt__calloc(a, s->n_accounts, sizeof *out->of);
  out->by = rt__calloc(a, s->n_accounts, sizeof *out->by);
  const rt__candidate **order = in_order(a, cases, n);
  uint32_t *count = rt__calloc(a, n + 2, sizeof *count);
  rt_code c = out->of && out->by && order && count ? RT_OK : RT_E_NOMEM;
  for (size_t i = 0; i < n && c == RT_OK; i++)
    if (is_sure(order[i]))
      c = consider(out, order[i], RT_VERDICT_DISTILLATION, s->text, count);
  for (size_t i = 0; i < n && c == RT_OK; i++)
    if (rt__candidate_is_harvest(order[i]) && !rt__candidate_in_the_open(order[i]))
      c = consider(out, order[i], RT_VERDICT_SUSPECT, s->text, count);
  if (c == RT_OK && n)
    qsort(order, n, sizeof *order, by_score);
  for (size_t i = 0; i < n && c == RT_OK; i++)
    if (rt__candidate_is_pool(order[i]))
      c = consider(out, order[i], RT_VERDICT_POOLED, s->text, count);
  for (size_t i = 0; all && i < n && c == RT_OK; i++)
    if (order[i]->score >= RT__BAR_BITS)
      c = consider(out, order[i], RT_VERDICT_BENIGN, s->text, count);
  rt__drafts_drop(out, all); /* united drafts leave an empty one behind */
  for (size_t i = 0; i < out->n; i++)
    rt__sort_u32(out->d[i].account, out->d[i].n);
  rt__free(a, order, n * sizeof *order);
  rt__free(a, count, (n + 2) * sizeof *count);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for campaigns");
}

/* ---- a second look at who was let go */

/* accounts that went to another draft are this one's no more; a few that are left are no group */
static void keep_own(rt__drafts *d, size_t k)
{
  rt__draft *x = &d->d[k];
  uint32_t n = 0;
  for (uint32_t i = 0; i < x->n; i++)
    if (d->of[x->account[i]] == k + 1)
      x->account[n++] = x->account[i];
  x->gone |= n < x->n && n < MIN_ACCOUNTS;
  x->n = n;
}

static rt_code take_loose(rt__drafts *d, const rt__candidate *c, bool *loose)
{
  rt_code e = new_draft(d, RT_VERDICT_DISTILLATION, c);
  for (uint32_t i = 0; i < c->g->n && e == RT_OK; i++) {
    uint32_t a = c->g->account[i];
    if (!loose[a])
      continue;
    d->of[a] = 0;
    d->by[a] = c;
    loose[a] = false;
    e = put_account(d, d->n - 1, a);
  }
  return e;
}

rt_code rt__select_loose(rt__drafts *d, const rt__candidate *cases, size_t n, bool *loose,
                         rt_error *err)
{
  const rt__candidate **order = in_order(d->alloc, cases, n);
  rt_code c = order ? RT_OK : RT_E_NOMEM;
  size_t before = d->n;
  for (size_t i = 0; i < n && c == RT_OK; i++) {
    const rt__group *g = order[i]->g;
    uint32_t held = 0;
    for (uint32_t k = 0; k < g->n; k++)
      held += loose[g->account[k]];
    if (held >= MIN_ACCOUNTS && held >= HOLDS * g->n && is_sure(order[i]))
      c = take_loose(d, order[i], loose);
  }
  for (size_t k = 0; k < before; k++)
    keep_own(d, k);
  rt__free(d->alloc, order, n * sizeof *order);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for campaigns");
}
