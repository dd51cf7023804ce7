#include "digest/columns_impl.h"
#include "digest/file.h"
#include "digest/order.h"
#include "digest/pile.h"

#define WORDS_ALL ((size_t)1 << 24)

/* the words of a block: a bitmap of all possible ones, and how many are in the places before each
 */
typedef struct word_ranks {
  uint64_t *bits;   /* WORDS_ALL / 64 */
  uint32_t *before; /* likewise */
} word_ranks;

struct rt__columns {
  rt_alloc alloc;
  rt__pile pile;
  rt__entry *entries; /* RT__FILE_RECORDS_MAX */
  size_t n;
  word_ranks words;
  rt__map owners;    /* account -> its number in the block */
  uint32_t *last_of; /* by that number: its last record so far; RT__FILE_RECORDS_MAX */
  rt__out col[COL_COUNT];
};

size_t rt__columns_cost(const rt_digest *d)
{
  /* an owner and its number, time, mask, six small numbers and three counts; then masked fields and
   * tails, where a new word costs 4 bytes in the list beside 4 at its place */
  return 8 + 3 + 10 + 4 + 3 * 6 + 2 * 3 + 8 * (size_t)RT__N_HASHES + 5 * (size_t)RT__N_NUMBERS +
         4 * (size_t)d->n_chunks + 8 * (size_t)d->n_words + 8 * (size_t)d->n_signatures;
}

rt_code rt__columns_new(const rt_alloc *alloc, rt__columns **out)
{
  rt__columns *g = rt__calloc(alloc, 1, sizeof *g);
  if (!g)
    return RT_E_NOMEM;
  g->alloc = *alloc;
  rt__map_init(&g->owners, &g->alloc, RT__FILE_RECORDS_MAX, rt__mix((uint64_t)(uintptr_t)g));
  for (int i = 0; i < COL_COUNT; i++)
    rt__buf_init(&g->col[i].buf, &g->alloc, RT__FILE_BLOCK_MAX);
  g->entries = rt__calloc(alloc, RT__FILE_RECORDS_MAX, sizeof *g->entries);
  g->last_of = rt__calloc(alloc, RT__FILE_RECORDS_MAX, sizeof *g->last_of);
  g->words.bits = rt__calloc(alloc, WORDS_ALL / 64, sizeof *g->words.bits);
  g->words.before = rt__calloc(alloc, WORDS_ALL / 64, sizeof *g->words.before);
  if (!g->entries || !g->last_of || !g->words.bits || !g->words.before) {
    rt__columns_free(g);
    return RT_E_NOMEM;
  }
  *out = g;
  return RT_OK;
}

void rt__columns_free(rt__columns *g)
{
  if (!g)
    return;
  rt_alloc a = g->alloc;
  for (int i = 0; i < COL_COUNT; i++)
    rt__buf_free(&g->col[i].buf);
  rt__map_free(&g->owners);
  rt__pile_free(&g->pile, &a);
  rt__free(&a, g->entries, RT__FILE_RECORDS_MAX * sizeof *g->entries);
  rt__free(&a, g->last_of, RT__FILE_RECORDS_MAX * sizeof *g->last_of);
  rt__free(&a, g->words.bits, WORDS_ALL / 64 * sizeof *g->words.bits);
  rt__free(&a, g->words.before, WORDS_ALL / 64 * sizeof *g->words.before);
  rt__free(&a, g, sizeof *g);
}

size_t rt__columns_count(const rt__columns *g)
{
  return g->n;
}

rt_code rt__columns_add(rt__columns *g, const rt_digest *d)
{
  unsigned char *room;
  if (g->n == RT__FILE_RECORDS_MAX)
    return RT_E_LIMIT;
  rt_code c = rt__pile_room(&g->pile, &g->alloc, RT__RECORD_MAX, &room);
  if (c != RT_OK)
    return c;
  uint32_t at = rt__pile_take(&g->pile, rt__record_pack(d, room));
  g->entries[g->n++] = (rt__entry){d->account, d->time_us, at};
  for (unsigned i = 0; i < d->n_words; i++)
    g->words.bits[d->words[i] / 64] |= UINT64_C(1) << (d->words[i] % 64);
  return RT_OK;
}

static void unpack(const rt__columns *g, size_t i, rt_digest *d)
{
  const rt__entry *e = &g->entries[i];
  rt__record_unpack(rt__pile_at(&g->pile, (uint32_t)e->at), e->account, e->time_us, d);
}

/* ---- words */

static void write_word_list(word_ranks *w, rt__out *list)
{
  uint32_t n = 0, last = 0;
  for (uint32_t i = 0; i < WORDS_ALL / 64; i++) {
    w->before[i] = n;
    for (uint64_t left = w->bits[i]; left; left &= left - 1) {
      uint32_t word = i * 64 + (uint32_t)__builtin_ctzll(left);
      rt__out_varint(list, word - last);
      last = word;
      n++;
    }
  }
}

static uint32_t rank_of(const word_ranks *w, uint32_t word)
{
  uint64_t below = w->bits[word / 64] & ((UINT64_C(1) << (word % 64)) - 1);
  return w->before[word / 64] + (uint32_t)__builtin_popcountll(below);
}

static void write_words(const word_ranks *w, const rt_digest *d, rt__out *out)
{
  uint32_t last = 0;
  for (unsigned i = 0; i < d->n_words; i++) {
    uint32_t rank = rank_of(w, d->words[i]);
    rt__out_varint(out, rank - last);
    last = rank;
  }
}

/* ---- records */

/* the number of the account, and its last record before this one */
static rt_code write_owner(rt__columns *g, size_t i, const rt_digest *d, rt_digest *last)
{
  bool fresh;
  uint64_t *number = rt__map_put(&g->owners, d->account, &fresh);
  if (!number)
    return RT_E_NOMEM;
  if (fresh) {
    *number = g->owners.n - 1;
    rt__out_le(&g->col[COL_OWNERS], d->account, 8);
    *last = rt__digest_blank();
  } else {
    unpack(g, g->last_of[*number], last);
  }
  g->last_of[*number] = (uint32_t)i;
  rt__out_varint(&g->col[COL_OWNER], *number);
  return RT_OK;
}

static void write_masked(rt__columns *g, const rt_digest *d, const rt_digest *last)
{
  uint32_t changed = 0;
  rt__out *col = g->col + COL_MASKED;
#define WRITE_HASH(f, absent)                                                                      \
  if (d->f != expect_##f(d, last)) {                                                               \
    changed |= UINT32_C(1) << RT__NTH_##f;                                                         \
    rt__out_le(&col[RT__NTH_##f], d->f, 8);                                                        \
  }
#define WRITE_NUMBER(f, absent)                                                                    \
  if ((uint32_t)d->f != expect_##f(d, last)) {                                                     \
    changed |= UINT32_C(1) << RT__NTH_##f;                                                         \
    rt__out_varint(&col[RT__NTH_##f], (uint32_t)d->f - absent_##f(d));                             \
  }
  RT__HASH_FIELDS(WRITE_HASH)
  RT__NUMBER_FIELDS(WRITE_NUMBER)
  rt__out_varint(&g->col[COL_CHANGED], changed);
}

static void write_rest(rt__columns *g, const rt_digest *d)
{
#define WRITE_SMALL(f) rt__out_varint(&g->col[COL_##f], d->f);
  RT__SMALL_FIELDS(WRITE_SMALL)
  rt__out_varint(&g->col[COL_N_CHUNKS], d->n_chunks);
  rt__out_varint(&g->col[COL_N_WORDS], d->n_words);
  rt__out_varint(&g->col[COL_N_SIGNATURES], d->n_signatures);
  for (unsigned i = 0; i < d->n_chunks; i++)
    rt__out_le(&g->col[COL_CHUNKS], d->chunks[i], 4);
  for (unsigned i = 0; i < d->n_signatures; i++)
    rt__out_le(&g->col[COL_SIGNATURES], d->signatures[i], 8);
  write_words(&g->words, d, &g->col[COL_WORDS]);
}

static rt_code write_records(rt__columns *g)
{
  int64_t time = 0;
  write_word_list(&g->words, &g->col[COL_WORD_LIST]);
  for (size_t i = 0; i < g->n; i++) {
    rt_digest d, last;
    unpack(g, i, &d);
    rt_code c = write_owner(g, i, &d, &last);
    if (c != RT_OK)
      return c;
    rt__out_varint(&g->col[COL_TIME], rt__zigzag(d.time_us - time));
    time = d.time_us;
    write_masked(g, &d, &last);
    write_rest(g, &d);
  }
  return RT_OK;
}

static void forget(rt__columns *g)
{
  g->n = 0;
  rt__pile_clear(&g->pile, &g->alloc);
  rt__map_free(&g->owners);
  memset(g->words.bits, 0, WORDS_ALL / 64 * sizeof *g->words.bits);
  for (int i = 0; i < COL_COUNT; i++)
    rt__buf_clear(&g->col[i].buf);
}

rt_code rt__columns_encode(rt__columns *g, rt__out *out)
{
  rt_code c = write_records(g);
  for (int i = 0; i < COL_COUNT && c == RT_OK; i++) {
    c = g->col[i].code;
    rt__out_le(out, g->col[i].buf.n, 4);
  }
  for (int i = 0; i < COL_COUNT; i++)
    rt__out_bytes(out, g->col[i].buf.p, g->col[i].buf.n);
  forget(g);
  return c == RT_OK ? out->code : c;
}
