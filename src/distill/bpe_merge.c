#include "distill/bpe_merge.h"

#define NONE UINT32_MAX

/* candidates are numbers: priority above, position below; the smallest is merged next. One whose
 * priority isn't that of its symbol any more is stale. */
typedef struct merger {
  rt__symbol *s;
  uint64_t *heap;
  size_t n_heap;
  rt__pair_fn pair;
  const void *ctx;
} merger;

static void push(merger *m, uint64_t v)
{
  size_t i = m->n_heap++;
  for (; i > 0 && m->heap[(i - 1) / 2] > v; i = (i - 1) / 2)
    m->heap[i] = m->heap[(i - 1) / 2];
  m->heap[i] = v;
}

static uint64_t pop(merger *m)
{
  uint64_t top = m->heap[0], v = m->heap[--m->n_heap];
  size_t i = 0;
  for (size_t child = 1; child < m->n_heap; child = 2 * i + 1) {
    if (child + 1 < m->n_heap && m->heap[child + 1] < m->heap[child])
      child++;
    if (m->heap[child] >= v)
      break;
    m->heap[i] = m->heap[child];
    i = child;
  }
  m->heap[i] = v;
  return top;
}

/* looks at the pair that starts at i anew */
static void consider(merger *m, uint32_t i)
{
  rt__symbol *l = &m->s[i];
  uint32_t id;
  l->priority = NONE;
  if (l->next != NONE && m->pair(m->ctx, l, &m->s[l->next], &l->priority, &id))
    push(m, (uint64_t)l->priority << 32 | i);
  else
    l->priority = NONE;
}

static void join(merger *m, uint32_t i)
{
  rt__symbol *l = &m->s[i], *r = &m->s[l->next];
  uint32_t priority, id;
  if (!m->pair(m->ctx, l, r, &priority, &id))
    return;
  l->id = id;
  l->length += r->length;
  l->next = r->next;
  r->priority = NONE;
  if (r->next != NONE)
    m->s[r->next].prev = i;
  consider(m, i);
  if (l->prev != NONE)
    consider(m, l->prev);
}

static void chain(rt__symbol *s, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    s[i].prev = i ? (uint32_t)i - 1 : NONE;
    s[i].next = i + 1 < n ? (uint32_t)i + 1 : NONE;
  }
}

rt_code rt__bpe_merge(rt__buf *symbols, size_t n, rt__buf *heap, rt__pair_fn pair, const void *ctx)
{
  merger m = {.s = (rt__symbol *)(void *)symbols->p, .pair = pair, .ctx = ctx};
  /* n - 1 candidates at the start, and a merge (n - 1 at most) adds two for the one it takes */
  rt__buf_clear(heap);
  if (n > UINT32_MAX - 1)
    return RT_E_LIMIT;
  rt_code code = rt__buf_reserve(heap, 2 * (n + 1) * sizeof *m.heap);
  if (code)
    return code;
  m.heap = (uint64_t *)(void *)heap->p;
  chain(m.s, n);
  for (uint32_t i = 0; i + 1 < n; i++)
    consider(&m, i);
  while (m.n_heap) {
    uint64_t top = pop(&m);
    uint32_t i = (uint32_t)top;
    if (m.s[i].priority == top >> 32)
      join(&m, i);
  }
  return RT_OK;
}
