#include "campaign/finding_impl.h"

#include <math.h>

/* accessors: (type, function, field, value when there is none) */
#define RUN_MAP(X)                                                                                 \
  X(uint64_t, rt_findings_exchanges, exchanges, 0)                                                 \
  X(uint64_t, rt_findings_duplicates, duplicates, 0)                                               \
  X(uint64_t, rt_findings_accounts, accounts, 0)                                                   \
  X(size_t, rt_findings_tenants, tenants, 0)                                                       \
  X(const char *, rt_findings_view, view, "metadata")                                              \
  X(double, rt_findings_prior, prior, 0)                                                           \
  X(size_t, rt_findings_profile_bytes, profile_bytes, 0)                                           \
  X(size_t, rt_findings_digest_bytes, digest_bytes, 0)                                             \
  X(size_t, rt_findings_campaigns, n_campaigns, 0)                                                 \
  X(size_t, rt_findings_notes, n_notes, 0)

#define CAMPAIGN_MAP(X)                                                                            \
  X(rt_verdict, rt_campaign_verdict, verdict, RT_VERDICT_BENIGN)                                   \
  X(double, rt_campaign_score, score, 0)                                                           \
  X(double, rt_campaign_coordination, coordination, 0)                                             \
  X(double, rt_campaign_extraction, extraction, 0)                                                 \
  X(double, rt_campaign_concealment, concealment, 0)                                               \
  X(double, rt_campaign_not_chance_p, not_chance_p, NAN)                                           \
  X(const char *, rt_campaign_chance_method, chance_method, "")                                    \
  X(double, rt_campaign_decoy_fdr, decoy_fdr, NAN)                                                 \
  X(unsigned, rt_campaign_decoys, decoys, 0)                                                       \
  X(uint64_t, rt_campaign_confirmed, confirmed, 0)                                                 \
  X(uint64_t, rt_campaign_harvesting, harvesting, 0)                                               \
  X(uint64_t, rt_campaign_exchanges, exchanges, 0)                                                 \
  X(uint64_t, rt_campaign_tokens_in, tokens_in, 0)                                                 \
  X(uint64_t, rt_campaign_tokens_out, tokens_out, 0)                                               \
  X(int64_t, rt_campaign_first_us, first_us, 0)                                                    \
  X(int64_t, rt_campaign_last_us, last_us, 0)                                                      \
  X(int64_t, rt_campaign_flaggable_us, flaggable_us, 0)                                            \
  X(size_t, rt_campaign_evidence_count, n_evidence, 0)                                             \
  X(size_t, rt_campaign_counter_count, n_counters, 0)                                              \
  X(size_t, rt_campaign_members, n_members, 0)                                                     \
  X(size_t, rt_campaign_changes, n_changes, 0)

#define MEMBER_MAP(X)                                                                              \
  X(rt_slice, rt_member_account, account, ((rt_slice){NULL, 0}))                                   \
  X(rt_slice, rt_member_tenant, tenant, ((rt_slice){NULL, 0}))                                     \
  X(rt_role, rt_member_role, role, RT_ROLE_BYSTANDER)                                              \
  X(bool, rt_member_reopened, reopened, false)                                                     \
  X(double, rt_member_score, score, 0)                                                             \
  X(uint64_t, rt_member_exchanges, exchanges, 0)                                                   \
  X(uint64_t, rt_member_tokens, tokens, 0)                                                         \
  X(int64_t, rt_member_first_us, first_us, 0)                                                      \
  X(int64_t, rt_member_last_us, last_us, 0)

#define GET_RUN(type, fn, field, none)                                                             \
  type fn(const rt_findings *f)                                                                    \
  {                                                                                                \
    return f ? f->field : none;                                                                    \
  }
RUN_MAP(GET_RUN)

#define GET_CAMPAIGN(type, fn, field, none)                                                        \
  type fn(const rt_campaign *c)                                                                    \
  {                                                                                                \
    return c ? c->field : none;                                                                    \
  }
CAMPAIGN_MAP(GET_CAMPAIGN)

#define GET_MEMBER(type, fn, field, none)                                                          \
  type fn(const rt_member *m)                                                                      \
  {                                                                                                \
    return m ? m->field : none;                                                                    \
  }
MEMBER_MAP(GET_MEMBER)

const rt_campaign *rt_findings_campaign(const rt_findings *f, size_t i)
{
  return f && i < f->n_campaigns ? &f->campaigns[i] : NULL;
}

const rt_account_note *rt_findings_note(const rt_findings *f, size_t i)
{
  return f && i < f->n_notes ? &f->notes[i] : NULL;
}

rt_slice rt_campaign_id(const rt_campaign *c)
{
  return c ? rt__cstr(c->id) : (rt_slice){NULL, 0};
}

const rt_evidence *rt_campaign_evidence(const rt_campaign *c, size_t i)
{
  return c && i < c->n_evidence ? &c->evidence[i] : NULL;
}

const rt_counter *rt_campaign_counter(const rt_campaign *c, size_t i)
{
  return c && i < c->n_counters ? &c->counters[i] : NULL;
}

const rt_change *rt_campaign_change(const rt_campaign *c, size_t i)
{
  return c && i < c->n_changes ? &c->changes[i] : NULL;
}

const rt_member *rt_campaign_member(const rt_campaign *c, size_t i)
{
  return c && i < c->n_members ? &c->members[i] : NULL;
}

double rt_member_bits(const rt_member *m, rt_family f)
{
  return m && (unsigned)f < RT_FAMILY_COUNT ? m->bits[f] : NAN;
}
