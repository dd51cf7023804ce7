/* row - a campaign of findings in memory as a row of the summary. */
#include "report/summary.h"

void rt__row_of(const rt_campaign *c, rt__row *row)
{
  *row = (rt__row){.verdict = rt__cstr(rt_verdict_name(rt_campaign_verdict(c))),
                   .campaign = rt_campaign_id(c),
                   .score = rt_campaign_score(c),
                   .accounts = rt_campaign_members(c),
                   .exchanges = rt_campaign_exchanges(c),
                   .tokens_in = rt_campaign_tokens_in(c),
                   .tokens_out = rt_campaign_tokens_out(c),
                   .first_us = rt_campaign_first_us(c),
                   .last_us = rt_campaign_last_us(c)};
  for (size_t i = 0; i < 2 && i < rt_campaign_evidence_count(c); i++) {
    const rt_evidence *e = rt_campaign_evidence(c, i);
    row->families[i] = rt__cstr(rt_family_name(e->family));
    row->bits[i] = e->bits;
  }
  if (rt_campaign_counter_count(c)) {
    row->runner_up = rt__cstr(rt_campaign_counter(c, 0)->cause);
    row->log_odds = rt_campaign_counter(c, 0)->log_odds;
  }
}
