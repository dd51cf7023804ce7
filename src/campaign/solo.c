/* One account alone: much volume or a pace without a rest, one frame that nobody else uses, every
 * slot new, long answers, nobody reads on. Users of a tool (a skeleton of several hands, each with
 * material of its own) are explained by the tool. Intent of one account cannot be seen: the verdict
 * is never more than suspect, and no more are named than people can look at. */
#include "account/timed.h"
#include "campaign/candidate.h"
#include "sketch/stats.h"

#include <math.h>
#include <stdlib.h>

#define HEAVY_QUANTILE 0.97
#define OUTPUT_LEAST   200
#define FRESH_LEAST    0.9
#define FOLLOWED_MOST  0.05
#define MOST           0.003 /* of all accounts: as many are named that are rather innocent */

/* Who makes data for himself runs a job and is done; who must stay below a limit trickles, night
 * and day. Bits by the share of hours in use, from one to the other. */
#define STEADY      0.7
#define STEADY_FROM 0.35
#define STEADY_BITS 5.0
#define BURST_BITS  (-1.0)
#define FITS_BITS   2.5 /* frame, fresh slots, answers: as often again among harvesters */

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

/* hours with a start, of those that as many starts at random times would fill while the account was
 * at work; a day at least, so that one long job is no steady pace. Batch jobs have no pace. */
static double hours_in_use(const rt__starts *s, uint32_t a)
{
  uint32_t lo = s->first[a], hi = s->first[a + 1], used = 0;
  double last = -1;
  if (rt__timed_not(s, a))
    return 0;
  for (uint32_t r = lo; r < hi; r++) {
    double hour = floor(s->t[r] / 3600);
    used += hour > last;
    last = hour > last ? hour : last;
  }
  double starts = hi - lo, hours = fmax(s->t[hi - 1] - s->t[lo], 86400) / 3600;
  return used / (hours * (1 - exp(-starts / hours)));
}

typedef struct solo {
  uint32_t account;
  double bits;
} solo;

static double bits_of(double starts, double heavy, double hours)
{
  double ramp = rt__clip((hours - STEADY_FROM) / (STEADY - STEADY_FROM), 0, 1);
  double pace = BURST_BITS + ramp * (STEADY_BITS - BURST_BITS);
  return RT__PRIOR_BITS + FITS_BITS + pace + rt__clip(log2(starts / heavy), -1, 1);
}

static int by_bits(const void *a, const void *b)
{
  const solo *x = a, *y = b;
  if (x->bits != y->bits)
    return x->bits > y->bits ? -1 : 1;
  return x->account < y->account ? -1 : x->account > y->account;
}

/* users of a tool, and whoever is in a campaign, are explained */
static rt_code explained(const rt__starts *s, const rt__candidate *cases, size_t n,
                         const rt__drafts *d, bool **out)
{
  bool *yes = *out = rt__calloc(s->alloc, s->n_accounts, sizeof *yes);
  if (!yes)
    return RT_E_NOMEM;
  for (uint32_t a = 0; a < s->n_accounts; a++)
    yes[a] = d->of[a] != 0;
  for (size_t i = 0; i < n; i++)
    if (cases[i].g->origin == RT__FROM_SKELETON && cases[i].b.bits[RT_FAMILY_CONTENT] < 1)
      for (uint32_t k = 0; k < cases[i].g->n; k++)
        yes[cases[i].g->account[k]] = true;
  return RT_OK;
}

static rt_code look_at(const rt__reference *r, double heavy, const bool *known, solo *out,
                       size_t *n)
{
  const rt__starts *s = r->starts;
  rt_code c = RT_OK;
  for (uint32_t a = 0; a < s->n_accounts && c == RT_OK; a++) {
    double starts = rt__starts_count(s, a);
    if (known[a] || starts < RT__ALONE_STARTS * s->sampled ||
        rt__starts_followed(s, a) >= FOLLOWED_MOST)
      continue;
    double hours = hours_in_use(s, a);
    if (starts < heavy && hours < STEADY)
      continue;
    bool yes;
    c = fits(r, a, &yes);
    if (c == RT_OK && yes)
      out[(*n)++] = (solo){a, bits_of(starts, heavy, hours)};
  }
  return c;
}

rt_code rt__solos(const rt__reference *r, const rt__candidate *cases, size_t n, rt__drafts *d,
                  rt_error *err)
{
  const rt__starts *s = r->starts;
  if (!r->idf.weight)
    return RT_OK;
  bool *known = NULL;
  solo *found = rt__calloc(s->alloc, s->n_accounts, sizeof *found);
  size_t m = 0, most = (size_t)ceil(MOST * (double)s->n_accounts);
  double heavy = 0;
  rt_code c = found ? explained(s, cases, n, d, &known) : RT_E_NOMEM;
  if (c == RT_OK)
    c = heavy_from(s, &heavy);
  if (c == RT_OK)
    c = look_at(r, heavy, known, found, &m);
  if (m)
    qsort(found, m, sizeof *found, by_bits);
  for (size_t i = 0; i < m && (found[i].bits >= 0 || i < most) && c == RT_OK; i++) {
    c = rt__drafts_add(d, RT_VERDICT_SUSPECT, NULL, &found[i].account, 1);
    if (c == RT_OK)
      d->d[d->n - 1].solo_bits = found[i].bits;
  }
  rt__free(s->alloc, known, s->n_accounts * sizeof *known);
  rt__free(s->alloc, found, s->n_accounts * sizeof *found);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for single accounts");
}
