#include "base/hash.h"

#define XXH_INLINE_ALL
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <xxhash.h>

static inline uint64_t rotl(uint64_t x, int b)
{
  return (x << b) | (x >> (64 - b));
}

static inline void sip_round(uint64_t v[4])
{
  v[0] += v[1];
  v[1] = rotl(v[1], 13) ^ v[0];
  v[0] = rotl(v[0], 32);
  v[2] += v[3];
  v[3] = rotl(v[3], 16) ^ v[2];
  v[0] += v[3];
  v[3] = rotl(v[3], 21) ^ v[0];
  v[2] += v[1];
  v[1] = rotl(v[1], 17) ^ v[2];
  v[2] = rotl(v[2], 32);
}

static inline uint64_t read_le64(const unsigned char *p, size_t n)
{
  uint64_t x = 0;
  for (size_t i = 0; i < n; i++)
    x |= (uint64_t)p[i] << (8 * i);
  return x;
}

uint64_t rt__sip(rt__sipkey key, int c, int d, const void *bytes, size_t n)
{
  const unsigned char *p = bytes;
  uint64_t v[4] = {key.k0 ^ UINT64_C(0x736f6d6570736575), key.k1 ^ UINT64_C(0x646f72616e646f6d),
                   key.k0 ^ UINT64_C(0x6c7967656e657261), key.k1 ^ UINT64_C(0x7465646279746573)};
  size_t whole = n / 8;
  for (size_t i = 0; i < whole; i++, p += 8) {
    uint64_t m = read_le64(p, 8);
    v[3] ^= m;
    for (int r = 0; r < c; r++)
      sip_round(v);
    v[0] ^= m;
  }
  uint64_t m = (uint64_t)n << 56 | (n % 8 ? read_le64(p, n % 8) : 0);
  v[3] ^= m;
  for (int r = 0; r < c; r++)
    sip_round(v);
  v[0] ^= m;
  v[2] ^= 0xff;
  for (int r = 0; r < d; r++)
    sip_round(v);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t rt__checksum(const void *p, size_t n)
{
  return XXH3_64bits(p, n);
}

rt_code rt__sha256(const void *p, size_t n, unsigned char out[32])
{
  unsigned len = 0;
  return EVP_Digest(p, n, out, &len, EVP_sha256(), NULL) == 1 && len == 32 ? RT_OK : RT_E_NOMEM;
}

rt_code rt__hmac(const unsigned char *key, size_t key_n, const void *p, size_t n,
                 unsigned char out[32])
{
  unsigned len = 0;
  if (key_n > INT32_MAX)
    return RT_E_ARG;
  return HMAC(EVP_sha256(), key, (int)key_n, p, n, out, &len) && len == 32 ? RT_OK : RT_E_NOMEM;
}

/* ---- map */

void rt__map_init(rt__map *m, const rt_alloc *a, size_t max, uint64_t seed)
{
  *m = (rt__map){.alloc = a, .max = max, .seed = seed};
}

void rt__map_free(rt__map *m)
{
  rt__free(m->alloc, m->keys, m->cap * sizeof *m->keys);
  rt__free(m->alloc, m->vals, m->cap * sizeof *m->vals);
  rt__free(m->alloc, m->used, m->cap);
  m->keys = m->vals = NULL;
  m->used = NULL;
  m->n = m->cap = 0;
}

void rt__map_clear(rt__map *m)
{
  if (m->cap > 4096) {
    rt__map_free(m);
    return;
  }
  if (m->cap)
    memset(m->used, 0, m->cap);
  m->n = 0;
}

/* slot of key, or of the hole where it would go */
static size_t slot_of(const rt__map *m, uint64_t key)
{
  size_t i = (size_t)rt__mix2(m->seed, key) & (m->cap - 1);
  while (m->used[i] && m->keys[i] != key)
    i = (i + 1) & (m->cap - 1);
  return i;
}

uint64_t *rt__map_get(const rt__map *m, uint64_t key)
{
  if (m->cap == 0)
    return NULL;
  size_t i = slot_of(m, key);
  return m->used[i] ? &m->vals[i] : NULL;
}

static rt_code grow(rt__map *m)
{
  rt__map bigger = *m;
  bigger.cap = m->cap ? m->cap * 2 : 16;
  bigger.keys = rt__calloc(m->alloc, bigger.cap, sizeof *m->keys);
  bigger.vals = rt__calloc(m->alloc, bigger.cap, sizeof *m->vals);
  bigger.used = rt__calloc(m->alloc, bigger.cap, 1);
  if (!bigger.keys || !bigger.vals || !bigger.used) {
    rt__map_free(&bigger);
    return RT_E_NOMEM;
  }
  for (size_t i = 0; i < m->cap; i++)
    if (m->used[i]) {
      size_t at = slot_of(&bigger, m->keys[i]);
      bigger.used[at] = 1;
      bigger.keys[at] = m->keys[i];
      bigger.vals[at] = m->vals[i];
    }
  size_t n = m->n;
  rt__map_free(m);
  *m = bigger;
  m->n = n;
  return RT_OK;
}

uint64_t *rt__map_put(rt__map *m, uint64_t key, bool *fresh)
{
  uint64_t *there = rt__map_get(m, key);
  if (fresh)
    *fresh = !there;
  if (there)
    return there;
  if (m->n >= m->max || (m->n * 10 >= m->cap * 7 && grow(m) != RT_OK))
    return NULL;
  size_t i = slot_of(m, key);
  m->used[i] = 1;
  m->keys[i] = key;
  m->vals[i] = 0;
  m->n++;
  return &m->vals[i];
}

bool rt__map_count(rt__map *m, uint64_t key)
{
  uint64_t *v = rt__map_put(m, key, NULL);
  if (v)
    (*v)++;
  return v != NULL;
}

/* ---- sort: least significant byte first, passes whose byte is constant are skipped */

void rt__sort_pairs(rt__pair *a, rt__pair *tmp, size_t n)
{
  rt__pair *src = a, *dst = tmp;
  for (int shift = 0; shift < 64; shift += 8) {
    size_t count[257] = {0};
    for (size_t i = 0; i < n; i++)
      count[(src[i].key >> shift & 255) + 1]++;
    bool constant = false;
    for (int b = 1; b <= 256; b++)
      constant |= count[b] == n;
    if (constant)
      continue;
    for (int b = 0; b < 256; b++)
      count[b + 1] += count[b];
    for (size_t i = 0; i < n; i++)
      dst[count[src[i].key >> shift & 255]++] = src[i];
    rt__pair *t = src;
    src = dst;
    dst = t;
  }
  if (src != a)
    memcpy(a, src, n * sizeof *a);
}
