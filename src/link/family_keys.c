/* keys - the same reasoning signature under several accounts of the group. Pairs happen to people
 * with two keys; chains do not. */
#include "link/evidence.h"

static rt_code find_linked(const rt__reference *r, const rt__group *g, bool **out)
{
  bool *linked = rt__calloc(r->alloc, g->n, sizeof *linked);
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
  *out = linked;
  return RT_OK;
}

rt_code rt__family_keys(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  bool *linked;
  size_t n = 0;
  if (r->n_keys == 0)
    return RT_OK;
  rt_code c = find_linked(r, g, &linked);
  if (c != RT_OK)
    return c;
  for (uint32_t i = 0; i < g->n; i++)
    n += linked[i];
  rt__free(r->alloc, linked, g->n * sizeof *linked);
  b->linked = (double)n / g->n;
  b->said[RT_FAMILY_KEYS] = n > 0;
  b->bits[RT_FAMILY_KEYS] = n >= 4 && b->linked >= 0.2 ? 8 : 0;
  return RT_OK;
}

rt_code rt__member_keys(const rt__reference *r, const rt__group *g, double *out)
{
  bool *linked;
  if (r->n_keys == 0)
    return RT_OK;
  rt_code c = find_linked(r, g, &linked);
  if (c != RT_OK)
    return c;
  for (uint32_t i = 0; i < g->n; i++)
    if (linked[i])
      out[i * RT_FAMILY_COUNT + RT_FAMILY_KEYS] = 8;
  rt__free(r->alloc, linked, g->n * sizeof *linked);
  return RT_OK;
}
