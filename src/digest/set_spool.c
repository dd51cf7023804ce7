/* a set beyond memory: records in parts of a spool, each a range of account hashes.
 *
 * Raw part p: account, time, packed record, one after the other. Sealing p writes sorted part P +
 * p, packed records only, and index part 2P + p: all times, all places, all owners. At most one raw
 * part is in memory.
 */
#include "digest/set_impl.h"

#define PREFIX    16                 /* account and time in front of a raw record */
#define CHUNK     ((size_t)64 << 10) /* bytes gathered before they are appended */
#define SORTED(p) ((p) + RT__SPOOL_PARTS)
#define INDEX(p)  ((p) + 2 * RT__SPOOL_PARTS)
#define PART_BITS 6
_Static_assert(RT__SPOOL_PARTS == 1 << PART_BITS, "a part is the top bits of the account");

static unsigned part_of(uint64_t account)
{
  return (unsigned)(account >> (64 - PART_BITS));
}

/* ---- writing in chunks */

typedef struct chunk {
  rt__buf buf;
  rt__spool *spool;
  unsigned part;
} chunk;

static rt_code chunk_flush(chunk *c, rt_error *err)
{
  if (c->buf.n == 0)
    return RT_OK;
  rt_code code = c->spool->append(c->spool->ctx, c->part, c->buf.p, c->buf.n, err);
  rt__buf_clear(&c->buf);
  return code;
}

static rt_code chunk_add(chunk *c, const void *p, size_t n, rt_error *err)
{
  rt_code code = c->buf.n + n > CHUNK ? chunk_flush(c, err) : RT_OK;
  return code == RT_OK ? rt__buf_add(&c->buf, p, n) : code;
}

static rt_code chunk_new(rt__set *s, chunk *c)
{
  *c = (chunk){.spool = &s->spool};
  rt__buf_init(&c->buf, &s->alloc, CHUNK);
  return rt__buf_reserve(&c->buf, CHUNK);
}

/* ---- flushing memory */

static const unsigned char *in_pile(const void *ctx, const rt__entry *e)
{
  return rt__pile_at(ctx, (uint32_t)e->at);
}

static rt_code flush_record(rt__set *s, const rt__entry *e, chunk *out, rt_error *err)
{
  unsigned part = part_of(e->account);
  rt_code c = part == out->part ? RT_OK : chunk_flush(out, err);
  out->part = part;
  const unsigned char *p = in_pile(&s->pile, e);
  if (c == RT_OK)
    c = chunk_add(out, &e->account, 8, err);
  if (c == RT_OK)
    c = chunk_add(out, &e->time_us, 8, err);
  if (c == RT_OK)
    c = chunk_add(out, p, rt__record_size(p), err);
  s->part_n[part]++;
  return c;
}

rt_code rt__set_flush(rt__set *s, rt_error *err)
{
  chunk out;
  size_t n = s->n;
  rt_code c = chunk_new(s, &out);
  if (c == RT_OK)
    c = rt__order(&s->alloc, s->entries, &n, in_pile, &s->pile);
  s->spooled = true;
  s->n_duplicates += s->n - n;
  for (size_t i = 0; i < n && c == RT_OK; i++)
    c = flush_record(s, &s->entries[i], &out, err);
  if (c == RT_OK)
    c = chunk_flush(&out, err);
  rt__buf_free(&out.buf);
  rt__pile_clear(&s->pile, &s->alloc);
  s->n = 0;
  return c;
}

/* ---- moving the parts of another set */

rt_code rt__set_absorb_parts(rt__set *s, rt__set *from, rt_error *err)
{
  rt_code c = RT_OK;
  if (!s->has_spool)
    return rt__fail(err, RT_E_ARG, "a set without a spool can't take in one with");
  for (unsigned part = 0; part < RT__SPOOL_PARTS && c == RT_OK; part++) {
    const void *p;
    size_t n;
    if (from->part_n[part] == 0)
      continue;
    s->spooled = true;
    s->part_n[part] += from->part_n[part]; /* before any of it is there: it will be dropped */
    c = from->spool.map(from->spool.ctx, part, &p, &n, err);
    if (c == RT_OK)
      c = s->spool.append(s->spool.ctx, part, p, n, err);
    if (c == RT_OK)
      c = from->spool.drop(from->spool.ctx, part);
    if (c == RT_OK)
      from->part_n[part] = 0;
  }
  if (c != RT_OK)
    return c;
  s->n_duplicates += from->n_duplicates;
  from->n_duplicates = 0;
  from->spooled = false;
  return RT_OK;
}

void rt__set_drop_parts(rt__set *s)
{
  for (unsigned part = 0; part < RT__SPOOL_PARTS; part++)
    if (s->part_n[part]) {
      (void)s->spool.drop(s->spool.ctx, part);
      (void)s->spool.drop(s->spool.ctx, SORTED(part));
      (void)s->spool.drop(s->spool.ctx, INDEX(part));
    }
}

/* ---- sealing a part */

typedef struct raw_part {
  unsigned number;
  const unsigned char *p;
  size_t bytes;
  size_t n, n_all;     /* records: kept, and all */
  size_t sorted_bytes; /* of those kept */
  rt__entry *entries;
  uint32_t *accounts;
} raw_part;

static const unsigned char *in_part(const void *ctx, const rt__entry *e)
{
  return ((const raw_part *)ctx)->p + e->at;
}

/* finds the records in the bytes; a disk may have lost some */
static rt_code find_records(raw_part *r, rt_error *err)
{
  size_t at = 0;
  for (size_t i = 0; i < r->n_all; i++) {
    if (r->bytes - at < PREFIX + RT__RECORD_HEAD)
      return rt__fail(err, RT_E_IO, "the spool lost digests");
    rt__entry *e = &r->entries[i];
    memcpy(&e->account, r->p + at, 8);
    memcpy(&e->time_us, r->p + at + 8, 8);
    e->at = at + PREFIX;
    size_t size = rt__record_size(r->p + e->at);
    if (part_of(e->account) != r->number || r->bytes - (size_t)e->at < size)
      return rt__fail(err, RT_E_IO, "the spool holds other digests than were put there");
    at = (size_t)e->at + size;
  }
  return at == r->bytes ? RT_OK : rt__fail(err, RT_E_IO, "the spool holds more than was put there");
}

static rt_code write_sorted(raw_part *r, chunk *out, rt_error *err)
{
  rt_code c = RT_OK;
  out->part = SORTED(r->number);
  for (size_t i = 0; i < r->n && c == RT_OK; i++) {
    const unsigned char *p = in_part(r, &r->entries[i]);
    size_t size = rt__record_size(p);
    c = chunk_add(out, p, size, err);
    r->sorted_bytes += size;
  }
  return c == RT_OK ? chunk_flush(out, err) : c;
}

/* the three columns; read back by index_run */
static rt_code write_index(const raw_part *r, chunk *out, rt_error *err)
{
  rt_code c = RT_OK;
  out->part = INDEX(r->number);
  for (size_t i = 0; i < r->n && c == RT_OK; i++)
    c = chunk_add(out, &r->entries[i].time_us, 8, err);
  uint64_t at = 0;
  for (size_t i = 0; i < r->n && c == RT_OK; i++) {
    uint32_t unit = (uint32_t)at;
    if (at > UINT32_MAX)
      return rt__fail(err, RT_E_LIMIT, "more than 32 GiB of digests in one part of the spool");
    c = chunk_add(out, &unit, 4, err);
    at += rt__record_size(in_part(r, &r->entries[i])) / RT__PILE_UNIT;
  }
  if (c == RT_OK)
    c = chunk_flush(out, err);
  size_t bytes = r->n * sizeof *r->accounts;
  return c == RT_OK ? out->spool->append(out->spool->ctx, out->part, r->accounts, bytes, err) : c;
}

static rt_code index_run(rt__set *s, const raw_part *r, rt_error *err)
{
  const void *sorted, *index;
  size_t n_sorted, n_index;
  rt_code c = s->spool.map(s->spool.ctx, SORTED(r->number), &sorted, &n_sorted, err);
  if (c == RT_OK)
    c = s->spool.map(s->spool.ctx, INDEX(r->number), &index, &n_index, err);
  if (c != RT_OK)
    return c;
  if (n_sorted != r->sorted_bytes || n_index != r->n * 16)
    return rt__fail(err, RT_E_IO, "the spool lost digests");
  const unsigned char *p = index;
  s->runs[s->n_runs++] = (rt__run){.first = s->n_records,
                                   .n = r->n,
                                   .times = (const int64_t *)(const void *)p,
                                   .ats = (const uint32_t *)(const void *)(p + 8 * r->n),
                                   .accounts = (const uint32_t *)(const void *)(p + 12 * r->n),
                                   .base = sorted};
  s->n_records += r->n;
  s->n_duplicates += r->n_all - r->n;
  return RT_OK;
}

static rt_code seal_part(rt__set *s, raw_part *r, chunk *out, rt_error *err)
{
  const void *p;
  rt_code c = s->spool.map(s->spool.ctx, r->number, &p, &r->bytes, err);
  if (c != RT_OK)
    return c;
  r->p = p;
  r->entries = rt__calloc(&s->alloc, r->n_all, sizeof *r->entries);
  r->accounts = rt__calloc(&s->alloc, r->n_all, sizeof *r->accounts);
  if (!r->entries || !r->accounts)
    return RT_E_NOMEM;
  if ((c = find_records(r, err)) != RT_OK)
    return c;
  r->n = r->n_all;
  c = rt__order(&s->alloc, r->entries, &r->n, in_part, r);
  if (c == RT_OK)
    c = rt__set_own(s, r->entries, r->n, r->accounts, err);
  if (c == RT_OK)
    c = write_sorted(r, out, err);
  if (c == RT_OK)
    c = write_index(r, out, err);
  if (c == RT_OK)
    c = s->spool.drop(s->spool.ctx, r->number);
  return c == RT_OK ? index_run(s, r, err) : c;
}

rt_code rt__set_seal_parts(rt__set *s, rt_error *err)
{
  chunk out;
  rt_code c = rt__set_flush(s, err);
  rt__pile_free(&s->pile, &s->alloc);
  rt__free(&s->alloc, s->entries, s->cap * sizeof *s->entries);
  s->entries = NULL;
  s->cap = 0;
  if (c == RT_OK)
    c = chunk_new(s, &out);
  if (c != RT_OK)
    return c;
  for (unsigned part = 0; part < RT__SPOOL_PARTS && c == RT_OK; part++) {
    raw_part r = {.number = part, .n_all = s->part_n[part]};
    if (r.n_all)
      c = seal_part(s, &r, &out, err);
    rt__free(&s->alloc, r.entries, r.n_all * sizeof *r.entries);
    rt__free(&s->alloc, r.accounts, r.n_all * sizeof *r.accounts);
  }
  rt__buf_free(&out.buf);
  return c;
}
