/* what a set knows of accounts and segments: their names, their texts' sketches. Each is the value
 * of a map, as the address of a copy in an arena. */
#include "digest/set_impl.h"

#define KNOWN_MIN     ((size_t)1 << 20)
#define SEGMENT_BYTES 512 /* of the longest one, the map's share included */

rt_code rt__set_known_new(rt__set *s)
{
  /* an address makes the places in the tables hard to foresee; nothing depends on them */
  uint64_t seed = rt__mix((uint64_t)(uintptr_t)s);
  rt__map_init(&s->names, &s->alloc, SIZE_MAX, seed);
  rt__map_init(&s->segments, &s->alloc, SIZE_MAX, ~seed);
  s->known_max = s->memory_max / 4 < KNOWN_MIN ? KNOWN_MIN : s->memory_max / 4;
  rt_code c = rt__arena_new(&s->alloc, s->known_max, &s->names_arena);
  return c == RT_OK ? rt__arena_new(&s->alloc, s->known_max, &s->segments_arena) : c;
}

void rt__set_known_free(rt__set *s)
{
  rt__map_free(&s->names);
  rt__map_free(&s->segments);
  rt__arena_free(s->names_arena);
  rt__arena_free(s->segments_arena);
}

static rt_code no_room(const rt__arena *a, size_t wanted, size_t max, const char *what,
                       rt_error *err)
{
  if (wanted > max - rt__arena_bytes(a))
    return rt__fail(err, RT_E_LIMIT, "%s need more memory than %zu bytes", what, max);
  return rt__fail(err, RT_E_NOMEM, "no memory for %s", what);
}

/* ---- names */

static const rt_slice *name_at(uint64_t v)
{
  return (const rt_slice *)(uintptr_t)v;
}

rt_code rt__set_add_name(void *set, uint64_t hash, rt_slice name, rt_error *err)
{
  rt__set *s = set;
  if (hash == 0 || name.n > RT_NAME_MAX)
    return rt__fail(err, RT_E_ARG, "an account without a hash or with too long a name");
  uint64_t *v = rt__map_get(&s->names, hash);
  if (v && rt__slice_cmp(*name_at(*v), name) <= 0)
    return RT_OK;
  size_t size = sizeof(rt_slice) + name.n + 1;
  rt_slice *copy = rt__arena_take(s->names_arena, size);
  if (!copy)
    return no_room(s->names_arena, size, s->known_max, "names of accounts", err);
  if (!(v = rt__map_put(&s->names, hash, NULL)))
    return rt__fail(err, RT_E_NOMEM, "no memory for names of accounts");
  char *text = (char *)(copy + 1);
  if (name.n)
    memcpy(text, name.p, name.n);
  *copy = rt__slice(text, name.n);
  *v = (uint64_t)(uintptr_t)copy;
  return RT_OK;
}

rt_slice rt__set_name(const rt__set *s, size_t i)
{
  const rt__set *knows = s->whole ? s->whole : s;
  const uint64_t *v = rt__map_get(&knows->names, s->owners[i].account);
  return v ? *name_at(*v) : (rt_slice){NULL, 0};
}

/* ---- segments */

static const rt_segment *segment_at(uint64_t v)
{
  return (const rt_segment *)(uintptr_t)v;
}

const rt_segment *rt__set_segment(const rt__set *s, uint64_t hash)
{
  const rt__set *knows = s->whole ? s->whole : s;
  const uint64_t *v = rt__map_get(&knows->segments, hash);
  return v ? segment_at(*v) : NULL;
}

static int compare_u32(const uint32_t *a, const uint32_t *b, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (a[i] != b[i])
      return a[i] < b[i] ? -1 : 1;
  return 0;
}

/* any total order will do */
static int segment_cmp(const rt_segment *a, const rt_segment *b)
{
  const uint32_t x[] = {a->length, a->n_chunks, a->n_words},
                 y[] = {b->length, b->n_chunks, b->n_words};
  int c = compare_u32(x, y, RT__ARRAY_LEN(x));
  c = c ? c : compare_u32(a->chunks, b->chunks, a->n_chunks);
  return c ? c : compare_u32(a->words, b->words, a->n_words);
}

static bool is_kept(const rt__set *s, uint64_t hash)
{
  return s->segments_level == 0 || rt__mix(hash) >> (64 - s->segments_level) == 0;
}

/* a copy in the arena; NULL if it has no room */
static const rt_segment *copy_segment(rt__arena *a, const rt_segment *from)
{
  size_t chunks = from->n_chunks * sizeof *from->chunks,
         words = from->n_words * sizeof *from->words;
  rt_segment *to = rt__arena_take(a, sizeof *to + chunks + words);
  if (!to)
    return NULL;
  *to = *from;
  unsigned char *tail = (unsigned char *)(to + 1);
  if (chunks)
    memcpy(tail, from->chunks, chunks);
  if (words)
    memcpy(tail + chunks, from->words, words);
  to->chunks = (const uint32_t *)(const void *)tail;
  to->words = (const uint32_t *)(const void *)(tail + chunks);
  return to;
}

/* copies the segments that the level keeps to a new arena and map, leaving what was replaced behind
 */
static rt_code compact(rt__set *s)
{
  rt__map map;
  rt__arena *arena = NULL;
  rt__map_init(&map, &s->alloc, SIZE_MAX, s->segments.seed);
  rt_code c = rt__arena_new(&s->alloc, s->known_max, &arena);
  for (size_t i = 0; i < s->segments.cap && c == RT_OK; i++) {
    if (!s->segments.used[i] || !is_kept(s, s->segments.keys[i]))
      continue;
    const rt_segment *copy = copy_segment(arena, segment_at(s->segments.vals[i]));
    uint64_t *v = copy ? rt__map_put(&map, s->segments.keys[i], NULL) : NULL;
    if (v)
      *v = (uint64_t)(uintptr_t)copy;
    else
      c = RT_E_NOMEM;
  }
  if (c != RT_OK) {
    rt__map_free(&map);
    rt__arena_free(arena);
    return c;
  }
  rt__map_free(&s->segments);
  rt__arena_free(s->segments_arena);
  s->segments = map;
  s->segments_arena = arena;
  return RT_OK;
}

/* Above the maximum, every second segment by hash goes: which ones stay depends on all that were
 * added and not on their order, since a part never needs a higher level than the whole. */
static rt_code thin_out(rt__set *s)
{
  rt_code c = RT_OK;
  while (c == RT_OK && s->segments.n > s->known_max / SEGMENT_BYTES && s->segments_level < 64) {
    s->segments_level++;
    c = compact(s);
  }
  return c;
}

rt_code rt__set_add_segment(void *set, const rt_segment *g, rt_error *err)
{
  rt__set *s = set;
  rt_code c = rt__segment_check(g, err);
  if (c != RT_OK || !is_kept(s, g->hash))
    return c;
  uint64_t *v = rt__map_get(&s->segments, g->hash);
  if (v && segment_cmp(segment_at(*v), g) <= 0)
    return RT_OK;
  const rt_segment *copy = copy_segment(s->segments_arena, g);
  if (!copy && compact(s) == RT_OK)
    copy = copy_segment(s->segments_arena, g);
  v = copy ? rt__map_put(&s->segments, g->hash, NULL) : NULL;
  if (!v)
    return rt__fail(err, RT_E_NOMEM, "no memory for segments");
  *v = (uint64_t)(uintptr_t)copy;
  c = thin_out(s);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for segments");
}

/* ---- both */

rt_code rt__set_absorb_known(rt__set *s, const rt__set *from, rt_error *err)
{
  rt_code c = RT_OK;
  for (size_t i = 0; i < from->names.cap && c == RT_OK; i++)
    if (from->names.used[i])
      c = rt__set_add_name(s, from->names.keys[i], *name_at(from->names.vals[i]), err);
  if (s->segments_level < from->segments_level) {
    s->segments_level = from->segments_level;
    c = c == RT_OK ? compact(s) : c;
  }
  for (size_t i = 0; i < from->segments.cap && c == RT_OK; i++)
    if (from->segments.used[i])
      c = rt__set_add_segment(s, segment_at(from->segments.vals[i]), err);
  return c;
}
