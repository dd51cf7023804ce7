#include "digest/file_block.h"

#include "base/hash.h"

/* for the two functions that work in memory given to them */
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

static const char magic[8] = {'R', 'T', 'D', 'i', 'g', 'e', 's', 't'};

#define LEVEL 3

bool rt__file_is_digest(const void *p, size_t n)
{
  return n >= sizeof magic && memcmp(p, magic, sizeof magic) == 0;
}

/* ---- headers */

static void seal_frame(unsigned char f[RT__FRAME])
{
  rt__le_put(f + RT__FRAME - 8, rt__checksum(f, RT__FRAME - 8), 8);
}

static bool frame_is_whole(const unsigned char f[RT__FRAME])
{
  return rt__le_get(f + RT__FRAME - 8, 8) == rt__checksum(f, RT__FRAME - 8);
}

void rt__file_header_put(unsigned char to[RT__FRAME], uint64_t key_id)
{
  memcpy(to, magic, sizeof magic);
  rt__le_put(to + 8, RT__FILE_VERSION, 4);
  rt__le_put(to + 12, 0, 4);
  rt__le_put(to + 16, key_id, 8);
  seal_frame(to);
}

rt_code rt__file_header_get(const unsigned char p[RT__FRAME], uint64_t key_id, rt_error *err)
{
  uint64_t version = rt__le_get(p + 8, 4), key = rt__le_get(p + 16, 8);
  if (!rt__file_is_digest(p, RT__FRAME))
    return rt__fail(err, RT_E_FORMAT, "not a digest file");
  if (!frame_is_whole(p))
    return rt__fail(err, RT_E_CHECKSUM, "the header of the digest file is damaged");
  if (version > RT__FILE_VERSION)
    return rt__fail(err, RT_E_VERSION,
                    "digest file of version %u; this program reads up to version %d",
                    (unsigned)version, RT__FILE_VERSION);
  if (version == 0 || rt__le_get(p + 12, 4) != 0)
    return rt__fail(err, RT_E_FORMAT, "digest file with an impossible header");
  if (key != key_id)
    return rt__fail(err, RT_E_KEY,
                    "digest file made with the key %016llx, but the key given is %016llx",
                    (unsigned long long)key, (unsigned long long)key_id);
  return RT_OK;
}

void rt__block_put(unsigned char to[RT__FRAME], const rt__block *b)
{
  to[0] = b->type;
  to[1] = b->flags;
  rt__le_put(to + 2, 0, 2);
  rt__le_put(to + 4, b->packed, 4);
  rt__le_put(to + 8, b->unpacked, 4);
  rt__le_put(to + 12, b->count, 4);
  rt__le_put(to + 16, b->checksum, 8);
  seal_frame(to);
}

rt_code rt__block_get(const unsigned char p[RT__FRAME], rt__block *b, rt_error *err)
{
  if (!frame_is_whole(p))
    return rt__fail(err, RT_E_CHECKSUM, "the header of a block is damaged");
  *b = (rt__block){.type = p[0],
                   .flags = p[1],
                   .packed = (uint32_t)rt__le_get(p + 4, 4),
                   .unpacked = (uint32_t)rt__le_get(p + 8, 4),
                   .count = (uint32_t)rt__le_get(p + 12, 4),
                   .checksum = rt__le_get(p + 16, 8)};
  if (b->unpacked > RT__FILE_BLOCK_MAX || b->packed > rt__packed_max(RT__FILE_BLOCK_MAX) ||
      b->count > RT__FILE_RECORDS_MAX || rt__le_get(p + 2, 2) != 0)
    return rt__fail(err, RT_E_FORMAT, "a block larger than any writer makes");
  return RT_OK;
}

/* ---- compression */

rt_code rt__packer_init(rt__packer *z, const rt_alloc *alloc, bool pack)
{
  *z = (rt__packer){.alloc = *alloc};
  z->space_size = pack ? ZSTD_estimateCCtxSize(LEVEL) : ZSTD_estimateDCtxSize();
  z->space = rt__calloc(alloc, z->space_size, 1);
  if (!z->space)
    return RT_E_NOMEM;
  z->ctx = pack ? (void *)ZSTD_initStaticCCtx(z->space, z->space_size)
                : (void *)ZSTD_initStaticDCtx(z->space, z->space_size);
  return z->ctx ? RT_OK : RT_E_NOMEM;
}

void rt__packer_free(rt__packer *z)
{
  rt__free(&z->alloc, z->space, z->space_size);
  z->space = NULL;
}

size_t rt__packed_max(size_t n)
{
  return ZSTD_compressBound(n);
}

rt_code rt__pack(rt__packer *z, rt_slice from, rt__buf *out)
{
  size_t max = rt__packed_max(from.n);
  rt_code c = rt__buf_reserve(out, max);
  if (c != RT_OK)
    return c;
  size_t n = ZSTD_compressCCtx(z->ctx, out->p + out->n, max, from.p, from.n, LEVEL);
  if (ZSTD_isError(n))
    return RT_E_NOMEM;
  out->n += n;
  return RT_OK;
}

rt_code rt__unpack(rt__packer *z, rt_slice from, unsigned char *to, size_t n)
{
  size_t got = ZSTD_decompressDCtx(z->ctx, to, n, from.p, from.n);
  return !ZSTD_isError(got) && got == n ? RT_OK : RT_E_FORMAT;
}
