#include <charconv>
#include <cmath>
#include <cstring>
#include <memory>
#include <new>

#include <simdjson.h>

extern "C" {
#include "base/base.h"
}
#include "feed/json.h"

/* Only simdjson's first stage is used: its token index (run-time dispatched to the CPU at hand) is
 * walked with bounds that are checked here, so that nothing depends on what the library assumes of
 * broken input. */

using simdjson::internal::dom_parser_implementation;

namespace
{

constexpr size_t kCapacityFirst = size_t(1) << 16;
constexpr size_t kNodesFirst = size_t(1) << 10;
constexpr size_t kRestBytes = size_t(1) << 23; /* what a reader may keep between lines */
constexpr size_t kRestNodes = size_t(1) << 16;

struct fault {
  rt__jfault code = RT__JFAULT_NONE;
  size_t at = 0;
  const char *what = "";
};

} // namespace

struct rt__jreader {
  rt_alloc alloc;
  std::unique_ptr<dom_parser_implementation> stage;
  char *text; /* decoded strings of the line */
  size_t text_cap;
  rt__jnode *nodes;
  size_t cap;
};

namespace
{

bool is_blank(char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* ---- strings */

/* four hex digits at p; false if they are not there */
bool hex4(const char *p, const char *end, uint32_t *v)
{
  if (end - p < 4)
    return false;
  *v = 0;
  for (int i = 0; i < 4; i++) {
    char c = p[i];
    uint32_t d;
    if (c >= '0' && c <= '9')
      d = uint32_t(c - '0');
    else if ((c | 32) >= 'a' && (c | 32) <= 'f')
      d = uint32_t((c | 32) - 'a' + 10);
    else
      return false;
    *v = *v << 4 | d;
  }
  return true;
}

char *put_utf8(char *to, uint32_t c)
{
  if (c < 0x80) {
    *to++ = char(c);
  } else if (c < 0x800) {
    *to++ = char(0xc0 | c >> 6);
    *to++ = char(0x80 | (c & 63));
  } else if (c < 0x10000) {
    *to++ = char(0xe0 | c >> 12);
    *to++ = char(0x80 | (c >> 6 & 63));
    *to++ = char(0x80 | (c & 63));
  } else {
    *to++ = char(0xf0 | c >> 18);
    *to++ = char(0x80 | (c >> 12 & 63));
    *to++ = char(0x80 | (c >> 6 & 63));
    *to++ = char(0x80 | (c & 63));
  }
  return to;
}

/* the \uXXXX whose digits start at *p, with its second half if it has one */
bool code_point(const char **p, const char *end, uint32_t *c)
{
  if (!hex4(*p, end, c))
    return false;
  *p += 4;
  if (*c < 0xd800 || *c > 0xdfff)
    return true;
  uint32_t low;
  if (*c < 0xdc00 && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u' &&
      hex4(*p + 2, end, &low) && low >= 0xdc00 && low <= 0xdfff) {
    *c = 0x10000 + ((*c - 0xd800) << 10) + (low - 0xdc00);
    *p += 6;
  } else {
    *c = 0xfffd;
  }
  return true;
}

char simple_escape(char c)
{
  switch (c) {
  case '"':
  case '\\':
  case '/':
    return c;
  case 'b':
    return '\b';
  case 'f':
    return '\f';
  case 'n':
    return '\n';
  case 'r':
    return '\r';
  case 't':
    return '\t';
  default:
    return 0;
  }
}

/* decodes [p, end), whose first backslash is at `mark`; end of the output, or nullptr with *bad
 * set. The output is never longer than the input. */
char *decode(const char *p, const char *mark, const char *end, char *to, const char **bad)
{
  while (mark) {
    size_t plain = size_t(mark - p);
    std::memcpy(to, p, plain);
    to += plain;
    p = mark + 1;
    *bad = mark;
    if (p == end)
      return nullptr;
    if (*p == 'u') {
      uint32_t c;
      p++;
      if (!code_point(&p, end, &c))
        return nullptr;
      to = put_utf8(to, c);
    } else {
      char c = simple_escape(*p++);
      if (!c)
        return nullptr;
      *to++ = c;
    }
    mark = p == end ? nullptr : static_cast<const char *>(std::memchr(p, '\\', size_t(end - p)));
  }
  std::memcpy(to, p, size_t(end - p));
  return to + (end - p);
}

/* ---- numbers */

const char *digits(const char *p, const char *end)
{
  while (p < end && *p >= '0' && *p <= '9')
    p++;
  return p;
}

/* JSON's grammar: no plus, no leading zero, digits on both sides of the point */
bool is_number(const char *p, const char *end)
{
  if (p < end && *p == '-')
    p++;
  const char *q = digits(p, end);
  if (q == p || (*p == '0' && q - p > 1))
    return false;
  if (q < end && *q == '.') {
    p = q + 1;
    q = digits(p, end);
    if (q == p)
      return false;
  }
  if (q < end && (*q == 'e' || *q == 'E')) {
    p = q + 1;
    if (p < end && (*p == '+' || *p == '-'))
      p++;
    q = digits(p, end);
    if (q == p)
      return false;
  }
  return q == end;
}

double number_value(const char *p, const char *end)
{
  double v = 0;
  auto r = std::from_chars(p, end, v);
  if (r.ec == std::errc::result_out_of_range)
    return *p == '-' ? -HUGE_VAL : HUGE_VAL;
  return v;
}

/* ---- the walk over the token index */

struct walk {
  rt__jreader *r;
  const char *line;
  size_t n;
  const uint32_t *index;
  size_t tokens, at = 0, count = 0;
  char *text;
  int depth = 0;
  fault bad;

  size_t start(size_t i) const
  {
    return i < tokens ? index[i] : n;
  }
  char here() const
  {
    return at < tokens ? line[index[at]] : '\0';
  }
  /* end of token i without the blanks behind it */
  size_t end(size_t i) const
  {
    size_t e = start(i + 1);
    while (e > index[i] + 1 && is_blank(line[e - 1]))
      e--;
    return e;
  }
  bool fail(rt__jfault code, const char *what)
  {
    bad = {code, start(at), what};
    return false;
  }
  bool value();
  bool add(rt__jkind kind, size_t *out);
  bool grow();
  bool string(const char **p, uint32_t *len);
  bool members(size_t self);
  bool member();
  bool elements(size_t self);
  bool container(size_t self, bool object);
  bool word(const char *text, rt__jkind kind, double num);
  bool number();
};

bool walk::grow()
{
  if (r->cap == RT__JSON_NODES_MAX)
    return fail(RT__JFAULT_MANY, "more values than a line may hold");
  size_t cap = r->cap * 2;
  auto *p =
      static_cast<rt__jnode *>(rt__realloc(&r->alloc, r->nodes, r->cap, cap, sizeof(rt__jnode)));
  if (!p)
    return fail(RT__JFAULT_NOMEM, "out of memory");
  r->nodes = p;
  r->cap = cap;
  return true;
}

bool walk::add(rt__jkind kind, size_t *out)
{
  if (count == r->cap && !grow())
    return false;
  *out = count++;
  r->nodes[*out] = {nullptr, line + start(at), 0, 0, 0, 1, uint32_t(kind)};
  return true;
}

bool walk::string(const char **p, uint32_t *len)
{
  size_t from = index[at] + 1, to = end(at);
  if (to <= from || line[to - 1] != '"')
    return fail(RT__JFAULT_BROKEN, "a string that does not end");
  to--;
  const char *first = line + from, *last = line + to;
  auto *mark = static_cast<const char *>(std::memchr(first, '\\', to - from));
  *p = first;
  *len = uint32_t(to - from);
  if (mark) {
    const char *wrong = first;
    char *stop = decode(first, mark, last, text, &wrong);
    if (!stop) {
      bad = {RT__JFAULT_BROKEN, size_t(wrong - line), "an escape that JSON does not know"};
      return false;
    }
    *p = text;
    *len = uint32_t(stop - text);
    text = stop;
  }
  at++;
  return true;
}

bool walk::word(const char *want, rt__jkind kind, double num)
{
  size_t from = index[at], len = std::strlen(want), self;
  if (end(at) - from != len || std::memcmp(line + from, want, len) != 0)
    return fail(RT__JFAULT_BROKEN, "neither a value nor a bracket");
  if (!add(kind, &self))
    return false;
  r->nodes[self].n = uint32_t(len);
  r->nodes[self].num = num;
  at++;
  return true;
}

bool walk::number()
{
  size_t from = index[at], to = end(at), self;
  if (!is_number(line + from, line + to))
    return fail(RT__JFAULT_BROKEN, "not a JSON number");
  if (!add(RT__JNUMBER, &self))
    return false;
  r->nodes[self].n = uint32_t(to - from);
  r->nodes[self].num = number_value(line + from, line + to);
  at++;
  return true;
}

bool walk::member()
{
  const char *key;
  uint32_t key_n;
  if (here() != '"')
    return fail(RT__JFAULT_BROKEN, "a key in quotes is missing");
  if (!string(&key, &key_n))
    return false;
  if (here() != ':')
    return fail(RT__JFAULT_BROKEN, "a colon is missing");
  at++;
  size_t self = count;
  if (!value())
    return false;
  r->nodes[self].key = key;
  r->nodes[self].key_n = key_n;
  return true;
}

/* what stands between the brackets; the opening one is passed */
bool walk::container(size_t self, bool object)
{
  const char close = object ? '}' : ']';
  if (here() != close) {
    for (;;) {
      if (!(object ? member() : value()))
        return false;
      if (here() == close)
        break;
      if (here() != ',')
        return fail(RT__JFAULT_BROKEN,
                    object ? "a comma or } is missing" : "a comma or ] is missing");
      at++;
    }
  }
  rt__jnode *v = &r->nodes[self];
  v->n = uint32_t(line + start(at) + 1 - v->p);
  v->span = uint32_t(count - self);
  at++;
  return true;
}

bool walk::value()
{
  size_t self;
  char c = here();
  switch (c) {
  case '{':
  case '[':
    if (depth == RT__JSON_DEPTH_MAX)
      return fail(RT__JFAULT_DEEP, "nested deeper than a line may be");
    if (!add(c == '{' ? RT__JOBJECT : RT__JLIST, &self))
      return false;
    at++;
    depth++;
    if (!container(self, c == '{'))
      return false;
    depth--;
    return true;
  case '"': {
    if (!add(RT__JSTRING, &self))
      return false;
    const char *p;
    uint32_t len;
    if (!string(&p, &len))
      return false;
    r->nodes[self].p = p;
    r->nodes[self].n = len;
    return true;
  }
  case 't':
    return word("true", RT__JBOOL, 1);
  case 'f':
    return word("false", RT__JBOOL, 0);
  case 'n':
    return word("null", RT__JNULL, 0);
  default:
    if (at >= tokens)
      return fail(RT__JFAULT_BROKEN, "the line ends where a value should be");
    return number();
  }
}

/* ---- room for a line */

bool reserve(rt__jreader *r, size_t n)
{
  if (n <= r->text_cap && r->stage)
    return true;
  size_t cap = r->text_cap ? r->text_cap : kCapacityFirst;
  while (cap < n)
    cap += cap / 2;
  auto *text = static_cast<char *>(rt__realloc(&r->alloc, r->text, r->text_cap, cap, 1));
  if (!text)
    return false;
  r->text = text;
  r->text_cap = cap;
  if (r->stage)
    return r->stage->set_capacity(cap) == simdjson::SUCCESS;
  return simdjson::get_active_implementation()->create_dom_parser_implementation(
             cap, RT__JSON_DEPTH_MAX, r->stage) == simdjson::SUCCESS;
}

/* why a line failed, best reason first: looked at only when it did */
fault diagnose(const char *line, size_t n, fault f)
{
  if (f.code == RT__JFAULT_NOMEM)
    return f;
  if (auto *zero = static_cast<const char *>(std::memchr(line, 0, n)))
    return {RT__JFAULT_NUL, size_t(zero - line), "a NUL byte"};
  if (!simdjson::validate_utf8(line, n))
    return {RT__JFAULT_UTF8, 0, "bytes that are not UTF-8"};
  return f;
}

fault stage_fault(simdjson::error_code e)
{
  switch (e) {
  case simdjson::MEMALLOC:
    return {RT__JFAULT_NOMEM, 0, "out of memory"};
  case simdjson::UNCLOSED_STRING:
    return {RT__JFAULT_BROKEN, 0, "a string that does not end"};
  case simdjson::UNESCAPED_CHARS:
    return {RT__JFAULT_BROKEN, 0, "a control character inside a string"};
  default:
    return {RT__JFAULT_BROKEN, 0, "not JSON"};
  }
}

/* the quote that ends a string, from its first byte on; `end` if there is none */
const char *skip_string(const char *p, const char *end)
{
  const char *first = p;
  while (p < end && (p = static_cast<const char *>(std::memchr(p, '"', size_t(end - p))))) {
    size_t slashes = 0;
    while (p - slashes > first && p[-1 - ptrdiff_t(slashes)] == '\\')
      slashes++;
    if (slashes % 2 == 0)
      return p;
    p++;
  }
  return end;
}

/* The token index of a huge line could be four times its size. What has more tokens or brackets
 * than a tree may have is told beforehand. */
fault look_over(const char *line, size_t n)
{
  const size_t tokens_max = 8 * RT__JSON_NODES_MAX; /* key, colon, value, comma, blanks between */
  size_t tokens = 0;
  int depth = 0;
  for (const char *p = line, *end = line + n; p < end; p++) {
    switch (*p) {
    case '"':
      tokens++;
      p = skip_string(p + 1, end);
      break;
    case '[':
    case '{':
      tokens++;
      if (++depth > RT__JSON_DEPTH_MAX)
        return {RT__JFAULT_DEEP, size_t(p - line), "nested deeper than a line may be"};
      break;
    case ']':
    case '}':
      depth--;
      tokens++;
      break;
    case ',':
    case ':':
      tokens++;
      break;
    default:
      tokens += is_blank(*p) && p + 1 < end && !is_blank(p[1]);
      break;
    }
    if (tokens > tokens_max)
      return {RT__JFAULT_MANY, size_t(p - line), "more values than a line may hold"};
  }
  return {};
}

fault parse(rt__jreader *r, const char *line, size_t n)
{
  fault f = n > kRestBytes ? look_over(line, n) : fault{};
  if (f.code != RT__JFAULT_NONE)
    return f;
  if (n >= UINT32_MAX || !reserve(r, n))
    return {RT__JFAULT_NOMEM, 0, "out of memory"};
  auto *bytes = reinterpret_cast<const uint8_t *>(line);
  auto e = r->stage->stage1(bytes, n, simdjson::stage1_mode::regular);
  if (e != simdjson::SUCCESS)
    return stage_fault(e);
  walk w{r,       line, n, r->stage->structural_indexes.get(), r->stage->n_structural_indexes, 0, 0,
         r->text, 0,    {}};
  if (w.value() && w.at < w.tokens)
    w.fail(RT__JFAULT_BROKEN, "more behind the value");
  return w.bad;
}

} // namespace

/* ---- the C face */

rt_code rt__jreader_new(const rt_alloc *alloc, rt__jreader **out)
{
  void *room = rt__calloc(alloc, 1, sizeof(rt__jreader));
  if (!room)
    return RT_E_NOMEM;
  auto *r = new (room) rt__jreader{*alloc, nullptr, nullptr, 0, nullptr, 0};
  r->nodes =
      static_cast<rt__jnode *>(rt__realloc(alloc, nullptr, 0, kNodesFirst, sizeof(rt__jnode)));
  r->cap = r->nodes ? kNodesFirst : 0;
  if (!r->nodes || !reserve(r, 1)) {
    rt__jreader_free(r);
    return RT_E_NOMEM;
  }
  *out = r;
  return RT_OK;
}

void rt__jreader_free(rt__jreader *r)
{
  if (!r)
    return;
  rt_alloc a = r->alloc;
  rt__free(&a, r->text, r->text_cap);
  rt__free(&a, r->nodes, r->cap * sizeof(rt__jnode));
  r->~rt__jreader();
  rt__free(&a, r, sizeof *r);
}

rt__jfault rt__jreader_parse(rt__jreader *r, const char *line, size_t n, const rt__jnode **root,
                             size_t *at, const char **what)
{
  fault f = parse(r, line, n);
  if (f.code != RT__JFAULT_NONE)
    f = diagnose(line, n, f);
  *root = r->nodes;
  *at = f.at;
  *what = f.what;
  return f.code;
}

void rt__jreader_rest(rt__jreader *r)
{
  if (r->text_cap > kRestBytes) {
    rt__free(&r->alloc, r->text, r->text_cap);
    r->text = nullptr;
    r->text_cap = 0;
    r->stage.reset();
  }
  if (r->cap > kRestNodes) {
    auto *p = static_cast<rt__jnode *>(
        rt__realloc(&r->alloc, r->nodes, r->cap, kRestNodes, sizeof(rt__jnode)));
    if (p) {
      r->nodes = p;
      r->cap = kRestNodes;
    }
  }
}

size_t rt__json_compact(const rt__jnode *v, char *out)
{
  size_t n = 0;
  if (simdjson::minify(v->p, v->n, out, n) != simdjson::SUCCESS)
    return 0;
  return n;
}
