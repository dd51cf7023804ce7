/* Why an account is in no campaign: the best candidate it was part of, and what that one lacked. */
#include "campaign/detect.h"
#include "digest/name.h"

#include <math.h>
#include <stdlib.h>

#define MISSING_MAX 6

static size_t missing_of(const rt__candidate *k, const char **out)
{
  size_t n = 0;
  if (!k) {
    out[n++] = "no template, topic, clock or signature in common with other accounts";
    return n;
  }
  if (rt__candidate_work(&k->b) < RT__WORK_BITS)
    out[n++] = "the same work (one list behind the slots, or equal sizes)";
  if (rt__candidate_hands(k) == 0)
    out[n++] = "second family (time, money, keys or provision naming one hand)";
  if (k->b.extraction < RT__EXTRACTION)
    out[n++] = "extraction (new slots, long answers, nobody reading on)";
  if (rt__candidate_many_programs(k))
    out[n++] = "one program (parameters or frames differ between accounts)";
  if (rt__candidate_in_the_open(k))
    out[n++] = "concealment (one organisation, payer or network in the open)";
  if (k->score < RT__BAR_BITS)
    out[n++] = "bits (the sum stays below the bar)";
  return n;
}

/* the best candidate of each account */
static rt_code best_of(const rt__detection *d, const rt__candidate ***out)
{
  const rt__candidate **best = rt__calloc(d->alloc, d->starts.n_accounts, sizeof *best);
  if (!best)
    return RT_E_NOMEM;
  for (size_t i = 0; i < d->n_candidates; i++) {
    const rt__candidate *k = &d->candidates[i];
    for (uint32_t j = 0; j < k->g->n; j++) {
      uint32_t a = k->g->account[j];
      if (!best[a] || k->score > best[a]->score)
        best[a] = k;
    }
  }
  *out = best;
  return RT_OK;
}

/* the campaign in which most of the candidate's accounts are; an empty slice if none */
static rt_slice nearest_of(const rt__detection *d, const rt__candidate *k, const char *const *id)
{
  size_t best = 0, most = 0;
  for (size_t x = 0; k && x < d->drafts.n; x++) {
    size_t n = 0;
    for (uint32_t j = 0; j < k->g->n; j++)
      n += d->drafts.of[k->g->account[j]] == x + 1;
    if (n > most) {
      most = n;
      best = x + 1;
    }
  }
  return best ? rt__cstr(id[best - 1]) : (rt_slice){"", 0};
}

static rt_code note_of(const rt__detection *d, uint32_t a, const rt__candidate *k,
                       const char *const *id, rt__arena *arena, rt_account_note *out)
{
  const char *missing[MISSING_MAX + 1];
  size_t n = missing_of(k, missing);
  bool cleared = d->cleared && d->cleared[a];
  if (cleared)
    missing[n++] = "a look: a person cleared it, and what it did since is not enough";
  const char **copy = rt__arena_take(arena, n * sizeof *copy);
  if (!copy)
    return RT_E_NOMEM;
  memcpy(copy, missing, n * sizeof *copy);
  double bits = k ? k->score : -40;
  rt_slice name = rt__set_name(d->set, a);
  *out = (rt_account_note){.account = rt__name_account(name),
                           .tenant = rt__name_tenant(name),
                           .nearest = nearest_of(d, k, id),
                           .cleared_us = cleared ? rt__facts_of(d->facts, a)->cleared_us : 0,
                           .score = n ? fmin(1 / (1 + exp2(-bits)), 0.5) : 0.5,
                           .n_missing = n,
                           .missing = copy};
  return RT_OK;
}

int rt__by_note(const void *a, const void *b)
{
  const rt_account_note *x = a, *y = b;
  if (x->score != y->score)
    return x->score > y->score ? -1 : 1;
  int c = rt__slice_cmp(x->account, y->account);
  return c ? c : rt__slice_cmp(x->tenant, y->tenant);
}

rt_code rt__take_notes(const rt__detection *d, const char *const *id, rt_findings *out,
                       rt_error *err)
{
  const rt__candidate **best = NULL;
  rt_code c = best_of(d, &best);
  out->notes = rt__arena_take(out->arena, (d->starts.n_accounts + 1) * sizeof *out->notes);
  if (c == RT_OK && !out->notes)
    c = RT_E_NOMEM;
  for (uint32_t a = 0; c == RT_OK && a < d->starts.n_accounts; a++)
    if (!d->drafts.of[a])
      c = note_of(d, a, best[a], id, out->arena, &out->notes[out->n_notes++]);
  if (c == RT_OK && out->n_notes)
    qsort(out->notes, out->n_notes, sizeof *out->notes, rt__by_note);
  rt__free(d->alloc, best, d->starts.n_accounts * sizeof *best);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for notes on accounts");
}
