/* hold - which accounts of a state must be kept whatever --keep and forget say. */
#include "cli/state_tool.h"
#include "digest/name.h"

#include <stdio.h>

typedef struct job {
  const cli_args *a;
  cli_state_tool tool;
  uint64_t *held; /* the new list */
  size_t n, cap;
} job;

/* ---- without accounts: the list */

static rt_code print_name(void *ctx, uint64_t hash, rt_slice name, rt_error *err)
{
  const job *j = ctx;
  (void)err;
  if (!rt__memory_holds(rt__state_memory(j->tool.state), hash))
    return RT_OK;
  const rt_slice account = rt__name_account(name), tenant = rt__name_tenant(name);
  (void)fwrite(account.p, 1, account.n, stdout);
  if (tenant.n)
    (void)printf(" (tenant %.*s)", (int)tenant.n, tenant.p);
  (void)putchar('\n');
  return RT_OK;
}

static rt_code pass_record(void *ctx, const rt_digest *d, rt_error *err)
{
  (void)ctx, (void)d, (void)err;
  return RT_OK;
}

static int list(job *j)
{
  rt_error err = {0};
  const rt_digest_sink sink = {.ctx = j, .account = print_name, .record = pass_record};
  if (rt__state_read(j->tool.state, &sink, &err) != RT_OK)
    return cli_error(j->a, cli_text(j->a, "state", NULL), &err);
  return fflush(stdout) == 0 ? CLI_DONE : cli_failed(j->a, "cannot write standard output");
}

/* ---- with accounts: held, or released */

static void let_go(job *j, uint64_t account)
{
  size_t kept = 0;
  for (size_t i = 0; i < j->n; i++)
    if (j->held[i] != account)
      j->held[kept++] = j->held[i];
  j->n = kept;
}

static int change_one(job *j, const char *name)
{
  uint64_t account;
  size_t at;
  const char *path = cli_text(j->a, "state", NULL);
  int status = cli_state_tool_account(j->a, &j->tool, name, &account);
  if (status != CLI_DONE)
    return status;
  bool held = rt__memory_holds(rt__state_memory(j->tool.state), account);
  if (cli_given(j->a, "release")) {
    if (!held)
      return cli_unusable(j->a, "'%s' is under no hold in %s", name, path);
    let_go(j, account);
  } else if (!rt__set_find(j->tool.loaded.set, account, &at)) {
    return cli_unusable(j->a, "there is nothing of account '%s' in %s", name, path);
  } else {
    j->held[j->n++] = account;
  }
  return CLI_DONE;
}

static int take_list(job *j)
{
  const rt__memory *m = rt__state_memory(j->tool.state);
  j->cap = m->n_held + cli_operands(j->a);
  j->held = rt__calloc(rt_alloc_default(), j->cap + 1, sizeof *j->held);
  if (!j->held)
    return cli_failed(j->a, "no memory for a list of accounts");
  for (size_t i = 0; i < m->n_held; i++)
    j->held[j->n++] = m->held[i];
  int status = CLI_DONE;
  for (size_t i = 0; i < cli_operands(j->a) && status == CLI_DONE; i++)
    status = change_one(j, cli_operand(j->a, i));
  return status;
}

static int write_list(job *j)
{
  rt_error err = {0};
  rt__memory memory;
  rt_code c = rt__memory_init(&memory, &err);
  if (c == RT_OK)
    c = rt__memory_hold(rt__state_memory(j->tool.state), j->held, j->n, &memory, &err);
  if (c == RT_OK)
    c = rt__state_replace(j->tool.state, j->tool.loaded.set, &memory, &err);
  rt__memory_free(&memory);
  return c == RT_OK ? CLI_DONE : cli_failed(j->a, "%s", err.message);
}

static int change(job *j)
{
  int status = cli_state_tool_load(j->a, &j->tool, 0);
  if (status == CLI_DONE)
    status = take_list(j);
  return status == CLI_DONE ? write_list(j) : status;
}

static int hold(job *j)
{
  int status = cli_state_tool_open(j->a, &j->tool);
  if (status != CLI_DONE)
    return status;
  if (cli_operands(j->a))
    return change(j);
  return cli_given(j->a, "release") ? cli_unusable(j->a, "release which account?") : list(j);
}

static int run(const cli_args *a)
{
  job j = {.a = a};
  int status = hold(&j);
  cli_state_tool_free(&j.tool);
  rt__free(rt_alloc_default(), j.held, (j.cap + 1) * sizeof *j.held);
  return status;
}

static const cli_option options[] = {
    CLI_STATE_TOOL_OPTIONS,
    {"release", 0, NULL, "end the hold of these accounts", .kind = CLI_FLAG},
    {.name = NULL}};

const cli_command cli_cmd_hold = {
    .name = "hold",
    .synopsis = "[OPTION]... [ACCOUNT]... --state FILE",
    .summary = "keep accounts of a state for a legal matter, or list those that are kept",
    .description =
        "The digests of an account under a hold stay in the state, older ones than 'retort scan "
        "--keep' keeps included, and 'retort forget' refuses it. The hold is written into the "
        "state "
        "itself, so that no later run can leave it out by mistake. Without accounts, those under a "
        "hold are listed.\n\n"
        "What is kept is looked at like everything else in the state. A plain digest file becomes "
        "a state by a hold.",
    .example = "retort hold acct_17 acct_18 --state s.rts\n"
               "retort hold --state s.rts\n"
               "retort hold --release acct_17 --state s.rts",
    .options = options,
    .run = run};
