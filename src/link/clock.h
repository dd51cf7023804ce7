/* clock - streams of starts that run on one common clock, without any text.
 *
 * A balancer that takes turns deals starts to its accounts, so their counting functions N_a(t) run
 * parallel: near neighbours of N_a - mean are candidates. Two cron jobs of one period run parallel
 * too; what tells them apart is the lag from a start of one to the next start of the other. One
 * clock drives both: the lag keeps its place on the ring (spread over the spread of gaps about
 * sqrt(ring distance), at most 0.71). Independent jitters: 1. Strangers: above 1. (Own derivation;
 * docs/method.md.)
 *
 * Streams are compared within a block: one bundle of parameters, so that cover traffic with
 * parameters of its own is peeled off; and whole accounts, since a resold pool has all sorts of
 * bundles. Communities, never connected components: pools and campaigns chain.
 */
#ifndef RT_LINK_CLOCK_H
#define RT_LINK_CLOCK_H

#include "account/group.h"

#define RT__CLOCK_GRID       240
#define RT__CLOCK_MIN_STARTS 8
#define RT__CLOCK_MIN        4 /* accounts */

/* spread of the lag over the spread of the gaps, the smaller of both directions; ascending times in
 * seconds. *lags: how many lags it rests on (0: no overlap, ratio 9). scratch holds 2 * (n + m).
 * O(n + m
 * + sorting) */
double rt__lag_ratio(const double *p, size_t n, const double *q, size_t m, double *scratch,
                     size_t *lags);

/* Share of neighbours in the merged sequence of starts that are of different streams, over the time
 * both live: a balancer that takes turns gives nearly 1 however irregular its arrivals are and
 * however the places in the ring drift; independent streams give 2nm/(n+m)^2, about 1/2. *z: how
 * many standard deviations above independence (Wald and Wolfowitz 1940). Two clockworks alternate
 * too: rt__gaps_together tells them apart. 0 with fewer than 4 starts each. O(n + m) */
double rt__alternation(const double *p, size_t n, const double *q, size_t m, double *z);

/* Correlation of the logs of gaps that overlap in time: the gaps of a pool stretch and shrink
 * together with its arrivals; clockworks jitter on their own: 0. Gaps over three times the median
 * (nights) are left out. *n_gaps: how many it rests on. scratch holds n + m. O((n + m) log(n + m))
 */
double rt__gaps_together(const double *p, size_t n, const double *q, size_t m, double *scratch,
                         size_t *n_gaps);

/* both: the pair takes turns behind one balancer. scratch as above */
bool rt__in_turn(const double *p, size_t n, const double *q, size_t m, double *scratch);

/* appends the groups found (RT__FROM_CLOCK, RT__FROM_WHOLE) */
rt_code rt__clock_groups(const rt__starts *s, rt__groups *out, rt_error *err);

/* thousands of accounts with 3 to 7 starts each: no pair says anything, but too many of them have
 * the same even gap. Appends at most one group a bundle (RT__FROM_FEW) */
rt_code rt__few_groups(const rt__starts *s, rt__groups *out, rt_error *err);

/* drops members whose mean log output length is far from the group's: on the same beat by chance */
rt_code rt__same_size(const rt__starts *s, rt__group *g) RT__MUST_CHECK;

#endif
