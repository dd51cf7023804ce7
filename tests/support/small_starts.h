/* small_starts - from a small world to a sealed set and the table of starts, for tests of one room.
 */
#ifndef TEST_SMALL_STARTS_H
#define TEST_SMALL_STARTS_H

#include "account/group.h"
#include "base/base.h"
#include "support/small_world.h"

typedef struct laid_out {
  rt__set *set;
  rt__starts s;
} laid_out;

static inline rt_key small_key(void)
{
  rt_key k;
  assert_int_equal(rt_key_from_bytes("a key for tests only", 20, &k, NULL), RT_OK);
  return k;
}

/* `blind`: starts are inferred, even where they can be seen */
static inline laid_out lay_out(const world *w, uint64_t shuffle, bool blind)
{
  laid_out l;
  rt_key key = small_key();
  assert_int_equal(rt__set_new(NULL, 0, NULL, &l.set, NULL), RT_OK);
  rt_digest_sink sink = rt__set_sink(l.set);
  assert_int_equal(world_play(w, NULL, &key, &sink, 1, shuffle, NULL), RT_OK);
  assert_int_equal(rt__set_seal(l.set, NULL), RT_OK);
  assert_int_equal(rt__starts_build(rt_alloc_default(), l.set, blind, &l.s, NULL), RT_OK);
  return l;
}

static inline void take_away(laid_out *l)
{
  rt__starts_free(&l->s);
  rt__set_free(l->set);
}

/* index of an account by its name; fails the test if it is not there */
static inline uint32_t account_at(const laid_out *l, const char *name)
{
  rt_key key = small_key();
  size_t i;
  assert_true(rt__set_find(l->set, rt_key_hash(&key, "account", slice_of(name)), &i));
  return (uint32_t)i;
}

/* first of `n` names in a group, e.g. how many of "pool_" are among a group's accounts */
static inline uint32_t count_named(const laid_out *l, const rt__group *g, const char *prefix)
{
  uint32_t k = 0;
  for (uint32_t i = 0; i < g->n; i++)
    k += rt__slice_starts(rt__set_name(l->set, g->account[i]), slice_of(prefix));
  return k;
}

/* what a group must be, whoever made it */
static inline void assert_sound(const laid_out *l, const rt__group *g)
{
  for (uint32_t i = 0; i < g->n; i++) {
    assert_true(i == 0 || g->account[i] > g->account[i - 1]);
    assert_true(g->at[i + 1] > g->at[i]);
    for (uint32_t k = g->at[i]; k < g->at[i + 1]; k++) {
      assert_true(k == g->at[i] || g->row[k] > g->row[k - 1]);
      assert_int_equal(l->s.account[g->row[k]], g->account[i]);
    }
  }
  for (uint32_t i = 0; i < g->n_once; i++) {
    assert_true(i == 0 || g->once[i] > g->once[i - 1]);
    assert_false(rt__group_has(g, g->once[i]));
  }
}

/* groups as text: names and rows by time, so that worlds played in other orders can be compared */
static inline char *groups_text(const laid_out *l, const rt__groups *all)
{
  size_t room = 64, at = 0;
  for (size_t i = 0; i < all->n; i++)
    room += 64 + all->g[i].n * 80u + all->g[i].at[all->g[i].n] * 24u + all->g[i].n_once * 40u;
  char *t = calloc(room, 1);
  assert_non_null(t);
#define SAY(...) at += (size_t)snprintf(t + at, room - at, __VA_ARGS__)
  for (size_t i = 0; i < all->n; i++) {
    const rt__group *g = &all->g[i];
    SAY("%s %u:", rt__origin_name(g->origin), g->detail);
    for (uint32_t a = 0; a < g->n; a++) {
      SAY(" %s", rt__set_name(l->set, g->account[a]).p);
      for (uint32_t k = g->at[a]; k < g->at[a + 1]; k++)
        SAY(",%.3f", l->s.t[g->row[k]]);
    }
    for (uint32_t k = 0; k < g->n_once; k++)
      SAY(" +%s", rt__set_name(l->set, g->once[k]).p);
    SAY("\n");
  }
#undef SAY
  assert_true(at < room);
  return t;
}

#endif
