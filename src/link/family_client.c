/* client - one program or many. Parameters that differ between accounts but not inside them, or a
 * private frame around each member's prompts, say many programs: must-not-link evidence, large and
 * negative. */
#include "link/evidence.h"
#include "sketch/stats.h"

#include <math.h>
#include <stdlib.h>

#define FRAME_ACCOUNTS 60
#define FRAME_ROWS     10
#define KNOB_ROWS      16
#define ALIKE_FROM     0.20 /* cosine of the words of two unrelated frames, at most */
#define ALIKE_TO       0.50 /* of two wordings of one frame, usually more */
#define SMOOTH         0.05

static double ramp(double v, double from, double to)
{
  return rt__clip((v - from) / (to - from), 0, 1);
}

typedef uint64_t (*knob_fn)(const rt__starts *s, uint32_t row);

static uint64_t temperature(const rt__starts *s, uint32_t row)
{
  return rt__mix((uint64_t)(int64_t)s->temperature[row]) | 1;
}

/* an API that demands max_tokens has a habitual value, which says nothing: 0 = no statement */
static uint64_t max_tokens(const rt__starts *s, uint32_t row)
{
  if (s->flags[row] & RT__S_MUST_MAX && s->max_tokens[row] == 1024)
    return 0;
  return rt__mix(s->max_tokens[row]) | 1;
}

/* chance that two rows of different accounts agree, over the chance that two rows of one account
 * do; 1 = one program, even one that varies its parameters from request to request */
static rt_code agreement(const rt__reference *r, const rt__group *g, knob_fn knob, double *out)
{
  rt__map all; /* value -> sum of shares, in 2^-20 */
  double inside = 0, accounts = 0, squares = 0;
  rt_code c = RT_OK;
  rt__map_init(&all, r->alloc, SIZE_MAX, 21);
  for (uint32_t i = 0; i < g->n && c == RT_OK; i++) {
    uint32_t rows[KNOB_ROWS];
    uint64_t v[KNOB_ROWS];
    size_t n = rt__sample(0x6b0b, g->row + g->at[i], rt__group_rows(g, i), KNOB_ROWS, rows), k = 0;
    for (size_t j = 0; j < n; j++)
      if ((v[k] = knob(r->starts, rows[j])) != 0)
        k++;
    if (k == 0)
      continue;
    accounts++;
    double same = 0;
    for (size_t x = 0; x < k && c == RT_OK; x++) {
      for (size_t y = 0; y < k; y++)
        same += v[x] == v[y];
      uint64_t *at = rt__map_put(&all, v[x], NULL);
      if (at)
        *at += (UINT64_C(1) << 20) / k;
      else
        c = RT_E_NOMEM;
    }
    inside += k > 1 ? (same - (double)k) / (double)(k * (k - 1)) : 1;
    squares += same / (double)(k * k);
  }
  double sum = 0;
  for (size_t i = 0; i < all.cap; i++)
    if (all.used[i]) {
      double f = (double)all.vals[i] * 0x1p-20;
      sum += f * f;
    }
  rt__map_free(&all);
  double pairs = accounts * (accounts - 1);
  double out_p = pairs > 0 ? (sum - squares) / pairs : 1, in_p = pairs > 0 ? inside / accounts : 1;
  /* a knob that hardly repeats inside an account says nothing about what differs between accounts
   */
  *out = 1 - (1 - (out_p + SMOOTH) / (in_p + SMOOTH)) * ramp(in_p, 0.2, 0.6);
  /* without a shared template to hold them together, rows that differ are programs that differ: a
   * resold pool deals all its customers to all its accounts */
  if (g->origin != RT__FROM_SKELETON && sqrt(out_p > 0 ? out_p : 0) < *out)
    *out = sqrt(out_p > 0 ? out_p : 0);
  return c;
}

/* ---- private frames: what an account's prompts have in common beyond the group's template, and
 * whether the other accounts' prompts have that too. A frame worded anew for each account is still
 * one program: frames that share no chunk are compared by their words. */

typedef struct habit {
  uint32_t n_chunks, n_words;
  uint32_t chunk[RT_CHUNKS_MAX + RT_USER_CHUNKS_MAX]; /* in most of the account's rows, ascending */
  uint32_t word[2 * RT_WORDS_MAX];
} habit;

static int by_value(const void *a, const void *b)
{
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

static size_t chunks_of(const rt__starts *s, uint32_t row, uint32_t *out)
{
  rt_digest d;
  rt__set_get(s->set, s->record[row], &d);
  const rt_segment *sys = d.system ? rt__set_segment(s->set, d.system) : NULL;
  size_t n = 0;
  for (size_t i = 0; sys && i < sys->n_chunks; i++)
    out[n++] = sys->chunks[i];
  for (size_t i = 0; i < d.n_chunks; i++)
    out[n++] = d.chunks[i];
  return n;
}

/* values that stand in at least `least` of the rows, ascending; v holds one entry a value and row
 */
static uint32_t frequent(uint32_t *v, size_t n, double least, uint32_t *out, uint32_t max)
{
  uint32_t k = 0;
  if (n)
    qsort(v, n, sizeof *v, by_value);
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
    nc += chunks_of(r->starts, rows[j], c + nc);
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
    for (uint32_t k = 0; k < *count && c == RT_OK; k++) {
      uint64_t *u = rt__map_put(&users, v[k], NULL);
      if (u)
        (*u)++;
      else
        c = RT_E_NOMEM;
    }
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

static rt_code private_frames(const rt__reference *r, const rt__group *g, double *out)
{
  uint32_t fit[FRAME_ACCOUNTS], *all = rt__calloc(r->alloc, g->n, sizeof *all);
  habit *h = rt__calloc(r->alloc, FRAME_ACCOUNTS, sizeof *h);
  rt_code c = all && h ? RT_OK : RT_E_NOMEM;
  size_t n = 0, framed = 0;
  double apart = 0, pairs = 0;
  *out = 0;
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
        apart +=
            share_chunks(&h[i], &h[j]) ? 0 : 1 - ramp(alike(r, &h[i], &h[j]), ALIKE_FROM, ALIKE_TO);
        pairs++;
      }
  }
  if (pairs > 0)
    *out = (double)framed / (double)k * apart / pairs;
  rt__free(r->alloc, h, FRAME_ACCOUNTS * sizeof *h);
  rt__free(r->alloc, all, g->n * sizeof *all);
  return c;
}

/* Behind one balancer an account meets all customers in turn, so habits of its own can only be the
 * operator's doing: a common clock takes the sting out of private frames. */
rt_code rt__family_client(const rt__reference *r, const rt__group *g, rt__bits *b)
{
  double temp, max;
  rt_code c = agreement(r, g, temperature, &temp);
  if (c == RT_OK)
    c = agreement(r, g, max_tokens, &max);
  if (c == RT_OK && r->idf.weight)
    c = private_frames(r, g, &b->frames);
  if (c != RT_OK)
    return c;
  b->knobs = temp < max ? temp : max;
  double many = 0.5 * g->n < 8 ? 0.5 * g->n : 8;
  b->said[RT_FAMILY_CLIENT] = true;
  double one = g->one_bundle ? 0 : 0.5;
  double knobs = b->knobs > 0.85 ? one : b->knobs < 0.5 ? -many : -1;
  b->bits[RT_FAMILY_CLIENT] = knobs - 12 * b->frames * (1 - ramp(b->clock, 1, 4));
  return RT_OK;
}

/* ---- members: does an account's usual bundle occur in the rest of the group as often as it should
 */

rt_code rt__member_client(const rt__reference *r, const rt__group *g, double *out)
{
  rt__map users; /* bundle -> accounts that use it */
  rt_code c = RT_OK;
  rt__map_init(&users, r->alloc, SIZE_MAX, 24);
  for (int pass = 0; pass < 2 && c == RT_OK; pass++)
    for (uint32_t i = 0; i < g->n && c == RT_OK; i++) {
      uint64_t bundle = r->starts->bundle[g->row[g->at[i]]];
      uint64_t *v = rt__map_put(&users, bundle, NULL);
      if (!v)
        c = RT_E_NOMEM;
      else if (pass == 0)
        (*v)++;
      else
        out[i * RT_FAMILY_COUNT + RT_FAMILY_CLIENT] =
            (double)(*v - 1) >= 0.2 * (g->n - 1) ? 0.5 : -3;
    }
  rt__map_free(&users);
  return c;
}
