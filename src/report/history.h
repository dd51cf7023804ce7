/* history - what happened to a campaign between runs, as JSON and in words. */
#ifndef RT_REPORT_HISTORY_H
#define RT_REPORT_HISTORY_H

#include "base/json.h"
#include "retort/finding.h"

/* {"at":"2026-03-02T23:59:58Z","event":"grew","accounts":4}; only the fields that the event has */
void rt__history_json(rt__json *j, const rt_change *c);

/* "4 accounts came", "took in rc-..."; no full stop */
rt_code rt__history_words(rt__buf *b, const rt_change *c) RT__MUST_CHECK;

#endif
