/* conf - what student.conf says: the student's shape, where it starts, and how it is trained.
 *
 * One `name = value` a line; # starts a comment. Every name is a row of the table in conf.c, with
 * its range and its sentence, from which docs and `--help` are made. A name that isn't there, a
 * value outside its range and a name given twice are refused with the line's number.
 *
 * Caveats
 *  - A value of 0 in the student's shape means "as the teacher's" with start = teacher.
 *  - rt_conf_print writes every name with its value: reading that back gives the same struct. Its
 *    bytes are what a checkpoint remembers, so that a run can't be resumed with other settings.
 */
#ifndef RT_DISTILL_CONF_H
#define RT_DISTILL_CONF_H

#include "distill/loss.h"
#include "distill/model.h"
#include "distill/optim.h"

#define RT_CONF_BYTES_MAX ((size_t)64 << 10)
#define RT_CONF_WORD_MAX  32

typedef struct rt_conf {
  /* the student */
  char arch[RT_CONF_WORD_MAX];
  uint32_t vocab, layers, d_model, heads, kv_heads, head_dim, d_ff, context;
  double rope_theta, rms_eps;
  bool tied;
  char start[RT_CONF_WORD_MAX];  /* random | teacher */
  char choose[RT_CONF_WORD_MAX]; /* evenly | importance */
  /* the data */
  uint32_t seq, batch, accumulate;
  double held_out; /* share of windows kept for evaluation */
  /* the loss */
  char loss[RT_CONF_WORD_MAX];
  double mix, temperature, beta;
  /* the training */
  uint64_t steps, warmup, eval_every, save_every, seed;
  double rate, rate_floor, beta1, beta2, eps, decay, clip;
} rt_conf;

void rt_conf_default(rt_conf *c);

/* RT_E_FORMAT or RT_E_ARG, with the line's number */
rt_code rt_conf_parse(rt_conf *c, rt_slice text, rt_error *err) RT__MUST_CHECK;
/* one "name=value" */
rt_code rt_conf_set(rt_conf *c, rt_slice assignment, rt_error *err) RT__MUST_CHECK;
rt_code rt_conf_print(const rt_conf *c, rt__buf *out) RT__MUST_CHECK;

/* the table, for documentation: name, range and sentence of row i; false behind the last */
bool rt_conf_row(size_t i, const char **name, double *min, double *max, const char **what);

void rt_conf_optim(const rt_conf *c, rt_optim_config *o);
rt_code rt_conf_loss(const rt_conf *c, rt_loss_config *l, rt_error *err) RT__MUST_CHECK;
/* the student's shape; fields of 0 come from `like` (may be NULL: then they are refused) */
rt_code rt_conf_model(const rt_conf *c, const rt_model_config *like, uint32_t vocab,
                      rt_model_config *m, rt_error *err) RT__MUST_CHECK;

#endif
