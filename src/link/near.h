/* near - of many points, those within reach of one, without looking at all of them.
 *
 * A tree of boxes: cut at the middle by what is widest, size first, down to a few points a leaf. A
 * box that is out of reach is left out whole. Only the first coordinates of a point are looked at,
 * so that what is given is a superset: the caller measures.
 *
 * How far apart two points may be depends on the sum of their sizes (rt__reach), as the distance of
 * counting functions does.
 */
#ifndef RT_LINK_NEAR_H
#define RT_LINK_NEAR_H

#include "base/base.h"

#define RT__NEAR_DIMS 8 /* coordinates that are looked at */

/* the squared distance within which two points of that summed size are near; does not fall as the
 * size grows */
typedef double (*rt__reach)(double both);

typedef struct rt__near_box {
  float lo[RT__NEAR_DIMS], hi[RT__NEAR_DIMS];
  uint32_t least, most; /* sizes */
  uint32_t from, n;     /* points, as places in the order of the tree */
  uint32_t right;       /* the second half's box; the first's is the next; 0: a leaf */
} rt__near_box;

typedef struct rt__near {
  const rt_alloc *alloc;
  uint32_t n;
  float *x;       /* coordinates in the order of the tree */
  uint32_t *size; /* likewise */
  uint32_t *id;   /* which point each is */
  rt__near_box *box;
  uint32_t n_boxes, cap_boxes;
} rt__near;

/* n points of `width` (RT__NEAR_DIMS or more) coordinates each, one behind the other, and their
 * sizes. O(n log n) */
rt_code rt__near_build(const rt_alloc *a, const float *x, size_t width, const uint32_t *size,
                       uint32_t n, rt__near *out) RT__MUST_CHECK;
void rt__near_free(rt__near *t);

/* Every point whose size is within [least, most] and whose squared distance is within `part` of the
 * reach of a point x of that size, and some more; x itself too, if it is in the tree. `found` holds
 * n. Returns how many. The order depends on the points alone. */
size_t rt__near_find(const rt__near *t, const float *x, uint32_t size, double least, double most,
                     rt__reach reach, double part, uint32_t *found);

#endif
