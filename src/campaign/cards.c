/* cards - accounts that a campaign's cards pay for go along with it, though too little of their
 * work is there to show it: replaced after a ban, or opened late. */
#include "campaign/detect.h"

#define CARD_LEAST 2   /* accounts of the campaign that a card pays for, at least */
#define CARD_MOST  0.5 /* and as a share of all that it pays for */

/* does money name one hand in it? */
static bool paid_by_one(const rt__draft *x)
{
  return x->verdict == RT_VERDICT_DISTILLATION && x->lead &&
         x->lead->b.bits[RT_FAMILY_MONEY] >= RT__HAND_BITS;
}

/* the drafts' cards; one of two drafts is the first one's */
static rt_code count_cards(const rt__detection *d, rt__map *of)
{
  rt_code c = RT_OK;
  for (uint32_t a = 0; a < d->starts.n_accounts && c == RT_OK; a++) {
    uint64_t k = d->drafts.of[a];
    const rt__fact *f = k && paid_by_one(&d->drafts.d[k - 1]) ? rt__facts_of(d->facts, a) : NULL;
    if (f)
      c = rt__payers_add(of, f, (uint32_t)(k - 1), false);
  }
  return c;
}

/* the draft whose card pays for the account, into *draft; false: there is none */
static bool payer_of(const rt__detection *d, const rt__map *of, uint32_t account, size_t *draft)
{
  const rt__fact *f = rt__facts_of(d->facts, account);
  for (uint32_t i = 0; f && i < f->n_payments; i++) {
    rt__payer p = rt__payer_of(of, d->facts, f->payment[i]);
    *draft = p.group;
    if (p.n >= CARD_LEAST && p.n >= CARD_MOST * p.all)
      return true;
  }
  return false;
}

rt_code rt__join_by_card(rt__detection *d, rt_error *err)
{
  rt__map of;
  if (!d->facts)
    return RT_OK;
  rt__map_init(&of, d->alloc, SIZE_MAX, 61);
  rt_code c = count_cards(d, &of);
  for (uint32_t a = 0; a < d->starts.n_accounts && c == RT_OK; a++) {
    size_t k;
    if (!d->drafts.of[a] && rt__starts_count(&d->starts, a) && payer_of(d, &of, a, &k))
      c = rt__drafts_join(&d->drafts, k, a);
  }
  rt__map_free(&of);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for cards");
}
