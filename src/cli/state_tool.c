#include "cli/state_tool.h"

#include "cli/ingest.h"
#include "digest/name.h"

#include <stdlib.h>
#include <unistd.h>

int cli_state_open(const cli_args *a, const char *path, const rt_key *key, rt__state **out)
{
  rt_error err = {0};
  rt_code c = rt__state_open(path, key, out, &err);
  if (c == RT_OK)
    return CLI_DONE;
  (void)cli_error(a, path, &err);
  return c == RT_E_NOMEM || c == RT_E_LIMIT ? CLI_FAILED : CLI_UNUSABLE;
}

int cli_state_tool_open(const cli_args *a, cli_state_tool *t)
{
  const char *path = cli_text(a, "state", NULL);
  *t = (cli_state_tool){.state = NULL};
  if (!path)
    return cli_unusable(a, "--state FILE is needed");
  if (access(path, F_OK) != 0) /* before a lock is left beside it */
    return cli_unusable(a, "there is no state %s", path);
  int status = cli_key(a, &t->key);
  return status == CLI_DONE ? cli_state_open(a, path, &t->key, &t->state) : status;
}

int cli_state_tool_load(const cli_args *a, cli_state_tool *t, uint64_t without)
{
  rt_error err = {0};
  const char *dir = getenv("TMPDIR");
  rt_code c =
      rt__spool_files_new(rt_alloc_default(), dir && *dir ? dir : "/var/tmp", &t->spool, &err);
  if (c == RT_OK) {
    const rt__spool spool = rt__spool_files_callbacks(t->spool);
    c = rt__state_load(t->state, (size_t)CLI_INGEST_MEMORY, &spool, without, &t->loaded, &err);
  }
  return c == RT_OK ? CLI_DONE : cli_error(a, cli_text(a, "state", NULL), &err);
}

void cli_state_tool_free(cli_state_tool *t)
{
  rt__set_free(t->loaded.set);
  rt__spool_files_free(t->spool);
  rt__state_close(t->state);
  *t = (cli_state_tool){.state = NULL};
}

int cli_state_tool_account(const cli_args *a, const cli_state_tool *t, const char *name,
                           uint64_t *hash)
{
  char joined[RT_NAME_MAX];
  const rt_slice account = rt__cstr(name), tenant = rt__cstr(cli_text(a, "tenant", NULL));
  if (account.n == 0 || account.n + tenant.n + (tenant.n > 0) > sizeof joined)
    return cli_unusable(a, "an account's name has 1 to %d bytes, its tenant's included",
                        RT_NAME_MAX);
  *hash = rt_key_hash(&t->key, "account", rt__name_join(account, tenant, joined));
  return CLI_DONE;
}
