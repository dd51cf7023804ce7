/* candidate - a group with its evidence, judged.
 *
 * Score of a candidate: prior odds plus the bits of all families. Two things are asked beside the
 * sum, so that no single family can carry a group over the bar: the same *work* (content, or sizes
 * where there is no text) and one *hand* behind it (time, money, keys, provision). The same bar
 * holds in every view; what is missing is 0 bits. docs/method.md has the table.
 */
#ifndef RT_CAMPAIGN_CANDIDATE_H
#define RT_CAMPAIGN_CANDIDATE_H

#include "link/evidence.h"
#include "retort/finding.h"

#define RT__PRIOR_BITS   (-6.0) /* one candidate in 64 is a campaign, before any evidence */
#define RT__PRIOR_MOST   0.0    /* and even odds, however many of it a person has confirmed */
#define RT__CONFIRMED    0.25   /* share of confirmed accounts that names one hand */
#define RT__BAR_BITS     5.0    /* report at posterior odds of 32 : 1 */
#define RT__WORK_BITS    1.5
#define RT__HAND_BITS    2.0
#define RT__DEALT_BITS   1.5 /* of balance and clock, for time to name one hand; and of time … */
#define RT__SURE_WORK    8.0 /* … where the slots say so much */
#define RT__NOT_DEALT    1.5 /* days that swing so much more than counts do were not dealt */
#define RT__MANY_PACES   20  /* accounts that keep one pace, for it to name one hand */
#define RT__POOL_CLOCK   1.0
#define RT__POOL_BALANCE 3.0
#define RT__EXTRACTION   0.3
#define RT__BURST        3.5 /* log2 density of sign-ups above which accounts were opened together */
#define RT__OF_TWO       0.4 /* share of accounts behind the larger of two networks of a firm */
#define RT__ONE_NAME     1.3 /* shares of one network and one payer together, of a firm */
#define RT__FIRMS        0.7 /* share of accounts that are a few firms' */
#define RT__QUIET                                                                                  \
  0.12 /* share of starts in the quietest 6 hours; flat is 0.25, an office sleeps                  \
        */
#define RT__MANY_BITS                                                                              \
  (-3.0)                    /* client bits at which a group is many programs, whatever else it is */
#define RT__MANY_KNOBS 0.7  /* parameters agree between members this much less than inside them */
#define RT__ONE_KNOBS  0.85 /* and so much, or more, where one program runs */

#define RT__CUSTOMERS_BITS                                                                         \
  6.0 /* private programs that meet on the same accounts weigh what a shared instrument does */

#define RT__FAVOURITES                                                                             \
  2.5 /* dispersion of how often slots come again, above which some are favourites: a business has \
         them, a list to be worked off has not */
#define RT__COMES_BACK                                                                             \
  0.1 /* share of prompts that repeat one of the same account, above which it is no list */
#define RT__ONE_PAYER                                                                              \
  0.4 /* share of a group's accounts that a firm's first card pays for, at least */
#define RT__FAVOURITES_SMALL 1.6 /* likewise, of few accounts behind one network */
#define RT__SMALL                                                                                  \
  16 /* accounts behind one network that need not be more than a firm's own keys                   \
      */

#define RT__OWN_BITS   5.3 /* there are some 40 such firms to a campaign, and all else fits both */
#define RT__PACED_BITS 2.5 /* unless a list sets their pace: a firm in 500 comes so near to one */

#define RT__OWNERS_Z 10.0 /* from here accounts come back to prompts of their own */

/* a handful (RT__HANDFUL) with one card need not be more than a firm's own keys either … */
#define RT__BURST_FEW 5.0 /* … unless they were opened together so much more than others */
#define RT__TINY      6   /* likewise, where the text is known but not who pays */

typedef struct rt__candidate {
  const rt__group *g;
  rt__bits b;
  double score; /* posterior bits */
  bool inside;  /* part of a reseller's pool, or of what a firm does in the open (reseller.h) */
} rt__candidate;

/* the work family that counts: the better of content and size, unless content speaks against it */
double rt__candidate_work(const rt__bits *b);
/* families of the hand with at least RT__HAND_BITS */
int rt__candidate_hands(const rt__candidate *c);
/* prior and all families; content and size answer one question and count once */
double rt__candidate_score(const rt__bits *b, double prior_bits);
/* the score as a pool: that customers' work and programs differ is what a pool is, and no evidence
 * against; that several of them meet on the same accounts speaks for it */
double rt__candidate_pool_score(const rt__candidate *c);
/* RT__PRIOR_BITS; where a person has confirmed accounts of the group as one campaign's, the odds
 * that an account of it is one of those, if that is more, up to RT__PRIOR_MOST */
double rt__candidate_prior(const rt__bits *b);

/* parameters or frames say that the members run different programs */
bool rt__candidate_many_programs(const rt__candidate *c);
/* nothing is hidden: one organisation; one network and one payer; one of both in office hours; one
 * network and slots that come again as a business's do */
bool rt__candidate_in_the_open(const rt__candidate *c);
bool rt__candidate_is_harvest(const rt__candidate *c);
/* a harvest by its numbers, but few accounts behind one network, in a log that shows neither text
 * nor facts, or a handful where it shows text, or a handful of one card that were not opened
 * together: a firm's own gateway looks the same */
bool rt__candidate_may_be_own(const rt__candidate *c);
/* the score of such a group in a log without text: what is left that tells a campaign from a firm
 * is who sets the pace */
double rt__candidate_own_score(const rt__candidate *c);
/* one clock, but people behind it: they read and write on, and bring parameters of their own; or
 * several customers' programs on the same accounts */
bool rt__candidate_is_pool(const rt__candidate *c);

/* a campaign in the making */
typedef struct rt__draft {
  rt_verdict verdict;
  const rt__candidate *lead; /* the case with the highest score; NULL for a solo */
  uint32_t *account;         /* ascending */
  uint32_t n, cap;
  double solo_bits; /* the score of a solo, posterior bits */
  bool gone;        /* for rt__drafts_drop */
} rt__draft;

typedef struct rt__drafts {
  const rt_alloc *alloc;
  rt__draft *d;
  size_t n, cap;
  uint32_t *of;             /* of each account: draft + 1, 0 = none */
  const rt__candidate **by; /* of each account: the candidate that brought it, NULL for a solo */
  size_t n_accounts;
} rt__drafts;

/* With `all`, what stays above the bar but has an innocent cause becomes a benign draft.
 * best first; an account belongs to one campaign; what overlaps mostly with a chosen one joins it
 */
rt_code rt__select(const rt_alloc *a, const rt__starts *s, bool all, const rt__candidate *cases,
                   size_t n, rt__drafts *out, rt_error *err);
void rt__drafts_free(rt__drafts *d);
rt_code rt__drafts_add(rt__drafts *d, rt_verdict v, const rt__candidate *lead,
                       const uint32_t *accounts, size_t n);

/* an account of no campaign goes along with draft k. O(accounts of the draft) */
rt_code rt__drafts_join(rt__drafts *d, size_t k, uint32_t account) RT__MUST_CHECK;

/* Accounts that their campaigns have let go (loose[account]) and of which a sure candidate mostly
 * consists are a campaign of their own; they are loose no more. A draft that loses all but a few is
 * gone. O(accounts of candidates) */
rt_code rt__select_loose(rt__drafts *d, const rt__candidate *cases, size_t n, bool *loose,
                         rt_error *err) RT__MUST_CHECK;

/* Takes out the drafts that are gone or empty; with `all` those that were groups stay, as benign.
 * Their accounts are nobody's then. */
void rt__drafts_drop(rt__drafts *d, bool all);

/* Single accounts that look like a harvest: suspects. Those that are rather innocent are named up
 * to three in 1,000 of all accounts, best first. */
rt_code rt__solos(const rt__reference *r, const rt__candidate *cases, size_t n, rt__drafts *d,
                  rt_error *err);

#endif
