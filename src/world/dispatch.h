/* dispatch - which account of a pool takes a request. */
#ifndef RT_WORLD_DISPATCH_H
#define RT_WORLD_DISPATCH_H

#include "world/plan.h"

typedef struct rt__turn_of {
  double at; /* least goes first */
  uint32_t seat;
} rt__turn_of;

/* state of one pool: a heap of seats by their turn */
typedef struct rt__dispatch {
  rt__turn_of *heap;
  uint32_t n;
  double most; /* largest weight */
} rt__dispatch;

rt_code rt__dispatch_new(const rt__plan *p, uint32_t which, rt__dispatch *d) RT__MUST_CHECK;
void rt__dispatch_free(const rt__plan *p, rt__dispatch *d);

/* account that holds the seat at time t, RT__NONE between two of them */
uint32_t rt__seat_account(const rt__plan *p, uint32_t seat, int64_t t);

/* An account for a request at time t, RT__NONE if the whole pool is closed. `key` decides where the
 * balancer is sticky. O(log seats) */
uint32_t rt__dispatch_pick(const rt__plan *p, uint32_t which, rt__dispatch *d, int64_t t,
                           uint64_t key, rt__rng *r);

#endif
