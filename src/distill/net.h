/* net - the whole model forward and backward over a batch of sequences, without its head.
 *
 * tokens -> embedding -> layers -> last norm -> hidden; head.h goes on from there. A net holds the
 * activations for one shape of batch; weights come with each call, so that one net serves a model
 * that changes.
 *
 * Caveats
 *  - A net made for the way forward only keeps one layer's activations; rt__net_backward needs one
 *    made for training, and the model and batch of the last rt__net_forward.
 *  - Sequences are padded at the end with any token: what comes before never sees it. Whether a
 *    padded position counts is the caller's business (mask.h).
 */
#ifndef RT_DISTILL_NET_H
#define RT_DISTILL_NET_H

#include "distill/gemm.h"
#include "distill/model.h"

typedef struct rt__net rt__net;

typedef struct rt__net_shape {
  size_t batch, seq; /* at most; seq at most config.context */
  bool train;
  bool watch; /* forward only: keep what rt__net_watch tells */
} rt__net_shape;

/* bytes of activations, to be checked against a limit before rt__net_new */
uint64_t rt__net_bytes(const rt_model_config *c, rt__net_shape s);

/* reserves scratch on the engine, which must outlive the net */
rt_code rt__net_new(rt__engine *e, const rt_model_config *c, rt__net_shape s, rt__net **out,
                    rt_error *err) RT__MUST_CHECK;
void rt__net_free(rt__net *n);

/* tokens [batch*seq], each below vocab; batch * seq at most that of the net's shape, seq at most
 * its seq. Returns hidden [batch*seq][d_model], valid until the next call. */
const float *rt__net_forward(rt__net *n, const rt_model *m, const uint32_t *tokens, size_t batch,
                             size_t seq);

/* where the gradient of hidden goes, all rows, before rt__net_backward */
float *rt__net_dhidden(rt__net *n);
/* grads: laid out like m->data; += */
void rt__net_backward(rt__net *n, const rt_model *m, const uint32_t *tokens, float *grads);

/* after rt__net_forward with `seen`: how much each layer turned its input, as 1 - cosine of input
 * and output, averaged over rows; layers doubles. */
void rt__net_watch(rt__net *n, double *turned);

/* the matrix that makes logits: "head", or "embed" when tied; its offset in data */
size_t rt__net_head_offset(const rt_model *m);

#endif
