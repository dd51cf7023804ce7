#include "account/timed.h"

rt_code rt__timed_part(const rt__starts *s, const rt__group *g, rt__group *out)
{
  uint32_t all = g->at[g->n], n = 0;
  uint32_t *rows = rt__calloc(s->alloc, all, sizeof *rows);
  *out = (rt__group){.origin = g->origin};
  if (!rows)
    return RT_E_NOMEM;
  for (uint32_t k = 0; k < all; k++)
    if (!(s->flags[g->row[k]] & RT__S_BATCHED))
      rows[n++] = g->row[k];
  rt_code c = rt__group_from_rows(s->alloc, s, rows, n, 1, g->origin, out);
  rt__free(s->alloc, rows, all * sizeof *rows);
  return c;
}

bool rt__timed_not(const rt__starts *s, uint32_t account)
{
  for (uint32_t i = s->first[account]; s->batched && i < s->first[account + 1]; i++)
    if (s->flags[i] & RT__S_BATCHED)
      return true;
  return false;
}
