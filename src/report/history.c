#include "report/history.h"

#include <inttypes.h>

/* which fields an event has, and how its other campaign is called */
static const struct {
  bool accounts, closed, verdicts;
  const char *other;
} has[RT_CHANGE_COUNT] = {[RT_CHANGE_NEW] = {.accounts = true},
                          [RT_CHANGE_GREW] = {.accounts = true},
                          [RT_CHANGE_SHRANK] = {.accounts = true},
                          [RT_CHANGE_REPLACED] = {.accounts = true, .closed = true},
                          [RT_CHANGE_MERGED] = {.other = "with"},
                          [RT_CHANGE_SPLIT] = {.accounts = true, .other = "from"},
                          [RT_CHANGE_VERDICT] = {.verdicts = true},
                          [RT_CHANGE_BACK] = {.accounts = true}};

void rt__history_json(rt__json *j, const rt_change *c)
{
  rt__json_open(j, '{');
  rt__json_put_time(j, "at", c->at_us);
  rt__json_put_cstr(j, "event", rt_change_name(c->kind));
  if (has[c->kind].other)
    rt__json_put_cstr(j, has[c->kind].other, c->other);
  if (has[c->kind].accounts) {
    rt__json_put_u64(j, "accounts", c->accounts);
  }
  if (has[c->kind].closed) {
    rt__json_put_u64(j, "closed", c->closed);
  }
  if (has[c->kind].verdicts) {
    rt__json_put_cstr(j, "was", rt_verdict_name(c->was));
    rt__json_put_cstr(j, "now", rt_verdict_name(c->now));
  }
  rt__json_close(j, '}');
}

static const char *plural(uint64_t n)
{
  return n == 1 ? "" : "s";
}

rt_code rt__history_words(rt__buf *b, const rt_change *c)
{
  uint64_t n = c->accounts;
  switch (c->kind) {
  case RT_CHANGE_NEW:
    return rt__buf_printf(b, "%" PRIu64 " account%s", n, plural(n));
  case RT_CHANGE_GREW:
    return rt__buf_printf(b, "%" PRIu64 " account%s came", n, plural(n));
  case RT_CHANGE_SHRANK:
    return rt__buf_printf(b, "%" PRIu64 " account%s left", n, plural(n));
  case RT_CHANGE_REPLACED:
    return rt__buf_printf(b, "%" PRIu64 " account%s closed, %" PRIu64 " came", c->closed,
                          plural(c->closed), n);
  case RT_CHANGE_MERGED:
    return rt__buf_printf(b, "took in %s", c->other);
  case RT_CHANGE_SPLIT:
    return rt__buf_printf(b, "%" PRIu64 " account%s came off %s", n, plural(n), c->other);
  case RT_CHANGE_VERDICT:
    return rt__buf_printf(b, "was %s, is %s", rt_verdict_name(c->was), rt_verdict_name(c->now));
  case RT_CHANGE_GONE:
    return rt__buf_printf(b, "found no more");
  case RT_CHANGE_BACK:
    return rt__buf_printf(b, "found again, %" PRIu64 " account%s", n, plural(n));
  case RT_CHANGE_COUNT:
    break;
  }
  return RT_OK;
}
