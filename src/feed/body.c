/* body - the request: knobs, tools, system text, turns. One union of the APIs' fields: OpenAI's
 * two, Anthropic's, Bedrock's Converse and the models behind its older call, Google's. */
#include "feed/reading.h"

enum {
  REQ_MODEL,
  REQ_STREAM,
  REQ_MESSAGES,
  REQ_INPUT,
  REQ_PROMPT,
  REQ_HISTORY, /* turns before a prompt */
  REQ_SYSTEM,
  REQ_INSTRUCTIONS,
  REQ_TOOLS,
  REQ_FUNCTIONS,
  REQ_TOOL_CONFIG,
  REQ_SETTINGS, /* an object that holds the knobs */
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
    {"contents", REQ_MESSAGES, RT__JLIST | RT__JOBJECT},
    {"input", REQ_INPUT, RT__JSTRING | RT__JLIST},
    {"prompt", REQ_PROMPT, RT__JSTRING | RT__JLIST | RT__JOBJECT},
    {"inputText", REQ_PROMPT, RT__JSTRING},
    {"message", REQ_PROMPT, RT__JSTRING},
    {"chat_history", REQ_HISTORY, RT__JLIST},
    {"system", REQ_SYSTEM, RT__JSTRING | RT__JLIST},
    {"systemInstruction", REQ_SYSTEM, RT__JSTRING | RT__JLIST | RT__JOBJECT},
    {"system_instruction", REQ_SYSTEM, RT__JSTRING | RT__JLIST | RT__JOBJECT},
    {"preamble", REQ_SYSTEM, RT__JSTRING},
    {"instructions", REQ_INSTRUCTIONS, RT__JSTRING | RT__JLIST},
    {"tools", REQ_TOOLS, RT__JLIST},
    {"functions", REQ_FUNCTIONS, RT__JLIST},
    {"toolConfig", REQ_TOOL_CONFIG, RT__JOBJECT},
    {"inferenceConfig", REQ_SETTINGS, RT__JOBJECT},
    {"generationConfig", REQ_SETTINGS, RT__JOBJECT},
    {"generation_config", REQ_SETTINGS, RT__JOBJECT},
    {"textGenerationConfig", REQ_SETTINGS, RT__JOBJECT},
    {"max_tokens", REQ_MAX, RT__JNUMBER},
    {"max_output_tokens", REQ_MAX_OUTPUT, RT__JNUMBER},
    {"max_completion_tokens", REQ_MAX_COMPLETION, RT__JNUMBER},
    {"max_tokens_to_sample", REQ_MAX, RT__JNUMBER},
    {"max_gen_len", REQ_MAX, RT__JNUMBER},
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
    {"labels", REQ_NO_KNOB, RT__JANY},
    {"requestMetadata", REQ_NO_KNOB, RT__JANY},
};
const rt__rows rt__request_rows = {request_rows, RT__ARRAY_LEN(request_rows)};

/* within an object of settings, in whatever case its API writes */
static const rt__field settings_rows[] = {
    {"maxTokens", REQ_MAX, RT__JNUMBER},
    {"max_new_tokens", REQ_MAX, RT__JNUMBER},
    {"maxTokenCount", REQ_MAX, RT__JNUMBER},
    {"maxOutputTokens", REQ_MAX, RT__JNUMBER},
    {"max_output_tokens", REQ_MAX, RT__JNUMBER},
    {"temperature", REQ_TEMPERATURE, RT__JNUMBER},
    {"topP", REQ_TOP_P, RT__JNUMBER},
    {"top_p", REQ_TOP_P, RT__JNUMBER},
    {"candidateCount", REQ_N, RT__JNUMBER},
    {"candidate_count", REQ_N, RT__JNUMBER},
    {"seed", REQ_VARYING, RT__JANY},
};
const rt__rows rt__settings_rows = {settings_rows, RT__ARRAY_LEN(settings_rows)};

#define KNOBS_MAX      64 /* further ones are left out */
#define KNOB_NAME_MAX  64 /* bytes; longer names and values are left out */
#define KNOB_VALUE_MAX 128

/* ---- the remaining parameters, as "name=value" */

static rt_slice knob_text(rt__reading *rd, rt_slice group, rt_slice name, rt_slice value)
{
  size_t dot = group.p ? group.n + 1 : 0, n = dot + name.n + 1 + value.n;
  char *p = rt__take(rd, n + 1);
  if (!p)
    return (rt_slice){NULL, 0};
  if (dot) {
    memcpy(p, group.p, group.n);
    p[group.n] = '.';
  }
  memcpy(p + dot, name.p, name.n);
  p[dot + name.n] = '=';
  memcpy(p + dot + name.n + 1, value.p, value.n);
  return rt__slice(p, n);
}

/* `table` knows what is no knob at this place */
static void put_knob(rt__reading *rd, rt__table table, rt_slice group, const rt__jnode *v)
{
  const uint32_t scalar = RT__JBOOL | RT__JNUMBER | RT__JSTRING;
  const rt__field *row =
      table == RT__TABLE_COUNT ? NULL : rt__fields_find(&rd->tables[table], v->key, v->key_n);
  bool varying = row && row->slot == REQ_VARYING;
  if ((row && !varying) || rd->scratch.n == KNOBS_MAX || v->key_n > KNOB_NAME_MAX)
    return;
  if (varying ? v->kind == RT__JNULL : !(v->kind & scalar) || v->n > KNOB_VALUE_MAX)
    return;
  rt_slice value = varying ? RT__LIT("*") : rt__slice(v->p, v->n);
  rt__put(rd, &rd->scratch, knob_text(rd, group, rt__jkey(v), value));
}

static void put_group(rt__reading *rd, rt__table table, rt_slice group, const rt__jnode *object)
{
  for (const rt__jnode *v = object + 1; v < object + object->span; v += v->span)
    put_knob(rd, table, group, v);
}

/* scalars of the body and, with a dot, of the objects in it: {"reasoning":{"effort":"low"}}; those
 * of its settings without one */
static void read_knobs(rt__reading *rd, const rt__jnode *body)
{
  const rt_slice none = {NULL, 0};
  rd->scratch.n = 0;
  for (const rt__jnode *v = body + 1; v < body + body->span; v += v->span) {
    if (v->kind != RT__JOBJECT) {
      put_knob(rd, RT__T_REQUEST, none, v);
      continue;
    }
    const rt__field *row = rt__fields_find(&rd->tables[RT__T_REQUEST], v->key, v->key_n);
    if (row && row->slot == REQ_SETTINGS)
      put_group(rd, RT__T_SETTINGS, none, v);
    else if (!row && v->key_n <= KNOB_NAME_MAX)
      put_group(rd, RT__TABLE_COUNT, rt__jkey(v), v);
  }
  rt__pieces_sort(&rd->scratch);
  rd->x.other_knobs = rt__join_pieces(rd, &rd->scratch, 0, rd->scratch.n);
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

static void read_names(rt__reading *rd, const rt__jnode *const *slots)
{
  rt_exchange *x = &rd->x;
  const rt__jnode *talk = slots[REQ_CONVERSATION];
  rt__fill_name(rd, &x->model, slots[REQ_MODEL]);
  rt__fill_name(rd, &x->end_user, slots[REQ_USER]);
  rt__fill_name(rd, &x->end_user, slots[REQ_SAFETY_ID]);
  rt__fill_name(rd, &x->end_user, rt__member(slots[REQ_METADATA], "user_id"));
  rt__fill_name(rd, &x->previous_response_id, slots[REQ_PREVIOUS]);
  rt__fill_name(rd, &x->session, talk && talk->kind == RT__JOBJECT ? rt__member(talk, "id") : talk);
}

/* ---- texts */

/* a list as the line writes it, without insignificant blanks */
static rt_slice compact(rt__reading *rd, const rt__jnode *list)
{
  char *p = rt__take(rd, (size_t)list->n + 64);
  size_t n = p ? rt__json_compact(list, p) : 0;
  return n ? rt__slice(p, n) : (rt_slice){NULL, 0};
}

static void read_tools(rt__reading *rd, const rt__jnode *v)
{
  const rt__jnode *list = rt__unfold(rd, v);
  if (!list) {
    rd->x.tools = rt__take_text(rd, v);
    return;
  }
  if (list->span == 1)
    return;
  /* a list that was put together here stands on no line */
  rd->x.tools = list->p ? compact(rd, list) : rt__write_json(rd, list);
}

static const rt__jnode *tools_of(const rt__jnode *const *slots)
{
  if (slots[REQ_TOOLS])
    return slots[REQ_TOOLS];
  const rt__jnode *list = rt__member(slots[REQ_TOOL_CONFIG], "tools");
  if (list && list->kind == RT__JLIST)
    return list;
  return slots[REQ_FUNCTIONS];
}

/* {"role":"CHATBOT","message":"..."} before a prompt: all that counts is that it was there, and the
 * first user's text */
static void read_history(rt__reading *rd, const rt__jnode *list)
{
  rt_exchange *x = &rd->x;
  bool first = true;
  for (const rt__jnode *c = list + 1; c < list + list->span; c += c->span) {
    rt_slice role = rt__jslice(rt__member(c, "role"));
    x->n_messages++;
    if (rt__slice_eq(role, RT__LIT("CHATBOT"))) {
      x->n_assistant++;
    } else if (rt__slice_eq(role, RT__LIT("USER"))) {
      x->n_user++;
      if (first)
        x->first_user = rt__take_text(rd, rt__member(c, "message"));
      first = false;
    }
  }
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
  if (slots[REQ_HISTORY] && prompt)
    read_history(rd, slots[REQ_HISTORY]);
}

/* a list of messages or prompts, and not somebody's data */
static bool are_turns(const rt__jnode *list)
{
  static const char *const keys[] = {"role", "type", "parts", "content", "message"};
  if (list->span == 1 || list[1].kind == RT__JSTRING)
    return true;
  for (size_t i = 0; i < RT__ARRAY_LEN(keys); i++)
    if (rt__member(list + 1, keys[i]))
      return true;
  return false;
}

/* a body that holds turns, or one turn; false if it is neither */
static bool read_holder(rt__reading *rd, const rt__jnode *tree)
{
  const rt__jnode *slots[REQ_SLOTS];
  if (rt__member(tree, "role")) {
    rt__read_turns(rd, tree, false);
    return true;
  }
  rt__gather(rd, RT__T_REQUEST, tree, "messages", slots, REQ_SLOTS);
  read_turns(rd, slots);
  if (!rd->x.has_messages)
    return false;
  rt__put_content(rd, &rd->system, slots[REQ_SYSTEM]);
  rt__put_content(rd, &rd->system, slots[REQ_INSTRUCTIONS]);
  if (!rd->x.tools.p && tools_of(slots))
    read_tools(rd, tools_of(slots));
  return true;
}

/* turns beside the body: a list, also as a string, or a body that holds them, or a bare text */
static void read_apart(rt__reading *rd, const rt__jnode *v)
{
  const rt__jnode *tree = rt__unfold(rd, v);
  if (tree && tree->kind == RT__JLIST && are_turns(tree))
    rt__read_turns(rd, tree, false);
  else if (!tree || tree->kind == RT__JLIST || !read_holder(rd, tree))
    rt__read_turns(rd, v, true);
}

/* the list or object that a string spells, else the string */
static const rt__jnode *folded_or_not(rt__reading *rd, const rt__jnode *v)
{
  const rt__jnode *tree = rt__unfold(rd, v);
  return tree ? tree : v;
}

void rt__read_request(rt__reading *rd, const rt__jnode *body, const rt__parts *apart)
{
  static const rt__parts nothing = {NULL, NULL, NULL};
  const rt__jnode *slots[REQ_SLOTS];
  const rt__parts *a = apart ? apart : &nothing;
  if (!body && !a->system && !a->tools && !a->turns)
    return;
  rt__gather(rd, RT__T_REQUEST, body, "request", slots, REQ_SLOTS);
  rt__gather_more(rd, RT__T_SETTINGS, slots[REQ_SETTINGS], "request.settings", slots, REQ_SLOTS);
  if (body && body->kind == RT__JOBJECT) {
    read_names(rd, slots);
    read_limits(rd, slots);
    read_knobs(rd, body);
  }
  if (slots[REQ_STREAM] && !rd->x.stream)
    rd->x.stream = slots[REQ_STREAM]->num != 0;
  const rt__jnode *tools = a->tools ? a->tools : tools_of(slots);
  if (tools)
    read_tools(rd, tools);
  rd->system.n = 0;
  rt__put_content(rd, &rd->system, a->system ? folded_or_not(rd, a->system) : slots[REQ_SYSTEM]);
  rt__put_content(rd, &rd->system, slots[REQ_INSTRUCTIONS]);
  if (a->turns)
    read_apart(rd, a->turns);
  else
    read_turns(rd, slots);
  rd->x.system = rt__join_pieces(rd, &rd->system, 0, rd->system.n);
}
