/* facts - what the operator knows of accounts beside their traffic, hashed and lined up with the
 * set.
 *
 * Added in any order; of several lines on an account the largest as_of wins, ties by the line's
 * bytes. A line with a tenant is about that tenant's account of the name; one without is about
 * every tenant's. Where exchanges name no tenant, a line that does is about the account of its
 * name.
 */
#ifndef RT_LINK_FACTS_H
#define RT_LINK_FACTS_H

#include "digest/key.h"
#include "digest/set.h"
#include "retort/scan.h"

typedef struct rt__fact {
  uint64_t account, name; /* hash with its tenant, and of the name alone */
  int64_t as_of_us, created_us, closed_us, cleared_us, cleared_at_us;
  uint64_t payment[RT_PAYMENTS_MAX];
  uint64_t org, tenant, mail, bin, phone, signup_ip, signup_device, referrer, plan;
  uint64_t confirmed;   /* what a person has confirmed it to be part of: the campaign's number, or a
                         * hash of another name; 0: nothing */
  bool confirmed_id;    /* the former */
  uint64_t line, line2; /* two hashes of the line: the tie-breaker */
  uint32_t n_payments, signup_asn, country;
  float risk; /* below 0: missing */
  int8_t verified;
} rt__fact;

typedef struct rt__facts {
  const rt_alloc *alloc;
  rt__fact *f;
  size_t n, cap;
  rt__keyring ring; /* of the key of the first line */
  rt__map index;    /* account hash -> entry while filling */
  /* after rt__facts_seal: */
  uint32_t *of;            /* of each account of the set: entry + 1, 0 = none */
  size_t n_of, n_known;    /* accounts of the set, and of how many of them something is known */
  rt__map payments, mails; /* value -> accounts of the set that have it */
  double *born;            /* creation times of all, ascending, seconds */
  size_t n_born, cap_born;
} rt__facts;

void rt__facts_init(rt__facts *f, const rt_alloc *a);
void rt__facts_free(rt__facts *f);
rt_code rt__facts_add(rt__facts *f, const rt_key *key, const rt_facts *x, rt_error *err);
/* lines them up with a sealed set; again, with another one, as often as liked */
rt_code rt__facts_seal(rt__facts *f, const rt__set *set, rt_error *err);
/* a person's clearance of the account holds at this moment of the data */
bool rt__fact_cleared(const rt__fact *f, int64_t now_us);
/* exchanges up to then were looked at when it was given; INT64_MAX where nobody said when */
int64_t rt__fact_cleared_at(const rt__fact *f);

/* NULL if nothing is known; f may be NULL */
const rt__fact *rt__facts_of(const rt__facts *f, uint32_t account);

/* ---- whom a card pays for: groups of accounts, by a number of the caller's */

typedef struct rt__payer {
  uint32_t group; /* the first that was counted with this card */
  uint32_t n;     /* accounts that were; 0: the card is nobody's */
  double all;     /* accounts of the set that it pays for */
} rt__payer;

/* counts an account of a group for each of its cards; where a card is another group's already, only
 * if `others`. The map starts empty and goes with rt__map_free. RT_E_NOMEM */
rt_code rt__payers_add(rt__map *payers, const rt__fact *f, uint32_t group,
                       bool others) RT__MUST_CHECK;
rt__payer rt__payer_of(const rt__map *payers, const rt__facts *f, uint64_t card);

#endif
