/* fuzz_texts - any bytes as a file of texts, packed or plain: what is taken is whole characters. */
#include "world/texts_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define ARENA_MAX ((size_t)1 << 29)

static void must(bool ok)
{
  if (!ok)
    __builtin_trap();
}

static void check_text(rt_slice s)
{
  bool ok;
  must(s.n > 0 && s.n <= RT__TEXT_MAX && rt__whole_tokens(s, s.n, &ok) == s.n && ok);
  for (size_t want = 1; want < 400; want = want * 3 + 1) {
    rt_slice w = rt__window(s, 0.5, want);
    must(w.p >= s.p && w.p + w.n <= s.p + s.n && w.n <= want);
    must(rt__whole_tokens(w, w.n, &ok) == w.n && ok);
  }
}

static void check_pool(const rt__pool *p)
{
  for (uint32_t i = 0; i < p->n; i++) {
    must(rt__pool_turns(p, i) > 0 && p->at[i + 1] <= p->n_text);
    for (uint32_t k = 0; k < rt__pool_turns(p, i); k++)
      check_text(rt__pool_turn(p, i, k));
  }
}

static void take(rt_slice json)
{
  rt__pool pools[RT__POOLS] = {0};
  rt__arena *arena;
  uint32_t corpora;
  must(rt__arena_new(rt_alloc_default(), ARENA_MAX, &arena) == RT_OK);
  if (rt__texts_take(rt_alloc_default(), json, arena, pools, &corpora, NULL) == RT_OK) {
    must(corpora <= RT__CORPORA_MAX);
    for (uint32_t k = 0; k < corpora; k++)
      must(pools[RT__POOL_CORPUS + k].n > 0);
    for (int i = 0; i < RT__POOLS; i++)
      check_pool(&pools[i]);
  }
  rt__arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
  rt__buf b;
  rt__buf_init(&b, rt_alloc_default(), RT__TEXTS_FILE_MAX);
  if (rt__buf_add(&b, p, n) == RT_OK && rt__texts_unpack(&b, "any", NULL) == RT_OK)
    take(rt__buf_slice(&b));
  rt__buf_free(&b);
  return 0;
}
