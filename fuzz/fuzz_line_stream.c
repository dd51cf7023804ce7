/* fuzz_line_stream - any bytes as a stored file, packed or not: the batches cut from it are whole
 * lines in a row. The first two bytes choose the batch size and the line maximum. */
#include "feed/line.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void must(bool holds)
{
  if (!holds)
    abort();
}

/* the bytes as a file that can be opened by name, without a name in any folder */
static const char *as_file(const uint8_t *p, size_t n)
{
  static char path[64];
  static FILE *f;
  if (!f) {
    f = tmpfile();
    must(f != NULL);
    (void)snprintf(path, sizeof path, "/dev/fd/%d", fileno(f));
  }
  must(pwrite(fileno(f), p, n, 0) == (ssize_t)n);
  must(ftruncate(fileno(f), (off_t)n) == 0);
  return path;
}

static void cut(rt__cutter *c)
{
  uint64_t offset = 0, line = 1;
  rt__batch b;
  must(rt__batch_init(&b, c) == RT_OK);
  rt__cutter_start(c, 0);
  (void)rt__cutter_peek(c, 8);
  for (;;) {
    must(rt__cutter_next(c, &b) == RT_OK);
    must(b.cap <= c->batch_size || b.cap <= c->line_max + 2);
    if (b.n == 0)
      break;
    must(b.at.offset >= offset && b.at.line >= line); /* dropped lines leave gaps */
    must(b.at.offset == offset || rt__tally_refused(&c->tally) > 0);
    offset = b.at.offset + b.n;
    line = b.at.line;
    for (size_t i = 0; i < b.n; i++)
      line += b.p[i] == '\n';
    rt__batch_shrink(&b, c);
  }
  rt__batch_free(&b, c);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
  static rt__source *source;
  if (n < 2)
    return 0;
  rt__input in = {.path = (char *)(uintptr_t)as_file(p + 2, n - 2)};
  if (!source)
    must(rt__source_new(rt_alloc_default(), &source) == RT_OK);
  rt__cutter c = {
      .batch_size = 8 + 16 * (size_t)p[0], .line_max = 1 + 16 * (size_t)p[1], .source = source};
  must(rt__cutter_init(&c, rt_alloc_default()) == RT_OK);
  if (rt__source_open(source, &in) == RT_OK)
    cut(&c);
  must((in.code == RT_OK) == (in.message[0] == 0));
  must(in.bytes <= n - 2);
  rt__source_close(source);
  rt__cutter_free(&c);
  return 0;
}
