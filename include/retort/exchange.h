/* retort/exchange.h - one request to a model and its response, whatever dialect it came in.
 *
 * Caveats
 *  - All slices are borrowed: they point into the reader's memory and die with its next call.
 * Nobody downstream keeps one; the digest is what stays.
 *  - A slice with p == NULL is *missing*; a slice with n == 0 and p != NULL is present and empty.
 *    Empty or blanked text counts as missing (contract 1).
 *  - Only `account` and `time_us` are required.
 */
#ifndef RETORT_EXCHANGE_H
#define RETORT_EXCHANGE_H

#include "retort/error.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef RT_SLICE_DEFINED
#define RT_SLICE_DEFINED
/* borrowed bytes, not NUL-terminated */
typedef struct rt_slice {
  const char *p;
  size_t n;
} rt_slice;
#endif

/* how a request ended: name in the contract */
#define RT_OUTCOME_MAP(X)                                                                          \
  X(RT_OUTCOME_UNKNOWN, "unknown")                                                                 \
  X(RT_OUTCOME_OK, "ok")                                                                           \
  X(RT_OUTCOME_REFUSED, "refused")                                                                 \
  X(RT_OUTCOME_BLOCKED, "blocked")                                                                 \
  X(RT_OUTCOME_RATE_LIMITED, "rate_limited")                                                       \
  X(RT_OUTCOME_ERROR, "error")

typedef enum rt_outcome {
#define RT_OUTCOME_ENUM(code, name) code,
  RT_OUTCOME_MAP(RT_OUTCOME_ENUM)
#undef RT_OUTCOME_ENUM
      RT_OUTCOME_COUNT
} rt_outcome;

/* which API the request body speaks */
typedef enum rt_api {
  RT_API_UNKNOWN,
  RT_API_CHAT,      /* OpenAI chat completions */
  RT_API_RESPONSES, /* OpenAI responses */
  RT_API_MESSAGES,  /* Anthropic messages */
  RT_API_COMPLETION /* anything with a bare prompt */
} rt_api;

#define RT_UNSET_U32 UINT32_MAX /* a count that was not stated */
#define RT_UNSET_I32 INT32_MIN  /* a knob that was not set */

#define RT_SIGNATURES_MAX                                                                          \
  16 /* reasoning signatures kept of one request; more are counted, not kept */

typedef struct rt_exchange {
  /* who */
  rt_slice account, org, project, tenant, api_key, end_user;
  /* what it belongs to */
  rt_slice id, session, batch_id, trace_id, span_id, response_id, previous_response_id;
  /* when: microseconds since 1970 UTC */
  int64_t time_us;
  /* from where */
  rt_slice ip; /* text form, v4 or v6 */
  rt_slice
      forwarded_for; /* last public address of the chain: the one that a proxy of the house saw */
  rt_slice country, user_agent;
  rt_slice fingerprint; /* all fingerprints, "name=value" joined by '\n', sorted by name */
  rt_slice headers;     /* "name: value" joined by '\n', sorted, names lower-case */
  uint32_t asn;         /* 0 when missing */
  /* what was called */
  rt_slice model, provider, endpoint;
  rt_api api;
  bool stream;
  uint16_t status; /* HTTP, 0 when missing */
  rt_outcome outcome;
  uint32_t latency_ms; /* RT_UNSET_U32 when missing */
  /* knobs of the request */
  uint32_t max_tokens;       /* RT_UNSET_U32 when not set */
  int32_t temperature_milli; /* RT_UNSET_I32 when not set */
  int32_t top_p_milli;       /* likewise */
  uint32_t choices;          /* n; 1 when not set */
  rt_slice other_knobs;      /* remaining scalar parameters, "name=value" joined by '\n', sorted */
  /* text of the request; see the caveat on missing text */
  rt_slice system;     /* all system and developer texts, joined by '\n' */
  rt_slice tools;      /* the tools array as it stood, insignificant blanks removed */
  rt_slice first_user; /* first user turn: all its text parts joined by '\n' */
  rt_slice last_user; /* last user turn that has text; same slice as first_user when there is one */
  rt_slice prompt_hash, system_hash; /* operator's own hashes */
  /* shape of the conversation in the request; all 0 when there are no messages */
  uint32_t n_messages, n_user, n_assistant, n_tool;
  bool has_messages; /* a message list (or prompt) was there, even if its text was blanked */
  /* reasoning signatures that the request carries back */
  rt_slice signatures[RT_SIGNATURES_MAX];
  uint32_t n_signatures; /* may exceed RT_SIGNATURES_MAX */
  /* the response */
  rt_slice finish_reason;
  rt_slice output; /* text of the answer, all parts joined by '\n' */
  uint32_t tokens_in, tokens_out, tokens_cached, tokens_reasoning; /* RT_UNSET_U32 when missing */
} rt_exchange;

/* a struct in which everything is missing; time is 0, choices 1 */
void rt_exchange_clear(rt_exchange *x);

/* RT_OK if x has an account of 1 to RT_NAME_MAX bytes (with its tenant, one less) and without a
 * NUL, and a time in range, else RT_E_ARG. O(bytes of the name) */
rt_code rt_exchange_check(const rt_exchange *x, rt_error *err);

#define RT_NAME_MAX                                                                                \
  1024 /* bytes in an account name or another identifier; longer ones are refused */

const char *rt_outcome_name(rt_outcome o);

#ifdef __cplusplus
}
#endif
#endif
