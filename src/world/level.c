/* level - what the evasion ladder means in parameters. */
#include "world/spec.h"

static const char *const names[RT__LEVELS] = {"L0", "L0-solo", "L1", "L2",    "L3",
                                              "L4", "L5",      "L6", "resale"};

const char *rt__level_name(rt__level level)
{
  return (unsigned)level < RT__LEVELS ? names[level] : "?";
}

/* L0: round robin, shared hosts, cards and client, one verbatim template */
static const rt__campaign_spec base = {
    .level = RT__L0,
    .accounts = 50,
    .per_account = 100,
    .balancer = RT__BALANCE_LRU,
    .spread = 0.1,
    .shape = RT__SHAPE_SINGLE,
    .steps = 5,
    .wording = RT__WORDING_VERBATIM,
    .samples = 1,
    .ip = RT__IP_HOSTING,
    .addresses = 4,
    .client = RT__CLIENT_ONE,
    .api = 3,
    .share_payment = 10,
    .signup_hours = 6,
    .aged_days = 3,
    .replace_hours = 4,
    .refused = 0.02,
    .max_tokens = -1,
    .temperature = -1,
    .tier = 2,
    .customers = 3,
};

static void one_proxy_each(rt__campaign_spec *c)
{
  c->ip = RT__IP_PROXY;
  c->pauses = 3;
  c->pause_hours = 5;
  c->replay = 0.2;
  c->share_payment = 6;
}

static void look_at_home(rt__campaign_spec *c)
{
  c->ip = RT__IP_RESIDENTIAL;
  c->client = RT__CLIENT_ACCOUNT;
  c->share_payment = 4;
  c->ban = 0.3;
}

static void human_hours(rt__campaign_spec *c)
{
  c->balancer = RT__BALANCE_RANDOM;
  c->human_hours = 1;
  c->spread = 0.8;
  c->share_payment = 2;
  c->aged_days = 20;
  c->signup_hours = 200;
}

void rt__campaign_default(rt__level level, rt__campaign_spec *c)
{
  *c = base;
  c->level = level;
  if (level == RT__L0_SOLO) {
    c->accounts = 1;
    c->per_account = 1000;
    c->share_payment = 1;
  }
  if (level == RT__L1)
    one_proxy_each(c);
  if (level >= RT__L2 && level <= RT__L6)
    look_at_home(c);
  if (level >= RT__L3 && level <= RT__L6)
    c->cover = 0.6;
  if (level >= RT__L4 && level <= RT__L6)
    human_hours(c);
  if (level == RT__L5 || level == RT__L6) {
    c->wording = RT__WORDING_REQUEST;
    c->share_payment = 1;
  }
  if (level == RT__L6) {
    c->aged_days = 300;
    c->signup_hours = 6000;
    c->cover = 0.85;
    c->split_topics = 1;
    c->vary_params = 1;
  }
  if (level == RT__RESALE) {
    c->per_account = 0;
    c->share_payment = 3;
    c->shape = RT__SHAPE_RELAY;
    c->ip = RT__IP_PROXY;
    c->cover = 1;
  }
}
