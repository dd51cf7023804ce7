#include "campaign/detect.h"

#include "sketch/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static double logistic(double bits)
{
  return 1 / (1 + exp2(-rt__clip(bits, -40, 40)));
}

static void add_exchange(struct rt_member *m, struct rt_campaign *c, const rt_digest *g,
                         bool counts)
{
  uint64_t in = g->tokens_in == RT_UNSET_U32 ? 0 : g->tokens_in;
  uint64_t out = g->tokens_out == RT_UNSET_U32 ? 0 : g->tokens_out;
  m->exchanges++;
  m->tokens += in + out;
  m->first_us = m->exchanges == 1 ? g->time_us : m->first_us;
  m->last_us = g->time_us;
  if (counts) {
    c->tokens_in += in;
    c->tokens_out += out;
  }
}

static rt_code describe_member(const rt__detection *d, uint32_t account, struct rt_campaign *c,
                               struct rt_member *m)
{
  size_t lo, n;
  m->account = rt__set_name(d->set, account);
  m->hash = rt__set_account(d->set, account);
  rt__set_range(d->set, account, &lo, &n);
  for (size_t k = lo; k < lo + n; k++) {
    rt_digest g;
    rt__set_get(d->set, k, &g);
    add_exchange(m, c, &g, m->role != RT_ROLE_BYSTANDER);
  }
  for (int f = 0; f < RT_FAMILY_COUNT; f++)
    m->bits[f] = NAN;
  return RT_OK;
}

static int by_member(const void *a, const void *b)
{
  const struct rt_member *x = a, *y = b;
  if (x->score != y->score)
    return x->score > y->score ? -1 : 1;
  return rt__slice_cmp(x->account, y->account);
}

static int by_campaign(const void *a, const void *b)
{
  const struct rt_campaign *x = a, *y = b;
  if (x->score != y->score)
    return x->score > y->score ? -1 : 1;
  return strcmp(x->id, y->id);
}

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

static rt_code describe_one(const rt__detection *d, const rt__draft *x, rt__arena *arena,
                            struct rt_campaign *c)
{
  double score = x->lead ? x->lead->score : 0;
  *c = (struct rt_campaign){.verdict = x->verdict,
                            .score = logistic(score),
                            .not_chance_p = NAN,
                            .decoy_fdr = NAN,
                            .chance_method = "",
                            .extraction = x->lead ? x->lead->b.extraction : 1,
                            .n_members = x->n};
  c->members = rt__arena_take(arena, x->n * sizeof *c->members);
  if (!c->members)
    return RT_E_NOMEM;
  for (uint32_t i = 0; i < x->n; i++) {
    struct rt_member *m = &c->members[i];
    m->role = RT_ROLE_HARVEST;
    m->score = c->score;
    describe_member(d, x->account[i], c, m);
    c->exchanges += m->exchanges;
    c->first_us = i == 0 || m->first_us < c->first_us ? m->first_us : c->first_us;
    c->last_us = i == 0 || m->last_us > c->last_us ? m->last_us : c->last_us;
  }
  c->harvesting = x->n;
  name_campaign(d, c);
  qsort(c->members, c->n_members, sizeof *c->members, by_member);
  return RT_OK;
}

rt_code rt__describe(const rt__detection *d, rt_findings *out, rt_error *err)
{
  out->exchanges = rt__set_count(d->set);
  out->duplicates = rt__set_duplicates(d->set);
  out->accounts = rt__set_accounts(d->set);
  out->digest_bytes = rt__set_bytes(d->set);
  out->view = d->facts ? "facts" : d->starts.text ? "text" : "metadata";
  out->campaigns = rt__arena_take(out->arena, (d->drafts.n + 1) * sizeof *out->campaigns);
  if (!out->campaigns)
    return rt__fail(err, RT_E_NOMEM, "no memory for findings");
  for (size_t i = 0; i < d->drafts.n; i++)
    if (describe_one(d, &d->drafts.d[i], out->arena, &out->campaigns[i]) != RT_OK)
      return rt__fail(err, RT_E_NOMEM, "no memory for findings");
  out->n_campaigns = d->drafts.n;
  qsort(out->campaigns, out->n_campaigns, sizeof *out->campaigns, by_campaign);
  return RT_OK;
}
