/* train - a run: steps, evaluations, checkpoints and history in a folder, from wherever it stands.
 *
 * The folder holds a lock (one run at a time), checkpoint.bin, metrics.jsonl, train.html and
 * student.conf (the settings in full). A run that finds its checkpoint there goes on from it; final
 * weights are the same bits as without the break (same machine, build and settings; any number of
 * threads).
 *
 * Caveats
 *  - One training a process may hold a folder: the lock is the process's.
 *  - A folder with the checkpoint of other settings or data is refused, never overwritten.
 *  - What fails (disk full, no finite loss) leaves the last checkpoint whole.
 */
#ifndef RT_DISTILL_TRAIN_H
#define RT_DISTILL_TRAIN_H

#include "distill/step.h"

typedef struct rt_progress {
  uint64_t step, steps, tokens;
  rt_means means; /* of the last step, or of the evaluation */
  bool eval;
  double tokens_per_second; /* over the last steps */
  double seconds, seconds_left;
} rt_progress;

typedef struct rt_run {
  rt_task task;
  const char *folder;    /* exists */
  uint64_t teacher_hash; /* part of what a run is resumed by; 0 = none */
  void (*progress)(void *ctx, const rt_progress *p); /* NULL = quiet */
  bool (*stop)(void *ctx);    /* asked after each step; true: checkpoint, then RT_E_STOPPED */
  double (*clock)(void *ctx); /* seconds that only go forward */
  void *ctx;
} rt_run;

#define RT_RUN_PATH_MAX 4096

/* the path of a file in the folder; RT_E_LIMIT if it is too long */
rt_code rt_run_path(const char *folder, const char *name, char out[RT_RUN_PATH_MAX],
                    rt_error *err) RT__MUST_CHECK;

/* s: a fresh state with the student's first weights; afterwards the trained one. *last gets the
 * last evaluation (zeros without held-out text). */
rt_code rt_train(const rt_run *r, rt_state *s, rt_means *last, rt_error *err) RT__MUST_CHECK;

#endif
