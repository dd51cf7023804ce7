#include "campaign/significance.h"

#include "account/profile.h"
#include "campaign/member.h"
#include "digest/name.h"
#include "sketch/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* A member was found with the others before its own bits were counted: odds of 8 : 1 to begin with.
 */
#define MEMBER_PRIOR 3.0

static double logistic(double bits)
{
  return 1 / (1 + exp2(-rt__clip(bits, -40, 40)));
}

/* The bar is judged at a fixed prior; what is printed is at the operator's. Families are not
 * independent enough for more than odds of 1,000 : 1, however many bits they add up to. */
#define SCORE_BITS_MOST 10.0

static double probability(const rt__detection *d, double score_bits)
{
  double prior = d->options->prior;
  double bits = score_bits - RT__PRIOR_BITS + log2(prior / (1 - prior));
  return logistic(bits < SCORE_BITS_MOST ? bits : SCORE_BITS_MOST);
}

static double score_of(const rt__detection *d, const rt__draft *x)
{
  if (!x->lead)
    return probability(d, x->solo_bits);
  if (x->verdict == RT_VERDICT_SUSPECT && !d->starts.text)
    return probability(d, rt__candidate_own_score(x->lead));
  return probability(d, x->verdict == RT_VERDICT_POOLED ? rt__candidate_pool_score(x->lead)
                                                        : x->lead->score);
}

/* ---- members */

static void count_member(const rt__detection *d, uint32_t account, struct rt_campaign *c,
                         struct rt_member *m)
{
  rt__profile p;
  rt__profile_of(d->set, account, &p);
  m->account = rt__name_account(rt__set_name(d->set, account));
  m->tenant = rt__name_tenant(rt__set_name(d->set, account));
  m->hash = rt__set_account(d->set, account);
  m->reopened = d->cleared && d->cleared[account] && c->verdict != RT_VERDICT_BENIGN;
  m->exchanges = p.exchanges;
  m->tokens = p.tokens_in + p.tokens_out;
  m->first_us = p.first_us;
  m->last_us = p.last_us;
  if (m->role == RT_ROLE_BYSTANDER)
    return;
  c->first_us = c->exchanges == 0 || m->first_us < c->first_us ? m->first_us : c->first_us;
  c->last_us = c->exchanges == 0 || m->last_us > c->last_us ? m->last_us : c->last_us;
  c->exchanges += m->exchanges;
  c->tokens_in += p.tokens_in;
  c->tokens_out += p.tokens_out;
  c->harvesting += m->role == RT_ROLE_HARVEST;
}

static int by_member(const void *a, const void *b)
{
  const struct rt_member *x = a, *y = b;
  if (x->score != y->score)
    return x->score > y->score ? -1 : 1;
  return rt__slice_cmp(x->account, y->account);
}

static rt_code describe_members(const rt__detection *d, const rt__draft *x, const rt__group *g,
                                const double *bits, const double *sums, rt__arena *arena,
                                struct rt_campaign *c)
{
  c->members = rt__arena_take(arena, x->n * sizeof *c->members);
  if (!c->members)
    return RT_E_NOMEM;
  for (uint32_t i = 0, at = 0; i < x->n; i++) {
    struct rt_member *m = &c->members[c->n_members++];
    while (at < g->n && g->account[at] < x->account[i])
      at++;
    bool known = at < g->n && g->account[at] == x->account[i];
    double sum = known ? sums[at] : 0;
    for (int f = 0; f < RT_FAMILY_COUNT; f++)
      m->bits[f] = known ? bits[(size_t)at * RT_FAMILY_COUNT + (size_t)f] : NAN;
    const rt__candidate *by = d->drafts.by[x->account[i]];
    bool rows = !by || rt__group_has(by->g, x->account[i]);
    m->role = x->lead && x->verdict == RT_VERDICT_DISTILLATION ? rt__member_role(m->bits, sum, rows)
                                                               : RT_ROLE_HARVEST;
    m->score = c->score * (x->lead ? logistic(MEMBER_PRIOR + sum) : 1);
    count_member(d, x->account[i], c, m);
  }
  qsort(c->members, c->n_members, sizeof *c->members, by_member);
  return RT_OK;
}

/* ---- the campaign */

/* over the earliest member's account and its first time, under the operator's key */
static void name_campaign(const rt__detection *d, struct rt_campaign *c)
{
  const struct rt_member *first = NULL;
  for (size_t i = 0; i < c->n_members; i++) {
    const struct rt_member *m = &c->members[i];
    if (!first || m->first_us < first->first_us ||
        (m->first_us == first->first_us && m->hash < first->hash))
      first = m;
  }
  uint64_t parts[2] = {first ? first->hash : 0, first ? (uint64_t)first->first_us : 0};
  uint64_t id = rt_key_hash(&d->options->key, "campaign", rt__slice(parts, sizeof parts));
  (void)snprintf(c->id, sizeof c->id, "rc-%016llx", (unsigned long long)id);
}

/* strengths, 0 to 1: how far each question is answered, not how probable the answer is */
static void strengths(const rt__detection *d, const rt__draft *x, const rt__bits *b,
                      const rt__group *g, struct rt_campaign *c)
{
  static const rt_family hand[] = {RT_FAMILY_TIME, RT_FAMILY_MONEY, RT_FAMILY_PROVISION,
                                   RT_FAMILY_KEYS, RT_FAMILY_NETWORK};
  double hands = 0, shown = 0, all = 0;
  for (size_t i = 0; i < RT__ARRAY_LEN(hand); i++)
    hands += b->bits[hand[i]] > 0 ? b->bits[hand[i]] : 0;
  for (uint32_t i = 0; i < x->n; i++)
    all += rt__starts_count(&d->starts, x->account[i]);
  shown = all > 0 ? g->at[g->n] / all : 1;
  c->coordination = x->n > 1 ? 1 - exp2(-hands / 2) : 0;
  c->extraction = b->extraction;
  double apart =
      b->said[RT_FAMILY_NETWORK] ? 1 - b->one_net : 0.5; /* one program behind many addresses */
  double open =
      b->said[RT_FAMILY_MONEY] ? 1 - (b->top_payer > b->in_org ? b->top_payer : b->in_org) : 0.5;
  c->concealment = x->n > 1 ? rt__clip((apart + open + (1 - shown)) / 2, 0, 1) : 0;
}

static rt_code describe_group(const rt__detection *d, const rt__draft *x, const rt__group *g,
                              rt__arena *arena, struct rt_campaign *c, rt_error *err)
{
  double *bits = rt__calloc(d->alloc, g->n, (RT_FAMILY_COUNT + 1) * sizeof *bits);
  rt__bits b;
  if (!bits)
    return rt__fail(err, RT_E_NOMEM, "no memory for members");
  double *sum = bits + (size_t)g->n * RT_FAMILY_COUNT;
  rt_code e = rt__evidence(&d->reference, g, &b, err);
  if (e == RT_OK && x->n > 1)
    e = rt__members(&d->reference, g, bits, sum, err);
  for (size_t i = 0; x->n == 1 && i < (size_t)g->n * RT_FAMILY_COUNT; i++)
    bits[i] = NAN;
  if (e == RT_OK) {
    strengths(d, x, &b, g, c);
    if (x->n > 1)
      e = rt__word_evidence(d, g, &b, bits, arena, c);
    if (e == RT_OK)
      e = rt__word_counters(&b, x->verdict, arena, c);
    if (e == RT_OK)
      e = describe_members(d, x, g, bits, sum, arena, c);
    if (e != RT_OK)
      (void)rt__fail(err, e, "no memory for findings");
  }
  rt__free(d->alloc, bits, g->n * (RT_FAMILY_COUNT + 1) * sizeof *bits);
  return e;
}

static rt_code describe_one(const rt__detection *d, const rt__draft *x, rt__arena *arena,
                            struct rt_campaign *c, rt_error *err)
{
  rt__group g;
  *c = (struct rt_campaign){.verdict = x->verdict,
                            .score = score_of(d, x),
                            .not_chance_p = NAN,
                            .decoy_fdr = NAN,
                            .chance_method = ""};
  rt_code e = rt__compose(d, x, &g);
  if (e != RT_OK)
    return rt__fail(err, e, "no memory for findings");
  e = describe_group(d, x, &g, arena, c, err);
  rt__group_free(d->alloc, &g);
  if (e == RT_OK)
    name_campaign(d, c);
  return e;
}

int rt__by_campaign(const void *a, const void *b)
{
  const struct rt_campaign *x = a, *y = b;
  if (x->score != y->score)
    return x->score > y->score ? -1 : 1;
  return strcmp(x->id, y->id);
}

/* ---- significance, campaigns side by side */

typedef struct trial {
  rt__chance chance;
  rt_code code;
} trial;

typedef struct trials {
  const rt__detection *d;
  rt__crowd crowd;
  trial *t;
} trials;

static void try_one(void *arg, size_t i)
{
  trials *x = arg;
  const rt__draft *draft = &x->d->drafts.d[i];
  trial *t = &x->t[i];
  rt__group g;
  t->chance = (rt__chance){NAN, ""};
  if (draft->n < 2)
    return;
  t->code = rt__compose(x->d, draft, &g);
  if (t->code != RT_OK)
    return;
  t->code = rt__not_chance(x->d, &x->crowd, &g, &t->chance);
  rt__group_free(x->d->alloc, &g);
}

/* campaigns stand in the order of the drafts here */
static rt_code weigh_chance(const rt__detection *d, rt_findings *out)
{
  size_t n = out->n_campaigns;
  double *p = rt__calloc(d->alloc, n, 2 * sizeof *p);
  trials x = {.d = d, .t = rt__calloc(d->alloc, n, sizeof *x.t)};
  rt_code c = rt__crowd_of(d, &x.crowd);
  c = c == RT_OK && !(p && x.t) ? RT_E_NOMEM : c;
  if (c == RT_OK)
    rt__team_run(&d->team, n, try_one, &x);
  for (size_t i = 0; c == RT_OK && i < n; i++) {
    c = x.t[i].code;
    p[i] = x.t[i].chance.p;
    out->campaigns[i].chance_method = x.t[i].chance.method;
  }
  if (c == RT_OK)
    c = rt__holm(d->alloc, p, n);
  if (c == RT_OK)
    c = rt__decoy_fdr(d, d->options->decoys, p + n);
  for (size_t i = 0; c == RT_OK && i < n; i++) {
    out->campaigns[i].not_chance_p = p[i];
    out->campaigns[i].decoy_fdr = p[n + i];
    out->campaigns[i].decoys = isnan(p[n + i]) ? 0 : d->options->decoys;
  }
  rt__free(d->alloc, p, n * 2 * sizeof *p);
  rt__free(d->alloc, x.t, n * sizeof *x.t);
  rt__crowd_free(&x.crowd);
  return c;
}

static rt_code note_accounts(const rt__detection *d, rt_findings *out, rt_error *err)
{
  const char **id = rt__calloc(d->alloc, out->n_campaigns, sizeof *id);
  if (!id)
    return rt__fail(err, RT_E_NOMEM, "no memory for notes on accounts");
  for (size_t i = 0; i < out->n_campaigns; i++)
    id[i] = rt__arena_copy(out->arena, rt__cstr(out->campaigns[i].id));
  rt_code c = rt__take_notes(d, id, out, err);
  rt__free(d->alloc, id, out->n_campaigns * sizeof *id);
  return c;
}

rt_code rt__describe(const rt__detection *d, rt_findings *out, rt_error *err)
{
  out->view = d->facts ? "facts" : d->starts.text ? "text" : "metadata";
  out->campaigns = rt__arena_take(out->arena, (d->drafts.n + 1) * sizeof *out->campaigns);
  if (!out->campaigns)
    return rt__fail(err, RT_E_NOMEM, "no memory for findings");
  for (size_t i = 0; i < d->drafts.n; i++) {
    rt_code c = describe_one(d, &d->drafts.d[i], out->arena, &out->campaigns[i], err);
    if (c != RT_OK)
      return c;
  }
  out->n_campaigns = d->drafts.n;
  if (rt__confirm(d, out) != RT_OK)
    return rt__fail(err, RT_E_NOMEM, "no memory for confirmed campaigns");
  if (weigh_chance(d, out) != RT_OK)
    return rt__fail(err, RT_E_NOMEM, "no memory for significance");
  if (d->options->all) {
    rt_code c = note_accounts(d, out, err);
    if (c != RT_OK)
      return c;
  }
  if (out->n_campaigns)
    qsort(out->campaigns, out->n_campaigns, sizeof *out->campaigns, rt__by_campaign);
  return RT_OK;
}
