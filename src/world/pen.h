/* pen - appends to a buffer and remembers the first failure, so that text can be written without a
 * check behind each word. The text is JSON-escaped already: what goes in is what comes out. */
#ifndef RT_WORLD_PEN_H
#define RT_WORLD_PEN_H

#include "base/base.h"

typedef struct rt__pen {
  rt__buf *b;
  rt_code code;
} rt__pen;

static inline void rt__pen_add(rt__pen *p, const char *s, size_t n)
{
  rt__buf *b = p->b;
  if (n && b->cap - b->n >= n) {
    memcpy(b->p + b->n, s, n);
    b->n += n;
  } else if (p->code == RT_OK) {
    p->code = rt__buf_add(b, s, n);
  }
}

#define RT__PEN_LIT(pen, s) rt__pen_add(pen, "" s, sizeof(s) - 1)

static inline void rt__pen_str(rt__pen *p, const char *s)
{
  rt__pen_add(p, s, strlen(s));
}

static inline void rt__pen_slice(rt__pen *p, rt_slice s)
{
  rt__pen_add(p, s.p, s.n);
}

static inline void rt__pen_char(rt__pen *p, char c)
{
  rt__pen_add(p, &c, 1);
}

static inline void rt__pen_u64(rt__pen *p, uint64_t v)
{
  char t[20];
  size_t n = sizeof t;
  do
    t[--n] = (char)('0' + v % 10);
  while ((v /= 10) != 0);
  rt__pen_add(p, t + n, sizeof t - n);
}

/* lower-case hex, `digits` of them, from the low end of v */
static inline void rt__pen_hex(rt__pen *p, uint64_t v, int digits)
{
  char t[16];
  for (int i = digits; i-- > 0; v >>= 4)
    t[i] = "0123456789abcdef"[v & 15];
  rt__pen_add(p, t, (size_t)digits);
}

#endif
