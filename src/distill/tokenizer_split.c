#include "distill/tokenizer_split.h"

#include "distill/tokenizer_unicode.h"

typedef struct letter {
  uint32_t code;
  rt__uc class;
  size_t next; /* where the one behind it starts */
} letter;

static rt__uc ascii_class(uint32_t c)
{
  if ((c | 32) >= 'a' && (c | 32) <= 'z')
    return RT__UC_LETTER;
  if (c == ' ')
    return RT__UC_BLANK;
  return rt__uc_of(c);
}

static letter look(const unsigned char *p, size_t at, size_t end)
{
  if (at >= end)
    return (letter){0, RT__UC_END, end};
  if (p[at] < 0x80)
    return (letter){p[at], ascii_class(p[at]), at + 1};
  size_t n;
  uint32_t code = rt__utf8_next(p + at, end - at, &n);
  return (letter){code, rt__uc_of(code), at + n};
}

/* ---- runs of a class */

static bool is_letter(letter l)
{
  return l.class == RT__UC_LETTER;
}

static bool is_letter_or_mark(letter l)
{
  return l.class == RT__UC_LETTER || l.class == RT__UC_MARK;
}

static bool is_number(letter l)
{
  return l.class == RT__UC_NUMBER;
}

static bool is_blank(letter l)
{
  return l.class == RT__UC_BLANK;
}

/* [^\s\p{L}\p{N}] */
static bool is_other(letter l)
{
  return l.class != RT__UC_END && l.class != RT__UC_BLANK && l.class != RT__UC_LETTER &&
         l.class != RT__UC_NUMBER;
}

static bool is_other_not_mark(letter l)
{
  return is_other(l) && l.class != RT__UC_MARK;
}

static bool is_newline(letter l)
{
  return l.class == RT__UC_BLANK && (l.code == '\r' || l.code == '\n');
}

typedef bool (*is_fn)(letter l);

static size_t run(const unsigned char *p, size_t at, size_t end, is_fn is, size_t most)
{
  for (letter l = look(p, at, end); most-- && is(l); l = look(p, at, end))
    at = l.next;
  return at;
}

/* ` ?X+`: an optional blank, then a run */
static size_t spaced_run(const unsigned char *p, size_t at, size_t end, is_fn is)
{
  size_t from = at < end && p[at] == ' ' ? at + 1 : at;
  size_t to = run(p, from, end, is, SIZE_MAX);
  return to > from ? to : at;
}

/* `'s|'t|'re|'ve|'m|'ll|'d`, in either case if fold */
static size_t contraction(const unsigned char *p, size_t at, size_t end, bool fold)
{
  static const char *const tails[] = {"s", "t", "re", "ve", "m", "ll", "d"};
  if (p[at] != '\'')
    return at;
  for (size_t i = 0; i < RT__ARRAY_LEN(tails); i++) {
    size_t n = strlen(tails[i]), k = 0;
    while (k < n && at + 1 + k < end && (p[at + 1 + k] | (fold ? 32 : 0)) == tails[i][k])
      k++;
    if (k == n)
      return at + 1 + n;
  }
  return at;
}

/* `\s+(?!\S)|\s+`: all blanks, but the last of several is left to the word behind them */
static size_t blanks(const unsigned char *p, size_t at, size_t end)
{
  size_t last = at, to = at;
  for (letter l = look(p, at, end); is_blank(l); l = look(p, to, end)) {
    last = to;
    to = l.next;
  }
  return to < end && last > at ? last : to;
}

/* `\s*[\r\n]+`: blanks up to the last newline among them */
static size_t blanks_to_newline(const unsigned char *p, size_t at, size_t end)
{
  size_t to = at, found = at;
  for (letter l = look(p, at, end); is_blank(l); l = look(p, to, end)) {
    to = l.next;
    if (is_newline(l))
      found = to;
  }
  return found;
}

/* ---- matchers */

/* 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+ */
static size_t gpt2(const unsigned char *p, size_t at, size_t end)
{
  static const is_fn runs[] = {is_letter, is_number, is_other};
  size_t to = contraction(p, at, end, false);
  for (size_t i = 0; i < RT__ARRAY_LEN(runs) && to == at; i++)
    to = spaced_run(p, at, end, runs[i]);
  return to > at ? to : blanks(p, at, end);
}

/* [^\r\n\p{L}\p{N}]?\p{L}+ */
static size_t led_word(const unsigned char *p, size_t at, size_t end, is_fn word)
{
  letter first = look(p, at, end);
  if (word(first))
    return run(p, at, end, word, SIZE_MAX);
  if (is_newline(first) || is_number(first) || is_letter(first))
    return at;
  size_t to = run(p, first.next, end, word, SIZE_MAX);
  return to > first.next ? to : at;
}

/* (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|
 * ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+| \s+(?!\S)|\s+  with at most `digits` numbers together */
static size_t modern(const unsigned char *p, size_t at, size_t end, size_t digits, is_fn word,
                     is_fn other)
{
  size_t to = contraction(p, at, end, true);
  if (to == at)
    to = led_word(p, at, end, word);
  if (to == at)
    to = run(p, at, end, is_number, digits);
  if (to == at) {
    to = spaced_run(p, at, end, other);
    if (to > at)
      to = run(p, to, end, is_newline, SIZE_MAX);
  }
  if (to == at)
    to = blanks_to_newline(p, at, end);
  return to > at ? to : blanks(p, at, end);
}

static size_t llama3(const unsigned char *p, size_t at, size_t end)
{
  return modern(p, at, end, 3, is_letter, is_other);
}

static size_t qwen2(const unsigned char *p, size_t at, size_t end)
{
  return modern(p, at, end, 1, is_letter, is_other);
}

/* as qwen2, with marks among the letters */
static size_t qwen35(const unsigned char *p, size_t at, size_t end)
{
  return modern(p, at, end, 1, is_letter_or_mark, is_other_not_mark);
}

/* \p{N} */
static size_t one_number(const unsigned char *p, size_t at, size_t end)
{
  return run(p, at, end, is_number, 1);
}

/* \p{N}+ */
static size_t numbers(const unsigned char *p, size_t at, size_t end)
{
  return run(p, at, end, is_number, SIZE_MAX);
}

/* [0-9][0-9][0-9] */
static size_t three_digits(const unsigned char *p, size_t at, size_t end)
{
  if (end - at < 3)
    return at;
  for (size_t i = 0; i < 3; i++)
    if (p[at + i] < '0' || p[at + i] > '9')
      return at;
  return at + 3;
}

static bool is_mark_of(letter l, const char *more)
{
  return l.class == RT__UC_PUNCT ||
         (l.class != RT__UC_END && l.code && l.code < 0x80 && strchr(more, (int)l.code));
}

/* [\p{P}\$\+<=>\^~\|]  and the same with a backtick */
static bool is_stop(letter l)
{
  return is_mark_of(l, "$+<=>^~|");
}

static bool is_stop_or_tick(letter l)
{
  return is_mark_of(l, "$+<=>^~|`");
}

static size_t stops(const unsigned char *p, size_t at, size_t end)
{
  return run(p, at, end, is_stop, SIZE_MAX);
}

static size_t stops_or_ticks(const unsigned char *p, size_t at, size_t end)
{
  return run(p, at, end, is_stop_or_tick, SIZE_MAX);
}

/* ---- the table */

static const rt__pre table[] = {
    {"gpt-2", {gpt2}, false, false},
    {"smollm", {one_number, gpt2}, false, false},
    {"llama-bpe", {llama3}, true, true},
    {"qwen2", {qwen2}, false, false},
    {"qwen35", {qwen35}, false, false},
    {"default", {stops, gpt2, numbers, three_digits}, false, false},
    {"falcon", {stops_or_ticks, gpt2, three_digits}, false, false},
    /* other names of the same */
    {"starcoder", {one_number, gpt2}, false, false},
    {"refact", {one_number, gpt2}, false, false},
    {"command-r", {one_number, gpt2}, false, false},
    {"codeshell", {one_number, gpt2}, false, false},
    {"phi-2", {gpt2}, false, false},
    {"mpt", {gpt2}, false, false},
    {"olmo", {gpt2}, false, false},
    {"llama3", {llama3}, true, true},
    {"llama-v3", {llama3}, true, true},
    {"falcon3", {llama3}, true, true},
    {"dbrx", {llama3}, false, false},
    {"smaug-bpe", {llama3}, false, false},
    {"stablelm2", {qwen2}, false, false},
    {"deepseek-r1-qwen", {qwen2}, false, false},
};

size_t rt__pre_count(void)
{
  return RT__ARRAY_LEN(table);
}

const rt__pre *rt__pre_at(size_t i)
{
  return i < RT__ARRAY_LEN(table) ? &table[i] : NULL;
}

const rt__pre *rt__pre_find(rt_slice name)
{
  for (size_t i = 0; i < RT__ARRAY_LEN(table); i++)
    if (rt__slice_eq(name, rt__cstr(table[i].name)))
      return &table[i];
  return NULL;
}

static bool same_steps(const rt__matcher *a, const rt__matcher *b)
{
  for (size_t i = 0; i < RT__PRE_STEPS_MAX; i++) {
    if (a[i] != b[i])
      return false;
    if (!a[i])
      break;
  }
  return true;
}

const rt__pre *rt__pre_same(const rt__pre *pre)
{
  size_t i = 0;
  while (!same_steps(table[i].steps, pre->steps)) /* pre is a row, so it ends */
    i++;
  return &table[i];
}

const rt__pre *rt__pre_of_steps(const rt__matcher *steps, bool ignore_merges)
{
  for (size_t i = 0; i < RT__ARRAY_LEN(table); i++)
    if (same_steps(table[i].steps, steps) && table[i].ignore_merges == ignore_merges)
      return &table[i];
  return NULL;
}

/* ---- regular expressions, as tokenizer.json spells them */

#define CASELESS "(?i:'s|'t|'re|'ve|'m|'ll|'d)|"
#define TAIL     "[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

static const struct {
  rt__matcher matcher;
  const char *regex;
} spellings[] = {
    {gpt2, "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"},
    {llama3, CASELESS "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+" TAIL},
    {qwen2, CASELESS "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+" TAIL},
    {qwen35,
     CASELESS "[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+" TAIL},
    {one_number, "\\p{N}"},
    {numbers, "\\p{N}+"},
    {three_digits, "[0-9][0-9][0-9]"},
    {stops, "[\\p{P}\\$\\+<=>\\^~\\|]+"},
    {stops_or_ticks, "[\\p{P}\\$\\+<=>\\^~\\|`]+"},
};

const char *rt__matcher_regex(rt__matcher m)
{
  for (size_t i = 0; i < RT__ARRAY_LEN(spellings); i++)
    if (spellings[i].matcher == m)
      return spellings[i].regex;
  return NULL;
}

rt__matcher rt__matcher_find(rt_slice regex)
{
  for (size_t i = 0; i < RT__ARRAY_LEN(spellings); i++)
    if (rt__slice_eq(regex, rt__cstr(spellings[i].regex)))
      return spellings[i].matcher;
  return NULL;
}

/* ---- cutting */

typedef struct cutter {
  const rt__pre *pre;
  const unsigned char *p;
  rt__piece_fn fn;
  void *ctx;
} cutter;

static rt_code cut(const cutter *c, size_t step, size_t from, size_t to)
{
  if (from == to)
    return RT_OK;
  if (step == RT__PRE_STEPS_MAX || !c->pre->steps[step])
    return c->fn(c->ctx, rt__slice(c->p + from, to - from));
  size_t gap = from;
  rt_code code = RT_OK;
  for (size_t at = from; at < to && code == RT_OK;) {
    size_t end = c->pre->steps[step](c->p, at, to);
    if (end == at) {
      at = look(c->p, at, to).next;
      continue;
    }
    code = cut(c, step + 1, gap, at);
    if (code == RT_OK)
      code = cut(c, step + 1, at, end);
    gap = at = end;
  }
  return code == RT_OK ? cut(c, step + 1, gap, to) : code;
}

rt_code rt__pre_split(const rt__pre *pre, rt_slice text, rt__piece_fn fn, void *ctx)
{
  cutter c = {pre, (const unsigned char *)text.p, fn, ctx};
  return cut(&c, 0, 0, text.n);
}
