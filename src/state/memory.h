/* memory - what a state remembers beside digests: the campaigns of earlier runs, by the keyed
 * hashes of their members, and which accounts a legal hold keeps.
 *
 * Caveats
 *  - All of it lives in one arena, of at most RT__MEMORY_MAX bytes; a memory is made once and then
 *    only read. What changes is made anew.
 *  - No names: accounts are hashes under the operator's key, campaigns are ids.
 *  - Bytes are canonical: equal memories give equal bytes (lists are sorted).
 */
#ifndef RT_STATE_MEMORY_H
#define RT_STATE_MEMORY_H

#include "digest/bytes.h"
#include "retort/finding.h"

#define RT__MEMORY_MAX  ((size_t)1 << 30)
#define RT__CHANGES_MAX 256 /* of one campaign: the first stays, then the oldest go */
#define RT__CAMPAIGN_ID 20  /* "rc-", 16 hex digits, NUL */

typedef struct rt__remembered {
  uint64_t id;
  bool gone; /* not found by the last run */
  rt_verdict verdict;
  int64_t first_us;
  const uint64_t *members; /* hashes, rising */
  size_t n_members;
  const rt_change *changes;
  size_t n_changes;
} rt__remembered;

typedef struct rt__memory {
  rt__arena *arena;
  int64_t as_of_us;                /* last exchange that the last run knew of; 0: no run yet */
  const rt__remembered *campaigns; /* id rising */
  size_t n_campaigns;
  const uint64_t *held; /* accounts under a hold, rising */
  size_t n_held;
} rt__memory;

/* an empty one; RT_E_NOMEM */
rt_code rt__memory_init(rt__memory *m, rt_error *err) RT__MUST_CHECK;
void rt__memory_free(rt__memory *m);

bool rt__memory_holds(const rt__memory *m, uint64_t account); /* O(log held) */

/* A copy in an initialised `to`, with another list of held accounts (any order, doubles allowed;
 * NULL with n 0: none). */
rt_code rt__memory_hold(const rt__memory *from, const uint64_t *held, size_t n, rt__memory *to,
                        rt_error *err);
/* A copy in an initialised `to` in which this account is a member of nothing. A campaign that is
 * gone and has no other member goes, too; as_of_us is at most `newest_us`. */
rt_code rt__memory_forget(const rt__memory *from, uint64_t account, int64_t newest_us,
                          rt__memory *to, rt_error *err);

/* as bytes; the layout is in docs/daily.md */
rt_code rt__memory_encode(const rt__memory *m, rt__out *out) RT__MUST_CHECK;
/* RT_E_FORMAT on anything that encode does not write */
rt_code rt__memory_decode(rt_slice bytes, rt__memory *m, rt_error *err);

/* "rc-" and 16 hex digits; false if it is something else */
void rt__campaign_name(uint64_t id, char out[RT__CAMPAIGN_ID]);
bool rt__campaign_number(rt_slice name, uint64_t *id);

#endif
