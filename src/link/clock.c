#include "link/clock.h"

#include "link/leiden.h"
#include "link/stream.h"
#include "sketch/stats.h"

#include <math.h>
#include <stdlib.h>

#define WAVES      32 /* low frequencies of the counting function: a lower bound of the distance */
#define RESOLUTION 0.20 /* share of pairs that must be on one clock inside a community */
#define NEAR       0.62 /* lag ratio of a pair on one clock */
#define NEAR_SHORT 0.50 /* likewise, with fewer than 16 starts */
#define NEAR_GROWN 0.75 /* likewise, against many members at once */
#define CORE_MAX   30
#define LAGS_MIN   6
#define TURNS_MIN  12   /* starts of a stream whose turns are counted */
#define IN_TURN    0.75 /* share of alternations of a pair that takes turns … */
#define TURNS_Z    4.0  /* … and how far above independence */
#define TOGETHER   0.30 /* correlation of their gaps … */
#define TOGETHER_Z 2.5  /* … and how far above none */

/* ---- lag ratio */

static double iqr_sorted(const double *v, size_t n)
{
  return rt__quantile_sorted(v, n, 0.75) - rt__quantile_sorted(v, n, 0.25);
}

/* the part of p inside [lo, hi] */
static void overlap(const double **p, size_t *n, double lo, double hi)
{
  while (*n && (*p)[0] < lo) {
    (*p)++;
    (*n)--;
  }
  while (*n && (*p)[*n - 1] > hi)
    (*n)--;
}

static double one_way(const double *p, size_t n, const double *q, size_t m, double *v, size_t *lags)
{
  size_t k = 0, j = 0;
  double *g = v + n;
  *lags = 0;
  for (size_t i = 0; i < n; i++) {
    while (j < m && q[j] < p[i])
      j++;
    if (j < m)
      v[k++] = q[j] - p[i];
  }
  if (k < 3)
    return 9;
  size_t gaps = 0;
  for (size_t i = 1; i < n; i++)
    g[gaps++] = p[i] - p[i - 1];
  for (size_t i = 1; i < m; i++)
    g[gaps++] = q[i] - q[i - 1];
  double med = rt__median(g, gaps);
  if (med <= 0)
    return 9;
  /* phases wrap: a lag near 0 and one near a whole gap are the same place on the ring */
  double re = 0, im = 0;
  for (size_t i = 0; i < k; i++) {
    re += cos(RT__TWO_PI * v[i] / med);
    im += sin(RT__TWO_PI * v[i] / med);
  }
  double c = atan2(im, re) / (RT__TWO_PI);
  for (size_t i = 0; i < k; i++) {
    double x = v[i] / med - c + 0.5;
    v[i] = x - floor(x) - 0.5;
  }
  rt__sort_doubles(v, k);
  double spread = iqr_sorted(g, gaps) / med;
  *lags = k;
  return iqr_sorted(v, k) / (spread > 1e-9 ? spread : 1e-9);
}

double rt__lag_ratio(const double *p, size_t n, const double *q, size_t m, double *scratch,
                     size_t *lags)
{
  *lags = 0;
  if (n == 0 || m == 0)
    return 9;
  double lo = p[0] > q[0] ? p[0] : q[0], hi = p[n - 1] < q[m - 1] ? p[n - 1] : q[m - 1];
  overlap(&p, &n, lo, hi);
  overlap(&q, &m, lo, hi);
  if (n < 4 || m < 4)
    return 9;
  size_t k1, k2;
  double a = one_way(p, n, q, m, scratch, &k1), b = one_way(q, m, p, n, scratch, &k2);
  *lags = a <= b ? k1 : k2;
  return a < b ? a : b;
}

/* ---- turns */

double rt__alternation(const double *p, size_t n, const double *q, size_t m, double *z)
{
  *z = 0;
  if (n == 0 || m == 0)
    return 0;
  double lo = p[0] > q[0] ? p[0] : q[0], hi = p[n - 1] < q[m - 1] ? p[n - 1] : q[m - 1];
  overlap(&p, &n, lo, hi);
  overlap(&q, &m, lo, hi);
  if (n < 4 || m < 4)
    return 0;
  size_t i = 0, j = 0, changes = 0;
  int last = -1;
  while (i < n || j < m) {
    int now = j == m || (i < n && p[i] <= q[j]) ? 0 : 1;
    changes += last >= 0 && now != last;
    last = now;
    i += now == 0;
    j += now == 1;
  }
  double a = (double)n, b = (double)m, all = a + b, mean = 1 + 2 * a * b / all;
  double var = 2 * a * b * (2 * a * b - all) / (all * all * (all - 1));
  *z = var > 0 ? ((double)changes + 1 - mean) / sqrt(var) : 0;
  return (double)changes / (all - 1);
}

static double median_gap(const double *p, size_t n, double *scratch)
{
  for (size_t i = 0; i + 1 < n; i++)
    scratch[i] = p[i + 1] - p[i];
  return n > 1 ? rt__median(scratch, n - 1) : 0;
}

double rt__gaps_together(const double *p, size_t n, const double *q, size_t m, double *scratch,
                         size_t *n_gaps)
{
  double a = 3 * median_gap(p, n, scratch), b = 3 * median_gap(q, m, scratch);
  double sx = 0, sy = 0, xx = 0, yy = 0, xy = 0, k = 0;
  for (size_t i = 0, j = 0; i + 1 < n; i++) {
    double middle = (p[i] + p[i + 1]) / 2;
    while (j + 1 < m && q[j + 1] <= middle)
      j++;
    if (j + 1 >= m || q[j] > middle)
      continue;
    double g = p[i + 1] - p[i], h = q[j + 1] - q[j];
    if (g > a || h > b || g <= 0 || h <= 0)
      continue;
    double x = log(g), y = log(h);
    sx += x;
    sy += y;
    xx += x * x;
    yy += y * y;
    xy += x * y;
    k++;
  }
  *n_gaps = (size_t)k;
  if (k < 3)
    return 0;
  double vx = xx - sx * sx / k, vy = yy - sy * sy / k;
  return vx > 1e-12 && vy > 1e-12 ? (xy - sx * sy / k) / sqrt(vx * vy) : 0;
}

bool rt__in_turn(const double *p, size_t n, const double *q, size_t m, double *scratch)
{
  double z;
  size_t k;
  if (n < TURNS_MIN || m < TURNS_MIN || rt__alternation(p, n, q, m, &z) < IN_TURN || z < TURNS_Z)
    return false;
  double r = rt__gaps_together(p, n, q, m, scratch, &k);
  return k >= 8 && r >= TOGETHER && r * sqrt((double)k) >= TOGETHER_Z;
}

/* ---- streams of one block, their counting functions, and who is near whom */

typedef struct block {
  const rt__starts *s;
  const rt__stream *st; /* of at least RT__CLOCK_MIN_STARTS rows */
  uint32_t n;
  float *wave;     /* n * WAVES */
  uint32_t *order; /* by first wave */
  double *scratch;
  size_t scratch_n;
  rt__edge *edges;
  size_t n_edges, cap_edges;
  float *basis; /* WAVES * grid */
} block;

static void times(const block *b, uint32_t i, double *copy)
{
  const rt__stream *x = &b->st[i];
  for (uint32_t k = 0; k < x->n; k++)
    copy[k] = b->s->t[x->row[k]];
}

static void counting(const block *b, uint32_t i, float *x)
{
  const rt__stream *st = &b->st[i];
  uint32_t k = 0;
  double mean = 0, step = b->s->t1 / (RT__CLOCK_GRID - 1);
  for (int g = 0; g < RT__CLOCK_GRID; g++) {
    while (k < st->n && b->s->t[st->row[k]] < step * g)
      k++;
    x[g] = (float)k;
    mean += k;
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

/* mean squared distance of two counting functions; stops, above `limit`, at any larger value */
static double distance(const block *b, uint32_t i, uint32_t j, double limit)
{
  const float *x = b->wave + (size_t)i * WAVES, *y = b->wave + (size_t)j * WAVES;
  float sum = 0, most = (float)(limit * RT__CLOCK_GRID);
  for (int k = 0; k < WAVES; k++) {
    sum += (x[k] - y[k]) * (x[k] - y[k]);
    if (sum > most)
      return sum / RT__CLOCK_GRID;
  }
  float u[RT__CLOCK_GRID], v[RT__CLOCK_GRID];
  double d = 0;
  counting(b, i, u);
  counting(b, j, v);
  for (int g = 0; g < RT__CLOCK_GRID; g++)
    d += (double)(u[g] - v[g]) * (double)(u[g] - v[g]);
  return d / RT__CLOCK_GRID;
}

/* unrelated streams of n and m starts are about (n + m) / 6 apart; in turn: 1/4 and some drift */
static double near_limit(double both)
{
  double a = 0.03 * both, b = 0.35 + 0.015 * both;
  return a < b ? a : b;
}

static double pair_ratio(const block *b, uint32_t i, uint32_t j, size_t *lags)
{
  size_t n = b->st[i].n, m = b->st[j].n;
  double *p = b->scratch, *q = p + n;
  times(b, i, p);
  times(b, j, q);
  return rt__lag_ratio(p, n, q, m, q + m, lags);
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

/* streams whose place in the ring drifts, but who take turns all the same */
static bool takes_turns(const block *b, uint32_t i, uint32_t j)
{
  size_t n = b->st[i].n, m = b->st[j].n;
  double *p = b->scratch, *q = p + n;
  times(b, i, p);
  times(b, j, q);
  return rt__in_turn(p, n, q, m, q + m);
}

static rt_code try_pair(block *b, uint32_t i, uint32_t j)
{
  double n = b->st[i].n, m = b->st[j].n, limit = near_limit(n + m);
  if (n / m <= 0.7 || n / m >= 1.43 || distance(b, i, j, limit) >= limit)
    return RT_OK;
  size_t lags;
  double r = pair_ratio(b, i, j, &lags);
  bool near = lags >= LAGS_MIN && r < (n >= 16 && m >= 16 ? NEAR : NEAR_SHORT);
  return near || takes_turns(b, i, j) ? add_edge(b, i, j) : RT_OK;
}

/* all pairs that can be near: the first wave alone bounds the distance from below */
static rt_code find_pairs(block *b)
{
  for (uint32_t x = 0; x < b->n; x++) {
    uint32_t i = b->order[x];
    double most = near_limit(b->st[i].n * 2.43) * RT__CLOCK_GRID;
    for (uint32_t y = x + 1; y < b->n; y++) {
      uint32_t j = b->order[y];
      double d = b->wave[(size_t)j * WAVES] - b->wave[(size_t)i * WAVES];
      if (d * d > most)
        break;
      rt_code c = try_pair(b, i, j);
      if (c != RT_OK)
        return c;
    }
  }
  return RT_OK;
}

static rt_code sort_order(block *b)
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
    b->order[i] = (uint32_t)p[i].val;
  rt__free(b->s->alloc, p, 2 * (size_t)b->n * sizeof *p);
  return RT_OK;
}

static void block_free(block *b)
{
  const rt_alloc *a = b->s->alloc;
  rt__free(a, b->wave, (size_t)b->n * WAVES * sizeof *b->wave);
  rt__free(a, b->order, b->n * sizeof *b->order);
  rt__free(a, b->scratch, b->scratch_n * sizeof *b->scratch);
  rt__free(a, b->edges, b->cap_edges * sizeof *b->edges);
}

static rt_code block_init(block *b, const rt__starts *s, const rt__stream *st, uint32_t n,
                          float *basis)
{
  size_t longest = 0;
  float x[RT__CLOCK_GRID];
  for (uint32_t i = 0; i < n; i++)
    longest = st[i].n > longest ? st[i].n : longest;
  *b = (block){.s = s, .st = st, .n = n, .scratch_n = 6 * longest + 16, .basis = basis};
  b->wave = rt__calloc(s->alloc, (size_t)n * WAVES, sizeof *b->wave);
  b->order = rt__calloc(s->alloc, n, sizeof *b->order);
  b->scratch = rt__calloc(s->alloc, b->scratch_n, sizeof *b->scratch);
  if (!b->wave || !b->order || !b->scratch) {
    block_free(b);
    return RT_E_NOMEM;
  }
  for (uint32_t i = 0; i < n; i++) {
    counting(b, i, x);
    waves(b, x, b->wave + (size_t)i * WAVES);
  }
  if (sort_order(b) != RT_OK) {
    block_free(b);
    return RT_E_NOMEM;
  }
  return RT_OK;
}

/* ---- from pairs to groups */

/* whether stream i, which skipped turns, runs with most of the core */
static bool runs_along(block *b, uint32_t i, const uint32_t *core, size_t n)
{
  double r[12];
  size_t near = 0, k = 0;
  for (size_t c = 0; c < n; c++) {
    double limit = 0.05 * (b->st[i].n + b->st[core[c]].n) + 0.4;
    if (distance(b, i, core[c], limit) >= limit)
      continue;
    size_t lags;
    near++;
    if (k < RT__ARRAY_LEN(r))
      r[k++] = pair_ratio(b, i, core[c], &lags);
  }
  return near >= 0.4 * (double)n && k && rt__median(r, k) < NEAR_GROWN;
}

static void grow(block *b, bool *member, uint32_t *list, double *sizes)
{
  for (int round = 0; round < 2; round++) {
    uint32_t core[CORE_MAX], n = 0;
    for (uint32_t i = 0; i < b->n; i++)
      if (member[i])
        list[n++] = i;
    size_t k = rt__sample(0xc0e, list, n, CORE_MAX, core);
    for (size_t i = 0; i < k; i++)
      sizes[i] = b->st[core[i]].n;
    double med = rt__median(sizes, k);
    bool added = false;
    for (uint32_t i = 0; i < b->n; i++)
      if (!member[i] && b->st[i].n > 0.6 * med && b->st[i].n < 1.6 * med &&
          runs_along(b, i, core, k))
        member[i] = added = true;
    if (!added)
      return;
  }
}

static rt_code emit(const block *b, const bool *member, rt__origin origin, rt__groups *out)
{
  size_t n = 0, k = 0;
  for (uint32_t i = 0; i < b->n; i++)
    n += member[i] ? b->st[i].n : 0;
  uint32_t *rows = rt__calloc(b->s->alloc, n, sizeof *rows);
  rt__group g;
  if (!rows)
    return RT_E_NOMEM;
  for (uint32_t i = 0; i < b->n; i++) /* streams ascend by account */
    for (uint32_t r = 0; member[i] && r < b->st[i].n; r++)
      rows[k++] = b->st[i].row[r];
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

static rt_code communities(block *b, rt__origin origin, rt__groups *out)
{
  const rt_alloc *a = b->s->alloc;
  uint32_t *u = rt__calloc(a, b->n, 3 * sizeof *u), k = 0;
  bool *member = rt__calloc(a, b->n, sizeof *member);
  double *sizes = rt__calloc(a, b->n, sizeof *sizes);
  rt_code c = u && member && sizes ? RT_OK : RT_E_NOMEM;
  uint32_t *label = u, *knows = u + b->n, *list = u ? u + 2 * (size_t)b->n : NULL;
  if (c == RT_OK)
    c = rt__leiden(a, b->n, b->edges, b->n_edges, RESOLUTION, label, &k);
  for (uint32_t q = 0; q < k && c == RT_OK; q++) {
    if (rt__leiden_core(b->n, b->edges, b->n_edges, label, q, member, knows) < RT__CLOCK_MIN)
      continue;
    if (origin == RT__FROM_CLOCK)
      grow(b, member, list, sizes);
    c = emit(b, member, origin, out);
  }
  rt__free(a, u, b->n * 3 * sizeof *u);
  rt__free(a, member, b->n * sizeof *member);
  rt__free(a, sizes, b->n * sizeof *sizes);
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
