#include "state/follow_impl.h"

#include "base/hash.h"

#include <stdlib.h>

/* ---- both sides as lists of (account, campaign) */

static int by_hash(const void *a, const void *b)
{
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

static size_t list_then(rt__follow_job *j, rt__belongs *out)
{
  size_t n = 0;
  for (size_t i = 0; i < j->n_then; i++) {
    rt__then *t = &j->then[i];
    for (size_t m = 0; m < t->c->n_members; m++)
      if (j->today->is_here(j->today->ctx, t->c->members[m])) {
        out[n++] = (rt__belongs){t->c->members[m], (uint32_t)i};
        t->n_here++;
      }
  }
  return n;
}

static size_t list_now(const rt__follow_job *j, rt__belongs *out)
{
  size_t n = 0;
  for (size_t i = 0; i < j->n_now; i++) {
    const rt__seen *s = j->now[i].s;
    for (size_t m = 0; j->now[i].counts && m < s->n_members; m++)
      out[n++] = (rt__belongs){s->members[m], (uint32_t)i};
  }
  return n;
}

/* ---- rules 1 to 4 */

static bool is_link(const rt__follow_job *j, const rt__overlap *v)
{
  size_t a = j->then[v->a].n_here, b = j->now[v->b].s->n_members;
  return 2 * v->n >= (a < b ? a : b);
}

/* overlaps come ordered by (old, new); of equal ones the smaller id of the new campaign wins */
static void choose_successors(rt__follow_job *j, const rt__overlap *v, size_t n)
{
  size_t best = 0;
  for (size_t i = 0; i < n; i++) {
    rt__then *t = &j->then[v[i].a];
    if (!is_link(j, &v[i]))
      continue;
    bool first = !t->linked;
    if (first || v[i].n > best || (v[i].n == best && j->now[v[i].b].s->id < j->now[t->in].s->id)) {
      best = v[i].n;
      t->in = v[i].b;
    }
    t->linked = true;
  }
}

static bool is_confirmed_as(const rt__now *w, uint64_t id)
{
  return w->counts && w->s->confirmed && w->s->id == id;
}

/* what a person said comes before what members say */
static void obey_persons(rt__follow_job *j)
{
  for (size_t i = 0; i < j->n_then; i++)
    for (size_t k = 0; k < j->n_now; k++)
      if (is_confirmed_as(&j->now[k], j->then[i].c->id)) {
        j->then[i].in = k;
        j->then[i].linked = true;
      }
}

/* true if w, in which both go on, is known by the id of x rather than that of y */
static bool outranks(const rt__now *w, const rt__remembered *x, const rt__remembered *y)
{
  if (is_confirmed_as(w, x->id) || is_confirmed_as(w, y->id))
    return is_confirmed_as(w, x->id);
  if (x->gone != y->gone)
    return y->gone;
  if (x->first_us != y->first_us)
    return x->first_us < y->first_us;
  return x->id < y->id;
}

static void choose_keepers(rt__follow_job *j)
{
  for (size_t i = 0; i < j->n_then; i++) {
    if (j->then[i].in == RT__NOBODY)
      continue;
    rt__now *w = &j->now[j->then[i].in];
    if (w->keeper == RT__NOBODY || outranks(w, j->then[i].c, j->then[w->keeper].c))
      w->keeper = i;
  }
}

/* the old campaign with which a split one shares most; olds come in the order of their ids */
static void choose_origins(rt__follow_job *j, const rt__overlap *v, size_t n, size_t *best)
{
  for (size_t i = 0; i < n; i++) {
    rt__now *w = &j->now[v[i].b];
    if (w->keeper != RT__NOBODY || !is_link(j, &v[i]))
      continue;
    if (v[i].n > best[v[i].b] || (v[i].n == best[v[i].b] && v[i].a < w->from)) {
      best[v[i].b] = v[i].n;
      w->from = v[i].a;
    }
  }
}

static rt_code choose(rt__follow_job *j, const rt__overlap *v, size_t n, rt_error *err)
{
  size_t *best = rt__calloc(rt_alloc_default(), j->n_now + 1, sizeof *best);
  if (!best)
    return rt__fail(err, RT_E_NOMEM, "no memory to compare campaigns with earlier ones");
  choose_successors(j, v, n);
  obey_persons(j);
  choose_keepers(j);
  choose_origins(j, v, n, best);
  rt__free(rt_alloc_default(), best, (j->n_now + 1) * sizeof *best);
  return RT_OK;
}

static rt_code compare(rt__follow_job *j, rt_error *err)
{
  const rt_alloc *a = rt_alloc_default();
  size_t n_then = 0, n_now = 0, n = 0;
  for (size_t i = 0; i < j->n_then; i++)
    n_then += j->then[i].c->n_members;
  for (size_t i = 0; i < j->n_now; i++)
    n_now += j->now[i].s->n_members;
  rt__belongs *then = rt__calloc(a, n_then + 1, sizeof *then),
              *now = rt__calloc(a, n_now + 1, sizeof *now);
  rt__overlap *v = NULL;
  rt_code c = then && now ? RT_OK
                          : rt__fail(err, RT_E_NOMEM,
                                     "no memory to compare campaigns with earlier "
                                     "ones");
  if (c == RT_OK)
    c = rt__overlaps(then, list_then(j, then), now, list_now(j, now), &v, &n, err);
  if (c == RT_OK)
    c = choose(j, v, n, err);
  rt__free(a, v, (n + 1) * sizeof *v);
  rt__free(a, then, (n_then + 1) * sizeof *then);
  rt__free(a, now, (n_now + 1) * sizeof *now);
  return c;
}

/* ---- ids: those that are kept first, then each of the rest takes its own or the next free one */

static bool take_id(rt__map *taken, uint64_t id, rt_code *c)
{
  bool fresh = false;
  if (id && !rt__map_put(taken, id, &fresh))
    *c = RT_E_NOMEM;
  return fresh || *c != RT_OK;
}

static uint64_t free_id(rt__map *taken, uint64_t id, rt_code *c)
{
  for (uint64_t i = 1; !take_id(taken, id, c); i++)
    id = rt__mix2(id, i);
  return id;
}

static int by_found(const void *pa, const void *pb)
{
  const rt__now *const *a = pa, *const *b = pb;
  if ((*a)->counts != (*b)->counts)
    return (*a)->counts ? -1 : 1;
  return by_hash(&(*a)->s->id, &(*b)->s->id);
}

static rt_code give_ids(rt__follow_job *j, rt_error *err)
{
  const rt_alloc *a = rt_alloc_default();
  rt__now **order = rt__calloc(a, j->n_now + 1, sizeof *order);
  rt__map taken;
  rt_code c = order ? RT_OK : RT_E_NOMEM;
  rt__map_init(&taken, a, SIZE_MAX, (uint64_t)(uintptr_t)j);
  for (size_t i = 0; i < j->n_then && c == RT_OK; i++)
    (void)take_id(&taken, j->then[i].c->id, &c);
  for (size_t i = 0; i < j->n_now && c == RT_OK; i++)
    if (is_confirmed_as(&j->now[i], j->now[i].s->id))
      (void)take_id(&taken, j->now[i].s->id, &c);
  for (size_t i = 0; i < j->n_now && c == RT_OK; i++)
    order[i] = &j->now[i];
  if (c == RT_OK)
    qsort(order, j->n_now, sizeof(rt__now *), by_found);
  for (size_t i = 0; i < j->n_now && c == RT_OK; i++)
    order[i]->id = is_confirmed_as(order[i], order[i]->s->id) ? order[i]->s->id
                   : order[i]->keeper != RT__NOBODY           ? j->then[order[i]->keeper].c->id
                                                    : free_id(&taken, order[i]->s->id, &c);
  rt__map_free(&taken);
  rt__free(a, order, (j->n_now + 1) * sizeof *order);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for ids of campaigns");
}

/* ---- all of it */

static rt_code set_up(rt__follow_job *j, rt__seen *seen, rt_error *err)
{
  rt__arena *a = j->out->memory.arena;
  j->then = rt__arena_take(a, (j->n_then + 1) * sizeof *j->then);
  j->now = rt__arena_take(a, (j->n_now + 1) * sizeof *j->now);
  j->out->ids = rt__arena_take(a, (j->n_now + 1) * sizeof *j->out->ids);
  if (!j->then || !j->now || !j->out->ids)
    return rt__fail(err, RT_E_NOMEM, "no memory to compare campaigns with earlier ones");
  for (size_t i = 0; i < j->n_then; i++)
    j->then[i] = (rt__then){.c = &j->old->campaigns[i], .in = RT__NOBODY};
  for (size_t i = 0; i < j->n_now; i++) {
    if (seen[i].n_members)
      qsort(seen[i].members, seen[i].n_members, sizeof *seen[i].members, by_hash);
    j->now[i] = (rt__now){.s = &seen[i],
                          .counts = seen[i].verdict != RT_VERDICT_BENIGN,
                          .keeper = RT__NOBODY,
                          .from = RT__NOBODY};
  }
  return RT_OK;
}

rt_code rt__follow(const rt__memory *old, rt__seen *seen, size_t n, const rt__today *today,
                   rt__followed *out, rt_error *err)
{
  rt__follow_job j = {
      .old = old, .today = today, .n_then = old->n_campaigns, .n_now = n, .out = out};
  *out = (rt__followed){.changes = NULL};
  rt_code c = rt__memory_init(&out->memory, err);
  if (c == RT_OK)
    c = set_up(&j, seen, err);
  if (c == RT_OK)
    c = compare(&j, err);
  if (c == RT_OK)
    c = give_ids(&j, err);
  if (c == RT_OK)
    c = rt__follow_changes(&j, err);
  for (size_t i = 0; i < n && c == RT_OK; i++)
    out->ids[i] = j.now[i].id;
  return c;
}

void rt__followed_free(rt__followed *f)
{
  rt__memory_free(&f->memory);
  *f = (rt__followed){.changes = NULL};
}
