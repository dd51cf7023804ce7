#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *rt_code_name(rt_code code)
{
  static const char *const names[] = {
#define RT_CODE_NAME(code, name, text) name,
      RT_CODE_MAP(RT_CODE_NAME)
#undef RT_CODE_NAME
  };
  return (unsigned)code < RT_CODE_COUNT ? names[code] : "unknown";
}

const char *rt_code_text(rt_code code)
{
  static const char *const texts[] = {
#define RT_CODE_TEXT(code, name, text) text,
      RT_CODE_MAP(RT_CODE_TEXT)
#undef RT_CODE_TEXT
  };
  return (unsigned)code < RT_CODE_COUNT ? texts[code] : "unknown error";
}

static void *default_resize(void *ctx, void *old, size_t old_size, size_t size)
{
  (void)ctx;
  (void)old_size;
  if (size == 0) {
    free(old);
    return NULL;
  }
  return realloc(old, size);
}

const rt_alloc *rt_alloc_default(void)
{
  static const rt_alloc a = {default_resize, NULL};
  return &a;
}

static rt_code fail_v(rt_error *err, rt_code code, uint64_t line, uint64_t offset, const char *fmt,
                      va_list ap)
{
  if (err) {
    err->code = code;
    err->line = line;
    err->offset = offset;
    (void)vsnprintf(err->message, sizeof err->message, fmt, ap);
  }
  return code;
}

rt_code rt__fail(rt_error *err, rt_code code, const char *fmt, ...)
{
  va_list ap;
  va_start(ap, fmt);
  fail_v(err, code, 0, 0, fmt, ap);
  va_end(ap);
  return code;
}

rt_code rt__fail_at(rt_error *err, rt_code code, uint64_t line, uint64_t offset, const char *fmt,
                    ...)
{
  va_list ap;
  va_start(ap, fmt);
  fail_v(err, code, line, offset, fmt, ap);
  va_end(ap);
  return code;
}

void *rt__calloc(const rt_alloc *a, size_t count, size_t size)
{
  void *p = rt__realloc(a, NULL, 0, count, size);
  if (p)
    memset(p, 0, count * size);
  return p;
}

void *rt__realloc(const rt_alloc *a, void *p, size_t old_count, size_t count, size_t size)
{
  if (size != 0 && count > SIZE_MAX / 2 / size)
    return NULL;
  size_t want = count * size, had = old_count * size;
  return a->resize(a->ctx, p, p && !had ? 1 : had, want ? want : 1);
}

void rt__free(const rt_alloc *a, void *p, size_t size)
{
  if (p)
    (void)a->resize(a->ctx, p, size ? size : 1, 0);
}

int rt__slice_cmp(rt_slice a, rt_slice b)
{
  size_t n = a.n < b.n ? a.n : b.n;
  int c = n ? memcmp(a.p, b.p, n) : 0;
  if (c != 0)
    return c;
  return a.n < b.n ? -1 : a.n > b.n;
}

bool rt__slice_starts(rt_slice s, rt_slice prefix)
{
  return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static bool is_blank(char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

rt_slice rt__slice_trim(rt_slice s)
{
  while (s.n && is_blank(s.p[0])) {
    s.p++;
    s.n--;
  }
  while (s.n && is_blank(s.p[s.n - 1]))
    s.n--;
  return s;
}

/* ---- buffer */

void rt__buf_init(rt__buf *b, const rt_alloc *a, size_t max)
{
  *b = (rt__buf){.alloc = a, .max = max};
}

void rt__buf_free(rt__buf *b)
{
  rt__free(b->alloc, b->p, b->cap);
  b->p = NULL;
  b->n = b->cap = 0;
}

void rt__buf_clear(rt__buf *b)
{
  b->n = 0;
}

rt_code rt__buf_reserve(rt__buf *b, size_t more)
{
  if (more > b->max || b->n > b->max - more)
    return RT_E_LIMIT;
  size_t want = b->n + more;
  if (want <= b->cap)
    return RT_OK;
  size_t cap = b->cap ? b->cap : 64;
  while (cap < want)
    cap = cap > b->max / 2 ? b->max : cap * 2;
  char *p = rt__realloc(b->alloc, b->p, b->cap, cap, 1);
  if (!p)
    return RT_E_NOMEM;
  b->p = p;
  b->cap = cap;
  return RT_OK;
}

rt_code rt__buf_add(rt__buf *b, const void *p, size_t n)
{
  rt_code c = rt__buf_reserve(b, n);
  if (c == RT_OK && n) {
    memcpy(b->p + b->n, p, n);
    b->n += n;
  }
  return c;
}

rt_code rt__buf_printf(rt__buf *b, const char *fmt, ...)
{
  char small[256];
  va_list ap;
  va_start(ap, fmt);
  int n = vsnprintf(small, sizeof small, fmt, ap);
  va_end(ap);
  if (n < 0)
    return RT_E_FORMAT;
  if ((size_t)n < sizeof small)
    return rt__buf_add(b, small, (size_t)n);
  rt_code c = rt__buf_reserve(b, (size_t)n + 1);
  if (c != RT_OK)
    return c;
  va_start(ap, fmt);
  (void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
  va_end(ap);
  b->n += (size_t)n;
  return RT_OK;
}

/* ---- arena: a list of blocks, each at least twice the last up to 1 MiB */

#define BLOCK_FIRST ((size_t)4096)
#define BLOCK_TOP   ((size_t)1 << 20)

struct block {
  struct block *next;
  size_t cap, used;
};

/* payload behind the header, kept 16-aligned */
#define HEADER ((sizeof(struct block) + 15) / 16 * 16)

struct rt__arena {
  rt_alloc alloc;
  struct block *first, *now;
  size_t max, bytes;
};

rt_code rt__arena_new(const rt_alloc *a, size_t max, rt__arena **out)
{
  rt__arena *ar = rt__calloc(a, 1, sizeof *ar);
  if (!ar)
    return RT_E_NOMEM;
  ar->alloc = *a;
  ar->max = max;
  *out = ar;
  return RT_OK;
}

void rt__arena_free(rt__arena *ar)
{
  if (!ar)
    return;
  rt_alloc a = ar->alloc;
  for (struct block *b = ar->first; b;) {
    struct block *next = b->next;
    rt__free(&a, b, HEADER + b->cap);
    b = next;
  }
  rt__free(&a, ar, sizeof *ar);
}

void rt__arena_clear(rt__arena *ar)
{
  for (struct block *b = ar->first; b; b = b->next)
    b->used = 0;
  ar->now = ar->first;
}

static struct block *add_block(rt__arena *ar, size_t n)
{
  size_t cap = ar->now ? ar->now->cap * 2 : BLOCK_FIRST;
  if (cap > BLOCK_TOP)
    cap = BLOCK_TOP;
  if (cap < n)
    cap = n;
  if (cap > ar->max - ar->bytes) {
    if (n > ar->max - ar->bytes)
      return NULL;
    cap = n;
  }
  struct block *b = rt__realloc(&ar->alloc, NULL, 0, HEADER + cap, 1);
  if (!b)
    return NULL;
  b->cap = cap;
  b->used = 0;
  ar->bytes += cap;
  if (ar->now) {
    b->next = ar->now->next;
    ar->now->next = b;
  } else {
    b->next = ar->first;
    ar->first = b;
  }
  ar->now = b;
  return b;
}

void *rt__arena_take(rt__arena *ar, size_t n)
{
  if (n > SIZE_MAX / 2)
    return NULL;
  n = (n + 15) / 16 * 16;
  struct block *b = ar->now;
  while (b && b->cap - b->used < n && b->next)
    b = ar->now = b->next;
  if (!b || b->cap - b->used < n)
    b = add_block(ar, n);
  if (!b)
    return NULL;
  char *p = (char *)b + HEADER + b->used;
  b->used += n;
  memset(p, 0, n);
  return p;
}

const char *rt__arena_copy(rt__arena *ar, rt_slice s)
{
  if (s.n == SIZE_MAX)
    return NULL;
  char *p = rt__arena_take(ar, s.n + 1);
  if (p && s.n)
    memcpy(p, s.p, s.n);
  return p;
}

size_t rt__arena_bytes(const rt__arena *ar)
{
  return ar->bytes;
}
