#include "digest/record.h"

#include "base/time.h"

/* the first bytes of a packed record */
struct head {
  uint32_t mask; /* bit RT__NTH_x: field x follows */
  uint16_t turns, flags;
  uint8_t outcome, api, finish, choices;
  uint8_t n_chunks, n_words, n_signatures, zero;
};
_Static_assert(sizeof(struct head) == RT__RECORD_HEAD, "head has no padding");
_Static_assert(RT__N_MASKED <= 32, "one mask is enough");

/* ---- order */

#define CMP(f)                                                                                     \
  if (a->f != b->f)                                                                                \
    return a->f < b->f ? -1 : 1;
#define CMP_MASKED(f, absent) CMP(f)
#define CMP_TAIL(f)                                                                                \
  for (unsigned i = 0; i < a->n_##f; i++)                                                          \
  CMP(f[i])

int rt_digest_cmp(const rt_digest *a, const rt_digest *b)
{
  CMP(account)
  CMP(time_us)
  RT__HASH_FIELDS(CMP_MASKED)
  RT__NUMBER_FIELDS(CMP_MASKED)
  RT__SMALL_FIELDS(CMP)
  CMP(n_chunks)
  CMP(n_words)
  CMP(n_signatures)
  CMP_TAIL(chunks)
  CMP_TAIL(words)
  CMP_TAIL(signatures)
  return 0;
}

/* ---- check */

#define FINISH_TOP 5 /* see rt_digest.finish */

static bool words_rise(const uint32_t *w, unsigned n)
{
  for (unsigned i = 0; i < n; i++)
    if (w[i] >> 24 || (i && w[i] <= w[i - 1]))
      return false;
  return true;
}

rt_code rt__record_check(const rt_digest *d, rt_error *err)
{
  if (d->account == 0)
    return rt__fail(err, RT_E_ARG, "a digest without an account");
  if (d->n_chunks > RT_USER_CHUNKS_MAX || d->n_words > RT_WORDS_MAX ||
      d->n_signatures > RT_SIGNATURES_MAX)
    return rt__fail(err, RT_E_ARG, "a digest with too long a tail");
  if (d->time_us < RT__TIME_MIN || d->time_us >= RT__TIME_MAX)
    return rt__fail(err, RT_E_ARG, "a digest with a time outside 2000 to 2100");
  if (d->outcome >= RT_OUTCOME_COUNT || d->api > RT_API_COMPLETION || d->finish > FINISH_TOP)
    return rt__fail(err, RT_E_ARG, "a digest with an unknown outcome, API or finish");
  if (!words_rise(d->words, d->n_words))
    return rt__fail(err, RT_E_ARG, "words of a digest must be 24-bit, rising and distinct");
  return RT_OK;
}

rt_code rt__segment_check(const rt_segment *s, rt_error *err)
{
  if (s->hash == 0 || s->n_chunks > RT_CHUNKS_MAX || s->n_words > RT_WORDS_MAX)
    return rt__fail(err, RT_E_ARG, "a segment without a hash or with too long a tail");
  if (!words_rise(s->words, s->n_words))
    return rt__fail(err, RT_E_ARG, "words of a segment must be 24-bit, rising and distinct");
  return RT_OK;
}

/* ---- pack */

static unsigned char *put(unsigned char *p, const void *from, size_t n)
{
  if (n)
    memcpy(p, from, n);
  return p + n;
}

#define PACK(f, absent, size)                                                                      \
  if (d->f != (absent)) {                                                                          \
    h.mask |= UINT32_C(1) << RT__NTH_##f;                                                          \
    p = put(p, &d->f, size);                                                                       \
  }
#define PACK_HASH(f, absent)   PACK(f, absent, 8)
#define PACK_NUMBER(f, absent) PACK(f, absent, 4)

size_t rt__record_pack(const rt_digest *d, unsigned char *out)
{
  struct head h = {.turns = d->turns,
                   .flags = d->flags,
                   .outcome = d->outcome,
                   .api = d->api,
                   .finish = d->finish,
                   .choices = d->choices,
                   .n_chunks = d->n_chunks,
                   .n_words = d->n_words,
                   .n_signatures = d->n_signatures};
  unsigned char *p = out + sizeof h;
  RT__HASH_FIELDS(PACK_HASH)
  p = put(p, d->signatures, 8 * (size_t)d->n_signatures);
  RT__NUMBER_FIELDS(PACK_NUMBER)
  p = put(p, d->chunks, 4 * (size_t)d->n_chunks);
  p = put(p, d->words, 4 * (size_t)d->n_words);
  memcpy(out, &h, sizeof h);
  size_t n = (size_t)(p - out);
  if (n % 8) {
    memset(p, 0, 4);
    n += 4;
  }
  return n;
}

/* ---- unpack */

#define UNPACK(f, absent, size)                                                                    \
  if (h.mask >> RT__NTH_##f & 1) {                                                                 \
    memcpy(&d->f, p, size);                                                                        \
    p += size;                                                                                     \
  } else                                                                                           \
    d->f = absent;
#define UNPACK_HASH(f, absent)   UNPACK(f, absent, 8)
#define UNPACK_NUMBER(f, absent) UNPACK(f, absent, 4)
#define UNPACK_SMALL(f)          d->f = h.f;

size_t rt__record_unpack(const unsigned char *at, uint64_t account, int64_t time_us, rt_digest *d)
{
  const unsigned char *p = at + RT__RECORD_HEAD;
  struct head h;
  memcpy(&h, at, sizeof h);
  d->account = account;
  d->time_us = time_us;
  RT__HASH_FIELDS(UNPACK_HASH)
  d->signatures = (const uint64_t *)(const void *)p;
  p += 8 * (size_t)h.n_signatures;
  RT__NUMBER_FIELDS(UNPACK_NUMBER)
  d->chunks = (const uint32_t *)(const void *)p;
  p += 4 * (size_t)h.n_chunks;
  d->words = (const uint32_t *)(const void *)p;
  p += 4 * (size_t)h.n_words;
  RT__SMALL_FIELDS(UNPACK_SMALL)
  d->n_chunks = h.n_chunks;
  d->n_words = h.n_words;
  d->n_signatures = h.n_signatures;
  return ((size_t)(p - at) + 7) / 8 * 8;
}

uint64_t rt__record_id(const unsigned char *p)
{
  struct head h;
  uint64_t id = 0;
  memcpy(&h, p, sizeof h);
  if (h.mask >> RT__NTH_id & 1)
    memcpy(&id, p + RT__RECORD_HEAD, 8);
  return id;
}

size_t rt__record_size(const unsigned char *p)
{
  struct head h;
  memcpy(&h, p, sizeof h);
  uint32_t hashes = h.mask & ((UINT32_C(1) << RT__N_HASHES) - 1);
  size_t n = RT__RECORD_HEAD + 8 * ((size_t)__builtin_popcount(hashes) + h.n_signatures) +
             4 * ((size_t)__builtin_popcount(h.mask & ~hashes) + h.n_chunks + h.n_words);
  return (n + 7) / 8 * 8;
}
