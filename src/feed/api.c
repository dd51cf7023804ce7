/* api - which API an exchange speaks: clues in order of weight, the first that fits decides. */
#include "feed/reading.h"

typedef enum place { IN_REQUEST, IN_RESPONSE, IN_ENDPOINT } place;
typedef enum turns { ANY, WITH, WITHOUT } turns; /* holds only with or without a message list */

static const struct {
  turns messages;
  place where;
  const char *clue; /* a key, or a part of the endpoint */
  rt_api api;
} clues[] = {
    {WITHOUT, IN_REQUEST, "input", RT_API_RESPONSES},
    {WITHOUT, IN_REQUEST, "previous_response_id", RT_API_RESPONSES},
    {WITHOUT, IN_REQUEST, "prompt", RT_API_COMPLETION},
    {ANY, IN_ENDPOINT, "/messages", RT_API_MESSAGES},
    {ANY, IN_ENDPOINT, "chat/completions", RT_API_CHAT},
    {WITHOUT, IN_ENDPOINT, "/responses", RT_API_RESPONSES},
    {WITHOUT, IN_ENDPOINT, "/complet", RT_API_COMPLETION},
    {ANY, IN_RESPONSE, "choices", RT_API_CHAT},
    {ANY, IN_RESPONSE, "stop_reason", RT_API_MESSAGES},
    {WITHOUT, IN_RESPONSE, "output", RT_API_RESPONSES},
    {WITH, IN_REQUEST, "system", RT_API_MESSAGES},
    {WITH, IN_REQUEST, "anthropic_version", RT_API_MESSAGES},
    {WITH, IN_REQUEST, "stop_sequences", RT_API_MESSAGES},
    {WITH, IN_REQUEST, "thinking", RT_API_MESSAGES},
    {WITH, IN_REQUEST, "messages", RT_API_CHAT},
};

static bool has_key(const rt__jnode *object, const char *key)
{
  if (!object || object->kind != RT__JOBJECT)
    return false;
  size_t n = strlen(key);
  for (const rt__jnode *v = object + 1; v < object + object->span; v += v->span)
    if (v->key_n == n && memcmp(v->key, key, n) == 0)
      return v->kind != RT__JNULL;
  return false;
}

static bool contains(rt_slice s, const char *piece)
{
  size_t n = strlen(piece);
  for (size_t i = 0; i + n <= s.n; i++)
    if (memcmp(s.p + i, piece, n) == 0)
      return true;
  return false;
}

rt_api rt__guess_api(rt_slice endpoint, const rt__jnode *request, const rt__jnode *response)
{
  turns have = has_key(request, "messages") ? WITH : WITHOUT;
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
