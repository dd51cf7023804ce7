/* by_hand - candidates made by hand: accounts of ten starts each, groups of which only the sizes
 * matter */
#ifndef RT_TEST_BY_HAND_H
#define RT_TEST_BY_HAND_H

#include "campaign/candidate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { ACCOUNTS = 40, EACH = 10 };

typedef struct hand {
  uint32_t first[ACCOUNTS + 1], account[8][ACCOUNTS], at[8][ACCOUNTS + 1];
  rt__group g[8];
  rt__candidate c[8];
  size_t n;
  rt__starts s;
} hand;

static inline void deal_out(hand *h)
{
  *h = (hand){.s = {.alloc = rt_alloc_default(), .n_accounts = ACCOUNTS, .n = ACCOUNTS * EACH}};
  for (uint32_t a = 0; a <= ACCOUNTS; a++)
    h->first[a] = a * EACH;
  h->s.first = h->first;
}

/* a candidate of accounts from .. to - 1 with so many rows each */
static inline rt__candidate *put_in(hand *h, rt__origin origin, uint32_t from, uint32_t to,
                                    uint32_t rows)
{
  size_t k = h->n++;
  for (uint32_t a = from; a < to; a++) {
    h->account[k][a - from] = a;
    h->at[k][a - from + 1] = (a - from + 1) * rows;
  }
  h->g[k] = (rt__group){.origin = origin, .n = to - from, .account = h->account[k], .at = h->at[k]};
  h->c[k].g = &h->g[k];
  h->c[k].b.bits[RT_FAMILY_TIME] = 8; /* days that are dealt */
  return &h->c[k];
}

static inline void make_harvest(rt__candidate *c)
{
  c->score = 20;
  c->b.extraction = c->b.knobs = 1;
  c->b.balance = c->b.clock = 5;
  c->b.bits[RT_FAMILY_TIME] = c->b.bits[RT_FAMILY_CONTENT] = 8;
  c->b.said[RT_FAMILY_CONTENT] = true;
  assert_true(rt__candidate_is_harvest(c));
}

#endif
