/* One account alone: much volume at an even pace, one frame that nobody else uses, every slot new,
 * long answers, nobody reads on. Users of a tool (a skeleton of several hands, each with material
 * of its own) are explained by the tool. Intent of one account cannot be seen: the verdict is never
 * more than suspect. */
#include "campaign/candidate.h"
#include "sketch/stats.h"

#include <math.h>

#define HEAVY_QUANTILE 0.97
#define OUTPUT_LEAST   200
#define FRESH_LEAST    0.9

static rt_code heavy_from(const rt__starts *s, double *heavy)
{
  double *v = rt__calloc(s->alloc, s->n_accounts, sizeof *v);
  rt_code c = v ? RT_OK : RT_E_NOMEM;
  double q = RT__ALONE_STARTS;
  for (uint32_t a = 0; v && a < s->n_accounts; a++)
    v[a] = rt__starts_count(s, a);
  if (v)
    q = rt__quantile(v, s->n_accounts, HEAVY_QUANTILE);
  rt__free(s->alloc, v, s->n_accounts * sizeof *v);
  *heavy = q > RT__ALONE_STARTS * s->sampled ? q : RT__ALONE_STARTS * s->sampled;
  return c;
}

/* share of an account's starts that carry its most frequent chunk */
static rt_code frame_share(const rt__starts *s, uint32_t a, double *share)
{
  rt__map m;
  rt_code c = RT_OK;
  uint64_t top = 0;
  rt__map_init(&m, s->alloc, SIZE_MAX, 61);
  for (uint32_t r = s->first[a]; r < s->first[a + 1] && c == RT_OK; r++) {
    uint32_t chunk[RT__STARTS_CHUNKS];
    size_t n = rt__starts_chunks(s, r, chunk);
    for (size_t i = 0; i < n && c == RT_OK; i++) {
      uint64_t *v = rt__map_put(&m, chunk[i], NULL);
      if (!v)
        c = RT_E_NOMEM;
      else if (++*v > top)
        top = *v;
    }
  }
  rt__map_free(&m);
  *share = (double)top / rt__starts_count(s, a);
  return c;
}

static rt_code fits(const rt__reference *r, uint32_t a, bool *yes)
{
  const rt__starts *s = r->starts;
  rt__group g;
  rt__reuse u;
  double share = 0;
  *yes = false;
  rt_code c = rt__group_of_accounts(s, &a, 1, &g);
  if (c != RT_OK)
    return c;
  c = rt__slots_reuse(s, &g, &u);
  double *out = rt__calloc(s->alloc, g.at[g.n], sizeof *out);
  if (!out)
    c = RT_E_NOMEM;
  for (uint32_t k = 0; out && k < g.at[g.n]; k++)
    out[k] = (double)s->log_out[g.row[k]];
  double med = out ? exp(rt__median(out, g.at[g.n])) - 1 : 0;
  rt__free(s->alloc, out, g.at[g.n] * sizeof *out);
  if (c == RT_OK && u.fresh >= FRESH_LEAST && med >= OUTPUT_LEAST) {
    c = frame_share(s, a, &share);
    *yes = share >= 0.9;
  }
  rt__group_free(s->alloc, &g);
  return c;
}

rt_code rt__solos(const rt__reference *r, const rt__candidate *cases, size_t n, rt__drafts *d,
                  rt_error *err)
{
  const rt__starts *s = r->starts;
  if (!r->idf.weight)
    return RT_OK;
  uint8_t *tool = rt__calloc(s->alloc, s->n_accounts, 1);
  rt_code c = tool ? RT_OK : RT_E_NOMEM;
  for (size_t i = 0; tool && i < n; i++)
    if (cases[i].g->origin == RT__FROM_SKELETON && cases[i].b.bits[RT_FAMILY_CONTENT] < 1)
      for (uint32_t k = 0; k < cases[i].g->n; k++)
        tool[cases[i].g->account[k]] = 1;
  double heavy = 0;
  if (c == RT_OK)
    c = heavy_from(s, &heavy);
  for (uint32_t a = 0; a < s->n_accounts && c == RT_OK; a++) {
    bool yes;
    if (d->of[a] || tool[a] || rt__starts_count(s, a) < heavy || rt__starts_followed(s, a) >= 0.05)
      continue;
    c = fits(r, a, &yes);
    if (c == RT_OK && yes) {
      c = rt__drafts_add(d, RT_VERDICT_SUSPECT, NULL, &a, 1);
      if (c == RT_OK)
        d->d[d->n - 1].solo = a;
    }
  }
  rt__free(s->alloc, tool, s->n_accounts);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for single accounts");
}
