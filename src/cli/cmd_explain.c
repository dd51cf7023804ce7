/* explain - opens one campaign, or says why an account is or isn't in one. */
#include "cli/findings_file.h"
#include "cli/out.h"

typedef struct explanation {
  const cli_args *a;
  cli_findings findings;
  rt__emit emit;
  rt_error err;
} explanation;

static rt_code raw(explanation *x, const char *text)
{
  return rt__emit_slice(&x->emit, rt__cstr(text), &x->err);
}

static rt_code raw_line(explanation *x, const char *before, rt_slice line)
{
  rt_code c = raw(x, before);
  return c == RT_OK ? rt__emit_slice(&x->emit, line.p ? line : RT__LIT("null"), &x->err) : c;
}

/* ---- a campaign */

static rt_code campaign_json(explanation *x, size_t at)
{
  cli_findings *f = &x->findings;
  rt_code c = raw_line(x, "{\"campaign\":", f->campaigns[at].line);
  const char *before = ",\"members\":[";
  for (size_t i = 0; i < f->n_members && c == RT_OK; i++) {
    if (f->members[i].campaign != at)
      continue;
    c = raw_line(x, before, f->members[i].line);
    before = ",";
  }
  if (c == RT_OK && before[1])
    c = raw(x, before);
  return c == RT_OK ? raw(x, "]}\n") : c;
}

static int explain_campaign(explanation *x, const char *id)
{
  bool many = false;
  cli_findings *f = &x->findings;
  size_t at = cli_findings_find(f, id, &many);
  if (many)
    return cli_unusable(x->a, "more than one campaign begins with '%s'", id);
  if (at == f->n_campaigns)
    return cli_unusable(x->a, "there is no campaign '%s' in %s", id, cli_operand(x->a, 0));
  rt_code c = cli_format_is(x->a, "json")
                  ? campaign_json(x, at)
                  : rt__case_campaign(rt_alloc_default(), &f->campaigns[at].file,
                                      cli_given(x->a, "all"), &x->emit, &x->err);
  return c == RT_OK ? CLI_DONE : cli_error(x->a, NULL, &x->err);
}

/* ---- an account */

static rt_code account_json(explanation *x)
{
  cli_findings *f = &x->findings;
  rt_slice none = {NULL, 0};
  bool in = f->n_members > 0;
  rt_code c = raw_line(x, "{\"member\":", in ? f->members[0].line : none);
  if (c == RT_OK)
    c = raw_line(x, ",\"campaign\":", in ? f->campaigns[f->members[0].campaign].line : none);
  if (c == RT_OK)
    c = raw_line(x, ",\"account\":", f->has_note ? f->note_line : none);
  return c == RT_OK ? raw(x, "}\n") : c;
}

static rt_code account_text(explanation *x, const char *name)
{
  cli_findings *f = &x->findings;
  rt_code c = RT_OK;
  for (size_t i = 0; i < f->n_members && c == RT_OK; i++) {
    const cli_member *m = &f->members[i];
    c = rt__case_member_of(rt_alloc_default(), &f->campaigns[m->campaign].file, &m->member,
                           &x->emit, &x->err);
  }
  if (f->n_members)
    return c;
  if (f->has_note)
    return rt__case_outside(rt_alloc_default(), &f->note, &x->emit, &x->err);
  c = raw(x, name);
  return c == RT_OK
             ? raw(x, " is in no campaign of this file. How near it came, and what is missing, is "
                      "written only by 'retort scan --all'.\n")
             : c;
}

static int explain_account(explanation *x, const char *name)
{
  const cli_findings *f = &x->findings;
  if (f->all && !f->has_note && f->n_members == 0)
    return cli_unusable(x->a, "there is no account '%s' in %s", name, cli_operand(x->a, 0));
  rt_code c = cli_format_is(x->a, "json") ? account_json(x) : account_text(x, name);
  return c == RT_OK ? CLI_DONE : cli_error(x->a, NULL, &x->err);
}

/* ---- all of them */

static int explain_all(explanation *x)
{
  const rt__summary *s = &x->findings.run;
  rt_code c = cli_format_is(x->a, "json")
                  ? rt__summary_json(rt_alloc_default(), s, &x->emit, &x->err)
                  : rt__summary_table(rt_alloc_default(), s, &x->emit, &x->err);
  return c == RT_OK ? CLI_DONE : cli_error(x->a, NULL, &x->err);
}

static int explain(explanation *x, const cli_wanted *wanted)
{
  if (wanted->account)
    return explain_account(x, wanted->account);
  return wanted->campaign ? explain_campaign(x, wanted->campaign) : explain_all(x);
}

static int run(const cli_args *a)
{
  cli_wanted wanted = {.campaign = cli_operand(a, 1), .account = cli_text(a, "account", NULL)};
  if (wanted.campaign && wanted.account)
    return cli_unusable(a, "either a campaign or --account, not both");
  explanation x = {.a = a};
  cli_out out;
  int status = cli_findings_read(a, cli_operand(a, 0), &wanted, &x.findings);
  if (status == CLI_DONE &&
      (status = cli_out_open(a, cli_text(a, "out", NULL), &out)) == CLI_DONE) {
    x.emit = (rt__emit){cli_out_write, &out};
    status = explain(&x, &wanted);
    if (status == CLI_DONE)
      status = cli_out_commit(a, &out);
    else
      cli_out_discard(&out);
  }
  cli_findings_free(&x.findings);
  return status;
}

static const cli_option options[] = {
    {"account", 'a', "NAME", "why this account is or isn't in a campaign, and what is missing",
     .kind = CLI_TEXT},
    {"all", 0, NULL, "list every member and every cause, not only the first", .kind = CLI_FLAG},
    {.name = NULL}};

const cli_command cli_cmd_explain = {
    .name = "explain",
    .synopsis = "[OPTION]... FINDINGS [CAMPAIGN]",
    .summary = "open one campaign, or say why an account is or isn't in one",
    .description = "Reads a findings file written by 'retort scan'. With a campaign (the start of "
                   "its id is enough) it "
                   "shows the members and their roles, the bits of each family of evidence, and "
                   "the innocent causes that "
                   "were weighed against the verdict. With --account it says why one account is or "
                   "isn't part of a "
                   "campaign. With neither it lists the campaigns.\n\n"
                   "A finding is a reason to look. The decision is a human's.",
    .example = "retort explain findings.jsonl\n"
               "retort explain findings.jsonl rc-5f1c09aa27d1e0b4\n"
               "retort explain findings.jsonl --account acct_17",
    .formats = "text|json",
    .out = "write there instead of standard output",
    .options = options,
    .operands_min = 1,
    .operands_max = 2,
    .run = run};
