/* otel_attr - attributes into slots, whoever wrote them. */
#include "feed/otel.h"

#include <stdio.h>

/* by rank: of two names for one slot the first wins */
static const rt__field otel_attr_rows[] = {
    {"gen_ai.operation.name", RT__O_OPERATION, RT__JSTRING},
    {"openinference.span.kind", RT__O_KIND, RT__JSTRING},
    {"llm.request.type", RT__O_TYPE, RT__JSTRING},
    {"traceloop.span.kind", RT__O_FRAMEWORK, RT__JSTRING},
    /* who */
    {"enduser.id", RT__O_USER_1, RT__JSTRING},
    {"enduser.pseudo.id", RT__O_USER_2, RT__JSTRING},
    {"user.id", RT__O_USER_3, RT__JSTRING},
    {"user.hash", RT__O_USER_4, RT__JSTRING},
    {"gen_ai.user", RT__O_USER_5, RT__JSTRING},
    {"llm.user", RT__O_USER_5, RT__JSTRING},
    {"service.name", RT__O_SERVICE, RT__JSTRING},
    {"session.id", RT__S_SESSION, RT__JSTRING},
    {"gen_ai.conversation.id", RT__S_SESSION, RT__JSTRING},
    /* from where */
    {"client.address", RT__S_IP, RT__JSTRING},
    {"http.client_ip", RT__S_IP, RT__JSTRING},
    {"client.socket.address", RT__S_IP, RT__JSTRING},
    {"geo.country.iso_code", RT__S_COUNTRY, RT__JSTRING},
    {"user_agent.original", RT__S_AGENT, RT__JSTRING},
    {"http.user_agent", RT__S_AGENT, RT__JSTRING},
    {"tls.client.ja4", RT__S_JA4, RT__JSTRING},
    {"url.path", RT__S_ENDPOINT, RT__JSTRING},
    {"http.route", RT__S_ENDPOINT, RT__JSTRING},
    {"http.target", RT__S_ENDPOINT, RT__JSTRING},
    {"http.response.status_code", RT__S_STATUS, RT__JNUMBER},
    {"http.status_code", RT__S_STATUS, RT__JNUMBER},
    {"error.type", RT__O_ERROR, RT__JSTRING},
    /* what was called */
    {"gen_ai.request.model", RT__S_MODEL, RT__JSTRING},
    {"llm.request.model_name", RT__S_MODEL, RT__JSTRING},
    {"llm.model_name", RT__S_MODEL, RT__JSTRING},
    {"llm.model", RT__S_MODEL, RT__JSTRING},
    {"gen_ai.response.model", RT__O_MODEL_ANSWERED, RT__JSTRING},
    {"llm.response.model_name", RT__O_MODEL_ANSWERED, RT__JSTRING},
    {"gen_ai.provider.name", RT__S_PROVIDER, RT__JSTRING},
    {"gen_ai.system", RT__S_PROVIDER, RT__JSTRING},
    {"llm.provider", RT__S_PROVIDER, RT__JSTRING},
    {"llm.system", RT__S_PROVIDER, RT__JSTRING},
    {"llm.vendor", RT__S_PROVIDER, RT__JSTRING},
    {"gen_ai.request.max_tokens", RT__S_MAX_TOKENS, RT__JNUMBER},
    {"gen_ai.request.max_completion_tokens", RT__S_MAX_TOKENS, RT__JNUMBER},
    {"llm.request.max_tokens", RT__S_MAX_TOKENS, RT__JNUMBER},
    {"gen_ai.request.temperature", RT__S_TEMPERATURE, RT__JNUMBER},
    {"llm.temperature", RT__S_TEMPERATURE, RT__JNUMBER},
    {"gen_ai.request.top_p", RT__S_TOP_P, RT__JNUMBER},
    {"llm.top_p", RT__S_TOP_P, RT__JNUMBER},
    {"gen_ai.request.choice.count", RT__S_CHOICES, RT__JNUMBER},
    {"gen_ai.request.n", RT__S_CHOICES, RT__JNUMBER},
    {"gen_ai.request.stream", RT__S_STREAM, RT__JBOOL},
    {"gen_ai.is_streaming", RT__S_STREAM, RT__JBOOL},
    {"llm.is_streaming", RT__S_STREAM, RT__JBOOL},
    {"llm.invocation_parameters", RT__S_PARAMETERS, RT__JSTRING | RT__JOBJECT},
    /* what was said */
    {"gen_ai.input.messages", RT__S_MESSAGES, RT__JTEXT},
    {"gen_ai.prompt", RT__S_MESSAGES, RT__JTEXT},
    {"gen_ai.system_instructions", RT__S_SYSTEM, RT__JTEXT},
    {"gen_ai.tool.definitions", RT__S_TOOLS, RT__JLIST | RT__JSTRING},
    {"gen_ai.request.tools", RT__S_TOOLS, RT__JLIST | RT__JSTRING},
    {"gen_ai.output.messages", RT__S_OUTPUT, RT__JTEXT},
    {"gen_ai.completion", RT__S_OUTPUT, RT__JTEXT},
    {"input.value", RT__O_INPUT_VALUE, RT__JTEXT},
    {"output.value", RT__O_OUTPUT_VALUE, RT__JTEXT},
    {"gen_ai.response.id", RT__S_RESPONSE_ID, RT__JSTRING},
    {"gen_ai.response.finish_reasons", RT__O_FINISHES, RT__JLIST | RT__JSTRING},
    {"llm.response.finish_reason", RT__S_FINISH, RT__JSTRING},
    {"gen_ai.response.finish_reason", RT__S_FINISH, RT__JSTRING},
    {"llm.finish_reason", RT__S_FINISH, RT__JSTRING},
    {"gen_ai.usage.input_tokens", RT__S_TOKENS_IN, RT__JNUMBER},
    {"gen_ai.usage.prompt_tokens", RT__S_TOKENS_IN, RT__JNUMBER},
    {"llm.token_count.prompt", RT__S_TOKENS_IN, RT__JNUMBER},
    {"llm.usage.prompt_tokens", RT__S_TOKENS_IN, RT__JNUMBER},
    {"gen_ai.usage.output_tokens", RT__S_TOKENS_OUT, RT__JNUMBER},
    {"gen_ai.usage.completion_tokens", RT__S_TOKENS_OUT, RT__JNUMBER},
    {"llm.token_count.completion", RT__S_TOKENS_OUT, RT__JNUMBER},
    {"llm.usage.completion_tokens", RT__S_TOKENS_OUT, RT__JNUMBER},
    {"gen_ai.usage.cache_read.input_tokens", RT__S_TOKENS_CACHED, RT__JNUMBER},
    {"gen_ai.usage.cache_read_input_tokens", RT__S_TOKENS_CACHED, RT__JNUMBER},
    {"llm.token_count.prompt_details.cache_read", RT__S_TOKENS_CACHED, RT__JNUMBER},
    {"gen_ai.usage.reasoning.output_tokens", RT__S_TOKENS_REASONING, RT__JNUMBER},
    {"gen_ai.usage.reasoning_tokens", RT__S_TOKENS_REASONING, RT__JNUMBER},
    {"llm.token_count.completion_details.reasoning", RT__S_TOKENS_REASONING, RT__JNUMBER},
    {"llm.usage.reasoning_tokens", RT__S_TOKENS_REASONING, RT__JNUMBER},
    /* of events */
    {"event.name", RT__O_EVENT_NAME, RT__JSTRING},
    {"gen_ai.event.content", RT__O_CONTENT, RT__JTEXT},
    {"content", RT__O_CONTENT, RT__JTEXT},
    {"message", RT__O_CONTENT, RT__JTEXT},
    {"role", RT__O_ROLE, RT__JSTRING},
};
const rt__rows rt__otel_attr_rows = {otel_attr_rows, RT__ARRAY_LEN(otel_attr_rows)};

/* ---- values */

static bool is_value_key(const rt__jnode *v, const char *camel, const char *snake)
{
  rt_slice key = rt__jkey(v);
  return rt__slice_eq(key, rt__cstr(camel)) || rt__slice_eq(key, rt__cstr(snake));
}

static rt__jnode *plain_value(const rt__jnode *any, rt__jnode *to);

/* an integer may stand in quotes */
static void number_of(const rt__jnode *v, rt__jnode *to)
{
  double n = 0;
  bool negative = v->n && v->p[0] == '-';
  for (uint32_t i = negative; i < v->n && v->p[i] >= '0' && v->p[i] <= '9'; i++)
    n = n * 10 + (v->p[i] - '0');
  *to = *v;
  if (v->kind == RT__JSTRING) {
    to->kind = RT__JNUMBER;
    to->num = negative ? -n : n;
  }
}

/* {"values":[...]} of an array or a list of keys: children behind `to` */
static rt__jnode *plain_values(const rt__jnode *holder, rt__jnode *to, bool keyed)
{
  const rt__jnode *list = rt__member(holder, "values");
  rt__jnode *self = to++;
  *self = (rt__jnode){.kind = keyed ? RT__JOBJECT : RT__JLIST};
  if (list && list->kind == RT__JLIST)
    for (const rt__jnode *c = list + 1; c < list + list->span; c += c->span) {
      const rt__jnode *key = keyed ? rt__member(c, "key") : NULL;
      const rt__jnode *value = keyed ? rt__member(c, "value") : c;
      if (keyed && (!key || key->kind != RT__JSTRING || !value))
        continue;
      rt__jnode *next = plain_value(value, to);
      to->key = key ? key->p : NULL;
      to->key_n = key ? key->n : 0;
      to = next;
    }
  self->span = (uint32_t)(to - self);
  return to;
}

/* one AnyValue at `to`, which has room for as many nodes as it has itself; what is behind it */
static rt__jnode *plain_value(const rt__jnode *any, rt__jnode *to)
{
  const rt__jnode *v = any->kind == RT__JOBJECT && any->span > 1 ? any + 1 : NULL;
  *to = (rt__jnode){.kind = RT__JNULL, .span = 1, .p = "null", .n = 4};
  if (!v)
    return to + 1;
  if (is_value_key(v, "arrayValue", "array_value"))
    return plain_values(v, to, false);
  if (is_value_key(v, "kvlistValue", "kvlist_value"))
    return plain_values(v, to, true);
  if (v->kind & (RT__JLIST | RT__JOBJECT))
    return to + 1;
  if (is_value_key(v, "intValue", "int_value"))
    number_of(v, to);
  else
    *to = *v;
  to->key = NULL;
  to->key_n = 0;
  return to + 1;
}

const rt__jnode *rt__any_value(rt__reading *rd, rt_slice key, const rt__jnode *v)
{
  rt__jnode *to = rt__take(rd, v->span * sizeof *to);
  if (!to)
    return NULL;
  (void)plain_value(v, to);
  to->key = key.p;
  to->key_n = (uint32_t)key.n;
  return to;
}

/* ---- into the slots */

static const rt_slice knob_prefixes[] = {
    RT__WORD("gen_ai.request."), RT__WORD("gen_ai.openai.request."), RT__WORD("openai.request.")};
static const rt_slice header_prefix = RT__WORD("http.request.header.");

#define KNOB_VALUE_MAX 128

/* parameters without a row of their own, named as in a body; what varies is only said to be there
 */
static bool put_knob(rt__reading *rd, rt__attrs *a, rt_slice key, const rt__jnode *v)
{
  size_t i = 0;
  while (i < RT__ARRAY_LEN(knob_prefixes) && !rt__slice_starts(key, knob_prefixes[i]))
    i++;
  if (i == RT__ARRAY_LEN(knob_prefixes))
    return false;
  rt_slice name = rt__slice(key.p + knob_prefixes[i].n, key.n - knob_prefixes[i].n);
  bool seed = rt__slice_eq(name, RT__LIT("seed"));
  if (!(v->kind & (RT__JBOOL | RT__JNUMBER | RT__JSTRING)) || v->n > KNOB_VALUE_MAX ||
      a->n_knobs == RT__ARRAY_LEN(a->knobs))
    return true;
  rt_slice value = seed ? RT__LIT("*") : rt__slice(v->p, v->n);
  char *p = rt__take(rd, name.n + 1 + value.n + 1);
  if (!p)
    return true;
  memcpy(p, name.p, name.n);
  p[name.n] = '=';
  memcpy(p + name.n + 1, value.p, value.n);
  a->knobs[a->n_knobs++] = rt__slice(p, name.n + 1 + value.n);
  return true;
}

static bool put_header(rt__attrs *a, rt_slice key, const rt__jnode *v)
{
  if (!rt__slice_starts(key, header_prefix))
    return false;
  if (a->n_headers < RT__ARRAY_LEN(a->headers)) {
    a->header_names[a->n_headers] = rt__slice(key.p + header_prefix.n, key.n - header_prefix.n);
    a->headers[a->n_headers++] = v;
  }
  return true;
}

static void put_slot(rt__reading *rd, rt__attrs *a, const rt__field *row, const rt__jnode *v)
{
  uint8_t rank = (uint8_t)(row - otel_attr_rows);
  if (!(v->kind & row->kinds)) {
    if (v->kind != RT__JNULL)
      rt__tally_add(rd->tally, RT__CAUSE_FIELD_TYPE, &rd->at, "%s is %s", row->name,
                    rt__jkind_name(v->kind));
    return;
  }
  if (a->slots[row->slot] && a->rank[row->slot] < rank)
    return;
  a->slots[row->slot] = v;
  a->rank[row->slot] = rank;
}

/* a row of the table, or the attribute that --account-field names */
static bool has_row(const rt__reading *rd, rt_slice key)
{
  return rt__fields_find(&rd->tables[RT__T_OTEL_ATTR], key.p, key.n) ||
         (rd->account_field.p && rt__slice_eq(key, rd->account_field));
}

/* most attributes are nobody's business here: told by their name before a value is made */
static bool is_wanted(const rt__reading *rd, rt_slice key)
{
  static const rt_slice prefixes[] = {RT__WORD("gen_ai."), RT__WORD("llm."),
                                      RT__WORD("http.request.header."),
                                      RT__WORD("openai.request.")};
  if (has_row(rd, key))
    return true;
  for (size_t i = 0; i < RT__ARRAY_LEN(prefixes); i++)
    if (rt__slice_starts(key, prefixes[i]))
      return true;
  return false;
}

static void put(rt__reading *rd, rt__attrs *a, rt_slice key, const rt__jnode *v)
{
  const rt__field *row = rt__fields_find(&rd->tables[RT__T_OTEL_ATTR], key.p, key.n);
  if (rd->account_field.p && rt__slice_eq(key, rd->account_field) && !a->slots[RT__O_CHOSEN])
    a->slots[RT__O_CHOSEN] = rt__as_string(rd, v);
  if (row)
    put_slot(rd, a, row, v);
  else if (!rt__flat_add(rd, a, key, v) && !put_knob(rd, a, key, v))
    (void)put_header(a, key, v);
}

static void put_pair(rt__reading *rd, rt__attrs *a, const rt__jnode *pair)
{
  const rt__jnode *key = rt__member(pair, "key"), *any = rt__member(pair, "value");
  if (!key || key->kind != RT__JSTRING || !any || !is_wanted(rd, rt__jslice(key)))
    return;
  const rt__jnode *v = rt__any_value(rd, rt__jslice(key), any);
  if (v)
    put(rd, a, rt__jslice(key), v);
}

#define NAME_ROOM  256 /* bytes of a name with dots */
#define PATH_DEPTH 8

/* attributes of a plain object; Phoenix nests them by the dots of their names */
static void put_plain(rt__reading *rd, rt__attrs *a, const rt__jnode *object, char *path, size_t n,
                      int depth)
{
  size_t index = 0;
  for (const rt__jnode *c = object + 1; c < object + object->span; c += c->span, index++) {
    int k = object->kind == RT__JOBJECT
                ? snprintf(path + n, NAME_ROOM - n, "%s%.*s", n ? "." : "", (int)c->key_n, c->key)
                : snprintf(path + n, NAME_ROOM - n, ".%zu", index);
    if (k < 0 || (size_t)k >= NAME_ROOM - n)
      continue;
    rt_slice key = rt__slice(path, n + (size_t)k);
    bool tree = c->kind == RT__JLIST || c->kind == RT__JOBJECT;
    if (tree ? has_row(rd, key) : is_wanted(rd, key)) {
      const char *kept = n ? rt__arena_copy(rd->arena, key) : c->key;
      if (kept)
        put(rd, a, rt__slice(kept, key.n), c);
    } else if (tree && depth > 0) {
      put_plain(rd, a, c, path, key.n, depth - 1);
    }
  }
}

void rt__attrs_read(rt__reading *rd, const rt__jnode *list, rt__attrs *a)
{
  char path[NAME_ROOM];
  memset(a, 0, sizeof *a);
  if (!list)
    return;
  if (list->kind == RT__JOBJECT)
    put_plain(rd, a, list, path, 0, PATH_DEPTH);
  else if (list->kind == RT__JLIST)
    for (const rt__jnode *c = list + 1; c < list + list->span; c += c->span)
      put_pair(rd, a, c);
}

void rt__attrs_merge(rt__reading *rd, rt__attrs *a, const rt__attrs *from)
{
  bool bare = !a->n_knobs && !a->n_headers;
  for (size_t i = 0; i < RT__O_COUNT; i++)
    if (!a->slots[i]) {
      a->slots[i] = from->slots[i];
      a->rank[i] = from->rank[i];
    }
  for (size_t i = 0; i < from->n_flat; i++)
    rt__flat_put(rd, a, from->flat[i]);
  if (!bare)
    return;
  memcpy(a->knobs, from->knobs, sizeof a->knobs);
  memcpy(a->headers, from->headers, sizeof a->headers);
  memcpy(a->header_names, from->header_names, sizeof a->header_names);
  a->n_knobs = from->n_knobs;
  a->n_headers = from->n_headers;
}
