#include "distill/metrics.h"

#include "base/json.h"
#include "distill/export_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const char start[] = "{\"step\":";

/* the step of a whole line; UINT64_MAX if it is none of ours */
static uint64_t step_of(rt_slice line)
{
  if (!rt__slice_starts(line, (rt_slice){start, sizeof start - 1}))
    return UINT64_MAX;
  uint64_t v = 0;
  for (size_t i = sizeof start - 1; i < line.n && line.p[i] >= '0' && line.p[i] <= '9'; i++)
    v = v * 10 + (uint64_t)(line.p[i] - '0');
  return v;
}

/* the next line, without its end; false at the end of text, or where the last line was cut */
static bool next_line(rt_slice *text, rt_slice *line)
{
  const char *end = text->n ? memchr(text->p, '\n', text->n) : NULL;
  if (!end)
    return false;
  *line = rt__slice(text->p, (size_t)(end - text->p));
  *text = rt__slice(end + 1, text->n - line->n - 1);
  return true;
}

static rt_code read_file(const rt_alloc *alloc, const char *path, rt__buf *to, rt_error *err)
{
  (void)alloc;
  FILE *in = fopen(path, "rb");
  if (!in && errno == ENOENT)
    return RT_OK;
  if (!in)
    return rt__fail(err, RT_E_IO, "%s: %s", path, strerror(errno));
  char piece[4096];
  rt_code code = RT_OK;
  for (size_t n; !code && (n = fread(piece, 1, sizeof piece, in)) > 0;)
    code = rt__buf_add(to, piece, n);
  if (code)
    (void)rt__fail(err, code, "%s: the history is too long", path);
  (void)fclose(in);
  return code;
}

rt_code rt__metrics_open(const rt_alloc *alloc, const char *path, uint64_t step, rt__metrics *m,
                         rt_error *err)
{
  *m = (rt__metrics){.alloc = *alloc, .path = path};
  rt__buf_init(&m->text, &m->alloc, RT__METRICS_BYTES);
  rt__buf old;
  rt__buf_init(&old, alloc, RT__METRICS_BYTES);
  rt_code code = read_file(alloc, path, &old, err);
  rt_slice text = rt__buf_slice(&old), line;
  while (!code && next_line(&text, &line))
    if (step_of(line) <= step) {
      code = rt__buf_add(&m->text, line.p, line.n);
      code = code ? code : rt__buf_add(&m->text, "\n", 1);
    }
  if (!code && m->text.n != old.n)
    code = rt__out_whole(alloc, path, rt__buf_slice(&m->text), err);
  rt__buf_free(&old);
  if (code)
    rt__metrics_free(m);
  return code;
}

void rt__metrics_free(rt__metrics *m)
{
  rt__buf_free(&m->text);
}

static void write_line(rt__json *j, const char *kind, const rt_state *s, const rt_means *v,
                       double seconds, double rate)
{
  bool eval = strcmp(kind, "eval") == 0;
  rt__json_open(j, '{');
  rt__json_put_u64(j, "step", s->step);
  rt__json_put_cstr(j, "kind", kind);
  const struct {
    const char *key;
    double value;
    bool on;
  } rows[] = {{"loss", v->total, true},      {"ce", v->ce, true},
              {"teacher", v->teacher, true}, {"rate", v->rate, !eval},
              {"norm", v->norm, !eval},      {"tokens", (double)s->tokens, true},
              {"tokens_per_s", rate, !eval}, {"seconds", seconds, true}};
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    if (rows[i].on) {
      rt__json_put_num(j, rows[i].key, rows[i].value);
    }
  rt__json_close(j, '}');
}

static rt_code append(const char *path, rt_slice line, rt_error *err)
{
  FILE *out = fopen(path, "ab");
  bool ok = out && fwrite(line.p, 1, line.n, out) == line.n;
  int why = errno;
  if (out && fclose(out) != 0 && ok) {
    ok = false;
    why = errno;
  }
  return ok ? RT_OK : rt__fail(err, RT_E_IO, "%s: %s", path, strerror(why));
}

rt_code rt__metrics_add(rt__metrics *m, const char *kind, const rt_state *s, const rt_means *v,
                        double seconds, double tokens_per_second, rt_error *err)
{
  size_t before = m->text.n;
  rt__json j;
  rt__json_init(&j, &m->text);
  write_line(&j, kind, s, v, seconds, tokens_per_second);
  rt_code code = j.code ? j.code : rt__buf_add(&m->text, "\n", 1);
  if (code)
    return rt__fail(err, code, "%s: the history is too long", m->path);
  return append(m->path, rt__slice(m->text.p + before, m->text.n - before), err);
}

/* ---- the page */

#define WIDTH  860.0
#define HEIGHT 360.0
#define LEFT   60.0
#define BOTTOM 40.0
#define POINTS 4000u

typedef struct range {
  double x0, x1, y0, y1;
} range;

static double field(rt_slice line, const char *key)
{
  char want[40];
  int n = snprintf(want, sizeof want, "\"%s\":", key);
  for (size_t i = 0; i + (size_t)n < line.n; i++)
    if (memcmp(line.p + i, want, (size_t)n) == 0)
      return strtod(line.p + i + n, NULL);
  return 0;
}

static bool of_kind(rt_slice line, const char *kind)
{
  char want[40];
  int n = snprintf(want, sizeof want, "\"kind\":\"%s\"", kind);
  for (size_t i = 0; i + (size_t)n <= line.n; i++)
    if (memcmp(line.p + i, want, (size_t)n) == 0)
      return true;
  return false;
}

static range range_of(rt_slice text)
{
  range r = {0, 1, 1e300, -1e300};
  rt_slice line;
  while (next_line(&text, &line)) {
    double x = (double)step_of(line), y = field(line, "loss");
    r.x1 = x > r.x1 ? x : r.x1;
    r.y0 = y < r.y0 ? y : r.y0;
    r.y1 = y > r.y1 ? y : r.y1;
  }
  if (r.y1 <= r.y0) {
    r.y0 = 0;
    r.y1 = 1;
  }
  return r;
}

static double px(const range *r, double x)
{
  return LEFT + (x - r->x0) / (r->x1 - r->x0) * (WIDTH - LEFT - 10);
}

static double py(const range *r, double y)
{
  return HEIGHT - BOTTOM - (y - r->y0) / (r->y1 - r->y0) * (HEIGHT - BOTTOM - 10);
}

static rt_code axes(rt__buf *b, const range *r)
{
  rt_code code = RT_OK;
  for (int i = 0; !code && i <= 4; i++) {
    double y = r->y0 + (r->y1 - r->y0) * i / 4, x = r->x0 + (r->x1 - r->x0) * i / 4;
    code = rt__buf_printf(b,
                          "<path class=g d='M%.1f %.1fH%.1f'/><text x='%.1f' y='%.1f' "
                          "text-anchor='end'>%.3g</text><text x='%.1f' y='%.1f' "
                          "text-anchor='middle'>%.0f</text>\n",
                          LEFT, py(r, y), WIDTH - 10, LEFT - 6, py(r, y) + 4, y, px(r, x),
                          HEIGHT - BOTTOM + 18, x);
  }
  return code;
}

static rt_code curve(rt__buf *b, rt_slice text, const range *r, const char *kind)
{
  rt_code code = rt__buf_printf(b, "<polyline class=%s points='", kind);
  rt_slice all = text, line;
  size_t n = 0, i = 0;
  while (next_line(&all, &line))
    n += of_kind(line, kind);
  size_t every = n / POINTS + 1;
  while (!code && next_line(&text, &line))
    if (of_kind(line, kind) && i++ % every == 0)
      code =
          rt__buf_printf(b, "%.1f,%.1f ", px(r, (double)step_of(line)), py(r, field(line, "loss")));
  return code ? code : rt__buf_printf(b, "'/>\n");
}

static rt_code page(rt__buf *b, rt_slice text, const char *title)
{
  range r = range_of(text);
  rt_code code = rt__buf_printf(
      b,
      "<!doctype html><meta charset=utf-8><title>%s</title><style>body{font:14px sans-serif;"
      "max-width:900px;margin:2em auto}svg{width:100%%}polyline{fill:none;stroke-width:1.5}"
      ".step{stroke:#8ab}.eval{stroke:#c30;stroke-width:2.5}.g{stroke:#ddd}text{font-size:12px;"
      "fill:#555}</style><h1>%s</h1><p>Loss by step: <span style='color:#579'>training</span>, "
      "<span style='color:#c30'>held-out</span>.</p><svg viewBox='0 0 %.0f %.0f'>\n",
      title, title, WIDTH, HEIGHT);
  code = code ? code : axes(b, &r);
  code = code ? code : curve(b, text, &r, "step");
  code = code ? code : curve(b, text, &r, "eval");
  return code ? code : rt__buf_printf(b, "</svg>\n");
}

rt_code rt__metrics_page(const rt__metrics *m, const char *title, const char *path, rt_error *err)
{
  rt__buf b;
  rt__buf_init(&b, &m->alloc, (size_t)4 << 20);
  rt_code code = page(&b, rt__buf_slice(&m->text), title);
  if (code)
    (void)rt__fail(err, code, "%s: the page is too large", path);
  else
    code = rt__out_whole(&m->alloc, path, rt__buf_slice(&b), err);
  rt__buf_free(&b);
  return code;
}
