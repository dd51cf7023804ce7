#include "campaign/reseller.h"

#include "sketch/stats.h"

#define INSIDE   0.5  /* share of a program's accounts that are the pool's */
#define PART     0.5  /* share of the pool's starts that one customer has, at most */
#define ORDINARY 0.98 /* quantile of an account's starts … */
#define TIMES    4.0  /* … and how many times that one customer has, at most */

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

static bool mostly_inside(const rt__candidate *c, const bool *in)
{
  uint32_t inside = 0;
  for (uint32_t i = 0; i < c->g->n; i++)
    inside += in[c->g->account[i]];
  return inside >= INSIDE * c->g->n;
}

static bool is_customer(const rt__candidate *pool, const rt__candidate *c, double most)
{
  double n = (double)rows_of(c);
  return n <= PART * (double)rows_of(pool) && n <= TIMES * most && !rt__candidate_is_pool(c);
}

/* marks what lies inside one pool, or inside a group that is in the open */
static void mark(const rt__candidate *outer, rt__candidate *cases, size_t n, double most, bool *in)
{
  bool pool = rt__candidate_is_pool(outer);
  for (uint32_t k = 0; k < outer->g->n; k++)
    in[outer->g->account[k]] = true;
  for (size_t j = 0; j < n; j++) {
    rt__candidate *c = &cases[j];
    if (pool ? is_customer(outer, c, most) : c != outer && rows_of(c) <= rows_of(outer))
      c->inside |= mostly_inside(c, in);
  }
  for (uint32_t k = 0; k < outer->g->n; k++)
    in[outer->g->account[k]] = false;
}

rt_code rt__resellers(const rt__starts *s, rt__candidate *cases, size_t n, rt_error *err)
{
  double most = 0;
  bool *in = rt__calloc(s->alloc, s->n_accounts, sizeof *in);
  rt_code c = in ? ordinary(s, &most) : RT_E_NOMEM;
  for (size_t i = 0; c == RT_OK && i < n; i++)
    if (rt__candidate_is_pool(&cases[i]) ||
        (rt__candidate_is_harvest(&cases[i]) && rt__candidate_in_the_open(&cases[i])))
      mark(&cases[i], cases, n, most, in);
  rt__free(s->alloc, in, s->n_accounts * sizeof *in);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for resellers");
}
