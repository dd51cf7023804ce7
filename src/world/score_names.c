#include "world/score_names.h"

static uint64_t hash(rt_slice text)
{
  const rt__sipkey key = {UINT64_C(0x7265746f72740001), UINT64_C(0x73636f7265000001)};
  return rt__sip(key, 1, 3, text.p, text.n);
}

rt_code rt__names_init(rt__names *s, const rt_alloc *a, uint32_t max)
{
  *s = (rt__names){.alloc = a, .max = max};
  rt__map_init(&s->map, a, max, UINT64_C(0x73636f7265));
  return rt__arena_new(a, (size_t)max * 256, &s->arena);
}

void rt__names_free(rt__names *s)
{
  rt__map_free(&s->map);
  rt__arena_free(s->arena);
  rt__free(s->alloc, s->list, s->cap * sizeof *s->list);
  *s = (rt__names){.alloc = s->alloc};
}

static uint32_t find(const rt__names *s, uint64_t h, rt_slice text)
{
  const uint64_t *at = rt__map_get(&s->map, h);
  uint32_t i = at ? (uint32_t)(*at - 1) : RT__NO_NAME;
  while (i != RT__NO_NAME && !rt__slice_eq(s->list[i].text, text))
    i = s->list[i].same;
  return i;
}

uint32_t rt__names_find(const rt__names *s, rt_slice text)
{
  return find(s, hash(text), text);
}

static rt_code grow(rt__names *s)
{
  if (s->n >= s->max)
    return RT_E_LIMIT;
  uint32_t cap = s->cap ? s->cap * 2 : 64;
  cap = cap > s->max ? s->max : cap;
  struct rt__name *p = rt__realloc(s->alloc, s->list, s->cap, cap, sizeof *p);
  if (!p)
    return RT_E_NOMEM;
  s->list = p;
  s->cap = cap;
  return RT_OK;
}

rt_code rt__names_add(rt__names *s, rt_slice text, uint32_t *number)
{
  uint64_t h = hash(text);
  *number = find(s, h, text);
  if (*number != RT__NO_NAME)
    return RT_OK;
  rt_code c = s->n == s->cap ? grow(s) : RT_OK;
  if (c != RT_OK)
    return c;
  const char *kept = rt__arena_copy(s->arena, text);
  uint64_t *at = kept ? rt__map_put(&s->map, h, NULL) : NULL;
  if (!at)
    return RT_E_NOMEM;
  s->list[s->n] = (struct rt__name){{kept, text.n}, *at ? (uint32_t)(*at - 1) : RT__NO_NAME};
  *number = s->n++;
  *at = s->n;
  return RT_OK;
}

rt_slice rt__names_text(const rt__names *s, uint32_t number)
{
  return number < s->n ? s->list[number].text : rt__slice("", 0);
}
