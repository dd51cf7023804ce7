/* alike_impl - what alike.c and alike_join.c share: the streams of one bundle, and their shapes. */
#ifndef RT_LINK_ALIKE_IMPL_H
#define RT_LINK_ALIKE_IMPL_H

#include "link/alike.h"

#define SIDES 3 /* log length of requests, of answers, log rate */

/* what accounts of one operator differ by beside sampling: lengths by a few per cent, rates by a
 * balancer's weights */
#define RT__ALIKE_SLACK                                                                            \
  {                                                                                                \
    0.04, 0.04, 0.14                                                                               \
  }
#define WIDTH 2.5 /* half a box's side, in standard errors */

typedef struct shape {
  double at[SIDES], var[SIDES];
  uint32_t stream;
  double lo, hi; /* its first and last start */
  bool core, used, joins;
  double near, wide; /* others in its box, and in the wider one */
} shape;

typedef struct search {
  const rt__starts *s;
  const rt__stream *st;
  shape *v;
  uint32_t n, *core, n_core, *pick;
  double *copy;
} search;

/* of those picked, side by side */
void rt__alike_middle(const search *f, uint32_t n, double at[SIDES]);
/* the rows of those picked */
rt_code rt__alike_group(const search *f, const uint32_t *pick, uint32_t n, rt__origin origin,
                        rt__group *out) RT__MUST_CHECK;
/* members are marked as used, and kept apart from those who may join */
void rt__alike_mark(search *f, const rt__group *g);
/* who joins, if hardly a stranger would (alike_join.c) */
rt_code rt__alike_add(search *f, rt__group *g) RT__MUST_CHECK;

#endif
