/* client - one program or many. Parameters that differ between accounts but not inside them, or a
 * private frame around each member's prompts, say many programs: must-not-link evidence, large and
 * negative. */
#include "link/evidence.h"
#include "sketch/stats.h"

#define FRAME_ACCOUNTS 60
#define FRAME_ROWS     10
#define KNOB_ROWS      16

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
    inside += same / (double)(k * k);
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
  *out = pairs > 0 && inside > 0 ? (sum - squares) / pairs / (inside / accounts) : 1;
  return c;
}

/* ---- private frames */

typedef struct frames {
  rt__map users; /* chunk -> accounts whose rows carry it habitually */
  uint32_t *chunk, *owner;
  size_t n;
} frames;

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

/* the chunks in most of an account's sampled rows */
static rt_code habits(const rt__reference *r, const rt__group *g, uint32_t i, uint32_t label,
                      frames *f)
{
  uint32_t rows[FRAME_ROWS], chunks[RT_CHUNKS_MAX + RT_USER_CHUNKS_MAX];
  size_t n = rt__sample(0xf4a3, g->row + g->at[i], rt__group_rows(g, i), FRAME_ROWS, rows);
  rt__map mine;
  rt_code c = RT_OK;
  rt__map_init(&mine, r->alloc, SIZE_MAX, 22);
  for (size_t j = 0; j < n && c == RT_OK; j++) {
    size_t k = chunks_of(r->starts, rows[j], chunks);
    for (size_t x = 0; x < k && c == RT_OK; x++) {
      uint64_t *v = rt__map_put(&mine, chunks[x], NULL);
      if (v)
        (*v)++;
      else
        c = RT_E_NOMEM;
    }
  }
  double least = 0.6 * (double)n > 2 ? 0.6 * (double)n : 2;
  for (size_t x = 0; x < mine.cap && c == RT_OK; x++) {
    if (!mine.used[x] || (double)mine.vals[x] < least)
      continue;
    uint64_t *v = rt__map_put(&f->users, mine.keys[x], NULL);
    if (!v) {
      c = RT_E_NOMEM;
      break;
    }
    (*v)++;
    f->chunk[f->n] = (uint32_t)mine.keys[x];
    f->owner[f->n++] = label;
  }
  rt__map_free(&mine);
  return c;
}

/* share of accounts with a habitual chunk that fewer than half of the others have */
static double private_share(const frames *f, size_t accounts)
{
  bool own[FRAME_ACCOUNTS] = {false};
  size_t k = 0;
  for (size_t i = 0; i < f->n; i++) {
    uint64_t *v = rt__map_get(&f->users, f->chunk[i]);
    if (v && (double)*v < 0.5 * (double)accounts)
      own[f->owner[i]] = true;
  }
  for (size_t i = 0; i < accounts; i++)
    k += own[i];
  return (double)k / (double)accounts;
}

static rt_code private_frames(const rt__reference *r, const rt__group *g, double *out)
{
  uint32_t fit[FRAME_ACCOUNTS], *all = rt__calloc(r->alloc, g->n, sizeof *all);
  size_t n = 0, cap = (size_t)FRAME_ACCOUNTS * FRAME_ROWS * (RT_CHUNKS_MAX + RT_USER_CHUNKS_MAX);
  frames f = {.chunk = rt__calloc(r->alloc, cap, 2 * sizeof(uint32_t))};
  rt_code c = all && f.chunk ? RT_OK : RT_E_NOMEM;
  f.owner = f.chunk ? f.chunk + cap : NULL;
  rt__map_init(&f.users, r->alloc, SIZE_MAX, 23);
  for (uint32_t i = 0; all && i < g->n; i++)
    if (rt__group_rows(g, i) >= 3)
      all[n++] = i;
  size_t k = c == RT_OK ? rt__sample(0xf4a4, all, n, FRAME_ACCOUNTS, fit) : 0;
  for (size_t i = 0; i < k && c == RT_OK; i++)
    c = habits(r, g, fit[i], (uint32_t)i, &f);
  *out = k >= 3 && c == RT_OK ? private_share(&f, k) : 0;
  rt__map_free(&f.users);
  rt__free(r->alloc, f.chunk, cap * 2 * sizeof(uint32_t));
  rt__free(r->alloc, all, g->n * sizeof *all);
  return c;
}

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
  b->bits[RT_FAMILY_CLIENT] = (b->knobs > 0.85  ? 0.5
                               : b->knobs < 0.5 ? -many
                                                : -1) -
                              12 * b->frames;
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
