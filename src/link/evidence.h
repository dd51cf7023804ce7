/* evidence - bits for and against "one operator runs this group", a number a family.
 *
 * Each family counts its signals jointly; bits are log2 likelihood ratios (one operator : an
 * innocent cause), capped, and 0 where the family has nothing to say. References are measured in
 * the same log on accounts drawn at random: campaigns are rare among them and make a reference
 * milder, never harsher. The rules and their figures are in docs/method.md; each family is one
 * file, family_<name>.c.
 */
#ifndef RT_LINK_EVIDENCE_H
#define RT_LINK_EVIDENCE_H

#include "link/again.h"
#include "link/facts.h"
#include "template/slots.h"

#define RT__REFERENCE_MAX  1200
#define RT__ALONE_STARTS   200 /* fewer starts are too few to look at an account alone */
#define RT__REFERENCE_GRID 64  /* quantiles that stand for a reference */

/* when a model was released, by the operator's word */
typedef struct rt__release {
  uint64_t model;
  int64_t time_us;
} rt__release;

/* a reference: what was measured on accounts drawn at random, and on whom */
typedef struct rt__sample_of {
  double v[RT__REFERENCE_MAX];
  uint32_t account[RT__REFERENCE_MAX];
  size_t n;
} rt__sample_of;

/* measured once a run */
typedef struct rt__reference {
  const rt_alloc *alloc;
  const rt__starts *starts;
  const rt__set *set;
  const rt__facts *facts; /* NULL: none */
  const bool *without;    /* [RT_FAMILY_COUNT] */
  rt__idf idf;            /* weight NULL without text, or where nothing could be found in it */
  rt__sample_of own, swing;
  double rate_sd;     /* of log rates of machine-like accounts */
  double tau[2];      /* of their mean log output and input lengths */
  uint64_t new_model; /* a model that appeared in the data; 0 = none */
  double released;    /* first seen, seconds */
  uint32_t *key_at,
      *key_account; /* accounts of shared key k: key_account[key_at[k] … key_at[k+1]) */
  uint32_t n_keys, key_cap;
  rt__map nets; /* network -> accounts */
} rt__reference;

rt_code rt__reference_build(const rt_alloc *a, const rt__starts *s, const rt__facts *facts,
                            const bool *without, rt__reference *out, rt_error *err);
/* the latest release of a model that is in the log replaces what was inferred from first uses */
void rt__reference_releases(rt__reference *r, const rt__release *v, size_t n);
void rt__reference_free(rt__reference *r);

typedef struct rt__bits {
  double bits[RT_FAMILY_COUNT];
  bool said[RT_FAMILY_COUNT]; /* the family had something to look at */
  /* what the families saw: for rules, causes and explanations */
  double own, own_fit; /* content: source bits before the cap, share of accounts that fit */
  rt__reuse reuse;
  bool dealt; /* content: slots come again as those of a list that is dealt do */
  double balance, phi, equal, clock, lag, turns, pivot, moved; /* time */
  bool clockwork;       /* time: gaps even in seconds; where that was asked */
  bool by_turns;        /* time: uneven gaps, even in the group's own time; where that was asked */
  double knobs, frames; /* client */
  double size;
  rt__again again, again_own; /* size: without text, whether lengths come again (again.h) */
  double linked;              /* keys: share of members under shared keys */
  double payers, paid_together, top_payer, in_org, own_mail; /* money */
  double burst, burst_days;                                  /* provision */
  double net_shared, one_net;                                /* network */
  double firms;     /* share of accounts that are a few firms', by network and card (doors.h) */
  double one_org;   /* largest share of accounts under one organisation, by traffic or facts */
  double quiet;     /* share of starts in the quietest 6 hours of the day: 0.25 is flat */
  double paced;     /* bits that a list sets the pace of the work, and no demand (paced.h) */
  double confirmed; /* share of accounts that a person has confirmed as one campaign's; 0 for one */
  /* extraction */
  double followed, output, fresh, extraction;
} rt__bits;

/* all families of one group. O(rows log rows) */
rt_code rt__evidence(const rt__reference *r, const rt__group *g, rt__bits *out, rt_error *err);

/* families, one file each; bits before cap and switches */
rt_code rt__family_content(const rt__reference *r, const rt__group *g, rt__bits *b);
rt_code rt__family_time(const rt__reference *r, const rt__group *g, rt__bits *b);
rt_code rt__family_client(const rt__reference *r, const rt__group *g, rt__bits *b);
rt_code rt__family_size(const rt__reference *r, const rt__group *g, rt__bits *b);
rt_code rt__family_network(const rt__reference *r, const rt__group *g, rt__bits *b);
rt_code rt__family_money(const rt__reference *r, const rt__group *g, rt__bits *b);
rt_code rt__family_provision(const rt__reference *r, const rt__group *g, rt__bits *b);
rt_code rt__family_keys(const rt__reference *r, const rt__group *g, rt__bits *b);

/* that share; accounts of two campaigns count for the larger. O(accounts) */
rt_code rt__confirmed_share(const rt__reference *r, const rt__group *g, double *out);

/* The same question for each member: bits that this account belongs with the rest of the group.
 * Fills out[i * RT_FAMILY_COUNT + family] for each account i of g; NaN where a family has nothing
 * to say. */
rt_code rt__member_bits(const rt__reference *r, const rt__group *g, double *out, rt_error *err);

rt_code rt__member_content(const rt__reference *r, const rt__group *g, double *out);
rt_code rt__member_time(const rt__reference *r, const rt__group *g, double *out);
rt_code rt__member_client(const rt__reference *r, const rt__group *g, double *out);
rt_code rt__member_size(const rt__reference *r, const rt__group *g, double *out);
rt_code rt__member_network(const rt__reference *r, const rt__group *g, double *out);
rt_code rt__member_money(const rt__reference *r, const rt__group *g, double *out);
rt_code rt__member_provision(const rt__reference *r, const rt__group *g, double *out);
rt_code rt__member_keys(const rt__reference *r, const rt__group *g, double *out);

/* day swings of reference groups (family_time.c), spread of rates and sizes */
rt_code rt__swing_reference(const rt__starts *s, double *out, uint32_t *account, size_t max,
                            size_t *n) RT__MUST_CHECK;

/* The reference without the group's own accounts, as at most RT__REFERENCE_GRID ascending
 * quantiles: a campaign must not be compared with itself. With fewer than 12 others all are taken.
 * Returns how many. */
size_t rt__reference_without(const rt__sample_of *s, const rt__group *g,
                             double out[RT__REFERENCE_GRID]);

#endif
