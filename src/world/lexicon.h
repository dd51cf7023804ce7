/* lexicon - the words of the built-in texts: topics with their own nouns, verbs and documents, and
 * syllables from which names, firms, places and terms of art are invented. */
#ifndef RT_WORLD_LEXICON_H
#define RT_WORLD_LEXICON_H

#include "world/pen.h"

#define RT__TOPICS    24
#define RT__WORDS_MAX 24 /* words in one list of a topic */

typedef struct rt__words {
  rt_slice w[RT__WORDS_MAX];
  uint32_t n;
} rt__words;

typedef struct rt__topic {
  const char *name, *trade; /* "dentistry", "a dental practice" */
  rt__words nouns, verbs, adjectives, papers;
} rt__topic;

typedef struct rt__lexicon {
  rt__topic topics[RT__TOPICS];
} rt__lexicon;

/* splits the tables; O(words) */
void rt__lexicon_init(rt__lexicon *l);

/* a made-up word of 2 to 4 syllables, always the same for the same seed; `flavour` picks the
 * syllables, so that terms of one topic sound alike */
void rt__invent(rt__pen *p, uint64_t seed, uint32_t flavour, bool capital);

#endif
