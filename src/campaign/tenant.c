/* Tenants are customers of the operator who share nothing with each other. Each is looked at on its
 * own: candidates, references and corrections of one never see another's accounts, so that a scan
 * of several is the scans of each, side by side. */
#include "campaign/detect.h"

#include <stdlib.h>

static uint64_t tenant_of(const rt__set *set, const rt__facts *facts, uint32_t account)
{
  size_t first, count;
  rt_digest d = {.tenant = 0};
  const rt__fact *f = rt__facts_of(facts, account);
  rt__set_range(set, account, &first, &count);
  if (count)
    rt__set_get(set, first, &d);
  return d.tenant ? d.tenant : f ? f->tenant : 0;
}

void rt__tenants_free(const rt_alloc *a, rt__tenants *t)
{
  rt__free(a, t->account, t->n_accounts * sizeof *t->account);
  rt__free(a, t->at, (t->n_accounts + 2) * sizeof *t->at);
  *t = (rt__tenants){.n = 0};
}

rt_code rt__tenants_of(const rt_alloc *a, const rt__set *set, const rt__facts *facts,
                       rt__tenants *out)
{
  size_t n = rt__set_accounts(set);
  *out = (rt__tenants){.n_accounts = n};
  out->account = rt__calloc(a, n, sizeof *out->account);
  out->at = rt__calloc(a, n + 2, sizeof *out->at);
  rt__pair *p = rt__calloc(a, n, 2 * sizeof *p);
  bool ok = out->account && out->at && p;
  for (size_t i = 0; ok && i < n; i++)
    p[i] = (rt__pair){tenant_of(set, facts, (uint32_t)i), i};
  if (ok)
    rt__sort_pairs(p, p + n, n);
  for (size_t i = 0; ok && i < n; i++) {
    out->account[i] = (uint32_t)p[i].val;
    if (i == 0 || p[i].key != p[i - 1].key)
      out->at[out->n++] = i;
  }
  if (ok && n == 0) /* nobody's log is somebody's, too */
    out->n = 1;
  if (ok)
    out->at[out->n] = n;
  rt__free(a, p, n * 2 * sizeof *p);
  if (!ok)
    rt__tenants_free(a, out);
  return ok ? RT_OK : RT_E_NOMEM;
}
