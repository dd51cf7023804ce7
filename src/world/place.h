/* place - countries, networks and addresses. All invented: an address says nothing about its real
 * holder. */
#ifndef RT_WORLD_PLACE_H
#define RT_WORLD_PLACE_H

#include "world/dist.h"
#include "world/pen.h"

typedef struct rt__country {
  const char code[3];
  int8_t hours; /* ahead of UTC */
  uint8_t weight;
  const char *phone;
} rt__country;

uint32_t rt__countries(void);
const rt__country *rt__country_at(uint32_t c);
uint32_t rt__country_draw(rt__rng *r);

#define RT__VPNS 10

/* one address and the network it belongs to */
typedef struct rt__address {
  uint32_t asn;
  uint32_t v4;
  uint64_t v6; /* not 0: the address is v6 with this /64 and `v4` as its host part */
  uint8_t country;
} rt__address;

/* `id` names a line, a host, an exit; the same id gives the same address */
rt__address rt__home_address(uint8_t country, uint64_t id);
rt__address rt__carrier_address(uint8_t country, uint64_t id);
rt__address rt__cloud_address(uint64_t id);
rt__address rt__vpn_address(uint32_t vpn, uint64_t id);
rt__address rt__proxy_address(uint8_t country, uint64_t id);

void rt__address_print(rt__pen *p, const rt__address *a);

#endif
