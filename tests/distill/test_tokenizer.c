/* Where each pre-tokenizer cuts, what special tokens do, that files give back the same tokenizer,
 * and which files are refused. Equality with the references on 100,000 lines is the job of
 * tests/peers/distill. */
#include "distill/bpe_train.h"
#include "distill/tokenizer_in.h"
#include "distill/tokenizer_unicode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- cutting */

static rt_code join_piece(void *ctx, rt_slice piece)
{
  rt__buf *b = ctx;
  rt_code code = b->n ? rt__buf_add(b, "|", 1) : RT_OK;
  return code ? code : rt__buf_add(b, piece.p, piece.n);
}

static void cuts(const char *pre, const char *text, const char *want)
{
  rt__buf b;
  rt__buf_init(&b, rt_alloc_default(), 4096);
  const rt__pre *row = rt__pre_find(rt__cstr(pre));
  assert_non_null(row);
  assert_int_equal(rt__pre_split(row, rt__cstr(text), join_piece, &b), RT_OK);
  if (!rt__slice_eq(rt__buf_slice(&b), rt__cstr(want)))
    fail_msg("%s: \"%s\" is cut into \"%.*s\"", pre, text, (int)b.n, b.p);
  rt__buf_free(&b);
}

static void pre_tokenizers_cut(void **state)
{
  (void)state;
  static const char *const rows[][3] = {
      {"gpt-2", "Hello world, it's 2026!", "Hello| world|,| it|'s| 2026|!"},
      {"gpt-2", "a   b\n\n c", "a|  | b|\n\n| c"},
      {"gpt-2", "IT'S we'll", "IT|'|S| we|'ll"},
      {"gpt-2", "tail  ", "tail|  "},
      {"gpt-2", "\xC3\xA9t\xC3\xA9 \xC2\xBD+\xE2\x82\xAC",
       "\xC3\xA9t\xC3\xA9| \xC2\xBD|+\xE2\x82\xAC"},
      {"smollm", "in 2026", "in| |2|0|2|6"},
      {"smollm", "x12 y", "x|1|2| y"},
      {"llama-bpe", "IT'S 12345,\n ok", "IT|'S| |123|45|,\n| ok"},
      {"llama-bpe", "(word)  x\r\n\r\ny", "(word|)| | x|\r\n\r\n|y"},
      {"llama-bpe", "a \n b", "a| \n| b"},
      {"qwen2", "12a", "1|2|a"},
      {"qwen2", "e\xCC\x81o", "e|\xCC\x81o"},
      {"qwen35", "e\xCC\x81o", "e\xCC\x81o"},
      {"default", "a 12345+b!c", "a| |123|45|+|b|!|c"},
      {"falcon", "x`12345", "x|`|123|45"},
      {"gpt-2", "", ""},
  };
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    cuts(rows[i][0], rows[i][1], rows[i][2]);
  assert_null(rt__pre_find(RT__LIT("klingon")));
}

/* pieces are the text, for any bytes; every matcher ends */
static rt_code add_piece(void *ctx, rt_slice piece)
{
  assert_true(piece.n > 0);
  return rt__buf_add(ctx, piece.p, piece.n);
}

static void pieces_are_the_text(void **state)
{
  (void)state;
  rt__buf b;
  rt__buf_init(&b, rt_alloc_default(), 4096);
  for (size_t row = 0; row < rt__pre_count(); row++)
    for (uint64_t seed = 0; seed < 100; seed++) {
      rt__rng r = {seed, row};
      char text[100];
      size_t n = rt__rng_below(&r, sizeof text);
      for (size_t i = 0; i < n; i++)
        text[i] =
            seed % 2 ? (char)rt__rng_below(&r, 256) : "a1 \n'.\xC2\xA0\r"[rt__rng_below(&r, 9)];
      rt__buf_clear(&b);
      assert_int_equal(rt__pre_split(rt__pre_at(row), rt__slice(text, n), add_piece, &b), RT_OK);
      assert_true(rt__slice_eq(rt__buf_slice(&b), rt__slice(text, n)));
    }
  rt__buf_free(&b);
}

static void every_row_has_a_regex_for_every_step(void **state)
{
  (void)state;
  for (size_t row = 0; row < rt__pre_count(); row++) {
    const rt__pre *pre = rt__pre_at(row);
    for (size_t i = 0; i < RT__PRE_STEPS_MAX && pre->steps[i]; i++) {
      const char *regex = rt__matcher_regex(pre->steps[i]);
      assert_non_null(regex);
      assert_true(rt__matcher_find(rt__cstr(regex)) == pre->steps[i]);
    }
  }
}

/* ---- Unicode */

static void utf8_round_trip(void **state)
{
  (void)state;
  for (uint32_t code = 0; code < 0x110000; code++) {
    unsigned char bytes[4];
    size_t n;
    if (code >= 0xD800 && code < 0xE000)
      continue;
    size_t written = rt__utf8_put(code, bytes);
    assert_int_equal(rt__utf8_next(bytes, written, &n), code);
    assert_int_equal(n, written);
    for (size_t cut = 1; cut < written; cut++) {
      assert_int_equal(rt__utf8_next(bytes, cut, &n), 0xFFFD);
      assert_int_equal(n, 1);
    }
  }
}

static void broken_utf8_is_taken_byte_by_byte(void **state)
{
  (void)state;
  static const char *const bad[] = {
      "\x80",         "\xC0\x80",         "\xC1\xBF",         "\xE0\x80\x80",
      "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF",
      "\xE2\x28\xA1"};
  for (size_t i = 0; i < RT__ARRAY_LEN(bad); i++) {
    size_t n;
    assert_int_equal(rt__utf8_next((const unsigned char *)bad[i], strlen(bad[i]), &n), 0xFFFD);
    assert_int_equal(n, 1);
  }
}

static void classes_of_code_points(void **state)
{
  (void)state;
  static const struct {
    uint32_t code;
    rt__uc class;
  } rows[] = {{'a', RT__UC_LETTER},    {'Z', RT__UC_LETTER},     {'0', RT__UC_NUMBER},
              {' ', RT__UC_BLANK},     {'\n', RT__UC_BLANK},     {'\t', RT__UC_BLANK},
              {'!', RT__UC_PUNCT},     {'$', RT__UC_SYMBOL},     {0, RT__UC_OTHER},
              {0x85, RT__UC_BLANK},    {0xA0, RT__UC_BLANK},     {0xAA, RT__UC_LETTER},
              {0xBD, RT__UC_NUMBER},   {0x301, RT__UC_MARK},     {0x3000, RT__UC_BLANK},
              {0x4E00, RT__UC_LETTER}, {0x200B, RT__UC_OTHER},   {0x1F600, RT__UC_SYMBOL},
              {0x2167, RT__UC_NUMBER}, {0x2EBF0, RT__UC_LETTER}, {0x1C, RT__UC_OTHER},
              {0xE000, RT__UC_OTHER},  {0x10FFFF, RT__UC_OTHER}, {0x661, RT__UC_NUMBER}};
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    assert_int_equal(rt__uc_of(rows[i].code), rows[i].class);
  assert_string_equal(rt__uc_version(), "15.1.0");
}

/* ---- a tokenizer with special tokens */

static const rt_slice specials[] = {{"<|end|>", 7}, {"<|im|>", 6}, {"<|im|>x", 7}};

static rt_tokenizer *small(const char *pre)
{
  rt_bpe_trainer *tr;
  rt_tokenizer *t;
  rt_bpe_options o = {.vocab = 290, .pre = pre, .specials = specials, .n_specials = 3};
  assert_int_equal(rt_bpe_trainer_new(rt_alloc_default(), &o, &tr, NULL), RT_OK);
  for (int i = 0; i < 3; i++)
    assert_int_equal(
        rt_bpe_trainer_add(tr, RT__LIT("the cat and the hat, the mat and a bat 12 12"), NULL),
        RT_OK);
  assert_int_equal(rt_bpe_trainer_finish(tr, &t, NULL), RT_OK);
  rt_bpe_trainer_free(tr);
  return t;
}

static void ids_of(const rt_tokenizer *t, const char *text, unsigned flags, rt_ids *ids)
{
  rt_ids_init(ids, rt_alloc_default(), 1000);
  assert_int_equal(rt_tokenizer_encode(t, rt__cstr(text), flags, ids, NULL), RT_OK);
}

static void special_tokens_only_when_asked_for(void **state)
{
  (void)state;
  rt_tokenizer *t = small("gpt-2");
  rt_ids ids;
  ids_of(t, "a<|im|>b", 0, &ids);
  for (size_t i = 0; i < ids.n; i++)
    assert_false(rt_tokenizer_special(t, ids.p[i]));
  rt_ids_free(&ids);
  ids_of(t, "a<|im|>b", RT_ENCODE_SPECIAL, &ids);
  assert_int_equal(ids.n, 3);
  assert_int_equal(ids.p[1], 1);
  rt_ids_free(&ids);
  ids_of(t, "<|im|>x", RT_ENCODE_SPECIAL, &ids); /* the longest wins */
  assert_int_equal(ids.n, 1);
  assert_int_equal(ids.p[0], 2);
  rt_ids_free(&ids);
  rt_tokenizer_free(t);
}

static void decoding_leaves_control_tokens_out(void **state)
{
  (void)state;
  rt_tokenizer *t = small("gpt-2");
  rt_ids ids;
  rt__buf out;
  rt__buf_init(&out, rt_alloc_default(), 1000);
  ids_of(t, "the<|im|> cat", RT_ENCODE_SPECIAL, &ids);
  assert_int_equal(rt_tokenizer_decode(t, ids.p, ids.n, false, &out), RT_OK);
  assert_true(rt__slice_eq(rt__buf_slice(&out), RT__LIT("the cat")));
  rt__buf_clear(&out);
  assert_int_equal(rt_tokenizer_decode(t, ids.p, ids.n, true, &out), RT_OK);
  assert_true(rt__slice_eq(rt__buf_slice(&out), RT__LIT("the<|im|> cat")));
  const uint32_t outside = 290;
  assert_int_equal(rt_tokenizer_decode(t, &outside, 1, true, &out), RT_E_ARG);
  rt__buf_free(&out);
  rt_ids_free(&ids);
  rt_tokenizer_free(t);
}

static void too_many_ids_are_refused(void **state)
{
  (void)state;
  rt_tokenizer *t = small("gpt-2");
  rt_ids ids;
  rt_error err;
  rt_ids_init(&ids, rt_alloc_default(), 2);
  assert_int_equal(rt_tokenizer_encode(t, RT__LIT("q w e r t y"), 0, &ids, &err), RT_E_LIMIT);
  rt_ids_free(&ids);
  rt_tokenizer_free(t);
}

/* ---- files */

static void make_path(char *path, size_t n)
{
  (void)snprintf(path, n, "/tmp/rt_test_tokenizer_%ld.gguf", (long)getpid());
}

static rt_code read_back(rt_gguf_writer *w, rt_tokenizer **t, rt_error *err)
{
  char path[64];
  make_path(path, sizeof path);
  rt_gguf *g;
  *t = NULL;
  assert_int_equal(rt_gguf_begin(w, path, NULL), RT_OK);
  assert_int_equal(rt_gguf_finish(w, NULL), RT_OK);
  rt_gguf_writer_free(w);
  assert_int_equal(rt_gguf_open(rt_alloc_default(), path, &g, NULL), RT_OK);
  rt_code code = rt_tokenizer_from_gguf(rt_alloc_default(), g, t, err);
  rt_gguf_free(g);
  assert_int_equal(remove(path), 0);
  return code;
}

static void gguf_gives_it_back(void **state)
{
  (void)state;
  for (size_t row = 0; row < rt__pre_count(); row++) {
    rt_tokenizer *a = small(rt__pre_at(row)->name), *b;
    rt_gguf_writer *w;
    assert_int_equal(rt_gguf_writer_new(rt_alloc_default(), &w, NULL), RT_OK);
    assert_int_equal(rt_tokenizer_to_gguf(a, w, 300, NULL), RT_OK); /* 10 rows more than tokens */
    assert_int_equal(read_back(w, &b, NULL), RT_OK);
    assert_memory_equal(rt_tokenizer_hash(a), rt_tokenizer_hash(b), 32);
    assert_int_equal(rt_tokenizer_size(b), 300);
    assert_string_equal(rt_tokenizer_name(b), rt__pre_at(row)->name);
    assert_int_equal(rt_tokenizer_eos(b), 0);
    rt_tokenizer_free(a);
    rt_tokenizer_free(b);
  }
}

static void json_gives_it_back(void **state)
{
  (void)state;
  for (size_t row = 0; row < rt__pre_count(); row++) {
    rt_tokenizer *a = small(rt__pre_at(row)->name), *b;
    rt__buf json, config;
    rt_error err = {0};
    rt__buf_init(&json, rt_alloc_default(), 1 << 20);
    rt__buf_init(&config, rt_alloc_default(), 1 << 20);
    assert_int_equal(rt_tokenizer_to_json(a, &json, &config, NULL), RT_OK);
    if (rt_tokenizer_from_json(rt_alloc_default(), rt__buf_slice(&json), rt__buf_slice(&config), &b,
                               &err))
      fail_msg("%s: %s", rt__pre_at(row)->name, err.message);
    assert_memory_equal(rt_tokenizer_hash(a), rt_tokenizer_hash(b), 32);
    assert_int_equal(rt_tokenizer_bos(b), rt_tokenizer_bos(a));
    assert_int_equal(rt_tokenizer_eos(b), rt_tokenizer_eos(a));
    rt_tokenizer_free(a);
    rt_tokenizer_free(b);
    rt__buf_free(&json);
    rt__buf_free(&config);
  }
}

static void a_tokenizer_that_doesnt_fit(void **state)
{
  (void)state;
  rt_tokenizer *t = small("gpt-2");
  rt_gguf_writer *w;
  rt_error err;
  uint32_t n = rt_tokenizer_size(t);
  assert_int_equal(rt_tokenizer_fits(t, n, &err), RT_OK);
  assert_int_equal(rt_tokenizer_fits(t, n - 1, &err), RT_E_ARG);
  assert_non_null(strstr(err.message, "rows"));
  assert_int_equal(rt_gguf_writer_new(rt_alloc_default(), &w, NULL), RT_OK);
  assert_int_equal(rt_tokenizer_to_gguf(t, w, n - 1, &err), RT_E_ARG);
  rt_gguf_writer_free(w);
  rt_tokenizer_free(t);
}

/* ---- refusals: a vocabulary a, b, ab, <e>, changed in one place */

typedef struct parts {
  const char *model, *pre;
  rt_slice tokens[4], merges[1];
  int32_t types[4];
  size_t n_types;
  uint32_t eos;
} parts;

static parts fine(void)
{
  return (parts){.model = "gpt2",
                 .pre = "gpt-2",
                 .tokens = {RT__LIT("a"), RT__LIT("b"), RT__LIT("ab"), RT__LIT("<e>")},
                 .merges = {RT__LIT("a b")},
                 .types = {1, 1, 1, 3},
                 .n_types = 4,
                 .eos = 3};
}

static rt_code read_parts(const parts *p, rt_tokenizer **t, rt_error *err)
{
  rt_gguf_writer *w;
  assert_int_equal(rt_gguf_writer_new(rt_alloc_default(), &w, NULL), RT_OK);
  rt_gguf_put_str(w, "tokenizer.ggml.model", rt__cstr(p->model));
  if (p->pre)
    rt_gguf_put_str(w, "tokenizer.ggml.pre", rt__cstr(p->pre));
  rt_gguf_put_strs(w, "tokenizer.ggml.tokens", p->tokens, 4);
  rt_gguf_put_strs(w, "tokenizer.ggml.merges", p->merges, 1);
  rt_gguf_put_i32s(w, "tokenizer.ggml.token_type", p->types, p->n_types);
  rt_gguf_put_u32(w, "tokenizer.ggml.eos_token_id", p->eos);
  return read_back(w, t, err);
}

static void refused(const parts *p, const char *word)
{
  rt_tokenizer *t;
  rt_error err = {0};
  assert_int_not_equal(read_parts(p, &t, &err), RT_OK);
  assert_null(t);
  if (!strstr(err.message, word))
    fail_msg("\"%s\" doesn't say \"%s\"", err.message, word);
}

static void files_that_are_refused(void **state)
{
  (void)state;
  rt_tokenizer *t;
  parts p = fine();
  assert_int_equal(read_parts(&p, &t, NULL), RT_OK);
  rt_tokenizer_free(t);
  p = fine();
  p.pre = "klingon";
  refused(&p, "\"klingon\"");
  p = fine();
  p.pre = NULL;
  refused(&p, "doesn't name its pre-tokenizer");
  p = fine();
  p.model = "t5";
  refused(&p, "\"t5\"");
  p = fine();
  p.tokens[1] = RT__LIT("a");
  refused(&p, "spelt alike");
  p = fine();
  p.merges[0] = RT__LIT("a c");
  refused(&p, "merge 0");
  p = fine();
  p.merges[0] = RT__LIT("b a"); /* both are tokens, "ba" isn't */
  refused(&p, "merge 0");
  p = fine();
  p.merges[0] = RT__LIT("ab");
  refused(&p, "two words");
  p = fine();
  p.n_types = 3;
  refused(&p, "as long as the vocabulary");
  p = fine();
  p.types[2] = 9;
  refused(&p, "type");
  p = fine();
  p.eos = 4;
  refused(&p, "outside the vocabulary");
}

static void json_that_is_refused(void **state)
{
  (void)state;
  static const char *const rows[][2] = {
      {"", "not JSON"},
      {"{}", "no vocabulary"},
      {"{\"model\":{\"type\":\"Unigram\",\"vocab\":{\"a\":0}}}", "Unigram"},
      {"{\"model\":{\"vocab\":{\"a\":0,\"a\":1}}}", "not JSON"},
      {"{\"model\":{\"vocab\":{\"a\":0},\"merges\":[]},\"pre_tokenizer\":{\"type\":\"Whitespace\"}"
       "}",
       "Whitespace"},
      {"{\"model\":{\"vocab\":{\"a\":0},\"merges\":[]},\"normalizer\":{\"type\":\"Lowercase\"}}",
       "Lowercase"},
      {"{\"model\":{\"vocab\":{\"a\":0},\"merges\":[]},\"pre_tokenizer\":{\"type\":\"Split\","
       "\"pattern\":"
       "{\"Regex\":\"x+\"},\"behavior\":\"Isolated\",\"invert\":false}}",
       "x+"},
      {"{\"model\":{\"vocab\":{\"a\":99999999},\"merges\":[]},\"pre_tokenizer\":{\"type\":"
       "\"ByteLevel\"}}",
       "id of a token"},
      {"{\"model\":{\"vocab\":{\"a\":0,\"b\":0},\"merges\":[]},\"pre_tokenizer\":{\"type\":"
       "\"ByteLevel\"}}",
       "two words"},
      {"{\"model\":{\"vocab\":{\"a\":0}},\"pre_tokenizer\":{\"type\":\"ByteLevel\"}}", "merges"},
      {"{\"model\":{\"vocab\":{\"a\":0},\"merges\":[3]},\"pre_tokenizer\":{\"type\":\"ByteLevel\"}"
       "}",
       "two words"},
  };
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    rt_tokenizer *t = NULL;
    rt_error err = {0};
    assert_int_not_equal(
        rt_tokenizer_from_json(rt_alloc_default(), rt__cstr(rows[i][0]), (rt_slice){0}, &t, &err),
        RT_OK);
    assert_null(t);
    if (!strstr(err.message, rows[i][1]))
      fail_msg("\"%s\" doesn't say \"%s\"", err.message, rows[i][1]);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(pre_tokenizers_cut),
      cmocka_unit_test(pieces_are_the_text),
      cmocka_unit_test(every_row_has_a_regex_for_every_step),
      cmocka_unit_test(utf8_round_trip),
      cmocka_unit_test(broken_utf8_is_taken_byte_by_byte),
      cmocka_unit_test(classes_of_code_points),
      cmocka_unit_test(special_tokens_only_when_asked_for),
      cmocka_unit_test(decoding_leaves_control_tokens_out),
      cmocka_unit_test(too_many_ids_are_refused),
      cmocka_unit_test(gguf_gives_it_back),
      cmocka_unit_test(json_gives_it_back),
      cmocka_unit_test(a_tokenizer_that_doesnt_fit),
      cmocka_unit_test(files_that_are_refused),
      cmocka_unit_test(json_that_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
