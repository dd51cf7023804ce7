#include "link/frames.h"

#include "sketch/stats.h"

#include <math.h>
#include <stdlib.h>

#define FRAME_ACCOUNTS 60
#define FRAME_ROWS     10
#define ALIKE_FROM     0.20 /* cosine of the words of two unrelated frames, at most */
#define ALIKE_TO       0.50 /* of two wordings of one frame, usually more */

/* ---- private frames: what an account's prompts have in common beyond the group's template, and
 * whether the other accounts' prompts have that too. A frame worded anew for each account is still
 * one program: frames that share no chunk are compared by their words. */

typedef struct habit {
  uint32_t n_chunks, n_words;
  uint32_t chunk[RT_CHUNKS_MAX + RT_USER_CHUNKS_MAX]; /* in most of the account's rows, ascending */
  uint32_t word[2 * RT_WORDS_MAX];
} habit;

/* values that stand in at least `least` of the rows, ascending; v holds one entry a value and row
 */
static uint32_t frequent(uint32_t *v, size_t n, double least, uint32_t *out, uint32_t max)
{
  uint32_t k = 0;
  rt__sort_u32(v, n);
  for (size_t i = 0, j; i < n; i = j) {
    for (j = i; j < n && v[j] == v[i]; j++)
      ;
    if ((double)(j - i) >= least && k < max)
      out[k++] = v[i];
  }
  return k;
}

static rt_code habit_of(const rt__reference *r, const rt__group *g, uint32_t i, habit *h)
{
  enum { WIDE = RT_CHUNKS_MAX + RT_USER_CHUNKS_MAX, WORDS = 2 * RT_WORDS_MAX };
  uint32_t rows[FRAME_ROWS], *v = rt__calloc(r->alloc, FRAME_ROWS * (WIDE + WORDS), sizeof *v);
  if (!v)
    return RT_E_NOMEM;
  uint32_t *c = v, *w = v + FRAME_ROWS * WIDE;
  size_t n = rt__sample(0xf4a3, g->row + g->at[i], rt__group_rows(g, i), FRAME_ROWS, rows), nc = 0,
         nw = 0;
  for (size_t j = 0; j < n; j++) {
    nc += rt__starts_chunks(r->starts, rows[j], c + nc);
    nw += rt__starts_words(r->starts, rows[j], w + nw);
  }
  double least = 0.6 * (double)n > 2 ? 0.6 * (double)n : 2;
  h->n_chunks = frequent(c, nc, least, h->chunk, WIDE);
  h->n_words = frequent(w, nw, least, h->word, WORDS);
  rt__free(r->alloc, v, FRAME_ROWS * (WIDE + WORDS) * sizeof *v);
  return RT_OK;
}

/* drops the values that four fifths of the accounts have: the template itself. `list` and `count`
 * pick the chunks or the words of a habit */
static uint32_t *chunk_list(habit *h, uint32_t **count)
{
  *count = &h->n_chunks;
  return h->chunk;
}

static uint32_t *word_list(habit *h, uint32_t **count)
{
  *count = &h->n_words;
  return h->word;
}

static rt_code drop_common(const rt__reference *r, habit *h, size_t n,
                           uint32_t *(*list)(habit *, uint32_t **))
{
  rt__map users;
  rt_code c = RT_OK;
  uint32_t *count;
  rt__map_init(&users, r->alloc, SIZE_MAX, 22);
  for (size_t i = 0; i < n && c == RT_OK; i++) {
    uint32_t *v = list(&h[i], &count);
    for (uint32_t k = 0; k < *count && c == RT_OK; k++)
      c = rt__map_count(&users, v[k]) ? RT_OK : RT_E_NOMEM;
  }
  for (size_t i = 0; i < n && c == RT_OK; i++) {
    uint32_t *v = list(&h[i], &count), k = 0;
    for (uint32_t x = 0; x < *count; x++)
      if ((double)*rt__map_get(&users, v[x]) < 0.8 * (double)n)
        v[k++] = v[x];
    *count = k;
  }
  rt__map_free(&users);
  return c;
}

/* whether the smaller frame is mostly part of the other */
static bool share_chunks(const habit *a, const habit *b)
{
  uint32_t both = 0, least = a->n_chunks < b->n_chunks ? a->n_chunks : b->n_chunks;
  for (uint32_t i = 0, j = 0; i < a->n_chunks && j < b->n_chunks;) {
    both += a->chunk[i] == b->chunk[j];
    if (a->chunk[i] <= b->chunk[j])
      i++;
    else
      j++;
  }
  return 2 * both >= least && both > 0;
}

/* cosine of two frames' words, weighted by rarity */
static double alike(const rt__reference *r, const habit *a, const habit *b)
{
  double both = 0, x = 0, y = 0;
  for (uint32_t i = 0, j = 0; i < a->n_words || j < b->n_words;) {
    uint32_t p = i < a->n_words ? a->word[i] : UINT32_MAX,
             q = j < b->n_words ? b->word[j] : UINT32_MAX;
    double w = (double)r->idf.weight[(p < q ? p : q) & (RT__WORD_SPACE - 1)];
    x += p <= q ? w * w : 0;
    y += q <= p ? w * w : 0;
    both += p == q ? w * w : 0;
    i += p <= q;
    j += q <= p;
  }
  return x > 0 && y > 0 ? both / sqrt(x * y) : 0;
}

rt_code rt__frames_private(const rt__reference *r, const rt__group *g, double *out, double *cosine)
{
  uint32_t fit[FRAME_ACCOUNTS], *all = rt__calloc(r->alloc, g->n, sizeof *all);
  habit *h = rt__calloc(r->alloc, FRAME_ACCOUNTS, sizeof *h);
  rt_code c = all && h ? RT_OK : RT_E_NOMEM;
  size_t n = 0, framed = 0;
  double apart = 0, pairs = 0;
  *out = *cosine = 0;
  for (uint32_t i = 0; c == RT_OK && i < g->n; i++)
    if (rt__group_rows(g, i) >= 3)
      all[n++] = i;
  size_t k = c == RT_OK && n >= 3 ? rt__sample(0xf4a4, all, n, FRAME_ACCOUNTS, fit) : 0;
  for (size_t i = 0; i < k && c == RT_OK; i++)
    c = habit_of(r, g, fit[i], &h[i]);
  if (c == RT_OK && k)
    c = drop_common(r, h, k, chunk_list);
  if (c == RT_OK && k)
    c = drop_common(r, h, k, word_list);
  for (size_t i = 0; i < k && c == RT_OK; i++) {
    framed += h[i].n_chunks > 0;
    for (size_t j = 0; j < k; j++)
      if (j != i && h[i].n_chunks) {
        double words = alike(r, &h[i], &h[j]);
        apart += share_chunks(&h[i], &h[j]) ? 0 : 1 - rt__ramp(words, ALIKE_FROM, ALIKE_TO);
        *cosine += words;
        pairs++;
      }
  }
  if (pairs > 0) {
    *out = (double)framed / (double)k * apart / pairs;
    *cosine /= pairs;
  }
  rt__free(r->alloc, h, FRAME_ACCOUNTS * sizeof *h);
  rt__free(r->alloc, all, g->n * sizeof *all);
  return c;
}

/* ---- peeling */

/* chunks that at least half of the accounts have among their habits */
static rt_code common_chunks(const rt__reference *r, const rt__group *g, rt__map *users)
{
  habit *h = rt__calloc(r->alloc, 1, sizeof *h);
  rt_code c = h ? RT_OK : RT_E_NOMEM;
  for (uint32_t i = 0; i < g->n && c == RT_OK; i++) {
    c = habit_of(r, g, i, h);
    for (uint32_t k = 0; k < h->n_chunks && c == RT_OK; k++)
      c = rt__map_count(users, h->chunk[k]) ? RT_OK : RT_E_NOMEM;
  }
  rt__free(r->alloc, h, sizeof *h);
  return c;
}

static rt_code mark_plain(const rt__reference *r, const rt__group *g, const rt__map *users,
                          bool *plain)
{
  habit *h = rt__calloc(r->alloc, 1, sizeof *h);
  rt_code c = h ? RT_OK : RT_E_NOMEM;
  for (uint32_t i = 0; i < g->n && c == RT_OK; i++) {
    c = habit_of(r, g, i, h);
    uint32_t common = 0;
    for (uint32_t k = 0; k < h->n_chunks && c == RT_OK; k++) {
      const uint64_t *v = rt__map_get(users, h->chunk[k]);
      common += v && 2 * *v >= g->n;
    }
    plain[i] = 2 * common >= h->n_chunks;
  }
  rt__free(r->alloc, h, sizeof *h);
  return c;
}

rt_code rt__frames_peel(const rt__reference *r, const rt__group *g, rt__group *out)
{
  rt__map users;
  bool *plain = rt__calloc(r->alloc, g->n, sizeof *plain);
  *out = (rt__group){.origin = g->origin};
  rt__map_init(&users, r->alloc, SIZE_MAX, 25);
  rt_code c = plain ? common_chunks(r, g, &users) : RT_E_NOMEM;
  if (c == RT_OK)
    c = mark_plain(r, g, &users, plain);
  if (c == RT_OK)
    c = rt__group_part(r->starts, g, plain, out);
  out->detail = g->detail;
  out->one_bundle = g->one_bundle;
  rt__map_free(&users);
  rt__free(r->alloc, plain, g->n * sizeof *plain);
  return c;
}
