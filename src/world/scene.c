#include "world/scene.h"

#include "world/slot.h"
#include "world/wording.h"

/* ---- opening: everything that varies is decided here */

static uint64_t wording_seed(const rt__text_ref *t, const rt__scene *s)
{
  if (t->wording == RT__WORDING_ACCOUNT)
    return rt__mix2(t->seed, s->account->seed);
  return t->wording == RT__WORDING_REQUEST ? rt__mix2(t->seed, s->seed) : t->seed;
}

/* a probe tries one technique after the other */
static void probe(rt__text_ref *t, const rt__scene *s)
{
  t->intent = (uint8_t)(rt__draw(s->seed, 0x70726f6265, 0, 0) % rt__intents());
  t->wording = RT__WORDING_REQUEST;
}

static void fix_wording(rt__text_ref *t, const rt__scene *s)
{
  if (t->kind != RT__TEXT_INTENT)
    return;
  if (s->probe)
    probe(t, s);
  t->seed = wording_seed(t, s);
}

/* other knobs for each account, a little for each request */
static void vary(rt__program *g, const rt__scene *s)
{
  rt__rng r = rt__rng_for(s->account->seed, 0x76617279, 0, 0);
  rt__program_params(g, rt__rng_next(&r), true);
  uint64_t h = rt__draw(s->seed, 0x76617279, 0, 0);
  if (g->max_tokens > 0)
    g->max_tokens += (int32_t)(h % 512);
  if (g->temperature_milli > 0)
    g->temperature_milli = (int32_t)(500 + h / 512 % 10 * 50);
}

static void relay(rt__scene *s)
{
  rt__rng r = rt__rng_for(s->seed, 0x72656c6179, 0, 0);
  uint64_t customer = rt__draw(s->source->seed, 0x72656c, rt__zipf(&r, 4000), 0);
  rt__text_ref inject = s->program.inject;
  uint8_t way;
  float turns;
  rt__customer(s->plan, customer, &s->program, &s->material, &way, &turns);
  s->program.inject = inject;
  if (way != RT__WAY_AGENT)
    s->program.tools = 0;
}

static void honest(rt__scene *s)
{
  uint8_t way;
  float turns;
  rt__customer(s->plan, s->account->seed, &s->program, &s->material, &way, &turns);
  s->program.tools = 0;
}

static uint8_t topic(const rt__scene *s)
{
  rt__rng r = rt__rng_for(s->seed, 0x746f70, 0, 0);
  uint8_t t = s->material.topic[rt__coin(&r, 0.3)];
  bool other = t == 255 || rt__coin(&r, 0.2);
  return other ? (uint8_t)rt__rng_below(&r, rt__texts_topics(s->plan->texts)) : t;
}

void rt__scene_open(rt__scene *s, const rt__plan *p, const rt__event *e)
{
  const rt__source *src = &p->sources[e->source];
  *s = (rt__scene){.plan = p,
                   .source = src,
                   .account = &p->accounts[e->account],
                   .program = src->program,
                   .material = src->material,
                   .conv = e->conv};
  s->seed = rt__draw(src->seed, 0x636f6e76, e->conv, 0);
  s->probe = e->conv < src->probes;
  if (src->relay)
    relay(s);
  if (src->honest)
    honest(s);
  s->item = e->conv / (s->material.samples ? s->material.samples : 1);
  s->topic = topic(s);
  s->replay = src->replay > 0 && e->conv > 8 && s->program.api == RT__API_BIT_MESSAGES &&
              rt__unit(rt__draw(s->seed, 0x7265706c, 0, 0)) < (double)src->replay;
  if (s->program.vary)
    vary(&s->program, s);
  fix_wording(&s->program.system, s);
  fix_wording(&s->program.inject, s);
  fix_wording(&s->program.before, s);
  fix_wording(&s->program.after, s);
}

/* ---- frames */

static const char agent_prompt[] =
    "You are {a coding agent|an engineer's assistant} that works in the terminal of the person who "
    "called you. {Read|Look} before you {write|change}; {keep|make} changes small; run the tests "
    "after "
    "each {step|change}.\\n\\n# Style\\nBe brief. Do not praise. {No|Never add} comments that "
    "repeat the "
    "code.\\n# Tools\\nUse {search|the search tool} rather than guessing where %n or %n is kept. "
    "{Ask|Stop "
    "and ask} before anything that {deletes|cannot be undone}.\\n# Done means\\nThe {tests|checks} "
    "pass, "
    "the {diff|change} is explained in {two|three} sentences, and %t is left as it was.";

static void agent_system(rt__pen *p, const rt__scene *s, const rt__text_ref *t,
                         const rt__lexicon *l)
{
  rt__rng r = rt__rng_for(t->seed, 0x6167656e74, 0, 0);
  rt__voice v = {.lexicon = l, .topic = 5};
  rt__fill(p, agent_prompt, &v, &r);
  rt__rng a = rt__rng_for(s->material.seed, 0x656e76, 0, 0);
  rt__voice own = {.lexicon = l, .topic = 5, .owner = s->material.seed | 1, .breadth = 4};
  rt__fill(p, "\\n\\n<env>\\ndir: /{home|Users|work}/%p/%t\\nsystem: {linux|darwin|win32}\\n</env>",
           &own, &a);
}

static void frame(rt__pen *p, const rt__scene *s, const rt__text_ref *t)
{
  const rt__texts *texts = s->plan->texts;
  const rt__lexicon *l = rt__texts_lexicon(texts);
  rt__rng r = rt__rng_for(t->seed, 0x6672616d65, 0, 0);
  rt__voice v = {.lexicon = l, .topic = t->topic};
  switch ((rt__text_kind)t->kind) {
  case RT__TEXT_APP: {
    const rt__pool *apps = rt__texts_pool(texts, RT__POOL_APPS);
    rt__pen_slice(p, rt__window(rt__pool_turn(apps, (uint32_t)(t->seed % apps->n), 0), 0, 1800));
    break;
  }
  case RT__TEXT_OWN:
    v.owner = t->seed | 1;
    v.breadth = 6;
    rt__own_prompt(p, &v, &r);
    break;
  case RT__TEXT_TOOL:
    rt__tool_prompt(p, &v, &r);
    break;
  case RT__TEXT_MAKER:
    rt__maker_prompt(p, &v, &r);
    break;
  case RT__TEXT_INTENT:
    rt__word_intent(p, t->intent, t->seed, l);
    break;
  case RT__TEXT_AGENT:
    agent_system(p, s, t, l);
    break;
  case RT__TEXT_NONE:
    break;
  }
}

bool rt__scene_has_system(const rt__scene *s)
{
  return s->program.system.kind || s->program.inject.kind;
}

void rt__scene_system(rt__pen *p, const rt__scene *s)
{
  frame(p, s, &s->program.system);
  if (s->program.system.kind && s->program.inject.kind)
    RT__PEN_LIT(p, "\\n\\n");
  frame(p, s, &s->program.inject);
}

/* what goes between a tool's words and the text it was given; part of the frame */
static const char *joint(const rt__text_ref *t)
{
  static const char *const joints[] = {"\\n\\n",    "\\n",           "\\n\\nText:\\n",
                                       "\\n---\\n", "\\n\\nInput: ", " "};
  uint64_t h = t->wording == RT__WORDING_VERBATIM ? t->seed : 0;
  return joints[rt__draw(h, 0x6a6f696e, 0, 0) % RT__ARRAY_LEN(joints)];
}

void rt__scene_user(rt__pen *p, const rt__scene *s, uint32_t turn)
{
  if (turn > 0) {
    rt__slot_later(p, s, turn);
    return;
  }
  if (s->program.before.kind) {
    frame(p, s, &s->program.before);
    rt__pen_str(p, joint(&s->program.before));
  }
  rt__slot(p, s);
  if (s->program.after.kind) {
    rt__pen_str(p, joint(&s->program.after));
    frame(p, s, &s->program.after);
  }
}

void rt__scene_assistant(rt__pen *p, const rt__scene *s, uint32_t turn)
{
  rt__rng r = rt__rng_for(s->seed, 0x616e73, turn, 0);
  rt__slot_prose(p, s, 1000 + turn, 80 + (size_t)rt__lognormal(&r, 200, 0.6));
}

/* ---- tools */

typedef struct tool_row {
  const char *name, *what, *argument;
} tool_row;

static const tool_row tools[] = {
    {"read_file", "Returns a file of the project.", "path"},
    {"edit_file", "Replaces one passage of a file by another.", "path"},
    {"run", "Runs a command and returns what it prints.", "command"},
    {"search", "Finds lines that match a pattern.", "pattern"},
    {"list_dir", "Lists a folder.", "path"},
    {"web_search", "Searches the web.", "query"},
    {"fetch", "Returns a page as text.", "url"},
    {"python", "Runs a snippet and returns its output.", "source"},
};

static const tool_row *tool_at(const rt__scene *s, uint32_t k)
{
  return &tools[(s->program.tools * 3u + k) % RT__ARRAY_LEN(tools)];
}

static uint32_t tools_of(const rt__scene *s)
{
  return 3 + s->program.tools % 4u;
}

const char *rt__scene_call(rt__pen *p, const rt__scene *s, uint32_t turn)
{
  rt__rng r = rt__rng_for(s->seed, 0x63616c6c, turn, 0);
  const tool_row *t = tool_at(s, (uint32_t)rt__rng_below(&r, tools_of(s)));
  rt__voice v = {.lexicon = rt__texts_lexicon(s->plan->texts),
                 .topic = 5,
                 .owner = s->material.seed | 1,
                 .breadth = 8};
  RT__PEN_LIT(p, "{\\\"");
  rt__pen_str(p, t->argument);
  RT__PEN_LIT(p, "\\\": \\\"");
  rt__fill(p, "{src|lib|test}/%n_%t.{py|ts|go}", &v, &r);
  RT__PEN_LIT(p, "\\\"}");
  return t->name;
}

void rt__scene_tool_result(rt__pen *p, const rt__scene *s, uint32_t turn)
{
  rt__rng r = rt__rng_for(s->seed, 0x726573, turn, 0);
  rt__slot_prose(p, s, 2000 + turn, 60 + (size_t)rt__lognormal(&r, 220, 0.9));
}

void rt__scene_tools(rt__pen *p, const rt__scene *s)
{
  bool messages = s->program.api == RT__API_BIT_MESSAGES, chat = s->program.api == RT__API_BIT_CHAT;
  for (uint32_t k = 0; k < tools_of(s); k++) {
    const tool_row *t = tool_at(s, k);
    rt__pen_str(p, k ? "," : "[");
    rt__pen_str(p, messages ? "{\"name\":\""
                   : chat   ? "{\"type\":\"function\",\"function\":{\"name\":\""
                            : "{\"type\":\"function\",\"name\":\"");
    rt__pen_str(p, t->name);
    RT__PEN_LIT(p, "\",\"description\":\"");
    rt__pen_str(p, t->what);
    rt__pen_str(p, messages ? "\",\"input_schema\":" : "\",\"parameters\":");
    RT__PEN_LIT(p, "{\"type\":\"object\",\"properties\":{\"");
    rt__pen_str(p, t->argument);
    RT__PEN_LIT(p, "\":{\"type\":\"string\"}}}");
    rt__pen_str(p, chat ? "}}" : "}");
  }
  rt__pen_char(p, ']');
}
