/* fuzz_digest - the reader of .rtd files under libFuzzer.
 *
 * Checksums would stop nearly every mutation, so the first byte chooses how deep the bytes enter:
 *   0  as a file, in pieces of a size chosen by the second byte
 *   1-3, 255  as the content of a block of that type, in a frame that is right; second byte: its
 * count 4  as the columns of records alone; what is taken must come out equal after being written
 * again Whatever happens, a record that reaches the sink has passed its check.
 */
#include "digest/columns.h"
#include "digest/file_block.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
  if (!ok)
    abort();
}

/* ---- sinks */

static rt_code take_account(void *ctx, uint64_t hash, rt_slice name, rt_error *err)
{
  (void)ctx;
  (void)err;
  must(hash && name.n <= RT_NAME_MAX);
  return RT_OK;
}

static rt_code take_segment(void *ctx, const rt_segment *s, rt_error *err)
{
  (void)ctx;
  must(rt__segment_check(s, err) == RT_OK);
  return RT_OK;
}

/* records go to a column writer, if there is one, and to a checksum */
typedef struct taken {
  rt__columns *again;
  uint64_t sum, n;
} taken;

static rt_code take_record(void *ctx, const rt_digest *d, rt_error *err)
{
  taken *t = ctx;
  uint64_t room[RT__RECORD_MAX / 8];
  must(rt__record_check(d, err) == RT_OK);
  size_t n = rt__record_pack(d, (unsigned char *)room);
  t->sum = rt__mix2(t->sum, rt__checksum(room, n));
  t->sum = rt__mix2(t->sum, d->account ^ (uint64_t)d->time_us);
  t->n++;
  return t->again ? rt__columns_add(t->again, d) : RT_OK;
}

/* ---- ways in */

static const rt_alloc *alloc(void)
{
  return rt_alloc_default();
}

static void read_file(const void *p, size_t n, size_t piece)
{
  rt_key key;
  rt__file_reader *r;
  rt_error err = {0};
  taken t = {0};
  rt_digest_sink sink = {&t, take_account, take_segment, take_record};
  must(rt_key_default(&key) == RT_OK);
  must(rt__file_reader_new(alloc(), &key, &sink, &r, &err) == RT_OK);
  rt_code c = RT_OK;
  for (size_t at = 0; at < n && c == RT_OK; at += piece) {
    c = rt__file_reader_feed(r, (const char *)p + at, n - at < piece ? n - at : piece, &err);
    while (c != RT_OK && rt__file_reader_can_skip(r))
      c = rt__file_reader_skip(r, &err);
  }
  if (c == RT_OK)
    c = rt__file_reader_close(r, &err);
  must(c == RT_OK || err.message[0]);
  rt__file_reader_free(r);
}

static void read_block(uint8_t type, uint32_t count, const uint8_t *p, size_t n)
{
  static rt__packer z; /* kept, for speed */
  rt_key key;
  rt__buf file;
  unsigned char frames[2 * RT__FRAME] = {0};
  must(rt_key_default(&key) == RT_OK);
  must(z.ctx || rt__packer_init(&z, alloc(), true) == RT_OK);
  rt__buf_init(&file, alloc(), 1 << 24);
  must(rt__buf_add(&file, frames, sizeof frames) == RT_OK);
  must(rt__pack(&z, rt__slice(p, n), &file) == RT_OK);
  size_t packed = file.n - sizeof frames;
  rt__block b = {.type = type,
                 .packed = (uint32_t)packed,
                 .unpacked = (uint32_t)n,
                 .count = count,
                 .checksum = rt__checksum(file.p + sizeof frames, packed)};
  rt__file_header_put((unsigned char *)file.p, rt_key_id(&key));
  rt__block_put((unsigned char *)file.p + RT__FRAME, &b);
  read_file(file.p, file.n, file.n);
  rt__buf_free(&file);
}

static void read_columns(size_t count, const uint8_t *p, size_t n)
{
  static rt__columns *kept; /* for speed; encoding empties it */
  taken first = {0}, second = {0};
  rt_error err = {0};
  rt__out out = {0};
  rt__buf_init(&out.buf, alloc(), 1 << 24);
  must(kept || rt__columns_new(alloc(), &kept) == RT_OK);
  first.again = kept;
  rt_digest_sink sink = {&first, NULL, NULL, take_record},
                 check = {&second, NULL, NULL, take_record};
  (void)rt__columns_decode(alloc(), p, n, count, &sink, &err);
  must(rt__columns_encode(first.again, &out) == RT_OK);
  must(rt__columns_decode(alloc(), out.buf.p, out.buf.n, (size_t)first.n, &check, &err) == RT_OK);
  must(first.n == second.n && first.sum == second.sum);
  rt__buf_free(&out.buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size < 2 || size > RT__FILE_BLOCK_MAX)
    return 0;
  uint8_t way = data[0], number = data[1];
  data += 2;
  size -= 2;
  if (way == 4)
    read_columns(number, data, size);
  else if (way == 0)
    read_file(data, size, number + (size_t)1);
  else
    read_block(way, number, data, size);
  return 0;
}
