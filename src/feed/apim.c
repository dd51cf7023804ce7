/* apim - Azure API Management in front of Azure OpenAI: its gateway log, as resource logs of Azure
 * Monitor write it ({category, properties}) or as rows of the Log Analytics table. Bodies are
 * strings, and are there only where the API's diagnostics ask for them.
 */
#include "feed/reading.h"

#include <stdlib.h>

enum {
  A_SUBSCRIPTION = RT__S_COUNT,
  A_USER,
  A_URL,
  A_CATEGORY,
  A_PROPERTIES,
  A_DURATION,
  A_BACKEND_REQUEST,
  A_BACKEND_RESPONSE,
  A_SLOTS
};

/* of both shapes: the one begins its names with a small letter, the other with a capital */
static const rt__field apim_rows[] = {
    {"time", RT__S_TS, RT__JANY},
    {"TimeGenerated", RT__S_TS, RT__JANY},
    {"category", A_CATEGORY, RT__JSTRING},
    {"properties", A_PROPERTIES, RT__JOBJECT | RT__JSTRING},
    {"correlationId", RT__S_ID, RT__JSTRING},
    {"CorrelationId", RT__S_ID, RT__JSTRING},
    {"callerIpAddress", RT__S_IP, RT__JSTRING},
    {"CallerIpAddress", RT__S_IP, RT__JSTRING},
    {"durationMs", A_DURATION, RT__JNUMBER | RT__JSTRING},
    {"TotalTime", A_DURATION, RT__JNUMBER | RT__JSTRING},
    {"apimSubscriptionId", A_SUBSCRIPTION, RT__JSTRING},
    {"ApimSubscriptionId", A_SUBSCRIPTION, RT__JSTRING},
    {"userId", A_USER, RT__JSTRING},
    {"UserId", A_USER, RT__JSTRING},
    {"productId", RT__S_PROJECT, RT__JSTRING},
    {"ProductId", RT__S_PROJECT, RT__JSTRING},
    {"url", A_URL, RT__JSTRING},
    {"Url", A_URL, RT__JSTRING},
    {"responseCode", RT__S_STATUS, RT__JNUMBER},
    {"ResponseCode", RT__S_STATUS, RT__JNUMBER},
    {"requestHeaders", RT__S_HEADERS, RT__JOBJECT | RT__JSTRING},
    {"RequestHeaders", RT__S_HEADERS, RT__JOBJECT | RT__JSTRING},
    {"requestBody", RT__S_REQUEST, RT__JOBJECT | RT__JSTRING},
    {"RequestBody", RT__S_REQUEST, RT__JOBJECT | RT__JSTRING},
    {"responseBody", RT__S_RESPONSE, RT__JOBJECT | RT__JSTRING},
    {"ResponseBody", RT__S_RESPONSE, RT__JOBJECT | RT__JSTRING},
    {"backendRequestBody", A_BACKEND_REQUEST, RT__JOBJECT | RT__JSTRING},
    {"BackendRequestBody", A_BACKEND_REQUEST, RT__JOBJECT | RT__JSTRING},
    {"backendResponseBody", A_BACKEND_RESPONSE, RT__JOBJECT | RT__JSTRING},
    {"BackendResponseBody", A_BACKEND_RESPONSE, RT__JOBJECT | RT__JSTRING},
    /* the log of language models */
    {"modelName", RT__S_MODEL, RT__JSTRING},
    {"ModelName", RT__S_MODEL, RT__JSTRING},
    {"promptTokens", RT__S_TOKENS_IN, RT__JNUMBER},
    {"PromptTokens", RT__S_TOKENS_IN, RT__JNUMBER},
    {"completionTokens", RT__S_TOKENS_OUT, RT__JNUMBER},
    {"CompletionTokens", RT__S_TOKENS_OUT, RT__JNUMBER},
    {"requestMessages", RT__S_MESSAGES, RT__JTEXT},
    {"RequestMessages", RT__S_MESSAGES, RT__JTEXT},
    {"responseMessages", RT__S_OUTPUT, RT__JTEXT},
    {"ResponseMessages", RT__S_OUTPUT, RT__JTEXT},
    {"isStreamCompletion", RT__S_STREAM, RT__JBOOL},
    {"IsStreamCompletion", RT__S_STREAM, RT__JBOOL},
};
const rt__rows rt__apim_rows = {apim_rows, RT__ARRAY_LEN(apim_rows)};

/* path of the URL, without the query that would tell versions apart, and the deployment's name in
 * it */
static void read_url(rt__reading *rd, const rt__jnode **slots)
{
  rt_slice s = rt__jslice(slots[A_URL]), mark = RT__LIT("/deployments/");
  size_t from = 0, to = 0;
  const char *scheme = NULL;
  for (size_t i = 0; i + 3 <= s.n && !scheme; i++)
    scheme = memcmp(s.p + i, "://", 3) == 0 ? s.p + i + 3 : NULL;
  if (scheme)
    for (from = (size_t)(scheme - s.p); from < s.n && s.p[from] != '/';)
      from++;
  for (to = from; to < s.n && s.p[to] != '?';)
    to++;
  if (to > from)
    slots[RT__S_ENDPOINT] = rt__string_node(rd, rt__slice(s.p + from, to - from));
  for (size_t i = from; i + mark.n < to && !slots[RT__S_MODEL]; i++) {
    if (memcmp(s.p + i, mark.p, mark.n) != 0)
      continue;
    size_t end = i + mark.n;
    while (end < to && s.p[end] != '/')
      end++;
    slots[RT__S_MODEL] = rt__string_node(rd, rt__slice(s.p + i + mark.n, end - i - mark.n));
  }
}

static bool ends_with(rt_slice s, rt_slice end)
{
  return s.n >= end.n && memcmp(s.p + s.n - end.n, end.p, end.n) == 0;
}

/* calls of other things than text stand in the same log */
static bool is_other(const rt__jnode *const *slots)
{
  static const rt_slice ends[] = {RT__WORD("/embeddings"), RT__WORD("/images/generations"),
                                  RT__WORD("/audio/transcriptions"), RT__WORD("/audio/speech"),
                                  RT__WORD("/models")};
  rt_slice endpoint = rt__jslice(slots[RT__S_ENDPOINT]);
  for (size_t i = 0; i < RT__ARRAY_LEN(ends); i++)
    if (ends_with(endpoint, ends[i]))
      return true;
  return false;
}

static bool is_gateway_log(const rt__jnode *category)
{
  rt_slice s = rt__jslice(category);
  return s.p &&
         (rt__slice_eq(s, RT__LIT("GatewayLogs")) || rt__slice_eq(s, RT__LIT("GatewayLlmLogs")) ||
          rt__slice_eq(s, RT__LIT("GatewayLLMLogs")));
}

static void read_duration(const rt__jnode *v, rt_exchange *preset)
{
  char text[24] = "";
  if (!v || v->n == 0 || v->n >= sizeof text)
    return;
  memcpy(text, v->p, v->n);
  double ms = strtod(text, NULL);
  if (ms >= 0 && ms < 4e9)
    preset->latency_ms = (uint32_t)ms;
}

static void read_agent(const rt__jnode **slots)
{
  const rt__jnode *headers = slots[RT__S_HEADERS];
  static const char *const names[] = {"User-Agent", "user-agent"}, *const chains[] = {
                                                                       "X-Forwarded-For",
                                                                       "x-forwarded-for"};
  for (size_t i = 0; i < RT__ARRAY_LEN(names); i++) {
    const rt__jnode *agent = rt__member(headers, names[i]), *chain = rt__member(headers, chains[i]);
    if (agent && agent->kind == RT__JSTRING)
      slots[RT__S_AGENT] = agent;
    if (chain && chain->kind == RT__JSTRING)
      slots[RT__S_FORWARDED] = chain;
  }
}

static rt__cause read_call(rt__reading *rd, const rt__jnode *root, const rt__jnode **slots)
{
  static const uint8_t account[] = {A_SUBSCRIPTION, A_USER};
  rt_exchange preset;
  const rt__how how = {.clock = RT__CLOCK_LOOSE,
                       .account = account,
                       .n_account = RT__ARRAY_LEN(account),
                       .root = root,
                       .preset = &preset};
  rt_exchange_clear(&preset);
  read_url(rd, slots);
  if (is_other(slots)) {
    rt__tally_add(rd->tally, RT__CAUSE_OTHER_CALL, &rd->at, "url %.*s",
                  (int)(slots[RT__S_ENDPOINT]->n < 80 ? slots[RT__S_ENDPOINT]->n : 80),
                  slots[RT__S_ENDPOINT]->p);
    return RT__CAUSE_NONE;
  }
  if (!slots[RT__S_REQUEST])
    slots[RT__S_REQUEST] = slots[A_BACKEND_REQUEST];
  if (!slots[RT__S_RESPONSE])
    slots[RT__S_RESPONSE] = slots[A_BACKEND_RESPONSE];
  slots[RT__S_HEADERS] = rt__unfold(rd, slots[RT__S_HEADERS]);
  slots[RT__S_API_KEY] = slots[A_SUBSCRIPTION];
  read_agent(slots);
  read_duration(slots[A_DURATION], &preset);
  return rt__read_slots(rd, slots, &how);
}

rt__cause rt__read_apim(rt__reading *rd, const rt__jnode *root)
{
  const rt__jnode *slots[A_SLOTS];
  rt__gather(rd, RT__T_APIM, root, "log", slots, A_SLOTS);
  const rt__jnode *category = slots[A_CATEGORY];
  if (!is_gateway_log(category)) {
    rt__tally_add(rd->tally, RT__CAUSE_OTHER_CALL, &rd->at, "category %.*s",
                  category ? (int)(category->n < 40 ? category->n : 40) : 0,
                  category ? category->p : "");
    return RT__CAUSE_NONE;
  }
  rt__gather_more(rd, RT__T_APIM, rt__unfold(rd, slots[A_PROPERTIES]), "properties", slots,
                  A_SLOTS);
  return read_call(rd, root, slots);
}

rt__cause rt__read_apim_table(rt__reading *rd, const rt__jnode *root)
{
  const rt__jnode *slots[A_SLOTS];
  rt__gather(rd, RT__T_APIM, root, "row", slots, A_SLOTS);
  return read_call(rd, root, slots);
}
