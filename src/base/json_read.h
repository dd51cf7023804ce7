/* json_read - a small, bounded JSON document in memory, for specs, texts and our own output files.
 *
 * Caveats
 *  - Not for logs: the feed reads those, much faster and line by line.
 *  - The document borrows the text; it must outlive the document.
 *  - Strings are kept as they stand between the quotes (escapes included); rt__jr_string unescapes.
 *  - Depth is bounded by RT__JR_DEPTH, nodes by the caller. Duplicate keys: the first wins.
 */
#ifndef RT_JSON_READ_H
#define RT_JSON_READ_H

#include "base/base.h"

#define RT__JR_DEPTH 32

typedef enum rt__jr_type {
  RT__JR_NULL,
  RT__JR_FALSE,
  RT__JR_TRUE,
  RT__JR_NUMBER,
  RT__JR_STRING,
  RT__JR_ARRAY,
  RT__JR_OBJECT
} rt__jr_type;

typedef struct rt__jr_node {
  rt__jr_type type;
  uint32_t next;  /* next sibling, 0 = none (the root is node 0 and nobody's sibling) */
  uint32_t first; /* first child, 0 = none */
  uint32_t n;     /* children */
  rt_slice key;   /* in an object: raw name between the quotes */
  rt_slice raw;   /* string: between the quotes; number: its characters */
} rt__jr_node;

typedef struct rt__jr rt__jr;

/* whole text is one value. RT_E_FORMAT with line and offset, RT_E_LIMIT beyond max_nodes or depth.
 * O(n) */
rt_code rt__jr_parse(const rt_alloc *a, rt_slice text, size_t max_nodes, rt__jr **out,
                     rt_error *err) RT__MUST_CHECK;
void rt__jr_free(rt__jr *d);

const rt__jr_node *rt__jr_root(const rt__jr *d);
/* children in order; NULL at the end. NULL-safe in `n`. */
const rt__jr_node *rt__jr_first(const rt__jr *d, const rt__jr_node *n);
const rt__jr_node *rt__jr_next(const rt__jr *d, const rt__jr_node *n);
/* member of an object by name, NULL if absent or not an object. O(members) */
const rt__jr_node *rt__jr_get(const rt__jr *d, const rt__jr_node *n, const char *key);

/* RT_E_FORMAT if the node is no number or out of a double's range */
rt_code rt__jr_number(const rt__jr_node *n, double *out) RT__MUST_CHECK;
/* appends the string with its escapes undone (a lone surrogate becomes U+FFFD) */
rt_code rt__jr_string(const rt__jr_node *n, rt__buf *out) RT__MUST_CHECK;
/* the raw text equals s; true only where s needs no escapes */
bool rt__jr_is(const rt__jr_node *n, const char *s);
/* four hexadecimal digits, which the caller has seen to be such */
unsigned rt__jr_hex4(const char *p);

#endif
