/* client - one program or many. Parameters that differ between accounts but not inside them, or a
 * private frame around each member's prompts, say many programs: must-not-link evidence, large and
 * negative. */
#include "link/evidence.h"
#include "link/frames.h"
#include "sketch/stats.h"

#include <math.h>

#define KNOB_ROWS 16
#define SMOOTH    0.05

typedef uint64_t (*knob_fn)(const rt__starts *s, uint32_t row);

static uint64_t temperature(const rt__starts *s, uint32_t row)
{
  return rt__mix((uint64_t)(int64_t)s->temperature[row]) | 1;
}

/* an API that demands max_tokens has a habitual value, which says nothing: 0 = no statement */
static uint64_t max_tokens(const rt__starts *s, uint32_t row)
{
  if (s->flags[row] & RT__S_MUST_MAX && s->max_tokens[row] == 1024)
    return 0;
  return rt__mix(s->max_tokens[row]) | 1;
}

/* chance that two rows of different accounts agree, over the chance that two rows of one account
 * do; 1 = one program, even one that varies its parameters from request to request */
static rt_code agreement(const rt__reference *r, const rt__group *g, knob_fn knob, double *out)
{
  rt__map all; /* value -> sum of shares, in 2^-20 */
  double inside = 0, accounts = 0, squares = 0;
  rt_code c = RT_OK;
  rt__map_init(&all, r->alloc, SIZE_MAX, 21);
  for (uint32_t i = 0; i < g->n && c == RT_OK; i++) {
    uint32_t rows[KNOB_ROWS];
    uint64_t v[KNOB_ROWS];
    size_t n = rt__sample(0x6b0b, g->row + g->at[i], rt__group_rows(g, i), KNOB_ROWS, rows), k = 0;
    for (size_t j = 0; j < n; j++)
      if ((v[k] = knob(r->starts, rows[j])) != 0)
        k++;
    if (k == 0)
      continue;
    accounts++;
    double same = 0;
    for (size_t x = 0; x < k && c == RT_OK; x++) {
      for (size_t y = 0; y < k; y++)
        same += v[x] == v[y];
      uint64_t *at = rt__map_put(&all, v[x], NULL);
      if (at)
        *at += (UINT64_C(1) << 20) / k;
      else
        c = RT_E_NOMEM;
    }
    inside += k > 1 ? (same - (double)k) / (double)(k * (k - 1)) : 1;
    squares += same / (double)(k * k);
  }
  double sum = 0;
  for (size_t i = 0; i < all.cap; i++)
    if (all.used[i]) {
      double f = (double)all.vals[i] * 0x1p-20;
      sum += f * f;
    }
  rt__map_free(&all);
  double pairs = accounts * (accounts - 1);
  double out_p = pairs > 0 ? (sum - squares) / pairs : 1, in_p = pairs > 0 ? inside / accounts : 1;
  /* a knob that hardly repeats inside an account says nothing about what differs between accounts
   */
  *out = 1 - (1 - (out_p + SMOOTH) / (in_p + SMOOTH)) * rt__ramp(in_p, 0.2, 0.6);
  /* without a shared template to hold them together, rows that differ are programs that differ: a
   * resold pool deals all its customers to all its accounts */
  if (g->origin != RT__FROM_SKELETON && sqrt(out_p > 0 ? out_p : 0) < *out)
    *out = sqrt(out_p > 0 ? out_p : 0);
  return c;
}

/* One list, one set of parameters, days that one balancer dealt, and frames whose words are alike:
 * the frame is worded anew for each account. Days as even as the calendar's don't count. */
static double reworded(const rt__bits *b, double cosine)
{
  return rt__ramp(b->bits[RT_FAMILY_CONTENT], 6, 8) * rt__ramp(b->balance, 3, 5) *
         rt__ramp(b->phi, 0.15, 0.3) * rt__ramp(b->knobs, 0.7, 0.85) * rt__ramp(cosine, 0.08, 0.16);
}

/* Behind one balancer an account meets all customers in turn, so habits of its own can only be the
 * operator's doing: a common clock takes the sting out of private frames. */
rt_code rt__family_client(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  double temp, max, cosine = 0;
  rt_code c = agreement(r, g, temperature, &temp);
  if (c == RT_OK)
    c = agreement(r, g, max_tokens, &max);
  if (c == RT_OK && r->idf.weight)
    c = rt__frames_private(r, g, &b->frames, &cosine);
  if (c != RT_OK)
    return c;
  b->knobs = temp < max ? temp : max;
  double worded = reworded(b, cosine);
  /* one template, one list and days that are dealt leave no room for several owners: then the
   * parameters are what one program varies from account to account */
  double dealt = g->origin == RT__FROM_SKELETON ? rt__ramp(b->bits[RT_FAMILY_CONTENT], 4, 8) *
                                                      rt__ramp(b->balance + b->clock, 3, 5) *
                                                      (1 - rt__ramp(b->frames, 0.02, 0.1))
                                                : 0;
  b->knobs += (1 - b->knobs) * dealt;
  double many = 0.5 * g->n < 8 ? 0.5 * g->n : 8;
  b->said[RT_FAMILY_CLIENT] = true;
  double one = g->one_bundle ? 0 : 0.5;
  double knobs = b->knobs > 0.85 ? one : b->knobs < 0.5 ? -many : -1;
  /* even gaps alone are the calendar's as often as a balancer's */
  double excuse = g->origin == RT__FROM_FEW ? 0 : rt__ramp(b->clock, 1, 4);
  excuse = excuse > worded ? excuse : worded;
  b->bits[RT_FAMILY_CLIENT] = knobs - 12 * b->frames * (1 - excuse);
  return RT_OK;
}

/* ---- members: does an account's usual bundle occur in the rest of the group as often as it should
 */

rt_code rt__member_client(const rt__reference *r, const rt__group *g, double *out)
{
  rt__map users; /* bundle -> accounts that use it */
  rt_code c = RT_OK;
  rt__map_init(&users, r->alloc, SIZE_MAX, 24);
  for (int pass = 0; pass < 2 && c == RT_OK; pass++)
    for (uint32_t i = 0; i < g->n && c == RT_OK; i++) {
      uint64_t bundle = r->starts->bundle[g->row[g->at[i]]];
      uint64_t *v = rt__map_put(&users, bundle, NULL);
      if (!v)
        c = RT_E_NOMEM;
      else if (pass == 0)
        (*v)++;
      else
        out[i * RT_FAMILY_COUNT + RT_FAMILY_CLIENT] =
            (double)(*v - 1) >= 0.2 * (g->n - 1) ? 0.5 : -5;
    }
  rt__map_free(&users);
  return c;
}
