/* text - from a text to what is kept of it: hashed chunks and a sketch of its words.
 *
 * A *chunk* is a sentence or a line, lower-cased, digits folded, cut further where it is long;
 * chunks that recur are how a template shows itself. The *sketch* is a weighted, coordinated sample
 * of the distinct words: every text that holds a word draws it with the same luck, so the nearness
 * of two texts can be read off their sketches without the words. Short words are drawn rarely: in
 * every alphabet they carry least (priority sampling, Duffield, Lund, Thorup 2007, with weights by
 * length).
 */
#ifndef RT_DIGEST_TEXT_H
#define RT_DIGEST_TEXT_H

#include "base/hash.h"
#include "retort/digest.h"

#define RT__TEXT_HEAD   ((size_t)24 << 10) /* bytes read of a text from its start … */
#define RT__TEXT_TAIL   ((size_t)8 << 10)  /* … and from its end */
#define RT__CHUNK_MIN   10                 /* bytes: shorter pieces say nothing */
#define RT__CHUNK_WORDS 24                 /* words after which a long piece is cut */

typedef struct rt__textkeys {
  rt__sipkey chunk, word;
} rt__textkeys;

/* distinct chunks in text order; when there are more than max, the first three quarters of max and
 * the last. `tag` separates namespaces (system, user). Returns how many. O(n) */
size_t rt__text_chunks(const rt__textkeys *k, char tag, rt_slice text, uint32_t *out, size_t max);

/* the sketch: up to max distinct 24-bit word hashes, sorted. O(n) */
size_t rt__text_words(const rt__textkeys *k, rt_slice text, uint32_t *out, size_t max);

#endif
