/* traces - real rate curves from a folder of CSV files (per 10 minutes: start in seconds, requests
 * a second, coefficient of variation of the gaps). Optional: without them the built-in curves
 * serve. */
#ifndef RT_WORLD_TRACES_H
#define RT_WORLD_TRACES_H

#include "base/base.h"

#define RT__TRACES_MAX      512
#define RT__TRACE_STEPS_MAX 20000

typedef struct rt__trace {
  float *rate; /* per step, mean 1 over the active span */
  float *cv;
  uint32_t n; /* steps */
  uint32_t step_s;
} rt__trace;

typedef struct rt__traces {
  rt__trace trace[RT__TRACES_MAX];
  uint32_t n;
} rt__traces;

/* reads every *.csv below `dir` (four levels), in name order. RT_E_IO, RT_E_FORMAT with file and
 * line */
rt_code rt__traces_load(const rt_alloc *a, const char *dir, rt__traces **out,
                        rt_error *err) RT__MUST_CHECK;
void rt__traces_free(const rt_alloc *a, rt__traces *t);

#endif
