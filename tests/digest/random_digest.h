/* random_digest - digests for property tests: few values per field, so that ties and duplicates
 * happen. */
#ifndef TEST_RANDOM_DIGEST_H
#define TEST_RANDOM_DIGEST_H

#include "base/hash.h"
#include "base/time.h"
#include "digest/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the three above */
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

/* a digest that owns its tails; `d` is set up by tied_digest or random_digest */
typedef struct owned_digest {
  rt_digest d;
  uint32_t chunks[RT_USER_CHUNKS_MAX], words[RT_WORDS_MAX];
  uint64_t signatures[RT_SIGNATURES_MAX];
} owned_digest;

static inline void tie_tails(owned_digest *o)
{
  o->d.chunks = o->chunks;
  o->d.words = o->words;
  o->d.signatures = o->signatures;
}

static inline void copy_digest(owned_digest *to, const rt_digest *from)
{
  to->d = *from;
  for (unsigned i = 0; i < from->n_chunks; i++)
    to->chunks[i] = from->chunks[i];
  for (unsigned i = 0; i < from->n_words; i++)
    to->words[i] = from->words[i];
  for (unsigned i = 0; i < from->n_signatures; i++)
    to->signatures[i] = from->signatures[i];
  tie_tails(to);
}

/* one of `variety` hashes of a field, sometimes missing */
static inline uint64_t random_hash(rt__rng *r, uint64_t field, uint64_t variety)
{
  uint64_t v = rt__rng_below(r, variety + 1);
  return v ? rt__mix2(field, v) | 1 : 0;
}

static inline uint32_t random_number(rt__rng *r, uint32_t missing)
{
  switch (rt__rng_below(r, 4)) {
  case 0:
    return missing;
  case 1:
    return (uint32_t)rt__rng_below(r, 10);
  case 2:
    return (uint32_t)rt__rng_below(r, 100000);
  default:
    return (uint32_t)rt__rng_next(r);
  }
}

static inline void random_tails(rt__rng *r, owned_digest *o)
{
  o->d.n_chunks = (uint8_t)rt__rng_below(r, RT_USER_CHUNKS_MAX + 1);
  o->d.n_words = (uint8_t)rt__rng_below(r, RT_WORDS_MAX + 1);
  o->d.n_signatures = (uint8_t)(rt__rng_below(r, 8) ? 0 : rt__rng_below(r, RT_SIGNATURES_MAX + 1));
  for (unsigned i = 0; i < o->d.n_chunks; i++)
    o->chunks[i] = (uint32_t)rt__rng_next(r);
  uint32_t word = 0, step = 0xFFFFFF / RT_WORDS_MAX - 1;
  for (unsigned i = 0; i < o->d.n_words; i++)
    o->words[i] = word += 1 + (uint32_t)rt__rng_below(r, step);
  for (unsigned i = 0; i < o->d.n_signatures; i++)
    o->signatures[i] = rt__rng_next(r);
}

/* accounts 1..n_accounts mixed over all 64 bits, times with ties, ids with repeats */
static inline void random_digest(rt__rng *r, uint64_t n_accounts, owned_digest *o)
{
  rt_digest *d = &o->d;
  *d = (rt_digest){.account = rt__mix2(99, rt__rng_below(r, n_accounts)) | 1,
                   .time_us = RT__TIME_MIN + (int64_t)rt__rng_below(r, 50) * RT__US};
  uint64_t field = 0;
#define FILL(f, absent) d->f = random_hash(r, field++, 3);
  RT__HASH_FIELDS(FILL)
#undef FILL
  d->id = random_hash(r, 0, 100);
  if (rt__rng_below(r, 2))
    d->last_user = d->first_user;
  if (rt__rng_below(r, 2))
    d->prompt = rt__prompt_of(d->system, d->last_user);
#define FILL(f, absent) d->f = (__typeof__(d->f))random_number(r, (uint32_t)(absent));
  RT__NUMBER_FIELDS(FILL)
#undef FILL
  d->turns = (uint16_t)rt__rng_below(r, 3);
  d->flags = (uint16_t)rt__rng_below(r, 256);
  d->outcome = (uint8_t)rt__rng_below(r, RT_OUTCOME_COUNT);
  d->api = (uint8_t)rt__rng_below(r, RT_API_COMPLETION + 1);
  d->finish = (uint8_t)rt__rng_below(r, 6);
  d->choices = (uint8_t)rt__rng_below(r, 256);
  random_tails(r, o);
  tie_tails(o);
}

static inline owned_digest *random_digests(uint64_t seed, uint64_t n_accounts, size_t n)
{
  rt__rng r = {seed, 0};
  owned_digest *a = calloc(n + 1, sizeof *a);
  for (size_t i = 0; i < n; i++)
    random_digest(&r, n_accounts, &a[i]);
  return a;
}

static inline void shuffle_digests(uint64_t seed, owned_digest *a, size_t n)
{
  rt__rng r = {seed, 0};
  for (size_t i = n; i > 1; i--) {
    size_t j = (size_t)rt__rng_below(&r, i);
    owned_digest t = a[i - 1];
    a[i - 1] = a[j];
    a[j] = t;
  }
  for (size_t i = 0; i < n; i++)
    tie_tails(&a[i]);
}

#endif
