#include "campaign/remember.h"

#include "campaign/detect.h"

#include <stdlib.h>

typedef struct renamed {
  const char *was, *now;
} renamed;

static int by_was(const void *a, const void *b)
{
  return strcmp(((const renamed *)a)->was, ((const renamed *)b)->was);
}

/* names were copied when notes were taken, so each is looked up */
static void rename_notes(rt_findings *f, const renamed *names)
{
  for (size_t i = 0; i < f->n_notes; i++) {
    rt_account_note *n = &f->notes[i];
    const renamed key = {n->nearest.p, NULL};
    const renamed *found =
        n->nearest.n ? bsearch(&key, names, f->n_campaigns, sizeof *names, by_was) : NULL;
    if (found)
      n->nearest = rt__cstr(found->now);
  }
}

static rt_code take_one(rt_findings *f, struct rt_campaign *c, const rt__remembrance *r,
                        renamed *name)
{
  name->was = rt__arena_copy(f->arena, rt__cstr(c->id));
  name->now = rt__arena_copy(f->arena, rt__cstr(r->id));
  c->changes = rt__arena_take(f->arena, (r->n_changes + 1) * sizeof *c->changes);
  if (!name->was || !name->now || !c->changes)
    return RT_E_NOMEM;
  if (r->n_changes)
    memcpy(c->changes, r->changes, r->n_changes * sizeof *c->changes);
  c->n_changes = r->n_changes;
  memcpy(c->id, r->id, sizeof c->id);
  c->id[sizeof c->id - 1] = '\0';
  return RT_OK;
}

rt_code rt__findings_remember(rt_findings *f, const rt__remembrance *r, rt_error *err)
{
  renamed *names = rt__arena_take(f->arena, (f->n_campaigns + 1) * sizeof *names);
  rt_code c = names ? RT_OK : RT_E_NOMEM;
  for (size_t i = 0; i < f->n_campaigns && c == RT_OK; i++)
    c = take_one(f, &f->campaigns[i], &r[i], &names[i]);
  if (c != RT_OK)
    return rt__fail(err, c, "no memory for the history of campaigns");
  if (f->n_campaigns == 0)
    return RT_OK;
  qsort(names, f->n_campaigns, sizeof *names, by_was);
  rename_notes(f, names);
  qsort(f->campaigns, f->n_campaigns, sizeof *f->campaigns, rt__by_campaign);
  return RT_OK;
}

uint64_t rt__member_hash(const rt_member *m)
{
  return m->hash;
}
