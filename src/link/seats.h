/* seats - which accounts of a crowd are a balancer's seats, and which are strangers, by how uneven
 * their gaps are in the crowd's own time (pooltime.h)?
 *
 * A seat waits for its turn, a stranger comes by chance: two heaps. Where strangers are many, a
 * crowd's median and spread are theirs, too, so both heaps are fitted. (Own derivation;
 * docs/method.md.)
 */
#ifndef RT_LINK_SEATS_H
#define RT_LINK_SEATS_H

#include "base/base.h"

/* Of n accounts, how uneven their gaps are (NAN: not known) and how many those are; keep[i] becomes
 * false for those that are much rather strangers. Returns how uneven seats are; 1, as by chance,
 * where no heap is evener, and nobody goes. O(n) */
double rt__seats_keep(const double *uneven, const double *gaps, size_t n, bool *keep);

#endif
