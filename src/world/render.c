#include "world/render.h"

#include "base/time.h"
#include "world/body.h"

static void account_name(rt__pen *p, const rt__plan *plan, uint32_t i)
{
  uint32_t v = rt__account_name(plan, i);
  RT__PEN_LIT(p, "acct_");
  for (uint32_t d = 1000000000; d > 0; d /= 10)
    rt__pen_char(p, (char)('0' + v / d % 10));
}

static void time_member(rt__pen *p, const char *before, int64_t us)
{
  char t[RT__TIME_TEXT];
  size_t n = rt__time_print(us - us % 1000, t);
  rt__pen_str(p, before);
  rt__pen_char(p, '"');
  rt__pen_add(p, t, n);
  rt__pen_char(p, '"');
}

/* ---- where it came from */

#define LEASE_US (5 * RT__DAY_US)

static rt__address at_home(const rt__account *a, const rt__event *e, uint64_t conv_seed)
{
  uint64_t lease = (uint64_t)(e->t / LEASE_US + (int64_t)(a->seed % 7));
  bool on_the_move = a->seed % 3 == 0 && rt__unit(conv_seed) < 0.25;
  return on_the_move ? rt__carrier_address(a->country, conv_seed >> 20)
                     : rt__home_address(a->country,
                                        rt__draw(a->seed, 0x6c656173, a->seed % 2 ? lease : 0, 0));
}

/* a residential proxy: another line every few hours, or with each conversation */
static rt__address roaming(const rt__account *a, const rt__event *e, uint64_t conv_seed)
{
  uint64_t hours = 4 + a->seed % 40;
  uint64_t slot = (uint64_t)e->t / (hours * 3600 * (uint64_t)RT__US);
  uint64_t h = rt__draw(a->seed, 0x726f616d, a->addresses > 1 ? conv_seed : slot, 0);
  return rt__home_address(a->country, h);
}

static rt__address address_of(const rt__account *a, const rt__event *e, uint64_t conv_seed)
{
  switch ((rt__net)a->net) {
  case RT__NET_HOME:
    return at_home(a, e, conv_seed);
  case RT__NET_OFFICE:
    return rt__home_address(a->country, rt__mix2(a->net_id, conv_seed % a->addresses));
  case RT__NET_SERVER:
    return rt__cloud_address(rt__mix2(a->seed, conv_seed % (1 + a->seed % 3)));
  case RT__NET_SHARED:
    return rt__cloud_address(
        rt__mix2(a->net_id, (a->seed % 2 ? conv_seed : a->seed) % a->addresses));
  case RT__NET_RUNNER:
    return rt__cloud_address(conv_seed);
  case RT__NET_VPN:
    return rt__vpn_address(a->net_id, conv_seed);
  case RT__NET_CARRIER:
    return rt__carrier_address(a->country, conv_seed);
  case RT__NET_PROXY:
    return rt__proxy_address(a->country, a->seed);
  case RT__NET_ROAM:
    return roaming(a, e, conv_seed);
  }
  return rt__home_address(a->country, a->seed);
}

/* every fifth is upgraded within the window; an operator upgrades all its accounts at once */
static rt__client client_of(const rt__plan *plan, const rt__account *a, const rt__event *e)
{
  rt__client c = a->client;
  uint64_t who = a->world != RT__BENIGN && a->net != RT__NET_ROAM ? a->group + 1u : a->seed;
  uint64_t h = rt__draw(plan->seed, 0x757067, who, 0);
  int64_t when = plan->start + (int64_t)(rt__unit(h) * (double)(plan->end - plan->start));
  if (h % 5 == 0 && e->t >= when)
    c.build /= 2;
  return c;
}

static void origin(rt__pen *p, const rt__plan *plan, const rt__account *a, const rt__event *e,
                   uint64_t conv_seed)
{
  rt__client client = client_of(plan, a, e);
  rt__address at = address_of(a, e, conv_seed);
  RT__PEN_LIT(p, ",\"ip\":\"");
  rt__address_print(p, &at);
  RT__PEN_LIT(p, "\",\"asn\":");
  rt__pen_u64(p, at.asn);
  RT__PEN_LIT(p, ",\"country\":\"");
  rt__pen_str(p, rt__country_at(at.country)->code);
  RT__PEN_LIT(p, "\",\"user_agent\":\"");
  rt__client_agent(p, client);
  RT__PEN_LIT(p, "\",\"ja4\":\"");
  rt__client_ja4(p, client);
  RT__PEN_LIT(p, "\"");
  size_t mark = p->b->n;
  RT__PEN_LIT(p, ",\"headers\":{");
  if (rt__client_headers(p, client))
    rt__pen_char(p, '}');
  else
    p->b->n = mark;
}

/* ---- the exchange */

static uint32_t status_of(const rt__event *e)
{
  return e->fate == RT__FATE_LIMITED ? 429
         : e->fate == RT__FATE_ERROR ? 500 + 29 * (e->conv % 2)
                                     : 200;
}

static void envelope(rt__pen *p, const rt__scene *s, const rt__event *e)
{
  const rt__account *a = s->account;
  RT__PEN_LIT(p, "{\"id\":\"req_");
  rt__pen_hex(p, rt__draw(s->seed, 0x6964, e->turn, e->tries), 16);
  time_member(p, "\",\"ts\":", e->t);
  RT__PEN_LIT(p, ",\"account\":\"");
  account_name(p, s->plan, e->account);
  rt__pen_char(p, '"');
  if (a->org) {
    RT__PEN_LIT(p, ",\"org\":\"org_");
    rt__pen_hex(p, a->org, 6);
    rt__pen_char(p, '"');
  }
  if (s->source->end_users) {
    RT__PEN_LIT(p, ",\"end_user\":\"u");
    rt__rng r = rt__rng_for(s->seed, 0x7573, 0, 0);
    rt__pen_hex(p, rt__draw(a->seed, 0x7573, rt__zipf(&r, 3000), 0), 8);
    rt__pen_char(p, '"');
  }
  origin(p, s->plan, a, e, s->seed);
  RT__PEN_LIT(p, ",\"endpoint\":\"");
  rt__pen_str(p, rt__body_endpoint(s));
  RT__PEN_LIT(p, "\",\"status\":");
  rt__pen_u64(p, status_of(e));
}

static void latency(rt__pen *p, const rt__scene *s, const rt__event *e)
{
  bool cut;
  rt__rng r = rt__rng_for(s->seed, 0x6c6174, e->turn, 0);
  double ms = 180 + rt__lognormal(&r, 250, 0.5) + rt__body_answer(s, e, &cut) * 14.0;
  RT__PEN_LIT(p, ",\"latency_ms\":");
  rt__pen_u64(p, e->fate >= RT__FATE_LIMITED ? 40 : (uint64_t)ms);
}

rt_code rt__render_exchange(const rt__plan *plan, const rt__event *e, rt__buf *out)
{
  rt__pen p = {out, RT_OK};
  rt__scene s;
  rt__scene_open(&s, plan, e);
  envelope(&p, &s, e);
  latency(&p, &s, e);
  RT__PEN_LIT(&p, ",\"request\":");
  size_t bytes = rt__body_request(&p, &s, e);
  RT__PEN_LIT(&p, ",\"response\":");
  rt__body_response(&p, &s, e, bytes);
  RT__PEN_LIT(&p, "}\n");
  return p.code;
}

/* ---- facts */

static void mail(rt__pen *p, const rt__account *a)
{
  static const char *const common[] = {"gmail.com", "outlook.com", "yahoo.com",  "icloud.com",
                                       "proton.me", "gmx.net",     "hotmail.com"};
  if (a->mail < RT__ARRAY_LEN(common)) {
    rt__pen_str(p, common[a->mail]);
    return;
  }
  uint64_t id = a->mail >= 200 ? a->org + UINT64_C(100000) : a->mail;
  rt__invent(p, rt__mix2(id, 0x6d61696c), (uint32_t)(id % 6), false);
  rt__pen_str(p, a->mail >= 200 ? ".com" : id % 3 ? ".net" : ".org");
}

static void payment(rt__pen *p, const rt__account *a)
{
  if (!a->payment)
    return;
  RT__PEN_LIT(p, ",\"payment\":\"pm_");
  rt__pen_hex(p, a->payment, 14);
  RT__PEN_LIT(p, "\",\"card_bin\":\"");
  rt__pen_u64(p, 400000 + (uint64_t)a->bin * 37 % 99991);
  rt__pen_char(p, '"');
}

static void signup(rt__pen *p, const rt__account *a)
{
  uint64_t h = rt__draw(a->seed, 0x7369676e, 0, 0);
  if (h % 5 == 0) /* not on record */
    return;
  rt__event e = {.t = a->created};
  rt__address at = a->signup ? rt__cloud_address(rt__mix2(a->net_id, 77)) : address_of(a, &e, h);
  if (a->signup && a->net == RT__NET_OFFICE)
    at = address_of(a, &e, 0);
  RT__PEN_LIT(p, ",\"signup_ip\":\"");
  rt__address_print(p, &at);
  RT__PEN_LIT(p, "\",\"signup_asn\":");
  rt__pen_u64(p, at.asn);
}

/* a processor's score: a little higher for virtual cards, with much overlap; often not there */
static void risk(rt__pen *p, const rt__account *a)
{
  rt__rng r = rt__rng_for(a->seed, 0x7269736b, 0, 0);
  if (!a->payment || rt__coin(&r, 0.4))
    return;
  bool cheap = a->world != RT__BENIGN && a->label < RT__L6;
  double v = 0.04 * rt__lognormal(&r, cheap ? 1.8 : 1, 0.9);
  RT__PEN_LIT(p, ",\"risk\":0.");
  uint32_t percent = (uint32_t)(v > 0.99 ? 99 : v * 100);
  rt__pen_char(p, (char)('0' + percent / 10));
  rt__pen_char(p, (char)('0' + percent % 10));
}

rt_code rt__render_account(const rt__plan *plan, uint32_t i, rt__buf *out)
{
  static const char *const plans[] = {"free", "tier1", "tier2", "pro", "team", "enterprise"};
  rt__pen p = {out, RT_OK};
  const rt__account *a = &plan->accounts[i];
  RT__PEN_LIT(&p, "{\"account\":\"");
  account_name(&p, plan, i);
  time_member(&p, "\",\"created\":", a->created - a->created % RT__US);
  if (a->closed)
    time_member(&p, ",\"closed\":", a->closed - a->closed % RT__US);
  RT__PEN_LIT(&p, ",\"country\":\"");
  rt__pen_str(&p, rt__country_at(a->country)->code);
  RT__PEN_LIT(&p, "\",\"plan\":\"");
  rt__pen_str(&p, plans[a->plan]);
  RT__PEN_LIT(&p, "\",\"email_domain\":\"");
  mail(&p, a);
  RT__PEN_LIT(&p, "\",\"phone_prefix\":\"+");
  rt__pen_str(&p, rt__country_at(a->country)->phone);
  rt__pen_char(&p, '"');
  if (a->org) {
    RT__PEN_LIT(&p, ",\"org\":\"org_");
    rt__pen_hex(&p, a->org, 6);
    rt__pen_char(&p, '"');
  }
  payment(&p, a);
  signup(&p, a);
  risk(&p, a);
  rt__pen_str(&p, a->verified ? ",\"verified\":true}\n" : ",\"verified\":false}\n");
  return p.code;
}

rt_code rt__render_label(const rt__plan *plan, uint32_t i, uint64_t exchanges, rt__buf *out)
{
  static const char *const worlds[] = {"benign", "campaign", "pooled"};
  rt__pen p = {out, RT_OK};
  const rt__account *a = &plan->accounts[i];
  RT__PEN_LIT(&p, "{\"account\":\"");
  account_name(&p, plan, i);
  RT__PEN_LIT(&p, "\",\"world\":\"");
  rt__pen_str(&p, worlds[a->world]);
  RT__PEN_LIT(&p, "\",\"kind\":\"");
  rt__pen_str(&p, rt__account_kind(a));
  RT__PEN_LIT(&p, "\",\"group\":");
  if (a->group == RT__NONE) {
    RT__PEN_LIT(&p, "null");
  } else {
    rt__pen_char(&p, '"');
    rt__pen_str(&p, plan->groups[a->group]);
    rt__pen_char(&p, '"');
  }
  RT__PEN_LIT(&p, ",\"exchanges\":");
  rt__pen_u64(&p, exchanges);
  RT__PEN_LIT(&p, "}\n");
  return p.code;
}

/* ---- events */

static void enforcement(rt__pen *p, const rt__plan *plan, int64_t from, int64_t to)
{
  bool open = false;
  for (uint32_t i = 0; i < plan->n_accounts; i++) {
    int64_t t = plan->accounts[i].closed;
    if (t < from || t >= to)
      continue;
    if (!open) {
      time_member(p, "{\"ts\":", to - RT__US);
      RT__PEN_LIT(p, ",\"event\":\"enforcement\",\"accounts\":[");
    } else {
      rt__pen_char(p, ',');
    }
    open = true;
    rt__pen_char(p, '"');
    account_name(p, plan, i);
    rt__pen_char(p, '"');
  }
  if (open)
    RT__PEN_LIT(p, "]}\n");
}

rt_code rt__render_events(const rt__plan *plan, rt__buf *out)
{
  rt__pen p = {out, RT_OK};
  for (int64_t day = plan->start; day < plan->end; day += RT__DAY_US) {
    if (plan->release >= day && plan->release < day + RT__DAY_US) {
      time_member(&p, "{\"ts\":", plan->release);
      RT__PEN_LIT(&p, ",\"event\":\"model_release\",\"model\":\"m-large-3\"}\n");
    }
    enforcement(&p, plan, day, day + RT__DAY_US);
  }
  return p.code;
}
