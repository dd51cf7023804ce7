/* slots - whose material fills a shared template.
 *
 * Customers of one tool each bring their own trade: the slots of an account resemble each other
 * more than they resemble other accounts'. A harvest deals one task list over accounts: the slot
 * nearest to a slot is of the same account no more often than chance. Measured, not assumed: the
 * reference is how strongly unrelated machine-like accounts of the same log keep to their own
 * material. (Own derivation; figures in docs/method.md.)
 *
 * Nearness is the cosine of word sketches, words weighted by how few accounts use them; words of
 * the template itself (in over a quarter of all sampled slots, or over 40 % of one account's) are
 * left out.
 */
#ifndef RT_TEMPLATE_SLOTS_H
#define RT_TEMPLATE_SLOTS_H

#include "account/group.h"

#define RT__SLOTS_PER_ACCOUNT 12
#define RT__SLOTS_MAX         720 /* slots compared at once; of larger groups a sample */
#define RT__WORD_SPACE        ((uint32_t)1 << 22)

/* how many accounts use each word, over all starts */
typedef struct rt__idf {
  const rt_alloc *alloc;
  float *weight; /* RT__WORD_SPACE */
} rt__idf;
rt_code rt__idf_build(const rt_alloc *a, const rt__starts *s, rt__idf *out) RT__MUST_CHECK;
void rt__idf_free(rt__idf *f);

/* of one account in a group: slots that have a neighbour at all, those whose nearest is the
 * account's own, and the share expected if all slots came from one list */
typedef struct rt__own {
  uint32_t account;
  uint32_t slots, own;
  double chance;
} rt__own;

/* own neighbours of a group's accounts; out holds RT__SLOTS_MAX entries. *n: how many accounts were
 * looked at. O(sum over words of squared use), at most RT__SLOTS_MAX^2 */
rt_code rt__slots_own(const rt__starts *s, const rt__idf *f, const rt__group *g, rt__own *out,
                      size_t *n) RT__MUST_CHECK;

/* reference: excess share of own neighbours of unrelated accounts with at least 8 starts that
 * nobody follows up, dealt at random into groups of 12. *n: how many of at most max; account[i]
 * (NULL: not wanted) is whose out[i] is */
rt_code rt__slots_reference(const rt__starts *s, const rt__idf *f, double *out, uint32_t *account,
                            size_t max, size_t *n) RT__MUST_CHECK;

/* re-use of prompts in a group */
typedef struct rt__reuse {
  double shared;     /* share of distinct prompts that several accounts use */
  double users;      /* mean accounts a distinct prompt */
  double dispersion; /* variance of that over (users - 1): about 1 where people meet by chance, more
                      * where some prompts are popular, near 0 where each is dealt to k accounts */
  double thrice;     /* distinct prompts that three accounts or more use … */
  double met;        /* … and how many would be if accounts met by chance; both 0 in a sample */
  double
      partners;  /* of prompts that several accounts use, the first two: distinct pairs over all */
  double within; /* share of rows that repeat a prompt of their own account */
  double fresh;  /* mean over accounts of distinct prompts / rows */
} rt__reuse;
rt_code rt__slots_reuse(const rt__starts *s, const rt__group *g, rt__reuse *out) RT__MUST_CHECK;

#endif
