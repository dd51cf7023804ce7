#include "digest/text.h"

#define PIECE_MAX                                                                                  \
  512 /* bytes of a piece that are hashed; a longer one is cut by words before that */

/* the part of a long text that is read */
static size_t spans(rt_slice text, rt_slice out[2])
{
  if (text.n <= RT__TEXT_HEAD + RT__TEXT_TAIL) {
    out[0] = text;
    return 1;
  }
  out[0] = rt__slice(text.p, RT__TEXT_HEAD);
  out[1] = rt__slice(text.p + text.n - RT__TEXT_TAIL, RT__TEXT_TAIL);
  return 2;
}

/* ---- chunks */

typedef struct ring {
  uint32_t *out;
  size_t max, head, n; /* the first `head` stay, the rest is a ring of the latest */
  size_t tail_at;
} ring;

static void ring_add(ring *r, uint32_t h)
{
  for (size_t i = 0; i < r->n; i++)
    if (r->out[i] == h)
      return;
  if (r->n < r->max) {
    r->out[r->n++] = h;
    return;
  }
  r->out[r->head + r->tail_at] = h;
  r->tail_at = (r->tail_at + 1) % (r->max - r->head);
}

/* the ring part back into text order */
static void ring_finish(ring *r)
{
  uint32_t tmp[RT_CHUNKS_MAX];
  size_t len = r->max - r->head;
  if (r->n < r->max || r->tail_at == 0)
    return;
  memcpy(tmp, r->out + r->head, len * sizeof *tmp);
  for (size_t i = 0; i < len; i++)
    r->out[r->head + i] = tmp[(r->tail_at + i) % len];
}

typedef struct piece {
  char p[PIECE_MAX + 1];
  size_t n, words;
  bool in_digits, in_blank;
} piece;

static void piece_put(piece *w, unsigned char c)
{
  bool blank = c == ' ' || c == '\t' || c == '\r';
  bool digit = c >= '0' && c <= '9';
  if (blank) {
    w->words += !w->in_blank && w->n > 1;
    w->in_blank = true;
    return;
  }
  if (digit && w->in_digits && !w->in_blank)
    return;
  if (w->in_blank && w->n > 1 && w->n < PIECE_MAX)
    w->p[w->n++] = ' ';
  w->in_blank = false;
  w->in_digits = digit;
  if (w->n < PIECE_MAX)
    w->p[w->n++] = digit ? '0' : c >= 'A' && c <= 'Z' ? (char)(c + 32) : (char)c;
}

static void piece_end(const rt__textkeys *k, char tag, piece *w, ring *r)
{
  if (w->n >= RT__CHUNK_MIN + 1)
    ring_add(r, (uint32_t)rt__sip(k->chunk, 1, 3, w->p, w->n));
  w->p[0] = tag;
  w->n = 1;
  w->words = 0;
  w->in_digits = w->in_blank = false;
}

/* 0, or the length of a full stop at p after which a piece ends */
static size_t stop_at(const unsigned char *p, size_t left)
{
  if (p[0] == '\n')
    return 1;
  if ((p[0] == '.' || p[0] == '!' || p[0] == '?' || p[0] == ':') && left > 1 &&
      (p[1] == ' ' || p[1] == '\n' || p[1] == '\t'))
    return 1;
  if (left >= 3 && p[0] == 0xE3 && p[1] == 0x80 && p[2] == 0x82) /* ideographic full stop */
    return 3;
  if (left >= 3 && p[0] == 0xEF && p[1] == 0xBC && (p[2] == 0x81 || p[2] == 0x9F || p[2] == 0x9A))
    return 3; /* full-width ! ? : */
  return 0;
}

size_t rt__text_chunks(const rt__textkeys *k, char tag, rt_slice text, uint32_t *out, size_t max)
{
  if (max > RT_CHUNKS_MAX)
    max = RT_CHUNKS_MAX;
  ring r = {.out = out, .max = max, .head = max * 3 / 4};
  piece w;
  rt_slice part[2];
  w.n = 0;
  piece_end(k, tag, &w, &r);
  size_t parts = spans(text, part);
  for (size_t s = 0; s < parts; s++) {
    const unsigned char *p = (const unsigned char *)part[s].p;
    for (size_t i = 0; i < part[s].n; i++) {
      size_t stop = stop_at(p + i, part[s].n - i);
      if (stop == 0 || p[i] != '\n')
        piece_put(&w, p[i]);
      if (stop || w.words >= RT__CHUNK_WORDS)
        piece_end(k, tag, &w, &r);
      i += stop > 1 ? stop - 1 : 0;
    }
    piece_end(k, tag, &w, &r);
  }
  ring_finish(&r);
  return r.n;
}

/* ---- words */

typedef struct draw {
  uint64_t rank;
  uint32_t word;
} draw;

/* a heap of the `max` smallest ranks, largest on top; distinct words */
typedef struct sample {
  draw d[RT_WORDS_MAX];
  size_t n, max;
} sample;

static void sift_down(sample *s, size_t i)
{
  for (;;) {
    size_t big = i, l = 2 * i + 1;
    if (l < s->n && s->d[l].rank > s->d[big].rank)
      big = l;
    if (l + 1 < s->n && s->d[l + 1].rank > s->d[big].rank)
      big = l + 1;
    if (big == i)
      return;
    draw t = s->d[i];
    s->d[i] = s->d[big];
    s->d[big] = t;
    i = big;
  }
}

static void sample_add(sample *s, uint64_t rank, uint32_t word)
{
  if (s->n == s->max && rank >= s->d[0].rank)
    return;
  for (size_t i = 0; i < s->n; i++)
    if (s->d[i].word == word)
      return;
  if (s->n < s->max) {
    s->d[s->n++] = (draw){rank, word};
    for (size_t i = s->n / 2; s->n == s->max && i-- > 0;)
      sift_down(s, i);
    return;
  }
  s->d[0] = (draw){rank, word};
  sift_down(s, 0);
}

/* ranks are hash times this, by letters of the word: the inverse of its weight */
static uint64_t rarity(size_t letters)
{
  static const uint8_t factor[] = {20, 20, 20, 6, 2};
  return letters < sizeof factor ? factor[letters] : 1;
}

#define WORD_MAX 24 /* bytes of a word that count */

typedef struct word {
  char p[WORD_MAX];
  size_t n;
} word;

static void word_end(const rt__textkeys *k, word *w, sample *s, uint64_t factor)
{
  if (w->n) {
    uint64_t h = rt__sip(k->word, 1, 3, w->p, w->n);
    sample_add(s, (h >> 24 & 0xffffffff) * factor, (uint32_t)h & 0xffffff);
  }
  w->n = 0;
}

static bool is_word(unsigned char c)
{
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c >= 0x80;
}

/* Chinese, Japanese and Korean write without blanks: pairs of characters stand in for words */
static bool is_ideograph(const unsigned char *p, size_t left)
{
  return left >= 3 && p[0] >= 0xE3 && p[0] <= 0xED && (p[1] & 0xC0) == 0x80 &&
         (p[2] & 0xC0) == 0x80;
}

static void add_ideographs(const rt__textkeys *k, const unsigned char *p, size_t left, sample *s)
{
  if (left >= 6 && is_ideograph(p + 3, left - 3)) {
    word w = {.n = 6};
    memcpy(w.p, p, 6);
    word_end(k, &w, s, 1);
  }
}

static void scan_words(const rt__textkeys *k, rt_slice text, sample *s)
{
  const unsigned char *p = (const unsigned char *)text.p;
  word w = {.n = 0};
  for (size_t i = 0; i < text.n; i++) {
    unsigned char c = p[i] >= 'A' && p[i] <= 'Z' ? (unsigned char)(p[i] + 32) : p[i];
    if (is_ideograph(p + i, text.n - i)) {
      word_end(k, &w, s, rarity(w.n));
      add_ideographs(k, p + i, text.n - i, s);
      i += 2;
    } else if (!is_word(c)) {
      word_end(k, &w, s, rarity(w.n));
    } else if (w.n < WORD_MAX) {
      w.p[w.n++] = (char)c;
    }
  }
  word_end(k, &w, s, rarity(w.n));
}

size_t rt__text_words(const rt__textkeys *k, rt_slice text, uint32_t *out, size_t max)
{
  sample s = {.n = 0, .max = max > RT_WORDS_MAX ? RT_WORDS_MAX : max};
  rt_slice part[2];
  size_t parts = spans(text, part);
  for (size_t i = 0; i < parts && s.max; i++)
    scan_words(k, part[i], &s);
  for (size_t i = 0; i < s.n; i++)
    out[i] = s.d[i].word;
  for (size_t i = 1; i < s.n; i++) /* few and nearly random: insertion is as good as any */
    for (size_t j = i; j > 0 && out[j - 1] > out[j]; j--) {
      uint32_t t = out[j];
      out[j] = out[j - 1];
      out[j - 1] = t;
    }
  return s.n;
}
