/* score_read - labels and findings, line by line, into tables. */
#include "base/json_read.h"
#include "base/time.h"
#include "world/score_data.h"

#include <math.h>
#include <stdio.h>

#define NAME_MAX_BYTES ((size_t)1 << 16)

typedef struct line {
  rt__score *s;
  rt__jr *doc;
  const rt__jr_node *root;
  const char *file; /* "labels" or "findings" */
  uint64_t number;
  rt_error *err;
} line;

static rt_code bad(const line *l, rt_code code, const char *what)
{
  return rt__fail_at(l->err, code, l->number, 0, "%s, line %llu: %s", l->file,
                     (unsigned long long)l->number, what);
}

rt_code rt__score_room(const rt_alloc *a, void **p, size_t size, uint32_t *cap, uint32_t n)
{
  if (n < *cap)
    return RT_OK;
  if (n >= UINT32_MAX / 4)
    return RT_E_LIMIT;
  uint32_t want = n < 32 ? 64 : n * 2;
  char *q = rt__realloc(a, *p, *cap, want, size);
  if (!q)
    return RT_E_NOMEM;
  memset(q + *cap * size, 0, (want - *cap) * size);
  *p = q;
  *cap = want;
  return RT_OK;
}

rt_code rt__score_new(const rt_alloc *a, rt__score **out, rt_error *err)
{
  rt__score *s = rt__calloc(a, 1, sizeof *s);
  if (!s)
    return rt__fail(err, RT_E_NOMEM, "no memory for a scorer");
  s->alloc = *a;
  rt__buf_init(&s->text, &s->alloc, NAME_MAX_BYTES);
  rt_code c = rt__names_init(&s->accounts, &s->alloc, RT__SCORE_ACCOUNTS_MAX);
  if (c == RT_OK)
    c = rt__names_init(&s->words, &s->alloc, RT__SCORE_CAMPAIGNS_MAX);
  if (c == RT_OK)
    c = rt__names_init(&s->campaigns, &s->alloc, RT__SCORE_CAMPAIGNS_MAX);
  if (c == RT_OK)
    c = rt__arena_new(&s->alloc, SIZE_MAX / 2, &s->arena);
  if (c != RT_OK) {
    rt__score_free(s);
    return rt__fail(err, c, "no memory for a scorer");
  }
  *out = s;
  return RT_OK;
}

void rt__score_free(rt__score *s)
{
  if (!s)
    return;
  rt_alloc a = s->alloc;
  rt__names_free(&s->accounts);
  rt__names_free(&s->words);
  rt__names_free(&s->campaigns);
  rt__free(&a, s->labels, s->cap_labels * sizeof *s->labels);
  rt__free(&a, s->seen, s->cap_seen * sizeof *s->seen);
  rt__free(&a, s->found, s->cap_found * sizeof *s->found);
  rt__free(&a, s->scored, s->cap_scored * sizeof *s->scored);
  rt__arena_free(s->arena);
  rt__buf_free(&s->text);
  rt__free(&a, s, sizeof *s);
}

/* ---- fields */

static const rt__jr_node *get(const line *l, const char *key)
{
  return rt__jr_get(l->doc, l->root, key);
}

/* the text of a field: a string unescaped, another scalar as it stands, null as "None" */
static rt_code text(const line *l, const char *key, rt_slice *out)
{
  const rt__jr_node *n = get(l, key);
  *out = rt__slice("", 0);
  if (!n)
    return RT_OK;
  if (n->type == RT__JR_NULL)
    *out = RT__LIT("None");
  else if (n->type == RT__JR_NUMBER)
    *out = n->raw;
  if (n->type != RT__JR_STRING)
    return RT_OK;
  rt__buf_clear(&l->s->text);
  rt_code c = rt__jr_string(n, &l->s->text);
  *out = rt__buf_slice(&l->s->text);
  return c == RT_OK ? RT_OK : bad(l, c, "a name is too long");
}

/* likewise, and it must be a string with something in it */
static rt_code need(const line *l, const char *key, rt_slice *out)
{
  const rt__jr_node *n = get(l, key);
  rt_code c = text(l, key, out);
  if (c == RT_OK && (!n || n->type != RT__JR_STRING || out->n == 0)) {
    char what[80];
    (void)snprintf(what, sizeof what, "\"%s\" must be a string that is not empty", key);
    return bad(l, RT_E_FORMAT, what);
  }
  return c;
}

static double number(const line *l, const char *key, double otherwise)
{
  const rt__jr_node *n = get(l, key);
  double v;
  return n && n->type == RT__JR_NUMBER && rt__jr_number(n, &v) == RT_OK ? v : otherwise;
}

static uint64_t whole(const line *l, const char *key)
{
  double v = number(l, key, 0);
  return v >= 1 && v < 9e15 ? (uint64_t)v : 0;
}

static int64_t when(const line *l, const char *key)
{
  rt_slice t;
  int64_t us = 0;
  if (text(l, key, &t) != RT_OK || rt__time_parse(t, &us, NULL) != RT_OK)
    return 0;
  return us;
}

static rt_code account_number(const line *l, uint32_t *out)
{
  rt_slice name;
  rt__score *s = l->s;
  rt_code c = need(l, "account", &name);
  uint32_t before = s->accounts.n;
  if (c != RT_OK)
    return c;
  c = rt__names_add(&s->accounts, name, out);
  if (c == RT_OK && s->accounts.n > before) {
    c = rt__score_room(&s->alloc, (void **)&s->seen, sizeof *s->seen, &s->cap_seen, *out);
    if (c == RT_OK)
      s->seen[*out] = (rt__seen){RT__NO_NAME, {RT__NO_NAME, RT__NO_NAME, RT__NO_NAME}, false, NAN};
  }
  return c == RT_OK ? RT_OK : bad(l, c, "too many accounts");
}

/* ---- labels */

static unsigned char world_of(rt_slice t)
{
  if (rt__slice_eq(t, RT__LIT("benign")))
    return RT__IS_BENIGN;
  if (rt__slice_eq(t, RT__LIT("campaign")))
    return RT__IS_CAMPAIGN;
  return rt__slice_eq(t, RT__LIT("pooled")) ? RT__IS_POOLED : RT__IS_OTHER;
}

static rt_code word(const line *l, rt_slice t, uint32_t *out)
{
  rt_code c = rt__names_add(&l->s->words, t, out);
  return c == RT_OK ? RT_OK : bad(l, c, "too many kinds and groups");
}

static rt_code fill_label(const line *l, rt__label *out)
{
  rt_slice t;
  rt_code c = need(l, "world", &t);
  out->world = world_of(t);
  if (c == RT_OK)
    c = word(l, t, &out->world_name);
  if (c == RT_OK)
    c = need(l, "kind", &t);
  if (c == RT_OK)
    c = word(l, t, &out->kind);
  if (c == RT_OK)
    c = text(l, "group", &t);
  if (c != RT_OK)
    return c;
  const rt__jr_node *group = get(l, "group");
  out->grouped = group && group->type != RT__JR_NULL;
  out->exchanges = whole(l, "exchanges");
  return word(l, group ? t : RT__LIT("None"), &out->group);
}

static rt_code put_label(rt__score *s, const rt__label *label)
{
  rt__seen *seen = &s->seen[label->account];
  if (seen->label != RT__NO_NAME) {
    s->labels[seen->label] = *label;
    s->report.relabelled_accounts++;
    return RT_OK;
  }
  rt_code c = rt__score_room(&s->alloc, (void **)&s->labels, sizeof *s->labels, &s->cap_labels,
                             s->n_labels);
  if (c != RT_OK)
    return c;
  seen->label = s->n_labels;
  s->labels[s->n_labels++] = *label;
  return RT_OK;
}

static rt_code label_line(const line *l)
{
  rt__label label = {0};
  if (l->s->started)
    return bad(l, RT_E_ARG, "labels must come before findings");
  rt_code c = account_number(l, &label.account);
  if (c == RT_OK)
    c = fill_label(l, &label);
  if (c != RT_OK)
    return c;
  c = put_label(l->s, &label);
  return c == RT_OK ? RT_OK : bad(l, c, "too many labels");
}

/* ---- findings */

static unsigned char verdict_of(rt_slice t)
{
  static const char *const names[] = {"distillation", "suspect", "pooled", "benign"};
  for (unsigned char i = 0; i < RT__ARRAY_LEN(names); i++)
    if (rt__slice_eq(t, rt__cstr(names[i])))
      return i;
  return RT__V_OTHER;
}

static rt_code run_line(const line *l)
{
  rt__score_report *r = &l->s->report;
  const struct {
    const char *key;
    rt_slice *out;
  } texts[] = {{"view", &r->view}, {"version", &r->version}};
  for (size_t i = 0; i < RT__ARRAY_LEN(texts); i++) {
    rt_slice t;
    rt_code c = text(l, texts[i].key, &t);
    const char *kept = c == RT_OK ? rt__arena_copy(l->s->arena, t) : NULL;
    if (!kept)
      return c != RT_OK ? c : bad(l, RT_E_NOMEM, "no memory");
    *texts[i].out = rt__slice(kept, t.n);
  }
  r->scanned_accounts = whole(l, "accounts");
  r->scanned_exchanges = whole(l, "exchanges");
  return RT_OK;
}

static rt_code campaign_line(const line *l)
{
  rt__score *s = l->s;
  rt_slice t;
  uint32_t at = 0;
  rt_code c = need(l, "campaign", &t);
  if (c == RT_OK)
    c = rt__names_add(&s->campaigns, t, &at);
  if (c == RT_OK)
    c = rt__score_room(&s->alloc, (void **)&s->found, sizeof *s->found, &s->cap_found, at);
  if (c == RT_OK)
    c = need(l, "verdict", &t);
  if (c != RT_OK)
    return c == RT_E_FORMAT ? c : bad(l, c, "too many campaigns");
  s->found[at].verdict = verdict_of(t);
  s->found[at].score = number(l, "score", NAN);
  s->found[at].first_us = when(l, "first_seen");
  s->found[at].flaggable_us = when(l, "flaggable_at");
  return RT_OK;
}

static rt_code keep_score(const line *l, uint32_t account, uint32_t campaign)
{
  rt__score *s = l->s;
  double score = number(l, "score", NAN);
  if (isnan(score))
    return RT_OK;
  rt_code c = rt__score_room(&s->alloc, (void **)&s->scored, sizeof *s->scored, &s->cap_scored,
                             s->n_scored);
  if (c != RT_OK)
    return bad(l, c, "too many members");
  s->scored[s->n_scored++] = (rt__scored){account, campaign, score};
  return RT_OK;
}

static int world_at(const rt__score *s, uint32_t account)
{
  uint32_t label = s->seen[account].label;
  return label == RT__NO_NAME ? RT__IS_OTHER : s->labels[label].world;
}

/* role harvest or cover of campaign `at`: the first campaign of a verdict keeps the account */
static void join(rt__score *s, uint32_t account, uint32_t at)
{
  rt__found *f = &s->found[at];
  f->members[world_at(s, account)]++;
  if (f->verdict > RT__V_POOLED || s->seen[account].into[f->verdict] != RT__NO_NAME)
    return;
  s->seen[account].into[f->verdict] = at;
  if (f->verdict == RT__V_DISTILLATION)
    f->flagged[world_at(s, account)]++;
}

/* Exchanges of a member before its campaign could be flagged, as if they were spread evenly from
 * its first to its last: findings say no more. */
static double leaked(const line *l, const rt__found *f)
{
  int64_t first = when(l, "first_seen"), last = when(l, "last_seen");
  if (!f->flaggable_us || !first || !last)
    return NAN;
  double all = (double)whole(l, "exchanges");
  if (f->flaggable_us >= last)
    return all;
  return f->flaggable_us <= first
             ? 0
             : all * (double)(f->flaggable_us - first) / (double)(last - first);
}

static rt_code member_line(const line *l)
{
  rt__score *s = l->s;
  rt_slice t;
  uint32_t account;
  rt_code c = need(l, "campaign", &t);
  if (c != RT_OK)
    return c;
  uint32_t at = rt__names_find(&s->campaigns, t);
  if (at == RT__NO_NAME)
    return bad(l, RT_E_FORMAT, "a member of a campaign that has no line before it");
  c = account_number(l, &account);
  if (c == RT_OK)
    c = text(l, "role", &t);
  if (c != RT_OK)
    return c;
  s->seen[account].named = true;
  s->report.unknown_accounts += s->seen[account].label == RT__NO_NAME;
  if (rt__slice_eq(t, RT__LIT("bystander")))
    return RT_OK;
  if (s->seen[account].into[RT__V_DISTILLATION] == RT__NO_NAME &&
      s->found[at].verdict == RT__V_DISTILLATION)
    s->seen[account].leaked = leaked(l, &s->found[at]);
  join(s, account, at);
  return keep_score(l, account, at);
}

static rt_code account_line(const line *l)
{
  uint32_t account;
  rt_code c = account_number(l, &account);
  if (c != RT_OK)
    return c;
  l->s->seen[account].named = true;
  return keep_score(l, account, RT__NO_NAME);
}

static rt_code finding_line(const line *l)
{
  static const struct {
    const char *type;
    rt_code (*read)(const line *l);
  } types[] = {{"member", member_line},
               {"campaign", campaign_line},
               {"account", account_line},
               {"run", run_line}};
  l->s->started = true;
  const rt__jr_node *type = get(l, "type");
  for (size_t i = 0; type && i < RT__ARRAY_LEN(types); i++)
    if (type->type == RT__JR_STRING && rt__jr_is(type, types[i].type))
      return types[i].read(l);
  return RT_OK; /* a type of a later version */
}

/* ---- both */

static rt_code read_line(rt__score *s, rt_slice t, line *l, rt_code (*read)(const line *l))
{
  rt_error why = {0};
  t = rt__slice_trim(t);
  if (t.n == 0)
    return RT_OK;
  rt_code c = rt__jr_parse(&s->alloc, t, RT__SCORE_LINE_NODES, &l->doc, &why);
  if (c != RT_OK)
    return bad(l, c, why.message);
  l->root = rt__jr_root(l->doc);
  c = l->root->type == RT__JR_OBJECT ? read(l) : bad(l, RT_E_FORMAT, "not a JSON object");
  rt__jr_free(l->doc);
  return c;
}

rt_code rt__score_label(rt__score *s, rt_slice t, uint64_t number_, rt_error *err)
{
  line l = {.s = s, .file = "labels", .number = number_, .err = err};
  return read_line(s, t, &l, label_line);
}

rt_code rt__score_finding(rt__score *s, rt_slice t, uint64_t number_, rt_error *err)
{
  line l = {.s = s, .file = "findings", .number = number_, .err = err};
  return read_line(s, t, &l, finding_line);
}
