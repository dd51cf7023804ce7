#include "world/dispatch.h"

#include "base/time.h"

static bool before(rt__turn_of a, rt__turn_of b)
{
  return a.at < b.at || (a.at == b.at && a.seat < b.seat);
}

static void sift_down(rt__turn_of *h, uint32_t n, uint32_t i)
{
  for (;;) {
    uint32_t k = 2 * i + 1;
    if (k >= n)
      return;
    if (k + 1 < n && before(h[k + 1], h[k]))
      k++;
    if (!before(h[k], h[i]))
      return;
    rt__turn_of x = h[i];
    h[i] = h[k];
    h[k] = x;
    i = k;
  }
}

rt_code rt__dispatch_new(const rt__plan *p, uint32_t which, rt__dispatch *d)
{
  const rt__dispatch_plan *dp = &p->dispatches[which];
  *d =
      (rt__dispatch){.heap = rt__calloc(&p->alloc, dp->n_seats, sizeof *d->heap), .n = dp->n_seats};
  if (dp->balancer == RT__BALANCE_STICKY)
    d->bound = rt__calloc(&p->alloc, RT__BOUND_MAX, sizeof *d->bound);
  if (!d->heap || (dp->balancer == RT__BALANCE_STICKY && !d->bound)) {
    rt__dispatch_free(p, d);
    return RT_E_NOMEM;
  }
  for (uint32_t i = 0; i < d->n; i++) { /* first turns in random order, within one round */
    uint32_t seat = dp->first_seat + i;
    double w = (double)p->seats[seat].weight;
    d->heap[i] = (rt__turn_of){rt__unit(rt__draw(dp->seed, 1, i, 0)) / w, seat};
    d->most = w > d->most ? w : d->most;
  }
  for (uint32_t i = d->n / 2; i-- > 0;)
    sift_down(d->heap, d->n, i);
  return RT_OK;
}

void rt__dispatch_free(const rt__plan *p, rt__dispatch *d)
{
  rt__free(&p->alloc, d->heap, d->n * sizeof *d->heap);
  rt__free(&p->alloc, d->bound, RT__BOUND_MAX * sizeof *d->bound);
  d->heap = NULL;
  d->bound = NULL;
}

uint32_t rt__seat_account(const rt__plan *p, uint32_t seat, int64_t t)
{
  const rt__seat *s = &p->seats[seat];
  for (uint32_t k = 0; k < s->n; k++) {
    const rt__account *a = &p->accounts[s->first + k];
    if (t < a->created)
      return RT__NONE;
    if (!a->closed || t < a->closed)
      return s->first + k;
  }
  return RT__NONE;
}

static bool awake(const rt__plan *p, uint32_t seat, uint32_t account, int64_t t)
{
  const rt__seat *s = &p->seats[seat];
  if (s->wake < 0)
    return true;
  int64_t hour = t / (3600 * RT__US) + rt__country_at(p->accounts[account].country)->hours;
  return ((hour - s->wake) % 24 + 24) % 24 < s->hours;
}

static uint32_t ready(const rt__plan *p, uint32_t seat, int64_t t)
{
  uint32_t a = rt__seat_account(p, seat, t);
  return a != RT__NONE && awake(p, seat, a, t) ? a : RT__NONE;
}

/* the seat whose turn it is; those that are closed or asleep lose a turn */
static uint32_t in_turn(const rt__plan *p, rt__dispatch *d, int64_t t)
{
  for (uint32_t tries = 0; tries < 64 + 2 * d->n && tries < 4096; tries++) {
    uint32_t seat = d->heap[0].seat, a = ready(p, seat, t);
    d->heap[0].at += 1 / (double)p->seats[seat].weight;
    sift_down(d->heap, d->n, 0);
    if (a != RT__NONE)
      return a;
  }
  return RT__NONE;
}

static uint32_t at_random(const rt__plan *p, const rt__dispatch_plan *dp, const rt__dispatch *d,
                          int64_t t, rt__rng *r)
{
  for (int tries = 0; tries < 400; tries++) {
    uint32_t seat = dp->first_seat + (uint32_t)rt__rng_below(r, dp->n_seats);
    if (!rt__coin(r, (double)p->seats[seat].weight / d->most))
      continue;
    uint32_t a = ready(p, seat, t);
    if (a != RT__NONE)
      return a;
  }
  return RT__NONE;
}

/* the account that the session is bound to, while it is used and open; else the next in turn */
static uint32_t stuck(const rt__plan *p, rt__dispatch *d, int64_t t, uint64_t key)
{
  rt__bound *b = &d->bound[rt__mix(key) % RT__BOUND_MAX];
  if (b->last_us && b->key == key && t - b->last_us < RT__BOUND_US) {
    const rt__account *a = &p->accounts[b->account];
    if (t >= a->created && (!a->closed || t < a->closed)) {
      b->last_us = t;
      return b->account;
    }
  }
  uint32_t account = in_turn(p, d, t);
  if (account != RT__NONE)
    *b = (rt__bound){key, t, account};
  return account;
}

static uint32_t anybody(const rt__plan *p, const rt__dispatch_plan *dp, int64_t t)
{
  for (uint32_t i = 0; i < dp->n_seats; i++) {
    uint32_t a = rt__seat_account(p, dp->first_seat + i, t);
    if (a != RT__NONE)
      return a;
  }
  return RT__NONE;
}

uint32_t rt__dispatch_pick(const rt__plan *p, uint32_t which, rt__dispatch *d, int64_t t,
                           uint64_t key, rt__rng *r)
{
  const rt__dispatch_plan *dp = &p->dispatches[which];
  uint32_t a = RT__NONE;
  if (dp->balancer == RT__BALANCE_STICKY)
    a = stuck(p, d, t, key);
  else if (dp->balancer == RT__BALANCE_RANDOM || rt__coin(r, (double)dp->random))
    a = at_random(p, dp, d, t, r);
  else
    a = in_turn(p, d, t);
  return a != RT__NONE ? a : anybody(p, dp, t);
}
