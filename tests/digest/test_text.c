/* From texts to chunks and sketches of words: how they are cut and folded, what of a text counts,
 * and what can be read off two sketches. */
#include "digest/text.h"
#include "support/small_world.h"

static const rt__textkeys keys = {.chunk = {1, 2}, .word = {3, 4}};

static size_t chunks(const char *text, uint32_t *out)
{
  return rt__text_chunks(&keys, 's', slice_of(text), out, RT_CHUNKS_MAX);
}

/* the chunk of a text that is one piece */
static uint32_t chunk(const char *text)
{
  uint32_t c[RT_CHUNKS_MAX];
  assert_int_equal(chunks(text, c), 1);
  return c[0];
}

static size_t words(const char *text, uint32_t *out)
{
  return rt__text_words(&keys, slice_of(text), out, RT_WORDS_MAX);
}

/* ---- chunks */

static void test_sentences_and_lines(void **state)
{
  (void)state;
  static const struct {
    const char *text, *piece[5];
  } rows[] = {
      {"One short sentence. Another one follows!", {"One short sentence.", "Another one follows!"}},
      {"Is this a question? It is: look at it", {"Is this a question?", "It is: look at it"}},
      {"a line of text\nanother line", {"a line of text", "another line"}},
      {"a line of text\r\nanother line\r\n", {"a line of text", "another line"}},
      {"version 3.14 costs 9.99 euros", {"version 3.14 costs 9.99 euros"}}, /* no blank behind */
      {"\n\n  a line of text  \n\n", {"a line of text"}},
      {"the end of it.", {"the end of it."}},
      {"天地玄黄宇宙洪荒。日月盈昃辰宿列张！", {"天地玄黄宇宙洪荒。", "日月盈昃辰宿列张！"}},
      {"寒来暑往秋收冬藏？闰余成岁律吕调阳：是", {"寒来暑往秋收冬藏？", "闰余成岁律吕调阳："}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    uint32_t got[RT_CHUNKS_MAX];
    size_t n = chunks(rows[i].text, got), k = 0;
    for (; k < 5 && rows[i].piece[k]; k++) {
      assert_true(k < n);
      /* "It is:" is short, and cut off: a piece may itself be cut again */
      uint32_t own[RT_CHUNKS_MAX];
      size_t m = chunks(rows[i].piece[k], own);
      assert_int_equal(got[k], own[m - 1]);
    }
    assert_int_equal(n, k);
  }
}

static void test_what_is_folded(void **state)
{
  (void)state;
  uint32_t c = chunk("Answer question 17 in 250 words");
  assert_int_equal(chunk("ANSWER Question 4 in 9999999 words"), c);
  assert_int_equal(chunk("  Answer\tquestion  17 in 250   words "), c);
  assert_int_not_equal(chunk("Answer question no in 250 words"), c);
  assert_int_not_equal(chunk("Answer question 17 in 250words"), c);
  assert_int_not_equal(chunk("Answer question 17 in 250 words!"), c);
  assert_int_not_equal(chunk("Answer question 1 7 in 250 words"), c); /* two numbers */
  assert_int_not_equal(chunk("éèà answer"), chunk("ÉÈÀ answer"));     /* ASCII alone is folded */
}

static void test_namespaces_and_keys(void **state)
{
  (void)state;
  rt__textkeys other = {.chunk = {9, 2}, .word = {9, 4}};
  uint32_t a[RT_CHUNKS_MAX], b[RT_CHUNKS_MAX];
  rt_slice t = slice_of("Answer the question in verse");
  assert_int_equal(rt__text_chunks(&keys, 's', t, a, 1), 1);
  assert_int_equal(rt__text_chunks(&keys, 'u', t, b, 1), 1);
  assert_int_not_equal(a[0], b[0]);
  assert_int_equal(rt__text_chunks(&other, 's', t, b, 1), 1);
  assert_int_not_equal(a[0], b[0]);
  size_t n = rt__text_words(&keys, t, a, RT_WORDS_MAX),
         m = rt__text_words(&other, t, b, RT_WORDS_MAX);
  assert_int_equal(n, m);
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < m; k++)
      assert_int_not_equal(a[i], b[k]);
}

static void test_short_and_long_pieces(void **state)
{
  (void)state;
  uint32_t c[RT_CHUNKS_MAX], head[RT_CHUNKS_MAX];
  assert_int_equal(chunks("", c), 0);
  assert_int_equal(chunks("Yes. No. Go on.", c), 0); /* below RT__CHUNK_MIN each */
  assert_int_equal(chunks("123456789", c), 0);
  assert_int_equal(chunks("abcdefghi", c), 0);
  assert_int_equal(chunks("abcdefghij", c), 1);
  /* 60 words without a stop: cut after every RT__CHUNK_WORDS */
  char text[WORLD_TXT];
  luck r = {1};
  words_text(&r, 0, 300000, 60, text, sizeof text);
  size_t n = chunks(text, c);
  assert_int_equal(n, (60 + RT__CHUNK_WORDS - 1) / RT__CHUNK_WORDS);
  text[RT__CHUNK_WORDS * 7] = 0; /* six letters and a blank each */
  assert_int_equal(chunks(text, head), 1);
  assert_int_equal(head[0], c[0]);
}

/* a word without end: what lies beyond the first bytes of a piece is not looked at */
static void test_endless_word(void **state)
{
  (void)state;
  static char a[20000], b[20000];
  uint32_t c[RT_CHUNKS_MAX], d[RT_CHUNKS_MAX];
  memset(a, 'x', sizeof a - 1);
  memset(b, 'x', sizeof b - 1);
  memset(b + 9000, 'y', 5000);
  assert_int_equal(chunks(a, c), 1);
  assert_int_equal(chunks(b, d), 1);
  assert_int_equal(c[0], d[0]);
}

static void sentence(unsigned k, char *out, size_t room)
{
  char w[12];
  word_text(k, w);
  snprintf(out, room, "This sentence is about %s. ", w);
}

/* of many sentences the first three quarters of the room and the last quarter stay, in order */
static void test_head_and_tail(void **state)
{
  (void)state;
  for (unsigned n = 1; n <= 150; n = n < 60 ? n + 1 : n + 17)
    for (size_t max = 4; max <= RT_CHUNKS_MAX; max *= 2) {
      char text[150 * 48] = "", one[48];
      uint32_t got[RT_CHUNKS_MAX];
      for (unsigned k = 0; k < n; k++) {
        sentence(k, one, sizeof one);
        strcat(text, one);
      }
      size_t m = rt__text_chunks(&keys, 's', slice_of(text), got, max), head = max * 3 / 4;
      assert_int_equal(m, n < max ? n : max);
      for (size_t i = 0; i < m; i++) {
        sentence((unsigned)(i < head || n <= max ? i : n - m + i), one, sizeof one);
        assert_int_equal(got[i], chunk(one));
      }
    }
}

static void test_said_twice_counts_once(void **state)
{
  (void)state;
  uint32_t c[RT_CHUNKS_MAX];
  assert_int_equal(chunks("Say it again. Say it again. And stop now. Say it again.", c), 2);
  assert_int_equal(c[0], chunk("Say it again."));
  assert_int_equal(c[1], chunk("And stop now."));
}

/* ---- words */

static void assert_sketch(const uint32_t *w, size_t n)
{
  assert_true(n <= RT_WORDS_MAX);
  for (size_t i = 0; i < n; i++)
    assert_true(w[i] < 1u << 24 && (i == 0 || w[i] > w[i - 1]));
}

static void test_words_are_a_set(void **state)
{
  (void)state;
  uint32_t a[RT_WORDS_MAX], b[RT_WORDS_MAX];
  size_t n = words("Harbour lanterns guide wooden boats", a);
  assert_int_equal(n, 5);
  assert_sketch(a, n);
  assert_int_equal(words("boats! BOATS, (lanterns) harbour... wooden-guide\nguide", b), 5);
  assert_memory_equal(a, b, n * sizeof *a);
  assert_int_equal(words("snake_case is1word", b), 2); /* one with its stroke, one with its digit */
  assert_int_equal(words("... !? -- ()", b), 0);
  assert_int_equal(rt__text_words(&keys, slice_of("harbour"), b, 0), 0);
}

static void test_long_words_by_their_head(void **state)
{
  (void)state;
  uint32_t a[RT_WORDS_MAX], b[RT_WORDS_MAX];
  assert_int_equal(words("abcdefghijklmnopqrstuvwxyz", a), 1);
  assert_int_equal(words("abcdefghijklmnopqrstuvwxyzandmore", b), 1);
  assert_int_equal(a[0], b[0]);
}

/* Chinese, Japanese, Korean: pairs of characters are the words */
static void test_pairs_of_characters(void **state)
{
  (void)state;
  uint32_t a[RT_WORDS_MAX], b[RT_WORDS_MAX];
  assert_int_equal(words("港口的灯笼", a), 4);
  assert_int_equal(words("港口", b), 1);
  bool in = false;
  for (int i = 0; i < 4; i++)
    in |= a[i] == b[0];
  assert_true(in);
  assert_int_equal(words("灯", b), 0);                  /* one alone is no pair */
  assert_int_equal(words("lanterns灯笼harbour", b), 3); /* and words end where pairs begin */
  assert_int_equal(words("항구의 등불", b), 3);         /* 항구 구의 등불 */
}

/* ---- sketches of one key are coordinated */

static bool in_sketch(const uint32_t *w, size_t n, uint32_t word)
{
  for (size_t i = 0; i < n; i++)
    if (w[i] == word)
      return true;
  return false;
}

/* n distinct words from `from` on, in any order */
static void some_words(luck *r, unsigned from, unsigned n, char *out, size_t room)
{
  size_t order[400], at = 0;
  for (size_t i = 0; i < n; i++)
    order[i] = from + i;
  luck_shuffle(r, order, n);
  for (size_t i = 0; i < n; i++) {
    char w[12];
    word_text((unsigned)order[i], w);
    at += (size_t)snprintf(out + at, room - at, "%s ", w);
  }
  assert_true(at < room);
}

/* Jaccard index read off the sketches of a and b: of the sketch of the union, which is the lowest
 * of both, the share that both hold */
static double estimate(const char *a, const char *b)
{
  uint32_t x[RT_WORDS_MAX], y[RT_WORDS_MAX], z[RT_WORDS_MAX];
  char both[8000];
  snprintf(both, sizeof both, "%s %s", a, b);
  size_t n = words(a, x), m = words(b, y), k = words(both, z), shared = 0;
  assert_int_equal(k, RT_WORDS_MAX);
  for (size_t i = 0; i < k; i++) {
    bool in_a = in_sketch(x, n, z[i]), in_b = in_sketch(y, m, z[i]);
    assert_true(in_a || in_b); /* drawn of the union: then drawn of each part that has it */
    shared += in_a && in_b;
  }
  return (double)shared / (double)k;
}

static void test_jaccard_from_sketches(void **state)
{
  (void)state;
  enum { N = 200, TRIES = 150 };
  luck r = {3};
  for (unsigned common = 0; common <= N; common += 50) {
    double sum = 0, want = (double)common / (2 * N - common);
    for (unsigned t = 0; t < TRIES; t++) {
      char a[4000], b[4000];
      some_words(&r, t * 600, N, a, sizeof a);
      some_words(&r, t * 600 + N - common, N, b, sizeof b);
      sum += estimate(a, b);
    }
    double sd = sqrt(want * (1 - want) / RT_WORDS_MAX / TRIES);
    assert_true(fabs(sum / TRIES - want) <= 4 * sd + 1e-9);
  }
}

/* each of the words is drawn as often as another */
static void test_sketch_is_fair(void **state)
{
  (void)state;
  enum { N = 160, TRIES = 600 };
  char text[4000];
  double hits[N] = {0};
  luck r = {4};
  some_words(&r, 0, N, text, sizeof text);
  for (uint64_t t = 0; t < TRIES; t++) {
    rt__textkeys k = {.word = {t, 77}};
    uint32_t w[RT_WORDS_MAX], one;
    size_t n = rt__text_words(&k, slice_of(text), w, RT_WORDS_MAX);
    assert_sketch(w, n);
    for (unsigned i = 0; i < N; i++) {
      char word[12];
      word_text(i, word);
      assert_int_equal(rt__text_words(&k, slice_of(word), &one, 1), 1);
      hits[i] += in_sketch(w, n, one);
    }
  }
  double p = (double)RT_WORDS_MAX / N, sd = sqrt(TRIES * p * (1 - p));
  for (int i = 0; i < N; i++)
    assert_true(fabs(hits[i] - TRIES * p) < 5 * sd);
}

static void test_smaller_sketch_is_part_of_larger(void **state)
{
  (void)state;
  char text[4000];
  uint32_t all[RT_WORDS_MAX], few[RT_WORDS_MAX];
  luck r = {5};
  some_words(&r, 0, 200, text, sizeof text);
  size_t n = words(text, all);
  for (size_t max = 1; max < RT_WORDS_MAX; max += 6) {
    size_t m = rt__text_words(&keys, slice_of(text), few, max);
    assert_int_equal(m, max);
    for (size_t i = 0; i < m; i++)
      assert_true(in_sketch(all, n, few[i]));
  }
}

/* short words carry least: half of the words are of three letters, few of the sketch are */
static void test_short_words_are_drawn_rarely(void **state)
{
  (void)state;
  char text[4000] = "", word[16];
  for (unsigned i = 0; i < 120; i++) {
    snprintf(word, sizeof word, "%c%c%c ", 'a' + i / 11, 'k' + i % 11, 'q');
    strcat(text, word);
    word_text(i, word);
    strcat(text, word);
    strcat(text, " ");
  }
  uint32_t all[RT_WORDS_MAX], one;
  size_t n = words(text, all), few = 0;
  for (unsigned i = 0; i < 120; i++) {
    snprintf(word, sizeof word, "%c%c%c", 'a' + i / 11, 'k' + i % 11, 'q');
    assert_int_equal(rt__text_words(&keys, slice_of(word), &one, 1), 1);
    few += in_sketch(all, n, one);
  }
  assert_int_equal(n, RT_WORDS_MAX);
  assert_true(few < RT_WORDS_MAX / 4);
}

/* ---- any bytes, any length */

static void test_any_bytes(void **state)
{
  (void)state;
  luck r = {6};
  for (int i = 0; i < 3000; i++) {
    unsigned char *t = malloc(300); /* exact sizes, so that a sanitizer sees a step too far */
    size_t n = luck_below(&r, 300);
    t = realloc(t, n ? n : 1);
    for (size_t k = 0; k < n; k++)
      t[k] = i % 3 == 0 ? (unsigned char)luck_next(&r)
                        : (unsigned char)"\xE3\x80\x82\xEF\xBC\x81 .\na7Z"[luck_below(&r, 12)];
    uint32_t c[RT_CHUNKS_MAX], w[RT_WORDS_MAX];
    rt_slice s = {(char *)t, n};
    size_t m = rt__text_chunks(&keys, 'u', s, c, RT_CHUNKS_MAX);
    assert_true(m <= RT_CHUNKS_MAX);
    for (size_t a = 0; a < m; a++)
      for (size_t b = 0; b < a; b++)
        assert_int_not_equal(c[a], c[b]);
    assert_sketch(w, rt__text_words(&keys, s, w, RT_WORDS_MAX));
    free(t);
  }
}

/* A hundred megabytes, two thousand times over: done in a blink, or not before the day is over. */
static void test_huge_text(void **state)
{
  (void)state;
  size_t n = (size_t)100 << 20;
  char *t = calloc(n, 1); /* pages that nobody touches cost nothing */
  uint32_t c[2][RT_CHUNKS_MAX], w[2][RT_WORDS_MAX];
  size_t nc[2], nw[2];
  assert_non_null(t);
  memcpy(t, "The beginning of it all. ", 25);
  memcpy(t + n - 14, "\nthe very end.", 14);
  for (int i = 0; i < 1000; i++)
    for (int k = 0; k < 2; k++) {
      if (i == 999 && k == 1)
        memcpy(t + n / 2, "Words in the middle that nobody reads.", 38);
      nc[k] = rt__text_chunks(&keys, 's', (rt_slice){t, n}, c[k], RT_CHUNKS_MAX);
      nw[k] = rt__text_words(&keys, (rt_slice){t, n}, w[k], RT_WORDS_MAX);
    }
  assert_int_equal(nc[0], nc[1]);
  assert_int_equal(nw[0], nw[1]);
  assert_memory_equal(c[0], c[1], nc[0] * 4);
  assert_memory_equal(w[0], w[1], nw[0] * 4);
  assert_int_equal(c[0][0], chunk("The beginning of it all."));
  assert_int_equal(c[0][nc[0] - 1], chunk("the very end."));
  free(t);
}

/* texts beyond head and tail: the end counts, and no piece reaches over the gap */
static void test_gap_between_head_and_tail(void **state)
{
  (void)state;
  size_t n = RT__TEXT_HEAD + RT__TEXT_TAIL + 1;
  char *t = malloc(n);
  uint32_t c[RT_CHUNKS_MAX];
  memset(t, '\n', n);
  memcpy(t + RT__TEXT_HEAD - 12, "left of gap,", 12);
  memcpy(t + RT__TEXT_HEAD + 1, "right of gap", 12);
  assert_int_equal(rt__text_chunks(&keys, 's', (rt_slice){t, n}, c, RT_CHUNKS_MAX), 2);
  assert_int_equal(c[0], chunk("left of gap,"));
  assert_int_equal(c[1], chunk("right of gap"));
  /* one byte less, and there is no gap */
  memmove(t + RT__TEXT_HEAD, t + RT__TEXT_HEAD + 1, 12);
  t[RT__TEXT_HEAD + 12] = '\n';
  assert_int_equal(rt__text_chunks(&keys, 's', (rt_slice){t, n - 1}, c, RT_CHUNKS_MAX), 1);
  assert_int_equal(c[0], chunk("left of gap,right of gap"));
  free(t);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_sentences_and_lines),
      cmocka_unit_test(test_what_is_folded),
      cmocka_unit_test(test_namespaces_and_keys),
      cmocka_unit_test(test_short_and_long_pieces),
      cmocka_unit_test(test_endless_word),
      cmocka_unit_test(test_head_and_tail),
      cmocka_unit_test(test_said_twice_counts_once),
      cmocka_unit_test(test_words_are_a_set),
      cmocka_unit_test(test_long_words_by_their_head),
      cmocka_unit_test(test_pairs_of_characters),
      cmocka_unit_test(test_jaccard_from_sketches),
      cmocka_unit_test(test_sketch_is_fair),
      cmocka_unit_test(test_smaller_sketch_is_part_of_larger),
      cmocka_unit_test(test_short_words_are_drawn_rarely),
      cmocka_unit_test(test_any_bytes),
      cmocka_unit_test(test_huge_text),
      cmocka_unit_test(test_gap_between_head_and_tail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
