/* scratch - files for a test: a folder that goes away, plain and packed content. */
#ifndef TESTS_FEED_SCRATCH_H
#define TESTS_FEED_SCRATCH_H

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>
#include <zstd.h>

static char scratch_dir[64];

static inline int scratch_open(void **state)
{
  (void)state;
  (void)snprintf(scratch_dir, sizeof scratch_dir, "/tmp/retort-feed-XXXXXX");
  return mkdtemp(scratch_dir) ? 0 : 1;
}

static inline int scratch_remove(const char *path, const struct stat *st, int kind,
                                 struct FTW *where)
{
  (void)st;
  (void)kind;
  (void)where;
  return remove(path);
}

static inline int scratch_close(void **state)
{
  (void)state;
  return nftw(scratch_dir, scratch_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* path of a name in the folder; good for eight calls */
static inline const char *scratch_path(const char *name)
{
  static char paths[8][160];
  static unsigned next;
  char *p = paths[next++ % 8];
  (void)snprintf(p, sizeof paths[0], "%s/%s", scratch_dir, name);
  return p;
}

static inline const char *scratch_put(const char *name, const void *p, size_t n)
{
  const char *path = scratch_path(name);
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(p, 1, n, f), n);
  assert_int_equal(fclose(f), 0);
  return path;
}

static inline const char *scratch_text(const char *name, const char *text)
{
  return scratch_put(name, text, strlen(text));
}

/* packs p; the result is the caller's */
static inline unsigned char *pack_zstd(const void *p, size_t n, size_t *out_n)
{
  size_t cap = ZSTD_compressBound(n);
  unsigned char *out = malloc(cap);
  assert_non_null(out);
  *out_n = ZSTD_compress(out, cap, p, n, 3);
  assert_false(ZSTD_isError(*out_n));
  return out;
}

static inline unsigned char *pack_gzip(const void *p, size_t n, size_t *out_n)
{
  z_stream z;
  memset(&z, 0, sizeof z);
  assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  size_t cap = deflateBound(&z, (uLong)n) + 64;
  unsigned char *out = malloc(cap);
  assert_non_null(out);
  z.next_in = (z_const Bytef *)(uintptr_t)p;
  z.avail_in = (uInt)n;
  z.next_out = out;
  z.avail_out = (uInt)cap;
  assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
  *out_n = cap - z.avail_out;
  assert_int_equal(deflateEnd(&z), Z_OK);
  return out;
}

#endif
