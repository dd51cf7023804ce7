#include "link/customers.h"

#include "link/leiden.h"

#include <stdlib.h>

#define USERS      64 /* accounts that use a private program, at most … */
#define LEAST      4  /* … and at least, … */
#define ROWS       8  /* … with so many starts, … */
#define FRESH      0.7 /* … most of which ask something new: a text that many quote is no program */
#define MAIN       0.5  /* share of a chunk's starts with the parameters of its program */
#define ONE_USER   0.34 /* share of a program's starts that one account has, at most */
#define PROGRAMS   2    /* different programs that make two accounts neighbours */
#define RESOLUTION 0.15 /* share of pairs that must be neighbours inside a group */
#define ACCOUNTS   4

/* a chunk in an account's prompts */
typedef struct entry {
  uint32_t chunk, account;
  uint64_t bundle, slot;
} entry;

/* two accounts that share a program */
typedef struct meeting {
  uint32_t a, b;
  uint64_t bundle;
} meeting;

typedef struct search {
  const rt__starts *s;
  const rt_alloc *alloc;
  entry *e;
  size_t n, cap;
  meeting *m;
  size_t n_m, cap_m;
  rt__edge *edges;
  size_t n_edges;
} search;

/* ---- chunks */

static size_t count_chunks(const rt__starts *s)
{
  uint32_t c[RT__STARTS_CHUNKS];
  size_t all = 0;
  for (uint32_t r = 0; r < s->n; r++)
    all += rt__starts_chunks(s, r, c);
  return all;
}

static bool drawn(uint32_t chunk, uint32_t one_of)
{
  return rt__mix(chunk) % one_of == 0;
}

static rt_code take_chunks(search *f)
{
  uint32_t c[RT__STARTS_CHUNKS];
  size_t all = count_chunks(f->s);
  uint32_t one_of = (uint32_t)(1 + all / (RT__CUSTOMERS_CHUNKS / 4 * 3));
  f->cap = RT__CUSTOMERS_CHUNKS < all ? RT__CUSTOMERS_CHUNKS : all;
  f->e = rt__calloc(f->alloc, f->cap, sizeof *f->e);
  if (!f->e)
    return RT_E_NOMEM;
  for (uint32_t r = 0; r < f->s->n; r++) {
    size_t k = rt__starts_chunks(f->s, r, c);
    for (size_t i = 0; i < k && f->n < f->cap; i++)
      if (drawn(c[i], one_of))
        f->e[f->n++] = (entry){c[i], f->s->account[r], f->s->bundle[r], f->s->slot[r]};
  }
  return RT_OK;
}

static int by_entry(const void *a, const void *b)
{
  const entry *x = a, *y = b;
  if (x->chunk != y->chunk)
    return x->chunk < y->chunk ? -1 : 1;
  if (x->bundle != y->bundle)
    return x->bundle < y->bundle ? -1 : 1;
  return x->account < y->account ? -1 : x->account > y->account;
}

/* ---- meetings */

static int by_slot(const void *a, const void *b)
{
  uint64_t x = ((const entry *)a)->slot, y = ((const entry *)b)->slot;
  return x < y ? -1 : x > y;
}

/* whether what stands around the chunk is new most of the time; reorders the entries */
static bool is_program(entry *e, size_t n)
{
  size_t slots = 0;
  qsort(e, n, sizeof *e, by_slot);
  for (size_t i = 0; i < n; i++)
    slots += i == 0 || e[i].slot != e[i - 1].slot;
  return (double)slots >= FRESH * (double)n;
}

/* accounts of one chunk with one set of parameters; 0 if they are too many, or one of them has most
 */
static size_t users_of(const entry *e, size_t n, uint32_t *users)
{
  size_t k = 0;
  for (size_t i = 0, j; i < n; i = j) {
    for (j = i; j < n && e[j].account == e[i].account; j++)
      ;
    if (k == USERS || (double)(j - i) > ONE_USER * (double)n)
      return 0;
    users[k++] = e[i].account;
  }
  return k;
}

/* a frame's sentences have the same users: one of them speaks for all */
static bool take_meetings(search *f, const uint32_t *users, size_t k, uint64_t bundle,
                          rt__map *seen)
{
  uint64_t h = rt__mix(bundle);
  bool fresh;
  for (size_t i = 0; i < k; i++)
    h = rt__mix2(h, users[i]);
  if (!rt__map_put(seen, h | 1, &fresh))
    return false;
  for (size_t i = 0; fresh && i < k; i++)
    for (size_t j = i + 1; j < k && f->n_m < f->cap_m; j++)
      f->m[f->n_m++] = (meeting){users[i], users[j], bundle};
  return true;
}

/* the programs of one chunk: its starts by parameters, if those are most of them */
static bool one_chunk(search *f, entry *e, size_t n, rt__map *seen)
{
  uint32_t users[USERS];
  bool ok = true;
  for (size_t i = 0, j; ok && i < n; i = j) {
    for (j = i; j < n && e[j].bundle == e[i].bundle; j++)
      ;
    if (j - i < ROWS || (double)(j - i) < MAIN * (double)n)
      continue;
    uint64_t bundle = e[i].bundle;
    size_t k = users_of(e + i, j - i, users);
    if (k >= LEAST && is_program(e + i, j - i))
      ok = take_meetings(f, users, k, bundle, seen);
  }
  return ok;
}

static rt_code meet(search *f)
{
  rt__map seen;
  bool ok = true;
  f->cap_m = RT__CUSTOMERS_PAIRS;
  f->m = rt__calloc(f->alloc, f->cap_m, sizeof *f->m);
  if (!f->m)
    return RT_E_NOMEM;
  rt__map_init(&seen, f->alloc, SIZE_MAX, 31);
  for (size_t i = 0, j; i < f->n && ok; i = j) {
    for (j = i; j < f->n && f->e[j].chunk == f->e[i].chunk; j++)
      ;
    ok = one_chunk(f, f->e + i, j - i, &seen);
  }
  rt__map_free(&seen);
  return ok ? RT_OK : RT_E_NOMEM;
}

static int by_meeting(const void *a, const void *b)
{
  const meeting *x = a, *y = b;
  if (x->a != y->a)
    return x->a < y->a ? -1 : 1;
  if (x->b != y->b)
    return x->b < y->b ? -1 : 1;
  return x->bundle < y->bundle ? -1 : x->bundle > y->bundle;
}

/* pairs that share so many different programs */
static rt_code take_edges(search *f)
{
  f->edges = rt__calloc(f->alloc, f->n_m, sizeof *f->edges);
  if (!f->edges)
    return RT_E_NOMEM;
  if (f->n_m)
    qsort(f->m, f->n_m, sizeof *f->m, by_meeting);
  for (size_t i = 0, j; i < f->n_m; i = j) {
    size_t programs = 0;
    for (j = i; j < f->n_m && f->m[j].a == f->m[i].a && f->m[j].b == f->m[i].b; j++)
      programs += j == i || f->m[j].bundle != f->m[j - 1].bundle;
    if (programs >= PROGRAMS)
      f->edges[f->n_edges++] = (rt__edge){f->m[i].a, f->m[i].b, 1};
  }
  return RT_OK;
}

/* ---- groups */

static rt_code take_group(const search *f, const uint32_t *account, size_t n, rt__groups *out)
{
  rt__group g;
  rt_code c = rt__group_of_accounts(f->s, account, n, &g);
  if (c != RT_OK)
    return c;
  g.origin = RT__FROM_CUSTOMERS;
  return rt__groups_take(out, &g);
}

static rt_code communities(const search *f, rt__groups *out)
{
  rt__cores cores;
  rt_code c = rt__leiden_cores(f->alloc, (uint32_t)f->s->n_accounts, f->edges, f->n_edges,
                               RESOLUTION, &cores);
  for (uint32_t q = 0; q < cores.n && c == RT_OK; q++) {
    size_t n = cores.at[q + 1] - cores.at[q];
    if (n >= ACCOUNTS)
      c = take_group(f, cores.node + cores.at[q], n, out);
  }
  rt__cores_free(f->alloc, &cores);
  return c;
}

rt_code rt__customers_groups(const rt__starts *s, rt__groups *out, rt_error *err)
{
  search f = {.s = s, .alloc = s->alloc};
  rt_code c = take_chunks(&f);
  if (c == RT_OK && f.n) {
    qsort(f.e, f.n, sizeof *f.e, by_entry);
    c = meet(&f);
  }
  if (c == RT_OK && f.n_m)
    c = take_edges(&f);
  if (c == RT_OK && f.n_edges)
    c = communities(&f, out);
  rt__free(s->alloc, f.edges, f.n_m * sizeof *f.edges);
  rt__free(s->alloc, f.m, f.cap_m * sizeof *f.m);
  rt__free(s->alloc, f.e, f.cap * sizeof *f.e);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for customers of pools");
}
