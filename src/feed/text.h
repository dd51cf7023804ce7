/* text - pieces of text joined, and text that a logger cut or blanked.
 *
 * A logger that may not keep text writes a mark in its place or at its end; ten thousand accounts
 * then share that mark, and it must not look like a shared template. Marked text is missing. The
 * marks are a table in text.c. Whoever writes a mark into a prompt hides that prompt: therefore
 * such texts are counted and said.
 */
#ifndef RT_FEED_TEXT_H
#define RT_FEED_TEXT_H

#include "base/base.h"

/* a slice of a literal, for tables */
#define RT__WORD(s)                                                                                \
  {                                                                                                \
    "" s, sizeof(s) - 1                                                                            \
  }

typedef enum rt__text_state {
  RT__TEXT_GOOD,
  RT__TEXT_EMPTY,   /* nothing but blanks */
  RT__TEXT_BLANKED, /* a mark instead of the text */
  RT__TEXT_CUT      /* a mark at its end or within */
} rt__text_state;

/* O(n) */
rt__text_state rt__text_state_of(rt_slice s);

/* a growing list of borrowed slices */
typedef struct rt__pieces {
  const rt_alloc *alloc;
  rt_slice *v;
  size_t n, cap;
} rt__pieces;

void rt__pieces_init(rt__pieces *p, const rt_alloc *a);
void rt__pieces_free(rt__pieces *p);
rt_code rt__pieces_add(rt__pieces *p, rt_slice s) RT__MUST_CHECK;
void rt__pieces_sort(rt__pieces *p); /* by rt__slice_cmp */

/* pieces [from, to) joined by '\n'; one piece is returned as it is, none is missing */
rt_code rt__pieces_join(const rt__pieces *p, size_t from, size_t to, rt__arena *arena,
                        rt_slice *out) RT__MUST_CHECK;

#endif
