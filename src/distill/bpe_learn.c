/* bpe_learn - pairs are counted once; a merge then touches only the words that hold it.
 *
 * A heap holds (count, pair); counts that fell since are put back when they come up. tests/distill
 * hold this against counting anew before every merge. */
#include "distill/bpe_train_in.h"

#define NONE UINT32_MAX

typedef struct place { /* a word in which a pair was seen */
  uint32_t word;
  struct place *next;
} place;

typedef struct pair {
  uint32_t left, right;
  uint64_t count;
  place *places;
  bool touched; /* grew in this merge, so the heap must hear of it */
} pair;

typedef struct candidate {
  uint64_t count;
  uint32_t left, right, pair;
} candidate;

typedef struct learner {
  const rt_alloc *alloc;
  const rt__word *words;
  size_t n_words;
  uint32_t *symbols, *starts, *lengths; /* of each word; symbols shrink in place */
  rt__map index;                        /* left << 32 | right -> pair + 1 */
  rt__buf pairs, heap, touched;
  rt__arena *arena, *scratch;
  rt__map spellings; /* hash of bytes -> id + 1 */
  rt_slice *texts;   /* by id */
  uint32_t n_ids;
  rt_code code;
} learner;

static pair *pair_at(learner *l, uint64_t i)
{
  return (pair *)(void *)l->pairs.p + i;
}

/* ---- heap of candidates: the most frequent first, then the smaller ids */

static bool before(const candidate *a, const candidate *b)
{
  if (a->count != b->count)
    return a->count > b->count;
  return a->left != b->left ? a->left < b->left : a->right < b->right;
}

static void push(learner *l, uint32_t i)
{
  const pair *p = pair_at(l, i);
  candidate c = {p->count, p->left, p->right, i};
  if (l->code == RT_OK)
    l->code = rt__buf_add(&l->heap, &c, sizeof c);
  if (l->code)
    return;
  candidate *h = (candidate *)(void *)l->heap.p;
  size_t at = l->heap.n / sizeof c - 1;
  for (; at > 0 && before(&c, &h[(at - 1) / 2]); at = (at - 1) / 2)
    h[at] = h[(at - 1) / 2];
  h[at] = c;
}

static candidate pop(learner *l)
{
  candidate *h = (candidate *)(void *)l->heap.p, top = h[0];
  size_t n = l->heap.n / sizeof *h - 1, at = 0;
  candidate c = h[n];
  l->heap.n -= sizeof *h;
  for (size_t child = 1; child < n; child = 2 * at + 1) {
    if (child + 1 < n && before(&h[child + 1], &h[child]))
      child++;
    if (!before(&h[child], &c))
      break;
    h[at] = h[child];
    at = child;
  }
  h[at] = c;
  return top;
}

/* ---- counts */

static uint32_t pair_index(learner *l, uint32_t left, uint32_t right)
{
  bool fresh = false;
  uint64_t *v = rt__map_put(&l->index, (uint64_t)left << 32 | right, &fresh);
  if (!v) {
    l->code = RT_E_LIMIT;
    return NONE;
  }
  if (fresh) {
    pair p = {.left = left, .right = right};
    l->code = rt__buf_add(&l->pairs, &p, sizeof p);
    *v = l->pairs.n / sizeof p;
  }
  return l->code ? NONE : (uint32_t)(*v - 1);
}

static void remember(learner *l, pair *p, uint32_t word)
{
  if (p->places && p->places->word == word)
    return;
  place *at = rt__arena_take(l->scratch, sizeof *at);
  if (!at) {
    l->code = RT_E_LIMIT;
    return;
  }
  *at = (place){word, p->places};
  p->places = at;
}

/* a pair of neighbours appeared in a word */
static uint32_t gain(learner *l, uint32_t word, uint32_t left, uint32_t right)
{
  uint32_t i = l->code ? NONE : pair_index(l, left, right);
  if (i == NONE)
    return i;
  pair_at(l, i)->count += l->words[word].count;
  remember(l, pair_at(l, i), word);
  return i;
}

static void lose(learner *l, uint32_t word, uint32_t left, uint32_t right)
{
  const uint64_t *v = rt__map_get(&l->index, (uint64_t)left << 32 | right);
  if (v)
    pair_at(l, *v - 1)->count -= l->words[word].count;
}

static void count_all(learner *l)
{
  for (uint32_t w = 0; w < l->n_words; w++) {
    const uint32_t *s = l->symbols + l->starts[w];
    for (uint32_t i = 0; i + 1 < l->lengths[w]; i++)
      (void)gain(l, w, s[i], s[i + 1]);
  }
  size_t n = l->pairs.n / sizeof(pair);
  for (uint32_t i = 0; i < n && l->code == RT_OK; i++)
    push(l, i);
}

/* ---- a merge in one word */

static bool holds(const uint32_t *s, uint32_t n, uint32_t left, uint32_t right)
{
  for (uint32_t i = 0; i + 1 < n; i++)
    if (s[i] == left && s[i + 1] == right)
      return true;
  return false;
}

static void touch(learner *l, uint32_t i)
{
  pair *p = pair_at(l, i);
  if (p->touched)
    return;
  p->touched = true;
  l->code = rt__buf_add(&l->touched, &i, sizeof i);
}

static void push_touched(learner *l)
{
  const uint32_t *list = (const uint32_t *)(void *)l->touched.p;
  for (size_t i = 0; i < l->touched.n / sizeof *list && l->code == RT_OK; i++) {
    pair_at(l, list[i])->touched = false;
    push(l, list[i]);
  }
  rt__buf_clear(&l->touched);
}

static void merge_in_word(learner *l, uint32_t w, const rt__learnt *m)
{
  uint32_t *s = l->symbols + l->starts[w], n = l->lengths[w], to = 0;
  if (!holds(s, n, m->left, m->right))
    return;
  for (uint32_t i = 0; i + 1 < n; i++)
    lose(l, w, s[i], s[i + 1]);
  for (uint32_t i = 0; i < n; i++) {
    bool here = i + 1 < n && s[i] == m->left && s[i + 1] == m->right;
    s[to++] = here ? m->result : s[i];
    i += here;
  }
  l->lengths[w] = to;
  for (uint32_t i = 0; i + 1 < to; i++) {
    uint32_t p = gain(l, w, s[i], s[i + 1]);
    if (p != NONE && (s[i] == m->result || s[i + 1] == m->result))
      touch(l, p);
  }
}

/* ---- products */

static uint32_t id_of(learner *l, rt_slice text, bool *fresh)
{
  for (uint64_t hash = rt__checksum(text.p, text.n);; hash++) {
    uint64_t *v = rt__map_put(&l->spellings, hash, fresh);
    if (!v) {
      l->code = RT_E_NOMEM;
      return NONE;
    }
    if (*fresh) {
      *v = (uint64_t)l->n_ids + 1;
      l->texts[l->n_ids] = text;
      return l->n_ids++;
    }
    if (rt__slice_eq(l->texts[*v - 1], text))
      return (uint32_t)(*v - 1);
  }
}

static rt__learnt product(learner *l, const candidate *c)
{
  rt__learnt m = {.left = c->left, .right = c->right};
  rt_slice a = l->texts[c->left], b = l->texts[c->right];
  char *p = rt__arena_take(l->arena, a.n + b.n);
  if (!p) {
    l->code = RT_E_NOMEM;
    return m;
  }
  memcpy(p, a.p, a.n);
  memcpy(p + a.n, b.p, b.n);
  m.result = id_of(l, rt__slice(p, a.n + b.n), &m.fresh);
  return m;
}

static void merge_everywhere(learner *l, uint32_t pair_i, const rt__learnt *m)
{
  place *at = pair_at(l, pair_i)->places;
  pair_at(l, pair_i)->places = NULL;
  for (; at && l->code == RT_OK; at = at->next)
    merge_in_word(l, at->word, m);
  push_touched(l);
}

/* the best pair whose count in the heap is true; false if none is frequent enough */
static bool best(learner *l, uint64_t least, candidate *c)
{
  while (l->heap.n && l->code == RT_OK) {
    *c = pop(l);
    const pair *p = pair_at(l, c->pair);
    if (p->count == c->count)
      return c->count >= least;
    if (p->count < c->count && p->count)
      push(l, c->pair);
  }
  return false;
}

static void learn(learner *l, uint32_t max_tokens, uint64_t least, rt__learnt *merges,
                  uint32_t max_merges, uint32_t *n)
{
  candidate c;
  for (uint32_t tokens = 0; tokens < max_tokens && *n < max_merges && best(l, least, &c);) {
    rt__learnt m = product(l, &c);
    if (l->code)
      return;
    merge_everywhere(l, c.pair, &m);
    merges[(*n)++] = m;
    tokens += m.fresh;
  }
}

/* ---- setting up */

static rt_code lay_out(learner *l, uint32_t max_ids)
{
  size_t total = 0;
  for (size_t i = 0; i < l->n_words; i++)
    total += l->words[i].bytes.n;
  if (total > UINT32_MAX)
    return RT_E_LIMIT;
  l->symbols = rt__arena_take(l->scratch, (total + 1) * sizeof *l->symbols);
  l->starts = rt__arena_take(l->scratch, (l->n_words + 1) * sizeof *l->starts);
  l->lengths = rt__arena_take(l->scratch, (l->n_words + 1) * sizeof *l->lengths);
  l->texts = rt__arena_take(l->arena, max_ids * sizeof *l->texts);
  char *bytes = rt__arena_take(l->arena, 256);
  if (!l->symbols || !l->starts || !l->lengths || !l->texts || !bytes)
    return RT_E_LIMIT;
  uint32_t at = 0;
  for (size_t w = 0; w < l->n_words; w++) {
    l->starts[w] = at;
    l->lengths[w] = (uint32_t)l->words[w].bytes.n;
    for (size_t i = 0; i < l->words[w].bytes.n; i++)
      l->symbols[at++] = (unsigned char)l->words[w].bytes.p[i];
  }
  for (unsigned b = 0; b < 256 && l->code == RT_OK; b++) {
    bool fresh;
    bytes[b] = (char)b;
    (void)id_of(l, rt__slice(bytes + b, 1), &fresh);
  }
  return l->code;
}

rt_code rt__bpe_learn(const rt_alloc *alloc, const rt__word *words, size_t n, uint32_t max_tokens,
                      uint64_t least, rt__arena *arena, rt__learnt **merges, uint32_t *n_merges)
{
  learner l = {.alloc = alloc, .words = words, .n_words = n, .arena = arena};
  uint32_t max_merges = 2 * max_tokens; /* a few have a product that is there already */
  *n_merges = 0;
  *merges = rt__arena_take(arena, ((size_t)max_merges + 1) * sizeof **merges);
  l.code = rt__arena_new(alloc, RT_BPE_BYTES_MAX, &l.scratch);
  rt__map_init(&l.index, alloc, SIZE_MAX, 0);
  rt__map_init(&l.spellings, alloc, SIZE_MAX, 0);
  rt__buf_init(&l.pairs, alloc, RT_BPE_BYTES_MAX);
  rt__buf_init(&l.heap, alloc, RT_BPE_BYTES_MAX);
  rt__buf_init(&l.touched, alloc, RT_BPE_BYTES_MAX);
  if (l.code == RT_OK && !*merges)
    l.code = RT_E_NOMEM;
  if (l.code == RT_OK)
    l.code = lay_out(&l, 256 + max_tokens);
  if (l.code == RT_OK)
    count_all(&l);
  if (l.code == RT_OK)
    learn(&l, max_tokens, least, *merges, max_merges, n_merges);
  rt__map_free(&l.index);
  rt__map_free(&l.spellings);
  rt__buf_free(&l.pairs);
  rt__buf_free(&l.heap);
  rt__buf_free(&l.touched);
  rt__arena_free(l.scratch);
  return l.code;
}
