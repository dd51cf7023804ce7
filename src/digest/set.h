/* set - digests in the order of the house, ready for random access.
 *
 * A set is filled (in any order, by one thread), sealed (sorted by account, time, content; duplicates by
 * (account, id) dropped: earliest time, then smallest record), then read. Memory: the records, or, above
 * `memory_max`, spool files behind the rt__spool callbacks, one per range of account hashes, so that the
 * final order is their concatenation. Reading from a spooled set goes through the callbacks' `map`.
 */
#ifndef RT_DIGEST_SET_H
#define RT_DIGEST_SET_H

#include "base/hash.h"
#include "retort/digest.h"

/* storage beyond memory, supplied by the caller (the library does no I/O itself); NULL callbacks = none */
typedef struct rt__spool {
  void *ctx;
  rt_code (*append)(void *ctx, unsigned part, const void *p, size_t n, rt_error *err);
  /* whole part as memory, writable copies not needed; stays until `drop` */
  rt_code (*map)(void *ctx, unsigned part, const void **p, size_t *n, rt_error *err);
  rt_code (*drop)(void *ctx, unsigned part);
} rt__spool;

typedef struct rt__set rt__set;

rt_code rt__set_new(const rt_alloc *alloc, size_t memory_max, const rt__spool *spool, rt__set **out,
                    rt_error *err);
void rt__set_free(rt__set *s);

/* a sink that fills the set; valid while the set is unsealed */
rt_digest_sink rt__set_sink(rt__set *s);

/* moves all of `from` (unsealed) into s; from is left empty. For one set a thread. */
rt_code rt__set_absorb(rt__set *s, rt__set *from, rt_error *err);

/* sorts, drops duplicates, indexes. O(n log n) */
rt_code rt__set_seal(rt__set *s, rt_error *err);

/* --- after seal */
size_t rt__set_count(const rt__set *s);      /* records */
size_t rt__set_duplicates(const rt__set *s); /* dropped by seal */
size_t rt__set_accounts(const rt__set *s);
size_t rt__set_bytes(const rt__set *s); /* memory held */

/* record k in the order of the house; tails are valid until the set is freed */
void rt__set_get(const rt__set *s, size_t k, rt_digest *out);
/* fast columns: without unpacking the record */
int64_t rt__set_time(const rt__set *s, size_t k);

/* records of account i: [first, first + count); accounts are ordered by hash */
void rt__set_range(const rt__set *s, size_t i, size_t *first, size_t *count);
uint64_t rt__set_account(const rt__set *s, size_t i);
/* its name; missing (p == NULL) if it was never announced */
rt_slice rt__set_name(const rt__set *s, size_t i);
/* index of an account hash; false if it has no record */
bool rt__set_find(const rt__set *s, uint64_t account, size_t *i);

/* segment by hash; NULL if unknown */
const rt_segment *rt__set_segment(const rt__set *s, uint64_t hash);

#endif
