/* A person has confirmed accounts as one campaign's. That says nothing of how others behave, so it
 * is no family of evidence: it is what is known of a group before any is looked at. */
#include "link/evidence.h"

rt_code rt__confirmed_share(const rt__reference *r, const rt__group *g, double *out)
{
  rt__map of; /* campaign -> accounts */
  uint64_t most = 0;
  rt_code c = RT_OK;
  *out = 0;
  rt__map_init(&of, r->alloc, SIZE_MAX, 61);
  for (uint32_t i = 0; r->facts && c == RT_OK && i < g->n; i++) {
    const rt__fact *f = rt__facts_of(r->facts, g->account[i]);
    uint64_t *v = f && f->confirmed ? rt__map_put(&of, f->confirmed, NULL) : NULL;
    if (v && ++*v > most)
      most = *v;
    if (f && f->confirmed && !v)
      c = RT_E_NOMEM;
  }
  if (most > 1) /* one says nothing of whom it belongs with */
    *out = (double)most / g->n;
  rt__map_free(&of);
  return c;
}
