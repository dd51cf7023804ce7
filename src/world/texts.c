#include "world/texts.h"

#include "world/cluster.h"
#include "world/texts_file.h"

#include <stdio.h>

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
  uint32_t n;
  const char *name; /* of a corpus; the lists have theirs */
} build_row;

static const build_row builtin[RT__POOLS] = {
    [RT__POOL_CHAT] = {2400, NULL},
    [RT__POOL_DIALOG] = {1200, NULL},
    [RT__POOL_DOCS] = {8000, NULL},
    [RT__POOL_APPS] = {240, NULL},
    [RT__POOL_CODE] = {500, NULL},
    [RT__POOL_GSM] = {3000, NULL},
    [RT__POOL_HARD] = {400, NULL},
    [RT__POOL_CORPUS] = {4000, "maths"},
    [RT__POOL_CORPUS + 1] = {4000, "code"},
    [RT__POOL_CORPUS + 2] = {3000, "role"},
    [RT__POOL_CORPUS + 3] = {3000, "toolcall"},
    [RT__POOL_CORPUS + 4] = {3000, "analysis"},
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
  rt_code c = rt__pool_room(t->arena, p, row->n, row->n * (talk ? 8 : 1));
  (void)snprintf(p->name, sizeof p->name, "%s", row->name ? row->name : rt__texts_lists[pool]);
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

/* ---- life */

static rt_code load(rt__texts *t, const char *path, rt_error *err)
{
  rt__buf b = {0};
  rt_code c = rt__texts_read(&t->alloc, path, &b, err);
  if (c == RT_OK)
    c = rt__texts_unpack(&b, path, err);
  t->file = b.p;
  t->file_n = b.cap;
  if (c == RT_OK)
    c = rt__texts_take(&t->alloc, rt__buf_slice(&b), t->arena, t->pools, &t->corpora, err);
  if (c == RT_OK)
    t->checksum = rt__checksum(b.p, b.n);
  return c;
}

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
  return rt__slice(s.p, rt__whole_tokens(s, want, &ok));
}
