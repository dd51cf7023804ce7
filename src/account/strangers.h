/* strangers - machine-like accounts of the log dealt out into groups of a dozen, at random: what
 * such a group shows is what unrelated accounts show.
 *
 * Which accounts are drawn depends on the log and the seed alone.
 */
#ifndef RT_ACCOUNT_STRANGERS_H
#define RT_ACCOUNT_STRANGERS_H

#include "account/group.h"

#define RT__STRANGERS     12  /* accounts to a group */
#define RT__STRANGERS_MAX 900 /* drawn in all */

typedef struct rt__strangers {
  uint32_t pool[RT__STRANGERS_MAX];
  size_t n, at;
} rt__strangers;

/* draws at most `most` (<= RT__STRANGERS_MAX) accounts with starts enough, few of them followed;
 * with `timed` only those whose moments say something (timed.h). RT_E_NOMEM. O(accounts) */
rt_code rt__strangers_draw(const rt__starts *s, bool timed, uint64_t seed, size_t most,
                           rt__strangers *out) RT__MUST_CHECK;

/* another full group of them is left */
static inline bool rt__strangers_left(const rt__strangers *x)
{
  return x->at + RT__STRANGERS <= x->n;
}

/* the next group, with all rows of its accounts; goes with rt__group_free. RT_E_NOMEM */
rt_code rt__strangers_next(const rt__starts *s, rt__strangers *x, rt__group *out) RT__MUST_CHECK;

#endif
