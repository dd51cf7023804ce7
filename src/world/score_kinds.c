/* score_kinds - false flags and false campaigns by kind of honest account, and the plain table. */
#include "world/score_data.h"

#include <stdlib.h>

typedef struct entry { /* a label with its sort key spelt out */
  rt_slice world, kind, group;
  const rt__label *label;
} entry;

static int entry_order(const void *a, const void *b)
{
  const entry *x = a, *y = b;
  int c = rt__slice_cmp(x->world, y->world);
  c = c ? c : rt__slice_cmp(x->kind, y->kind);
  c = c ? c : rt__slice_cmp(x->group, y->group);
  return c ? c : (x->label > y->label) - (x->label < y->label);
}

static entry *sorted_labels(rt__score *s)
{
  entry *e = rt__arena_take(s->arena, ((size_t)s->n_labels + 1) * sizeof *e);
  if (!e)
    return NULL;
  for (uint32_t i = 0; i < s->n_labels; i++) {
    const rt__label *l = &s->labels[i];
    e[i] = (entry){rt__word(s, l->world_name), rt__word(s, l->kind), rt__word(s, l->group), l};
  }
  qsort(e, s->n_labels, sizeof *e, entry_order);
  return e;
}

static bool into(const rt__score *s, const rt__label *l, int verdict)
{
  return rt__into(s, l, verdict) != RT__NO_NAME;
}

/* ---- the plain table: a row per kind of honest accounts, per group of the others */

static bool same_row(const entry *a, const entry *b)
{
  return rt__slice_eq(a->world, b->world) && rt__slice_eq(a->kind, b->kind) &&
         (a->label->world == RT__IS_BENIGN || rt__slice_eq(a->group, b->group));
}

static rt_code row_name(rt__score *s, const entry *e, rt_slice *out)
{
  *out = e->kind;
  if (e->label->world == RT__IS_BENIGN)
    return RT_OK;
  size_t n = e->kind.n + 1 + e->group.n;
  char *t = rt__arena_take(s->arena, n);
  if (!t)
    return RT_E_NOMEM;
  memcpy(t, e->kind.p, e->kind.n);
  t[e->kind.n] = ' ';
  memcpy(t + e->kind.n + 1, e->group.p, e->group.n);
  *out = rt__slice(t, n);
  return RT_OK;
}

static rt_code make_rows(rt__score *s, const entry *e, rt__score_report *r)
{
  size_t n = 0;
  rt__score_row *rows = rt__arena_take(s->arena, ((size_t)s->n_labels + 1) * sizeof *rows);
  if (!rows)
    return RT_E_NOMEM;
  for (uint32_t i = 0; i < s->n_labels; i++) {
    if (i == 0 || !same_row(&e[i], &e[i - 1])) {
      rows[n].world = e[i].world;
      if (row_name(s, &e[i], &rows[n++].kind) != RT_OK)
        return RT_E_NOMEM;
    }
    rows[n - 1].accounts++;
    rows[n - 1].flagged += into(s, e[i].label, RT__V_DISTILLATION);
    rows[n - 1].suspect += into(s, e[i].label, RT__V_SUSPECT);
    rows[n - 1].pooled += into(s, e[i].label, RT__V_POOLED);
  }
  r->rows = rows;
  r->n_rows = n;
  return RT_OK;
}

/* ---- kinds */

static bool is_false(const rt__found *f)
{
  uint64_t all = 0, innocent = (uint64_t)f->flagged[RT__IS_BENIGN] + f->flagged[RT__IS_POOLED];
  for (size_t w = 0; w < RT__WORLDS; w++)
    all += f->flagged[w];
  return 2 * innocent > all;
}

/* each false campaign is put down to the kind that most of its flagged accounts are; ties by order.
 * `e` is sorted by kind, so one running count per campaign is enough. */
typedef struct culprit {
  size_t kind, best;
  uint32_t here, most;
} culprit;

static rt_code blame(rt__score *s, const entry *e, size_t n, rt__score_report *r,
                     rt__score_kind *kinds)
{
  size_t k = 0, seen = 0;
  culprit *of = rt__arena_take(s->arena, ((size_t)s->campaigns.n + 1) * sizeof *of);
  if (!of)
    return RT_E_NOMEM;
  for (size_t i = 0; i < n; i++, seen++) {
    if (seen == kinds[k].accounts) {
      k++;
      seen = 0;
    }
    uint32_t at = rt__into(s, e[i].label, RT__V_DISTILLATION);
    if (at == RT__NO_NAME)
      continue;
    of[at].here = of[at].kind == k ? of[at].here + 1 : 1;
    of[at].kind = k;
    if (of[at].here > of[at].most) {
      of[at].most = of[at].here;
      of[at].best = k;
    }
  }
  for (uint32_t c = 0; c < s->campaigns.n; c++)
    if (is_false(&s->found[c])) {
      r->false_campaigns++;
      kinds[of[c].best].false_campaigns++;
    }
  return RT_OK;
}

static void count_kind(const rt__score *s, const entry *e, bool new_group, rt__score_kind *k)
{
  k->world = e->world;
  k->kind = e->kind;
  k->accounts++;
  k->groups += new_group;
  k->flagged += into(s, e->label, RT__V_DISTILLATION);
  k->suspect += into(s, e->label, RT__V_SUSPECT);
  k->pooled += into(s, e->label, RT__V_POOLED);
}

static bool new_group(const entry *e, size_t i)
{
  return i == 0 || !e[i].label->grouped || !e[i - 1].label->grouped ||
         !rt__slice_eq(e[i].group, e[i - 1].group) || !rt__slice_eq(e[i].kind, e[i - 1].kind);
}

static bool new_kind(const entry *e, size_t i)
{
  return i == 0 || !rt__slice_eq(e[i].kind, e[i - 1].kind) ||
         !rt__slice_eq(e[i].world, e[i - 1].world);
}

/* `e` holds honest and resold accounts only */
static rt_code make_kinds(rt__score *s, const entry *e, size_t n, rt__score_report *r)
{
  size_t n_kinds = 0;
  rt__score_kind *kinds = rt__arena_take(s->arena, (n + 1) * sizeof *kinds);
  if (!kinds)
    return RT_E_NOMEM;
  for (size_t i = 0; i < n; i++) {
    n_kinds += new_kind(e, i);
    count_kind(s, &e[i], new_kind(e, i) || new_group(e, i), &kinds[n_kinds - 1]);
  }
  for (size_t k = 0; k < n_kinds; k++)
    kinds[k].rate = rt__rate_of(kinds[k].flagged, kinds[k].accounts);
  r->kinds = kinds;
  r->n_kinds = n_kinds;
  return blame(s, e, n, r, kinds);
}

static double per(uint64_t count, double each, uint64_t n)
{
  return n ? (double)count * each / (double)n : 0;
}

static void totals(const entry *e, size_t n, const rt__score *s, rt__score_report *r)
{
  uint64_t review = 0, resold[2] = {0, 0};
  for (size_t i = 0; i < n; i++) {
    const rt__label *l = e[i].label;
    bool flagged = into(s, l, RT__V_DISTILLATION), pooled = into(s, l, RT__V_POOLED);
    bool suspect = into(s, l, RT__V_SUSPECT);
    if (l->world == RT__IS_POOLED) {
      r->pooled_accounts++;
      resold[0] += pooled;
      resold[1] += flagged;
      continue;
    }
    r->benign++;
    r->benign_groups += new_kind(e, i) || new_group(e, i);
    r->false_flags += flagged;
    r->benign_suspects += suspect;
    r->benign_pooled += pooled;
    review += suspect || pooled;
  }
  r->false_flag_rate = rt__rate_of(r->false_flags, r->benign);
  r->review_load = rt__rate_of(review, r->benign);
  r->pooled_found = rt__rate_of(resold[0], r->pooled_accounts);
  r->pooled_called_distillation = rt__rate_of(resold[1], r->pooled_accounts);
}

rt_code rt__score_kinds(rt__score *s, rt__score_report *r)
{
  size_t n = 0;
  entry *e = sorted_labels(s);
  if (!e || make_rows(s, e, r) != RT_OK)
    return RT_E_NOMEM;
  for (uint32_t i = 0; i < s->n_labels; i++)
    if (e[i].label->world == RT__IS_BENIGN || e[i].label->world == RT__IS_POOLED)
      e[n++] = e[i];
  rt_code c = make_kinds(s, e, n, r);
  totals(e, n, s, r);
  r->false_flags_per_1000_benign_groups = per(r->false_flags, 1000, r->benign_groups);
  r->false_campaigns_per_1000_benign_groups = per(r->false_campaigns, 1000, r->benign_groups);
  r->false_campaigns_per_30000_benign = per(r->false_campaigns, 30000, r->benign);
  return c;
}
