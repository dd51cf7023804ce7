/* teach - a teacher's targets: written to a .kdt once, read back as a corpus with its targets.
 *
 * A window of the corpus and the one token behind it become one document of the .kdt, so that each
 * of the window's positions keeps what follows it. Read back, a document is a window again.
 */
#ifndef RT_DISTILL_TEACH_H
#define RT_DISTILL_TEACH_H

#include "distill/batch.h"
#include "distill/net.h"
#include "distill/targets.h"

typedef struct rt_teach {
  rt__engine *engine;
  const rt_model *teacher;
  const rt_corpus *corpus; /* cut */
  size_t batch;            /* windows at a time */
  rt_targets_info info;    /* vocab, mask and context are filled here */
  bool (*progress)(void *ctx, uint64_t done, uint64_t all); /* windows; true stops. NULL = quiet */
  void *ctx;
} rt_teach;

/* RT_E_STOPPED leaves no file */
rt_code rt_teach_write(const rt_teach *t, const char *path, rt_targets_info *written,
                       rt_error *err) RT__MUST_CHECK;

/* ---- reading back */

typedef struct rt_lesson {
  rt_corpus *corpus; /* cut to windows of seq = the longest document less one */
  rt_targets *targets;
  rt_sparse sparse; /* ctx is the lesson: keep it in place */
  rt_targets_document now;
  uint64_t now_at; /* its number; UINT64_MAX: none */
} rt_lesson;

/* tokens_max bounds the corpus, 0 = RT_CORPUS_TOKENS_MAX */
rt_code rt_lesson_open(const rt_alloc *alloc, const char *path, size_t tokens_max, rt_lesson *out,
                       rt_error *err) RT__MUST_CHECK;
void rt_lesson_close(rt_lesson *l);

#endif
