/* targets - what a teacher would have said, position by position, small enough to keep (.kdt,
 * docs/targets.md).
 *
 * Of each position the k most likely tokens are kept exactly, but for rounding, and m more are
 * drawn from all that the k leave over. Log-probabilities are rounded *down* to halves, and what
 * rounding took away is drawn for with the rest: the expectation over the draws is the teacher's
 * distribution itself, so the gradient of cross entropy and forward KL is unbiased. (For other
 * divergences it isn't: refuse them on a cache.)
 *
 * Conventions
 *  - A document is tokens t[0..n-1]. Position i says what follows t[i]. The last position has no
 * target. mask[i] is 1 where position i counts; mask[n-1] is taken for 0. A row is kept for each
 * counted position.
 *  - The draws are a pure function of (seed, document, position): not of threads or order of work.
 *  - Weights of a row sum to 1, but where the teacher's tail is unknown (info.tail_known false,
 * from lists of top log-probabilities): there 1 minus their sum is the row's `rest`.
 *  - An id may come more than once in a row; its weights add.
 */
#ifndef RT_DISTILL_TARGETS_H
#define RT_DISTILL_TARGETS_H

#include "base/base.h"

#define RT_TARGETS_VERSION    1u
#define RT_TARGETS_TOP_MAX    64u
#define RT_TARGETS_TAIL_MAX   64u
#define RT_TARGETS_TOKENS_MAX (1u << 20) /* in one document */

typedef enum rt_targets_mask {
  RT_TARGETS_MASK_NONE,  /* every position counts */
  RT_TARGETS_MASK_PROMPT /* positions inside prompts don't */
} rt_targets_mask;

typedef struct rt_targets_info {
  uint32_t vocab; /* the teacher's rows */
  uint32_t top;   /* k: 1 to RT_TARGETS_TOP_MAX, at most vocab */
  uint32_t tail;  /* m: 0 to RT_TARGETS_TAIL_MAX; 0 is plain top-k, which is biased */
  float temperature;
  rt_targets_mask mask;
  uint32_t context; /* the longest document may have that many tokens */
  bool tail_known;
  uint64_t seed;
  unsigned char tokenizer[32], teacher[32], corpus[32]; /* SHA-256 */
  /* counted by the writer */
  uint64_t documents, tokens, rows;
} rt_targets_info;

/* ---- making a row */

typedef struct rt_targets_row {
  uint32_t top[RT_TARGETS_TOP_MAX];   /* falling probability, then rising id */
  uint16_t logp[RT_TARGETS_TOP_MAX];  /* halves, rounded down */
  uint32_t tail[RT_TARGETS_TAIL_MAX]; /* rising id */
  uint16_t entropy;                   /* half: the teacher's own entropy in nats */
} rt_targets_row;

/* The row of one position from `vocab` logits; thread-safe. `scratch` holds vocab floats.
 * RT_E_FORMAT if a logit is NaN or plus infinity, or all are minus infinity. O(vocab). */
rt_code rt_targets_draw(const rt_targets_info *info, const float *logits, uint64_t document,
                        uint32_t position, float *scratch, rt_targets_row *row,
                        rt_error *err) RT__MUST_CHECK;

/* ---- writing */

typedef struct rt_targets_writer rt_targets_writer;

/* RT_E_ARG if info holds something out of range. The file appears under its name when finished. */
rt_code rt_targets_create(const rt_alloc *alloc, const char *path, const rt_targets_info *info,
                          rt_targets_writer **out, rt_error *err) RT__MUST_CHECK;
/* A whole document; `rows` has one entry for each counted position, in order. */
rt_code rt_targets_add(rt_targets_writer *w, const uint32_t *tokens, uint32_t n,
                       const unsigned char *mask, const rt_targets_row *rows,
                       rt_error *err) RT__MUST_CHECK;
/* RT_E_ARG if there is no row at all */
rt_code rt_targets_finish(rt_targets_writer *w, rt_error *err) RT__MUST_CHECK;
/* drops what isn't finished */
void rt_targets_writer_free(rt_targets_writer *w);

/* ---- reading */

typedef struct rt_targets rt_targets;

typedef struct rt_targets_document {
  uint32_t n;
  const uint32_t *tokens;
  const unsigned char *mask;
  uint32_t n_rows, width; /* width: ids of a row, top + tail */
  const uint32_t *ids;    /* n_rows * width */
  const float *weights;   /* likewise */
  const float *rest;      /* n_rows; all 0 where the tail is known */
  const float *entropy;   /* n_rows, nats */
} rt_targets_document;

rt_code rt_targets_open(const rt_alloc *alloc, const char *path, rt_targets **out,
                        rt_error *err) RT__MUST_CHECK;
void rt_targets_free(rt_targets *t);
const rt_targets_info *rt_targets_about(const rt_targets *t);

/* what a user of the targets has; NULL or 0 where it doesn't matter */
typedef struct rt_targets_want {
  uint32_t vocab;                                    /* the student's rows */
  const unsigned char *tokenizer, *teacher, *corpus; /* 32 bytes each */
} rt_targets_want;
/* RT_E_ARG with a sentence that says what differs: ids of one vocabulary mean nothing in another */
rt_code rt_targets_match(const rt_targets_info *info, const rt_targets_want *want,
                         rt_error *err) RT__MUST_CHECK;

/* Document i, 0 to documents - 1; borrowed until the next call. One block stays unpacked, so
 * neighbours are cheap. RT_E_CHECKSUM, RT_E_FORMAT. Not thread-safe. */
rt_code rt_targets_read(rt_targets *t, uint64_t i, rt_targets_document *d,
                        rt_error *err) RT__MUST_CHECK;

#endif
