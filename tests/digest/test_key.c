/* Keys: the values are part of the format, so they are fixed here (worked out with Python's hmac
 * and hashlib). */
#include "digest/key.h"
#include "digest/seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the three above */
#include <cmocka.h>
#include <stdlib.h>

static rt_key key_from(const char *text)
{
  rt_key k;
  assert_int_equal(rt_key_from_bytes(text, strlen(text), &k, NULL), RT_OK);
  return k;
}

static void test_default_key(void **state)
{
  (void)state;
  static const unsigned char want[32] = {0xcf, 0x3b, 0x65, 0x85, 0xb4, 0xa3, 0xad, 0xde,
                                         0xc3, 0x8c, 0x4c, 0x8e, 0x23, 0x0c, 0x43, 0x9b,
                                         0xf2, 0x41, 0xbd, 0x46, 0xd8, 0x4c, 0x31, 0xd7,
                                         0x53, 0x3f, 0xdc, 0x70, 0xe6, 0x55, 0x1e, 0x53};
  rt_key k;
  assert_int_equal(rt_key_default(&k), RT_OK);
  assert_memory_equal(k.secret, want, 32);
  assert_int_equal(rt_key_id(&k), UINT64_C(0xcd80428b7fff26c8));
  /* account "acct_17" under it */
  assert_int_equal(rt_key_hash(&k, "account", RT__LIT("acct_17")), UINT64_C(0xbad34e7a45e46c17));
}

static void test_key_from_bytes(void **state)
{
  (void)state;
  rt_key k, same = key_from("0123456789abcdef");
  rt_error err = {0};
  assert_int_equal(rt_key_from_bytes("0123456789abcde", 15, &k, &err), RT_E_ARG);
  assert_non_null(strstr(err.message, "16"));
  assert_int_equal(rt_key_from_bytes("0123456789abcdef", 16, &k, NULL), RT_OK);
  assert_memory_equal(&k, &same, sizeof k);
  rt_key other = key_from("0123456789abcdeg");
  assert_int_not_equal(rt_key_id(&k), rt_key_id(&other));
  assert_int_not_equal(rt_key_hash(&k, "account", RT__LIT("a")),
                       rt_key_hash(&other, "account", RT__LIT("a")));
}

static void test_kinds_are_apart(void **state)
{
  (void)state;
  rt_key k = key_from("0123456789abcdef");
  rt__keyring ring;
  assert_int_equal(rt__keyring_init(&ring, &k, NULL), RT_OK);
  assert_int_equal(ring.id, rt_key_id(&k));
  static const char *const kinds[] = {"account", "ip", "a", "ab", ""};
  static const char *const values[] = {"x", "bx", "", "account", "x "};
  uint64_t seen[25];
  size_t n = 0;
  for (size_t i = 0; i < RT__ARRAY_LEN(kinds); i++)
    for (size_t j = 0; j < RT__ARRAY_LEN(values); j++) {
      uint64_t h = rt__keyring_hash(&ring, kinds[i], rt__cstr(values[j]));
      assert_int_not_equal(h, 0);
      assert_int_equal(h, rt_key_hash(&k, kinds[i], rt__cstr(values[j])));
      for (size_t s = 0; s < n; s++)
        assert_int_not_equal(h, seen[s]);
      seen[n++] = h;
    }
}

static void test_seal_and_open(void **state)
{
  (void)state;
  rt_key k = key_from("0123456789abcdef"), k2 = key_from("0123456789abcdeg");
  rt__keyring ring, other;
  assert_int_equal(rt__keyring_init(&ring, &k, NULL), RT_OK);
  assert_int_equal(rt__keyring_init(&other, &k2, NULL), RT_OK);
  static char name[RT_NAME_MAX + 1], open[RT_NAME_MAX];
  for (size_t i = 0; i < sizeof name; i++)
    name[i] = (char)(i * 37 + i / 256);
  unsigned char sealed[RT__SEAL_MAX], again[RT__SEAL_MAX];
  static const size_t sizes[] = {0, 1, 15, 16, 17, 100, RT_NAME_MAX};
  for (size_t k_size = 0; k_size < RT__ARRAY_LEN(sizes); k_size++) {
    size_t n = sizes[k_size];
    rt_slice all = rt__slice(sealed, n + RT__SEAL_IV);
    assert_int_equal(rt__seal(&ring, 7, rt__slice(name, n), sealed), RT_OK);
    assert_int_equal(rt__seal(&ring, 7, rt__slice(name, n), again), RT_OK);
    assert_memory_equal(sealed, again, all.n);
    assert_int_equal(rt__unseal(&ring, 7, all, open), RT_OK);
    assert_int_equal(memcmp(open, name, n), 0);
    assert_int_equal(rt__unseal(&ring, 8, all, open), RT_E_CHECKSUM);
    assert_int_equal(rt__unseal(&other, 7, all, open), RT_E_CHECKSUM);
    for (size_t bit = 0; bit < all.n * 8; bit += 13) {
      sealed[bit / 8] ^= (unsigned char)(1 << bit % 8);
      assert_int_equal(rt__unseal(&ring, 7, all, open), RT_E_CHECKSUM);
      sealed[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
  }
  assert_int_equal(rt__seal(&ring, 7, rt__slice(name, RT_NAME_MAX + 1), sealed), RT_E_ARG);
  assert_int_equal(rt__unseal(&ring, 7, rt__slice(sealed, RT__SEAL_IV - 1), open), RT_E_CHECKSUM);
}

/* names are not in a sealed one, and two names alike at the start are not alike sealed */
static void test_sealed_names_hide(void **state)
{
  (void)state;
  rt_key k = key_from("0123456789abcdef");
  rt__keyring ring;
  assert_int_equal(rt__keyring_init(&ring, &k, NULL), RT_OK);
  unsigned char a[RT__SEAL_MAX], b[RT__SEAL_MAX];
  assert_int_equal(rt__seal(&ring, 7, RT__LIT("account-number-1"), a), RT_OK);
  assert_int_equal(rt__seal(&ring, 7, RT__LIT("account-number-2"), b), RT_OK);
  int same = 0;
  for (int i = 0; i < 32; i++)
    same += a[i] == b[i];
  assert_true(same < 6);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_default_key),       cmocka_unit_test(test_key_from_bytes),
      cmocka_unit_test(test_kinds_are_apart),   cmocka_unit_test(test_seal_and_open),
      cmocka_unit_test(test_sealed_names_hide),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
