#include "retort/exchange.h"

#include "base/time.h"

void rt_exchange_clear(rt_exchange *x)
{
  *x = (rt_exchange){.latency_ms = RT_UNSET_U32,
                     .max_tokens = RT_UNSET_U32,
                     .temperature_milli = RT_UNSET_I32,
                     .top_p_milli = RT_UNSET_I32,
                     .choices = 1,
                     .tokens_in = RT_UNSET_U32,
                     .tokens_out = RT_UNSET_U32,
                     .tokens_cached = RT_UNSET_U32,
                     .tokens_reasoning = RT_UNSET_U32};
}

rt_code rt_exchange_check(const rt_exchange *x, rt_error *err)
{
  if (!x->account.p || x->account.n == 0)
    return rt__fail(err, RT_E_ARG, "no account");
  if (x->account.n > RT_NAME_MAX)
    return rt__fail(err, RT_E_ARG, "account name longer than %d bytes", RT_NAME_MAX);
  if (memchr(x->account.p, '\0', x->account.n))
    return rt__fail(err, RT_E_ARG, "account name with a NUL in it");
  if (x->tenant.p && x->tenant.n && x->account.n + x->tenant.n >= RT_NAME_MAX)
    return rt__fail(err, RT_E_ARG, "account and tenant longer than %d bytes", RT_NAME_MAX);
  if (x->time_us < RT__TIME_MIN || x->time_us >= RT__TIME_MAX)
    return rt__fail(err, RT_E_ARG, "no time, or a time outside 2000 to 2100");
  return RT_OK;
}

const char *rt_outcome_name(rt_outcome o)
{
  static const char *const names[] = {
#define RT_OUTCOME_NAME(code, name) name,
      RT_OUTCOME_MAP(RT_OUTCOME_NAME)
#undef RT_OUTCOME_NAME
  };
  return (unsigned)o < RT_OUTCOME_COUNT ? names[o] : "unknown";
}
