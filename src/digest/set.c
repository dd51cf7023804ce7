#include "digest/set_impl.h"

#define MEMORY_DEFAULT ((size_t)1 << 30)
#define ENTRIES_FIRST  64

/* ---- life */

static void *counted_resize(void *ctx, void *old, size_t old_size, size_t size)
{
  rt__set *s = ctx;
  void *p = s->outer.resize(s->outer.ctx, old, old_size, size);
  if (p || size == 0)
    s->held += size - (old ? old_size : 0);
  return p;
}

rt_code rt__set_new(const rt_alloc *alloc, size_t memory_max, const rt__spool *spool, rt__set **out,
                    rt_error *err)
{
  if (!alloc)
    alloc = rt_alloc_default();
  rt__set *s = rt__calloc(alloc, 1, sizeof *s);
  if (!s)
    return rt__fail(err, RT_E_NOMEM, "no memory for a digest set");
  s->outer = *alloc;
  s->alloc = (rt_alloc){counted_resize, s};
  s->held = sizeof *s;
  s->memory_max = memory_max ? memory_max : MEMORY_DEFAULT;
  s->has_spool = spool && spool->append;
  if (s->has_spool)
    s->spool = *spool;
  if (rt__set_known_new(s) != RT_OK) {
    rt__set_free(s);
    return rt__fail(err, RT_E_NOMEM, "no memory for a digest set");
  }
  *out = s;
  return RT_OK;
}

static void free_entries(rt__set *s)
{
  rt__free(&s->alloc, s->entries, s->cap * sizeof *s->entries);
  s->entries = NULL;
  s->n = s->cap = 0;
}

void rt__set_free(rt__set *s)
{
  if (!s)
    return;
  if (s->whole) {
    rt__set_view_free(s);
    return;
  }
  if (s->has_spool)
    rt__set_drop_parts(s);
  free_entries(s);
  rt__pile_free(&s->pile, &s->alloc);
  rt__set_known_free(s);
  rt__free(&s->alloc, s->owners, s->cap_owners * sizeof *s->owners);
  rt__free(&s->alloc, s->times, s->n_records * sizeof *s->times);
  rt__free(&s->alloc, s->ats, s->n_records * sizeof *s->ats);
  rt__free(&s->alloc, s->accounts, s->n_records * sizeof *s->accounts);
  rt_alloc outer = s->outer;
  rt__free(&outer, s, sizeof *s);
}

/* notes the first failure: a set that lost something must not pretend to be whole */
static rt_code broke(rt__set *s, rt_code c, rt_error *err)
{
  if (c == RT_OK || s->broken != RT_OK)
    return c;
  s->broken = c;
  return c == RT_E_NOMEM ? rt__fail(err, c, "no memory for digests") : c;
}

static rt_code usable(const rt__set *s, rt_error *err)
{
  if (s->broken != RT_OK)
    return rt__fail(err, s->broken, "the digest set failed before");
  if (s->sealed)
    return rt__fail(err, RT_E_ARG, "the digest set is sealed");
  return RT_OK;
}

/* ---- filling */

static rt_code grow_entries(rt__set *s, size_t more)
{
  size_t cap = s->cap ? s->cap : ENTRIES_FIRST;
  while (cap - s->n < more)
    cap *= 2;
  rt__entry *e = rt__realloc(&s->alloc, s->entries, s->cap, cap, sizeof *e);
  if (!e)
    return RT_E_NOMEM;
  s->entries = e;
  s->cap = cap;
  return RT_OK;
}

static rt_code keep_within(rt__set *s, rt_error *err)
{
  size_t records = s->pile.bytes + s->cap * sizeof *s->entries;
  if (s->has_spool)
    return records > s->memory_max / 2 ? rt__set_flush(s, err) : RT_OK;
  if (s->held <= s->memory_max)
    return RT_OK;
  return rt__fail(err, RT_E_LIMIT, "digests need more memory than %zu bytes", s->memory_max);
}

static rt_code store(rt__set *s, const rt_digest *d)
{
  unsigned char *room;
  rt_code c = s->n < s->cap ? RT_OK : grow_entries(s, 1);
  if (c == RT_OK)
    c = rt__pile_room(&s->pile, &s->alloc, RT__RECORD_MAX, &room);
  if (c != RT_OK)
    return c;
  uint32_t at = rt__pile_take(&s->pile, rt__record_pack(d, room));
  s->entries[s->n++] = (rt__entry){d->account, d->time_us, at};
  return RT_OK;
}

static rt_code add_record(void *ctx, const rt_digest *d, rt_error *err)
{
  rt__set *s = ctx;
  rt_code c = usable(s, err);
  if (c == RT_OK)
    c = rt__record_check(d, err);
  if (c != RT_OK)
    return c;
  c = store(s, d);
  if (c == RT_E_LIMIT)
    rt__fail(err, c, "more than 32 GiB of digests in memory");
  return broke(s, c == RT_OK ? keep_within(s, err) : c, err);
}

rt_digest_sink rt__set_sink(rt__set *s)
{
  return (rt_digest_sink){s, rt__set_add_name, rt__set_add_segment, add_record};
}

rt_code rt__set_absorb(rt__set *s, rt__set *from, rt_error *err)
{
  rt_code c = usable(s, err);
  if (c == RT_OK)
    c = usable(from, err);
  if (c != RT_OK)
    return c;
  if (s == from || s->outer.resize != from->outer.resize || s->outer.ctx != from->outer.ctx)
    return rt__fail(err, RT_E_ARG, "sets with different allocators can't be joined");
  c = rt__set_absorb_known(s, from, err);
  if (c == RT_OK && from->spooled)
    c = rt__set_absorb_parts(s, from, err);
  if (c == RT_OK)
    c = grow_entries(s, from->n);
  size_t moved = from->pile.bytes;
  uint32_t shift = 0;
  if (c == RT_OK)
    c = rt__pile_join(&s->pile, &s->alloc, &from->pile, &shift);
  if (c != RT_OK)
    return broke(s, c, err);
  s->held += moved;
  from->held -= moved;
  for (size_t i = 0; i < from->n; i++) {
    s->entries[s->n] = from->entries[i];
    s->entries[s->n++].at += shift;
  }
  free_entries(from);
  return broke(s, keep_within(s, err), err);
}

/* ---- sealing */

static rt_code grow_owners(rt__set *s)
{
  size_t cap = s->cap_owners ? s->cap_owners * 2 : ENTRIES_FIRST;
  rt__owner *o = rt__realloc(&s->alloc, s->owners, s->cap_owners, cap, sizeof *o);
  if (!o)
    return RT_E_NOMEM;
  s->owners = o;
  s->cap_owners = cap;
  return RT_OK;
}

rt_code rt__set_own(rt__set *s, const rt__entry *e, size_t n, uint32_t *accounts, rt_error *err)
{
  for (size_t i = 0; i < n; i++) {
    if (i == 0 || e[i].account != e[i - 1].account) {
      if (s->n_owners + 1 >= s->cap_owners && grow_owners(s) != RT_OK)
        return RT_E_NOMEM;
      if (s->n_owners == UINT32_MAX)
        return rt__fail(err, RT_E_LIMIT, "more than 2^32 accounts");
      s->owners[s->n_owners++] = (rt__owner){e[i].account, s->n_records + i};
    }
    accounts[i] = (uint32_t)(s->n_owners - 1);
  }
  return RT_OK;
}

static const unsigned char *in_pile(const void *ctx, const rt__entry *e)
{
  return rt__pile_at(ctx, (uint32_t)e->at);
}

static rt_code seal_memory(rt__set *s, rt_error *err)
{
  size_t n = s->n;
  rt_code c = rt__order(&s->alloc, s->entries, &n, in_pile, &s->pile);
  if (c != RT_OK)
    return c;
  s->n_duplicates += s->n - n;
  s->times = rt__calloc(&s->alloc, n, sizeof *s->times);
  s->ats = rt__calloc(&s->alloc, n, sizeof *s->ats);
  s->accounts = rt__calloc(&s->alloc, n, sizeof *s->accounts);
  if (s->times && s->ats && s->accounts)
    c = rt__set_own(s, s->entries, n, s->accounts, err);
  else
    c = RT_E_NOMEM;
  s->n_records = n; /* so many are given back by rt__set_free, also after a failure */
  if (c != RT_OK)
    return c;
  for (size_t i = 0; i < n; i++) {
    s->times[i] = s->entries[i].time_us;
    s->ats[i] = (uint32_t)s->entries[i].at;
  }
  free_entries(s);
  s->runs[s->n_runs++] =
      (rt__run){.n = n, .times = s->times, .ats = s->ats, .accounts = s->accounts};
  return RT_OK;
}

rt_code rt__set_seal(rt__set *s, rt_error *err)
{
  rt_code c = usable(s, err);
  if (c != RT_OK)
    return c;
  c = s->spooled ? rt__set_seal_parts(s, err) : seal_memory(s, err);
  if (c == RT_OK && !s->owners)
    c = grow_owners(s);
  if (c != RT_OK)
    return broke(s, c, err);
  s->owners[s->n_owners] = (rt__owner){0, s->n_records};
  s->sealed = true;
  return RT_OK;
}
