/* spooled - a scan's sink that goes to disk where memory is short. Not public: rt__spool is a
 * callback set of this library's own digests, and its shape may change. */
#ifndef RT_CAMPAIGN_SPOOLED_H
#define RT_CAMPAIGN_SPOOLED_H

#include "digest/set.h"
#include "retort/scan.h"

/* as rt_scan_sink, with memory_max bytes for this producer's records and `spool` (copied; NULL:
 * none) behind them. What is behind the spool must outlive the scan. */
rt_code rt__scan_sink_spooled(rt_scan *s, size_t memory_max, const rt__spool *spool,
                              rt_digest_sink *sink, rt_error *err);

#endif
