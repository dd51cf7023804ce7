/* plan - a world by reference: who there is, who speaks when through which account, and what about.
 *
 * The plan is made once from spec, seed and texts. Every exchange is later a pure function of the
 * plan and a few numbers (source, conversation, turn), so nothing of the traffic is kept.
 *
 * accounts   who is billed, from where, with which program
 * sources    one stream of conversations each: a person, a job, a customer of a pool, a harvest
 * dispatches pools: they choose an account for a conversation (dispatch.h)
 */
#ifndef RT_WORLD_PLAN_H
#define RT_WORLD_PLAN_H

#include "world/arrive.h"
#include "world/client.h"
#include "world/kinds.h"
#include "world/place.h"
#include "world/spec.h"
#include "world/texts.h"

#define RT__NONE UINT32_MAX

typedef enum rt__world_label { RT__BENIGN, RT__CAMPAIGN, RT__POOLED } rt__world_label;

typedef struct rt__account {
  uint64_t seed;
  int64_t created, closed; /* closed 0 = open */
  uint64_t payment;        /* 0 = none */
  uint32_t net_id;         /* which office, host, VPN; own when net says so */
  uint32_t org;            /* 0 = none */
  uint32_t group;          /* index into groups; RT__NONE */
  uint32_t signup;         /* sign-up network: 0 = from its own */
  uint16_t addresses;      /* of a shared net */
  uint16_t bin;            /* card range; 0 = none */
  uint8_t label, world;    /* kind or level */
  uint8_t net, country, plan, mail;
  rt__client client;
  bool verified;
} rt__account;

/* a text that stands around a slot */
typedef enum rt__text_kind {
  RT__TEXT_NONE,
  RT__TEXT_APP,    /* of the pool APPS */
  RT__TEXT_OWN,    /* a firm's own system prompt */
  RT__TEXT_TOOL,   /* a tool's words before the slot */
  RT__TEXT_MAKER,  /* a maker of data, before an outline */
  RT__TEXT_INTENT, /* wording.h */
  RT__TEXT_AGENT   /* a coding agent's system prompt */
} rt__text_kind;

typedef struct rt__text_ref {
  uint8_t kind, intent, topic, wording; /* wording: rt__wording */
  uint64_t seed;
} rt__text_ref;

typedef struct rt__program {
  rt__text_ref system, inject;                        /* the second goes behind the first */
  rt__text_ref before, after;                         /* the slot in the user's turn */
  int32_t max_tokens, temperature_milli, top_p_milli; /* -1 = not set */
  uint16_t out_tokens;                                /* median answer */
  uint8_t api;                                        /* RT__API_BIT_*, one of them */
  uint8_t tier;                                       /* 0 small, 1 mid, 2 large */
  uint8_t tools;                                      /* number of a tool set, 0 = none */
  bool vary, stream, thinking;
} rt__program;

typedef struct rt__material {
  uint8_t stuff, pool, len; /* len: median bytes / 16 */
  uint8_t topic[2];
  uint8_t lead;         /* percent of slots that name the owner */
  uint8_t fresh;        /* percent of slots that are cut anew */
  uint8_t samples;      /* times that each item is asked */
  uint32_t own;         /* base items of the owner */
  uint16_t part, parts; /* share of a task list */
  uint64_t seed;
} rt__material;

typedef struct rt__source {
  uint64_t seed;
  rt__arrival arrival;
  rt__program program;
  rt__material material;
  uint32_t account;  /* RT__NONE: asks the dispatch */
  uint32_t dispatch; /* RT__NONE: account is fixed */
  uint32_t seat;     /* fixed seat of the dispatch; RT__NONE: it chooses */
  int64_t adopts;    /* when it moves to a released model; 0 = never */
  float pivot;       /* share of conversations that move then */
  float turns, gap_s, replay, split, refused;
  uint32_t probes; /* first conversations that only try wordings */
  uint8_t way;
  uint8_t end_users;
  bool relay;  /* frame and slot of each conversation are those of some customer */
  bool honest; /* those of each account are its own */
  bool harvest;
} rt__source;

typedef struct rt__seat {
  uint32_t first, n; /* its accounts, one after the other */
  float weight;
  int8_t wake; /* local hour at which its day begins; -1 = always awake */
  int8_t hours;
} rt__seat;

typedef struct rt__dispatch_plan {
  uint32_t first_seat, n_seats;
  uint8_t balancer;
  float random;
  uint64_t seed;
} rt__dispatch_plan;

typedef struct rt__plan {
  rt_alloc alloc;
  const rt__spec *spec;
  const rt__texts *texts;
  uint64_t seed;
  int64_t start, end, release; /* release 0 = none */
  rt__account *accounts;
  rt__source *sources;
  rt__seat *seats;
  rt__dispatch_plan *dispatches;
  char (*groups)[RT__SPEC_NAME];
  size_t n_accounts, n_sources, n_seats, n_dispatches, n_groups;
  size_t cap_accounts, cap_sources, cap_seats, cap_dispatches, cap_groups;
  uint32_t name_bits; /* account names are a permutation of 2^name_bits numbers */
} rt__plan;

/* spec and texts must outlive the plan. O(accounts) */
rt_code rt__plan_make(const rt_alloc *a, const rt__spec *spec, const rt__texts *texts,
                      uint64_t seed, rt__plan **out, rt_error *err) RT__MUST_CHECK;
void rt__plan_free(rt__plan *p);

/* name of account i as a number: unique, says nothing about kind or group */
uint32_t rt__account_name(const rt__plan *p, uint32_t i);
/* L2 for a campaign's account, the kind's name for others */
const char *rt__account_kind(const rt__account *a);

/* ---- for the files that make the plan */

/* zeroed new element at the end; NULL when out of memory or beyond the limits of spec.h */
rt__account *rt__plan_account(rt__plan *p);
rt__source *rt__plan_source(rt__plan *p);
rt__seat *rt__plan_seat(rt__plan *p);
rt__dispatch_plan *rt__plan_dispatch(rt__plan *p);
/* index of a new group with that label; RT__NONE when out of memory */
uint32_t rt__plan_group(rt__plan *p, const char *label);

rt_code rt__plan_background(rt__plan *p) RT__MUST_CHECK;
rt_code rt__plan_campaigns(rt__plan *p) RT__MUST_CHECK;

/* parameters, length of answers, tools from a frame's seed, so that all who use it set the same */
void rt__program_params(rt__program *g, uint64_t seed, bool greedy);
void rt__program_api(rt__program *g, rt__client c, rt__rng *r);
/* frame and material of a person, or of some customer of a relay */
void rt__program_frame(rt__program *g, const rt__plan *p, rt__frame f, uint64_t owner,
                       uint64_t group, rt__rng *r);
void rt__material_of(rt__material *m, const rt__plan *p, rt__stuff stuff, uint64_t owner,
                     rt__rng *r);
void rt__customer(const rt__plan *p, uint64_t seed, rt__program *g, rt__material *m, uint8_t *way,
                  float *turns);

#endif
