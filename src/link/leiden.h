/* leiden - communities of a weighted graph under the constant Potts model.
 *
 * Method: Traag, Waltman, van Eck, "From Louvain to Leiden" (2019); quality is the sum over
 * communities of (inner weight - resolution * pairs inside), so that a community is a set whose
 * mean pair weight is above the resolution, whatever the size of the graph. Chains of pools fall
 * apart where connected components would not. Nodes are visited in the order of their numbers and
 * the best move wins, ties to the smaller label: the result is a function of the graph alone.
 */
#ifndef RT_LINK_LEIDEN_H
#define RT_LINK_LEIDEN_H

#include "base/hash.h"

typedef struct rt__edge {
  uint32_t a, b; /* a != b; each pair once */
  double w;      /* > 0 */
} rt__edge;

/* label[i] in [0, communities) for n nodes, numbered by their smallest node. O(rounds * edges) */
rt_code rt__leiden(const rt_alloc *alloc, uint32_t n, const rt__edge *edges, size_t n_edges,
                   double resolution, uint32_t *label, uint32_t *communities) RT__MUST_CHECK;

/* in[i] for the core of one community: members that know too few of it (RT__KNOWS others, and
 * RT__KNOWS_PART of all) leave, until nobody has to. `knows` is scratch for n. Returns how many
 * stay. O(rounds * edges) */
#define RT__KNOWS      3
#define RT__KNOWS_PART 0.12
uint32_t rt__leiden_core(uint32_t n, const rt__edge *edges, size_t n_edges, const uint32_t *label,
                         uint32_t community, bool *in, uint32_t *knows);

#endif
