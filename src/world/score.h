/* score - how good are findings, given the truth.
 *
 * Labels say what each account of a simulated world is, findings what a scan made of it. The scorer
 * reads both line by line and computes one report: recall by account, exchange and campaign; false
 * flags and false campaigns by kind of honest account; precision at the prevalence of real life;
 * agreement of clusters (B-cubed, adjusted Rand); calibration of the scores. Every rate has its
 * interval.
 *
 * What counts
 *  - Flagged: role harvest or cover in a campaign with verdict distillation. The first campaign in
 *    the findings that names an account has it.
 *  - Found: flagged; a campaign of one account (kind ends in "solo") is found by suspect too.
 *  - Suspect and pooled on honest accounts are review load, not false flags.
 *  - A false campaign is one whose flagged accounts are mostly honest or resold ones.
 *
 * Caveats
 *  - All labels before all findings. A label given twice counts once, the last one.
 *  - Slices in the report belong to the scorer and die with it.
 *  - Intervals are Wilson's at 95 %. A mean of shares over m campaigns is given the interval of m
 *    yes-or-no trials: shares between 0 and 1 vary no more than those, so it is on the wide side.
 *    Exchanges of one campaign are no independent trials either; they get the same treatment.
 */
#ifndef RT_WORLD_SCORE_H
#define RT_WORLD_SCORE_H

#include "base/base.h"

#define RT__SCORE_ACCOUNTS_MAX  (UINT32_C(1) << 25) /* accounts in labels and findings together */
#define RT__SCORE_CAMPAIGNS_MAX (UINT32_C(1) << 22)
#define RT__SCORE_LINE_NODES    (1u << 20) /* JSON values in one line */

/* value with a 95 % interval; n is what the interval rests on (accounts, or campaigns for means) */
typedef struct rt__rate {
  double value, low, high;
  uint64_t n;
} rt__rate;

/* name in the output, what it is */
#define RT__SCORE_COUNT_MAP(X)                                                                     \
  X(accounts, "labelled accounts")                                                                 \
  X(benign, "honest accounts")                                                                     \
  X(benign_groups, "groups of honest accounts; an account without a group is one of its own")      \
  X(campaign_accounts, "accounts of labelled campaigns")                                           \
  X(campaigns, "labelled campaigns")                                                               \
  X(pooled_accounts, "resold or shared accounts")                                                  \
  X(false_flags, "honest accounts called distillation")                                            \
  X(false_campaigns, "found campaigns that are mostly honest or resold accounts")                  \
  X(benign_suspects, "honest accounts called suspect")                                             \
  X(benign_pooled, "honest accounts called pooled")                                                \
  X(found_distillation, "campaigns found with verdict distillation")                               \
  X(found_suspect, "findings with verdict suspect")                                                \
  X(found_pooled, "findings with verdict pooled")                                                  \
  X(campaigns_half_found, "labelled campaigns of which at least half the accounts were found")     \
  X(unknown_accounts, "member lines about accounts without a label")                               \
  X(relabelled_accounts, "labels that were given again; the last one counts")

#define RT__SCORE_RATE_MAP(X)                                                                      \
  X(recall, "share of campaign accounts found")                                                    \
  X(recall_macro, "mean over campaigns of that share")                                             \
  X(recall_worst, "smallest of those shares")                                                      \
  X(recall_by_exchanges, "share of campaign exchanges that found accounts made")                   \
  X(recall_by_exchanges_macro, "mean over campaigns of that share")                                \
  X(false_flag_rate, "false flags per honest account")                                             \
  X(review_load, "share of honest accounts called suspect or pooled")                              \
  X(pooled_found, "share of resold accounts called pooled")                                        \
  X(pooled_called_distillation, "share of resold accounts called distillation")                    \
  X(precision, "share of flagged accounts that are campaign accounts")

#define RT__SCORE_NUMBER_MAP(X)                                                                    \
  X(b3_precision, "B-cubed precision of clusters over accounts of campaigns of two or more")       \
  X(b3_recall, "B-cubed recall")                                                                   \
  X(b3_f1, "B-cubed F1")                                                                           \
  X(b3_f1_l0_l5, "the same without L6")                                                            \
  X(ari, "adjusted Rand index over the same accounts; one that is not flagged is alone")           \
  X(false_flags_per_1000_benign_groups, "false flags per 1,000 groups of honest accounts")         \
  X(false_campaigns_per_1000_benign_groups, "false campaigns per 1,000 groups")                    \
  X(false_campaigns_per_30000_benign, "false campaigns per 30,000 honest accounts")                \
  X(hours_to_flag, "median hours from a campaign's first request to flaggable_at (--replay)")      \
  X(leaked_before_flag, "share of a found campaign's exchanges made before that, mean; estimated")

/* a set of labelled campaigns: a level, a band of levels, a range of sizes */
typedef struct rt__score_set {
  rt_slice name;
  uint64_t campaigns, accounts, found;
  rt__rate macro; /* mean share found */
  double worst;
  rt__rate macro_8; /* mean over campaigns of eight or more accounts; n 0 if there are none */
} rt__score_set;

typedef struct rt__score_campaign { /* one labelled campaign */
  rt_slice group, kind;
  uint64_t accounts, found, flagged, suspect, pooled, exchanges, exchanges_found;
  uint64_t pieces; /* found campaigns over which its flagged accounts are spread */
  rt__rate recall;
  double hours;  /* first request to flaggable; NaN if not known */
  double leaked; /* exchanges before that, of accounts where it is known; NaN if of none */
} rt__score_campaign;

typedef struct rt__score_kind { /* one kind of honest or resold account */
  rt_slice world, kind;
  uint64_t accounts, groups, flagged, suspect, pooled, false_campaigns;
  rt__rate rate; /* flagged per account */
} rt__score_kind;

typedef struct rt__score_row { /* one line of the plain table */
  rt_slice world, kind;        /* kind with its group, but for honest accounts */
  uint64_t accounts, flagged, suspect, pooled;
} rt__score_row;

/* precision as it would be if this share of accounts were campaign accounts; the interval joins the
 * bad ends of recall and false-flag rate, and the good ends */
typedef struct rt__score_prevalence {
  double prevalence, precision, low, high;
} rt__score_prevalence;
#define RT__SCORE_PREVALENCES 3

#define RT__SCORE_BINS 10
typedef struct rt__score_calibration {
  const char *name; /* "campaigns" or "members" */
  uint64_t n;
  double brier, ece, mean_score, observed; /* NaN where n is 0 */
  struct {
    uint64_t n;
    double mean_score;
    rt__rate observed;
  } bins[RT__SCORE_BINS]; /* of equal width; a score of 1 is in the last */
} rt__score_calibration;

typedef struct rt__score_report {
#define RT__SCORE_FIELD(name, what) uint64_t name;
  RT__SCORE_COUNT_MAP(RT__SCORE_FIELD)
#undef RT__SCORE_FIELD
#define RT__SCORE_FIELD(name, what) rt__rate name;
  RT__SCORE_RATE_MAP(RT__SCORE_FIELD)
#undef RT__SCORE_FIELD
#define RT__SCORE_FIELD(name, what) double name;
  RT__SCORE_NUMBER_MAP(RT__SCORE_FIELD)
#undef RT__SCORE_FIELD
  rt_slice view, version; /* of the scan, from its run line; may be empty */
  const rt__score_set *levels, *bands, *sizes;
  const rt__score_campaign *campaign_rows;
  const rt__score_kind *kinds;
  const rt__score_row *rows;
  size_t n_levels, n_bands, n_sizes, n_campaign_rows, n_kinds, n_rows;
  rt__score_prevalence prevalence[RT__SCORE_PREVALENCES];
  rt__score_calibration calibration[2];
  /* do labels and findings belong together? */
  uint64_t named_accounts, named_unlabelled; /* distinct accounts in the findings */
  uint64_t scanned_accounts, scanned_exchanges, labelled_exchanges; /* scanned: 0 if not stated */
} rt__score_report;

typedef struct rt__score rt__score; /* opaque */

rt_code rt__score_new(const rt_alloc *a, rt__score **out, rt_error *err) RT__MUST_CHECK;
void rt__score_free(rt__score *s);

/* One line of a labels file; blank lines are allowed. `number` is for messages. RT_E_FORMAT where
 * it is no label, RT_E_LIMIT, RT_E_NOMEM. */
rt_code rt__score_label(rt__score *s, rt_slice line, uint64_t number, rt_error *err) RT__MUST_CHECK;
/* One line of a findings file; likewise, and for a member of a campaign that has no line before. */
rt_code rt__score_finding(rt__score *s, rt_slice line, uint64_t number,
                          rt_error *err) RT__MUST_CHECK;

/* Computes the report, once. O(accounts log accounts). RT_E_ARG, with counts, if there are no
 * labels or if most accounts of the findings have none: they are of two worlds. */
rt_code rt__score_compute(rt__score *s, const rt__score_report **out, rt_error *err) RT__MUST_CHECK;

/* one sentence with counts on a smaller mismatch (some accounts without label, other totals);
 * false if there is none */
bool rt__score_mismatch(const rt__score_report *r, char *out, size_t size);

/* The report appended to `out`: as JSON, as a table for a terminal, as one self-contained page. */
rt_code rt__score_json(const rt__score_report *r, rt__buf *out) RT__MUST_CHECK;
rt_code rt__score_text(const rt__score_report *r, rt__buf *out) RT__MUST_CHECK;
rt_code rt__score_html(const rt__score_report *r, rt__buf *out) RT__MUST_CHECK;

#endif
