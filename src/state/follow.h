/* follow - which of today's campaigns is which of yesterday's, and what happened to each.
 *
 * The rule, in order; nothing else decides:
 *  0. A campaign that bears the id under which a person has confirmed members of it keeps that, and
 *     the old campaign of that id goes on in it.
 *  1. An old and a new campaign are *linked* if the accounts that they share are at least half of
 *     the smaller one. Accounts without a record today don't count.
 *  2. An old campaign goes on in the linked new one with which it shares most accounts (ties: the
 *     smaller id).
 *  3. Where several go on in one new campaign, they have merged: it keeps the id of one that the
 *     last run found before one that had gone, then of the one first seen, then the smallest id.
 *  4. A linked new campaign in which none goes on has split off. It and one without a link get an
 * id of their own: the one they were found with, or, where that is taken, the next that is free.
 *  0. Before all this: a campaign that bears the id under which a person has confirmed members of
 * it keeps that, and the old campaign of that id goes on in it.
 *  5. An old campaign without a link has gone. It stays in the memory as long as one of its
 * accounts has a record, and may come back.
 *
 * Caveats
 *  - Benign campaigns take no part: whether they are printed (--all) must not change ids. They only
 *    get out of the way of ids that are taken.
 *  - The result is a function of the two lists, not of their order. O(n log n) in accounts.
 */
#ifndef RT_STATE_FOLLOW_H
#define RT_STATE_FOLLOW_H

#include "state/memory.h"

/* a campaign of today */
typedef struct rt__seen {
  uint64_t id;    /* found with; distinct */
  bool confirmed; /* ... because a person confirmed members of it under this id */
  rt_verdict verdict;
  int64_t first_us;
  uint64_t *members; /* hashes, distinct; will be sorted */
  size_t n_members;
} rt__seen;

/* what the follower asks of the outside */
typedef struct rt__today {
  void *ctx;
  int64_t at_us;                                     /* last exchange known of */
  bool (*is_here)(void *ctx, uint64_t account);      /* has a record */
  int64_t (*closed_us)(void *ctx, uint64_t account); /* 0: not closed */
} rt__today;

typedef struct rt__followed {
  rt__memory memory; /* the list of held accounts is borrowed from the old one */
  uint64_t *ids;     /* of each seen campaign, in the order given; in the memory's arena */
  const rt__remembered **known; /* likewise: what is remembered of it; NULL if benign */
  /* what changed in this run, by campaign id */
  struct rt__what_changed {
    uint64_t id;
    rt_change change;
  } * changes;
  size_t n_changes;
} rt__followed;

rt_code rt__follow(const rt__memory *old, rt__seen *seen, size_t n, const rt__today *today,
                   rt__followed *out, rt_error *err);
void rt__followed_free(rt__followed *f);

#endif
