/* loss - what a position costs, and its gradient with respect to the student's logits.
 *
 * With p the teacher's and q the student's distribution, both at temperature T (z/T):
 *
 *   total = (1 - mix) * CE + mix * T^2 * D(p, q)          CE at temperature 1, on the text's next
 * token
 *
 *   kl        D = sum p log(p/q)
 *   reverse   D = sum q log(q/p)
 *   skew      D = KL(p || m), m = beta p + (1 - beta) q
 *   jsd       D = beta KL(p||m) + (1 - beta) KL(q||m), m = beta p + (1 - beta) q
 *
 * Caveats
 *  - Only cross entropy and kl are linear in p. From a cache, p is an unbiased estimate of the
 *    teacher's distribution; the others are not linear, so their expectation over the estimate is
 *    not their value: rt_loss_check refuses them.
 *  - From a cache the constant sum p log p comes from the target (`entropy`, the teacher's own);
 * where it isn't known, `teacher` is the cross entropy - sum p log q. The gradient is the same.
 *  - Weights that sum to less than 1 (a tail that nobody knows) count as far as they go.
 *  - T^2 keeps the gradient's size the same for all temperatures (Hinton et al. 2015).
 */
#ifndef RT_DISTILL_LOSS_H
#define RT_DISTILL_LOSS_H

#include "distill/kernel.h"

typedef enum rt_loss_kind {
  RT_LOSS_CE,
  RT_LOSS_KL,
  RT_LOSS_REVERSE,
  RT_LOSS_SKEW,
  RT_LOSS_JSD,
  RT_LOSS_COUNT
} rt_loss_kind;

typedef enum rt_loss_source {
  RT_LOSS_TEXT,  /* no teacher */
  RT_LOSS_CACHE, /* sparse targets */
  RT_LOSS_LIVE   /* the teacher's own logits */
} rt_loss_source;

typedef struct rt_loss_config {
  rt_loss_kind kind;
  double mix;         /* 0 … 1: weight of the teacher's part; 1 unless the text has a say */
  double temperature; /* above 0 */
  double beta;        /* skew, jsd: 0 < beta < 1 */
} rt_loss_config;

const char *rt_loss_name(rt_loss_kind kind);
/* RT_LOSS_COUNT if there is none of that name */
rt_loss_kind rt_loss_find(rt_slice name);
const char *rt_loss_what(rt_loss_kind kind);

/* RT_E_ARG with the reason if this loss can't be had from this source, or a number is out of range
 */
rt_code rt_loss_check(const rt_loss_config *c, rt_loss_source source, rt_error *err) RT__MUST_CHECK;

#define RT_LOSS_NO_LABEL UINT32_MAX

/* one position's teacher: dense logits, or words with weights that sum to 1 at most, or neither */
typedef struct rt_loss_target {
  uint32_t label;      /* the text's next token, or RT_LOSS_NO_LABEL: then no CE part */
  float *logits;       /* the teacher's, at temperature 1; destroyed */
  const uint32_t *ids; /* may repeat; each below vocab */
  const float *weights;
  size_t n_ids;
  double entropy; /* of the teacher at the weights' temperature, nats; 0 = not known */
} rt_loss_target;

typedef struct rt_loss_value {
  double total, ce, teacher; /* teacher: D without T^2; ce: 0 without a label */
} rt_loss_value;

/* z: the student's logits, replaced by weight * d total / d z. O(vocab). `t->logits` and `scratch`
 * (vocab floats) are destroyed. weight 0 asks for the value only (z is still destroyed). */
rt_loss_value rt__loss_row(const rt__kernels *k, const rt_loss_config *c, float *z, size_t vocab,
                           const rt_loss_target *t, double weight, float *scratch);

#endif
