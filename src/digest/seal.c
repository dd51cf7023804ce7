#include "digest/seal.h"

#include "digest/bytes.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

static rt_code make_iv(const rt__keyring *k, uint64_t hash, rt_slice name,
                       unsigned char iv[RT__SEAL_IV])
{
  unsigned char text[8 + RT_NAME_MAX], mac[32];
  size_t n = rt__le_put(text, hash, 8);
  if (name.n)
    memcpy(text + n, name.p, name.n);
  rt_code c = rt__hmac(k->seal_mac, sizeof k->seal_mac, text, n + name.n, mac);
  if (c == RT_OK)
    memcpy(iv, mac, RT__SEAL_IV);
  return c;
}

/* AES in counter mode is its own inverse */
static rt_code cipher(const rt__keyring *k, const unsigned char iv[RT__SEAL_IV], const void *from,
                      size_t n, unsigned char *to)
{
  if (n == 0)
    return RT_OK;
  EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
  int done = 0;
  bool ok = ctx && EVP_EncryptInit_ex(ctx, EVP_aes_256_ctr(), NULL, k->seal_cipher, iv) == 1 &&
            EVP_EncryptUpdate(ctx, to, &done, from, (int)n) == 1 && done == (int)n;
  EVP_CIPHER_CTX_free(ctx);
  return ok ? RT_OK : RT_E_NOMEM;
}

rt_code rt__seal(const rt__keyring *k, uint64_t hash, rt_slice name, unsigned char *out)
{
  if (name.n > RT_NAME_MAX)
    return RT_E_ARG;
  rt_code c = make_iv(k, hash, name, out);
  return c == RT_OK ? cipher(k, out, name.p, name.n, out + RT__SEAL_IV) : c;
}

rt_code rt__unseal(const rt__keyring *k, uint64_t hash, rt_slice sealed, char *name)
{
  unsigned char iv[RT__SEAL_IV];
  if (sealed.n < RT__SEAL_IV || sealed.n > RT__SEAL_MAX)
    return RT_E_CHECKSUM;
  const unsigned char *p = (const unsigned char *)sealed.p;
  size_t n = sealed.n - RT__SEAL_IV;
  rt_code c = cipher(k, p, p + RT__SEAL_IV, n, (unsigned char *)name);
  if (c == RT_OK)
    c = make_iv(k, hash, rt__slice(name, n), iv);
  if (c == RT_OK && CRYPTO_memcmp(iv, p, RT__SEAL_IV) != 0)
    c = RT_E_CHECKSUM;
  return c;
}
