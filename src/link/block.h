/* block - streams of starts that are compared with each other: their counting functions, and which
 * pairs of them run on one clock.
 *
 * After rt__block_init a block is only read, by as many threads as like to; what one of them needs
 * for itself is its rt__seeker.
 */
#ifndef RT_LINK_BLOCK_H
#define RT_LINK_BLOCK_H

#include "base/team.h"
#include "link/lag.h"
#include "link/leiden.h"
#include "link/near.h"
#include "link/stream.h"

#define RT__CLOCK_GRID 240 /* points of a counting function */
#define RT__WAVES      32  /* its low frequencies: a lower bound of the distance */
#define RT__CLASSES    64  /* of sizes */

typedef struct rt__block {
  const rt__starts *s;
  const rt__stream *st;
  uint32_t n;
  rt__beat *beat;
  double *t; /* of all beats; then their gaps */
  size_t n_t, longest;
  float *wave;    /* n * RT__WAVES */
  uint32_t *size; /* starts */
  uint8_t *class; /* of sizes: those of a pair are of one, or of neighbours */
  rt__near near;
  double part[RT__CLASSES]; /* of the limit of a distance, by size */
} rt__block;

/* basis: of rt__waves_new */
rt_code rt__block_init(rt__block *b, const rt__starts *s, const rt__stream *st, uint32_t n,
                       const float *basis) RT__MUST_CHECK;
void rt__block_free(rt__block *b);

/* RT__WAVES cosines; goes with rt__waves_free. NULL: no memory */
float *rt__waves_new(const rt_alloc *a);
void rt__waves_free(const rt_alloc *a, float *basis);

/* one thread's own */
typedef struct rt__seeker {
  const rt__block *b;
  uint32_t *found; /* n: by the tree */
  double *scratch;
} rt__seeker;

rt_code rt__seeker_init(rt__seeker *k, const rt__block *b) RT__MUST_CHECK;
void rt__seeker_free(rt__seeker *k);

/* a stream that is compared with many */
typedef struct rt__side {
  uint32_t i;
  bool counted; /* the counting function is there */
  float count[RT__CLOCK_GRID];
} rt__side;

/* Mean squared distance of the counting functions of a and j; above `limit`, any larger value. */
double rt__block_distance(const rt__block *b, rt__side *a, uint32_t j, double limit);

/* The part of any limit of their distance that holds for two streams: 1, or less where hundreds of
 * strangers of their size are near each other by chance. */
double rt__block_part(const rt__block *b, uint32_t i, uint32_t j);

/* the pairs on one clock, i < j, ascending by i: caller frees `cap` edges. The order is the same
 * whatever the team */
typedef struct rt__edges {
  rt__edge *e;
  size_t n, cap;
} rt__edges;
rt_code rt__block_pairs(const rt__block *b, const rt__team *team, rt__edges *out) RT__MUST_CHECK;

#endif
