/* gguf_in - the inside of an rt_gguf, for its two files only. */
#ifndef RT_DISTILL_GGUF_IN_H
#define RT_DISTILL_GGUF_IN_H

#include "distill/gguf.h"

typedef struct rt__gguf_value {
  rt_slice key;
  uint32_t type, element; /* element: of an array, else the type itself */
  uint64_t n;
  const unsigned char *p;
} rt__gguf_value;

struct rt_gguf {
  rt_alloc alloc;
  const unsigned char *bytes;
  size_t n_bytes;
  bool mapped;
  uint32_t version;
  rt__gguf_value *values; /* sorted by key */
  size_t n_values;
  rt_gguf_tensor *tensors;  /* in the file's order */
  rt_gguf_tensor **by_name; /* sorted */
  size_t n_tensors;
};

static inline uint32_t rt__le32(const unsigned char *p)
{
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t rt__le64(const unsigned char *p)
{
  return rt__le32(p) | (uint64_t)rt__le32(p + 4) << 32;
}

/* how much of a name from outside goes into an error */
static inline int rt__shown(rt_slice s)
{
  return (int)(s.n < 64 ? s.n : 64);
}

#endif
