/* client - the programs that send requests: user agents, headers, fingerprints.
 *
 * A fingerprint follows the program's build, so that strangers with the same SDK look the same, as
 * they do in real logs.
 */
#ifndef RT_WORLD_CLIENT_H
#define RT_WORLD_CLIENT_H

#include "world/dist.h"
#include "world/pen.h"

enum { RT__API_BIT_CHAT = 1, RT__API_BIT_RESPONSES = 2, RT__API_BIT_MESSAGES = 4 };

/* which row, and which build of it */
typedef struct rt__client {
  uint8_t row;
  uint16_t build; /* version, system and runtime come from it */
} rt__client;

typedef enum rt__client_sort {
  RT__CLIENT_SORT_SITE,
  RT__CLIENT_SORT_SDK,
  RT__CLIENT_SORT_AGENT,
  RT__CLIENT_SORT_RUNNER
} rt__client_sort;

rt__client rt__client_draw(rt__rng *r, rt__client_sort sort);
uint32_t rt__client_apis(rt__client c); /* RT__API_BIT_* */
void rt__client_agent(rt__pen *p, rt__client c);
void rt__client_ja4(rt__pen *p, rt__client c);
/* members of the "headers" object without braces; false if there are none */
bool rt__client_headers(rt__pen *p, rt__client c);

#endif
