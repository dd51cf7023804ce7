#include "state/seen.h"

#include "campaign/remember.h"

static rt_code see_members(const rt_campaign *c, rt__arena *arena, rt__seen *s)
{
  size_t n = rt_campaign_members(c);
  s->members = rt__arena_take(arena, (n + 1) * sizeof *s->members);
  if (!s->members)
    return RT_E_NOMEM;
  for (size_t i = 0; i < n; i++) {
    const rt_member *m = rt_campaign_member(c, i);
    if (rt_member_role(m) != RT_ROLE_BYSTANDER)
      s->members[s->n_members++] = rt__member_hash(m);
  }
  return RT_OK;
}

static rt_code see_one(const rt_campaign *c, rt__arena *arena, rt__seen *s)
{
  s->verdict = rt_campaign_verdict(c);
  s->confirmed = rt_campaign_confirmed(c) > 0;
  s->first_us = rt_campaign_first_us(c);
  return rt__campaign_number(rt_campaign_id(c), &s->id) ? see_members(c, arena, s) : RT_E_ARG;
}

rt_code rt__see(const rt_findings *f, rt__arena *arena, rt__seen **out, rt_error *err)
{
  size_t n = rt_findings_campaigns(f);
  *out = rt__arena_take(arena, (n + 1) * sizeof **out);
  rt_code c = *out ? RT_OK : RT_E_NOMEM;
  for (size_t i = 0; i < n && c == RT_OK; i++)
    c = see_one(rt_findings_campaign(f, i), arena, &(*out)[i]);
  return c == RT_OK ? c : rt__fail(err, c, "no memory to compare campaigns with earlier ones");
}
