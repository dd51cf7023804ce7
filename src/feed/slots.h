/* slots - what one exchange may say, by the contract's names, whatever its dialect calls it.
 *
 * A dialect's reader puts a pointer to a JSON value in each slot that it can fill; rt__read_slots
 * turns the slots into an exchange and emits it. So a dialect is mostly a table of its own names.
 *
 * The slots that a `--map` can fill are the same, under the same names: the contract's fields, and
 * the parts of a request and a response where somebody keeps them apart.
 */
#ifndef RT_FEED_SLOTS_H
#define RT_FEED_SLOTS_H

#include "feed/json.h"

#define RT__JTEXT (RT__JSTRING | RT__JLIST | RT__JOBJECT)

/* code, name, kinds: fields of the contract */
#define RT__CONTRACT_SLOT_MAP(X)                                                                   \
  X(RT__S_TS, "ts", RT__JANY)                                                                      \
  X(RT__S_ACCOUNT, "account", RT__JANY)                                                            \
  X(RT__S_REQUEST, "request", RT__JOBJECT | RT__JSTRING)                                           \
  X(RT__S_RESPONSE, "response", RT__JOBJECT | RT__JLIST | RT__JSTRING)                             \
  X(RT__S_STATUS, "status", RT__JNUMBER)                                                           \
  X(RT__S_STREAM, "stream", RT__JBOOL)                                                             \
  X(RT__S_LATENCY, "latency_ms", RT__JNUMBER)                                                      \
  X(RT__S_USAGE, "usage", RT__JOBJECT)                                                             \
  X(RT__S_OUTCOME, "outcome", RT__JSTRING)                                                         \
  X(RT__S_FORWARDED, "forwarded_for", RT__JLIST | RT__JSTRING)                                     \
  X(RT__S_ASN, "asn", RT__JNUMBER | RT__JSTRING)                                                   \
  X(RT__S_HEADERS, "headers", RT__JOBJECT)                                                         \
  X(RT__S_FINGERPRINTS, "fingerprints", RT__JOBJECT)                                               \
  X(RT__S_JA4, "ja4", RT__JSTRING)                                                                 \
  X(RT__S_ID, "id", RT__JSTRING)                                                                   \
  X(RT__S_MODEL, "model", RT__JSTRING)                                                             \
  X(RT__S_PROVIDER, "provider", RT__JSTRING)                                                       \
  X(RT__S_ENDPOINT, "endpoint", RT__JSTRING)                                                       \
  X(RT__S_ORG, "org", RT__JSTRING)                                                                 \
  X(RT__S_PROJECT, "project", RT__JSTRING)                                                         \
  X(RT__S_TENANT, "tenant", RT__JSTRING)                                                           \
  X(RT__S_API_KEY, "api_key", RT__JSTRING)                                                         \
  X(RT__S_END_USER, "end_user", RT__JSTRING)                                                       \
  X(RT__S_SESSION, "session", RT__JSTRING)                                                         \
  X(RT__S_BATCH, "batch_id", RT__JSTRING)                                                          \
  X(RT__S_TRACE, "trace_id", RT__JSTRING)                                                          \
  X(RT__S_SPAN, "span_id", RT__JSTRING)                                                            \
  X(RT__S_IP, "ip", RT__JSTRING)                                                                   \
  X(RT__S_COUNTRY, "country", RT__JSTRING)                                                         \
  X(RT__S_AGENT, "user_agent", RT__JSTRING)                                                        \
  X(RT__S_PROMPT_HASH, "prompt_hash", RT__JSTRING)                                                 \
  X(RT__S_SYSTEM_HASH, "system_hash", RT__JSTRING)

/* parts of the bodies, where they are logged apart from each other */
#define RT__PART_SLOT_MAP(X)                                                                       \
  X(RT__S_MESSAGES, "messages", RT__JTEXT)                                                         \
  X(RT__S_SYSTEM, "system", RT__JTEXT)                                                             \
  X(RT__S_TOOLS, "tools", RT__JLIST | RT__JSTRING)                                                 \
  X(RT__S_PARAMETERS, "parameters", RT__JOBJECT | RT__JSTRING)                                     \
  X(RT__S_OUTPUT, "output", RT__JTEXT)                                                             \
  X(RT__S_FINISH, "finish_reason", RT__JSTRING)                                                    \
  X(RT__S_RESPONSE_ID, "response_id", RT__JSTRING)                                                 \
  X(RT__S_PREVIOUS, "previous_response_id", RT__JSTRING)                                           \
  X(RT__S_MAX_TOKENS, "max_tokens", RT__JNUMBER)                                                   \
  X(RT__S_TEMPERATURE, "temperature", RT__JNUMBER)                                                 \
  X(RT__S_TOP_P, "top_p", RT__JNUMBER)                                                             \
  X(RT__S_CHOICES, "n", RT__JNUMBER)                                                               \
  X(RT__S_TOKENS_IN, "input_tokens", RT__JNUMBER)                                                  \
  X(RT__S_TOKENS_OUT, "output_tokens", RT__JNUMBER)                                                \
  X(RT__S_TOKENS_CACHED, "cached_tokens", RT__JNUMBER)                                             \
  X(RT__S_TOKENS_REASONING, "reasoning_tokens", RT__JNUMBER)

#define RT__SLOT_MAP(X) RT__CONTRACT_SLOT_MAP(X) RT__PART_SLOT_MAP(X)

enum {
#define RT__SLOT_ENUM(code, name, kinds) code,
  RT__SLOT_MAP(RT__SLOT_ENUM)
#undef RT__SLOT_ENUM
      RT__S_COUNT /* a dialect's own slots follow */
};

#define RT__SLOTS_MAX 96 /* slots of any dialect, its own included */

/* "ts"; NULL out of range */
const char *rt__slot_name(size_t slot);
/* kinds of value that the slot takes */
uint8_t rt__slot_kinds(size_t slot);
/* RT__S_COUNT if there is none of that name */
size_t rt__slot_find(rt_slice name);

/* how a dialect writes times */
typedef enum rt__clock {
  RT__CLOCK_CONTRACT, /* RFC 3339, or Unix seconds */
  RT__CLOCK_LOOSE,    /* likewise; without a zone it is UTC; a number may stand in quotes */
  RT__CLOCK_MILLIS,   /* from here on a count since 1970, as a number or in quotes */
  RT__CLOCK_MICROS,
  RT__CLOCK_NANOS,
  RT__CLOCK_COUNT
} rt__clock;

/* "contract"; RT__CLOCK_COUNT if there is none of that name */
const char *rt__clock_name(rt__clock c);
rt__clock rt__clock_find(rt_slice name);
/* RT_E_FORMAT or RT_E_ARG with a message; RT_E_NOTFOUND for a kind of value that is no time */
rt_code rt__clock_read(rt__clock c, const rt__jnode *v, int64_t *us, rt_error *err);

#endif
