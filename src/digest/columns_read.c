#include "digest/columns_impl.h"

typedef struct decoder {
  const rt_alloc *alloc;
  rt__in col[COL_COUNT];
  size_t n; /* records */
  size_t n_owners, n_words, cap_words;
  const unsigned char *owners;
  rt_digest *last; /* of each owner */
  uint32_t *words; /* the list, rising */
  int64_t time;
} decoder;

/* the tails of the record at hand */
typedef struct tails {
  uint32_t chunks[RT_USER_CHUNKS_MAX], words[RT_WORDS_MAX];
  uint64_t signatures[RT_SIGNATURES_MAX];
} tails;

/* ---- set-up */

static bool split(rt__in *in, rt__in col[COL_COUNT])
{
  uint32_t sizes[COL_COUNT];
  for (int i = 0; i < COL_COUNT; i++)
    sizes[i] = (uint32_t)rt__in_le(in, 4);
  for (int i = 0; i < COL_COUNT; i++) {
    const unsigned char *p = rt__in_bytes(in, sizes[i]);
    if (!p)
      return false;
    col[i] = (rt__in){p, p + sizes[i], false};
  }
  return rt__in_left(in) == 0;
}

static rt_code read_owners(decoder *d)
{
  size_t bytes = rt__in_left(&d->col[COL_OWNERS]);
  if (bytes % 8 || bytes / 8 > d->n)
    return RT_E_FORMAT;
  d->n_owners = bytes / 8;
  d->owners = rt__in_bytes(&d->col[COL_OWNERS], bytes);
  d->last = rt__calloc(d->alloc, d->n_owners, sizeof *d->last);
  if (!d->last)
    return RT_E_NOMEM;
  for (size_t i = 0; i < d->n_owners; i++)
    d->last[i] = rt__digest_blank();
  return RT_OK;
}

static rt_code read_word_list(decoder *d)
{
  rt__in *in = &d->col[COL_WORD_LIST];
  size_t max = d->n * RT_WORDS_MAX;
  d->cap_words = rt__in_left(in) < max ? rt__in_left(in) : max; /* each takes a byte at least */
  d->words = rt__calloc(d->alloc, d->cap_words, sizeof *d->words);
  if (!d->words)
    return RT_E_NOMEM;
  uint64_t word = 0;
  while (rt__in_left(in) && !in->bad) {
    word += rt__in_number(in, UINT32_MAX);
    if (word >> 24 || d->n_words == d->cap_words)
      return RT_E_FORMAT;
    d->words[d->n_words++] = (uint32_t)word;
  }
  return in->bad ? RT_E_FORMAT : RT_OK;
}

/* ---- one record */

static void read_words(decoder *d, unsigned n, uint32_t *words)
{
  rt__in *in = &d->col[COL_WORDS];
  uint64_t rank = 0;
  for (unsigned i = 0; i < n; i++) {
    rank += rt__in_number(in, UINT32_MAX);
    if (rank >= d->n_words)
      in->bad = true;
    words[i] = in->bad ? 0 : d->words[rank];
  }
}

static void read_masked(decoder *d, rt_digest *g, const rt_digest *last)
{
  uint64_t changed = rt__in_number(&d->col[COL_CHANGED], (UINT64_C(1) << RT__N_MASKED) - 1);
  rt__in *col = d->col + COL_MASKED;
#define READ_HASH(f, absent)                                                                       \
  g->f = changed >> RT__NTH_##f & 1 ? rt__in_le(&col[RT__NTH_##f], 8) : expect_##f(g, last);
#define READ_NUMBER(f, absent)                                                                     \
  {                                                                                                \
    uint32_t v = changed >> RT__NTH_##f & 1                                                        \
                     ? (uint32_t)rt__in_number(&col[RT__NTH_##f], UINT32_MAX) + absent_##f(g)      \
                     : expect_##f(g, last);                                                        \
    memcpy(&g->f, &v, sizeof v);                                                                   \
  }
  RT__HASH_FIELDS(READ_HASH)
  RT__NUMBER_FIELDS(READ_NUMBER)
}

static void read_rest(decoder *d, rt_digest *g, tails *t)
{
#define READ_SMALL(f)                                                                              \
  g->f = (__typeof__(g->f))rt__in_number(&d->col[COL_##f], (__typeof__(g->f))UINT64_MAX);
  RT__SMALL_FIELDS(READ_SMALL)
  g->n_chunks = (uint8_t)rt__in_number(&d->col[COL_N_CHUNKS], RT_USER_CHUNKS_MAX);
  g->n_words = (uint8_t)rt__in_number(&d->col[COL_N_WORDS], RT_WORDS_MAX);
  g->n_signatures = (uint8_t)rt__in_number(&d->col[COL_N_SIGNATURES], RT_SIGNATURES_MAX);
  for (unsigned i = 0; i < g->n_chunks; i++)
    t->chunks[i] = (uint32_t)rt__in_le(&d->col[COL_CHUNKS], 4);
  for (unsigned i = 0; i < g->n_signatures; i++)
    t->signatures[i] = rt__in_le(&d->col[COL_SIGNATURES], 8);
  read_words(d, g->n_words, t->words);
  g->chunks = t->chunks;
  g->words = t->words;
  g->signatures = t->signatures;
}

static bool any_bad(const decoder *d)
{
  bool bad = false;
  for (int i = 0; i < COL_COUNT; i++)
    bad |= d->col[i].bad;
  return bad;
}

static rt_code read_record(decoder *d, rt_digest *g, tails *t, rt_error *err)
{
  uint64_t owner = rt__in_varint(&d->col[COL_OWNER]);
  if (owner >= d->n_owners)
    return RT_E_FORMAT;
  /* unsigned, since a made-up file may overflow it; rt__record_check judges the result */
  d->time = (int64_t)((uint64_t)d->time + (uint64_t)rt__unzigzag(rt__in_varint(&d->col[COL_TIME])));
  g->account = rt__le_get(d->owners + 8 * owner, 8);
  g->time_us = d->time;
  read_masked(d, g, &d->last[owner]);
  read_rest(d, g, t);
  if (any_bad(d) || rt__record_check(g, err) != RT_OK)
    return RT_E_FORMAT;
  d->last[owner] = *g;
  return RT_OK;
}

static rt_code read_records(decoder *d, const rt_digest_sink *sink, rt_error *err)
{
  rt_digest g;
  tails t;
  for (size_t i = 0; i < d->n; i++) {
    rt_code c = read_record(d, &g, &t, err);
    if (c != RT_OK)
      return rt__fail(err, c, "broken record in a block of digests");
    if (sink->record && (c = sink->record(sink->ctx, &g, err)) != RT_OK)
      return c;
  }
  for (int i = 0; i < COL_COUNT; i++)
    if (rt__in_left(&d->col[i]))
      return rt__fail(err, RT_E_FORMAT, "a block of digests has more bytes than records");
  return RT_OK;
}

rt_code rt__columns_decode(const rt_alloc *alloc, const void *p, size_t size, size_t n,
                           const rt_digest_sink *sink, rt_error *err)
{
  static const unsigned char nothing[1];
  const unsigned char *at = size ? p : nothing; /* an empty buffer may be NULL: no sums on that */
  rt__in in = {at, at + size, false};
  decoder d = {.alloc = alloc, .n = n};
  rt_code c = split(&in, d.col) ? RT_OK : RT_E_FORMAT;
  if (c == RT_OK)
    c = read_owners(&d);
  if (c == RT_OK)
    c = read_word_list(&d);
  if (c == RT_OK)
    c = read_records(&d, sink, err);
  else
    rt__fail(err, c, "%s for the columns of a block of digests",
             c == RT_E_NOMEM ? "no memory" : "broken lengths");
  rt__free(alloc, d.last, d.n_owners * sizeof *d.last);
  rt__free(alloc, d.words, d.cap_words * sizeof *d.words);
  return c;
}
