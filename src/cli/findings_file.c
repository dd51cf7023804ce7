#include "cli/findings_file.h"

#include "base/json_read.h"
#include "base/time.h"
#include "report/findings_json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#define NODES_MAX 400000
#define LIST_MAX  100000 /* evidence rows, values, causes of one campaign */

typedef struct reader {
  const cli_args *a;
  const char *path;
  const cli_wanted *wanted;
  cli_findings *f;
  uint64_t line_number;
  rt__buf text;
  rt__jr *doc;
  const rt__jr_node *root;
  rt_slice line;
  bool seen_run;
} reader;

static int broken(const reader *r, const char *what)
{
  return cli_unusable(r->a, "%s: line %llu: %s", r->path, (unsigned long long)r->line_number, what);
}

static int no_memory(const reader *r)
{
  return cli_failed(r->a, "%s: more than fits %zu bytes", r->path, CLI_FINDINGS_MAX);
}

/* ---- fields; what is absent or of another type is missing */

static const rt__jr_node *field(const reader *r, const rt__jr_node *n, const char *key)
{
  return rt__jr_get(r->doc, n, key);
}

static rt_slice keep(reader *r, rt_slice s)
{
  const char *p = rt__arena_copy(r->f->arena, s);
  return p ? rt__slice(p, s.n) : rt__slice(NULL, 0);
}

static rt_slice text_of(reader *r, const rt__jr_node *n)
{
  rt__buf_clear(&r->text);
  if (!n || n->type != RT__JR_STRING || rt__jr_string(n, &r->text) != RT_OK)
    return rt__slice(NULL, 0);
  return keep(r, rt__buf_slice(&r->text));
}

static rt_slice text(reader *r, const rt__jr_node *n, const char *key)
{
  return text_of(r, field(r, n, key));
}

static double number_of(const rt__jr_node *n)
{
  double v = NAN;
  return n && n->type == RT__JR_NUMBER && rt__jr_number(n, &v) == RT_OK ? v : NAN;
}

static double number(const reader *r, const rt__jr_node *n, const char *key)
{
  return number_of(field(r, n, key));
}

static uint64_t count(const reader *r, const rt__jr_node *n, const char *key)
{
  double v = number(r, n, key);
  return v >= 0 && v < 9e15 ? (uint64_t)v : 0;
}

static bool is_true(const reader *r, const rt__jr_node *n, const char *key)
{
  const rt__jr_node *v = field(r, n, key);
  return v && v->type == RT__JR_TRUE;
}

static int64_t moment(reader *r, const rt__jr_node *n, const char *key)
{
  int64_t us = 0;
  rt_slice s = text(r, n, key);
  return s.p && rt__time_parse(s, &us, NULL) == RT_OK ? us : 0;
}

static bool type_is(const reader *r, const char *type)
{
  const rt__jr_node *n = field(r, r->root, "type");
  return n && rt__jr_is(n, type);
}

/* room for n things in the arena; *n becomes 0 where they don't fit */
static void *room_for(reader *r, const rt__jr_node *list, size_t size, size_t *n)
{
  *n = list && list->type == RT__JR_ARRAY && list->n <= LIST_MAX ? list->n : 0;
  void *p = rt__arena_take(r->f->arena, (*n + 1) * size);
  if (!p)
    *n = 0;
  return p;
}

static rt_slice *texts(reader *r, const rt__jr_node *list, size_t *n)
{
  rt_slice *out = room_for(r, list, sizeof *out, n);
  const rt__jr_node *e = *n ? rt__jr_first(r->doc, list) : NULL;
  for (size_t i = 0; i < *n && e; i++, e = rt__jr_next(r->doc, e))
    out[i] = text_of(r, e);
  return out;
}

/* ---- growing lists */

static bool grow(void **p, size_t *cap, size_t n, size_t size)
{
  if (n < *cap)
    return true;
  size_t more = *cap ? *cap * 2 : 64;
  void *q = rt__realloc(rt_alloc_default(), *p, *cap, more, size);
  if (!q)
    return false;
  *p = q;
  *cap = more;
  return true;
}

/* ---- lines */

static int take_run(reader *r)
{
  const rt__jr_node *schema = field(r, r->root, "schema");
  if (!schema || !rt__jr_is(schema, "retort.finding/1"))
    return broken(r, "these are not findings of schema retort.finding/1");
  const rt__jr_node *refused = field(r, r->root, "refused");
  const rt__jr_node *options = field(r, r->root, "options");
  rt__summary *s = &r->f->run;
  s->view = text(r, r->root, "view");
  s->sampled = number(r, options, "sampled");
  s->exchanges = count(r, r->root, "exchanges");
  s->accounts = count(r, r->root, "accounts");
  r->f->until_us = moment(r, r->root, "until");
  for (const rt__jr_node *n = rt__jr_first(r->doc, refused); n; n = rt__jr_next(r->doc, n))
    s->refused += isfinite(number_of(n)) ? (uint64_t)number_of(n) : 0;
  r->f->all = is_true(r, options, "all");
  r->seen_run = true;
  return CLI_DONE;
}

static void take_evidence(reader *r, rt__case *k)
{
  const rt__jr_node *list = field(r, r->root, "evidence");
  rt__case_evidence *out = room_for(r, list, sizeof *out, &k->n_evidence);
  const rt__jr_node *e = k->n_evidence ? rt__jr_first(r->doc, list) : NULL;
  for (size_t i = 0; i < k->n_evidence && e; i++, e = rt__jr_next(r->doc, e)) {
    const rt__jr_node *q = rt__jr_first(r->doc, field(r, e, "quartiles"));
    out[i].family = text(r, e, "family");
    out[i].what = text(r, e, "what");
    out[i].bits = number(r, e, "bits");
    for (int d = 0; d < 3; d++, q = q ? rt__jr_next(r->doc, q) : NULL)
      out[i].quartiles[d] = number_of(q);
    out[i].values = texts(r, field(r, e, "values"), &out[i].n_values);
  }
  k->evidence = out;
  for (size_t i = 0; i < 2 && i < k->n_evidence; i++) {
    k->row.families[i] = out[i].family;
    k->row.bits[i] = out[i].bits;
  }
}

static void take_counters(reader *r, rt__case *k)
{
  const rt__jr_node *list = field(r, r->root, "counter_evidence");
  rt__case_counter *out = room_for(r, list, sizeof *out, &k->n_counters);
  const rt__jr_node *e = k->n_counters ? rt__jr_first(r->doc, list) : NULL;
  for (size_t i = 0; i < k->n_counters && e; i++, e = rt__jr_next(r->doc, e)) {
    out[i].cause = text(r, e, "cause");
    out[i].what = text(r, e, "what");
    out[i].log_odds = number(r, e, "log_odds");
  }
  k->counters = out;
  if (k->n_counters) {
    k->row.runner_up = out[0].cause;
    k->row.log_odds = out[0].log_odds;
  }
}

static bool kind_of(rt_slice name, rt_change_kind *kind)
{
  for (int k = 0; k < RT_CHANGE_COUNT; k++)
    if (rt__slice_eq(name, rt__cstr(rt_change_name((rt_change_kind)k)))) {
      *kind = (rt_change_kind)k;
      return true;
    }
  return false;
}

static rt_verdict verdict(reader *r, const rt__jr_node *n, const char *key)
{
  rt_slice name = text(r, n, key);
  for (int v = 0; v < RT_VERDICT_COUNT; v++)
    if (rt__slice_eq(name, rt__cstr(rt_verdict_name((rt_verdict)v))))
      return (rt_verdict)v;
  return RT_VERDICT_BENIGN;
}

/* events of a kind that is not known are passed over */
static void take_changes(reader *r, rt__case *k)
{
  size_t n;
  const rt__jr_node *list = field(r, r->root, "history");
  rt_change *out = room_for(r, list, sizeof *out, &n);
  const rt__jr_node *e = n ? rt__jr_first(r->doc, list) : NULL;
  for (size_t i = 0; i < n && e; i++, e = rt__jr_next(r->doc, e)) {
    rt_change *c = &out[k->n_changes];
    rt_slice with = text(r, e, "with"), other = with.p ? with : text(r, e, "from");
    if (!kind_of(text(r, e, "event"), &c->kind))
      continue;
    c->at_us = moment(r, e, "at");
    c->accounts = count(r, e, "accounts");
    c->closed = count(r, e, "closed");
    c->was = verdict(r, e, "was");
    c->now = verdict(r, e, "now");
    if (other.n < sizeof c->other && other.n)
      memcpy(c->other, other.p, other.n);
    k->n_changes++;
  }
  k->changes = out;
}

static int take_campaign(reader *r)
{
  cli_findings *f = r->f;
  if (!grow((void **)&f->campaigns, &f->campaigns_cap, f->n_campaigns, sizeof *f->campaigns))
    return no_memory(r);
  const rt__jr_node *n = r->root, *tokens = field(r, n, "tokens"),
                    *sure = field(r, n, "significance"), *strength = field(r, n, "strength");
  cli_campaign *c = &f->campaigns[f->n_campaigns];
  *c = (cli_campaign){.line = keep(r, r->line)};
  c->file.row = (rt__row){.verdict = text(r, n, "verdict"),
                          .campaign = text(r, n, "campaign"),
                          .score = number(r, n, "score"),
                          .accounts = count(r, n, "members"),
                          .exchanges = count(r, n, "exchanges"),
                          .tokens_in = count(r, tokens, "input"),
                          .tokens_out = count(r, tokens, "output"),
                          .first_us = moment(r, n, "first_seen"),
                          .last_us = moment(r, n, "last_seen")};
  c->file.harvesting = count(r, n, "harvesting");
  c->file.confirmed = count(r, n, "confirmed");
  c->file.tenant = text(r, n, "tenant");
  c->file.coordination = number(r, strength, "coordination");
  c->file.extraction = number(r, strength, "extraction");
  c->file.concealment = number(r, strength, "concealment");
  c->file.not_chance_p = number(r, sure, "not_chance_p");
  c->file.decoy_fdr = number(r, sure, "decoy_fdr");
  c->file.method = text(r, sure, "method");
  c->file.decoys = count(r, sure, "decoys");
  take_evidence(r, &c->file);
  take_counters(r, &c->file);
  take_changes(r, &c->file);
  if (!c->line.p || !c->file.row.campaign.p)
    return c->line.p ? broken(r, "a campaign without its id") : no_memory(r);
  f->n_campaigns++;
  return CLI_DONE;
}

static bool starts(rt_slice s, const char *prefix)
{
  return rt__slice_starts(s, rt__cstr(prefix));
}

static size_t index_of(const cli_findings *f, rt_slice id)
{
  size_t i = 0;
  while (i < f->n_campaigns && !rt__slice_eq(f->campaigns[i].file.row.campaign, id))
    i++;
  return i;
}

static int add_member(reader *r, rt_slice campaign, rt_slice account)
{
  cli_findings *f = r->f;
  size_t at = index_of(f, campaign);
  if (at == f->n_campaigns)
    return broken(r, "a member of a campaign that has no line before it");
  if (!grow((void **)&f->members, &f->members_cap, f->n_members, sizeof *f->members))
    return no_memory(r);
  const rt__jr_node *n = r->root, *bits = field(r, n, "bits");
  cli_member *m = &f->members[f->n_members++];
  *m = (cli_member){.campaign = at, .line = keep(r, r->line)};
  m->member = (rt__case_member){.account = account,
                                .role = text(r, n, "role"),
                                .tenant = text(r, n, "tenant"),
                                .reopened = is_true(r, n, "reopened"),
                                .score = number(r, n, "score"),
                                .exchanges = count(r, n, "exchanges"),
                                .tokens = count(r, n, "tokens"),
                                .first_us = moment(r, n, "first_seen"),
                                .last_us = moment(r, n, "last_seen")};
  for (int i = 0; i < RT_FAMILY_COUNT; i++)
    m->member.bits[i] = number(r, bits, rt_family_name((rt_family)i));
  return m->line.p ? CLI_DONE : no_memory(r);
}

static int take_member(reader *r)
{
  const cli_wanted *w = r->wanted;
  rt_slice campaign = text(r, r->root, "campaign"), account = text(r, r->root, "account");
  bool wanted = (w->campaign && starts(campaign, w->campaign)) ||
                (w->account && rt__slice_eq(account, rt__cstr(w->account)));
  return wanted ? add_member(r, campaign, account) : CLI_DONE;
}

static int take_note(reader *r)
{
  const char *wanted = r->wanted->account;
  rt_slice account = wanted ? text(r, r->root, "account") : rt__slice(NULL, 0);
  if (!wanted || !rt__slice_eq(account, rt__cstr(wanted)))
    return CLI_DONE;
  cli_findings *f = r->f;
  f->has_note = true;
  f->note_line = keep(r, r->line);
  f->note.account = account;
  f->note.nearest = text(r, r->root, "nearest");
  f->note.score = number(r, r->root, "score");
  f->note.missing = texts(r, field(r, r->root, "missing"), &f->note.n_missing);
  return CLI_DONE;
}

/* members and accounts may be many: those that can't be wanted aren't parsed. The id or name stands
 * in the line as it is, unless JSON escapes it. */
static bool may_be_wanted(const reader *r, const char *line)
{
  const char *w = r->wanted->account ? r->wanted->account : r->wanted->campaign;
  if (strncmp(line, "{\"type\":\"member\"", 16) != 0 &&
      strncmp(line, "{\"type\":\"account\"", 17) != 0)
    return true;
  if (!w)
    return false;
  for (const char *p = w; *p; p++)
    if ((unsigned char)*p < 0x20 || (unsigned char)*p > 0x7E || *p == '"' || *p == '\\')
      return true;
  return strstr(line, w) != NULL;
}

static int take_line(reader *r)
{
  rt_error err = {0};
  if (rt__jr_parse(rt_alloc_default(), r->line, NODES_MAX, &r->doc, &err) != RT_OK)
    return broken(r, err.message);
  r->root = rt__jr_root(r->doc);
  int status = CLI_DONE;
  if (!r->seen_run && !type_is(r, "run"))
    status = broken(r, "this is not a findings file: its first line is not a run");
  else if (type_is(r, "run"))
    status = take_run(r);
  else if (type_is(r, "campaign"))
    status = take_campaign(r);
  else if (type_is(r, "member"))
    status = take_member(r);
  else if (type_is(r, "account"))
    status = take_note(r);
  rt__jr_free(r->doc);
  r->doc = NULL;
  return status;
}

static int read_lines(reader *r, FILE *in)
{
  char *line = NULL;
  size_t cap = 0;
  int status = CLI_DONE;
  for (ssize_t n; status == CLI_DONE && (n = getline(&line, &cap, in)) >= 0;) {
    r->line_number++;
    r->line = rt__slice_trim(rt__slice(line, (size_t)n));
    if (r->line.n > RT__LINE_MAX)
      status = broken(r, "a line longer than findings have");
    else if (r->line.n && may_be_wanted(r, line))
      status = take_line(r);
  }
  free(line);
  if (status == CLI_DONE && ferror(in))
    return cli_unusable(r->a, "cannot read %s: %s", r->path, strerror(errno));
  if (status == CLI_DONE && !r->seen_run)
    return cli_unusable(r->a, "%s is empty: no findings", r->path);
  return status;
}

/* the members that were kept, behind their campaigns */
static int hang_members(reader *r)
{
  cli_findings *f = r->f;
  for (size_t c = 0; c < f->n_campaigns; c++) {
    size_t n = 0;
    for (size_t i = 0; i < f->n_members; i++)
      n += f->members[i].campaign == c;
    if (n == 0)
      continue;
    rt__case_member *m = rt__arena_take(f->arena, n * sizeof *m);
    if (!m)
      return no_memory(r);
    f->campaigns[c].file.members = m;
    for (size_t i = 0; i < f->n_members; i++)
      if (f->members[i].campaign == c)
        m[f->campaigns[c].file.n_members++] = f->members[i].member;
  }
  return CLI_DONE;
}

static int put_rows(reader *r)
{
  cli_findings *f = r->f;
  rt__row *rows = rt__arena_take(f->arena, (f->n_campaigns + 1) * sizeof *rows);
  if (!rows)
    return no_memory(r);
  for (size_t i = 0; i < f->n_campaigns; i++)
    rows[i] = f->campaigns[i].file.row;
  f->run.rows = rows;
  f->run.n_rows = f->n_campaigns;
  f->run.file = r->path;
  return CLI_DONE;
}

int cli_findings_read(const cli_args *a, const char *path, const cli_wanted *wanted,
                      cli_findings *f)
{
  reader r = {.a = a, .path = path, .wanted = wanted, .f = f};
  *f = (cli_findings){0};
  if (rt__arena_new(rt_alloc_default(), CLI_FINDINGS_MAX, &f->arena) != RT_OK)
    return no_memory(&r);
  FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
  if (!in)
    return cli_unusable(a, "cannot read %s: %s", path, strerror(errno));
  rt__buf_init(&r.text, rt_alloc_default(), RT__LINE_MAX);
  int status = read_lines(&r, in);
  if (status == CLI_DONE)
    status = hang_members(&r);
  if (status == CLI_DONE)
    status = put_rows(&r);
  rt__jr_free(r.doc);
  rt__buf_free(&r.text);
  if (in != stdin)
    (void)fclose(in);
  return status;
}

void cli_findings_free(cli_findings *f)
{
  const rt_alloc *alloc = rt_alloc_default();
  rt__free(alloc, f->campaigns, f->campaigns_cap * sizeof *f->campaigns);
  rt__free(alloc, f->members, f->members_cap * sizeof *f->members);
  rt__arena_free(f->arena);
  *f = (cli_findings){0};
}

size_t cli_findings_find(const cli_findings *f, const char *id, bool *many)
{
  size_t found = f->n_campaigns;
  *many = false;
  for (size_t i = 0; i < f->n_campaigns; i++) {
    rt_slice have = f->campaigns[i].file.row.campaign;
    if (rt__slice_eq(have, rt__cstr(id))) {
      *many = false;
      return i;
    }
    if (starts(have, id)) {
      *many = found != f->n_campaigns;
      found = i;
    }
  }
  return *many ? f->n_campaigns : found;
}
