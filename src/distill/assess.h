/* assess - how close a student is to its teacher, on text that neither was trained on.
 *
 * Every figure is taken along the text: at each position that counts, both models see the text
 * before it. For a draft model in speculative decoding, the chance that the teacher accepts a word
 * that the student proposes is the overlap, sum min(p, q) (Leviathan et al. 2023); `accepted` is
 * the expected number of accepted words of `draft` proposed ones, averaged over starts. `greedy` is
 * the same for greedy decoding, where a word is accepted if both models' first choice is the same.
 *
 * Caveats
 *  - Along a text, not along the teacher's own words: a runtime measures the latter.
 *  - Without a teacher only the student's own figures are there, the rest is 0.
 */
#ifndef RT_DISTILL_ASSESS_H
#define RT_DISTILL_ASSESS_H

#include "distill/corpus.h"
#include "distill/net.h"

#define RT_ASSESS_DRAFT_MAX 64u

typedef struct rt_assess {
  rt__engine *engine;
  const rt_model *teacher; /* NULL = none */
  const rt_model *student;
  const rt_corpus *corpus; /* cut */
  size_t batch;
  uint32_t draft;                                           /* words proposed at a time */
  bool (*progress)(void *ctx, uint64_t done, uint64_t all); /* windows; true stops. NULL = quiet */
  void *ctx;
} rt_assess;

typedef struct rt_assessment {
  uint64_t positions;
  double student_ce, teacher_ce; /* nats a token; perplexity is exp of it */
  double kl;                     /* teacher to student */
  double agree;                  /* share of positions with the same first choice */
  double overlap;
  double accepted, greedy; /* words of `draft`, without the teacher's own */
} rt_assessment;

rt_code rt_assess_run(const rt_assess *a, rt_assessment *out, rt_error *err) RT__MUST_CHECK;

#endif
