/* plan_background - honest accounts, group by group, from the rows of kinds.h. */
#include "world/plan.h"
#include "world/wording.h"

#include "base/time.h"

#include <stdio.h>

/* one group of one kind while it is made */
typedef struct group {
  const rt__kind *k;
  uint32_t kind, label;
  uint64_t seed; /* of the group */
  uint8_t country;
  rt__client client;
  uint64_t payment;
  uint32_t net_id, org, dispatch;
  int64_t born; /* sign-up of a group that signs up at once */
  int64_t from, to;
  double rate;
} group;

static int64_t days_before(rt__rng *r, int64_t t, double most)
{
  double u = rt__rng_unit(r);
  return t - (int64_t)(u * u * most * (double)RT__DAY_US) - RT__US;
}

static rt__client_sort sort_of(rt__clients c)
{
  return c == RT__CLIENTS_SITE     ? RT__CLIENT_SORT_SITE
         : c == RT__CLIENTS_AGENT  ? RT__CLIENT_SORT_AGENT
         : c == RT__CLIENTS_RUNNER ? RT__CLIENT_SORT_RUNNER
                                   : RT__CLIENT_SORT_SDK;
}

static uint8_t plan_of(rt__rng *r, const rt__kind *k)
{
  if (k->money == RT__MONEY_NONE)
    return 0;
  bool firm = k->org == RT__ORG_GROUP || k->net == RT__NET_SERVER;
  return (uint8_t)(firm ? rt__between(r, 2, 5) : rt__between(r, 0, 3));
}

static void pay(rt__account *a, const group *g, rt__rng *r)
{
  rt__money money = g->k->money;
  if (money == RT__MONEY_MIXED)
    money = rt__coin(r, 0.5) ? RT__MONEY_GROUP : rt__coin(r, 0.7) ? RT__MONEY_OWN : RT__MONEY_NONE;
  if (money == RT__MONEY_NONE || (a->plan == 0 && rt__coin(r, 0.7)))
    return;
  bool shared = money == RT__MONEY_GROUP && g->k->most > 1;
  a->payment = shared ? g->payment : rt__draw(a->seed, 0x706179, 0, 0);
  a->bin =
      (uint16_t)(1 + rt__draw(shared ? g->seed : a->seed, 0x62696e, 0, 0) % 60 + a->country * 60u);
}

/* cheap hosts that others call proxies; people who are always somewhere else */
static void unusual(rt__account *a, const group *g)
{
  double u = rt__unit(rt__draw(a->seed, 0x756e75, 0, 0));
  bool alone = g->k->most == 1;
  if (a->net == RT__NET_SERVER && alone && u < 0.12)
    a->net = RT__NET_PROXY;
  if (a->net == RT__NET_HOME && u < 0.05)
    a->net = RT__NET_ROAM;
  else if (a->net == RT__NET_HOME && u < 0.08)
    a->net = RT__NET_PROXY;
}

/* some are closed: cards that fail, people who leave, mistakes of an abuse team */
static void close_some(rt__account *a, const rt__plan *p, rt__rng *r)
{
  if (!rt__coin(r, 0.012))
    return;
  int64_t from = a->created > p->start ? a->created : p->start;
  a->closed = from + 1 + (int64_t)(rt__rng_unit(r) * (double)(p->end - from));
}

static void networks(rt__account *a, const group *g)
{
  a->net = (uint8_t)g->k->net;
  a->net_id = (uint32_t)a->seed;
  a->addresses = 1;
  if (a->net == RT__NET_OFFICE || (a->net == RT__NET_SHARED && g->k->most > 1)) {
    a->net_id = g->net_id;
    a->addresses = (uint16_t)(1 + g->seed % 3);
  } else if (a->net == RT__NET_SHARED) { /* a platform: hosts for all of its customers */
    a->net_id = (uint32_t)(a->seed % 4);
    a->addresses = 12;
  } else if (a->net == RT__NET_VPN) {
    a->net_id = (uint32_t)(a->seed % RT__VPNS);
  }
  unusual(a, g);
}

static void provision(rt__account *a, const group *g, const rt__plan *p, rt__rng *r)
{
  if (g->k->fresh > 0) {
    a->created = g->born + (int64_t)(rt__rng_unit(r) * g->k->fresh * (double)RT__DAY_US);
    a->signup = a->net == RT__NET_OFFICE ? 1 : 0;
  } else {
    double recent = rt__coin(r, 0.12) ? 20 : 900;
    a->created = days_before(r, p->start, recent);
    if (rt__coin(r, 0.06)) /* came during the window */
      a->created = p->start + (int64_t)(rt__rng_unit(r) * 0.7 * (double)(p->end - p->start));
  }
  a->verified = rt__coin(r, a->plan >= 3 ? 0.95 : 0.6);
  a->mail = (uint8_t)(g->k->org == RT__ORG_GROUP ? 200
                      : rt__coin(r, 0.75)        ? rt__rng_below(r, 7)
                                                 : 100 + rt__rng_below(r, 40));
}

static uint32_t add_account(rt__plan *p, const group *g, rt__rng *r)
{
  uint32_t at = (uint32_t)p->n_accounts;
  rt__account *a = rt__plan_account(p);
  if (!a)
    return RT__NONE;
  a->seed = rt__draw(p->seed, 0x616363, at, 0);
  a->label = (uint8_t)g->kind;
  a->world = RT__BENIGN;
  a->group = g->label;
  a->country =
      g->k->most > 1 && g->k->net != RT__NET_HOME ? g->country : (uint8_t)rt__country_draw(r);
  bool dealt = (g->k->flags & (RT__KIND_BALANCED | RT__KIND_TWO_KEYS)) != 0;
  a->client = g->k->clients == RT__CLIENTS_GROUP && (dealt || rt__coin(r, 0.9))
                  ? g->client
                  : rt__client_draw(r, sort_of(g->k->clients));
  a->plan = plan_of(r, g->k);
  a->org = g->org;
  pay(a, g, r);
  networks(a, g);
  provision(a, g, p, r);
  close_some(a, p, r);
  return at;
}

/* ---- sources */

static void when(rt__source *s, const group *g, const rt__plan *p, uint8_t country, rt__rng *r)
{
  const rt__kind *k = g->k;
  rt__arrival *a = &s->arrival;
  a->when = (uint8_t)k->when;
  a->curve = (uint8_t)k->curve;
  a->hours = rt__country_at(country)->hours;
  a->rate = (float)(rt__lognormal(r, k->rate, k->sigma) * g->rate);
  if (a->rate < 0.3f)
    a->rate = 0.3f;
  double u = rt__rng_unit(r);
  a->on = (float)(k->on + (u - 0.5) * 0.6 * (k->on < 1 ? 1 : 0));
  a->on = a->on > 1 ? 1 : a->on < 0.05f ? 0.05f : a->on;
  a->weekend = (float)(k->weekend * rt__lognormal(r, 1, 0.3));
  a->cv = (float)rt__lognormal(r, k->when == RT__WHEN_BATCH ? 0.8 : 1.4, 0.5);
  a->gap_s = (float)rt__lognormal(r, 6, 1.1);
  a->habit = (float)rt__rng_unit(r);
  a->from = g->from;
  a->to = g->to;
  if (k->when == RT__WHEN_CRON) { /* people choose round periods */
    static const float a_day[] = {1, 2, 4, 6, 12, 24, 24, 48, 48, 96, 144, 288};
    uint32_t i = 0;
    while (i + 1 < RT__ARRAY_LEN(a_day) && a_day[i] < a->rate)
      i++;
    a->rate = a_day[i];
  }
  if (k->flags & RT__KIND_BALANCED) /* some firms serve the whole world */
    a->curve = (uint8_t)(RT__CURVE_OFFICE + rt__rng_below(r, 3));
  if (k->flags & RT__KIND_RELEASE && p->release)
    a->to = a->from + 3 * RT__DAY_US < p->end ? a->from + 3 * RT__DAY_US : p->end;
}

/* a campaign's words in honest hands: one instruction for the whole kind */
static void harvest_words(rt__source *s, const group *g, const rt__plan *p)
{
  uint64_t seed = rt__draw(p->seed, 0x73776170, g->kind, 0);
  s->program.before = (rt__text_ref){
      .kind = RT__TEXT_INTENT, .seed = seed, .intent = (uint8_t)(seed % rt__intents())};
  rt__program_params(&s->program, seed, true);
}

/* a company is no generalist: its gateway carries the work of one trade */
static void one_trade(rt__material *m, const rt__plan *p, uint64_t seed)
{
  if (m->topic[0] != 255)
    return;
  m->topic[0] = (uint8_t)(seed % rt__texts_topics(p->texts));
  m->topic[1] = (uint8_t)(seed / 64 % rt__texts_topics(p->texts));
}

static void what(rt__source *s, const group *g, const rt__plan *p, uint64_t owner,
                 rt__client client, rt__rng *r)
{
  const rt__kind *k = g->k;
  rt__program_frame(&s->program, p, k->frame, owner, g->seed, r);
  bool shared = s->program.system.kind == RT__TEXT_APP || s->program.system.kind == RT__TEXT_AGENT;
  bool in_group =
      k->frame == RT__FRAME_GROUP || k->frame == RT__FRAME_GTOOL || k->frame == RT__FRAME_MAKER;
  uint64_t params = shared                       ? s->program.system.seed + s->program.system.kind
                    : in_group                   ? g->seed
                    : k->frame == RT__FRAME_TOOL ? s->program.before.seed
                                                 : owner;
  if (rt__coin(r, 0.15) && !(k->flags & RT__KIND_BALANCED))
    params = owner; /* set by hand */
  rt__program_params(&s->program, params, (k->flags & RT__KIND_GREEDY) != 0);
  rt__program_api(&s->program, client, r);
  bool harvest = p->spec->kinds[g->kind].text > 0;
  if (harvest)
    harvest_words(s, g, p);
  rt__stuff stuff = harvest                        ? RT__STUFF_CORPUS
                    : k->stuff == RT__STUFF_GTRADE ? RT__STUFF_TRADE
                                                   : k->stuff;
  bool of_group = k->stuff == RT__STUFF_GTRADE || k->stuff == RT__STUFF_VIRAL ||
                  (k->most > 1 && (k->stuff == RT__STUFF_SEEDS || k->stuff == RT__STUFF_EXAM));
  rt__material_of(&s->material, p, stuff, of_group ? g->seed : owner, r);
  if (k->flags & RT__KIND_BALANCED)
    one_trade(&s->material, p, g->seed);
  if (k->flags & RT__KIND_SAMPLES)
    s->material.samples = 2;
  s->way = (uint8_t)k->way;
  s->turns = (float)(1 + (k->turns - 1) * rt__lognormal(r, 0.9, 0.4));
  s->gap_s = (float)rt__lognormal(r, k->way == RT__WAY_AGENT ? 9 : 55, 0.4);
  if (k->when == RT__WHEN_STREAM)
    s->arrival.trace = (uint16_t)rt__between(r, 1, 60000);
  s->end_users = k->flags & RT__KIND_END_USERS ? 1 : 0;
  s->refused = 0.004f;
}

static void adopt(rt__source *s, const rt__plan *p, rt__rng *r)
{
  if (!p->release)
    return;
  double days = rt__coin(r, 0.25) ? rt__rng_unit(r) * 1.5 : rt__lognormal(r, 9, 1);
  s->adopts = p->release + (int64_t)(days * (double)RT__DAY_US);
  s->pivot = 1;
}

static rt_code add_source(rt__plan *p, const group *g, uint32_t account, uint32_t seat, rt__rng *r)
{
  rt__source *s = rt__plan_source(p);
  if (!s)
    return RT_E_NOMEM;
  bool of_group = account == RT__NONE;
  rt__client client = of_group ? g->client : p->accounts[account].client;
  uint8_t country = of_group ? g->country : p->accounts[account].country;
  s->seed = rt__draw(p->seed, 0x737263, p->n_sources, 0);
  s->account = g->dispatch == RT__NONE ? account : RT__NONE;
  s->dispatch = g->dispatch;
  s->seat = seat;
  when(s, g, p, country, r);
  what(s, g, p, of_group ? g->seed : p->accounts[account].seed, client, r);
  adopt(s, p, r);
  if (!of_group && p->accounts[account].created > s->arrival.from)
    s->arrival.from = p->accounts[account].created + 60 * RT__US;
  if (!of_group && p->accounts[account].closed && p->accounts[account].closed < s->arrival.to)
    s->arrival.to = p->accounts[account].closed;
  if (g->k->flags & RT__KIND_TWO_KEYS)
    s->split = 0.35f;
  return RT_OK;
}

/* ---- groups */

static void window(group *g, const rt__plan *p, rt__rng *r)
{
  double span = (double)(p->end - p->start);
  g->from = p->start;
  g->to = p->end;
  if (g->k->when == RT__WHEN_EVENT) {
    bool class = (g->k->flags & RT__KIND_SAME_HOURS) != 0;
    double hours = (double)(class ? rt__between(r, 2, 3) : rt__between(r, 30, 72));
    double length = hours * 3600e6;
    g->from = p->start + (int64_t)(rt__rng_unit(r) * (span > length ? span - length : 0));
    if (g->k->flags & RT__KIND_SAME_HOURS) { /* in the morning, local time */
      g->from -= g->from % RT__DAY_US;
      g->from += (int64_t)rt__between(r, 8, 15) * 3600 * RT__US -
                 rt__country_at(g->country)->hours * INT64_C(3600) * RT__US;
    }
    if (g->from < p->start)
      g->from = p->start;
    g->to = g->from + (int64_t)length < p->end ? g->from + (int64_t)length : p->end;
  }
  if (g->k->flags & RT__KIND_RELEASE && p->release)
    g->from = p->release + (int64_t)(rt__rng_unit(r) * 3600e6 * 10);
  double first = (double)(g->from - p->start) / (double)RT__DAY_US;
  g->born =
      g->from - (int64_t)((g->k->fresh + rt__rng_unit(r) * (first + 10)) * (double)RT__DAY_US);
}

static rt_code begin(group *g, rt__plan *p, uint32_t kind, uint32_t n, uint32_t number)
{
  char label[RT__SPEC_NAME];
  rt__rng r = rt__rng_for(p->seed, 0x67726f7570, kind, number);
  *g = (group){.k = rt__kind_at(kind), .kind = kind, .label = RT__NONE, .dispatch = RT__NONE};
  g->seed = rt__rng_next(&r);
  g->rate = p->spec->kinds[kind].rate;
  g->country = (uint8_t)rt__country_draw(&r);
  g->client = rt__client_draw(&r, sort_of(g->k->clients));
  g->payment = rt__rng_next(&r);
  g->net_id = (uint32_t)rt__rng_next(&r);
  bool org = g->k->org == RT__ORG_GROUP || (g->k->org == RT__ORG_MAYBE && rt__coin(&r, 0.4));
  g->org = org ? 1 + (uint32_t)(rt__rng_next(&r) & 0xffffff) : 0;
  window(g, p, &r);
  if (n > 1 || g->k->most > 1) {
    (void)snprintf(label, sizeof label, "%s-%u", g->k->name, number);
    g->label = rt__plan_group(p, label);
    if (g->label == RT__NONE)
      return RT_E_NOMEM;
  }
  return RT_OK;
}

static rt_code add_dispatch(rt__plan *p, group *g, uint32_t n, rt__rng *r)
{
  g->dispatch = (uint32_t)p->n_dispatches;
  rt__dispatch_plan *d = rt__plan_dispatch(p);
  if (!d)
    return RT_E_NOMEM;
  *d = (rt__dispatch_plan){
      .first_seat = (uint32_t)p->n_seats, .n_seats = n, .seed = rt__mix2(g->seed, 1)};
  bool keys = (g->k->flags & RT__KIND_TWO_KEYS) != 0;
  d->balancer = (uint8_t)(keys ? RT__BALANCE_STICKY : rt__rng_below(r, 3));
  for (uint32_t i = 0; i < n; i++) {
    rt__seat *s = rt__plan_seat(p);
    if (!s)
      return RT_E_NOMEM;
    *s = (rt__seat){.first = (uint32_t)p->n_accounts - n + i, .n = 1, .weight = 1, .wake = -1};
  }
  return RT_OK;
}

static rt_code add_group(rt__plan *p, uint32_t kind, uint32_t n, uint32_t number)
{
  group g;
  rt_code c = begin(&g, p, kind, n, number);
  uint32_t first = (uint32_t)p->n_accounts;
  bool dealt = (g.k->flags & (RT__KIND_BALANCED | RT__KIND_TWO_KEYS)) != 0;
  for (uint32_t i = 0; c == RT_OK && i < n; i++) {
    rt__rng r = rt__rng_for(g.seed, 0x6d656d62, i, 0);
    if (add_account(p, &g, &r) == RT__NONE)
      c = RT_E_NOMEM;
  }
  rt__rng r = rt__rng_for(g.seed, 0x64697370, 0, 0);
  if (c == RT_OK && dealt) {
    c = add_dispatch(p, &g, n, &r);
    g.rate *= g.k->flags & RT__KIND_BALANCED ? n : 1;
    return c == RT_OK ? add_source(p, &g, RT__NONE, RT__NONE, &r) : c;
  }
  for (uint32_t i = 0; c == RT_OK && i < n; i++) {
    rt__rng s = rt__rng_for(g.seed, 0x73706561, i, 0);
    c = add_source(p, &g, first + i, RT__NONE, &s);
  }
  return c;
}

static uint32_t size_of_group(const rt__plan *p, uint32_t kind, uint32_t number)
{
  const rt__kind *k = rt__kind_at(kind);
  if (p->spec->kinds[kind].group > 0)
    return (uint32_t)p->spec->kinds[kind].group;
  rt__rng r = rt__rng_for(p->seed, 0x73697a65, kind, number);
  double median = rt__exp(0.5 * (rt__ln(k->least) + rt__ln(k->most)));
  double n = rt__lognormal(&r, median, 0.6);
  return n < k->least ? k->least : n > k->most ? k->most : (uint32_t)n;
}

rt_code rt__plan_background(rt__plan *p)
{
  rt_code c = RT_OK;
  for (uint32_t kind = 0; c == RT_OK && kind < rt__kinds(); kind++) {
    uint32_t left = rt__spec_count(p->spec, kind);
    for (uint32_t number = 0; c == RT_OK && left > 0; number++) {
      uint32_t n = size_of_group(p, kind, number);
      /* no crumbs: what would be less than a group joins this one */
      n = n > left || left - n < rt__kind_at(kind)->least ? left : n;
      c = add_group(p, kind, n, number);
      left -= n;
    }
  }
  return c;
}
