#include "world/slot.h"

static rt__voice voice_of(const rt__scene *s, bool owner)
{
  uint64_t h = rt__draw(s->material.seed, 0x766f696365, 0, 0);
  return (rt__voice){.lexicon = rt__texts_lexicon(s->plan->texts),
                     .owner = owner ? s->material.seed | 1 : 0,
                     .topic = (uint32_t)(h % RT__TOPICS),
                     .breadth = owner ? 5 + (uint32_t)(h >> 40) % 12 : 0};
}

static size_t about(const rt__scene *s, rt__rng *r)
{
  double n = rt__lognormal(r, s->material.len * 16.0, 0.5);
  return n < 40 ? 40 : n > 3000 ? 3000 : (size_t)n;
}

static const rt__pool *pool(const rt__scene *s, uint32_t id)
{
  return rt__texts_pool(s->plan->texts, (rt__pool_id)id);
}

void rt__slot_prose(rt__pen *p, const rt__scene *s, uint64_t which, size_t n)
{
  const rt__pool *docs = pool(s, RT__POOL_DOCS);
  uint64_t h = rt__draw(s->seed, 0x70726f7365, which, 0);
  uint32_t item = rt__pool_of_topic(docs, s->topic, h);
  rt__pen_slice(p, rt__window(rt__pool_turn(docs, item, 0), rt__unit(rt__mix(h)), n));
}

/* ---- people */

/* an item of a talk pool for this conversation: mostly of the account's interests */
static uint32_t talk_item(const rt__scene *s, const rt__pool *q)
{
  return rt__pool_of_topic(q, s->topic, rt__draw(s->seed, 0x6974656d, 0, 0));
}

static void chat(rt__pen *p, const rt__scene *s)
{
  const rt__pool *q =
      pool(s, s->material.stuff == RT__STUFF_DIALOG ? RT__POOL_DIALOG : RT__POOL_CHAT);
  rt__rng r = rt__rng_for(s->seed, 0x63686174, 0, 0);
  rt__voice v = voice_of(s, rt__coin(&r, 0.5));
  bool own_words = rt__coin(&r, 0.35); /* the pools are small, people are many */
  if (own_words)
    rt__question(p, &v, &r);
  else
    rt__pen_slice(p, rt__window(rt__pool_turn(q, talk_item(s, q), 0), 0, 1500));
  if (s->material.stuff == RT__STUFF_CHAT && rt__coin(&r, 0.25)) {
    RT__PEN_LIT(p, "\\n\\n");
    rt__slot_prose(p, s, 77, 60 + (size_t)rt__lognormal(&r, 250, 0.8));
  }
}

void rt__slot_later(rt__pen *p, const rt__scene *s, uint32_t turn)
{
  const rt__pool *q =
      pool(s, s->material.stuff == RT__STUFF_DIALOG ? RT__POOL_DIALOG : RT__POOL_CHAT);
  uint32_t item = talk_item(s, q);
  rt__rng r = rt__rng_for(s->seed, 0x6c61746572, turn, 0);
  bool talks = s->material.stuff == RT__STUFF_DIALOG || s->material.stuff == RT__STUFF_CHAT;
  if (talks && turn < rt__pool_turns(q, item) && rt__coin(&r, 0.7)) {
    rt__pen_slice(p, rt__window(rt__pool_turn(q, item, turn), 0, 800));
    return;
  }
  rt__voice v = voice_of(s, true);
  rt__follow_up(p, &v, &r);
}

/* ---- owners */

static void lead(rt__pen *p, const rt__scene *s, rt__rng *r)
{
  static const char *const forms[] = {
      "%c, %k %D: ",        "{Order|Case|File} %D, %p, %o. ", "%k from %p: ", "[%c] %a %n\\n",
      "{Ref|No.} %D %t\\n", "{Hi|Hello|Dear} %c, ",
  };
  rt__voice v = voice_of(s, true);
  if (!rt__coin(r, s->material.lead / 100.0))
    return;
  uint64_t form = rt__draw(s->material.seed, 0x6c656164, rt__zipf(r, 3), 0);
  rt__fill(p, forms[form % RT__ARRAY_LEN(forms)], &v, r);
  if (rt__coin(r, 0.6)) {
    rt__sentences(p, &v, r, 1);
    rt__pen_char(p, ' ');
  }
}

/* papers of the owner: a few are used much; most are cut anew each time */
static void trade(rt__pen *p, const rt__scene *s, bool small)
{
  const rt__material *m = &s->material;
  rt__rng r = rt__rng_for(s->seed, 0x7472616465, 0, 0);
  uint64_t k = rt__zipf(&r, m->own);
  bool again = !rt__coin(&r, m->fresh / 100.0);
  rt__rng t = again ? rt__rng_for(m->seed, 0x616761696e, k, 0) : r; /* the very same text */
  const rt__pool *docs = pool(s, RT__POOL_DOCS);
  uint32_t topic = m->topic[rt__coin(&t, 0.25)];
  topic = topic == 255 ? (uint32_t)rt__rng_below(&t, rt__texts_topics(s->plan->texts)) : topic;
  uint64_t base = rt__draw(m->seed, 0x626173, again || rt__coin(&t, 0.7) ? k : rt__rng_next(&t), 0);
  size_t n = small ? 90 : about(s, &t);
  lead(p, s, &t);
  rt__pen_slice(p, rt__window(rt__pool_turn(docs, rt__pool_of_topic(docs, topic, base), 0),
                              rt__rng_unit(&t), n));
  if (n > 300 && rt__coin(&t, 0.4)) {
    RT__PEN_LIT(p, "\\n");
    rt__pen_slice(p, rt__window(rt__pool_turn(docs, rt__pool_of_topic(docs, topic, base + 1), 0),
                                rt__rng_unit(&t), n / 2));
  }
}

static void code(rt__pen *p, const rt__scene *s)
{
  rt__rng r = rt__rng_for(s->seed, 0x636f6465, 0, 0);
  rt__voice v = voice_of(s, true);
  const rt__pool *q = pool(s, RT__POOL_CODE);
  static const char *const asks[] = {
      "{Fix|Debug} {the|this} {failing|flaky} test in %n_%t.{py|ts|go|rs}",
      "{add|Implement} {a|the} %n {endpoint|command|flag} {to|for} %t",
      "{refactor|Clean up} %n_%n, it {is slow|duplicates %t}",
      "{why does|Explain why} %t {crash|return nothing} {for|on} %a %n",
      "{Review|check} {this|my} {diff|change} {before I merge|for mistakes}",
      "{write|add} tests for %t.%n",
  };
  rt__fill(p, asks[rt__rng_below(&r, RT__ARRAY_LEN(asks))], &v, &r);
  if (rt__coin(&r, 0.5)) {
    RT__PEN_LIT(p, "\\n");
    rt__pen_slice(p, rt__window(rt__pool_turn(q, (uint32_t)rt__rng_below(&r, q->n), 0),
                                rt__rng_unit(&r), 300));
  }
}

static void seeds(rt__pen *p, const rt__scene *s)
{
  static const char *const asks[] = {
      "{topic|subject}: %n and %t; {tone|style}: {dry|warm|angry|formal}; {items|count}: %d",
      "{persona|speaker}: %p from %o, {likes|hates} %n; {intent|goal}: %v the %n",
      "{seed|example} %D: ",
  };
  rt__rng r = rt__rng_for(s->seed, 0x7365656473, 0, 0);
  rt__voice v = voice_of(s, true);
  rt__fill(p, asks[rt__draw(s->material.seed, 5, 0, 0) % RT__ARRAY_LEN(asks)], &v, &r);
  if (rt__draw(s->material.seed, 6, 0, 0) % 2 || rt__coin(&r, 0.2)) {
    RT__PEN_LIT(p, "\\n");
    rt__slot_prose(p, s, 5, 120);
  }
}

/* ---- lists */

static uint64_t gcd(uint64_t a, uint64_t b)
{
  while (b) {
    uint64_t t = a % b;
    a = b;
    b = t;
  }
  return a;
}

/* the i-th of n in an order of its own, each once */
static uint64_t shuffled(uint64_t seed, uint64_t i, uint64_t n)
{
  uint64_t step = rt__draw(seed, 0x73746570, 0, 0) % n | 1;
  while (gcd(step, n) != 1)
    step += 2;
  return (step % n * (i % n) + rt__draw(seed, 0x66726f6d, 0, 0)) % n;
}

static void own_task(rt__pen *p, const rt__scene *s)
{
  const rt__material *m = &s->material;
  rt__rng r = rt__rng_for(m->seed, 0x6f776e, m->part, s->item);
  rt__voice v = {.lexicon = rt__texts_lexicon(s->plan->texts),
                 .topic = (uint32_t)rt__rng_below(&r, RT__TOPICS)};
  uint32_t genre = (uint32_t)(rt__draw(m->seed, 7, 0, 0) % RT__GENRES);
  rt__task(p, (rt__genre)genre, &v, &r);
}

/* a task list without repeats; behind its end, with a twist that makes each item new */
static void task(rt__pen *p, const rt__scene *s)
{
  const rt__material *m = &s->material;
  if (m->pool == 255) {
    own_task(p, s);
    return;
  }
  const rt__pool *q = pool(s, m->pool);
  uint64_t n = q->n / m->parts, i = shuffled(m->seed, s->item, n), round = s->item / n;
  uint32_t item = m->parts > 1 ? q->by_topic[m->part * n + i] : (uint32_t)i;
  rt_slice text = rt__window(rt__pool_turn(q, item, 0), m->pool == RT__POOL_DOCS ? 0.2 : 0, 1400);
  rt__pen_slice(p, text);
  if (round > 0) {
    static const char *const twists[] = {
        " {Assume|Suppose} %p {has|wants} %d instead.",
        " {Use|Mention} %n and %t.",
        " {Limit|Keep to} %d words.",
        " {Then|After that}, {do|repeat} it for %o.",
        " {Consider|Include} {a|the} %a %n {as well|too}.",
    };
    rt__rng r = rt__rng_for(m->seed, 0x7477697374, s->item, m->part);
    rt__voice v = voice_of(s, false);
    v.topic = (uint32_t)rt__rng_below(&r, RT__TOPICS);
    rt__fill(p, twists[rt__rng_below(&r, RT__ARRAY_LEN(twists))], &v, &r);
  }
}

static void walk(rt__pen *p, const rt__scene *s, bool whole)
{
  const rt__material *m = &s->material;
  const rt__pool *q = pool(s, m->pool);
  uint64_t from = whole ? rt__draw(m->seed, 8, 0, 0) : 0;
  uint64_t part = q->n < 300 ? q->n : 300; /* of an exam: the first questions, or a sample */
  uint64_t i = whole           ? shuffled(m->seed, s->item + from, q->n)
               : m->fresh < 60 ? s->item % part
                               : shuffled(m->seed, s->item % part, q->n);
  rt__pen_slice(p, rt__window(rt__pool_turn(q, (uint32_t)i, 0), 0, 1400));
}

static void probes(rt__pen *p, const rt__scene *s)
{
  const rt__material *m = &s->material;
  const rt__pool *q = pool(s, RT__POOL_CHAT);
  uint64_t k = s->item % m->own;
  rt__pen_slice(
      p, rt__window(rt__pool_turn(q, (uint32_t)(rt__draw(m->seed, 9, k, 0) % q->n), 0), 0, 400));
}

static void viral(rt__pen *p, const rt__scene *s)
{
  rt__rng group = rt__rng_for(s->material.seed, 0x766972616c, 0, 0);
  rt__voice v = voice_of(s, true);
  rt__app_prompt(p, &v, &group);
  rt__rng r = rt__rng_for(s->seed, 3, 0, 0);
  if (rt__coin(&r, 0.5)) { /* with one's own ending */
    RT__PEN_LIT(p, "\\n\\n");
    v = (rt__voice){.lexicon = v.lexicon, .topic = (uint32_t)rt__rng_below(&r, RT__TOPICS)};
    rt__question(p, &v, &r);
  }
}

void rt__slot(rt__pen *p, const rt__scene *s)
{
  switch ((rt__stuff)s->material.stuff) {
  case RT__STUFF_TRADE:
  case RT__STUFF_GTRADE:
    trade(p, s, false);
    return;
  case RT__STUFF_CORPUS:
    walk(p, s, true);
    return;
  case RT__STUFF_EXAM:
    walk(p, s, false);
    return;
  case RT__STUFF_PROBES:
    probes(p, s);
    return;
  case RT__STUFF_CODE:
    code(p, s);
    return;
  case RT__STUFF_SEEDS:
    seeds(p, s);
    return;
  case RT__STUFF_VIRAL:
    viral(p, s);
    return;
  case RT__STUFF_TASKS:
    task(p, s);
    return;
  case RT__STUFF_CHAT:
  case RT__STUFF_DIALOG:
  case RT__STUFF_MIX:
    chat(p, s);
    return;
  }
}
