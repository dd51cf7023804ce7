/* fuzz_line_map - a map (the first line) and lines that are read by it: neither may crash. */
#define LLVMFuzzerTestOneInput fuzz_lines
#include "fuzz_line.c"
#undef LLVMFuzzerTestOneInput

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* every pointer and value of a map lies in its own memory */
static void touch_map(const rt__mapping *m)
{
  for (size_t i = 0; i < m->n; i++) {
    must(m->field[i].slot < RT__S_COUNT && m->field[i].n <= RT__POINTERS_MAX);
    for (size_t k = 0; k < m->field[i].n; k++)
      touch(m->field[i].pointer[k]);
    touch(rt__slice(m->field[i].value.p, m->field[i].value.n));
  }
  touch(m->when);
}

static void read_by(rt__mapping *m, rt_slice lines)
{
  static const rt__feed_callbacks cb = {.exchange = check};
  rt__worker *w = calloc(1, sizeof *w);
  rt__batch b = {(char *)(uintptr_t)lines.p, lines.n, lines.n, {0, 1, 0}};
  must(w != NULL);
  w->alloc = rt_alloc_default();
  w->cb = &cb;
  w->line_max = 1 << 16;
  w->hold_memory = 1 << 16;
  must(rt__worker_init(w) == RT_OK);
  w->reading.mapping = m;
  must(rt__worker_batch(w, &b) == RT_OK);
  settle(w);
  rt__worker_free(w);
  free(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
  const uint8_t *end = n ? memchr(p, '\n', n) : NULL;
  rt__mapping *m;
  if (!end ||
      rt__mapping_parse(rt_alloc_default(), rt__slice(p, (size_t)(end - p)), &m, NULL) != RT_OK)
    return 0;
  touch_map(m);
  read_by(m, rt__slice(end + 1, (size_t)(p + n - end - 1)));
  rt__mapping_free(m);
  return 0;
}
