/* Campaigns keep the id under which a person has confirmed them. */
#include "campaign/detect.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct claim {
  uint64_t id;
  size_t campaign;
  uint64_t members;
  bool taken;
} claim;

static int by_members(const void *pa, const void *pb)
{
  const claim *a = pa, *b = pb;
  if (a->members != b->members)
    return a->members > b->members ? -1 : 1;
  if (a->id != b->id)
    return a->id < b->id ? -1 : 1;
  return a->campaign < b->campaign ? -1 : a->campaign > b->campaign;
}

static int by_number(const void *pa, const void *pb)
{
  const uint64_t *a = pa, *b = pb;
  return *a < *b ? -1 : *a > *b;
}

/* what each id's members are in campaign k; `ids` has room for all its accounts */
static size_t claims_of(const rt__detection *d, size_t k, uint64_t *ids, claim *out)
{
  const rt__draft *x = &d->drafts.d[k];
  size_t n = 0, claims = 0;
  for (uint32_t i = 0; i < x->n; i++) {
    const rt__fact *f = rt__facts_of(d->facts, x->account[i]);
    if (f && f->confirmed_id)
      ids[n++] = f->confirmed;
  }
  if (n)
    qsort(ids, n, sizeof *ids, by_number);
  for (size_t i = 0; i < n; i++) {
    if (i == 0 || ids[i] != ids[i - 1])
      out[claims++] = (claim){ids[i], k, 0, false};
    out[claims - 1].members++;
  }
  return claims;
}

static void write_id(uint64_t id, struct rt_campaign *c)
{
  (void)snprintf(c->id, sizeof c->id, "rc-%016llx", (unsigned long long)id);
}

static bool is_taken(const rt_findings *f, size_t but, const char *id)
{
  for (size_t i = 0; i < f->n_campaigns; i++)
    if (i != but && strcmp(f->campaigns[i].id, id) == 0)
      return true;
  return false;
}

/* whose own id went to another campaign gets the next one */
static void make_room(const rt__detection *d, rt_findings *f)
{
  for (size_t i = 0; i < f->n_campaigns; i++) {
    struct rt_campaign *c = &f->campaigns[i];
    while (!c->confirmed && is_taken(f, i, c->id))
      write_id(rt_key_hash(&d->options->key, "campaign", rt__slice(c->id, sizeof c->id - 1)), c);
  }
}

/* the strongest claims first; a campaign has one id, and an id one campaign */
static void assign(claim *v, size_t n, rt_findings *f)
{
  for (size_t i = 0; i < n; i++) {
    struct rt_campaign *c = &f->campaigns[v[i].campaign];
    bool given = c->confirmed != 0;
    for (size_t k = 0; k < i && !given; k++)
      given = v[k].id == v[i].id && v[k].taken;
    if (given)
      continue;
    c->confirmed = v[i].members;
    v[i].taken = true;
    write_id(v[i].id, c);
  }
}

rt_code rt__confirm(const rt__detection *d, rt_findings *out)
{
  size_t all = 0, n = 0;
  if (!d->facts)
    return RT_OK;
  for (size_t k = 0; k < d->drafts.n; k++)
    all += d->drafts.d[k].n;
  claim *v = rt__calloc(d->alloc, all, sizeof *v);
  uint64_t *ids = rt__calloc(d->alloc, all, sizeof *ids);
  rt_code c = v && ids ? RT_OK : RT_E_NOMEM;
  for (size_t k = 0; k < d->drafts.n && c == RT_OK; k++)
    if (d->drafts.d[k].verdict != RT_VERDICT_BENIGN)
      n += claims_of(d, k, ids, v + n);
  if (c == RT_OK && n) {
    qsort(v, n, sizeof *v, by_members);
    assign(v, n, out);
    make_room(d, out);
  }
  rt__free(d->alloc, v, all * sizeof *v);
  rt__free(d->alloc, ids, all * sizeof *ids);
  return c;
}
