/* optim - AdamW, the learning rate's course, and clipping by the global norm.
 *
 * Decay applies to matrices only, and is decoupled (Loshchilov and Hutter 2019). The norm is summed
 * in blocks of fixed size, so that its bits don't depend on the threads.
 */
#ifndef RT_DISTILL_OPTIM_H
#define RT_DISTILL_OPTIM_H

#include "distill/gemm.h"
#include "distill/model.h"

typedef struct rt_optim_config {
  double rate;       /* at the top of the course */
  double rate_floor; /* as a share of it, at the end */
  uint64_t warmup, steps;
  double beta1, beta2, eps, decay;
  double clip; /* largest norm of the gradient; 0 = don't clip */
} rt_optim_config;

rt_code rt_optim_check(const rt_optim_config *c, rt_error *err) RT__MUST_CHECK;

/* rate of step 1 … steps: linear to the top over `warmup` steps, then half a cosine to the floor */
double rt_optim_rate(const rt_optim_config *c, uint64_t step);

/* sqrt of the sum of squares */
double rt__norm(rt__engine *e, const float *x, size_t n);

/* one step; m1, m2 are the moments, laid out like the model's data. `norm` is that of grads. */
void rt__adamw(rt__engine *e, rt_model *m, float *m1, float *m2, const float *grads,
               const rt_optim_config *c, uint64_t step, double norm);

#endif
