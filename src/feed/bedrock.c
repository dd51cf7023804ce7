/* bedrock - Amazon Bedrock's log of model invocations: one call a line, with the bodies as they
 * were sent to Converse or, in each model's own words, to InvokeModel.
 *
 * Who called is the ARN of an IAM identity. The session of an assumed role is part of it only where
 * somebody chose its name: those that SDKs and machines make up differ from start to start, and one
 * service would look like a pool.
 */
#include "feed/reading.h"

enum {
  B_OPERATION = RT__S_COUNT,
  B_INPUT,
  B_OUTPUT,
  B_IDENTITY,
  B_ACCOUNT,
  B_ERROR,
  B_ELSEWHERE, /* a body that was too long for the log */
  B_CACHE_READ,
  B_CACHE_WRITE,
  B_BODY_IN,
  B_BODY_OUT,
  B_COUNT_IN,
  B_COUNT_OUT,
  B_SLOTS
};

static const rt__field bedrock_rows[] = {
    {"timestamp", RT__S_TS, RT__JANY},
    {"requestId", RT__S_ID, RT__JSTRING},
    {"operation", B_OPERATION, RT__JSTRING},
    {"modelId", RT__S_MODEL, RT__JSTRING},
    {"accountId", B_ACCOUNT, RT__JSTRING | RT__JNUMBER},
    {"identity", B_IDENTITY, RT__JOBJECT},
    {"input", B_INPUT, RT__JOBJECT},
    {"output", B_OUTPUT, RT__JOBJECT},
    {"errorCode", B_ERROR, RT__JSTRING},
};
const rt__rows rt__bedrock_rows = {bedrock_rows, RT__ARRAY_LEN(bedrock_rows)};

/* within `input` and `output` */
static const rt__field side_rows[] = {
    {"inputBodyJson", B_BODY_IN, RT__JOBJECT | RT__JSTRING},
    {"outputBodyJson", B_BODY_OUT, RT__JOBJECT | RT__JLIST | RT__JSTRING},
    {"inputBodyS3Path", B_ELSEWHERE, RT__JSTRING},
    {"outputBodyS3Path", B_ELSEWHERE, RT__JSTRING},
    {"inputTokenCount", B_COUNT_IN, RT__JNUMBER},
    {"outputTokenCount", B_COUNT_OUT, RT__JNUMBER},
    {"cacheReadInputTokenCount", B_CACHE_READ, RT__JNUMBER},
    {"cacheWriteInputTokenCount", B_CACHE_WRITE, RT__JNUMBER},
};
const rt__rows rt__bedrock_side_rows = {side_rows, RT__ARRAY_LEN(side_rows)};

static bool contains(rt_slice s, rt_slice piece)
{
  for (size_t i = 0; i + piece.n <= s.n; i++)
    if (memcmp(s.p + i, piece.p, piece.n) == 0)
      return true;
  return false;
}

/* pieces of a model's id that answers no question in text */
static const rt_slice other_models[] = {
    RT__WORD("embed"),  RT__WORD("rerank"), RT__WORD("image"),   RT__WORD("stability."),
    RT__WORD("canvas"), RT__WORD("reel"),   RT__WORD("upscale"),
};

static bool is_other(rt_slice model)
{
  for (size_t i = 0; i < RT__ARRAY_LEN(other_models); i++)
    if (contains(model, other_models[i]))
      return true;
  return false;
}

/* "arn:aws:bedrock:...:inference-profile/us.vendor.model" is its last part */
static const rt__jnode *short_model(rt__reading *rd, const rt__jnode *v)
{
  rt_slice s = rt__jslice(v);
  size_t from = s.n;
  if (!rt__slice_starts(s, RT__LIT("arn:")))
    return v;
  while (from > 0 && s.p[from - 1] != '/')
    from--;
  return from && from < s.n ? rt__string_node(rd, rt__slice(s.p + from, s.n - from)) : v;
}

/* beginnings of session names that no human chose */
static const rt_slice machine_sessions[] = {
    RT__WORD("i-0"),
    RT__WORD("botocore-session-"),
    RT__WORD("aws-sdk-"),
    RT__WORD("awscli-"),
    RT__WORD("AWSCLI-Session"),
    RT__WORD("AssumeRoleSession"),
    RT__WORD("ecs-task-"),
    RT__WORD("eks-"),
    RT__WORD("GitHubActions"),
    RT__WORD("BackplaneAssumeRoleSession"),
};

static bool is_machine(rt_slice session)
{
  size_t digits = 0;
  for (size_t i = 0; i < RT__ARRAY_LEN(machine_sessions); i++)
    if (rt__slice_starts(session, machine_sessions[i]))
      return true;
  for (size_t i = 0; i < session.n; i++)
    digits += (session.p[i] >= '0' && session.p[i] <= '9') ||
              ((session.p[i] | 32) >= 'a' && (session.p[i] | 32) <= 'f') || session.p[i] == '-';
  return digits == session.n && session.n >= 10; /* a number, a hash, a UUID */
}

static const rt__jnode *who(rt__reading *rd, const rt__jnode *identity)
{
  const rt__jnode *arn = rt__member(identity, "arn");
  rt_slice s = rt__jslice(arn);
  size_t cut = s.n;
  if (!contains(s, RT__LIT(":assumed-role/")))
    return arn;
  while (cut > 0 && s.p[cut - 1] != '/')
    cut--;
  if (cut < 2 || !is_machine(rt__slice(s.p + cut, s.n - cut)))
    return arn;
  return rt__string_node(rd, rt__slice(s.p, cut - 1));
}

#define TOKENS_MAX (1u << 30)

/* what was read from or written to the cache is counted beside the input */
static void read_counts(rt__reading *rd, const rt__jnode *const *slots, rt_exchange *preset)
{
  uint32_t in = rt__take_count(rd, slots[B_COUNT_IN], TOKENS_MAX);
  for (int s = B_CACHE_READ; s <= B_CACHE_WRITE; s++) {
    uint32_t more = rt__take_count(rd, slots[s], TOKENS_MAX);
    if (in != RT_UNSET_U32 && more != RT_UNSET_U32)
      in += more;
  }
  preset->tokens_in = in;
  preset->tokens_out = rt__take_count(rd, slots[B_COUNT_OUT], TOKENS_MAX);
  preset->tokens_cached = rt__take_count(rd, slots[B_CACHE_READ], TOKENS_MAX);
}

static void read_error(const rt__jnode *error, rt_exchange *preset)
{
  rt_slice s = rt__jslice(error);
  if (s.n)
    preset->outcome = rt__outcome_of(s, RT_OUTCOME_ERROR);
}

rt__cause rt__read_bedrock(rt__reading *rd, const rt__jnode *root)
{
  const rt__jnode *slots[B_SLOTS];
  rt_exchange preset;
  static const uint8_t account[] = {RT__S_ACCOUNT, B_ACCOUNT};
  const rt__how how = {.clock = RT__CLOCK_LOOSE,
                       .account = account,
                       .n_account = RT__ARRAY_LEN(account),
                       .root = root,
                       .preset = &preset};
  rt_exchange_clear(&preset);
  rt__gather(rd, RT__T_BEDROCK, root, "invocation", slots, B_SLOTS);
  rt__gather_more(rd, RT__T_BEDROCK_SIDE, slots[B_INPUT], "input", slots, B_SLOTS);
  rt__gather_more(rd, RT__T_BEDROCK_SIDE, slots[B_OUTPUT], "output", slots, B_SLOTS);
  if (is_other(rt__jslice(slots[RT__S_MODEL]))) {
    rt__tally_add(rd->tally, RT__CAUSE_OTHER_CALL, &rd->at, "modelId %.*s",
                  (int)(slots[RT__S_MODEL]->n < 80 ? slots[RT__S_MODEL]->n : 80),
                  slots[RT__S_MODEL]->p);
    return RT__CAUSE_NONE;
  }
  if (slots[B_ELSEWHERE] && !slots[B_BODY_IN])
    rt__tally_add(rd->tally, RT__CAUSE_CUT, &rd->at, "the body stands at %.*s",
                  (int)(slots[B_ELSEWHERE]->n < 80 ? slots[B_ELSEWHERE]->n : 80),
                  slots[B_ELSEWHERE]->p);
  slots[B_ACCOUNT] = rt__as_string(rd, slots[B_ACCOUNT]);
  slots[RT__S_ACCOUNT] = who(rd, slots[B_IDENTITY]);
  slots[RT__S_PROJECT] = slots[B_ACCOUNT];
  slots[RT__S_MODEL] = short_model(rd, slots[RT__S_MODEL]);
  slots[RT__S_PROVIDER] = rt__string_node(rd, RT__LIT("aws.bedrock"));
  slots[RT__S_ENDPOINT] = slots[B_OPERATION];
  slots[RT__S_REQUEST] = slots[B_BODY_IN];
  slots[RT__S_RESPONSE] = slots[B_BODY_OUT];
  preset.stream = contains(rt__jslice(slots[B_OPERATION]), RT__LIT("Stream"));
  read_counts(rd, slots, &preset);
  read_error(slots[B_ERROR], &preset);
  return rt__read_slots(rd, slots, &how);
}
