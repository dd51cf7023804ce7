/* lexical - streams whose prompts are about the same and asked alike, though no sentence recurs.
 *
 * Where every request is worded anew, skeletons see nothing. A stream's centroid (how often it uses
 * which words, weighted by their rarity) still does: nearest neighbours among centroids, then
 * communities, then communities of communities; each level gives candidates. Starts that carry a
 * shared skeleton, and starts that a person followed up, are left out: the skeleton as a whole is
 * the candidate, and a slice of it chosen by content would look like one source by selection alone.
 */
#ifndef RT_LINK_LEXICAL_H
#define RT_LINK_LEXICAL_H

#include "template/slots.h"

/* `carried`: a byte a start, 1 where it carries a shared skeleton. Appends groups RT__FROM_LEXICAL.
 * O(streams * words * postings), postings capped */
rt_code rt__lexical_groups(const rt__starts *s, const rt__idf *f, const uint8_t *carried,
                           rt__groups *out, rt_error *err);

#endif
