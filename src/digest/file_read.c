#include "digest/columns.h"
#include "digest/file_block.h"
#include "digest/seal.h"

typedef enum state { AT_FILE, AT_BLOCK, IN_BLOCK } state;

struct rt__file_reader {
  rt_alloc alloc;
  rt__keyring ring;
  rt_digest_sink sink;
  rt__own_fn own; /* NULL: blocks of others are passed over */
  void *own_ctx;
  state state;
  rt_code broken; /* set until skipped, or for good */
  bool can_skip;
  rt__buf bytes; /* of the header or block at hand, as far as they have come */
  size_t wanted; /* until it is whole */
  rt__block block;
  rt__buf unpacked;
  rt__packer zstd;
  const unsigned char *rest; /* of the piece, when an error came up */
  size_t n_rest;
  uint64_t offset, block_at; /* bytes taken; where the header or block at hand starts */
  uint64_t chain, totals[3], records, lost;
};

rt_code rt__file_reader_new(const rt_alloc *alloc, const rt_key *key, const rt_digest_sink *sink,
                            rt__file_reader **out, rt_error *err)
{
  if (!alloc)
    alloc = rt_alloc_default();
  rt__file_reader *r = rt__calloc(alloc, 1, sizeof *r);
  if (!r)
    return rt__fail(err, RT_E_NOMEM, "no memory for a digest reader");
  r->alloc = *alloc;
  r->sink = *sink;
  r->wanted = RT__FRAME;
  rt__buf_init(&r->bytes, &r->alloc, rt__packed_max(RT__FILE_BLOCK_MAX));
  rt__buf_init(&r->unpacked, &r->alloc, RT__FILE_BLOCK_MAX);
  rt_code c = rt__packer_init(&r->zstd, &r->alloc, false);
  if (c != RT_OK)
    rt__fail(err, c, "no memory for a digest reader");
  else
    c = rt__keyring_init(&r->ring, key, err);
  if (c != RT_OK)
    rt__file_reader_free(r);
  else
    *out = r;
  return c;
}

void rt__file_reader_free(rt__file_reader *r)
{
  if (!r)
    return;
  rt_alloc a = r->alloc;
  rt__buf_free(&r->bytes);
  rt__buf_free(&r->unpacked);
  rt__packer_free(&r->zstd);
  rt__free(&a, r, sizeof *r);
}

void rt__file_reader_own(rt__file_reader *r, rt__own_fn fn, void *ctx)
{
  r->own = fn;
  r->own_ctx = ctx;
}

uint64_t rt__file_reader_records(const rt__file_reader *r)
{
  return r->records;
}

uint64_t rt__file_reader_lost(const rt__file_reader *r)
{
  return r->lost;
}

bool rt__file_reader_can_skip(const rt__file_reader *r)
{
  return r->broken != RT_OK && r->can_skip;
}

/* ---- what is in blocks */

static rt_code read_accounts(rt__file_reader *r, rt__in *in, rt_error *err)
{
  char name[RT_NAME_MAX];
  for (uint32_t i = 0; i < r->block.count; i++) {
    uint64_t hash = rt__in_le(in, 8);
    size_t n = (size_t)rt__in_number(in, RT_NAME_MAX);
    const unsigned char *sealed = rt__in_bytes(in, RT__SEAL_IV + n);
    if (!sealed || hash == 0)
      return rt__fail(err, RT_E_FORMAT, "broken account in a digest file");
    rt_code c = rt__unseal(&r->ring, hash, rt__slice(sealed, RT__SEAL_IV + n), name);
    if (c != RT_OK)
      return rt__fail(err, c, "an account name was not sealed with this key");
    if (r->sink.account &&
        (c = r->sink.account(r->sink.ctx, hash, rt__slice(name, n), err)) != RT_OK)
      return c;
  }
  return RT_OK;
}

static rt_code read_segment(rt__in *in, rt_segment *s, uint32_t *chunks, uint32_t *words,
                            rt_error *err)
{
  s->hash = rt__in_le(in, 8);
  s->length = (uint32_t)rt__in_number(in, UINT32_MAX);
  s->n_chunks = (uint16_t)rt__in_number(in, RT_CHUNKS_MAX);
  s->n_words = (uint16_t)rt__in_number(in, RT_WORDS_MAX);
  for (unsigned i = 0; i < s->n_chunks; i++)
    chunks[i] = (uint32_t)rt__in_le(in, 4);
  uint32_t last = 0;
  for (unsigned i = 0; i < s->n_words; i++)
    words[i] = last += (uint32_t)rt__in_number(in, UINT32_MAX);
  s->chunks = chunks;
  s->words = words;
  if (in->bad || rt__segment_check(s, NULL) != RT_OK)
    return rt__fail(err, RT_E_FORMAT, "broken segment in a digest file");
  return RT_OK;
}

static rt_code read_segments(rt__file_reader *r, rt__in *in, rt_error *err)
{
  uint32_t chunks[RT_CHUNKS_MAX], words[RT_WORDS_MAX];
  for (uint32_t i = 0; i < r->block.count; i++) {
    rt_segment s;
    rt_code c = read_segment(in, &s, chunks, words, err);
    if (c == RT_OK && r->sink.segment)
      c = r->sink.segment(r->sink.ctx, &s, err);
    if (c != RT_OK)
      return c;
  }
  return RT_OK;
}

static rt_code read_records(rt__file_reader *r, rt__in *in, rt_error *err)
{
  size_t n = rt__in_left(in);
  const unsigned char *p = rt__in_bytes(in, n);
  return rt__columns_decode(&r->alloc, p, n, r->block.count, &r->sink, err);
}

static rt_code read_end(rt__file_reader *r, rt__in *in, rt_error *err)
{
  bool same = true;
  for (int i = 0; i < 3; i++)
    same &= rt__in_le(in, 8) == r->totals[i];
  same &= rt__in_le(in, 8) == r->chain;
  if (in->bad || !same)
    return rt__fail(err, RT_E_FORMAT, "the digest file lacks blocks, or they are out of order");
  r->records += r->totals[2];
  return RT_OK;
}

static rt_code read_own(rt__file_reader *r, rt__in *in, rt_error *err)
{
  size_t n = rt__in_left(in);
  const unsigned char *p = rt__in_bytes(in, n);
  return r->own ? r->own(r->own_ctx, r->block.type, rt__slice(p, n), err) : RT_OK;
}

static rt_code read_payload(rt__file_reader *r, rt__in *in, rt_error *err)
{
  switch (r->block.type) {
  case RT__BLOCK_ACCOUNTS:
    return read_accounts(r, in, err);
  case RT__BLOCK_SEGMENTS:
    return read_segments(r, in, err);
  case RT__BLOCK_RECORDS:
    return read_records(r, in, err);
  case RT__BLOCK_END:
    return read_end(r, in, err);
  default: /* optional: see take_block_header */
    return read_own(r, in, err);
  }
}

static rt_code take_block(rt__file_reader *r, rt_error *err)
{
  rt_slice packed = rt__buf_slice(&r->bytes);
  if (rt__checksum(packed.p, packed.n) != r->block.checksum)
    return rt__fail(err, RT_E_CHECKSUM, "a block of the digest file is damaged");
  size_t n = r->block.unpacked;
  rt__buf_clear(&r->unpacked);
  rt_code c = rt__buf_reserve(&r->unpacked, n);
  if (c != RT_OK)
    return rt__fail(err, c, "no memory for a block of digests");
  unsigned char *to = (unsigned char *)r->unpacked.p;
  if ((c = rt__unpack(&r->zstd, packed, to, n)) != RT_OK)
    return rt__fail(err, c, "a block of the digest file does not unpack");
  rt__in in = {to, n ? to + n : to, false};
  c = read_payload(r, &in, err);
  if (c == RT_OK && rt__in_left(&in))
    c = rt__fail(err, RT_E_FORMAT, "a block of the digest file is longer than its content");
  return c;
}

/* ---- frames */

static void expect(rt__file_reader *r, state s, size_t wanted)
{
  r->state = s;
  r->wanted = wanted;
  r->block_at = r->offset;
  rt__buf_clear(&r->bytes);
}

static void leave_block(rt__file_reader *r)
{
  expect(r, r->block.type == RT__BLOCK_END ? AT_FILE : AT_BLOCK, RT__FRAME);
}

static rt_code take_file_header(rt__file_reader *r, rt_error *err)
{
  const unsigned char *p = (const unsigned char *)r->bytes.p;
  rt_code c = rt__file_header_get(p, r->ring.id, err);
  if (c != RT_OK)
    return c;
  r->chain = rt__checksum(p, RT__FRAME);
  memset(r->totals, 0, sizeof r->totals);
  expect(r, AT_BLOCK, RT__FRAME);
  return RT_OK;
}

static bool is_known(uint8_t type)
{
  return (type >= RT__BLOCK_ACCOUNTS && type <= RT__BLOCK_RECORDS) || type == RT__BLOCK_END;
}

static rt_code take_block_header(rt__file_reader *r, rt_error *err)
{
  const unsigned char *p = (const unsigned char *)r->bytes.p;
  rt_code c = rt__block_get(p, &r->block, err);
  if (c != RT_OK)
    return c;
  if (!is_known(r->block.type) && !(r->block.flags & RT__BLOCK_OPTIONAL))
    return rt__fail(err, RT_E_VERSION, "a block of an unknown type %u", r->block.type);
  if (r->block.type != RT__BLOCK_END) /* the last one speaks of those before it */
    r->chain = rt__mix2(r->chain, rt__checksum(p, RT__FRAME));
  if (r->block.type <= RT__BLOCK_RECORDS)
    r->totals[r->block.type - RT__BLOCK_ACCOUNTS] += r->block.count;
  expect(r, IN_BLOCK, r->block.packed);
  return RT_OK;
}

/* the header or block at hand is whole */
static rt_code take(rt__file_reader *r, rt_error *err)
{
  if (r->state == AT_FILE)
    return take_file_header(r, err);
  if (r->state == AT_BLOCK)
    return take_block_header(r, err);
  rt_code c = take_block(r, err);
  if (c == RT_OK)
    leave_block(r);
  return c;
}

static rt_code broke(rt__file_reader *r, rt_code c, rt_error *err)
{
  r->broken = c;
  r->can_skip = r->state == IN_BLOCK && (c == RT_E_CHECKSUM || c == RT_E_FORMAT);
  if (err)
    err->offset = r->block_at;
  return c;
}

/* takes pieces of a header or block until it is whole; then it is dealt with */
static rt_code go_on(rt__file_reader *r, rt_error *err)
{
  while (r->n_rest || (r->state == IN_BLOCK && r->wanted == 0)) {
    size_t n = r->wanted < r->n_rest ? r->wanted : r->n_rest;
    if (rt__buf_add(&r->bytes, r->rest, n) != RT_OK)
      return broke(r, rt__fail(err, RT_E_NOMEM, "no memory for a block of digests"), err);
    r->rest += n;
    r->n_rest -= n;
    r->wanted -= n;
    r->offset += n;
    if (r->wanted)
      continue;
    rt_code c = take(r, err);
    if (c != RT_OK)
      return broke(r, c, err);
  }
  return RT_OK;
}

rt_code rt__file_reader_feed(rt__file_reader *r, const void *p, size_t n, rt_error *err)
{
  if (r->broken != RT_OK)
    return rt__fail(err, r->broken, "the digest reader failed before");
  r->rest = p;
  r->n_rest = n;
  return go_on(r, err);
}

rt_code rt__file_reader_skip(rt__file_reader *r, rt_error *err)
{
  if (!rt__file_reader_can_skip(r))
    return rt__fail(err, RT_E_ARG, "nothing that can be skipped");
  r->broken = RT_OK;
  if (r->block.type == RT__BLOCK_RECORDS)
    r->lost += r->block.count;
  leave_block(r);
  return go_on(r, err);
}

rt_code rt__file_reader_close(rt__file_reader *r, rt_error *err)
{
  if (r->broken != RT_OK)
    return rt__fail(err, r->broken, "the digest reader failed before");
  if (r->state == AT_FILE && r->bytes.n == 0)
    return RT_OK;
  r->broken = RT_E_TRUNCATED;
  return rt__fail_at(err, RT_E_TRUNCATED, 0, r->offset, "the digest file ends too early");
}
