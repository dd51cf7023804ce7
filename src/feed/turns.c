/* turns - the conversation that a request carries, in the shapes of all APIs at once. */
#include "feed/reading.h"

enum { TURN_ROLE, TURN_TYPE, TURN_CONTENT, TURN_SEALED, TURN_BLOCKS, TURN_DETAILS, TURN_SLOTS };

static const rt__field turn_rows[] = {
    {"role", TURN_ROLE, RT__JSTRING},
    {"type", TURN_TYPE, RT__JSTRING},
    {"content", TURN_CONTENT, RT__JSTRING | RT__JLIST | RT__JOBJECT},
    {"parts", TURN_CONTENT, RT__JLIST | RT__JOBJECT}, /* Google's, OpenTelemetry's */
    {"encrypted_content", TURN_SEALED, RT__JSTRING},  /* reasoning item */
    {"thinking_blocks", TURN_BLOCKS, RT__JLIST},      /* Anthropic's blocks in chat messages */
    {"reasoning_details", TURN_DETAILS, RT__JLIST},   /* likewise, a router's */
};
const rt__rows rt__turn_rows = {turn_rows, RT__ARRAY_LEN(turn_rows)};

enum {
  PART_TYPE,
  PART_TEXT,
  PART_CONTENT,
  PART_SIGNATURE,
  PART_DATA,
  PART_SEALED,
  PART_RESULT,  /* of a tool, where its key says so */
  PART_CALL,    /* likewise */
  PART_REASON,  /* likewise */
  PART_THOUGHT, /* the text is the model's own */
  PART_SLOTS
};

static const rt__field part_rows[] = {
    {"type", PART_TYPE, RT__JSTRING},
    {"text", PART_TEXT, RT__JSTRING | RT__JLIST | RT__JOBJECT},
    {"content", PART_CONTENT, RT__JANY},
    {"signature", PART_SIGNATURE, RT__JSTRING},
    {"thoughtSignature", PART_SIGNATURE, RT__JSTRING},
    {"thought_signature", PART_SIGNATURE, RT__JSTRING},
    {"data", PART_DATA, RT__JANY},
    {"encrypted_content", PART_SEALED, RT__JSTRING},
    {"toolResult", PART_RESULT, RT__JOBJECT},
    {"functionResponse", PART_RESULT, RT__JOBJECT},
    {"function_response", PART_RESULT, RT__JOBJECT},
    {"toolUse", PART_CALL, RT__JOBJECT},
    {"functionCall", PART_CALL, RT__JOBJECT},
    {"function_call", PART_CALL, RT__JOBJECT},
    {"reasoningContent", PART_REASON, RT__JOBJECT},
    {"thought", PART_THOUGHT, RT__JBOOL},
};
const rt__rows rt__part_rows = {part_rows, RT__ARRAY_LEN(part_rows)};

typedef enum role { ROLE_OTHER, ROLE_SYSTEM, ROLE_USER, ROLE_MODEL, ROLE_TOOL } role;

static const struct {
  rt_slice name;
  role role;
} roles[] = {
    {RT__WORD("user"), ROLE_USER},     {RT__WORD("assistant"), ROLE_MODEL},
    {RT__WORD("system"), ROLE_SYSTEM}, {RT__WORD("developer"), ROLE_SYSTEM},
    {RT__WORD("tool"), ROLE_TOOL},     {RT__WORD("function"), ROLE_TOOL},
    {RT__WORD("model"), ROLE_MODEL},   {RT__WORD("human"), ROLE_USER},
};

/* items of a responses request that have no role: by the end of their type */
static const struct {
  rt_slice end;
  role role;
} item_ends[] = {
    {RT__WORD("_output"), ROLE_TOOL},         {RT__WORD("_response"), ROLE_TOOL},
    {RT__WORD("_call"), ROLE_MODEL},          {RT__WORD("reasoning"), ROLE_MODEL},
    {RT__WORD("item_reference"), ROLE_MODEL}, {RT__WORD("compaction"), ROLE_MODEL},
};

typedef enum part_sort { PART_OF_TEXT, PART_OF_TOOL, PART_OF_REASON, PART_OTHER } part_sort;

static const struct {
  rt_slice type;
  part_sort sort;
} part_sorts[] = {
    {RT__WORD("text"), PART_OF_TEXT},
    {RT__WORD("input_text"), PART_OF_TEXT},
    {RT__WORD("output_text"), PART_OF_TEXT},
    {RT__WORD("tool_result"), PART_OF_TOOL},
    {RT__WORD("tool_call_response"), PART_OF_TOOL},
    {RT__WORD("thinking"), PART_OF_REASON},
    {RT__WORD("redacted_thinking"), PART_OF_REASON},
    {RT__WORD("reasoning.encrypted"), PART_OF_REASON},
};

/* values that clients put where a signature belongs; shared by strangers, so no evidence */
static const rt_slice signature_stand_ins[] = {
    RT__WORD("skip_thought_signature_validator"),
    RT__WORD("context_engineering_is_the_way_to_go"),
};
#define SIGNATURE_MIN 8 /* bytes; shorter ones are stand-ins of somebody */

static bool ends_with(rt_slice s, rt_slice end)
{
  return s.n >= end.n && memcmp(s.p + s.n - end.n, end.p, end.n) == 0;
}

static role role_of(const rt__jnode *const *turn)
{
  rt_slice name = rt__jslice(turn[TURN_ROLE]), type = rt__jslice(turn[TURN_TYPE]);
  for (size_t i = 0; name.p && i < RT__ARRAY_LEN(roles); i++)
    if (rt__slice_eq(name, roles[i].name))
      return roles[i].role;
  for (size_t i = 0; !name.p && type.p && i < RT__ARRAY_LEN(item_ends); i++)
    if (ends_with(type, item_ends[i].end))
      return item_ends[i].role;
  const rt__jnode *parts = name.p || type.p ? NULL : turn[TURN_CONTENT];
  return parts && rt__slice_eq(rt__jkey(parts), RT__LIT("parts")) ? ROLE_USER : ROLE_OTHER;
}

/* a part without a type is what its keys say, and text if they say nothing */
static part_sort sort_of(const rt__jnode *const *part)
{
  rt_slice s = rt__jslice(part[PART_TYPE]);
  if (!s.p) {
    if (part[PART_RESULT])
      return PART_OF_TOOL;
    if (part[PART_REASON] || (part[PART_THOUGHT] && part[PART_THOUGHT]->num != 0))
      return PART_OF_REASON;
    return part[PART_CALL] ? PART_OTHER : PART_OF_TEXT;
  }
  for (size_t i = 0; i < RT__ARRAY_LEN(part_sorts); i++)
    if (rt__slice_eq(s, part_sorts[i].type))
      return part_sorts[i].sort;
  return PART_OTHER;
}

static void put_part(rt__reading *rd, rt__pieces *to, const rt__jnode *part)
{
  const rt__jnode *slots[PART_SLOTS];
  if (part->kind == RT__JSTRING) {
    rt__put(rd, to, rt__take_text(rd, part));
    return;
  }
  rt__gather(rd, RT__T_PART, part, "content", slots, PART_SLOTS);
  if (sort_of(slots) == PART_OF_TEXT)
    rt__put(rd, to, rt__take_text(rd, slots[slots[PART_TEXT] ? PART_TEXT : PART_CONTENT]));
}

void rt__put_content(rt__reading *rd, rt__pieces *to, const rt__jnode *content)
{
  if (!content)
    return;
  const rt__jnode *parts = rt__member(content, "parts"); /* Google's content is {role, parts} */
  if (parts && parts->kind == RT__JLIST)
    content = parts;
  if (content->kind != RT__JLIST) {
    put_part(rd, to, content);
    return;
  }
  for (const rt__jnode *c = content + 1; c < content + content->span; c += c->span)
    put_part(rd, to, c);
}

/* ---- signatures */

static void put_signature(rt__reading *rd, const rt__jnode *v)
{
  rt_slice s = v && v->kind == RT__JSTRING ? rt__take_text(rd, v) : (rt_slice){NULL, 0};
  if (!s.p || s.n < SIGNATURE_MIN)
    return;
  for (size_t i = 0; i < RT__ARRAY_LEN(signature_stand_ins); i++)
    if (rt__slice_eq(s, signature_stand_ins[i]))
      return;
  if (rd->x.n_signatures < RT_SIGNATURES_MAX)
    rd->x.signatures[rd->x.n_signatures] = s;
  rd->x.n_signatures++;
}

static void put_signatures(rt__reading *rd, const rt__jnode *list)
{
  const rt__jnode *slots[PART_SLOTS];
  if (!list || list->kind != RT__JLIST)
    return;
  for (const rt__jnode *c = list + 1; c < list + list->span; c += c->span) {
    rt__gather(rd, RT__T_PART, c, "content", slots, PART_SLOTS);
    put_signature(rd, slots[PART_SIGNATURE]);
    if (sort_of(slots) == PART_OF_REASON)
      put_signature(rd, slots[PART_DATA]);
    put_signature(rd, slots[PART_SEALED]);
    put_signature(rd, rt__member(rt__member(slots[PART_REASON], "reasoningText"), "signature"));
  }
}

/* ---- turns */

/* where the pieces of a user turn lie in rd->turns */
struct spot {
  size_t from, to;
};

struct turns {
  struct spot first, last;
};

/* Anthropic's messages carry the results of tools under the user's role */
static bool only_tool_results(rt__reading *rd, const rt__jnode *content)
{
  const rt__jnode *slots[PART_SLOTS];
  if (!content || content->kind != RT__JLIST || content->span == 1)
    return false;
  for (const rt__jnode *c = content + 1; c < content + content->span; c += c->span) {
    if (c->kind != RT__JOBJECT)
      return false;
    rt__gather(rd, RT__T_PART, c, "content", slots, PART_SLOTS);
    if (sort_of(slots) != PART_OF_TOOL)
      return false;
  }
  return true;
}

static void user_turn(rt__reading *rd, const rt__jnode *content, struct turns *t)
{
  struct spot s = {rd->turns.n, 0};
  rt__put_content(rd, &rd->turns, content);
  s.to = rd->turns.n;
  if (rd->x.n_user++ == 0)
    t->first = s;
  if (s.to > s.from)
    t->last = s;
}

static void model_turn(rt__reading *rd, const rt__jnode *const *turn)
{
  rd->x.n_assistant++;
  put_signatures(rd, turn[TURN_CONTENT]);
  put_signatures(rd, turn[TURN_BLOCKS]);
  put_signatures(rd, turn[TURN_DETAILS]);
  put_signature(rd, turn[TURN_SEALED]);
}

static void read_turn(rt__reading *rd, const rt__jnode *v, struct turns *t)
{
  const rt__jnode *turn[TURN_SLOTS];
  rd->x.n_messages++;
  if (v->kind == RT__JSTRING) {
    user_turn(rd, v, t);
    return;
  }
  rt__gather(rd, RT__T_TURN, v, "message", turn, TURN_SLOTS);
  role r = role_of(turn);
  if (r == ROLE_USER && only_tool_results(rd, turn[TURN_CONTENT]))
    r = ROLE_TOOL;
  switch (r) {
  case ROLE_SYSTEM:
    rt__put_content(rd, &rd->system, turn[TURN_CONTENT]);
    break;
  case ROLE_USER:
    user_turn(rd, turn[TURN_CONTENT], t);
    break;
  case ROLE_MODEL:
    model_turn(rd, turn);
    break;
  case ROLE_TOOL:
    rd->x.n_tool++;
    break;
  case ROLE_OTHER:
    break;
  }
}

static void read_list(rt__reading *rd, const rt__jnode *list, struct turns *t)
{
  for (const rt__jnode *c = list + 1; c < list + list->span; c += c->span)
    read_turn(rd, c, t);
}

void rt__read_turns(rt__reading *rd, const rt__jnode *turns, bool bare)
{
  struct turns t = {{0, 0}, {0, 0}};
  rd->turns.n = 0;
  if (!turns)
    return;
  rd->x.has_messages = true;
  if (turns->kind == RT__JLIST && !bare) {
    read_list(rd, turns, &t);
  } else if (turns->kind == RT__JOBJECT && !bare) {
    read_turn(rd, turns, &t);
  } else {
    rd->x.n_messages = 1;
    user_turn(rd, turns, &t);
  }
  rd->x.first_user = rt__join_pieces(rd, &rd->turns, t.first.from, t.first.to);
  bool same = t.first.from == t.last.from && t.first.to == t.last.to;
  rd->x.last_user =
      same ? rd->x.first_user : rt__join_pieces(rd, &rd->turns, t.last.from, t.last.to);
}
