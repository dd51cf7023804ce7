#include "feed/hold.h"

void rt__hold_init(rt__hold *h, const rt_alloc *alloc, const char *dir, size_t memory)
{
  *h = (rt__hold){.alloc = *alloc, .dir = dir, .memory = memory ? memory : 1};
  rt__buf_init(&h->bytes, &h->alloc, SIZE_MAX / 2);
}

void rt__hold_free(rt__hold *h)
{
  rt__buf_free(&h->bytes);
  rt__free(&h->alloc, h->v, h->cap * sizeof *h->v);
  if (h->files)
    rt__spool_files_free(h->files);
  h->files = NULL;
  h->v = NULL;
  h->n = h->cap = 0;
}

/* everything in memory goes to the end of the file */
static rt_code spill(rt__hold *h, rt_error *err)
{
  rt_code c = RT_OK;
  if (!h->files)
    c = rt__spool_files_new(&h->alloc, h->dir, &h->files, err);
  if (c != RT_OK)
    return c;
  rt__spool s = rt__spool_files_callbacks(h->files);
  c = s.append(s.ctx, 0, h->bytes.p, h->bytes.n, err);
  if (c != RT_OK)
    return c;
  h->spilled += h->bytes.n;
  rt__buf_clear(&h->bytes);
  return RT_OK;
}

rt_code rt__hold_bytes(rt__hold *h, rt_slice s, uint64_t *offset, rt_error *err)
{
  rt_code c = RT_OK;
  if (h->bytes.n + s.n > h->memory && h->bytes.n > 0)
    c = h->dir ? spill(h, err) : RT_E_LIMIT;
  if (c != RT_OK)
    return c;
  *offset = h->spilled + h->bytes.n;
  c = rt__buf_add(&h->bytes, s.p, s.n);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for spans that wait for their events");
}

rt_code rt__hold_add(rt__hold *h, const rt__held *e)
{
  if (h->n == RT__HELD_MAX)
    return RT_E_LIMIT;
  if (h->n == h->cap) {
    size_t cap = h->cap ? h->cap * 2 : 64;
    rt__held *v = rt__realloc(&h->alloc, h->v, h->cap, cap, sizeof *v);
    if (!v)
      return RT_E_NOMEM;
    h->v = v;
    h->cap = cap;
  }
  h->v[h->n++] = *e;
  return RT_OK;
}

rt_code rt__hold_seal(rt__hold *h, rt_error *err)
{
  const void *p = h->bytes.p;
  size_t n = h->bytes.n;
  rt_code c = RT_OK;
  if (h->files) {
    rt__spool s = rt__spool_files_callbacks(h->files);
    c = h->bytes.n ? spill(h, err) : RT_OK;
    if (c == RT_OK)
      c = s.map(s.ctx, 0, &p, &n, err);
  }
  h->base = p;
  h->base_n = c == RT_OK ? n : 0;
  return c;
}

rt_slice rt__hold_get(const rt__hold *h, uint64_t offset, uint32_t n)
{
  if (n == 0 || offset > h->base_n || n > h->base_n - offset)
    return (rt_slice){NULL, 0};
  return rt__slice(h->base + offset, n);
}
