/* program - what a source sends: frames, parameters, materials. */
#include "world/plan.h"
#include "world/wording.h"

#define POPULAR_APPS  260
#define POPULAR_TOOLS 150
#define AGENTS        5

void rt__program_params(rt__program *g, uint64_t seed, bool greedy)
{
  static const int16_t tokens[] = {-1,   -1,   -1,   256,  512,  700, 1024,
                                   1024, 2048, 2048, 4096, 4096, 8192};
  static const int16_t greedy_tokens[] = {-1, 2048, 4096, 4096, 8192, 8192, 16384};
  static const int16_t temps[] = {-1, -1, -1, -1, 0, 0, 200, 300, 500, 700, 700, 1000, 1000};
  static const int16_t greedy_temps[] = {-1, -1, 0, 0, 600, 700, 1000};
  rt__rng r = rt__rng_for(seed, 0x706172616d, 0, 0);
  g->max_tokens = greedy ? greedy_tokens[rt__rng_below(&r, RT__ARRAY_LEN(greedy_tokens))]
                         : tokens[rt__rng_below(&r, RT__ARRAY_LEN(tokens))];
  g->temperature_milli = greedy ? greedy_temps[rt__rng_below(&r, RT__ARRAY_LEN(greedy_temps))]
                                : temps[rt__rng_below(&r, RT__ARRAY_LEN(temps))];
  g->top_p_milli = rt__coin(&r, 0.1) ? 900 + (int32_t)rt__rng_below(&r, 3) * 50 : -1;
  g->out_tokens = (uint16_t)rt__lognormal(&r, greedy ? 520 : 240, 0.6);
  g->tier = (uint8_t)(rt__coin(&r, greedy ? 0.75 : 0.3) ? 2 : rt__rng_below(&r, 2));
  g->stream = rt__coin(&r, 0.35);
  g->thinking = rt__coin(&r, 0.15);
}

void rt__program_api(rt__program *g, rt__client c, rt__rng *r)
{
  uint32_t can = rt__client_apis(c);
  uint32_t pick;
  do
    pick = 1u << rt__rng_below(r, 3);
  while (!(can & pick) || (pick == RT__API_BIT_RESPONSES && rt__coin(r, 0.5) && can != pick));
  g->api = (uint8_t)pick;
}

static uint8_t topic_of(uint64_t owner)
{
  return (uint8_t)(rt__draw(owner, 0x746f706963, 0, 0) % RT__TOPICS);
}

static rt__text_ref popular_app(const rt__plan *p, rt__rng *r)
{
  uint64_t k = rt__zipf(r, POPULAR_APPS);
  return (rt__text_ref){.kind = RT__TEXT_APP, .seed = rt__draw(p->seed, 0x617070, k, 0)};
}

/* a third of the popular tools send what others use as a system prompt */
static rt__text_ref popular_tool(const rt__plan *p, rt__rng *r)
{
  uint64_t k = rt__zipf(r, POPULAR_TOOLS), h = rt__draw(p->seed, 0x746f6f6c, k, 0);
  rt__text_ref t = {.kind = RT__TEXT_TOOL, .seed = h, .topic = (uint8_t)(h % RT__TOPICS)};
  if (k % 3 == 0)
    t.kind = RT__TEXT_APP;
  else if (k % 7 == 0) {
    t.kind = RT__TEXT_INTENT; /* tools ask for reasoning too */
    t.intent = (uint8_t)(h % rt__intents());
  }
  return t;
}

static rt__text_ref own_tool(uint64_t seed, rt__rng *r)
{
  rt__text_ref t = {.kind = RT__TEXT_TOOL, .seed = seed, .topic = (uint8_t)(seed % RT__TOPICS)};
  if (rt__coin(r, 0.25)) {
    t.kind = RT__TEXT_INTENT;
    t.intent = (uint8_t)(seed % rt__intents());
  }
  return t;
}

void rt__program_frame(rt__program *g, const rt__plan *p, rt__frame f, uint64_t owner,
                       uint64_t group, rt__rng *r)
{
  switch (f) {
  case RT__FRAME_BARE:
    break;
  case RT__FRAME_SITE:
    if (rt__coin(r, 0.3))
      g->system = popular_app(p, r);
    break;
  case RT__FRAME_APP:
    g->system = popular_app(p, r);
    break;
  case RT__FRAME_TOOL:
    g->before = popular_tool(p, r);
    break;
  case RT__FRAME_GROUP:
    g->system = (rt__text_ref){.kind = RT__TEXT_OWN, .seed = group, .topic = topic_of(group)};
    break;
  case RT__FRAME_GTOOL: {
    rt__rng gr = rt__rng_for(group, 0x67746f6f, 0, 0);
    g->before = own_tool(group, &gr);
    break;
  }
  case RT__FRAME_OWN:
    g->system = (rt__text_ref){.kind = RT__TEXT_OWN, .seed = owner, .topic = topic_of(owner)};
    break;
  case RT__FRAME_SCRIPT:
    g->before = own_tool(owner, r);
    break;
  case RT__FRAME_AGENT:
    g->system = (rt__text_ref){.kind = RT__TEXT_AGENT, .seed = rt__zipf(r, AGENTS)};
    g->tools = (uint8_t)(1 + g->system.seed);
    break;
  case RT__FRAME_MAKER:
    g->before = (rt__text_ref){
        .kind = RT__TEXT_MAKER, .seed = group, .topic = (uint8_t)(group % RT__TOPICS)};
    break;
  case RT__FRAME_INTENT:
    g->before = (rt__text_ref){
        .kind = RT__TEXT_INTENT, .seed = owner, .intent = (uint8_t)rt__rng_below(r, rt__intents())};
    break;
  }
}

/* the seed by which parameters go with a frame: users of one app set what the app sets */
static uint64_t frame_seed(const rt__program *g, uint64_t owner)
{
  bool shared = g->system.kind == RT__TEXT_APP || g->system.kind == RT__TEXT_AGENT;
  if (shared)
    return g->system.seed + g->system.kind;
  return g->before.kind ? g->before.seed : owner;
}

static uint8_t a_topic(const rt__plan *p, rt__rng *r)
{
  return (uint8_t)rt__rng_below(r, rt__texts_topics(p->texts));
}

void rt__material_of(rt__material *m, const rt__plan *p, rt__stuff stuff, uint64_t owner,
                     rt__rng *r)
{
  rt__rng own = rt__rng_for(owner, 0x6d617465, (uint64_t)stuff, 0);
  *m = (rt__material){.stuff = (uint8_t)stuff, .seed = owner, .samples = 1, .parts = 1};
  m->topic[0] = a_topic(p, &own);
  m->topic[1] = a_topic(p, &own);
  double tight = p->spec->trades;
  m->own = 4 + (uint32_t)rt__lognormal(&own, 25, 1.2);
  m->fresh = (uint8_t)rt__between(&own, 20, 100);
  m->lead = rt__coin(&own, tight) ? (uint8_t)rt__between(&own, 20, 100) : 0;
  m->len = (uint8_t)(rt__lognormal(&own, 22, 0.7) + 3);
  if (!rt__coin(&own, tight)) /* a generalist */
    m->topic[0] = m->topic[1] = 255;
  if (stuff == RT__STUFF_CORPUS)
    m->pool = (uint8_t)(RT__POOL_CORPUS + rt__rng_below(r, rt__texts_corpora(p->texts)));
  if (stuff == RT__STUFF_EXAM)
    m->pool = (uint8_t)(rt__coin(r, 0.7) ? RT__POOL_GSM : RT__POOL_HARD);
  if (stuff == RT__STUFF_PROBES)
    m->own = (uint32_t)rt__between(r, 1, 6);
}

void rt__customer(const rt__plan *p, uint64_t seed, rt__program *g, rt__material *m, uint8_t *way,
                  float *turns)
{
  rt__rng r = rt__rng_for(seed, 0x637573, 0, 0);
  static const rt__frame frames[] = {RT__FRAME_SITE,  RT__FRAME_SITE, RT__FRAME_APP,
                                     RT__FRAME_AGENT, RT__FRAME_TOOL, RT__FRAME_SCRIPT,
                                     RT__FRAME_OWN};
  static const rt__stuff stuffs[] = {RT__STUFF_CHAT,  RT__STUFF_CHAT,  RT__STUFF_CHAT,
                                     RT__STUFF_CODE,  RT__STUFF_TRADE, RT__STUFF_TRADE,
                                     RT__STUFF_DIALOG};
  uint64_t k = rt__rng_below(&r, RT__ARRAY_LEN(frames));
  uint8_t api = g->api;
  *g = (rt__program){.api = api};
  rt__program_frame(g, p, frames[k], seed, seed, &r);
  rt__program_params(g, frame_seed(g, seed), false);
  rt__material_of(m, p, stuffs[k], seed, &r);
  bool agent = frames[k] == RT__FRAME_AGENT, talk = k < 3 || frames[k] == RT__FRAME_OWN;
  *way = agent ? RT__WAY_AGENT : talk ? RT__WAY_TALK : RT__WAY_SINGLE;
  *turns = agent ? 6 : talk ? 2.6f : 1;
}
