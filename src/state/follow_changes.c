/* what happened to each campaign since the last run, and what is remembered of it from now on */
#include "state/follow_impl.h"

#include <stdlib.h>

/* what one campaign went through in this run: a merge of everything at most */
typedef struct diary {
  rt__follow_job *j;
  rt_change *v;
  size_t n, cap;
  bool full; /* no memory */
} diary;

static void note(diary *d, rt_change c)
{
  if (d->n == d->cap) {
    d->full = true;
    return;
  }
  c.at_us = d->j->today->at_us;
  d->v[d->n++] = c;
}

static rt_change about(rt_change_kind kind, uint64_t accounts)
{
  return (rt_change){.kind = kind, .accounts = accounts};
}

static rt_change with(rt_change_kind kind, uint64_t other, uint64_t accounts)
{
  rt_change c = about(kind, accounts);
  rt__campaign_name(other, c.other);
  return c;
}

/* ---- who came, who left */

static bool has(const uint64_t *v, size_t n, uint64_t x)
{
  size_t low = 0, high = n;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (v[mid] < x)
      low = mid + 1;
    else
      high = mid;
  }
  return low < n && v[low] == x;
}

static bool was_in_one(const rt__follow_job *j, size_t now, uint64_t account)
{
  for (size_t i = 0; i < j->n_then; i++)
    if (j->then[i].in == now && has(j->then[i].c->members, j->then[i].c->n_members, account))
      return true;
  return false;
}

static uint64_t came(const rt__follow_job *j, size_t now)
{
  const rt__seen *s = j->now[now].s;
  uint64_t n = 0;
  for (size_t i = 0; i < s->n_members; i++)
    n += !was_in_one(j, now, s->members[i]);
  return n;
}

/* those without a record are past the retention, or in another day's log: nobody left there */
static uint64_t left(const rt__follow_job *j, const rt__remembered *c, const rt__seen *s)
{
  uint64_t n = 0;
  for (size_t i = 0; i < c->n_members; i++)
    n += !has(s->members, s->n_members, c->members[i]) &&
         j->today->is_here(j->today->ctx, c->members[i]);
  return n;
}

static uint64_t closed_since(const rt__follow_job *j, const rt__remembered *c)
{
  uint64_t n = 0;
  for (size_t i = 0; i < c->n_members; i++) {
    int64_t closed = j->today->closed_us(j->today->ctx, c->members[i]);
    n += closed > j->old->as_of_us && closed <= j->today->at_us;
  }
  return n;
}

/* ---- one campaign's news */

static void news_of_kept(diary *d, size_t now)
{
  const rt__follow_job *j = d->j;
  const rt__now *w = &j->now[now];
  const rt__remembered *was = j->then[w->keeper].c;
  uint64_t joined = came(j, now), gone = left(j, was, w->s), closed = closed_since(j, was);
  if (was->gone)
    note(d, about(RT_CHANGE_BACK, w->s->n_members));
  for (size_t i = 0; i < j->n_then; i++)
    if (j->then[i].in == now && j->then[i].c->id != w->id)
      note(d, with(RT_CHANGE_MERGED, j->then[i].c->id, 0));
  if (joined && closed)
    note(d, (rt_change){.kind = RT_CHANGE_REPLACED, .accounts = joined, .closed = closed});
  else if (joined)
    note(d, about(RT_CHANGE_GREW, joined));
  if (gone)
    note(d, about(RT_CHANGE_SHRANK, gone));
  if (was->verdict != w->s->verdict)
    note(d, (rt_change){.kind = RT_CHANGE_VERDICT, .was = was->verdict, .now = w->s->verdict});
}

/* the id by which the old campaign that it came off is known now */
static uint64_t origin_of(const rt__follow_job *j, const rt__now *w)
{
  size_t in = j->then[w->from].in;
  return in == RT__NOBODY ? j->then[w->from].c->id : j->now[in].id;
}

static void news_of(diary *d, size_t now)
{
  const rt__now *w = &d->j->now[now];
  if (w->keeper != RT__NOBODY)
    news_of_kept(d, now);
  else if (w->from != RT__NOBODY)
    note(d, with(RT_CHANGE_SPLIT, origin_of(d->j, w), w->s->n_members));
  else
    note(d, about(RT_CHANGE_NEW, w->s->n_members));
}

/* ---- into the memory */

/* the first change says where the campaign came from, so it stays; then the latest */
static bool keep_changes(rt__arena *a, const rt__remembered *was, const diary *d,
                         rt__remembered *to)
{
  size_t old = was ? was->n_changes : 0, all = old + d->n;
  size_t drop = all > RT__CHANGES_MAX ? all - RT__CHANGES_MAX : 0;
  rt_change *v = rt__arena_take(a, (all + 1) * sizeof *v);
  if (!v)
    return false;
  size_t n = 0;
  for (size_t i = 0; i < all; i++)
    if (i == 0 || i > drop)
      v[n++] = i < old ? was->changes[i] : d->v[i - old];
  to->changes = v;
  to->n_changes = n;
  return true;
}

static void tell(rt__follow_job *j, uint64_t id, const diary *d)
{
  for (size_t i = 0; i < d->n; i++) {
    j->out->changes[j->out->n_changes].id = id;
    j->out->changes[j->out->n_changes++].change = d->v[i];
  }
}

static bool remember_now(rt__follow_job *j, diary *d, size_t now)
{
  rt__memory *m = &j->out->memory;
  const rt__now *w = &j->now[now];
  const rt__remembered *was = w->keeper == RT__NOBODY ? NULL : j->then[w->keeper].c;
  d->n = 0;
  news_of(d, now);
  uint64_t *members = rt__arena_take(m->arena, (w->s->n_members + 1) * sizeof *members);
  if (!members || d->full)
    return false;
  if (w->s->n_members)
    memcpy(members, w->s->members, w->s->n_members * sizeof *members);
  rt__remembered *to = &j->fresh[m->n_campaigns++];
  *to = (rt__remembered){.id = w->id,
                         .verdict = w->s->verdict,
                         .first_us =
                             was && was->first_us < w->s->first_us ? was->first_us : w->s->first_us,
                         .members = members,
                         .n_members = w->s->n_members};
  tell(j, w->id, d);
  return keep_changes(m->arena, was, d, to);
}

/* an old campaign that goes on nowhere, with those of its accounts that are still here */
static bool remember_gone(rt__follow_job *j, diary *d, const rt__then *t)
{
  rt__memory *m = &j->out->memory;
  uint64_t *members = rt__arena_take(m->arena, (t->n_here + 1) * sizeof *members);
  d->n = 0;
  if (!members)
    return false;
  if (!t->c->gone)
    note(d, about(RT_CHANGE_GONE, 0));
  tell(j, t->c->id, d);
  if (t->n_here == 0)
    return !d->full;
  rt__remembered *to = &j->fresh[m->n_campaigns++];
  *to = *t->c;
  to->gone = true;
  to->members = members;
  to->n_members = 0;
  for (size_t i = 0; i < t->c->n_members; i++)
    if (j->today->is_here(j->today->ctx, t->c->members[i]))
      members[to->n_members++] = t->c->members[i];
  return keep_changes(m->arena, t->c, d, to) && !d->full;
}

static int by_id(const void *pa, const void *pb)
{
  const rt__remembered *a = pa, *b = pb;
  return a->id < b->id ? -1 : a->id > b->id;
}

static int by_change(const void *pa, const void *pb)
{
  const struct rt__what_changed *a = pa, *b = pb;
  if (a->id != b->id)
    return a->id < b->id ? -1 : 1;
  if (a->change.kind != b->change.kind)
    return a->change.kind < b->change.kind ? -1 : 1;
  return strcmp(a->change.other, b->change.other);
}

static bool set_up(rt__follow_job *j, diary *d)
{
  rt__arena *a = j->out->memory.arena;
  *d = (diary){.j = j, .cap = j->n_then + 8};
  d->v = rt__arena_take(a, d->cap * sizeof *d->v);
  j->fresh = rt__arena_take(a, (j->n_then + j->n_now + 1) * sizeof *j->fresh);
  j->out->known = rt__arena_take(a, (j->n_now + 1) * sizeof *j->out->known);
  /* an old campaign is merged or gone, once; a new one has five kinds of news beside */
  j->changes_cap = j->n_then + 5 * j->n_now + 1;
  j->out->changes = rt__arena_take(a, j->changes_cap * sizeof *j->out->changes);
  return d->v && j->fresh && j->out->known && j->out->changes;
}

static void find_known(rt__follow_job *j)
{
  const rt__memory *m = &j->out->memory;
  for (size_t i = 0; i < j->n_now; i++) {
    const rt__remembered key = {.id = j->now[i].id};
    if (j->now[i].counts && m->n_campaigns)
      j->out->known[i] = bsearch(&key, m->campaigns, m->n_campaigns, sizeof key, by_id);
  }
}

rt_code rt__follow_changes(rt__follow_job *j, rt_error *err)
{
  rt__memory *m = &j->out->memory;
  diary d;
  bool ok = set_up(j, &d);
  for (size_t i = 0; i < j->n_now && ok; i++)
    if (j->now[i].counts)
      ok = remember_now(j, &d, i);
  for (size_t i = 0; i < j->n_then && ok; i++)
    if (j->then[i].in == RT__NOBODY)
      ok = remember_gone(j, &d, &j->then[i]);
  if (!ok)
    return rt__fail(err, RT_E_NOMEM, "no memory for the history of campaigns");
  if (m->n_campaigns)
    qsort(j->fresh, m->n_campaigns, sizeof *j->fresh, by_id);
  if (j->out->n_changes)
    qsort(j->out->changes, j->out->n_changes, sizeof *j->out->changes, by_change);
  m->campaigns = j->fresh;
  m->as_of_us = j->today->at_us;
  m->held = j->old->held; /* borrowed: the caller keeps the old memory until this one is written */
  m->n_held = j->old->n_held;
  find_known(j);
  return RT_OK;
}
