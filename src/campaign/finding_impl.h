/* finding_impl - the structs behind finding.h. Everything lives in one arena. */
#ifndef RT_CAMPAIGN_FINDING_IMPL_H
#define RT_CAMPAIGN_FINDING_IMPL_H

#include "retort/finding.h"

#include "base/base.h"

struct rt_member {
  rt_slice account, tenant;
  uint64_t hash;
  rt_role role;
  bool reopened; /* cleared, and found again by what it did since */
  double score;
  uint64_t exchanges, tokens;
  int64_t first_us, last_us;
  double bits[RT_FAMILY_COUNT];
};

struct rt_campaign {
  char id[20];
  rt_verdict verdict;
  double score, coordination, extraction, concealment;
  double not_chance_p, decoy_fdr;
  const char *chance_method;
  unsigned decoys;
  uint64_t confirmed; /* members that a person has confirmed under this id */
  uint64_t harvesting, exchanges, tokens_in, tokens_out;
  int64_t first_us, last_us, flaggable_us;
  rt_evidence *evidence;
  size_t n_evidence;
  rt_counter *counters;
  size_t n_counters;
  struct rt_member *members;
  size_t n_members;
  rt_change *changes; /* see remember.h */
  size_t n_changes;
};

struct rt_findings {
  rt__arena *arena;
  uint64_t exchanges, duplicates, accounts;
  const char *view;
  double prior;
  size_t tenants; /* looked at one by one; accounts without any are one */
  size_t profile_bytes, digest_bytes;
  struct rt_campaign *campaigns;
  size_t n_campaigns;
  rt_account_note *notes;
  size_t n_notes;
};

/* remember.h, on findings alone */
struct rt__remembrance;
rt_code rt__findings_remember(rt_findings *f, const struct rt__remembrance *r, rt_error *err);

#endif
