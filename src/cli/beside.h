/* beside - what a scan takes in beside exchanges: account facts and events, each a file of JSON
 * lines, plain or packed, or a folder of such.
 *
 * A bad line is counted, the first few are shown with file and line. What can't be opened or breaks
 * off makes the scan unusable: facts that are half there are worse than none.
 */
#ifndef RT_CLI_BESIDE_H
#define RT_CLI_BESIDE_H

#include "cli/cli.h"
#include "feed/feed.h"
#include "retort/scan.h"

#define CLI_BAD_LINES_SHOWN 3

/* what was read, for the run line */
typedef struct cli_beside {
  rt__feed_result *feed;
  uint64_t lines, refused;
} cli_beside;

/* exit statuses; the complaint has been made. Free `b` in any case. */
int cli_read_accounts(const cli_args *a, const char *path, rt_scan *scan, cli_beside *b);
int cli_read_events(const cli_args *a, const char *path, rt_scan *scan, cli_beside *b);
void cli_beside_free(cli_beside *b);

#endif
