/* spec - what a world is made of: days, honest kinds with their shares, campaigns, resold pools.
 *
 * A spec is plain data; together with a seed and the texts it decides every byte of the world. It
 * is read from JSON (spec_json.c, docs/simulate.md) or is a preset (preset.c), which is JSON as
 * well.
 */
#ifndef RT_WORLD_SPEC_H
#define RT_WORLD_SPEC_H

#include "base/base.h"

#define RT__SPEC_FILE_MAX  ((size_t)1 << 20)
#define RT__KINDS_MAX      48
#define RT__CAMPAIGNS_MAX  256
#define RT__SPEC_ACCOUNTS  20000000 /* accounts in one world, before scale */
#define RT__SPEC_CUSTOMERS 20000000 /* of its pools, likewise */
#define RT__SPEC_EXCHANGES 4e9
#define RT__SPEC_NAME      48

typedef enum rt__level {
  RT__L0,
  RT__L0_SOLO,
  RT__L1,
  RT__L2,
  RT__L3,
  RT__L4,
  RT__L5,
  RT__L6,
  RT__RESALE, /* a pool without harvest */
  RT__LEVELS
} rt__level;

typedef enum rt__balancer { RT__BALANCE_LRU, RT__BALANCE_STICKY, RT__BALANCE_RANDOM } rt__balancer;
typedef enum rt__wording {
  RT__WORDING_VERBATIM,
  RT__WORDING_ACCOUNT,
  RT__WORDING_REQUEST
} rt__wording;
typedef enum rt__shape {
  RT__SHAPE_SINGLE,
  RT__SHAPE_AGENT,
  RT__SHAPE_TALK,
  RT__SHAPE_RELAY /* real sessions of others, passed on */
} rt__shape;
typedef enum rt__ip_policy {
  RT__IP_HOSTING,     /* few addresses of one host, shared */
  RT__IP_PROXY,       /* one address an account */
  RT__IP_RESIDENTIAL, /* home networks, changing within days */
  RT__IP_ROTATING,    /* a new address with each conversation */
  RT__IP_VPN          /* exits of one VPN, which others use too */
} rt__ip_policy;
typedef enum rt__client_policy { RT__CLIENT_ONE, RT__CLIENT_ACCOUNT } rt__client_policy;

/* Fields are doubles so that one table can read and check them; enumerations hold their index. */
typedef struct rt__campaign_spec {
  char name[RT__SPEC_NAME];   /* group label; empty = made from number and level */
  char intent[RT__SPEC_NAME]; /* wording.h; empty = drawn */
  char corpus[RT__SPEC_NAME]; /* texts.h; empty = drawn; "own" = tasks of its own */
  double level, accounts, per_account, from, days;
  double balancer, random, spread, human_hours, pauses, pause_hours;
  double shape, steps, split_chains;
  double wording, system, split_topics, samples;
  double ip, addresses, client, api; /* api: rt_api order less one; 3 = mixed */
  double share_payment, signup_hours, aged_days, same_mail;
  double cover, customers;
  double ban, replace_hours, pivot, replay, probes, refused;
  double max_tokens, temperature, vary_params, tier;
  double text;   /* 1 = honest: each account says what some customer would; then it is a pool */
  double framed; /* honest strangers with the campaign's words, VPN and hours */
} rt__campaign_spec;

typedef struct rt__kind_spec {
  double share; /* of `benign`; -1 = the default mix */
  double count; /* accounts; -1 = by share; scaled like everything else */
  double rate;  /* times the kind's own rate */
  double group; /* accounts in a group; 0 = the kind's own sizes */
  double text;  /* 1 = harvest: a campaign's words around a public corpus */
} rt__kind_spec;

typedef struct rt__spec {
  char name[RT__SPEC_NAME];
  int64_t start_us;
  double days, benign, release_day, errors, scale;
  double trades;                      /* 0 to 1: how much owners keep to a trade of their own */
  bool only_named;                    /* kinds that the spec does not name are left out */
  rt__kind_spec kinds[RT__KINDS_MAX]; /* by kinds.h */
  rt__campaign_spec *campaigns;       /* owned */
  size_t n_campaigns;
} rt__spec;

/* defaults of a level, as the ladder describes it */
void rt__campaign_default(rt__level level, rt__campaign_spec *c);
const char *rt__level_name(rt__level level);

/* Reads and checks a spec. On failure the message begins with the field's path, such as
 * "campaigns[2].cover: ...". RT_E_ARG for an impossible value, RT_E_FORMAT for what is no JSON or
 * an unknown field, RT_E_LIMIT for a world that is too large. */
rt_code rt__spec_parse(const rt_alloc *a, rt_slice json, rt__spec *out,
                       rt_error *err) RT__MUST_CHECK;
void rt__spec_free(const rt_alloc *a, rt__spec *s);

/* built-in specs; NULL behind the last / if there is none of that name */
typedef struct rt__preset {
  const char *name, *what, *json;
} rt__preset;
const rt__preset *rt__preset_at(size_t i);
const rt__preset *rt__preset_find(const char *name);

/* honest accounts of kind k (kinds.h) after shares, counts and scale */
uint32_t rt__spec_count(const rt__spec *s, uint32_t kind);

#endif
