#include "campaign/cause.h"
#include "campaign/detect.h"
#include "sketch/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define TEXT_MAX 400

static const char *keep(rt__arena *arena, const char *text)
{
  return rt__arena_copy(arena, rt__cstr(text));
}

/* ---- evidence: one sentence a family, with its numbers */

static void say_content(const rt__bits *b, const rt__group *g, char *t)
{
  const rt__reuse *u = &b->reuse;
  int n = snprintf(t, TEXT_MAX,
                   "slots of %.0f %% of %u accounts lie no nearer to their own than to the others'",
                   100 * b->own_fit, g->n);
  if (u->users > 1.2)
    n += snprintf(t + n, (size_t)(TEXT_MAX - n),
                  "; each prompt goes to %.1f accounts (dispersion %.2f)", u->users, u->dispersion);
  else
    n += snprintf(t + n, (size_t)(TEXT_MAX - n), "; %.1f %% of prompts meet under several accounts",
                  100 * u->shared);
  (void)snprintf(t + n, (size_t)(TEXT_MAX - n), ", %.1f %% repeat inside one", 100 * u->within);
}

static void say_time(const rt__bits *b, const rt__group *g, char *t)
{
  (void)g;
  int n = snprintf(t, TEXT_MAX, "days swing %.2f times as much as counting noise (%.1f bits)",
                   b->phi, b->balance);
  if (b->lag < 9)
    n +=
        snprintf(t + n, (size_t)(TEXT_MAX - n),
                 "; starts keep their place in turn, lag ratio %.2f (%.1f bits)", b->lag, b->clock);
  if (b->turns > 0.1)
    n += snprintf(t + n, (size_t)(TEXT_MAX - n),
                  "; %.0f %% of pairs take turns behind one balancer", 100 * b->turns);
  if (b->equal > 0)
    n += snprintf(t + n, (size_t)(TEXT_MAX - n), "; equal rates (%.1f bits)", b->equal);
  if (b->moved >= 0)
    (void)snprintf(t + n, (size_t)(TEXT_MAX - n), "; %.0f %% of later starts use the new model",
                   100 * b->moved);
}

static void say_client(const rt__bits *b, const rt__group *g, char *t)
{
  (void)g;
  (void)snprintf(t, TEXT_MAX,
                 "parameters agree between accounts %.2f times as often as inside them; %.0f %% of "
                 "accounts have "
                 "a frame of their own",
                 b->knobs, 100 * b->frames);
}

static void say_size(const rt__bits *b, const rt__group *g, char *t)
{
  (void)snprintf(
      t, TEXT_MAX,
      "mean lengths of requests and answers agree over %u accounts (%.1f bits before weight)", g->n,
      b->size);
}

static void say_network(const rt__bits *b, const rt__group *g, char *t)
{
  (void)g;
  (void)snprintf(t, TEXT_MAX,
                 "%.0f %% of accounts meet another member on a network with few strangers",
                 100 * b->net_shared);
}

static void say_money(const rt__bits *b, const rt__group *g, char *t)
{
  (void)g;
  (void)snprintf(t, TEXT_MAX,
                 "%.0f %% of accounts share an instrument inside the group; %.0f instruments, the "
                 "largest pays for %.0f %%",
                 100 * b->paid_together, b->payers, 100 * b->top_payer);
}

static void say_provision(const rt__bits *b, const rt__group *g, char *t)
{
  (void)g;
  (void)snprintf(t, TEXT_MAX,
                 "half of the accounts were opened within %.1f days, 2^%.1f times as dense as all "
                 "sign-ups then",
                 b->burst_days, b->burst);
}

static void say_keys(const rt__bits *b, const rt__group *g, char *t)
{
  (void)g;
  (void)snprintf(t, TEXT_MAX,
                 "%.0f %% of accounts carry a reasoning signature that another member carries too",
                 100 * b->linked);
}

static void (*const sayings[RT_FAMILY_COUNT])(const rt__bits *, const rt__group *, char *) = {
    [RT_FAMILY_CONTENT] = say_content,     [RT_FAMILY_TIME] = say_time,
    [RT_FAMILY_CLIENT] = say_client,       [RT_FAMILY_SIZE] = say_size,
    [RT_FAMILY_NETWORK] = say_network,     [RT_FAMILY_MONEY] = say_money,
    [RT_FAMILY_PROVISION] = say_provision, [RT_FAMILY_KEYS] = say_keys,
};

static int by_bits(const void *a, const void *b)
{
  const rt_evidence *x = a, *y = b;
  if (x->bits != y->bits)
    return x->bits > y->bits ? -1 : 1;
  return x->family < y->family ? -1 : x->family > y->family;
}

/* quartiles of the members' own bits of one family; of the group's where no member has any */
static size_t quartiles(const double *member, uint32_t n, int f, double *v, double out[3])
{
  size_t k = 0;
  for (uint32_t i = 0; i < n; i++)
    if (!isnan(member[(size_t)i * RT_FAMILY_COUNT + (size_t)f]))
      v[k++] = member[(size_t)i * RT_FAMILY_COUNT + (size_t)f];
  rt__sort_doubles(v, k);
  for (int q = 0; q < 3; q++)
    out[q] = rt__quantile_sorted(v, k, 0.25 * (q + 1));
  return k;
}

rt_code rt__word_evidence(const rt__detection *d, const rt__group *g, const rt__bits *b,
                          const double *member, rt__arena *arena, struct rt_campaign *c)
{
  char text[TEXT_MAX];
  double *v = rt__calloc(d->alloc, g->n, sizeof *v);
  c->evidence = rt__arena_take(arena, RT_FAMILY_COUNT * sizeof *c->evidence);
  rt_code code = v && c->evidence ? RT_OK : RT_E_NOMEM;
  for (int f = 0; f < RT_FAMILY_COUNT && code == RT_OK; f++) {
    if (!b->said[f])
      continue;
    rt_evidence *e = &c->evidence[c->n_evidence];
    *e = (rt_evidence){.family = (rt_family)f};
    sayings[f](b, g, text);
    e->what = keep(arena, text);
    if (!e->what)
      code = RT_E_NOMEM;
    if (quartiles(member, g->n, f, v, e->quartiles) == 0)
      e->quartiles[0] = e->quartiles[1] = e->quartiles[2] = b->bits[f];
    e->bits = e->quartiles[1];
    c->n_evidence++;
  }
  if (code == RT_OK && c->n_evidence)
    qsort(c->evidence, c->n_evidence, sizeof *c->evidence, by_bits);
  rt__free(d->alloc, v, g->n * sizeof *v);
  return code;
}

/* ---- counter-evidence */

rt_code rt__word_counters(const rt__bits *b, rt_verdict v, rt__arena *arena, struct rt_campaign *c)
{
  double trait[RT__TRAIT_COUNT];
  rt__rival rival[RT__WHY_COUNT - 1];
  char text[TEXT_MAX];
  rt__traits(b, trait);
  rt__rivals(trait, v == RT_VERDICT_POOLED ? RT__WHY_RESALE : RT__WHY_HARVEST, rival);
  c->n_counters = RT__ARRAY_LEN(rival);
  c->counters = rt__arena_take(arena, c->n_counters * sizeof *c->counters);
  if (!c->counters)
    return RT_E_NOMEM;
  for (size_t i = 0; i < c->n_counters; i++) {
    (void)snprintf(text, sizeof text, "for it: %s (%.2f); against it: %s (%.2f)",
                   rt__trait_what(rival[i].most), trait[rival[i].most],
                   rt__trait_what(rival[i].least), trait[rival[i].least]);
    c->counters[i] = (rt_counter){rt__why_name(rival[i].why), rival[i].log_odds, keep(arena, text)};
    if (!c->counters[i].what)
      return RT_E_NOMEM;
  }
  return RT_OK;
}
