/* casefile - one campaign opened for a person: who is in it, why it was found, what else it could
 * be.
 *
 * The caller fills an rt__case (from a findings file) and keeps what it points to; this file only
 * words it.
 */
#ifndef RT_REPORT_CASEFILE_H
#define RT_REPORT_CASEFILE_H

#include "report/summary.h"

typedef struct rt__case_evidence {
  rt_slice family, what;
  double bits, quartiles[3];
  const rt_slice *values;
  size_t n_values;
} rt__case_evidence;

typedef struct rt__case_counter {
  rt_slice cause, what;
  double log_odds;
} rt__case_counter;

typedef struct rt__case_member {
  rt_slice account, role;
  rt_slice tenant; /* missing where none is known */
  bool reopened;   /* a person had cleared it */
  double score;
  uint64_t exchanges, tokens;
  int64_t first_us, last_us;
  double bits[RT_FAMILY_COUNT]; /* NaN where the family says nothing */
} rt__case_member;

typedef struct rt__case {
  rt__row row;
  rt_slice tenant; /* missing where none is known */
  uint64_t harvesting, confirmed;
  double coordination, extraction, concealment;
  double not_chance_p, decoy_fdr; /* NaN = not known */
  rt_slice method;
  uint64_t decoys;
  const rt__case_evidence *evidence;
  size_t n_evidence;
  const rt__case_counter *counters;
  size_t n_counters;
  const rt_change *changes; /* oldest first */
  size_t n_changes;
  const rt__case_member *members; /* score falling */
  size_t n_members;
} rt__case;

/* an account that is in no campaign, as its line in the findings says */
typedef struct rt__case_note {
  rt_slice account, nearest; /* nearest: empty if none */
  double score;
  const rt_slice *missing;
  size_t n_missing;
} rt__case_note;

/* the campaign; members and causes beyond the first few are counted, or listed with `all` */
rt_code rt__case_campaign(const rt_alloc *alloc, const rt__case *k, bool all, const rt__emit *emit,
                          rt_error *err);
/* why account m belongs to campaign k */
rt_code rt__case_member_of(const rt_alloc *alloc, const rt__case *k, const rt__case_member *m,
                           const rt__emit *emit, rt_error *err);
/* why an account belongs to none */
rt_code rt__case_outside(const rt_alloc *alloc, const rt__case_note *n, const rt__emit *emit,
                         rt_error *err);

#endif
