/* vertex - Google Vertex AI's log of requests and responses, as rows of its BigQuery table.
 *
 * Nobody is named in it but for labels that the caller put on the request; without them the project
 * of the endpoint stands for the account.
 */
#include "feed/reading.h"

enum {
  V_FULL_REQUEST = RT__S_COUNT,
  V_FULL_RESPONSE,
  V_PAYLOAD,
  V_ANSWER_PAYLOAD,
  V_METHOD,
  V_DEPLOYED,
  V_SLOTS
};

static const rt__field vertex_rows[] = {
    {"logging_time", RT__S_TS, RT__JANY},
    {"request_id", RT__S_ID, RT__JSTRING | RT__JNUMBER},
    {"endpoint", RT__S_ENDPOINT, RT__JSTRING},
    {"model", RT__S_MODEL, RT__JSTRING},
    {"deployed_model_id", V_DEPLOYED, RT__JSTRING},
    {"api_method", V_METHOD, RT__JSTRING},
    {"full_request", V_FULL_REQUEST, RT__JOBJECT | RT__JSTRING},
    {"full_response", V_FULL_RESPONSE, RT__JOBJECT | RT__JLIST | RT__JSTRING},
    {"request_payload", V_PAYLOAD, RT__JLIST | RT__JSTRING | RT__JOBJECT},
    {"response_payload", V_ANSWER_PAYLOAD, RT__JLIST | RT__JSTRING | RT__JOBJECT},
};
const rt__rows rt__vertex_rows = {vertex_rows, RT__ARRAY_LEN(vertex_rows)};

/* labels that may name somebody, by rank */
static const char *const user_labels[] = {"user_id", "user",     "enduser",
                                          "account", "customer", "tenant"};

/* "projects/P/locations/..." */
static const rt__jnode *project_of(rt__reading *rd, const rt__jnode *endpoint)
{
  rt_slice s = rt__jslice(endpoint), mark = RT__LIT("projects/");
  for (size_t i = 0; i + mark.n < s.n; i++) {
    if (memcmp(s.p + i, mark.p, mark.n) != 0)
      continue;
    size_t from = i + mark.n, to = from;
    while (to < s.n && s.p[to] != '/')
      to++;
    return to > from ? rt__string_node(rd, rt__slice(s.p + from, to - from)) : NULL;
  }
  return NULL;
}

static const rt__jnode *labelled(const rt__jnode *request)
{
  const rt__jnode *labels = rt__member(request, "labels");
  for (size_t i = 0; i < RT__ARRAY_LEN(user_labels); i++) {
    const rt__jnode *v = rt__member(labels, user_labels[i]);
    if (v && v->kind == RT__JSTRING && v->n)
      return v;
  }
  return NULL;
}

/* the payload of older rows is a list of strings of JSON */
static const rt__jnode *payload(rt__reading *rd, const rt__jnode *v)
{
  if (v && v->kind == RT__JLIST && v->span > 1 && v[1].kind == RT__JSTRING)
    v = v + 1;
  return rt__unfold(rd, v);
}

/* "publishers/google/models/m" is m */
static const rt__jnode *short_model(rt__reading *rd, const rt__jnode *v)
{
  rt_slice s = rt__jslice(v);
  size_t from = s.n;
  while (from > 0 && s.p[from - 1] != '/')
    from--;
  return from && from < s.n ? rt__string_node(rd, rt__slice(s.p + from, s.n - from)) : v;
}

static void read_account(rt__reading *rd, const rt__jnode **slots)
{
  slots[RT__S_PROJECT] = project_of(rd, slots[RT__S_ENDPOINT]);
  slots[RT__S_ACCOUNT] = labelled(slots[RT__S_REQUEST]);
  if (slots[RT__S_ACCOUNT] || rd->account_field.p || !slots[RT__S_PROJECT])
    return;
  slots[RT__S_ACCOUNT] = slots[RT__S_PROJECT];
  rt__tally_add(rd->tally, RT__CAUSE_STAND_IN, &rd->at, "project %.*s is the account",
                (int)(slots[RT__S_PROJECT]->n < 60 ? slots[RT__S_PROJECT]->n : 60),
                slots[RT__S_PROJECT]->p);
}

rt__cause rt__read_vertex(rt__reading *rd, const rt__jnode *root)
{
  const rt__jnode *slots[V_SLOTS];
  rt_exchange preset;
  const rt__how how = {.clock = RT__CLOCK_LOOSE, .root = root, .preset = &preset};
  rt_exchange_clear(&preset);
  rt__gather(rd, RT__T_VERTEX, root, "row", slots, V_SLOTS);
  slots[RT__S_REQUEST] = rt__unfold(rd, slots[V_FULL_REQUEST]);
  slots[RT__S_RESPONSE] = rt__unfold(rd, slots[V_FULL_RESPONSE]);
  if (!slots[RT__S_REQUEST])
    slots[RT__S_REQUEST] = payload(rd, slots[V_PAYLOAD]);
  if (!slots[RT__S_RESPONSE])
    slots[RT__S_RESPONSE] = payload(rd, slots[V_ANSWER_PAYLOAD]);
  slots[RT__S_ID] = rt__as_string(rd, slots[RT__S_ID]);
  slots[RT__S_MODEL] = short_model(rd, slots[RT__S_MODEL] ? slots[RT__S_MODEL] : slots[V_DEPLOYED]);
  slots[RT__S_PROVIDER] = rt__string_node(rd, RT__LIT("gcp.vertex_ai"));
  read_account(rd, slots);
  rt_slice method = rt__jslice(slots[V_METHOD]);
  preset.stream = method.n > 6 && memcmp(method.p, "stream", 6) == 0;
  if (rt__slice_starts(method, RT__LIT("predict")) || rt__slice_starts(method, RT__LIT("embed"))) {
    rt__tally_add(rd->tally, RT__CAUSE_OTHER_CALL, &rd->at, "api_method %.*s",
                  (int)(method.n < 60 ? method.n : 60), method.p);
    return RT__CAUSE_NONE;
  }
  return rt__read_slots(rd, slots, &how);
}
