/* pour - a sealed set out of which records go into a sink, in the order of the house: what a sink
 * must know of an account or a text comes once, before the first record that refers to it.
 *
 * The calls depend on the records poured and on nothing else, so a file written this way is a
 * function of them.
 */
#ifndef RT_STATE_POUR_H
#define RT_STATE_POUR_H

#include "digest/set.h"

typedef struct rt__pour {
  const rt__set *set;
  rt_digest_sink to;
  rt__map said;     /* texts that were announced */
  uint64_t account; /* whose records are being poured; 0 before the first */
} rt__pour;

/* the sink is copied; its callbacks may be NULL but `record` */
void rt__pour_init(rt__pour *p, const rt__set *set, const rt_digest_sink *to);
void rt__pour_free(rt__pour *p);

/* record k, k rising from call to call */
rt_code rt__pour_one(rt__pour *p, size_t k, rt_error *err);

/* all of them */
rt_code rt__pour_all(const rt__set *set, const rt_digest_sink *to, rt_error *err);

#endif
