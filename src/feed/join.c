#include "feed/join.h"

#include <stdlib.h>

static rt_code count(rt__join *j, size_t n_holds, unsigned part, rt_error *err)
{
  const rt__held *v[2];
  size_t n[2];
  rt_code c = RT_OK;
  for (size_t h = 0; h < n_holds && c == RT_OK; h++) {
    c = rt__hold_part(j->holds[h], part, v, n, err);
    j->n += n[0] + n[1];
  }
  return c;
}

static rt_code take_all(rt__join *j, size_t n_holds, unsigned part, rt_error *err)
{
  const rt__held *v[2];
  size_t n[2], k = 0;
  for (size_t h = 0; h < n_holds; h++) {
    rt_code c = rt__hold_part(j->holds[h], part, v, n, err);
    if (c != RT_OK)
      return c;
    for (int piece = 0; piece < 2; piece++)
      for (size_t i = 0; i < n[piece]; i++, k++) {
        j->v[k] = v[piece][i];
        j->v[k].hold = (uint8_t)h;
        j->order[k] = (rt__pair){j->v[k].key[0], k};
      }
    rt__hold_drop(j->holds[h], part);
  }
  return RT_OK;
}

static rt_code sort_all(rt__join *j, size_t n_holds, unsigned part, rt_error *err)
{
  j->v = rt__realloc(&j->alloc, NULL, 0, j->n, sizeof *j->v);
  j->order = rt__realloc(&j->alloc, NULL, 0, j->n, sizeof *j->order);
  rt__pair *tmp = rt__realloc(&j->alloc, NULL, 0, j->n, sizeof *tmp);
  rt_code c = j->v && j->order && tmp
                  ? take_all(j, n_holds, part, err)
                  : rt__fail(err, RT_E_NOMEM, "no memory to join spans and events");
  if (c == RT_OK)
    rt__sort_pairs(j->order, tmp, j->n);
  rt__free(&j->alloc, tmp, j->n * sizeof *tmp);
  return c;
}

rt_code rt__join_init(rt__join *j, const rt_alloc *alloc, rt__hold *const *holds, size_t n_holds,
                      unsigned part, rt_error *err)
{
  *j = (rt__join){.alloc = *alloc, .holds = holds};
  rt_code c = count(j, n_holds, part, err);
  if (c == RT_OK && j->n)
    c = sort_all(j, n_holds, part, err);
  if (c != RT_OK)
    rt__join_free(j);
  return c;
}

void rt__join_free(rt__join *j)
{
  rt__free(&j->alloc, j->v, j->n * sizeof *j->v);
  rt__free(&j->alloc, j->order, j->n * sizeof *j->order);
  j->v = NULL;
  j->order = NULL;
  j->n = 0;
}

rt_slice rt__join_record(const rt__join *j, const rt__held *e)
{
  return rt__hold_get(j->holds[e->hold], e->record, e->record_n);
}

rt_slice rt__join_resource(const rt__join *j, const rt__held *e)
{
  return rt__hold_get(j->holds[e->hold], e->resource, e->resource_n);
}

/* the first entry at or behind `at` that begins a run of equal keys */
static size_t run_start(const rt__join *j, size_t at)
{
  while (at > 0 && at < j->n && j->order[at].key == j->order[at - 1].key)
    at++;
  return at < j->n ? at : j->n;
}

void rt__join_share(const rt__join *j, size_t i, size_t n, size_t *from, size_t *to)
{
  *from = run_start(j, j->n / n * i);
  *to = i + 1 == n ? j->n : run_start(j, j->n / n * (i + 1));
}

/* ---- order within a run of equal first halves of the key */

static int by_u64(uint64_t a, uint64_t b)
{
  return (a > b) - (a < b);
}

static int cmp(const rt__join *j, const rt__held *a, const rt__held *b)
{
  int c = by_u64(a->key[1], b->key[1]);
  if (c == 0)
    c = by_u64(a->sort, b->sort);
  if (c == 0)
    c = (a->time_us > b->time_us) - (a->time_us < b->time_us);
  if (c == 0)
    c = rt__slice_cmp(rt__join_record(j, a), rt__join_record(j, b));
  if (c == 0)
    c = rt__slice_cmp(rt__join_resource(j, a), rt__join_resource(j, b));
  return c ? c : rt__place_cmp(&a->at, &b->at);
}

/* heap sort: runs are short as a rule, but an attacker's is not */
static void sift(const rt__join *j, rt__pair *p, size_t at, size_t n)
{
  for (;;) {
    size_t big = at, left = 2 * at + 1;
    for (size_t k = left; k < left + 2 && k < n; k++)
      if (cmp(j, &j->v[p[k].val], &j->v[p[big].val]) > 0)
        big = k;
    if (big == at)
      return;
    rt__pair t = p[at];
    p[at] = p[big];
    p[big] = t;
    at = big;
  }
}

static void sort_run(const rt__join *j, rt__pair *p, size_t n)
{
  for (size_t i = n / 2; i-- > 0;)
    sift(j, p, i, n);
  for (size_t i = n; i-- > 1;) {
    rt__pair t = p[0];
    p[0] = p[i];
    p[i] = t;
    sift(j, p, 0, i);
  }
}

size_t rt__join_group(rt__join *j, size_t from, size_t to)
{
  size_t end = from + 1;
  bool fresh = from == 0 || j->order[from].key != j->order[from - 1].key;
  while (end < to && j->order[end].key == j->order[from].key)
    end++;
  if (fresh && end - from > 1)
    sort_run(j, j->order + from, end - from);
  size_t stop = from + 1;
  while (stop < end && rt__join_at(j, stop)->key[1] == rt__join_at(j, from)->key[1])
    stop++;
  return stop;
}
