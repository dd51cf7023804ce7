#include "world/client.h"

typedef struct client_row {
  const char *agent;                                    /* %v = version, %m = major, %s = system */
  uint8_t sort, weight, apis, major, minors, stainless; /* stainless: 1 python, 2 javascript */
  uint8_t stacks;                                       /* TLS stacks that builds of it use */
} client_row;

#define CHAT RT__API_BIT_CHAT
#define RESP RT__API_BIT_RESPONSES
#define MSGS RT__API_BIT_MESSAGES
#define SITE RT__CLIENT_SORT_SITE
#define SDK  RT__CLIENT_SORT_SDK
#define AGNT RT__CLIENT_SORT_AGENT
#define RUNR RT__CLIENT_SORT_RUNNER

static const client_row rows[] = {
    {"Mozilla/5.0 (%s) Chrome/%m.0", SITE, 30, CHAT | RESP | MSGS, 128, 14, 0, 6},
    {"Mozilla/5.0 (%s) Firefox/%m.0", SITE, 9, CHAT | RESP | MSGS, 126, 10, 0, 4},
    {"ChatFrame/%v (%s)", SITE, 12, CHAT | MSGS, 3, 20, 0, 3},
    {"okhttp/%v", SITE, 8, CHAT, 4, 12, 0, 3},
    {"OpenAI/Python %v", SITE, 8, CHAT | RESP, 1, 70, 1, 4},
    {"OpenAI/Python %v", SDK, 34, CHAT | RESP, 1, 70, 1, 4},
    {"OpenAI/JS %v", SDK, 15, CHAT | RESP, 4, 60, 2, 4},
    {"Anthropic/Python %v", SDK, 18, MSGS, 0, 60, 1, 4},
    {"Anthropic/JS %v", SDK, 8, MSGS, 0, 50, 2, 4},
    {"python-requests/%v", SDK, 8, CHAT | MSGS, 2, 9, 0, 3},
    {"python-httpx/%v", SDK, 6, CHAT | RESP | MSGS, 0, 9, 0, 3},
    {"litellm/%v", SDK, 6, CHAT | MSGS, 1, 60, 0, 3},
    {"axios/%v", SDK, 5, CHAT, 1, 8, 0, 3},
    {"Go-http-client/2.0", SDK, 5, CHAT | MSGS, 2, 1, 0, 4},
    {"curl/%v", SDK, 2, CHAT | MSGS, 8, 12, 0, 5},
    {"GuzzleHttp/%m", SDK, 3, CHAT, 7, 1, 0, 3},
    {"agent-cli/%v (external, cli)", AGNT, 40, MSGS, 1, 90, 2, 2},
    {"codepilot/%v (%s)", AGNT, 25, CHAT | RESP, 0, 40, 0, 2},
    {"OpenAI/JS %v", AGNT, 12, CHAT | RESP, 4, 60, 2, 4},
    {"flowrunner/%v", RUNR, 30, CHAT | RESP | MSGS, 1, 30, 0, 1},
    {"node-fetch/1.0", RUNR, 14, CHAT | MSGS, 1, 1, 0, 2},
    {"axios/%v", RUNR, 16, CHAT, 1, 8, 0, 3},
};

rt__client rt__client_draw(rt__rng *r, rt__client_sort sort)
{
  uint32_t sum = 0, k = 0;
  for (uint32_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    sum += rows[i].sort == sort ? rows[i].weight : 0;
  uint64_t x = rt__rng_below(r, sum);
  for (;; k++) {
    uint32_t w = rows[k].sort == sort ? rows[k].weight : 0;
    if (x < w)
      break;
    x -= w;
  }
  /* recent builds are common: a square towards 0 */
  double u = rt__rng_unit(r);
  return (rt__client){(uint8_t)k, (uint16_t)(u * u * 4000)};
}

uint32_t rt__client_apis(rt__client c)
{
  return rows[c.row].apis;
}

static const char *system_of(rt__client c)
{
  static const char *const names[] = {"Windows", "MacOS", "Linux", "Windows", "Android"};
  uint64_t h = rt__mix2(c.build, c.row + 77u);
  return names[h % (rows[c.row].sort == SITE ? 5 : 3)];
}

static void version(rt__pen *p, rt__client c)
{
  const client_row *row = &rows[c.row];
  uint32_t back = (uint32_t)c.build % row->minors;
  rt__pen_u64(p, row->major + (c.build & 1u) * (row->minors > 30));
  rt__pen_char(p, '.');
  rt__pen_u64(p, row->minors - back);
  rt__pen_char(p, '.');
  rt__pen_u64(p, c.build / row->minors % 4);
}

void rt__client_agent(rt__pen *p, rt__client c)
{
  const client_row *row = &rows[c.row];
  for (const char *s = row->agent; *s; s++) {
    if (*s != '%') {
      rt__pen_char(p, *s);
      continue;
    }
    s++;
    if (*s == 'v')
      version(p, c);
    else if (*s == 'm')
      rt__pen_u64(p, row->major + row->minors - 1u - (uint32_t)c.build % row->minors);
    else
      rt__pen_str(p, system_of(c));
  }
}

void rt__client_ja4(rt__pen *p, rt__client c)
{
  const client_row *row = &rows[c.row];
  uint64_t h = rt__draw(0x6a6134, c.row, c.build / 7 % row->stacks, 0);
  RT__PEN_LIT(p, "t13d");
  rt__pen_u64(p, 12 + h % 8);
  rt__pen_u64(p, 10 + (h >> 8) % 6);
  rt__pen_str(p, h >> 16 & 1 ? "h2_" : "h1_");
  rt__pen_hex(p, h >> 12, 12);
  rt__pen_char(p, '_');
  rt__pen_hex(p, rt__mix(h), 12);
}

bool rt__client_headers(rt__pen *p, rt__client c)
{
  const client_row *row = &rows[c.row];
  if (!row->stainless)
    return false;
  bool python = row->stainless == 1;
  uint64_t h = rt__mix2(c.build, c.row);
  RT__PEN_LIT(p, "\"x-stainless-lang\":\"");
  rt__pen_str(p, python ? "python" : "js");
  RT__PEN_LIT(p, "\",\"x-stainless-os\":\"");
  rt__pen_str(p, system_of(c));
  RT__PEN_LIT(p, "\",\"x-stainless-package-version\":\"");
  version(p, c);
  RT__PEN_LIT(p, "\",\"x-stainless-runtime-version\":\"");
  rt__pen_str(p, python ? "3." : "v");
  rt__pen_u64(p, python ? 9 + h % 5 : 18 + 2 * (h % 3));
  if (!python)
    RT__PEN_LIT(p, ".4.0");
  rt__pen_char(p, '"');
  return true;
}
