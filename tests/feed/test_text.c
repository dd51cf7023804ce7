/* Marks of loggers, joined pieces, known fields. */
#include "feed/field.h"
#include "feed/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void check(rt__text_state want, const char *text)
{
  if (rt__text_state_of(rt__cstr(text)) != want)
    fail_msg("%s is not taken as %d", text, want);
}

static void marks_are_known(void **state)
{
  static const char *const blanked[] = {
      "redacted-by-litellm",
      "[REDACTED]",
      " [Redacted]\n",
      "<redacted>",
      "***",
      "********",
      "REDACTED",
      "[Filtered]",
      "{redacted}",
      "<omitted>",
      "[truncated]",
  };
  static const char *const cut[] = {
      "It was a dark and ... [truncated]",
      "It was (truncated 120 chars)",
      "It was <truncated>",
      "It was [...truncated 1200 characters]",
      "abc [12 chars truncated]  ",
      "a text that was kept in part and then goes on ... (litellm_truncated 99 chars) and its tail",
  };
  static const char *const good[] = {
      "redact this text",
      "what does [REDACTED] mean?",
      "**",
      "a*b*c",
      "xxx",
      "###",
      "[1] see above",
      "(sic)",
      "f(x) = (x)",
      "why is it truncated",
      "explain [truncation]",
      "the word redacted",
      "->",
      "a > b",
      ")",
      "]",
      ">",
      "truncated)",
      "list<string>",
      "*** note ***",
      "litellm_truncated is a word in this long text, and nothing more",
  };
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(blanked); i++)
    check(RT__TEXT_BLANKED, blanked[i]);
  for (size_t i = 0; i < RT__ARRAY_LEN(cut); i++)
    check(RT__TEXT_CUT, cut[i]);
  for (size_t i = 0; i < RT__ARRAY_LEN(good); i++)
    check(RT__TEXT_GOOD, good[i]);
  check(RT__TEXT_EMPTY, "");
  check(RT__TEXT_EMPTY, " \t\r\n");
}

static void pieces_join(void **state)
{
  rt__pieces p;
  rt__arena *arena;
  rt_slice out;
  (void)state;
  rt__pieces_init(&p, rt_alloc_default());
  assert_int_equal(rt__arena_new(rt_alloc_default(), 1 << 20, &arena), RT_OK);
  assert_int_equal(rt__pieces_join(&p, 0, 0, arena, &out), RT_OK);
  assert_null(out.p);
  static const char *const words[] = {"pear", "apple", "", "app"};
  for (size_t i = 0; i < RT__ARRAY_LEN(words); i++)
    assert_int_equal(rt__pieces_add(&p, rt__cstr(words[i])), RT_OK);
  assert_int_equal(rt__pieces_join(&p, 1, 2, arena, &out), RT_OK);
  assert_ptr_equal(out.p, words[1]); /* one piece is not copied */
  assert_int_equal(rt__pieces_join(&p, 0, 4, arena, &out), RT_OK);
  assert_true(rt__slice_eq(out, RT__LIT("pear\napple\n\napp")));
  rt__pieces_sort(&p);
  assert_int_equal(rt__pieces_join(&p, 0, 4, arena, &out), RT_OK);
  assert_true(rt__slice_eq(out, RT__LIT("\napp\napple\npear")));
  rt__arena_free(arena);
  rt__pieces_free(&p);
}

static void every_row_is_found(void **state)
{
  static const rt__field rows[] = {
      {"a", 0, RT__JANY},      {"b", 1, RT__JANY},        {"ab", 2, RT__JANY},
      {"ba", 3, RT__JANY},     {"aa", 4, RT__JANY},       {"account", 5, RT__JANY},
      {"acount", 6, RT__JANY}, {"accounts", 7, RT__JANY},
  };
  rt__fields f;
  (void)state;
  rt__fields_init(&f, rows, RT__ARRAY_LEN(rows));
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    assert_ptr_equal(rt__fields_find(&f, rows[i].name, strlen(rows[i].name)), &rows[i]);
  assert_null(rt__fields_find(&f, "", 0));
  assert_null(rt__fields_find(&f, "c", 1));
  assert_null(rt__fields_find(&f, "accountx", 7 + 1));
}

static int wrongs;
static void count_wrong(void *ctx, const rt__field *row, const rt__jnode *v)
{
  (void)ctx;
  (void)row;
  (void)v;
  wrongs++;
}

static void last_of_equal_keys_wins(void **state)
{
  static const rt__field rows[] = {
      {"a", 0, RT__JNUMBER}, {"b", 1, RT__JSTRING}, {"c", 2, RT__JNUMBER}};
  const char *line = "{\"b\":1,\"a\":1,\"c\":3,\"x\":[{\"a\":7}],\"a\":2,\"c\":null}";
  const rt__jnode *root, *slots[3];
  rt__fields f;
  rt__jreader *r;
  size_t at;
  const char *what;
  (void)state;
  rt__fields_init(&f, rows, RT__ARRAY_LEN(rows));
  assert_int_equal(rt__jreader_new(rt_alloc_default(), &r), RT_OK);
  assert_int_equal(rt__jreader_parse(r, line, strlen(line), &root, &at, &what), RT__JFAULT_NONE);
  rt__fields_gather(&f, root, slots, 3, count_wrong, NULL);
  assert_true(slots[0]->num == 2);
  assert_null(slots[1]); /* of a wrong kind */
  assert_null(slots[2]); /* null is missing */
  assert_int_equal(wrongs, 1);
  rt__jreader_free(r);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(marks_are_known), cmocka_unit_test(pieces_join),
      cmocka_unit_test(every_row_is_found), cmocka_unit_test(last_of_equal_keys_wins)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
