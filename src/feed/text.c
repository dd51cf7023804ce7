#include "feed/text.h"

#include <stdlib.h>

#define SHAPE_MAX 64 /* longest mark, in its folded form */
#define INNER_MIN 64 /* bytes; a shorter text was not cut in its middle */

/* what stands in place of a text: compared without case and outer blanks, a run of digits being '#'
 */
static const rt_slice whole_marks[] = {
    RT__WORD("redacted-by-litellm"),
    RT__WORD("[redacted]"),
    RT__WORD("<redacted>"),
    RT__WORD("(redacted)"),
    RT__WORD("{redacted}"),
    RT__WORD("redacted"),
    RT__WORD("**redacted**"),
    RT__WORD("__redacted__"),
    RT__WORD("***redacted***"),
    RT__WORD("[filtered]"),
    RT__WORD("<filtered>"),
    RT__WORD("[removed]"),
    RT__WORD("<removed>"),
    RT__WORD("[hidden]"),
    RT__WORD("<hidden>"),
    RT__WORD("[omitted]"),
    RT__WORD("<omitted>"),
    RT__WORD("[masked]"),
    RT__WORD("<masked>"),
    RT__WORD("[scrubbed]"),
    RT__WORD("[content omitted]"),
    RT__WORD("[content removed]"),
    RT__WORD("[content hidden]"),
    RT__WORD("[content redacted]"),
    RT__WORD("[redacted content]"),
    RT__WORD("[message redacted]"),
    RT__WORD("[not logged]"),
    RT__WORD("<not logged>"),
    RT__WORD("[truncated]"),
    RT__WORD("<truncated>"),
};
static const char whole_begins[] = "[<({*_rR"; /* what these begin with */

/* the last bracket of a text that was cut, without the bracket and what follows it */
static const rt_slice end_marks[] = {
    RT__WORD("truncated"),
    RT__WORD("truncated # chars"),
    RT__WORD("truncated # characters"),
    RT__WORD("# chars truncated"),
    RT__WORD("# characters truncated"),
    RT__WORD("truncated # bytes"),
    RT__WORD("# bytes truncated"),
    RT__WORD("text truncated"),
    RT__WORD("content truncated"),
    RT__WORD("message truncated"),
    RT__WORD("output truncated"),
    RT__WORD("cut by logger"),
};

/* a telling piece within a text that was cut in the middle; `rare` is its byte that text seldom has
 */
static const struct {
  rt_slice text;
  size_t rare;
} inner_marks[] = {{RT__WORD("(litellm_truncated "), 8}};

/* lower case, digit runs as '#'; 0 if it would be longer than a mark can be */
static size_t fold(rt_slice s, char out[SHAPE_MAX])
{
  size_t n = 0;
  for (size_t i = 0; i < s.n; i++) {
    char c = s.p[i];
    if (c >= 'A' && c <= 'Z')
      c = (char)(c + 32);
    if (c >= '0' && c <= '9')
      c = '#';
    if (c == '#' && n > 0 && out[n - 1] == '#')
      continue;
    if (n == SHAPE_MAX)
      return 0;
    out[n++] = c;
  }
  return n;
}

static bool is_mark(rt_slice s, const rt_slice *marks, size_t n)
{
  char shape[SHAPE_MAX];
  size_t len = s.n > 2 * SHAPE_MAX ? 0 : fold(s, shape);
  for (size_t i = 0; len && i < n; i++)
    if (rt__slice_eq(marks[i], rt__slice(shape, len)))
      return true;
  return false;
}

static bool is_blanked(rt_slice s)
{
  return strchr(whole_begins, s.p[0]) && is_mark(s, whole_marks, RT__ARRAY_LEN(whole_marks));
}

/* three asterisks or more and nothing else */
static bool is_masked(rt_slice s)
{
  size_t i = 0;
  while (i < s.n && s.p[i] == '*')
    i++;
  return i == s.n && i >= 3;
}

/* "... [truncated 120 chars]": what is between the last brackets */
static bool ends_cut(rt_slice s)
{
  char last = s.p[s.n - 1], mate = last == ')' ? '(' : last == ']' ? '[' : '<';
  if (last != ')' && last != ']' && last != '>')
    return false;
  size_t from = s.n - 1, least = s.n > SHAPE_MAX ? s.n - SHAPE_MAX : 0;
  while (from > least && s.p[from - 1] != mate)
    from--;
  if (from == least)
    return false;
  rt_slice inner = rt__slice(s.p + from, s.n - 1 - from);
  while (inner.n && inner.p[0] == '.') {
    inner.p++;
    inner.n--;
  }
  return is_mark(rt__slice_trim(inner), end_marks, RT__ARRAY_LEN(end_marks));
}

static bool has_inner(rt_slice s, rt_slice mark, size_t rare)
{
  if (s.n < mark.n || s.n < INNER_MIN)
    return false;
  const char *p = s.p + rare, *last = s.p + s.n - (mark.n - rare);
  while (p <= last && (p = memchr(p, mark.p[rare], (size_t)(last - p) + 1))) {
    if (memcmp(p - rare, mark.p, mark.n) == 0)
      return true;
    p++;
  }
  return false;
}

rt__text_state rt__text_state_of(rt_slice s)
{
  rt_slice t = rt__slice_trim(s);
  if (t.n == 0)
    return RT__TEXT_EMPTY;
  if (is_blanked(t) || is_masked(t))
    return RT__TEXT_BLANKED;
  if (ends_cut(t))
    return RT__TEXT_CUT;
  for (size_t i = 0; i < RT__ARRAY_LEN(inner_marks); i++)
    if (has_inner(t, inner_marks[i].text, inner_marks[i].rare))
      return RT__TEXT_CUT;
  return RT__TEXT_GOOD;
}

/* ---- pieces */

void rt__pieces_init(rt__pieces *p, const rt_alloc *a)
{
  *p = (rt__pieces){.alloc = a};
}

void rt__pieces_free(rt__pieces *p)
{
  rt__free(p->alloc, p->v, p->cap * sizeof *p->v);
  p->v = NULL;
  p->n = p->cap = 0;
}

rt_code rt__pieces_add(rt__pieces *p, rt_slice s)
{
  if (p->n == p->cap) {
    size_t cap = p->cap ? p->cap * 2 : 32;
    rt_slice *v = rt__realloc(p->alloc, p->v, p->cap, cap, sizeof *v);
    if (!v)
      return RT_E_NOMEM;
    p->v = v;
    p->cap = cap;
  }
  p->v[p->n++] = s;
  return RT_OK;
}

static int by_bytes(const void *a, const void *b)
{
  return rt__slice_cmp(*(const rt_slice *)a, *(const rt_slice *)b);
}

void rt__pieces_sort(rt__pieces *p)
{
  if (p->n > 1)
    qsort(p->v, p->n, sizeof *p->v, by_bytes);
}

rt_code rt__pieces_join(const rt__pieces *p, size_t from, size_t to, rt__arena *arena,
                        rt_slice *out)
{
  *out = (rt_slice){NULL, 0};
  if (from >= to)
    return RT_OK;
  if (to - from == 1) {
    *out = p->v[from];
    return RT_OK;
  }
  size_t total = to - from - 1;
  for (size_t i = from; i < to; i++)
    total += p->v[i].n;
  char *at = rt__arena_take(arena, total + 1);
  if (!at)
    return RT_E_NOMEM;
  *out = rt__slice(at, total);
  for (size_t i = from; i < to; i++) {
    if (i > from)
      *at++ = '\n';
    memcpy(at, p->v[i].p, p->v[i].n);
    at += p->v[i].n;
  }
  return RT_OK;
}
