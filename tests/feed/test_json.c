/* The JSON tree against a plain recursive checker, on cases and on mutated lines. */
#include "base/hash.h"
#include "feed/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- the plain version: does the grammar accept these bytes (UTF-8 aside)? */

struct text {
  const char *p, *end;
  int depth;
};

static void blanks(struct text *t)
{
  while (t->p < t->end && strchr(" \t\r\n", *t->p) && *t->p)
    t->p++;
}

static bool plain_string(struct text *t)
{
  for (t->p++; t->p < t->end && *t->p != '"'; t->p++) {
    if ((unsigned char)*t->p < 0x20)
      return false;
    if (*t->p != '\\')
      continue;
    if (++t->p == t->end || !strchr("\"\\/bfnrtu", *t->p) || !*t->p)
      return false;
    for (int i = 0; *t->p == 'u' && i < 4; i++)
      if (t->end - t->p < 5 || !strchr("0123456789abcdefABCDEF", t->p[1 + i]) || !t->p[1 + i])
        return false;
  }
  return t->p++ < t->end;
}

static size_t run_of_digits(struct text *t)
{
  size_t n = 0;
  for (; t->p < t->end && *t->p >= '0' && *t->p <= '9'; t->p++)
    n++;
  return n;
}

static bool plain_number(struct text *t)
{
  t->p += *t->p == '-';
  bool zero = t->p < t->end && *t->p == '0';
  size_t n = run_of_digits(t);
  if (n == 0 || (zero && n > 1))
    return false;
  if (t->p < t->end && *t->p == '.') {
    t->p++;
    if (!run_of_digits(t))
      return false;
  }
  if (t->p < t->end && (*t->p | 32) == 'e') {
    t->p++;
    t->p += t->p < t->end && (*t->p == '+' || *t->p == '-');
    return run_of_digits(t) > 0;
  }
  return true;
}

static bool plain_value(struct text *t);

static bool plain_word(struct text *t, const char *word)
{
  size_t n = strlen(word);
  if ((size_t)(t->end - t->p) < n || memcmp(t->p, word, n) != 0)
    return false;
  t->p += n;
  return true;
}

static bool plain_container(struct text *t, char close)
{
  t->p++;
  blanks(t);
  if (t->p < t->end && *t->p == close)
    return t->p++, true;
  for (;;) {
    blanks(t);
    if (close == '}') {
      if (t->p == t->end || *t->p != '"' || !plain_string(t))
        return false;
      blanks(t);
      if (t->p == t->end || *t->p++ != ':')
        return false;
    }
    if (!plain_value(t))
      return false;
    if (t->p == t->end || (*t->p != ',' && *t->p != close))
      return false;
    if (*t->p++ == close)
      return true;
  }
}

static bool plain_value(struct text *t)
{
  bool ok;
  blanks(t);
  if (t->p == t->end)
    return false;
  char c = *t->p;
  if (c == '{' || c == '[') {
    if (++t->depth > RT__JSON_DEPTH_MAX)
      return false;
    ok = plain_container(t, c == '{' ? '}' : ']');
    t->depth--;
  } else if (c == '"')
    ok = plain_string(t);
  else if (c == 't' || c == 'f' || c == 'n')
    ok = plain_word(t, c == 't' ? "true" : c == 'f' ? "false" : "null");
  else
    ok = plain_number(t);
  if (ok)
    blanks(t);
  return ok;
}

static bool plain_accepts(const char *p, size_t n)
{
  struct text t = {p, p + n, 0};
  return plain_value(&t) && t.p == t.end;
}

/* ---- */

static rt__jreader *reader;

static int set_up(void **state)
{
  (void)state;
  return rt__jreader_new(rt_alloc_default(), &reader) == RT_OK ? 0 : 1;
}

static int take_down(void **state)
{
  (void)state;
  rt__jreader_free(reader);
  return 0;
}

/* the bytes in a block of exactly their size, so that a sanitizer sees a step too far */
static rt__jfault parse(const char *line, size_t n, const rt__jnode **root)
{
  static char *block;
  size_t at;
  const char *what;
  free(block);
  block = malloc(n ? n : 1);
  assert_non_null(block);
  memcpy(block, line, n);
  rt__jfault f = rt__jreader_parse(reader, block, n, root, &at, &what);
  if (f != RT__JFAULT_NONE) {
    assert_true(at <= n);
    assert_true(strlen(what) > 0);
  }
  return f;
}

static void accepts_what_is_json(void **state)
{
  static const char *const good[] = {
      "{}",
      "[]",
      " { } ",
      "0",
      "-0",
      "1e5",
      "1E+5",
      "-1.5e-3",
      "\"\"",
      "true",
      "false",
      "null",
      "[1,2,3]",
      "{\"a\":{\"b\":[{}]}}",
      "[[],[[]],{}]",
      "\"\\u00e9\\ud83e\\udd86\"",
      "\t[ 1 ,\r\n 2 ]",
      "{\"\":1}",
      "{\"a\":1,\"a\":2}",
      "123456789012345678901234567890",
      "\"\\ud800\"",
      "\"a\\\\\"",
      "[\"]\"]",
  };
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(good); i++) {
    const rt__jnode *root;
    if (parse(good[i], strlen(good[i]), &root) != RT__JFAULT_NONE)
      fail_msg("refused: %s", good[i]);
    assert_true(plain_accepts(good[i], strlen(good[i])));
  }
}

static void refuses_what_is_not(void **state)
{
  static const char *const bad[] = {
      "",
      " ",
      "{",
      "}",
      "[",
      "]",
      "{]",
      "[}",
      "[1",
      "[1,",
      "[1,]",
      "[,1]",
      "{\"a\"}",
      "{\"a\":}",
      "{\"a\":1,}",
      "{a:1}",
      "{1:1}",
      "[1 2]",
      "[1,,2]",
      "{\"a\":1 \"b\":2}",
      "{\"a\":1}}",
      "{} {}",
      "01",
      "1.",
      ".5",
      "+1",
      "-",
      "1e",
      "1e+",
      "0x1",
      "NaN",
      "Infinity",
      "tru",
      "truex",
      "nul",
      "nullnull",
      "True",
      "'a'",
      "\"a",
      "a\"",
      "\"\\x\"",
      "\"\\u12\"",
      "\"\\u12g4\"",
      "\"\\\"",
      "\"a\"b",
      "x\"a\"",
      "\"a\"\"b\"",
      "{\"a\":{\"b\":1}",
      "[\"a\":1]",
      "{\"a\",1}",
      "\"a\nb\"",
      "\"a\tb\"",
      "[1]x",
      "{\"a\":1}\x01",
      "--1",
      "1-",
      "[1}",
      "{\"a\":[1}]",
  };
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(bad); i++) {
    const rt__jnode *root;
    if (parse(bad[i], strlen(bad[i]), &root) != RT__JFAULT_BROKEN)
      fail_msg("accepted: %s", bad[i]);
    assert_false(plain_accepts(bad[i], strlen(bad[i])));
  }
}

static void tells_nul_and_utf8_apart(void **state)
{
  const rt__jnode *root;
  (void)state;
  assert_int_equal(parse("{\"a\":\"x\0y\"}", 11, &root), RT__JFAULT_NUL);
  assert_int_equal(parse("{\"a\":1\0}", 8, &root), RT__JFAULT_NUL);
  assert_int_equal(parse("{\"a\":\"\xff\"}", 9, &root), RT__JFAULT_UTF8);
  assert_int_equal(parse("{\"a\":\"\xc3\"}", 9, &root), RT__JFAULT_UTF8);
  assert_int_equal(parse("{\"a\":\"\xed\xa0\x80\"}", 11, &root),
                   RT__JFAULT_UTF8); /* a surrogate, raw */
  assert_int_equal(parse("{\"a\":\"\\u0000\"}", 14, &root), RT__JFAULT_NONE);
  assert_int_equal(root[1].n, 1);
}

static void check_string(const char *json, const char *want, size_t n)
{
  const rt__jnode *root;
  assert_int_equal(parse(json, strlen(json), &root), RT__JFAULT_NONE);
  assert_int_equal(root->kind, RT__JSTRING);
  assert_int_equal(root->n, n);
  assert_memory_equal(root->p, want, n);
}

static void decodes_escapes(void **state)
{
  (void)state;
  check_string("\"plain\"", "plain", 5);
  check_string("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 8);
  check_string("\"\\u0041\\u00e9\\u6f22\"", "A\xc3\xa9\xe6\xbc\xa2", 6);
  check_string("\"\\uD83E\\uDD86!\"", "\xf0\x9f\xa6\x86!", 5);
  /* halves of a pair, alone, doubled, in the wrong order, before something else */
  check_string("\"\\ud83e\"", "\xef\xbf\xbd", 3);
  check_string("\"\\udd86x\"", "\xef\xbf\xbdx", 4);
  check_string("\"\\ud83e\\ud83e\\udd86\"", "\xef\xbf\xbd\xf0\x9f\xa6\x86", 7);
  check_string("\"\\ud83e\\n\"", "\xef\xbf\xbd\n", 4);
  check_string("\"\\ud83e\\u0041\"",
               "\xef\xbf\xbd"
               "A",
               4);
}

static double number(const char *json)
{
  const rt__jnode *root;
  assert_int_equal(parse(json, strlen(json), &root), RT__JFAULT_NONE);
  assert_int_equal(root->kind, RT__JNUMBER);
  assert_int_equal(root->n, strlen(json));
  return root->num;
}

static void reads_numbers(void **state)
{
  (void)state;
  assert_true(number("1772352930.125") == 1772352930.125);
  assert_true(number("-0.1") == -0.1);
  assert_true(number("9007199254740993") == 9007199254740992.0);
  assert_true(number("1e400") == HUGE_VAL);
  assert_true(number("-1e400") == -HUGE_VAL);
}

static void tree_has_its_shape(void **state)
{
  const char *line = " {\"a\" : [1, {\"b\":\"x\\ty\"} ] , \"c\" : null} ";
  const rt__jnode *v;
  char compact[128];
  (void)state;
  assert_int_equal(parse(line, strlen(line), &v), RT__JFAULT_NONE);
  assert_int_equal(v->span, 6);
  assert_int_equal(v[1].kind, RT__JLIST);
  assert_int_equal(v[1].span, 4);
  assert_memory_equal(v[1].key, "a", 1);
  assert_int_equal(v[1].n, strlen("[1, {\"b\":\"x\\ty\"} ]"));
  assert_null(v[2].key);
  assert_int_equal(v[3].kind, RT__JOBJECT);
  assert_int_equal(v[4].n, 3);
  assert_int_equal(v[5].kind, RT__JNULL);
  assert_int_equal(rt__json_compact(&v[1], compact), strlen("[1,{\"b\":\"x\\ty\"}]"));
  assert_memory_equal(compact, "[1,{\"b\":\"x\\ty\"}]", strlen("[1,{\"b\":\"x\\ty\"}]"));
}

static void depth_is_bounded(void **state)
{
  const rt__jnode *root;
  char deep[20001];
  (void)state;
  for (size_t depth = RT__JSON_DEPTH_MAX - 1; depth <= RT__JSON_DEPTH_MAX + 1; depth++) {
    memset(deep, '[', depth);
    memset(deep + depth, ']', depth);
    assert_int_equal(parse(deep, 2 * depth, &root),
                     depth > RT__JSON_DEPTH_MAX ? RT__JFAULT_DEEP : RT__JFAULT_NONE);
  }
  memset(deep, '[', 20000);
  assert_int_equal(parse(deep, 20000, &root), RT__JFAULT_DEEP);
}

static void values_are_bounded(void **state)
{
  const size_t n = 2 * (RT__JSON_NODES_MAX + 10);
  const rt__jnode *root;
  char *line = malloc(n);
  (void)state;
  assert_non_null(line);
  for (size_t i = 0; i < n; i++)
    line[i] = i == 0 ? '[' : i == n - 1 ? ']' : i % 2 ? '1' : ',';
  assert_int_equal(parse(line, n, &root), RT__JFAULT_MANY);
  rt__jreader_rest(reader);
  assert_int_equal(parse("[1,2]", 5, &root), RT__JFAULT_NONE);
  assert_int_equal(root->span, 3);
  free(line);
}

/* beyond some megabytes a line is looked over before memory is taken for it */
static void huge_lines_are_bounded_too(void **state)
{
  const size_t n = (size_t)40 << 20;
  const rt__jnode *root;
  char *line = malloc(n);
  (void)state;
  assert_non_null(line);
  memset(line, '[', n);
  assert_int_equal(parse(line, n, &root), RT__JFAULT_DEEP);
  for (size_t i = 0; i < n; i++)
    line[i] = "1 "[i % 2];
  assert_int_equal(parse(line, n, &root), RT__JFAULT_MANY);
  for (size_t i = 0; i < n; i++)
    line[i] = "[],"[i % 3];
  assert_int_equal(parse(line, n, &root), RT__JFAULT_MANY);
  /* brackets, quotes and backslashes within one string are text */
  for (size_t i = 0; i < n; i++)
    line[i] = "\\\"[{,\\\\ "[i % 8];
  line[0] = '"';
  line[n - 1] = '"';
  line[1] = line[n - 2] = line[n - 3] = 'x';
  assert_int_equal(parse(line, n, &root), RT__JFAULT_NONE);
  assert_int_equal(root->kind, RT__JSTRING);
  assert_true(root->n > n / 2);
  rt__jreader_rest(reader);
  free(line);
}

static bool is_ascii(const char *p, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if ((unsigned char)p[i] > 0x7f || p[i] == 0)
      return false;
  return true;
}

/* lines one to three strokes away from good ones: both must say the same */
static void agrees_with_the_plain_version(void **state)
{
  static const char *const seeds[] = {
      "{\"id\":\"c1\",\"ts\":1772352930.5,\"ok\":true,\"none\":null,\"l\":[1,-2e3,\"x\\n\\u00e9\"]"
      "}",
      "[[\"a\\\\\",{\"b\":[]}],{},[false , 0.25]]",
      "{\"a\":\"\\ud83e\\udd86 {[\\\"]}\",\"b\":{\"c\":{\"d\":\"e\"}}}",
  };
  static const char strokes[] = "{}[]:,\"\\ \t0123456789-+.eEtrufalsn/bx\x01";
  rt__rng rng = {42, 0};
  size_t good = 0, bad = 0;
  (void)state;
  for (int round = 0; round < 200000; round++) {
    char line[256];
    const rt__jnode *root;
    const char *seed = seeds[rt__rng_below(&rng, RT__ARRAY_LEN(seeds))];
    size_t n = strlen(seed);
    memcpy(line, seed, n);
    for (uint64_t k = rt__rng_below(&rng, 3) + 1; k > 0; k--) {
      size_t at = rt__rng_below(&rng, n);
      line[at] = strokes[rt__rng_below(&rng, sizeof strokes - 1)];
      if (rt__rng_below(&rng, 4) == 0) {
        memmove(line + at, line + at + 1, n - at - 1);
        n--;
      }
    }
    bool want = plain_accepts(line, n), got = parse(line, n, &root) == RT__JFAULT_NONE;
    if (want != got && is_ascii(line, n))
      fail_msg("plain says %d, feed says %d: %.*s", want, got, (int)n, line);
    good += want;
    bad += !want;
  }
  assert_true(good > 1000 && bad > 1000);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(accepts_what_is_json),
      cmocka_unit_test(refuses_what_is_not),
      cmocka_unit_test(tells_nul_and_utf8_apart),
      cmocka_unit_test(decodes_escapes),
      cmocka_unit_test(reads_numbers),
      cmocka_unit_test(tree_has_its_shape),
      cmocka_unit_test(depth_is_bounded),
      cmocka_unit_test(values_are_bounded),
      cmocka_unit_test(huge_lines_are_bounded_too),
      cmocka_unit_test(agrees_with_the_plain_version),
  };
  return cmocka_run_group_tests(tests, set_up, take_down);
}
