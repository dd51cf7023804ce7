/* budget - the accounts most worth a person's time, when there is time for so many.
 *
 * An account is worth its score times its exchanges: how many exchanges of the verdict's kind are
 * to be expected of it. Members of all verdicts but benign are in the list, bystanders are not;
 * ties go by account, tenant and campaign. Among the accounts of the list, the sum of (1 - score)
 * are expected to be innocent: as far as scores are calibrated, which docs/evaluation.md measures.
 */
#ifndef RT_REPORT_BUDGET_H
#define RT_REPORT_BUDGET_H

#include "report/emit.h"
#include "retort/finding.h"

typedef struct rt__pick {
  const rt_campaign *campaign;
  const rt_member *member;
  double worth; /* exchanges */
} rt__pick;

typedef struct rt__budget {
  rt__pick *picks; /* the most worth first */
  size_t n, cap;
  size_t flagged;       /* accounts there are to choose from */
  double innocent;      /* expected among the picks */
  double worth, of_all; /* sums over the picks, and over all that are flagged */
} rt__budget;

/* Borrows from the findings. O(members log members) */
rt_code rt__budget_of(const rt_alloc *alloc, const rt_findings *f, size_t most, rt__budget *out,
                      rt_error *err) RT__MUST_CHECK;
void rt__budget_free(const rt_alloc *alloc, rt__budget *b);

rt_code rt__budget_table(const rt_alloc *alloc, const rt__budget *b, const rt__emit *emit,
                         rt_error *err);
/* JSON lines, schema retort.budget/1: what is expected, then an account a line */
rt_code rt__budget_json(const rt_alloc *alloc, const rt__budget *b, const rt__emit *emit,
                        rt_error *err);

#endif
