#include "world/kinds.h"

#include <string.h>

#define P(x) RT__WHEN_##x
#define C(x) RT__CURVE_##x
#define W(x) RT__WAY_##x
#define F(x) RT__FRAME_##x
#define S(x) RT__STUFF_##x
#define N(x) RT__NET_##x
#define M(x) RT__MONEY_##x
#define O(x) RT__ORG_##x
#define K(x) RT__CLIENTS_##x

/* clang-format off */
static const rt__kind rows[] = {
  /* name share least most | when curve rate sigma on weekend | way turns frame stuff | net money org clients fresh flags */
  {"chat", .225, 1, 1, P(PERSON), C(HOME), 1.7, .9, .45, 1.1, W(TALK), 2.8, F(SITE), S(CHAT), N(HOME), M(OWN), O(NONE), K(SITE), 0, 0,
   "a person who asks what people ask"},
  {"heavy", .012, 1, 1, P(PERSON), C(HOME), 16, .5, .9, .9, W(TALK), 3.5, F(SITE), S(CHAT), N(HOME), M(OWN), O(NONE), K(SDK), 0, RT__KIND_GREEDY,
   "an honest account as heavy as a harvester"},
  {"app-backend", .012, 1, 1, P(STREAM), C(GLOBAL), 34, .8, 1, .9, W(TALK), 3, F(OWN), S(DIALOG), N(SERVER), M(OWN), O(MAYBE), K(SDK), 0, RT__KIND_END_USERS,
   "many end users of one app behind one key"},
  {"popular-app", .170, 1, 1, P(PERSON), C(HOME), 1.6, .9, .5, 1, W(TALK), 3.2, F(APP), S(CHAT), N(HOME), M(OWN), O(NONE), K(SITE), 0, 0,
   "an app's default prompt under unrelated keys"},
  {"coding-agent", .050, 1, 1, P(PERSON), C(OFFICE), 1.7, .8, .6, .3, W(AGENT), 7, F(AGENT), S(CODE), N(HOME), M(OWN), O(NONE), K(AGENT), 0, 0,
   "a popular coding agent: chains with tools"},
  {"automation", .060, 1, 1, P(STREAM), C(OFFICE), 7, 1, .85, .5, W(SINGLE), 1, F(TOOL), S(TRADE), N(SHARED), M(OWN), O(NONE), K(RUNNER), 0, 0,
   "an automation platform: verbatim template, single turn, fresh slots"},
  {"plugin", .055, 1, 1, P(PERSON), C(OFFICE), 4, 1, .6, .4, W(SINGLE), 1, F(TOOL), S(TRADE), N(HOME), M(OWN), O(NONE), K(SDK), 0, 0,
   "a plug-in or self-hosted tool with one template in unrelated hands"},
  {"plugin-viral", .020, 20, 120, P(PERSON), C(HOME), 4, 1, .7, 1, W(SINGLE), 1, F(GTOOL), S(TRADE), N(HOME), M(OWN), O(NONE), K(GROUP), 3, 0,
   "the same, signed up within days after a launch"},
  {"backend", .050, 1, 1, P(STREAM), C(OFFICE), 13, 1.1, .95, .6, W(SINGLE), 1.3, F(OWN), S(TRADE), N(SERVER), M(OWN), O(MAYBE), K(SDK), 0, 0,
   "a firm's own back end"},
  {"script", .060, 1, 1, P(PERSON), C(OFFICE), 6, 1, .5, .4, W(SINGLE), 1, F(SCRIPT), S(TRADE), N(HOME), M(OWN), O(NONE), K(SDK), 0, 0,
   "a private script, run by hand"},
  {"company", .030, 6, 60, P(PERSON), C(OFFICE), 3, .8, .75, .1, W(TALK), 2.5, F(SITE), S(GTRADE), N(OFFICE), M(GROUP), O(GROUP), K(SITE), 0, 0,
   "staff behind one address, one card, one org"},
  {"company-no-org", .020, 4, 30, P(PERSON), C(OFFICE), 3, .8, .75, .1, W(TALK), 2.5, F(GROUP), S(GTRADE), N(OFFICE), M(GROUP), O(NONE), K(GROUP), 0, 0,
   "the same without an org"},
  {"agency", .030, 5, 40, P(STREAM), C(OFFICE), 8, 1, .9, .4, W(TALK), 1.8, F(OWN), S(TRADE), N(SHARED), M(GROUP), O(NONE), K(SDK), 0, 0,
   "an agency's customers: its card and hosts, their trades"},
  {"agency-template", .012, 5, 30, P(STREAM), C(OFFICE), 8, 1, .9, .4, W(SINGLE), 1, F(GTOOL), S(TRADE), N(SHARED), M(GROUP), O(NONE), K(GROUP), 0, 0,
   "the same with one template for all customers"},
  {"marketplace", .015, 10, 60, P(PERSON), C(HOME), 3, .9, .5, 1, W(SINGLE), 1.5, F(SITE), S(CHAT), N(HOME), M(GROUP), O(NONE), K(SITE), 0, 0,
   "accounts billed through a marketplace"},
  {"classroom", .022, 12, 35, P(EVENT), C(OFFICE), 4, .5, 1, 1, W(TALK), 1.6, F(BARE), S(EXAM), N(OFFICE), M(NONE), O(NONE), K(SITE), 2, RT__KIND_SAME_HOURS,
   "a class at the same task in the same hours"},
  {"hackathon", .015, 8, 40, P(EVENT), C(FLAT), 14, .7, 1, 1, W(AGENT), 4, F(OWN), S(CODE), N(OFFICE), M(NONE), O(NONE), K(SDK), 3, 0,
   "two days, new accounts, one hall"},
  {"batch", .010, 1, 1, P(BATCH), C(NIGHT), 90, .9, .5, .6, W(SINGLE), 1, F(SCRIPT), S(TRADE), N(SERVER), M(OWN), O(MAYBE), K(SDK), 0, 0,
   "jobs over one's own records"},
  {"evaluator", .006, 1, 1, P(BATCH), C(OFFICE), 150, .6, .25, .5, W(SINGLE), 1, F(INTENT), S(EXAM), N(SERVER), M(OWN), O(NONE), K(SDK), 0, RT__KIND_GREEDY,
   "runs of a public exam, once per model"},
  {"judge", .005, 1, 1, P(BATCH), C(OFFICE), 110, .7, .4, .5, W(SINGLE), 1, F(INTENT), S(TRADE), N(SERVER), M(OWN), O(NONE), K(SDK), 0, RT__KIND_GREEDY,
   "grades outputs of one's own system"},
  {"day-one", .006, 1, 1, P(BATCH), C(FLAT), 120, .5, 1, 1, W(SINGLE), 1, F(BARE), S(EXAM), N(HOME), M(OWN), O(NONE), K(SDK), 0, RT__KIND_RELEASE | RT__KIND_GREEDY,
   "compares models on the day of a release"},
  {"own-gateway", .010, 4, 16, P(STREAM), C(OFFICE), 30, .6, 1, .5, W(SINGLE), 1, F(GTOOL), S(GTRADE), N(SHARED), M(GROUP), O(GROUP), K(GROUP), 0, RT__KIND_BALANCED,
   "a company whose gateway balances over its own keys, with an org"},
  {"own-gateway-no-org", .010, 4, 12, P(STREAM), C(OFFICE), 30, .6, 1, .5, W(SINGLE), 1, F(GROUP), S(GTRADE), N(SHARED), M(GROUP), O(NONE), K(GROUP), 0, RT__KIND_BALANCED,
   "the same without an org"},
  {"corpus-owner", .012, 1, 1, P(BATCH), C(OFFICE), 90, .8, .4, .6, W(SINGLE), 1, F(SCRIPT), S(CORPUS), N(HOME), M(OWN), O(NONE), K(SDK), 0, 0,
   "works on a famous public corpus"},
  {"cron", .020, 1, 1, P(CRON), C(FLAT), 16, .9, 1, 1, W(SINGLE), 1, F(SCRIPT), S(TRADE), N(SERVER), M(OWN), O(NONE), K(SDK), 0, 0,
   "a clock"},
  {"cron-team", .010, 4, 12, P(CRON), C(FLAT), 30, .6, 1, 1, W(SINGLE), 1, F(SCRIPT), S(TRADE), N(SHARED), M(GROUP), O(MAYBE), K(SDK), 0, 0,
   "a firm's clocks, each with its own key and task, one card"},
  {"monitor", .012, 1, 1, P(CRON), C(FLAT), 48, .7, 1, 1, W(SINGLE), 1, F(BARE), S(PROBES), N(SERVER), M(OWN), O(NONE), K(SDK), 0, 0,
   "a few probes for ever"},
  {"nightly-eval", .006, 1, 1, P(BATCH), C(NIGHT), 45, .5, 1, 1, W(SINGLE), 1, F(SCRIPT), S(EXAM), N(SERVER), M(OWN), O(NONE), K(SDK), 0, RT__KIND_GREEDY,
   "a regression test every night"},
  {"ci-agent", .010, 1, 1, P(STREAM), C(OFFICE), 6, .8, 1, .2, W(AGENT), 5, F(AGENT), S(CODE), N(RUNNER), M(OWN), O(MAYBE), K(AGENT), 0, 0,
   "reviews code on runners, a fresh address each"},
  {"vpn", .030, 1, 1, P(PERSON), C(HOME), 2.2, .9, .45, 1, W(TALK), 2.5, F(SITE), S(CHAT), N(VPN), M(OWN), O(NONE), K(SITE), 0, 0,
   "a person behind a consumer VPN"},
  {"carrier", .030, 1, 1, P(PERSON), C(HOME), 2, .9, .45, 1.1, W(TALK), 2.5, F(SITE), S(CHAT), N(CARRIER), M(MIXED), O(NONE), K(SITE), 0, 0,
   "a person behind a carrier's NAT"},
  {"synthetic", .008, 1, 1, P(BATCH), C(OFFICE), 120, .8, .5, .4, W(SINGLE), 1, F(MAKER), S(SEEDS), N(SERVER), M(OWN), O(NONE), K(SDK), 0, RT__KIND_GREEDY,
   "makes data for its own use"},
  {"synthetic-team", .008, 3, 8, P(BATCH), C(OFFICE), 80, .6, .5, .3, W(SINGLE), 1, F(MAKER), S(SEEDS), N(OFFICE), M(MIXED), O(MAYBE), K(GROUP), 0, RT__KIND_GREEDY,
   "the same as a team, one set of prompts"},
  {"embedding", .005, 1, 1, P(BATCH), C(NIGHT), 150, .8, .3, .6, W(EMBED), 1, F(BARE), S(TRADE), N(SERVER), M(OWN), O(NONE), K(SDK), 0, 0,
   "embeds its records"},
  {"backfill", .004, 1, 1, P(BATCH), C(NIGHT), 300, .6, .2, 1, W(SINGLE), 1, F(SCRIPT), S(TRADE), N(SERVER), M(OWN), O(NONE), K(SDK), 0, 0,
   "goes over all records once"},
  {"viral-prompt", .015, 30, 150, P(EVENT), C(HOME), 2, .5, 1, 1, W(TALK), 1.5, F(BARE), S(VIRAL), N(HOME), M(OWN), O(NONE), K(SITE), 0, 0,
   "strangers try the same prompt in the same days"},
  {"migration", .005, 1, 1, P(BATCH), C(FLAT), 90, .7, 1, 1, W(SINGLE), 1, F(OWN), S(TRADE), N(SERVER), M(OWN), O(NONE), K(SDK), 0, RT__KIND_RELEASE | RT__KIND_SAMPLES,
   "replays its traffic on a new model"},
  {"friends", .010, 2, 5, P(PERSON), C(HOME), 2.5, .8, .5, 1.1, W(TALK), 2.5, F(SITE), S(CHAT), N(HOME), M(GROUP), O(NONE), K(SITE), 0, 0,
   "friends on one plan"},
  {"two-keys", .010, 2, 2, P(PERSON), C(HOME), 4, .6, .6, .8, W(TALK), 4, F(SITE), S(CHAT), N(HOME), M(GROUP), O(NONE), K(GROUP), 0, RT__KIND_TWO_KEYS,
   "one person with two keys; conversations move"},
  {"framed", 0, 1, 1, P(PERSON), C(HOME), 6, .6, .9, 1, W(SINGLE), 1, F(BARE), S(TRADE), N(VPN), M(OWN), O(NONE), K(SDK), 0, 0,
   "a stranger whose words, VPN and hours a campaign has copied (made by a campaign's field `framed`)"},
};
/* clang-format on */

uint32_t rt__kinds(void)
{
  return (uint32_t)(sizeof rows / sizeof rows[0]);
}

const rt__kind *rt__kind_at(uint32_t k)
{
  return &rows[k];
}

uint32_t rt__kind_find(const char *name)
{
  uint32_t k = 0;
  while (k < rt__kinds() && strcmp(rows[k].name, name) != 0)
    k++;
  return k;
}
