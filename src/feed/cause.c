#include "feed/cause.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
  const char *name, *text;
} rows[] = {
#define ROW(code, name, text) {name, text},
    RT__CAUSE_MAP(ROW)
#undef ROW
};

const char *rt__cause_name(rt__cause c)
{
  return (size_t)c < RT__ARRAY_LEN(rows) ? rows[c].name : "none";
}

const char *rt__cause_text(rt__cause c)
{
  return (size_t)c < RT__ARRAY_LEN(rows) ? rows[c].text : "no cause";
}

int rt__place_cmp(const rt__place *a, const rt__place *b)
{
  if (a->file != b->file)
    return a->file < b->file ? -1 : 1;
  if (a->line != b->line)
    return a->line < b->line ? -1 : 1;
  return a->offset < b->offset ? -1 : a->offset > b->offset;
}

/* log lines hold whatever somebody sent: nothing of it may move a terminal's cursor */
static void make_printable(char *s)
{
  for (; *s; s++)
    if (*s < 0x20 || *s > 0x7e)
      *s = '?';
}

/* an empty place for an example at `at`, in order; NULL if there are enough smaller ones */
static rt__example *make_room(rt__tally *t, rt__cause c, const rt__place *at)
{
  uint32_t n = t->kept[c], i = n;
  rt__example *e = t->first[c];
  while (i > 0 && rt__place_cmp(&e[i - 1].at, at) > 0)
    i--;
  if (i == RT__EXAMPLES_MAX)
    return NULL;
  uint32_t last = n < RT__EXAMPLES_MAX ? n : RT__EXAMPLES_MAX - 1;
  memmove(&e[i + 1], &e[i], (last - i) * sizeof *e);
  t->kept[c] = last + 1;
  return &e[i];
}

void rt__tally_add(rt__tally *t, rt__cause c, const rt__place *at, const char *fmt, ...)
{
  t->count[c]++;
  rt__example *e = make_room(t, c, at);
  if (!e)
    return;
  va_list ap;
  va_start(ap, fmt);
  (void)vsnprintf(e->message, sizeof e->message, fmt, ap);
  va_end(ap);
  make_printable(e->message);
  e->at = *at;
}

void rt__tally_merge(rt__tally *into, const rt__tally *from)
{
  for (int c = 0; c < RT__CAUSE_COUNT; c++) {
    into->count[c] += from->count[c];
    for (uint32_t i = 0; i < from->kept[c]; i++) {
      rt__example *e = make_room(into, (rt__cause)c, &from->first[c][i].at);
      if (e)
        *e = from->first[c][i];
    }
  }
}

static uint64_t sum(const rt__tally *t, int from, int to)
{
  uint64_t n = 0;
  for (int c = from; c < to; c++)
    n += t->count[c];
  return n;
}

uint64_t rt__tally_refused(const rt__tally *t)
{
  return sum(t, 0, RT__CAUSE_FIRST_WARNING);
}

uint64_t rt__tally_warned(const rt__tally *t)
{
  return sum(t, RT__CAUSE_FIRST_WARNING, RT__CAUSE_FIRST_OTHER);
}

uint64_t rt__tally_other(const rt__tally *t)
{
  return sum(t, RT__CAUSE_FIRST_OTHER, RT__CAUSE_COUNT);
}
