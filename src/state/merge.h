/* merge - what a state holds and what today brings, as one stream in the order of the house.
 *
 * Use: rt__merge_init with today's digests, sealed; read the state into rt__merge_sink; then
 * rt__merge_end. What comes out goes to a sink, usually a scan's.
 *
 * A record that stands as often in the state as in today's digests comes out as often, not twice as
 * often: a day that is read again changes nothing, even where exchanges have no id. (Those that
 * have one are told apart by whoever gets the stream, as ever.)
 *
 * Caveats
 *  - The state must come in order: RT_E_FORMAT where it does not.
 *  - Records before `from_us` are left out, but for accounts that `memory` holds.
 */
#ifndef RT_STATE_MERGE_H
#define RT_STATE_MERGE_H

#include "digest/record.h"
#include "state/memory.h"
#include "state/pour.h"

typedef struct rt__merge {
  rt__pour today;
  size_t k; /* today's next record */
  rt_digest_sink to;
  int64_t from_us;
  const rt__memory *memory;
  uint64_t n_state, n_expired; /* records that came from the state; that were left out */
  bool any;
  rt_digest last; /* of the state; its tails are in `packed` */
  unsigned char packed[RT__RECORD_MAX] __attribute__((aligned(8)));
} rt__merge;

/* memory NULL: nothing is held */
void rt__merge_init(rt__merge *m, const rt__set *today, int64_t from_us, const rt__memory *memory,
                    const rt_digest_sink *to);
void rt__merge_free(rt__merge *m);

rt_digest_sink rt__merge_sink(rt__merge *m);
/* what is left of today */
rt_code rt__merge_end(rt__merge *m, rt_error *err);

#endif
