/* envelope - the contract's own shape: facts about the request around the bodies of the API.
 *
 * Gathered first, decided after: what the envelope says goes before what the bodies say, whatever
 * the order of the keys.
 */
#include "base/time.h"
#include "feed/reading.h"

enum {
  ENV_TS,
  ENV_ACCOUNT,
  ENV_REQUEST,
  ENV_RESPONSE,
  ENV_STATUS,
  ENV_STREAM,
  ENV_LATENCY,
  ENV_USAGE,
  ENV_OUTCOME,
  ENV_FORWARDED,
  ENV_ASN,
  ENV_HEADERS,
  ENV_FINGERPRINTS,
  ENV_JA4,
  /* from here on plain strings, each into its own member */
  ENV_ID,
  ENV_MODEL,
  ENV_PROVIDER,
  ENV_ENDPOINT,
  ENV_ORG,
  ENV_PROJECT,
  ENV_TENANT,
  ENV_API_KEY,
  ENV_END_USER,
  ENV_SESSION,
  ENV_BATCH,
  ENV_TRACE,
  ENV_SPAN,
  ENV_IP,
  ENV_COUNTRY,
  ENV_AGENT,
  ENV_PROMPT_HASH,
  ENV_SYSTEM_HASH,
  ENV_SLOTS
};

static const rt__field envelope_rows[] = {
    {"ts", ENV_TS, RT__JANY},
    {"account", ENV_ACCOUNT, RT__JANY},
    {"request", ENV_REQUEST, RT__JOBJECT},
    {"response", ENV_RESPONSE, RT__JOBJECT},
    {"status", ENV_STATUS, RT__JNUMBER},
    {"stream", ENV_STREAM, RT__JBOOL},
    {"latency_ms", ENV_LATENCY, RT__JNUMBER},
    {"usage", ENV_USAGE, RT__JOBJECT},
    {"outcome", ENV_OUTCOME, RT__JSTRING},
    {"forwarded_for", ENV_FORWARDED, RT__JLIST | RT__JSTRING},
    {"asn", ENV_ASN, RT__JNUMBER | RT__JSTRING},
    {"headers", ENV_HEADERS, RT__JOBJECT},
    {"fingerprints", ENV_FINGERPRINTS, RT__JOBJECT},
    {"ja4", ENV_JA4, RT__JSTRING},
    {"id", ENV_ID, RT__JSTRING},
    {"model", ENV_MODEL, RT__JSTRING},
    {"provider", ENV_PROVIDER, RT__JSTRING},
    {"endpoint", ENV_ENDPOINT, RT__JSTRING},
    {"org", ENV_ORG, RT__JSTRING},
    {"project", ENV_PROJECT, RT__JSTRING},
    {"tenant", ENV_TENANT, RT__JSTRING},
    {"api_key", ENV_API_KEY, RT__JSTRING},
    {"end_user", ENV_END_USER, RT__JSTRING},
    {"session", ENV_SESSION, RT__JSTRING},
    {"batch_id", ENV_BATCH, RT__JSTRING},
    {"trace_id", ENV_TRACE, RT__JSTRING},
    {"span_id", ENV_SPAN, RT__JSTRING},
    {"ip", ENV_IP, RT__JSTRING},
    {"country", ENV_COUNTRY, RT__JSTRING},
    {"user_agent", ENV_AGENT, RT__JSTRING},
    {"prompt_hash", ENV_PROMPT_HASH, RT__JSTRING},
    {"system_hash", ENV_SYSTEM_HASH, RT__JSTRING},
};
const rt__rows rt__envelope_rows = {envelope_rows, RT__ARRAY_LEN(envelope_rows)};

#define TEXT_MAX ((size_t)1 << 16) /* bytes of a user agent */

static const struct {
  uint8_t slot;
  size_t member, max;
} names[] = {
    {ENV_ID, offsetof(rt_exchange, id), RT_NAME_MAX},
    {ENV_MODEL, offsetof(rt_exchange, model), RT_NAME_MAX},
    {ENV_PROVIDER, offsetof(rt_exchange, provider), RT_NAME_MAX},
    {ENV_ENDPOINT, offsetof(rt_exchange, endpoint), RT_NAME_MAX},
    {ENV_ORG, offsetof(rt_exchange, org), RT_NAME_MAX},
    {ENV_PROJECT, offsetof(rt_exchange, project), RT_NAME_MAX},
    {ENV_TENANT, offsetof(rt_exchange, tenant), RT_NAME_MAX},
    {ENV_API_KEY, offsetof(rt_exchange, api_key), RT_NAME_MAX},
    {ENV_END_USER, offsetof(rt_exchange, end_user), RT_NAME_MAX},
    {ENV_SESSION, offsetof(rt_exchange, session), RT_NAME_MAX},
    {ENV_BATCH, offsetof(rt_exchange, batch_id), RT_NAME_MAX},
    {ENV_TRACE, offsetof(rt_exchange, trace_id), RT_NAME_MAX},
    {ENV_SPAN, offsetof(rt_exchange, span_id), RT_NAME_MAX},
    {ENV_IP, offsetof(rt_exchange, ip), RT_NAME_MAX},
    {ENV_COUNTRY, offsetof(rt_exchange, country), RT_NAME_MAX},
    {ENV_AGENT, offsetof(rt_exchange, user_agent), TEXT_MAX},
    {ENV_PROMPT_HASH, offsetof(rt_exchange, prompt_hash), RT_NAME_MAX},
    {ENV_SYSTEM_HASH, offsetof(rt_exchange, system_hash), RT_NAME_MAX},
};

/* ---- the two required fields */

static rt__cause refuse(rt__reading *rd, rt__cause c, const char *field, const char *why)
{
  rt__tally_add(rd->tally, c, &rd->at, "%s: %s", field, why);
  return c;
}

static rt__cause read_account(rt__reading *rd, const rt__jnode *v)
{
  if (!v)
    return refuse(rd, RT__CAUSE_MISSING, "account", "not there");
  if (v->kind != RT__JSTRING)
    return refuse(rd, RT__CAUSE_TYPE, "account", rt__jkind_name(v->kind));
  if (v->n > RT_NAME_MAX)
    return refuse(rd, RT__CAUSE_NAME, "account", "longer than a name may be");
  if (rt__text_state_of(rt__jslice(v)) != RT__TEXT_GOOD)
    return refuse(rd, RT__CAUSE_MISSING, "account", "empty or blanked by a logger");
  rd->x.account = rt__jslice(v);
  return RT__CAUSE_NONE;
}

static rt__cause read_time(rt__reading *rd, const rt__jnode *v)
{
  rt_error why = {0};
  rt_code c;
  if (!v)
    return refuse(rd, RT__CAUSE_MISSING, "ts", "not there");
  if (v->kind == RT__JSTRING)
    c = rt__time_parse(rt__jslice(v), &rd->x.time_us, &why);
  else if (v->kind == RT__JNUMBER)
    c = rt__time_from_seconds(v->num, &rd->x.time_us, &why);
  else
    return refuse(rd, RT__CAUSE_TYPE, "ts", rt__jkind_name(v->kind));
  return c == RT_OK ? RT__CAUSE_NONE : refuse(rd, RT__CAUSE_TIME, "ts", why.message);
}

/* ---- optional facts */

static void read_names(rt__reading *rd, const rt__jnode *const *slots)
{
  for (size_t i = 0; i < RT__ARRAY_LEN(names); i++) {
    const rt__jnode *v = slots[names[i].slot];
    if (v)
      *(rt_slice *)((char *)&rd->x + names[i].member) = rt__take_name(rd, v, names[i].max);
  }
}

/* 64500, "64500" or "AS64500" */
static void read_asn(rt__reading *rd, const rt__jnode *v)
{
  if (!v)
    return;
  if (v->kind == RT__JNUMBER) {
    uint32_t n = rt__take_count(rd, v, UINT32_MAX - 1);
    rd->x.asn = n == RT_UNSET_U32 ? 0 : n;
    return;
  }
  rt_slice s = rt__slice_trim(rt__jslice(v));
  size_t i = s.n > 2 && (s.p[0] | 32) == 'a' && (s.p[1] | 32) == 's' ? 2 : 0;
  uint64_t n = 0;
  bool ok = s.n > i && s.n - i <= 10;
  for (; ok && i < s.n; i++) {
    ok = s.p[i] >= '0' && s.p[i] <= '9';
    n = n * 10 + (uint64_t)(s.p[i] - '0');
  }
  if (ok && n < UINT32_MAX)
    rd->x.asn = (uint32_t)n;
  else if (s.n)
    rt__warn_range(rd, v);
}

/* the hop nearest to the client: first of the list, or up to the first comma */
static void read_forwarded(rt__reading *rd, const rt__jnode *v)
{
  if (v && v->kind == RT__JLIST)
    v = v->span > 1 && v[1].kind == RT__JSTRING ? v + 1 : NULL;
  rt_slice s = rt__take_name(rd, v, RT_NAME_MAX);
  if (!s.p)
    return;
  const char *comma = memchr(s.p, ',', s.n);
  s = rt__slice_trim(rt__slice(s.p, comma ? (size_t)(comma - s.p) : s.n));
  if (s.n)
    rd->x.forwarded_for = s;
}

static void read_outcome(rt__reading *rd, const rt__jnode *v)
{
  rt_slice s = rt__jslice(v);
  if (!s.p)
    return;
  for (int o = 0; o < RT_OUTCOME_COUNT; o++)
    if (rt__slice_eq(s, rt__cstr(rt_outcome_name((rt_outcome)o)))) {
      rd->x.outcome = (rt_outcome)o;
      return;
    }
  rt__warn_range(rd, v);
}

/* what a status says of how it ended */
static const struct {
  uint16_t from, to;
  rt_outcome outcome;
} statuses[] = {
    {200, 299, RT_OUTCOME_OK},
    {403, 403, RT_OUTCOME_BLOCKED},
    {429, 429, RT_OUTCOME_RATE_LIMITED},
    {400, 599, RT_OUTCOME_ERROR},
};

static rt_outcome status_outcome(uint16_t status)
{
  for (size_t i = 0; i < RT__ARRAY_LEN(statuses); i++)
    if (status >= statuses[i].from && status <= statuses[i].to)
      return statuses[i].outcome;
  return RT_OUTCOME_UNKNOWN;
}

static void read_numbers(rt__reading *rd, const rt__jnode *const *slots)
{
  uint32_t status = rt__take_count(rd, slots[ENV_STATUS], 999);
  rd->x.status = status == RT_UNSET_U32 ? 0 : (uint16_t)status;
  const rt__jnode *v = slots[ENV_LATENCY];
  if (v && v->num >= 0 && v->num < RT_UNSET_U32 - 1)
    rd->x.latency_ms = (uint32_t)(v->num + 0.5);
  else if (v)
    rt__warn_range(rd, v);
}

/* ---- headers and fingerprints: named values, sorted */

/* differ from request to request, or are secrets: they say nothing of the client */
static const rt__field dropped_rows[] = {
    {"authorization", 0, 0}, {"x-api-key", 0, 0},           {"api-key", 0, 0},
    {"cookie", 0, 0},        {"proxy-authorization", 0, 0}, {"content-length", 0, 0},
    {"date", 0, 0},          {"x-request-id", 0, 0},        {"traceparent", 0, 0},
    {"tracestate", 0, 0},    {"idempotency-key", 0, 0},     {"x-forwarded-for", 0, 0},
    {"x-real-ip", 0, 0},     {"forwarded", 0, 0},           {"x-amzn-trace-id", 0, 0},
    {"cf-ray", 0, 0},        {"cf-connecting-ip", 0, 0},    {"x-stainless-retry-count", 0, 0},
};
const rt__rows rt__dropped_rows = {dropped_rows, RT__ARRAY_LEN(dropped_rows)};

/* name, `mark`, value in the arena; the name in lower case */
static rt_slice named(rt__reading *rd, rt_slice name, const char *mark, rt_slice value)
{
  size_t m = strlen(mark), n = name.n + m + value.n;
  char *p = rt__arena_take(rd->arena, n + 1);
  if (!p) {
    rt__reading_stop(rd, RT_E_NOMEM);
    return (rt_slice){NULL, 0};
  }
  for (size_t i = 0; i < name.n; i++)
    p[i] = (char)(name.p[i] >= 'A' && name.p[i] <= 'Z' ? name.p[i] + 32 : name.p[i]);
  memcpy(p + name.n, mark, m);
  memcpy(p + name.n + m, value.p, value.n);
  return rt__slice(p, n);
}

static void put_named(rt__reading *rd, const rt__jnode *object, const char *mark)
{
  if (!object)
    return;
  for (const rt__jnode *v = object + 1; v < object + object->span; v += v->span) {
    if (v->kind != RT__JSTRING) {
      if (v->kind != RT__JNULL)
        rt__tally_add(rd->tally, RT__CAUSE_FIELD_TYPE, &rd->at, "%.*s: %s where a string should be",
                      (int)(v->key_n < 40 ? v->key_n : 40), v->key, rt__jkind_name(v->kind));
      continue;
    }
    rt_slice value = rt__take_text(rd, v);
    rt_slice pair = value.p ? named(rd, rt__jkey(v), mark, value) : value;
    if (pair.p && !rt__fields_find(&rd->tables[RT__T_DROPPED], pair.p, v->key_n))
      rt__put(rd, &rd->scratch, pair);
  }
}

static rt_slice take_named(rt__reading *rd)
{
  rt__pieces_sort(&rd->scratch);
  rt_slice out = rt__join(rd, &rd->scratch, 0, rd->scratch.n);
  rd->scratch.n = 0;
  return out;
}

/* in any case of its letters */
static bool has_ja4(const rt__jnode *object)
{
  if (!object)
    return false;
  for (const rt__jnode *v = object + 1; v < object + object->span; v += v->span)
    if (v->kind == RT__JSTRING && v->key_n == 3 && (v->key[0] | 32) == 'j' &&
        (v->key[1] | 32) == 'a' && v->key[2] == '4')
      return true;
  return false;
}

static void read_client(rt__reading *rd, const rt__jnode *const *slots)
{
  rd->scratch.n = 0;
  put_named(rd, slots[ENV_HEADERS], ": ");
  rd->x.headers = take_named(rd);
  put_named(rd, slots[ENV_FINGERPRINTS], "=");
  if (!has_ja4(slots[ENV_FINGERPRINTS])) {
    rt_slice ja4 = rt__take_text(rd, slots[ENV_JA4]);
    if (ja4.p)
      rt__put(rd, &rd->scratch, named(rd, RT__LIT("ja4"), "=", ja4));
  }
  rd->x.fingerprint = take_named(rd);
}

/* ---- the whole line */

static void read_bodies(rt__reading *rd, const rt__jnode *const *slots)
{
  rt_exchange *x = &rd->x;
  rt__read_usage(rd, slots[ENV_USAGE], "usage");
  rt__read_request(rd, slots[ENV_REQUEST]);
  rt_outcome looks = rt__read_answer(rd, slots[ENV_RESPONSE]);
  if (slots[ENV_STREAM])
    x->stream = slots[ENV_STREAM]->num != 0;
  if (x->outcome == RT_OUTCOME_UNKNOWN)
    x->outcome = status_outcome(x->status);
  if (x->outcome == RT_OUTCOME_UNKNOWN)
    x->outcome = looks;
  x->api = rt__guess_api(x->endpoint, slots[ENV_REQUEST], slots[ENV_RESPONSE]);
}

rt__cause rt__read_envelope(rt__reading *rd, const rt__jnode *root)
{
  const rt__jnode *slots[ENV_SLOTS];
  rt_exchange_clear(&rd->x);
  rt__gather(rd, RT__T_ENVELOPE, root, "line", slots, ENV_SLOTS);
  rt__cause c = read_account(rd, slots[ENV_ACCOUNT]);
  if (c == RT__CAUSE_NONE)
    c = read_time(rd, slots[ENV_TS]);
  if (c != RT__CAUSE_NONE)
    return c;
  read_names(rd, slots);
  read_asn(rd, slots[ENV_ASN]);
  read_forwarded(rd, slots[ENV_FORWARDED]);
  read_outcome(rd, slots[ENV_OUTCOME]);
  read_numbers(rd, slots);
  read_client(rd, slots);
  read_bodies(rd, slots);
  rt__reading_emit(rd);
  return RT__CAUSE_NONE;
}
