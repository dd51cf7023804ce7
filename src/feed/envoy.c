/* envoy - access logs of Envoy AI Gateway: what was called and what it took, no text.
 *
 * The keys are the operator's choice; these are those of the project's own configuration, and of
 * its documentation before that. Nobody is named unless a header is mapped into the log.
 */
#include "feed/reading.h"

#include <stdlib.h>

enum {
  E_USER_1 = RT__S_COUNT,
  E_USER_2,
  E_USER_3,
  E_MODEL_ANSWERED,
  E_STATUS,
  E_DURATION,
  E_PEER, /* address and port */
  E_TOKENS_IN,
  E_TOKENS_OUT,
  E_PATH_1, /* by rank */
  E_PATH_2,
  E_SLOTS
};

#define COUNT (RT__JNUMBER | RT__JSTRING)

static const rt__field envoy_rows[] = {
    {"start_time", RT__S_TS, RT__JANY},
    {"enduser.id", E_USER_1, RT__JSTRING},
    {"user.id", E_USER_2, RT__JSTRING},
    {"x-user-id", E_USER_3, RT__JSTRING},
    {"session.id", RT__S_SESSION, RT__JSTRING},
    {"x-request-id", RT__S_ID, RT__JSTRING},
    {"request_id", RT__S_ID, RT__JSTRING},
    {"gen_ai.request.model", RT__S_MODEL, RT__JSTRING},
    {"genai_model_name", RT__S_MODEL, RT__JSTRING},
    {"gen_ai.response.model", E_MODEL_ANSWERED, RT__JSTRING},
    {"gen_ai.provider.name", RT__S_PROVIDER, RT__JSTRING},
    {"genai_backend_name", RT__S_PROVIDER, RT__JSTRING},
    {"gen_ai.usage.input_tokens", E_TOKENS_IN, COUNT},
    {"genai_tokens_input", E_TOKENS_IN, COUNT},
    {"gen_ai.usage.output_tokens", E_TOKENS_OUT, COUNT},
    {"genai_tokens_output", E_TOKENS_OUT, COUNT},
    {"response_code", E_STATUS, COUNT},
    {"duration", E_DURATION, COUNT},
    {"x-forwarded-for", RT__S_FORWARDED, RT__JSTRING},
    {"x_forwarded_for", RT__S_FORWARDED, RT__JSTRING},
    {"downstream_remote_address", E_PEER, RT__JSTRING},
    {"user-agent", RT__S_AGENT, RT__JSTRING},
    {"user_agent", RT__S_AGENT, RT__JSTRING},
    {"request.path", E_PATH_1, RT__JSTRING},
    {"x-envoy-original-path", E_PATH_2, RT__JSTRING},
    {"x-envoy-origin-path", RT__S_ENDPOINT, RT__JSTRING},
};
const rt__rows rt__envoy_rows = {envoy_rows, RT__ARRAY_LEN(envoy_rows)};

/* Envoy writes "-" where it knows nothing */
static void drop_dashes(const rt__jnode **slots)
{
  for (size_t i = 0; i < E_SLOTS; i++)
    if (rt__slice_eq(rt__jslice(slots[i]), RT__LIT("-")))
      slots[i] = NULL;
}

/* a count may stand in quotes */
static uint32_t count_of(const rt__jnode *v, double max)
{
  char text[24] = "", *end;
  if (!v || v->n == 0 || v->n >= sizeof text)
    return RT_UNSET_U32;
  memcpy(text, v->p, v->n);
  double n = strtod(text, &end);
  return *end == 0 && n >= 0 && n <= max ? (uint32_t)n : RT_UNSET_U32;
}

/* "203.0.113.9:4711" or "[2001:db8::1]:4711" without the port */
static const rt__jnode *address_of(rt__reading *rd, const rt__jnode *v)
{
  rt_slice s = rt__jslice(v);
  size_t colon = s.n;
  while (colon > 0 && s.p[colon - 1] != ':')
    colon--;
  if (colon < 2)
    return v;
  rt_slice host = rt__slice(s.p, colon - 1);
  if (host.p[0] == '[' && host.p[host.n - 1] == ']')
    host = rt__slice(host.p + 1, host.n - 2);
  else if (memchr(host.p, ':', host.n)) /* an address of the sixth kind without a port */
    return v;
  return rt__string_node(rd, host);
}

rt__cause rt__read_envoy(rt__reading *rd, const rt__jnode *root)
{
  static const uint8_t account[] = {E_USER_1, E_USER_2, E_USER_3};
  const rt__jnode *slots[E_SLOTS];
  rt_exchange preset;
  const rt__how how = {.clock = RT__CLOCK_LOOSE,
                       .account = account,
                       .n_account = RT__ARRAY_LEN(account),
                       .root = root,
                       .preset = &preset};
  rt_exchange_clear(&preset);
  rt__gather(rd, RT__T_ENVOY, root, "line", slots, E_SLOTS);
  drop_dashes(slots);
  if (!slots[RT__S_MODEL])
    slots[RT__S_MODEL] = slots[E_MODEL_ANSWERED];
  for (int p = E_PATH_2; p >= E_PATH_1; p--)
    if (slots[p])
      slots[RT__S_ENDPOINT] = slots[p];
  slots[RT__S_IP] = address_of(rd, slots[E_PEER]);
  uint32_t status = count_of(slots[E_STATUS], 999);
  preset.status = status == RT_UNSET_U32 ? 0 : (uint16_t)status;
  preset.latency_ms = count_of(slots[E_DURATION], 4e9);
  preset.tokens_in = count_of(slots[E_TOKENS_IN], 1u << 30);
  preset.tokens_out = count_of(slots[E_TOKENS_OUT], 1u << 30);
  return rt__read_slots(rd, slots, &how);
}
