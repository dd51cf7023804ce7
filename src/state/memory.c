#include "state/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

rt_code rt__memory_init(rt__memory *m, rt_error *err)
{
  *m = (rt__memory){0};
  rt_code c = rt__arena_new(rt_alloc_default(), RT__MEMORY_MAX, &m->arena);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for what earlier runs found");
}

void rt__memory_free(rt__memory *m)
{
  rt__arena_free(m->arena);
  *m = (rt__memory){0};
}

static rt_code no_room(rt_error *err)
{
  return rt__fail(err, RT_E_LIMIT, "what earlier runs found needs more than %zu MiB",
                  RT__MEMORY_MAX >> 20);
}

/* ---- holds */

static int by_hash(const void *a, const void *b)
{
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

bool rt__memory_holds(const rt__memory *m, uint64_t account)
{
  return m->n_held && bsearch(&account, m->held, m->n_held, sizeof *m->held, by_hash);
}

static void *copy_of(rt__arena *a, const void *p, size_t n, size_t size)
{
  void *to = rt__arena_take(a, (n + 1) * size);
  if (to && n)
    memcpy(to, p, n * size);
  return to;
}

static rt_code take_held(rt__memory *m, const uint64_t *held, size_t n, rt_error *err)
{
  uint64_t *copy = copy_of(m->arena, held, n, sizeof *copy);
  if (!copy)
    return no_room(err);
  qsort(copy, n, sizeof *copy, by_hash);
  for (size_t i = 0; i < n; i++)
    if (i == 0 || copy[i] != copy[m->n_held - 1])
      copy[m->n_held++] = copy[i];
  m->held = copy;
  return RT_OK;
}

/* ---- copies */

static rt_code copy_campaign(rt__arena *a, const rt__remembered *from, uint64_t without,
                             rt__remembered *to, rt_error *err)
{
  uint64_t *members = copy_of(a, NULL, 0, sizeof *members * (from->n_members + 1));
  rt_change *changes = copy_of(a, from->changes, from->n_changes, sizeof *changes);
  *to = *from;
  to->members = members;
  to->changes = changes;
  to->n_members = 0;
  if (!members || !changes)
    return no_room(err);
  for (size_t i = 0; i < from->n_members; i++)
    if (from->members[i] != without)
      members[to->n_members++] = from->members[i];
  return RT_OK;
}

/* without 0: all members */
static rt_code copy_campaigns(const rt__memory *from, uint64_t without, rt__memory *to,
                              rt_error *err)
{
  rt__remembered *k = rt__arena_take(to->arena, (from->n_campaigns + 1) * sizeof *k);
  if (!k)
    return no_room(err);
  to->campaigns = k;
  for (size_t i = 0; i < from->n_campaigns; i++) {
    rt_code c = copy_campaign(to->arena, &from->campaigns[i], without, &k[to->n_campaigns], err);
    if (c != RT_OK)
      return c;
    to->n_campaigns += !k[to->n_campaigns].gone || k[to->n_campaigns].n_members;
  }
  return RT_OK;
}

rt_code rt__memory_hold(const rt__memory *from, const uint64_t *held, size_t n, rt__memory *to,
                        rt_error *err)
{
  to->as_of_us = from->as_of_us;
  rt_code c = copy_campaigns(from, 0, to, err);
  return c == RT_OK ? take_held(to, held, n, err) : c;
}

rt_code rt__memory_forget(const rt__memory *from, uint64_t account, int64_t newest_us,
                          rt__memory *to, rt_error *err)
{
  to->as_of_us = from->as_of_us < newest_us ? from->as_of_us : newest_us;
  rt_code c = copy_campaigns(from, account, to, err);
  return c == RT_OK ? take_held(to, from->held, from->n_held, err) : c;
}

/* ---- ids */

void rt__campaign_name(uint64_t id, char out[RT__CAMPAIGN_ID])
{
  (void)snprintf(out, RT__CAMPAIGN_ID, "rc-%016" PRIx64, id);
}

bool rt__campaign_number(rt_slice name, uint64_t *id)
{
  if (name.n != RT__CAMPAIGN_ID - 1 || !rt__slice_starts(name, RT__LIT("rc-")))
    return false;
  *id = 0;
  for (size_t i = 3; i < name.n; i++) {
    char ch = name.p[i];
    int digit = ch >= '0' && ch <= '9' ? ch - '0' : ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
    if (digit < 0)
      return false;
    *id = *id << 4 | (unsigned)digit;
  }
  return true;
}
