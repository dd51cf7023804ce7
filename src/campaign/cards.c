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

/* card -> draft + 1 and how many of its accounts it pays for, as high and low half; a card of two
 * drafts is the first one's */
static rt_code count_cards(const rt__detection *d, rt__map *of)
{
  for (uint32_t a = 0; a < d->starts.n_accounts; a++) {
    uint64_t k = d->drafts.of[a];
    const rt__fact *f = k && paid_by_one(&d->drafts.d[k - 1]) ? rt__facts_of(d->facts, a) : NULL;
    for (uint32_t i = 0; f && i < f->n_payments; i++) {
      bool fresh;
      uint64_t *v = rt__map_put(of, f->payment[i], &fresh);
      if (!v)
        return RT_E_NOMEM;
      if (fresh)
        *v = k << 32;
      *v += *v >> 32 == k;
    }
  }
  return RT_OK;
}

/* the draft that pays for the account, + 1; 0: none */
static size_t payer_of(const rt__detection *d, const rt__map *of, uint32_t account)
{
  const rt__fact *f = rt__facts_of(d->facts, account);
  for (uint32_t i = 0; f && i < f->n_payments; i++) {
    const uint64_t *v = rt__map_get(of, f->payment[i]),
                   *all = rt__map_get(&d->facts->payments, f->payment[i]);
    double in = v ? (double)(*v & UINT32_MAX) : 0;
    if (v && all && in >= CARD_LEAST && in >= CARD_MOST * (double)*all)
      return (size_t)(*v >> 32);
  }
  return 0;
}

rt_code rt__join_by_card(rt__detection *d, rt_error *err)
{
  rt__map of;
  if (!d->facts)
    return RT_OK;
  rt__map_init(&of, d->alloc, SIZE_MAX, 61);
  rt_code c = count_cards(d, &of);
  for (uint32_t a = 0; a < d->starts.n_accounts && c == RT_OK; a++) {
    size_t k = d->drafts.of[a] || rt__starts_count(&d->starts, a) == 0 ? 0 : payer_of(d, &of, a);
    if (k)
      c = rt__drafts_join(&d->drafts, k - 1, a);
  }
  rt__map_free(&of);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for cards");
}
