/* kinds - the honest background: one row a kind, and what the columns mean.
 *
 * A row says who these accounts are (group sizes, money, networks, clients), when they speak
 * (arrival), what they say (frame around a slot, material of the slots) and in which shape.
 */
#ifndef RT_WORLD_KINDS_H
#define RT_WORLD_KINDS_H

#include <stdint.h>

typedef enum rt__when {
  RT__WHEN_PERSON, /* days on and off, sessions, a few conversations in each */
  RT__WHEN_STREAM, /* a service: a rate that follows the day, bursts, quiet hours */
  RT__WHEN_CRON,   /* a clock with small jitter */
  RT__WHEN_BATCH,  /* jobs: many items in a row, then nothing */
  RT__WHEN_EVENT   /* persons, all within the same hours or days */
} rt__when;

typedef enum rt__curve {
  RT__CURVE_HOME,
  RT__CURVE_OFFICE,
  RT__CURVE_GLOBAL,
  RT__CURVE_FLAT,
  RT__CURVE_NIGHT,
  RT__CURVES
} rt__curve;

/* how a conversation goes on */
typedef enum rt__way { RT__WAY_SINGLE, RT__WAY_TALK, RT__WAY_AGENT, RT__WAY_EMBED } rt__way;

/* what stands around a slot */
typedef enum rt__frame {
  RT__FRAME_BARE,   /* nothing */
  RT__FRAME_SITE,   /* a person: mostly nothing, at times an app's prompt */
  RT__FRAME_APP,    /* system prompt of a popular app, the same in unrelated hands */
  RT__FRAME_TOOL,   /* text that a popular tool puts before what it was given */
  RT__FRAME_GROUP,  /* system prompt of the group */
  RT__FRAME_GTOOL,  /* text before the slot, the same in the group */
  RT__FRAME_OWN,    /* system prompt of one's own */
  RT__FRAME_SCRIPT, /* text before the slot, of one's own */
  RT__FRAME_AGENT,  /* a coding agent: long system prompt, tools */
  RT__FRAME_MAKER,  /* instructions to make data, of the group or one\'s own */
  RT__FRAME_INTENT  /* instructions to reason, grade or teach, of one's own wording */
} rt__frame;

/* where slots come from */
typedef enum rt__stuff {
  RT__STUFF_CHAT,   /* what people ask, by the account's interests */
  RT__STUFF_DIALOG, /* end users of a service */
  RT__STUFF_TRADE,  /* the owner's papers: alike inside, different between, reused heavy-tailed */
  RT__STUFF_GTRADE, /* papers of the group's trade */
  RT__STUFF_CORPUS, /* a famous public corpus, some pass of it */
  RT__STUFF_EXAM,   /* questions of a public exam, the same for everybody who runs it */
  RT__STUFF_PROBES, /* a handful of prompts again and again */
  RT__STUFF_CODE,   /* tasks in one's own repository */
  RT__STUFF_SEEDS,  /* what to invent data from */
  RT__STUFF_VIRAL,  /* one prompt for everybody */
  RT__STUFF_MIX,    /* any: customers of a relay */
  RT__STUFF_TASKS   /* a harvest's task list */
} rt__stuff;

typedef enum rt__net {
  RT__NET_HOME,    /* a line at home and a phone */
  RT__NET_OFFICE,  /* one or two addresses for the group */
  RT__NET_SERVER,  /* own hosts */
  RT__NET_SHARED,  /* hosts of the group */
  RT__NET_RUNNER,  /* a fresh cloud address with each conversation */
  RT__NET_VPN,     /* exits of a consumer VPN */
  RT__NET_CARRIER, /* a carrier's NAT */
  RT__NET_PROXY,   /* one address, of a proxy seller */
  RT__NET_ROAM     /* home networks, changing */
} rt__net;

typedef enum rt__money {
  RT__MONEY_OWN,
  RT__MONEY_GROUP,
  RT__MONEY_NONE,
  RT__MONEY_MIXED
} rt__money;
typedef enum rt__orgs { RT__ORG_NONE, RT__ORG_GROUP, RT__ORG_MAYBE } rt__orgs;
typedef enum rt__clients {
  RT__CLIENTS_SITE,
  RT__CLIENTS_SDK,
  RT__CLIENTS_GROUP,
  RT__CLIENTS_AGENT,
  RT__CLIENTS_RUNNER
} rt__clients;

typedef struct rt__kind {
  const char *name;
  double share;         /* of the default mix */
  uint16_t least, most; /* accounts in a group */
  rt__when when;
  rt__curve curve;
  double rate, sigma; /* starts an active day: median over accounts and spread (of ln) */
  double on, weekend; /* chance of an active day; factor at week ends */
  rt__way way;
  double turns; /* mean */
  rt__frame frame;
  rt__stuff stuff;
  rt__net net;
  rt__money money;
  rt__orgs org;
  rt__clients clients;
  double fresh; /* days within which a group signs up at once; 0 = at any time */
  uint32_t flags;
  const char *what; /* for the manual */
} rt__kind;

enum {
  RT__KIND_BALANCED = 1,   /* one stream of the group, dealt over its keys by a gateway */
  RT__KIND_RELEASE = 2,    /* happens at the release of a model */
  RT__KIND_END_USERS = 4,  /* names its end users */
  RT__KIND_GREEDY = 8,     /* temperature 0 or set, large answers: parameters as a harvest's */
  RT__KIND_TWO_KEYS = 16,  /* a person's conversations move from one key to another */
  RT__KIND_SAMPLES = 32,   /* each prompt several times */
  RT__KIND_SAME_HOURS = 64 /* one clock for the group */
};

uint32_t rt__kinds(void);
const rt__kind *rt__kind_at(uint32_t k);
uint32_t rt__kind_find(const char *name); /* rt__kinds() if there is none */

#endif
