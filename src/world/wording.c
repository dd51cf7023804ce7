#include "world/wording.h"

#include "base/hash.h"

#define CLAUSES_MAX  6
#define PATTERNS_MAX 6

/* what is said first stays first; the others change places */
typedef struct intent {
  const char *name;
  const char *clause[CLAUSES_MAX][PATTERNS_MAX];
} intent;

static const intent intents[] = {
    {"reasoning",
     {{"{Solve|Work through|Tackle|Take on|Handle} {this|the next|the attached|the given} "
       "{problem|exercise|task|question|item}",
       "{Here is|Below you find|Next comes|I give you} {a|one|some} "
       "{problem|question|exercise|challenge|puzzle}",
       "{Someone|A student|My colleague|A reader} {needs|wants|asks for} {help with|a way "
       "through|a path to} {this|what "
       "follows|the item below}"},
      {"{lay out|write down|spell out|show|record} {each|every|any} {inference|step|thought|move} "
       "{you take|on your "
       "way|that matters|as it comes}",
       "{nothing|no step|no doubt|no detour} {of your|in the} {thinking|reasoning|deliberation} "
       "{should be|may be|is to "
       "be} {left out|skipped|hidden|cut}",
       "{let me|make sure I can|the reader must} {follow|see|trace|retrace} {how you|the way "
       "you|in what manner you} "
       "{think|argue|decide|get there}"},
      {"{only then|after that|at the end|finally} {state|give|add|write} {the|your} "
       "{result|outcome|answer|conclusion}",
       "{keep|put|leave} {the|your} {answer|verdict|solution} {for the end|until last|below the "
       "reasoning}"},
      {"{check|verify|test|question} {the result|yourself|each claim} {once|twice|before you stop}",
       "{mistakes|wrong turns|corrections} {are welcome|stay in|should be visible}", ""}}},
    {"analyst",
     {{"{You are|Act as|Be|Take the part of} {a senior|a seasoned|a careful|a rigorous} "
       "{analyst|statistician|researcher|evaluator}",
       "{As|Speaking as|In the role of} {an expert|a specialist|a veteran} {in data|in numbers|of "
       "the field}",
       "{Bring|Use|Show} {statistical|quantitative|expert} {care|judgement|sense}"},
      {"{ground|base|rest} {every|each} {claim|finding|insight} {on|in} {the figures|evidence|what "
       "is given}",
       "{insight|substance|meaning} {counts|matters}, {not|rather than} {summary|decoration|a "
       "chart}",
       "{go|dig|look} {beyond|below|deeper than} {the obvious|a summary|the surface}"},
      {"{make|keep} {your|the} {reasoning|argument|logic} {complete|open|visible} {throughout|from "
       "start to end|to the "
       "reader}",
       "{explain|argue|justify} {fully|in full|at length} {why|how} {each|a} {point|conclusion} "
       "{holds|follows}"},
      {"{close|finish|end} {with|by giving} {a decision|one recommendation|what to do}", ""}}},
    {"tags",
     {{"{Answer|Reply to|Respond to|Deal with} {the|this|each} {request|query|message|input} "
       "{below|that follows|at the "
       "end}",
       "{For|With} {the|this} {input|request|query} {do|proceed} {as described|like so|in two "
       "parts}"},
      {"{open|begin|start} {with|by writing} {a block|a part|everything} {between|inside|within} "
       "<{think|scratch|work}> "
       "{and its end tag|tags|marks}",
       "{all|the whole|your complete} {internal|private|inner} {deliberation|monologue|thought} "
       "{goes|belongs} {into|in} "
       "{think|scratch|work} tags"},
      {"{then|next|thereafter} {comes|follows|goes} {the|a} {clean|final|short} {answer|reply} "
       "{in|between} {answer|final|"
       "result} tags",
       "{below|after} {it|them} {write|print} {only|just} {the|a} {answer|final text|outcome}"},
      {"{use|keep|stay in} {the language|the tongue|the wording} {of|used in} {the|this} "
       "{question|input}",
       "", "{no|without} {apology|preamble|comment} {please|at all|outside the tags}"}}},
    {"teacher",
     {{"{Write|Produce|Compose|Prepare} {a model|an ideal|the best possible|a reference} "
       "{answer|solution|response|reply}",
       "{Teach|Show|Train} {a beginner|a junior|a younger system|an apprentice} {how|the way} {to "
       "handle|to deal "
       "with|to do} {this|the task below}",
       "{This|What follows} {is|will be} {an example|a sample|a lesson} {for|in} {a course|a "
       "textbook|a collection}"},
      {"{be|stay} {thorough|complete|exhaustive|precise}, {correct|clear} and {self-contained|well "
       "ordered|careful}",
       "{cover|include|consider} {edge cases|alternatives|pitfalls|exceptions} {too|as well|where "
       "they occur}",
       "{explain|motivate|comment} {every|each|any} {decision|choice|step} {for|to} {the learner|a "
       "novice|someone new}"},
      {"{plan|outline|sketch} {first|before writing}, {then|and then} {write|work}, {then|and "
       "last} {review|revise}",
       "{structure|order|arrange} {it|the text} {in|as} {sections|numbered steps|stages}", ""}}},
    {"judge",
     {{"{Grade|Score|Assess|Mark} {the|this|the attached} {answer|response|submission|candidate}",
       "{You are|Act as|Serve as} {a strict|a fair|an exacting} {grader|examiner|judge|referee}"},
      {"{give|award|assign} {points|marks|a number} {from|between} {0 and 10|1 and 5|1 and 100} "
       "{for|on} {accuracy|"
       "helpfulness|depth|style}",
       "{use|apply|follow} {a rubric|criteria|a checklist} {with|of} {four|five|six|three} "
       "{rows|parts|headings}"},
      {"{defend|justify|explain|argue} {each|every|the} {mark|score|grade} {with|by} {a "
       "quote|evidence|reference to the "
       "text}",
       "{write|state|tell} {why|in what way} {a better|the perfect|an ideal} {one|answer} "
       "{would|might} {differ|look}"},
      {"{finish|end|conclude} {with|by} {the total|one number|a verdict}", ""}}},
    {"dialogue",
     {{"{Continue|Carry on|Extend} {the|this} {conversation|exchange|talk} {as|like} {the|a} "
       "{assistant|expert|helper}",
       "{Respond|Reply} {as|the way} {a thoughtful|a skilled|an ideal} {assistant|adviser|expert} "
       "{would|might}"},
      {"{helpful|warm|precise|honest} {and|but} {brief|complete|careful|unhurried} {in "
       "tone|throughout}",
       "{ask|check|clarify} {only|just} {if|when} {needed|unclear|facts are missing}"},
      {"{think|reflect|reason} {aloud|in writing|on paper} {first|before you speak|beforehand}",
       "{write|note} {your|the} {plan|thoughts|considerations} {ahead of|before|above} {the|your} "
       "{reply|turn}"}}},
    {"rewrite",
     {{"{Rewrite|Rephrase|Recast|Restate} {the|this|my} {passage|text|draft|material} {below|that "
       "follows|at the end}",
       "{Take|Use} {the|this} {text|passage|draft} {and|then} {make|craft} {a new|a "
       "better|another} {version|one}"},
      {"{keep|preserve|retain} {the facts|the meaning|all names} {but|while you} "
       "{change|vary|renew} {the style|the "
       "order|the words}",
       "{aim|write} {for|to suit} {a careful|a young|an expert|a busy} {reader|audience}"},
      {"{note|list|explain} {what|which things} {you changed|was altered} {and|with} {the "
       "reason|why}",
       "", "{offer|add|give} {two|three} {variants|alternatives} {if|where} {it helps|possible}"}}},
    {"tool",
     {{"{Decide|Work out|Determine|Choose} {which|what} {function|call|tool|operation} {to "
       "use|fits|is needed} {here|for "
       "the input|now}",
       "{Map|Translate|Turn} {the|this} {request|wish|utterance} {to|into} {calls|function "
       "calls|operations}"},
      {"{argue|reason|think} {about|through} {each|every|any} {candidate|option|argument} "
       "{before|ahead of} "
       "{choosing|the call|you commit}",
       "{name|give|list} {the reasons|your grounds} {for|behind} {taking|rejecting} {it|each}"},
      {"{output|return|print} {the call|valid JSON|the arguments} {last|at the end|on the final "
       "line}",
       "{missing|unknown|unclear} {values|arguments|fields} {are|stay|become} {null|empty|asked "
       "for}"}}},
};

uint32_t rt__intents(void)
{
  return (uint32_t)RT__ARRAY_LEN(intents);
}

const char *rt__intent_name(uint32_t i)
{
  return intents[i].name;
}

uint32_t rt__intent_find(const char *name)
{
  uint32_t i = 0;
  while (i < rt__intents() && strcmp(intents[i].name, name) != 0)
    i++;
  return i;
}

static uint32_t patterns_of(const intent *t, uint32_t clause)
{
  uint32_t n = 0;
  while (n < PATTERNS_MAX && t->clause[clause][n])
    n++;
  return n;
}

/* the first letter of what was written since `from` becomes a capital */
static void capital(rt__pen *p, size_t from)
{
  char *c = p->b->p + from;
  if (from < p->b->n && *c >= 'a' && *c <= 'z')
    *c = (char)(*c - 'a' + 'A');
}

void rt__word_intent(rt__pen *p, uint32_t i, uint64_t variant, const rt__lexicon *l)
{
  const intent *t = &intents[i];
  rt__rng r = rt__rng_for(variant, 0x776f7264, i, 0);
  rt__voice v = {.lexicon = l, .topic = (uint32_t)rt__rng_below(&r, RT__TOPICS)};
  uint32_t order[CLAUSES_MAX], n = 0;
  while (n < CLAUSES_MAX && t->clause[n][0]) {
    order[n] = n;
    n++;
  }
  for (uint32_t k = n; k > 1; k--) {
    uint32_t j = (uint32_t)rt__rng_below(&r, k), x = order[j];
    order[j] = order[k - 1];
    order[k - 1] = x;
  }
  for (uint32_t k = 0; k < n; k++) {
    uint32_t c = order[k];
    const char *pattern = t->clause[c][rt__rng_below(&r, patterns_of(t, c))];
    if (!pattern[0])
      continue;
    size_t from = p->b->n;
    rt__fill(p, pattern, &v, &r);
    capital(p, from);
    rt__pen_str(p, rt__coin(&r, 0.8) ? ". " : "; ");
  }
}

/* ---- how alike are the wordings? */

#define OVERLAP_MAX 2000
#define RUNS_MAX    96 /* runs kept of one wording */

typedef struct runs {
  uint64_t h[RUNS_MAX];
  uint32_t n;
} runs;

static void collect_runs(const char *s, size_t len, uint32_t run, runs *out)
{
  uint64_t words[256];
  uint32_t n = 0;
  for (size_t i = 0; i < len && n < RT__ARRAY_LEN(words);) {
    uint64_t h = 0;
    size_t from = i;
    for (; i < len && s[i] != ' '; i++)
      h = rt__mix2(h, (uint64_t)(unsigned char)s[i] | 32);
    if (i > from)
      words[n++] = h;
    i++;
  }
  out->n = 0;
  for (uint32_t k = 0; k + run <= n && out->n < RUNS_MAX; k++) {
    uint64_t h = 0;
    for (uint32_t j = 0; j < run; j++)
      h = rt__mix2(h, words[k + j]);
    out->h[out->n++] = h;
  }
}

static bool share_run(const runs *a, const runs *b)
{
  for (uint32_t i = 0; i < a->n; i++)
    for (uint32_t j = 0; j < b->n; j++)
      if (a->h[i] == b->h[j])
        return true;
  return false;
}

double rt__word_overlap(uint32_t i, const uint64_t *variant, uint32_t n, uint32_t run,
                        const rt__lexicon *l)
{
  const rt_alloc *a = rt_alloc_default();
  n = n > OVERLAP_MAX ? OVERLAP_MAX : n;
  runs *all = rt__calloc(a, n, sizeof *all);
  rt__buf b;
  rt__buf_init(&b, a, 1 << 16);
  rt__pen p = {&b, RT_OK};
  uint64_t alike = 0, pairs = 0;
  for (uint32_t k = 0; all && k < n; k++) {
    rt__buf_clear(&b);
    rt__word_intent(&p, i, variant[k], l);
    collect_runs(b.p, b.n, run, &all[k]);
    for (uint32_t j = 0; j < k; j++, pairs++)
      alike += share_run(&all[k], &all[j]);
  }
  bool ok = all && p.code == RT_OK;
  rt__free(a, all, n * sizeof *all);
  rt__buf_free(&b);
  return !ok ? -1 : pairs ? (double)alike / (double)pairs : 0;
}
