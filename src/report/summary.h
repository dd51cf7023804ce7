/* summary - what a scan found, for the end of the day: one row a campaign, as a table or as JSON.
 *
 * The rows are made from findings in memory, or by whoever has read a findings file; the printing
 * is the same.
 */
#ifndef RT_REPORT_SUMMARY_H
#define RT_REPORT_SUMMARY_H

#include "report/emit.h"
#include "retort/finding.h"

typedef struct rt__row {
  rt_slice verdict, campaign;
  double score;
  uint64_t accounts, exchanges, tokens_in, tokens_out;
  int64_t first_us, last_us;
  rt_slice families[2]; /* the strongest two; empty where there are fewer */
  double bits[2];
  rt_slice runner_up; /* cause; empty if none was named */
  double log_odds;
} rt__row;

/* what happened to one campaign since the last run */
typedef struct rt__news {
  char campaign[20];
  rt_change change;
} rt__news;

typedef struct rt__summary {
  rt_slice view;
  uint64_t exchanges, accounts, refused;
  const rt__row *rows;
  size_t n_rows;
  double sampled;   /* share of all exchanges that was read; 0 or 1: all */
  int64_t since_us; /* last exchange that the run before knew of; 0: there was none */
  const rt__news *news;
  size_t n_news;
  const char *file; /* where the findings are, for the hint below the table; NULL: no hint */
} rt__summary;

/* fills *row from campaign c; borrows from the findings */
void rt__row_of(const rt_campaign *c, rt__row *row);

/* "3.1M": at most four characters and a unit; for tables */
void rt__short_count(uint64_t v, char out[16]);
/* "412,231" */
void rt__long_count(uint64_t v, char out[32]);
/* "2026-03-01 08:15" */
void rt__short_time(int64_t us, char out[20]);
/* a cell that a text from outside fills: control characters shown as '?', padded or cut to n
 * columns with '~' behind; n 0 = as wide as it is */
rt_code rt__cell(rt__buf *b, rt_slice s, size_t n) RT__MUST_CHECK;

rt_code rt__summary_table(const rt_alloc *alloc, const rt__summary *s, const rt__emit *emit,
                          rt_error *err);
/* one JSON document, schema retort.summary/1 */
rt_code rt__summary_json(const rt_alloc *alloc, const rt__summary *s, const rt__emit *emit,
                         rt_error *err);

#endif
