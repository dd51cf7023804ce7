#include "world/cluster.h"

#include "world/dist.h"

#define DIMS   4096 /* hashed words */
#define WORDS  24   /* kept of one text: the rarest */
#define READ   160  /* words read of one text */
#define ROUNDS 4

typedef struct bag {
  uint16_t word[WORDS];
  uint16_t n;
} bag;

typedef struct work {
  const rt_alloc *alloc;
  bag *bags;
  uint32_t n, topics;
  double idf[DIMS];
  uint32_t df[DIMS];
  double *centre; /* topics x DIMS */
} work;

static bool is_letter(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* hashed words of four letters or more, each once; returns their number */
static uint32_t words_of(rt_slice s, uint16_t out[READ])
{
  uint32_t n = 0;
  for (size_t i = 0; i < s.n && n < READ;) {
    uint64_t h = 0;
    size_t from = i;
    for (; i < s.n && is_letter(s.p[i]); i++)
      h = rt__mix2(h, (uint64_t)(unsigned char)s.p[i] | 32);
    if (i - from >= 4) {
      uint16_t w = (uint16_t)(h % DIMS);
      uint32_t k = 0;
      while (k < n && out[k] != w)
        k++;
      n = k == n ? (out[n] = w, n + 1) : n;
    }
    i += i == from;
  }
  return n;
}

static void count(work *w, const rt_slice *text)
{
  uint16_t words[READ];
  for (uint32_t i = 0; i < w->n; i++) {
    uint32_t n = words_of(text[i], words);
    for (uint32_t k = 0; k < n; k++)
      w->df[words[k]]++;
  }
  for (uint32_t d = 0; d < DIMS; d++)
    w->idf[d] = w->df[d] > 1 ? rt__ln((double)w->n / w->df[d]) : 0;
}

/* the WORDS rarest of the words that other texts have too */
static void keep_rarest(const work *w, const uint16_t *words, uint32_t n, bag *b)
{
  for (uint32_t k = 0; k < n; k++) {
    if (w->df[words[k]] < 2)
      continue;
    uint32_t at = b->n < WORDS ? b->n++ : WORDS;
    for (; at > 0 && w->df[b->word[at - 1]] > w->df[words[k]]; at--)
      if (at < WORDS)
        b->word[at] = b->word[at - 1];
    if (at < WORDS)
      b->word[at] = words[k];
  }
}

static uint32_t nearest(const work *w, const bag *b)
{
  uint32_t best = 0;
  double top = -1;
  for (uint32_t t = 0; t < w->topics; t++) {
    const double *c = w->centre + (size_t)t * DIMS;
    double sum = 0;
    for (uint32_t k = 0; k < b->n; k++)
      sum += w->idf[b->word[k]] * c[b->word[k]];
    if (sum > top) {
      top = sum;
      best = t;
    }
  }
  return best;
}

static void add_bag(const work *w, const bag *b, double *c)
{
  for (uint32_t k = 0; k < b->n; k++)
    c[b->word[k]] += w->idf[b->word[k]];
}

static void normalise(work *w)
{
  for (uint32_t t = 0; t < w->topics; t++) {
    double *c = w->centre + (size_t)t * DIMS, sum = 1e-9;
    for (uint32_t d = 0; d < DIMS; d++)
      sum += c[d] * c[d];
    double by = rt__exp(-0.5 * rt__ln(sum));
    for (uint32_t d = 0; d < DIMS; d++)
      c[d] *= by;
  }
}

static void iterate(work *w, uint8_t *topic)
{
  for (uint32_t i = 0; i < w->n; i++) {
    uint64_t t = rt__draw(1, i, 0, 0) % w->topics; /* some texts as first centres */
    if (rt__draw(2, i, 0, 0) % (w->n / w->topics / 6 + 1) == 0)
      add_bag(w, &w->bags[i], w->centre + t * DIMS);
  }
  normalise(w);
  for (int round = 0; round < ROUNDS; round++) {
    for (uint32_t i = 0; i < w->n; i++)
      topic[i] = (uint8_t)nearest(w, &w->bags[i]);
    memset(w->centre, 0, (size_t)w->topics * DIMS * sizeof *w->centre);
    for (uint32_t i = 0; i < w->n; i++)
      add_bag(w, &w->bags[i], w->centre + (size_t)topic[i] * DIMS);
    normalise(w);
  }
}

rt_code rt__cluster(const rt_alloc *a, const rt_slice *text, uint32_t n, uint32_t topics,
                    uint8_t *topic)
{
  uint16_t words[READ];
  work *w = rt__calloc(a, 1, sizeof *w);
  if (!w)
    return RT_E_NOMEM;
  *w = (work){.alloc = a, .n = n, .topics = topics};
  w->bags = rt__calloc(a, n, sizeof *w->bags);
  w->centre = rt__calloc(a, (size_t)topics * DIMS, sizeof *w->centre);
  rt_code c = w->bags && w->centre ? RT_OK : RT_E_NOMEM;
  if (c == RT_OK && n) {
    count(w, text);
    for (uint32_t i = 0; i < n; i++)
      keep_rarest(w, words, words_of(text[i], words), &w->bags[i]);
    iterate(w, topic);
  }
  rt__free(a, w->bags, n * sizeof *w->bags);
  rt__free(a, w->centre, (size_t)topics * DIMS * sizeof *w->centre);
  rt__free(a, w, sizeof *w);
  return c;
}
