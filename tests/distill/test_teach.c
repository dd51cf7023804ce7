/* targets written from a teacher and read back teach what the live teacher does; and the layers
 * that a student is cut from */
#include "distill/step.h"
#include "distill/student.h"
#include "distill/teach.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>
#include <unistd.h>

enum { VOCAB = 53, SEQ = 12 };

static rt_corpus *text(bool prompts)
{
  rt_corpus *c;
  assert_int_equal(rt_corpus_new(rt_alloc_default(), 0, &c, NULL), RT_OK);
  rt__rng r = {5, 0};
  for (int d = 0; d < 9; d++) {
    uint32_t t[31];
    for (int i = 0; i < 31; i++)
      t[i] = (uint32_t)rt__rng_below(&r, VOCAB);
    assert_int_equal(rt_corpus_add(c, t, 31, prompts ? 9 : 0, NULL), RT_OK);
  }
  assert_int_equal(rt_corpus_cut(c, SEQ, NULL), RT_OK);
  return c;
}

static rt_model *model(uint32_t layers, uint64_t seed)
{
  rt_model_config c;
  rt_model *m;
  rt_model_config_default(&c);
  c.vocab = VOCAB;
  c.layers = layers;
  c.d_model = 16;
  c.heads = 4;
  c.kv_heads = 2;
  c.head_dim = 4;
  c.d_ff = 24;
  assert_int_equal(rt_model_new(rt_alloc_default(), &c, 0, &m, NULL), RT_OK);
  rt_model_random(m, seed);
  for (size_t i = 0; i < m->n_data; i++)
    m->data[i] *= 5;
  return m;
}

static void write_targets(rt__engine *e, const rt_model *teacher, const rt_corpus *c,
                          const char *path)
{
  rt_targets_info written;
  rt_teach t = {.engine = e, .teacher = teacher, .corpus = c, .batch = 4};
  t.info.top = VOCAB; /* all of them: only the rounding is left to the draws */
  t.info.tail = 8;
  t.info.temperature = 1;
  assert_int_equal(rt_teach_write(&t, path, &written, NULL), RT_OK);
}

static void step_of(rt__engine *e, const rt_corpus *c, const rt_model *teacher,
                    const rt_sparse *sparse, rt_means *v, rt_state *s)
{
  rt_conf conf;
  rt__bench *b;
  rt_conf_default(&conf);
  conf.seq = SEQ;
  conf.batch = 64; /* the whole corpus in one step, so that order doesn't matter */
  conf.held_out = 0;
  conf.mix = 0.6;
  rt_task t = {.engine = e, .conf = &conf, .corpus = c, .teacher = teacher, .sparse = sparse};
  assert_int_equal(rt_state_new(model(1, 2), s, NULL), RT_OK);
  assert_int_equal(rt__bench_new(&t, &s->model->config, &b, NULL), RT_OK);
  assert_int_equal(rt__bench_step(b, s, v, NULL), RT_OK);
  rt__bench_free(b);
}

static void cache_teaches_what_the_teacher_does(bool prompts)
{
  char path[] = "/tmp/retort-teach-XXXXXX";
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  (void)close(fd);
  rt__engine *e;
  assert_int_equal(rt__engine_new(rt_alloc_default(), 2, NULL, &e, NULL), RT_OK);
  rt_model *teacher = model(3, 1);
  rt_corpus *c = text(prompts);
  write_targets(e, teacher, c, path);
  rt_lesson l;
  rt_means live, kept;
  rt_state a, b;
  assert_int_equal(rt_lesson_open(rt_alloc_default(), path, 0, &l, NULL), RT_OK);
  assert_int_equal(l.corpus->n_windows, c->n_windows);
  assert_int_equal(l.corpus->seq, SEQ);
  step_of(e, c, teacher, NULL, &live, &a);
  step_of(e, l.corpus, NULL, &l.sparse, &kept, &b);
  assert_int_equal(kept.positions, live.positions);
  assert_true(fabs(kept.ce - live.ce) < 1e-6);
  assert_true(fabs(kept.teacher - live.teacher) < 1e-2 * live.teacher);
  assert_true(fabs(kept.norm - live.norm) < 1e-2 * live.norm);
  rt_state_free(&a);
  rt_state_free(&b);
  rt_lesson_close(&l);
  rt_corpus_free(c);
  rt_model_free(teacher);
  rt__engine_free(e);
  assert_int_equal(unlink(path), 0);
}

static void texts(void **state)
{
  (void)state;
  cache_teaches_what_the_teacher_does(false);
}

static void prompts_with_masks(void **state)
{
  (void)state;
  cache_teaches_what_the_teacher_does(true);
}

static void layers_evenly(void **state)
{
  (void)state;
  uint32_t l[8];
  rt_error err;
  assert_int_equal(rt_student_evenly(30, 4, l, NULL), RT_OK);
  assert_true(l[0] == 0 && l[1] == 10 && l[2] == 19 && l[3] == 29);
  assert_int_equal(rt_student_evenly(5, 5, l, NULL), RT_OK);
  for (uint32_t i = 0; i < 5; i++)
    assert_int_equal(l[i], i);
  assert_int_equal(rt_student_evenly(5, 1, l, NULL), RT_OK);
  assert_int_equal(l[0], 0);
  assert_int_equal(rt_student_evenly(5, 6, l, &err), RT_E_ARG);
  assert_int_equal(rt_student_evenly(5, 0, l, &err), RT_E_ARG);
}

/* a layer whose outputs are 0 turns nothing and goes first; cutting all others changes no logit */
static void layers_by_importance(void **state)
{
  (void)state;
  rt__engine *e;
  assert_int_equal(rt__engine_new(rt_alloc_default(), 2, NULL, &e, NULL), RT_OK);
  rt_model *teacher = model(4, 1), *student = model(3, 9);
  static const char *const still[] = {"layers.2.attn_o", "layers.2.ffn_down"};
  for (size_t i = 0; i < 2; i++) {
    const rt_tensor *t = rt_model_find(teacher, rt__cstr(still[i]));
    memset(rt_model_at(teacher, t), 0, (size_t)t->rows * t->cols * sizeof(float));
  }
  rt_corpus *c = text(false);
  double turned[4];
  uint32_t l[4];
  assert_int_equal(rt_student_importance(e, teacher, c, 5, turned, NULL), RT_OK);
  assert_true(turned[2] < 1e-6 && turned[1] > 1e-3);
  assert_int_equal(rt_student_choose(turned, 4, 3, l, NULL), RT_OK);
  assert_true(l[0] == 0 && l[1] == 1 && l[2] == 3);
  assert_int_equal(rt_student_cut(teacher, l, 3, student, NULL), RT_OK);
  rt__net *a, *b;
  rt__net_shape s = {.batch = 1, .seq = SEQ};
  assert_int_equal(rt__net_new(e, &teacher->config, s, &a, NULL), RT_OK);
  assert_int_equal(rt__net_new(e, &student->config, s, &b, NULL), RT_OK);
  const float *x = rt__net_forward(a, teacher, c->tokens, 1, SEQ);
  const float *y = rt__net_forward(b, student, c->tokens, 1, SEQ);
  assert_memory_equal(x, y, SEQ * 16 * sizeof(float));
  rt__net_free(a);
  rt__net_free(b);
  rt_corpus_free(c);
  rt_model_free(teacher);
  rt_model_free(student);
  rt__engine_free(e);
}

static void refuses_another_width(void **state)
{
  (void)state;
  rt_error err;
  rt_model *teacher = model(2, 1), *student;
  rt_model_config c = teacher->config;
  uint32_t l = 0;
  c.layers = 1;
  c.d_ff = 20;
  assert_int_equal(rt_model_new(rt_alloc_default(), &c, 0, &student, NULL), RT_OK);
  assert_int_equal(rt_student_cut(teacher, &l, 1, student, &err), RT_E_ARG);
  assert_non_null(strstr(err.message, "d_ff"));
  rt_model_free(teacher);
  rt_model_free(student);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(texts),
      cmocka_unit_test(prompts_with_masks),
      cmocka_unit_test(layers_evenly),
      cmocka_unit_test(layers_by_importance),
      cmocka_unit_test(refuses_another_width),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
