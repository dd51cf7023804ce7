/* api - which API an exchange speaks: clues in order of weight, the first that fits decides. */
#include "feed/reading.h"

typedef enum place { IN_REQUEST, IN_RESPONSE, IN_ENDPOINT } place;
typedef enum turns { ANY, WITH, WITHOUT } turns; /* holds only with or without a message list */

static const struct {
  turns messages;
  place where;
  rt_slice clue; /* a key, or a part of the endpoint */
  rt_api api;
} clues[] = {
    {WITHOUT, IN_REQUEST, RT__WORD("input"), RT_API_RESPONSES},
    {WITHOUT, IN_REQUEST, RT__WORD("previous_response_id"), RT_API_RESPONSES},
    {WITHOUT, IN_REQUEST, RT__WORD("prompt"), RT_API_COMPLETION},
    {WITHOUT, IN_REQUEST, RT__WORD("inputText"), RT_API_COMPLETION},
    {ANY, IN_REQUEST, RT__WORD("contents"), RT_API_CHAT},
    {WITH, IN_REQUEST, RT__WORD("inferenceConfig"), RT_API_CHAT},
    {ANY, IN_RESPONSE, RT__WORD("stopReason"), RT_API_CHAT},
    {ANY, IN_ENDPOINT, RT__WORD("/messages"), RT_API_MESSAGES},
    {ANY, IN_ENDPOINT, RT__WORD("chat/completions"), RT_API_CHAT},
    {WITHOUT, IN_ENDPOINT, RT__WORD("/responses"), RT_API_RESPONSES},
    {WITHOUT, IN_ENDPOINT, RT__WORD("/complet"), RT_API_COMPLETION},
    {ANY, IN_RESPONSE, RT__WORD("choices"), RT_API_CHAT},
    {ANY, IN_RESPONSE, RT__WORD("stop_reason"), RT_API_MESSAGES},
    {WITHOUT, IN_RESPONSE, RT__WORD("output"), RT_API_RESPONSES},
    {WITH, IN_REQUEST, RT__WORD("system"), RT_API_MESSAGES},
    {WITH, IN_REQUEST, RT__WORD("anthropic_version"), RT_API_MESSAGES},
    {WITH, IN_REQUEST, RT__WORD("stop_sequences"), RT_API_MESSAGES},
    {WITH, IN_REQUEST, RT__WORD("thinking"), RT_API_MESSAGES},
    {WITH, IN_REQUEST, RT__WORD("messages"), RT_API_CHAT},
};

static bool has_key(const rt__jnode *object, rt_slice key)
{
  if (!object || object->kind != RT__JOBJECT)
    return false;
  for (const rt__jnode *v = object + 1; v < object + object->span; v += v->span)
    if (rt__slice_eq(rt__jkey(v), key))
      return v->kind != RT__JNULL;
  return false;
}

static bool contains(rt_slice s, rt_slice piece)
{
  for (size_t i = 0; i + piece.n <= s.n; i++)
    if (memcmp(s.p + i, piece.p, piece.n) == 0)
      return true;
  return false;
}

rt_api rt__guess_api(rt_slice endpoint, const rt__jnode *request, const rt__jnode *response)
{
  turns have = has_key(request, (rt_slice)RT__WORD("messages")) ? WITH : WITHOUT;
  for (size_t i = 0; i < RT__ARRAY_LEN(clues); i++) {
    if (clues[i].messages != ANY && clues[i].messages != have)
      continue;
    bool found = clues[i].where == IN_ENDPOINT  ? contains(endpoint, clues[i].clue)
                 : clues[i].where == IN_REQUEST ? has_key(request, clues[i].clue)
                                                : has_key(response, clues[i].clue);
    if (found)
      return clues[i].api;
  }
  return RT_API_UNKNOWN;
}
