/* slots - from what a line says to an exchange.
 *
 * Gathered first, decided after: what is said about the request goes before what its bodies say,
 * whatever the order of the keys.
 */
#include "feed/slots.h"

#include "base/time.h"
#include "exchange/address.h"
#include "feed/reading.h"

static const struct {
  const char *name;
  uint8_t kinds;
} slot_rows[] = {
#define SLOT_ROW(code, name, kinds) {name, kinds},
    RT__SLOT_MAP(SLOT_ROW)
#undef SLOT_ROW
};

const char *rt__slot_name(size_t slot)
{
  return slot < RT__S_COUNT ? slot_rows[slot].name : NULL;
}

uint8_t rt__slot_kinds(size_t slot)
{
  return slot < RT__S_COUNT ? slot_rows[slot].kinds : 0;
}

size_t rt__slot_find(rt_slice name)
{
  size_t i = 0;
  while (i < RT__S_COUNT && !rt__slice_eq(name, rt__cstr(slot_rows[i].name)))
    i++;
  return i;
}

#define TEXT_MAX ((size_t)1 << 16) /* bytes of a user agent */

/* plain strings, each into its own member */
static const struct {
  uint8_t slot;
  size_t member, max;
} names[] = {
    {RT__S_ID, offsetof(rt_exchange, id), RT_NAME_MAX},
    {RT__S_MODEL, offsetof(rt_exchange, model), RT_NAME_MAX},
    {RT__S_PROVIDER, offsetof(rt_exchange, provider), RT_NAME_MAX},
    {RT__S_ENDPOINT, offsetof(rt_exchange, endpoint), RT_NAME_MAX},
    {RT__S_ORG, offsetof(rt_exchange, org), RT_NAME_MAX},
    {RT__S_PROJECT, offsetof(rt_exchange, project), RT_NAME_MAX},
    {RT__S_TENANT, offsetof(rt_exchange, tenant), RT_NAME_MAX},
    {RT__S_API_KEY, offsetof(rt_exchange, api_key), RT_NAME_MAX},
    {RT__S_END_USER, offsetof(rt_exchange, end_user), RT_NAME_MAX},
    {RT__S_SESSION, offsetof(rt_exchange, session), RT_NAME_MAX},
    {RT__S_BATCH, offsetof(rt_exchange, batch_id), RT_NAME_MAX},
    {RT__S_TRACE, offsetof(rt_exchange, trace_id), RT_NAME_MAX},
    {RT__S_SPAN, offsetof(rt_exchange, span_id), RT_NAME_MAX},
    {RT__S_IP, offsetof(rt_exchange, ip), RT_NAME_MAX},
    {RT__S_COUNTRY, offsetof(rt_exchange, country), RT_NAME_MAX},
    {RT__S_AGENT, offsetof(rt_exchange, user_agent), TEXT_MAX},
    {RT__S_PROMPT_HASH, offsetof(rt_exchange, prompt_hash), RT_NAME_MAX},
    {RT__S_SYSTEM_HASH, offsetof(rt_exchange, system_hash), RT_NAME_MAX},
    {RT__S_RESPONSE_ID, offsetof(rt_exchange, response_id), RT_NAME_MAX},
    {RT__S_PREVIOUS, offsetof(rt_exchange, previous_response_id), RT_NAME_MAX},
};

/* ---- the two required fields */

static bool is_usable(const rt__jnode *v)
{
  return v && v->kind == RT__JSTRING && rt__text_state_of(rt__jslice(v)) == RT__TEXT_GOOD;
}

/* --account-field: a field of the line by its own name, else one of ours; and nothing instead of
 * it, lest accounts of two kinds mix */
static const rt__jnode *chosen_account(rt__reading *rd, const rt__jnode *const *slots,
                                       const rt__how *how)
{
  const rt__jnode *v = rt__find(rd, how->root, rd->account_field);
  size_t slot = rt__slot_find(rd->account_field);
  if (!v && slot < RT__S_COUNT)
    v = slots[slot];
  return rt__as_string(rd, v);
}

static const rt__jnode *usual_account(const rt__jnode *const *slots, const rt__how *how)
{
  const rt__jnode *v = slots[RT__S_ACCOUNT];
  for (size_t i = 0; !v && i < how->n_account; i++)
    if (is_usable(slots[how->account[i]]))
      v = slots[how->account[i]];
  return v;
}

static rt__cause read_account(rt__reading *rd, const rt__jnode *const *slots, const rt__how *how)
{
  bool chosen = rd->account_field.p && how->root;
  const rt__jnode *v = chosen ? chosen_account(rd, slots, how) : usual_account(slots, how);
  const char *field = chosen ? "--account-field" : "account";
  if (!v)
    return rt__refuse(rd, RT__CAUSE_MISSING, field, "not there");
  if (v->kind != RT__JSTRING)
    return rt__refuse(rd, RT__CAUSE_TYPE, field, rt__jkind_name(v->kind));
  if (v->n > RT_NAME_MAX)
    return rt__refuse(rd, RT__CAUSE_NAME, field, "longer than a name may be");
  if (!is_usable(v))
    return rt__refuse(rd, RT__CAUSE_MISSING, field, "empty or blanked by a logger");
  rd->x.account = rt__jslice(v);
  return RT__CAUSE_NONE;
}

static rt__cause read_time(rt__reading *rd, const rt__jnode *v, rt__clock clock)
{
  rt_error why = {0};
  if (!v)
    return rt__refuse(rd, RT__CAUSE_MISSING, "ts", "not there");
  rt_code c = rt__clock_read(clock, v, &rd->x.time_us, &why);
  if (c == RT_E_NOTFOUND)
    return rt__refuse(rd, RT__CAUSE_TYPE, "ts", rt__jkind_name(v->kind));
  return c == RT_OK ? RT__CAUSE_NONE : rt__refuse(rd, RT__CAUSE_TIME, "ts", why.message);
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

/* The last public address: of a list, each entry is a hop or a chain of its own. */
static void read_forwarded(rt__reading *rd, const rt__jnode *v)
{
  if (!v)
    return;
  const rt__jnode *end = v + v->span, *hop = v->kind == RT__JLIST ? v + 1 : v;
  for (; hop < end; hop += hop->span) {
    rt_slice found = rt__address_last_public(rt__take_text(rd, hop)); /* however long it is made */
    if (found.p)
      rd->x.forwarded_for = found;
  }
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

#define TOKENS_MAX (1u << 30)

static const struct {
  uint8_t slot;
  size_t member;
} counts[] = {
    {RT__S_TOKENS_IN, offsetof(rt_exchange, tokens_in)},
    {RT__S_TOKENS_OUT, offsetof(rt_exchange, tokens_out)},
    {RT__S_TOKENS_CACHED, offsetof(rt_exchange, tokens_cached)},
    {RT__S_TOKENS_REASONING, offsetof(rt_exchange, tokens_reasoning)},
};

static void read_numbers(rt__reading *rd, const rt__jnode *const *slots)
{
  rt_exchange *x = &rd->x;
  uint32_t status = rt__take_count(rd, slots[RT__S_STATUS], 999);
  if (status != RT_UNSET_U32)
    x->status = (uint16_t)status;
  const rt__jnode *v = slots[RT__S_LATENCY];
  if (v && v->num >= 0 && v->num < RT_UNSET_U32 - 1)
    x->latency_ms = (uint32_t)(v->num + 0.5);
  else if (v)
    rt__warn_range(rd, v);
  for (size_t i = 0; i < RT__ARRAY_LEN(counts); i++)
    if (slots[counts[i].slot])
      *(uint32_t *)(void *)((char *)x + counts[i].member) =
          rt__take_count(rd, slots[counts[i].slot], TOKENS_MAX);
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
  rt__put_named(rd, slots[RT__S_HEADERS], ": ");
  if (rd->scratch.n)
    rd->x.headers = rt__take_named(rd);
  rt__put_named(rd, slots[RT__S_FINGERPRINTS], "=");
  if (slots[RT__S_JA4] && !has_ja4(slots[RT__S_FINGERPRINTS]))
    rt__put_named_one(rd, RT__LIT("ja4"), slots[RT__S_JA4], "=");
  if (rd->scratch.n)
    rd->x.fingerprint = rt__take_named(rd);
}

/* ---- the bodies */

/* a body, also where it was logged as a string, of JSON or of a stream's events */
static const rt__jnode *body_of(rt__reading *rd, const rt__jnode *v)
{
  if (!v || v->kind != RT__JSTRING)
    return v;
  const rt__jnode *body = rt__unfold(rd, v);
  return body ? body : rt__unfold_stream(rd, v);
}

/* a request that is a string of anything else costs the field */
static const rt__jnode *request_of(rt__reading *rd, const rt__jnode *v, const char *name)
{
  const rt__jnode *body = body_of(rd, v);
  if (v && !body && rt__take_text(rd, v).p)
    rt__tally_add(rd->tally, RT__CAUSE_FIELD_TYPE, &rd->at, "%s is a string, and no JSON", name);
  return body;
}

static void read_knobs(rt__reading *rd, const rt__jnode *const *slots)
{
  rt_exchange *x = &rd->x;
  if (slots[RT__S_MAX_TOKENS])
    x->max_tokens = rt__take_count(rd, slots[RT__S_MAX_TOKENS], RT_UNSET_U32 - 1);
  if (slots[RT__S_TEMPERATURE])
    x->temperature_milli = rt__take_milli(rd, slots[RT__S_TEMPERATURE]);
  if (slots[RT__S_TOP_P])
    x->top_p_milli = rt__take_milli(rd, slots[RT__S_TOP_P]);
  uint32_t n = rt__take_count(rd, slots[RT__S_CHOICES], 1u << 20);
  if (n != RT_UNSET_U32 && n > 0)
    x->choices = n;
}

static void read_bodies(rt__reading *rd, const rt__jnode *const *slots)
{
  rt_exchange *x = &rd->x;
  const rt__parts parts = {slots[RT__S_SYSTEM], slots[RT__S_TOOLS], slots[RT__S_MESSAGES]};
  const rt__jnode *request = request_of(rd, slots[RT__S_REQUEST], "request"),
                  *response = body_of(rd, slots[RT__S_RESPONSE]);
  rt__fill_finish(rd, slots[RT__S_FINISH]);
  rt__read_usage(rd, slots[RT__S_USAGE], "usage");
  if (!request)
    request = request_of(rd, slots[RT__S_PARAMETERS], "parameters");
  rt__read_request(rd, request, &parts);
  read_knobs(rd, slots);
  rt_outcome looks = rt__read_answer(rd, response);
  if (!response && slots[RT__S_RESPONSE]) /* the bare text of an answer */
    rt__read_output(rd, slots[RT__S_RESPONSE]);
  if (slots[RT__S_OUTPUT] && !x->output.p)
    rt__read_output(rd, slots[RT__S_OUTPUT]);
  if (slots[RT__S_STREAM])
    x->stream = slots[RT__S_STREAM]->num != 0;
  if (x->outcome == RT_OUTCOME_UNKNOWN)
    x->outcome = status_outcome(x->status);
  if (x->outcome == RT_OUTCOME_UNKNOWN)
    x->outcome = looks;
  if (x->outcome == RT_OUTCOME_UNKNOWN && x->finish_reason.p)
    x->outcome = rt__outcome_of(x->finish_reason, RT_OUTCOME_OK);
  if (x->api == RT_API_UNKNOWN)
    x->api = rt__guess_api(x->endpoint, request, response);
  if (x->api == RT_API_UNKNOWN && slots[RT__S_MESSAGES] && x->has_messages)
    x->api = RT_API_CHAT;
}

rt__cause rt__read_slots(rt__reading *rd, const rt__jnode **slots, const rt__how *how)
{
  if (how->preset)
    rd->x = *how->preset;
  else
    rt_exchange_clear(&rd->x);
  rt__cause c = read_account(rd, slots, how);
  if (c == RT__CAUSE_NONE)
    c = read_time(rd, slots[RT__S_TS], how->clock);
  if (c != RT__CAUSE_NONE)
    return c;
  read_names(rd, slots);
  read_asn(rd, slots[RT__S_ASN]);
  read_forwarded(rd, slots[RT__S_FORWARDED]);
  read_outcome(rd, slots[RT__S_OUTCOME]);
  read_numbers(rd, slots);
  read_client(rd, slots);
  read_bodies(rd, slots);
  if (how->errors_are_said && rd->x.outcome == RT_OUTCOME_UNKNOWN &&
      rd->x.tokens_out != RT_UNSET_U32 && rd->x.tokens_out > 0)
    rd->x.outcome = RT_OUTCOME_OK;
  rt__reading_emit(rd);
  return RT__CAUSE_NONE;
}
