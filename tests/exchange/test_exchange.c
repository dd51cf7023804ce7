/* The struct of an exchange: what "nothing known" looks like, and what is refused. */
#include "base/base.h"
#include "base/time.h"
#include "retort/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the three above */
#include <cmocka.h>

static rt_exchange least(void)
{
  rt_exchange x;
  rt_exchange_clear(&x);
  x.account = RT__LIT("a");
  x.time_us = RT__TIME_MIN;
  return x;
}

static void test_clear_is_missing(void **state)
{
  (void)state;
  rt_exchange x;
  memset(&x, 0xA5, sizeof x);
  rt_exchange_clear(&x);
  const rt_slice parts[] = {x.account, x.org,     x.id,          x.session,       x.ip,
                            x.model,   x.system,  x.first_user,  x.last_user,     x.tools,
                            x.output,  x.headers, x.other_knobs, x.finish_reason, x.prompt_hash};
  for (size_t i = 0; i < RT__ARRAY_LEN(parts); i++)
    assert_true(parts[i].p == NULL && parts[i].n == 0);
  assert_true(x.max_tokens == RT_UNSET_U32 && x.tokens_in == RT_UNSET_U32);
  assert_true(x.tokens_out == RT_UNSET_U32 && x.tokens_cached == RT_UNSET_U32);
  assert_true(x.tokens_reasoning == RT_UNSET_U32 && x.latency_ms == RT_UNSET_U32);
  assert_true(x.temperature_milli == RT_UNSET_I32 && x.top_p_milli == RT_UNSET_I32);
  assert_int_equal(x.choices, 1);
  assert_int_equal(x.n_messages + x.n_user + x.n_assistant + x.n_tool + x.n_signatures, 0);
  assert_true(!x.has_messages && !x.stream && x.asn == 0 && x.status == 0);
  assert_int_equal(x.outcome, RT_OUTCOME_UNKNOWN);
  assert_int_equal(rt_exchange_check(&x, NULL), RT_E_ARG);
}

static void test_check(void **state)
{
  (void)state;
  static char name[RT_NAME_MAX + 1];
  rt_error err;
  rt_exchange x = least();
  memset(name, 'n', sizeof name);
  assert_int_equal(rt_exchange_check(&x, &err), RT_OK);
  x.account = rt__slice(name, RT_NAME_MAX);
  assert_int_equal(rt_exchange_check(&x, &err), RT_OK);
  x.account.n++;
  assert_int_equal(rt_exchange_check(&x, &err), RT_E_ARG);
  assert_true(err.code == RT_E_ARG && err.message[0]);
  x.account = rt__slice("", 0);
  assert_int_equal(rt_exchange_check(&x, NULL), RT_E_ARG);
  x.account = RT__LIT("a\0b"); /* a NUL stands between a name and its tenant */
  assert_int_equal(rt_exchange_check(&x, NULL), RT_E_ARG);
  x.account = rt__slice(name, RT_NAME_MAX - 2);
  x.tenant = RT__LIT("t");
  assert_int_equal(rt_exchange_check(&x, NULL), RT_OK);
  x.account.n++;
  assert_int_equal(rt_exchange_check(&x, NULL), RT_E_ARG);
  const int64_t bad[] = {0, -1, INT64_MIN, INT64_MAX, RT__TIME_MIN - 1, RT__TIME_MAX};
  for (size_t i = 0; i < RT__ARRAY_LEN(bad); i++) {
    x = least();
    x.time_us = bad[i];
    assert_int_equal(rt_exchange_check(&x, &err), RT_E_ARG);
  }
  x = least();
  x.time_us = RT__TIME_MAX - 1;
  assert_int_equal(rt_exchange_check(&x, NULL), RT_OK);
}

static void test_outcomes(void **state)
{
  (void)state;
  for (int i = 0; i < RT_OUTCOME_COUNT; i++)
    for (int j = 0; j < i; j++)
      assert_string_not_equal(rt_outcome_name((rt_outcome)i), rt_outcome_name((rt_outcome)j));
  assert_string_equal(rt_outcome_name(RT_OUTCOME_OK), "ok");
  assert_string_equal(rt_outcome_name(RT_OUTCOME_COUNT), "unknown");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_clear_is_missing),
      cmocka_unit_test(test_check),
      cmocka_unit_test(test_outcomes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
