/* network - addresses shared inside the group and by few outside. Differing addresses are 0 bits: a
 * proxy for each account is standard. One address for all is as often an office as an operator:
 * little weight. */
#include "link/evidence.h"
#include "sketch/stats.h"

#define ROWS_READ 32

#define RARE_NET 1e-4 /* share of all accounts: two of a group do not meet there by chance */

/* half of those it serves are of the group, or it serves so few at all */
static bool few_strangers(const rt__reference *r, uint64_t in, uint64_t all)
{
  return 2 * in >= all || (double)all <= RARE_NET * (double)r->starts->n_accounts;
}

/* *shared: share of accounts that meet another of the group on a network with few strangers; *one:
 * the largest share of accounts that one network serves */
static rt_code shared_nets(const rt__reference *r, const rt__group *g, double *shared, double *one,
                           double *out)
{
  rt__map users; /* network -> accounts of the group */
  rt__map mine;
  rt_code c = RT_OK;
  rt__map_init(&users, r->alloc, SIZE_MAX, 41);
  rt__map_init(&mine, r->alloc, SIZE_MAX, 42);
  for (int pass = 0; pass < 2 && c == RT_OK; pass++) {
    size_t meets = 0;
    for (uint32_t i = 0; i < g->n && c == RT_OK; i++) {
      uint32_t rows[ROWS_READ];
      size_t n = rt__sample(0x6e7, g->row + g->at[i], rt__group_rows(g, i), ROWS_READ, rows);
      bool met = false;
      rt__map_clear(&mine);
      for (size_t k = 0; k < n && c == RT_OK; k++) {
        rt_digest d;
        bool fresh;
        rt__set_get(r->set, r->starts->record[rows[k]], &d);
        if (!d.net)
          continue;
        if (!rt__map_put(&mine, d.net, &fresh))
          c = RT_E_NOMEM;
        else if (fresh && pass == 0)
          c = rt__map_count(&users, d.net) ? RT_OK : RT_E_NOMEM;
        else if (fresh) {
          const uint64_t *in = rt__map_get(&users, d.net), *all = rt__map_get(&r->nets, d.net);
          met |= in && *in > 1 && all && few_strangers(r, *in, *all);
        }
      }
      meets += met;
      if (out && pass)
        out[i * RT_FAMILY_COUNT + RT_FAMILY_NETWORK] = met;
    }
    *shared = (double)meets / g->n;
    for (size_t i = 0; i < users.cap; i++)
      if (users.used[i] && (double)users.vals[i] > *one * g->n)
        *one = (double)users.vals[i] / g->n;
  }
  rt__map_free(&users);
  rt__map_free(&mine);
  return c;
}

/* the largest share of accounts under one organisation */
static rt_code one_org(const rt__reference *r, const rt__group *g, double *share)
{
  rt__map users;
  rt_code c = RT_OK;
  rt__map_init(&users, r->alloc, SIZE_MAX, 43);
  for (uint32_t i = 0; i < g->n && c == RT_OK; i++) {
    const rt__fact *f = rt__facts_of(r->facts, g->account[i]);
    rt_digest d;
    rt__set_get(r->set, r->starts->record[g->row[g->at[i]]], &d);
    uint64_t org = f && f->org ? f->org : d.org;
    uint64_t *v = org ? rt__map_put(&users, org, NULL) : NULL;
    if (org && !v)
      c = RT_E_NOMEM;
    if (v && (double)++*v > *share * g->n)
      *share = (double)*v / g->n;
  }
  rt__map_free(&users);
  return c;
}

rt_code rt__family_network(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  rt_code c = one_org(r, g, &b->one_org);
  if (c != RT_OK || r->nets.n == 0)
    return c;
  c = shared_nets(r, g, &b->net_shared, &b->one_net, NULL);
  b->said[RT_FAMILY_NETWORK] = true;
  b->bits[RT_FAMILY_NETWORK] = b->net_shared > 0.5 ? 1 : 0;
  return c;
}

rt_code rt__member_network(const rt__reference *r, const rt__group *g, double *out)
{
  double shared, one = 0;
  return r->nets.n ? shared_nets(r, g, &shared, &one, out) : RT_OK;
}
