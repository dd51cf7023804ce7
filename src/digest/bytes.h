/* bytes - little-endian numbers and varints, written to a bounded buffer and read back without
 * trust.
 *
 * A varint has 7 bits a byte, least significant first, the top bit says that another byte follows.
 */
#ifndef RT_DIGEST_BYTES_H
#define RT_DIGEST_BYTES_H

#include "base/base.h"

#define RT__VARINT_MAX 10 /* bytes */

static inline size_t rt__le_put(unsigned char *to, uint64_t v, unsigned bytes)
{
  for (unsigned i = 0; i < bytes; i++)
    to[i] = (unsigned char)(v >> (8 * i));
  return bytes;
}

static inline uint64_t rt__le_get(const unsigned char *p, unsigned bytes)
{
  uint64_t v = 0;
  for (unsigned i = 0; i < bytes; i++)
    v |= (uint64_t)p[i] << (8 * i);
  return v;
}

static inline size_t rt__varint_put(unsigned char *to, uint64_t v)
{
  size_t n = 0;
  for (; v >= 128; v >>= 7)
    to[n++] = (unsigned char)(v | 128);
  to[n++] = (unsigned char)v;
  return n;
}

/* small numbers of either sign as small numbers */
static inline uint64_t rt__zigzag(int64_t v)
{
  return (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0);
}

static inline int64_t rt__unzigzag(uint64_t v)
{
  return (int64_t)(v >> 1 ^ (v & 1 ? UINT64_MAX : 0));
}

/* Writing: the first failure is kept, what follows it is a no-op. */
typedef struct rt__out {
  rt__buf buf;
  rt_code code;
} rt__out;

static inline void rt__out_bytes(rt__out *o, const void *p, size_t n)
{
  if (o->code == RT_OK)
    o->code = rt__buf_add(&o->buf, p, n);
}

static inline void rt__out_le(rt__out *o, uint64_t v, unsigned bytes)
{
  unsigned char b[8];
  rt__out_bytes(o, b, rt__le_put(b, v, bytes));
}

static inline void rt__out_varint(rt__out *o, uint64_t v)
{
  unsigned char b[RT__VARINT_MAX];
  rt__out_bytes(o, b, rt__varint_put(b, v));
}

/* Reading: what is not there reads as 0 and sets `bad`. */
typedef struct rt__in {
  const unsigned char *p, *end;
  bool bad;
} rt__in;

static inline size_t rt__in_left(const rt__in *in)
{
  return (size_t)(in->end - in->p);
}

/* n bytes, or NULL */
static inline const unsigned char *rt__in_bytes(rt__in *in, size_t n)
{
  if (in->bad || rt__in_left(in) < n) {
    in->bad = true;
    return NULL;
  }
  const unsigned char *p = in->p;
  if (n) /* an empty part may have no address */
    in->p += n;
  return p;
}

static inline uint64_t rt__in_le(rt__in *in, unsigned bytes)
{
  const unsigned char *p = rt__in_bytes(in, bytes);
  return p ? rt__le_get(p, bytes) : 0;
}

static inline uint64_t rt__in_varint(rt__in *in)
{
  uint64_t v = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const unsigned char *p = rt__in_bytes(in, 1);
    if (!p)
      return 0;
    v |= (uint64_t)(*p & 127) << shift;
    if (*p < 128) {
      if (shift == 63 && *p > 1)
        in->bad = true;
      return v;
    }
  }
  in->bad = true;
  return 0;
}

/* as above, but a value over `max` is bad too */
static inline uint64_t rt__in_number(rt__in *in, uint64_t max)
{
  uint64_t v = rt__in_varint(in);
  if (v > max)
    in->bad = true;
  return in->bad ? 0 : v;
}

#endif
