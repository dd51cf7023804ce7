/* head - gather the rows that count, multiply, let the row function work, multiply back. */
#include "distill/head.h"

#define ROWS_MAX 256u /* more gains nothing: the head's weights are then read often enough */

struct rt__head {
  rt_alloc alloc;
  size_t vocab, width, teacher_width, rows;
  float *z, *t;     /* [rows][vocab] */
  float *in, *t_in; /* gathered hidden states */
  float *back;      /* [rows][width] */
};

static size_t row_bytes(size_t vocab, size_t width, size_t teacher_width)
{
  size_t floats = vocab * (teacher_width ? 2 : 1) + 2 * width + teacher_width;
  return floats * sizeof(float);
}

rt_code rt__head_new(const rt_alloc *alloc, size_t vocab, size_t width, size_t teacher_width,
                     rt__head **out, rt_error *err)
{
  *out = NULL;
  size_t rows = (size_t)RT__HEAD_BYTES / row_bytes(vocab, width, teacher_width);
  if (rows == 0)
    return rt__fail(err, RT_E_LIMIT, "head: one row of %zu words is above the maximum", vocab);
  rt__head *h = rt__calloc(alloc, 1, sizeof *h);
  if (!h)
    return rt__fail(err, RT_E_NOMEM, "head: no memory");
  *h = (rt__head){.alloc = *alloc, .vocab = vocab, .width = width, .teacher_width = teacher_width};
  h->rows = rows < ROWS_MAX ? rows : ROWS_MAX;
  h->z = rt__calloc(alloc, h->rows * vocab, sizeof *h->z);
  h->in = rt__calloc(alloc, h->rows * width, sizeof *h->in);
  h->back = rt__calloc(alloc, h->rows * width, sizeof *h->back);
  if (teacher_width) {
    h->t = rt__calloc(alloc, h->rows * vocab, sizeof *h->t);
    h->t_in = rt__calloc(alloc, h->rows * teacher_width, sizeof *h->t_in);
  }
  if (!h->z || !h->in || !h->back || (teacher_width && (!h->t || !h->t_in))) {
    rt__head_free(h);
    return rt__fail(err, RT_E_NOMEM, "head: no memory");
  }
  *out = h;
  return RT_OK;
}

void rt__head_free(rt__head *h)
{
  if (!h)
    return;
  rt_alloc a = h->alloc;
  rt__free(&a, h->z, h->rows * h->vocab * sizeof(float));
  rt__free(&a, h->in, h->rows * h->width * sizeof(float));
  rt__free(&a, h->back, h->rows * h->width * sizeof(float));
  rt__free(&a, h->t, h->rows * h->vocab * sizeof(float));
  rt__free(&a, h->t_in, h->rows * h->teacher_width * sizeof(float));
  rt__free(&a, h, sizeof *h);
}

size_t rt__head_rows(const rt__head *h)
{
  return h->rows;
}

size_t rt__head_bytes(const rt__head *h)
{
  return h->rows * row_bytes(h->vocab, h->width, h->teacher_width);
}

typedef struct chunk {
  rt__head *h;
  const rt__head_run *r;
  size_t first, n;
  bool teacher;
} chunk;

static void row_turn(void *arg, size_t turn, unsigned worker)
{
  const chunk *c = arg;
  float *z = c->h->z + turn * c->h->vocab;
  float *t = c->teacher ? c->h->t + turn * c->h->vocab : NULL;
  c->r->fn(c->r->ctx, c->r->rows[c->first + turn], z, t, worker);
}

static void gather(float *to, const float *from, const uint32_t *rows, size_t n, size_t width)
{
  for (size_t i = 0; i < n; i++)
    memcpy(to + i * width, from + rows[i] * width, width * sizeof *to);
}

static void logits(rt__engine *e, float *z, const float *in, const float *w, size_t n, size_t vocab,
                   size_t width)
{
  rt__gemm(e, n, vocab, width, rt__rows(in, width), rt__turned(w, width), z, vocab, false);
}

static void go_back(rt__engine *e, const chunk *c)
{
  rt__head *h = c->h;
  const rt__head_run *r = c->r;
  const uint32_t *rows = r->rows + c->first;
  rt__gemm(e, h->vocab, h->width, c->n, rt__turned(h->z, h->vocab), rt__rows(h->in, h->width),
           r->dw, h->width, true);
  rt__gemm(e, c->n, h->width, h->vocab, rt__rows(h->z, h->vocab), rt__rows(r->w, h->width), h->back,
           h->width, false);
  for (size_t i = 0; i < c->n; i++)
    memcpy(r->dhidden + rows[i] * h->width, h->back + i * h->width, h->width * sizeof(float));
}

void rt__head_go(rt__engine *e, rt__head *h, const rt__head_run *r)
{
  chunk c = {.h = h, .r = r, .teacher = r->teacher_hidden && h->t};
  for (; c.first < r->n_rows; c.first += h->rows) {
    size_t left = r->n_rows - c.first;
    c.n = left < h->rows ? left : h->rows;
    gather(h->in, r->hidden, r->rows + c.first, c.n, h->width);
    logits(e, h->z, h->in, r->w, c.n, h->vocab, h->width);
    if (c.teacher) {
      gather(h->t_in, r->teacher_hidden, r->rows + c.first, c.n, h->teacher_width);
      logits(e, h->t, h->t_in, r->teacher_w, c.n, h->vocab, h->teacher_width);
    }
    rt__pool_run(e->pool, c.n, row_turn, &c);
    if (r->dhidden)
      go_back(e, &c);
  }
}
