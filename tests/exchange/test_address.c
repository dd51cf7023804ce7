/* Addresses: one customer has one text, whatever the spelling; what is shared by all is nobody's.
 */
#include "exchange/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the three above */
#include <cmocka.h>

static bool is(rt_slice s, const char *want)
{
  return rt__slice_eq(s, rt__cstr(want));
}

static void test_spellings_of_one_customer(void **state)
{
  (void)state;
  static const struct {
    const char *text, *host, *net;
  } rows[] = {
      {"203.0.113.9", "203.0.113.9", "203.0.113"},
      {" 203.0.113.9:4711 ", "203.0.113.9", "203.0.113"},
      {"::ffff:203.0.113.9", "203.0.113.9", "203.0.113"},
      {"::FFFF:cb00:7109", "203.0.113.9", "203.0.113"},
      {"[::ffff:203.0.113.9]:443", "203.0.113.9", "203.0.113"},
      {"2001:db8::1", "2001:db8::/64", "2001:db8::/48"},
      {"2001:0DB8:0:0::1", "2001:db8::/64", "2001:db8::/48"},
      {"[2001:db8::1]:443", "2001:db8::/64", "2001:db8::/48"},
      {"[2001:db8::1]", "2001:db8::/64", "2001:db8::/48"},
      {"2001:db8:1:2:a:b:c:d%eth0", "2001:db8:1:2::/64", "2001:db8:1::/48"},
      {"2001:db8:1:2::", "2001:db8:1:2::/64", "2001:db8:1::/48"},
      {"2001:db8:1:ff02::7", "2001:db8:1:ff02::/64", "2001:db8:1::/48"},
      {"::1", "::/64", "::/48"},
  };
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    rt__address a;
    char text[RT__ADDRESS_TEXT];
    assert_true(rt__address_read(rt__cstr(rows[i].text), &a));
    assert_true(is(rt__address_host(&a, text), rows[i].host));
    assert_true(is(rt__address_net(&a, text), rows[i].net));
  }
}

static void test_what_is_none(void **state)
{
  (void)state;
  static const char *const rows[] = {"",
                                     " ",
                                     "unknown",
                                     "203.0.113",
                                     "203.0.113.256",
                                     "203.0.113.09",
                                     "203.0.113.9.7",
                                     "1:2:3",
                                     "2001:db8::1::2",
                                     "gw-7.example:443",
                                     "[]",
                                     "[203.0.113.9",
                                     "ip:9f2c",
                                     "%eth0",
                                     "198.51.100.x",
                                     "2001:db8:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:1"};
  rt__address a;
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    assert_false(rt__address_read(rt__cstr(rows[i]), &a));
  assert_false(rt__address_read((rt_slice){NULL, 0}, &a));
  assert_false(rt__address_read(rt__slice("203.0.113.9\0x", 13), &a));
}

static void test_public(void **state)
{
  (void)state;
  static const struct {
    const char *text;
    bool public;
  } rows[] = {
      {"203.0.113.9", true},
      {"9.255.255.255", true},
      {"10.0.0.0", false},
      {"10.255.255.255", false},
      {"11.0.0.0", true},
      {"100.63.255.255", true},
      {"100.64.0.0", false},
      {"100.127.255.255", false},
      {"100.128.0.0", true},
      {"127.0.0.1", false},
      {"169.253.0.1", true},
      {"169.254.0.1", false},
      {"172.15.255.255", true},
      {"172.16.0.0", false},
      {"172.31.255.255", false},
      {"172.32.0.0", true},
      {"192.167.1.1", true},
      {"192.168.1.1", false},
      {"192.169.1.1", true},
      {"223.255.255.255", true},
      {"224.0.0.1", false},
      {"255.255.255.255", false},
      {"0.0.0.0", false},
      {"::", false},
      {"::1", false},
      {"::2", true},
      {"fbff::1", true},
      {"fc00::1", false},
      {"fdff::1", false},
      {"fe7f::1", true},
      {"fe80::1", false},
      {"feff::1", false},
      {"ff02::1", false},
      {"2001:db8::1", true},
      {"::ffff:10.1.2.3", false},
  };
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    rt__address a;
    assert_true(rt__address_read(rt__cstr(rows[i].text), &a));
    assert_int_equal(rt__address_public(&a), rows[i].public);
  }
}

static void test_chain(void **state)
{
  (void)state;
  static const struct {
    const char *chain, *want; /* NULL: none */
  } rows[] = {
      {"203.0.113.9", "203.0.113.9"},
      {"203.0.113.9, 198.51.100.7", "198.51.100.7"}, /* the left may be forged */
      {"203.0.113.9, 198.51.100.7 , 10.0.0.1,192.168.0.4", "198.51.100.7"},
      {"8.8.8.8, unknown, [2001:db8::7]:443, 10.0.0.1", "[2001:db8::7]:443"},
      {"10.0.0.1, 127.0.0.1", NULL},
      {"unknown", NULL},
      {"", NULL},
      {",,203.0.113.9,,", "203.0.113.9"},
  };
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    rt_slice got = rt__address_last_public(rt__cstr(rows[i].chain));
    if (rows[i].want)
      assert_true(is(got, rows[i].want));
    else
      assert_null(got.p);
  }
  assert_null(rt__address_last_public((rt_slice){NULL, 0}).p);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_spellings_of_one_customer),
      cmocka_unit_test(test_what_is_none),
      cmocka_unit_test(test_public),
      cmocka_unit_test(test_chain),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
