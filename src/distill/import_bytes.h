/* import_bytes - little-endian numbers in bytes, for the readers and writers of files. */
#ifndef RT_DISTILL_IMPORT_BYTES_H
#define RT_DISTILL_IMPORT_BYTES_H

#include "base/base.h"

static inline uint32_t rt__le32(const unsigned char *p)
{
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t rt__le64(const unsigned char *p)
{
  return rt__le32(p) | (uint64_t)rt__le32(p + 4) << 32;
}

static inline void rt__put32(unsigned char *p, uint32_t v)
{
  for (int i = 0; i < 4; i++)
    p[i] = (unsigned char)(v >> (8 * i));
}

static inline void rt__put64(unsigned char *p, uint64_t v)
{
  rt__put32(p, (uint32_t)v);
  rt__put32(p + 4, (uint32_t)(v >> 32));
}

/* how much of a name from outside goes into an error, for %.*s */
static inline int rt__shown(rt_slice s)
{
  return (int)(s.n < 64 ? s.n : 64);
}

#endif
