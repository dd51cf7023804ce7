/* tokenizer_split - pre-tokenizers: where text is cut before merging, by llama.cpp's names.
 *
 * Each is a row: a few steps, each step a matcher. A step cuts every piece that the step before
 * left into its matches and the gaps between them. The regular expressions that the matchers stand
 * for are beside them.
 */
#ifndef RT_DISTILL_TOKENIZER_SPLIT_H
#define RT_DISTILL_TOKENIZER_SPLIT_H

#include "base/base.h"

#define RT__PRE_STEPS_MAX 4

/* end of the match that starts at `at`, or `at` if there is none; p[end] is never read */
typedef size_t (*rt__matcher)(const unsigned char *p, size_t at, size_t end);

typedef struct rt__pre {
  const char *name;
  rt__matcher steps[RT__PRE_STEPS_MAX]; /* up to the first NULL */
  bool ignore_merges;                   /* what llama.cpp takes for granted under this name */
  bool add_bos;
} rt__pre;

/* NULL if there is none of that name */
const rt__pre *rt__pre_find(rt_slice name);
size_t rt__pre_count(void);
const rt__pre *rt__pre_at(size_t i);
/* the first row with the same steps: what is hashed, so that aliases are equal */
const rt__pre *rt__pre_same(const rt__pre *pre);

/* the row of these steps (up to the first NULL) and this habit; NULL if there is none */
const rt__pre *rt__pre_of_steps(const rt__matcher *steps, bool ignore_merges);
/* a matcher's regular expression, as tokenizer.json states it, and back; NULL for an unknown one */
const char *rt__matcher_regex(rt__matcher m);
rt__matcher rt__matcher_find(rt_slice regex);

typedef rt_code (*rt__piece_fn)(void *ctx, rt_slice piece);
/* calls fn with the pieces in order; together they are the text */
rt_code rt__pre_split(const rt__pre *pre, rt_slice text, rt__piece_fn fn, void *ctx) RT__MUST_CHECK;

#endif
