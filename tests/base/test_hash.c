/* Hashes against values of their inventors or of another implementation; tables and sorting against
 * plain ones. */
#include "base/hash.h"
#include "support/failing_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the three above */
#include <cmocka.h>
#include <stdlib.h>

/* ---- SipHash: the key 00 01 .. 0f, messages 00 01 .. of 0 to 63 bytes. The value for 15 bytes is
 * the worked example of the paper; all were made again by an independent program. */

static const uint64_t sip24[64] = {
    UINT64_C(0x726fdb47dd0e0e31), UINT64_C(0x74f839c593dc67fd), UINT64_C(0x0d6c8009d9a94f5a),
    UINT64_C(0x85676696d7fb7e2d), UINT64_C(0xcf2794e0277187b7), UINT64_C(0x18765564cd99a68d),
    UINT64_C(0xcbc9466e58fee3ce), UINT64_C(0xab0200f58b01d137), UINT64_C(0x93f5f5799a932462),
    UINT64_C(0x9e0082df0ba9e4b0), UINT64_C(0x7a5dbbc594ddb9f3), UINT64_C(0xf4b32f46226bada7),
    UINT64_C(0x751e8fbc860ee5fb), UINT64_C(0x14ea5627c0843d90), UINT64_C(0xf723ca908e7af2ee),
    UINT64_C(0xa129ca6149be45e5), UINT64_C(0x3f2acc7f57c29bdb), UINT64_C(0x699ae9f52cbe4794),
    UINT64_C(0x4bc1b3f0968dd39c), UINT64_C(0xbb6dc91da77961bd), UINT64_C(0xbed65cf21aa2ee98),
    UINT64_C(0xd0f2cbb02e3b67c7), UINT64_C(0x93536795e3a33e88), UINT64_C(0xa80c038ccd5ccec8),
    UINT64_C(0xb8ad50c6f649af94), UINT64_C(0xbce192de8a85b8ea), UINT64_C(0x17d835b85bbb15f3),
    UINT64_C(0x2f2e6163076bcfad), UINT64_C(0xde4daaaca71dc9a5), UINT64_C(0xa6a2506687956571),
    UINT64_C(0xad87a3535c49ef28), UINT64_C(0x32d892fad841c342), UINT64_C(0x7127512f72f27cce),
    UINT64_C(0xa7f32346f95978e3), UINT64_C(0x12e0b01abb051238), UINT64_C(0x15e034d40fa197ae),
    UINT64_C(0x314dffbe0815a3b4), UINT64_C(0x027990f029623981), UINT64_C(0xcadcd4e59ef40c4d),
    UINT64_C(0x9abfd8766a33735c), UINT64_C(0x0e3ea96b5304a7d0), UINT64_C(0xad0c42d6fc585992),
    UINT64_C(0x187306c89bc215a9), UINT64_C(0xd4a60abcf3792b95), UINT64_C(0xf935451de4f21df2),
    UINT64_C(0xa9538f0419755787), UINT64_C(0xdb9acddff56ca510), UINT64_C(0xd06c98cd5c0975eb),
    UINT64_C(0xe612a3cb9ecba951), UINT64_C(0xc766e62cfcadaf96), UINT64_C(0xee64435a9752fe72),
    UINT64_C(0xa192d576b245165a), UINT64_C(0x0a8787bf8ecb74b2), UINT64_C(0x81b3e73d20b49b6f),
    UINT64_C(0x7fa8220ba3b2ecea), UINT64_C(0x245731c13ca42499), UINT64_C(0xb78dbfaf3a8d83bd),
    UINT64_C(0xea1ad565322a1a0b), UINT64_C(0x60e61c23a3795013), UINT64_C(0x6606d7e446282b93),
    UINT64_C(0x6ca4ecb15c5f91e1), UINT64_C(0x9f626da15c9625f3), UINT64_C(0xe51b38608ef25f57),
    UINT64_C(0x958a324ceb064572)};
static const uint64_t sip13[] = {
    UINT64_C(0xabac0158050fc4dc), UINT64_C(0xc9f49bf37d57ca93), UINT64_C(0x82cb9b024dc7d44d),
    UINT64_C(0x8bf80ab8e7ddf7fb), UINT64_C(0xcf75576088d38328), UINT64_C(0xdef9d52f49533b67),
    UINT64_C(0xc50d2b50c59f22a7), UINT64_C(0xd3927d989bb11140), UINT64_C(0x369095118d299a8e),
    UINT64_C(0x25a48eb36c063de4), UINT64_C(0x79de85ee92ff097f), UINT64_C(0x70c118c1f94dc352),
    UINT64_C(0x78a384b157b4d9a2), UINT64_C(0x306f760c1229ffa7), UINT64_C(0x605aa111c0f95d34),
    UINT64_C(0xd320d86d2a519956), UINT64_C(0xcc4fdd1a7d908b66)};

static void test_sip_vectors(void **state)
{
  (void)state;
  rt__sipkey key = {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)};
  unsigned char m[65];
  for (size_t i = 0; i < sizeof m; i++)
    m[i] = (unsigned char)i;
  assert_int_equal(sip24[15], UINT64_C(0xa129ca6149be45e5));
  for (size_t n = 0; n < 64; n++)
    assert_int_equal(rt__sip(key, 2, 4, m, n), sip24[n]);
  for (size_t n = 0; n < RT__ARRAY_LEN(sip13); n++)
    assert_int_equal(rt__sip(key, 1, 3, m, n), sip13[n]);
  for (size_t n = 0; n < 64; n++) { /* wherever it lies */
    memmove(m + 1, m, 64);
    assert_int_equal(rt__sip(key, 2, 4, m + 1, n), sip24[n]);
    memmove(m, m + 1, 64);
  }
  assert_int_equal(rt__sip(key, 2, 4, NULL, 0), sip24[0]);
}

static void assert_hex(const unsigned char *p, const char *hex)
{
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; hex[2 * i]; i++) {
    assert_int_equal(digits[p[i] >> 4], hex[2 * i]);
    assert_int_equal(digits[p[i] & 15], hex[2 * i + 1]);
  }
}

/* FIPS 180-4's "abc"; test case 2 of RFC 4231 */
static void test_sha256_and_hmac(void **state)
{
  (void)state;
  unsigned char out[32];
  assert_int_equal(rt__sha256("abc", 3, out), RT_OK);
  assert_hex(out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert_int_equal(rt__sha256("", 0, out), RT_OK);
  assert_hex(out, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const char *text = "what do ya want for nothing?";
  assert_int_equal(rt__hmac((const unsigned char *)"Jefe", 4, text, strlen(text), out), RT_OK);
  assert_hex(out, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

/* XXH3's value of nothing is public; one changed bit changes half of the result */
static void test_checksum(void **state)
{
  (void)state;
  assert_int_equal(rt__checksum("", 0), UINT64_C(0x2d06800538d394c2));
  unsigned char m[300] = {0};
  uint64_t plain = rt__checksum(m, sizeof m);
  for (size_t i = 0; i < sizeof m * 8; i++) {
    m[i / 8] ^= (unsigned char)(1 << i % 8);
    int differing = __builtin_popcountll(rt__checksum(m, sizeof m) ^ plain);
    assert_true(differing > 8 && differing < 56);
    m[i / 8] ^= (unsigned char)(1 << i % 8);
  }
}

static void test_mixing(void **state)
{
  (void)state;
  double changed = 0;
  for (uint64_t x = 1; x <= 1000; x++)
    for (int bit = 0; bit < 64; bit++)
      changed += __builtin_popcountll(rt__mix(x) ^ rt__mix(x ^ UINT64_C(1) << bit));
  changed /= 1000 * 64;
  assert_true(changed > 30 && changed < 34);
  assert_int_not_equal(rt__mix2(1, 2), rt__mix2(2, 1));
  assert_int_not_equal(rt__mix2(0, 0), 0);
}

static void test_random_numbers(void **state)
{
  (void)state;
  rt__rng a = {5, 0}, b = {5, 0}, later = {5, 100};
  size_t count[10] = {0};
  double sum = 0;
  for (int i = 0; i < 100000; i++) {
    uint64_t x = rt__rng_below(&a, 10);
    count[x]++;
    double u = rt__rng_unit(&b);
    assert_true(u >= 0 && u < 1);
    sum += u;
  }
  for (int i = 0; i < 10; i++)
    assert_true(count[i] > 9500 && count[i] < 10500);
  assert_true(sum > 49500 && sum < 50500);
  rt__rng again = {5, 0};
  for (int i = 0; i < 100; i++)
    (void)rt__rng_next(&again);
  assert_int_equal(rt__rng_next(&again), rt__rng_next(&later)); /* a function of seed and counter */
  assert_int_equal(rt__rng_below(&a, 1), 0);
}

/* ---- map */

/* keys from a small range, so that they meet again; the plain map is an array over that range */
static void test_map_like_an_array(void **state)
{
  (void)state;
  enum { RANGE = 5000, STEPS = 40000 };
  for (uint64_t seed = 0; seed < 4; seed++) {
    static uint64_t plain[RANGE];
    static bool there[RANGE];
    memset(there, 0, sizeof there);
    rt__rng r = {seed, 0};
    rt__map m;
    rt__map_init(&m, rt_alloc_default(), SIZE_MAX, seed * 77);
    size_t n = 0;
    assert_null(rt__map_get(&m, 0));
    for (int i = 0; i < STEPS; i++) {
      uint64_t k = rt__rng_below(&r, RANGE), key = seed % 2 ? k : k << 40;
      if (rt__rng_below(&r, 3) == 0) {
        uint64_t *v = rt__map_get(&m, key);
        assert_int_equal(v != NULL, there[k]);
        assert_true(!v || *v == plain[k]);
        continue;
      }
      bool fresh;
      uint64_t *v = rt__map_put(&m, key, &fresh);
      assert_non_null(v);
      assert_int_equal(fresh, !there[k]);
      assert_int_equal(*v, fresh ? 0 : plain[k]);
      n += fresh;
      there[k] = true;
      plain[k] = *v = rt__rng_next(&r);
      assert_int_equal(m.n, n);
    }
    size_t seen = 0;
    for (size_t i = 0; i < m.cap; i++)
      seen += m.used[i];
    assert_int_equal(seen, n);
    rt__map_free(&m);
    assert_null(rt__map_get(&m, 1));
  }
}

static void test_map_keeps_its_maximum(void **state)
{
  (void)state;
  rt__map m;
  rt__map_init(&m, rt_alloc_default(), 100, 1);
  for (uint64_t i = 0; i < 100; i++)
    assert_non_null(rt__map_put(&m, i, NULL));
  size_t cap = m.cap;
  assert_null(rt__map_put(&m, 100, NULL));
  for (uint64_t i = 0; i < 100; i++) /* what is there can still be had */
    assert_non_null(rt__map_put(&m, i, NULL));
  assert_int_equal(m.cap, cap);
  rt__map_free(&m);
}

static void test_map_counts(void **state)
{
  (void)state;
  rt__map m;
  rt__map_init(&m, rt_alloc_default(), 2, 3);
  for (int i = 0; i < 5; i++)
    assert_true(rt__map_count(&m, 8));
  assert_true(rt__map_count(&m, 0));
  assert_false(rt__map_count(&m, 9)); /* at its maximum */
  assert_int_equal(*rt__map_get(&m, 8), 5);
  assert_int_equal(*rt__map_get(&m, 0), 1);
  assert_null(rt__map_get(&m, 9));
  rt__map_free(&m);
}

static void test_map_without_memory(void **state)
{
  (void)state;
  for (test_alloc t = {.keep_failing = true}; test_alloc_again(&t);) {
    rt_alloc a = test_alloc_of(&t);
    rt__map m;
    rt__map_init(&m, &a, SIZE_MAX, 3);
    uint64_t n = 0;
    for (uint64_t *v; n < 500 && (v = rt__map_put(&m, n, NULL)); n++)
      *v = n;
    assert_int_equal(n < 500, t.failed);
    for (uint64_t i = 0; i < n; i++) { /* nothing was lost */
      assert_int_equal(*rt__map_get(&m, i), i);
      assert_non_null(rt__map_put(&m, i, NULL));
    }
    assert_null(rt__map_get(&m, n));
    rt__map_free(&m);
    assert_int_equal(t.held + t.wrong_sizes, 0);
  }
}

/* ---- sort */

static int by_key_then_place(const void *x, const void *y)
{
  const rt__pair *a = x, *b = y;
  if (a->key != b->key)
    return a->key < b->key ? -1 : 1;
  return a->val < b->val ? -1 : a->val > b->val;
}

static void test_sort_like_qsort(void **state)
{
  (void)state;
  static const uint64_t masks[] = {UINT64_MAX, 0, 1, 0xff, 0xff00, UINT64_C(0xff00000000000000),
                                   0x7f7f7f7f};
  static const size_t sizes[] = {0, 1, 2, 3, 100, 255, 256, 257, 10000};
  rt__rng r = {9, 0};
  for (size_t m = 0; m < RT__ARRAY_LEN(masks); m++)
    for (size_t s = 0; s < RT__ARRAY_LEN(sizes); s++) {
      size_t n = sizes[s];
      rt__pair *a = calloc(n + 1, sizeof *a), *b = calloc(n + 1, sizeof *b),
               *tmp = calloc(n + 1, sizeof *tmp);
      for (size_t i = 0; i < n; i++)
        a[i] = b[i] = (rt__pair){rt__rng_next(&r) & masks[m], i};
      rt__sort_pairs(a, tmp, n);
      qsort(b, n, sizeof *b, by_key_then_place); /* stable, since places rise */
      assert_memory_equal(a, b, (n + 1) * sizeof *a);
      free(a);
      free(b);
      free(tmp);
    }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_sip_vectors),
      cmocka_unit_test(test_sha256_and_hmac),
      cmocka_unit_test(test_checksum),
      cmocka_unit_test(test_mixing),
      cmocka_unit_test(test_random_numbers),
      cmocka_unit_test(test_map_like_an_array),
      cmocka_unit_test(test_map_keeps_its_maximum),
      cmocka_unit_test(test_map_counts),
      cmocka_unit_test(test_map_without_memory),
      cmocka_unit_test(test_sort_like_qsort),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
