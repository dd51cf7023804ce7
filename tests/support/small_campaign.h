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

/* ---- findings as text: all that the accessors say, digit for digit */

typedef struct text_out {
  char *p;
  size_t n, cap;
} text_out;

static inline void put(text_out *t, const char *fmt, ...)
{
  char line[2000];
  va_list ap;
  va_start(ap, fmt);
  int k = vsnprintf(line, sizeof line, fmt, ap);
  va_end(ap);
  assert_true(k >= 0 && (size_t)k < sizeof line);
  while (t->n + (size_t)k + 1 > t->cap) {
    t->cap = t->cap ? 2 * t->cap : 65536;
    t->p = realloc(t->p, t->cap);
    assert_non_null(t->p);
  }
  memcpy(t->p + t->n, line, (size_t)k + 1);
  t->n += (size_t)k;
}

static inline void put_campaign(text_out *t, const rt_campaign *c)
{
  rt_slice id = rt_campaign_id(c);
  put(t, "%.*s %s %.17g %.17g %.17g %.17g\n", (int)id.n, id.p,
      rt_verdict_name(rt_campaign_verdict(c)), rt_campaign_score(c), rt_campaign_coordination(c),
      rt_campaign_extraction(c), rt_campaign_concealment(c));
  put(t, " %.17g %s %.17g %u\n", rt_campaign_not_chance_p(c), rt_campaign_chance_method(c),
      rt_campaign_decoy_fdr(c), rt_campaign_decoys(c));
  put(t, " %llu %llu %llu %llu %lld %lld\n", (unsigned long long)rt_campaign_harvesting(c),
      (unsigned long long)rt_campaign_exchanges(c), (unsigned long long)rt_campaign_tokens_in(c),
      (unsigned long long)rt_campaign_tokens_out(c), (long long)rt_campaign_first_us(c),
      (long long)rt_campaign_last_us(c));
  for (size_t i = 0; i < rt_campaign_evidence_count(c); i++) {
    const rt_evidence *e = rt_campaign_evidence(c, i);
    put(t, " + %s %.17g %.17g %.17g %.17g %s\n", rt_family_name(e->family), e->bits,
        e->quartiles[0], e->quartiles[1], e->quartiles[2], e->what);
    for (size_t k = 0; k < e->n_values; k++)
      put(t, "   = %s\n", e->values[k]);
  }
  for (size_t i = 0; i < rt_campaign_counter_count(c); i++) {
    const rt_counter *x = rt_campaign_counter(c, i);
    put(t, " - %s %.17g %s\n", x->cause, x->log_odds, x->what);
  }
  for (size_t i = 0; i < rt_campaign_members(c); i++) {
    const rt_member *m = rt_campaign_member(c, i);
    rt_slice name = rt_member_account(m);
    put(t, " * %.*s %s %.17g %llu %llu %lld %lld", (int)name.n, name.p,
        rt_role_name(rt_member_role(m)), rt_member_score(m),
        (unsigned long long)rt_member_exchanges(m), (unsigned long long)rt_member_tokens(m),
        (long long)rt_member_first_us(m), (long long)rt_member_last_us(m));
    for (int f = 0; f < RT_FAMILY_COUNT; f++)
      put(t, " %.17g", rt_member_bits(m, (rt_family)f));
    put(t, "\n");
  }
}

/* to be freed */
static inline char *findings_text(const rt_findings *f)
{
  text_out t = {NULL, 0, 0};
  put(&t, "%llu %llu %llu %s %.17g\n", (unsigned long long)rt_findings_exchanges(f),
      (unsigned long long)rt_findings_duplicates(f), (unsigned long long)rt_findings_accounts(f),
      rt_findings_view(f), rt_findings_prior(f));
  for (size_t i = 0; i < rt_findings_campaigns(f); i++)
    put_campaign(&t, rt_findings_campaign(f, i));
  for (size_t i = 0; i < rt_findings_notes(f); i++) {
    const rt_account_note *n = rt_findings_note(f, i);
    put(&t, "%.*s %.*s %.17g", (int)n->account.n, n->account.p, (int)n->nearest.n,
        n->nearest.n ? n->nearest.p : "", n->score);
    for (size_t k = 0; k < n->n_missing; k++)
      put(&t, " %s", n->missing[k]);
    put(&t, "\n");
  }
  return t.p;
}

/* members of campaigns of a verdict whose names begin so; bystanders only if asked for */
static inline size_t count_members(const rt_findings *f, rt_verdict v, const char *prefix,
                                   bool bystanders)
{
  size_t n = 0;
  for (size_t i = 0; i < rt_findings_campaigns(f); i++) {
    const rt_campaign *c = rt_findings_campaign(f, i);
    for (size_t k = 0; rt_campaign_verdict(c) == v && k < rt_campaign_members(c); k++) {
      const rt_member *m = rt_campaign_member(c, k);
      rt_slice name = rt_member_account(m);
      bool named = name.n >= strlen(prefix) && memcmp(name.p, prefix, strlen(prefix)) == 0;
      n += named && (bystanders || rt_member_role(m) != RT_ROLE_BYSTANDER);
    }
  }
  return n;
}

#endif
