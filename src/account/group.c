#include "account/group.h"

#include <stdlib.h>

const char *rt__origin_name(rt__origin o)
{
  static const char *const names[] = {
#define RT__ORIGIN_NAME(code, name) name,
      RT__ORIGIN_MAP(RT__ORIGIN_NAME)
#undef RT__ORIGIN_NAME
  };
  return (unsigned)o < RT__ORIGIN_COUNT ? names[o] : "unknown";
}

/* accounts with at least `least` rows, and their rows in all */
static void count(const rt__starts *s, const uint32_t *rows, size_t n, uint32_t least,
                  uint32_t *accounts, size_t *kept)
{
  *accounts = 0;
  *kept = 0;
  for (size_t i = 0, j; i < n; i = j) {
    for (j = i; j < n && s->account[rows[j]] == s->account[rows[i]]; j++)
      ;
    if (j - i >= least) {
      (*accounts)++;
      *kept += j - i;
    }
  }
}

rt_code rt__group_from_rows(const rt_alloc *a, const rt__starts *s, const uint32_t *rows, size_t n,
                            uint32_t least, rt__origin origin, rt__group *out)
{
  size_t kept;
  *out = (rt__group){.origin = origin};
  count(s, rows, n, least, &out->n, &kept);
  out->cap_n = out->n;
  out->cap_row = (uint32_t)kept;
  out->account = rt__calloc(a, out->n, sizeof *out->account);
  out->at = rt__calloc(a, (size_t)out->n + 1, sizeof *out->at);
  out->row = rt__calloc(a, kept, sizeof *out->row);
  if (!out->account || !out->at || !out->row) {
    rt__group_free(a, out);
    return RT_E_NOMEM;
  }
  uint32_t k = 0, at = 0;
  for (size_t i = 0, j; i < n; i = j) {
    for (j = i; j < n && s->account[rows[j]] == s->account[rows[i]]; j++)
      ;
    if (j - i < least)
      continue;
    out->account[k] = s->account[rows[i]];
    out->at[k++] = at;
    memcpy(out->row + at, rows + i, (j - i) * sizeof *rows);
    at += (uint32_t)(j - i);
  }
  out->at[k] = at;
  return RT_OK;
}

rt_code rt__group_of_accounts(const rt__starts *s, const uint32_t *account, size_t n,
                              rt__group *out)
{
  uint32_t all = 0, k = 0;
  for (size_t i = 0; i < n; i++)
    all += rt__starts_count(s, account[i]);
  uint32_t *rows = rt__calloc(s->alloc, all, sizeof *rows);
  if (!rows)
    return RT_E_NOMEM;
  for (size_t i = 0; i < n; i++)
    for (uint32_t r = s->first[account[i]]; r < s->first[account[i] + 1]; r++)
      rows[k++] = r;
  rt_code c = rt__group_from_rows(s->alloc, s, rows, all, 1, RT__FROM_WHOLE, out);
  rt__free(s->alloc, rows, all * sizeof *rows);
  return c;
}

rt_code rt__group_part(const rt__starts *s, const rt__group *g, const bool *keep, rt__group *out)
{
  rt_code c = rt__group_from_rows(s->alloc, s, g->row, g->at[g->n], 1, g->origin, out);
  if (c != RT_OK)
    return c;
  rt__group_filter(out, keep);
  return RT_OK;
}

void rt__group_free(const rt_alloc *a, rt__group *g)
{
  rt__free(a, g->row, g->cap_row * sizeof *g->row);
  rt__free(a, g->at, ((size_t)g->cap_n + 1) * sizeof *g->at);
  rt__free(a, g->account, g->cap_n * sizeof *g->account);
  rt__free(a, g->once, g->cap_once * sizeof *g->once);
  *g = (rt__group){.origin = g->origin};
}

bool rt__group_has(const rt__group *g, uint32_t account)
{
  uint32_t lo = 0, hi = g->n;
  while (lo < hi) {
    uint32_t mid = lo + (hi - lo) / 2;
    if (g->account[mid] < account)
      lo = mid + 1;
    else
      hi = mid;
  }
  return lo < g->n && g->account[lo] == account;
}

void rt__group_filter(rt__group *g, const bool *keep)
{
  uint32_t k = 0, at = 0;
  for (uint32_t i = 0; i < g->n; i++) {
    uint32_t lo = g->at[i], rows = g->at[i + 1] - lo;
    if (!keep[i])
      continue;
    g->account[k] = g->account[i];
    memmove(g->row + at, g->row + lo, rows * sizeof *g->row);
    g->at[k++] = at;
    at += rows;
  }
  if (g->at)
    g->at[k] = at;
  g->n = k;
}

void rt__groups_init(rt__groups *l, const rt_alloc *a)
{
  *l = (rt__groups){.alloc = a};
}

void rt__groups_free(rt__groups *l)
{
  for (size_t i = 0; i < l->n; i++)
    rt__group_free(l->alloc, &l->g[i]);
  rt__free(l->alloc, l->g, l->cap * sizeof *l->g);
  l->g = NULL;
  l->n = l->cap = 0;
}

rt_code rt__groups_take(rt__groups *l, rt__group *g)
{
  if (l->n == l->cap) {
    size_t cap = l->cap ? l->cap * 2 : 64;
    rt__group *p =
        l->n < RT__GROUPS_MAX ? rt__realloc(l->alloc, l->g, l->cap, cap, sizeof *p) : NULL;
    if (!p) {
      rt__group_free(l->alloc, g);
      return l->n < RT__GROUPS_MAX ? RT_E_NOMEM : RT_E_LIMIT;
    }
    l->g = p;
    l->cap = cap;
  }
  l->g[l->n++] = *g;
  return RT_OK;
}

/* ---- by bundle */

typedef struct bundled {
  uint64_t bundle;
  uint32_t row;
} bundled;

static int by_bundle(const void *a, const void *b)
{
  const bundled *x = a, *y = b;
  if (x->bundle != y->bundle)
    return x->bundle < y->bundle ? -1 : 1;
  return x->row < y->row ? -1 : x->row > y->row;
}

rt_code rt__groups_by_bundle(rt__groups *l, const rt__starts *s, const rt__group *g,
                             uint32_t least_accounts, uint32_t least_rows)
{
  uint32_t n = g->n ? g->at[g->n] : 0, n_account = g->n;
  rt__origin origin = g->origin;
  uint32_t detail = g->detail;
  bundled *v = rt__calloc(s->alloc, n, sizeof *v);
  uint32_t *rows = rt__calloc(s->alloc, n, sizeof *rows);
  rt_code c = v && rows ? RT_OK : RT_E_NOMEM;
  for (uint32_t i = 0; c == RT_OK && i < n; i++)
    v[i] = (bundled){s->bundle[g->row[i]], g->row[i]};
  if (c == RT_OK && n)
    qsort(v, n, sizeof *v, by_bundle);
  for (uint32_t i = 0, j; c == RT_OK && i < n; i = j) {
    rt__group part;
    for (j = i; j < n && v[j].bundle == v[i].bundle; j++)
      rows[j - i] = v[j].row;
    if (j - i < least_accounts * least_rows || (double)(j - i) > 0.95 * n)
      continue;
    c = rt__group_from_rows(s->alloc, s, rows, j - i, least_rows, origin, &part);
    if (c != RT_OK)
      break;
    part.one_bundle = true;
    part.detail = detail;
    if (part.n < least_accounts || part.n == n_account)
      rt__group_free(s->alloc, &part);
    else
      c = rt__groups_take(l, &part);
  }
  rt__free(s->alloc, v, n * sizeof *v);
  rt__free(s->alloc, rows, n * sizeof *rows);
  return c;
}
