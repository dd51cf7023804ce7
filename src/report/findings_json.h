/* findings_json - findings as JSON Lines, schema retort.finding/1 (docs/findings.md).
 *
 * Caveats
 *  - The same findings, options and inputs give the same bytes: numbers are rounded here (scores
 * and strengths to 4 decimals, bits to 2, p to 2 digits), nothing says when or by how many threads.
 *  - Lines are sorted by type (run, campaign, member, account), then score as printed (falling),
 * then id.
 */
#ifndef RT_REPORT_FINDINGS_JSON_H
#define RT_REPORT_FINDINGS_JSON_H

#include "report/emit.h"
#include "retort/finding.h"

#define RT__LINE_MAX  ((size_t)16 << 20) /* bytes of one line of findings */
#define RT__EXEMPLARS 5                  /* members named on the campaign's own line */

/* one file that was read */
typedef struct rt__run_input {
  const char *what; /* NULL for exchanges, else "accounts" or "events" */
  uint64_t bytes, xxh3;
  const char *broken; /* NULL, or the name of the error that it broke off with */
} rt__run_input;

typedef struct rt__run_refused {
  const char *cause;
  uint64_t lines;
} rt__run_refused;

/* what the first line says beyond the findings */
typedef struct rt__run {
  const char *version;
  const rt__run_input *inputs; /* any order: printed sorted */
  size_t n_inputs;
  const rt__run_refused *refused; /* causes without lines are left out */
  size_t n_refused;
  const rt_scan_options *options;
  int64_t until_us; /* last exchange; 0: not said */
} rt__run;

/* O(members). RT_E_NOMEM, RT_E_LIMIT for a line over RT__LINE_MAX, or what `emit` returned. */
rt_code rt__findings_json(const rt_alloc *alloc, const rt_findings *f, const rt__run *run,
                          const rt__emit *emit, rt_error *err);

#endif
