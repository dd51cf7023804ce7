/* group - rows of several accounts: what a candidate campaign is made of.
 *
 * Accounts ascend, rows ascend within an account. A group owns its arrays; they come from one
 * allocator and go with rt__group_free.
 */
#ifndef RT_ACCOUNT_GROUP_H
#define RT_ACCOUNT_GROUP_H

#include "account/starts.h"

/* where a candidate came from: code, name */
#define RT__ORIGIN_MAP(X)                                                                          \
  X(RT__FROM_SKELETON, "skeleton")                                                                 \
  X(RT__FROM_LEXICAL, "lexical")                                                                   \
  X(RT__FROM_CLOCK, "clock")                                                                       \
  X(RT__FROM_WHOLE, "whole clock")                                                                 \
  X(RT__FROM_CUSTOMERS, "customers")                                                               \
  X(RT__FROM_FEW, "few starts")                                                                    \
  X(RT__FROM_ALIKE, "alike")                                                                       \
  X(RT__FROM_FACTS, "facts")                                                                       \
  X(RT__FROM_KEYS, "keys")

typedef enum rt__origin {
#define RT__ORIGIN_ENUM(code, name) code,
  RT__ORIGIN_MAP(RT__ORIGIN_ENUM)
#undef RT__ORIGIN_ENUM
      RT__ORIGIN_COUNT
} rt__origin;

#define RT__HANDFUL 8 /* accounts: of fewer there are so many groups that chance makes some */

const char *rt__origin_name(rt__origin o);

typedef struct rt__group {
  rt__origin origin;
  bool one_bundle;   /* chosen by its parameters: that they agree is no evidence */
  uint32_t detail;   /* segments of a skeleton, resolution of a lexical cluster */
  uint32_t n;        /* accounts */
  uint32_t *account; /* n, ascending */
  uint32_t *at;      /* n + 1: rows of account i are row[at[i]] … row[at[i + 1] - 1] */
  uint32_t *row;
  uint32_t n_once; /* accounts that go with the group without evidence of their own */
  uint32_t *once;
  uint32_t cap_n, cap_row, cap_once; /* as allocated */
} rt__group;

/* from rows in ascending order: keeps accounts with at least `least` rows. The group is empty (n ==
 * 0) when none has. */
rt_code rt__group_from_rows(const rt_alloc *a, const rt__starts *s, const uint32_t *rows, size_t n,
                            uint32_t least, rt__origin origin, rt__group *out) RT__MUST_CHECK;
/* all rows of some accounts (ascending) */
rt_code rt__group_of_accounts(const rt__starts *s, const uint32_t *account, size_t n,
                              rt__group *out) RT__MUST_CHECK;
/* a copy of the accounts for which keep[i] */
rt_code rt__group_part(const rt__starts *s, const rt__group *g, const bool *keep,
                       rt__group *out) RT__MUST_CHECK;
void rt__group_free(const rt_alloc *a, rt__group *g);

static inline uint32_t rt__group_rows(const rt__group *g, uint32_t i)
{
  return g->at[i + 1] - g->at[i];
}
bool rt__group_has(const rt__group *g, uint32_t account);

/* keeps the accounts for which keep[i] */
void rt__group_filter(rt__group *g, const bool *keep);

/* a growing list of groups, bounded */
#define RT__GROUPS_MAX ((size_t)1 << 22)
typedef struct rt__groups {
  const rt_alloc *alloc;
  rt__group *g;
  size_t n, cap;
} rt__groups;
void rt__groups_init(rt__groups *l, const rt_alloc *a);
void rt__groups_free(rt__groups *l);
/* takes the group's arrays over, also on failure */
rt_code rt__groups_take(rt__groups *l, rt__group *g) RT__MUST_CHECK;

/* Appends, for each bundle of parameters that at least `least_accounts` accounts of g use in at
 * least `least_rows` rows, those rows as a group of their own, unless one bundle is nearly all of
 * g: many programs meet in one phrase or topic, and an operator among them has parameters of its
 * own. */
rt_code rt__groups_by_bundle(rt__groups *l, const rt__starts *s, const rt__group *g,
                             uint32_t least_accounts, uint32_t least_rows) RT__MUST_CHECK;

#endif
