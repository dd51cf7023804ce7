/* Events beside the traffic: when accounts were closed. (Releases of models: test_evidence.) */
#include "campaign/remember.h"
#include "support/small_world.h"

static rt_key key(void)
{
  rt_scan_options o;
  rt_scan_options_default(&o);
  return o.key;
}

static int64_t closed(const rt_scan *s, const char *name)
{
  rt_key k = key();
  return rt__scan_closed_us(s, rt_key_hash(&k, "account", slice_of(name)));
}

static void close_all(rt_scan *s, int64_t at, const char *a, const char *b)
{
  const rt_slice names[] = {slice_of(a), slice_of(b)};
  const rt_event e = {
      .kind = RT_EVENT_ENFORCEMENT, .time_us = at, .accounts = names, .n_accounts = 2};
  assert_int_equal(rt_scan_add_event(s, &e, NULL), RT_OK);
}

static void test_enforcement_closes(void **state)
{
  (void)state;
  rt_scan *s;
  rt_digest_sink sink;
  rt_key k = key();
  world *w = world_new();
  world_say(w, (call){.who = "ann", .at = 1, .user = "a text"});
  world_say(w, (call){.who = "bob", .at = 1, .user = "a text"});
  world_say(w, (call){.who = "eve", .at = 1, .user = "a text", .tenant = "t"});
  assert_int_equal(rt_scan_new(NULL, NULL, &s, NULL), RT_OK);
  assert_int_equal(rt_scan_sink(s, &sink, NULL), RT_OK);
  assert_int_equal(world_play(w, NULL, &k, &sink, 1, 0, NULL), RT_OK);
  close_all(s, WORLD_T0 + 9, "ann", "eve");
  close_all(s, WORLD_T0 + 5, "ann", "bob"); /* the first time counts, in any order */
  close_all(s, WORLD_T0 + 7, "ann", "gone");
  const rt_facts f = {.account = slice_of("bob"),
                      .closed_us = WORLD_T0 + 2,
                      .risk = NAN,
                      .verified = -1,
                      .line = slice_of("bob")};
  assert_int_equal(rt_scan_add_facts(s, &f, NULL), RT_OK);
  assert_int_equal(rt_scan_run(s, NULL), RT_OK);
  assert_true(closed(s, "ann") == WORLD_T0 + 5);
  assert_true(closed(s, "bob") == WORLD_T0 + 2);  /* facts know better */
  assert_true(closed(s, "gone") == WORLD_T0 + 7); /* no exchange of it is left */
  assert_true(closed(s, "nobody") == 0);
  rt_key any = key();
  const char joined[] = "eve\0t";
  uint64_t eve = rt_key_hash(&any, "account", (rt_slice){joined, sizeof joined - 1});
  assert_true(rt__scan_closed_us(s, eve) == WORLD_T0 + 9);
  rt_scan_free(s);
  world_free(w);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_enforcement_closes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
