#include "distill/step.h"

#include <math.h>

struct rt__bench {
  rt_task task;
  rt_alloc alloc;
  rt_loss_config loss;
  rt_optim_config optim;
  rt_model_config student;
  rt__deck deck;
  rt__tbatch batch;
  rt__net *net, *teacher_net;
  rt__head *head;
  float *grads;
  size_t n_data;
  float *scratch;        /* vocab floats a worker */
  rt_loss_value *values; /* by row */
  uint32_t *windows;     /* of one batch */
  double weight;         /* of a position in this step */
};

/* ---- state */

rt_code rt_state_new(rt_model *m, rt_state *s, rt_error *err)
{
  *s = (rt_state){.model = m};
  s->m1 = rt__calloc(&m->alloc, m->n_data, sizeof *s->m1);
  s->m2 = rt__calloc(&m->alloc, m->n_data, sizeof *s->m2);
  if (s->m1 && s->m2)
    return RT_OK;
  rt_state_free(s);
  return rt__fail(err, RT_E_NOMEM, "no memory for the optimiser's moments");
}

void rt_state_free(rt_state *s)
{
  if (!s->model)
    return;
  rt_alloc a = s->model->alloc;
  rt__free(&a, s->m1, s->model->n_data * sizeof *s->m1);
  rt__free(&a, s->m2, s->model->n_data * sizeof *s->m2);
  rt_model_free(s->model);
  memset(s, 0, sizeof *s);
}

/* ---- setting up */

static rt__net_shape shape(const rt_conf *c, bool train)
{
  return (rt__net_shape){.batch = c->batch, .seq = c->seq, .train = train};
}

static size_t rows(const rt_conf *c)
{
  return (size_t)c->batch * c->seq;
}

uint64_t rt__bench_bytes(const rt_task *t, const rt_model_config *student)
{
  uint64_t bytes = 4 * rt_model_bytes(student) + rt__net_bytes(student, shape(t->conf, true));
  if (t->teacher)
    bytes += rt__net_bytes(&t->teacher->config, shape(t->conf, false)) +
             rt_model_bytes(&t->teacher->config);
  uint64_t position = sizeof(rt_loss_value) + sizeof(rt_loss_target) + 2 * sizeof(uint32_t);
  if (t->sparse)
    position += t->sparse->most * (sizeof(uint32_t) + sizeof(float));
  return bytes + rows(t->conf) * position + RT__HEAD_BYTES +
         (uint64_t)t->engine->threads * student->vocab * sizeof(float);
}

static rt_code check(const rt_task *t, const rt_model_config *student, rt_loss_config *loss,
                     rt_error *err)
{
  rt_conf c = *t->conf;
  rt_loss_source source = t->teacher ? RT_LOSS_LIVE : t->sparse ? RT_LOSS_CACHE : RT_LOSS_TEXT;
  if (strcmp(c.loss, "auto") == 0)
    memcpy(c.loss, source == RT_LOSS_TEXT ? "ce" : "kl", 3);
  rt_code code = rt_conf_loss(&c, loss, err);
  if (!code)
    code = rt_loss_check(loss, source, err);
  if (code)
    return code;
  if (t->teacher && t->teacher->config.vocab != student->vocab)
    return rt__fail(err, RT_E_ARG,
                    "teacher and student have %u and %u words: they must be the same",
                    t->teacher->config.vocab, student->vocab);
  uint64_t bytes = rt__bench_bytes(t, student);
  if (t->memory_max && bytes > t->memory_max)
    return rt__fail(err, RT_E_LIMIT, "training would take %llu MB, the limit is %llu MB",
                    (unsigned long long)(bytes >> 20), (unsigned long long)(t->memory_max >> 20));
  return RT_OK;
}

static rt_code make_nets(rt__bench *b, rt_error *err)
{
  const rt_task *t = &b->task;
  const rt_conf *c = t->conf;
  size_t teacher_width = t->teacher ? t->teacher->config.d_model : 0;
  rt_code code = rt__net_new(t->engine, &b->student, shape(c, true), &b->net, err);
  if (!code && t->teacher)
    code = rt__net_new(t->engine, &t->teacher->config, shape(c, false), &b->teacher_net, err);
  if (!code)
    code =
        rt__head_new(&b->alloc, b->student.vocab, b->student.d_model, teacher_width, &b->head, err);
  return code;
}

static rt_code make_rest(rt__bench *b, rt_error *err)
{
  const rt_conf *c = b->task.conf;
  rt_code code = rt__deck_new(&b->alloc, b->task.corpus, c->seed, c->held_out, &b->deck, err);
  if (!code)
    code = rt__tbatch_new(&b->alloc, c->batch, c->seq, b->task.sparse, &b->batch, err);
  if (code)
    return code;
  b->n_data = (size_t)(rt_model_bytes(&b->student) / sizeof(float));
  b->grads = rt__calloc(&b->alloc, b->n_data, sizeof *b->grads);
  b->scratch =
      rt__calloc(&b->alloc, (size_t)b->task.engine->threads * b->student.vocab, sizeof *b->scratch);
  b->values = rt__calloc(&b->alloc, rows(c), sizeof *b->values);
  b->windows = rt__calloc(&b->alloc, c->batch, sizeof *b->windows);
  return b->grads && b->scratch && b->values && b->windows
             ? RT_OK
             : rt__fail(err, RT_E_NOMEM, "no memory for training");
}

rt_code rt__bench_new(const rt_task *t, const rt_model_config *student, rt__bench **out,
                      rt_error *err)
{
  *out = NULL;
  rt_loss_config loss;
  rt_code code = check(t, student, &loss, err);
  if (code)
    return code;
  const rt_alloc *a = &t->engine->alloc;
  rt__bench *b = rt__calloc(a, 1, sizeof *b);
  if (!b)
    return rt__fail(err, RT_E_NOMEM, "no memory for training");
  *b = (rt__bench){.task = *t, .alloc = *a, .loss = loss, .student = *student};
  rt_conf_optim(t->conf, &b->optim);
  code = rt_optim_check(&b->optim, err);
  if (!code)
    code = make_nets(b, err);
  if (!code)
    code = make_rest(b, err);
  if (code)
    rt__bench_free(b);
  else
    *out = b;
  return code;
}

void rt__bench_free(rt__bench *b)
{
  if (!b)
    return;
  rt_alloc a = b->alloc;
  const rt_conf *c = b->task.conf;
  rt__net_free(b->net);
  rt__net_free(b->teacher_net);
  rt__head_free(b->head);
  rt__deck_free(&b->deck);
  rt__tbatch_free(&b->batch);
  rt__free(&a, b->grads, b->n_data * sizeof *b->grads);
  rt__free(&a, b->scratch, (size_t)b->task.engine->threads * b->student.vocab * sizeof *b->scratch);
  rt__free(&a, b->values, rows(c) * sizeof *b->values);
  rt__free(&a, b->windows, c->batch * sizeof *b->windows);
  rt__free(&a, b, sizeof *b);
}

/* ---- one batch */

static void loss_row(void *ctx, size_t row, float *z, float *t, unsigned worker)
{
  rt__bench *b = ctx;
  size_t vocab = b->student.vocab;
  rt_loss_target target = b->batch.targets[row];
  target.logits = t;
  b->values[row] = rt__loss_row(b->task.engine->k, &b->loss, z, vocab, &target, b->weight,
                                b->scratch + worker * vocab);
}

static void run_batch(rt__bench *b, const rt_model *m, bool back)
{
  const rt_conf *c = b->task.conf;
  const rt_model *teacher = b->task.teacher;
  size_t head = rt__net_head_offset(m);
  rt__head_run r = {.rows = b->batch.rows, .n_rows = b->batch.n_rows, .fn = loss_row, .ctx = b};
  if (teacher) {
    r.teacher_hidden = rt__net_forward(b->teacher_net, teacher, b->batch.tokens, c->batch, c->seq);
    r.teacher_w = teacher->data + rt__net_head_offset(teacher);
  }
  r.hidden = rt__net_forward(b->net, m, b->batch.tokens, c->batch, c->seq);
  r.w = m->data + head;
  if (back) {
    r.dhidden = rt__net_dhidden(b->net);
    r.dw = b->grads + head;
    memset(r.dhidden, 0, rows(c) * b->student.d_model * sizeof *r.dhidden);
  }
  rt__head_go(b->task.engine, b->head, &r);
  if (back)
    rt__net_backward(b->net, m, b->batch.tokens, b->grads);
}

static void add_values(const rt__bench *b, rt_means *sum)
{
  for (size_t i = 0; i < b->batch.n_rows; i++) {
    const rt_loss_value *v = &b->values[b->batch.rows[i]];
    sum->total += v->total;
    sum->ce += v->ce;
    sum->teacher += v->teacher;
  }
  sum->positions += b->batch.n_rows;
}

static void divide(rt_means *m)
{
  double n = m->positions ? (double)m->positions : 1;
  m->total /= n;
  m->ce /= n;
  m->teacher /= n;
}

/* ---- a step */

static rt_code fill(rt__bench *b, uint64_t first, bool targets, rt_error *err)
{
  size_t n = b->task.conf->batch;
  for (size_t i = 0; i < n; i++)
    b->windows[i] = rt__deck_deal(&b->deck, first + i);
  return rt__tbatch_fill(&b->batch, b->task.corpus, b->windows, n, targets ? b->task.sparse : NULL,
                         err);
}

/* how many positions count in all batches of a step: a position weighs one of that many */
static rt_code weigh(rt__bench *b, uint64_t first, rt_error *err)
{
  const rt_conf *c = b->task.conf;
  size_t n = 0;
  rt_code code = RT_OK;
  for (uint32_t a = 0; !code && a < c->accumulate; a++) {
    code = fill(b, first + (uint64_t)a * c->batch, false, err);
    n += b->batch.n_rows;
  }
  b->weight = n ? 1 / (double)n : 0;
  return code;
}

rt_code rt__bench_step(rt__bench *b, rt_state *s, rt_means *out, rt_error *err)
{
  const rt_conf *c = b->task.conf;
  uint64_t first = s->step * c->accumulate * c->batch;
  *out = (rt_means){0};
  memset(b->grads, 0, b->n_data * sizeof *b->grads);
  rt_code code = weigh(b, first, err);
  for (uint32_t a = 0; !code && a < c->accumulate; a++) {
    code = fill(b, first + (uint64_t)a * c->batch, true, err);
    if (!code) {
      run_batch(b, s->model, true);
      add_values(b, out);
    }
  }
  if (code)
    return code;
  divide(out);
  out->norm = rt__norm(b->task.engine, b->grads, b->n_data);
  if (!isfinite(out->total) || !isfinite(out->norm))
    return rt__fail(err, RT_E_LIMIT,
                    "step %llu: the %s is not a finite number; a smaller rate, or clip, may help",
                    (unsigned long long)(s->step + 1), isfinite(out->total) ? "gradient" : "loss");
  s->step++;
  s->tokens += out->positions;
  out->rate = rt_optim_rate(&b->optim, s->step);
  rt__adamw(b->task.engine, s->model, s->m1, s->m2, b->grads, &b->optim, s->step, out->norm);
  return RT_OK;
}

rt_code rt__bench_eval(rt__bench *b, const rt_state *s, size_t most, rt_means *out, rt_error *err)
{
  size_t batch = b->task.conf->batch, n = b->deck.n_held;
  n = most && n > most ? most : n;
  *out = (rt_means){0};
  b->weight = 0;
  for (size_t i = 0; i < n; i += batch) {
    size_t m = n - i < batch ? n - i : batch;
    rt_code code =
        rt__tbatch_fill(&b->batch, b->task.corpus, b->deck.held + i, m, b->task.sparse, err);
    if (code)
      return code;
    run_batch(b, s->model, false);
    add_values(b, out);
  }
  divide(out);
  return RT_OK;
}
