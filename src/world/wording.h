/* wording - the instructions around a harvested task, and how often they are reworded.
 *
 * An intent is a list of clauses; a clause has several patterns. A wording is a choice for each
 * clause and an order of the clauses, made from one number: same number, same wording. Used with
 * one number for a campaign (verbatim), one for an account, or one for a request. The same intents
 * are used by honest tools too: words alone must not give anybody away.
 */
#ifndef RT_WORLD_WORDING_H
#define RT_WORLD_WORDING_H

#include "world/grammar.h"

uint32_t rt__intents(void);                 /* number of intents */
const char *rt__intent_name(uint32_t i);    /* "reasoning", ... */
uint32_t rt__intent_find(const char *name); /* rt__intents() if there is none */

/* writes the wording `variant` of intent i; JSON-escaped */
void rt__word_intent(rt__pen *p, uint32_t i, uint64_t variant, const rt__lexicon *l);

/* share of pairs among the wordings variant[0..n) that have a run of `run` equal words; all pairs
 * are compared, n is cut at 2000. -1 without memory. O(n * length + pairs) */
double rt__word_overlap(uint32_t i, const uint64_t *variant, uint32_t n, uint32_t run,
                        const rt__lexicon *l);

#endif
