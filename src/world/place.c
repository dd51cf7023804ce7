#include "world/place.h"

static const rt__country countries[] = {
    {"US", -6, 60, "1"}, {"GB", 0, 22, "44"}, {"DE", 1, 22, "49"},  {"FR", 1, 15, "33"},
    {"IN", 5, 38, "91"}, {"JP", 9, 16, "81"}, {"BR", -3, 18, "55"}, {"CA", -5, 12, "1"},
    {"AU", 10, 9, "61"}, {"NL", 1, 9, "31"},  {"ES", 1, 9, "34"},   {"PL", 1, 8, "48"},
    {"SG", 8, 9, "65"},  {"KR", 9, 10, "82"}, {"MX", -6, 9, "52"},  {"TR", 3, 7, "90"},
    {"ID", 7, 9, "62"},  {"VN", 7, 7, "84"},  {"NG", 1, 5, "234"},  {"UA", 2, 5, "380"},
    {"IT", 1, 9, "39"},  {"SE", 1, 5, "46"},  {"ZA", 2, 4, "27"},   {"TW", 8, 5, "886"},
    {"HK", 8, 5, "852"},
};

enum { HOME_ISPS = 5, CARRIERS = 2, CLOUDS = 18, PROXIES = 14, ASN_BASE = 64512 };

uint32_t rt__countries(void)
{
  return (uint32_t)RT__ARRAY_LEN(countries);
}

const rt__country *rt__country_at(uint32_t c)
{
  return &countries[c];
}

uint32_t rt__country_draw(rt__rng *r)
{
  uint32_t sum = 0, c = 0;
  for (uint32_t i = 0; i < rt__countries(); i++)
    sum += countries[i].weight;
  uint64_t x = rt__rng_below(r, sum);
  while (x >= countries[c].weight)
    x -= countries[c++].weight;
  return c;
}

/* a /16 of the network, outside the reserved parts of the address space */
static uint32_t prefix(uint32_t asn, uint64_t block)
{
  uint64_t h = rt__draw(asn, 0x6970, block, 0);
  uint32_t first = (uint32_t)(h % 200) + 11;
  first += first >= 127 ? 1 : 0;
  uint32_t second = (uint32_t)(h >> 32 & 0xff);
  if ((first == 172 && second >= 16 && second < 32) || (first == 192 && second == 168) ||
      (first == 169 && second == 254) || (first == 100 && second >= 64) || first == 198)
    first = 23;
  return first << 24 | second << 16;
}

static rt__address in_network(uint32_t asn, uint8_t country, uint32_t blocks, uint64_t id)
{
  uint64_t h = rt__draw(asn, 0x686f7374, id, 0);
  uint32_t host = (uint32_t)(h >> 16 & 0xffff);
  host = (host & 0xff) == 0 || (host & 0xff) == 0xff ? host ^ 7 : host;
  return (rt__address){asn, prefix(asn, h % blocks) | host, 0, country};
}

rt__address rt__home_address(uint8_t country, uint64_t id)
{
  uint64_t h = rt__draw(country, 0x686f6d65, id, 0);
  uint32_t asn = ASN_BASE + country * 8u + (uint32_t)(h % HOME_ISPS);
  rt__address a = in_network(asn, country, 12, id);
  if (h >> 40 & 1 && h >> 41 & 1) { /* a quarter of the lines speak v6 */
    a.v6 = UINT64_C(0x2a00000000000000) | (uint64_t)asn << 40 | (h >> 8 & 0xffffffff);
    a.v4 = (uint32_t)h;
  }
  return a;
}

rt__address rt__carrier_address(uint8_t country, uint64_t id)
{
  uint32_t asn = ASN_BASE + country * 8u + HOME_ISPS + (uint32_t)(id % CARRIERS);
  return in_network(asn, country, 1, id % 48);
}

rt__address rt__cloud_address(uint64_t id)
{
  static const uint8_t where[] = {0, 0, 0, 2, 12, 5, 1, 0, 9};
  uint64_t h = rt__draw(0x636c6f, id, 0, 0);
  uint32_t asn = ASN_BASE + 300 + (uint32_t)rt__draw(h, 1, 0, 0) % CLOUDS;
  return in_network(asn, where[asn % sizeof where], 10, id);
}

rt__address rt__vpn_address(uint32_t vpn, uint64_t id)
{
  static const uint8_t where[] = {9, 0, 2, 1, 21, 12, 11, 0, 7, 5};
  return in_network(ASN_BASE + 330 + vpn % RT__VPNS, where[vpn % RT__VPNS], 1, id % 60);
}

rt__address rt__proxy_address(uint8_t country, uint64_t id)
{
  uint32_t asn = ASN_BASE + 350 + (uint32_t)(rt__draw(0x7078, id, 0, 0) % PROXIES);
  return in_network(asn, country, 14, id);
}

static void print_v4(rt__pen *p, uint32_t v4)
{
  for (int shift = 24; shift >= 0; shift -= 8) {
    rt__pen_u64(p, v4 >> shift & 0xff);
    if (shift)
      rt__pen_char(p, '.');
  }
}

static void print_group(rt__pen *p, uint32_t v)
{
  int digits = v > 0xfff ? 4 : v > 0xff ? 3 : v > 0xf ? 2 : 1;
  rt__pen_hex(p, v, digits);
}

void rt__address_print(rt__pen *p, const rt__address *a)
{
  if (a->v6 == 0) {
    print_v4(p, a->v4);
    return;
  }
  for (int shift = 48; shift >= 0; shift -= 16) {
    print_group(p, (uint32_t)(a->v6 >> shift & 0xffff));
    rt__pen_char(p, ':');
  }
  RT__PEN_LIT(p, "0:0:"); /* not compressed: 16 significant bits follow in two groups */
  print_group(p, (a->v4 >> 16 & 0xffff) | 0x1000);
  rt__pen_char(p, ':');
  print_group(p, a->v4 & 0xffff);
}
