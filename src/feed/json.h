/* json - one line of JSON as a tree of nodes: a small C face on simdjson (json.cc, the C++ file).
 *
 * simdjson's first stage finds the tokens and checks UTF-8; the tree is built from them here,
 * strictly: what a careful JSON parser refuses is refused. Escapes are decoded, a lone surrogate
 * (half an emoji, cut by some logger) becomes U+FFFD rather than costing the line.
 *
 * Nodes lie in reading order, so a subtree is contiguous: the children of `v` are
 *
 *     for (const rt__jnode *c = v + 1; c < v + v->span; c += c->span)
 *
 * Caveats
 *  - Nodes and their bytes live until the next parse or the end of the reader; a string without
 *    escapes points into the line itself.
 *  - A key that occurs twice occurs twice: who gathers lets the last one win.
 *  - A number keeps its spelling (p, n) beside its value, infinite when no double holds it.
 */
#ifndef RT_FEED_JSON_H
#define RT_FEED_JSON_H

#include "base/base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define RT__JSON_DEPTH_MAX 1000              /* open brackets at once */
#define RT__JSON_NODES_MAX ((size_t)1 << 20) /* values in one line */

/* single bits, so that a set of them says what a field may be */
typedef enum rt__jkind {
  RT__JNULL = 1,
  RT__JBOOL = 2,
  RT__JNUMBER = 4,
  RT__JSTRING = 8,
  RT__JLIST = 16,
  RT__JOBJECT = 32
} rt__jkind;

typedef struct rt__jnode {
  const char *key; /* decoded; NULL in a list */
  const char *p;   /* string: decoded; all others: as written, brackets included */
  double num;      /* number; 1 or 0 of a bool */
  uint32_t key_n, n;
  uint32_t span; /* nodes of this subtree, itself included */
  uint32_t kind;
} rt__jnode;

typedef enum rt__jfault {
  RT__JFAULT_NONE,
  RT__JFAULT_BROKEN,
  RT__JFAULT_UTF8,
  RT__JFAULT_NUL,
  RT__JFAULT_DEEP,
  RT__JFAULT_MANY,
  RT__JFAULT_NOMEM
} rt__jfault;

typedef struct rt__jreader rt__jreader;

rt_code rt__jreader_new(const rt_alloc *alloc, rt__jreader **out) RT__MUST_CHECK;
void rt__jreader_free(rt__jreader *r);

/* Parses one value of n bytes, n < 4 GiB. No padding is needed. On a fault *at is the offset of the
 * trouble in the line (0 where only "somewhere" is known) and *what a static phrase. O(n) time;
 * n bytes of memory for decoded strings and 80 MB for nodes and tokens at most. */
rt__jfault rt__jreader_parse(rt__jreader *r, const char *line, size_t n, const rt__jnode **root,
                             size_t *at, const char **what);

/* gives back what an unusually long line made the reader take */
void rt__jreader_rest(rt__jreader *r);

/* copies a list or object as it was written without insignificant blanks; out holds v->n bytes and
 * 64 more. Returns the length. */
size_t rt__json_compact(const rt__jnode *v, char *out);

#ifdef __cplusplus
}
#endif
#endif
