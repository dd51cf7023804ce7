/* daily - what --state, --previous and --keep make of a scan: yesterday's digests beside today's,
 * campaigns known by yesterday's ids, and tomorrow's state.
 *
 * Without a state a scan's producers feed the scan. With one they feed sets of today; these are
 * then merged with the state's digests into the scan, and when the findings are out the scan's
 * digests become the new state.
 *
 * Order: cli_daily_open, cli_daily_sinks, (ingest), cli_daily_join, (rt_scan_run),
 * cli_daily_follow, (findings are written), cli_daily_keep; cli_daily_free in any case, after the
 * scan.
 */
#ifndef RT_CLI_DAILY_H
#define RT_CLI_DAILY_H

#include "cli/ingest.h"
#include "report/summary.h"
#include "retort/scan.h"
#include "state/follow.h"
#include "state/state.h"

#define CLI_DAILY_OPTIONS                                                                          \
  {"state", 0, "FILE",                                                                             \
   "what is kept from day to day: read before, replaced after; made if it is not there",           \
   .kind = CLI_FILE},                                                                              \
      {"keep", 0, "TIME",                                                                          \
       "with --state: keep this many days of digests, such as 90d or 12w; older ones go",          \
       .kind = CLI_TEXT},                                                                          \
  {                                                                                                \
    "previous", 0, "FILE",                                                                         \
        "findings of an earlier scan: campaigns keep their ids and get a history",                 \
        .kind = CLI_FILE                                                                           \
  }

typedef struct cli_daily {
  rt__state *state; /* NULL: none is kept */
  int64_t keep_us;  /* 0: for ever */
  rt__memory previous;
  bool has_previous;
  rt__set *today[CLI_INGEST_THREADS + 1]; /* one a producer; the first takes the others in */
  rt__set *old;                           /* a state of version 1 */
  rt__spool_files *spools[2];             /* behind `old`, and behind the scan */
  bool has_followed;
  rt__followed followed;
  int64_t until_us; /* last exchange known of */
  uint64_t expired; /* digests dropped by --keep */
  rt__news *news;
} cli_daily;

/* exit statuses; the complaint has been made */
int cli_daily_open(const cli_args *a, const rt_key *key, cli_daily *d);
int cli_daily_sinks(const cli_args *a, cli_daily *d, cli_ingest *in, rt_scan *scan);
int cli_daily_join(const cli_args *a, cli_daily *d, rt_scan *scan);
int cli_daily_follow(const cli_args *a, cli_daily *d, rt_scan *scan);
int cli_daily_keep(const cli_args *a, cli_daily *d, rt_scan *scan);
void cli_daily_free(cli_daily *d);

/* what changed, for the top of the table */
void cli_daily_summary(const cli_daily *d, rt__summary *s);

#endif
