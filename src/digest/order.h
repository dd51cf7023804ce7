/* order - sorts records and drops duplicates: the order of the house (rt_digest_cmp) in linear
 * time.
 *
 * Two radix sorts bring (account, time) in order; only records that tie in both are unpacked and
 * compared. Of records with the same account and id, the first in that order stays.
 */
#ifndef RT_DIGEST_ORDER_H
#define RT_DIGEST_ORDER_H

#include "base/hash.h"
#include "retort/digest.h"

typedef struct rt__entry {
  uint64_t account; /* not 0 */
  int64_t time_us;
  uint64_t at; /* where its packed record is: the caller knows */
} rt__entry;

/* the packed record of an entry */
typedef const unsigned char *(*rt__body_fn)(const void *ctx, const rt__entry *e);

/* sorts e[0..*n), drops duplicates, lowers *n accordingly. Takes 32 bytes an entry from `alloc` for
 * its duration. RT_E_NOMEM leaves the entries whole, in some order. */
rt_code rt__order(const rt_alloc *alloc, rt__entry *e, size_t *n, rt__body_fn body,
                  const void *ctx) RT__MUST_CHECK;

#endif
