/* keys - the same reasoning signature under several accounts of the group. Pairs happen to people
 * with two keys; chains do not. */
#include "link/evidence.h"

rt_code rt__family_keys(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  if (r->n_keys == 0)
    return RT_OK;
  bool *linked = rt__calloc(r->alloc, g->n, sizeof *linked);
  size_t n = 0;
  if (!linked)
    return RT_E_NOMEM;
  for (uint32_t k = 0; k < r->n_keys; k++) {
    size_t inside = 0;
    for (uint32_t x = r->key_at[k]; x < r->key_at[k + 1]; x++)
      inside += rt__group_has(g, r->key_account[x]);
    if (inside < 2)
      continue;
    for (uint32_t i = 0; i < g->n; i++)
      for (uint32_t x = r->key_at[k]; x < r->key_at[k + 1]; x++)
        linked[i] |= r->key_account[x] == g->account[i];
  }
  for (uint32_t i = 0; i < g->n; i++)
    n += linked[i];
  rt__free(r->alloc, linked, g->n * sizeof *linked);
  b->linked = (double)n / g->n;
  b->said[RT_FAMILY_KEYS] = n > 0;
  b->bits[RT_FAMILY_KEYS] = n >= 4 && b->linked >= 0.2 ? 8 : 0;
  return RT_OK;
}
