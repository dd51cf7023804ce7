/* mapfile - which fields are which: --account-field and --map, for every command that reads logs.
 */
#ifndef RT_CLI_MAPFILE_H
#define RT_CLI_MAPFILE_H

#include "cli/cli.h"
#include "feed/feed.h"

/* rows for the options of such a command */
#define CLI_FIELD_OPTIONS                                                                          \
  {"account-field", 0, "NAME",                                                                     \
   "which field names the account: a key of the line, keys with dots between them, a JSON "        \
   "pointer, "                                                                                     \
   "an attribute of a span, or org, project, tenant, api_key, end_user and the like",              \
   .kind = CLI_TEXT},                                                                              \
  {                                                                                                \
    "map", 0, "FILE",                                                                              \
        "where what stands in lines of a shape that retort doesn't know; see retort-map(1)",       \
        .kind = CLI_FILE                                                                           \
  }

/* the map in a file; to be freed. An exit status. */
int cli_mapping_read(const cli_args *a, const char *path, rt__mapping **out);
/* fills what the two options say, and where spans may wait on disk. The mapping, NULL if there is
 * none, is the caller's to free after the run. An exit status. */
int cli_field_options(const cli_args *a, rt__feed_options *o, rt__mapping **mapping);
/* after a run: pointers that led nowhere in any line */
void cli_mapping_complain(const cli_args *a, const rt__mapping *m, const rt__feed_result *f);

#endif
