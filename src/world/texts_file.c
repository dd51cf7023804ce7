#include "world/texts_file.h"

#include "base/json_read.h"

#include <stdio.h>
#include <zstd.h>

#define NODES_MAX ((size_t)8 << 20)

const char *const rt__texts_lists[RT__POOL_CORPUS] = {"CHAT", "DIALOG", "DOCS", "APPS",
                                                      "CODE", "gsm",    "hard1"};

rt_code rt__pool_room(rt__arena *a, rt__pool *p, uint32_t n, uint32_t n_text)
{
  p->text = rt__arena_take(a, (size_t)n_text * sizeof *p->text + 1);
  p->at = rt__arena_take(a, ((size_t)n + 1) * sizeof *p->at);
  p->topic = rt__arena_take(a, (size_t)n + 1);
  p->by_topic = rt__arena_take(a, (size_t)n * sizeof *p->by_topic + 1);
  return p->text && p->at && p->topic && p->by_topic ? RT_OK : RT_E_NOMEM;
}

/* ---- characters */

/* bytes of the character or escape at s (escapes are well-formed: the JSON reader has seen them); a
 * surrogate pair is one; 0 if it is not valid */
static size_t token(rt_slice s)
{
  unsigned char c = (unsigned char)s.p[0];
  if (c == '\\') {
    if (s.p[1] != 'u')
      return 2;
    unsigned v = rt__jr_hex4(s.p + 2);
    if (v < 0xD800 || v > 0xDFFF)
      return 6;
    bool pair = v < 0xDC00 && s.n >= 12 && s.p[6] == '\\' && s.p[7] == 'u' &&
                (rt__jr_hex4(s.p + 8) & 0xFC00) == 0xDC00;
    return pair ? 12 : 0;
  }
  size_t n = c < 0x80                ? 1
             : c >= 0xC2 && c < 0xE0 ? 2
             : (c & 0xF0) == 0xE0    ? 3
             : c >= 0xF0 && c < 0xF5 ? 4
                                     : 0;
  if (n == 0 || n > s.n)
    return 0;
  for (size_t i = 1; i < n; i++)
    if (((unsigned char)s.p[i] & 0xC0) != 0x80)
      return 0;
  unsigned char d = n > 1 ? (unsigned char)s.p[1] : 0;
  bool bad = (c == 0xE0 && d < 0xA0) || (c == 0xED && d > 0x9F) || (c == 0xF0 && d < 0x90) ||
             (c == 0xF4 && d > 0x8F);
  return bad ? 0 : n;
}

size_t rt__whole_tokens(rt_slice s, size_t max, bool *ok)
{
  size_t i = 0;
  *ok = true;
  while (i < s.n) {
    size_t n = token(rt__slice(s.p + i, s.n - i));
    if (n == 0) {
      *ok = false;
      return i;
    }
    if (i + n > max)
      return i;
    i += n;
  }
  return i;
}

/* ---- lists */

static void add_turn(rt__pool *p, const rt__jr_node *n)
{
  bool ok;
  size_t len = n->type == RT__JR_STRING ? rt__whole_tokens(n->raw, RT__TEXT_MAX, &ok) : 0;
  if (len && ok)
    p->text[p->n_text++] = rt__slice(n->raw.p, len);
}

static void add_item(rt__pool *p, const rt__jr *d, const rt__jr_node *n)
{
  uint32_t before = p->n_text;
  if (n->type == RT__JR_ARRAY)
    for (const rt__jr_node *m = rt__jr_first(d, n); m; m = rt__jr_next(d, m))
      add_turn(p, m);
  else
    add_turn(p, n);
  if (p->n_text > before)
    p->at[++p->n] = p->n_text;
}

static rt_code take_list(rt__arena *a, rt__pool *p, const rt__jr *d, const rt__jr_node *list,
                         rt_error *err)
{
  rt_slice name = list->key;
  uint32_t n_text = 0;
  if (list->type != RT__JR_ARRAY)
    return rt__fail(err, RT_E_FORMAT, "texts: %.*s is not a list", (int)name.n, name.p);
  for (const rt__jr_node *n = rt__jr_first(d, list); n; n = rt__jr_next(d, n))
    n_text += n->type == RT__JR_ARRAY ? n->n : 1;
  if (rt__pool_room(a, p, list->n, n_text) != RT_OK)
    return rt__fail(err, RT_E_NOMEM, "texts: out of memory");
  (void)snprintf(p->name, sizeof p->name, "%.*s", (int)(name.n < 20 ? name.n : 20), name.p);
  for (const rt__jr_node *n = rt__jr_first(d, list); n; n = rt__jr_next(d, n))
    add_item(p, d, n);
  return RT_OK;
}

static rt_code take_lists(rt__arena *a, const rt__jr *d, rt__pool *pools, uint32_t *corpora,
                          rt_error *err)
{
  const rt__jr_node *root = rt__jr_root(d);
  rt_code c = RT_OK;
  *corpora = 0;
  if (root->type != RT__JR_OBJECT)
    return rt__fail(err, RT_E_FORMAT, "texts: the file is not a JSON object of lists");
  for (uint32_t i = 0; c == RT_OK && i < RT__POOL_CORPUS; i++) {
    const rt__jr_node *list = rt__jr_get(d, root, rt__texts_lists[i]);
    if (list)
      c = take_list(a, &pools[i], d, list, err);
  }
  const rt__jr_node *n = rt__jr_first(d, rt__jr_get(d, root, "CORPUS"));
  for (; c == RT_OK && n && *corpora < RT__CORPORA_MAX; n = rt__jr_next(d, n)) {
    rt__pool *p = &pools[RT__POOL_CORPUS + *corpora];
    *p = (rt__pool){0};
    c = take_list(a, p, d, n, err);
    *corpora += p->n > 0;
  }
  return c;
}

rt_code rt__texts_take(const rt_alloc *alloc, rt_slice json, rt__arena *arena, rt__pool *pools,
                       uint32_t *corpora, rt_error *err)
{
  rt__jr *d;
  rt_code c = rt__jr_parse(alloc, json, NODES_MAX, &d, err);
  if (c != RT_OK)
    return c;
  c = take_lists(arena, d, pools, corpora, err);
  rt__jr_free(d);
  return c;
}

/* ---- bytes */

rt_code rt__texts_read(const rt_alloc *a, const char *path, rt__buf *b, rt_error *err)
{
  FILE *f = fopen(path, "rb");
  if (!f)
    return rt__fail(err, RT_E_IO, "texts: cannot open %s", path);
  rt_code c = RT_OK;
  size_t n = 1;
  rt__buf_init(b, a, RT__TEXTS_FILE_MAX);
  while (c == RT_OK && n > 0) {
    c = rt__buf_reserve(b, 1 << 16);
    n = c == RT_OK ? fread(b->p + b->n, 1, 1 << 16, f) : 0;
    b->n += n;
  }
  if (ferror(f))
    c = RT_E_IO;
  (void)fclose(f);
  return c == RT_OK ? c : rt__fail(err, c, "texts: %s: %s", path, rt_code_text(c));
}

rt_code rt__texts_unpack(rt__buf *b, const char *path, rt_error *err)
{
  if (b->n < 4 || memcmp(b->p, "\x28\xb5\x2f\xfd", 4) != 0)
    return RT_OK;
  rt__buf out;
  rt__buf_init(&out, b->alloc, RT__TEXTS_FILE_MAX);
  ZSTD_DStream *z = ZSTD_createDStream();
  ZSTD_inBuffer in = {b->p, b->n, 0};
  rt_code c = z ? RT_OK : RT_E_NOMEM;
  size_t left = 1;
  while (c == RT_OK && (in.pos < in.size || left != 0)) {
    c = rt__buf_reserve(&out, 1 << 17);
    if (c != RT_OK)
      break;
    ZSTD_outBuffer o = {out.p + out.n, out.cap - out.n, 0};
    size_t before = in.pos;
    left = ZSTD_decompressStream(z, &o, &in);
    out.n += o.pos;
    if (ZSTD_isError(left) || (o.pos == 0 && in.pos == before))
      c = ZSTD_isError(left) ? RT_E_FORMAT : RT_E_TRUNCATED;
  }
  (void)ZSTD_freeDStream(z);
  rt__buf_free(b);
  *b = out;
  return c == RT_OK ? c : rt__fail(err, c, "texts: %s: %s", path, rt_code_text(c));
}
