/* The .rtd format: what goes in comes out; nothing else is believed. */
#include "digest/columns.h"
#include "digest/file_block.h"
#include "files.h"
#include "support/failing_alloc.h"

static rt_key key;

static void forget(heard *h)
{
  bytes_free(&h->log);
  *h = (heard){0};
}

/* ---- the way there and back */

static void test_round_trip(void **state)
{
  (void)state;
  static const size_t sizes[] = {0, 1, 2, 50, 1000, 40000};
  static const size_t pieces[] = {1, 7, 1000, 64 << 10, SIZE_MAX / 2, 1 << 20};
  for (size_t k = 0; k < RT__ARRAY_LEN(sizes); k++) {
    owned_digest *a = random_digests(k, 1 + sizes[k] / 9, sizes[k]);
    bytes file = {0};
    heard direct = {0}, read = {0};
    rt_digest_sink sink = heard_sink(&direct);
    assert_int_equal(feed_world(&sink, a, sizes[k]), RT_OK);
    assert_int_equal(write_world(NULL, &key, a, sizes[k], &file), RT_OK);
    assert_true(rt__file_is_digest(file.p, file.n));
    assert_int_equal(read_bytes(NULL, &key, file.p, file.n, pieces[k], &read, NULL), RT_OK);
    assert_int_equal(read.n_records, sizes[k]);
    assert_int_equal(read.n_accounts, direct.n_accounts);
    assert_int_equal(read.n_segments, direct.n_segments);
    assert_int_equal(read.log.n, direct.log.n);
    forget(&direct);
    forget(&read);
    bytes_free(&file);
    free(a);
  }
}

/* records alone, so that the order of all that is heard is known: exactly as they went in */
static void test_records_keep_their_order(void **state)
{
  (void)state;
  enum { N = 20000 };
  owned_digest *a = random_digests(3, 500, N);
  bytes file = {0};
  heard direct = {0}, read = {0};
  rt_digest_sink sink = heard_sink(&direct);
  rt__file_writer *w;
  assert_int_equal(rt__file_writer_new(NULL, &key, bytes_write, &file, &w, NULL), RT_OK);
  rt_digest_sink out = rt__file_writer_sink(w);
  for (size_t i = 0; i < N; i++) {
    assert_int_equal(sink.record(sink.ctx, &a[i].d, NULL), RT_OK);
    assert_int_equal(out.record(out.ctx, &a[i].d, NULL), RT_OK);
  }
  assert_int_equal(rt__file_writer_close(w, NULL), RT_OK);
  assert_int_equal(rt__file_writer_close(w, NULL), RT_E_ARG);
  assert_int_equal(out.record(out.ctx, &a[0].d, NULL), RT_E_ARG);
  rt__file_writer_free(w);
  assert_int_equal(read_bytes(NULL, &key, file.p, file.n, 5000, &read, NULL), RT_OK);
  assert_int_equal(read.log.n, direct.log.n);
  assert_memory_equal(read.log.p, direct.log.p, direct.log.n);
  forget(&direct);
  forget(&read);
  bytes_free(&file);
  free(a);
}

/* an account and a segment come before the first record that was fed after them */
static rt_code expect_known(void *ctx, const rt_digest *d, rt_error *err)
{
  (void)err;
  return ((heard *)ctx)->n_accounts * 3 >= d->user_length ? RT_OK : RT_E_STOPPED;
}

static void test_accounts_come_before_records(void **state)
{
  (void)state;
  enum { N = 30000 };
  owned_digest *a = random_digests(4, 500, N);
  for (uint32_t i = 0; i < N; i++)
    a[i].d.user_length = i + 1; /* a third of the records so far had an account said */
  bytes file = {0};
  assert_int_equal(write_world(NULL, &key, a, N, &file), RT_OK);
  heard h = {0};
  rt_digest_sink sink = {&h, hear_account, NULL, expect_known};
  rt__file_reader *r;
  assert_int_equal(rt__file_reader_new(NULL, &key, &sink, &r, NULL), RT_OK);
  assert_int_equal(rt__file_reader_feed(r, file.p, file.n, NULL), RT_OK);
  assert_int_equal(rt__file_reader_close(r, NULL), RT_OK);
  assert_int_equal(rt__file_reader_records(r), N);
  rt__file_reader_free(r);
  forget(&h);
  bytes_free(&file);
  free(a);
}

static void test_same_input_same_bytes(void **state)
{
  (void)state;
  owned_digest *a = random_digests(5, 100, 3000);
  bytes one = {0}, two = {0};
  assert_int_equal(write_world(NULL, &key, a, 3000, &one), RT_OK);
  assert_int_equal(write_world(NULL, &key, a, 3000, &two), RT_OK);
  assert_int_equal(one.n, two.n);
  assert_memory_equal(one.p, two.p, one.n);
  bytes_free(&one);
  bytes_free(&two);
  free(a);
}

static void test_concatenation(void **state)
{
  (void)state;
  owned_digest *a = random_digests(6, 10, 300);
  bytes file = {0};
  assert_int_equal(write_world(NULL, &key, a, 100, &file), RT_OK);
  assert_int_equal(write_world(NULL, &key, a + 100, 0, &file), RT_OK);
  assert_int_equal(write_world(NULL, &key, a + 100, 200, &file), RT_OK);
  heard h = {0};
  assert_int_equal(read_bytes(NULL, &key, file.p, file.n, 100, &h, NULL), RT_OK);
  assert_int_equal(h.n_records, 300);
  forget(&h);
  bytes_free(&file);
  free(a);
}

/* a file as version 1 wrote it once: whatever changes, it stays readable and says the same */
static void test_first_file_still_reads(void **state)
{
  (void)state;
  static unsigned char p[64 << 10];
  FILE *f = fopen(RT_TEST_DATA "/digest-v1.rtd", "rb");
  assert_non_null(f);
  size_t n = fread(p, 1, sizeof p, f);
  fclose(f);
  heard h = {0};
  assert_int_equal(read_bytes(NULL, &key, p, n, 100, &h, NULL), RT_OK);
  assert_int_equal(h.n_accounts, 10);
  assert_int_equal(h.n_segments, 5);
  assert_int_equal(h.n_records, 30);
  assert_int_equal(rt__checksum(h.log.p, h.log.n), UINT64_C(0x6c7726080cb6fd34));
  forget(&h);
}

/* ---- what is refused */

static void test_other_key_and_no_names(void **state)
{
  (void)state;
  rt_key other = key_of("another key, long enough");
  owned_digest *a = random_digests(7, 3, 20);
  bytes file = {0};
  assert_int_equal(write_world(NULL, &key, a, 20, &file), RT_OK);
  size_t first = file.n;
  assert_int_equal(write_world(NULL, &other, a, 20, &file), RT_OK);
  heard h = {0};
  rt_error err;
  assert_int_equal(read_bytes(NULL, &key, file.p, file.n, 1 << 20, &h, &err), RT_E_KEY);
  assert_int_equal(err.offset, first);
  assert_int_equal(h.n_records, 20);
  forget(&h);
  bytes_free(&file);
  free(a);
}

/* damage that checks of the frames can't see must not pass either */
static void reseal(unsigned char *frame)
{
  rt__le_put(frame + RT__FRAME - 8, rt__checksum(frame, RT__FRAME - 8), 8);
}

static rt_code read_changed(const bytes *file, size_t at, unsigned bytes_n, uint64_t value,
                            size_t frame)
{
  unsigned char *copy = malloc(file->n);
  memcpy(copy, file->p, file->n);
  rt__le_put(copy + at, value, bytes_n);
  reseal(copy + frame);
  heard h = {0};
  rt_error err = {0};
  rt_code c = read_bytes(NULL, &key, copy, file->n, 1 << 20, &h, &err);
  assert_true(c == RT_OK || err.message[0]);
  assert_true(err.offset <= file->n);
  forget(&h);
  free(copy);
  return c;
}

static void test_hostile_headers(void **state)
{
  (void)state;
  owned_digest *a = random_digests(8, 3, 20);
  bytes file = {0};
  assert_int_equal(write_world(NULL, &key, a, 20, &file), RT_OK);
  const size_t block = RT__FRAME; /* the first block: accounts */
  assert_int_equal(read_changed(&file, 8, 4, 2, 0), RT_E_VERSION);
  assert_int_equal(read_changed(&file, 8, 4, 0, 0), RT_E_FORMAT);
  assert_int_equal(read_changed(&file, 12, 4, 1, 0), RT_E_FORMAT);
  assert_int_equal(read_changed(&file, 0, 1, 'X', 0), RT_E_FORMAT);
  assert_int_equal(read_changed(&file, block, 1, 77, block), RT_E_VERSION);
  assert_int_equal(read_changed(&file, block, 2, 77 | RT__BLOCK_OPTIONAL << 8, block), RT_E_FORMAT);
  assert_int_equal(read_changed(&file, block + 2, 2, 1, block), RT_E_FORMAT);
  static const struct {
    size_t at;
    uint64_t value;
    rt_code want;
  } sizes[] = {
      {4, 0, RT_E_CHECKSUM},        {4, UINT32_MAX, RT_E_FORMAT}, {4, 100000, RT_E_TRUNCATED},
      {8, 0, RT_E_FORMAT},          {8, 1 << 22, RT_E_FORMAT},    {8, (1 << 22) + 1, RT_E_FORMAT},
      {8, UINT32_MAX, RT_E_FORMAT}, {12, 0, RT_E_FORMAT},         {12, 1, RT_E_FORMAT},
      {12, 16384, RT_E_FORMAT},     {12, UINT32_MAX, RT_E_FORMAT}};
  for (size_t i = 0; i < RT__ARRAY_LEN(sizes); i++)
    assert_int_equal(read_changed(&file, block + sizes[i].at, 4, sizes[i].value, block),
                     sizes[i].want);
  bytes_free(&file);
  free(a);
}

/* a block by hand: the payload is packed and sealed as a writer would */
static void put_block(bytes *file, uint8_t type, uint8_t flags, uint32_t count, const void *p,
                      size_t n)
{
  rt__packer z;
  rt__buf packed;
  unsigned char head[RT__FRAME];
  assert_int_equal(rt__packer_init(&z, rt_alloc_default(), true), RT_OK);
  rt__buf_init(&packed, rt_alloc_default(), 1 << 23);
  assert_int_equal(rt__pack(&z, rt__slice(p, n), &packed), RT_OK);
  rt__block b = {.type = type,
                 .flags = flags,
                 .packed = (uint32_t)packed.n,
                 .unpacked = (uint32_t)n,
                 .count = count,
                 .checksum = rt__checksum(packed.p, packed.n)};
  rt__block_put(head, &b);
  bytes_write(file, head, sizeof head, NULL);
  bytes_write(file, packed.p, packed.n, NULL);
  rt__buf_free(&packed);
  rt__packer_free(&z);
}

static void put_header(bytes *file)
{
  unsigned char head[RT__FRAME];
  rt__file_header_put(head, rt_key_id(&key));
  bytes_write(file, head, sizeof head, NULL);
}

/* ---- blocks of somebody's own */

typedef struct own {
  char bytes[64];
  size_t n, records_before;
  heard *beside;
} own;

static rt_code hear_own(void *ctx, uint8_t type, rt_slice payload, rt_error *err)
{
  own *o = ctx;
  (void)err;
  o->bytes[o->n++] = (char)type;
  memcpy(o->bytes + o->n, payload.p, payload.n);
  o->n += payload.n;
  o->records_before = o->beside->n_records;
  return RT_OK;
}

static rt_code refuse_own(void *ctx, uint8_t type, rt_slice payload, rt_error *err)
{
  (void)ctx, (void)type, (void)payload;
  return rt__fail(err, RT_E_STOPPED, "no");
}

/* they go where they were put, and who does not ask for them sees the same file as ever */
static void test_own_blocks(void **state)
{
  (void)state;
  owned_digest *a = random_digests(5, 3, 20);
  bytes file = {0};
  heard read = {0}, deaf = {0};
  own o = {.beside = &read};
  rt__file_writer *w;
  rt__file_reader *r;
  assert_int_equal(rt__file_writer_new(NULL, &key, bytes_write, &file, &w, NULL), RT_OK);
  rt_digest_sink out = rt__file_writer_sink(w), sink = heard_sink(&read);
  for (size_t i = 0; i < 20; i++) {
    if (i == 12)
      assert_int_equal(rt__file_writer_own(w, 17, RT__LIT("hello"), NULL), RT_OK);
    assert_int_equal(out.record(out.ctx, &a[i].d, NULL), RT_OK);
  }
  assert_int_equal(rt__file_writer_own(w, RT__FILE_OWN_FIRST - 1, RT__LIT("x"), NULL), RT_E_ARG);
  assert_int_equal(rt__file_writer_own(w, RT__BLOCK_END, RT__LIT("x"), NULL), RT_E_ARG);
  assert_int_equal(rt__file_writer_own(w, 17, rt__slice(file.p, RT__FILE_BLOCK_MAX + 1), NULL),
                   RT_E_ARG);
  assert_int_equal(rt__file_writer_close(w, NULL), RT_OK);
  rt__file_writer_free(w);
  assert_int_equal(read_bytes(NULL, &key, file.p, file.n, 7, &deaf, NULL), RT_OK);
  assert_int_equal(deaf.n_records, 20);
  assert_int_equal(rt__file_reader_new(NULL, &key, &sink, &r, NULL), RT_OK);
  rt__file_reader_own(r, hear_own, &o);
  assert_int_equal(rt__file_reader_feed(r, file.p, file.n, NULL), RT_OK);
  assert_int_equal(rt__file_reader_close(r, NULL), RT_OK);
  rt__file_reader_free(r);
  assert_int_equal(o.n, 6);
  assert_memory_equal(o.bytes, "\021hello", 6);
  assert_int_equal(o.records_before, 12);
  assert_int_equal(read.n_records, 20);
  assert_int_equal(rt__file_reader_new(NULL, &key, &sink, &r, NULL), RT_OK);
  rt__file_reader_own(r, refuse_own, NULL);
  assert_int_equal(rt__file_reader_feed(r, file.p, file.n, NULL), RT_E_STOPPED);
  rt__file_reader_free(r);
  forget(&read);
  forget(&deaf);
  bytes_free(&file);
  free(a);
}

static void test_unknown_blocks(void **state)
{
  (void)state;
  for (int optional = 0; optional < 2; optional++) {
    bytes file = {0};
    heard h = {0};
    put_header(&file);
    put_block(&file, 9, (uint8_t)optional, 5, "abcdefgh", 8);
    rt_code c = read_bytes(NULL, &key, file.p, file.n, 9, &h, NULL);
    assert_int_equal(c, optional ? RT_E_TRUNCATED : RT_E_VERSION); /* it only lacks the trailer */
    forget(&h);
    bytes_free(&file);
  }
}

/* random payloads under right checksums: any answer but a crash, and never a record that fails its
 * check */
static rt_code check_record(void *ctx, const rt_digest *d, rt_error *err)
{
  (void)ctx;
  assert_int_equal(rt__record_check(d, NULL), RT_OK);
  (void)err;
  return RT_OK;
}

static void test_made_up_payloads(void **state)
{
  (void)state;
  rt__rng r = {13, 0};
  owned_digest *a = random_digests(14, 5, 40);
  rt__columns *g;
  assert_int_equal(rt__columns_new(rt_alloc_default(), &g), RT_OK);
  rt__out good = {0};
  rt__buf_init(&good.buf, rt_alloc_default(), 1 << 22);
  for (int i = 0; i < 40; i++)
    assert_int_equal(rt__columns_add(g, &a[i].d), RT_OK);
  assert_int_equal(rt__columns_encode(g, &good), RT_OK);
  rt_digest_sink sink = {NULL, NULL, NULL, check_record};
  size_t refused = 0;
  for (int round = 0; round < 20000; round++) {
    unsigned char *p = malloc(good.buf.n);
    memcpy(p, good.buf.p, good.buf.n);
    for (uint64_t k = 1 + rt__rng_below(&r, 3); k-- > 0;)
      p[rt__rng_below(&r, good.buf.n)] = (unsigned char)rt__rng_next(&r);
    size_t n = rt__rng_below(&r, 8) ? good.buf.n : rt__rng_below(&r, good.buf.n);
    size_t count = rt__rng_below(&r, 8) ? 40 : rt__rng_below(&r, 50);
    refused += rt__columns_decode(rt_alloc_default(), p, n, count, &sink, NULL) != RT_OK;
    free(p);
  }
  assert_true(refused > 5000 && refused < 20000);
  assert_int_equal(rt__columns_decode(rt_alloc_default(), good.buf.p, good.buf.n, 40, &sink, NULL),
                   RT_OK);
  assert_int_equal(rt__columns_decode(rt_alloc_default(), NULL, 0, 0, &sink, NULL), RT_E_FORMAT);
  rt__buf_free(&good.buf);
  rt__columns_free(g);
  free(a);
}

static void test_every_flipped_bit_is_seen(void **state)
{
  (void)state;
  owned_digest *a = random_digests(9, 3, 12);
  bytes file = {0};
  assert_int_equal(write_world(NULL, &key, a, 12, &file), RT_OK);
  for (size_t i = 0; i < file.n; i++) {
    heard h = {0};
    rt_error err = {0};
    file.p[i] ^= (unsigned char)(1 << i % 8);
    assert_int_not_equal(read_bytes(NULL, &key, file.p, file.n, 1 << 20, &h, &err), RT_OK);
    assert_true(err.message[0] && err.offset <= i);
    file.p[i] ^= (unsigned char)(1 << i % 8);
    forget(&h);
  }
  bytes_free(&file);
  free(a);
}

static void test_every_truncation_is_seen(void **state)
{
  (void)state;
  owned_digest *a = random_digests(10, 3, 12);
  bytes file = {0};
  assert_int_equal(write_world(NULL, &key, a, 12, &file), RT_OK);
  for (size_t n = 0; n <= file.n; n++) {
    heard h = {0};
    rt_code c = read_bytes(NULL, &key, file.p, n, 1 << 20, &h, NULL);
    assert_int_equal(c, n == 0 || n == file.n ? RT_OK : RT_E_TRUNCATED);
    forget(&h);
  }
  bytes_free(&file);
  free(a);
}

/* where the blocks of a file start, by its own headers */
static size_t block_starts(const bytes *file, size_t *at, size_t max)
{
  size_t n = 0;
  for (size_t p = RT__FRAME; p < file->n && n < max;) {
    at[n++] = p;
    p += RT__FRAME + (size_t)rt__le_get(file->p + p + 4, 4);
  }
  return n;
}

static void test_lost_and_swapped_blocks_are_seen(void **state)
{
  (void)state;
  owned_digest *a = random_digests(11, 30, 30000);
  bytes file = {0}, less = {0};
  size_t at[64];
  assert_int_equal(write_world(NULL, &key, a, 30000, &file), RT_OK);
  size_t n = block_starts(&file, at, 64);
  assert_true(n > 8 && n < 64);
  for (size_t i = 0; i + 1 < n; i++) {
    heard h = {0};
    less.n = 0;
    bytes_write(&less, file.p, at[i], NULL);
    bytes_write(&less, file.p + at[i + 1], file.n - at[i + 1], NULL);
    assert_int_equal(read_bytes(NULL, &key, less.p, less.n, 1 << 20, &h, NULL), RT_E_FORMAT);
    forget(&h);
  }
  heard h = {0};
  less.n = 0; /* the third, then the second */
  bytes_write(&less, file.p, at[1], NULL);
  bytes_write(&less, file.p + at[2], at[3] - at[2], NULL);
  bytes_write(&less, file.p + at[1], at[2] - at[1], NULL);
  bytes_write(&less, file.p + at[3], file.n - at[3], NULL);
  assert_int_equal(read_bytes(NULL, &key, less.p, less.n, 1 << 20, &h, NULL), RT_E_FORMAT);
  forget(&h);
  bytes_free(&less);
  bytes_free(&file);
  free(a);
}

static void test_skip_a_damaged_block(void **state)
{
  (void)state;
  enum { N = 30000 };
  owned_digest *a = random_digests(12, 30, N);
  bytes file = {0};
  size_t at[64];
  assert_int_equal(write_world(NULL, &key, a, N, &file), RT_OK);
  assert_true(block_starts(&file, at, 64) > 8);
  size_t lost = (size_t)rt__le_get(file.p + at[2] + 12, 4);
  assert_int_equal(file.p[at[2]], RT__BLOCK_RECORDS);
  file.p[at[2] + RT__FRAME + 100] ^= 4;
  heard h = {0};
  rt_digest_sink sink = heard_sink(&h);
  rt__file_reader *r;
  rt_error err;
  assert_int_equal(rt__file_reader_new(NULL, &key, &sink, &r, NULL), RT_OK);
  assert_false(rt__file_reader_can_skip(r));
  assert_int_equal(rt__file_reader_skip(r, NULL), RT_E_ARG);
  assert_int_equal(rt__file_reader_feed(r, file.p, file.n, &err), RT_E_CHECKSUM);
  assert_int_equal(rt__file_reader_feed(r, file.p, file.n, &err), RT_E_CHECKSUM);
  assert_true(rt__file_reader_can_skip(r));
  assert_int_equal(rt__file_reader_skip(r, &err), RT_OK);
  assert_int_equal(rt__file_reader_close(r, NULL), RT_OK);
  assert_int_equal(h.n_records, N - lost);
  assert_int_equal(rt__file_reader_lost(r), lost);
  rt__file_reader_free(r);
  forget(&h);
  bytes_free(&file);
  free(a);
}

/* ---- failures around it */

static void test_sink_and_disk_may_refuse(void **state)
{
  (void)state;
  owned_digest *a = random_digests(15, 3, 100);
  bytes file = {0}, full = {.fail_after = 1};
  heard h = {.stop_after = 50};
  rt_error err = {0};
  assert_int_equal(write_world(NULL, &key, a, 100, &file), RT_OK);
  assert_int_equal(read_bytes(NULL, &key, file.p, file.n, 99, &h, &err), RT_E_STOPPED);
  assert_int_equal(h.n_records, 50);
  for (size_t n = 1; n < file.n; n += 97) {
    full.n = 0;
    full.fail_after = n;
    assert_int_equal(write_world(NULL, &key, a, 100, &full), RT_E_IO);
  }
  forget(&h);
  bytes_free(&full);
  bytes_free(&file);
  free(a);
}

static void test_no_memory(void **state)
{
  (void)state;
  enum { N = 60 };
  owned_digest *a = random_digests(16, 7, N);
  bytes file = {0};
  for (test_alloc t = {0}; test_alloc_again(&t);) {
    rt_alloc alloc = test_alloc_of(&t);
    file.n = 0;
    rt_code c = write_world(&alloc, &key, a, N, &file);
    assert_survived(&t, c);
    assert_true(t.peak < 24 << 20);
  }
  for (test_alloc t = {0}; test_alloc_again(&t);) {
    rt_alloc alloc = test_alloc_of(&t);
    heard h = {0};
    rt_code c = read_bytes(&alloc, &key, file.p, file.n, 1000, &h, NULL);
    assert_survived(&t, c);
    forget(&h);
  }
  bytes_free(&file);
  free(a);
}

int main(void)
{
  key = key_of("a key for tests only");
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_round_trip),
      cmocka_unit_test(test_records_keep_their_order),
      cmocka_unit_test(test_accounts_come_before_records),
      cmocka_unit_test(test_same_input_same_bytes),
      cmocka_unit_test(test_concatenation),
      cmocka_unit_test(test_first_file_still_reads),
      cmocka_unit_test(test_other_key_and_no_names),
      cmocka_unit_test(test_hostile_headers),
      cmocka_unit_test(test_own_blocks),
      cmocka_unit_test(test_unknown_blocks),
      cmocka_unit_test(test_made_up_payloads),
      cmocka_unit_test(test_every_flipped_bit_is_seen),
      cmocka_unit_test(test_every_truncation_is_seen),
      cmocka_unit_test(test_lost_and_swapped_blocks_are_seen),
      cmocka_unit_test(test_skip_a_damaged_block),
      cmocka_unit_test(test_sink_and_disk_may_refuse),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
