/* bpe_merge - the merging that both kinds of BPE share: again and again the best pair of neighbours
 * becomes one, the leftmost first among equals. A heap of candidates makes it O(n log n); tests
 * hold it against the plain O(n^2) way. */
#ifndef RT_DISTILL_BPE_MERGE_H
#define RT_DISTILL_BPE_MERGE_H

#include "base/base.h"

typedef struct rt__symbol {
  uint32_t start, length; /* bytes of the text */
  uint32_t id;            /* token, or RT_TOKEN_NONE */
  uint32_t next, prev;    /* indices; UINT32_MAX at the ends */
  uint32_t priority;      /* of the pair that starts here; UINT32_MAX: none */
} rt__symbol;

/* may left and right be merged? Smaller priorities go first; UINT32_MAX isn't one. */
typedef bool (*rt__pair_fn)(const void *ctx, const rt__symbol *left, const rt__symbol *right,
                            uint32_t *priority, uint32_t *id);

/* `symbols` holds n rt__symbol with start, length and id filled. On return symbol 0 is the first of
 * a list by `next`. `heap` is scratch. */
rt_code rt__bpe_merge(rt__buf *symbols, size_t n, rt__buf *heap, rt__pair_fn pair,
                      const void *ctx) RT__MUST_CHECK;

#endif
