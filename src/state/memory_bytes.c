/* a memory as bytes and back: sorted hashes as differences, all numbers as varints */
#include "state/memory.h"

#define HELD_MAX      ((uint64_t)1 << 24)
#define CAMPAIGNS_MAX ((uint64_t)1 << 20)
#define MEMBERS_MAX   ((uint64_t)1 << 26)

/* ---- writing */

static void put_hashes(rt__out *o, const uint64_t *h, size_t n)
{
  rt__out_varint(o, n);
  for (size_t i = 0; i < n; i++)
    rt__out_varint(o, i ? h[i] - h[i - 1] : h[i]);
}

static void put_change(rt__out *o, const rt_change *c)
{
  uint64_t other = 0;
  bool named = rt__campaign_number(rt__cstr(c->other), &other);
  rt__out_varint(o, rt__zigzag(c->at_us));
  rt__out_varint(o, (uint64_t)c->kind);
  rt__out_varint(o, c->accounts);
  rt__out_varint(o, c->closed);
  rt__out_varint(o, named);
  if (named)
    rt__out_le(o, other, 8);
  rt__out_varint(o, (uint64_t)c->was);
  rt__out_varint(o, (uint64_t)c->now);
}

static void put_campaign(rt__out *o, const rt__remembered *c)
{
  rt__out_le(o, c->id, 8);
  rt__out_varint(o, c->gone);
  rt__out_varint(o, (uint64_t)c->verdict);
  rt__out_varint(o, rt__zigzag(c->first_us));
  put_hashes(o, c->members, c->n_members);
  rt__out_varint(o, c->n_changes);
  for (size_t i = 0; i < c->n_changes; i++)
    put_change(o, &c->changes[i]);
}

rt_code rt__memory_encode(const rt__memory *m, rt__out *o)
{
  rt__out_varint(o, rt__zigzag(m->as_of_us));
  put_hashes(o, m->held, m->n_held);
  rt__out_varint(o, m->n_campaigns);
  for (size_t i = 0; i < m->n_campaigns; i++)
    put_campaign(o, &m->campaigns[i]);
  return o->code;
}

/* ---- reading: every count is bounded by the bytes that are left, so nothing large is taken for a
 * small file */

typedef struct reader {
  rt__in in;
  rt__arena *arena;
} reader;

static void *room_for(reader *r, size_t n, size_t size)
{
  void *p = r->in.bad ? NULL : rt__arena_take(r->arena, (n + 1) * size);
  if (!p)
    r->in.bad = true;
  return p;
}

static size_t count_of(reader *r, uint64_t max)
{
  uint64_t left = rt__in_left(&r->in);
  return (size_t)rt__in_number(&r->in, max < left ? max : left);
}

static const uint64_t *take_hashes(reader *r, uint64_t max, size_t *n)
{
  *n = count_of(r, max);
  uint64_t *h = room_for(r, *n, sizeof *h), last = 0;
  for (size_t i = 0; i < *n && !r->in.bad; i++) {
    uint64_t step = rt__in_varint(&r->in);
    if (step == 0 || step > UINT64_MAX - last) /* distinct and rising; no account is 0 */
      r->in.bad = true;
    h[i] = last += step;
  }
  return h;
}

static rt_change take_change(reader *r)
{
  rt_change c = {0};
  c.at_us = rt__unzigzag(rt__in_varint(&r->in));
  c.kind = (rt_change_kind)rt__in_number(&r->in, RT_CHANGE_COUNT - 1);
  c.accounts = rt__in_varint(&r->in);
  c.closed = rt__in_varint(&r->in);
  if (rt__in_number(&r->in, 1))
    rt__campaign_name(rt__in_le(&r->in, 8), c.other);
  c.was = (rt_verdict)rt__in_number(&r->in, RT_VERDICT_COUNT - 1);
  c.now = (rt_verdict)rt__in_number(&r->in, RT_VERDICT_COUNT - 1);
  return c;
}

static rt__remembered take_campaign(reader *r)
{
  rt__remembered c = {.id = rt__in_le(&r->in, 8)};
  c.gone = rt__in_number(&r->in, 1);
  c.verdict = (rt_verdict)rt__in_number(&r->in, RT_VERDICT_COUNT - 1);
  c.first_us = rt__unzigzag(rt__in_varint(&r->in));
  c.members = take_hashes(r, MEMBERS_MAX, &c.n_members);
  c.n_changes = count_of(r, RT__CHANGES_MAX);
  rt_change *changes = room_for(r, c.n_changes, sizeof *changes);
  for (size_t i = 0; i < c.n_changes && !r->in.bad; i++)
    changes[i] = take_change(r);
  c.changes = changes;
  return c;
}

rt_code rt__memory_decode(rt_slice bytes, rt__memory *m, rt_error *err)
{
  const unsigned char *p = (const unsigned char *)bytes.p;
  reader r = {{p, bytes.n ? p + bytes.n : p, false}, m->arena};
  m->as_of_us = rt__unzigzag(rt__in_varint(&r.in));
  m->held = take_hashes(&r, HELD_MAX, &m->n_held);
  size_t n = count_of(&r, CAMPAIGNS_MAX);
  rt__remembered *k = room_for(&r, n, sizeof *k);
  for (size_t i = 0; i < n && !r.in.bad; i++) {
    k[i] = take_campaign(&r);
    if (i && k[i].id <= k[i - 1].id)
      r.in.bad = true;
  }
  m->campaigns = k;
  m->n_campaigns = n;
  if (!r.in.bad && rt__in_left(&r.in) == 0)
    return RT_OK;
  m->n_campaigns = m->n_held = 0;
  return rt__fail(err, RT_E_FORMAT, "what the state remembers of campaigns is not readable");
}
