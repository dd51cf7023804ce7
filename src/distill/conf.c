/* conf - the table, and what follows from it. */
#include "distill/conf.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

typedef enum row_kind { WORD, U32, U64, REAL, TRUTH } row_kind;

typedef struct row {
  const char *name;
  row_kind kind;
  size_t at;
  double min, max;
  const char *words; /* WORD: what is allowed, "a|b"; NULL: anything */
  const char *what;
} row;

#define AT(field) offsetof(rt_conf, field)

static const row rows[] = {
    {"arch", WORD, AT(arch), 0, 0, "llama|qwen2|qwen3", "architecture of the student"},
    {"vocab", U32, AT(vocab), 0, RT_MODEL_VOCAB_MAX, NULL,
     "words of a tokenizer made from the text, where there is no teacher"},
    {"layers", U32, AT(layers), 0, RT_MODEL_LAYERS_MAX, NULL, "layers"},
    {"d_model", U32, AT(d_model), 0, RT_MODEL_WIDTH_MAX, NULL, "width"},
    {"heads", U32, AT(heads), 0, RT_MODEL_HEADS_MAX, NULL, "heads of attention"},
    {"kv_heads", U32, AT(kv_heads), 0, RT_MODEL_HEADS_MAX, NULL, "heads of keys and values"},
    {"head_dim", U32, AT(head_dim), 0, RT_MODEL_HEAD_DIM_MAX, NULL, "width of a head"},
    {"d_ff", U32, AT(d_ff), 0, RT_MODEL_FF_MAX, NULL, "width inside the feed-forward part"},
    {"context", U32, AT(context), 0, RT_MODEL_CONTEXT_MAX, NULL, "longest sequence it is made for"},
    {"rope_theta", REAL, AT(rope_theta), 1, 1e9, NULL, "base of the rotary angles"},
    {"rms_eps", REAL, AT(rms_eps), 1e-9, 0.1, NULL, "keeps the norms from dividing by 0"},
    {"tied", TRUTH, AT(tied), 0, 0, NULL, "one matrix for embedding and head"},
    {"start", WORD, AT(start), 0, 0, "random|teacher", "where the student's weights come from"},
    {"choose", WORD, AT(choose), 0, 0, "evenly|importance",
     "which of the teacher's layers are kept"},
    {"seq", U32, AT(seq), 2, RT_MODEL_CONTEXT_MAX, NULL, "tokens in a window"},
    {"batch", U32, AT(batch), 1, 65536, NULL, "windows at a time"},
    {"accumulate", U32, AT(accumulate), 1, 65536, NULL, "batches to a step"},
    {"held_out", REAL, AT(held_out), 0, 0.5, NULL, "share of the windows kept for evaluation"},
    {"loss", WORD, AT(loss), 0, 0, "auto|ce|kl|reverse|skew|jsd",
     "what is minimised; auto: kl where there is a teacher, else ce"},
    {"mix", REAL, AT(mix), 0, 1, NULL, "the teacher's share of the loss; the text has the rest"},
    {"temperature", REAL, AT(temperature), 0.01, 100, NULL, "of teacher and student in the loss"},
    {"beta", REAL, AT(beta), 0, 1, NULL, "the teacher's share of the mixture in skew and jsd"},
    {"steps", U64, AT(steps), 1, 1e12, NULL, "steps of training"},
    {"warmup", U64, AT(warmup), 0, 1e12, NULL, "steps until the rate is at its top"},
    {"eval_every", U64, AT(eval_every), 0, 1e12, NULL, "steps between evaluations; 0: at the end"},
    {"save_every", U64, AT(save_every), 0, 1e12, NULL, "steps between checkpoints; 0: at the end"},
    {"seed", U64, AT(seed), 0, 9e15, NULL, "decides random weights and the order of windows"},
    {"rate", REAL, AT(rate), 1e-9, 10, NULL, "learning rate at its top"},
    {"rate_floor", REAL, AT(rate_floor), 0, 1, NULL, "share of it that is left at the end"},
    {"beta1", REAL, AT(beta1), 0, 0.99999, NULL, "AdamW: memory of the gradient"},
    {"beta2", REAL, AT(beta2), 0, 0.99999, NULL, "AdamW: memory of its square"},
    {"eps", REAL, AT(eps), 1e-12, 0.1, NULL, "AdamW: keeps from dividing by 0"},
    {"decay", REAL, AT(decay), 0, 1, NULL, "AdamW: weight decay"},
    {"clip", REAL, AT(clip), 0, 1e6, NULL, "largest norm of the gradient; 0: any"},
};

#define N_ROWS RT__ARRAY_LEN(rows)

void rt_conf_default(rt_conf *c)
{
  memset(c, 0, sizeof *c);
  (void)snprintf(c->arch, sizeof c->arch, "llama");
  (void)snprintf(c->start, sizeof c->start, "random");
  (void)snprintf(c->choose, sizeof c->choose, "evenly");
  (void)snprintf(c->loss, sizeof c->loss, "auto");
  c->rope_theta = 10000;
  c->rms_eps = 1e-5;
  c->tied = true;
  c->seq = 128;
  c->batch = 16;
  c->accumulate = 1;
  c->held_out = 0.02;
  c->mix = 1;
  c->temperature = 1;
  c->beta = 0.5;
  c->steps = 1000;
  c->warmup = 50;
  c->seed = 1;
  c->rate = 1e-3;
  c->rate_floor = 0.1;
  c->beta1 = 0.9;
  c->beta2 = 0.95;
  c->eps = 1e-8;
  c->decay = 0.1;
  c->clip = 1;
}

bool rt_conf_row(size_t i, const char **name, double *min, double *max, const char **what)
{
  if (i >= N_ROWS)
    return false;
  *name = rows[i].name;
  *min = rows[i].min;
  *max = rows[i].max;
  *what = rows[i].what;
  return true;
}

/* ---- one value */

static bool allowed(const char *words, rt_slice v)
{
  for (const char *p = words; p && *p;) {
    size_t n = strcspn(p, "|");
    if (rt__slice_eq(v, rt__slice(p, n)))
      return true;
    p += n + (p[n] == '|');
  }
  return words == NULL;
}

static bool number(rt_slice v, double *out)
{
  char text[64], *end;
  if (v.n == 0 || v.n >= sizeof text)
    return false;
  memcpy(text, v.p, v.n);
  text[v.n] = '\0';
  *out = strtod(text, &end);
  return end == text + v.n && isfinite(*out);
}

static rt_code put_word(char *to, const row *r, rt_slice v, rt_error *err)
{
  if (v.n == 0 || v.n >= RT_CONF_WORD_MAX || !allowed(r->words, v))
    return rt__fail(err, RT_E_ARG, "%s is one of %s, not '%.*s'", r->name, r->words, (int)v.n, v.p);
  memcpy(to, v.p, v.n);
  to[v.n] = '\0';
  return RT_OK;
}

static rt_code put_truth(bool *to, const row *r, rt_slice v, rt_error *err)
{
  bool yes = rt__slice_eq(v, RT__LIT("true")), no = rt__slice_eq(v, RT__LIT("false"));
  if (!yes && !no)
    return rt__fail(err, RT_E_ARG, "%s is true or false, not '%.*s'", r->name, (int)v.n, v.p);
  *to = yes;
  return RT_OK;
}

static rt_code put(rt_conf *c, const row *r, rt_slice v, rt_error *err)
{
  char *to = (char *)c + r->at;
  double x = 0;
  if (r->kind == WORD)
    return put_word(to, r, v, err);
  if (r->kind == TRUTH)
    return put_truth((bool *)to, r, v, err);
  if (!number(v, &x) || x < r->min || x > r->max || (r->kind != REAL && floor(x) < x))
    return rt__fail(err, RT_E_ARG, "%s is a %snumber from %g to %g, not '%.*s'", r->name,
                    r->kind == REAL ? "" : "whole ", r->min, r->max, (int)v.n, v.p);
  if (r->kind == U32)
    *(uint32_t *)(void *)to = (uint32_t)x;
  else if (r->kind == U64)
    *(uint64_t *)(void *)to = (uint64_t)x;
  else
    *(double *)(void *)to = x;
  return RT_OK;
}

static size_t find(rt_slice name)
{
  size_t i = 0;
  while (i < N_ROWS && !rt__slice_eq(name, rt__cstr(rows[i].name)))
    i++;
  return i;
}

/* `which` (may be NULL) gets the row's number */
static rt_code assign(rt_conf *c, rt_slice line, size_t *which, rt_error *err)
{
  const char *eq = memchr(line.p, '=', line.n);
  if (!eq)
    return rt__fail(err, RT_E_FORMAT, "'%.*s' is no name = value", (int)line.n, line.p);
  size_t n = (size_t)(eq - line.p);
  rt_slice name = rt__slice_trim(rt__slice(line.p, n));
  size_t i = find(name);
  if (i == N_ROWS)
    return rt__fail(err, RT_E_ARG, "there is no setting '%.*s'", (int)name.n, name.p);
  if (which)
    *which = i;
  return put(c, &rows[i], rt__slice_trim(rt__slice(eq + 1, line.n - n - 1)), err);
}

rt_code rt_conf_set(rt_conf *c, rt_slice assignment, rt_error *err)
{
  return assign(c, assignment, NULL, err);
}

rt_code rt_conf_parse(rt_conf *c, rt_slice text, rt_error *err)
{
  bool seen[N_ROWS] = {false};
  uint64_t number_of = 0;
  while (text.n) {
    const char *end = memchr(text.p, '\n', text.n);
    size_t n = end ? (size_t)(end - text.p) : text.n, i = 0;
    rt_slice line = rt__slice(text.p, n);
    const char *hash = memchr(line.p, '#', line.n);
    if (hash)
      line.n = (size_t)(hash - line.p);
    line = rt__slice_trim(line);
    text = rt__slice(text.p + n + (end != NULL), text.n - n - (end != NULL));
    number_of++;
    rt_error e = {0};
    rt_code code = line.n ? assign(c, line, &i, &e) : RT_OK;
    if (!code && line.n && seen[i])
      code = rt__fail(&e, RT_E_ARG, "%s is given twice", rows[i].name);
    if (code)
      return rt__fail_at(err, code, number_of, 0, "line %llu: %.200s",
                         (unsigned long long)number_of, e.message);
    seen[i] |= line.n > 0;
  }
  return RT_OK;
}

rt_code rt_conf_print(const rt_conf *c, rt__buf *out)
{
  rt_code code = RT_OK;
  for (size_t i = 0; !code && i < N_ROWS; i++) {
    const char *at = (const char *)c + rows[i].at;
    switch (rows[i].kind) {
    case WORD:
      code = rt__buf_printf(out, "%s = %s\n", rows[i].name, at);
      break;
    case U32:
      code = rt__buf_printf(out, "%s = %u\n", rows[i].name, *(const uint32_t *)(const void *)at);
      break;
    case U64:
      code = rt__buf_printf(out, "%s = %llu\n", rows[i].name,
                            (unsigned long long)*(const uint64_t *)(const void *)at);
      break;
    case REAL:
      code = rt__buf_printf(out, "%s = %.17g\n", rows[i].name, *(const double *)(const void *)at);
      break;
    case TRUTH:
      code = rt__buf_printf(out, "%s = %s\n", rows[i].name,
                            *(const bool *)(const void *)at ? "true" : "false");
      break;
    }
  }
  return code;
}

/* ---- what others need of it */

void rt_conf_optim(const rt_conf *c, rt_optim_config *o)
{
  *o = (rt_optim_config){.rate = c->rate,
                         .rate_floor = c->rate_floor,
                         .warmup = c->warmup < c->steps ? c->warmup : c->steps,
                         .steps = c->steps,
                         .beta1 = c->beta1,
                         .beta2 = c->beta2,
                         .eps = c->eps,
                         .decay = c->decay,
                         .clip = c->clip};
}

rt_code rt_conf_loss(const rt_conf *c, rt_loss_config *l, rt_error *err)
{
  rt_loss_kind kind = rt_loss_find(rt__cstr(c->loss));
  if (kind == RT_LOSS_COUNT)
    return rt__fail(err, RT_E_ARG, "there is no loss '%s'", c->loss);
  *l = (rt_loss_config){kind, c->mix, c->temperature, c->beta};
  return RT_OK;
}

static uint32_t either(uint32_t own, uint32_t like)
{
  return own ? own : like;
}

rt_code rt_conf_model(const rt_conf *c, const rt_model_config *like, uint32_t vocab,
                      rt_model_config *m, rt_error *err)
{
  rt_model_config base;
  rt_model_config_default(&base);
  if (like)
    base = *like;
  *m = base;
  m->vocab = vocab;
  m->layers = either(c->layers, base.layers);
  m->d_model = either(c->d_model, base.d_model);
  m->heads = either(c->heads, base.heads);
  m->kv_heads = either(c->kv_heads, c->heads ? c->heads : base.kv_heads);
  m->head_dim = either(c->head_dim, c->d_model || c->heads ? m->d_model / m->heads : base.head_dim);
  m->d_ff = either(c->d_ff, base.d_ff);
  m->context = either(c->context, like ? base.context : c->seq);
  if (!like) {
    m->arch = rt_arch_find(rt__cstr(c->arch));
    m->rope_theta = (float)c->rope_theta;
    m->rms_eps = (float)c->rms_eps;
    m->tied = c->tied;
  }
  if (c->seq > m->context)
    return rt__fail(err, RT_E_ARG, "windows of %u tokens are longer than the context of %u", c->seq,
                    m->context);
  return rt_model_config_check(m, err);
}
