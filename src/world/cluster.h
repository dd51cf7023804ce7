/* cluster - topics of texts that came without any: a small k-means on hashed words. */
#ifndef RT_WORLD_CLUSTER_H
#define RT_WORLD_CLUSTER_H

#include "base/base.h"

/* Sets topic[i] < topics for each text. Words that many texts share count little. The same texts
 * give the same topics on every machine. O(n * words * topics) */
rt_code rt__cluster(const rt_alloc *a, const rt_slice *text, uint32_t n, uint32_t topics,
                    uint8_t *topic) RT__MUST_CHECK;

#endif
