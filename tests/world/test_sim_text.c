/* Texts: wordings are as different as promised, windows never cut a character or an escape, files
 * are taken or refused with a reason. */
#include "world/texts.h"
#include "world/wording.h"

#include "base/json_read.h"
#include "support/failing_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the three above */
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

static rt__lexicon lexicon;

/* ---- wording */

static void wording(uint32_t intent, uint64_t variant, char *out, size_t max)
{
  rt__buf b;
  rt__buf_init(&b, rt_alloc_default(), max);
  rt__pen p = {&b, RT_OK};
  rt__word_intent(&p, intent, variant, &lexicon);
  assert_int_equal(p.code, RT_OK);
  assert_true(b.n < max);
  memcpy(out, b.p, b.n);
  out[b.n] = '\0';
  rt__buf_free(&b);
}

static void same_number_same_wording(void **state)
{
  (void)state;
  char a[2000], b[2000], c[2000];
  for (uint32_t i = 0; i < rt__intents(); i++) {
    wording(i, 5, a, sizeof a);
    wording(i, 5, b, sizeof b);
    wording(i, 6, c, sizeof c);
    assert_string_equal(a, b);
    assert_string_not_equal(a, c);
    assert_null(strpbrk(a, "{}|%\"")); /* nothing of the pattern language is left */
    assert_true(strlen(a) > 60);
    assert_int_equal(rt__intent_find(rt__intent_name(i)), i);
  }
}

static void at_most_one_percent_alike(void **state)
{
  (void)state;
  uint64_t v[500], same[2] = {9, 9};
  for (uint32_t i = 0; i < rt__intents(); i++) {
    for (uint64_t k = 0; k < 500; k++)
      v[k] = rt__mix2(i + 100, k);
    double share = rt__word_overlap(i, v, 500, 8, &lexicon);
    if (share > 0.01)
      print_error("%s: %f\n", rt__intent_name(i), share);
    assert_true(share >= 0 && share <= 0.01);
    assert_true(rt__word_overlap(i, same, 2, 8, &lexicon) == 1); /* the measure can see likeness */
  }
}

/* ---- windows */

/* a window must stand on its own as a JSON string */
static bool is_string(rt_slice s)
{
  char quoted[4000];
  rt__jr *d = NULL;
  quoted[0] = '"';
  memcpy(quoted + 1, s.p, s.n);
  quoted[s.n + 1] = '"';
  rt_code c = rt__jr_parse(rt_alloc_default(), rt__slice(quoted, s.n + 2), 4, &d, NULL);
  rt__jr_free(d);
  return c == RT_OK;
}

static void windows_cut_between_characters(void **state)
{
  (void)state;
  static const char *const pieces[] = {"a", "word ", "\\n",     "\\\"",           "\xc3\xa9",
                                       " ", "\\\\",  "\\u00e9", "\\ud83d\\ude00", "\xe6\xbc\xa2"};
  rt__rng r = {11, 0};
  for (int round = 0; round < 3000; round++) {
    char text[2000];
    size_t n = 0;
    uint64_t kinds = rt__between(&r, 1, RT__ARRAY_LEN(pieces));
    while (n < 900) {
      const char *piece =
          pieces[(rt__rng_below(&r, kinds) + (uint64_t)round) % RT__ARRAY_LEN(pieces)];
      memcpy(text + n, piece, strlen(piece));
      n += strlen(piece);
    }
    size_t want = rt__between(&r, 13, 600);
    rt_slice w = rt__window(rt__slice(text, n), rt__rng_unit(&r), want);
    assert_true(w.n <= want && w.p >= text && w.p + w.n <= text + n);
    assert_true(w.n == 0 || (unsigned char)w.p[0] < 0x80 || (unsigned char)w.p[0] >= 0xC0);
    assert_true(is_string(w));
  }
}

/* ---- files */

static char path[64];

static void write_file(const void *p, size_t n)
{
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(p, 1, n, f), n);
  assert_int_equal(fclose(f), 0);
}

static rt_code load(const char *text, rt__texts **t, rt_error *err)
{
  write_file(text, strlen(text));
  return rt__texts_load(rt_alloc_default(), path, 1, t, err);
}

static const char good[] =
    "{\"CHAT\":[[\"one\",\"two\"],[\"three\"]],\"DOCS\":[\"paper a\",\"\\ud83d lone\",\"paper b\"],"
    "\"CORPUS\":{\"sums\":[\"1+1\",\"2+2\"],\"poems\":[\"roses\"]}}";

static void check_good(rt__texts *t)
{
  const rt__pool *chat = rt__texts_pool(t, RT__POOL_CHAT), *docs = rt__texts_pool(t, RT__POOL_DOCS);
  assert_int_equal(chat->n, 2);
  assert_int_equal(rt__pool_turns(chat, 0), 2);
  assert_memory_equal(rt__pool_turn(chat, 0, 1).p, "two", 3);
  assert_memory_equal(rt__pool_turn(chat, 0, 9).p, "two", 3); /* the last goes on */
  assert_int_equal(docs->n, 2);                               /* half a character is left out */
  assert_int_equal(rt__texts_corpora(t), 2);
  assert_int_equal(rt__texts_corpus(t, "poems"), 1);
  assert_int_equal(rt__texts_corpus(t, "prose"), 2);
  assert_true(rt__texts_pool(t, RT__POOL_APPS)->n > 10); /* absent: the grammar's */
  assert_true(rt__texts_checksum(t) != 0);
}

static void takes_plain_and_zstd(void **state)
{
  (void)state;
  rt__texts *t = NULL;
  rt_error err = {0};
  assert_int_equal(load(good, &t, &err), RT_OK);
  check_good(t);
  uint64_t sum = rt__texts_checksum(t);
  rt__texts_free(t);
  char packed[1000];
  size_t n = ZSTD_compress(packed, sizeof packed, good, sizeof good - 1, 3);
  assert_false(ZSTD_isError(n));
  write_file(packed, n);
  assert_int_equal(rt__texts_load(rt_alloc_default(), path, 1, &t, &err), RT_OK);
  check_good(t);
  assert_true(rt__texts_checksum(t) == sum);
  rt__texts_free(t);
  write_file(packed, n / 2);
  assert_int_equal(rt__texts_load(rt_alloc_default(), path, 1, &t, &err), RT_E_TRUNCATED);
}

static void refuses_other_files(void **state)
{
  (void)state;
  rt__texts *t = NULL;
  rt_error err = {0};
  assert_int_equal(load("[1]", &t, &err), RT_E_FORMAT);
  assert_int_equal(load("{\"DOCS\":5}", &t, &err), RT_E_FORMAT);
  assert_non_null(strstr(err.message, "DOCS"));
  assert_int_equal(load("{\"CORPUS\":{\"sums\":\"x\"}}", &t, &err), RT_E_FORMAT);
  assert_int_equal(load("{\"DOCS\":[", &t, &err), RT_E_TRUNCATED);
  assert_int_equal(load("", &t, &err), RT_E_TRUNCATED);
  assert_int_equal(rt__texts_load(rt_alloc_default(), "/no/such/file", 1, &t, &err), RT_E_IO);
  assert_non_null(strstr(err.message, "/no/such/file"));
}

/* an empty list must not leave a pool without items: somebody will draw from it */
static void empty_lists_are_filled(void **state)
{
  (void)state;
  rt__texts *t = NULL;
  rt_error err = {0};
  assert_int_equal(load("{\"DOCS\":[],\"CHAT\":[[],[\"\"]],\"CORPUS\":{\"none\":[]}}", &t, &err),
                   RT_OK);
  assert_true(rt__texts_pool(t, RT__POOL_DOCS)->n > 100);
  assert_true(rt__texts_pool(t, RT__POOL_CHAT)->n > 100);
  assert_true(rt__texts_pool(t, RT__POOL_CORPUS)->n > 0);
  assert_int_equal(rt__texts_corpora(t), 5); /* the grammar's */
  rt__texts_free(t);
  /* the grammar has nothing for the sixth */
  assert_int_equal(load("{\"CORPUS\":{\"a\":[\"x\"],\"b\":[\"x\"],\"c\":[\"x\"],\"d\":[\"x\"],"
                        "\"e\":[\"x\"],\"f\":[],\"g\":[\"y\"]}}",
                        &t, &err),
                   RT_OK);
  assert_int_equal(rt__texts_corpora(t), 6);
  for (uint32_t i = 0; i < RT__POOL_CORPUS + rt__texts_corpora(t); i++)
    assert_true(rt__texts_pool(t, (rt__pool_id)i)->n > 0);
  assert_int_equal(rt__texts_corpus(t, "g"), 5);
  rt__texts_free(t);
}

static void survives_without_memory(void **state)
{
  (void)state;
  write_file(good, sizeof good - 1);
  for (test_alloc a = {0}; test_alloc_again(&a);) {
    rt_alloc alloc = test_alloc_of(&a);
    rt__texts *t = NULL;
    rt_code c = rt__texts_load(&alloc, path, 1, &t, NULL);
    if (c == RT_OK)
      rt__texts_free(t);
    assert_survived(&a, c);
  }
}

static int set_up(void **state)
{
  (void)state;
  rt__lexicon_init(&lexicon);
  (void)snprintf(path, sizeof path, "/tmp/retort-texts-%ld", (long)getpid());
  return 0;
}

static int tear_down(void **state)
{
  (void)state;
  (void)remove(path);
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(same_number_same_wording),
      cmocka_unit_test(at_most_one_percent_alike),
      cmocka_unit_test(windows_cut_between_characters),
      cmocka_unit_test(takes_plain_and_zstd),
      cmocka_unit_test(refuses_other_files),
      cmocka_unit_test(empty_lists_are_filled),
      cmocka_unit_test(survives_without_memory),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
