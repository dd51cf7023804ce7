/* answer - the response: text, finish reason, token counts, errors. One union of the APIs' fields,
 * whole or as the pieces of a stream. */
#include "feed/reading.h"

enum {
  ANS_ID,
  ANS_MODEL,
  ANS_CHOICES,
  ANS_OUTPUT,
  ANS_OUTPUT_TEXT,
  ANS_CONTENT,
  ANS_COMPLETION,
  ANS_STOP,
  ANS_STATUS,
  ANS_DETAILS,
  ANS_USAGE,
  ANS_ERROR,
  ANS_PIECE, /* of a stream: what is new */
  ANS_PIECE_MORE,
  ANS_SLOTS
};

static const rt__field answer_rows[] = {
    {"id", ANS_ID, RT__JSTRING},
    {"model", ANS_MODEL, RT__JSTRING},
    {"responseId", ANS_ID, RT__JSTRING},
    {"modelVersion", ANS_MODEL, RT__JSTRING},
    {"choices", ANS_CHOICES, RT__JLIST},
    {"candidates", ANS_CHOICES, RT__JLIST},
    {"results", ANS_CHOICES, RT__JLIST},
    {"outputs", ANS_CHOICES, RT__JLIST},
    {"generations", ANS_CHOICES, RT__JLIST},
    {"output", ANS_OUTPUT, RT__JLIST | RT__JOBJECT},
    {"output_text", ANS_OUTPUT_TEXT, RT__JSTRING},
    {"outputText", ANS_COMPLETION, RT__JSTRING},
    {"content", ANS_CONTENT, RT__JSTRING | RT__JLIST},
    {"completion", ANS_COMPLETION, RT__JSTRING},
    {"generation", ANS_COMPLETION, RT__JSTRING},
    {"text", ANS_COMPLETION, RT__JANY},
    {"stop_reason", ANS_STOP, RT__JSTRING},
    {"stopReason", ANS_STOP, RT__JSTRING},
    {"completionReason", ANS_STOP, RT__JSTRING},
    {"finish_reason", ANS_STOP, RT__JSTRING},
    {"status", ANS_STATUS, RT__JSTRING},
    {"incomplete_details", ANS_DETAILS, RT__JOBJECT},
    {"usage", ANS_USAGE, RT__JOBJECT},
    {"usageMetadata", ANS_USAGE, RT__JOBJECT},
    {"error", ANS_ERROR, RT__JOBJECT | RT__JSTRING},
    {"delta", ANS_PIECE, RT__JANY},
    {"contentBlockDelta", ANS_PIECE, RT__JOBJECT},
    {"messageStop", ANS_PIECE, RT__JOBJECT},
    {"chunk", ANS_PIECE, RT__JANY},
    {"metadata", ANS_PIECE_MORE, RT__JANY},
    {"message", ANS_PIECE_MORE, RT__JANY},
    {"response", ANS_PIECE_MORE, RT__JANY},
};
const rt__rows rt__answer_rows = {answer_rows, RT__ARRAY_LEN(answer_rows)};

/* fields of a choice, of its message, of an output item, of an error and of incomplete_details */
enum { CH_FINISH, CH_MESSAGE, CH_TEXT, CH_CONTENT, CH_TYPE, CH_CODE, CH_SLOTS };

static const rt__field choice_rows[] = {
    {"finish_reason", CH_FINISH, RT__JSTRING},
    {"reason", CH_FINISH, RT__JSTRING},
    {"finishReason", CH_FINISH, RT__JSTRING},
    {"completionReason", CH_FINISH, RT__JSTRING},
    {"stop_reason", CH_FINISH, RT__JSTRING},
    {"message", CH_MESSAGE, RT__JOBJECT | RT__JSTRING},
    {"delta", CH_MESSAGE, RT__JOBJECT},
    {"text", CH_TEXT, RT__JSTRING},
    {"outputText", CH_TEXT, RT__JSTRING},
    {"content", CH_CONTENT, RT__JSTRING | RT__JLIST | RT__JOBJECT},
    {"parts", CH_CONTENT, RT__JLIST},
    {"type", CH_TYPE, RT__JSTRING},
    {"code", CH_CODE, RT__JSTRING | RT__JNUMBER},
};
const rt__rows rt__choice_rows = {choice_rows, RT__ARRAY_LEN(choice_rows)};

/* ---- token counts: the first spelling that is there wins */

enum {
  USE_IN,
  USE_PROMPT,
  USE_OUT,
  USE_COMPLETION,
  USE_CANDIDATES, /* without the reasoning */
  USE_CACHED,
  USE_CACHE_READ,
  USE_CACHE_WRITE,
  USE_REASONING,
  USE_IN_DETAILS,
  USE_OUT_DETAILS,
  USE_SLOTS
};

static const rt__field usage_rows[] = {
    {"input", USE_IN, RT__JNUMBER},
    {"input_tokens", USE_IN, RT__JNUMBER},
    {"inputTokens", USE_IN, RT__JNUMBER},
    {"promptTokenCount", USE_PROMPT, RT__JNUMBER},
    {"prompt_tokens", USE_PROMPT, RT__JNUMBER},
    {"output", USE_OUT, RT__JNUMBER},
    {"output_tokens", USE_OUT, RT__JNUMBER},
    {"outputTokens", USE_OUT, RT__JNUMBER},
    {"candidatesTokenCount", USE_CANDIDATES, RT__JNUMBER},
    {"completion_tokens", USE_COMPLETION, RT__JNUMBER},
    {"cached", USE_CACHED, RT__JNUMBER},
    {"cached_tokens", USE_CACHED, RT__JNUMBER},
    {"cachedContentTokenCount", USE_CACHED, RT__JNUMBER},
    {"cache_read_input_tokens", USE_CACHE_READ, RT__JNUMBER},
    {"cacheReadInputTokens", USE_CACHE_READ, RT__JNUMBER},
    {"cacheWriteInputTokens", USE_CACHE_WRITE, RT__JNUMBER},
    {"cache_creation_input_tokens", USE_CACHE_WRITE, RT__JNUMBER},
    {"reasoning", USE_REASONING, RT__JNUMBER},
    {"reasoning_tokens", USE_REASONING, RT__JNUMBER},
    {"thoughtsTokenCount", USE_REASONING, RT__JNUMBER},
    {"prompt_tokens_details", USE_IN_DETAILS, RT__JOBJECT},
    {"input_tokens_details", USE_IN_DETAILS, RT__JOBJECT},
    {"completion_tokens_details", USE_OUT_DETAILS, RT__JOBJECT},
    {"output_tokens_details", USE_OUT_DETAILS, RT__JOBJECT},
};
const rt__rows rt__usage_rows = {usage_rows, RT__ARRAY_LEN(usage_rows)};

#define TOKENS_MAX (1u << 30)

static void fill_count(rt__reading *rd, uint32_t *into, const rt__jnode *v)
{
  if (*into == RT_UNSET_U32 && v)
    *into = rt__take_count(rd, v, TOKENS_MAX);
}

/* Anthropic counts what it read from or wrote to its cache beside input_tokens; the others include
 * it */
static void fill_input(rt__reading *rd, const rt__jnode *const *slots)
{
  uint32_t *in = &rd->x.tokens_in;
  if (*in != RT_UNSET_U32)
    return;
  fill_count(rd, in, slots[USE_IN]);
  for (int s = USE_CACHE_READ; *in != RT_UNSET_U32 && s <= USE_CACHE_WRITE; s++) {
    uint32_t more = rt__take_count(rd, slots[s], TOKENS_MAX);
    *in += more == RT_UNSET_U32 ? 0 : more;
  }
  fill_count(rd, in, slots[USE_PROMPT]);
}

/* Google counts the thoughts beside the answer */
static void fill_candidates(rt__reading *rd, const rt__jnode *const *slots)
{
  uint32_t *out = &rd->x.tokens_out;
  if (*out != RT_UNSET_U32 || !slots[USE_CANDIDATES])
    return;
  fill_count(rd, out, slots[USE_CANDIDATES]);
  uint32_t thoughts = rt__take_count(rd, slots[USE_REASONING], TOKENS_MAX);
  if (*out != RT_UNSET_U32 && thoughts != RT_UNSET_U32)
    *out += thoughts;
}

void rt__read_usage(rt__reading *rd, const rt__jnode *usage, const char *where)
{
  const rt__jnode *slots[USE_SLOTS], *in_details[USE_SLOTS], *out_details[USE_SLOTS];
  rt_exchange *x = &rd->x;
  if (!usage)
    return;
  rt__gather(rd, RT__T_USAGE, usage, where, slots, USE_SLOTS);
  fill_input(rd, slots);
  fill_count(rd, &x->tokens_out, slots[USE_OUT]);
  fill_count(rd, &x->tokens_out, slots[USE_COMPLETION]);
  fill_candidates(rd, slots);
  fill_count(rd, &x->tokens_cached, slots[USE_CACHED]);
  fill_count(rd, &x->tokens_cached, slots[USE_CACHE_READ]);
  fill_count(rd, &x->tokens_reasoning, slots[USE_REASONING]);
  rt__gather(rd, RT__T_USAGE, slots[USE_IN_DETAILS], "usage.details", in_details, USE_SLOTS);
  fill_count(rd, &x->tokens_cached, in_details[USE_CACHED]);
  rt__gather(rd, RT__T_USAGE, slots[USE_OUT_DETAILS], "usage.details", out_details, USE_SLOTS);
  fill_count(rd, &x->tokens_reasoning, out_details[USE_REASONING]);
}

/* ---- text */

/* spellings of one and the same end */
static const struct {
  rt_slice said, meant;
} finishes[] = {
    {RT__WORD("STOP"), RT__WORD("stop")},
    {RT__WORD("FINISH"), RT__WORD("stop")},
    {RT__WORD("FINISHED"), RT__WORD("stop")},
    {RT__WORD("COMPLETE"), RT__WORD("stop")},
    {RT__WORD("MAX_TOKENS"), RT__WORD("max_tokens")},
    {RT__WORD("LENGTH"), RT__WORD("length")},
    {RT__WORD("SAFETY"), RT__WORD("content_filter")},
    {RT__WORD("BLOCKLIST"), RT__WORD("content_filter")},
    {RT__WORD("PROHIBITED_CONTENT"), RT__WORD("content_filter")},
    {RT__WORD("RECITATION"), RT__WORD("content_filter")},
    {RT__WORD("CONTENT_FILTERED"), RT__WORD("content_filter")},
    {RT__WORD("content_filtered"), RT__WORD("content_filter")},
    {RT__WORD("guardrail_intervened"), RT__WORD("content_filter")},
    {RT__WORD("tool_call"), RT__WORD("tool_calls")},
};

void rt__fill_finish(rt__reading *rd, const rt__jnode *v)
{
  rt_slice *into = &rd->x.finish_reason;
  if (into->p)
    return;
  rt__fill_name(rd, into, v);
  for (size_t i = 0; into->p && i < RT__ARRAY_LEN(finishes); i++)
    if (rt__slice_eq(*into, finishes[i].said)) {
      *into = finishes[i].meant;
      return;
    }
}

/* a choice of a chat, an item of a responses output, a candidate, a message */
static void read_choice(rt__reading *rd, const rt__jnode *c)
{
  const rt__jnode *slots[CH_SLOTS], *message[CH_SLOTS];
  if (c->kind != RT__JOBJECT) {
    rt__put_content(rd, &rd->scratch, c);
    return;
  }
  rt__gather(rd, RT__T_CHOICE, c, "choice", slots, CH_SLOTS);
  rt__fill_finish(rd, slots[CH_FINISH]);
  rt__put_content(rd, &rd->scratch, slots[CH_TEXT]);
  rt__put_content(rd, &rd->scratch, slots[CH_CONTENT]);
  rt__gather(rd, RT__T_CHOICE, slots[CH_MESSAGE], "message", message, CH_SLOTS);
  rt__put_content(rd, &rd->scratch, message[CH_CONTENT]);
}

static void read_choices(rt__reading *rd, const rt__jnode *list)
{
  if (!list)
    return;
  if (list->kind == RT__JOBJECT) {
    read_choice(rd, list);
    return;
  }
  for (const rt__jnode *c = list + 1; c < list + list->span; c += c->span)
    read_choice(rd, c);
}

static void join_output(rt__reading *rd)
{
  rd->x.output = rt__join_pieces(rd, &rd->scratch, 0, rd->scratch.n);
  rd->scratch.n = 0;
}

static void read_output(rt__reading *rd, const rt__jnode *const *slots)
{
  rd->scratch.n = 0;
  read_choices(rd, slots[ANS_CHOICES]);
  read_choices(rd, slots[ANS_OUTPUT]);
  rt__put_content(rd, &rd->scratch, slots[ANS_CONTENT]);
  rt__put_content(rd, &rd->scratch, slots[ANS_COMPLETION]);
  if (rd->scratch.n == 0)
    rt__put_content(rd, &rd->scratch, slots[ANS_OUTPUT_TEXT]);
  join_output(rd);
}

void rt__read_output(rt__reading *rd, const rt__jnode *output)
{
  const rt__jnode *tree = rt__unfold(rd, output);
  if (tree && tree->kind == RT__JOBJECT && !rt__member(tree, "role")) {
    rt_outcome looks = rt__read_answer(rd, tree);
    if (rd->x.outcome == RT_OUTCOME_UNKNOWN)
      rd->x.outcome = looks;
    return;
  }
  rd->scratch.n = 0;
  if (tree)
    read_choices(rd, tree);
  else
    rt__put(rd, &rd->scratch, rt__take_text(rd, output));
  join_output(rd);
}

/* ---- how it ended */

/* words in a finish reason or an error's type or code, and what they say */
static const struct {
  rt_slice word;
  rt_outcome outcome;
} ends[] = {
    {RT__WORD("rate_limit"), RT_OUTCOME_RATE_LIMITED},
    {RT__WORD("RateLimit"), RT_OUTCOME_RATE_LIMITED},
    {RT__WORD("Throttl"), RT_OUTCOME_RATE_LIMITED},
    {RT__WORD("throttl"), RT_OUTCOME_RATE_LIMITED},
    {RT__WORD("RESOURCE_EXHAUSTED"), RT_OUTCOME_RATE_LIMITED},
    {RT__WORD("429"), RT_OUTCOME_RATE_LIMITED},
    {RT__WORD("ContentPolicy"), RT_OUTCOME_BLOCKED},
    {RT__WORD("PermissionDenied"), RT_OUTCOME_BLOCKED},
    {RT__WORD("content_filter"), RT_OUTCOME_BLOCKED},
    {RT__WORD("content_policy"), RT_OUTCOME_BLOCKED},
    {RT__WORD("refusal"), RT_OUTCOME_REFUSED},
};

rt_outcome rt__outcome_of(rt_slice s, rt_outcome otherwise)
{
  for (size_t i = 0; i < RT__ARRAY_LEN(ends); i++) {
    for (size_t at = 0; at + ends[i].word.n <= s.n; at++)
      if (memcmp(s.p + at, ends[i].word.p, ends[i].word.n) == 0)
        return ends[i].outcome;
  }
  return otherwise;
}

static rt_outcome error_outcome(rt__reading *rd, const rt__jnode *error)
{
  const rt__jnode *slots[CH_SLOTS];
  rt__gather(rd, RT__T_CHOICE, error, "error", slots, CH_SLOTS);
  rt_outcome o = rt__outcome_of(rt__jslice(slots[CH_TYPE]), RT_OUTCOME_ERROR);
  return o != RT_OUTCOME_ERROR ? o : rt__outcome_of(rt__jslice(slots[CH_CODE]), o);
}

/* "incomplete" says less than why it is incomplete */
static void read_finish(rt__reading *rd, const rt__jnode *const *slots)
{
  const rt__jnode *details[CH_SLOTS];
  rt__gather(rd, RT__T_CHOICE, slots[ANS_DETAILS], "incomplete_details", details, CH_SLOTS);
  rt__fill_finish(rd, details[CH_FINISH]);
  rt__fill_finish(rd, slots[ANS_STOP]);
  rt__fill_finish(rd, slots[ANS_STATUS]);
}

static rt_outcome looks_like(rt__reading *rd, const rt__jnode *error)
{
  if (error)
    return error_outcome(rd, error);
  if (rd->x.finish_reason.p)
    return rt__outcome_of(rd->x.finish_reason, RT_OUTCOME_OK);
  return rd->x.output.p ? RT_OUTCOME_OK : RT_OUTCOME_UNKNOWN;
}

/* ---- the pieces of a stream */

/* texts, in order; what a piece wraps is a piece again */
static void read_piece(rt__reading *rd, const rt__jnode *piece, int depth)
{
  const rt__jnode *slots[ANS_SLOTS];
  if (piece->kind != RT__JOBJECT || depth == 0)
    return;
  rt__gather(rd, RT__T_ANSWER, piece, "response", slots, ANS_SLOTS);
  rt__fill_name(rd, &rd->x.response_id, slots[ANS_ID]);
  rt__fill_name(rd, &rd->x.model, slots[ANS_MODEL]);
  read_choices(rd, slots[ANS_CHOICES]);
  rt__put_content(rd, &rd->scratch, slots[ANS_CONTENT]);
  if (slots[ANS_COMPLETION] && slots[ANS_COMPLETION]->kind == RT__JSTRING)
    rt__put(rd, &rd->scratch, rt__jslice(slots[ANS_COMPLETION]));
  rt__fill_finish(rd, slots[ANS_STOP]);
  for (int s = ANS_PIECE; s <= ANS_PIECE_MORE; s++)
    if (slots[s])
      read_piece(rd, slots[s], depth - 1);
}

struct counts {
  uint32_t in, out, cached, reasoning;
};

static struct counts take_counts(rt_exchange *x)
{
  struct counts c = {x->tokens_in, x->tokens_out, x->tokens_cached, x->tokens_reasoning};
  x->tokens_in = x->tokens_out = x->tokens_cached = x->tokens_reasoning = RT_UNSET_U32;
  return c;
}

static void fill_counts(rt_exchange *x, const struct counts *c)
{
  x->tokens_in = x->tokens_in == RT_UNSET_U32 ? c->in : x->tokens_in;
  x->tokens_out = x->tokens_out == RT_UNSET_U32 ? c->out : x->tokens_out;
  x->tokens_cached = x->tokens_cached == RT_UNSET_U32 ? c->cached : x->tokens_cached;
  x->tokens_reasoning = x->tokens_reasoning == RT_UNSET_U32 ? c->reasoning : x->tokens_reasoning;
}

/* what a later piece counts is the last word */
static void read_piece_usage(rt__reading *rd, const rt__jnode *piece, int depth)
{
  const rt__jnode *slots[ANS_SLOTS];
  if (piece->kind != RT__JOBJECT || depth == 0)
    return;
  rt__gather(rd, RT__T_ANSWER, piece, "response", slots, ANS_SLOTS);
  if (slots[ANS_USAGE]) {
    struct counts before = take_counts(&rd->x);
    rt__read_usage(rd, slots[ANS_USAGE], "response.usage");
    fill_counts(&rd->x, &before);
  }
  if (slots[ANS_PIECE_MORE])
    read_piece_usage(rd, slots[ANS_PIECE_MORE], depth - 1);
}

#define PIECE_DEPTH 3

/* the texts of a stream's pieces belong together without anything between them */
static void join_pieces(rt__reading *rd)
{
  size_t n = 0;
  for (size_t i = 0; i < rd->scratch.n; i++)
    n += rd->scratch.v[i].n;
  char *p = n ? rt__take(rd, n) : NULL;
  if (p)
    rd->x.output = rt__slice(p, n);
  for (size_t i = 0; p && i < rd->scratch.n; i++) {
    memcpy(p, rd->scratch.v[i].p, rd->scratch.v[i].n);
    p += rd->scratch.v[i].n;
  }
  rd->scratch.n = 0;
}

static rt_outcome read_pieces(rt__reading *rd, const rt__jnode *list)
{
  const rt__jnode *error = NULL;
  struct counts outside = take_counts(&rd->x);
  rd->scratch.n = 0;
  for (const rt__jnode *c = list + 1; c < list + list->span; c += c->span) {
    read_piece(rd, c, PIECE_DEPTH);
    read_piece_usage(rd, c, PIECE_DEPTH);
    error = rt__member(c, "error") ? rt__member(c, "error") : error;
  }
  join_pieces(rd);
  struct counts inside = take_counts(&rd->x);
  fill_counts(&rd->x, &outside);
  fill_counts(&rd->x, &inside);
  return looks_like(rd, error);
}

rt_outcome rt__read_answer(rt__reading *rd, const rt__jnode *body)
{
  const rt__jnode *slots[ANS_SLOTS];
  if (!body)
    return RT_OUTCOME_UNKNOWN;
  if (body->kind == RT__JLIST)
    return read_pieces(rd, body);
  rt__gather(rd, RT__T_ANSWER, body, "response", slots, ANS_SLOTS);
  rt__fill_name(rd, &rd->x.response_id, slots[ANS_ID]);
  rt__fill_name(rd, &rd->x.model, slots[ANS_MODEL]);
  read_output(rd, slots);
  read_finish(rd, slots);
  rt__read_usage(rd, slots[ANS_USAGE], "response.usage");
  return looks_like(rd, slots[ANS_ERROR]);
}
