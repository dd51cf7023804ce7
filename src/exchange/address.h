/* address - what a log says of where a request came from, as an address.
 *
 * One address has many spellings (2001:db8::1 is 2001:0DB8:0:0::1, and ::ffff:203.0.113.9 is
 * 203.0.113.9), loggers add ports and zones, and IPv6 hands a customer a whole network. So a text
 * is read first, and what is compared is a canonical text of as many bits as one customer has: all
 * 32 of IPv4, 64 of IPv6; and a wider network of 24 or 48.
 *
 * Texts that are no address (pseudonyms, names of hosts) are not read; whoever asked keeps them as
 * they are.
 */
#ifndef RT_EXCHANGE_ADDRESS_H
#define RT_EXCHANGE_ADDRESS_H

#include "base/base.h"

#define RT__ADDRESS_TEXT 64 /* room for any text written here */

typedef struct rt__address {
  unsigned char b[16]; /* network order; IPv4 as ::ffff:a.b.c.d */
  bool v4;
} rt__address;

/* Reads "203.0.113.9", "2001:db8::1" or "::ffff:203.0.113.9", also with a port
 * ("203.0.113.9:4711", "[2001:db8::1]:443"), a zone ("fe80::1%eth0") or blanks around. False if it
 * is no address. O(length) */
bool rt__address_read(rt_slice text, rt__address *out);

/* false for what many networks use at once: private, loopback, link-local, carrier's shared
 * (100.64/10), multicast, unspecified. Addresses of documentation count as public. */
bool rt__address_public(const rt__address *a);

/* one customer: "203.0.113.9", "2001:db8:1:2::/64" */
rt_slice rt__address_host(const rt__address *a, char out[RT__ADDRESS_TEXT]);
/* one network: "203.0.113" (its /24), "2001:db8:1::/48" */
rt_slice rt__address_net(const rt__address *a, char out[RT__ADDRESS_TEXT]);

/* The last public address of a chain "client, proxy, proxy", as it stands there; missing if there
 * is none. Each proxy appends whom it heard from, so the right end is what one's own proxies wrote
 * and the left end is whatever the client claimed. O(length) */
rt_slice rt__address_last_public(rt_slice chain);

#endif
