#include "link/block.h"

#include "sketch/stats.h"

#include <math.h>

#define SIZES_LEAST 0.7 /* starts of one of a pair, as a part of the other's */
#define SIZES_MOST  1.43
#define NEAR        0.62 /* lag ratio of a pair on one clock */
#define NEAR_SHORT  0.50 /* likewise, with fewer than 16 starts */
#define LAGS_MIN    6
#define CROWDED     128 /* near streams of one of a size, on average */
#define ASKED       64  /* of a size, to find that out */
#define PIECES      64  /* at most, of the streams of a block … */
#define PIECE_LEAST 256 /* … and so many of them at least */

/* ---- counting functions */

static void counting(const rt__block *b, uint32_t i, float *x)
{
  const rt__beat *p = &b->beat[i];
  size_t k = 0;
  double mean = 0, step = b->s->t1 / (RT__CLOCK_GRID - 1);
  for (int g = 0; g < RT__CLOCK_GRID; g++) {
    while (k < p->n && p->t[k] < step * g)
      k++;
    x[g] = (float)k;
    mean += (double)k;
  }
  mean /= RT__CLOCK_GRID;
  for (int g = 0; g < RT__CLOCK_GRID; g++)
    x[g] -= (float)mean;
}

static void waves(const float *basis, const float *x, float *out)
{
  for (int k = 0; k < RT__WAVES; k++) {
    const float *w = basis + (size_t)k * RT__CLOCK_GRID;
    float sum = 0;
    for (int g = 0; g < RT__CLOCK_GRID; g++)
      sum += w[g] * x[g];
    out[k] = sum;
  }
}

float *rt__waves_new(const rt_alloc *a)
{
  float *basis = rt__calloc(a, (size_t)RT__WAVES * RT__CLOCK_GRID, sizeof *basis);
  for (int k = 0; basis && k < RT__WAVES; k++)
    for (int g = 0; g < RT__CLOCK_GRID; g++)
      basis[k * RT__CLOCK_GRID + g] =
          (float)(sqrt(2.0 / RT__CLOCK_GRID) *
                  cos(RT__TWO_PI / 2 * (g + 0.5) * (k + 1) / RT__CLOCK_GRID));
  return basis;
}

void rt__waves_free(const rt_alloc *a, float *basis)
{
  rt__free(a, basis, (size_t)RT__WAVES * RT__CLOCK_GRID * sizeof *basis);
}

double rt__block_distance(const rt__block *b, rt__side *a, uint32_t j, double limit)
{
  const float *x = b->wave + (size_t)a->i * RT__WAVES, *y = b->wave + (size_t)j * RT__WAVES;
  float sum = 0, most = (float)(limit * RT__CLOCK_GRID);
  for (int k = 0; k < RT__WAVES; k++) {
    sum += (x[k] - y[k]) * (x[k] - y[k]);
    if (sum > most)
      return sum / RT__CLOCK_GRID;
  }
  float v[RT__CLOCK_GRID];
  double d = 0;
  if (!a->counted)
    counting(b, a->i, a->count);
  a->counted = true;
  counting(b, j, v);
  for (int g = 0; g < RT__CLOCK_GRID; g++)
    d += (double)(a->count[g] - v[g]) * (double)(a->count[g] - v[g]);
  return d / RT__CLOCK_GRID;
}

/* ---- the block */

void rt__block_free(rt__block *b)
{
  const rt_alloc *a = b->s->alloc;
  rt__free(a, b->beat, b->n * sizeof *b->beat);
  rt__free(a, b->t, b->n_t * 2 * sizeof *b->t);
  rt__free(a, b->wave, (size_t)b->n * RT__WAVES * sizeof *b->wave);
  rt__free(a, b->size, b->n * sizeof *b->size);
  rt__free(a, b->class, b->n * sizeof *b->class);
  rt__near_free(&b->near);
}

static void take_beats(rt__block *b)
{
  double *t = b->t, *gap = b->t + b->n_t;
  for (uint32_t i = 0; i < b->n; i++) {
    const rt__stream *st = &b->st[i];
    b->beat[i] = (rt__beat){t, gap, st->n};
    for (uint32_t k = 0; k < st->n; k++)
      t[k] = b->s->t[st->row[k]];
    for (uint32_t k = 0; k + 1 < st->n; k++)
      gap[k] = t[k + 1] - t[k];
    rt__sort_doubles(gap, st->n - 1);
    t += st->n;
    gap += st->n;
  }
}

static uint8_t class_of(uint32_t size)
{
  return (uint8_t)(log(size) / log(SIZES_MOST));
}

static void count_waves(rt__block *b, const float *basis)
{
  float x[RT__CLOCK_GRID];
  for (uint32_t i = 0; i < b->n; i++) {
    b->size[i] = b->st[i].n;
    b->class[i] = class_of(b->st[i].n);
    counting(b, i, x);
    waves(basis, x, b->wave + (size_t)i * RT__WAVES);
  }
}

rt_code rt__seeker_init(rt__seeker *k, const rt__block *b)
{
  const rt_alloc *a = b->s->alloc;
  *k = (rt__seeker){b, rt__calloc(a, b->n, sizeof *k->found),
                    rt__calloc(a, b->longest, 4 * sizeof *k->scratch)};
  if (k->found && k->scratch)
    return RT_OK;
  rt__seeker_free(k);
  return RT_E_NOMEM;
}

void rt__seeker_free(rt__seeker *k)
{
  const rt_alloc *a = k->b->s->alloc;
  rt__free(a, k->found, k->b->n * sizeof *k->found);
  rt__free(a, k->scratch, k->b->longest * 4 * sizeof *k->scratch);
  k->found = NULL;
  k->scratch = NULL;
}

/* ---- pairs */

/* unrelated streams of n and m starts are about (n + m) / 6 apart; in turn: 1/4 and some drift */
static double near_limit(double both)
{
  double a = 0.03 * both, b = 0.35 + 0.015 * both;
  return a < b ? a : b;
}

static double near_reach(double both)
{
  return near_limit(both) * RT__CLOCK_GRID;
}

static bool sizes_fit(const rt__block *b, uint32_t i, uint32_t j)
{
  double n = b->st[i].n, m = b->st[j].n;
  return n / m > SIZES_LEAST && n / m < SIZES_MOST;
}

/* on one clock, or with a place in the ring that drifts, but taking turns all the same */
static bool together(const rt__seeker *k, uint32_t i, uint32_t j)
{
  const rt__beat *p = &k->b->beat[i], *q = &k->b->beat[j];
  double near = p->n >= 16 && q->n >= 16 ? NEAR : NEAR_SHORT;
  return rt__lag_below(p, q, near, LAGS_MIN, k->scratch) || rt__beats_in_turn(p, q);
}

/* ---- sizes of which strangers are near each other by the hundred
 *
 * How many streams are near one by chance grows with the log. Among a million accounts there are
 * thousands, a pair of them says little, and there are too many to look at: where a size is
 * crowded, only so many of the nearest count. A pool among hundreds of clockworks of its own pace
 * is lost by that, unless something else shows it.
 */

#define STEPS 256 /* of the limit */

/* adds the near streams of one to the counts, by distance in steps of the limit */
static void count_near(const rt__seeker *k, uint32_t i, size_t count[STEPS])
{
  const rt__block *b = k->b;
  rt__side a = {.i = i};
  double n = b->st[i].n;
  size_t m = rt__near_find(&b->near, b->wave + (size_t)i * RT__WAVES, b->st[i].n,
                           n / SIZES_MOST - 1, n / SIZES_LEAST + 1, near_reach, 1, k->found);
  for (size_t x = 0; x < m; x++) {
    uint32_t j = k->found[x];
    double limit = near_limit(n + b->st[j].n), d;
    if (j != i && sizes_fit(b, i, j) && (d = rt__block_distance(b, &a, j, limit)) < limit)
      count[(size_t)(STEPS * d / limit)]++;
  }
}

/* the part of the limit within which a stream of the class has CROWDED near ones on average; `of`
 * holds n */
static double part_of_limit(const rt__seeker *k, unsigned class, uint32_t *of)
{
  uint32_t pick[ASKED];
  size_t count[STEPS] = {0}, n = 0, near = 0, step = 0;
  for (uint32_t i = 0; i < k->b->n; i++)
    if (k->b->class[i] == class)
      of[n++] = i;
  if (n < CROWDED)
    return 1;
  n = rt__sample(0xc70, of, n, ASKED, pick);
  for (size_t i = 0; i < n; i++)
    count_near(k, pick[i], count);
  while (step < STEPS && near + count[step] <= CROWDED * n)
    near += count[step++];
  return (double)step / STEPS;
}

static rt_code find_crowded(rt__block *b)
{
  const rt_alloc *a = b->s->alloc;
  rt__seeker k;
  for (unsigned x = 0; x < RT__CLASSES; x++)
    b->part[x] = 1;
  if (b->n < CROWDED)
    return RT_OK;
  rt_code c = rt__seeker_init(&k, b);
  if (c != RT_OK)
    return c;
  uint32_t *of = rt__calloc(a, b->n, sizeof *of);
  bool there[RT__CLASSES] = {false};
  for (uint32_t i = 0; i < b->n; i++)
    there[b->class[i]] = true;
  for (unsigned x = 0; of && x < RT__CLASSES; x++)
    if (there[x])
      b->part[x] = part_of_limit(&k, x, of);
  rt__free(a, of, b->n * sizeof *of);
  rt__seeker_free(&k);
  return of ? RT_OK : RT_E_NOMEM;
}

/* ---- a block, ready to be looked at */

rt_code rt__block_init(rt__block *b, const rt__starts *s, const rt__stream *st, uint32_t n,
                       const float *basis)
{
  *b = (rt__block){.s = s, .st = st, .n = n, .near = {.alloc = s->alloc}};
  for (uint32_t i = 0; i < n; i++) {
    b->longest = st[i].n > b->longest ? st[i].n : b->longest;
    b->n_t += st[i].n;
  }
  b->beat = rt__calloc(s->alloc, n, sizeof *b->beat);
  b->t = rt__calloc(s->alloc, b->n_t, 2 * sizeof *b->t);
  b->wave = rt__calloc(s->alloc, (size_t)n * RT__WAVES, sizeof *b->wave);
  b->size = rt__calloc(s->alloc, n, sizeof *b->size);
  b->class = rt__calloc(s->alloc, n, sizeof *b->class);
  rt_code c = b->beat && b->t && b->wave && b->size && b->class ? RT_OK : RT_E_NOMEM;
  if (c == RT_OK) {
    take_beats(b);
    count_waves(b, basis);
    c = rt__near_build(s->alloc, b->wave, RT__WAVES, b->size, n, &b->near);
  }
  if (c == RT_OK)
    c = find_crowded(b);
  if (c != RT_OK)
    rt__block_free(b);
  return c;
}

/* ---- all pairs */

static rt_code make_room(const rt_alloc *a, rt__edges *l, size_t more)
{
  size_t cap = l->cap ? l->cap : 256;
  if (l->cap - l->n >= more)
    return RT_OK;
  while (cap - l->n < more)
    cap *= 2;
  rt__edge *e = rt__realloc(a, l->e, l->cap, cap, sizeof *e);
  if (!e)
    return RT_E_NOMEM;
  l->e = e;
  l->cap = cap;
  return RT_OK;
}

double rt__block_part(const rt__block *b, uint32_t i, uint32_t j)
{
  double x = b->part[b->class[i]], y = b->part[b->class[j]];
  return x < y ? x : y;
}

static bool are_near(const rt__block *b, rt__side *a, uint32_t j)
{
  double both = (double)b->st[a->i].n + b->st[j].n;
  double limit = near_limit(both) * rt__block_part(b, a->i, j);
  return rt__block_distance(b, a, j, limit) < limit;
}

/* the pairs of which i is the first */
static rt_code pairs_of(const rt__seeker *k, uint32_t i, rt__edges *out)
{
  const rt__block *b = k->b;
  rt__side a = {.i = i};
  double n = b->st[i].n;
  size_t m =
      rt__near_find(&b->near, b->wave + (size_t)i * RT__WAVES, b->st[i].n, n / SIZES_MOST - 1,
                    n / SIZES_LEAST + 1, near_reach, rt__block_part(b, i, i), k->found);
  for (size_t x = 0; x < m; x++) {
    uint32_t j = k->found[x];
    if (j <= i || !sizes_fit(b, i, j) || !are_near(b, &a, j) || !together(k, i, j))
      continue;
    rt_code c = make_room(b->s->alloc, out, 1);
    if (c != RT_OK)
      return c;
    out->e[out->n++] = (rt__edge){i, j, 1};
  }
  return RT_OK;
}

typedef struct piece {
  rt__edges edges;
  rt_code code;
} piece;

typedef struct hunt {
  const rt__block *b;
  piece piece[PIECES];
  uint32_t n; /* pieces */
} hunt;

static void hunt_one(void *arg, size_t at)
{
  hunt *h = arg;
  piece *p = &h->piece[at];
  rt__seeker k;
  uint32_t from = (uint32_t)((uint64_t)h->b->n * at / h->n),
           to = (uint32_t)((uint64_t)h->b->n * (at + 1) / h->n);
  p->code = rt__seeker_init(&k, h->b);
  if (p->code != RT_OK)
    return;
  for (uint32_t i = from; i < to && p->code == RT_OK; i++)
    p->code = pairs_of(&k, i, &p->edges);
  rt__seeker_free(&k);
}

static rt_code put_together(const rt_alloc *a, const hunt *h, rt__edges *out)
{
  rt_code c = RT_OK;
  size_t n = 0;
  for (uint32_t i = 0; i < h->n; i++) {
    n += h->piece[i].edges.n;
    c = c == RT_OK ? h->piece[i].code : c;
  }
  if (c == RT_OK)
    c = make_room(a, out, n);
  for (uint32_t i = 0; i < h->n && c == RT_OK; i++) {
    const rt__edges *l = &h->piece[i].edges;
    if (l->n)
      memcpy(out->e + out->n, l->e, l->n * sizeof *l->e);
    out->n += l->n;
  }
  return c;
}

rt_code rt__block_pairs(const rt__block *b, const rt__team *team, rt__edges *out)
{
  const rt_alloc *a = b->s->alloc;
  hunt h = {.b = b, .n = b->n / PIECE_LEAST + 1};
  h.n = h.n < PIECES ? h.n : PIECES;
  *out = (rt__edges){0};
  rt__team_run(team, h.n, hunt_one, &h);
  rt_code c = put_together(a, &h, out);
  for (uint32_t i = 0; i < h.n; i++)
    rt__free(a, h.piece[i].edges.e, h.piece[i].edges.cap * sizeof *h.piece[i].edges.e);
  return c;
}
