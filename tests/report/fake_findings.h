/* fake_findings - the accessors of retort/finding.h over plain structs, so that the report can be
 * tested without a scan. Included by one test program each; its definitions stand in for the
 * library's. */
#ifndef FAKE_FINDINGS_H
#define FAKE_FINDINGS_H

#include "base/base.h"
#include "retort/finding.h"

struct rt_member {
  const char *account;
  rt_role role;
  double score;
  uint64_t exchanges, tokens;
  int64_t first, last;
  double bits[RT_FAMILY_COUNT];
};

struct rt_campaign {
  const char *id;
  rt_verdict verdict;
  double score, coordination, extraction, concealment, p, fdr;
  const char *method;
  unsigned decoys;
  uint64_t exchanges, in, out;
  int64_t first, last, flaggable;
  const rt_evidence *evidence;
  size_t n_evidence;
  const rt_counter *counters;
  size_t n_counters;
  const rt_member *members;
  size_t n_members;
  const rt_change *changes;
  size_t n_changes;
};

struct rt_findings {
  uint64_t exchanges, duplicates, accounts;
  size_t tenants;
  const char *view;
  double prior;
  const rt_campaign *campaigns;
  size_t n_campaigns;
  const rt_account_note *notes;
  size_t n_notes;
};

uint64_t rt_findings_exchanges(const rt_findings *f)
{
  return f->exchanges;
}
uint64_t rt_findings_duplicates(const rt_findings *f)
{
  return f->duplicates;
}
uint64_t rt_findings_accounts(const rt_findings *f)
{
  return f->accounts;
}
size_t rt_findings_tenants(const rt_findings *f)
{
  return f->tenants;
}
const char *rt_findings_view(const rt_findings *f)
{
  return f->view;
}
double rt_findings_prior(const rt_findings *f)
{
  return f->prior;
}
size_t rt_findings_campaigns(const rt_findings *f)
{
  return f->n_campaigns;
}
const rt_campaign *rt_findings_campaign(const rt_findings *f, size_t i)
{
  return i < f->n_campaigns ? &f->campaigns[i] : NULL;
}
rt_slice rt_campaign_id(const rt_campaign *c)
{
  return rt__cstr(c->id);
}
rt_verdict rt_campaign_verdict(const rt_campaign *c)
{
  return c->verdict;
}
double rt_campaign_score(const rt_campaign *c)
{
  return c->score;
}
double rt_campaign_coordination(const rt_campaign *c)
{
  return c->coordination;
}
double rt_campaign_extraction(const rt_campaign *c)
{
  return c->extraction;
}
double rt_campaign_concealment(const rt_campaign *c)
{
  return c->concealment;
}
double rt_campaign_not_chance_p(const rt_campaign *c)
{
  return c->p;
}
const char *rt_campaign_chance_method(const rt_campaign *c)
{
  return c->method;
}
double rt_campaign_decoy_fdr(const rt_campaign *c)
{
  return c->fdr;
}
unsigned rt_campaign_decoys(const rt_campaign *c)
{
  return c->decoys;
}
uint64_t rt_campaign_confirmed(const rt_campaign *c)
{
  return strcmp(c->id, "rc-02") == 0 ? 1 : 0;
}
uint64_t rt_campaign_harvesting(const rt_campaign *c)
{
  uint64_t n = 0;
  for (size_t i = 0; i < c->n_members; i++)
    n += c->members[i].role == RT_ROLE_HARVEST;
  return n;
}
uint64_t rt_campaign_exchanges(const rt_campaign *c)
{
  return c->exchanges;
}
uint64_t rt_campaign_tokens_in(const rt_campaign *c)
{
  return c->in;
}
uint64_t rt_campaign_tokens_out(const rt_campaign *c)
{
  return c->out;
}
int64_t rt_campaign_first_us(const rt_campaign *c)
{
  return c->first;
}
int64_t rt_campaign_last_us(const rt_campaign *c)
{
  return c->last;
}
int64_t rt_campaign_flaggable_us(const rt_campaign *c)
{
  return c->flaggable;
}
size_t rt_campaign_evidence_count(const rt_campaign *c)
{
  return c->n_evidence;
}
const rt_evidence *rt_campaign_evidence(const rt_campaign *c, size_t i)
{
  return i < c->n_evidence ? &c->evidence[i] : NULL;
}
size_t rt_campaign_counter_count(const rt_campaign *c)
{
  return c->n_counters;
}
const rt_counter *rt_campaign_counter(const rt_campaign *c, size_t i)
{
  return i < c->n_counters ? &c->counters[i] : NULL;
}
size_t rt_campaign_members(const rt_campaign *c)
{
  return c->n_members;
}
size_t rt_campaign_changes(const rt_campaign *c)
{
  return c->n_changes;
}
const rt_change *rt_campaign_change(const rt_campaign *c, size_t i)
{
  return i < c->n_changes ? &c->changes[i] : NULL;
}
const rt_member *rt_campaign_member(const rt_campaign *c, size_t i)
{
  return i < c->n_members ? &c->members[i] : NULL;
}
rt_slice rt_member_account(const rt_member *m)
{
  return rt__cstr(m->account);
}
/* account "c" is of another tenant than the rest, of whom none is known */
rt_slice rt_member_tenant(const rt_member *m)
{
  return rt__cstr(strcmp(m->account, "c") == 0 ? "north" : NULL);
}
/* so was account "a" */
bool rt_member_reopened(const rt_member *m)
{
  return strcmp(m->account, "a") == 0;
}
rt_role rt_member_role(const rt_member *m)
{
  return m->role;
}
double rt_member_score(const rt_member *m)
{
  return m->score;
}
uint64_t rt_member_exchanges(const rt_member *m)
{
  return m->exchanges;
}
uint64_t rt_member_tokens(const rt_member *m)
{
  return m->tokens;
}
int64_t rt_member_first_us(const rt_member *m)
{
  return m->first;
}
int64_t rt_member_last_us(const rt_member *m)
{
  return m->last;
}
double rt_member_bits(const rt_member *m, rt_family f)
{
  return m->bits[f];
}
size_t rt_findings_notes(const rt_findings *f)
{
  return f->n_notes;
}
const rt_account_note *rt_findings_note(const rt_findings *f, size_t i)
{
  return i < f->n_notes ? &f->notes[i] : NULL;
}

#endif
