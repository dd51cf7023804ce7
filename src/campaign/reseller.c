#include "campaign/reseller.h"

#include "sketch/stats.h"

#define INSIDE   0.5  /* share of a program's accounts that are the pool's */
#define PART     0.5  /* share of the pool's starts that one customer has, at most */
#define ORDINARY 0.98 /* quantile of an account's starts … */
#define TIMES    4.0  /* … and how many times that one customer has, at most */
#define OPEN_PART                                                                                  \
  0.25 /* share of the starts of what is in the open that is only a part of it, at most */

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
    uint32_t x = root_of(p, g->account[0]), y = root_of(p, g->account[k]);
    p->root[x > y ? x : y] = x < y ? x : y;
    p->in[g->account[k]] = true;
  }
}

static void count_rows(pools *p, const rt__starts *s)
{
  for (uint32_t a = 0; a < s->n_accounts; a++)
    if (p->in[a])
      p->rows[root_of(p, a)] += rt__starts_count(s, a);
}

static bool is_customer(const pools *p, const rt__candidate *c, double most)
{
  const rt__group *g = c->g;
  double n = (double)rows_of(c);
  bool yes = false;
  if (n > TIMES * most)
    return false;
  for (uint32_t k = 0; k < g->n; k++) {
    uint32_t x = root_of(p, g->account[k]);
    if (p->in[g->account[k]])
      yes |= ++p->met[x] >= INSIDE * g->n && n <= PART * (double)p->rows[x];
  }
  for (uint32_t k = 0; k < g->n; k++)
    p->met[root_of(p, g->account[k])] = 0;
  return yes;
}

static void mark_customers(pools *p, const rt__starts *s, rt__candidate *cases, size_t n,
                           double most)
{
  for (uint32_t a = 0; a < s->n_accounts; a++)
    p->root[a] = a;
  for (size_t i = 0; i < n; i++)
    if (rt__candidate_is_pool(&cases[i]) && cases[i].g->n)
      add_pool(p, cases[i].g);
  count_rows(p, s);
  for (size_t i = 0; i < n; i++)
    cases[i].inside |= !rt__candidate_is_pool(&cases[i]) && is_customer(p, &cases[i], most);
}

/* ---- what a firm does in the open */

static void mark_parts(const rt__candidate *outer, rt__candidate *cases, size_t n, bool *in)
{
  for (uint32_t k = 0; k < outer->g->n; k++)
    in[outer->g->account[k]] = true;
  for (size_t j = 0; j < n; j++) {
    const rt__group *g = cases[j].g;
    uint32_t inside = 0;
    for (uint32_t i = 0; i < g->n; i++)
      inside += in[g->account[i]];
    bool part = (double)rows_of(&cases[j]) <= OPEN_PART * (double)rows_of(outer);
    cases[j].inside |= part && inside >= INSIDE * g->n;
  }
  for (uint32_t k = 0; k < outer->g->n; k++)
    in[outer->g->account[k]] = false;
}

rt_code rt__resellers(const rt__starts *s, rt__candidate *cases, size_t n, rt_error *err)
{
  double most = 0;
  size_t all = s->n_accounts;
  pools p = {.root = rt__calloc(s->alloc, all, sizeof *p.root),
             .in = rt__calloc(s->alloc, all, 2 * sizeof *p.in),
             .rows = rt__calloc(s->alloc, all, sizeof *p.rows),
             .met = rt__calloc(s->alloc, all, sizeof *p.met)};
  rt_code c = p.root && p.in && p.rows && p.met ? ordinary(s, &most) : RT_E_NOMEM;
  if (c == RT_OK)
    mark_customers(&p, s, cases, n, most);
  for (size_t i = 0; c == RT_OK && i < n; i++)
    if (rt__candidate_is_harvest(&cases[i]) && rt__candidate_in_the_open(&cases[i]))
      mark_parts(&cases[i], cases, n, p.in + all);
  rt__free(s->alloc, p.root, all * sizeof *p.root);
  rt__free(s->alloc, p.in, all * 2 * sizeof *p.in);
  rt__free(s->alloc, p.rows, all * sizeof *p.rows);
  rt__free(s->alloc, p.met, all * sizeof *p.met);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for resellers");
}
