/* inner - JSON within strings: bodies that a logger wrote as text.
 *
 * A pool of readers, one a string, so that all trees of an exchange live at once. What was read
 * from a string is remembered by the string's place: asking again costs nothing.
 */
#ifndef RT_FEED_INNER_H
#define RT_FEED_INNER_H

#include "feed/json.h"

#define RT__INNER_MAX 12 /* strings with JSON in one exchange; further ones stay strings */

typedef struct rt__inner {
  const rt_alloc *alloc;
  rt__jreader *readers[RT__INNER_MAX];
  const char *from[RT__INNER_MAX];
  const rt__jnode *root[RT__INNER_MAX]; /* NULL: holds no list and no object */
  size_t used;
  size_t base; /* trees that clear leaves alone: what is read stands in them */
} rt__inner;

void rt__inner_init(rt__inner *in, const rt_alloc *alloc);
void rt__inner_free(rt__inner *in);
/* forgets the trees behind the base */
static inline void rt__inner_clear(rt__inner *in)
{
  in->used = in->base;
}
/* gives back what long strings took */
void rt__inner_rest(rt__inner *in);

/* the list or object that s spells, blanks around it allowed; NULL if it spells none or the pool is
 * used up; RT_E_NOMEM only */
rt_code rt__inner_parse(rt__inner *in, rt_slice s, const rt__jnode **root) RT__MUST_CHECK;

#endif
