#include "feed/unpack.h"

#include <zlib.h>
#include <zstd.h>

struct rt__unpack {
  rt_alloc alloc;
  rt__packing packing;
  ZSTD_DCtx *zstd;
  z_stream gzip;
  bool gzip_ready;
  bool between; /* before the first, between two, or behind the last member or frame */
};

rt__packing rt__packing_of(const void *p, size_t n)
{
  const unsigned char *b = p;
  if (n >= 2 && b[0] == 0x1f && b[1] == 0x8b)
    return RT__GZIP;
  if (n >= 4 && b[0] == 0x28 && b[1] == 0xb5 && b[2] == 0x2f && b[3] == 0xfd)
    return RT__ZSTD;
  if (n >= 4 && (b[0] & 0xf0) == 0x50 && b[1] == 0x2a && b[2] == 0x4d && b[3] == 0x18)
    return RT__ZSTD; /* a skippable frame in front */
  return RT__PLAIN;
}

const char *rt__packing_name(rt__packing p)
{
  return p == RT__GZIP ? "gzip" : p == RT__ZSTD ? "zstd" : "plain";
}

rt_code rt__unpack_new(const rt_alloc *alloc, rt__unpack **out)
{
  rt__unpack *u = rt__calloc(alloc, 1, sizeof *u);
  if (!u)
    return RT_E_NOMEM;
  u->alloc = *alloc;
  *out = u;
  return RT_OK;
}

void rt__unpack_free(rt__unpack *u)
{
  if (!u)
    return;
  ZSTD_freeDCtx(u->zstd);
  if (u->gzip_ready)
    (void)inflateEnd(&u->gzip);
  rt_alloc a = u->alloc;
  rt__free(&a, u, sizeof *u);
}

static rt_code start_gzip(rt__unpack *u, rt_error *err)
{
  const int gzip_only = 15 + 16; /* zlib's way to say so */
  int e = u->gzip_ready ? inflateReset(&u->gzip) : inflateInit2(&u->gzip, gzip_only);
  if (e != Z_OK)
    return rt__fail(err, RT_E_NOMEM, "no memory to unpack gzip");
  u->gzip_ready = true;
  return RT_OK;
}

static rt_code start_zstd(rt__unpack *u, rt_error *err)
{
  if (!u->zstd)
    u->zstd = ZSTD_createDCtx();
  if (!u->zstd)
    return rt__fail(err, RT_E_NOMEM, "no memory to unpack zstd");
  size_t e = ZSTD_DCtx_reset(u->zstd, ZSTD_reset_session_and_parameters);
  if (!ZSTD_isError(e))
    e = ZSTD_DCtx_setParameter(u->zstd, ZSTD_d_windowLogMax, RT__WINDOW_LOG_MAX);
  return ZSTD_isError(e) ? rt__fail(err, RT_E_NOMEM, "zstd: %s", ZSTD_getErrorName(e)) : RT_OK;
}

rt_code rt__unpack_start(rt__unpack *u, rt__packing packing, rt_error *err)
{
  u->packing = packing;
  u->between = true;
  return packing == RT__GZIP ? start_gzip(u, err) : start_zstd(u, err);
}

/* between members: zeros are padding, the rest must be another member */
static rt_code next_member(rt__unpack *u, const unsigned char *in, size_t n, size_t *used,
                           rt_error *err)
{
  *used = 0;
  while (*used < n && in[*used] == 0)
    ++*used;
  if (*used == n)
    return RT_OK;
  if (in[*used] != 0x1f)
    return rt__fail(err, RT_E_FORMAT, "gzip: something else follows the end of the stream");
  u->between = false;
  return start_gzip(u, err);
}

static rt_code step_gzip(rt__unpack *u, const void *in, size_t in_n, size_t *used, void *out,
                         size_t out_n, size_t *made, rt_error *err)
{
  size_t skipped = 0;
  if (u->between) {
    rt_code c = next_member(u, in, in_n, &skipped, err);
    *used = skipped;
    if (c != RT_OK || u->between)
      return c;
  }
  z_stream *z = &u->gzip;
  uInt give = (uInt)(in_n - skipped), room = (uInt)out_n;
  z->next_in = (z_const Bytef *)(uintptr_t)in + skipped;
  z->avail_in = give;
  z->next_out = out;
  z->avail_out = room;
  int e = inflate(z, Z_NO_FLUSH);
  *used = skipped + (give - z->avail_in);
  *made = room - z->avail_out;
  if (e == Z_STREAM_END)
    u->between = true;
  else if (e == Z_MEM_ERROR)
    return rt__fail(err, RT_E_NOMEM, "no memory to unpack gzip");
  else if (e != Z_OK && e != Z_BUF_ERROR)
    return rt__fail(err, RT_E_FORMAT, "gzip: %s", z->msg ? z->msg : "not a gzip stream");
  return RT_OK;
}

static rt_code step_zstd(rt__unpack *u, const void *in, size_t in_n, size_t *used, void *out,
                         size_t out_n, size_t *made, rt_error *err)
{
  ZSTD_inBuffer from = {in, in_n, 0};
  ZSTD_outBuffer to = {out, out_n, 0};
  if (in_n == 0 && u->between)
    return RT_OK;
  size_t e = ZSTD_decompressStream(u->zstd, &to, &from);
  *used = from.pos;
  *made = to.pos;
  if (ZSTD_isError(e))
    return rt__fail(err, RT_E_FORMAT, "zstd: %s", ZSTD_getErrorName(e));
  u->between = e == 0;
  return RT_OK;
}

rt_code rt__unpack_step(rt__unpack *u, const void *in, size_t in_n, size_t *used, void *out,
                        size_t out_n, size_t *made, rt_error *err)
{
  const size_t piece = (size_t)1 << 30; /* zlib counts in 32 bits */
  *used = *made = 0;
  if (in_n > piece)
    in_n = piece;
  if (out_n > piece)
    out_n = piece;
  return u->packing == RT__GZIP ? step_gzip(u, in, in_n, used, out, out_n, made, err)
                                : step_zstd(u, in, in_n, used, out, out_n, made, err);
}

bool rt__unpack_whole(const rt__unpack *u)
{
  return u->between;
}
