#include "link/clock.h"

#include "link/leiden.h"
#include "link/near.h"
#include "link/stream.h"
#include "sketch/stats.h"

#include <math.h>
#include <stdlib.h>

#define WAVES       32 /* low frequencies of the counting function: a lower bound of the distance */
#define RESOLUTION  0.20 /* share of pairs that must be on one clock inside a community */
#define SIZES_LEAST 0.7  /* starts of one of a pair, as a part of the other's */
#define SIZES_MOST  1.43
#define NEAR        0.62 /* lag ratio of a pair on one clock */
#define NEAR_SHORT  0.50 /* likewise, with fewer than 16 starts */
#define NEAR_GROWN  0.75 /* likewise, against many members at once */
#define CORE_MAX    30
#define LAGS_MIN    6

/* ---- streams of one block, their counting functions, and who is near whom */

typedef struct block {
  const rt__starts *s;
  const rt__stream *st; /* of at least RT__CLOCK_MIN_STARTS rows */
  uint32_t n;
  rt__beat *beat;
  double *t; /* of all beats; then their gaps */
  size_t n_t;
  float *wave;    /* n * WAVES */
  uint32_t *rank; /* by first wave: who is first of a pair */
  uint32_t *size; /* starts */
  rt__near near;
  uint32_t *found; /* by the tree */
  double *scratch;
  size_t scratch_n;
  rt__edge *edges;
  size_t n_edges, cap_edges;
  float *basis; /* WAVES * grid */
} block;

static void counting(const block *b, uint32_t i, float *x)
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

static void waves(const block *b, const float *x, float *out)
{
  for (int k = 0; k < WAVES; k++) {
    const float *w = b->basis + (size_t)k * RT__CLOCK_GRID;
    float sum = 0;
    for (int g = 0; g < RT__CLOCK_GRID; g++)
      sum += w[g] * x[g];
    out[k] = sum;
  }
}

/* a stream that is compared with many */
typedef struct side {
  uint32_t i;
  bool counted; /* the counting function is there */
  float count[RT__CLOCK_GRID];
} side;

/* mean squared distance of two counting functions; stops, above `limit`, at any larger value */
static double distance(const block *b, side *a, uint32_t j, double limit)
{
  const float *x = b->wave + (size_t)a->i * WAVES, *y = b->wave + (size_t)j * WAVES;
  float sum = 0, most = (float)(limit * RT__CLOCK_GRID);
  for (int k = 0; k < WAVES; k++) {
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

/* unrelated streams of n and m starts are about (n + m) / 6 apart; in turn: 1/4 and some drift */
static double near_limit(double both)
{
  double a = 0.03 * both, b = 0.35 + 0.015 * both;
  return a < b ? a : b;
}

static rt_code add_edge(block *b, uint32_t i, uint32_t j)
{
  if (b->n_edges == b->cap_edges) {
    size_t cap = b->cap_edges ? b->cap_edges * 2 : 256;
    rt__edge *e = rt__realloc(b->s->alloc, b->edges, b->cap_edges, cap, sizeof *e);
    if (!e)
      return RT_E_NOMEM;
    b->edges = e;
    b->cap_edges = cap;
  }
  b->edges[b->n_edges++] = (rt__edge){i < j ? i : j, i < j ? j : i, 1};
  return RT_OK;
}

/* on one clock, or with a place in the ring that drifts, but taking turns all the same */
static bool together(const block *b, uint32_t i, uint32_t j)
{
  const rt__beat *p = &b->beat[i], *q = &b->beat[j];
  double near = p->n >= 16 && q->n >= 16 ? NEAR : NEAR_SHORT;
  return rt__lag_below(p, q, near, LAGS_MIN, b->scratch) || rt__beats_in_turn(p, q);
}

static bool are_near(const block *b, side *a, uint32_t j)
{
  double n = b->st[a->i].n, m = b->st[j].n, limit = near_limit(n + m);
  return n / m > SIZES_LEAST && n / m < SIZES_MOST && distance(b, a, j, limit) < limit;
}

static double near_reach(double both)
{
  return near_limit(both) * RT__CLOCK_GRID;
}

/* all pairs that can be near */
static rt_code find_pairs(block *b)
{
  rt_code c = RT_OK;
  for (uint32_t i = 0; i < b->n && c == RT_OK; i++) {
    side a = {.i = i};
    double n = b->st[i].n;
    size_t k = rt__near_find(&b->near, b->wave + (size_t)i * WAVES, b->st[i].n, n / SIZES_MOST - 1,
                             n / SIZES_LEAST + 1, near_reach, b->found);
    for (size_t x = 0; x < k && c == RT_OK; x++) {
      uint32_t j = b->found[x];
      if (b->rank[j] > b->rank[i] && are_near(b, &a, j) && together(b, i, j))
        c = add_edge(b, i, j);
    }
  }
  return c;
}

static rt_code sort_by_wave(block *b)
{
  rt__pair *p = rt__calloc(b->s->alloc, 2 * (size_t)b->n, sizeof *p);
  if (!p)
    return RT_E_NOMEM;
  for (uint32_t i = 0; i < b->n; i++) {
    union {
      float f;
      uint32_t u;
    } v = {.f = b->wave[(size_t)i * WAVES]};
    uint32_t key = v.u & 0x80000000u ? ~v.u : v.u | 0x80000000u; /* floats in integer order */
    p[i] = (rt__pair){key, i};
  }
  rt__sort_pairs(p, p + b->n, b->n);
  for (uint32_t i = 0; i < b->n; i++)
    b->rank[p[i].val] = i;
  rt__free(b->s->alloc, p, 2 * (size_t)b->n * sizeof *p);
  return RT_OK;
}

static void block_free(block *b)
{
  const rt_alloc *a = b->s->alloc;
  rt__free(a, b->beat, b->n * sizeof *b->beat);
  rt__free(a, b->t, b->n_t * 2 * sizeof *b->t);
  rt__free(a, b->wave, (size_t)b->n * WAVES * sizeof *b->wave);
  rt__free(a, b->rank, (size_t)b->n * 3 * sizeof *b->rank);
  rt__free(a, b->scratch, b->scratch_n * sizeof *b->scratch);
  rt__free(a, b->edges, b->cap_edges * sizeof *b->edges);
  rt__near_free(&b->near);
}

static void take_beats(block *b)
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

static void count_waves(block *b)
{
  float x[RT__CLOCK_GRID];
  for (uint32_t i = 0; i < b->n; i++) {
    b->size[i] = b->st[i].n;
    counting(b, i, x);
    waves(b, x, b->wave + (size_t)i * WAVES);
  }
}

static rt_code block_init(block *b, const rt__starts *s, const rt__stream *st, uint32_t n,
                          float *basis)
{
  size_t longest = 0;
  *b = (block){.s = s, .st = st, .n = n, .basis = basis, .near = {.alloc = s->alloc}};
  for (uint32_t i = 0; i < n; i++) {
    longest = st[i].n > longest ? st[i].n : longest;
    b->n_t += st[i].n;
  }
  b->scratch_n = 4 * longest;
  b->beat = rt__calloc(s->alloc, n, sizeof *b->beat);
  b->t = rt__calloc(s->alloc, b->n_t, 2 * sizeof *b->t);
  b->wave = rt__calloc(s->alloc, (size_t)n * WAVES, sizeof *b->wave);
  b->rank = rt__calloc(s->alloc, n, 3 * sizeof *b->rank);
  b->scratch = rt__calloc(s->alloc, b->scratch_n, sizeof *b->scratch);
  rt_code c = b->beat && b->t && b->wave && b->rank && b->scratch ? RT_OK : RT_E_NOMEM;
  if (c == RT_OK) {
    b->size = b->rank + n;
    b->found = b->size + n;
    take_beats(b);
    count_waves(b);
    c = sort_by_wave(b);
  }
  if (c == RT_OK)
    c = rt__near_build(s->alloc, b->wave, WAVES, b->size, n, &b->near);
  if (c != RT_OK)
    block_free(b);
  return c;
}

/* ---- from pairs to groups */

#define GROWN_LEAST 0.6 /* starts of a stream that skipped turns, as a part of the core's … */
#define GROWN_MOST  1.6
#define KNOWS_CORE  0.4 /* … and near so many of the core */

static double grown_limit(double both)
{
  return 0.05 * both + 0.4;
}

static double grown_reach(double both)
{
  return grown_limit(both) * RT__CLOCK_GRID;
}

/* who is near a member of the core, as (stream, place in the core) */
typedef struct meets {
  rt__pair *p;
  size_t n, cap;
} meets;

static rt_code add_meet(const rt_alloc *a, meets *l, uint32_t i, size_t core)
{
  if (l->n == l->cap) {
    size_t cap = l->cap ? 2 * l->cap : 256; /* twice: room for sorting */
    rt__pair *p = rt__realloc(a, l->p, 2 * l->cap, 2 * cap, sizeof *p);
    if (!p)
      return RT_E_NOMEM;
    l->p = p;
    l->cap = cap;
  }
  l->p[l->n++] = (rt__pair){i, core};
  return RT_OK;
}

/* streams that are no members and of about the core's size */
static rt_code meet_core(block *b, const bool *member, const uint32_t *core, size_t n, double med,
                         meets *out)
{
  rt_code c = RT_OK;
  out->n = 0;
  for (size_t k = 0; k < n && c == RT_OK; k++) {
    uint32_t at = core[k];
    side a = {.i = at};
    size_t m = rt__near_find(&b->near, b->wave + (size_t)at * WAVES, b->st[at].n, GROWN_LEAST * med,
                             GROWN_MOST * med, grown_reach, b->found);
    for (size_t x = 0; x < m && c == RT_OK; x++) {
      uint32_t i = b->found[x];
      double size = b->st[i].n, limit = grown_limit(size + b->st[at].n);
      if (!member[i] && size > GROWN_LEAST * med && size < GROWN_MOST * med &&
          distance(b, &a, i, limit) < limit)
        c = add_meet(b->s->alloc, out, i, k);
    }
  }
  rt__sort_pairs(out->p, out->p + out->cap, out->n);
  return c;
}

/* Whether a stream that skipped turns runs with most of the core; p: its meets, near of them. A
 * median is below only if the lower half is, and that is told without the ratios themselves. */
static bool runs_along(const block *b, const rt__pair *p, size_t near, const uint32_t *core,
                       size_t n)
{
  double r[12];
  if ((double)near < KNOWS_CORE * (double)n)
    return false;
  size_t k = near < RT__ARRAY_LEN(r) ? near : RT__ARRAY_LEN(r), half = (k + 1) / 2, not = 0;
  const rt__beat *a = &b->beat[p->key];
  for (size_t x = 0; x < k && not <= k - half; x++)
    not += !rt__lag_below(a, &b->beat[core[p[x].val]], NEAR_GROWN, 0, b->scratch);
  if (not > k - half)
    return false;
  for (size_t x = 0; x < k; x++) {
    const rt__beat *c = &b->beat[core[p[x].val]];
    size_t lags;
    r[x] = rt__lag_ratio(a->t, a->n, c->t, c->n, b->scratch, &lags);
  }
  return rt__median(r, k) < NEAR_GROWN;
}

static int by_number(const void *a, const void *b)
{
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

/* a community at work: its members, ascending, and the same as flags */
typedef struct club {
  bool *member;
  uint32_t *list;
  size_t n;
  meets meets;
} club;

static rt_code grow_once(block *b, club *x, bool *added)
{
  uint32_t core[CORE_MAX];
  double sizes[CORE_MAX];
  size_t k = rt__sample(0xc0e, x->list, x->n, CORE_MAX, core);
  for (size_t i = 0; i < k; i++)
    sizes[i] = b->st[core[i]].n;
  rt_code c = meet_core(b, x->member, core, k, rt__median(sizes, k), &x->meets);
  *added = false;
  for (size_t i = 0, j; i < x->meets.n && c == RT_OK; i = j) {
    const rt__pair *p = x->meets.p + i;
    uint32_t who = (uint32_t)p->key;
    for (j = i; j < x->meets.n && x->meets.p[j].key == who; j++)
      ;
    if (!runs_along(b, p, j - i, core, k))
      continue;
    x->member[who] = *added = true;
    x->list[x->n++] = who;
  }
  qsort(x->list, x->n, sizeof *x->list, by_number);
  return c;
}

static rt_code emit(const block *b, const club *x, rt__origin origin, rt__groups *out)
{
  size_t n = 0, k = 0;
  for (size_t i = 0; i < x->n; i++)
    n += b->st[x->list[i]].n;
  uint32_t *rows = rt__calloc(b->s->alloc, n, sizeof *rows);
  rt__group g;
  if (!rows)
    return RT_E_NOMEM;
  for (size_t i = 0; i < x->n; i++) { /* streams ascend by account */
    const rt__stream *st = &b->st[x->list[i]];
    memcpy(rows + k, st->row, st->n * sizeof *rows);
    k += st->n;
  }
  rt_code c = rt__group_from_rows(b->s->alloc, b->s, rows, n, 1, origin, &g);
  rt__free(b->s->alloc, rows, n * sizeof *rows);
  if (c != RT_OK)
    return c;
  c = origin == RT__FROM_CLOCK ? rt__same_size(b->s, &g) : RT_OK;
  if (c != RT_OK || g.n < RT__CLOCK_MIN) {
    rt__group_free(b->s->alloc, &g);
    return c;
  }
  return rt__groups_take(out, &g);
}

static rt_code one_club(block *b, club *x, const uint32_t *core, size_t n, rt__origin origin,
                        rt__groups *out)
{
  bool added = origin == RT__FROM_CLOCK;
  rt_code c = RT_OK;
  x->n = n;
  for (size_t i = 0; i < n; i++)
    x->member[x->list[i] = core[i]] = true;
  for (int round = 0; round < 2 && added && c == RT_OK; round++)
    c = grow_once(b, x, &added);
  if (c == RT_OK)
    c = emit(b, x, origin, out);
  for (size_t i = 0; i < x->n; i++)
    x->member[x->list[i]] = false;
  return c;
}

static rt_code communities(block *b, rt__origin origin, rt__groups *out)
{
  const rt_alloc *a = b->s->alloc;
  rt__cores cores;
  club x = {.member = rt__calloc(a, b->n, sizeof *x.member),
            .list = rt__calloc(a, b->n, sizeof *x.list)};
  rt_code c = rt__leiden_cores(a, b->n, b->edges, b->n_edges, RESOLUTION, &cores);
  if (c == RT_OK && !(x.member && x.list))
    c = RT_E_NOMEM;
  for (uint32_t q = 0; q < cores.n && c == RT_OK; q++) {
    size_t n = cores.at[q + 1] - cores.at[q];
    if (n >= RT__CLOCK_MIN)
      c = one_club(b, &x, cores.node + cores.at[q], n, origin, out);
  }
  rt__cores_free(a, &cores);
  rt__free(a, x.meets.p, x.meets.cap * 2 * sizeof *x.meets.p);
  rt__free(a, x.member, b->n * sizeof *x.member);
  rt__free(a, x.list, b->n * sizeof *x.list);
  return c;
}

static rt_code one_block(const rt__starts *s, const rt__stream *st, uint32_t n, rt__origin origin,
                         float *basis, rt__groups *out)
{
  block b;
  rt_code c = block_init(&b, s, st, n, basis);
  if (c != RT_OK)
    return c;
  c = find_pairs(&b);
  if (c == RT_OK && b.n_edges)
    c = communities(&b, origin, out);
  block_free(&b);
  return c;
}

static void cosines(float *basis)
{
  for (int k = 0; k < WAVES; k++)
    for (int g = 0; g < RT__CLOCK_GRID; g++)
      basis[k * RT__CLOCK_GRID + g] =
          (float)(sqrt(2.0 / RT__CLOCK_GRID) *
                  cos(RT__TWO_PI / 2 * (g + 0.5) * (k + 1) / RT__CLOCK_GRID));
}

static rt_code all_blocks(const rt__starts *s, rt__streams_kind kind, float *basis, rt__groups *out)
{
  rt__streams l;
  rt_code c = rt__streams_build(s, kind, RT__CLOCK_MIN_STARTS, &l);
  for (uint32_t i = 0, j; c == RT_OK && i < l.n; i = j) {
    for (j = i; j < l.n && l.st[j].key == l.st[i].key; j++)
      ;
    if (j - i >= RT__CLOCK_MIN)
      c = one_block(s, l.st + i, j - i, kind == RT__STREAMS_WHOLE ? RT__FROM_WHOLE : RT__FROM_CLOCK,
                    basis, out);
  }
  rt__streams_free(&l);
  return c;
}

rt_code rt__clock_groups(const rt__starts *s, rt__groups *out, rt_error *err)
{
  float *basis = rt__calloc(s->alloc, (size_t)WAVES * RT__CLOCK_GRID, sizeof *basis);
  rt_code c = basis ? RT_OK : RT_E_NOMEM;
  if (basis)
    cosines(basis);
  for (int kind = 0; kind < RT__STREAMS_KINDS && c == RT_OK; kind++)
    c = all_blocks(s, (rt__streams_kind)kind, basis, out);
  rt__free(s->alloc, basis, (size_t)WAVES * RT__CLOCK_GRID * sizeof *basis);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for clocks");
}
