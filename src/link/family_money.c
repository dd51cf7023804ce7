/* money - instruments shared inside the group and by few outside; one payer in the open is a
 * company. */
#include "link/evidence.h"

#include <math.h>

static rt_code count_values(const rt__reference *r, const rt__group *g, rt__map *pay, rt__map *mail,
                            size_t *paying, size_t *in_org)
{
  for (uint32_t i = 0; i < g->n; i++) {
    const rt__fact *f = rt__facts_of(r->facts, g->account[i]);
    if (!f)
      continue;
    *in_org += f->org != 0;
    *paying += f->n_payments > 0;
    for (uint32_t k = 0; k < f->n_payments; k++)
      if (f->payment[k] && !rt__map_count(pay, f->payment[k]))
        return RT_E_NOMEM;
    if (f->mail && !rt__map_count(mail, f->mail))
      return RT_E_NOMEM;
  }
  return RT_OK;
}

static uint64_t everywhere(const rt__map *m, uint64_t value)
{
  const uint64_t *v = rt__map_get(m, value);
  return v ? *v : 0;
}

/* A token that strangers use too says nothing. *beyond: accounts beyond the first on each token */
static void sum_up(const rt__reference *r, const rt__group *g, const rt__map *pay,
                   const rt__map *mail, rt__bits *b, size_t *shared_tokens, double *beyond)
{
  double shared = 0, top = 0, own = 0, n = g->n;
  *shared_tokens = 0;
  *beyond = 0;
  for (size_t i = 0; i < pay->cap; i++) {
    if (!pay->used[i])
      continue;
    double v = (double)pay->vals[i];
    top = v > top ? v : top;
    *shared_tokens += v > 1;
    if (v > 1 && v >= 0.5 * (double)everywhere(&r->facts->payments, pay->keys[i])) {
      shared += v;
      *beyond += v - 1;
    }
  }
  for (size_t i = 0; i < mail->cap; i++)
    if (mail->used[i] &&
        (double)everywhere(&r->facts->mails, mail->keys[i]) <= 1.5 * (double)mail->vals[i])
      own += (double)mail->vals[i];
  b->payers = (double)pay->n;
  b->paid_together = shared / n < 1 ? shared / n : 1;
  b->top_payer = top / n;
  b->own_mail = own / n;
}

/* Two people with two keys each share two tokens, and are two hands: what is shared is worth no
 * more than a bit for each account beyond a token's first. */
static double bits_of(const rt__bits *b, size_t shared_tokens, double beyond)
{
  if (b->paid_together <= 0)
    return 0;
  if (b->top_payer > 0.8 && (b->in_org > 0.5 || b->own_mail > 0.8)) /* one payer in the open */
    return b->in_org > 0.8 ? -8 : -4;
  double many = 1.5 * b->paid_together < 1 ? 1.5 * b->paid_together : 1;
  double bits = shared_tokens <= 1 ? 2 : 6 * many;
  return bits < beyond ? bits : beyond;
}

rt_code rt__family_money(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  if (!r->facts)
    return RT_OK;
  rt__map pay, mail;
  size_t paying = 0, in_org = 0, tokens;
  double beyond;
  rt__map_init(&pay, r->alloc, SIZE_MAX, 31);
  rt__map_init(&mail, r->alloc, SIZE_MAX, 32);
  rt_code c = count_values(r, g, &pay, &mail, &paying, &in_org);
  if (c == RT_OK && paying) {
    b->in_org = (double)in_org / g->n;
    sum_up(r, g, &pay, &mail, b, &tokens, &beyond);
    b->said[RT_FAMILY_MONEY] = true;
    b->bits[RT_FAMILY_MONEY] = bits_of(b, tokens, beyond);
  }
  rt__map_free(&pay);
  rt__map_free(&mail);
  return c;
}

/* ---- members: an instrument that another member has too, and few outside */

rt_code rt__member_money(const rt__reference *r, const rt__group *g, double *out)
{
  if (!r->facts)
    return RT_OK;
  rt__map pay, mail;
  size_t paying = 0, in_org = 0, tokens;
  double beyond;
  rt__bits b = {.moved = -1};
  rt__map_init(&pay, r->alloc, SIZE_MAX, 33);
  rt__map_init(&mail, r->alloc, SIZE_MAX, 34);
  rt_code c = count_values(r, g, &pay, &mail, &paying, &in_org);
  if (c == RT_OK)
    sum_up(r, g, &pay, &mail, &b, &tokens, &beyond);
  double shared = b.paid_together;
  for (uint32_t i = 0; i < g->n && c == RT_OK; i++) {
    const rt__fact *f = rt__facts_of(r->facts, g->account[i]);
    double bits = log2(1.0625 - shared); /* -4 where all others share one */
    if (!f || f->n_payments == 0)
      continue;
    for (uint32_t k = 0; k < f->n_payments; k++) {
      uint64_t in = everywhere(&pay, f->payment[k]),
               all = everywhere(&r->facts->payments, f->payment[k]);
      if (in > 1 && 2 * in >= all)
        bits = 6;
    }
    out[i * RT_FAMILY_COUNT + RT_FAMILY_MONEY] = bits;
  }
  rt__map_free(&pay);
  rt__map_free(&mail);
  return c;
}
