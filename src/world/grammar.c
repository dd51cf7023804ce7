#include "world/grammar.h"

#include "world/phrases.h"

static const char *fill(rt__pen *p, const char *s, const rt__voice *v, rt__rng *r);

/* behind the '|' or '}' that ends the alternative at s, whichever comes first at this depth */
static const char *skip_alternative(const char *s)
{
  for (int depth = 0; *s; s++) {
    if (*s == '{')
      depth++;
    else if (*s == '}' && depth-- == 0)
      return s;
    else if (*s == '|' && depth == 0)
      return s;
  }
  return s;
}

/* s stands behind '{'; returns behind the matching '}' */
static const char *choose(rt__pen *p, const char *s, const rt__voice *v, rt__rng *r)
{
  uint32_t n = 1;
  for (const char *q = skip_alternative(s); *q == '|'; q = skip_alternative(q + 1))
    n++;
  uint64_t pick = rt__rng_below(r, n);
  while (pick-- > 0)
    s = skip_alternative(s) + 1;
  s = fill(p, s, v, r);
  while (*s == '|')
    s = skip_alternative(s + 1);
  return *s == '}' ? s + 1 : s;
}

/* an index below n: an owner knows only `breadth` of them, always the same */
static uint32_t own_index(const rt__voice *v, rt__rng *r, uint64_t purpose, uint32_t n)
{
  if (!v->owner || !v->breadth)
    return (uint32_t)rt__rng_below(r, n);
  uint64_t k = rt__zipf(r, v->breadth);
  return (uint32_t)(rt__draw(v->owner, purpose, k, 0) % n);
}

static void word(rt__pen *p, const rt__words *w, const rt__voice *v, rt__rng *r, uint64_t purpose)
{
  rt__pen_slice(p, w->w[own_index(v, r, purpose, w->n)]);
}

#define TERMS_OF_TOPIC 400

static void name(rt__pen *p, const rt__voice *v, rt__rng *r, char what)
{
  uint64_t id = v->owner && (what == 'c' || rt__coin(r, 0.7))
                    ? rt__draw(v->owner, (uint64_t)what, what == 'c' ? 0 : rt__rng_below(r, 5), 1)
                    : rt__rng_next(r) % 5000;
  rt__invent(p, id * 64 + (uint64_t)(what & 31), (uint32_t)(id % 6), true);
  if (what == 'c') {
    static const char *const tails[] = {"",        " & Sons", " Ltd",      " Group", " Partners",
                                        " Studio", " Works",  " Services", " GmbH",  " Co"};
    rt__pen_str(p, tails[rt__draw(id, 7, 0, 0) % RT__ARRAY_LEN(tails)]);
  }
}

static void slot(rt__pen *p, char what, const rt__voice *v, rt__rng *r)
{
  const rt__topic *t = &v->lexicon->topics[v->topic];
  switch (what) {
  case 'n':
    word(p, &t->nouns, v, r, 'n');
    break;
  case 'v':
    rt__pen_slice(p, t->verbs.w[rt__rng_below(r, t->verbs.n)]);
    break;
  case 'a':
    rt__pen_slice(p, t->adjectives.w[rt__rng_below(r, t->adjectives.n)]);
    break;
  case 'k':
    rt__pen_slice(p, t->papers.w[rt__rng_below(r, t->papers.n)]);
    break;
  case 't':
    rt__invent(p, v->topic * 1000 + own_index(v, r, 't', TERMS_OF_TOPIC), v->topic, false);
    break;
  case 'p':
  case 'c':
  case 'o':
    name(p, v, r, what);
    break;
  case 'r':
    rt__pen_str(p, t->trade);
    break;
  case 's':
    rt__pen_str(p, t->name);
    break;
  case 'd':
    rt__pen_u64(p, rt__between(r, 2, 99));
    break;
  case 'D':
    rt__pen_u64(p, rt__between(r, 100, 9999));
    break;
  case 'l':
    rt__pen_char(p, (char)('A' + rt__rng_below(r, 26)));
    break;
  default:
    rt__pen_char(p, what);
  }
}

/* up to the end, or a '|' or '}' of the caller; returns where it stopped */
static const char *fill(rt__pen *p, const char *s, const rt__voice *v, rt__rng *r)
{
  while (*s && *s != '|' && *s != '}') {
    size_t run = strcspn(s, "{|}%");
    rt__pen_add(p, s, run);
    s += run;
    if (*s == '{') {
      s = choose(p, s + 1, v, r);
    } else if (*s == '%' && s[1]) {
      slot(p, s[1], v, r);
      s += 2;
    }
  }
  return s;
}

void rt__fill(rt__pen *p, const char *pattern, const rt__voice *v, rt__rng *r)
{
  (void)fill(p, pattern, v, r);
}

static void one_of(rt__pen *p, const rt__phrases *table, const rt__voice *v, rt__rng *r)
{
  rt__fill(p, table->row[rt__rng_below(r, table->n)], v, r);
}

void rt__sentences(rt__pen *p, const rt__voice *v, rt__rng *r, uint32_t n)
{
  for (uint32_t i = 0; i < n; i++) {
    if (i)
      rt__pen_char(p, ' ');
    one_of(p, &rt__phrases_sentence, v, r);
  }
}

void rt__paper(rt__pen *p, const rt__voice *v, rt__rng *r, uint32_t n)
{
  if (rt__coin(r, 0.6)) {
    one_of(p, &rt__phrases_heading, v, r);
    RT__PEN_LIT(p, "\\n");
  }
  for (uint32_t i = 0; i < n; i++) {
    if (i)
      rt__pen_str(p, rt__coin(r, 0.2) ? "\\n" : " ");
    one_of(p, &rt__phrases_sentence, v, r);
  }
}

void rt__question(rt__pen *p, const rt__voice *v, rt__rng *r)
{
  if (rt__coin(r, 0.25)) {
    rt__sentences(p, v, r, 1);
    rt__pen_char(p, ' ');
  }
  one_of(p, &rt__phrases_question, v, r);
}

void rt__follow_up(rt__pen *p, const rt__voice *v, rt__rng *r)
{
  one_of(p, &rt__phrases_follow_up, v, r);
}

static void rules(rt__pen *p, const rt__voice *v, rt__rng *r, uint32_t n)
{
  for (uint32_t i = 0; i < n; i++) {
    RT__PEN_LIT(p, "\\n- ");
    one_of(p, &rt__phrases_rule, v, r);
  }
}

void rt__app_prompt(rt__pen *p, const rt__voice *v, rt__rng *r)
{
  one_of(p, &rt__phrases_app, v, r);
  rules(p, v, r, (uint32_t)rt__between(r, 2, 7));
}

void rt__own_prompt(rt__pen *p, const rt__voice *v, rt__rng *r)
{
  one_of(p, &rt__phrases_own, v, r);
  rules(p, v, r, (uint32_t)rt__between(r, 0, 5));
}

void rt__tool_prompt(rt__pen *p, const rt__voice *v, rt__rng *r)
{
  one_of(p, &rt__phrases_tool, v, r);
  if (rt__coin(r, 0.5)) {
    rt__pen_char(p, ' ');
    one_of(p, &rt__phrases_rule, v, r);
  }
}

void rt__maker_prompt(rt__pen *p, const rt__voice *v, rt__rng *r)
{
  one_of(p, &rt__phrases_maker, v, r);
}

void rt__function(rt__pen *p, const rt__voice *v, rt__rng *r)
{
  one_of(p, &rt__phrases_function, v, r);
}

void rt__task(rt__pen *p, rt__genre g, const rt__voice *v, rt__rng *r)
{
  one_of(p, &rt__phrases_task[g < RT__GENRES ? g : 0], v, r);
}
