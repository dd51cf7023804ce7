/* grammar - text from patterns: a small language, so that texts are tables and not code.
 *
 *   {a|b|c}  one of these, may be nested and empty      %n  noun of the topic
 *   %v verb   %a adjective   %k kind of paper           %t  term of art, invented
 *   %p person %c firm   %o place   %r trade   %s subject (topic's name)
 *   %d 2..99  %D 100..9999   %l a letter
 *
 * An owner (a firm, a person) has few nouns, terms and names of its own; with owner 0 everything is
 * drawn afresh. Patterns hold JSON-escaped text ("\\n" in C is a new line).
 * All choices come from the generator passed in: same generator, same text.
 */
#ifndef RT_WORLD_GRAMMAR_H
#define RT_WORLD_GRAMMAR_H

#include "world/dist.h"
#include "world/lexicon.h"

typedef struct rt__voice {
  const rt__lexicon *lexicon;
  uint64_t owner;   /* 0 = nobody in particular */
  uint32_t topic;   /* < RT__TOPICS */
  uint32_t breadth; /* nouns and terms that the owner uses; 0 = all */
} rt__voice;

void rt__fill(rt__pen *p, const char *pattern, const rt__voice *v, rt__rng *r);

/* sentences about the topic */
void rt__sentences(rt__pen *p, const rt__voice *v, rt__rng *r, uint32_t n);
/* a paper of that trade: n sentences with a heading now and then */
void rt__paper(rt__pen *p, const rt__voice *v, rt__rng *r, uint32_t n);
/* what a person types: first turn, later turn */
void rt__question(rt__pen *p, const rt__voice *v, rt__rng *r);
void rt__follow_up(rt__pen *p, const rt__voice *v, rt__rng *r);
/* a system prompt of an app; of one's own firm when the voice has an owner */
void rt__app_prompt(rt__pen *p, const rt__voice *v, rt__rng *r);
void rt__own_prompt(rt__pen *p, const rt__voice *v, rt__rng *r);
/* what a tool writes before the text that it was given */
void rt__tool_prompt(rt__pen *p, const rt__voice *v, rt__rng *r);
/* what makers of synthetic data write before an outline */
void rt__maker_prompt(rt__pen *p, const rt__voice *v, rt__rng *r);
/* a function as a tool call's schema */
void rt__function(rt__pen *p, const rt__voice *v, rt__rng *r);

/* tasks by genre, as harvest lists and exams hold them */
typedef enum rt__genre {
  RT__GENRE_MATHS,
  RT__GENRE_CODE,
  RT__GENRE_EXAM,
  RT__GENRE_ROLE,
  RT__GENRE_TOOL,
  RT__GENRE_ANALYSIS,
  RT__GENRES
} rt__genre;
void rt__task(rt__pen *p, rt__genre g, const rt__voice *v, rt__rng *r);

#endif
