/* key - one secret of the operator, and every key that is derived from it.
 *
 * A sub-key is HMAC-SHA-256(secret, label): none tells anything about another or about the secret.
 * Deriving them costs a dozen HMACs, so a keyring is made once by whoever hashes much.
 *
 * Identifiers: each kind ("account", "ip", ...) has a SipHash key of its own, so that equal strings
 * of two kinds have unrelated hashes. Whoever hashes much of one kind asks for its key once.
 */
#ifndef RT_DIGEST_KEY_H
#define RT_DIGEST_KEY_H

#include "base/hash.h"
#include "retort/digest.h"

typedef struct rt__keyring {
  rt__sipkey kinds[2];           /* from which the keys of kinds of identifiers are made */
  rt__sipkey words;              /* for the sketch of words */
  rt__sipkey chunks;             /* for the chunks of a text */
  rt__sipkey texts;              /* for whole texts */
  unsigned char seal_mac[32];    /* makes the IV of a sealed name, and checks it */
  unsigned char seal_cipher[32]; /* enciphers it */
  uint64_t id;                   /* rt_key_id of the key */
} rt__keyring;

/* fails only if OpenSSL is out of memory */
rt_code rt__keyring_init(rt__keyring *k, const rt_key *key, rt_error *err) RT__MUST_CHECK;

/* the SipHash key of one kind of identifier */
rt__sipkey rt__keyring_kind(const rt__keyring *k, const char *kind);

/* SipHash-2-4 under the key of a kind; 0 becomes 1, since 0 means "missing" in a digest */
static inline uint64_t rt__kind_hash(rt__sipkey kind, rt_slice value)
{
  uint64_t h = rt__sip(kind, 2, 4, value.p, value.n);
  return h ? h : 1;
}

/* both steps; the same value as rt_key_hash */
uint64_t rt__keyring_hash(const rt__keyring *k, const char *kind, rt_slice value);

#endif
