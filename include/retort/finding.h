/* retort/finding.h - what a scan found: campaigns, their members, and why. Plain accessors.
 *
 * Caveats
 *  - Everything returned is borrowed from the findings and dies with the scan.
 *  - Campaigns come in the order of the contract: score falling, then id; members likewise.
 *  - An index out of range gives NULL, an empty slice or 0: nothing crashes. Every accessor takes
 *    NULL and is O(1).
 *  - Times (…_us) are microseconds since 1970 UTC; bits are log2 likelihood ratios.
 */
#ifndef RETORT_FINDING_H
#define RETORT_FINDING_H

#include "retort/scan.h"

#ifdef __cplusplus
extern "C" {
#endif

#define RT_VERDICT_MAP(X)                                                                          \
  X(RT_VERDICT_DISTILLATION, "distillation")                                                       \
  X(RT_VERDICT_SUSPECT, "suspect")                                                                 \
  X(RT_VERDICT_POOLED, "pooled")                                                                   \
  X(RT_VERDICT_BENIGN, "benign")
typedef enum rt_verdict {
#define RT_VERDICT_ENUM(code, name) code,
  RT_VERDICT_MAP(RT_VERDICT_ENUM)
#undef RT_VERDICT_ENUM
      RT_VERDICT_COUNT
} rt_verdict;
const char *rt_verdict_name(rt_verdict v);

#define RT_ROLE_MAP(X)                                                                             \
  X(RT_ROLE_HARVEST, "harvest")                                                                    \
  X(RT_ROLE_COVER, "cover")                                                                        \
  X(RT_ROLE_BYSTANDER, "bystander")
typedef enum rt_role {
#define RT_ROLE_ENUM(code, name) code,
  RT_ROLE_MAP(RT_ROLE_ENUM)
#undef RT_ROLE_ENUM
      RT_ROLE_COUNT
} rt_role;
const char *rt_role_name(rt_role r);

typedef struct rt_campaign rt_campaign; /* opaque */
typedef struct rt_member rt_member;     /* opaque */

/* ---- the run */
uint64_t rt_findings_exchanges(const rt_findings *f); /* digests after duplicates were dropped */
uint64_t rt_findings_duplicates(const rt_findings *f);
uint64_t rt_findings_accounts(const rt_findings *f);
/* tenants that were looked at one by one; accounts without any are one together */
size_t rt_findings_tenants(const rt_findings *f);
const char *rt_findings_view(const rt_findings *f); /* "facts", "text" or "metadata" */
double rt_findings_prior(const rt_findings *f);
/* bytes of an account's profile, and of all digests held */
size_t rt_findings_profile_bytes(const rt_findings *f);
size_t rt_findings_digest_bytes(const rt_findings *f);

/* ---- campaigns */
size_t rt_findings_campaigns(const rt_findings *f);
const rt_campaign *rt_findings_campaign(const rt_findings *f, size_t i);

rt_slice rt_campaign_id(const rt_campaign *c); /* "rc-" and 16 hex digits */
rt_verdict rt_campaign_verdict(const rt_campaign *c);
double rt_campaign_score(const rt_campaign *c);        /* posterior probability, 0 to 1 */
double rt_campaign_coordination(const rt_campaign *c); /* strengths, 0 to 1, not probabilities */
double rt_campaign_extraction(const rt_campaign *c);
double rt_campaign_concealment(const rt_campaign *c);
double rt_campaign_not_chance_p(const rt_campaign *c); /* 0 to 1; NaN where one family is all */
const char *rt_campaign_chance_method(const rt_campaign *c); /* how that was found; "" without */
double rt_campaign_decoy_fdr(const rt_campaign *c);          /* 0 to 1; NaN without decoys */
unsigned rt_campaign_decoys(const rt_campaign *c);           /* copies of each that it rests on */
/* members that a person has confirmed under this very id */
uint64_t rt_campaign_confirmed(const rt_campaign *c);
uint64_t rt_campaign_harvesting(const rt_campaign *c); /* members with role harvest */
uint64_t rt_campaign_exchanges(const rt_campaign *c);  /* of members with role harvest or cover */
uint64_t rt_campaign_tokens_in(const rt_campaign *c);
uint64_t rt_campaign_tokens_out(const rt_campaign *c);
int64_t rt_campaign_first_us(const rt_campaign *c); /* first and last exchange of those members */
int64_t rt_campaign_last_us(const rt_campaign *c);
int64_t rt_campaign_flaggable_us(const rt_campaign *c); /* 0 without rt_scan_replay */

/* evidence, strongest first; quartiles over members */
typedef struct rt_evidence {
  rt_family family;
  double bits;         /* for the median member */
  double quartiles[3]; /* of the members' bits */
  const char *what;    /* one sentence with its numbers */
  size_t n_values;     /* what was shared, where it can be named: not yet, so 0 */
  const char *const *values;
} rt_evidence;
size_t rt_campaign_evidence_count(const rt_campaign *c);
const rt_evidence *rt_campaign_evidence(const rt_campaign *c, size_t i);

/* innocent (and rival) causes, nearest first; log_odds in bits, of that cause against the verdict's
 */
typedef struct rt_counter {
  const char *cause;
  double log_odds;
  const char *what;
} rt_counter;
size_t rt_campaign_counter_count(const rt_campaign *c);
const rt_counter *rt_campaign_counter(const rt_campaign *c, size_t i);

/* what happened to the campaign between runs, oldest first; there only where runs are remembered
 * ('retort scan --state' or --previous). Times are those of data, never of the clock. */
#define RT_CHANGE_MAP(X)                                                                           \
  X(RT_CHANGE_NEW, "new")           /* accounts: how many it had */                                \
  X(RT_CHANGE_GREW, "grew")         /* accounts: how many came */                                  \
  X(RT_CHANGE_SHRANK, "shrank")     /* accounts: how many left */                                  \
  X(RT_CHANGE_REPLACED, "replaced") /* closed: accounts closed since; accounts: how many came */   \
  X(RT_CHANGE_MERGED, "merged")     /* other: the campaign that it took in */                      \
  X(RT_CHANGE_SPLIT, "split")       /* other: the campaign that it came off */                     \
  X(RT_CHANGE_VERDICT, "verdict")   /* was, now */                                                 \
  X(RT_CHANGE_GONE, "gone")         /* found no more */                                            \
  X(RT_CHANGE_BACK, "back")         /* found again; accounts: how many it has */
typedef enum rt_change_kind {
#define RT_CHANGE_ENUM(code, name) code,
  RT_CHANGE_MAP(RT_CHANGE_ENUM)
#undef RT_CHANGE_ENUM
      RT_CHANGE_COUNT
} rt_change_kind;
const char *rt_change_name(rt_change_kind k);

typedef struct rt_change {
  int64_t at_us; /* last exchange that the run knew of */
  rt_change_kind kind;
  uint64_t accounts, closed;
  char other[20]; /* "" where there is none */
  rt_verdict was, now;
} rt_change;
size_t rt_campaign_changes(const rt_campaign *c);
const rt_change *rt_campaign_change(const rt_campaign *c, size_t i);

/* ---- members */
size_t rt_campaign_members(const rt_campaign *c);
const rt_member *rt_campaign_member(const rt_campaign *c, size_t i);
rt_slice rt_member_account(const rt_member *m);
rt_slice rt_member_tenant(const rt_member *m); /* p == NULL where none is known */
rt_role rt_member_role(const rt_member *m);
/* a person had cleared it, but by what it did since it belongs with accounts that nobody cleared */
bool rt_member_reopened(const rt_member *m);
double rt_member_score(const rt_member *m); /* 0 to 1 */
uint64_t rt_member_exchanges(const rt_member *m);
uint64_t rt_member_tokens(const rt_member *m);
int64_t rt_member_first_us(const rt_member *m);
int64_t rt_member_last_us(const rt_member *m);
/* bits of a family for this member; NaN where the family says nothing */
double rt_member_bits(const rt_member *m, rt_family f);

/* ---- accounts outside campaigns (only with options.all) */
typedef struct rt_account_note {
  rt_slice account, tenant; /* tenant: p == NULL where none is known */
  rt_slice nearest;         /* campaign id, empty if none */
  int64_t cleared_us; /* a person's clearance that holds, until then; INT64_MAX for good; 0 none */
  double score;       /* 0 to 1 */
  size_t n_missing;
  const char *const *missing; /* what the best group that it was in lacks, a phrase each */
} rt_account_note;
size_t rt_findings_notes(const rt_findings *f);
const rt_account_note *rt_findings_note(const rt_findings *f, size_t i);

#ifdef __cplusplus
}
#endif
#endif
