/* tree - finding and making values: steps by name, JSON within strings, new strings. */
#include "base/json.h"
#include "feed/reading.h"

#define STEPS_MAX 64 /* of one name */

void *rt__take(rt__reading *rd, size_t n)
{
  void *p = rt__arena_take(rd->arena, n);
  if (!p)
    rt__reading_stop(rd, RT_E_NOMEM);
  return p;
}

const rt__jnode *rt__member(const rt__jnode *object, const char *name)
{
  const rt__jnode *found = NULL;
  size_t n = strlen(name);
  if (!object || object->kind != RT__JOBJECT)
    return NULL;
  for (const rt__jnode *v = object + 1; v < object + object->span; v += v->span)
    if (v->key_n == n && memcmp(v->key, name, n) == 0)
      found = v;
  return found && found->kind != RT__JNULL ? found : NULL;
}

const rt__jnode *rt__unfold(rt__reading *rd, const rt__jnode *v)
{
  const rt__jnode *root;
  if (!v || v->kind & (RT__JLIST | RT__JOBJECT))
    return v;
  if (v->kind != RT__JSTRING)
    return NULL;
  if (rt__inner_parse(&rd->inner, rt__jslice(v), &root) != RT_OK)
    rt__reading_stop(rd, RT_E_NOMEM);
  return root;
}

/* ---- streams that were logged as they were sent: "data: {...}" line by line */

static bool is_stream(rt_slice s)
{
  return rt__slice_starts(s, RT__LIT("data:")) || rt__slice_starts(s, RT__LIT("event:"));
}

/* the data of all events as the text of one list */
static rt_slice list_of_data(rt__reading *rd, rt_slice s)
{
  char *out = rt__take(rd, s.n + 3), *to = out;
  for (const char *p = s.p, *end = s.p + s.n; out && p < end;) {
    const char *newline = memchr(p, '\n', (size_t)(end - p));
    const char *stop = newline ? newline : end;
    rt_slice line = rt__slice(p, (size_t)(stop - p));
    p = newline ? newline + 1 : end;
    if (!rt__slice_starts(line, RT__LIT("data:")))
      continue;
    rt_slice data = rt__slice_trim(rt__slice(line.p + 5, line.n - 5));
    if (data.n < 2 || data.p[0] != '{' || data.p[data.n - 1] != '}')
      continue;
    *to = to == out ? '[' : ',';
    to++;
    memcpy(to, data.p, data.n);
    to += data.n;
  }
  if (!out || to == out)
    return (rt_slice){NULL, 0};
  *to++ = ']';
  return rt__slice(out, (size_t)(to - out));
}

const rt__jnode *rt__unfold_stream(rt__reading *rd, const rt__jnode *v)
{
  rt_slice s = rt__slice_trim(rt__jslice(v));
  const rt__jnode *root = NULL;
  if (!is_stream(s))
    return NULL;
  rt_slice list = list_of_data(rd, s);
  if (list.p && rt__inner_parse(&rd->inner, list, &root) != RT_OK)
    rt__reading_stop(rd, RT_E_NOMEM);
  return root;
}

/* ---- steps */

static const rt__jnode *by_key(const rt__jnode *v, rt_slice key)
{
  const rt__jnode *found = NULL;
  for (const rt__jnode *c = v + 1; c < v + v->span; c += c->span)
    if (rt__slice_eq(rt__jkey(c), key))
      found = c;
  return found;
}

static const rt__jnode *by_index(const rt__jnode *v, rt_slice key)
{
  size_t at = 0;
  if (key.n == 0 || key.n > 9 || (key.p[0] == '0' && key.n > 1))
    return NULL;
  for (size_t i = 0; i < key.n; i++) {
    if (key.p[i] < '0' || key.p[i] > '9')
      return NULL;
    at = at * 10 + (size_t)(key.p[i] - '0');
  }
  for (const rt__jnode *c = v + 1; c < v + v->span; c += c->span)
    if (at-- == 0)
      return c;
  return NULL;
}

static const rt__jnode *step(rt__reading *rd, const rt__jnode *v, rt_slice key)
{
  v = rt__unfold(rd, v);
  if (!v)
    return NULL;
  return v->kind == RT__JLIST ? by_index(v, key) : by_key(v, key);
}

/* "~1" is a slash and "~0" a tilde; RFC 6901 */
static rt_slice unescape(rt__reading *rd, rt_slice s)
{
  if (!memchr(s.p, '~', s.n))
    return s;
  char *out = rt__take(rd, s.n + 1);
  size_t n = 0;
  for (size_t i = 0; out && i < s.n; i++) {
    bool escape = s.p[i] == '~' && i + 1 < s.n && (s.p[i + 1] == '0' || s.p[i + 1] == '1');
    out[n++] = escape ? (s.p[++i] == '0' ? '~' : '/') : s.p[i];
  }
  return rt__slice(out ? out : "", n);
}

static const rt__jnode *by_pointer(rt__reading *rd, const rt__jnode *v, rt_slice rest)
{
  for (int steps = 0; v && rest.n && steps < STEPS_MAX; steps++) {
    rest.p++;
    rest.n--;
    const char *slash = memchr(rest.p, '/', rest.n);
    size_t n = slash ? (size_t)(slash - rest.p) : rest.n;
    v = step(rd, v, unescape(rd, rt__slice(rest.p, n)));
    rest.p += n;
    rest.n -= n;
  }
  return rest.n ? NULL : v;
}

/* the longest key first: dots are part of many names */
static const rt__jnode *by_dots(rt__reading *rd, const rt__jnode *v, rt_slice name, int steps)
{
  const rt__jnode *found = step(rd, v, name);
  for (size_t n = name.n; !found && steps > 0 && n-- > 1;) {
    if (name.p[n] != '.' || n + 1 == name.n)
      continue;
    const rt__jnode *in = step(rd, v, rt__slice(name.p, n));
    if (in)
      found = by_dots(rd, in, rt__slice(name.p + n + 1, name.n - n - 1), steps - 1);
  }
  return found;
}

const rt__jnode *rt__find(rt__reading *rd, const rt__jnode *from, rt_slice name)
{
  if (!from || name.n == 0)
    return NULL;
  const rt__jnode *v = name.p[0] == '/' ? by_pointer(rd, from, name) : by_dots(rd, from, name, 8);
  return v && v->kind != RT__JNULL ? v : NULL;
}

/* ---- new values */

const rt__jnode *rt__string_node(rt__reading *rd, rt_slice s)
{
  rt__jnode *v = rt__take(rd, sizeof *v);
  if (v)
    *v = (rt__jnode){.p = s.p, .n = (uint32_t)s.n, .span = 1, .kind = RT__JSTRING};
  return v;
}

const rt__jnode *rt__as_string(rt__reading *rd, const rt__jnode *v)
{
  if (!v || v->kind != RT__JNUMBER)
    return v;
  rt__jnode *s = rt__take(rd, sizeof *s);
  if (!s)
    return NULL;
  *s = *v;
  s->kind = RT__JSTRING;
  return s;
}

static void write_value(rt__json *w, const rt__jnode *v, bool keyed)
{
  if (keyed) {
    /* the writer wants a C string; keys with a NUL inside end there */
    char key[256];
    size_t n = v->key_n < sizeof key - 1 ? v->key_n : sizeof key - 1;
    memcpy(key, v->key, n);
    key[n] = 0;
    rt__json_key(w, key);
  }
  switch (v->kind) {
  case RT__JOBJECT:
  case RT__JLIST: {
    char bracket = v->kind == RT__JOBJECT ? '{' : '[';
    rt__json_open(w, bracket);
    for (const rt__jnode *c = v + 1; c < v + v->span; c += c->span)
      write_value(w, c, v->kind == RT__JOBJECT);
    rt__json_close(w, bracket == '{' ? '}' : ']');
    break;
  }
  case RT__JSTRING:
    rt__json_str(w, rt__slice(v->p, v->n));
    break;
  case RT__JNUMBER:
    rt__json_num(w, v->num);
    break;
  case RT__JBOOL:
    rt__json_bool(w, v->num != 0);
    break;
  default:
    rt__json_null(w);
    break;
  }
}

rt_slice rt__write_json(rt__reading *rd, const rt__jnode *v)
{
  rt__buf b;
  rt__json w;
  rt_slice out = {NULL, 0};
  rt__buf_init(&b, rd->inner.alloc, (size_t)1 << 24);
  rt__json_init(&w, &b);
  write_value(&w, v, false);
  if (w.code == RT_OK) {
    const char *p = rt__arena_copy(rd->arena, rt__buf_slice(&b));
    if (p)
      out = rt__slice(p, b.n);
    else
      rt__reading_stop(rd, RT_E_NOMEM);
  }
  rt__buf_free(&b);
  return out;
}
