/* remains - a campaign without its bystanders. Once members are told from bystanders, two things
 * are asked again. Strangers in a group hide what the rest has in common: is that one firm in the
 * open? And who does not fit this campaign may fit another, with which it was mixed. Evidence is
 * not weighed again: leaving out who spoils a group's evenness makes any group look even, but it
 * gives nobody a network, a card or an organisation. */
#include "campaign/detect.h"
#include "campaign/member.h"

/* which accounts of a group stay; *n: how many */
static rt_code who_stays(const rt__detection *d, const rt__group *g, bool *keep, uint32_t *n,
                         rt_error *err)
{
  double *bits = rt__calloc(d->alloc, g->n, (RT_FAMILY_COUNT + 1) * sizeof *bits);
  rt_code c = bits ? RT_OK : rt__fail(err, RT_E_NOMEM, "no memory for members");
  double *sum = c == RT_OK ? bits + (size_t)g->n * RT_FAMILY_COUNT : NULL;
  if (c == RT_OK)
    c = rt__members(&d->reference, g, bits, sum, err);
  *n = 0;
  for (uint32_t i = 0; c == RT_OK && i < g->n; i++)
    *n += keep[i] = sum[i] > RT__BYSTANDER_BITS;
  rt__free(d->alloc, bits, g->n * (RT_FAMILY_COUNT + 1) * sizeof *bits);
  return c;
}

static rt_code is_open(const rt__detection *d, const rt__group *g, const bool *keep, bool *open,
                       rt_error *err)
{
  rt__group part;
  if (rt__group_part(&d->starts, g, keep, &part) != RT_OK)
    return rt__fail(err, RT_E_NOMEM, "no memory for members");
  rt__candidate rest = {.g = &part};
  rt_code c = rt__evidence(&d->reference, &part, &rest.b, err);
  *open = c == RT_OK && rt__candidate_in_the_open(&rest);
  rt__group_free(d->alloc, &part);
  return c;
}

static rt_code ask_again(const rt__detection *d, rt__draft *x, bool *loose, rt_error *err)
{
  rt__group g;
  uint32_t n = 0;
  if (rt__compose(d, x, &g) != RT_OK)
    return rt__fail(err, RT_E_NOMEM, "no memory for members");
  bool *keep = rt__calloc(d->alloc, g.n, sizeof *keep);
  rt_code c =
      keep ? who_stays(d, &g, keep, &n, err) : rt__fail(err, RT_E_NOMEM, "no memory for members");
  if (c == RT_OK && n >= 2 && n < g.n)
    c = is_open(d, &g, keep, &x->gone, err);
  for (uint32_t i = 0; c == RT_OK && i < g.n; i++)
    loose[g.account[i]] = !keep[i] && !x->gone;
  rt__free(d->alloc, keep, g.n * sizeof *keep);
  rt__group_free(d->alloc, &g);
  return c;
}

rt_code rt__ask_remains(rt__detection *d, rt_error *err)
{
  bool *loose = rt__calloc(d->alloc, d->starts.n_accounts, sizeof *loose);
  rt_code c = loose ? RT_OK : rt__fail(err, RT_E_NOMEM, "no memory for members");
  for (size_t i = 0; i < d->drafts.n && c == RT_OK; i++) {
    rt__draft *x = &d->drafts.d[i];
    if (x->verdict == RT_VERDICT_DISTILLATION && x->n >= 2)
      c = ask_again(d, x, loose, err);
  }
  if (c == RT_OK)
    c = rt__select_loose(&d->drafts, d->candidates, d->n_candidates, loose, err);
  if (c == RT_OK)
    rt__drafts_drop(&d->drafts, d->options->all);
  rt__free(d->alloc, loose, d->starts.n_accounts * sizeof *loose);
  return c;
}
