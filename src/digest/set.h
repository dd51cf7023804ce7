/* set - digests in the order of the house, ready for random access.
 *
 * A set is filled (in any order, by one thread), sealed (sorted by account, time, content;
 * duplicates by (account, id) dropped: earliest time, then smallest record), then read (by any
 * number of threads).
 *
 * Memory: about 200 bytes a record in all, and 56 more while sealing. Above `memory_max` the
 * records go to a spool, one part a range of account hashes, so that the final order is the
 * concatenation of the parts, each sealed on its own. Without a spool, memory_max is a limit that
 * is refused (RT_E_LIMIT).
 *
 * Caveats
 *  - After an error from filling, absorbing or sealing, only rt__set_free is of use: every other
 * call gives the error again.
 *  - The result is a function of what was added, not of order, threads or spooling. Where two names
 * are announced for one account, or two texts for one segment, the smaller one stays.
 *  - Names and segments are kept in memory: each of them in memory_max / 4 (1 MiB at least), above
 *    which names are refused (RT_E_LIMIT) and of segments only a sample by hash is kept, the same
 * for any order.
 */
#ifndef RT_DIGEST_SET_H
#define RT_DIGEST_SET_H

#include "base/hash.h"
#include "retort/digest.h"

/* Storage beyond memory, supplied by the caller (the library does no I/O itself). A part is a
 * growing sequence of bytes, empty at first and again after `drop`. */
#define RT__SPOOL_PARTS 64                    /* ranges of account hashes */
#define RT__SPOOL_TOTAL (3 * RT__SPOOL_PARTS) /* part numbers in use: raw, sorted, index */

typedef struct rt__spool {
  void *ctx;
  rt_code (*append)(void *ctx, unsigned part, const void *p, size_t n, rt_error *err);
  /* the whole part as read-only memory, aligned to 8; stays until `drop`; no append in between */
  rt_code (*map)(void *ctx, unsigned part, const void **p, size_t *n, rt_error *err);
  rt_code (*drop)(void *ctx, unsigned part);
} rt__spool;

typedef struct rt__set rt__set;

/* alloc NULL: the default one; memory_max 0: 1 GiB; spool NULL: none. The callbacks are copied; no
 * two sets may share a ctx. */
rt_code rt__set_new(const rt_alloc *alloc, size_t memory_max, const rt__spool *spool, rt__set **out,
                    rt_error *err);
void rt__set_free(rt__set *s);

/* a sink that fills the set; valid while the set is unsealed */
rt_digest_sink rt__set_sink(rt__set *s);

/* moves all of `from` (unsealed, same allocator) into s; from is left empty. For one set a thread.
 * O(records of from), without copying those in memory. */
rt_code rt__set_absorb(rt__set *s, rt__set *from, rt_error *err);

/* sorts, drops duplicates, indexes. O(n log n) */
rt_code rt__set_seal(rt__set *s, rt_error *err);

/* Some accounts of a sealed set, as a set of their own that reads as if only they had been added.
 * Borrows the whole, which must outlive it. accounts: n of them, ascending indices; after_us (NULL:
 * all records): of account accounts[i], only records later than after_us[accounts[i]], so that an
 * account may have none. O(records of these) */
rt_code rt__set_view(const rt__set *whole, const uint32_t *accounts, size_t n,
                     const int64_t *after_us, rt__set **out, rt_error *err) RT__MUST_CHECK;

/* --- after seal */
size_t rt__set_count(const rt__set *s);      /* records */
size_t rt__set_duplicates(const rt__set *s); /* dropped by seal */
size_t rt__set_accounts(const rt__set *s);
size_t rt__set_bytes(const rt__set *s); /* memory held */

/* record k < count in the order of the house; tails are valid until the set is freed. O(1) */
void rt__set_get(const rt__set *s, size_t k, rt_digest *out);
/* fast columns: without unpacking the record */
int64_t rt__set_time(const rt__set *s, size_t k);

/* records of account i: [first, first + count); accounts are ordered by hash */
void rt__set_range(const rt__set *s, size_t i, size_t *first, size_t *count);
uint64_t rt__set_account(const rt__set *s, size_t i);
/* its name, with a NUL behind it; missing (p == NULL) if it was never announced */
rt_slice rt__set_name(const rt__set *s, size_t i);
/* index of an account hash; false if it has no record. O(log accounts) */
bool rt__set_find(const rt__set *s, uint64_t account, size_t *i);

/* segment by hash; NULL if unknown; valid until the set is freed. O(1) */
const rt_segment *rt__set_segment(const rt__set *s, uint64_t hash);

#endif
