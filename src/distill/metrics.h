/* metrics - a run's history: metrics.jsonl, one line a step or evaluation, and a page with its
 * curves.
 *
 * A line begins {"step":N, so that lines behind a checkpoint can be taken off when a run is
 * resumed. The page holds its data, its script-free SVG and nothing from elsewhere.
 */
#ifndef RT_DISTILL_METRICS_H
#define RT_DISTILL_METRICS_H

#include "distill/step.h"

#define RT__METRICS_BYTES ((size_t)64 << 20) /* of one run's history */

typedef struct rt__metrics {
  rt_alloc alloc;
  const char *path;
  rt__buf text; /* the whole history, as in the file */
} rt__metrics;

/* reads what is there, drops lines of steps above `step` (and a last line that was cut) and writes
 * the file anew if any were */
rt_code rt__metrics_open(const rt_alloc *alloc, const char *path, uint64_t step, rt__metrics *m,
                         rt_error *err) RT__MUST_CHECK;
void rt__metrics_free(rt__metrics *m);

/* kind "step" or "eval"; the line is on the disk's way when this returns */
rt_code rt__metrics_add(rt__metrics *m, const char *kind, const rt_state *s, const rt_means *v,
                        double seconds, double tokens_per_second, rt_error *err) RT__MUST_CHECK;

/* one SVG chart of losses by step, in a page */
rt_code rt__metrics_page(const rt__metrics *m, const char *title, const char *path,
                         rt_error *err) RT__MUST_CHECK;

#endif
