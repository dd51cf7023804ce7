#include "link/lexical.h"

#include "link/leiden.h"
#include "link/stream.h"
#include "sketch/stats.h"

#include <math.h>
#include <stdlib.h>

#define VECTOR_WORDS  48 /* heaviest words kept of a centroid */
#define ROWS_READ     24 /* distinct prompts of a stream that are read */
#define ROWS_LEAST    4
#define SHARE_LEAST   0.10 /* of an account's starts that a stream must hold */
#define COMMON        0.35 /* words that more accounts use are left out */
#define NEIGHBOURS    16
#define NEAR          0.25 /* cosine below which there is no edge */
#define RESOLUTION    0.30
#define POSTINGS_READ 3000
#define LEVELS        4
#define MIN_ACCOUNTS  4

typedef struct vector {
  uint32_t n;
  uint32_t word[VECTOR_WORDS]; /* ascending */
  float w[VECTOR_WORDS];
} vector;

typedef struct term {
  uint32_t word;
  float w;
} term;

typedef struct space {
  const rt__starts *s;
  const rt__idf *f;
  const rt_alloc *alloc;
  rt__streams streams;
  uint32_t *use;           /* indexes of the streams that take part */
  uint32_t n;              /* of them */
  uint32_t *row_at, *rows; /* free rows of stream i: rows[row_at[i]] … */
  vector *v;
  uint32_t *label; /* community of each stream at the level at hand */
} space;

static int by_word(const void *a, const void *b)
{
  const term *x = a, *y = b;
  return x->word < y->word ? -1 : x->word > y->word;
}

static int by_weight(const void *a, const void *b)
{
  const term *x = a, *y = b;
  if (x->w != y->w)
    return x->w > y->w ? -1 : 1;
  return by_word(a, b);
}

/* the heaviest terms, ascending by word, at unit length */
static void keep_heaviest(term *t, size_t n, vector *v)
{
  float q = 0;
  if (n)
    qsort(t, n, sizeof *t, by_weight);
  v->n = n < VECTOR_WORDS ? (uint32_t)n : VECTOR_WORDS;
  if (v->n)
    qsort(t, v->n, sizeof *t, by_word);
  for (uint32_t i = 0; i < v->n; i++)
    q += t[i].w * t[i].w;
  for (uint32_t i = 0; i < v->n; i++) {
    v->word[i] = t[i].word;
    v->w[i] = q > 0 ? t[i].w / sqrtf(q) : 0;
  }
}

/* a stream's centroid, from words that at least two of its prompts share */
static rt_code centroid(const space *x, const uint32_t *rows, size_t n, vector *v)
{
  uint32_t pick[ROWS_READ], words[2 * RT_WORDS_MAX];
  size_t k = rt__sample(0x1e8, rows, n, ROWS_READ, pick), m = 0, u = 0;
  term *t = rt__calloc(x->alloc, ROWS_READ * 2 * RT_WORDS_MAX, sizeof *t);
  if (!t)
    return RT_E_NOMEM;
  for (size_t i = 0; i < k; i++) {
    size_t w = rt__starts_words(x->s, pick[i], words);
    for (size_t j = 0; j < w; j++)
      t[m++] = (term){words[j] & (RT__WORD_SPACE - 1), 1};
  }
  qsort(t, m, sizeof *t, by_word);
  float common = logf(1 / (float)COMMON);
  for (size_t i = 0, j; i < m; i = j) {
    for (j = i; j < m && t[j].word == t[i].word; j++)
      ;
    float idf = x->f->weight[t[i].word];
    if (j - i >= 2 && idf > common)
      t[u++] = (term){t[i].word, idf * (float)(j - i) / (float)k};
  }
  keep_heaviest(t, u, v);
  rt__free(x->alloc, t, ROWS_READ * 2 * RT_WORDS_MAX * sizeof *t);
  return RT_OK;
}

/* ---- the streams that take part */

static bool is_free(const rt__starts *s, const uint8_t *carried, uint32_t row)
{
  return (s->flags[row] & RT__S_TEXT) && !(s->flags[row] & RT__S_FOLLOWED) && !carried[row];
}

static rt_code take_streams(space *x, const uint8_t *carried)
{
  const rt__starts *s = x->s;
  rt_code c = rt__streams_build(s, RT__STREAMS_BUNDLE, ROWS_LEAST, &x->streams);
  if (c != RT_OK)
    return c;
  size_t all = x->streams.n;
  x->use = rt__calloc(x->alloc, all, sizeof *x->use);
  x->row_at = rt__calloc(x->alloc, all + 1, sizeof *x->row_at);
  x->rows = rt__calloc(x->alloc, s->n, sizeof *x->rows);
  x->label = rt__calloc(x->alloc, all, sizeof *x->label);
  x->v = rt__calloc(x->alloc, all, sizeof *x->v);
  if (!x->use || !x->row_at || !x->rows || !x->label || !x->v)
    return RT_E_NOMEM;
  uint32_t at = 0;
  for (uint32_t i = 0; i < all && c == RT_OK; i++) {
    const rt__stream *st = &x->streams.st[i];
    uint32_t from = at;
    for (uint32_t k = 0; k < st->n; k++)
      if (is_free(s, carried, st->row[k]))
        x->rows[at++] = st->row[k];
    uint32_t n = at - from;
    if (n < ROWS_LEAST || n < SHARE_LEAST * rt__starts_count(s, st->account)) {
      at = from;
      continue;
    }
    c = centroid(x, x->rows + from, n, &x->v[x->n]);
    x->row_at[x->n] = from;
    x->use[x->n++] = i;
    x->row_at[x->n] = at;
  }
  return c;
}

static void space_free(space *x)
{
  size_t all = x->streams.n;
  rt__free(x->alloc, x->use, all * sizeof *x->use);
  rt__free(x->alloc, x->row_at, (all + 1) * sizeof *x->row_at);
  rt__free(x->alloc, x->rows, x->s->n * sizeof *x->rows);
  rt__free(x->alloc, x->label, all * sizeof *x->label);
  rt__free(x->alloc, x->v, all * sizeof *x->v);
  rt__streams_free(&x->streams);
}

/* ---- nearest neighbours through postings */

typedef struct posting {
  uint32_t word, v;
  float w;
} posting;

static int by_posting(const void *a, const void *b)
{
  const posting *x = a, *y = b;
  if (x->word != y->word)
    return x->word < y->word ? -1 : 1;
  return x->v < y->v ? -1 : x->v > y->v;
}

typedef struct graph {
  posting *p;
  size_t n_p;
  float *sim;    /* to the vector at hand; 0 outside `met` */
  uint32_t *met; /* vectors that share a word with it */
  uint32_t n_met;
  rt__edge *e;
  size_t n_e;
} graph;

static void graph_free(const rt_alloc *a, graph *g, uint32_t n)
{
  rt__free(a, g->p, (size_t)n * VECTOR_WORDS * sizeof *g->p);
  rt__free(a, g->sim, n * sizeof *g->sim);
  rt__free(a, g->met, n * sizeof *g->met);
  rt__free(a, g->e, (size_t)n * NEIGHBOURS * sizeof *g->e);
}

static size_t first_of(const graph *g, uint32_t word)
{
  size_t lo = 0, hi = g->n_p;
  while (lo < hi) {
    size_t mid = lo + (hi - lo) / 2;
    if (g->p[mid].word < word)
      lo = mid + 1;
    else
      hi = mid;
  }
  return lo;
}

static void compare(graph *g, const vector *v, uint32_t i)
{
  for (uint32_t k = 0; k < g->n_met; k++)
    g->sim[g->met[k]] = 0;
  g->n_met = 0;
  for (uint32_t t = 0; t < v[i].n; t++) {
    size_t q = first_of(g, v[i].word[t]), end = q + POSTINGS_READ;
    for (; q < g->n_p && q < end && g->p[q].word == v[i].word[t]; q++) {
      float w = v[i].w[t] * g->p[q].w;
      if (g->sim[g->p[q].v] == 0 && w > 0)
        g->met[g->n_met++] = g->p[q].v;
      g->sim[g->p[q].v] += w;
    }
  }
}

typedef struct neighbour {
  float sim;
  uint32_t j;
} neighbour;

/* nearer, or as near and earlier: the order in which they are met is nothing */
static bool nearer(const neighbour *x, const neighbour *y)
{
  return x->sim != y->sim ? x->sim > y->sim : x->j < y->j;
}

/* the best NEIGHBOURS of vector i, as edges (smaller, larger). O(postings read) */
static void neighbours(graph *g, const vector *v, uint32_t i)
{
  neighbour best[NEIGHBOURS];
  size_t k = 0;
  compare(g, v, i);
  for (uint32_t m = 0; m < g->n_met; m++) {
    neighbour x = {g->sim[g->met[m]], g->met[m]};
    if (x.j == i || x.sim < (float)NEAR || (k == NEIGHBOURS && !nearer(&x, &best[k - 1])))
      continue;
    size_t at = k < NEIGHBOURS ? k++ : NEIGHBOURS - 1;
    for (; at > 0 && nearer(&x, &best[at - 1]); at--)
      best[at] = best[at - 1];
    best[at] = x;
  }
  for (size_t b = 0; b < k; b++) {
    uint32_t j = best[b].j;
    g->e[g->n_e++] = (rt__edge){i < j ? i : j, i < j ? j : i, (double)best[b].sim};
  }
}

static int by_edge(const void *a, const void *b)
{
  const rt__edge *x = a, *y = b;
  if (x->a != y->a)
    return x->a < y->a ? -1 : 1;
  return x->b < y->b ? -1 : x->b > y->b;
}

static rt_code cluster(const space *x, const vector *v, uint32_t n, uint32_t *label, uint32_t *k)
{
  graph g = {.p = rt__calloc(x->alloc, (size_t)n * VECTOR_WORDS, sizeof *g.p),
             .sim = rt__calloc(x->alloc, n, sizeof *g.sim),
             .met = rt__calloc(x->alloc, n, sizeof *g.met),
             .e = rt__calloc(x->alloc, (size_t)n * NEIGHBOURS, sizeof *g.e)};
  rt_code c = g.p && g.sim && g.met && g.e ? RT_OK : RT_E_NOMEM;
  if (c == RT_OK) {
    for (uint32_t i = 0; i < n; i++)
      for (uint32_t t = 0; t < v[i].n; t++)
        g.p[g.n_p++] = (posting){v[i].word[t], i, v[i].w[t]};
    qsort(g.p, g.n_p, sizeof *g.p, by_posting);
    for (uint32_t i = 0; i < n; i++)
      neighbours(&g, v, i);
    size_t u = 0;
    if (g.n_e)
      qsort(g.e, g.n_e, sizeof *g.e, by_edge);
    for (size_t i = 0; i < g.n_e; i++)
      if (u == 0 || by_edge(&g.e[u - 1], &g.e[i]) != 0)
        g.e[u++] = g.e[i];
    c = rt__leiden(x->alloc, n, g.e, u, RESOLUTION, label, k);
  }
  graph_free(x->alloc, &g, n);
  return c;
}

/* ---- candidates of a level */

static rt_code emit_level(const space *x, uint32_t k, uint32_t level, rt__groups *out)
{
  size_t *at = rt__calloc(x->alloc, (size_t)k + 2, sizeof *at);
  uint32_t *rows = rt__calloc(x->alloc, x->row_at[x->n], sizeof *rows);
  rt_code c = at && rows ? RT_OK : RT_E_NOMEM;
  for (uint32_t i = 0; c == RT_OK && i < x->n; i++)
    at[x->label[i] + 2] += x->row_at[i + 1] - x->row_at[i];
  for (uint32_t q = 0; c == RT_OK && q < k; q++)
    at[q + 2] += at[q + 1];
  for (uint32_t i = 0; c == RT_OK && i < x->n; i++) {
    uint32_t n = x->row_at[i + 1] - x->row_at[i];
    memcpy(rows + at[x->label[i] + 1], x->rows + x->row_at[i], n * sizeof *rows);
    at[x->label[i] + 1] += n;
  }
  for (uint32_t q = 0; c == RT_OK && q < k; q++) {
    rt__group g;
    size_t n = at[q + 1] - at[q];
    rt__sort_u32(rows + at[q], n);
    c = rt__group_from_rows(x->alloc, x->s, rows + at[q], n, ROWS_LEAST, RT__FROM_LEXICAL, &g);
    if (c != RT_OK)
      break;
    g.detail = level;
    if (g.n < MIN_ACCOUNTS) {
      rt__group_free(x->alloc, &g);
      continue;
    }
    c = rt__groups_by_bundle(out, x->s, &g, MIN_ACCOUNTS, ROWS_LEAST);
    if (c == RT_OK)
      c = rt__groups_take(out, &g);
    else
      rt__group_free(x->alloc, &g);
  }
  rt__free(x->alloc, at, ((size_t)k + 2) * sizeof *at);
  rt__free(x->alloc, rows, x->row_at[x->n] * sizeof *rows);
  return c;
}

/* vectors by community, ascending inside; at: k + 1 places in order */
static void sort_by_label(const uint32_t *label, uint32_t n, uint32_t k, uint32_t *at,
                          uint32_t *order)
{
  for (uint32_t i = 0; i < n; i++)
    at[label[i]]++;
  for (uint32_t q = 0, sum = 0; q <= k; q++) {
    uint32_t here = q < k ? at[q] : 0;
    at[q] = sum;
    sum += here;
  }
  for (uint32_t i = 0; i < n; i++)
    order[at[label[i]]++] = i;
  for (uint32_t q = k; q > 0; q--)
    at[q] = at[q - 1];
  at[0] = 0;
}

static void mean_of(const vector *v, const uint32_t *order, uint32_t n, term *t, vector *out)
{
  size_t m = 0, u = 0;
  for (uint32_t i = 0; i < n; i++)
    for (uint32_t w = 0; w < v[order[i]].n; w++)
      t[m++] = (term){v[order[i]].word[w], v[order[i]].w[w]};
  if (m)
    qsort(t, m, sizeof *t, by_word);
  for (size_t i = 0; i < m; i++) {
    if (u && t[u - 1].word == t[i].word)
      t[u - 1].w += t[i].w;
    else
      t[u++] = t[i];
  }
  keep_heaviest(t, u, out);
}

/* mean vectors of the communities; v is overwritten */
static rt_code merge_vectors(const space *x, vector *v, uint32_t n, const uint32_t *label,
                             uint32_t k)
{
  vector *next = rt__calloc(x->alloc, k, sizeof *next);
  term *t = rt__calloc(x->alloc, (size_t)n * VECTOR_WORDS, sizeof *t);
  size_t places = (size_t)n + k + 1;
  uint32_t *at = rt__calloc(x->alloc, places, sizeof *at);
  rt_code c = next && t && at ? RT_OK : RT_E_NOMEM;
  if (c == RT_OK) {
    uint32_t *order = at + k + 1;
    sort_by_label(label, n, k, at, order);
    for (uint32_t q = 0; q < k; q++)
      mean_of(v, order + at[q], at[q + 1] - at[q], t, &next[q]);
    memcpy(v, next, k * sizeof *v);
  }
  rt__free(x->alloc, next, k * sizeof *next);
  rt__free(x->alloc, t, (size_t)n * VECTOR_WORDS * sizeof *t);
  rt__free(x->alloc, at, places * sizeof *at);
  return c;
}

static rt_code levels(space *x, rt__groups *out)
{
  uint32_t n = x->n, *label = rt__calloc(x->alloc, n, sizeof *label), cap = n;
  rt_code c = label ? RT_OK : RT_E_NOMEM;
  for (uint32_t i = 0; i < x->n; i++)
    x->label[i] = i;
  for (uint32_t level = 0; level < LEVELS && c == RT_OK && n; level++) {
    uint32_t k;
    c = cluster(x, x->v, n, label, &k);
    if (c != RT_OK || k == n)
      break;
    for (uint32_t i = 0; i < x->n; i++)
      x->label[i] = label[x->label[i]];
    c = emit_level(x, k, level, out);
    if (c == RT_OK)
      c = merge_vectors(x, x->v, n, label, k);
    n = k;
  }
  rt__free(x->alloc, label, cap * sizeof *label);
  return c;
}

rt_code rt__lexical_groups(const rt__starts *s, const rt__idf *f, const uint8_t *carried,
                           rt__groups *out, rt_error *err)
{
  space x = {.s = s, .f = f, .alloc = s->alloc};
  rt_code c = take_streams(&x, carried);
  if (c == RT_OK && x.n)
    c = levels(&x, out);
  space_free(&x);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for lexical groups");
}
