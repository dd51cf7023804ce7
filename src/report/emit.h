/* emit - where the bytes of a report go, and a buffer in front of it. */
#ifndef RT_REPORT_EMIT_H
#define RT_REPORT_EMIT_H

#include "base/base.h"

/* takes all n bytes or fails */
typedef rt_code (*rt__emit_fn)(void *ctx, const void *p, size_t n, rt_error *err);

typedef struct rt__emit {
  rt__emit_fn fn;
  void *ctx;
} rt__emit;

static inline rt_code rt__emit_slice(const rt__emit *e, rt_slice s, rt_error *err)
{
  return s.n ? e->fn(e->ctx, s.p, s.n, err) : RT_OK;
}

#endif
