#include "distill/student.h"

#include "base/hash.h"

#include <stdio.h>

static rt_code check_count(uint32_t layers, uint32_t n, rt_error *err)
{
  if (n == 0 || n > layers)
    return rt__fail(err, RT_E_ARG, "a student of %u layers can't be cut out of %u", n, layers);
  return RT_OK;
}

rt_code rt_student_evenly(uint32_t layers, uint32_t n, uint32_t *out, rt_error *err)
{
  rt_code code = check_count(layers, n, err);
  for (uint32_t i = 0; !code && i < n; i++)
    out[i] = n == 1 ? 0 : (uint32_t)(((uint64_t)i * (layers - 1) + (n - 1) / 2) / (n - 1));
  return code;
}

/* ---- importance */

rt_code rt_student_importance(rt__engine *e, const rt_model *teacher, const rt_corpus *c,
                              size_t windows, double *turned, rt_error *err)
{
  uint32_t layers = teacher->config.layers;
  double one[RT_MODEL_LAYERS_MAX];
  rt__net *net;
  rt__net_shape shape = {.batch = 1, .seq = c->seq, .watch = true};
  rt_code code = rt__net_new(e, &teacher->config, shape, &net, err);
  if (code)
    return code;
  uint32_t *tokens = rt__calloc(&e->alloc, 2 * (size_t)c->seq, sizeof *tokens);
  if (!tokens)
    code = rt__fail(err, RT_E_NOMEM, "no memory");
  size_t n = c->n_windows < windows ? c->n_windows : windows;
  memset(turned, 0, layers * sizeof *turned);
  for (size_t i = 0; !code && i < n; i++) {
    size_t w = i * c->n_windows / n;
    (void)rt_corpus_window(c, w, c->seq, tokens, tokens + c->seq);
    (void)rt__net_forward(net, teacher, tokens, 1, c->windows[w].n);
    rt__net_watch(net, one);
    for (uint32_t l = 0; l < layers; l++)
      turned[l] += one[l] / (double)n;
  }
  rt__free(&e->alloc, tokens, 2 * (size_t)c->seq * sizeof *tokens);
  rt__net_free(net);
  return code;
}

/* first, last, then the most turning ones; ties go to the earlier layer */
rt_code rt_student_choose(const double *turned, uint32_t layers, uint32_t n, uint32_t *out,
                          rt_error *err)
{
  bool kept[RT_MODEL_LAYERS_MAX] = {false};
  rt_code code = check_count(layers, n, err);
  if (code)
    return code;
  kept[0] = true;
  if (n > 1)
    kept[layers - 1] = true;
  for (uint32_t have = n > 1 ? 2 : 1; have < n; have++) {
    uint32_t best = layers;
    for (uint32_t l = 0; l < layers; l++)
      if (!kept[l] && (best == layers || turned[l] > turned[best]))
        best = l;
    kept[best] = true;
  }
  for (uint32_t l = 0, i = 0; l < layers; l++)
    if (kept[l])
      out[i++] = l;
  return RT_OK;
}

/* ---- cutting */

static rt_code check_same(const rt_model_config *t, const rt_model_config *s, rt_error *err)
{
  const struct {
    const char *name;
    uint32_t t, s;
  } rows[] = {{"vocab", t->vocab, s->vocab},          {"d_model", t->d_model, s->d_model},
              {"heads", t->heads, s->heads},          {"kv_heads", t->kv_heads, s->kv_heads},
              {"head_dim", t->head_dim, s->head_dim}, {"d_ff", t->d_ff, s->d_ff}};
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    if (rows[i].t != rows[i].s)
      return rt__fail(err, RT_E_ARG,
                      "a student cut out of the teacher has its %s of %u, not %u (start = random "
                      "is free)",
                      rows[i].name, rows[i].t, rows[i].s);
  if (t->arch != s->arch || t->tied != s->tied)
    return rt__fail(err, RT_E_ARG, "a student cut out of the teacher has its architecture");
  return RT_OK;
}

/* "layers.12.attn_q": 12, and where the rest begins; false for a tensor of no layer */
static bool in_layer(const char *name, uint32_t *layer, const char **rest)
{
  static const char head[] = "layers.";
  if (strncmp(name, head, sizeof head - 1) != 0)
    return false;
  const char *p = name + sizeof head - 1;
  for (*layer = 0; *p >= '0' && *p <= '9'; p++)
    *layer = *layer * 10 + (uint32_t)(*p - '0');
  *rest = p;
  return *p == '.';
}

/* the teacher's tensor for a student's: the same name, but for the layer's number */
static const rt_tensor *source(const rt_model *teacher, const char *name, const uint32_t *layers,
                               uint32_t n)
{
  uint32_t layer;
  const char *rest;
  char want[RT_TENSOR_NAME_MAX + 16];
  if (!in_layer(name, &layer, &rest))
    return rt_model_find(teacher, rt__cstr(name));
  if (layer >= n)
    return NULL;
  (void)snprintf(want, sizeof want, "layers.%u%s", layers[layer], rest);
  return rt_model_find(teacher, rt__cstr(want));
}

rt_code rt_student_cut(const rt_model *teacher, const uint32_t *layers, uint32_t n,
                       rt_model *student, rt_error *err)
{
  rt_code code = check_same(&teacher->config, &student->config, err);
  if (code)
    return code;
  for (size_t i = 0; i < student->n_tensors; i++) {
    const rt_tensor *to = &student->tensors[i];
    const rt_tensor *from = source(teacher, to->name, layers, n);
    if (!from || from->rows != to->rows || from->cols != to->cols)
      return rt__fail(err, RT_E_ARG, "the teacher has no %s for the student", to->name);
    memcpy(rt_model_at(student, to), rt_model_at(teacher, from),
           (size_t)to->rows * to->cols * sizeof(float));
  }
  return RT_OK;
}
