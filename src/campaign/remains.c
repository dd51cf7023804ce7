/* remains - strangers in a group hide what the rest has in common. Once members are told from
 * bystanders, those who stay are asked again whether they are one firm in the open. Only this is
 * asked: leaving out who spoils a group's evenness makes any group look even, but it gives nobody a
 * network, a card or an organisation. */
#include "campaign/detect.h"
#include "campaign/member.h"

/* the group without its bystanders; false: there are none, or too few stay */
static rt_code without_bystanders(const rt__detection *d, const rt__group *g, rt__group *out,
                                  bool *any, rt_error *err)
{
  double *bits = rt__calloc(d->alloc, g->n, (RT_FAMILY_COUNT + 1) * sizeof *bits);
  bool *keep = rt__calloc(d->alloc, g->n, sizeof *keep);
  uint32_t n = 0;
  rt_code c = bits && keep ? RT_OK : rt__fail(err, RT_E_NOMEM, "no memory for members");
  double *sum = c == RT_OK ? bits + (size_t)g->n * RT_FAMILY_COUNT : NULL;
  if (c == RT_OK)
    c = rt__members(&d->reference, g, bits, sum, err);
  for (uint32_t i = 0; c == RT_OK && i < g->n; i++)
    n += keep[i] = sum[i] > RT__BYSTANDER_BITS;
  *any = n >= 2 && n < g->n;
  if (c == RT_OK && *any && rt__group_part(&d->starts, g, keep, out) != RT_OK)
    c = rt__fail(err, RT_E_NOMEM, "no memory for members");
  rt__free(d->alloc, bits, g->n * (RT_FAMILY_COUNT + 1) * sizeof *bits);
  rt__free(d->alloc, keep, g->n * sizeof *keep);
  return c;
}

static rt_code ask_again(const rt__detection *d, rt__draft *x, rt_error *err)
{
  rt__group g, part;
  bool any = false;
  if (rt__compose(d, x, &g) != RT_OK)
    return rt__fail(err, RT_E_NOMEM, "no memory for members");
  rt_code c = without_bystanders(d, &g, &part, &any, err);
  if (c == RT_OK && any) {
    rt__candidate rest = {.g = &part};
    c = rt__evidence(&d->reference, &part, &rest.b, err);
    x->gone = c == RT_OK && rt__candidate_in_the_open(&rest);
    rt__group_free(d->alloc, &part);
  }
  rt__group_free(d->alloc, &g);
  return c;
}

rt_code rt__drop_open(rt__detection *d, rt_error *err)
{
  rt_code c = RT_OK;
  for (size_t i = 0; i < d->drafts.n && c == RT_OK; i++) {
    rt__draft *x = &d->drafts.d[i];
    if (x->verdict == RT_VERDICT_DISTILLATION && x->n >= 2)
      c = ask_again(d, x, err);
  }
  if (c == RT_OK)
    rt__drafts_drop(&d->drafts, d->options->all);
  return c;
}
