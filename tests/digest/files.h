/* files - making and reading .rtd bytes in tests. */
#ifndef TEST_DIGEST_FILES_H
#define TEST_DIGEST_FILES_H

#include "digest/file.h"
#include "random_digest.h"

/* ---- bytes that grow */
typedef struct bytes {
  unsigned char *p;
  size_t n, cap;
  size_t fail_after; /* 0 = never; else writes past so many bytes fail */
} bytes;

static inline rt_code bytes_write(void *ctx, const void *p, size_t n, rt_error *err)
{
  bytes *b = ctx;
  if (b->fail_after && b->n + n > b->fail_after) {
    if (err)
      *err = (rt_error){.code = RT_E_IO, .message = "disk full"};
    return RT_E_IO;
  }
  if (b->n + n > b->cap) {
    b->cap = (b->n + n) * 2;
    b->p = realloc(b->p, b->cap);
  }
  memcpy(b->p + b->n, p, n);
  b->n += n;
  return RT_OK;
}

static inline void bytes_free(bytes *b)
{
  free(b->p);
  *b = (bytes){0};
}

/* ---- what a reader handed on, in order, as bytes that can be compared */
typedef struct heard {
  bytes log;
  size_t n_accounts, n_segments, n_records;
  size_t stop_after; /* records; 0 = never */
} heard;

static inline rt_code hear_account(void *ctx, uint64_t hash, rt_slice name, rt_error *err)
{
  heard *h = ctx;
  (void)err;
  h->n_accounts++;
  bytes_write(&h->log, &hash, sizeof hash, NULL);
  return bytes_write(&h->log, name.p, name.n, NULL);
}

static inline rt_code hear_segment(void *ctx, const rt_segment *s, rt_error *err)
{
  heard *h = ctx;
  (void)err;
  h->n_segments++;
  bytes_write(&h->log, &s->hash, sizeof s->hash, NULL);
  bytes_write(&h->log, &s->length, sizeof s->length, NULL);
  bytes_write(&h->log, s->chunks, s->n_chunks * sizeof *s->chunks, NULL);
  return bytes_write(&h->log, s->words, s->n_words * sizeof *s->words, NULL);
}

static inline rt_code hear_record(void *ctx, const rt_digest *d, rt_error *err)
{
  heard *h = ctx;
  uint64_t room[RT__RECORD_MAX / 8 + 1];
  if (h->stop_after && h->n_records == h->stop_after) {
    if (err)
      *err = (rt_error){.code = RT_E_STOPPED, .message = "enough"};
    return RT_E_STOPPED;
  }
  h->n_records++;
  bytes_write(&h->log, &d->account, sizeof d->account, NULL);
  bytes_write(&h->log, &d->time_us, sizeof d->time_us, NULL);
  return bytes_write(&h->log, room, rt__record_pack(d, (unsigned char *)room), NULL);
}

static inline rt_digest_sink heard_sink(heard *h)
{
  return (rt_digest_sink){h, hear_account, hear_segment, hear_record};
}

/* ---- a small world: n records, an account said before its first, a segment for every seventh */
static inline rt_code feed_world(const rt_digest_sink *sink, const owned_digest *a, size_t n)
{
  rt_code c = RT_OK;
  for (size_t i = 0; i < n && c == RT_OK; i++) {
    char name[40];
    int len = snprintf(name, sizeof name, "acct_%llu", (unsigned long long)a[i].d.account);
    if (i % 3 == 0)
      c = sink->account(sink->ctx, a[i].d.account, rt__slice(name, (size_t)len), NULL);
    rt_segment s = {.hash = i + 1,
                    .length = (uint32_t)i,
                    .n_chunks = a[i].d.n_chunks,
                    .n_words = a[i].d.n_words,
                    .chunks = a[i].chunks,
                    .words = a[i].words};
    if (c == RT_OK && i % 7 == 0)
      c = sink->segment(sink->ctx, &s, NULL);
    if (c == RT_OK)
      c = sink->record(sink->ctx, &a[i].d, NULL);
  }
  return c;
}

static inline rt_code write_world(const rt_alloc *alloc, const rt_key *key, const owned_digest *a,
                                  size_t n, bytes *out)
{
  rt__file_writer *w = NULL;
  rt_code c = rt__file_writer_new(alloc, key, bytes_write, out, &w, NULL);
  if (c == RT_OK) {
    rt_digest_sink sink = rt__file_writer_sink(w);
    c = feed_world(&sink, a, n);
  }
  if (c == RT_OK)
    c = rt__file_writer_close(w, NULL);
  rt__file_writer_free(w);
  return c;
}

/* reads all in pieces of `piece` bytes */
static inline rt_code read_bytes(const rt_alloc *alloc, const rt_key *key, const void *p, size_t n,
                                 size_t piece, heard *h, rt_error *err)
{
  rt__file_reader *r = NULL;
  rt_digest_sink sink = heard_sink(h);
  rt_code c = rt__file_reader_new(alloc, key, &sink, &r, err);
  for (size_t at = 0; at < n && c == RT_OK; at += piece)
    c = rt__file_reader_feed(r, (const char *)p + at, n - at < piece ? n - at : piece, err);
  if (c == RT_OK)
    c = rt__file_reader_close(r, err);
  rt__file_reader_free(r);
  return c;
}

static inline rt_key key_of(const char *text)
{
  rt_key k;
  assert_int_equal(rt_key_from_bytes(text, strlen(text), &k, NULL), RT_OK);
  return k;
}

#endif
