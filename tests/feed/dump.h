/* dump - an exchange as one JSON line, missing members left out; for golden files and the oracle.
 */
#ifndef TESTS_FEED_DUMP_H
#define TESTS_FEED_DUMP_H

#include "base/json.h"
#include "retort/exchange.h"

static void dump_text(rt__json *j, const char *key, rt_slice s)
{
  if (!s.p)
    return;
  rt__json_key(j, key);
  rt__json_str(j, s);
}

static void dump_u32(rt__json *j, const char *key, uint32_t v, uint32_t missing)
{
  if (v == missing)
    return;
  rt__json_key(j, key);
  rt__json_u64(j, v);
}

static void dump_i32(rt__json *j, const char *key, int32_t v)
{
  if (v == RT_UNSET_I32)
    return;
  rt__json_key(j, key);
  rt__json_i64(j, v);
}

static void dump_names(rt__json *j, const rt_exchange *x)
{
#define TEXT(member) dump_text(j, #member, x->member)
  TEXT(account);
  TEXT(org);
  TEXT(project);
  TEXT(tenant);
  TEXT(api_key);
  TEXT(end_user);
  TEXT(id);
  TEXT(session);
  TEXT(batch_id);
  TEXT(trace_id);
  TEXT(span_id);
  TEXT(response_id);
  TEXT(previous_response_id);
  TEXT(ip);
  TEXT(forwarded_for);
  TEXT(country);
  TEXT(user_agent);
  TEXT(fingerprint);
  TEXT(headers);
  TEXT(model);
  TEXT(provider);
  TEXT(endpoint);
  TEXT(other_knobs);
  TEXT(system);
  TEXT(tools);
  TEXT(first_user);
  TEXT(last_user);
  TEXT(prompt_hash);
  TEXT(system_hash);
  TEXT(finish_reason);
  TEXT(output);
#undef TEXT
}

static void dump_numbers(rt__json *j, const rt_exchange *x)
{
  static const char *const apis[] = {"unknown", "chat", "responses", "messages", "completion"};
  rt__json_key(j, "time_us");
  rt__json_i64(j, x->time_us);
  rt__json_key(j, "api");
  rt__json_cstr(j, apis[x->api]);
  rt__json_key(j, "outcome");
  rt__json_cstr(j, rt_outcome_name(x->outcome));
  rt__json_key(j, "stream");
  rt__json_bool(j, x->stream);
  rt__json_key(j, "has_messages");
  rt__json_bool(j, x->has_messages);
  dump_u32(j, "asn", x->asn, 0);
  dump_u32(j, "status", x->status, 0);
  dump_u32(j, "latency_ms", x->latency_ms, RT_UNSET_U32);
  dump_u32(j, "max_tokens", x->max_tokens, RT_UNSET_U32);
  dump_i32(j, "temperature_milli", x->temperature_milli);
  dump_i32(j, "top_p_milli", x->top_p_milli);
  dump_u32(j, "choices", x->choices, 1);
  dump_u32(j, "n_messages", x->n_messages, 0);
  dump_u32(j, "n_user", x->n_user, 0);
  dump_u32(j, "n_assistant", x->n_assistant, 0);
  dump_u32(j, "n_tool", x->n_tool, 0);
  dump_u32(j, "tokens_in", x->tokens_in, RT_UNSET_U32);
  dump_u32(j, "tokens_out", x->tokens_out, RT_UNSET_U32);
  dump_u32(j, "tokens_cached", x->tokens_cached, RT_UNSET_U32);
  dump_u32(j, "tokens_reasoning", x->tokens_reasoning, RT_UNSET_U32);
}

/* appends one line to out */
static rt_code dump_exchange(const rt_exchange *x, rt__buf *out)
{
  rt__json j;
  rt__json_init(&j, out);
  rt__json_open(&j, '{');
  dump_names(&j, x);
  dump_numbers(&j, x);
  if (x->n_signatures) {
    rt__json_key(&j, "signatures");
    rt__json_open(&j, '[');
    for (uint32_t i = 0; i < x->n_signatures && i < RT_SIGNATURES_MAX; i++)
      rt__json_str(&j, x->signatures[i]);
    rt__json_close(&j, ']');
    rt__json_key(&j, "n_signatures");
    rt__json_u64(&j, x->n_signatures);
  }
  rt__json_close(&j, '}');
  return j.code == RT_OK ? rt__buf_add(out, "\n", 1) : j.code;
}

#endif
