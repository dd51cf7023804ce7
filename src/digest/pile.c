#include "digest/pile.h"

#define BLOCK_FIRST ((size_t)64 << 10)
#define BLOCK_TOP   ((size_t)RT__PILE_UNIT << RT__PILE_BLOCK_BITS)

void rt__pile_free(rt__pile *p, const rt_alloc *a)
{
  for (size_t i = 0; i < p->n; i++)
    rt__free(a, p->blocks[i], p->sizes[i]);
  rt__free(a, p->blocks, p->cap * sizeof *p->blocks);
  rt__free(a, p->sizes, p->cap * sizeof *p->sizes);
  *p = (rt__pile){0};
}

void rt__pile_clear(rt__pile *p, const rt_alloc *a)
{
  if (p->n == 0)
    return;
  size_t best = 0;
  for (size_t i = 1; i < p->n; i++)
    if (p->sizes[i] > p->sizes[best])
      best = i;
  for (size_t i = 0; i < p->n; i++)
    if (i != best)
      rt__free(a, p->blocks[i], p->sizes[i]);
  p->blocks[0] = p->blocks[best];
  p->sizes[0] = p->sizes[best];
  p->n = 1;
  p->used = 0;
  p->bytes = p->sizes[0];
}

/* room for the pointers of n blocks */
static rt_code grow_list(rt__pile *p, const rt_alloc *a, size_t n)
{
  if (n <= p->cap)
    return RT_OK;
  if (n > RT__PILE_BLOCKS_MAX)
    return RT_E_LIMIT;
  size_t cap = p->cap ? p->cap : 8;
  while (cap < n)
    cap *= 2;
  unsigned char **blocks = rt__calloc(a, cap, sizeof *blocks);
  size_t *sizes = rt__calloc(a, cap, sizeof *sizes);
  if (!blocks || !sizes) {
    rt__free(a, blocks, cap * sizeof *blocks);
    rt__free(a, sizes, cap * sizeof *sizes);
    return RT_E_NOMEM;
  }
  for (size_t i = 0; i < p->n; i++) {
    blocks[i] = p->blocks[i];
    sizes[i] = p->sizes[i];
  }
  rt__free(a, p->blocks, p->cap * sizeof *p->blocks);
  rt__free(a, p->sizes, p->cap * sizeof *p->sizes);
  p->blocks = blocks;
  p->sizes = sizes;
  p->cap = cap;
  return RT_OK;
}

rt_code rt__pile_room(rt__pile *p, const rt_alloc *a, size_t max, unsigned char **room)
{
  if (p->n == 0 || p->sizes[p->n - 1] - p->used < max) {
    rt_code c = grow_list(p, a, p->n + 1);
    if (c != RT_OK)
      return c;
    size_t size = p->n ? p->sizes[p->n - 1] * 2 : BLOCK_FIRST;
    if (size > BLOCK_TOP)
      size = BLOCK_TOP;
    unsigned char *block = rt__realloc(a, NULL, 0, size, 1);
    if (!block)
      return RT_E_NOMEM;
    p->blocks[p->n] = block;
    p->sizes[p->n++] = size;
    p->used = 0;
    p->bytes += size;
  }
  *room = p->blocks[p->n - 1] + p->used;
  return RT_OK;
}

uint32_t rt__pile_take(rt__pile *p, size_t n)
{
  size_t at = ((p->n - 1) << RT__PILE_BLOCK_BITS) + p->used / RT__PILE_UNIT;
  p->used += n;
  return (uint32_t)at;
}

rt_code rt__pile_join(rt__pile *p, const rt_alloc *a, rt__pile *from, uint32_t *shift)
{
  *shift = (uint32_t)(p->n << RT__PILE_BLOCK_BITS);
  if (from->n == 0)
    return RT_OK;
  rt_code c = grow_list(p, a, p->n + from->n);
  if (c != RT_OK)
    return c;
  for (size_t i = 0; i < from->n; i++) {
    p->blocks[p->n] = from->blocks[i];
    p->sizes[p->n++] = from->sizes[i];
  }
  p->used = from->used;
  p->bytes += from->bytes;
  from->n = from->used = from->bytes = 0;
  return RT_OK;
}
