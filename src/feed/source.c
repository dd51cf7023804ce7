#include "feed/source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>
#include <xxhash.h>

#define RAW_SIZE ((size_t)256 << 10)

struct rt__source {
  rt_alloc alloc;
  rt__input *in;
  int fd;
  bool ended; /* the file has no more bytes */
  char *raw;
  size_t raw_at, raw_n;
  uint64_t taken; /* stored bytes that the unpacker has eaten */
  rt__unpack *unpack;
  XXH3_state_t *hash;
};

rt_code rt__source_new(const rt_alloc *alloc, rt__source **out)
{
  rt__source *s = rt__calloc(alloc, 1, sizeof *s);
  if (!s)
    return RT_E_NOMEM;
  s->alloc = *alloc;
  s->fd = -1;
  s->raw = rt__realloc(alloc, NULL, 0, RAW_SIZE, 1);
  s->hash = XXH3_createState();
  if (!s->raw || !s->hash || rt__unpack_new(alloc, &s->unpack) != RT_OK) {
    rt__source_free(s);
    return RT_E_NOMEM;
  }
  *out = s;
  return RT_OK;
}

void rt__source_free(rt__source *s)
{
  if (!s)
    return;
  rt__source_close(s);
  rt_alloc a = s->alloc;
  rt__unpack_free(s->unpack);
  (void)XXH3_freeState(s->hash);
  rt__free(&a, s->raw, RAW_SIZE);
  rt__free(&a, s, sizeof *s);
}

/* remembers the first trouble of an input, with its name in front */
static rt_code trouble(rt__input *in, rt_code code, const char *fmt, ...) RT__PRINTF(3, 4);
static rt_code trouble(rt__input *in, rt_code code, const char *fmt, ...)
{
  va_list ap;
  int n = snprintf(in->message, sizeof in->message,
                   "%.120s: ", strcmp(in->path, "-") == 0 ? "standard input" : in->path);
  in->code = code;
  va_start(ap, fmt);
  (void)vsnprintf(in->message + n, sizeof in->message - (size_t)n, fmt, ap);
  va_end(ap);
  return code;
}

/* stored bytes into p; 0 at the end of the file */
static rt_code read_some(rt__source *s, void *p, size_t n, size_t *got)
{
  ssize_t k;
  *got = 0;
  do
    k = read(s->fd, p, n);
  while (k < 0 && errno == EINTR);
  if (k < 0)
    return trouble(s->in, RT_E_IO, "read failed at byte %" PRIu64 ": %s", s->in->bytes,
                   strerror(errno));
  s->ended = k == 0;
  *got = (size_t)k;
  s->in->bytes += *got;
  (void)XXH3_64bits_update(s->hash, p, *got);
  return RT_OK;
}

/* fills the raw buffer until it holds the magic bytes or the file ends */
static rt_code first_bytes(rt__source *s)
{
  rt_code c = RT_OK;
  while (c == RT_OK && !s->ended && s->raw_n < RT__MAGIC_MAX) {
    size_t got;
    c = read_some(s, s->raw + s->raw_n, RAW_SIZE - s->raw_n, &got);
    s->raw_n += got;
  }
  return c;
}

rt_code rt__source_open(rt__source *s, rt__input *in)
{
  rt_error err = {0};
  s->in = in;
  s->raw_at = s->raw_n = 0;
  s->taken = 0;
  s->ended = false;
  (void)XXH3_64bits_reset(s->hash);
  if (in->code != RT_OK)
    return in->code;
  s->fd = strcmp(in->path, "-") == 0 ? STDIN_FILENO : open(in->path, O_RDONLY | O_CLOEXEC);
  if (s->fd < 0)
    return trouble(in, RT_E_IO, "%s", strerror(errno));
  rt_code c = first_bytes(s);
  if (c != RT_OK)
    return c;
  in->packing = rt__packing_of(s->raw, s->raw_n);
  if (in->packing != RT__PLAIN && rt__unpack_start(s->unpack, in->packing, &err) != RT_OK)
    return trouble(in, err.code, "%s", err.message);
  return RT_OK;
}

static rt_code read_plain(rt__source *s, void *p, size_t n, size_t *got)
{
  size_t left = s->raw_n - s->raw_at;
  if (left == 0)
    return s->ended ? RT_OK : read_some(s, p, n, got);
  *got = left < n ? left : n;
  memcpy(p, s->raw + s->raw_at, *got);
  s->raw_at += *got;
  return RT_OK;
}

static bool is_bomb(const rt__source *s)
{
  uint64_t made = s->in->unpacked;
  return s->in->packing != RT__PLAIN && made > RT__RATIO_FREE && made / RT__RATIO_MAX > s->taken;
}

/* one step of the unpacker; *done when the stream is over, whole or not */
static rt_code unpack_some(rt__source *s, void *p, size_t n, size_t *got, bool *done)
{
  rt_error err = {0};
  size_t used;
  rt_code c = RT_OK;
  if (s->raw_at == s->raw_n && !s->ended) {
    s->raw_at = 0;
    c = read_some(s, s->raw, RAW_SIZE, &s->raw_n);
    if (c != RT_OK)
      return c;
  }
  size_t left = s->raw_n - s->raw_at;
  c = rt__unpack_step(s->unpack, s->raw + s->raw_at, left, &used, p, n, got, &err);
  s->raw_at += used;
  s->taken += used;
  if (c != RT_OK)
    return trouble(s->in, c, "%s, near byte %" PRIu64, err.message, s->taken);
  *done = s->ended && left == used && *got == 0;
  if (*done && !rt__unpack_whole(s->unpack))
    return trouble(s->in, RT_E_TRUNCATED, "the %s stream ends early, at byte %" PRIu64,
                   rt__packing_name(s->in->packing), s->in->bytes);
  return RT_OK;
}

rt_code rt__source_read(rt__source *s, void *p, size_t n, size_t *got)
{
  bool done = false;
  rt_code c = RT_OK;
  *got = 0;
  if (s->in->packing == RT__PLAIN)
    c = read_plain(s, p, n, got);
  else
    while (c == RT_OK && *got == 0 && !done)
      c = unpack_some(s, p, n, got, &done);
  s->in->unpacked += *got;
  if (c == RT_OK && is_bomb(s))
    c = trouble(s->in, RT_E_LIMIT,
                "unpacks to more than %d times its size, given up at byte %" PRIu64, RT__RATIO_MAX,
                s->taken);
  return c;
}

void rt__source_close(rt__source *s)
{
  if (!s->in)
    return;
  s->in->xxh3 = XXH3_64bits_digest(s->hash);
  if (s->fd > STDIN_FILENO)
    (void)close(s->fd);
  s->fd = -1;
  s->in = NULL;
}
