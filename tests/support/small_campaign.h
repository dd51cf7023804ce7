/* small_campaign - the casts of a small world: people, users of one tool, back ends, a harvest and
 * those who look like one. All last DAYS_IN_ALL days. Account names tell who is who: "person_",
 * "tool_", "backend_", "harvest_" ...
 */
#ifndef TEST_SMALL_CAMPAIGN_H
#define TEST_SMALL_CAMPAIGN_H

#include "support/small_world.h"

#define DAYS_IN_ALL 4

/* Each group of texts has a range of words of its own. */
enum { WORDS_TASKS = 0, WORDS_TRADES = 20000, WORDS_TOPICS = 60000, WORDS_FRAMES = 100000 };

#define HARVEST_FRAME                                                                              \
  "You are an expert tutor. Work through the task step by step and write down every result. "      \
  "Check the result in a second way. State the final answer on a line of its own."
#define TOOL_FRAME                                                                                 \
  "You turn rough notes into a tidy summary. Keep the order of the notes. Name open questions at " \
  "the end. Never invent a fact."

/* a moment of one's own waking hours, which begin at `wakes` */
static inline double waking(luck *r, unsigned day, double wakes)
{
  return day * DAY + wakes * HOUR + 11 * HOUR * luck_unit(r);
}

/* people: some questions a day about topics of their own, a good half of them written on */
static inline void add_people(world *w, luck *r, unsigned n)
{
  static const char *const clients[] = {"browser/120", "phone/7", "tablet/3", "desktop/1"};
  for (unsigned i = 0; i < n; i++) {
    double wakes = 4 + 16 * luck_unit(r);
    unsigned often = 1 + luck_below(r, 5);
    for (unsigned d = 0; d < DAYS_IN_ALL; d++)
      for (unsigned k = luck_below(r, 2 * often + 1); k > 0; k--) {
        char text[WORLD_TXT];
        call c = {.who = world_name(w, "person", i),
                  .at = waking(r, d, wakes),
                  .client = clients[i % 4],
                  .model = i % 3 ? "m-small" : "m-large",
                  .in = 10 + luck_below(r, 60),
                  .out = 60 + luck_below(r, 500)};
        words_text(r, WORDS_TOPICS + 50 * i, 50, 5 + luck_below(r, 8), text, sizeof text);
        c.user = text;
        world_say(w, c);
        if (luck_below(r, 10) > 5)
          continue;
        c.at += 60 + luck_below(r, 300);
        c.first = text;
        c.user = "and why is that so";
        c.turn = 1;
        world_say(w, c);
      }
  }
}

/* customers of one tool, each with a trade and days of their own: one template, many owners */
static inline void add_tool_users(world *w, luck *r, const char *group, unsigned n,
                                  const char *frame)
{
  for (unsigned i = 0; i < n; i++) {
    double wakes = 4 + 16 * luck_unit(r);
    for (unsigned d = 0; d < DAYS_IN_ALL; d++) {
      unsigned often = luck_below(r, 3) ? 5 + luck_below(r, 25) : 0;
      for (unsigned k = 0; k < often; k++) {
        char text[WORLD_TXT];
        words_text(r, WORDS_TRADES + 40 * i, 40, 14, text, sizeof text);
        world_say(w, (call){.who = world_name(w, group, i),
                            .at = waking(r, d, wakes),
                            .system = frame,
                            .user = text,
                            .client = "notes-tool/2",
                            .model = "m-small",
                            .temperature = 300,
                            .in = 60 + luck_below(r, 60),
                            .out = 150 + luck_below(r, 250)});
      }
    }
  }
}

/* programs of one owner each: a frame, parameters and a load of their own, days that swing */
static inline void add_back_ends(world *w, luck *r, unsigned n)
{
  for (unsigned i = 0; i < n; i++) {
    char frame[400], client[40];
    words_text(r, WORDS_FRAMES + 60 * i, 60, 20, frame, sizeof frame);
    snprintf(client, sizeof client, "service-%u/1.%u", i % 7, i);
    unsigned load = 8 + luck_below(r, 40), size = 60 + luck_below(r, 900);
    for (unsigned d = 0; d < DAYS_IN_ALL; d++) {
      unsigned today = load / 2 + luck_below(r, load);
      for (unsigned k = 0; k < today; k++) {
        char text[WORLD_TXT];
        words_text(r, WORDS_TRADES + 2000 + 40 * i, 40, 14, text, sizeof text);
        world_say(w, (call){.who = world_name(w, "backend", i),
                            .at = (d + luck_unit(r)) * DAY,
                            .system = frame,
                            .user = text,
                            .client = client,
                            .model = i % 2 ? "m-small" : "m-large",
                            .temperature = 100 * (1 + (int)(i % 9)),
                            .max_tokens = 100 * (1 + i % 12),
                            .in = 60 + luck_below(r, 200),
                            .out = size / 2 + luck_below(r, size)});
      }
    }
  }
}

/* one list of tasks dealt in turn over n accounts by one program, every `pace` seconds */
static inline void add_harvest(world *w, luck *r, unsigned n, double pace)
{
  unsigned turn = 0;
  for (double t = HOUR; t < DAYS_IN_ALL * DAY; t += pace * (0.6 + 0.8 * luck_unit(r)), turn++) {
    char text[WORLD_TXT], ip[40];
    words_text(r, WORDS_TASKS, 900, 16, text, sizeof text);
    snprintf(ip, sizeof ip, "198.51.100.%u", turn % 3);
    world_say(w, (call){.who = world_name(w, "harvest", turn % n),
                        .at = t,
                        .system = HARVEST_FRAME,
                        .user = text,
                        .client = "requests/2",
                        .model = "m-large",
                        .ip = ip,
                        .temperature = 700,
                        .max_tokens = 2048,
                        .in = 80 + luck_below(r, 40),
                        .out = 400 + luck_below(r, 400)});
  }
}

/* how a reseller's customers reach its accounts */
typedef enum resale { DEALT, STUCK, ONE_PROGRAM, QUOTED } resale;

/* n accounts that carry the traffic of customers with frames, parameters and trades of their own.
 * DEALT: in turn; STUCK: each customer keeps to one account; ONE_PROGRAM: all have one customer's
 * parameters; QUOTED: a customer's prompts are one text, again and again */
static inline void add_resold(world *w, luck *r, unsigned n, unsigned customers, resale how)
{
  unsigned turn = 0;
  for (double t = HOUR; t < DAYS_IN_ALL * DAY; t += 240 * (0.6 + 0.8 * luck_unit(r)), turn++) {
    char text[WORLD_TXT], frame[400];
    unsigned c = luck_below(r, customers);
    luck own = {4000 + c};
    words_text(&own, WORDS_FRAMES + 20000 + 60 * c, 60, 20, frame, sizeof frame);
    words_text(how == QUOTED ? &own : r, WORDS_TRADES + 16000 + 40 * c, 40, 14, text, sizeof text);
    call x = {.who = world_name(w, "resold", (how == STUCK ? c : turn) % n),
              .at = t,
              .system = frame,
              .user = text,
              .client = "relay/1",
              .model = "m-large",
              .temperature = how == ONE_PROGRAM ? 500 : 100 + 50 * (int)c,
              .max_tokens = how == ONE_PROGRAM ? 900 : 300 + 100 * c,
              .in = 80 + luck_below(r, 40),
              .out = 100 + luck_below(r, 400)};
    world_say(w, x);
    if (luck_below(r, 10) > 5)
      continue;
    x.at += 60 + luck_below(r, 100);
    x.first = text;
    x.user = "and what follows from that";
    x.turn = 1;
    world_say(w, x);
  }
}

/* owners who use the harvest's very prompt, program and network, with material and days of their
 * own: the honest twin of a harvest (n alone) or strangers to be framed (beside one) */
static inline void add_twins(world *w, luck *r, unsigned n)
{
  for (unsigned i = 0; i < n; i++)
    for (unsigned d = 0; d < DAYS_IN_ALL; d++) {
      unsigned often = luck_below(r, 4) ? 6 + luck_below(r, 50) : luck_below(r, 3);
      for (unsigned k = 0; k < often; k++) {
        char text[WORLD_TXT], ip[40];
        words_text(r, WORDS_TRADES + 8000 + 40 * i, 40, 16, text, sizeof text);
        snprintf(ip, sizeof ip, "198.51.100.%u", luck_below(r, 3));
        world_say(w, (call){.who = world_name(w, "twin", i),
                            .at = (d + luck_unit(r)) * DAY,
                            .system = HARVEST_FRAME,
                            .user = text,
                            .client = "requests/2",
                            .model = "m-large",
                            .ip = ip,
                            .temperature = 700,
                            .max_tokens = 2048,
                            .in = 80 + luck_below(r, 40),
                            .out = 400 + luck_below(r, 400)});
      }
    }
}

/* everybody honest */
static inline world *honest_world(uint64_t seed, luck *r)
{
  world *w = world_new();
  *r = (luck){seed};
  add_people(w, r, 60);
  add_tool_users(w, r, "tool", 25, TOOL_FRAME);
  add_back_ends(w, r, 30);
  return w;
}

enum { HARVEST = 14 };

static inline world *harvest_world(uint64_t seed)
{
  luck r;
  world *w = honest_world(seed, &r);
  add_harvest(w, &r, HARVEST, 150);
  return w;
}

/* payment of the harvest: two accounts a card; everybody else pays for himself */
static inline void add_facts_of_all(world *w, bool cards)
{
  static const char *const seen[] = {"harvest", "tool", "backend", "person"};
  static const unsigned many[] = {HARVEST, 25, 30, 60};
  luck r = {77};
  for (size_t g = 0; g < 4; g++)
    for (unsigned i = 0; i < many[g]; i++) {
      char line[80], card[40];
      const char *who = world_name(w, seen[g], i);
      snprintf(line, sizeof line, "{%s}", who);
      if (g == 0 && cards)
        snprintf(card, sizeof card, "pm_harvest_%u", i / 2);
      else
        snprintf(card, sizeof card, "pm_%s", who);
      rt_facts f = {.account = slice_of(who),
                    .as_of_us = 1,
                    .risk = NAN,
                    .verified = -1,
                    .created_us = WORLD_T0 - (int64_t)luck_below(&r, 300) * INT64_C(86400000000),
                    .line = slice_of(world_keep(w, line))};
      f.payments[0] = slice_of(world_keep(w, card));
      f.n_payments = 1;
      world_fact(w, f);
    }
}

#endif
