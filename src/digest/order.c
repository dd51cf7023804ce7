#include "digest/order.h"

#include "digest/record.h"

typedef struct bodies {
  rt__body_fn at;
  const void *ctx;
} bodies;

/* moves e[i] to where perm says, following its cycles; perm[i].val is the old place of the new i-th
 */
static void permute(rt__entry *e, rt__pair *perm, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    rt__entry held = e[i];
    size_t j = i;
    for (size_t k; (k = (size_t)perm[j].val) != i; j = k) {
      e[j] = e[k];
      perm[j].val = j;
    }
    e[j] = held;
    perm[j].val = j;
  }
}

static void sort_by_account_and_time(rt__entry *e, size_t n, rt__pair *a, rt__pair *tmp)
{
  for (size_t i = 0; i < n; i++)
    a[i] = (rt__pair){(uint64_t)e[i].time_us ^ UINT64_C(1) << 63, i};
  rt__sort_pairs(a, tmp, n);
  for (size_t i = 0; i < n; i++)
    a[i].key = e[a[i].val].account;
  rt__sort_pairs(a, tmp, n);
  permute(e, a, n);
}

/* ---- ties: a heap sort, since a hostile log may consist of nothing else */

static bool less(const bodies *b, const rt__entry *x, const rt__entry *y)
{
  rt_digest dx, dy;
  rt__record_unpack(b->at(b->ctx, x), x->account, x->time_us, &dx);
  rt__record_unpack(b->at(b->ctx, y), y->account, y->time_us, &dy);
  return rt_digest_cmp(&dx, &dy) < 0;
}

static void swap(rt__entry *x, rt__entry *y)
{
  rt__entry t = *x;
  *x = *y;
  *y = t;
}

static void sift_down(const bodies *b, rt__entry *e, size_t i, size_t n)
{
  for (size_t child; (child = 2 * i + 1) < n; i = child) {
    if (child + 1 < n && less(b, &e[child], &e[child + 1]))
      child++;
    if (!less(b, &e[i], &e[child]))
      return;
    swap(&e[i], &e[child]);
  }
}

static void heap_sort(const bodies *b, rt__entry *e, size_t n)
{
  for (size_t i = n / 2; i-- > 0;)
    sift_down(b, e, i, n);
  for (size_t end = n; end-- > 1;) {
    swap(&e[0], &e[end]);
    sift_down(b, e, 0, end);
  }
}

static void sort_ties(const bodies *b, rt__entry *e, size_t n)
{
  for (size_t i = 0, j; i < n; i = j) {
    for (j = i + 1; j < n && e[j].account == e[i].account && e[j].time_us == e[i].time_us;)
      j++;
    if (j - i > 1)
      heap_sort(b, e + i, j - i);
  }
}

/* ---- duplicates: sorted by id, places rise within an id, so equal accounts are neighbours */

static void mark_duplicates(const bodies *b, rt__entry *e, size_t n, rt__pair *a, rt__pair *tmp)
{
  size_t m = 0;
  for (size_t i = 0; i < n; i++) {
    uint64_t id = rt__record_id(b->at(b->ctx, &e[i]));
    if (id)
      a[m++] = (rt__pair){id, i};
  }
  rt__sort_pairs(a, tmp, m);
  uint64_t account = 0;
  for (size_t i = 0; i < m; i++) {
    rt__entry *x = &e[a[i].val];
    bool again = i && a[i].key == a[i - 1].key && x->account == account;
    account = x->account;
    if (again)
      x->account = 0;
  }
}

static size_t drop_marked(rt__entry *e, size_t n)
{
  size_t kept = 0;
  for (size_t i = 0; i < n; i++)
    if (e[i].account)
      e[kept++] = e[i];
  return kept;
}

rt_code rt__order(const rt_alloc *alloc, rt__entry *e, size_t *n, rt__body_fn body, const void *ctx)
{
  bodies b = {body, ctx};
  rt__pair *a = rt__realloc(alloc, NULL, 0, *n, sizeof *a);
  rt__pair *tmp = rt__realloc(alloc, NULL, 0, *n, sizeof *tmp);
  rt_code c = a && tmp ? RT_OK : RT_E_NOMEM;
  if (c == RT_OK) {
    sort_by_account_and_time(e, *n, a, tmp);
    sort_ties(&b, e, *n);
    mark_duplicates(&b, e, *n, a, tmp);
  }
  rt__free(alloc, a, *n * sizeof *a);
  rt__free(alloc, tmp, *n * sizeof *tmp);
  if (c == RT_OK)
    *n = drop_marked(e, *n);
  return c;
}
