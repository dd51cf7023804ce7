/* forget - takes one account out of a state, and shows that it is gone. */
#include "cli/state_tool.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct job {
  const cli_args *a;
  cli_state_tool tool;
  uint64_t account;
  const char *name, *path;
} job;

static bool is_member(const rt__memory *m, uint64_t account)
{
  for (size_t i = 0; i < m->n_campaigns; i++)
    for (size_t k = 0; k < m->campaigns[i].n_members; k++)
      if (m->campaigns[i].members[k] == account)
        return true;
  return false;
}

static int check(job *j)
{
  const rt__memory *m = rt__state_memory(j->tool.state);
  if (rt__memory_holds(m, j->account))
    return cli_unusable(j->a, "%s is under a legal hold in %s: nothing was removed", j->name,
                        j->path);
  int status = cli_state_tool_load(j->a, &j->tool, j->account);
  if (status == CLI_DONE && j->tool.loaded.dropped == 0 && !is_member(m, j->account))
    return cli_unusable(j->a, "there is nothing of account '%s' in %s", j->name, j->path);
  return status;
}

static rt_code write_without(job *j, rt_error *err)
{
  const rt__set *set = j->tool.loaded.set;
  rt__memory memory;
  int64_t newest;
  if (rt__state_is_plain(j->tool.state))
    return rt__state_replace(j->tool.state, set, NULL, err);
  rt_code c = rt__memory_init(&memory, err);
  if (c == RT_OK)
    c = rt__newest(set, &newest, err);
  if (c == RT_OK)
    c = rt__memory_forget(rt__state_memory(j->tool.state), j->account, newest, &memory, err);
  if (c == RT_OK)
    c = rt__state_replace(j->tool.state, set, &memory, err);
  rt__memory_free(&memory);
  return c;
}

/* what is on disk now, against what should be there: the digests of everybody else, and no other */
static rt_code read_back(job *j, rt__tally_of *want, rt__tally_of *got, rt_error *err)
{
  want->account = got->account = j->account;
  const rt_digest_sink to_want = rt__tally_sink(want), to_got = rt__tally_sink(got);
  rt_code c = rt__pour_all(j->tool.loaded.set, &to_want, err);
  return c == RT_OK ? rt__state_read(j->tool.state, &to_got, err) : c;
}

static int prove(job *j)
{
  rt_error err = {0};
  rt__tally_of want = {0}, got = {0};
  if (read_back(j, &want, &got, &err) != RT_OK)
    return cli_error(j->a, j->path, &err);
  if (got.of_account || got.n != want.n || got.sum != want.sum)
    return cli_failed(j->a, "%s does not hold what it should after the removal", j->path);
  (void)printf("%s: %" PRIu64 " exchange%s removed\n", j->name, j->tool.loaded.dropped,
               j->tool.loaded.dropped == 1 ? "" : "s");
  (void)printf("read back: %" PRIu64 " of %zu other accounts are there unchanged (%016" PRIx64
               "), none of it\n",
               got.n, rt__set_accounts(j->tool.loaded.set), got.sum);
  return fflush(stdout) == 0 ? CLI_DONE : cli_failed(j->a, "cannot write standard output");
}

static int forget(job *j)
{
  rt_error err = {0};
  int status = cli_state_tool_open(j->a, &j->tool);
  if (status == CLI_DONE)
    status = cli_state_tool_account(j->a, &j->tool, j->name, &j->account);
  if (status == CLI_DONE)
    status = check(j);
  if (status != CLI_DONE)
    return status;
  if (write_without(j, &err) != RT_OK)
    return cli_failed(j->a, "%s", err.message);
  return prove(j);
}

static int run(const cli_args *a)
{
  job j = {.a = a, .name = cli_operand(a, 0), .path = cli_text(a, "state", NULL)};
  int status = forget(&j);
  cli_state_tool_free(&j.tool);
  return status;
}

static const cli_option options[] = {CLI_STATE_TOOL_OPTIONS, {.name = NULL}};

const cli_command cli_cmd_forget = {
    .name = "forget",
    .synopsis = "[OPTION]... ACCOUNT --state FILE",
    .summary = "take an account out of a state, and show that it is gone",
    .description =
        "Removes every digest of the account, its name, the texts that only it used, and its place "
        "among the members of remembered campaigns, and puts the new state in the place of the old "
        "one. Then the file is read back and compared with what should be in it. The digests that "
        "stay are those of a state that never saw the account, byte for byte; what history says of "
        "campaigns (how many came, when) stays, too, and names nobody.\n\n"
        "An account under a legal hold ('retort hold') is not removed. Copies of the state, logs "
        "and findings are other files: this command does not know them. A plain digest file can be "
        "given instead of a state; it stays one.",
    .example = "retort forget acct_17 --state /var/lib/retort/state.rts\n"
               "retort forget alice --tenant north --state s.rts --key-file key",
    .options = options,
    .operands_min = 1,
    .operands_max = 1,
    .run = run};
