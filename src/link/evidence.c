#include "link/evidence.h"

#include "link/doors.h"

#include "sketch/stats.h"

#include <math.h>

typedef rt_code (*family_fn)(const rt__reference *, const rt__group *, rt__bits *);
typedef rt_code (*member_fn)(const rt__reference *, const rt__group *, double *);

/* one row a family: its function and the most that it may say for and against */
static const struct {
  family_fn fn;
  member_fn member;
  double least, most;
} families[RT_FAMILY_COUNT] = {
    [RT_FAMILY_CONTENT] = {rt__family_content, rt__member_content, -8, 10},
    [RT_FAMILY_TIME] = {rt__family_time, rt__member_time, -8, 8},
    [RT_FAMILY_CLIENT] = {rt__family_client, rt__member_client, -16,
                          2}, /* a contradiction is not capped like a hint */
    [RT_FAMILY_SIZE] = {rt__family_size, rt__member_size, -8, 5},
    [RT_FAMILY_NETWORK] = {rt__family_network, rt__member_network, 0, 1},
    [RT_FAMILY_MONEY] = {rt__family_money, rt__member_money, -8, 6},
    [RT_FAMILY_PROVISION] = {rt__family_provision, rt__member_provision, -8, 4},
    [RT_FAMILY_KEYS] = {rt__family_keys, rt__member_keys, 0, 8},
};

/* new slots, no human reading on, answers long enough to be worth keeping */
static rt_code extraction(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  const rt__starts *s = r->starts;
  size_t n = g->at[g->n];
  double *out = rt__calloc(r->alloc, n, sizeof *out);
  if (!out)
    return RT_E_NOMEM;
  for (size_t k = 0; k < n; k++) {
    out[k] = (double)s->log_out[g->row[k]];
  }
  b->followed = rt__starts_followed_of(s, g->row, n);
  b->output = exp(rt__median(out, n)) - 1;
  b->fresh = b->said[RT_FAMILY_CONTENT] ? b->reuse.fresh : 1;
  /* One program that works through one list writes on like a person would: then it is no person,
   * if one balancer deals it. People who meet in an app's prompt have a list by chance. */
  double frames = b->frames * (1 - rt__ramp(b->clock, 1,
                                            4)); /* one clock excuses them, as in family_client.c */
  double dealt = rt__ramp(b->bits[RT_FAMILY_CONTENT], 2, 6) * rt__ramp(b->knobs, 0.7, 0.9) *
                 (1 - rt__ramp(frames, 0.05, 0.2)) * rt__ramp(b->balance + b->clock, 1.5, 3);
  /* without text: one set of parameters, dealt, and nobody sleeps. People who read and write on do
   */
  if (!s->text)
    dealt =
        rt__ramp(b->balance, 3, 5) * rt__ramp(b->knobs, 0.8, 0.95) * rt__ramp(b->quiet, 0.19, 0.22);
  b->extraction = (1 - rt__ramp(b->followed, 0.15, 0.30) * (1 - dealt)) *
                  rt__ramp(log2(b->output > 1 ? b->output : 1), 5, 6.5) *
                  rt__ramp(b->fresh, 0.7, 0.9);
  rt__free(r->alloc, out, n * sizeof *out);
  return RT_OK;
}

rt_code rt__evidence(const rt__reference *r, const rt__group *g, rt__bits *out, rt_error *err)
{
  *out = (rt__bits){.moved = -1};
  rt_code c = RT_OK;
  for (int f = 0; f < RT_FAMILY_COUNT && c == RT_OK; f++) {
    if (r->without && r->without[f])
      continue;
    c = families[f].fn(r, g, out);
    out->bits[f] = rt__clip(out->bits[f], families[f].least, families[f].most);
  }
  if (c == RT_OK)
    c = extraction(r, g, out);
  if (c == RT_OK && out->paid_together > 0.5)
    c = rt__doors(r, g, &out->firms);
  if (c == RT_OK)
    c = rt__confirmed_share(r, g, &out->confirmed);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for evidence");
}

rt_code rt__member_bits(const rt__reference *r, const rt__group *g, double *out, rt_error *err)
{
  rt_code c = RT_OK;
  for (size_t i = 0; i < (size_t)g->n * RT_FAMILY_COUNT; i++)
    out[i] = NAN;
  for (int f = 0; f < RT_FAMILY_COUNT && c == RT_OK; f++)
    if (!r->without || !r->without[f])
      c = families[f].member(r, g, out);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for members");
}
