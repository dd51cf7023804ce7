/* lag - whether two streams of starts run on one clock: where a start of one stands between two of
 * the other, and whether they take turns. Times are in seconds, ascending.
 */
#ifndef RT_LINK_LAG_H
#define RT_LINK_LAG_H

#include "base/base.h"

/* spread of the lag over the spread of the gaps, the smaller of both directions. *lags: how many
 * lags it rests on (0: no overlap, ratio 9). scratch holds 2 * (n + m). O(n + m) as a rule */
double rt__lag_ratio(const double *p, size_t n, const double *q, size_t m, double *scratch,
                     size_t *lags);

/* a stream that is compared with many others: its times, and its gaps in the order of their lengths
 */
typedef struct rt__beat {
  const double *t, *gap;
  size_t n; /* times; one gap less */
} rt__beat;

/* whether that ratio is below `below` (less than 9) and rests on `least` lags: the same answer,
 * mostly without sines and without a look at all gaps. scratch as above. O(n + m) */
bool rt__lag_below(const rt__beat *p, const rt__beat *q, double below, size_t least,
                   double *scratch);

/* Share of neighbours in the merged sequence of starts that are of different streams, over the time
 * both live: a balancer that takes turns gives nearly 1 however irregular its arrivals are and
 * however the places in the ring drift; independent streams give 2nm/(n+m)^2, about 1/2. *z: how
 * many standard deviations above independence (Wald and Wolfowitz 1940). Two clockworks alternate
 * too: rt__gaps_together tells them apart. 0 with fewer than 4 starts each. O(n + m) */
double rt__alternation(const double *p, size_t n, const double *q, size_t m, double *z);

/* Correlation of the logs of gaps that overlap in time: the gaps of a pool stretch and shrink
 * together with its arrivals; clockworks jitter on their own: 0. Gaps over three times the median
 * (nights) are left out. *n_gaps: how many it rests on. scratch holds n + m. O(n + m) as a rule
 */
double rt__gaps_together(const double *p, size_t n, const double *q, size_t m, double *scratch,
                         size_t *n_gaps);

/* both: the pair takes turns behind one balancer. scratch as above */
bool rt__in_turn(const double *p, size_t n, const double *q, size_t m, double *scratch);
/* the same answer. O(n + m) */
bool rt__beats_in_turn(const rt__beat *p, const rt__beat *q);

#endif
