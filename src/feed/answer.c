/* answer - the response: text, finish reason, token counts, errors. One union of the three APIs'
 * fields. */
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
  ANS_SLOTS
};

static const rt__field answer_rows[] = {
    {"id", ANS_ID, RT__JSTRING},
    {"model", ANS_MODEL, RT__JSTRING},
    {"choices", ANS_CHOICES, RT__JLIST},
    {"output", ANS_OUTPUT, RT__JLIST},
    {"output_text", ANS_OUTPUT_TEXT, RT__JSTRING},
    {"content", ANS_CONTENT, RT__JSTRING | RT__JLIST},
    {"completion", ANS_COMPLETION, RT__JSTRING},
    {"stop_reason", ANS_STOP, RT__JSTRING},
    {"status", ANS_STATUS, RT__JSTRING},
    {"incomplete_details", ANS_DETAILS, RT__JOBJECT},
    {"usage", ANS_USAGE, RT__JOBJECT},
    {"error", ANS_ERROR, RT__JOBJECT | RT__JSTRING},
};
const rt__rows rt__answer_rows = {answer_rows, RT__ARRAY_LEN(answer_rows)};

/* fields of a choice, of its message, of an output item, of an error and of incomplete_details */
enum { CH_FINISH, CH_MESSAGE, CH_TEXT, CH_CONTENT, CH_TYPE, CH_CODE, CH_SLOTS };

static const rt__field choice_rows[] = {
    {"finish_reason", CH_FINISH, RT__JSTRING},          {"reason", CH_FINISH, RT__JSTRING},
    {"message", CH_MESSAGE, RT__JOBJECT | RT__JSTRING}, {"text", CH_TEXT, RT__JSTRING},
    {"content", CH_CONTENT, RT__JSTRING | RT__JLIST},   {"type", CH_TYPE, RT__JSTRING},
    {"code", CH_CODE, RT__JSTRING | RT__JNUMBER},
};
const rt__rows rt__choice_rows = {choice_rows, RT__ARRAY_LEN(choice_rows)};

/* ---- token counts: the first spelling that is there wins */

enum {
  USE_IN,
  USE_PROMPT,
  USE_OUT,
  USE_COMPLETION,
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
    {"prompt_tokens", USE_PROMPT, RT__JNUMBER},
    {"output", USE_OUT, RT__JNUMBER},
    {"output_tokens", USE_OUT, RT__JNUMBER},
    {"completion_tokens", USE_COMPLETION, RT__JNUMBER},
    {"cached", USE_CACHED, RT__JNUMBER},
    {"cached_tokens", USE_CACHED, RT__JNUMBER},
    {"cache_read_input_tokens", USE_CACHE_READ, RT__JNUMBER},
    {"cache_creation_input_tokens", USE_CACHE_WRITE, RT__JNUMBER},
    {"reasoning", USE_REASONING, RT__JNUMBER},
    {"reasoning_tokens", USE_REASONING, RT__JNUMBER},
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
  fill_count(rd, &x->tokens_cached, slots[USE_CACHED]);
  fill_count(rd, &x->tokens_cached, slots[USE_CACHE_READ]);
  fill_count(rd, &x->tokens_reasoning, slots[USE_REASONING]);
  rt__gather(rd, RT__T_USAGE, slots[USE_IN_DETAILS], "usage.details", in_details, USE_SLOTS);
  fill_count(rd, &x->tokens_cached, in_details[USE_CACHED]);
  rt__gather(rd, RT__T_USAGE, slots[USE_OUT_DETAILS], "usage.details", out_details, USE_SLOTS);
  fill_count(rd, &x->tokens_reasoning, out_details[USE_REASONING]);
}

/* ---- text */

static void fill_name(rt__reading *rd, rt_slice *into, const rt__jnode *v)
{
  if (!into->p && v && v->kind == RT__JSTRING)
    *into = rt__take_name(rd, v, RT_NAME_MAX);
}

/* choices of a chat, or the items of a responses output */
static void read_choices(rt__reading *rd, const rt__jnode *list)
{
  const rt__jnode *slots[CH_SLOTS], *message[CH_SLOTS];
  if (!list)
    return;
  for (const rt__jnode *c = list + 1; c < list + list->span; c += c->span) {
    rt__gather(rd, RT__T_CHOICE, c, "choice", slots, CH_SLOTS);
    fill_name(rd, &rd->x.finish_reason, slots[CH_FINISH]);
    rt__put_content(rd, &rd->scratch, slots[CH_TEXT]);
    rt__put_content(rd, &rd->scratch, slots[CH_CONTENT]);
    rt__gather(rd, RT__T_CHOICE, slots[CH_MESSAGE], "message", message, CH_SLOTS);
    rt__put_content(rd, &rd->scratch, message[CH_CONTENT]);
  }
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
  rd->x.output = rt__join(rd, &rd->scratch, 0, rd->scratch.n);
  rd->scratch.n = 0;
}

/* ---- how it ended */

/* words in a finish reason or an error's type or code, and what they say */
static const struct {
  rt_slice word;
  rt_outcome outcome;
} ends[] = {
    {RT__WORD("rate_limit"), RT_OUTCOME_RATE_LIMITED},
    {RT__WORD("content_filter"), RT_OUTCOME_BLOCKED},
    {RT__WORD("content_policy"), RT_OUTCOME_BLOCKED},
    {RT__WORD("refusal"), RT_OUTCOME_REFUSED},
};

static rt_outcome outcome_of(rt_slice s, rt_outcome otherwise)
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
  rt_outcome o = outcome_of(rt__jslice(slots[CH_TYPE]), RT_OUTCOME_ERROR);
  return o != RT_OUTCOME_ERROR ? o : outcome_of(rt__jslice(slots[CH_CODE]), o);
}

/* "incomplete" says less than why it is incomplete */
static void read_finish(rt__reading *rd, const rt__jnode *const *slots)
{
  const rt__jnode *details[CH_SLOTS];
  rt__gather(rd, RT__T_CHOICE, slots[ANS_DETAILS], "incomplete_details", details, CH_SLOTS);
  fill_name(rd, &rd->x.finish_reason, details[CH_FINISH]);
  fill_name(rd, &rd->x.finish_reason, slots[ANS_STOP]);
  fill_name(rd, &rd->x.finish_reason, slots[ANS_STATUS]);
}

rt_outcome rt__read_answer(rt__reading *rd, const rt__jnode *body)
{
  const rt__jnode *slots[ANS_SLOTS];
  if (!body)
    return RT_OUTCOME_UNKNOWN;
  rt__gather(rd, RT__T_ANSWER, body, "response", slots, ANS_SLOTS);
  fill_name(rd, &rd->x.response_id, slots[ANS_ID]);
  fill_name(rd, &rd->x.model, slots[ANS_MODEL]);
  read_output(rd, slots);
  read_finish(rd, slots);
  rt__read_usage(rd, slots[ANS_USAGE], "response.usage");
  if (slots[ANS_ERROR])
    return error_outcome(rd, slots[ANS_ERROR]);
  if (rd->x.finish_reason.p)
    return outcome_of(rd->x.finish_reason, RT_OUTCOME_OK);
  return rd->x.output.p ? RT_OUTCOME_OK : RT_OUTCOME_UNKNOWN;
}
