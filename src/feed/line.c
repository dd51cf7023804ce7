#include "feed/line.h"

rt_code rt__cutter_init(rt__cutter *c, const rt_alloc *alloc)
{
  c->alloc = alloc;
  c->carry_n = 0;
  c->carry = rt__realloc(alloc, NULL, 0, c->batch_size, 1);
  return c->carry ? RT_OK : RT_E_NOMEM;
}

void rt__cutter_free(rt__cutter *c)
{
  rt__free(c->alloc, c->carry, c->batch_size);
  c->carry = NULL;
}

rt_code rt__batch_init(rt__batch *b, const rt__cutter *c)
{
  *b = (rt__batch){.cap = c->batch_size};
  b->p = rt__realloc(c->alloc, NULL, 0, b->cap, 1);
  return b->p ? RT_OK : RT_E_NOMEM;
}

void rt__batch_free(rt__batch *b, const rt__cutter *c)
{
  rt__free(c->alloc, b->p, b->cap);
  b->p = NULL;
}

void rt__batch_shrink(rt__batch *b, const rt__cutter *c)
{
  if (b->cap <= c->batch_size)
    return;
  char *p = rt__realloc(c->alloc, b->p, b->cap, c->batch_size, 1);
  if (p) {
    b->p = p;
    b->cap = c->batch_size;
  }
}

void rt__cutter_start(rt__cutter *c, uint32_t file)
{
  c->at = (rt__place){file, 1, 0};
  c->carry_n = 0;
  c->ended = c->broken = false;
}

/* more bytes of the input; at its end, or in trouble, none */
static size_t read_more(rt__cutter *c, char *p, size_t n)
{
  size_t got = 0;
  if (c->ended || n == 0) /* no room is not the end */
    return 0;
  c->broken = rt__source_read(c->source, p, n, &got) != RT_OK;
  c->ended = c->broken || got == 0;
  return got;
}

rt_slice rt__cutter_peek(rt__cutter *c, size_t want)
{
  while (c->carry_n < want && !c->ended)
    c->carry_n += read_more(c, c->carry + c->carry_n, c->batch_size - c->carry_n);
  return rt__slice(c->carry, c->carry_n);
}

/* bytes of p up to and with its last newline; 0 if there is none */
static size_t whole_lines(const char *p, size_t n)
{
  while (n > 0 && p[n - 1] != '\n')
    n--;
  return n;
}

static uint64_t count_newlines(const char *p, size_t n)
{
  uint64_t total = 0;
  while (n > 0) {
    /* small sums of bytes: what a compiler turns into vectors */
    size_t k = n < 192 ? n : 192;
    unsigned char sum = 0;
    for (size_t i = 0; i < k; i++)
      sum = (unsigned char)(sum + (p[i] == '\n'));
    total += sum;
    p += k;
    n -= k;
  }
  return total;
}

/* p[0 .. n) leaves the cutter: where the bytes behind it stand */
static void advance(rt__cutter *c, const char *p, size_t n)
{
  c->at.line += count_newlines(p, n);
  c->at.offset += n;
}

/* The line in b is too long: skips to its end. What was read behind it is left in b. */
static void drop_line(rt__cutter *c, rt__batch *b)
{
  rt__tally_add(&c->tally, RT__CAUSE_LONG, &c->at, "longer than %zu bytes", c->line_max);
  while (b->n > 0) {
    const char *end = memchr(b->p, '\n', b->n);
    size_t skip = end ? (size_t)(end - b->p) + 1 : b->n;
    advance(c, b->p, skip);
    b->n -= skip;
    memmove(b->p, b->p + skip, b->n);
    if (end)
      return;
    b->n = read_more(c, b->p, c->batch_size);
  }
}

static rt_code grow(rt__cutter *c, rt__batch *b)
{
  size_t top = c->line_max + 2, cap = b->cap > top / 2 ? top : b->cap * 2;
  if (b->cap <= c->batch_size && c->calm)
    c->calm(c->calm_ctx);
  char *p = rt__realloc(c->alloc, b->p, b->cap, cap, 1);
  if (!p)
    return RT_E_NOMEM;
  b->p = p;
  b->cap = cap;
  return RT_OK;
}

/* length of the whole lines in b, of which the first *searched bytes hold no newline */
static size_t find_lines(const rt__batch *b, size_t *searched)
{
  size_t from = *searched, cut = whole_lines(b->p + from, b->n - from);
  *searched = b->n;
  return cut ? from + cut : 0;
}

/* Reads until b is full and holds a whole line, or the input ends; *lines is the length of the
 * whole lines. A grown batch stops at the first piece that has a newline, so that what is left over
 * is shorter than the usual batch. */
static rt_code fill(rt__cutter *c, rt__batch *b, size_t *lines)
{
  size_t searched = 0;
  for (;;) {
    bool grown = b->cap > c->batch_size;
    *lines = c->ended || grown || b->n == b->cap ? find_lines(b, &searched) : 0;
    if (*lines || c->ended)
      return RT_OK;
    if (b->n < b->cap) {
      size_t room = b->cap - b->n;
      b->n += read_more(c, b->p + b->n, room > c->batch_size ? c->batch_size : room);
    } else if (b->cap < c->line_max + 2) {
      if (grow(c, b) != RT_OK)
        return RT_E_NOMEM;
    } else {
      drop_line(c, b);
      searched = 0;
    }
  }
}

rt_code rt__cutter_next(rt__cutter *c, rt__batch *b)
{
  size_t lines;
  if (c->carry_n)
    memcpy(b->p, c->carry, c->carry_n);
  b->n = c->carry_n;
  c->carry_n = 0;
  rt_code e = fill(c, b, &lines);
  if (e != RT_OK)
    return e;
  if (c->ended && !c->broken)
    lines = b->n; /* the last line may lack its newline */
  else if (!c->ended) {
    c->carry_n = b->n - lines;
    memcpy(c->carry, b->p + lines, c->carry_n);
  }
  b->n = lines;
  b->at = c->at;
  advance(c, b->p, lines);
  return RT_OK;
}
