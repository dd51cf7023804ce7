#include "base/json_read.h"

#include <stdlib.h>

struct rt__jr {
  rt_alloc alloc;
  rt__jr_node *nodes;
  size_t n, cap, max;
};

typedef struct reader {
  rt__jr *d;
  const char *p, *end, *start;
  rt_error *err;
} reader;

static rt_code fail(reader *r, rt_code code, const char *what)
{
  uint64_t line = 1;
  for (const char *q = r->start; q < r->p; q++)
    line += *q == '\n';
  return rt__fail_at(r->err, code, line, (uint64_t)(r->p - r->start), "JSON, line %llu: %s",
                     (unsigned long long)line, what);
}

static void blanks(reader *r)
{
  while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\t' || *r->p == '\r'))
    r->p++;
}

static rt_code add_node(reader *r, rt__jr_type type, uint32_t *at)
{
  rt__jr *d = r->d;
  if (d->n >= d->max)
    return fail(r, RT_E_LIMIT, "too many values");
  if (d->n == d->cap) {
    size_t cap = d->cap ? d->cap * 2 : 64;
    cap = cap > d->max ? d->max : cap;
    rt__jr_node *p = rt__realloc(&d->alloc, d->nodes, d->cap, cap, sizeof *p);
    if (!p)
      return fail(r, RT_E_NOMEM, "out of memory");
    d->nodes = p;
    d->cap = cap;
  }
  d->nodes[d->n] = (rt__jr_node){.type = type};
  *at = (uint32_t)d->n++;
  return RT_OK;
}

static bool is_hex(char c)
{
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* r->p stands on a backslash; leaves it behind the escape */
static rt_code escape(reader *r)
{
  if (r->end - r->p < 2)
    return fail(r, RT_E_TRUNCATED, "the text ends inside a string");
  char c = r->p[1];
  if (c == 'u') {
    if (r->end - r->p < 6)
      return fail(r, RT_E_TRUNCATED, "the text ends inside a string");
    for (int i = 2; i < 6; i++)
      if (!is_hex(r->p[i]))
        return fail(r, RT_E_FORMAT, "bad \\u escape");
    r->p += 6;
    return RT_OK;
  }
  if (!strchr("\"\\/bfnrt", c) || c == '\0')
    return fail(r, RT_E_FORMAT, "unknown escape");
  r->p += 2;
  return RT_OK;
}

static rt_code string(reader *r, rt_slice *raw)
{
  if (r->p >= r->end)
    return fail(r, RT_E_TRUNCATED, "the text ends too early");
  if (*r->p != '"')
    return fail(r, RT_E_FORMAT, "a string is expected");
  const char *from = ++r->p;
  while (r->p < r->end && *r->p != '"') {
    if ((unsigned char)*r->p < 0x20)
      return fail(r, RT_E_FORMAT, "control character in a string");
    rt_code c = RT_OK;
    if (*r->p == '\\')
      c = escape(r);
    else
      r->p++;
    if (c != RT_OK)
      return c;
  }
  if (r->p >= r->end)
    return fail(r, RT_E_TRUNCATED, "the text ends inside a string");
  *raw = rt__slice(from, (size_t)(r->p - from));
  r->p++;
  return RT_OK;
}

static size_t digits(reader *r)
{
  size_t n = 0;
  for (; r->p < r->end && *r->p >= '0' && *r->p <= '9'; r->p++)
    n++;
  return n;
}

static rt_code number(reader *r, rt_slice *raw)
{
  const char *from = r->p;
  if (*r->p == '-')
    r->p++;
  bool zero = r->p < r->end && *r->p == '0';
  size_t whole = digits(r);
  if (whole == 0 || (zero && whole > 1))
    return fail(r, RT_E_FORMAT, "not a value");
  if (r->p < r->end && *r->p == '.') {
    r->p++;
    if (digits(r) == 0)
      return fail(r, RT_E_FORMAT, "digits are missing behind the point");
  }
  if (r->p < r->end && (*r->p == 'e' || *r->p == 'E')) {
    r->p++;
    if (r->p < r->end && (*r->p == '+' || *r->p == '-'))
      r->p++;
    if (digits(r) == 0)
      return fail(r, RT_E_FORMAT, "digits are missing in the exponent");
  }
  *raw = rt__slice(from, (size_t)(r->p - from));
  return RT_OK;
}

static bool word(reader *r, const char *w)
{
  size_t n = strlen(w);
  if ((size_t)(r->end - r->p) < n || memcmp(r->p, w, n) != 0)
    return false;
  r->p += n;
  return true;
}

static rt_code value(reader *r, int depth, uint32_t *at);

/* one member or element, hung behind *last (0 = first) under `parent` */
static rt_code child(reader *r, uint32_t parent, uint32_t *last, int depth)
{
  rt_slice key = {0};
  rt_code c;
  blanks(r);
  if (r->d->nodes[parent].type == RT__JR_OBJECT) {
    if ((c = string(r, &key)) != RT_OK)
      return c;
    blanks(r);
    if (r->p >= r->end || *r->p != ':')
      return fail(r, RT_E_FORMAT, "a colon is expected");
    r->p++;
  }
  uint32_t at;
  if ((c = value(r, depth + 1, &at)) != RT_OK)
    return c;
  rt__jr_node *nodes = r->d->nodes;
  nodes[at].key = key;
  nodes[parent].n++;
  if (*last)
    nodes[*last].next = at;
  else
    nodes[parent].first = at;
  *last = at;
  return RT_OK;
}

static rt_code container(reader *r, uint32_t at, char close, int depth)
{
  uint32_t last = 0;
  if (depth >= RT__JR_DEPTH)
    return fail(r, RT_E_LIMIT, "nested too deeply");
  r->p++;
  blanks(r);
  if (r->p < r->end && *r->p == close) {
    r->p++;
    return RT_OK;
  }
  for (;;) {
    rt_code c = child(r, at, &last, depth);
    if (c != RT_OK)
      return c;
    blanks(r);
    if (r->p >= r->end)
      return fail(r, RT_E_TRUNCATED, "the text ends too early");
    if (*r->p == close) {
      r->p++;
      return RT_OK;
    }
    if (*r->p != ',')
      return fail(r, RT_E_FORMAT, "a comma is expected");
    r->p++;
  }
}

static rt_code value(reader *r, int depth, uint32_t *at)
{
  blanks(r);
  if (r->p >= r->end)
    return fail(r, RT_E_TRUNCATED, "the text ends too early");
  char c = *r->p;
  rt_code code = add_node(r, RT__JR_NULL, at);
  if (code != RT_OK)
    return code;
  rt__jr_node *n = &r->d->nodes[*at];
  if (c == '{' || c == '[') {
    n->type = c == '{' ? RT__JR_OBJECT : RT__JR_ARRAY;
    return container(r, *at, c == '{' ? '}' : ']', depth);
  }
  if (c == '"') {
    n->type = RT__JR_STRING;
    return string(r, &n->raw);
  }
  if (word(r, "null"))
    return RT_OK;
  if (word(r, "true") || word(r, "false")) {
    n->type = c == 't' ? RT__JR_TRUE : RT__JR_FALSE;
    return RT_OK;
  }
  n->type = RT__JR_NUMBER;
  return number(r, &n->raw);
}

rt_code rt__jr_parse(const rt_alloc *a, rt_slice text, size_t max_nodes, rt__jr **out,
                     rt_error *err)
{
  rt__jr *d = rt__calloc(a, 1, sizeof *d);
  if (!d)
    return rt__fail(err, RT_E_NOMEM, "out of memory");
  d->alloc = *a;
  d->max = max_nodes < UINT32_MAX ? max_nodes : UINT32_MAX - 1;
  const char *p = text.n ? text.p : ""; /* an empty slice may point nowhere */
  reader r = {.d = d, .p = p, .end = p + text.n, .start = p, .err = err};
  uint32_t root;
  rt_code c = value(&r, 0, &root);
  blanks(&r);
  if (c == RT_OK && r.p != r.end)
    c = fail(&r, RT_E_FORMAT, "text behind the value");
  if (c != RT_OK) {
    rt__jr_free(d);
    return c;
  }
  *out = d;
  return RT_OK;
}

void rt__jr_free(rt__jr *d)
{
  if (!d)
    return;
  rt_alloc a = d->alloc;
  rt__free(&a, d->nodes, d->cap * sizeof *d->nodes);
  rt__free(&a, d, sizeof *d);
}

const rt__jr_node *rt__jr_root(const rt__jr *d)
{
  return &d->nodes[0];
}

const rt__jr_node *rt__jr_first(const rt__jr *d, const rt__jr_node *n)
{
  return n && n->first ? &d->nodes[n->first] : NULL;
}

const rt__jr_node *rt__jr_next(const rt__jr *d, const rt__jr_node *n)
{
  return n && n->next ? &d->nodes[n->next] : NULL;
}

const rt__jr_node *rt__jr_get(const rt__jr *d, const rt__jr_node *n, const char *key)
{
  rt_slice want = rt__cstr(key);
  for (const rt__jr_node *m = rt__jr_first(d, n); m; m = rt__jr_next(d, m))
    if (n->type == RT__JR_OBJECT && rt__slice_eq(m->key, want))
      return m;
  return NULL;
}

rt_code rt__jr_number(const rt__jr_node *n, double *out)
{
  char text[64];
  if (n->type != RT__JR_NUMBER || n->raw.n >= sizeof text)
    return RT_E_FORMAT;
  memcpy(text, n->raw.p, n->raw.n);
  text[n->raw.n] = '\0';
  double v = strtod(text, NULL);
  if (!(v > -1e308 && v < 1e308))
    return RT_E_FORMAT;
  *out = v;
  return RT_OK;
}

unsigned rt__jr_hex4(const char *p)
{
  unsigned v = 0;
  for (int i = 0; i < 4; i++) {
    unsigned c = (unsigned char)p[i];
    v = v << 4 | (c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
  }
  return v;
}

static size_t utf8(unsigned cp, char out[4])
{
  if (cp < 0x80) {
    out[0] = (char)cp;
    return 1;
  }
  size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
  static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
  for (size_t i = n - 1; i > 0; i--, cp >>= 6)
    out[i] = (char)(0x80 | (cp & 0x3F));
  out[0] = (char)(lead[n] | cp);
  return n;
}

/* code point of the \u escape at p, its pair included; *used = bytes read */
static unsigned code_point(const char *p, const char *end, size_t *used)
{
  unsigned cp = rt__jr_hex4(p + 2);
  *used = 6;
  if (cp >= 0xD800 && cp < 0xDC00 && end - p >= 12 && p[6] == '\\' && p[7] == 'u') {
    unsigned low = rt__jr_hex4(p + 8);
    if (low >= 0xDC00 && low < 0xE000) {
      *used = 12;
      return 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
    }
  }
  return cp >= 0xD800 && cp < 0xE000 ? 0xFFFD : cp;
}

static rt_code unescape_one(const char *p, const char *end, size_t *used, rt__buf *out)
{
  static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
  char bytes[4];
  if (p[1] == 'u') {
    size_t n = utf8(code_point(p, end, used), bytes);
    return rt__buf_add(out, bytes, n);
  }
  *used = 2;
  const char *at = strchr(from, p[1]);
  bytes[0] = at ? to[at - from] : p[1];
  return rt__buf_add(out, bytes, 1);
}

rt_code rt__jr_string(const rt__jr_node *n, rt__buf *out)
{
  if (n->type != RT__JR_STRING)
    return RT_E_FORMAT;
  const char *p = n->raw.p, *end = p + n->raw.n;
  while (p < end) {
    size_t run = 0;
    while (p + run < end && p[run] != '\\')
      run++;
    rt_code c = rt__buf_add(out, p, run);
    p += run;
    if (c == RT_OK && p < end) {
      size_t used;
      c = unescape_one(p, end, &used, out);
      p += used;
    }
    if (c != RT_OK)
      return c;
  }
  return RT_OK;
}

bool rt__jr_is(const rt__jr_node *n, const char *s)
{
  return n->type == RT__JR_STRING && rt__slice_eq(n->raw, rt__cstr(s));
}
