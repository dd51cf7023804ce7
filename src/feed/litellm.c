/* litellm - what the LiteLLM proxy logs of a call: the payload that its callbacks get, and the rows
 * of its spend table.
 *
 * The account is whoever pays: organisation, team, user, then the hash of the key. A call's
 * messages and parameters stand beside each other, not in one body; in the spend table the client's
 * own body may stand in `proxy_server_request`.
 */
#include "feed/reading.h"

#include <stdlib.h>

enum {
  L_END = RT__S_COUNT, /* time */
  L_CALL_TYPE,
  L_CALL_ID, /* the proxy's own */
  L_GROUP,   /* the model's public name */
  L_METADATA,
  L_ERROR,
  L_STATUS_WORD,
  L_TEAM,
  L_USER,
  L_DURATION, /* ms */
  L_PROXY_REQUEST,
  L_HEADERS_IN, /* requester_metadata */
  L_SLOTS
};

static const rt__field litellm_rows[] = {
    {"id", RT__S_ID, RT__JSTRING},
    {"litellm_call_id", L_CALL_ID, RT__JSTRING},
    {"trace_id", RT__S_TRACE, RT__JSTRING},
    {"session_id", RT__S_SESSION, RT__JSTRING},
    {"call_type", L_CALL_TYPE, RT__JSTRING},
    {"stream", RT__S_STREAM, RT__JBOOL},
    {"status", L_STATUS_WORD, RT__JSTRING},
    {"custom_llm_provider", RT__S_PROVIDER, RT__JSTRING},
    {"prompt_tokens", RT__S_TOKENS_IN, RT__JNUMBER},
    {"completion_tokens", RT__S_TOKENS_OUT, RT__JNUMBER},
    {"startTime", RT__S_TS, RT__JNUMBER | RT__JSTRING},
    {"endTime", L_END, RT__JNUMBER | RT__JSTRING},
    {"model", RT__S_MODEL, RT__JSTRING},
    {"model_group", L_GROUP, RT__JSTRING},
    {"metadata", L_METADATA, RT__JOBJECT | RT__JSTRING},
    {"end_user", RT__S_END_USER, RT__JSTRING},
    {"requester_ip_address", RT__S_IP, RT__JSTRING},
    {"user_agent", RT__S_AGENT, RT__JSTRING},
    {"messages", RT__S_MESSAGES, RT__JTEXT},
    {"response", RT__S_RESPONSE, RT__JTEXT},
    {"model_parameters", RT__S_PARAMETERS, RT__JOBJECT | RT__JSTRING},
    {"error_information", L_ERROR, RT__JOBJECT},
};
const rt__rows rt__litellm_rows = {litellm_rows, RT__ARRAY_LEN(litellm_rows)};

/* within `metadata`, of both shapes */
static const rt__field litellm_meta_rows[] = {
    {"user_api_key_hash", RT__S_API_KEY, RT__JSTRING},
    {"user_api_key", RT__S_API_KEY, RT__JSTRING},
    {"user_api_key_org_id", RT__S_ORG, RT__JSTRING},
    {"user_api_key_team_id", L_TEAM, RT__JSTRING},
    {"user_api_key_project_id", RT__S_PROJECT, RT__JSTRING},
    {"user_api_key_user_id", L_USER, RT__JSTRING},
    {"user_api_key_end_user_id", RT__S_END_USER, RT__JSTRING},
    {"user_api_key_request_route", RT__S_ENDPOINT, RT__JSTRING},
    {"requester_ip_address", RT__S_IP, RT__JSTRING},
    {"user_agent", RT__S_AGENT, RT__JSTRING},
    {"requester_metadata", L_HEADERS_IN, RT__JOBJECT},
    {"requester_custom_headers", RT__S_HEADERS, RT__JOBJECT},
    {"usage_object", RT__S_USAGE, RT__JOBJECT},
    {"error_information", L_ERROR, RT__JOBJECT},
};
const rt__rows rt__litellm_meta_rows = {litellm_meta_rows, RT__ARRAY_LEN(litellm_meta_rows)};

static const rt__field spendlog_rows[] = {
    {"request_id", RT__S_ID, RT__JSTRING},
    {"call_type", L_CALL_TYPE, RT__JSTRING},
    {"api_key", RT__S_API_KEY, RT__JSTRING},
    {"prompt_tokens", RT__S_TOKENS_IN, RT__JNUMBER},
    {"completion_tokens", RT__S_TOKENS_OUT, RT__JNUMBER},
    {"startTime", RT__S_TS, RT__JNUMBER | RT__JSTRING},
    {"endTime", L_END, RT__JNUMBER | RT__JSTRING},
    {"request_duration_ms", L_DURATION, RT__JNUMBER},
    {"model", RT__S_MODEL, RT__JSTRING},
    {"model_group", L_GROUP, RT__JSTRING},
    {"custom_llm_provider", RT__S_PROVIDER, RT__JSTRING},
    {"user", L_USER, RT__JSTRING},
    {"metadata", L_METADATA, RT__JOBJECT | RT__JSTRING},
    {"team_id", L_TEAM, RT__JSTRING},
    {"organization_id", RT__S_ORG, RT__JSTRING},
    {"end_user", RT__S_END_USER, RT__JSTRING},
    {"requester_ip_address", RT__S_IP, RT__JSTRING},
    {"messages", RT__S_MESSAGES, RT__JTEXT},
    {"response", RT__S_RESPONSE, RT__JTEXT},
    {"session_id", RT__S_SESSION, RT__JSTRING},
    {"status", L_STATUS_WORD, RT__JSTRING},
    {"proxy_server_request", L_PROXY_REQUEST, RT__JOBJECT | RT__JSTRING},
};
const rt__rows rt__spendlog_rows = {spendlog_rows, RT__ARRAY_LEN(spendlog_rows)};

enum { LE_CODE, LE_CLASS, LE_SLOTS };
static const rt__field litellm_error_rows[] = {
    {"error_code", LE_CODE, RT__JSTRING | RT__JNUMBER},
    {"error_class", LE_CLASS, RT__JSTRING},
};
const rt__rows rt__litellm_error_rows = {litellm_error_rows, RT__ARRAY_LEN(litellm_error_rows)};

static const uint8_t account_order[] = {RT__S_ORG, L_TEAM, L_USER, RT__S_API_KEY};

/* calls whose answer is text; other types are passed over. The first that begins the type counts.
 */
static const struct {
  const char *type; /* without the "a" of an asynchronous call */
  rt_api api;
} call_types[] = {
    {"completion", RT_API_CHAT},       {"text_completion", RT_API_COMPLETION},
    {"responses", RT_API_RESPONSES},   {"anthropic_messages", RT_API_MESSAGES},
    {"generate_content", RT_API_CHAT}, {"pass_through_endpoint", RT_API_UNKNOWN},
    {"_realtime", RT_API_UNKNOWN},     {"/v1/chat/completions", RT_API_CHAT},
    {"chat_completion", RT_API_CHAT},
};

static bool is_inference(const rt__jnode *type, rt_api *api)
{
  rt_slice s = rt__jslice(type);
  *api = RT_API_UNKNOWN;
  if (s.n == 0)
    return true;
  for (int a = 0; a < 2; a++) {
    for (size_t i = 0; i < RT__ARRAY_LEN(call_types); i++)
      if (rt__slice_starts(s, rt__cstr(call_types[i].type))) {
        *api = call_types[i].api;
        return true;
      }
    if (s.p[0] != 'a')
      break;
    s.p++;
    s.n--;
  }
  return false;
}

/* ids that the proxy gives to whoever has none: nobody's name */
static const rt_slice nobody[] = {
    RT__WORD("default_user_id"),
    RT__WORD("litellm_proxy_master_key"),
    RT__WORD("litellm-internal-health-check"),
    RT__WORD("litellm-dashboard"),
};

static void drop_nobody(const rt__jnode **v)
{
  rt_slice s = rt__jslice(*v);
  for (size_t i = 0; i < RT__ARRAY_LEN(nobody); i++)
    if (s.p && rt__slice_eq(s, nobody[i]))
      *v = NULL;
}

/* "openai/m-large-2" of provider "openai" is m-large-2 */
static void read_model(rt__reading *rd, const rt__jnode **slots)
{
  rt_slice model = rt__jslice(slots[RT__S_MODEL]), provider = rt__jslice(slots[RT__S_PROVIDER]);
  if (rt__slice_trim(model).n == 0)
    slots[RT__S_MODEL] = slots[L_GROUP];
  else if (provider.n && model.n > provider.n + 1 && rt__slice_starts(model, provider) &&
           model.p[provider.n] == '/')
    slots[RT__S_MODEL] =
        rt__string_node(rd, rt__slice(model.p + provider.n + 1, model.n - provider.n - 1));
}

/* `id` is what the model's server called its answer, and some draw it from a hat of a thousand; the
 * proxy's own id is shared by all attempts of a call. Together they name one. */
static void read_id(rt__reading *rd, const rt__jnode **slots)
{
  rt_slice id = rt__jslice(slots[RT__S_ID]), call = rt__jslice(slots[L_CALL_ID]);
  if (call.n == 0 || rt__slice_eq(id, call))
    return;
  char *p = rt__take(rd, call.n + 1 + id.n);
  if (!p)
    return;
  memcpy(p, call.p, call.n);
  p[call.n] = '/';
  if (id.n)
    memcpy(p + call.n + 1, id.p, id.n);
  slots[RT__S_ID] = rt__string_node(rd, rt__slice(p, call.n + 1 + id.n));
}

static void read_end(const rt__jnode *const *slots, rt_exchange *preset)
{
  int64_t from, to;
  const rt__jnode *a = slots[RT__S_TS], *b = slots[L_END];
  if (slots[L_DURATION] && slots[L_DURATION]->num >= 0 && slots[L_DURATION]->num < 4e9)
    preset->latency_ms = (uint32_t)slots[L_DURATION]->num;
  else if (a && b && rt__clock_read(RT__CLOCK_LOOSE, a, &from, NULL) == RT_OK &&
           rt__clock_read(RT__CLOCK_LOOSE, b, &to, NULL) == RT_OK && to >= from &&
           to - from < INT64_C(4000000000000))
    preset->latency_ms = (uint32_t)((to - from) / 1000);
}

static void read_error(rt__reading *rd, const rt__jnode *const *slots, rt_exchange *preset)
{
  const rt__jnode *error[LE_SLOTS];
  if (!rt__slice_eq(rt__jslice(slots[L_STATUS_WORD]), RT__LIT("failure"))) {
    preset->status = slots[L_STATUS_WORD] ? 200 : 0;
    return;
  }
  rt__gather(rd, RT__T_LITELLM_ERROR, slots[L_ERROR], "error_information", error, LE_SLOTS);
  const rt__jnode *code = error[LE_CODE];
  char text[8] = "";
  if (code && code->n < sizeof text)
    memcpy(text, code->p, code->n);
  unsigned long status = strtoul(text, NULL, 10);
  if (status >= 100 && status <= 599)
    preset->status = (uint16_t)status;
  preset->outcome = rt__outcome_of(rt__jslice(error[LE_CLASS]), RT_OUTCOME_UNKNOWN);
  if (preset->outcome == RT_OUTCOME_UNKNOWN)
    preset->outcome = status == 429   ? RT_OUTCOME_RATE_LIMITED
                      : status == 403 ? RT_OUTCOME_BLOCKED
                                      : RT_OUTCOME_ERROR;
}

/* a failed call counts no tokens: its zeros say nothing */
static void drop_counts(const rt__jnode **slots, const rt_exchange *preset)
{
  if (preset->outcome == RT_OUTCOME_UNKNOWN)
    return;
  slots[RT__S_TOKENS_IN] = slots[RT__S_TOKENS_OUT] = NULL;
}

/* what is {} or "" by default says nothing */
static void drop_empty(const rt__jnode **v)
{
  rt_slice s = rt__jslice(*v);
  bool empty = s.p ? s.n == 0 || rt__slice_eq(s, RT__LIT("{}")) || rt__slice_eq(s, RT__LIT("[]"))
                   : *v && (*v)->kind & (RT__JOBJECT | RT__JLIST) && (*v)->span == 1;
  if (empty)
    *v = NULL;
}

/* the client's own body wins over what the proxy made of it; it stands there as it is, or in `body`
 */
static void read_proxy_request(rt__reading *rd, const rt__jnode **slots)
{
  const rt__jnode *v = rt__unfold(rd, slots[L_PROXY_REQUEST]);
  const rt__jnode *body = rt__member(v, "body");
  drop_empty(&v);
  if (!v || v->kind != RT__JOBJECT)
    return;
  slots[RT__S_REQUEST] = body && body->kind == RT__JOBJECT ? body : v;
  slots[RT__S_MESSAGES] = NULL;
}

static void read_headers(const rt__jnode **slots)
{
  const rt__jnode *headers = rt__member(slots[L_HEADERS_IN], "headers");
  if (headers && headers->kind == RT__JOBJECT)
    slots[RT__S_HEADERS] = headers;
}

static rt__cause read_call(rt__reading *rd, const rt__jnode *root, const rt__jnode **slots)
{
  rt_exchange preset;
  rt__how how = {.clock = RT__CLOCK_LOOSE,
                 .account = account_order,
                 .n_account = RT__ARRAY_LEN(account_order),
                 .root = root,
                 .preset = &preset};
  rt_exchange_clear(&preset);
  if (!is_inference(slots[L_CALL_TYPE], &preset.api)) {
    rt__tally_add(rd->tally, RT__CAUSE_OTHER_CALL, &rd->at, "call_type %.*s",
                  (int)(slots[L_CALL_TYPE]->n < 40 ? slots[L_CALL_TYPE]->n : 40),
                  slots[L_CALL_TYPE]->p);
    return RT__CAUSE_NONE;
  }
  rt__gather_more(rd, RT__T_LITELLM_META, rt__unfold(rd, slots[L_METADATA]), "metadata", slots,
                  L_SLOTS);
  drop_nobody(&slots[L_USER]);
  drop_nobody(&slots[L_TEAM]);
  drop_nobody(&slots[RT__S_API_KEY]);
  drop_empty(&slots[RT__S_MESSAGES]);
  drop_empty(&slots[RT__S_RESPONSE]);
  read_model(rd, slots);
  read_id(rd, slots);
  read_end(slots, &preset);
  read_error(rd, slots, &preset);
  drop_counts(slots, &preset);
  read_headers(slots);
  read_proxy_request(rd, slots);
  if (!slots[RT__S_PROJECT])
    slots[RT__S_PROJECT] = slots[L_TEAM];
  return rt__read_slots(rd, slots, &how);
}

rt__cause rt__read_litellm(rt__reading *rd, const rt__jnode *root)
{
  const rt__jnode *slots[L_SLOTS];
  rt__gather(rd, RT__T_LITELLM, root, "payload", slots, L_SLOTS);
  return read_call(rd, root, slots);
}

rt__cause rt__read_spendlog(rt__reading *rd, const rt__jnode *root)
{
  const rt__jnode *slots[L_SLOTS];
  rt__gather(rd, RT__T_SPENDLOG, root, "row", slots, L_SLOTS);
  return read_call(rd, root, slots);
}
