/* state_tool - what the commands share that change a state without a scan: open it, load it, name
 * an account.
 */
#ifndef RT_CLI_STATE_TOOL_H
#define RT_CLI_STATE_TOOL_H

#include "cli/cli.h"
#include "feed/spool.h"
#include "state/load.h"

#define CLI_STATE_TOOL_OPTIONS                                                                     \
  {"state", 0, "FILE", "the state, or a digest file", .kind = CLI_FILE},                           \
      {"tenant", 0, "NAME", "the tenant whose account it is, where exchanges name tenants",        \
       .kind = CLI_TEXT},                                                                          \
  {                                                                                                \
    "key-file", 0, "FILE", "the key that the state was made with", .kind = CLI_FILE                \
  }

typedef struct cli_state_tool {
  rt_key key;
  rt__state *state;
  rt__spool_files *spool;
  rt__loaded loaded;
} cli_state_tool;

/* opens a state and words what went wrong: locked, another key, damaged. An exit status. */
int cli_state_open(const cli_args *a, const char *path, const rt_key *key, rt__state **out);

/* --key-file and --state; the state must be there. An exit status; free in any case. */
int cli_state_tool_open(const cli_args *a, cli_state_tool *t);
/* all digests but this account's (0: all) */
int cli_state_tool_load(const cli_args *a, cli_state_tool *t, uint64_t without);
void cli_state_tool_free(cli_state_tool *t);

/* the hash by which digests know the account of this name, of --tenant if that is given */
int cli_state_tool_account(const cli_args *a, const cli_state_tool *t, const char *name,
                           uint64_t *hash);

#endif
