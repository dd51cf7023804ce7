/* head - from the last hidden states to logits and back, some rows at a time.
 *
 * Logits are tokens x vocabulary, which is the largest thing in training by far (2,048 x 151,936
 * floats are 1.2 GB), so they never exist as a whole: a chunk of rows gets its logits, a row
 * function turns each into its gradient, and the gradient goes back before the next chunk comes.
 * Positions that don't count are left out before the product, not multiplied by 0 after it.
 *
 * Caveats
 *  - At most RT__HEAD_BYTES for all buffers of a head, whatever the vocabulary.
 *  - Row functions run on several threads at once; each row once.
 */
#ifndef RT_DISTILL_HEAD_H
#define RT_DISTILL_HEAD_H

#include "distill/gemm.h"

#define RT__HEAD_BYTES (UINT64_C(80) << 20)

typedef struct rt__head rt__head;

/* vocab and width of the student; teacher_width 0 = no live teacher. RT_E_LIMIT if not even one row
 * fits. */
rt_code rt__head_new(const rt_alloc *alloc, size_t vocab, size_t width, size_t teacher_width,
                     rt__head **out, rt_error *err) RT__MUST_CHECK;
void rt__head_free(rt__head *h);
size_t rt__head_rows(const rt__head *h); /* of a chunk */
size_t rt__head_bytes(const rt__head *h);

/* z: the row's logits, to be replaced by their gradient if there is a way back; t: the teacher's,
 * or NULL; both may be used as scratch. `row` is the row's number in the hidden states. */
typedef void (*rt__row_fn)(void *ctx, size_t row, float *z, float *t, unsigned worker);

typedef struct rt__head_run {
  const float *hidden;         /* [n][width] */
  const float *w;              /* [vocab][width] */
  const float *teacher_hidden; /* [n][teacher_width] or NULL */
  const float *teacher_w;
  const uint32_t *rows; /* which rows count, ascending */
  size_t n_rows;
  rt__row_fn fn;
  void *ctx;
  float *dhidden; /* rows that count are overwritten; NULL: no way back */
  float *dw;      /* += */
} rt__head_run;

/* O(n_rows * vocab * width) */
void rt__head_go(rt__engine *e, rt__head *h, const rt__head_run *r);

#endif
