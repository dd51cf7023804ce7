/* content - whose slots fill the group's template: one list dealt over accounts, or each account's
 * own material; and how slots are re-used. */
#include "link/evidence.h"
#include "sketch/stats.h"

#include <math.h>

/* a harvest's excess of own neighbours: none, or a little where its list comes in order */
static const double one_list[] = {0, 0.03, 0.08};

/* Accounts of a group are not independent (they share the template's purpose): half weight. */
#define WEIGHT   0.5
#define OWN_MOST 10 /* bits of slots that are nobody's own */

#define DEALT_ROWS 200 /* starts that show how often slots come again */

static double log_likelihood(const rt__own *o, const double *excess, size_t n)
{
  double v[RT__REFERENCE_MAX];
  for (size_t i = 0; i < n; i++)
    v[i] = rt__log_binomial(o->own, o->slots, o->chance + (1 - o->chance) * excess[i]);
  return rt__log_mean_exp(v, n);
}

static double own_bits(const rt__own *o, const double *owner, size_t n)
{
  double one = log_likelihood(o, one_list, RT__ARRAY_LEN(one_list));
  return rt__clip((one - log_likelihood(o, owner, n)) / RT__LN2, -6, 3);
}

static rt_code source(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  rt__own own[RT__SLOTS_MAX];
  double owner[RT__REFERENCE_GRID];
  size_t n, counted = 0, fit = 0, n_owners = rt__reference_without(&r->own, g, owner);
  rt_code c = rt__slots_own(r->starts, &r->idf, g, own, &n);
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    if (own[i].slots < 2)
      continue;
    double bits = own_bits(&own[i], owner, n_owners);
    sum += bits;
    counted++;
    fit += bits > 0;
  }
  b->own = WEIGHT * sum;
  b->own_fit = counted ? (double)fit / (double)counted : 0;
  return c;
}

/* A list that is dealt u times over has slots with floor(u) and ceil(u) users and no others: less
 * dispersion than drawing at random leaves, which is 1 or a little more. Half way is the limit. */
#define NOT_BY_CHANCE 4 /* prompts that three would have met in: to find none is one in fifty */

/* a list that lasts for nearly all of the work: some prompts are dealt twice, none three times, and
 * each time to other accounts. Two keys of one person meet each other. */
static bool dealt_on(const rt__reuse *u)
{
  return u->met >= NOT_BY_CHANCE && u->users < 1.5 && u->thrice <= u->met / NOT_BY_CHANCE / 2 &&
         u->partners > 0.5;
}

static bool is_dealt(const rt__group *g, const rt__reuse *u)
{
  double part = u->users - floor(u->users), rounds = part * (1 - part) / (u->users - 1);
  bool many = g->at[g->n] >= DEALT_ROWS && u->users > 1.1;
  if (u->users > 0.5 * g->n)
    return false; /* everybody goes through the whole of it: an exam */
  return dealt_on(u) || (u->users > 1.2 && u->dispersion < 0.6) ||
         (many && u->dispersion < (1 + rounds) / 2);
}

/* People who draw from a common list meet, and repeat themselves; a dealt list does not, or exactly
 * k times */
static double reuse(bool dealt, const rt__reuse *u)
{
  double bits = 0;
  if (dealt)
    bits += 1;
  else
    bits -= rt__clip(40 * (u->shared - 0.02), 0, 8);
  return bits - rt__clip(20 * (u->within - 0.05), 0, 6);
}

rt_code rt__family_content(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  if (!r->idf.weight || r->own.n == 0)
    return RT_OK;
  rt_code c = rt__slots_reuse(r->starts, g, &b->reuse);
  if (c == RT_OK)
    c = source(r, g, b);
  if (c != RT_OK)
    return c;
  b->said[RT_FAMILY_CONTENT] = true;
  b->dealt = is_dealt(g, &b->reuse);
  b->bits[RT_FAMILY_CONTENT] = (b->own < OWN_MOST ? b->own : OWN_MOST) + reuse(b->dealt, &b->reuse);
  return RT_OK;
}

/* ---- members: large groups are dealt into batches, so that every account is looked at */

#define BATCH 60

static rt_code batch(const rt__reference *r, const rt__group *g, uint32_t from, uint32_t step,
                     double *out)
{
  rt__own own[RT__SLOTS_MAX];
  double owner[RT__REFERENCE_GRID];
  size_t n_owners = rt__reference_without(&r->own, g, owner);
  bool *keep = rt__calloc(r->alloc, g->n, sizeof *keep);
  rt__group part;
  if (!keep)
    return RT_E_NOMEM;
  for (uint32_t i = from; i < g->n; i += step)
    keep[i] = true;
  rt_code c = rt__group_part(r->starts, g, keep, &part);
  rt__free(r->alloc, keep, g->n * sizeof *keep);
  if (c != RT_OK)
    return c;
  size_t n;
  c = rt__slots_own(r->starts, &r->idf, &part, own, &n);
  for (size_t k = 0, i = 0; k < n; k++) {
    while (g->account[i] != own[k].account)
      i++;
    if (own[k].slots >= 2)
      out[i * RT_FAMILY_COUNT + RT_FAMILY_CONTENT] = own_bits(&own[k], owner, n_owners);
  }
  rt__group_free(r->alloc, &part);
  return c;
}

#define REPEAT_ROWS 8 /* starts that show whether an account repeats itself */

/* share of an account's starts that repeat a prompt of its own */
static rt_code repeats(const rt__starts *s, const rt__group *g, uint32_t i, rt__map *mine,
                       double *share)
{
  size_t n = 0, distinct = 0;
  rt__map_clear(mine);
  for (uint32_t k = g->at[i]; k < g->at[i + 1]; k++) {
    bool fresh = false;
    uint64_t prompt = s->slot[g->row[k]];
    if (prompt && !rt__map_put(mine, prompt, &fresh))
      return RT_E_NOMEM;
    n += prompt != 0;
    distinct += fresh;
  }
  *share = n >= REPEAT_ROWS ? (double)(n - distinct) / (double)n : 0;
  return RT_OK;
}

/* A list is gone through once; one who comes back to his own prompts, where the group doesn't, has
 * a business of his own. In a sample repeats are mostly not seen. */
static rt_code own_repeats(const rt__reference *r, const rt__group *g, double *out)
{
  double *share = rt__calloc(r->alloc, g->n, 2 * sizeof *share), usual = 0;
  rt__map mine;
  rt_code c = share ? RT_OK : RT_E_NOMEM;
  rt__map_init(&mine, r->alloc, SIZE_MAX, 25);
  for (uint32_t i = 0; i < g->n && c == RT_OK; i++)
    c = repeats(r->starts, g, i, &mine, &share[i]);
  if (c == RT_OK) {
    memcpy(share + g->n, share, g->n * sizeof *share);
    usual = rt__median(share + g->n, g->n);
  }
  for (uint32_t i = 0; i < g->n && c == RT_OK; i++) {
    double *at = &out[i * RT_FAMILY_COUNT + RT_FAMILY_CONTENT];
    double bits = rt__clip(20 * (share[i] - usual - 0.05), 0, 6);
    if (bits > 0)
      *at = (isnan(*at) ? 0 : *at) - bits;
  }
  rt__map_free(&mine);
  rt__free(r->alloc, share, g->n * 2 * sizeof *share);
  return c;
}

rt_code rt__member_content(const rt__reference *r, const rt__group *g, double *out)
{
  if (!r->idf.weight || r->own.n == 0)
    return RT_OK;
  uint32_t step = (g->n + BATCH - 1) / BATCH;
  rt_code c = RT_OK;
  for (uint32_t from = 0; from < step && c == RT_OK; from++)
    c = batch(r, g, from, step, out);
  return c == RT_OK && r->starts->sampled >= 1 ? own_repeats(r, g, out) : c;
}
