#include "feed/worker.h"

#define ARENA_REST ((size_t)8 << 20) /* what a worker keeps between lines */

static rt_code emit(void *ctx, const rt_exchange *x, const rt__place *at, rt_error *err)
{
  rt__worker *w = ctx;
  return w->cb->exchange ? w->cb->exchange(w->cb->ctx, w->index, x, at, err) : RT_OK;
}

/* joined texts, headers, knobs and values put together of a line: a few times its bytes, and some
 * change */
static rt_code new_arena(rt__worker *w)
{
  return rt__arena_new(w->alloc, 8 * w->line_max + ((size_t)16 << 20), &w->reading.arena);
}

rt_code rt__worker_init(rt__worker *w)
{
  rt__reading_init(&w->reading, w->alloc);
  rt__hold_init(&w->hold, w->alloc, w->hold_dir, w->hold_memory);
  w->reading.hold = &w->hold;
  w->reading.tally = &w->tally;
  w->reading.emit = emit;
  w->reading.emit_ctx = w;
  w->reading.err = &w->err;
  rt_code c = new_arena(w);
  return c == RT_OK ? rt__jreader_new(w->alloc, &w->json) : c;
}

void rt__worker_free(rt__worker *w)
{
  rt__jreader_free(w->json);
  rt__arena_free(w->reading.arena);
  rt__reading_free(&w->reading);
  rt__hold_free(&w->hold);
}

uint64_t rt__worker_exchanges(const rt__worker *w)
{
  return w->reading.emitted;
}

static const rt__cause fault_causes[] = {
    [RT__JFAULT_BROKEN] = RT__CAUSE_BROKEN, [RT__JFAULT_UTF8] = RT__CAUSE_UTF8,
    [RT__JFAULT_NUL] = RT__CAUSE_NUL,       [RT__JFAULT_DEEP] = RT__CAUSE_DEEP,
    [RT__JFAULT_MANY] = RT__CAUSE_MANY,
};

static void read_line(rt__worker *w, rt_slice line)
{
  const rt__jnode *root;
  const char *what;
  size_t at;
  const rt__place *place = &w->reading.at;
  rt__arena_clear(w->reading.arena);
  rt__jfault f = rt__jreader_parse(w->json, line.p, line.n, &root, &at, &what);
  if (f == RT__JFAULT_NOMEM)
    rt__reading_stop(&w->reading, RT_E_NOMEM);
  else if (f != RT__JFAULT_NONE)
    rt__tally_add(&w->tally, fault_causes[f], place, "%s, at byte %zu of the line", what, at);
  else
    rt__read_record(&w->reading, root, line);
}

void rt__worker_rest(rt__worker *w)
{
  rt__jreader_rest(w->json);
  rt__inner_rest(&w->reading.inner);
  if (rt__arena_bytes(w->reading.arena) <= ARENA_REST)
    return;
  rt__arena_free(w->reading.arena);
  w->reading.arena = NULL;
  rt__reading_stop(&w->reading, new_arena(w));
}

/* the line without what is no part of it: its end, a byte order mark at the start of the input */
static rt_slice bare(rt_slice line, const rt__place *at)
{
  if (line.n && line.p[line.n - 1] == '\r')
    line.n--;
  if (at->offset == 0 && rt__slice_starts(line, RT__LIT("\xef\xbb\xbf"))) {
    line.p += 3;
    line.n -= 3;
  }
  return line;
}

static void one_line(rt__worker *w, rt_slice line)
{
  rt__reading *rd = &w->reading;
  w->lines++;
  line = bare(line, &rd->at);
  if (line.n > w->line_max) {
    rt__tally_add(&w->tally, RT__CAUSE_LONG, &rd->at, "longer than %zu bytes", w->line_max);
  } else if (rt__slice_trim(line).n == 0) {
    w->blank++;
  } else if (w->cb->line) {
    rt__reading_stop(rd, w->cb->line(w->cb->ctx, w->index, line, &rd->at, &w->err));
  } else {
    read_line(w, line);
    if (line.n > ARENA_REST / 2)
      rt__worker_rest(w);
  }
}

rt_code rt__worker_batch(rt__worker *w, const rt__batch *b)
{
  rt__reading *rd = &w->reading;
  const char *p = b->p, *end = b->p + b->n;
  rd->at = b->at;
  while (p < end && rd->stop == RT_OK) {
    const char *newline = memchr(p, '\n', (size_t)(end - p));
    const char *stop = newline ? newline : end, *next = newline ? newline + 1 : end;
    one_line(w, rt__slice(p, (size_t)(stop - p)));
    rd->at.line++;
    rd->at.offset += (uint64_t)(next - p);
    p = next;
  }
  return rt__worker_stop(w);
}

rt_code rt__worker_stop(rt__worker *w)
{
  const rt__reading *rd = &w->reading;
  if (rd->stop != RT_OK && w->err.code == RT_OK)
    (void)rt__fail_at(&w->err, rd->stop, rd->at.line, rd->at.offset, "%s", rt_code_text(rd->stop));
  return rd->stop;
}
