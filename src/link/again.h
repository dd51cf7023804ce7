/* again - do prompts come again? Without text, from the lengths of requests alone.
 *
 * The same prompt has the same number of tokens each time. Of prompts that are all different as
 * many pairs have one length as have nearly one; favourites make more of the former. A business
 * comes back to its own work, a clockwork to its probes; a list is gone through once, or each item
 * is asked several times at once. (Own derivation; docs/method.md.)
 */
#ifndef RT_LINK_AGAIN_H
#define RT_LINK_AGAIN_H

#include "account/group.h"

typedef struct rt__again {
  double others; /* how many later or earlier starts have a start's very prompt, on average */
  double z;      /* how far above chance, in standard deviations; 0 where lengths say nothing */
} rt__again;

/* all: over all pairs of starts of the group; own: over pairs inside its accounts. O(rows log rows)
 */
rt_code rt__again_of(const rt__starts *s, const rt__group *g, rt__again *all,
                     rt__again *own) RT__MUST_CHECK;

#define RT__AGAIN_Z 6.0 /* from here prompts do come again … */

/* bits that a list is worked off, and nobody comes back to his work; 0 where lengths say nothing */
double rt__again_list(const rt__again *x);

#endif
