/* detect - the way from ordered digests to drafts of campaigns, one function a stage. */
#ifndef RT_CAMPAIGN_DETECT_H
#define RT_CAMPAIGN_DETECT_H

#include "base/team.h"
#include "campaign/candidate.h"
#include "campaign/finding_impl.h"

/* all that lives from the ordered digests to the findings */
typedef struct rt__detection {
  const rt_alloc *alloc;
  const rt_scan_options *options;
  rt__team team; /* of the options */
  const rt__set *set;
  const rt__facts *facts; /* NULL: none */
  const bool *cleared;    /* of each account: under a person's clearance; NULL: none (cleared.c) */
  const rt__release *releases;
  size_t n_releases;
  rt__starts starts;
  rt__reference reference;
  rt__groups groups;
  rt__candidate *candidates;
  size_t n_candidates;
  rt__drafts drafts;
} rt__detection;

rt_code rt__detect(rt__detection *d, rt_error *err);
void rt__detection_free(rt__detection *d);

/* the rows of a draft's accounts: those by which each was found, or all its starts (compose.c) */
rt_code rt__compose(const rt__detection *d, const rt__draft *x, rt__group *out) RT__MUST_CHECK;

/* evidence and counter-evidence of a campaign in words with numbers (words.c) */
rt_code rt__word_evidence(const rt__detection *d, const rt__group *g, const rt__bits *b,
                          const double *member, rt__arena *arena,
                          struct rt_campaign *c) RT__MUST_CHECK;
rt_code rt__word_counters(const rt__bits *b, rt_verdict v, rt__arena *arena,
                          struct rt_campaign *c) RT__MUST_CHECK;

/* why the other accounts are in no campaign (notes.c); id: of each draft */
rt_code rt__take_notes(const rt__detection *d, const char *const *id, rt_findings *out,
                       rt_error *err);

/* Indices of the set's accounts by tenant, tenants ascending by hash and accounts within: those of
 * tenant k are account[at[k]] … account[at[k + 1] - 1]. A tenant is what its exchanges say, else
 * its facts (sealed; NULL: none); accounts without any are together. (tenant.c) */
typedef struct rt__tenants {
  uint32_t *account;
  size_t *at;
  size_t n, n_accounts;
} rt__tenants;
rt_code rt__tenants_of(const rt_alloc *a, const rt__set *set, const rt__facts *facts,
                       rt__tenants *out) RT__MUST_CHECK;
void rt__tenants_free(const rt_alloc *a, rt__tenants *t);

/* What a person has cleared. Fills after_us of every account of `set` from the facts (lined up with
 * it): INT64_MIN, or the moment up to which its exchanges don't count, since they were looked at.
 * cleared[i] likewise. Now is the last exchange of the accounts named. *any: there is one. */
void rt__cleared(const rt__set *set, const rt__facts *facts, const uint32_t *accounts, size_t n,
                 int64_t *after_us, bool *cleared, bool *any);
/* campaigns at least half of whose accounts are cleared: benign with `all`, else dropped */
void rt__clear_drafts(rt__detection *d);

/* Gives each campaign that a person has confirmed members of their id: the one that holds most of
 * them. Campaigns are in the order of the drafts. (confirmed.c) */
rt_code rt__confirm(const rt__detection *d, rt_findings *out) RT__MUST_CHECK;

/* the order of campaigns and of notes on accounts: score (falling), then name */
int rt__by_campaign(const void *a, const void *b);
int rt__by_note(const void *a, const void *b);

/* Drops campaigns whose members, without the bystanders, are a firm in the open; with `all` they
 * are benign. Bystanders of whom another candidate mostly consists are its campaign. O(rows log
 * rows) a campaign (remains.c) */
rt_code rt__ask_remains(rt__detection *d, rt_error *err) RT__MUST_CHECK;

/* Accounts of no campaign for which a card pays that pays for two or more accounts of one, and for
 * few others, go along with it. O(accounts) (cards.c) */
rt_code rt__join_by_card(rt__detection *d, rt_error *err) RT__MUST_CHECK;

/* words the drafts: ids, members, roles, evidence, counter-evidence (describe.c) */
rt_code rt__describe(const rt__detection *d, rt_findings *out, rt_error *err);

#endif
