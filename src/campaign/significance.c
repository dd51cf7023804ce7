#include "campaign/significance.h"

#include "account/timed.h"
#include "link/days.h"
#include "sketch/stats.h"

#include <math.h>
#include <stdlib.h>

#define GROUP_MAX 400 /* members that are compared; a sample of larger campaigns */
#define SLOW_MAX  24  /* likewise where the statistic is slow */
#define NEAR      12  /* accounts below and above a member's volume that may stand for it */

typedef rt_code (*statistic)(const rt__detection *d, const rt__group *g, double *out);

/* evenness of days: minus the over-dispersion; NaN with too few days */
static rt_code even_days_of(const rt__detection *d, const rt__group *g, double *out)
{
  rt__swing *w = rt__calloc(d->alloc, g->n, sizeof *w);
  size_t n = 0;
  rt_code c = w ? rt__days(&d->starts, g, w, &n) : RT_E_NOMEM;
  double chi2 = 0, df = 0;
  for (size_t i = 0; i < n; i++) {
    chi2 += w[i].chi2;
    df += w[i].df;
  }
  *out = df >= 8 ? -chi2 / df : NAN;
  rt__free(d->alloc, w, g->n * sizeof *w);
  return c;
}

static rt_code even_days(const rt__detection *d, const rt__group *g, double *out)
{
  rt__group timed;
  if (!d->starts.batched)
    return even_days_of(d, g, out);
  rt_code c = rt__timed_part(&d->starts, g, &timed);
  *out = NAN;
  if (c == RT_OK && timed.n)
    c = even_days_of(d, &timed, out);
  rt__group_free(d->alloc, &timed);
  return c;
}

static rt_code one_list(const rt__detection *d, const rt__group *g, double *out)
{
  rt__bits b = {.moved = -1};
  rt_code c = rt__family_content(&d->reference, g, &b);
  *out = b.said[RT_FAMILY_CONTENT] ? b.own : NAN;
  return c;
}

static rt_code same_sizes(const rt__detection *d, const rt__group *g, double *out)
{
  rt__bits b = {.moved = -1};
  rt_code c = rt__family_size(&d->reference, g, &b);
  *out = b.said[RT_FAMILY_SIZE] ? b.size : NAN;
  return c;
}

/* ---- accounts to draw from */

static int by_rows(const void *a, const void *b)
{
  const rt__sized *x = a, *y = b;
  if (x->rows != y->rows)
    return x->rows < y->rows ? -1 : 1;
  return x->account < y->account ? -1 : x->account > y->account;
}

rt_code rt__crowd_of(const rt__detection *d, rt__crowd *out)
{
  const rt__starts *s = &d->starts;
  *out = (rt__crowd){.alloc = d->alloc, .cap = s->n_accounts};
  out->v = rt__calloc(d->alloc, out->cap, sizeof *out->v);
  if (!out->v)
    return RT_E_NOMEM;
  for (uint32_t a = 0; a < s->n_accounts; a++)
    if (!d->drafts.of[a] && rt__starts_count(s, a) > 0 && rt__starts_followed(s, a) < 0.2)
      out->v[out->n++] = (rt__sized){rt__starts_count(s, a), a};
  if (out->n)
    qsort(out->v, out->n, sizeof *out->v, by_rows);
  return RT_OK;
}

void rt__crowd_free(rt__crowd *c)
{
  rt__free(c->alloc, c->v, c->cap * sizeof *c->v);
  *c = (rt__crowd){.alloc = c->alloc};
}

/* where an account of so many rows would stand */
static size_t place_of(const rt__sized *pool, size_t n, uint32_t rows)
{
  size_t lo = 0, hi = n;
  while (lo < hi) {
    size_t mid = lo + (hi - lo) / 2;
    if (pool[mid].rows < rows)
      lo = mid + 1;
    else
      hi = mid;
  }
  return lo;
}

/* One of the nearest in volume that was not taken yet; by rank, since a window of volumes holds
 * more above its middle than below, and busier accounts swing more. The caller
 * sees to it that there are twice as many as are taken. */
static uint32_t nearest(const rt__sized *pool, size_t n, bool *taken, uint32_t rows, rt__rng *r)
{
  size_t at = place_of(pool, n, rows), most = n < 2 * NEAR ? n : 2 * NEAR;
  size_t from = at < NEAR ? 0 : at - NEAR;
  from = from + most > n ? n - most : from;
  size_t k = from + rt__rng_below(r, (uint32_t)most);
  while (taken[k])
    k = k + 1 < n ? k + 1 : 0;
  taken[k] = true;
  return pool[k].account;
}

/* for each member of `like` an account of about its volume */
static rt_code draw(const rt__detection *d, const rt__crowd *crowd, const rt__group *like,
                    uint64_t seed, rt__group *g)
{
  uint32_t pick[GROUP_MAX];
  rt__rng r = {seed, 0};
  bool *taken = rt__calloc(d->alloc, crowd->n, sizeof *taken);
  if (!taken)
    return RT_E_NOMEM;
  for (uint32_t i = 0; i < like->n; i++)
    pick[i] = nearest(crowd->v, crowd->n, taken, rt__group_rows(like, i), &r);
  rt__sort_u32(pick, like->n);
  rt__free(d->alloc, taken, crowd->n * sizeof *taken);
  return rt__group_of_accounts(&d->starts, pick, like->n, g);
}

/* a sample of the group's accounts with their rows */
static rt_code some_of(const rt__detection *d, const rt__group *g, size_t most, rt__group *out)
{
  uint32_t pick[GROUP_MAX];
  bool *keep = rt__calloc(d->alloc, g->n, sizeof *keep);
  *out = (rt__group){.origin = g->origin};
  if (!keep)
    return RT_E_NOMEM;
  size_t n = rt__sample(0x516, g->account, g->n, most, pick);
  for (uint32_t i = 0, k = 0; i < g->n && k < n; i++)
    if (g->account[i] == pick[k]) {
      keep[i] = true;
      k++;
    }
  rt_code c = rt__group_part(&d->starts, g, keep, out);
  rt__free(d->alloc, keep, g->n * sizeof *keep);
  return c;
}

static rt_code compare(const rt__detection *d, const rt__crowd *crowd, const rt__group *whole,
                       statistic fn, unsigned draws, size_t most, rt__chance *out)
{
  rt__group part, *g = &part;
  double real = NAN, v;
  rt_code c = some_of(d, whole, most, g);
  if (c == RT_OK)
    c = fn(d, g, &real);
  unsigned done = 0, as_good = 0;
  bool enough = crowd->n >= 2 * (size_t)g->n;
  for (unsigned i = 0; c == RT_OK && !isnan(real) && enough && i < draws; i++) {
    rt__group r;
    c = draw(d, crowd, g, 0x5160 + i, &r);
    if (c != RT_OK)
      break;
    c = fn(d, &r, &v);
    rt__group_free(d->alloc, &r);
    done += isnan(v) ? 0U : 1U;
    as_good += !isnan(v) && v >= real;
  }
  out->p = done >= draws / 2 ? (1.0 + as_good) / (1.0 + done) : NAN;
  rt__group_free(d->alloc, g);
  return c;
}

static bool by_text(rt__origin o)
{
  return o == RT__FROM_SKELETON || o == RT__FROM_LEXICAL;
}

rt_code rt__not_chance(const rt__detection *d, const rt__crowd *crowd, const rt__group *g,
                       rt__chance *out)
{
  *out = (rt__chance){NAN, "no second family to hold out"};
  rt_code c;
  if (by_text(g->origin)) {
    c = compare(d, crowd, g, even_days, RT__DRAWS_FAST, GROUP_MAX, out);
    if (c == RT_OK && !isnan(out->p))
      out->method = "held-out family time (even days), random accounts of like volume, Holm";
  } else if (d->starts.text) {
    c = compare(d, crowd, g, one_list, RT__DRAWS_SLOW, SLOW_MAX, out);
    if (c == RT_OK && !isnan(out->p))
      out->method = "held-out family content (one list), random accounts of like volume, Holm";
  } else {
    c = compare(d, crowd, g, same_sizes, RT__DRAWS_SLOW, SLOW_MAX, out);
    if (c == RT_OK && !isnan(out->p))
      out->method = "held-out family size, random accounts of like volume, Holm";
  }
  return c;
}

/* ---- Holm */

typedef struct ranked {
  double p;
  size_t at;
} ranked;

static int by_p(const void *a, const void *b)
{
  const ranked *x = a, *y = b;
  if (x->p != y->p)
    return x->p < y->p ? -1 : 1;
  return x->at < y->at ? -1 : x->at > y->at;
}

rt_code rt__holm(const rt_alloc *a, double *p, size_t n)
{
  ranked *r = rt__calloc(a, n, sizeof *r);
  size_t m = 0;
  if (!r)
    return RT_E_NOMEM;
  for (size_t i = 0; i < n; i++)
    if (!isnan(p[i]))
      r[m++] = (ranked){p[i], i};
  if (m)
    qsort(r, m, sizeof *r, by_p);
  double least = 0;
  for (size_t i = 0; i < m; i++) {
    double v = r[i].p * (double)(m - i);
    least = v > least ? v : least;
    p[r[i].at] = least < 1 ? least : 1;
  }
  rt__free(a, r, n * sizeof *r);
  return RT_OK;
}

/* ---- decoys */

static int stratum(const rt__candidate *k)
{
  int size = k->g->n < 8 ? 0 : k->g->n < 16 ? 1 : k->g->n < 64 ? 2 : 3;
  return size + 4 * by_text(k->g->origin);
}

/* a candidate that mostly lies in a reported campaign lends nothing: its families are aligned by
 * their cause */
static bool lends(const rt__detection *d, const rt__candidate *k)
{
  size_t held = 0;
  for (uint32_t i = 0; i < k->g->n; i++)
    held += d->drafts.of[k->g->account[i]] != 0;
  return 2 * held < k->g->n;
}

typedef struct decoys {
  const rt__candidate **lender;
  size_t at[9]; /* of each stratum in lender */
  double *score;
  size_t n;
} decoys;

static rt_code take_lenders(const rt__detection *d, decoys *x)
{
  size_t n = 0;
  x->lender = rt__calloc(d->alloc, d->n_candidates, sizeof *x->lender);
  if (!x->lender)
    return RT_E_NOMEM;
  for (int s = 0; s < 8; s++) {
    x->at[s] = n;
    for (size_t i = 0; i < d->n_candidates; i++)
      if (stratum(&d->candidates[i]) == s && lends(d, &d->candidates[i]))
        x->lender[n++] = &d->candidates[i];
  }
  x->at[8] = n;
  return RT_OK;
}

static void assemble(const rt__candidate *const *lender, size_t n, rt__rng *rng, rt__bits *b)
{
  *b = (rt__bits){.moved = -1};
  for (int f = 0; f < RT_FAMILY_COUNT; f++) {
    const rt__candidate *k = lender[rt__rng_below(rng, n)];
    b->bits[f] = k->b.bits[f];
    b->said[f] = k->b.said[f];
  }
}

static rt_code make_decoys(const rt__detection *d, unsigned each, decoys *x)
{
  size_t lenders = x->at[8], k = 0;
  x->score = rt__calloc(d->alloc, lenders * each, sizeof *x->score);
  if (!x->score)
    return RT_E_NOMEM;
  rt__rng rng = {0xdec0, 0};
  for (int s = 0; s < 8; s++) {
    size_t n = x->at[s + 1] - x->at[s];
    for (size_t i = 0; i < n * each; i++) {
      rt__bits b;
      assemble(x->lender + x->at[s], n, &rng, &b);
      x->score[k++] = rt__candidate_score(&b, RT__PRIOR_BITS);
    }
  }
  x->n = k;
  rt__sort_doubles(x->score, k);
  return RT_OK;
}

rt_code rt__decoy_fdr(const rt__detection *d, unsigned each, double *out)
{
  decoys x = {.lender = NULL};
  rt_code c = take_lenders(d, &x);
  if (c == RT_OK)
    c = make_decoys(d, each, &x);
  for (size_t i = 0; i < d->drafts.n; i++) {
    const rt__candidate *lead = d->drafts.d[i].lead;
    size_t real = 0;
    for (size_t j = 0; j < d->drafts.n; j++)
      real += d->drafts.d[j].lead && lead && d->drafts.d[j].lead->score >= lead->score;
    out[i] = NAN;
    if (c == RT_OK && lead && each) {
      double fdr = (1.0 + (double)(x.n - rt__rank(x.score, x.n, lead->score, false))) /
                   ((double)each * (double)real);
      out[i] = fdr < 1 ? fdr : 1;
    }
  }
  rt__free(d->alloc, x.score, x.at[8] * each * sizeof *x.score);
  rt__free(d->alloc, x.lender, d->n_candidates * sizeof *x.lender);
  return c;
}
