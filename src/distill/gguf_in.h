/* gguf_in - the inside of an rt_gguf, for its two files only. */
#ifndef RT_DISTILL_GGUF_IN_H
#define RT_DISTILL_GGUF_IN_H

#include "distill/gguf.h"
#include "distill/import_bytes.h"

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

#endif
