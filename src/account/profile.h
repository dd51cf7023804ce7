/* profile - one account in a fixed number of bytes: what members are described by, and what live
 * mode will keep.
 *
 * Every field is a sum, an extreme or a maximum of registers, so profiles of two parts of an
 * account's digests merge into the profile of both, in any order. Counters saturate.
 */
#ifndef RT_ACCOUNT_PROFILE_H
#define RT_ACCOUNT_PROFILE_H

#include "digest/set.h"

#define RT__PROFILE_MAX    1024 /* bytes of a profile, at most */
#define RT__PROFILE_HOURS  168  /* hours of the week, from Monday 00:00 UTC */
#define RT__PROFILE_GAPS   16   /* gaps between calls: under 1 s, 2 s, 4 s … over 4.5 hours */
#define RT__PROFILE_SKETCH 64   /* registers of a distinct count: about 13 % error */

typedef struct rt__profile {
  uint64_t exchanges, answered, tokens_in, tokens_out;
  int64_t first_us, last_us; /* 0 while there are no exchanges */
  uint16_t hour[RT__PROFILE_HOURS];
  uint32_t gap[RT__PROFILE_GAPS]; /* of an ordered run; a merge adds, without the gap between the
                                     parts */
  uint8_t networks[RT__PROFILE_SKETCH], clients[RT__PROFILE_SKETCH], models[RT__PROFILE_SKETCH];
} rt__profile;

_Static_assert(sizeof(rt__profile) <= RT__PROFILE_MAX, "a profile is at most 1 KiB");

/* adds one digest; within one run they come in the order of time */
void rt__profile_add(rt__profile *p, const rt_digest *g);
void rt__profile_merge(rt__profile *p, const rt__profile *other);
/* the profile of account i of a set. O(its records) */
void rt__profile_of(const rt__set *s, size_t account, rt__profile *out);
/* estimate of a distinct count (HyperLogLog with linear counting: Flajolet and others 2007) */
double rt__profile_distinct(const uint8_t registers[RT__PROFILE_SKETCH]);

#endif
