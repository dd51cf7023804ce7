/* gemm - after Goto and van de Geijn (2008): B is packed into panels as wide as the tile, a block
 * of A's rows meets one panel after the other, and the tile's sums stay in registers.
 *
 * Sizes: a panel's strip of STEPS x 16 floats stays in the first cache, a block of A in the second.
 */
#include "distill/gemm.h"

#define STEPS       256u       /* of k between two visits of C */
#define BLOCK_TILES 16u        /* tiles in a block of rows */
#define SHARED_MAX  (1u << 22) /* floats: the largest k times the widest tile */
#define SHARED_AIM  (1u << 20) /* floats of packed B at a time, if one panel is not larger */

/* Packed tiles of A lie a line more than their size apart: without it they would all fall into the
 * same two sets of the first cache. */
#define GAP                      16u
#define TILE_STRIDE(rows, steps) ((rows) * (steps) + GAP)

_Static_assert(BLOCK_TILES *TILE_STRIDE(RT__TILE_ROWS_MAX, STEPS) <= RT__GEMM_SCRATCH,
               "a block of A fits");

static size_t up(size_t a, size_t b)
{
  return (a + b - 1) / b;
}

static size_t least(size_t a, size_t b)
{
  return a < b ? a : b;
}

/* ---- the engine */

rt_code rt__engine_new(const rt_alloc *alloc, unsigned threads, const rt__kernels *kernels,
                       rt__engine **out, rt_error *err)
{
  *out = NULL;
  rt__engine *e = rt__calloc(alloc, 1, sizeof *e);
  if (!e)
    return rt__fail(err, RT_E_NOMEM, "engine: no memory");
  e->alloc = *alloc;
  e->k = kernels ? kernels : rt__kernels_best();
  e->threads = threads;
  rt_code code = rt__pool_new(alloc, threads, &e->pool, err);
  if (!code) {
    e->shared = rt__realloc(alloc, NULL, 0, SHARED_MAX, sizeof *e->shared);
    code = e->shared ? rt__engine_reserve(e, RT__GEMM_SCRATCH, err)
                     : rt__fail(err, RT_E_NOMEM, "engine: no memory");
  }
  if (code)
    rt__engine_free(e);
  else
    *out = e;
  return code;
}

void rt__engine_free(rt__engine *e)
{
  if (!e)
    return;
  rt_alloc a = e->alloc;
  rt__pool_free(e->pool);
  if (e->shared)
    rt__free(&a, e->shared, SHARED_MAX * sizeof *e->shared);
  rt__free(&a, e->own, e->threads * e->own_n * sizeof *e->own);
  rt__free(&a, e, sizeof *e);
}

rt_code rt__engine_reserve(rt__engine *e, size_t n, rt_error *err)
{
  n = up(n, 16) * 16;
  if (n <= e->own_n)
    return RT_OK;
  rt__free(&e->alloc, e->own, e->threads * e->own_n * sizeof *e->own);
  e->own_n = 0;
  e->own =
      n <= SIZE_MAX / e->threads ? rt__calloc(&e->alloc, e->threads * n, sizeof *e->own) : NULL;
  if (!e->own)
    return rt__fail(err, RT_E_NOMEM, "engine: no memory for %u times %zu MB of scratch", e->threads,
                    n * sizeof(float) >> 20);
  e->own_n = n;
  return RT_OK;
}

/* ---- packing B */

size_t rt__packed_size(const rt__kernels *kn, size_t k, size_t n)
{
  return up(n, kn->tile_cols) * kn->tile_cols * k;
}

static void pack_panel(const rt__kernels *kn, float *dst, rt__view b, size_t k, size_t n,
                       size_t panel)
{
  size_t j = panel * kn->tile_cols, width = least(n - j, kn->tile_cols);
  dst += panel * kn->tile_cols * k;
  if (b.cs == 1)
    kn->pack_rows(dst, b.p + j, b.rs, k, width);
  else
    kn->pack_cols(dst, b.p + j * b.cs, b.cs, k, width);
}

void rt__gemm_pack(const rt__kernels *kn, float *dst, rt__view b, size_t k, size_t n)
{
  for (size_t i = 0; i < up(n, kn->tile_cols); i++)
    pack_panel(kn, dst, b, k, n, i);
}

/* ---- one block of rows times some panels, on one thread */

typedef struct block {
  const rt__kernels *kn;
  size_t m, k, k_packed; /* rows here; steps in all; steps that B was packed with */
  size_t j0, j1;         /* columns; j0 starts a panel */
  rt__view a;            /* at the block's first row */
  const float *b;        /* packed, panel 0 first */
  float *c;              /* at the block's first row, column 0 */
  size_t ldc;
  bool add;
  float *scratch;
} block;

/* rows whose A is strided get packed; else only a last tile with rows missing */
static void pack_rows_of_a(const block *x, size_t t0, size_t steps)
{
  size_t r = x->kn->tile_rows, last = x->m / r * r;
  const float *src = x->a.p + t0 * x->a.cs;
  if (x->a.cs != 1) {
    x->kn->pack_a(x->scratch, TILE_STRIDE(r, steps), src, x->a.cs, steps, x->m);
    return;
  }
  float *dst = x->scratch + x->m / r * TILE_STRIDE(r, steps);
  src += last * x->a.rs;
  if (last < x->m)
    for (size_t t = 0; t < steps; t++)
      for (size_t q = 0; q < r; q++)
        dst[t * r + q] = q < x->m - last ? src[q * x->a.rs + t] : 0.0f;
}

static void edge_tile(const block *x, const float *a, size_t ars, size_t acs, const float *b,
                      size_t steps, float *c, size_t rows, size_t cols, bool add)
{
  float t[RT__TILE_ROWS_MAX * RT__TILE_COLS_MAX];
  x->kn->tile(steps, a, ars, acs, b, t, x->kn->tile_cols, false);
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < cols; j++) {
      float v = t[i * x->kn->tile_cols + j];
      c[i * x->ldc + j] = add ? v + c[i * x->ldc + j] : v;
    }
}

static void panel(const block *x, size_t j, size_t t0, size_t steps)
{
  size_t r = x->kn->tile_rows, w = x->kn->tile_cols, cols = least(x->j1 - j, w);
  const float *b = x->b + j * x->k_packed + t0 * w;
  bool add = x->add || t0 > 0, strided = x->a.cs != 1;
  for (size_t i = 0; i < x->m; i += r) {
    size_t rows = least(x->m - i, r);
    bool packed = strided || rows < r;
    const float *a =
        packed ? x->scratch + i / r * TILE_STRIDE(r, steps) : x->a.p + i * x->a.rs + t0;
    size_t ars = packed ? 1 : x->a.rs, acs = packed ? r : 1;
    float *c = x->c + i * x->ldc + j;
    if (rows == r && cols == w)
      x->kn->tile(steps, a, ars, acs, b, c, x->ldc, add);
    else
      edge_tile(x, a, ars, acs, b, steps, c, rows, cols, add);
  }
}

static void run_block(const block *x)
{
  for (size_t t0 = 0; t0 < x->k; t0 += STEPS) {
    size_t steps = least(x->k - t0, STEPS);
    pack_rows_of_a(x, t0, steps);
    for (size_t j = x->j0; j < x->j1; j += x->kn->tile_cols)
      panel(x, j, t0, steps);
  }
}

void rt__gemm_packed(const rt__kernels *kn, size_t m, size_t n, size_t k, rt__view a,
                     const float *b, size_t k_packed, float *c, size_t ldc, bool add,
                     float *scratch)
{
  size_t rows = BLOCK_TILES * kn->tile_rows;
  for (size_t i = 0; i < m; i += rows) {
    block x = {kn, least(m - i, rows), k, k_packed, 0, n, a, b, c + i * ldc, ldc, add, scratch};
    x.a.p += i * a.rs;
    run_block(&x);
  }
}

/* ---- on the pool */

typedef struct product {
  rt__engine *e;
  size_t m, n, k; /* n: columns of this pass */
  rt__view a, b;
  float *c;
  size_t ldc;
  bool add;
  size_t rows, groups, group_cols;
} product;

static void pack_turn(void *arg, size_t turn, unsigned worker)
{
  const product *x = arg;
  (void)worker;
  pack_panel(x->e->k, x->e->shared, x->b, x->k, x->n, turn);
}

static void block_turn(void *arg, size_t turn, unsigned worker)
{
  const product *x = arg;
  size_t i = turn / x->groups * x->rows, j = turn % x->groups * x->group_cols;
  block y = {x->e->k,
             least(x->m - i, x->rows),
             x->k,
             x->k,
             j,
             least(j + x->group_cols, x->n),
             x->a,
             x->e->shared,
             x->c + i * x->ldc,
             x->ldc,
             x->add,
             rt__engine_own(x->e, worker)};
  y.a.p += i * x->a.rs;
  run_block(&y);
}

/* A few turns a thread, so that one that is held up elsewhere doesn't hold up all. Rows are shared
 * out first where A has to be packed, since every group of columns would pack it again. */
static void share_out(product *x)
{
  const rt__kernels *kn = x->e->k;
  size_t want = x->e->threads == 1 ? 1 : 4u * x->e->threads;
  size_t tiles = up(x->m, kn->tile_rows), each = BLOCK_TILES;
  if (x->a.cs != 1 && up(tiles, each) < want)
    each = up(tiles, want) < 2 ? 2 : up(tiles, want);
  x->rows = each * kn->tile_rows;
  size_t panels = up(x->n, kn->tile_cols), groups = up(want, up(x->m, x->rows));
  size_t per_group = up(panels, least(groups, panels));
  x->group_cols = per_group * kn->tile_cols;
  x->groups = up(panels, per_group);
}

static void pass(product *x)
{
  share_out(x);
  rt__pool_run(x->e->pool, up(x->n, x->e->k->tile_cols), pack_turn, x);
  rt__pool_run(x->e->pool, up(x->m, x->rows) * x->groups, block_turn, x);
}

void rt__gemm(rt__engine *e, size_t m, size_t n, size_t k, rt__view a, rt__view b, float *c,
              size_t ldc, bool add)
{
  size_t w = e->k->tile_cols, panels = SHARED_AIM / (w * k);
  size_t cols = (panels ? panels : 1) * w;
  for (size_t j = 0; j < n; j += cols) {
    product x = {.e = e, .m = m, .n = least(cols, n - j), .k = k, .a = a, .b = b};
    x.b.p += j * b.cs;
    x.c = c + j;
    x.ldc = ldc;
    x.add = add;
    pass(&x);
  }
}
