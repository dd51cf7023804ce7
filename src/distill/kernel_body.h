/* kernel_body - the inner loops, for whatever vector the including file defines:
 *
 *   vf, vi        vectors of LANES floats and of as many int32
 *   LANES         4, 8 or 16
 *   TILE_ROWS     rows of the product's tile; its columns are 2 * LANES
 *   FMA(a, b, c)  a * b + c       SQRT(a)       SPLAT(x): x in every lane
 *   KERNELS_NAME, KERNELS_TABLE, KERNELS_USABLE
 *
 * Included once by each kernel_*.c, which is why everything here is static. */

#define TILE_COLS (2 * LANES)

static inline vf load(const float *p)
{
  vf v;
  memcpy(&v, p, sizeof v);
  return v;
}

static inline void store(float *p, vf v)
{
  memcpy(p, &v, sizeof v);
}

static inline vf select(vi mask, vf yes, vf no)
{
  return (vf)((mask & (vi)yes) | (~mask & (vi)no));
}

static inline vf larger(vf a, vf b)
{
  return select(a > b, a, b);
}

/* the first n < LANES elements, zeros behind */
static inline vf load_part(const float *p, size_t n)
{
  float t[LANES] = {0};
  memcpy(t, p, n * sizeof *p);
  return load(t);
}

static inline void store_part(float *p, vf v, size_t n)
{
  float t[LANES];
  store(t, v);
  memcpy(p, t, n * sizeof *p);
}

static inline double sum(vf v)
{
  float t[LANES];
  store(t, v);
  double s = 0;
  for (int i = 0; i < LANES; i++)
    s += (double)t[i];
  return s;
}

/* Sums over long rows go to double every BLOCK elements: 151,936 words would lose bits otherwise.
 */
#define BLOCK 1024

/* ---- exp: 2^k * e^r with |r| <= ln 2 / 2, a polynomial of degree 6; relative error below 2e-7.
 * Below -87.3 it is 0, above 88 it stays at e^88. */
static inline vf vexp(vf x)
{
  vi tiny = x < SPLAT(-87.3f);
  x = select(x > SPLAT(88.0f), SPLAT(88.0f), x);
  vf magic = SPLAT(12582912.0f); /* 1.5 * 2^23: adding it rounds to an integer */
  vf k = FMA(x, SPLAT(1.44269504f), magic) - magic;
  k = select(tiny, SPLAT(0.0f), k);
  vf r = FMA(k, SPLAT(-0.693359375f), x);
  r = FMA(k, SPLAT(2.12194440e-4f), r);
  vf p = SPLAT(1.9875691500e-4f);
  p = FMA(p, r, SPLAT(1.3981999507e-3f));
  p = FMA(p, r, SPLAT(8.3334519073e-3f));
  p = FMA(p, r, SPLAT(4.1665795894e-2f));
  p = FMA(p, r, SPLAT(1.6666665459e-1f));
  p = FMA(p, r, SPLAT(5.0000001201e-1f));
  p = FMA(p, r * r, r + SPLAT(1.0f));
  vi power = (__builtin_convertvector(k, vi) + 127) << 23;
  return select(tiny, SPLAT(0.0f), p * (vf)power);
}

/* ---- the tile of the matrix product */

static void tile(size_t k, const float *a, size_t ars, size_t acs, const float *b, float *c,
                 size_t ldc, bool add)
{
  vf acc[TILE_ROWS][2];
  for (int i = 0; i < TILE_ROWS; i++)
    acc[i][0] = acc[i][1] = SPLAT(0.0f);
  for (size_t t = 0; t < k; t++) {
    vf b0 = load(b), b1 = load(b + LANES);
#pragma GCC unroll 14
    for (int i = 0; i < TILE_ROWS; i++) {
      vf x = SPLAT(a[(size_t)i * ars]);
      acc[i][0] = FMA(x, b0, acc[i][0]);
      acc[i][1] = FMA(x, b1, acc[i][1]);
    }
    a += acs;
    b += TILE_COLS;
  }
  for (int i = 0; i < TILE_ROWS; i++, c += ldc) {
    if (add) {
      acc[i][0] += load(c);
      acc[i][1] += load(c + LANES);
    }
    store(c, acc[i][0]);
    store(c + LANES, acc[i][1]);
  }
}

/* ---- packing */

static void pack_rows(float *dst, const float *src, size_t ld, size_t k, size_t n)
{
  if (n == TILE_COLS) {
    for (size_t t = 0; t < k; t++, src += ld, dst += TILE_COLS) {
      store(dst, load(src));
      store(dst + LANES, load(src + LANES));
    }
    return;
  }
  for (size_t t = 0; t < k; t++, src += ld, dst += TILE_COLS) {
    memset(dst, 0, TILE_COLS * sizeof *dst);
    memcpy(dst, src, n * sizeof *dst);
  }
}

typedef float four __attribute__((vector_size(16)));

static inline four load4(const float *p)
{
  four v;
  memcpy(&v, p, sizeof v);
  return v;
}

static inline void store4(float *p, four v)
{
  memcpy(p, &v, sizeof v);
}

/* four columns of four steps each change places */
static inline void turn4(float *dst, const float *src, size_t ld)
{
  four a = load4(src), b = load4(src + ld), c = load4(src + 2 * ld), d = load4(src + 3 * ld);
  four ab0 = __builtin_shufflevector(a, b, 0, 4, 1, 5),
       ab1 = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  four cd0 = __builtin_shufflevector(c, d, 0, 4, 1, 5),
       cd1 = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  store4(dst, __builtin_shufflevector(ab0, cd0, 0, 1, 4, 5));
  store4(dst + TILE_COLS, __builtin_shufflevector(ab0, cd0, 2, 3, 6, 7));
  store4(dst + 2 * TILE_COLS, __builtin_shufflevector(ab1, cd1, 0, 1, 4, 5));
  store4(dst + 3 * TILE_COLS, __builtin_shufflevector(ab1, cd1, 2, 3, 6, 7));
}

static void pack_cols(float *dst, const float *src, size_t ld, size_t k, size_t n)
{
  size_t n4 = n / 4 * 4, k4 = k / 4 * 4;
  if (n < TILE_COLS)
    memset(dst, 0, k * TILE_COLS * sizeof *dst);
  for (size_t t = 0; t < k4; t += 4)
    for (size_t j = 0; j < n4; j += 4)
      turn4(dst + t * TILE_COLS + j, src + j * ld + t, ld);
  for (size_t t = 0; t < k; t++)
    for (size_t j = t < k4 ? n4 : 0; j < n; j++)
      dst[t * TILE_COLS + j] = src[j * ld + t];
}

/* step by step, so that a row of src is read once and its lines are used whole */
static void pack_a(float *dst, size_t stride, const float *src, size_t ld, size_t k, size_t m)
{
  size_t whole = m / TILE_ROWS * TILE_ROWS;
  for (size_t t = 0; t < k; t++, src += ld, dst += TILE_ROWS) {
    float *to = dst;
    for (size_t i = 0; i < whole; i += TILE_ROWS, to += stride)
      memcpy(to, src + i, TILE_ROWS * sizeof *to);
    if (whole < m) {
      memset(to, 0, TILE_ROWS * sizeof *to);
      memcpy(to, src + whole, (m - whole) * sizeof *to);
    }
  }
}

/* ---- rows */

static float row_max(const float *x, size_t n)
{
  vf m = SPLAT(x[0]);
  size_t i = 0;
  for (; i + LANES <= n; i += LANES)
    m = larger(load(x + i), m);
  float t[LANES], best = x[0];
  store(t, m);
  for (int j = 0; j < LANES; j++)
    best = t[j] > best ? t[j] : best;
  for (; i < n; i++)
    best = x[i] > best ? x[i] : best;
  return best;
}

static double dot_block(const float *x, const float *y, size_t n)
{
  vf s0 = SPLAT(0.0f), s1 = s0;
  size_t i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES) {
    s0 = FMA(load(x + i), load(y + i), s0);
    s1 = FMA(load(x + i + LANES), load(y + i + LANES), s1);
  }
  for (; i < n; i += LANES) {
    size_t m = n - i < LANES ? n - i : LANES;
    s0 = FMA(load_part(x + i, m), load_part(y + i, m), s0);
  }
  return sum(s0 + s1);
}

static double dot(const float *x, const float *y, size_t n)
{
  double s = 0;
  for (size_t i = 0; i < n; i += BLOCK)
    s += dot_block(x + i, y + i, n - i < BLOCK ? n - i : BLOCK);
  return s;
}

static double dot3_block(const float *x, const float *y, const float *z, size_t n)
{
  vf s = SPLAT(0.0f);
  size_t i = 0;
  for (; i + LANES <= n; i += LANES)
    s = FMA(load(x + i) * load(y + i), load(z + i), s);
  if (i < n)
    s = FMA(load_part(x + i, n - i) * load_part(y + i, n - i), load_part(z + i, n - i), s);
  return sum(s);
}

static double dot3(const float *x, const float *y, const float *z, size_t n)
{
  double s = 0;
  for (size_t i = 0; i < n; i += BLOCK)
    s += dot3_block(x + i, y + i, z + i, n - i < BLOCK ? n - i : BLOCK);
  return s;
}

static double exp_block(const float *x, float scale, float top, float *out, size_t n)
{
  vf s = SPLAT(0.0f), f = SPLAT(scale), t = SPLAT(-top);
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    vf e = vexp(FMA(load(x + i), f, t));
    store(out + i, e);
    s += e;
  }
  double all = sum(s);
  if (i < n) {
    vf e = vexp(FMA(load_part(x + i, n - i), f, t));
    store_part(out + i, e, n - i);
    for (; i < n; i++)
      all += (double)out[i];
  }
  return all;
}

static double exp_sum(const float *x, float scale, float top, float *out, size_t n)
{
  double s = 0;
  for (size_t i = 0; i < n; i += BLOCK)
    s += exp_block(x + i, scale, top, out + i, n - i < BLOCK ? n - i : BLOCK);
  return s;
}

/* EACH: the vector body for whole vectors, then for the rest through LOAD and STORE that know n */
#define EACH(BODY)                                                                                 \
  size_t i = 0;                                                                                    \
  for (; i + LANES <= n; i += LANES) {                                                             \
    BODY(LOAD_FULL, STORE_FULL)                                                                    \
  }                                                                                                \
  if (i < n) {                                                                                     \
    size_t part = n - i;                                                                           \
    BODY(LOAD_PART, STORE_PART)                                                                    \
  }
#define LOAD_FULL(p)     load((p) + i)
#define STORE_FULL(p, v) store((p) + i, v)
#define LOAD_PART(p)     load_part((p) + i, part)
#define STORE_PART(p, v) store_part((p) + i, v, part)

static void scale_row(float *x, float s, size_t n)
{
  vf f = SPLAT(s);
#define BODY(LOAD, STORE) STORE(x, LOAD(x) * f);
  EACH(BODY)
#undef BODY
}

static void axpy(float *y, float a, const float *x, size_t n)
{
  vf f = SPLAT(a);
#define BODY(LOAD, STORE) STORE(y, FMA(LOAD(x), f, LOAD(y)));
  EACH(BODY)
#undef BODY
}

static void add_row(float *y, const float *x, size_t n)
{
#define BODY(LOAD, STORE) STORE(y, LOAD(x) + LOAD(y));
  EACH(BODY)
#undef BODY
}

static void norm(float *y, const float *x, float s, const float *w, size_t n)
{
  vf f = SPLAT(s);
#define BODY(LOAD, STORE) STORE(y, LOAD(x) * f * LOAD(w));
  EACH(BODY)
#undef BODY
}

static void norm_back(float *dx, float s, const float *dy, const float *w, float c, const float *x,
                      size_t n)
{
  vf f = SPLAT(s), g = SPLAT(c);
#define BODY(LOAD, STORE) STORE(dx, LOAD(dx) + FMA(f, LOAD(dy) * LOAD(w), g * LOAD(x)));
  EACH(BODY)
#undef BODY
}

static void mul_axpy(float *dw, float s, const float *dy, const float *x, size_t n)
{
  vf f = SPLAT(s);
#define BODY(LOAD, STORE) STORE(dw, FMA(LOAD(dy) * f, LOAD(x), LOAD(dw)));
  EACH(BODY)
#undef BODY
}

static inline vf sigmoid(vf x)
{
  return SPLAT(1.0f) / (SPLAT(1.0f) + vexp(-x));
}

static void swiglu(float *out, const float *g, const float *u, size_t n)
{
#define BODY(LOAD, STORE)                                                                          \
  vf a = LOAD(g);                                                                                  \
  STORE(out, a *sigmoid(a) * LOAD(u));
  EACH(BODY)
#undef BODY
}

static void swiglu_back(float *g, float *u, const float *dout, size_t n)
{
  vf one = SPLAT(1.0f);
#define BODY(LOAD, STORE)                                                                          \
  vf a = LOAD(g), b = LOAD(u), d = LOAD(dout), s = sigmoid(a);                                     \
  STORE(g, d *b *s *FMA(a, one - s, one));                                                         \
  STORE(u, d *a *s);
  EACH(BODY)
#undef BODY
}

static void rotate(float *x, const float *cosine, const float *sine, float sin_sign, size_t half)
{
  size_t n = half;
  float *y = x + half;
  vf sign = SPLAT(sin_sign);
#define BODY(LOAD, STORE)                                                                          \
  vf a = LOAD(x), b = LOAD(y), c = LOAD(cosine), s = LOAD(sine) * sign;                            \
  STORE(x, a *c - b * s);                                                                          \
  STORE(y, FMA(b, c, a *s));
  EACH(BODY)
#undef BODY
}

static void softmax_back(float *ds, const float *p, const float *dp, float d, float s, size_t n)
{
  vf f = SPLAT(s), e = SPLAT(d);
#define BODY(LOAD, STORE) STORE(ds, LOAD(p) * (LOAD(dp) - e) * f);
  EACH(BODY)
#undef BODY
}

/* decoupled decay: the weight shrinks by rate * decay, whatever the gradient says */
static void adam(float *w, float *m, float *v, const float *g, const rt__adam *h, bool decay,
                 size_t n)
{
  vf b1 = SPLAT(h->beta1), c1 = SPLAT(1.0f - h->beta1), b2 = SPLAT(h->beta2),
     c2 = SPLAT(1.0f - h->beta2), f1 = SPLAT(h->fix1 * h->rate), f2 = SPLAT(h->fix2),
     eps = SPLAT(h->eps), shrink = SPLAT(decay ? 1.0f - h->rate * h->decay : 1.0f),
     s = SPLAT(h->scale);
#define BODY(LOAD, STORE)                                                                          \
  vf d = LOAD(g) * s;                                                                              \
  vf a = FMA(b1, LOAD(m), c1 * d), b = FMA(b2, LOAD(v), c2 * (d * d));                             \
  STORE(m, a);                                                                                     \
  STORE(v, b);                                                                                     \
  STORE(w, LOAD(w) * shrink - f1 * a / (SQRT(b * f2) + eps));
  EACH(BODY)
#undef BODY
}

extern const rt__kernels KERNELS_TABLE;
const rt__kernels KERNELS_TABLE = {
    .name = KERNELS_NAME,
    .usable = KERNELS_USABLE,
    .tile_rows = TILE_ROWS,
    .tile_cols = TILE_COLS,
    .tile = tile,
    .pack_rows = pack_rows,
    .pack_cols = pack_cols,
    .pack_a = pack_a,
    .max = row_max,
    .dot = dot,
    .exp_sum = exp_sum,
    .scale = scale_row,
    .axpy = axpy,
    .add = add_row,
    .norm = norm,
    .norm_back = norm_back,
    .dot3 = dot3,
    .mul_axpy = mul_axpy,
    .swiglu = swiglu,
    .swiglu_back = swiglu_back,
    .rotate = rotate,
    .softmax_back = softmax_back,
    .adam = adam,
};
