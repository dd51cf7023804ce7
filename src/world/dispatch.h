/* dispatch - which account of a pool takes a request. */
#ifndef RT_WORLD_DISPATCH_H
#define RT_WORLD_DISPATCH_H

#include "base/time.h"
#include "world/plan.h"

typedef struct rt__turn_of {
  double at; /* least goes first */
  uint32_t seat;
} rt__turn_of;

#define RT__BOUND_MAX                                                                              \
  1024 /* sessions that a sticky balancer remembers; a later one takes the place */
#define RT__BOUND_US (INT64_C(3600) * RT__US) /* a session unused for an hour is dealt anew */

typedef struct rt__bound {
  uint64_t key;
  int64_t last_us; /* 0 = free */
  uint32_t account;
} rt__bound;

/* state of one pool: a heap of seats by their turn; sessions bound to accounts */
typedef struct rt__dispatch {
  rt__turn_of *heap;
  uint32_t n;
  double most;      /* largest weight */
  rt__bound *bound; /* RT__BOUND_MAX, NULL unless the balancer is sticky */
} rt__dispatch;

rt_code rt__dispatch_new(const rt__plan *p, uint32_t which, rt__dispatch *d) RT__MUST_CHECK;
void rt__dispatch_free(const rt__plan *p, rt__dispatch *d);

/* account that holds the seat at time t, RT__NONE between two of them */
uint32_t rt__seat_account(const rt__plan *p, uint32_t seat, int64_t t);

/* An account for a request at time t, RT__NONE if the whole pool is closed. A sticky
 * balancer keeps a session (`key`) on its account and deals a new one to the next in turn. O(log
 * seats) */
uint32_t rt__dispatch_pick(const rt__plan *p, uint32_t which, rt__dispatch *d, int64_t t,
                           uint64_t key, rt__rng *r);

#endif
