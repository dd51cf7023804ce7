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

/* The core of each community: members that know too few of it (RT__KNOWS others, and RT__KNOWS_PART
 * of all) leave, until nobody has to. Most communities have none. */
#define RT__KNOWS      3
#define RT__KNOWS_PART 0.12

typedef struct rt__cores {
  uint32_t n;     /* communities */
  uint32_t *at;   /* n + 1: the core of community q is node[at[q]] … node[at[q + 1] - 1], … */
  uint32_t *node; /* … ascending */
  uint32_t nodes; /* of the graph */
} rt__cores;

/* communities of a graph, as rt__leiden finds them, and their cores; on failure there is nothing to
 * free. O(rounds * edges) */
rt_code rt__leiden_cores(const rt_alloc *alloc, uint32_t n, const rt__edge *edges, size_t n_edges,
                         double resolution, rt__cores *out) RT__MUST_CHECK;
/* the same of communities that are known: label[i] < communities */
rt_code rt__cores_of(const rt_alloc *alloc, uint32_t n, const rt__edge *edges, size_t n_edges,
                     const uint32_t *label, uint32_t communities, rt__cores *out) RT__MUST_CHECK;
void rt__cores_free(const rt_alloc *alloc, rt__cores *c);

#endif
