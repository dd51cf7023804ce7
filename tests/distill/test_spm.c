/* SentencePiece BPE on a toy vocabulary: against the plain way, byte fallback, the blank in front,
 * both files. */
#include "distill/tokenizer_in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#define B RT__SPM_BLANK

/* the words behind <unk>, <s>, </s> and the 256 bytes; later is worse, but for the letters, which
 * are last */
static const char *const words[] = {B "a", "ab", "ba", B "ab", "abab", B "abab",
                                    "aba", "bb", B B,  "a",    "b",    B};

enum { WORDS = sizeof words / sizeof words[0], TOKENS = 3 + 256 + WORDS, FIRST = 3 + 256 };

static rt_tokenizer *toy(bool bytes)
{
  rt_tokenizer *t;
  char name[8];
  assert_int_equal(rt__tok_new(rt_alloc_default(), RT__TOK_SPM, TOKENS, &t, NULL), RT_OK);
  t->unk = 0;
  t->bos = 1;
  t->eos = 2;
  t->add_bos = t->add_space_prefix = true;
  assert_int_equal(rt__tok_set(t, 0, RT__LIT("<unk>"), RT__TT_UNKNOWN, 0, NULL), RT_OK);
  assert_int_equal(rt__tok_set(t, 1, RT__LIT("<s>"), RT__TT_CONTROL, 0, NULL), RT_OK);
  assert_int_equal(rt__tok_set(t, 2, RT__LIT("</s>"), RT__TT_CONTROL, 0, NULL), RT_OK);
  for (uint32_t b = 0; b < 256; b++) {
    (void)snprintf(name, sizeof name, bytes ? "<0x%02X>" : "[%u]", b);
    assert_int_equal(
        rt__tok_set(t, 3 + b, rt__cstr(name), bytes ? RT__TT_BYTE : RT__TT_UNUSED, 0, NULL), RT_OK);
  }
  for (uint32_t i = 0; i < WORDS; i++)
    assert_int_equal(rt__tok_set(t, FIRST + i, rt__cstr(words[i]), RT__TT_NORMAL, -(float)i, NULL),
                     RT_OK);
  assert_int_equal(rt__tok_index(t, NULL), RT_OK);
  assert_int_equal(rt__tok_seal(t, NULL), RT_OK);
  return t;
}

static void expect(const rt_tokenizer *t, const char *text, unsigned flags, const char *want)
{
  rt_ids ids;
  rt__buf got;
  rt_ids_init(&ids, rt_alloc_default(), 1000);
  rt__buf_init(&got, rt_alloc_default(), 4000);
  assert_int_equal(rt_tokenizer_encode(t, rt__cstr(text), flags, &ids, NULL), RT_OK);
  for (size_t i = 0; i < ids.n; i++) {
    rt_slice s = t->tokens[ids.p[i]].text;
    assert_int_equal(rt__buf_printf(&got, "%s%.*s", i ? "|" : "", (int)s.n, s.p), RT_OK);
  }
  if (!rt__slice_eq(rt__buf_slice(&got), rt__cstr(want)))
    fail_msg("\"%s\" becomes \"%.*s\"", text, (int)got.n, got.p);
  rt__buf_free(&got);
  rt_ids_free(&ids);
}

static void merges_by_score(void **state)
{
  (void)state;
  rt_tokenizer *t = toy(true);
  expect(t, "", 0, "");
  expect(t, "abab", 0, B "abab");
  expect(t, "ab ab", 0, B "ab|" B "ab");
  expect(t, "b", 0, B "|b");
  expect(t, "x\xC3\xA9", 0, B "|<0x78>|<0xC3>|<0xA9>");
  expect(t, "a", RT_ENCODE_BOS, "<s>|" B "a");
  expect(t, "a<s>b", RT_ENCODE_SPECIAL, B "a|<s>|" B "|b"); /* a blank after a special token, too */
  expect(t, "<s>", 0, B "|<0x3C>|<0x73>|<0x3E>"); /* control tokens don't come from text */
  rt_tokenizer_free(t);
  t = toy(false);
  expect(t, "axb", 0, B "a|<unk>|b");
  rt_tokenizer_free(t);
}

/* ---- the plain way: letters; the best pair, leftmost first, until there is none */

typedef struct part {
  size_t at, n;
} part;

static size_t merge_plainly(const rt_tokenizer *t, const char *text, part *p, size_t n)
{
  for (;;) {
    float best = -1e9f;
    size_t where = n;
    for (size_t i = 0; i + 1 < n; i++) {
      uint32_t id = rt_tokenizer_find(t, rt__slice(text + p[i].at, p[i].n + p[i + 1].n));
      if (id != RT_TOKEN_NONE && t->tokens[id].score > best) {
        best = t->tokens[id].score;
        where = i;
      }
    }
    if (where == n)
      return n;
    p[where].n += p[where + 1].n;
    memmove(&p[where + 1], &p[where + 2], (n - where - 2) * sizeof *p);
    n--;
  }
}

static void heap_merges_like_the_plain_way(void **state)
{
  (void)state;
  rt_tokenizer *t = toy(true);
  for (uint64_t seed = 0; seed < 500; seed++) {
    rt__rng r = {seed, 0};
    char plain[64], spelt[200] = B;
    part p[64] = {{0, 3}};
    size_t n = 1, letters = rt__rng_below(&r, 30) + 1, at = 3;
    for (size_t i = 0; i < letters; i++) {
      plain[i] = "ab "[rt__rng_below(&r, 3)];
      size_t k = plain[i] == ' ' ? 3 : 1;
      memcpy(spelt + at, plain[i] == ' ' ? B : plain + i, k);
      p[n++] = (part){at, k};
      at += k;
    }
    n = merge_plainly(t, spelt, p, n);
    rt_ids ids;
    rt_ids_init(&ids, rt_alloc_default(), 1000);
    assert_int_equal(rt_tokenizer_encode(t, rt__slice(plain, letters), 0, &ids, NULL), RT_OK);
    assert_int_equal(ids.n, n);
    for (size_t i = 0; i < n; i++)
      assert_int_equal(ids.p[i], rt_tokenizer_find(t, rt__slice(spelt + p[i].at, p[i].n)));
    rt_ids_free(&ids);
  }
  rt_tokenizer_free(t);
}

static void any_bytes_come_back(void **state)
{
  (void)state;
  rt_tokenizer *t = toy(true);
  for (uint64_t seed = 0; seed < 300; seed++) {
    rt__rng r = {seed, 0};
    char text[41] = {0};
    size_t n = rt__rng_below(&r, 40);
    for (size_t i = 0; i < n; i++)
      text[i] = seed % 2 ? (char)rt__rng_below(&r, 256) : "ab \xC3\xA9"[rt__rng_below(&r, 5)];
    rt_ids ids;
    rt__buf out;
    rt_ids_init(&ids, rt_alloc_default(), 1000);
    rt__buf_init(&out, rt_alloc_default(), 1000);
    assert_int_equal(rt_tokenizer_encode(t, rt__slice(text, n), 0, &ids, NULL), RT_OK);
    assert_int_equal(rt_tokenizer_decode(t, ids.p, ids.n, false, &out), RT_OK);
    /* the letter that stands for a blank can't be told from one */
    if (!strstr(text, B))
      assert_true(rt__slice_eq(rt__buf_slice(&out), rt__slice(text, n)));
    rt__buf_free(&out);
    rt_ids_free(&ids);
  }
  rt_tokenizer_free(t);
}

static void gguf_gives_it_back(void **state)
{
  (void)state;
  char path[64];
  (void)snprintf(path, sizeof path, "/tmp/rt_test_spm_%ld.gguf", (long)getpid());
  rt_tokenizer *a = toy(true), *b;
  rt_gguf_writer *w;
  rt_gguf *g;
  assert_int_equal(rt_gguf_writer_new(rt_alloc_default(), &w, NULL), RT_OK);
  assert_int_equal(rt_tokenizer_to_gguf(a, w, TOKENS, NULL), RT_OK);
  assert_int_equal(rt_gguf_begin(w, path, NULL), RT_OK);
  assert_int_equal(rt_gguf_finish(w, NULL), RT_OK);
  rt_gguf_writer_free(w);
  assert_int_equal(rt_gguf_open(rt_alloc_default(), path, &g, NULL), RT_OK);
  assert_int_equal(rt_tokenizer_from_gguf(rt_alloc_default(), g, &b, NULL), RT_OK);
  assert_memory_equal(rt_tokenizer_hash(a), rt_tokenizer_hash(b), 32);
  assert_string_equal(rt_tokenizer_name(b), "llama");
  expect(b, "abab ab", RT_ENCODE_BOS, "<s>|" B "abab|" B "ab");
  rt_gguf_free(g);
  rt_tokenizer_free(a);
  rt_tokenizer_free(b);
  assert_int_equal(remove(path), 0);
}

static void json_gives_it_back(void **state)
{
  (void)state;
  rt_tokenizer *a = toy(true), *b;
  rt__buf json, config;
  rt__buf_init(&json, rt_alloc_default(), 1 << 20);
  rt__buf_init(&config, rt_alloc_default(), 1 << 20);
  assert_int_equal(rt_tokenizer_to_json(a, &json, &config, NULL), RT_OK);
  assert_int_equal(rt_tokenizer_from_json(rt_alloc_default(), rt__buf_slice(&json),
                                          rt__buf_slice(&config), &b, NULL),
                   RT_OK);
  assert_memory_equal(rt_tokenizer_hash(a), rt_tokenizer_hash(b), 32);
  for (uint64_t seed = 0; seed < 200;
       seed++) { /* scores were made of merges: the same ids come out */
    rt__rng r = {seed, 1};
    char text[30];
    for (size_t i = 0; i < sizeof text; i++)
      text[i] = "ab "[rt__rng_below(&r, 3)];
    rt_ids x, y;
    rt_ids_init(&x, rt_alloc_default(), 1000);
    rt_ids_init(&y, rt_alloc_default(), 1000);
    assert_int_equal(rt_tokenizer_encode(a, rt__slice(text, sizeof text), 0, &x, NULL), RT_OK);
    assert_int_equal(rt_tokenizer_encode(b, rt__slice(text, sizeof text), 0, &y, NULL), RT_OK);
    assert_int_equal(x.n, y.n);
    assert_memory_equal(x.p, y.p, x.n * sizeof *x.p);
    rt_ids_free(&x);
    rt_ids_free(&y);
  }
  rt__buf_free(&json);
  rt__buf_free(&config);
  rt_tokenizer_free(a);
  rt_tokenizer_free(b);
}

static void names_of_bytes(void **state)
{
  (void)state;
  assert_int_equal(rt__spm_byte(RT__LIT("<0x0A>")), 10);
  assert_int_equal(rt__spm_byte(RT__LIT("<0xFF>")), 255);
  static const char *const bad[] = {"<0xFG>", "<0xff>", "<0xF>", "0x0A", "<0x0A>x", ""};
  for (size_t i = 0; i < RT__ARRAY_LEN(bad); i++)
    assert_int_equal(rt__spm_byte(rt__cstr(bad[i])), -1);
  assert_int_equal(rt__spm_byte(rt__slice("<0x\0\0>", 6)), -1);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(merges_by_score),     cmocka_unit_test(heap_merges_like_the_plain_way),
      cmocka_unit_test(any_bytes_come_back), cmocka_unit_test(gguf_gives_it_back),
      cmocka_unit_test(json_gives_it_back),  cmocka_unit_test(names_of_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
