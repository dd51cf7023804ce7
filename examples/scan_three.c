/* scan_three - libretort from a program of your own: three groups of accounts, one scan, what it
 * found.
 *
 *     cc scan_three.c -o scan_three $(pkg-config --cflags --libs retort)
 *
 * The steps are always these: fill an rt_exchange for each request that you have served, hand it to
 * a digester whose sink is the scan's, run the scan, read the findings. The library reads no files,
 * starts no threads and prints nothing; what is printed here, this program prints.
 */
#include <retort/retort.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR  INT64_C(3600000000) /* microseconds */
#define DAY   (24 * HOUR)
#define START INT64_C(1772409600000000) /* 2026-03-02 */

static const char *const things[] = {"crates", "tickets", "bottles", "chairs", "panels",
                                     "boxes",  "books",   "lamps",   "keys",   "cables",
                                     "stamps", "plates",  "coins",   "tiles"};
static const char *const verbs[] = {"packs",  "sells",   "counts", "moves",
                                    "orders", "returns", "labels", "stores"};
static const char *const trades[] = {"garden",   "bakery",   "clinic",  "school",
                                     "harbour",  "museum",   "garage",  "library",
                                     "vineyard", "workshop", "theatre", "airfield"};

typedef struct feeder {
  rt_digester *digester;
  rt_digest_sink sink;
  rt_error err;
  unsigned long long random;
} feeder;

/* small, and the same everywhere */
static unsigned below(feeder *f, unsigned n)
{
  f->random = f->random * 6364136223846793005ULL + 1442695040888963407ULL;
  return (unsigned)(f->random >> 33) % n;
}

static rt_slice slice(const char *s)
{
  return (rt_slice){s, strlen(s)};
}

/* all that there is to feeding: what is not known stays as rt_exchange_clear left it */
static void feed(feeder *f, const char *account, int64_t time_us, const char *system,
                 const char *user, const char *client)
{
  rt_exchange x;
  rt_exchange_clear(&x);
  x.account = slice(account);
  x.time_us = time_us;
  x.model = slice("m-large-2");
  x.user_agent = slice(client);
  x.api = RT_API_CHAT;
  x.outcome = RT_OUTCOME_OK;
  if (system)
    x.system = slice(system);
  x.first_user = x.last_user = slice(user);
  x.has_messages = true;
  x.n_messages = system ? 2 : 1;
  x.n_user = 1;
  x.tokens_in = (uint32_t)strlen(user) / 4;
  x.tokens_out = 200 + below(f, 400);
  if (rt_digester_add(f->digester, &x, &f->sink, &f->err) != RT_OK) {
    fprintf(stderr, "scan_three: %s\n", f->err.message);
    exit(1);
  }
}

/* ---- three groups */

/* one list of tasks, dealt over fourteen accounts in turn */
static void pool(feeder *f)
{
  char account[32], task[400];
  int64_t t = START;
  for (unsigned turn = 0; t < START + 4 * DAY; turn++) {
    snprintf(account, sizeof account, "pool_%02u", turn % 14);
    snprintf(task, sizeof task,
             "Somebody at the %s %s %u %s in groups of %u, then %s %u %s more for each group. How "
             "many %s and %s are "
             "there after %u rounds, and how many would be left if %u of the groups were given to "
             "the %s?",
             trades[below(f, 12)], verbs[below(f, 8)], 20 + below(f, 900), things[below(f, 14)],
             2 + below(f, 9), verbs[below(f, 8)], 2 + below(f, 40), things[below(f, 14)],
             things[below(f, 14)], things[below(f, 14)], 2 + below(f, 12), 2 + below(f, 9),
             trades[below(f, 12)]);
    feed(f, account, t,
         "Work through the task step by step, state every intermediate result with its reason, "
         "check it in a second "
         "way, and give the final answer on a line of its own.",
         task, "python-requests/2.32.3");
    t += (60 + below(f, 60)) * INT64_C(1000000);
  }
}

/* strangers who run one popular template with keys of their own: each has a trade */
static void app(feeder *f)
{
  char account[32], notes[400];
  for (unsigned who = 0; who < 20; who++) {
    snprintf(account, sizeof account, "app_%02u", who);
    for (unsigned day = 0; day < 4; day++)
      for (unsigned k = 0; k < 12; k++) {
        const char *trade = trades[who % 12];
        snprintf(notes, sizeof notes,
                 "notes from the %s: the %s %s %s, the %s %s %s, %u %s were late, ask the %s about "
                 "%s and %s",
                 trade, trade, verbs[(who + below(f, 2)) % 8], things[(who * 3 + below(f, 2)) % 14],
                 trade, verbs[(who + below(f, 2)) % 8], things[(who * 3 + below(f, 2)) % 14],
                 2 + below(f, 30), things[(who * 3 + below(f, 2)) % 14], trade,
                 things[(who * 3 + below(f, 2)) % 14], things[(who * 3 + below(f, 2)) % 14]);
        feed(f, account, START + day * DAY + 8 * HOUR + below(f, 10 * 3600) * INT64_C(1000000),
             "You turn rough notes into a tidy summary and name open questions at the end.", notes,
             "notes-app/2.1");
      }
  }
}

/* people: a question now and then, each in a way of their own about a thing of their own */
static void people(feeder *f)
{
  static const char *const shapes[] = {
      "how many %s does a %s need on day %u?",
      "my %s at the %s broke after %u days, can that be mended",
      "write a card for somebody who gave %s to the %s %u years ago",
      "Is it true that %s from a %s must be at least %u weeks old? Who says so?",
      "plan a visit: %s, then the %s, home before %u o'clock",
      "translate: \"the %s belong to the %s since %u\"",
      "what rhymes with %s, and would a %s with %u windows buy such a poem"};
  static const char *const clients[] = {"browser/120", "phone-app/7", "tablet/3", "desktop/1.9",
                                        "browser/98"};
  char account[32], question[300];
  for (unsigned who = 0; who < 60; who++) {
    unsigned often = 1 + below(f, 9), hour = 6 + below(f, 12);
    snprintf(account, sizeof account, "person_%02u", who);
    for (unsigned k = 0; k < often; k++) {
      snprintf(question, sizeof question, shapes[(who + below(f, 2)) % 7],
               things[(who * 5 + below(f, 2)) % 14], trades[(who * 7 + below(f, 2)) % 12],
               below(f, 31));
      feed(f, account,
           START + below(f, 4) * DAY + (hour * 3600 + below(f, 5 * 3600)) * INT64_C(1000000), NULL,
           question, clients[who % 5]);
    }
  }
}

/* ---- what was found */

static void print(const rt_findings *f)
{
  printf("%llu exchanges of %llu accounts, view: %s\n",
         (unsigned long long)rt_findings_exchanges(f), (unsigned long long)rt_findings_accounts(f),
         rt_findings_view(f));
  for (size_t i = 0; i < rt_findings_campaigns(f); i++) {
    const rt_campaign *c = rt_findings_campaign(f, i);
    rt_slice id = rt_campaign_id(c);
    printf("%.*s: %s, %zu accounts, score %.3f\n", (int)id.n, id.p,
           rt_verdict_name(rt_campaign_verdict(c)), rt_campaign_members(c), rt_campaign_score(c));
    for (size_t e = 0; e < rt_campaign_evidence_count(c); e++) {
      const rt_evidence *why = rt_campaign_evidence(c, e);
      printf("  %s: %.1f bits, %s\n", rt_family_name(why->family), why->bits, why->what);
    }
  }
}

int main(void)
{
  rt_scan_options options;
  rt_scan *scan = NULL;
  feeder f = {.random = 1};
  rt_scan_options_default(&options);
  rt_code c = rt_scan_new(NULL, &options, &scan, &f.err);
  if (c == RT_OK)
    c = rt_scan_sink(scan, &f.sink, &f.err);
  if (c == RT_OK)
    c = rt_digester_new(NULL, &options.key, (size_t)16 << 20, &f.digester, &f.err);
  if (c == RT_OK) {
    pool(&f);
    app(&f);
    people(&f);
    c = rt_scan_run(scan, &f.err);
  }
  if (c == RT_OK)
    print(rt_scan_findings(scan));
  else
    fprintf(stderr, "scan_three: %s\n", f.err.message);
  rt_digester_free(f.digester);
  rt_scan_free(scan);
  return c == RT_OK ? 0 : 1;
}
