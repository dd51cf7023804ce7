/* Cutting a stream into lines: for every batch size the same lines as a plain split gives. */
#include "feed/line.h"
#include "scratch.h"

#include "base/hash.h"

struct seen {
  char *bytes; /* the lines that came, each with its newline if it had one */
  size_t n;
  uint64_t newlines;
  unsigned calm_calls;
  size_t largest;
};

static void calm(void *ctx)
{
  ((struct seen *)ctx)->calm_calls++;
}

/* cuts an input; checks that batches are whole lines and that their places are right */
static void cut(const char *path, size_t batch, size_t line_max, struct seen *seen,
                rt__tally *tally, const char *content)
{
  const char *paths[] = {path};
  rt__inputs list;
  rt__cutter c = {.batch_size = batch, .line_max = line_max, .calm = calm, .calm_ctx = seen};
  rt__batch b;
  assert_int_equal(rt__inputs_list(rt_alloc_default(), paths, 1, &list, NULL), RT_OK);
  assert_int_equal(rt__source_new(rt_alloc_default(), &c.source), RT_OK);
  assert_int_equal(rt__cutter_init(&c, rt_alloc_default()), RT_OK);
  assert_int_equal(rt__batch_init(&b, &c), RT_OK);
  (void)rt__source_open(c.source, &list.v[0]);
  rt__cutter_start(&c, 3);
  rt_slice head = rt__cutter_peek(&c, 8);
  assert_true(head.n == list.v[0].size || head.n >= 8);
  for (;;) {
    assert_int_equal(rt__cutter_next(&c, &b), RT_OK);
    if (b.n == 0)
      break;
    assert_int_equal(b.at.file, 3);
    uint64_t line = 1;
    for (size_t i = 0; i < b.at.offset; i++)
      line += content[i] == '\n';
    assert_int_equal(b.at.line, line);
    assert_memory_equal(b.p, content + b.at.offset, b.n);
    assert_true(b.at.offset == 0 || content[b.at.offset - 1] == '\n');
    memcpy(seen->bytes + seen->n, b.p, b.n);
    seen->n += b.n;
    if (b.cap > seen->largest)
      seen->largest = b.cap;
    rt__batch_shrink(&b, &c);
    assert_int_equal(b.cap, batch);
  }
  *tally = c.tally;
  rt__source_close(c.source);
  rt__source_free(c.source);
  rt__batch_free(&b, &c);
  rt__cutter_free(&c);
  rt__inputs_free(&list);
}

/* the plain version: all lines but those that no batch of this size can hold */
static size_t plain_cut(const char *p, size_t n, size_t batch, size_t line_max, char *out,
                        size_t *dropped)
{
  size_t top = line_max + 2 > batch ? line_max + 2 : batch, k = 0;
  *dropped = 0;
  while (n > 0) {
    const char *end = memchr(p, '\n', n);
    size_t len = end ? (size_t)(end - p) + 1 : n;
    /* a line without a newline behind it may fill the buffer and is only then known to be over */
    if (len > top || (!end && len == top)) {
      ++*dropped;
    } else {
      memcpy(out + k, p, len);
      k += len;
    }
    p += len;
    n -= len;
  }
  return k;
}

static void any_batch_size_gives_the_same_lines(void **state)
{
  const size_t max = 6000;
  char *text = malloc(max), *want = malloc(max);
  struct seen seen = {.bytes = malloc(max)};
  rt__rng rng = {11, 0};
  size_t total_dropped = 0, grown = 0;
  (void)state;
  assert_true(text && want && seen.bytes);
  for (int round = 0; round < 400; round++) {
    size_t n = rt__rng_below(&rng, max), mean = 1 + rt__rng_below(&rng, 200);
    size_t batch = 8 + rt__rng_below(&rng, 300), line_max = 16 + rt__rng_below(&rng, 500), dropped;
    for (size_t i = 0; i < n; i++)
      text[i] = rt__rng_below(&rng, mean) == 0 ? '\n' : (char)('a' + rt__rng_below(&rng, 3));
    seen.n = seen.calm_calls = 0;
    seen.largest = 0;
    rt__tally tally;
    cut(scratch_put("lines", text, n), batch, line_max, &seen, &tally, text);
    size_t want_n = plain_cut(text, n, batch, line_max, want, &dropped);
    assert_int_equal(seen.n, want_n);
    assert_memory_equal(seen.bytes, want, want_n);
    assert_int_equal(tally.count[RT__CAUSE_LONG], dropped);
    assert_true(seen.largest <= (line_max + 2 > batch ? line_max + 2 : batch));
    assert_true(seen.largest <= batch || seen.calm_calls > 0);
    total_dropped += dropped;
    grown += seen.largest > batch;
  }
  assert_true(total_dropped > 100 && grown > 50);
  free(text);
  free(want);
  free(seen.bytes);
}

static void dropped_lines_have_their_place(void **state)
{
  char text[400], *p = text;
  struct seen seen = {.bytes = malloc(sizeof text)};
  rt__tally tally;
  (void)state;
  memset(text, 'x', sizeof text);
  p[9] = '\n';   /* 1: 9 bytes */
  p[109] = '\n'; /* 2: 99 bytes, dropped */
  p[119] = '\n'; /* 3 */
  p[320] = '\n'; /* 4: dropped; 5: to the end, dropped */
  cut(scratch_put("places", text, sizeof text), 16, 40, &seen, &tally, text);
  assert_int_equal(seen.n, 20);
  assert_int_equal(tally.count[RT__CAUSE_LONG], 3);
  static const struct {
    uint64_t line, offset;
  } want[] = {{2, 10}, {4, 120}, {5, 321}};
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(tally.first[RT__CAUSE_LONG][i].at.line, want[i].line);
    assert_int_equal(tally.first[RT__CAUSE_LONG][i].at.offset, want[i].offset);
  }
  free(seen.bytes);
}

/* the line in which a stream breaks off is not taken for a line */
static void a_broken_end_is_no_line(void **state)
{
  const size_t n = 400000;
  char *text = malloc(n);
  struct seen seen = {.bytes = malloc(n)};
  rt__tally tally;
  rt__rng rng = {3, 0};
  size_t k;
  (void)state;
  assert_true(text && seen.bytes);
  for (size_t i = 0; i < n; i++)
    text[i] = i % 100 == 99 ? '\n' : (char)('a' + rt__rng_below(&rng, 20));
  unsigned char *p = pack_gzip(text, n, &k);
  cut(scratch_put("broken", p, k / 2), 4096, 1000, &seen, &tally, text);
  assert_true(seen.n > n / 4 && seen.n < n * 3 / 4);
  assert_int_equal(seen.n % 100, 0);
  free(p);
  free(text);
  free(seen.bytes);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(any_batch_size_gives_the_same_lines),
                                     cmocka_unit_test(dropped_lines_have_their_place),
                                     cmocka_unit_test(a_broken_end_is_no_line)};
  return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
