#include "account/strangers.h"

#include "account/timed.h"
#include "sketch/stats.h"

#define STARTS_LEAST  8
#define FOLLOWED_MOST 0.2 /* share of starts that are followed: a machine's are not */

rt_code rt__strangers_draw(const rt__starts *s, bool timed, uint64_t seed, size_t most,
                           rt__strangers *out)
{
  uint32_t *fit = rt__calloc(s->alloc, s->n_accounts, sizeof *fit);
  size_t n = 0;
  if (!fit)
    return RT_E_NOMEM;
  for (uint32_t a = 0; a < s->n_accounts; a++)
    if (rt__starts_count(s, a) >= STARTS_LEAST && rt__starts_followed(s, a) < FOLLOWED_MOST &&
        !(timed && rt__timed_not(s, a)))
      fit[n++] = a;
  out->at = 0;
  out->n = rt__sample(seed, fit, n, most, out->pool);
  rt__shuffle(seed + 1, out->pool, out->n);
  rt__free(s->alloc, fit, s->n_accounts * sizeof *fit);
  return RT_OK;
}

rt_code rt__strangers_next(const rt__starts *s, rt__strangers *x, rt__group *out)
{
  uint32_t sorted[RT__STRANGERS];
  rt__sample(0, x->pool + x->at, RT__STRANGERS, RT__STRANGERS, sorted);
  x->at += RT__STRANGERS;
  return rt__group_of_accounts(s, sorted, RT__STRANGERS, out);
}
