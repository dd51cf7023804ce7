/* remember - what earlier runs knew of the campaigns that this one found: the ids under which
 * people know them, and what happened since. Not public: the memory itself is kept by the room
 * `state`.
 */
#ifndef RT_CAMPAIGN_REMEMBER_H
#define RT_CAMPAIGN_REMEMBER_H

#include "digest/set.h"
#include "retort/finding.h"

typedef struct rt__remembrance {
  char id[20]; /* the campaign's id from now on */
  const rt_change *changes;
  size_t n_changes;
} rt__remembrance;

/* After rt_scan_run: gives campaign i of the findings the id and the changes of r[i], for all of
 * them, and puts them in the order of finding.h again; notes on accounts follow. All are copied.
 * The ids must differ. O(campaigns log campaigns + notes) */
rt_code rt__scan_remember(rt_scan *s, const rt__remembrance *r, rt_error *err);

/* the account of a member, as digests know it */
uint64_t rt__member_hash(const rt_member *m);

/* the digests that the scan ran on, sealed; NULL before rt_scan_run */
const rt__set *rt__scan_set(const rt_scan *s);

/* when an account was closed, by its facts, else by the first enforcement event that names it; 0 if
 * it was not, or nothing is known of it */
int64_t rt__scan_closed_us(const rt_scan *s, uint64_t account);

#endif
