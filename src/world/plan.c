#include "world/plan.h"

#include "base/time.h"

#include <stdio.h>

#define SOURCES_MAX ((size_t)1 << 27)

/* room for one more element; NULL if there is none */
static void *one_more(rt__plan *p, void *array, size_t *n, size_t *cap, size_t size)
{
  if (*n == *cap) {
    size_t more = *cap ? *cap * 2 : 256;
    void *q = more > SOURCES_MAX ? NULL : rt__realloc(&p->alloc, array, *cap, more, size);
    if (!q)
      return NULL;
    array = q;
    *cap = more;
  }
  memset((char *)array + *n * size, 0, size);
  (*n)++;
  return array;
}

#define ONE_MORE(p, what)                                                                          \
  void *q = one_more(p, (p)->what, &(p)->n_##what, &(p)->cap_##what, sizeof *(p)->what);           \
  if (!q)                                                                                          \
    return NULL;                                                                                   \
  (p)->what = q;                                                                                   \
  return &(p)->what[(p)->n_##what - 1]

rt__account *rt__plan_account(rt__plan *p)
{
  ONE_MORE(p, accounts);
}

rt__source *rt__plan_source(rt__plan *p)
{
  ONE_MORE(p, sources);
}

rt__seat *rt__plan_seat(rt__plan *p)
{
  ONE_MORE(p, seats);
}

rt__dispatch_plan *rt__plan_dispatch(rt__plan *p)
{
  ONE_MORE(p, dispatches);
}

static char (*more_groups(rt__plan *p))[RT__SPEC_NAME]
{
  ONE_MORE(p, groups);
}

uint32_t rt__plan_group(rt__plan *p, const char *label)
{
  char(*g)[RT__SPEC_NAME] = more_groups(p);
  if (!g)
    return RT__NONE;
  (void)snprintf(*g, RT__SPEC_NAME, "%s", label);
  return (uint32_t)(p->n_groups - 1);
}

static uint32_t bits_for(size_t n)
{
  uint32_t bits = 20;
  while (((size_t)1 << bits) < n * 8)
    bits += 2;
  return bits;
}

rt_code rt__plan_make(const rt_alloc *a, const rt__spec *spec, const rt__texts *texts,
                      uint64_t seed, rt__plan **out, rt_error *err)
{
  rt__plan *p = rt__calloc(a, 1, sizeof *p);
  if (!p)
    return rt__fail(err, RT_E_NOMEM, "out of memory");
  p->alloc = *a;
  p->spec = spec;
  p->texts = texts;
  p->seed = rt__mix2(seed, 0x776f726c64);
  p->start = spec->start_us;
  p->end = p->start + (int64_t)(spec->days * (double)RT__DAY_US);
  if (spec->release_day >= 0 && spec->release_day < spec->days)
    p->release = p->start + (int64_t)(spec->release_day * (double)RT__DAY_US);
  rt_code c = rt__plan_background(p);
  if (c == RT_OK)
    c = rt__plan_campaigns(p);
  if (c != RT_OK) {
    rt__plan_free(p);
    return rt__fail(err, c, "the plan of this world does not fit into memory");
  }
  p->name_bits = bits_for(p->n_accounts);
  *out = p;
  return RT_OK;
}

void rt__plan_free(rt__plan *p)
{
  if (!p)
    return;
  rt_alloc a = p->alloc;
  rt__free(&a, p->accounts, p->cap_accounts * sizeof *p->accounts);
  rt__free(&a, p->sources, p->cap_sources * sizeof *p->sources);
  rt__free(&a, p->seats, p->cap_seats * sizeof *p->seats);
  rt__free(&a, p->dispatches, p->cap_dispatches * sizeof *p->dispatches);
  rt__free(&a, p->groups, p->cap_groups * sizeof *p->groups);
  rt__free(&a, p, sizeof *p);
}

/* four Feistel rounds over two halves: a permutation, so names are unique without a table */
uint32_t rt__account_name(const rt__plan *p, uint32_t i)
{
  uint32_t half = p->name_bits / 2, mask = (UINT32_C(1) << half) - 1;
  uint32_t left = i >> half & mask, right = i & mask;
  for (uint64_t round = 0; round < 4; round++) {
    uint32_t f = (uint32_t)rt__draw(p->seed, 0x6e616d65, round, right) & mask;
    uint32_t next = left ^ f;
    left = right;
    right = next;
  }
  return left << half | right;
}

const char *rt__account_kind(const rt__account *a)
{
  return a->world == RT__BENIGN ? rt__kind_at(a->label)->name : rt__level_name((rt__level)a->label);
}
