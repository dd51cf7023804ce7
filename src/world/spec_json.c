#include "world/spec.h"

#include "base/json_read.h"
#include "base/time.h"
#include "world/kinds.h"
#include "world/texts.h"
#include "world/wording.h"

#include <stdio.h>

#define NODES_MAX 20000

typedef enum field_type { NUMBER, WHOLE, FLAG, CHOICE, NAME } field_type;

/* one field of a JSON object: where it goes and what it may be */
typedef struct field {
  const char *name;
  field_type type;
  size_t offset;
  double min, max;
  const char *choices; /* "a|b|c"; the index is stored */
} field;

#define AT(member) offsetof(rt__campaign_spec, member)
static const field campaign_fields[] = {
    {"name", NAME, AT(name), 0, 0, NULL},
    {"accounts", WHOLE, AT(accounts), 1, 5e6, NULL},
    {"per_account", NUMBER, AT(per_account), 0, 1e7, NULL},
    {"from", NUMBER, AT(from), 0, 3650, NULL},
    {"days", NUMBER, AT(days), 0, 3650, NULL},
    {"balancer", CHOICE, AT(balancer), 0, 0, "lru|sticky|random"},
    {"random", NUMBER, AT(random), 0, 1, NULL},
    {"spread", NUMBER, AT(spread), 0, 3, NULL},
    {"human_hours", FLAG, AT(human_hours), 0, 1, NULL},
    {"pauses", WHOLE, AT(pauses), 0, 100, NULL},
    {"pause_hours", NUMBER, AT(pause_hours), 0, 240, NULL},
    {"shape", CHOICE, AT(shape), 0, 0, "single|agent|conversation|relay"},
    {"steps", NUMBER, AT(steps), 1, 24, NULL},
    {"split_chains", NUMBER, AT(split_chains), 0, 1, NULL},
    {"wording", CHOICE, AT(wording), 0, 0, "verbatim|account|request"},
    {"intent", NAME, AT(intent), 0, 0, NULL},
    {"system", FLAG, AT(system), 0, 1, NULL},
    {"corpus", NAME, AT(corpus), 0, 0, NULL},
    {"split_topics", FLAG, AT(split_topics), 0, 1, NULL},
    {"samples", WHOLE, AT(samples), 1, 64, NULL},
    {"ip", CHOICE, AT(ip), 0, 0, "hosting|proxy|residential|rotating|vpn"},
    {"addresses", WHOLE, AT(addresses), 1, 100000, NULL},
    {"client", CHOICE, AT(client), 0, 0, "one|account"},
    {"api", CHOICE, AT(api), 0, 0, "chat|responses|messages|mixed"},
    {"share_payment", WHOLE, AT(share_payment), 0, 1e6, NULL},
    {"signup_hours", NUMBER, AT(signup_hours), 0, 1e5, NULL},
    {"aged_days", NUMBER, AT(aged_days), 0, 3650, NULL},
    {"same_mail", FLAG, AT(same_mail), 0, 1, NULL},
    {"cover", NUMBER, AT(cover), 0, 1, NULL},
    {"customers", NUMBER, AT(customers), 0, 1000, NULL},
    {"ban", NUMBER, AT(ban), 0, 1, NULL},
    {"replace_hours", NUMBER, AT(replace_hours), 0, 1000, NULL},
    {"pivot", NUMBER, AT(pivot), 0, 1, NULL},
    {"replay", NUMBER, AT(replay), 0, 1, NULL},
    {"probes", WHOLE, AT(probes), 0, 1e6, NULL},
    {"refused", NUMBER, AT(refused), 0, 1, NULL},
    {"max_tokens", WHOLE, AT(max_tokens), 1, 1e6, NULL},
    {"temperature", NUMBER, AT(temperature), 0, 2, NULL},
    {"vary_params", FLAG, AT(vary_params), 0, 1, NULL},
    {"text", CHOICE, AT(text), 0, 0, "harvest|honest"},
    {"framed", WHOLE, AT(framed), 0, 1e5, NULL},
};
#undef AT

#define AT(member) offsetof(rt__kind_spec, member)
static const field kind_fields[] = {
    {"share", NUMBER, AT(share), 0, 1, NULL},
    {"count", WHOLE, AT(count), 0, RT__SPEC_ACCOUNTS, NULL},
    {"rate", NUMBER, AT(rate), 0, 100, NULL},
    {"group", WHOLE, AT(group), 1, 100000, NULL},
    {"text", CHOICE, AT(text), 0, 0, "own|harvest"},
};
#undef AT

#define AT(member) offsetof(rt__spec, member)
static const field world_fields[] = {
    {"name", NAME, AT(name), 0, 0, NULL},
    {"days", NUMBER, AT(days), 0.01, 3650, NULL},
    {"benign", WHOLE, AT(benign), 0, RT__SPEC_ACCOUNTS, NULL},
    {"release_day", NUMBER, AT(release_day), 0, 3650, NULL},
    {"errors", NUMBER, AT(errors), 0, 1, NULL},
    {"trades", NUMBER, AT(trades), 0, 1, NULL},
};
#undef AT

#define PATH_MAX_ 96

typedef struct parser {
  const rt__jr *d;
  rt_error *err;
  rt__spec *s;
} parser;

static rt_code bad(parser *p, const char *path, const char *what)
{
  return rt__fail(p->err, RT_E_ARG, "%s: %s", path, what);
}

/* a raw string of a name: short, printable, without escapes */
static rt_code take_name(parser *p, const char *path, const rt__jr_node *n, char *out)
{
  if (n->type != RT__JR_STRING || n->raw.n == 0 || n->raw.n >= RT__SPEC_NAME ||
      memchr(n->raw.p, '\\', n->raw.n))
    return bad(p, path, "must be a short name");
  memcpy(out, n->raw.p, n->raw.n);
  out[n->raw.n] = '\0';
  return RT_OK;
}

static rt_code take_choice(parser *p, const char *path, const rt__jr_node *n, const char *choices,
                           double *out)
{
  unsigned index = 0;
  for (const char *c = choices; n->type == RT__JR_STRING && *c; index++) {
    size_t len = strcspn(c, "|");
    if (rt__slice_eq(n->raw, rt__slice(c, len))) {
      *out = index;
      return RT_OK;
    }
    c += len + (c[len] == '|');
  }
  return rt__fail(p->err, RT_E_ARG, "%s: must be one of %s", path, choices);
}

static rt_code take_number(parser *p, const char *path, const rt__jr_node *n, const field *f,
                           double *out)
{
  double v;
  if (f->type == FLAG && (n->type == RT__JR_TRUE || n->type == RT__JR_FALSE)) {
    *out = n->type == RT__JR_TRUE;
    return RT_OK;
  }
  if (f->type == FLAG || rt__jr_number(n, &v) != RT_OK)
    return bad(p, path, f->type == FLAG ? "must be true or false" : "must be a number");
  if (v < f->min || v > f->max)
    return rt__fail(p->err, RT_E_ARG, "%s: %g is outside %g to %g", path, v, f->min, f->max);
  if (f->type == WHOLE && v != (double)(int64_t)v)
    return bad(p, path, "must be a whole number");
  *out = v;
  return RT_OK;
}

static rt_code take_field(parser *p, const char *path, const rt__jr_node *n, const field *f,
                          void *base)
{
  char *at = (char *)base + f->offset;
  if (f->type == NAME)
    return take_name(p, path, n, at);
  double v = 0;
  rt_code c =
      f->type == CHOICE ? take_choice(p, path, n, f->choices, &v) : take_number(p, path, n, f, &v);
  if (c == RT_OK)
    memcpy(at, &v, sizeof v);
  return c;
}

/* one member by the table; RT_E_FORMAT if the table has no such field */
static rt_code by_table(parser *p, const char *where, const rt__jr_node *m, const field *table,
                        size_t n, void *base)
{
  char path[PATH_MAX_ + 32];
  (void)snprintf(path, sizeof path, "%s%s%.*s", where, where[0] ? "." : "",
                 (int)(m->key.n < 30 ? m->key.n : 30), m->key.p);
  for (size_t i = 0; i < n; i++)
    if (rt__slice_eq(m->key, rt__cstr(table[i].name)))
      return take_field(p, path, m, &table[i], base);
  return rt__fail(p->err, RT_E_FORMAT, "%s: there is no such field", path);
}

/* ---- campaigns */

static rt_code take_level(parser *p, const char *path, const rt__jr_node *n, rt__level *level)
{
  for (int i = 0; n && i < RT__LEVELS; i++)
    if (rt__jr_is(n, rt__level_name((rt__level)i))) {
      *level = (rt__level)i;
      return RT_OK;
    }
  return rt__fail(p->err, RT_E_ARG, "%s.level: %s; L0 to L6, L0-solo or resale", path,
                  n ? "unknown level" : "is missing");
}

static rt_code check_campaign(parser *p, const char *path, const rt__campaign_spec *c)
{
  char full[PATH_MAX_ + 32];
  if (c->from >= p->s->days) {
    (void)snprintf(full, sizeof full, "%s.from", path);
    return bad(p, full, "begins after the last day");
  }
  if (c->level != RT__RESALE && c->cover >= 0.99) {
    (void)snprintf(full, sizeof full, "%s.cover", path);
    return bad(p, full, "leaves no harvest; at most 0.98");
  }
  bool other = !c->intent[0] || strcmp(c->intent, "plain") == 0 || strcmp(c->intent, "app") == 0;
  if (!other && rt__intent_find(c->intent) == rt__intents()) {
    (void)snprintf(full, sizeof full, "%s.intent", path);
    return bad(p, full, "there is no such intent");
  }
  return RT_OK;
}

static rt_code take_campaign(parser *p, const char *path, const rt__jr_node *n,
                             rt__campaign_spec *c)
{
  rt__level level = RT__L0;
  if (n->type != RT__JR_OBJECT)
    return bad(p, path, "must be an object");
  rt_code code = take_level(p, path, rt__jr_get(p->d, n, "level"), &level);
  if (code != RT_OK)
    return code;
  rt__campaign_default(level, c);
  for (const rt__jr_node *m = rt__jr_first(p->d, n); code == RT_OK && m; m = rt__jr_next(p->d, m))
    if (!rt__slice_eq(m->key, RT__LIT("level")))
      code = by_table(p, path, m, campaign_fields, RT__ARRAY_LEN(campaign_fields), c);
  return code == RT_OK ? check_campaign(p, path, c) : code;
}

static rt_code take_campaigns(parser *p, const rt_alloc *a, const rt__jr_node *list)
{
  rt__spec *s = p->s;
  char path[PATH_MAX_];
  if (!list)
    return RT_OK;
  if (list->type != RT__JR_ARRAY)
    return bad(p, "campaigns", "must be a list");
  if (list->n > RT__CAMPAIGNS_MAX)
    return rt__fail(p->err, RT_E_LIMIT, "campaigns: more than %d", RT__CAMPAIGNS_MAX);
  s->campaigns = rt__calloc(a, list->n ? list->n : 1, sizeof *s->campaigns);
  s->n_campaigns = list->n;
  if (!s->campaigns)
    return rt__fail(p->err, RT_E_NOMEM, "out of memory");
  rt_code c = RT_OK;
  size_t i = 0;
  for (const rt__jr_node *n = rt__jr_first(p->d, list); c == RT_OK && n; n = rt__jr_next(p->d, n)) {
    (void)snprintf(path, sizeof path, "campaigns[%zu]", i);
    c = take_campaign(p, path, n, &s->campaigns[i++]);
  }
  return c;
}

/* ---- background */

static rt_code take_kind(parser *p, const rt__jr_node *n, double *sum)
{
  char path[PATH_MAX_], name[RT__SPEC_NAME] = "";
  (void)snprintf(name, sizeof name, "%.*s", (int)(n->key.n < 40 ? n->key.n : 40), n->key.p);
  (void)snprintf(path, sizeof path, "background.%s", name);
  uint32_t k = rt__kind_find(name);
  if (k == rt__kinds())
    return rt__fail(p->err, RT_E_FORMAT, "%s: there is no such kind", path);
  if (n->type != RT__JR_OBJECT)
    return bad(p, path, "must be an object");
  rt__kind_spec *ks = &p->s->kinds[k];
  rt_code c = RT_OK;
  for (const rt__jr_node *m = rt__jr_first(p->d, n); c == RT_OK && m; m = rt__jr_next(p->d, m))
    c = by_table(p, path, m, kind_fields, RT__ARRAY_LEN(kind_fields), ks);
  if (ks->share > 0 && ks->count < 0)
    *sum += ks->share;
  if (c == RT_OK && *sum > 1.000001)
    return bad(p, path, "the shares add up to more than 1");
  return c;
}

static rt_code take_background(parser *p, const rt__jr_node *n)
{
  double sum = 0;
  if (!n)
    return RT_OK;
  if (n->type != RT__JR_OBJECT)
    return bad(p, "background", "must be an object");
  rt_code c = RT_OK;
  for (const rt__jr_node *m = rt__jr_first(p->d, n); c == RT_OK && m; m = rt__jr_next(p->d, m))
    c = take_kind(p, m, &sum);
  return c;
}

/* ---- the whole */

static rt_code take_start(parser *p, const rt__jr_node *n)
{
  char text[48];
  if (n->type != RT__JR_STRING || n->raw.n >= 40)
    return bad(p, "start", "must be a date such as 2026-03-02");
  int len = snprintf(text, sizeof text, "%.*s%s", (int)n->raw.n, n->raw.p,
                     n->raw.n == 10 ? "T00:00:00Z" : "");
  if (rt__time_parse(rt__slice(text, (size_t)len), &p->s->start_us, NULL) != RT_OK)
    return bad(p, "start", "must be a date such as 2026-03-02");
  return RT_OK;
}

static rt_code take_top(parser *p, const rt__jr_node *m)
{
  static const char *const later[] = {"schema", "campaigns", "background"};
  for (size_t i = 0; i < RT__ARRAY_LEN(later); i++)
    if (rt__slice_eq(m->key, rt__cstr(later[i])))
      return RT_OK;
  if (rt__slice_eq(m->key, RT__LIT("start")))
    return take_start(p, m);
  if (rt__slice_eq(m->key, RT__LIT("only_named"))) {
    p->s->only_named = m->type == RT__JR_TRUE;
    return m->type == RT__JR_TRUE || m->type == RT__JR_FALSE
               ? RT_OK
               : bad(p, "only_named", "must be true or false");
  }
  return by_table(p, "", m, world_fields, RT__ARRAY_LEN(world_fields), p->s);
}

/* named counts come on top of `benign` */
static double honest_accounts(const rt__spec *s)
{
  double n = s->benign;
  for (uint32_t k = 0; k < rt__kinds(); k++)
    n += s->kinds[k].count > 0 ? s->kinds[k].count : 0;
  return n;
}

static rt_code check_size(parser *p)
{
  const rt__spec *s = p->s;
  double accounts = honest_accounts(s), customers = 0, exchanges = 0;
  for (size_t i = 0; i < s->n_campaigns; i++) {
    const rt__campaign_spec *c = &s->campaigns[i];
    accounts += c->accounts + c->framed;
    exchanges += c->accounts * c->per_account;
    customers += c->cover > 0 || c->level == RT__RESALE ? c->accounts * c->customers : 0;
  }
  if (accounts > RT__SPEC_ACCOUNTS || exchanges > RT__SPEC_EXCHANGES)
    return rt__fail(p->err, RT_E_LIMIT, "benign: more than %d accounts or %.0f exchanges",
                    RT__SPEC_ACCOUNTS, RT__SPEC_EXCHANGES);
  if (customers > RT__SPEC_CUSTOMERS)
    return rt__fail(p->err, RT_E_LIMIT, "campaigns: more than %d customers", RT__SPEC_CUSTOMERS);
  return RT_OK;
}

static rt_code check_world(parser *p)
{
  double accounts = p->s->benign;
  for (size_t i = 0; i < p->s->n_campaigns; i++)
    accounts += p->s->campaigns[i].accounts;
  if (p->s->days <= 0)
    return bad(p, "days", "is missing: a world needs days");
  if (accounts <= 0 && !p->s->only_named)
    return bad(p, "benign", "is missing: a world needs accounts");
  return check_size(p);
}

static void defaults(rt__spec *s)
{
  *s = (rt__spec){.name = "world",
                  .start_us = INT64_C(1772409600) * RT__US, /* 2026-03-02 */
                  .release_day = -1,
                  .errors = 0.01,
                  .scale = 1,
                  .trades = 0.75};
  for (int k = 0; k < RT__KINDS_MAX; k++)
    s->kinds[k] = (rt__kind_spec){.share = -1, .count = -1, .rate = 1};
}

static rt_code parse(parser *p, const rt_alloc *a)
{
  const rt__jr_node *root = rt__jr_root(p->d);
  rt_code c = RT_OK;
  if (root->type != RT__JR_OBJECT)
    return rt__fail(p->err, RT_E_FORMAT, "a spec is a JSON object");
  for (const rt__jr_node *m = rt__jr_first(p->d, root); c == RT_OK && m; m = rt__jr_next(p->d, m))
    c = take_top(p, m);
  if (c == RT_OK && !rt__jr_get(p->d, root, "days"))
    c = bad(p, "days", "is missing: a world needs days");
  if (c == RT_OK)
    c = take_background(p, rt__jr_get(p->d, root, "background"));
  if (c == RT_OK)
    c = take_campaigns(p, a, rt__jr_get(p->d, root, "campaigns"));
  return c == RT_OK ? check_world(p) : c;
}

rt_code rt__spec_parse(const rt_alloc *a, rt_slice json, rt__spec *out, rt_error *err)
{
  rt__jr *d;
  defaults(out);
  rt_code c = rt__jr_parse(a, json, NODES_MAX, &d, err);
  if (c != RT_OK)
    return c;
  parser p = {.d = d, .err = err, .s = out};
  c = parse(&p, a);
  rt__jr_free(d);
  if (c != RT_OK)
    rt__spec_free(a, out);
  return c;
}

void rt__spec_free(const rt_alloc *a, rt__spec *s)
{
  rt__free(a, s->campaigns, (s->n_campaigns ? s->n_campaigns : 1) * sizeof *s->campaigns);
  s->campaigns = NULL;
  s->n_campaigns = 0;
}

/* ---- how many of each kind */

static double default_weights(const rt__spec *s)
{
  double sum = 0;
  for (uint32_t k = 0; k < rt__kinds(); k++)
    if (s->kinds[k].share < 0 && s->kinds[k].count < 0)
      sum += rt__kind_at(k)->share;
  return sum;
}

static double named_shares(const rt__spec *s)
{
  double sum = 0;
  for (uint32_t k = 0; k < rt__kinds(); k++)
    if (s->kinds[k].share >= 0 && s->kinds[k].count < 0)
      sum += s->kinds[k].share;
  return sum;
}

uint32_t rt__spec_count(const rt__spec *s, uint32_t kind)
{
  const rt__kind_spec *ks = &s->kinds[kind];
  double n;
  if (ks->count >= 0)
    n = ks->count;
  else if (ks->share >= 0)
    n = s->benign * ks->share;
  else
    n = s->only_named
            ? 0
            : s->benign * (1 - named_shares(s)) * rt__kind_at(kind)->share / default_weights(s);
  n = n * s->scale + 0.5;
  return n < 1e9 ? (uint32_t)n : 1000000000u;
}
