#include "world/body.h"

static bool embeds(const rt__scene *s)
{
  return s->source->way == RT__WAY_EMBED;
}

static bool is_agent(const rt__scene *s)
{
  return s->program.tools > 0 && (s->source->way == RT__WAY_AGENT || s->source->relay);
}

const char *rt__body_endpoint(const rt__scene *s)
{
  return embeds(s)                                 ? "/v1/embeddings"
         : s->program.api == RT__API_BIT_MESSAGES  ? "/v1/messages"
         : s->program.api == RT__API_BIT_RESPONSES ? "/v1/responses"
                                                   : "/v1/chat/completions";
}

static void quoted(rt__pen *p, void (*say)(rt__pen *, const rt__scene *, uint32_t),
                   const rt__scene *s, uint32_t turn)
{
  rt__pen_char(p, '"');
  say(p, s, turn);
  rt__pen_char(p, '"');
}

static void message(rt__pen *p, const char *role,
                    void (*say)(rt__pen *, const rt__scene *, uint32_t), const rt__scene *s,
                    uint32_t turn)
{
  RT__PEN_LIT(p, "{\"role\":\"");
  rt__pen_str(p, role);
  RT__PEN_LIT(p, "\",\"content\":");
  quoted(p, say, s, turn);
  rt__pen_char(p, '}');
}

/* the signature under a piece of reasoning; a replay carries one of another conversation */
static void signature(rt__pen *p, const rt__scene *s, uint32_t turn)
{
  uint64_t seed = s->seed;
  if (s->replay && turn == 0)
    seed = rt__draw(s->source->seed, 0x636f6e76, s->conv - 1 - s->seed % 7, 0);
  RT__PEN_LIT(p, "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"");
  for (uint64_t k = 0; k < 3; k++)
    rt__pen_hex(p, rt__draw(seed, 0x736967, turn, k), 16);
  RT__PEN_LIT(p, "\"}");
}

/* ---- a round: what the assistant said and what came back, in the three dialects */

static void call_id(rt__pen *p, const rt__scene *s, uint32_t turn)
{
  RT__PEN_LIT(p, "call_");
  rt__pen_hex(p, rt__draw(s->seed, 0x63616c6c6964, turn, 0), 12);
}

static void round_chat(rt__pen *p, const rt__scene *s, uint32_t turn)
{
  RT__PEN_LIT(p, ",{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"");
  call_id(p, s, turn);
  RT__PEN_LIT(p, "\",\"type\":\"function\",\"function\":{\"arguments\":\"");
  const char *name = rt__scene_call(p, s, turn);
  RT__PEN_LIT(p, "\",\"name\":\"");
  rt__pen_str(p, name);
  RT__PEN_LIT(p, "\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"");
  call_id(p, s, turn);
  RT__PEN_LIT(p, "\",\"content\":");
  quoted(p, rt__scene_tool_result, s, turn);
  rt__pen_char(p, '}');
}

static void round_messages(rt__pen *p, const rt__scene *s, uint32_t turn)
{
  RT__PEN_LIT(p, ",{\"role\":\"assistant\",\"content\":[");
  if (s->program.thinking) {
    signature(p, s, turn);
    rt__pen_char(p, ',');
  }
  RT__PEN_LIT(p, "{\"type\":\"tool_use\",\"id\":\"");
  call_id(p, s, turn);
  RT__PEN_LIT(p, "\",\"input\":{\"call\":\"");
  const char *name = rt__scene_call(p, s, turn);
  RT__PEN_LIT(p, "\"},\"name\":\"");
  rt__pen_str(p, name);
  RT__PEN_LIT(p,
              "\"}]},{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"");
  call_id(p, s, turn);
  RT__PEN_LIT(p, "\",\"content\":");
  quoted(p, rt__scene_tool_result, s, turn);
  RT__PEN_LIT(p, "}]}");
}

static void round_responses(rt__pen *p, const rt__scene *s, uint32_t turn)
{
  RT__PEN_LIT(p, ",{\"type\":\"function_call\",\"call_id\":\"");
  call_id(p, s, turn);
  RT__PEN_LIT(p, "\",\"arguments\":\"");
  const char *name = rt__scene_call(p, s, turn);
  RT__PEN_LIT(p, "\",\"name\":\"");
  rt__pen_str(p, name);
  RT__PEN_LIT(p, "\"},{\"type\":\"function_call_output\",\"call_id\":\"");
  call_id(p, s, turn);
  RT__PEN_LIT(p, "\",\"output\":");
  quoted(p, rt__scene_tool_result, s, turn);
  rt__pen_char(p, '}');
}

static void round_talk(rt__pen *p, const rt__scene *s, uint32_t turn)
{
  rt__pen_char(p, ',');
  if (s->program.thinking && s->program.api == RT__API_BIT_MESSAGES) {
    RT__PEN_LIT(p, "{\"role\":\"assistant\",\"content\":[");
    signature(p, s, turn);
    RT__PEN_LIT(p, ",{\"type\":\"text\",\"text\":");
    quoted(p, rt__scene_assistant, s, turn);
    RT__PEN_LIT(p, "}]}");
  } else {
    message(p, "assistant", rt__scene_assistant, s, turn);
  }
  rt__pen_char(p, ',');
  message(p, "user", rt__scene_user, s, turn + 1);
}

static void rounds(rt__pen *p, const rt__scene *s, uint32_t turns)
{
  bool agent = is_agent(s);
  for (uint32_t k = 0; k < turns; k++) {
    if (!agent)
      round_talk(p, s, k);
    else if (s->program.api == RT__API_BIT_MESSAGES)
      round_messages(p, s, k);
    else if (s->program.api == RT__API_BIT_RESPONSES)
      round_responses(p, s, k);
    else
      round_chat(p, s, k);
  }
}

/* a saved signature under a new conversation, to have it turned into text */
static void replayed(rt__pen *p, const rt__scene *s)
{
  RT__PEN_LIT(p, "{\"role\":\"user\",\"content\":");
  quoted(p, rt__scene_assistant, s, 90);
  RT__PEN_LIT(p, "},{\"role\":\"assistant\",\"content\":[");
  signature(p, s, 0);
  RT__PEN_LIT(p, ",{\"type\":\"text\",\"text\":");
  quoted(p, rt__scene_assistant, s, 91);
  RT__PEN_LIT(p, "}]},");
}

static void conversation(rt__pen *p, const rt__scene *s, const rt__event *e)
{
  if (s->replay && e->turn == 0)
    replayed(p, s);
  message(p, "user", rt__scene_user, s, 0);
  rounds(p, s, e->turn);
}

/* ---- knobs */

static void knob(rt__pen *p, const char *name, int32_t v)
{
  rt__pen_char(p, '"');
  rt__pen_str(p, name);
  RT__PEN_LIT(p, "\":");
  rt__pen_u64(p, (uint64_t)v);
  rt__pen_char(p, ',');
}

/* thousandths without trailing zeros */
static void milli(rt__pen *p, const char *name, int32_t v)
{
  rt__pen_char(p, '"');
  rt__pen_str(p, name);
  RT__PEN_LIT(p, "\":");
  rt__pen_u64(p, (uint64_t)(v / 1000));
  uint32_t rest = (uint32_t)(v % 1000);
  if (rest) {
    rt__pen_char(p, '.');
    for (uint32_t digit = 100; rest; rest %= digit, digit /= 10)
      rt__pen_char(p, (char)('0' + rest / digit));
  }
  rt__pen_char(p, ',');
}

static void model(rt__pen *p, const rt__scene *s, const rt__event *e)
{
  static const char *const tiers[] = {"m-small-2", "m-mid-2", "m-large-2"};
  RT__PEN_LIT(p, "\"model\":\"");
  if (embeds(s))
    RT__PEN_LIT(p, "m-embed-1");
  else if (s->program.tier == 2 && e->moved)
    RT__PEN_LIT(p, "m-large-3");
  else
    rt__pen_str(p, tiers[s->program.tier]);
  RT__PEN_LIT(p, "\",");
}

static void knobs(rt__pen *p, const rt__scene *s)
{
  const rt__program *g = &s->program;
  bool messages = g->api == RT__API_BIT_MESSAGES;
  int32_t cap = g->max_tokens > 0 ? g->max_tokens : messages ? 4096 : -1;
  if (cap > 0)
    knob(p, g->api == RT__API_BIT_RESPONSES ? "max_output_tokens" : "max_tokens", cap);
  if (g->temperature_milli >= 0)
    milli(p, "temperature", g->temperature_milli);
  if (g->top_p_milli >= 0)
    milli(p, "top_p", g->top_p_milli);
  if (g->stream)
    RT__PEN_LIT(p, "\"stream\":true,");
  if (g->thinking && messages)
    RT__PEN_LIT(p, "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":4000},");
}

/* ---- whole bodies */

static void system_member(rt__pen *p, const rt__scene *s, const char *name)
{
  if (!rt__scene_has_system(s))
    return;
  rt__pen_str(p, name);
  rt__scene_system(p, s);
  RT__PEN_LIT(p, "\",");
}

static void tools_member(rt__pen *p, const rt__scene *s)
{
  if (!is_agent(s))
    return;
  RT__PEN_LIT(p, "\"tools\":");
  rt__scene_tools(p, s);
  rt__pen_char(p, ',');
}

size_t rt__body_request(rt__pen *p, const rt__scene *s, const rt__event *e)
{
  size_t from = p->b->n;
  rt__pen_char(p, '{');
  model(p, s, e);
  if (embeds(s)) {
    RT__PEN_LIT(p, "\"input\":");
    quoted(p, rt__scene_user, s, 0);
    rt__pen_char(p, '}');
    return p->b->n - from;
  }
  knobs(p, s);
  tools_member(p, s);
  if (s->program.api == RT__API_BIT_MESSAGES)
    system_member(p, s, "\"system\":\"");
  if (s->program.api == RT__API_BIT_RESPONSES)
    system_member(p, s, "\"instructions\":\"");
  rt__pen_str(p, s->program.api == RT__API_BIT_RESPONSES ? "\"input\":[" : "\"messages\":[");
  if (s->program.api == RT__API_BIT_CHAT && rt__scene_has_system(s)) {
    RT__PEN_LIT(p, "{\"role\":\"system\",\"content\":\"");
    rt__scene_system(p, s);
    RT__PEN_LIT(p, "\"},");
  }
  conversation(p, s, e);
  RT__PEN_LIT(p, "]}");
  return p->b->n - from;
}

uint32_t rt__body_answer(const rt__scene *s, const rt__event *e, bool *cut)
{
  rt__rng r = rt__rng_for(s->seed, 0x746f6b, e->turn, 0);
  double n = rt__lognormal(&r, s->program.out_tokens, 0.65) * (is_agent(s) ? 0.4 : 1);
  if (e->fate == RT__FATE_REFUSED)
    n = 12 + 30 * rt__rng_unit(&r);
  *cut = s->program.max_tokens > 0 && n > s->program.max_tokens;
  return *cut ? (uint32_t)s->program.max_tokens : (uint32_t)n + 1;
}

static void usage(rt__pen *p, const char *in_name, uint64_t in, const char *out_name, uint64_t out)
{
  RT__PEN_LIT(p, "\"usage\":{\"");
  rt__pen_str(p, in_name);
  RT__PEN_LIT(p, "\":");
  rt__pen_u64(p, in);
  if (out_name) {
    RT__PEN_LIT(p, ",\"");
    rt__pen_str(p, out_name);
    RT__PEN_LIT(p, "\":");
    rt__pen_u64(p, out);
  }
  RT__PEN_LIT(p, "}}");
}

void rt__body_response(rt__pen *p, const rt__scene *s, const rt__event *e, size_t request_bytes)
{
  bool cut, refused = e->fate == RT__FATE_REFUSED;
  bool calls = is_agent(s) && e->turn + 1u < e->turns;
  uint32_t out = rt__body_answer(s, e, &cut);
  uint64_t in = request_bytes * 10 / 43 + 4;
  if (e->fate == RT__FATE_LIMITED || e->fate == RT__FATE_ERROR) {
    RT__PEN_LIT(p, "{\"error\":{\"type\":\"");
    rt__pen_str(p, e->fate == RT__FATE_LIMITED ? "rate_limit_error" : "api_error");
    RT__PEN_LIT(p, "\"}}");
    return;
  }
  if (embeds(s)) {
    RT__PEN_LIT(p, "{\"object\":\"list\",");
    usage(p, "prompt_tokens", in, NULL, 0);
    return;
  }
  if (s->program.api == RT__API_BIT_MESSAGES) {
    RT__PEN_LIT(p, "{\"type\":\"message\",\"stop_reason\":\"");
    rt__pen_str(p, refused ? "refusal" : cut ? "max_tokens" : calls ? "tool_use" : "end_turn");
    RT__PEN_LIT(p, "\",");
    usage(p, "input_tokens", in, "output_tokens", out);
  } else if (s->program.api == RT__API_BIT_RESPONSES) {
    RT__PEN_LIT(p, "{\"object\":\"response\",\"status\":\"");
    rt__pen_str(p, refused || cut ? "incomplete" : "completed");
    RT__PEN_LIT(p, "\",");
    if (refused || cut)
      rt__pen_str(p, refused ? "\"incomplete_details\":{\"reason\":\"content_filter\"},"
                             : "\"incomplete_details\":{\"reason\":\"max_output_tokens\"},");
    usage(p, "input_tokens", in, "output_tokens", out);
  } else {
    RT__PEN_LIT(p,
                "{\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"finish_reason\":\"");
    rt__pen_str(p, refused ? "content_filter" : cut ? "length" : calls ? "tool_calls" : "stop");
    RT__PEN_LIT(p, "\"}],");
    usage(p, "prompt_tokens", in, "completion_tokens", out);
  }
}
