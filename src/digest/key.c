#include "digest/key.h"

/* public on purpose: the default key hides nothing from somebody who guesses, it only makes runs
 * equal */
#define DEFAULT_PHRASE "retort default key 1"
#define SECRET_MIN     16

rt_code rt_key_default(rt_key *key)
{
  return rt__sha256(DEFAULT_PHRASE, sizeof DEFAULT_PHRASE - 1, key->secret);
}

rt_code rt_key_from_bytes(const void *p, size_t n, rt_key *key, rt_error *err)
{
  if (n < SECRET_MIN)
    return rt__fail(err, RT_E_ARG, "a key needs at least %d bytes, this one has %zu", SECRET_MIN,
                    n);
  if (rt__sha256(p, n, key->secret) != RT_OK)
    return rt__fail(err, RT_E_NOMEM, "no memory to hash the key");
  return RT_OK;
}

static rt_code derive(const rt_key *key, const char *label, unsigned char out[32])
{
  return rt__hmac(key->secret, sizeof key->secret, label, strlen(label), out);
}

static uint64_t le64(const unsigned char *p)
{
  uint64_t x = 0;
  for (int i = 0; i < 8; i++)
    x |= (uint64_t)p[i] << (8 * i);
  return x;
}

static rt_code derive_sip(const rt_key *key, const char *label, rt__sipkey *out)
{
  unsigned char b[32];
  rt_code c = derive(key, label, b);
  if (c == RT_OK)
    *out = (rt__sipkey){le64(b), le64(b + 8)};
  return c;
}

static rt_code derive_id(const rt_key *key, uint64_t *id)
{
  unsigned char b[32];
  rt_code c = derive(key, "retort/1 key id", b);
  if (c == RT_OK)
    *id = le64(b) ? le64(b) : 1;
  return c;
}

rt_code rt__keyring_init(rt__keyring *k, const rt_key *key, rt_error *err)
{
  const struct {
    const char *label;
    rt__sipkey *to;
  } sips[] = {{"retort/1 kinds low", &k->kinds[0]},
              {"retort/1 kinds high", &k->kinds[1]},
              {"retort/1 words", &k->words},
              {"retort/1 chunks", &k->chunks},
              {"retort/1 texts", &k->texts}};
  rt_code c = derive_id(key, &k->id);
  for (size_t i = 0; i < RT__ARRAY_LEN(sips) && c == RT_OK; i++)
    c = derive_sip(key, sips[i].label, sips[i].to);
  if (c == RT_OK)
    c = derive(key, "retort/1 seal mac", k->seal_mac);
  if (c == RT_OK)
    c = derive(key, "retort/1 seal cipher", k->seal_cipher);
  return c == RT_OK ? c : rt__fail(err, c, "no memory to derive keys");
}

/* 0, which no key has in practice, if OpenSSL is out of memory */
uint64_t rt_key_id(const rt_key *key)
{
  uint64_t id = 0;
  return derive_id(key, &id) == RT_OK ? id : 0;
}

rt__sipkey rt__keyring_kind(const rt__keyring *k, const char *kind)
{
  size_t n = strlen(kind);
  return (rt__sipkey){rt__sip(k->kinds[0], 2, 4, kind, n), rt__sip(k->kinds[1], 2, 4, kind, n)};
}

uint64_t rt__keyring_hash(const rt__keyring *k, const char *kind, rt_slice value)
{
  return rt__kind_hash(rt__keyring_kind(k, kind), value);
}

/* slow: derives the keyring each time; 0 if OpenSSL is out of memory */
uint64_t rt_key_hash(const rt_key *key, const char *kind, rt_slice value)
{
  rt__keyring k;
  return rt__keyring_init(&k, key, NULL) == RT_OK ? rt__keyring_hash(&k, kind, value) : 0;
}
