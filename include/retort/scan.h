/* retort/scan.h - from digests and account facts to findings.
 *
 * Caveats
 *  - Findings are a pure function of the digests, the facts, the events and the options: not of the
 *    order in which they were added, the number of threads, or the time of day.
 *  - A finding is a reason to look, with its evidence and counter-evidence; a human decides.
 *  - One account alone is never `distillation`: intent of one account cannot be seen.
 *  - Times (…_us) are microseconds since 1970 UTC.
 *  - A scan is one thread's, but for its sinks. What fails says why in the error; a scan that
 * failed is good for rt_scan_free alone.
 *
 * Use: rt_scan_new, rt_scan_sink (digests go in), rt_scan_add_facts, rt_scan_run, then the
 * accessors of finding.h on rt_scan_findings.
 */
#ifndef RETORT_SCAN_H
#define RETORT_SCAN_H

#include "retort/digest.h"

#ifdef __cplusplus
extern "C" {
#endif

/* families of evidence: code, name, what it looks at. Signals of one family are counted jointly,
 * bits are added only across families. */
#define RT_FAMILY_MAP(X)                                                                           \
  X(RT_FAMILY_CONTENT, "content", "whose slots fill the shared template, parameters, re-use")      \
  X(RT_FAMILY_TIME, "time", "common clock, even days, equal rates, co-timed moves")                \
  X(RT_FAMILY_CLIENT, "client", "one program or many: parameter bundles, private frames, headers") \
  X(RT_FAMILY_SIZE, "size", "sizes of requests and answers, where there is no text")               \
  X(RT_FAMILY_NETWORK, "network", "addresses and networks")                                        \
  X(RT_FAMILY_MONEY, "money", "payment instruments and card ranges")                               \
  X(RT_FAMILY_PROVISION, "provision", "how the accounts were opened")                              \
  X(RT_FAMILY_KEYS, "keys", "the same reasoning signature or conversation under several accounts")

typedef enum rt_family {
#define RT_FAMILY_ENUM(code, name, what) code,
  RT_FAMILY_MAP(RT_FAMILY_ENUM)
#undef RT_FAMILY_ENUM
      RT_FAMILY_COUNT
} rt_family;

const char *rt_family_name(rt_family f);
const char *rt_family_what(rt_family f);
/* RT_FAMILY_COUNT if there is none of that name */
rt_family rt_family_find(rt_slice name);

/* What is known of an account beside its traffic. Borrowed for the call; only `account` must be
 * there, every other string may be missing (p == NULL). */
#define RT_PAYMENTS_MAX 8
typedef struct rt_facts {
  rt_slice account;
  int64_t as_of_us, created_us, closed_us; /* 0 = missing */
  rt_slice plan, org, tenant, country, email_domain, phone_prefix, card_bin;
  rt_slice payments[RT_PAYMENTS_MAX]; /* instruments, as tokens of the operator's */
  uint32_t n_payments;                /* what is beyond the maximum is left out */
  rt_slice signup_ip, signup_device, referrer;
  uint32_t signup_asn;   /* 0 = missing */
  double risk;           /* 0 to 1; NaN, or outside of that = missing */
  int verified;          /* -1 missing, 0, 1 */
  int64_t cleared_us;    /* clearance holds until then; INT64_MAX for good; 0 none */
  int64_t cleared_at_us; /* when it was given; 0: as_of_us */
  rt_slice confirmed;    /* campaign id that a human confirmed */
  rt_slice line;         /* the bytes it came from: the tie-breaker */
} rt_facts;

typedef enum rt_event_kind { RT_EVENT_MODEL_RELEASE, RT_EVENT_ENFORCEMENT } rt_event_kind;
typedef struct rt_event { /* borrowed for the call */
  rt_event_kind kind;
  int64_t time_us;
  rt_slice model;           /* of a release */
  const rt_slice *accounts; /* of an enforcement: the names of those that were closed */
  size_t n_accounts;
} rt_event;

/* runs fn(arg, 0) … fn(arg, n-1), in any order and on any threads, and returns when all are done.
 * NULL in the options means: one after the other. */
typedef void (*rt_parallel_fn)(void *ctx, size_t n, void (*fn)(void *arg, size_t i), void *arg);

typedef struct rt_scan_options {
  rt_key key;
  size_t memory_max;             /* bytes that digests of one producer may take; 0 = 1 GiB */
  double prior;                  /* share of candidate groups taken to be campaigns, above 0 and
                                  * below 1; else 0.01 */
  bool without[RT_FAMILY_COUNT]; /* families switched off */
  double sampled;          /* the log holds this share of all exchanges, drawn at random; outside
                            * of 0 to 1, and 0 = 1 = all of them */
  bool all;                /* benign campaigns and account lines too */
  unsigned decoys;         /* permuted copies for the false discovery rate; 0 = none, no rate */
  rt_parallel_fn parallel; /* with it, the allocator is used from several threads */
  void *parallel_ctx;
} rt_scan_options;

/* the documented default key, 1 GiB, a prior of 0.01, 20 decoys; nothing else is set */
void rt_scan_options_default(rt_scan_options *o);

typedef struct rt_scan rt_scan;
typedef struct rt_findings rt_findings;

/* Both may be NULL (rt_alloc_default, rt_scan_options_default) and are copied. The scan goes with
 * rt_scan_free, and all that it gave out with it. RT_E_NOMEM */
rt_code rt_scan_new(const rt_alloc *alloc, const rt_scan_options *o, rt_scan **out, rt_error *err);
void rt_scan_free(rt_scan *s);

/* a sink for one producer thread; producers may run at once, each with a sink of its own.
 * The sink lives as long as the scan; it is used before rt_scan_run. RT_E_LIMIT beyond 256 of them,
 * RT_E_ARG after the run, RT_E_NOMEM; its callbacks give RT_E_LIMIT beyond memory_max. */
rt_code rt_scan_sink(rt_scan *s, rt_digest_sink *sink, rt_error *err);

/* Copied; the largest as_of wins, ties by the line's bytes. With a tenant: about that tenant's
 * account of the name; without: about every tenant's. Before rt_scan_run. RT_E_ARG for a name that
 * no exchange could have, RT_E_NOMEM. O(1) */
rt_code rt_scan_add_facts(rt_scan *s, const rt_facts *f, rt_error *err);
/* Copied. Before rt_scan_run. RT_E_LIMIT beyond 256 releases, RT_E_NOMEM. O(its accounts) */
rt_code rt_scan_add_event(rt_scan *s, const rt_event *e, rt_error *err);

/* Orders the digests and finds campaigns. Once. Where accounts belong to several tenants (by their
 * exchanges, else by their facts), each tenant is looked at on its own. RT_E_ARG the second time,
 * RT_E_NOMEM, RT_E_LIMIT. O(exchanges log exchanges), and pairs of accounts that are near each
 * other; memory: the digests, and what an account's starts take. */
rt_code rt_scan_run(rt_scan *s, rt_error *err);

/* After rt_scan_run: when could each campaign first have been reported? Runs the scan again on what
 * had arrived by 0, 6, 12 and 18 o'clock UTC of each day (at most 56 prefixes: the steps of logs of
 * more than a fortnight are longer), and needs the memory of the digests once more. Facts are taken
 * as they are known now. RT_E_ARG before rt_scan_run, RT_E_LIMIT where a prefix needs more than
 * memory_max, RT_E_NOMEM. */
rt_code rt_scan_replay(rt_scan *s, rt_error *err);

/* owned by the scan; NULL before rt_scan_run */
const rt_findings *rt_scan_findings(const rt_scan *s);

#ifdef __cplusplus
}
#endif
#endif
