#include "campaign/detect.h"

#include "campaign/reseller.h"
#include "link/alike.h"
#include "link/clock.h"
#include "link/customers.h"
#include "link/frames.h"
#include "link/lexical.h"
#include "template/skeleton.h"

#include <stdio.h>
#include <stdlib.h>

static rt_code groups_by_text(rt__detection *d, rt_error *err)
{
  const rt__starts *s = &d->starts;
  uint8_t *carried = rt__calloc(d->alloc, s->n, 1);
  if (!carried)
    return rt__fail(err, RT_E_NOMEM, "no memory for templates");
  rt_code c = rt__skeletons(s, &d->groups, carried, err);
  if (c == RT_OK)
    c = rt__lexical_groups(s, &d->reference.idf, carried, &d->groups, err);
  if (c == RT_OK)
    c = rt__customers_groups(s, &d->groups, err);
  rt__free(d->alloc, carried, s->n);
  return c;
}

static rt_code find_groups(rt__detection *d, rt_error *err)
{
  const rt__starts *s = &d->starts;
  rt__groups_init(&d->groups, d->alloc);
  rt_code c = d->reference.idf.weight ? groups_by_text(d, err) : RT_OK;
  if (s->sampled < 1) /* what is missing between two starts could be anything */
    return c;
  if (c == RT_OK)
    c = rt__clock_groups(s, &d->team, &d->groups, err);
  if (c == RT_OK)
    c = rt__few_groups(s, &d->groups, err);
  if (c == RT_OK && !s->text) /* with text the same accounts are found by what they say */
    c = rt__alike_groups(s, &d->groups, err);
  return c;
}

typedef struct weighing {
  rt__detection *d;
  size_t from;
  rt_code *code; /* of each candidate: threads share nothing but this array's own entries */
} weighing;

static void weigh_one(void *arg, size_t i)
{
  weighing *w = arg;
  rt__candidate *k = &w->d->candidates[w->from + i];
  w->code[i] = rt__evidence(&w->d->reference, k->g, &k->b, NULL);
  k->score = rt__candidate_score(&k->b, rt__candidate_prior(&k->b));
}

/* makes candidates of the groups that are none yet */
static rt_code weigh(rt__detection *d, rt_error *err)
{
  size_t from = d->n_candidates, n = d->groups.n;
  rt__candidate *p = rt__realloc(d->alloc, d->candidates, from, n, sizeof *p);
  weighing w = {d, from, rt__calloc(d->alloc, n - from, sizeof(rt_code))};
  rt_code c = p && w.code ? RT_OK : RT_E_NOMEM;
  if (p) {
    d->candidates = p;
    d->n_candidates = n;
    memset(p + from, 0, (n - from) * sizeof *p);
    for (size_t i = 0; i < n; i++) /* the list of groups may have moved */
      p[i].g = &d->groups.g[i];
  }
  if (c == RT_OK)
    rt__team_run(&d->team, n - from, weigh_one, &w);
  for (size_t i = 0; c == RT_OK && i < n - from; i++)
    c = w.code[i];
  rt__free(d->alloc, w.code, (n - from) * sizeof(rt_code));
  return c == RT_OK ? c : rt__fail(err, c, "no memory for candidates");
}

/* Groups in which several programs meet get a second chance without those that bring a frame of
 * their own. */
#define PEEL_FROM  0.05
#define PEEL_SCORE (-2.0)

static rt_code peel(rt__detection *d, rt__groups *out)
{
  rt_code c = RT_OK;
  for (size_t i = 0; i < d->n_candidates && c == RT_OK; i++) {
    const rt__candidate *k = &d->candidates[i];
    rt__group g;
    double without = k->score - k->b.bits[RT_FAMILY_CLIENT];
    if (k->b.frames < PEEL_FROM || without < PEEL_SCORE || k->g->n < 6)
      continue;
    c = rt__frames_peel(&d->reference, k->g, &g);
    if (c == RT_OK && g.n >= 4 && g.n < k->g->n)
      c = rt__groups_take(out, &g);
    else
      rt__group_free(d->alloc, &g);
  }
  return c;
}

static rt_code weigh_peeled(rt__detection *d, rt_error *err)
{
  rt__groups more;
  rt__groups_init(&more, d->alloc);
  rt_code c = peel(d, &more);
  for (size_t i = 0; i < more.n && c == RT_OK; i++) {
    c = rt__groups_take(&d->groups, &more.g[i]);
    more.g[i] = (rt__group){.origin = RT__FROM_SKELETON};
  }
  rt__groups_free(&more);
  return c == RT_OK ? weigh(d, err) : rt__fail(err, c, "no memory for candidates");
}

rt_code rt__detect(rt__detection *d, rt_error *err)
{
  double sampled = d->options->sampled > 0 && d->options->sampled < 1 ? d->options->sampled : 1;
  rt_code c = rt__starts_build_sampled(d->alloc, d->set, false, sampled, &d->starts, err);
  if (c == RT_OK)
    c = rt__reference_build(d->alloc, &d->starts, d->facts, d->options->without, &d->reference,
                            err);
  if (c == RT_OK)
    rt__reference_releases(&d->reference, d->releases, d->n_releases);
  if (c == RT_OK)
    c = find_groups(d, err);
  if (c == RT_OK)
    c = weigh(d, err);
  if (c == RT_OK && d->starts.text)
    c = weigh_peeled(d, err);
  if (c == RT_OK)
    c = rt__resellers(&d->starts, d->facts, d->candidates, d->n_candidates, err);
  if (c == RT_OK)
    c = rt__select(d->alloc, &d->starts, d->options->all, d->candidates, d->n_candidates,
                   &d->drafts, err);
  if (c == RT_OK)
    c = rt__ask_remains(d, err);
  if (c == RT_OK)
    c = rt__join_by_card(d, err);
  if (c == RT_OK)
    c = rt__solos(&d->reference, d->candidates, d->n_candidates, &d->drafts, err);
  if (c == RT_OK && d->cleared)
    rt__clear_drafts(d);
  return c;
}

void rt__detection_free(rt__detection *d)
{
  if (d->drafts.alloc)
    rt__drafts_free(&d->drafts);
  rt__free(d->alloc, d->candidates, d->n_candidates * sizeof *d->candidates);
  if (d->groups.alloc)
    rt__groups_free(&d->groups);
  if (d->reference.alloc)
    rt__reference_free(&d->reference);
  if (d->starts.alloc)
    rt__starts_free(&d->starts);
}
