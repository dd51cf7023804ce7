#include "campaign/reseller.h"

#include "sketch/stats.h"

#define INSIDE   0.5  /* share of a program's accounts that are the pool's */
#define SPREAD   0.7  /* likewise, of several pools, where there is no text */
#define CARD     0.25 /* share of a card's accounts that are the pool's, for the others to be, too */
#define PART     0.5  /* share of the pool's starts that one customer has, at most */
#define ORDINARY 0.98 /* quantile of an account's starts … */
#define TIMES    4.0  /* … and how many times that one customer has, at most */
#define OPEN_PART                                                                                  \
  0.25 /* share of the starts of what is in the open that is only a part of it, at most */
#define STRANGERS 0.2 /* private frames of a group in which several programs meet … */
#define MOSTLY    0.5 /* … and the share of its accounts that are a firm's, at least */

static size_t rows_of(const rt__candidate *c)
{
  return c->g->at[c->g->n];
}

/* starts of an account as heavy as an ordinary one gets */
static rt_code ordinary(const rt__starts *s, double *out)
{
  double *v = rt__calloc(s->alloc, s->n_accounts, sizeof *v);
  size_t n = 0;
  if (!v)
    return RT_E_NOMEM;
  for (uint32_t a = 0; a < s->n_accounts; a++)
    if (rt__starts_count(s, a))
      v[n++] = rt__starts_count(s, a);
  rt__sort_doubles(v, n);
  *out = n ? rt__quantile_sorted(v, n, ORDINARY) : 0;
  rt__free(s->alloc, v, s->n_accounts * sizeof *v);
  return RT_OK;
}

/* ---- pools: candidates that share accounts are pieces of one */

typedef struct pools {
  uint32_t *root; /* of each account; union-find */
  bool *in;       /* it is in a pool */
  bool *served;   /* … in which customers were seen to meet */
  size_t *rows;   /* of each root: all starts of its accounts */
  uint32_t *met;  /* of each root: accounts of the candidate at hand */
} pools;

static uint32_t root_of(const pools *p, uint32_t i)
{
  while (p->root[i] != i)
    i = p->root[i] = p->root[p->root[i]];
  return i;
}

static void add_pool(pools *p, const rt__group *g)
{
  for (uint32_t k = 0; k < g->n; k++) {
    p->served[g->account[k]] |= g->origin == RT__FROM_CUSTOMERS;
    uint32_t x = root_of(p, g->account[0]), y = root_of(p, g->account[k]);
    p->root[x > y ? x : y] = x < y ? x : y;
    p->in[g->account[k]] = true;
  }
}

/* the pools' cards; one of several pools is the first one's */
static rt_code count_cards(const pools *p, const rt__starts *s, const rt__facts *facts, rt__map *of)
{
  rt_code c = RT_OK;
  for (uint32_t a = 0; a < s->n_accounts && c == RT_OK; a++) {
    const rt__fact *f = p->served[a] ? rt__facts_of(facts, a) : NULL;
    if (f)
      c = rt__payers_add(of, f, root_of(p, a), true);
  }
  return c;
}

/* A reseller's cards pay for all of his accounts, also for those too few of whose starts are there
 * to see the pool: who shares a card that pays for a pool is in it, unless it pays for many
 * others. */
static rt_code add_by_card(pools *p, const rt__starts *s, const rt__facts *facts)
{
  rt__map of;
  rt__map_init(&of, s->alloc, SIZE_MAX, 51);
  rt_code c = facts ? count_cards(p, s, facts, &of) : RT_OK;
  for (uint32_t a = 0; facts && c == RT_OK && a < s->n_accounts; a++) {
    const rt__fact *f = p->in[a] ? NULL : rt__facts_of(facts, a);
    for (uint32_t k = 0; f && k < f->n_payments; k++) {
      rt__payer by = rt__payer_of(&of, facts, f->payment[k]);
      if (by.n == 0 || by.n < CARD * by.all)
        continue;
      p->root[root_of(p, a)] = root_of(p, by.group);
      p->in[a] = true;
    }
  }
  rt__map_free(&of);
  return c;
}

static void count_rows(pools *p, const rt__starts *s)
{
  for (uint32_t a = 0; a < s->n_accounts; a++)
    if (p->in[a])
      p->rows[root_of(p, a)] += rt__starts_count(s, a);
}

/* By clocks alone a pool comes in pieces, and a customer's accounts are of several. */
static bool is_customer(const pools *p, const rt__candidate *c, bool text, double most)
{
  const rt__group *g = c->g;
  double n = (double)rows_of(c), in = 0, all = 0;
  bool yes = false;
  if (n > TIMES * most)
    return false;
  for (uint32_t k = 0; k < g->n; k++) {
    uint32_t x = root_of(p, g->account[k]);
    if (!p->in[g->account[k]])
      continue;
    all += p->met[x] ? 0 : (double)p->rows[x];
    in++;
    yes |= ++p->met[x] >= INSIDE * g->n && n <= PART * (double)p->rows[x];
  }
  yes |= !text && in >= SPREAD * g->n && n <= PART * all;
  for (uint32_t k = 0; k < g->n; k++)
    p->met[root_of(p, g->account[k])] = 0;
  return yes;
}

static rt_code mark_customers(pools *p, const rt__starts *s, const rt__facts *facts,
                              rt__candidate *cases, size_t n, double most)
{
  for (uint32_t a = 0; a < s->n_accounts; a++)
    p->root[a] = a;
  for (size_t i = 0; i < n; i++)
    if (rt__candidate_is_pool(&cases[i]) && cases[i].g->n)
      add_pool(p, cases[i].g);
  rt_code c = add_by_card(p, s, facts);
  count_rows(p, s);
  for (size_t i = 0; i < n; i++)
    cases[i].inside |=
        !rt__candidate_is_pool(&cases[i]) && is_customer(p, &cases[i], s->text, most);
  return c;
}

/* ---- what a firm does in the open */

/* which candidates each account is in */
typedef struct found_in {
  size_t *at; /* n_accounts + 1 */
  uint32_t *in;
  uint32_t *inside; /* of each candidate: accounts in the one at hand */
  size_t n;         /* accounts in all candidates */
} found_in;

static void found_free(const rt__starts *s, found_in *f, size_t n)
{
  rt__free(s->alloc, f->at, (s->n_accounts + 2) * sizeof *f->at);
  rt__free(s->alloc, f->in, f->n * sizeof *f->in);
  rt__free(s->alloc, f->inside, n * sizeof *f->inside);
}

static rt_code find_accounts(const rt__starts *s, const rt__candidate *cases, size_t n, found_in *f)
{
  *f = (found_in){.at = rt__calloc(s->alloc, s->n_accounts + 2, sizeof *f->at)};
  for (size_t j = 0; j < n; j++)
    f->n += cases[j].g->n;
  f->in = rt__calloc(s->alloc, f->n, sizeof *f->in);
  f->inside = rt__calloc(s->alloc, n, sizeof *f->inside);
  if (!f->at || !f->in || !f->inside)
    return RT_E_NOMEM;
  for (size_t j = 0; j < n; j++)
    for (uint32_t k = 0; k < cases[j].g->n; k++)
      f->at[cases[j].g->account[k] + 2]++;
  for (size_t a = 0; a < s->n_accounts; a++)
    f->at[a + 2] += f->at[a + 1];
  for (size_t j = 0; j < n; j++)
    for (uint32_t k = 0; k < cases[j].g->n; k++)
      f->in[f->at[cases[j].g->account[k] + 1]++] = (uint32_t)j;
  return RT_OK;
}

/* those that are so much inside `outer`, and so little of it, are parts of it */
static void mark_parts(const rt__candidate *outer, rt__candidate *cases, found_in *f)
{
  const rt__group *o = outer->g;
  for (uint32_t k = 0; k < o->n; k++)
    for (size_t x = f->at[o->account[k]]; x < f->at[o->account[k] + 1]; x++) {
      rt__candidate *c = &cases[f->in[x]];
      bool part = (double)rows_of(c) <= OPEN_PART * (double)rows_of(outer);
      double inside = ++f->inside[f->in[x]];
      c->inside |= part && inside >= INSIDE * c->g->n;
    }
  for (uint32_t k = 0; k < o->n; k++)
    for (size_t x = f->at[o->account[k]]; x < f->at[o->account[k] + 1]; x++)
      f->inside[f->in[x]] = 0;
}

static bool open_harvest(const rt__candidate *c)
{
  return rt__candidate_is_harvest(c) && rt__candidate_in_the_open(c);
}

/* Firms, and strangers with programs of their own who meet them in a phrase: their clocks are not
 * the strangers'. `open` is of each account. */
static void mark_meetings(rt__candidate *cases, size_t n, bool *open)
{
  for (size_t i = 0; i < n; i++)
    for (uint32_t k = 0; open_harvest(&cases[i]) && k < cases[i].g->n; k++)
      open[cases[i].g->account[k]] = true;
  for (size_t i = 0; i < n; i++) {
    rt__candidate *c = &cases[i];
    size_t in = 0;
    for (uint32_t k = 0; c->b.frames >= STRANGERS && k < c->g->n; k++)
      in += open[c->g->account[k]];
    c->inside |= in > 0 && (double)in >= MOSTLY * c->g->n;
  }
}

/* O(candidates of each account of what is in the open) */
static rt_code mark_all_parts(const rt__starts *s, rt__candidate *cases, size_t n)
{
  found_in f;
  bool *open = rt__calloc(s->alloc, s->n_accounts, sizeof *open);
  rt_code c = find_accounts(s, cases, n, &f);
  c = c == RT_OK && !open ? RT_E_NOMEM : c;
  for (size_t i = 0; c == RT_OK && i < n; i++)
    if (open_harvest(&cases[i]))
      mark_parts(&cases[i], cases, &f);
  if (c == RT_OK)
    mark_meetings(cases, n, open);
  found_free(s, &f, n);
  rt__free(s->alloc, open, s->n_accounts * sizeof *open);
  return c;
}

rt_code rt__resellers(const rt__starts *s, const rt__facts *facts, rt__candidate *cases, size_t n,
                      rt_error *err)
{
  double most = 0;
  size_t all = s->n_accounts;
  pools p = {.root = rt__calloc(s->alloc, all, sizeof *p.root),
             .in = rt__calloc(s->alloc, all, 2 * sizeof *p.in),
             .rows = rt__calloc(s->alloc, all, sizeof *p.rows),
             .met = rt__calloc(s->alloc, all, sizeof *p.met)};
  rt_code c = p.root && p.in && p.rows && p.met ? ordinary(s, &most) : RT_E_NOMEM;
  p.served = p.in ? p.in + all : NULL;
  if (c == RT_OK)
    c = mark_customers(&p, s, facts, cases, n, most);
  if (c == RT_OK)
    c = mark_all_parts(s, cases, n);
  rt__free(s->alloc, p.root, all * sizeof *p.root);
  rt__free(s->alloc, p.in, all * 2 * sizeof *p.in);
  rt__free(s->alloc, p.rows, all * sizeof *p.rows);
  rt__free(s->alloc, p.met, all * sizeof *p.met);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for resellers");
}
