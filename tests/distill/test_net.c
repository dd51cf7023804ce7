/* the whole model against the reference: logits, and every kind of gradient by finite differences
 */
#include "reference.h"

#include "base/hash.h"
#include "distill/head.h"
#include "distill/loss.h"
#include "distill/net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { BATCH = 2, SEQ = 21, VOCAB = 37, ROWS = BATCH * SEQ };

typedef struct stand {
  rt_model *m;
  rt__engine *e;
  rt__net *net;
  rt__head *head;
  uint32_t tokens[ROWS], labels[ROWS], rows[ROWS];
  size_t n_rows;
  double loss[ROWS];
  float *scratch; /* VOCAB a worker */
  float *logits;
} stand;

static rt_model_config config(const char *arch, bool tied)
{
  rt_model_config c;
  rt_model_config_default(&c);
  c.arch = rt_arch_find(rt__cstr(arch));
  c.vocab = VOCAB;
  c.layers = 2;
  c.d_model = 20;
  c.heads = 6;
  c.kv_heads = 2;
  c.head_dim = 10;
  c.d_ff = 27;
  c.context = 64;
  c.tied = tied;
  return c;
}

/* weights large enough that every gradient is well above rounding */
static void stir(rt_model *m)
{
  rt_model_random(m, 7);
  rt__rng r = {9, 0};
  for (size_t i = 0; i < m->n_tensors; i++) {
    const rt_tensor *t = &m->tensors[i];
    float *w = rt_model_at(m, t);
    for (size_t j = 0; j < (size_t)t->rows * t->cols; j++)
      w[j] = t->matrix ? w[j] * 12 : w[j] + (float)(rt__rng_unit(&r) - 0.5) * 0.5f;
  }
}

static void set_up(stand *s, const rt_model_config *c, unsigned threads, const rt__kernels *k)
{
  memset(s, 0, sizeof *s);
  assert_int_equal(rt_model_new(rt_alloc_default(), c, 0, &s->m, NULL), RT_OK);
  stir(s->m);
  assert_int_equal(rt__engine_new(rt_alloc_default(), threads, k, &s->e, NULL), RT_OK);
  rt__net_shape shape = {.batch = BATCH, .seq = SEQ, .train = true};
  assert_int_equal(rt__net_new(s->e, c, shape, &s->net, NULL), RT_OK);
  assert_int_equal(rt__head_new(rt_alloc_default(), VOCAB, c->d_model, 0, &s->head, NULL), RT_OK);
  rt__rng r = {3, 0};
  for (uint32_t i = 0; i < ROWS; i++) {
    s->tokens[i] = (uint32_t)rt__rng_below(&r, VOCAB);
    s->labels[i] = (uint32_t)rt__rng_below(&r, VOCAB);
    if (i % 5 != 3) /* the others don't count */
      s->rows[s->n_rows++] = i;
  }
  s->scratch = calloc((size_t)threads * VOCAB, sizeof *s->scratch);
  s->logits = calloc(ROWS * VOCAB, sizeof *s->logits);
}

static void tear_down(stand *s)
{
  rt__head_free(s->head);
  rt__net_free(s->net);
  rt__engine_free(s->e);
  rt_model_free(s->m);
  free(s->scratch);
  free(s->logits);
}

static void ce_row(void *ctx, size_t row, float *z, float *t, unsigned worker)
{
  stand *s = ctx;
  (void)t;
  memcpy(s->logits + row * VOCAB, z, VOCAB * sizeof *z);
  rt_loss_config c = {RT_LOSS_CE, 1, 1, 0};
  rt_loss_target x = {.label = s->labels[row]};
  s->loss[row] =
      rt__loss_row(s->e->k, &c, z, VOCAB, &x, 1.0 / (double)s->n_rows, s->scratch + worker * VOCAB)
          .total;
}

static double run(stand *s, float *grads)
{
  size_t head = rt__net_head_offset(s->m);
  rt__head_run r = {.hidden = rt__net_forward(s->net, s->m, s->tokens, BATCH, SEQ),
                    .w = s->m->data + head,
                    .rows = s->rows,
                    .n_rows = s->n_rows,
                    .fn = ce_row,
                    .ctx = s,
                    .dhidden = rt__net_dhidden(s->net),
                    .dw = grads + head};
  memset(r.dhidden, 0, ROWS * s->m->config.d_model * sizeof(float));
  rt__head_go(s->e, s->head, &r);
  rt__net_backward(s->net, s->m, s->tokens, grads);
  double sum = 0;
  for (size_t i = 0; i < s->n_rows; i++)
    sum += s->loss[s->rows[i]];
  return sum / (double)s->n_rows;
}

static double reference_loss(const stand *s, const reference *r)
{
  double *z = malloc(ROWS * VOCAB * sizeof *z), sum = 0;
  ref_logits(r, z);
  for (size_t i = 0; i < s->n_rows; i++)
    sum += ref_cross_entropy(z + s->rows[i] * VOCAB, VOCAB, s->labels[s->rows[i]]);
  free(z);
  return sum / (double)s->n_rows;
}

static void check_tensor(const stand *s, reference *r, const rt_tensor *t, const float *grads)
{
  rt__rng rng = {t->offset, 0};
  size_t n = (size_t)t->rows * t->cols;
  double wrong = 0, size = 0;
  for (int i = 0; i < 10; i++) {
    size_t at = t->offset + (size_t)rt__rng_below(&rng, n);
    double w = r->w[at], step = 1e-4;
    r->w[at] = w + step;
    double up = reference_loss(s, r);
    r->w[at] = w - step;
    double down = reference_loss(s, r);
    r->w[at] = w;
    double slope = (up - down) / (2 * step);
    wrong += pow(slope - (double)grads[at], 2);
    size += slope * slope;
  }
  if (sqrt(wrong) > 1e-3 * sqrt(size) + 1e-7)
    fail_msg("%s: relative error %.2e", t->name, sqrt(wrong / size));
}

static void check(const rt_model_config *c, const rt__kernels *k)
{
  stand s;
  set_up(&s, c, 2, k);
  reference r = {s.m, malloc(s.m->n_data * sizeof(double)), BATCH, SEQ, s.tokens};
  for (size_t i = 0; i < s.m->n_data; i++)
    r.w[i] = (double)s.m->data[i];
  float *grads = calloc(s.m->n_data, sizeof *grads);
  double loss = run(&s, grads);
  assert_true(fabs(loss - reference_loss(&s, &r)) < 1e-5 * loss);
  double *z = malloc(ROWS * VOCAB * sizeof *z);
  ref_logits(&r, z);
  for (size_t i = 0; i < s.n_rows; i++)
    for (size_t j = 0; j < VOCAB; j++)
      assert_true(fabs(z[s.rows[i] * VOCAB + j] - (double)s.logits[s.rows[i] * VOCAB + j]) < 1e-4);
  for (size_t i = 0; i < s.m->n_tensors; i++)
    check_tensor(&s, &r, &s.m->tensors[i], grads);
  free(z);
  free(r.w);
  free(grads);
  tear_down(&s);
}

static void every_architecture_and_kernel(void **state)
{
  (void)state;
  for (size_t i = 0; i < rt_arch_count(); i++) {
    rt_model_config c = config(rt_arch_at(i)->name, i != 1);
    check(&c, NULL);
  }
  rt_model_config c = config("qwen2", true);
  for (size_t q = 0; q < rt__kernels_count(); q++)
    if (rt__kernels_at(q)->usable())
      check(&c, rt__kernels_at(q));
}

static void rope_kinds(void **state)
{
  (void)state;
  rt_model_config c = config("llama", true);
  c.rope_kind = RT_ROPE_LLAMA3;
  c.rope_factor = 8;
  c.rope_low = 1;
  c.rope_high = 4;
  c.rope_context = 16;
  float f[5], g[5];
  rt_model_rope(&c, f);
  c.rope_kind = RT_ROPE_PLAIN;
  rt_model_rope(&c, g);
  assert_true(f[4] == g[4] / 8 && f[4] < f[3]); /* slowest: stretched whole */
  c.rope_kind = RT_ROPE_TABLE;
  for (int i = 0; i < 5; i++)
    c.rope_divisor[i] = (float)(i + 1);
  check(&c, NULL);
}

static void same_bits_for_any_threads(void **state)
{
  (void)state;
  rt_model_config c = config("qwen3", false);
  float *first = NULL;
  for (unsigned t = 1; t <= 4; t++) {
    stand s;
    set_up(&s, &c, t, NULL);
    float *grads = calloc(s.m->n_data, sizeof *grads);
    (void)run(&s, grads);
    if (first)
      assert_memory_equal(first, grads, s.m->n_data * sizeof *grads);
    if (first)
      free(grads);
    else
      first = grads;
    tear_down(&s);
  }
  free(first);
}

/* a longer sequence crosses attention's blocks; padding behind it changes nothing */
static void padding_is_not_seen(void **state)
{
  (void)state;
  rt_model_config c = config("llama", true);
  c.context = 256;
  enum { LONG = 200, SHORT = 150 };
  rt_model *m;
  rt__engine *e;
  rt__net *n;
  assert_int_equal(rt_model_new(rt_alloc_default(), &c, 0, &m, NULL), RT_OK);
  stir(m);
  assert_int_equal(rt__engine_new(rt_alloc_default(), 2, NULL, &e, NULL), RT_OK);
  rt__net_shape shape = {.batch = 1, .seq = LONG};
  assert_int_equal(rt__net_new(e, &c, shape, &n, NULL), RT_OK);
  uint32_t tokens[LONG];
  for (uint32_t i = 0; i < LONG; i++)
    tokens[i] = i * 7 % VOCAB;
  float keep[SHORT * 20];
  memcpy(keep, rt__net_forward(n, m, tokens, 1, SHORT), sizeof keep);
  const float *h = rt__net_forward(n, m, tokens, 1, LONG);
  for (size_t i = 0; i < SHORT * 20; i++)
    assert_true(fabs((double)h[i] - (double)keep[i]) < 1e-5);
  reference r = {m, malloc(m->n_data * sizeof(double)), 1, LONG, tokens};
  for (size_t i = 0; i < m->n_data; i++)
    r.w[i] = (double)m->data[i];
  double *z = malloc(LONG * VOCAB * sizeof *z);
  ref_logits(&r, z);
  for (size_t j = 0; j < VOCAB; j++)
    assert_true(fabs(e->k->dot(h + (LONG - 1) * 20, m->data + j * 20, 20) -
                     z[(LONG - 1) * VOCAB + j]) < 1e-4);
  free(z);
  free(r.w);
  rt__net_free(n);
  rt__engine_free(e);
  rt_model_free(m);
}

static void refuses_a_batch_beyond_the_context(void **state)
{
  (void)state;
  rt_model_config c = config("llama", true);
  rt__engine *e;
  rt__net *n;
  rt_error err;
  assert_int_equal(rt__engine_new(rt_alloc_default(), 1, NULL, &e, NULL), RT_OK);
  rt__net_shape s = {.batch = 1, .seq = c.context + 1};
  assert_int_equal(rt__net_new(e, &c, s, &n, &err), RT_E_ARG);
  assert_null(n);
  rt__engine_free(e);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_architecture_and_kernel),      cmocka_unit_test(rope_kinds),
      cmocka_unit_test(same_bits_for_any_threads),          cmocka_unit_test(padding_is_not_seen),
      cmocka_unit_test(refuses_a_batch_beyond_the_context),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
