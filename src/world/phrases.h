/* phrases - the pattern tables behind grammar.h. Data only. */
#ifndef RT_WORLD_PHRASES_H
#define RT_WORLD_PHRASES_H

#include <stdint.h>

typedef struct rt__phrases {
  const char *const *row;
  uint32_t n;
} rt__phrases;

extern const rt__phrases rt__phrases_sentence, rt__phrases_heading, rt__phrases_question,
    rt__phrases_follow_up, rt__phrases_rule, rt__phrases_app, rt__phrases_own, rt__phrases_tool,
    rt__phrases_maker, rt__phrases_function;
/* by rt__genre */
extern const rt__phrases rt__phrases_task[];

#endif
