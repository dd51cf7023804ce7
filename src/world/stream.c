#include "world/stream.h"

#include "base/time.h"
#include "world/dispatch.h"

typedef struct entry {
  int64_t t;
  uint32_t source, conv, account;
  uint16_t turn, turns; /* turns 0: a new conversation */
  uint16_t tries;
} entry;

struct rt__stream {
  const rt__plan *plan;
  const rt__traces *traces;
  rt__clock *clocks;
  rt__dispatch *dispatches;
  entry *heap;
  size_t n, cap, n_dispatches;
};

static bool before(const entry *a, const entry *b)
{
  if (a->t != b->t)
    return a->t < b->t;
  if (a->source != b->source)
    return a->source < b->source;
  if (a->conv != b->conv)
    return a->conv < b->conv;
  return a->turn != b->turn ? a->turn < b->turn : a->turns < b->turns;
}

static bool push(rt__stream *s, entry e)
{
  if (s->n == s->cap) {
    size_t cap = s->cap ? s->cap * 2 : 1024;
    entry *p = rt__realloc(&s->plan->alloc, s->heap, s->cap, cap, sizeof *p);
    if (!p)
      return false;
    s->heap = p;
    s->cap = cap;
  }
  size_t i = s->n++;
  for (; i > 0 && before(&e, &s->heap[(i - 1) / 2]); i = (i - 1) / 2)
    s->heap[i] = s->heap[(i - 1) / 2];
  s->heap[i] = e;
  return true;
}

static entry pop(rt__stream *s)
{
  entry top = s->heap[0], last = s->heap[--s->n];
  size_t i = 0;
  for (size_t k; (k = 2 * i + 1) < s->n; i = k) {
    if (k + 1 < s->n && before(&s->heap[k + 1], &s->heap[k]))
      k++;
    if (!before(&s->heap[k], &last))
      break;
    s->heap[i] = s->heap[k];
  }
  s->heap[i] = last;
  return top;
}

/* the next conversation of a source; true also when there is none */
static bool push_start(rt__stream *s, uint32_t i)
{
  const rt__source *src = &s->plan->sources[i];
  rt__clock *c = &s->clocks[i];
  if (!rt__arrive(&src->arrival, s->traces, src->seed, c))
    return true;
  return push(s,
              (entry){.t = c->t, .source = i, .conv = (uint32_t)(c->n - 1), .account = RT__NONE});
}

rt_code rt__stream_new(const rt__plan *p, const rt__traces *traces, rt__stream **out)
{
  rt__stream *s = rt__calloc(&p->alloc, 1, sizeof *s);
  if (!s)
    return RT_E_NOMEM;
  s->plan = p;
  s->traces = traces;
  s->clocks = rt__calloc(&p->alloc, p->n_sources + 1, sizeof *s->clocks);
  s->dispatches = rt__calloc(&p->alloc, p->n_dispatches + 1, sizeof *s->dispatches);
  bool ok = s->clocks && s->dispatches;
  for (size_t i = 0; ok && i < p->n_dispatches; i++, s->n_dispatches++)
    ok = rt__dispatch_new(p, (uint32_t)i, &s->dispatches[i]) == RT_OK;
  for (size_t i = 0; ok && i < p->n_sources; i++)
    ok = push_start(s, (uint32_t)i);
  if (!ok) {
    rt__stream_free(s);
    return RT_E_NOMEM;
  }
  *out = s;
  return RT_OK;
}

void rt__stream_free(rt__stream *s)
{
  if (!s)
    return;
  const rt__plan *p = s->plan;
  for (size_t i = 0; i < s->n_dispatches; i++)
    rt__dispatch_free(p, &s->dispatches[i]);
  rt__free(&p->alloc, s->dispatches, (p->n_dispatches + 1) * sizeof *s->dispatches);
  rt__free(&p->alloc, s->clocks, (p->n_sources + 1) * sizeof *s->clocks);
  rt__free(&p->alloc, s->heap, s->cap * sizeof *s->heap);
  rt__free(&p->alloc, s, sizeof *s);
}

/* ---- conversations */

#define TURNS_MAX 24

static uint16_t turns_of(const rt__source *src, uint32_t conv)
{
  rt__rng r = rt__rng_for(src->seed, 0x7475726e73, conv, 0);
  if (conv < src->probes || src->way == RT__WAY_SINGLE || src->way == RT__WAY_EMBED)
    return src->turns > 1.01f && conv >= src->probes
               ? (uint16_t)rt__geometric(&r, (double)src->turns, 6)
               : 1;
  return (uint16_t)rt__geometric(&r, (double)src->turns,
                                 src->way == RT__WAY_AGENT ? TURNS_MAX : 14);
}

/* key of a sticky balancer: a worker that goes through a run of tasks, or a customer */
static uint64_t key_of(const rt__source *src, uint32_t conv)
{
  return src->harvest ? conv / 40 : rt__draw(src->seed, 0x6b6579, conv / 8, 0);
}

static uint32_t choose(rt__stream *s, const rt__source *src, const entry *e)
{
  if (src->dispatch == RT__NONE)
    return src->account;
  rt__rng r = rt__rng_for(src->seed, 0x7069636b, e->conv, (uint64_t)e->turn << 16 | e->tries);
  if (src->seat != RT__NONE) {
    uint32_t seat = s->plan->dispatches[src->dispatch].first_seat + src->seat;
    uint32_t a = rt__seat_account(s->plan, seat, e->t);
    if (a != RT__NONE)
      return a;
  }
  return rt__dispatch_pick(s->plan, src->dispatch, &s->dispatches[src->dispatch], e->t,
                           key_of(src, e->conv), &r);
}

static bool still_open(const rt__plan *p, uint32_t account, int64_t t)
{
  const rt__account *a = &p->accounts[account];
  return t >= a->created && (!a->closed || t < a->closed);
}

static uint8_t fate_of(const rt__plan *p, const rt__source *src, const entry *e)
{
  rt__rng r = rt__rng_for(src->seed, 0x66617465, e->conv, (uint64_t)e->turn << 16 | e->tries);
  if (e->tries == 0 && rt__coin(&r, p->spec->errors))
    return rt__coin(&r, 0.6) ? RT__FATE_LIMITED : RT__FATE_ERROR;
  double refused = (double)src->refused * (e->conv < src->probes ? 30 : 1);
  return rt__coin(&r, refused) ? RT__FATE_REFUSED : RT__FATE_OK;
}

static bool moved(const rt__source *src, const entry *e)
{
  if (!src->adopts || e->t < src->adopts)
    return false;
  return rt__unit(rt__draw(src->seed, 0x7069766f74, e->conv, 0)) < (double)src->pivot;
}

static bool push_next(rt__stream *s, const rt__source *src, entry e, uint8_t fate)
{
  rt__rng r = rt__rng_for(src->seed, 0x676170, e.conv, (uint64_t)e.turn << 16 | e.tries);
  if (fate == RT__FATE_LIMITED || fate == RT__FATE_ERROR) {
    e.tries++;
    e.t += (int64_t)(rt__lognormal(&r, 4, 0.8) * (double)RT__US);
    if (src->dispatch != RT__NONE && e.turn == 0)
      e.account = RT__NONE; /* the gateway tries another one */
  } else {
    e.turn++;
    e.tries = 0;
    e.t += (int64_t)(rt__lognormal(&r, (double)src->gap_s, 0.8) * (double)RT__US) + 900000;
    if (src->split > 0 && rt__coin(&r, (double)src->split))
      e.account = RT__NONE;
  }
  if (e.turn >= e.turns || e.t >= s->plan->end)
    return true;
  return push(s, e);
}

int rt__stream_next(rt__stream *s, rt__event *out)
{
  while (s->n > 0) {
    entry e = pop(s);
    const rt__source *src = &s->plan->sources[e.source];
    if (e.turns == 0) {
      if (!push_start(s, e.source))
        return -1;
      e.turns = turns_of(src, e.conv);
    }
    if (e.account == RT__NONE ||
        (src->dispatch != RT__NONE && !still_open(s->plan, e.account, e.t)))
      e.account = choose(s, src, &e);
    if (e.account == RT__NONE)
      continue;
    uint8_t fate = fate_of(s->plan, src, &e);
    *out = (rt__event){.t = e.t,
                       .source = e.source,
                       .account = e.account,
                       .conv = e.conv,
                       .turn = e.turn,
                       .turns = e.turns,
                       .fate = fate,
                       .tries = (uint8_t)e.tries,
                       .moved = moved(src, &e)};
    return push_next(s, src, e, fate) ? 1 : -1;
  }
  return 0;
}
