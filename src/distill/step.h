/* step - one step of training, and one evaluation: the student, an optional live teacher, the loss.
 *
 * Caveats
 *  - Everything that a step depends on is the conf, the corpus, the targets, the teacher's weights,
 * and the state (weights, moments, step): a step gives the same bits wherever it starts from the
 * same.
 *  - RT_E_LIMIT with a sentence when loss or gradient is no finite number; the weights are then
 * still those of the step before.
 */
#ifndef RT_DISTILL_STEP_H
#define RT_DISTILL_STEP_H

#include "distill/batch.h"
#include "distill/conf.h"
#include "distill/head.h"
#include "distill/net.h"

typedef struct rt_state {
  rt_model *model;
  float *m1, *m2;  /* moments, laid out like model->data */
  uint64_t step;   /* steps done */
  uint64_t tokens; /* positions that counted, so far */
} rt_state;

/* takes the model over, also when it fails */
rt_code rt_state_new(rt_model *m, rt_state *s, rt_error *err) RT__MUST_CHECK;
void rt_state_free(rt_state *s);

typedef struct rt_task {
  rt__engine *engine;
  const rt_conf *conf;
  const rt_corpus *corpus;
  const rt_model *teacher; /* live; NULL = none */
  const rt_sparse *sparse; /* cached; NULL = none. Not both. */
  uint64_t memory_max;     /* bytes for all of it; 0 = any */
} rt_task;

typedef struct rt_means {
  double total, ce, teacher; /* per position that counts */
  double norm, rate;         /* of a step */
  uint64_t positions;
} rt_means;

typedef struct rt__bench rt__bench;

/* RT_E_LIMIT before anything large is taken, if it would not fit into memory_max */
rt_code rt__bench_new(const rt_task *t, const rt_model_config *student, rt__bench **out,
                      rt_error *err) RT__MUST_CHECK;
void rt__bench_free(rt__bench *b);
/* bytes that a bench and its state will take */
uint64_t rt__bench_bytes(const rt_task *t, const rt_model_config *student);

rt_code rt__bench_step(rt__bench *b, rt_state *s, rt_means *out, rt_error *err) RT__MUST_CHECK;
/* over the held-out windows, at most `most` of them (0 = all); zeros if there are none */
rt_code rt__bench_eval(rt__bench *b, const rt_state *s, size_t most, rt_means *out,
                       rt_error *err) RT__MUST_CHECK;

#endif
