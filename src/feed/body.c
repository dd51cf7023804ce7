/* body - the request: knobs, tools, system text, turns. One union of the three APIs' fields. */
#include "feed/reading.h"

enum {
  REQ_MODEL,
  REQ_STREAM,
  REQ_MESSAGES,
  REQ_INPUT,
  REQ_PROMPT,
  REQ_SYSTEM,
  REQ_INSTRUCTIONS,
  REQ_TOOLS,
  REQ_FUNCTIONS,
  REQ_MAX,
  REQ_MAX_OUTPUT,
  REQ_MAX_COMPLETION,
  REQ_TEMPERATURE,
  REQ_TOP_P,
  REQ_N,
  REQ_USER,
  REQ_SAFETY_ID,
  REQ_METADATA,
  REQ_PREVIOUS,
  REQ_CONVERSATION,
  REQ_VARYING, /* differs from request to request: its name is a knob, its value is not */
  REQ_NO_KNOB, /* neither */
  REQ_SLOTS
};

static const rt__field request_rows[] = {
    {"model", REQ_MODEL, RT__JSTRING},
    {"stream", REQ_STREAM, RT__JBOOL},
    {"messages", REQ_MESSAGES, RT__JLIST},
    {"input", REQ_INPUT, RT__JSTRING | RT__JLIST},
    {"prompt", REQ_PROMPT, RT__JSTRING | RT__JLIST | RT__JOBJECT},
    {"system", REQ_SYSTEM, RT__JSTRING | RT__JLIST},
    {"instructions", REQ_INSTRUCTIONS, RT__JSTRING | RT__JLIST},
    {"tools", REQ_TOOLS, RT__JLIST},
    {"functions", REQ_FUNCTIONS, RT__JLIST},
    {"max_tokens", REQ_MAX, RT__JNUMBER},
    {"max_output_tokens", REQ_MAX_OUTPUT, RT__JNUMBER},
    {"max_completion_tokens", REQ_MAX_COMPLETION, RT__JNUMBER},
    {"max_tokens_to_sample", REQ_MAX, RT__JNUMBER},
    {"temperature", REQ_TEMPERATURE, RT__JNUMBER},
    {"top_p", REQ_TOP_P, RT__JNUMBER},
    {"n", REQ_N, RT__JNUMBER},
    {"user", REQ_USER, RT__JSTRING},
    {"safety_identifier", REQ_SAFETY_ID, RT__JSTRING},
    {"metadata", REQ_METADATA, RT__JOBJECT},
    {"previous_response_id", REQ_PREVIOUS, RT__JSTRING},
    {"conversation", REQ_CONVERSATION, RT__JSTRING | RT__JOBJECT},
    {"seed", REQ_VARYING, RT__JANY},
    {"prompt_cache_key", REQ_VARYING, RT__JANY},
    {"container", REQ_NO_KNOB, RT__JANY},
};
const rt__rows rt__request_rows = {request_rows, RT__ARRAY_LEN(request_rows)};

#define KNOBS_MAX      64 /* further ones are left out */
#define KNOB_NAME_MAX  64 /* bytes; longer names and values are left out */
#define KNOB_VALUE_MAX 128

/* ---- the remaining parameters, as "name=value" */

static rt_slice knob_text(rt__reading *rd, rt_slice group, rt_slice name, rt_slice value)
{
  size_t dot = group.p ? group.n + 1 : 0, n = dot + name.n + 1 + value.n;
  char *p = rt__arena_take(rd->arena, n + 1);
  if (!p) {
    rt__reading_stop(rd, RT_E_NOMEM);
    return (rt_slice){NULL, 0};
  }
  if (dot) {
    memcpy(p, group.p, group.n);
    p[group.n] = '.';
  }
  memcpy(p + dot, name.p, name.n);
  p[dot + name.n] = '=';
  memcpy(p + dot + name.n + 1, value.p, value.n);
  return rt__slice(p, n);
}

static void put_knob(rt__reading *rd, rt_slice group, const rt__jnode *v)
{
  const uint32_t scalar = RT__JBOOL | RT__JNUMBER | RT__JSTRING;
  const rt__field *row =
      group.p ? NULL : rt__fields_find(&rd->tables[RT__T_REQUEST], v->key, v->key_n);
  bool varying = row && row->slot == REQ_VARYING;
  if ((row && !varying) || rd->scratch.n == KNOBS_MAX || v->key_n > KNOB_NAME_MAX)
    return;
  if (varying ? v->kind == RT__JNULL : !(v->kind & scalar) || v->n > KNOB_VALUE_MAX)
    return;
  rt_slice value = varying ? RT__LIT("*") : rt__slice(v->p, v->n);
  rt__put(rd, &rd->scratch, knob_text(rd, group, rt__jkey(v), value));
}

/* scalars of the body and, with a dot, of the objects in it: {"reasoning":{"effort":"low"}} */
static void read_knobs(rt__reading *rd, const rt__jnode *body)
{
  const rt_slice none = {NULL, 0};
  rd->scratch.n = 0;
  for (const rt__jnode *v = body + 1; v < body + body->span; v += v->span) {
    if (v->kind != RT__JOBJECT) {
      put_knob(rd, none, v);
      continue;
    }
    if (rt__fields_find(&rd->tables[RT__T_REQUEST], v->key, v->key_n) || v->key_n > KNOB_NAME_MAX)
      continue;
    for (const rt__jnode *w = v + 1; w < v + v->span; w += w->span)
      put_knob(rd, rt__jkey(v), w);
  }
  rt__pieces_sort(&rd->scratch);
  rd->x.other_knobs = rt__join(rd, &rd->scratch, 0, rd->scratch.n);
  rd->scratch.n = 0;
}

static void read_limits(rt__reading *rd, const rt__jnode *const *slots)
{
  static const int by_rank[] = {REQ_MAX_COMPLETION, REQ_MAX_OUTPUT, REQ_MAX};
  rt_exchange *x = &rd->x;
  for (size_t i = 0; i < RT__ARRAY_LEN(by_rank) && x->max_tokens == RT_UNSET_U32; i++)
    x->max_tokens = rt__take_count(rd, slots[by_rank[i]], RT_UNSET_U32 - 1);
  x->temperature_milli = rt__take_milli(rd, slots[REQ_TEMPERATURE]);
  x->top_p_milli = rt__take_milli(rd, slots[REQ_TOP_P]);
  uint32_t n = rt__take_count(rd, slots[REQ_N], 1u << 20);
  x->choices = n == RT_UNSET_U32 || n == 0 ? 1 : n;
}

/* ---- who and what for, where the envelope does not say it */

/* string member of an object */
static const rt__jnode *member(const rt__jnode *object, const char *name)
{
  const rt__jnode *found = NULL;
  if (!object || object->kind != RT__JOBJECT)
    return NULL;
  for (const rt__jnode *v = object + 1; v < object + object->span; v += v->span)
    if (rt__slice_eq(rt__jkey(v), rt__cstr(name)))
      found = v->kind == RT__JSTRING ? v : NULL;
  return found;
}

static void fill_name(rt__reading *rd, rt_slice *into, const rt__jnode *v)
{
  if (!into->p && v && v->kind == RT__JSTRING)
    *into = rt__take_name(rd, v, RT_NAME_MAX);
}

static void read_names(rt__reading *rd, const rt__jnode *const *slots)
{
  rt_exchange *x = &rd->x;
  const rt__jnode *talk = slots[REQ_CONVERSATION];
  fill_name(rd, &x->model, slots[REQ_MODEL]);
  fill_name(rd, &x->end_user, slots[REQ_USER]);
  fill_name(rd, &x->end_user, slots[REQ_SAFETY_ID]);
  fill_name(rd, &x->end_user, member(slots[REQ_METADATA], "user_id"));
  fill_name(rd, &x->previous_response_id, slots[REQ_PREVIOUS]);
  fill_name(rd, &x->session, talk && talk->kind == RT__JOBJECT ? member(talk, "id") : talk);
}

/* ---- texts */

static void read_tools(rt__reading *rd, const rt__jnode *list)
{
  if (!list || list->span == 1)
    return;
  char *p = rt__arena_take(rd->arena, (size_t)list->n + 64);
  if (!p) {
    rt__reading_stop(rd, RT_E_NOMEM);
    return;
  }
  size_t n = rt__json_compact(list, p);
  if (n)
    rd->x.tools = rt__slice(p, n);
}

/* the turns, wherever this API keeps them; a prompt that is an object names a stored template */
static void read_turns(rt__reading *rd, const rt__jnode *const *slots)
{
  const rt__jnode *prompt = slots[REQ_PROMPT];
  if (slots[REQ_MESSAGES])
    rt__read_turns(rd, slots[REQ_MESSAGES], false);
  else if (slots[REQ_INPUT])
    rt__read_turns(rd, slots[REQ_INPUT], false);
  else if (prompt && prompt->kind != RT__JOBJECT)
    rt__read_turns(rd, prompt, true);
}

void rt__read_request(rt__reading *rd, const rt__jnode *body)
{
  const rt__jnode *slots[REQ_SLOTS];
  if (!body)
    return;
  rt__gather(rd, RT__T_REQUEST, body, "request", slots, REQ_SLOTS);
  read_names(rd, slots);
  read_limits(rd, slots);
  read_knobs(rd, body);
  if (slots[REQ_STREAM] && !rd->x.stream)
    rd->x.stream = slots[REQ_STREAM]->num != 0;
  read_tools(rd, slots[REQ_TOOLS] ? slots[REQ_TOOLS] : slots[REQ_FUNCTIONS]);
  rd->system.n = 0;
  rt__put_content(rd, &rd->system, slots[REQ_SYSTEM]);
  rt__put_content(rd, &rd->system, slots[REQ_INSTRUCTIONS]);
  read_turns(rd, slots);
  rd->x.system = rt__join(rd, &rd->system, 0, rd->system.n);
}
