#include "world/texts.h"

#include "base/json_read.h"
#include "world/cluster.h"

#include <stdio.h>
#include <zstd.h>

#define NODES_MAX ((size_t)8 << 20)
#define ARENA_MAX ((size_t)1 << 29)

struct rt__texts {
  rt_alloc alloc;
  rt__arena *arena; /* arrays and built-in texts */
  char *file;       /* texts of the file are slices of it */
  size_t file_n;
  uint64_t checksum;
  uint32_t corpora, topics;
  rt__lexicon lexicon;
  rt__pool pools[RT__POOLS];
};

/* ---- the grammar's texts */

typedef struct build_row {
  const char *name;
  uint32_t n;
} build_row;

static const build_row builtin[RT__POOLS] = {
    [RT__POOL_CHAT] = {"CHAT", 2400},
    [RT__POOL_DIALOG] = {"DIALOG", 1200},
    [RT__POOL_DOCS] = {"DOCS", 8000},
    [RT__POOL_APPS] = {"APPS", 240},
    [RT__POOL_CODE] = {"CODE", 500},
    [RT__POOL_GSM] = {"gsm", 3000},
    [RT__POOL_HARD] = {"hard1", 400},
    [RT__POOL_CORPUS] = {"maths", 4000},
    [RT__POOL_CORPUS + 1] = {"code", 4000},
    [RT__POOL_CORPUS + 2] = {"role", 3000},
    [RT__POOL_CORPUS + 3] = {"toolcall", 3000},
    [RT__POOL_CORPUS + 4] = {"analysis", 3000},
};

static void one_text(rt__pen *p, uint32_t pool, uint32_t turn, const rt__voice *v, rt__rng *r)
{
  static const rt__genre genres[] = {RT__GENRE_MATHS, RT__GENRE_CODE, RT__GENRE_ROLE,
                                     RT__GENRE_TOOL, RT__GENRE_ANALYSIS};
  switch (pool) {
  case RT__POOL_CHAT:
  case RT__POOL_DIALOG:
    (turn ? rt__follow_up : rt__question)(p, v, r);
    return;
  case RT__POOL_DOCS:
    rt__paper(p, v, r, (uint32_t)rt__between(r, 2, 9));
    return;
  case RT__POOL_APPS:
    rt__app_prompt(p, v, r);
    return;
  case RT__POOL_CODE:
    rt__function(p, v, r);
    return;
  case RT__POOL_GSM:
    rt__task(p, RT__GENRE_MATHS, v, r);
    return;
  case RT__POOL_HARD:
    rt__task(p, (rt__genre)rt__rng_below(r, RT__GENRES), v, r);
    return;
  default:
    rt__task(p, genres[(pool - RT__POOL_CORPUS) % RT__ARRAY_LEN(genres)], v, r);
  }
}

static rt_code pool_arrays(rt__texts *t, rt__pool *p, uint32_t n, uint32_t n_text)
{
  p->text = rt__arena_take(t->arena, (size_t)n_text * sizeof *p->text + 1);
  p->at = rt__arena_take(t->arena, ((size_t)n + 1) * sizeof *p->at);
  p->topic = rt__arena_take(t->arena, (size_t)n + 1);
  p->by_topic = rt__arena_take(t->arena, (size_t)n * sizeof *p->by_topic + 1);
  return p->text && p->at && p->topic && p->by_topic ? RT_OK : RT_E_NOMEM;
}

static rt_code keep(rt__texts *t, rt__pool *p, rt__pen *pen)
{
  rt_slice s = rt__buf_slice(pen->b);
  const char *copy = rt__arena_copy(t->arena, s);
  if (!copy || pen->code != RT_OK)
    return copy ? pen->code : RT_E_NOMEM;
  p->text[p->n_text++] = rt__slice(copy, s.n);
  rt__buf_clear(pen->b);
  return RT_OK;
}

static rt_code build_pool(rt__texts *t, uint32_t pool, uint64_t seed, rt__pen *pen)
{
  rt__pool *p = &t->pools[pool];
  const build_row *row = &builtin[pool];
  bool talk = pool == RT__POOL_CHAT || pool == RT__POOL_DIALOG;
  rt_code c = pool_arrays(t, p, row->n, row->n * (talk ? 8 : 1));
  (void)snprintf(p->name, sizeof p->name, "%s", row->name);
  for (uint32_t i = 0; c == RT_OK && i < row->n; i++) {
    rt__rng r = rt__rng_for(seed, 0x7465787473, pool, i);
    rt__voice v = {.lexicon = &t->lexicon, .topic = (uint32_t)rt__rng_below(&r, RT__TOPICS)};
    uint32_t turns = talk ? rt__geometric(&r, 3, 8) : 1;
    p->topic[i] = (uint8_t)v.topic;
    for (uint32_t k = 0; c == RT_OK && k < turns; k++) {
      one_text(pen, pool, k, &v, &r);
      c = keep(t, p, pen);
    }
    p->at[++p->n] = p->n_text;
  }
  return c;
}

static rt_code build_all(rt__texts *t, uint64_t seed, rt_error *err)
{
  rt__buf b;
  rt__buf_init(&b, &t->alloc, 1 << 20);
  rt__pen pen = {&b, RT_OK};
  rt_code c = rt__buf_reserve(&b, 4096);
  for (uint32_t i = 0; c == RT_OK && i < RT__POOLS; i++)
    if (builtin[i].n && t->pools[i].n == 0)
      c = build_pool(t, i, seed, &pen);
  rt__buf_free(&b);
  return c == RT_OK ? c : rt__fail(err, c, "texts: %s", rt_code_text(c));
}

/* ---- topics */

static void order_by_topic(rt__pool *p, uint32_t topics)
{
  uint32_t at = 0;
  for (uint32_t t = 0; t < RT__TEXT_TOPICS; t++) {
    p->topic_at[t] = at;
    for (uint32_t i = 0; t < topics && i < p->n; i++)
      if (p->topic[i] == t)
        p->by_topic[at++] = i;
  }
  p->topic_at[RT__TEXT_TOPICS] = at;
}

uint32_t rt__pool_of_topic(const rt__pool *p, uint32_t topic, uint64_t k)
{
  uint32_t from = p->topic_at[topic], n = p->topic_at[topic + 1] - from;
  return n ? p->by_topic[from + k % n] : (uint32_t)(k % p->n);
}

/* one clustering over all pools, so that a topic means the same in each */
static rt_code find_topics(rt__texts *t)
{
  size_t n = 0;
  for (int i = 0; i < RT__POOLS; i++)
    n += t->pools[i].n;
  rt_slice *first = rt__calloc(&t->alloc, n, sizeof *first);
  uint8_t *topic = rt__calloc(&t->alloc, n, 1);
  rt_code c = first && topic ? RT_OK : RT_E_NOMEM;
  size_t k = 0;
  for (int i = 0; c == RT_OK && i < RT__POOLS; i++)
    for (uint32_t j = 0; j < t->pools[i].n; j++)
      first[k++] = rt__pool_turn(&t->pools[i], j, 0);
  t->topics = RT__TEXT_TOPICS;
  if (c == RT_OK)
    c = rt__cluster(&t->alloc, first, (uint32_t)n, t->topics, topic);
  k = 0;
  for (int i = 0; c == RT_OK && i < RT__POOLS; i++)
    for (uint32_t j = 0; j < t->pools[i].n; j++)
      t->pools[i].topic[j] = topic[k++];
  rt__free(&t->alloc, first, n * sizeof *first);
  rt__free(&t->alloc, topic, n);
  return c;
}

/* ---- the file's texts */

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

/* whole tokens within the first `max` bytes; *ok is false if one is not valid */
static size_t whole_tokens(rt_slice s, size_t max, bool *ok)
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

static void add_turn(rt__pool *p, const rt__jr_node *n)
{
  bool ok;
  size_t len = n->type == RT__JR_STRING ? whole_tokens(n->raw, RT__TEXT_MAX, &ok) : 0;
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

static rt_code take_list(rt__texts *t, uint32_t pool, rt_slice name, const rt__jr *d,
                         const rt__jr_node *list, rt_error *err)
{
  rt__pool *p = &t->pools[pool];
  uint32_t n_text = 0;
  if (list->type != RT__JR_ARRAY)
    return rt__fail(err, RT_E_FORMAT, "texts: %.*s is not a list", (int)name.n, name.p);
  for (const rt__jr_node *n = rt__jr_first(d, list); n; n = rt__jr_next(d, n))
    n_text += n->type == RT__JR_ARRAY ? n->n : 1;
  if (pool_arrays(t, p, list->n, n_text) != RT_OK)
    return rt__fail(err, RT_E_NOMEM, "texts: out of memory");
  (void)snprintf(p->name, sizeof p->name, "%.*s", (int)(name.n < 20 ? name.n : 20), name.p);
  for (const rt__jr_node *n = rt__jr_first(d, list); n; n = rt__jr_next(d, n))
    add_item(p, d, n);
  return RT_OK;
}

static rt_code take_lists(rt__texts *t, const rt__jr *d, rt_error *err)
{
  const rt__jr_node *root = rt__jr_root(d);
  rt_code c = RT_OK;
  if (root->type != RT__JR_OBJECT)
    return rt__fail(err, RT_E_FORMAT, "texts: the file is not a JSON object of lists");
  for (uint32_t i = 0; c == RT_OK && i < RT__POOL_CORPUS; i++) {
    const rt__jr_node *list = rt__jr_get(d, root, builtin[i].name);
    if (list)
      c = take_list(t, i, list->key, d, list, err);
  }
  const rt__jr_node *n = rt__jr_first(d, rt__jr_get(d, root, "CORPUS"));
  for (uint32_t k = 0; c == RT_OK && n && k < RT__CORPORA_MAX; k++, n = rt__jr_next(d, n)) {
    c = take_list(t, RT__POOL_CORPUS + k, n->key, d, n, err);
    t->corpora = k + 1;
  }
  return c;
}

static rt_code read_file(const rt_alloc *a, const char *path, rt__buf *b, rt_error *err)
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

/* in place of b its decompressed bytes, if it is zstd */
static rt_code unpack(rt__buf *b, const char *path, rt_error *err)
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

static rt_code load(rt__texts *t, const char *path, rt_error *err)
{
  rt__buf b = {0};
  rt__jr *d = NULL;
  rt_code c = read_file(&t->alloc, path, &b, err);
  if (c == RT_OK)
    c = unpack(&b, path, err);
  t->file = b.p;
  t->file_n = b.cap;
  if (c == RT_OK)
    c = rt__jr_parse(&t->alloc, rt__buf_slice(&b), NODES_MAX, &d, err);
  if (c == RT_OK)
    c = take_lists(t, d, err);
  if (c == RT_OK)
    t->checksum = rt__checksum(b.p, b.n);
  rt__jr_free(d);
  return c;
}

/* ---- life */

static rt_code make(const rt_alloc *a, const char *path, uint64_t seed, rt__texts **out,
                    rt_error *err)
{
  rt__texts *t = rt__calloc(a, 1, sizeof *t);
  if (!t)
    return rt__fail(err, RT_E_NOMEM, "texts: out of memory");
  t->alloc = *a;
  t->topics = RT__TOPICS;
  rt__lexicon_init(&t->lexicon);
  rt_code c = rt__arena_new(a, ARENA_MAX, &t->arena);
  if (c == RT_OK && path)
    c = load(t, path, err);
  if (c == RT_OK && t->corpora == 0)
    t->corpora = 5;
  if (c == RT_OK)
    c = build_all(t, seed, err);
  if (c == RT_OK && path && (c = find_topics(t)) != RT_OK)
    c = rt__fail(err, c, "texts: %s", rt_code_text(c));
  for (int i = 0; c == RT_OK && i < RT__POOLS; i++)
    order_by_topic(&t->pools[i], t->topics);
  if (c != RT_OK)
    rt__texts_free(t);
  else
    *out = t;
  return c;
}

rt_code rt__texts_new(const rt_alloc *a, uint64_t seed, rt__texts **out, rt_error *err)
{
  return make(a, NULL, seed, out, err);
}

rt_code rt__texts_load(const rt_alloc *a, const char *path, uint64_t seed, rt__texts **out,
                       rt_error *err)
{
  return make(a, path, seed, out, err);
}

void rt__texts_free(rt__texts *t)
{
  if (!t)
    return;
  rt_alloc a = t->alloc;
  rt__arena_free(t->arena);
  rt__free(&a, t->file, t->file_n);
  rt__free(&a, t, sizeof *t);
}

const rt__lexicon *rt__texts_lexicon(const rt__texts *t)
{
  return &t->lexicon;
}

const rt__pool *rt__texts_pool(const rt__texts *t, rt__pool_id id)
{
  return &t->pools[id];
}

uint32_t rt__texts_corpora(const rt__texts *t)
{
  return t->corpora;
}

uint32_t rt__texts_topics(const rt__texts *t)
{
  return t->topics;
}

uint32_t rt__texts_corpus(const rt__texts *t, const char *name)
{
  uint32_t k = 0;
  while (k < t->corpora && strcmp(t->pools[RT__POOL_CORPUS + k].name, name) != 0)
    k++;
  return k;
}

uint64_t rt__texts_checksum(const rt__texts *t)
{
  return t->checksum;
}

/* ---- windows */

#define BLANK_WITHIN 120

static size_t behind_blank(rt_slice s, size_t from)
{
  for (size_t i = from; i < s.n && i < from + BLANK_WITHIN; i++)
    if (s.p[i] == ' ')
      return i + 1;
  return 0;
}

rt_slice rt__window(rt_slice s, double from, size_t want)
{
  size_t start = s.n > want ? (size_t)(from * (double)(s.n - want)) : 0;
  start = start ? behind_blank(s, start) : 0;
  s.p += start;
  s.n -= start;
  if (s.n <= want)
    return s;
  for (size_t i = want; i > 0 && i + BLANK_WITHIN > want; i--)
    if (s.p[i] == ' ')
      return rt__slice(s.p, i);
  bool ok;
  return rt__slice(s.p, whole_tokens(s, want, &ok));
}
