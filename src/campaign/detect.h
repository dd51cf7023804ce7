/* detect - the way from ordered digests to drafts of campaigns, one function a stage. */
#ifndef RT_CAMPAIGN_DETECT_H
#define RT_CAMPAIGN_DETECT_H

#include "campaign/candidate.h"
#include "campaign/finding_impl.h"

/* all that lives from the ordered digests to the findings */
typedef struct rt__detection {
  const rt_alloc *alloc;
  const rt_scan_options *options;
  const rt__set *set;
  const rt__facts *facts; /* NULL: none */
  rt__starts starts;
  rt__reference reference;
  rt__groups groups;
  rt__candidate *candidates;
  size_t n_candidates;
  rt__drafts drafts;
} rt__detection;

rt_code rt__detect(rt__detection *d, rt_error *err);
void rt__detection_free(rt__detection *d);

/* words the drafts: ids, members, roles, evidence, counter-evidence (describe.c) */
rt_code rt__describe(const rt__detection *d, rt_findings *out, rt_error *err);

#endif
