/* replay - when could each campaign first have been reported?
 *
 * The scan is made again on prefixes of its own digests: what had arrived by midnight, 6, 12 and 18
 * o'clock UTC of each day. A campaign could be reported at the end of the first prefix in which
 * campaigns of its verdict, mostly made of its members, hold at least half of those members that
 * had been seen by then.
 *
 * Caveats
 *  - Costs a scan of each prefix (at most RT__REPLAYS; longer logs get longer steps) and the memory
 *    of the digests once more, in memory_max. It stops as soon as every campaign has its moment.
 *  - Facts are taken as they are known now; releases of models are known when they happen.
 *  - Being found once is enough, also if a later prefix would lose it again.
 */
#ifndef RT_CAMPAIGN_REPLAY_H
#define RT_CAMPAIGN_REPLAY_H

#include "campaign/detect.h"

#define RT__REPLAY_STEP_US (INT64_C(6) * 3600 * 1000000)
#define RT__REPLAYS        56

typedef struct rt__replay {
  const rt_alloc *alloc;
  const rt_scan_options *options;
  const rt__set *set; /* sealed */
  rt__facts *facts;   /* sealed; lined up with `set` again at the end */
  const rt__release *releases;
  size_t n_releases;
} rt__replay;

/* the distance of the ends of prefixes of data from first to last: a multiple of
 * RT__REPLAY_STEP_US */
int64_t rt__replay_step(int64_t first_us, int64_t last_us);

/* fills flaggable_us of every campaign. RT_E_LIMIT where a prefix needs more than memory_max. */
rt_code rt__replay_run(const rt__replay *r, rt_findings *f, rt_error *err) RT__MUST_CHECK;

#endif
