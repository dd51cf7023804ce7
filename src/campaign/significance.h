/* significance - how a campaign compares with chance. Two numbers, both of which reject chance
 * only: every office passes them too. What counts is false campaigns on certified-benign logs
 * (docs/evaluation.md).
 *
 * not_chance_p: the family by which a group was found is left aside; another is measured on the
 * group and on groups of accounts drawn at random, for each member one of about its volume that is
 * in no campaign. One plus the draws that do as well, over one plus all draws; then Holm
 * over the campaigns (Holm 1979).
 *
 * decoy_fdr: decoys are candidates put together from families of different candidates of the same
 * stratum (origin, size), so that each family keeps its marginals and only their alignment breaks.
 * Candidates of reported campaigns don't lend families. (1 + decoys at or above the score) /
 * (decoys a candidate * real ones at or above it), at most 1.
 */
#ifndef RT_CAMPAIGN_SIGNIFICANCE_H
#define RT_CAMPAIGN_SIGNIFICANCE_H

#include "campaign/detect.h"

#define RT__DRAWS_FAST 999 /* draws where a statistic is cheap (days) */
#define RT__DRAWS_SLOW 99  /* where it is not (neighbours of slots, sizes) */

typedef struct rt__chance {
  double p;           /* NaN: nothing to compare with */
  const char *method; /* static storage */
} rt__chance;

/* accounts to draw from: those in no campaign and not of people who read and write on, by volume */
typedef struct rt__sized {
  uint32_t rows, account;
} rt__sized;

typedef struct rt__crowd {
  const rt_alloc *alloc;
  rt__sized *v;
  size_t n, cap;
} rt__crowd;

/* once a run, after the drafts are made. O(starts + accounts log accounts) */
rt_code rt__crowd_of(const rt__detection *d, rt__crowd *out) RT__MUST_CHECK;
void rt__crowd_free(rt__crowd *c);

/* O(draws * (rows of the group + a byte for each of the crowd)) */
rt_code rt__not_chance(const rt__detection *d, const rt__crowd *crowd, const rt__group *g,
                       rt__chance *out) RT__MUST_CHECK;

/* Holm's correction, in place; NaN entries are left out */
rt_code rt__holm(const rt_alloc *a, double *p, size_t n) RT__MUST_CHECK;

/* one entry a draft; NaN for those without a lead */
rt_code rt__decoy_fdr(const rt__detection *d, unsigned decoys, double *out) RT__MUST_CHECK;

#endif
