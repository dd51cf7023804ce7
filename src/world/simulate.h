/* simulate - a world onto disk, or its exchanges into a pipe.
 *
 * Caveats
 *  - Output bytes depend on spec, seed, scale, texts and traces; not on threads or machine.
 *  - Files appear whole: they are written beside their place and renamed at the end.
 *  - It writes log files. It talks to nobody.
 */
#ifndef RT_WORLD_SIMULATE_H
#define RT_WORLD_SIMULATE_H

#include "world/spec.h"

#include <stdio.h>

typedef struct rt__sim_options {
  uint64_t seed;
  const char *texts;  /* file, NULL = the grammar's */
  const char *traces; /* folder, NULL = built-in curves */
  const char *dir;    /* where the four files go; NULL = nowhere */
  FILE *pipe;         /* exchanges go here as well; NULL = nowhere */
  unsigned threads;   /* 1 or more */
  /* told of what was measured, one line each; may be NULL */
  void (*say)(void *ctx, const char *line);
  void *ctx;
} rt__sim_options;

typedef struct rt__sim_report {
  uint64_t exchanges, bytes, accounts, active; /* active: accounts with traffic */
} rt__sim_report;

/* spec->scale is taken as it stands. O(exchanges); memory O(accounts) */
rt_code rt__simulate(const rt_alloc *a, const rt__spec *spec, const rt__sim_options *o,
                     rt__sim_report *report, rt_error *err) RT__MUST_CHECK;

#endif
