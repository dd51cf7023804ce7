#include "digest/columns.h"
#include "digest/file_block.h"
#include "digest/seal.h"

/* Accounts and segments wait in blocks of their own; all go out together, these before the records
 * that refer to them. */
struct rt__file_writer {
  rt_alloc alloc;
  rt__keyring ring;
  rt__write_fn write;
  void *ctx;
  rt_code broken; /* first failure */
  bool closed;
  rt__out accounts, segments, payload; /* unpacked blocks */
  rt__buf packed;                      /* with its header in front */
  uint32_t n_accounts, n_segments;
  rt__columns *records;
  size_t cost; /* bytes that the gathered records need, at most */
  rt__packer zstd;
  uint64_t totals[3]; /* accounts, segments, records */
  uint64_t chain;     /* of all headers of blocks so far */
};

static void init_out(rt__out *o, const rt_alloc *a)
{
  rt__buf_init(&o->buf, a, RT__FILE_BLOCK_MAX);
  o->code = RT_OK;
}

static rt_code write_header(rt__file_writer *w, rt_error *err)
{
  unsigned char head[RT__FRAME];
  rt__file_header_put(head, w->ring.id);
  w->chain = rt__checksum(head, sizeof head);
  return w->write(w->ctx, head, sizeof head, err);
}

rt_code rt__file_writer_new(const rt_alloc *alloc, const rt_key *key, rt__write_fn write, void *ctx,
                            rt__file_writer **out, rt_error *err)
{
  if (!alloc)
    alloc = rt_alloc_default();
  rt__file_writer *w = rt__calloc(alloc, 1, sizeof *w);
  if (!w)
    return rt__fail(err, RT_E_NOMEM, "no memory for a digest writer");
  w->alloc = *alloc;
  w->write = write;
  w->ctx = ctx;
  w->cost = RT__COLUMNS_FIXED;
  init_out(&w->accounts, &w->alloc);
  init_out(&w->segments, &w->alloc);
  init_out(&w->payload, &w->alloc);
  rt__buf_init(&w->packed, &w->alloc, RT__FRAME + rt__packed_max(RT__FILE_BLOCK_MAX));
  rt_code c = rt__packer_init(&w->zstd, &w->alloc, true);
  if (c == RT_OK)
    c = rt__columns_new(&w->alloc, &w->records);
  if (c != RT_OK)
    rt__fail(err, c, "no memory for a digest writer");
  if (c == RT_OK)
    c = rt__keyring_init(&w->ring, key, err);
  if (c == RT_OK)
    c = write_header(w, err);
  if (c != RT_OK)
    rt__file_writer_free(w);
  else
    *out = w;
  return c;
}

void rt__file_writer_free(rt__file_writer *w)
{
  if (!w)
    return;
  rt_alloc a = w->alloc;
  rt__buf_free(&w->accounts.buf);
  rt__buf_free(&w->segments.buf);
  rt__buf_free(&w->payload.buf);
  rt__buf_free(&w->packed);
  rt__columns_free(w->records);
  rt__packer_free(&w->zstd);
  rt__free(&a, w, sizeof *w);
}

/* ---- blocks out */

static rt_code write_block(rt__file_writer *w, uint8_t type, uint32_t count, rt_slice payload,
                           rt_error *err)
{
  rt__buf_clear(&w->packed);
  rt_code c = rt__buf_reserve(&w->packed, RT__FRAME);
  if (c == RT_OK) {
    w->packed.n = RT__FRAME;
    c = rt__pack(&w->zstd, payload, &w->packed);
  }
  if (c != RT_OK)
    return rt__fail(err, c, "no memory to compress digests");
  unsigned char *head = (unsigned char *)w->packed.p;
  size_t n = w->packed.n - RT__FRAME;
  rt__block b = {.type = type,
                 .flags =
                     type >= RT__FILE_OWN_FIRST && type != RT__BLOCK_END ? RT__BLOCK_OPTIONAL : 0,
                 .packed = (uint32_t)n,
                 .unpacked = (uint32_t)payload.n,
                 .count = count,
                 .checksum = rt__checksum(head + RT__FRAME, n)};
  rt__block_put(head, &b);
  w->chain = rt__mix2(w->chain, rt__checksum(head, RT__FRAME));
  return w->write(w->ctx, w->packed.p, w->packed.n, err);
}

/* a block of accounts or segments, if there are any */
static rt_code flush_out(rt__file_writer *w, uint8_t type, uint32_t *count, rt__out *o,
                         rt_error *err)
{
  if (*count == 0)
    return RT_OK;
  rt_code c = o->code;
  if (c != RT_OK)
    return rt__fail(err, c, "no memory for digests");
  c = write_block(w, type, *count, rt__buf_slice(&o->buf), err);
  w->totals[type - RT__BLOCK_ACCOUNTS] += *count;
  *count = 0;
  rt__buf_clear(&o->buf);
  return c;
}

static rt_code flush_records(rt__file_writer *w, rt_error *err)
{
  uint32_t n = (uint32_t)rt__columns_count(w->records);
  if (n == 0)
    return RT_OK;
  w->cost = RT__COLUMNS_FIXED;
  rt_code c = rt__columns_encode(w->records, &w->payload);
  if (c != RT_OK)
    return rt__fail(err, c, "no memory for digests");
  return flush_out(w, RT__BLOCK_RECORDS, &n, &w->payload, err);
}

static rt_code flush_all(rt__file_writer *w, rt_error *err)
{
  rt_code c = flush_out(w, RT__BLOCK_ACCOUNTS, &w->n_accounts, &w->accounts, err);
  if (c == RT_OK)
    c = flush_out(w, RT__BLOCK_SEGMENTS, &w->n_segments, &w->segments, err);
  return c == RT_OK ? flush_records(w, err) : c;
}

/* ---- the sink */

static rt_code usable(const rt__file_writer *w, rt_error *err)
{
  if (w->broken != RT_OK)
    return rt__fail(err, w->broken, "the digest writer failed before");
  if (w->closed)
    return rt__fail(err, RT_E_ARG, "the digest writer is closed");
  return RT_OK;
}

static rt_code broke(rt__file_writer *w, rt_code c)
{
  w->broken = c;
  return c;
}

/* true if a block has no room for `bytes` more */
static bool is_full(const rt__out *o, uint32_t count, size_t bytes)
{
  return count == RT__FILE_RECORDS_MAX || o->buf.n + bytes > RT__FILE_BLOCK_MAX;
}

static rt_code add_account(void *ctx, uint64_t hash, rt_slice name, rt_error *err)
{
  rt__file_writer *w = ctx;
  unsigned char sealed[RT__SEAL_MAX];
  rt_code c = usable(w, err);
  if (c != RT_OK)
    return c;
  if (hash == 0 || name.n > RT_NAME_MAX)
    return rt__fail(err, RT_E_ARG, "an account without a hash or with too long a name");
  if ((c = rt__seal(&w->ring, hash, name, sealed)) != RT_OK)
    return broke(w, rt__fail(err, c, "no memory to seal a name"));
  if (is_full(&w->accounts, w->n_accounts, 8 + RT__VARINT_MAX + sizeof sealed) &&
      (c = flush_all(w, err)) != RT_OK)
    return broke(w, c);
  rt__out_le(&w->accounts, hash, 8);
  rt__out_varint(&w->accounts, name.n);
  rt__out_bytes(&w->accounts, sealed, RT__SEAL_IV + name.n);
  w->n_accounts++;
  return w->accounts.code == RT_OK ? RT_OK : broke(w, rt__fail(err, w->accounts.code, "no memory"));
}

static void put_segment(rt__out *o, const rt_segment *s)
{
  rt__out_le(o, s->hash, 8);
  rt__out_varint(o, s->length);
  rt__out_varint(o, s->n_chunks);
  rt__out_varint(o, s->n_words);
  for (unsigned i = 0; i < s->n_chunks; i++)
    rt__out_le(o, s->chunks[i], 4);
  uint32_t last = 0;
  for (unsigned i = 0; i < s->n_words; i++) {
    rt__out_varint(o, s->words[i] - last);
    last = s->words[i];
  }
}

static rt_code add_segment(void *ctx, const rt_segment *s, rt_error *err)
{
  rt__file_writer *w = ctx;
  rt_code c = usable(w, err);
  if (c == RT_OK)
    c = rt__segment_check(s, err);
  if (c != RT_OK)
    return c;
  if (is_full(&w->segments, w->n_segments,
              8 + 3 * RT__VARINT_MAX + 4 * (RT_CHUNKS_MAX + RT_WORDS_MAX)) &&
      (c = flush_all(w, err)) != RT_OK)
    return broke(w, c);
  put_segment(&w->segments, s);
  w->n_segments++;
  return w->segments.code == RT_OK ? RT_OK : broke(w, rt__fail(err, w->segments.code, "no memory"));
}

static rt_code add_record(void *ctx, const rt_digest *d, rt_error *err)
{
  rt__file_writer *w = ctx;
  rt_code c = usable(w, err);
  if (c == RT_OK)
    c = rt__record_check(d, err);
  if (c != RT_OK)
    return c;
  size_t cost = rt__columns_cost(d);
  if (rt__columns_count(w->records) == RT__FILE_RECORDS_MAX || w->cost + cost > RT__FILE_BLOCK_MAX)
    c = flush_all(w, err);
  if (c == RT_OK && (c = rt__columns_add(w->records, d)) != RT_OK)
    rt__fail(err, c, "no memory for digests");
  w->cost += cost;
  return c == RT_OK ? c : broke(w, c);
}

rt_digest_sink rt__file_writer_sink(rt__file_writer *w)
{
  return (rt_digest_sink){w, add_account, add_segment, add_record};
}

rt_code rt__file_writer_own(rt__file_writer *w, uint8_t type, rt_slice payload, rt_error *err)
{
  rt_code c = usable(w, err);
  if (c != RT_OK)
    return c;
  if (type < RT__FILE_OWN_FIRST || type == RT__BLOCK_END || payload.n > RT__FILE_BLOCK_MAX)
    return rt__fail(err, RT_E_ARG, "not a block of one's own: type %u of %zu bytes", type,
                    payload.n);
  c = flush_all(w, err);
  if (c == RT_OK)
    c = write_block(w, type, 0, payload, err);
  return c == RT_OK ? c : broke(w, c);
}

rt_code rt__file_writer_close(rt__file_writer *w, rt_error *err)
{
  unsigned char end[32];
  rt_code c = usable(w, err);
  if (c == RT_OK)
    c = flush_all(w, err);
  if (c == RT_OK) {
    for (unsigned i = 0; i < 3; i++)
      rt__le_put(end + 8 * i, w->totals[i], 8);
    rt__le_put(end + 24, w->chain, 8);
    c = write_block(w, RT__BLOCK_END, 0, rt__slice(end, sizeof end), err);
  }
  w->closed = true;
  return c == RT_OK ? c : broke(w, c);
}
