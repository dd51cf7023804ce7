/* Merging against the plain way, learning against counting anew, and what a trained vocabulary
 * promises. */
#include "distill/bpe_merge.h"
#include "distill/bpe_train_in.h"
#include "distill/tokenizer_in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- the merging engine: letters a-d, any pair may merge, its priority is a hash */

static bool toy_pair(const void *ctx, const rt__symbol *l, const rt__symbol *r, uint32_t *priority,
                     uint32_t *id)
{
  uint64_t h = rt__mix2(*(const uint64_t *)ctx, (uint64_t)l->id << 32 | r->id);
  if (h % 3 == 0)
    return false;
  *priority = (uint32_t)(h >> 32) % 50; /* many ties */
  *id = (uint32_t)h % 1000;
  return true;
}

/* every time the whole line is looked through */
static size_t merge_plainly(rt__symbol *s, size_t n, const uint64_t *seed)
{
  for (;;) {
    uint32_t best = UINT32_MAX, best_id = 0, priority, id;
    size_t at = 0;
    for (size_t i = 0; i + 1 < n; i++)
      if (toy_pair(seed, &s[i], &s[i + 1], &priority, &id) && priority < best) {
        best = priority;
        best_id = id;
        at = i;
      }
    if (best == UINT32_MAX)
      return n;
    s[at].id = best_id;
    s[at].length += s[at + 1].length;
    memmove(&s[at + 1], &s[at + 2], (n - at - 2) * sizeof *s);
    n--;
  }
}

static void heap_merges_like_the_plain_way(void **state)
{
  (void)state;
  rt__buf fast, heap;
  rt__buf_init(&fast, rt_alloc_default(), 1 << 20);
  rt__buf_init(&heap, rt_alloc_default(), 1 << 20);
  for (uint64_t seed = 0; seed < 400; seed++) {
    rt__rng r = {seed, 0};
    size_t n = 1 + rt__rng_below(&r, 90);
    rt__symbol plain[90];
    for (size_t i = 0; i < n; i++)
      plain[i] =
          (rt__symbol){.start = (uint32_t)i, .length = 1, .id = (uint32_t)rt__rng_below(&r, 4)};
    rt__buf_clear(&fast);
    assert_int_equal(rt__buf_add(&fast, plain, n * sizeof *plain), RT_OK);
    assert_int_equal(rt__bpe_merge(&fast, n, &heap, toy_pair, &seed), RT_OK);
    size_t left = merge_plainly(plain, n, &seed), k = 0;
    const rt__symbol *s = (const rt__symbol *)(void *)fast.p;
    for (uint32_t i = 0; i != UINT32_MAX; i = s[i].next, k++) {
      assert_true(k < left);
      assert_int_equal(s[i].id, plain[k].id);
      assert_int_equal(s[i].length, plain[k].length);
    }
    assert_int_equal(k, left);
  }
  rt__buf_free(&fast);
  rt__buf_free(&heap);
}

/* ---- learning */

enum { TOY_WORDS = 40, TOY_LENGTH = 12 };

typedef struct toy {
  char bytes[TOY_WORDS][TOY_LENGTH];
  rt__word words[TOY_WORDS];
} toy;

static void make_toy(toy *t, uint64_t seed)
{
  rt__rng r = {seed, 0};
  for (size_t w = 0; w < TOY_WORDS; w++) {
    size_t n = 1 + rt__rng_below(&r, TOY_LENGTH);
    for (size_t i = 0; i < n; i++)
      t->bytes[w][i] = (char)('a' + rt__rng_below(&r, 3));
    t->words[w] = (rt__word){rt__slice(t->bytes[w], n), 1 + rt__rng_below(&r, 5)};
  }
}

/* the plain way: texts as tokens, all pairs counted before every merge */
typedef struct plain {
  uint32_t ids[TOY_WORDS][TOY_LENGTH], n[TOY_WORDS];
  char text[512][64];
  uint32_t n_text;
} plain;

static uint64_t count_pair(const toy *t, const plain *p, uint32_t a, uint32_t b)
{
  uint64_t count = 0;
  for (size_t w = 0; w < TOY_WORDS; w++)
    for (uint32_t i = 0; i + 1 < p->n[w]; i++)
      if (p->ids[w][i] == a && p->ids[w][i + 1] == b)
        count += t->words[w].count;
  return count;
}

static bool best_pair(const toy *t, const plain *p, uint32_t *a, uint32_t *b)
{
  uint64_t best = 1;
  for (size_t w = 0; w < TOY_WORDS; w++)
    for (uint32_t i = 0; i + 1 < p->n[w]; i++) {
      uint32_t x = p->ids[w][i], y = p->ids[w][i + 1];
      uint64_t c = count_pair(t, p, x, y);
      if (c > best || (c == best && best > 1 && (x < *a || (x == *a && y < *b)))) {
        best = c;
        *a = x;
        *b = y;
      }
    }
  return best >= 2;
}

static uint32_t joined(plain *p, uint32_t a, uint32_t b, bool *fresh)
{
  char t[64];
  (void)snprintf(t, sizeof t, "%s%s", p->text[a], p->text[b]);
  for (uint32_t i = 0; i < p->n_text; i++)
    if (strcmp(p->text[i], t) == 0) {
      *fresh = false;
      return i;
    }
  *fresh = true;
  (void)snprintf(p->text[p->n_text], sizeof p->text[0], "%s", t);
  return p->n_text++;
}

static void replace(plain *p, uint32_t a, uint32_t b, uint32_t c)
{
  for (size_t w = 0; w < TOY_WORDS; w++) {
    uint32_t to = 0;
    for (uint32_t i = 0; i < p->n[w]; i++) {
      bool here = i + 1 < p->n[w] && p->ids[w][i] == a && p->ids[w][i + 1] == b;
      p->ids[w][to++] = here ? c : p->ids[w][i];
      i += here;
    }
    p->n[w] = to;
  }
}

static void start_plain(const toy *t, plain *p)
{
  memset(p, 0, sizeof *p);
  for (p->n_text = 0; p->n_text < 256; p->n_text++)
    p->text[p->n_text][0] = (char)p->n_text;
  for (size_t w = 0; w < TOY_WORDS; w++)
    for (size_t i = 0; i < t->words[w].bytes.n; i++)
      p->ids[w][p->n[w]++] = (unsigned char)t->bytes[w][i];
}

static void learns_like_counting_anew(void **state)
{
  (void)state;
  static plain p;
  static toy t;
  for (uint64_t seed = 0; seed < 25; seed++) {
    rt__arena *arena;
    rt__learnt *m;
    uint32_t n, a = 0, b = 0;
    make_toy(&t, seed);
    start_plain(&t, &p);
    assert_int_equal(rt__arena_new(rt_alloc_default(), 1 << 24, &arena), RT_OK);
    assert_int_equal(rt__bpe_learn(rt_alloc_default(), t.words, TOY_WORDS, 60, 2, arena, &m, &n),
                     RT_OK);
    assert_true(n > 20);
    for (uint32_t i = 0; i < n; i++) {
      bool fresh;
      assert_true(best_pair(&t, &p, &a, &b));
      uint32_t c = joined(&p, a, b, &fresh);
      assert_int_equal(m[i].left, a);
      assert_int_equal(m[i].right, b);
      assert_int_equal(m[i].result, c);
      assert_int_equal(m[i].fresh, fresh);
      replace(&p, a, b, c);
    }
    assert_true(p.n_text == 256 + 60 || !best_pair(&t, &p, &a, &b));
    rt__arena_free(arena);
  }
}

/* ---- a vocabulary from text */

static rt_tokenizer *train(const char *const *texts, size_t n, uint32_t vocab, const char *pre)
{
  rt_bpe_trainer *tr;
  rt_tokenizer *t;
  rt_bpe_options o = {.vocab = vocab, .pre = pre};
  assert_int_equal(rt_bpe_trainer_new(rt_alloc_default(), &o, &tr, NULL), RT_OK);
  for (size_t i = 0; i < n; i++)
    assert_int_equal(rt_bpe_trainer_add(tr, rt__cstr(texts[i]), NULL), RT_OK);
  assert_int_equal(rt_bpe_trainer_finish(tr, &t, NULL), RT_OK);
  rt_bpe_trainer_free(tr);
  return t;
}

static const char *const corpus[] = {
    "the cat sat on the mat, the other cat on the other mat", "a cat that sat is a cat that sits",
    "three other cats: 12 mats and 12 hats", "what that hat is, that mat isn't"};

static void order_of_texts_changes_nothing(void **state)
{
  (void)state;
  const char *backwards[4] = {corpus[3], corpus[2], corpus[1], corpus[0]};
  rt_tokenizer *a = train(corpus, 4, 300, NULL), *b = train(backwards, 4, 300, NULL);
  rt_tokenizer *c = train(corpus, 3, 300, NULL);
  assert_memory_equal(rt_tokenizer_hash(a), rt_tokenizer_hash(b), 32);
  assert_memory_not_equal(rt_tokenizer_hash(a), rt_tokenizer_hash(c), 32);
  rt_tokenizer_free(a);
  rt_tokenizer_free(b);
  rt_tokenizer_free(c);
}

static void any_bytes_come_back(void **state)
{
  (void)state;
  for (size_t row = 0; row < rt__pre_count(); row++) {
    rt_tokenizer *t = train(corpus, 4, 290, rt__pre_at(row)->name);
    rt__rng r = {row, 0};
    for (int i = 0; i < 200; i++) {
      char bytes[64];
      size_t n = rt__rng_below(&r, sizeof bytes + 1);
      for (size_t k = 0; k < n; k++) /* half of it text, half of it anything */
        bytes[k] =
            i % 2 ? (char)rt__rng_below(&r, 256) : " the\n'\xC3\xA9 1"[rt__rng_below(&r, 10)];
      rt_ids ids;
      rt__buf out;
      rt_ids_init(&ids, rt_alloc_default(), 1000);
      rt__buf_init(&out, rt_alloc_default(), 1000);
      assert_int_equal(rt_tokenizer_encode(t, rt__slice(bytes, n), 0, &ids, NULL), RT_OK);
      assert_int_equal(rt_tokenizer_decode(t, ids.p, ids.n, true, &out), RT_OK);
      assert_true(rt__slice_eq(rt__buf_slice(&out), rt__slice(bytes, n)));
      rt_ids_free(&ids);
      rt__buf_free(&out);
    }
    rt_tokenizer_free(t);
  }
}

static void frequent_words_become_tokens(void **state)
{
  (void)state;
  rt_tokenizer *t = train(corpus, 4, 275, NULL);
  rt_ids ids;
  rt_ids_init(&ids, rt_alloc_default(), 100);
  assert_int_equal(rt_tokenizer_size(t), 275);
  assert_int_equal(rt_tokenizer_encode(t, RT__LIT(" cat"), 0, &ids, NULL), RT_OK);
  assert_int_equal(ids.n, 1);
  assert_true(rt__slice_eq(rt_tokenizer_bytes(t, ids.p[0]), RT__LIT(" cat")));
  rt_ids_free(&ids);
  rt_tokenizer_free(t);
}

static void a_small_corpus_gives_fewer_tokens(void **state)
{
  (void)state;
  rt_tokenizer *t = train(corpus, 1, 5000, NULL);
  assert_in_range(rt_tokenizer_size(t), 258, 300);
  rt_tokenizer_free(t);
}

static void refusals(void **state)
{
  (void)state;
  rt_bpe_trainer *tr = NULL;
  rt_tokenizer *t;
  rt_error err;
  rt_bpe_options o = {.vocab = 256};
  assert_int_equal(rt_bpe_trainer_new(rt_alloc_default(), &o, &tr, &err), RT_E_ARG);
  assert_non_null(strstr(err.message, "257"));
  o = (rt_bpe_options){.vocab = 300, .pre = "klingon"};
  assert_int_equal(rt_bpe_trainer_new(rt_alloc_default(), &o, &tr, &err), RT_E_ARG);
  assert_non_null(strstr(err.message, "klingon"));
  rt_slice short_one = RT__LIT("x");
  o = (rt_bpe_options){.vocab = 300, .specials = &short_one, .n_specials = 1};
  assert_int_equal(rt_bpe_trainer_new(rt_alloc_default(), &o, &tr, &err), RT_E_ARG);
  o = (rt_bpe_options){.vocab = 300};
  assert_int_equal(rt_bpe_trainer_new(rt_alloc_default(), &o, &tr, &err), RT_OK);
  assert_int_equal(rt_bpe_trainer_finish(tr, &t, &err), RT_E_ARG);
  assert_non_null(strstr(err.message, "empty"));
  rt_bpe_trainer_free(tr);
}

static void spelling_is_one_to_one(void **state)
{
  (void)state;
  rt__buf spelt;
  rt__buf_init(&spelt, rt_alloc_default(), 1000);
  char bytes[256];
  unsigned char back[1000];
  size_t n;
  for (int b = 0; b < 256; b++)
    bytes[b] = (char)b;
  assert_int_equal(rt__bpe_spell(rt__slice(bytes, 256), &spelt), RT_OK);
  assert_true(rt__bpe_unspell(rt__buf_slice(&spelt), back, &n));
  assert_int_equal(n, 256);
  assert_memory_equal(back, bytes, 256);
  assert_false(rt__bpe_unspell(RT__LIT(" "), back, &n));
  assert_true(
      rt__bpe_unspell(RT__LIT("\xC4\xA0\xC5\x83"), back, &n)); /* U+0120 and U+0143, the last */
  assert_int_equal(back[0], ' ');
  assert_int_equal(back[1], 173);
  rt__buf_free(&spelt);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(heap_merges_like_the_plain_way),
      cmocka_unit_test(learns_like_counting_anew),
      cmocka_unit_test(order_of_texts_changes_nothing),
      cmocka_unit_test(any_bytes_come_back),
      cmocka_unit_test(frequent_words_become_tokens),
      cmocka_unit_test(a_small_corpus_gives_fewer_tokens),
      cmocka_unit_test(refusals),
      cmocka_unit_test(spelling_is_one_to_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
