/* otel_call - one call of a model, from its span and its events. */
#include "feed/otel.h"

static const rt__field otel_span_rows[] = {
    {"traceId", RT__P_TRACE, RT__JSTRING},
    {"trace_id", RT__P_TRACE, RT__JSTRING},
    {"spanId", RT__P_SPAN, RT__JSTRING},
    {"span_id", RT__P_SPAN, RT__JSTRING},
    {"startTimeUnixNano", RT__P_START, RT__JANY},
    {"start_time_unix_nano", RT__P_START, RT__JANY},
    {"start_time", RT__P_START, RT__JANY},
    {"timeUnixNano", RT__P_START, RT__JANY},
    {"time_unix_nano", RT__P_START, RT__JANY},
    {"endTimeUnixNano", RT__P_END, RT__JANY},
    {"end_time_unix_nano", RT__P_END, RT__JANY},
    {"end_time", RT__P_END, RT__JANY},
    {"observedTimeUnixNano", RT__P_OBSERVED, RT__JANY},
    {"observed_time_unix_nano", RT__P_OBSERVED, RT__JANY},
    {"attributes", RT__P_ATTRIBUTES, RT__JLIST | RT__JOBJECT},
    {"events", RT__P_EVENTS, RT__JLIST},
    {"status", RT__P_STATUS, RT__JOBJECT},
    {"body", RT__P_BODY, RT__JANY},
    {"eventName", RT__P_EVENT_NAME, RT__JSTRING},
    {"event_name", RT__P_EVENT_NAME, RT__JSTRING},
    {"name", RT__P_EVENT_NAME, RT__JSTRING},
    {"context", RT__P_CONTEXT, RT__JOBJECT},
    {"resource", RT__P_RESOURCE, RT__JOBJECT},
};
const rt__rows rt__otel_span_rows = {otel_span_rows, RT__ARRAY_LEN(otel_span_rows)};

void rt__otel_parts(rt__reading *rd, const rt__jnode *record, const rt__jnode **parts)
{
  rt__gather(rd, RT__T_OTEL_SPAN, record, "span", parts, RT__P_COUNT);
  if (!parts[RT__P_CONTEXT])
    return;
  const rt__jnode *context[RT__P_COUNT];
  rt__gather(rd, RT__T_OTEL_SPAN, parts[RT__P_CONTEXT], "context", context, RT__P_COUNT);
  parts[RT__P_TRACE] = parts[RT__P_TRACE] ? parts[RT__P_TRACE] : context[RT__P_TRACE];
  parts[RT__P_SPAN] = parts[RT__P_SPAN] ? parts[RT__P_SPAN] : context[RT__P_SPAN];
}

/* an id of nothing but zeros, in hex or in base 64, is none */
static bool says_something(rt_slice id)
{
  bool zeros = true, base64 = true;
  for (size_t i = 0; i < id.n; i++) {
    zeros = zeros && (id.p[i] == '0' || (id.p[i] == 'x' && i == 1));
    base64 = base64 && (id.p[i] == 'A' || id.p[i] == '=');
  }
  return id.n > 0 && id.n <= RT_NAME_MAX / 2 && !zeros && !base64;
}

bool rt__otel_ids(const rt__jnode *const *parts, rt_slice *trace, rt_slice *span)
{
  *trace = rt__jslice(parts[RT__P_TRACE]);
  *span = rt__jslice(parts[RT__P_SPAN]);
  return says_something(*trace) && says_something(*span);
}

/* ---- what a record reports */

static bool is_one_of(rt_slice s, const rt_slice *words, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (rt__slice_eq(s, words[i]))
      return true;
  return false;
}

static const rt_slice operations[] = {RT__WORD("chat"), RT__WORD("text_completion"),
                                      RT__WORD("generate_content"), RT__WORD("completion"),
                                      RT__WORD("responses")};
static const rt_slice kinds[] = {RT__WORD("LLM"), RT__WORD("llm")};

/* who says what it is, is believed; who doesn't is a call if a model is named */
static rt__otel_sort sort_of(const rt__attrs *a)
{
  static const int says[] = {RT__O_OPERATION, RT__O_KIND, RT__O_TYPE};
  for (size_t i = 0; i < RT__ARRAY_LEN(says); i++) {
    rt_slice s = rt__jslice(a->slots[says[i]]);
    if (!s.p)
      continue;
    bool call = says[i] == RT__O_KIND ? is_one_of(s, kinds, RT__ARRAY_LEN(kinds))
                                      : is_one_of(s, operations, RT__ARRAY_LEN(operations));
    return call ? RT__OTEL_CALL : RT__OTEL_OTHER;
  }
  if (a->slots[RT__O_FRAMEWORK])
    return RT__OTEL_OTHER;
  bool model = a->slots[RT__S_MODEL] || a->slots[RT__O_MODEL_ANSWERED];
  return model ? RT__OTEL_CALL : RT__OTEL_OTHER;
}

/* ---- events */

/* one message each, of the conventions up to 1.36 */
static const struct {
  rt_slice event;
  const char *role; /* NULL: an answer */
} message_events[] = {
    {RT__WORD("gen_ai.system.message"), "system"},
    {RT__WORD("gen_ai.user.message"), "user"},
    {RT__WORD("gen_ai.assistant.message"), "assistant"},
    {RT__WORD("gen_ai.tool.message"), "tool"},
    {RT__WORD("gen_ai.choice"), NULL},
};
/* whose attributes are those of the call */
static const rt_slice detail_events[] = {RT__WORD("gen_ai.client.inference.operation.details"),
                                         RT__WORD("gen_ai.content.prompt"),
                                         RT__WORD("gen_ai.content.completion")};

#define TURN_FIRST 2000000u /* behind all flattened ones */

/* content and role stand in the body, beside it, or in a string of JSON */
static void put_message(rt__reading *rd, rt__attrs *a, rt__attrs *event, const char *role)
{
  const rt__jnode *v = event->slots[RT__O_CONTENT],
                  *tree = v && v->kind == RT__JSTRING ? rt__unfold(rd, v) : NULL;
  rt__flat f = {.turn = TURN_FIRST + (uint32_t)(a->n_flat < TURN_FIRST ? a->n_flat : TURN_FIRST),
                .list = role ? RT__FLAT_INPUT : RT__FLAT_OUTPUT};
  if (tree && tree->kind == RT__JOBJECT &&
      (rt__member(tree, "content") || rt__member(tree, "message")))
    v = rt__member(tree, rt__member(tree, "content") ? "content" : "message");
  f.what = RT__FLAT_ROLE;
  f.v = rt__string_node(rd, rt__cstr(role ? role : "assistant"));
  if (f.v)
    rt__flat_put(rd, a, f);
  f.what = RT__FLAT_CONTENT;
  f.v = v;
  if (f.v)
    rt__flat_put(rd, a, f);
}

/* adds one event, of a span or from the log; RT__OTEL_OTHER if it is about something else */
static rt__otel_sort read_event(rt__reading *rd, rt__attrs *a, const rt__jnode *record)
{
  const rt__jnode *parts[RT__P_COUNT];
  rt__attrs event, body;
  rt__otel_parts(rd, record, parts);
  rt__attrs_read(rd, parts[RT__P_ATTRIBUTES], &event);
  if (parts[RT__P_BODY] && parts[RT__P_BODY]->kind == RT__JOBJECT) {
    const rt__jnode *v = rt__any_value(rd, RT__LIT("body"), parts[RT__P_BODY]);
    rt__attrs_read(rd, v && v->kind == RT__JOBJECT ? v : parts[RT__P_BODY], &body);
    rt__attrs_merge(rd, &event, &body);
  }
  rt_slice name = rt__jslice(parts[RT__P_EVENT_NAME]);
  if (!name.p)
    name = rt__jslice(event.slots[RT__O_EVENT_NAME]);
  for (size_t i = 0; i < RT__ARRAY_LEN(message_events); i++)
    if (rt__slice_eq(name, message_events[i].event)) {
      put_message(rd, a, &event, message_events[i].role);
      event.slots[RT__O_CONTENT] = event.slots[RT__O_ROLE] = NULL;
      event.n_flat = 0;
      rt__attrs_merge(rd, a, &event);
      return RT__OTEL_MESSAGE;
    }
  bool details = is_one_of(name, detail_events, RT__ARRAY_LEN(detail_events));
  if (!details && (name.p || sort_of(&event) != RT__OTEL_CALL))
    return RT__OTEL_OTHER;
  rt__attrs_merge(rd, a, &event);
  return RT__OTEL_CALL;
}

static void read_span_events(rt__reading *rd, rt__attrs *a, const rt__jnode *list)
{
  if (!list)
    return;
  for (const rt__jnode *c = list + 1; c < list + list->span; c += c->span)
    (void)read_event(rd, a, c);
}

rt__otel_sort rt__call_gather(rt__reading *rd, const rt__call *call, rt__attrs *a)
{
  rt__otel_sort sort = RT__OTEL_OTHER;
  if (call->span) {
    rt__attrs_read(rd, call->parts[RT__P_ATTRIBUTES], a);
    sort = sort_of(a);
    if (sort != RT__OTEL_CALL)
      return sort;
    read_span_events(rd, a, call->parts[RT__P_EVENTS]);
  } else {
    memset(a, 0, sizeof *a);
  }
  for (size_t i = 0; i < call->n_events; i++) {
    rt__otel_sort s = read_event(rd, a, call->events[i]);
    if (sort == RT__OTEL_OTHER || s == RT__OTEL_CALL)
      sort = s;
  }
  return sort;
}

bool rt__call_is_whole(const rt__attrs *a)
{
  return a->n_flat > 0 || a->slots[RT__S_MESSAGES] || a->slots[RT__O_INPUT_VALUE];
}

/* ---- who */

static const rt__jnode *first_user(const rt__attrs *a)
{
  for (int s = RT__O_USER_1; a && s <= RT__O_USER_5; s++)
    if (rt__slice_trim(rt__jslice(a->slots[s])).n > 0)
      return a->slots[s];
  return NULL;
}

/* an SDK's name for a service that nobody named */
static bool is_known(rt_slice service)
{
  return service.n > 0 && !rt__slice_starts(service, RT__LIT("unknown_service"));
}

static const rt__jnode *account_of(rt__reading *rd, const rt__call *call, const rt__attrs *a)
{
  const rt__attrs *resource = call->resource;
  if (rd->account_field.p) {
    size_t slot = rt__slot_find(rd->account_field);
    if (a->slots[RT__O_CHOSEN])
      return a->slots[RT__O_CHOSEN];
    if (resource && resource->slots[RT__O_CHOSEN])
      return resource->slots[RT__O_CHOSEN];
    return slot < RT__S_COUNT ? a->slots[slot] : NULL;
  }
  const rt__jnode *v = first_user(a) ? first_user(a) : first_user(resource);
  if (v)
    return v;
  v = resource ? resource->slots[RT__O_SERVICE] : NULL;
  if (!v || !is_known(rt__jslice(v)))
    return NULL;
  rt__tally_add(rd->tally, RT__CAUSE_STAND_IN, &rd->at, "service.name %.*s is the account",
                (int)(v->n < 60 ? v->n : 60), v->p);
  return v;
}

/* ---- when, and how it ended */

/* a time that is there and is not 0 */
static bool is_time(const rt__jnode *v)
{
  return v && (v->kind == RT__JSTRING ? v->n > 0 && !(v->n == 1 && v->p[0] == '0')
                                      : v->kind != RT__JNUMBER || v->num != 0);
}

static void read_times(const rt__call *call, const rt__jnode **slots, rt_exchange *preset)
{
  static const int by_rank[] = {RT__P_START, RT__P_END, RT__P_OBSERVED};
  const rt__jnode *const *parts = call->parts;
  int64_t from, to;
  for (size_t i = 0; i < RT__ARRAY_LEN(by_rank) && !slots[RT__S_TS]; i++)
    if (is_time(parts[by_rank[i]]))
      slots[RT__S_TS] = parts[by_rank[i]];
  if (call->span && is_time(parts[RT__P_START]) && is_time(parts[RT__P_END]) &&
      rt__clock_read(call->clock, parts[RT__P_START], &from, NULL) == RT_OK &&
      rt__clock_read(call->clock, parts[RT__P_END], &to, NULL) == RT_OK && to >= from &&
      to - from < INT64_C(4000000000000))
    preset->latency_ms = (uint32_t)((to - from) / 1000);
  slots[RT__S_TRACE] = parts[RT__P_TRACE];
  slots[RT__S_SPAN] = parts[RT__P_SPAN];
}

static bool has_failed(const rt__jnode *status)
{
  static const rt_slice words[] = {RT__WORD("STATUS_CODE_ERROR"), RT__WORD("ERROR"), RT__WORD("2")};
  const rt__jnode *code = rt__member(status, "code");
  if (!code)
    code = rt__member(status, "status_code");
  if (!code)
    return false;
  return code->kind == RT__JNUMBER ? code->num == 2
                                   : is_one_of(rt__jslice(code), words, RT__ARRAY_LEN(words));
}

static void read_end(const rt__call *call, const rt__attrs *a, rt_exchange *preset)
{
  rt_slice error = rt__jslice(a->slots[RT__O_ERROR]);
  if (error.p || (call->span && has_failed(call->parts[RT__P_STATUS])))
    preset->outcome = rt__outcome_of(error, RT_OUTCOME_ERROR);
}

/* ---- the rest */

static rt_api api_of(const rt__attrs *a)
{
  rt_slice operation = rt__jslice(a->slots[RT__O_OPERATION]),
           provider = rt__jslice(a->slots[RT__S_PROVIDER]);
  if (rt__slice_eq(operation, RT__LIT("text_completion")) ||
      rt__slice_eq(rt__jslice(a->slots[RT__O_TYPE]), RT__LIT("completion")))
    return RT_API_COMPLETION;
  return rt__slice_eq(provider, RT__LIT("anthropic")) ? RT_API_MESSAGES : RT_API_CHAT;
}

/* trace and span together name the call */
static const rt__jnode *id_of(rt__reading *rd, const rt__jnode *trace, const rt__jnode *span)
{
  const rt__jnode *parts[RT__P_COUNT] = {[RT__P_TRACE] = trace, [RT__P_SPAN] = span};
  rt_slice t, s;
  if (!rt__otel_ids(parts, &t, &s))
    return NULL;
  char *p = rt__take(rd, t.n + 1 + s.n);
  if (!p)
    return NULL;
  memcpy(p, t.p, t.n);
  p[t.n] = '/';
  memcpy(p + t.n + 1, s.p, s.n);
  return rt__string_node(rd, rt__slice(p, t.n + 1 + s.n));
}

static void read_lists(rt__reading *rd, const rt__attrs *a, rt_exchange *preset)
{
  rd->scratch.n = 0;
  for (size_t i = 0; i < a->n_knobs; i++)
    rt__put(rd, &rd->scratch, a->knobs[i]);
  preset->other_knobs = rt__take_named(rd);
  for (size_t i = 0; i < a->n_headers; i++)
    rt__put_named_one(rd, a->header_names[i], a->headers[i], ": ");
  preset->headers = rt__take_named(rd);
}

static void read_texts(rt__reading *rd, rt__attrs *a, const rt__jnode **slots)
{
  if (!slots[RT__S_MESSAGES])
    slots[RT__S_MESSAGES] = rt__flat_tree(rd, a, RT__FLAT_INPUT);
  if (!slots[RT__S_MESSAGES])
    slots[RT__S_MESSAGES] = a->slots[RT__O_INPUT_VALUE];
  if (!slots[RT__S_TOOLS])
    slots[RT__S_TOOLS] = rt__flat_tree(rd, a, RT__FLAT_TOOLS);
  if (!slots[RT__S_OUTPUT])
    slots[RT__S_OUTPUT] = rt__flat_tree(rd, a, RT__FLAT_OUTPUT);
  if (!slots[RT__S_OUTPUT])
    slots[RT__S_OUTPUT] = a->slots[RT__O_OUTPUT_VALUE];
  const rt__jnode *finishes = a->slots[RT__O_FINISHES];
  if (finishes && finishes->kind == RT__JSTRING)
    finishes = rt__unfold(rd, finishes) ? rt__unfold(rd, finishes) : finishes;
  if (finishes && finishes->kind == RT__JLIST)
    finishes = finishes->span > 1 ? finishes + 1 : NULL;
  if (finishes && finishes->kind == RT__JSTRING)
    slots[RT__S_FINISH] = finishes;
}

rt__cause rt__call_emit(rt__reading *rd, const rt__call *call, rt__attrs *a)
{
  const rt__jnode *slots[RT__S_COUNT];
  rt_exchange preset;
  const rt__how how = {.clock = call->clock, .preset = &preset, .errors_are_said = true};
  rt_exchange_clear(&preset);
  memcpy(slots, a->slots, sizeof slots);
  preset.api = api_of(a);
  read_times(call, slots, &preset);
  read_end(call, a, &preset);
  read_lists(rd, a, &preset);
  read_texts(rd, a, slots);
  slots[RT__S_ID] = id_of(rd, slots[RT__S_TRACE], slots[RT__S_SPAN]);
  slots[RT__S_ACCOUNT] = account_of(rd, call, a);
  if (!slots[RT__S_MODEL])
    slots[RT__S_MODEL] = a->slots[RT__O_MODEL_ANSWERED];
  if (!slots[RT__S_END_USER])
    slots[RT__S_END_USER] = a->slots[RT__O_USER_5];
  return rt__read_slots(rd, slots, &how);
}
