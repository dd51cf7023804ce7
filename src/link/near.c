#include "link/near.h"

#include "base/hash.h"

#define LEAF   16
#define ALIKE  1.3    /* sizes that differ more in a box are cut before anything else */
#define MARGIN 1.0001 /* sums of floats may be a little off: reach further */

typedef struct maker {
  rt__near *t;
  const float *x;
  size_t width;
  const uint32_t *size;
  uint32_t *at;        /* points in the order of the tree, as far as it is made */
  rt__pair *key, *tmp; /* for sorting them */
} maker;

static void measure(const maker *m, rt__near_box *b)
{
  for (uint32_t i = b->from; i < b->from + b->n; i++) {
    const float *x = m->x + m->at[i] * m->width;
    uint32_t s = m->size[m->at[i]];
    bool first = i == b->from;
    b->least = first || s < b->least ? s : b->least;
    b->most = first || s > b->most ? s : b->most;
    for (int d = 0; d < RT__NEAR_DIMS; d++) {
      b->lo[d] = first || x[d] < b->lo[d] ? x[d] : b->lo[d];
      b->hi[d] = first || x[d] > b->hi[d] ? x[d] : b->hi[d];
    }
  }
}

/* floats in the order of integers */
static uint32_t ordered(float f)
{
  union {
    float f;
    uint32_t u;
  } v = {.f = f};
  return v.u & 0x80000000u ? ~v.u : v.u | 0x80000000u;
}

/* by size, or by the coordinate in which the box is widest */
static void sort_box(const maker *m, const rt__near_box *b)
{
  bool by_size = b->most > ALIKE * b->least;
  size_t widest = 0;
  for (size_t d = 1; d < RT__NEAR_DIMS; d++)
    if (b->hi[d] - b->lo[d] > b->hi[widest] - b->lo[widest])
      widest = d;
  for (uint32_t i = 0; i < b->n; i++) {
    uint32_t p = m->at[b->from + i];
    m->key[i] = (rt__pair){by_size ? m->size[p] : ordered(m->x[p * m->width + widest]), p};
  }
  rt__sort_pairs(m->key, m->tmp, b->n);
  for (uint32_t i = 0; i < b->n; i++)
    m->at[b->from + i] = (uint32_t)m->key[i].val;
}

/* makes the box of n points from `from`, and those inside; halves, so they are never deep */
static void make(const maker *m, uint32_t from, uint32_t n)
{
  uint32_t me = m->t->n_boxes++;
  rt__near_box *b = &m->t->box[me];
  *b = (rt__near_box){.from = from, .n = n};
  measure(m, b);
  if (n <= LEAF)
    return;
  sort_box(m, b);
  make(m, from, n / 2);
  b->right = m->t->n_boxes;
  make(m, from + n / 2, n - n / 2);
}

static void line_up(const maker *m)
{
  rt__near *t = m->t;
  for (uint32_t i = 0; i < t->n; i++) {
    t->id[i] = m->at[i];
    t->size[i] = m->size[m->at[i]];
    memcpy(t->x + (size_t)i * RT__NEAR_DIMS, m->x + m->at[i] * m->width,
           RT__NEAR_DIMS * sizeof *t->x);
  }
}

rt_code rt__near_build(const rt_alloc *a, const float *x, size_t width, const uint32_t *size,
                       uint32_t n, rt__near *out)
{
  /* leaves hold more than half of LEAF, and there are fewer boxes than twice the leaves */
  *out = (rt__near){.alloc = a, .n = n, .cap_boxes = n / (LEAF / 4) + 1};
  maker m = {out, x, width, size, rt__calloc(a, n, sizeof *m.at), NULL, NULL};
  m.key = rt__calloc(a, n, 2 * sizeof *m.key);
  m.tmp = m.key ? m.key + n : NULL;
  out->x = rt__calloc(a, n, RT__NEAR_DIMS * sizeof *out->x);
  out->size = rt__calloc(a, n, sizeof *out->size);
  out->id = rt__calloc(a, n, sizeof *out->id);
  out->box = rt__calloc(a, out->cap_boxes, sizeof *out->box);
  bool ok = m.at && m.key && out->x && out->size && out->id && out->box;
  for (uint32_t i = 0; ok && i < n; i++)
    m.at[i] = i;
  if (ok && n) {
    make(&m, 0, n);
    line_up(&m);
  }
  rt__free(a, m.at, n * sizeof *m.at);
  rt__free(a, m.key, n * 2 * sizeof *m.key);
  if (!ok)
    rt__near_free(out);
  return ok ? RT_OK : RT_E_NOMEM;
}

void rt__near_free(rt__near *t)
{
  rt__free(t->alloc, t->x, t->n * RT__NEAR_DIMS * sizeof *t->x);
  rt__free(t->alloc, t->size, t->n * sizeof *t->size);
  rt__free(t->alloc, t->id, t->n * sizeof *t->id);
  rt__free(t->alloc, t->box, t->cap_boxes * sizeof *t->box);
  *t = (rt__near){.alloc = t->alloc};
}

/* ---- looking */

typedef struct look {
  const rt__near *t;
  const float *x;
  uint32_t size;
  double least, most;
  rt__reach reach;
  double part; /* of it */
  uint32_t *found;
  size_t n;
} look;

static double squared_to_box(const float *x, const rt__near_box *b)
{
  float sum = 0;
  for (int d = 0; d < RT__NEAR_DIMS; d++) {
    float below = b->lo[d] - x[d], above = x[d] - b->hi[d], out = below > above ? below : above;
    sum += out > 0 ? out * out : 0;
  }
  return (double)sum;
}

static double squared(const float *x, const float *y)
{
  float sum = 0;
  for (int d = 0; d < RT__NEAR_DIMS; d++)
    sum += (x[d] - y[d]) * (x[d] - y[d]);
  return (double)sum;
}

static void look_at(look *l, const rt__near_box *b)
{
  const rt__near *t = l->t;
  for (uint32_t i = b->from; i < b->from + b->n; i++)
    if (t->size[i] >= l->least && t->size[i] <= l->most &&
        squared(l->x, t->x + (size_t)i * RT__NEAR_DIMS) <=
            MARGIN * l->part * l->reach((double)l->size + t->size[i]))
      l->found[l->n++] = t->id[i];
}

static void look_into(look *l, uint32_t at)
{
  const rt__near_box *b = &l->t->box[at];
  if (b->most < l->least || b->least > l->most ||
      squared_to_box(l->x, b) > MARGIN * l->part * l->reach((double)l->size + b->most))
    return;
  if (b->right == 0) {
    look_at(l, b);
    return;
  }
  look_into(l, at + 1);
  look_into(l, b->right);
}

size_t rt__near_find(const rt__near *t, const float *x, uint32_t size, double least, double most,
                     rt__reach reach, double part, uint32_t *found)
{
  look l = {t, x, size, least, most, reach, part, found, 0};
  if (t->n)
    look_into(&l, 0);
  return l.n;
}
