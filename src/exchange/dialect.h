/* dialect - in which shape a log line says what it says, told apart by its top-level keys.
 *
 * A dialect is a row: code, name, the function of src/feed that reads it, keys that must all be
 * there, keys of which one must be there (both lists separated by blanks), where its accounts come
 * from by default. Rows are tried in order and the first that fits is taken, so a shape with
 * telling keys goes before one with plain ones. A new dialect is one row here and one reader there.
 */
#ifndef RT_DIALECT_H
#define RT_DIALECT_H

#include "base/base.h"

/* code, name, reader, all of these keys, one of these keys, default account. The first row is what
 * a --map reads: no keys lead to it. */
#define RT__DIALECT_MAP(X)                                                                         \
  X(RT__DIALECT_MAPPED, "map", rt__read_mapped, "", "", "the map's `account`")                     \
  X(RT__DIALECT_OTLP, "otlp", rt__read_otlp, "",                                                   \
    "resourceSpans resourceLogs resourceMetrics resource_spans resource_logs resource_metrics",    \
    "enduser.id, user.id, gen_ai.user, then the resource's, then service.name")                    \
  X(RT__DIALECT_OTEL_SPAN, "otel-span", rt__read_otel_span, "attributes context",                  \
    "start_time end_time", "as otlp")                                                              \
  X(RT__DIALECT_BEDROCK, "bedrock", rt__read_bedrock, "modelId",                                   \
    "schemaType inputBodyJson input output", "identity.arn, then accountId")                       \
  X(RT__DIALECT_VERTEX, "vertex", rt__read_vertex, "", "full_request request_payload",             \
    "labels of the request, then the project in `endpoint`")                                       \
  X(RT__DIALECT_APIM, "apim", rt__read_apim, "category properties", "time operationName",          \
    "apimSubscriptionId, then userId")                                                             \
  X(RT__DIALECT_APIM_TABLE, "apim-table", rt__read_apim_table, "TimeGenerated CorrelationId", "",  \
    "ApimSubscriptionId, then UserId")                                                             \
  X(RT__DIALECT_LITELLM, "litellm", rt__read_litellm, "startTime call_type",                       \
    "model_parameters hidden_params model_map_information status_fields",                          \
    "metadata's organisation, team, user, then hash of the key")                                   \
  X(RT__DIALECT_SPENDLOG, "spendlog", rt__read_spendlog, "startTime", "request_id spend",          \
    "organization_id, team_id, user, then api_key")                                                \
  X(RT__DIALECT_ENVOY, "envoy", rt__read_envoy, "start_time",                                      \
    "gen_ai.request.model gen_ai.response.model gen_ai.usage.input_tokens genai_model_name",       \
    "enduser.id, user.id, x-user-id; usually --account-field")                                     \
  X(RT__DIALECT_WRAPPED, "wrapped", rt__read_wrapped, "",                                          \
    "logEvents records standard_logging_object Records", "of what is within")                      \
  X(RT__DIALECT_ENVELOPE, "envelope", rt__read_envelope, "", "account ts", "account")

typedef enum rt__dialect {
#define RT__DIALECT_ENUM(code, name, reader, all, any, account) code,
  RT__DIALECT_MAP(RT__DIALECT_ENUM)
#undef RT__DIALECT_ENUM
      RT__DIALECT_COUNT
} rt__dialect;

/* says whether the line has this key at its top level */
typedef bool (*rt__has_key)(void *ctx, rt_slice key);

/* the dialect of a line; RT__DIALECT_COUNT if no row fits. O(rows x keys) */
rt__dialect rt__dialect_find(rt__has_key has, void *ctx);

/* "envelope"; "unknown" out of range */
const char *rt__dialect_name(rt__dialect d);
/* where its accounts come from by default; "" out of range */
const char *rt__dialect_account(rt__dialect d);

#endif
