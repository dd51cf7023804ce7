/* named - headers and fingerprints: named values, sorted, so that their order in a log says
 * nothing. */
#include "feed/reading.h"

/* differ from request to request, or are secrets: they say nothing of the client */
static const rt__field dropped_rows[] = {
    {"authorization", 0, 0}, {"x-api-key", 0, 0},           {"api-key", 0, 0},
    {"cookie", 0, 0},        {"proxy-authorization", 0, 0}, {"content-length", 0, 0},
    {"date", 0, 0},          {"x-request-id", 0, 0},        {"traceparent", 0, 0},
    {"tracestate", 0, 0},    {"idempotency-key", 0, 0},     {"x-forwarded-for", 0, 0},
    {"x-real-ip", 0, 0},     {"forwarded", 0, 0},           {"x-amzn-trace-id", 0, 0},
    {"cf-ray", 0, 0},        {"cf-connecting-ip", 0, 0},    {"x-stainless-retry-count", 0, 0},
};
const rt__rows rt__dropped_rows = {dropped_rows, RT__ARRAY_LEN(dropped_rows)};

/* name, `mark`, value in the arena; the name in lower case */
static rt_slice named(rt__reading *rd, rt_slice name, const char *mark, rt_slice value)
{
  size_t m = strlen(mark), n = name.n + m + value.n;
  char *p = rt__take(rd, n + 1);
  if (!p)
    return (rt_slice){NULL, 0};
  for (size_t i = 0; i < name.n; i++)
    p[i] = (char)(name.p[i] >= 'A' && name.p[i] <= 'Z' ? name.p[i] + 32 : name.p[i]);
  memcpy(p + name.n, mark, m);
  memcpy(p + name.n + m, value.p, value.n);
  return rt__slice(p, n);
}

void rt__put_named_one(rt__reading *rd, rt_slice name, const rt__jnode *v, const char *mark)
{
  if (v->kind == RT__JLIST && v->span > 1)
    v++;
  if (v->kind != RT__JSTRING) {
    if (v->kind != RT__JNULL)
      rt__tally_add(rd->tally, RT__CAUSE_FIELD_TYPE, &rd->at, "%.*s: %s where a string should be",
                    (int)(name.n < 40 ? name.n : 40), name.p, rt__jkind_name(v->kind));
    return;
  }
  rt_slice value = rt__take_text(rd, v);
  rt_slice pair = value.p ? named(rd, name, mark, value) : value;
  if (pair.p && !rt__fields_find(&rd->tables[RT__T_DROPPED], pair.p, name.n))
    rt__put(rd, &rd->scratch, pair);
}

void rt__put_named(rt__reading *rd, const rt__jnode *object, const char *mark)
{
  if (!object || object->kind != RT__JOBJECT)
    return;
  for (const rt__jnode *v = object + 1; v < object + object->span; v += v->span)
    rt__put_named_one(rd, rt__jkey(v), v, mark);
}

rt_slice rt__take_named(rt__reading *rd)
{
  rt__pieces_sort(&rd->scratch);
  rt_slice out = rt__join_pieces(rd, &rd->scratch, 0, rd->scratch.n);
  rd->scratch.n = 0;
  return out;
}
