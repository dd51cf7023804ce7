/* plan_campaign - harvests and resold pools: seats, their accounts one after the other, what they
 * harvest, and the traffic that covers it. */
#include "world/plan.h"
#include "world/wording.h"

#include "base/time.h"

#include <stdio.h>

typedef struct campaign {
  const rt__campaign_spec *s;
  uint64_t seed; /* of accounts, seats, customers */
  uint64_t work; /* of frame and tasks: one for all parts */
  uint32_t number, label, seats, dispatch;
  rt__client client;
  uint8_t country, vpn, api;
  int64_t from, to;
  double requests; /* harvested, in all */
} campaign;

/* ---- accounts */

/* a program that speaks the campaign's API */
static rt__client a_client(uint8_t api, rt__rng *r)
{
  rt__client k;
  do
    k = rt__client_draw(r, RT__CLIENT_SORT_SDK);
  while (!(rt__client_apis(k) & api));
  return k;
}

static void networks(rt__account *a, const campaign *c)
{
  static const uint8_t nets[] = {[RT__IP_HOSTING] = RT__NET_SHARED,
                                 [RT__IP_PROXY] = RT__NET_PROXY,
                                 [RT__IP_RESIDENTIAL] = RT__NET_ROAM,
                                 [RT__IP_ROTATING] = RT__NET_ROAM,
                                 [RT__IP_VPN] = RT__NET_VPN};
  rt__ip_policy ip = (rt__ip_policy)c->s->ip;
  a->net = nets[ip];
  a->net_id = ip == RT__IP_HOSTING ? (uint32_t)c->seed
              : ip == RT__IP_VPN   ? c->vpn
                                   : (uint32_t)a->seed;
  a->addresses =
      ip == RT__IP_HOSTING ? (uint16_t)(c->s->addresses < 60000 ? c->s->addresses : 60000) : 1;
}

static void provision(rt__account *a, const campaign *c, uint32_t seat, rt__rng *r)
{
  const rt__campaign_spec *s = c->s;
  double aged = s->aged_days * 24 + rt__rng_unit(r) * s->signup_hours;
  a->created = c->from - (int64_t)(aged * 3600e6) - RT__US;
  a->signup = s->ip == RT__IP_HOSTING ? (uint32_t)(c->seed | 1) : 0;
  a->verified = rt__coin(r, s->level >= RT__L4 ? 0.7 : 0.4);
  a->plan = (uint8_t)(s->share_payment > 0 ? rt__between(r, 1, 3) : 0);
  a->mail = (uint8_t)(s->same_mail > 0                              ? 100 + c->seed % 40
                      : rt__coin(r, s->level >= RT__L4 ? 0.9 : 0.5) ? rt__rng_below(r, 7)
                                                                    : 100 + rt__rng_below(r, 40));
  if (s->share_payment > 0) {
    uint64_t card = (uint64_t)(seat / (uint32_t)s->share_payment);
    a->payment = s->share_payment > 1 ? rt__draw(c->seed, 0x706179, card, 0)
                                      : rt__draw(a->seed, 0x706179, 0, 0);
    bool few = s->level < RT__L4; /* virtual cards come from few ranges */
    a->bin = (uint16_t)(1 + (few ? (c->seed + rt__rng_below(r, 3)) % 60 : rt__rng_below(r, 60)) +
                        a->country * 60u);
  }
}

static rt__account *add_account(rt__plan *p, const campaign *c, uint32_t seat)
{
  uint32_t at = (uint32_t)p->n_accounts;
  rt__account *a = rt__plan_account(p);
  if (!a)
    return NULL;
  a->seed = rt__draw(p->seed, 0x616363, at, 0);
  rt__rng r = rt__rng_for(a->seed, 0x63616d70, 0, 0);
  a->label = (uint8_t)c->s->level;
  a->world = c->s->level == RT__RESALE || c->s->text > 0 ? RT__POOLED : RT__CAMPAIGN;
  a->group = c->label;
  a->country = (uint8_t)(rt__coin(&r, 0.6) ? c->country : rt__country_draw(&r));
  a->client = c->s->client == RT__CLIENT_ONE ? c->client : a_client(c->api, &r);
  networks(a, c);
  provision(a, c, seat, &r);
  return a;
}

/* accounts of a seat: each is closed with the chance of `ban`, then the next takes over */
static rt_code add_seat(rt__plan *p, const campaign *c, uint32_t i)
{
  rt__seat *seat = rt__plan_seat(p);
  if (!seat)
    return RT_E_NOMEM;
  rt__rng r = rt__rng_for(c->seed, 0x73656174, i, 0);
  *seat = (rt__seat){.first = (uint32_t)p->n_accounts, .wake = -1, .hours = 24};
  seat->weight = (float)rt__lognormal(&r, 1, c->s->spread);
  if (c->s->human_hours > 0) {
    seat->wake = (int8_t)rt__between(&r, 6, 10);
    seat->hours = (int8_t)rt__between(&r, 9, 15);
  }
  int64_t opens = 0;
  for (uint32_t k = 0; k < 16; k++) {
    rt__account *a = add_account(p, c, i);
    if (!a)
      return RT_E_NOMEM;
    seat->n++;
    if (opens)
      a->created = opens;
    int64_t since = opens > c->from ? opens : c->from;
    double life = rt__rng_unit(&r) / (c->s->ban > 0 ? c->s->ban : 1e-9); /* in campaign lengths */
    int64_t closes = since + (int64_t)((life > 4 ? 4 : life) * (double)(c->to - c->from));
    if (closes >= c->to || closes >= p->end || c->s->ban <= 0)
      return RT_OK;
    a->closed = closes;
    opens = closes + (int64_t)((0.2 + rt__rng_unit(&r)) * c->s->replace_hours * 3600e6);
    if (opens >= c->to)
      return RT_OK;
  }
  return RT_OK;
}

static rt_code add_dispatch(rt__plan *p, campaign *c)
{
  uint32_t first = (uint32_t)p->n_seats;
  for (uint32_t i = 0; i < c->seats; i++) {
    rt_code code = add_seat(p, c, i);
    if (code != RT_OK)
      return code;
  }
  rt__dispatch_plan *d = rt__plan_dispatch(p);
  if (!d)
    return RT_E_NOMEM;
  c->dispatch = (uint32_t)(p->n_dispatches - 1);
  *d = (rt__dispatch_plan){.first_seat = first,
                           .n_seats = c->seats,
                           .seed = rt__mix2(c->seed, 9),
                           .balancer = (uint8_t)c->s->balancer,
                           .random = (float)c->s->random};
  return RT_OK;
}

/* ---- what is harvested */

/* the instruction: an intent, what a tool would send, or a popular app's own prompt */
static rt__text_ref instruction(const campaign *c, rt__rng *r)
{
  const char *name = c->s->intent;
  rt__text_ref t = {.kind = RT__TEXT_INTENT, .seed = c->work, .wording = (uint8_t)c->s->wording};
  bool plain = rt__coin(r, 0.2) && c->s->wording == RT__WORDING_VERBATIM && !name[0];
  t.topic = (uint8_t)(c->work % RT__TOPICS);
  t.intent = (uint8_t)rt__rng_below(r, rt__intents());
  if (rt__intent_find(name) < rt__intents())
    t.intent = (uint8_t)rt__intent_find(name);
  else if (plain || strcmp(name, "plain") == 0)
    t.kind = RT__TEXT_TOOL;
  else if (strcmp(name, "app") == 0)
    t.kind = RT__TEXT_APP;
  return t;
}

static void frame(rt__source *s, const campaign *c, rt__rng *r)
{
  const rt__campaign_spec *cs = c->s;
  rt__text_ref t = instruction(c, r);
  bool system = cs->system > 0 || cs->shape == RT__SHAPE_RELAY;
  bool before = rt__coin(r, 0.7);
  *(system ? &s->program.inject : before ? &s->program.before : &s->program.after) = t;
  rt__program_params(&s->program, rt__mix2(c->work, 3), true);
  if (cs->max_tokens > 0)
    s->program.max_tokens = (int32_t)cs->max_tokens;
  if (cs->temperature >= 0)
    s->program.temperature_milli = (int32_t)(cs->temperature * 1000);
  s->program.vary = cs->vary_params > 0;
  s->program.api = c->api;
  s->program.tier = (uint8_t)cs->tier;
  s->program.thinking = s->program.thinking || cs->replay > 0;
}

static void tasks(rt__source *s, const campaign *c, const rt__plan *p, uint32_t part,
                  uint32_t parts, rt__rng *r)
{
  rt__material *m = &s->material;
  uint32_t corpora = rt__texts_corpora(p->texts), corpus = corpora;
  rt__material_of(m, p, RT__STUFF_TASKS, c->work, r);
  m->samples = (uint8_t)c->s->samples;
  m->part = (uint16_t)part;
  m->parts = (uint16_t)parts;
  for (uint8_t k = RT__POOL_GSM; k <= RT__POOL_HARD; k++)
    if (strcmp(c->s->corpus, rt__texts_pool(p->texts, k)->name) == 0) {
      m->pool = k;
      return;
    }
  if (c->s->corpus[0])
    corpus = rt__texts_corpus(p->texts, c->s->corpus);
  else if (rt__coin(r, 0.85))
    corpus = (uint32_t)rt__rng_below(r, corpora);
  bool own = corpus == corpora; /* tasks that nobody else has */
  m->pool = (uint8_t)(own ? (rt__coin(r, 0.5) ? RT__POOL_DOCS : 255) : RT__POOL_CORPUS + corpus);
}

static void shape(rt__source *s, const campaign *c)
{
  static const uint8_t ways[] = {RT__WAY_SINGLE, RT__WAY_AGENT, RT__WAY_TALK, RT__WAY_TALK};
  rt__shape sh = (rt__shape)c->s->shape;
  s->way = ways[sh];
  s->turns = sh == RT__SHAPE_SINGLE ? 1
             : sh == RT__SHAPE_TALK ? (float)(c->s->steps * 0.6 + 0.4)
                                    : (float)c->s->steps;
  s->gap_s = sh == RT__SHAPE_TALK ? 25 : 10;
  s->relay = sh == RT__SHAPE_RELAY;
  s->honest = c->s->text > 0;
  if (sh == RT__SHAPE_AGENT)
    s->program.tools = 7;
}

static rt_code add_harvest(rt__plan *p, const campaign *c, uint32_t part, uint32_t parts)
{
  rt__rng r = rt__rng_for(c->work, 0x68617276, 0, 0); /* parts differ in their tasks only */
  rt__source *s = rt__plan_source(p);
  if (!s)
    return RT_E_NOMEM;
  s->seed = rt__draw(c->work, 0x737263, part, 0);
  s->harvest = true;
  s->account = RT__NONE;
  s->dispatch = c->dispatch;
  s->seat = RT__NONE;
  frame(s, c, &r);
  tasks(s, c, p, part, parts, &r);
  shape(s, c);
  s->replay = (float)c->s->replay;
  s->split = (float)c->s->split_chains;
  s->refused = (float)c->s->refused;
  s->probes = part == 0 ? (uint32_t)c->s->probes : 0;
  double starts = c->requests / parts / (double)s->turns + 0.5;
  double days = (double)(c->to - c->from) / (double)RT__DAY_US;
  double busy = days - c->s->pauses * c->s->pause_hours / 24;
  busy = busy < days * 0.3 ? days * 0.3 : busy;
  int64_t late = c->to + (c->to - c->from) / 3; /* slow days: the list is finished all the same */
  s->arrival = (rt__arrival){.when = RT__WHEN_STREAM,
                             .on = 1,
                             .weekend = 1,
                             .from = c->from,
                             .to = late < p->end ? late : p->end,
                             .curve = c->s->human_hours > 0 ? RT__CURVE_HOME : RT__CURVE_FLAT,
                             .hours = rt__country_at(c->country)->hours,
                             .rate = (float)(starts / busy * 1.07),
                             .cv = (float)rt__lognormal(&r, 0.8, 0.4),
                             .pauses = (uint8_t)c->s->pauses,
                             .pause_hours = (float)c->s->pause_hours,
                             .limit = (uint64_t)starts};
  if (p->release) {
    s->adopts = p->release + (int64_t)(rt__rng_unit(&r) * 20 * 3600e6);
    s->pivot = (float)c->s->pivot;
  }
  return RT_OK;
}

/* ---- what covers it: customers of the pool. Cover is stuck to a seat, so that the harvest alone
 * is dealt out; a reseller's balancer deals its customers' conversations or sessions */

static rt_code add_customer(rt__plan *p, const campaign *c, uint32_t seat, uint32_t k,
                            double starts_a_day)
{
  rt__source *s = rt__plan_source(p);
  if (!s)
    return RT_E_NOMEM;
  s->seed = rt__draw(c->seed, 0x637573746f6d, seat, k);
  rt__rng r = rt__rng_for(s->seed, 1, 0, 0);
  s->account = RT__NONE;
  s->dispatch = c->dispatch;
  s->seat = c->s->level == RT__RESALE ? RT__NONE : seat;
  s->program.api = c->api; /* one relay speaks one API */
  rt__customer(p, s->seed, &s->program, &s->material, &s->way, &s->turns);
  s->gap_s = s->way == RT__WAY_AGENT ? 9 : 50;
  s->refused = 0.005f;
  s->arrival =
      (rt__arrival){.when = RT__WHEN_PERSON,
                    .curve = RT__CURVE_HOME,
                    .weekend = 1,
                    .on = (float)(0.4 + 0.5 * rt__rng_unit(&r)),
                    .cv = 1,
                    .gap_s = 5,
                    .from = c->s->level == RT__RESALE ? c->from : p->start,
                    .to = p->end,
                    .hours = rt__country_at((uint32_t)rt__rng_below(&r, rt__countries()))->hours};
  double rate =
      starts_a_day / (double)s->turns * rt__lognormal(&r, 0.8, 0.7) / (double)s->arrival.on;
  s->arrival.rate = (float)(rate < 0.4 ? 0.4 : rate);
  if (p->release) {
    s->adopts = p->release + (int64_t)(rt__lognormal(&r, 9, 1) * (double)RT__DAY_US);
    s->pivot = 1;
  }
  return RT_OK;
}

static rt_code add_cover(rt__plan *p, const campaign *c)
{
  double days = (double)(p->end - p->start) / (double)RT__DAY_US;
  bool resale = c->s->level == RT__RESALE;
  uint32_t customers = (uint32_t)(c->s->customers < 1 ? 1 : c->s->customers);
  double a_day =
      resale ? 6 : c->s->per_account * c->s->cover / (1 - c->s->cover) / days / customers;
  for (uint32_t seat = 0; seat < c->seats; seat++) {
    rt__rng r = rt__rng_for(c->seed, 0x636f766572, seat, 0);
    uint32_t n = resale ? 1 + rt__poisson(&r, customers - 1.0) : customers;
    for (uint32_t k = 0; k < n; k++) {
      rt_code code = add_customer(p, c, seat, k, a_day);
      if (code != RT_OK)
        return code;
    }
  }
  return RT_OK;
}

/* ---- strangers who look like it: its words, VPN and hours, but their own work and money */

static rt_code add_framed(rt__plan *p, const campaign *c, const rt__source *harvest, uint32_t i)
{
  rt__account *a = add_account(p, c, 0);
  rt__source *s = a ? rt__plan_source(p) : NULL;
  if (!s)
    return RT_E_NOMEM;
  rt__rng r = rt__rng_for(a->seed, 0x6672616d, i, 0);
  a->world = RT__BENIGN;
  a->label = (uint8_t)rt__kind_find("framed");
  a->group = RT__NONE;
  a->net = RT__NET_VPN;
  a->net_id = c->vpn;
  a->payment = rt__draw(a->seed, 0x706179, 0, 0);
  a->created = p->start - (int64_t)(rt__rng_unit(&r) * 500 * (double)RT__DAY_US);
  s->seed = rt__draw(a->seed, 0x737263, 0, 0);
  s->account = (uint32_t)(p->n_accounts - 1);
  s->dispatch = s->seat = RT__NONE;
  s->program = harvest->program;
  rt__material_of(&s->material, p, RT__STUFF_TRADE, a->seed, &r);
  s->turns = 1;
  s->arrival = harvest->arrival;
  s->arrival.pauses = 0;
  s->arrival.rate = (float)rt__lognormal(&r, 14, 0.7);
  s->arrival.limit = 0;
  return RT_OK;
}

static rt_code add_all_framed(rt__plan *p, const campaign *c)
{
  rt_code code = RT_OK;
  rt__source harvest = p->sources[p->n_sources - 1];
  for (uint32_t i = 0; code == RT_OK && i < (uint32_t)c->s->framed; i++)
    code = add_framed(p, c, &harvest, i);
  return code;
}

/* ---- the campaign */

static void label_of(const campaign *c, char out[RT__SPEC_NAME])
{
  if (c->s->name[0])
    (void)snprintf(out, RT__SPEC_NAME, "%s", c->s->name);
  else
    (void)snprintf(out, RT__SPEC_NAME, "c%u-%s", c->number, rt__level_name((rt__level)c->s->level));
}

static rt_code begin(campaign *c, rt__plan *p, uint32_t i)
{
  char label[RT__SPEC_NAME];
  rt__rng r = rt__rng_for(p->seed, 0x63616d706169676e, i, 0);
  *c = (campaign){.s = &p->spec->campaigns[i], .number = i};
  c->seed = rt__rng_next(&r);
  c->work = rt__rng_next(&r);
  static const uint8_t bits[] = {RT__API_BIT_CHAT, RT__API_BIT_RESPONSES, RT__API_BIT_MESSAGES};
  c->api = bits[c->s->api < 3 ? (uint64_t)c->s->api : rt__rng_below(&r, 3)];
  c->client = a_client(c->api, &r);
  c->country = (uint8_t)rt__country_draw(&r);
  c->vpn = (uint8_t)rt__rng_below(&r, RT__VPNS);
  double n = c->s->accounts * p->spec->scale + 0.5, least = c->s->accounts < 4 ? c->s->accounts : 4;
  c->seats = (uint32_t)(n < least ? least : n);
  c->requests = c->seats * c->s->per_account;
  c->from = p->start + (int64_t)(c->s->from * (double)RT__DAY_US);
  c->to = c->s->days > 0 ? c->from + (int64_t)(c->s->days * (double)RT__DAY_US) : p->end;
  c->to = c->to < p->end ? c->to : p->end;
  label_of(c, label);
  c->label = rt__plan_group(p, label);
  return c->label == RT__NONE ? RT_E_NOMEM : RT_OK;
}

#define PARTS_MAX 8

/* pools split by topic: each part has seats and tasks of its own */
static rt_code add_split(rt__plan *p, campaign *c)
{
  uint32_t all = c->seats, parts = all / 5 < PARTS_MAX ? all / 5 : PARTS_MAX;
  parts = parts < 1 ? 1 : parts;
  rt_code code = RT_OK;
  for (uint32_t part = 0; code == RT_OK && part < parts; part++) {
    c->seats = all * (part + 1) / parts - all * part / parts;
    code = add_dispatch(p, c);
    if (code == RT_OK)
      code = add_harvest(p, c, part, parts);
    if (code == RT_OK && c->s->cover > 0)
      code = add_cover(p, c);
    c->seed = rt__mix2(c->seed, part); /* other seats, cards, customers */
  }
  return code;
}

static rt_code add_campaign(rt__plan *p, uint32_t i)
{
  campaign c;
  rt_code code = begin(&c, p, i);
  if (code == RT_OK && c.s->split_topics > 0)
    return add_split(p, &c);
  if (code == RT_OK)
    code = add_dispatch(p, &c);
  if (code == RT_OK && c.s->level != RT__RESALE && c.requests > 0)
    code = add_harvest(p, &c, 0, 1);
  if (code == RT_OK && c.s->framed > 0 && c.s->level != RT__RESALE && c.requests > 0)
    code = add_all_framed(p, &c);
  if (code == RT_OK && (c.s->cover > 0 || c.s->level == RT__RESALE))
    code = add_cover(p, &c);
  return code;
}

rt_code rt__plan_campaigns(rt__plan *p)
{
  rt_code c = RT_OK;
  for (size_t i = 0; c == RT_OK && i < p->spec->n_campaigns; i++)
    c = add_campaign(p, (uint32_t)i);
  return c;
}
