/* hash - keyed hashes and tables.
 *
 * Two jobs, two functions:
 *  - rt__sip: SipHash-c-d (Aumasson, Bernstein 2012), a keyed pseudo-random function. Whatever
 * enters a digest goes through it with a key of the operator, so that a digest says nothing without
 * the key.
 *  - rt__mix: a fast integer mixer for tables, sampling and tie-breaking. Tables that hold values
 * from outside add a seed, so that nobody can choose colliding keys.
 */
#ifndef RT_HASH_H
#define RT_HASH_H

#include "base/base.h"

typedef struct rt__sipkey {
  uint64_t k0, k1;
} rt__sipkey;

/* 64 bits of SipHash with c compression and d finalisation rounds; (2,4) for identifiers, (1,3) for
 * words */
uint64_t rt__sip(rt__sipkey key, int c, int d, const void *p, size_t n);

static inline uint64_t rt__mix(uint64_t x)
{
  x ^= x >> 32;
  x *= UINT64_C(0xd6e8feb86659fd93);
  x ^= x >> 32;
  x *= UINT64_C(0xd6e8feb86659fd93);
  x ^= x >> 32;
  return x;
}

static inline uint64_t rt__mix2(uint64_t a, uint64_t b)
{
  return rt__mix(rt__mix(a + UINT64_C(0x9e3779b97f4a7c15)) ^ b);
}

/* XXH3, for checksums of files and blocks */
uint64_t rt__checksum(const void *p, size_t n);

/* SHA-256 of n bytes (OpenSSL) */
rt_code rt__sha256(const void *p, size_t n, unsigned char out[32]) RT__MUST_CHECK;
/* HMAC-SHA-256 (OpenSSL) */
rt_code rt__hmac(const unsigned char *key, size_t key_n, const void *p, size_t n,
                 unsigned char out[32]) RT__MUST_CHECK;

/* ---- map from 64-bit keys to 64-bit values, open addressing, seeded; never shrinks.
 * Iteration order depends on the seed: sort before anything order-dependent. */
typedef struct rt__map {
  const rt_alloc *alloc;
  uint64_t *keys, *vals; /* vals[i] is valid where used[i] */
  unsigned char *used;
  size_t n, cap, max;
  uint64_t seed;
} rt__map;

void rt__map_init(rt__map *m, const rt_alloc *a, size_t max, uint64_t seed);
void rt__map_free(rt__map *m);
/* forgets all keys; keeps the memory unless it is much */
void rt__map_clear(rt__map *m);
/* pointer to the value of key, NULL if absent; valid until the next put */
uint64_t *rt__map_get(const rt__map *m, uint64_t key);
/* pointer to the value of key, made 0 if absent (*fresh says so); NULL when out of memory or at max
 */
uint64_t *rt__map_put(rt__map *m, uint64_t key, bool *fresh);
/* one more of the key; false when out of memory or at max */
bool rt__map_count(rt__map *m, uint64_t key) RT__MUST_CHECK;

/* ---- radix sort of 64-bit keys with a 32-bit payload, stable, O(8n) at most; tmp holds n more */
typedef struct rt__pair {
  uint64_t key;
  uint64_t val;
} rt__pair;
void rt__sort_pairs(rt__pair *a, rt__pair *tmp, size_t n);

/* ---- counter-based random numbers: a pure function of (seed, counter) */
typedef struct rt__rng {
  uint64_t seed, n;
} rt__rng;
static inline uint64_t rt__rng_next(rt__rng *r)
{
  return rt__mix2(r->seed, r->n++);
}
static inline double rt__rng_unit(rt__rng *r) /* [0, 1) */
{
  return (double)(rt__rng_next(r) >> 11) * 0x1p-53;
}
static inline uint64_t rt__rng_below(rt__rng *r, uint64_t n) /* n > 0 */
{
  return (uint64_t)(((unsigned __int128)rt__rng_next(r) * n) >> 64);
}

#endif
