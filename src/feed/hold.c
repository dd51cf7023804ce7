#include "feed/hold.h"

/* numbers of files in the spool: the bytes, then each part's entries */
#define BYTES_FILE   0u
#define PART_FILE(p) (1u + (p))

_Static_assert(PART_FILE(RT__HOLD_PARTS) <= RT__SPOOL_TOTAL, "a spool has files for all parts");
_Static_assert(RT__HOLD_PARTS == 16, "part_of takes four bits");

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

static unsigned part_of(const rt__held *e)
{
  return (unsigned)(e->key[0] >> 60);
}

/* entries by part, each part in the order they came; from[] says where */
static rt_code sort_entries(rt__hold *h, rt_error *err)
{
  size_t at[RT__HOLD_PARTS] = {0};
  memset(h->from, 0, sizeof h->from);
  if (h->n == 0)
    return RT_OK;
  rt__held *to = rt__realloc(&h->alloc, NULL, 0, h->cap, sizeof *to);
  if (!to)
    return rt__fail(err, RT_E_NOMEM, "no memory for spans that wait for their events");
  for (size_t i = 0; i < h->n; i++)
    h->from[part_of(&h->v[i]) + 1]++;
  for (unsigned p = 0; p < RT__HOLD_PARTS; p++) {
    h->from[p + 1] += h->from[p];
    at[p] = h->from[p];
  }
  for (size_t i = 0; i < h->n; i++)
    to[at[part_of(&h->v[i])]++] = h->v[i];
  rt__free(&h->alloc, h->v, h->cap * sizeof *h->v);
  h->v = to;
  return RT_OK;
}

static rt_code spill_entries(rt__hold *h, const rt__spool *s, rt_error *err)
{
  rt_code c = sort_entries(h, err);
  for (unsigned p = 0; c == RT_OK && p < RT__HOLD_PARTS; p++) {
    size_t n = h->from[p + 1] - h->from[p];
    if (n)
      c = s->append(s->ctx, PART_FILE(p), h->v + h->from[p], n * sizeof *h->v, err);
  }
  if (c == RT_OK)
    h->n = 0;
  return c;
}

/* everything in memory goes to the ends of the files */
static rt_code spill(rt__hold *h, rt_error *err)
{
  rt_code c = RT_OK;
  if (!h->files)
    c = rt__spool_files_new(&h->alloc, h->dir, &h->files, err);
  if (c != RT_OK)
    return c;
  rt__spool s = rt__spool_files_callbacks(h->files);
  if (h->bytes.n)
    c = s.append(s.ctx, BYTES_FILE, h->bytes.p, h->bytes.n, err);
  if (c != RT_OK)
    return c;
  h->spilled += h->bytes.n;
  rt__buf_clear(&h->bytes);
  return spill_entries(h, &s, err);
}

/* room for `more` bytes within the budget */
static rt_code make_room(rt__hold *h, size_t more, rt_error *err)
{
  size_t used = h->bytes.n + h->n * sizeof *h->v;
  if (used == 0 || used + more <= h->memory)
    return RT_OK;
  return h->dir ? spill(h, err) : RT_E_LIMIT;
}

rt_code rt__hold_bytes(rt__hold *h, rt_slice s, uint64_t *offset, rt_error *err)
{
  rt_code c = make_room(h, s.n, err);
  if (c != RT_OK)
    return c;
  *offset = h->spilled + h->bytes.n;
  c = rt__buf_add(&h->bytes, s.p, s.n);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for spans that wait for their events");
}

rt_code rt__hold_add(rt__hold *h, const rt__held *e, rt_error *err)
{
  rt_code c = make_room(h, sizeof *e, err);
  if (c != RT_OK)
    return c;
  if (h->n == h->cap) {
    size_t cap = h->cap ? h->cap * 2 : 64;
    rt__held *v = rt__realloc(&h->alloc, h->v, h->cap, cap, sizeof *v);
    if (!v)
      return rt__fail(err, RT_E_NOMEM, "no memory for spans that wait for their events");
    h->v = v;
    h->cap = cap;
  }
  h->v[h->n++] = *e;
  h->total++;
  return RT_OK;
}

rt_code rt__hold_seal(rt__hold *h, rt_error *err)
{
  const void *p = h->bytes.p;
  size_t n = h->bytes.n;
  rt_code c = RT_OK;
  if (h->files) {
    rt__spool s = rt__spool_files_callbacks(h->files);
    c = spill(h, err);
    if (c == RT_OK)
      c = s.map(s.ctx, BYTES_FILE, &p, &n, err);
  }
  if (c == RT_OK)
    c = sort_entries(h, err);
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

rt_code rt__hold_part(rt__hold *h, unsigned part, const rt__held *v[2], size_t n[2], rt_error *err)
{
  const void *p = NULL;
  size_t bytes = 0;
  v[0] = h->v ? h->v + h->from[part] : NULL;
  n[0] = h->n ? h->from[part + 1] - h->from[part] : 0;
  v[1] = NULL;
  n[1] = 0;
  if (!h->files)
    return RT_OK;
  rt__spool s = rt__spool_files_callbacks(h->files);
  rt_code c = s.map(s.ctx, PART_FILE(part), &p, &bytes, err);
  v[1] = p;
  n[1] = c == RT_OK ? bytes / sizeof(rt__held) : 0;
  return c;
}

void rt__hold_drop(rt__hold *h, unsigned part)
{
  if (!h->files)
    return;
  rt__spool s = rt__spool_files_callbacks(h->files);
  (void)s.drop(s.ctx, PART_FILE(part));
}
