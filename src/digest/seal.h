/* seal - an account's name as bytes that only the key opens.
 *
 * A synthetic IV: the first 16 bytes of HMAC-SHA-256(seal_mac, hash || name), then the name under
 * AES-256-CTR with seal_cipher and that IV. Equal names give equal bytes, which a digest shows
 * anyway by its account hash; the length of a name shows. Opening checks the HMAC, hence name and
 * hash belong together.
 */
#ifndef RT_DIGEST_SEAL_H
#define RT_DIGEST_SEAL_H

#include "digest/key.h"

#define RT__SEAL_IV  16
#define RT__SEAL_MAX (RT__SEAL_IV + RT_NAME_MAX)

/* writes RT__SEAL_IV + name.n bytes to out (room for RT__SEAL_MAX); RT_E_ARG if the name is too
 * long */
rt_code rt__seal(const rt__keyring *k, uint64_t hash, rt_slice name,
                 unsigned char *out) RT__MUST_CHECK;

/* the way back, to `name` (room for RT_NAME_MAX); RT_E_CHECKSUM if it was not sealed so under this
 * key */
rt_code rt__unseal(const rt__keyring *k, uint64_t hash, rt_slice sealed, char *name) RT__MUST_CHECK;

#endif
