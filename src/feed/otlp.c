/* otlp - OpenTelemetry's own files: many spans or log records a line, in groups by resource; and
 * single spans as the SDK's console exporter and Phoenix write them. */
#include "base/hash.h"
#include "feed/hold.h"
#include "feed/otel.h"

static const rt__sipkey key_low = {UINT64_C(0x6f74656c2d737061), UINT64_C(0x6e2d6c6f77202020)};
static const rt__sipkey key_high = {UINT64_C(0x6f74656c2d737061), UINT64_C(0x6e2d686967682020)};

/* a resource, and where its bytes are held, once they are */
struct resource {
  const rt__jnode *node;
  rt__attrs attrs;
  uint64_t offset;
  bool held;
};

/* hex in either case, with or without 0x; everything else as it is */
static size_t fold_id(rt_slice id, char *out)
{
  bool hex = true;
  if (id.n > 2 && id.p[0] == '0' && id.p[1] == 'x')
    id = rt__slice(id.p + 2, id.n - 2);
  for (size_t i = 0; i < id.n; i++) {
    char c = id.p[i];
    hex = hex && ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f'));
  }
  for (size_t i = 0; i < id.n; i++)
    out[i] = (char)(hex && id.p[i] >= 'A' && id.p[i] <= 'F' ? id.p[i] + 32 : id.p[i]);
  return id.n;
}

static void key_of(rt_slice trace, rt_slice span, uint64_t key[2])
{
  char text[RT_NAME_MAX + 1];
  size_t n = fold_id(trace, text);
  text[n++] = '/';
  n += fold_id(span, text + n);
  key[0] = rt__sip(key_low, 2, 4, text, n);
  key[1] = rt__sip(key_high, 2, 4, text, n);
}

static int64_t time_of(const rt__call *call)
{
  static const int by_rank[] = {RT__P_START, RT__P_OBSERVED, RT__P_END};
  int64_t us;
  for (size_t i = 0; i < RT__ARRAY_LEN(by_rank); i++)
    if (call->parts[by_rank[i]] &&
        rt__clock_read(call->clock, call->parts[by_rank[i]], &us, NULL) == RT_OK)
      return us;
  return INT64_MIN;
}

static rt_code hold_bytes(rt__hold *h, const rt__jnode *v, uint64_t *offset, rt_error *err)
{
  return rt__hold_bytes(h, rt__slice(v->p, v->n), offset, err);
}

/* the record and its resource into the hold; RT_E_LIMIT if that is full */
static rt_code hold(rt__reading *rd, const rt__call *call, struct resource *r, rt__held *e)
{
  const rt__jnode *record = call->span ? call->span : call->events[0];
  rt_code c = RT_OK;
  e->time_us = time_of(call);
  e->at = rd->at;
  if (e->sort != RT__HELD_DONE) {
    if (r->node && !r->held)
      c = hold_bytes(rd->hold, r->node, &r->offset, rd->err);
    r->held = r->node && c == RT_OK;
    e->resource = r->offset;
    e->resource_n = r->held ? r->node->n : 0;
    if (c == RT_OK)
      c = hold_bytes(rd->hold, record, &e->record, rd->err);
    e->record_n = record->n;
  }
  if (c == RT_OK)
    c = rt__hold_add(rd->hold, e, rd->err);
  return c;
}

/* waits for its other half, or is emitted */
static void place(rt__reading *rd, const rt__call *call, struct resource *r, rt__attrs *a,
                  bool whole)
{
  rt_slice trace, span;
  rt__held e = {.sort = whole ? RT__HELD_DONE : call->span ? RT__HELD_SPAN : RT__HELD_EVENT};
  bool ids = rt__otel_ids(call->parts, &trace, &span);
  if (rd->hold && ids) {
    key_of(trace, span, e.key);
    rt_code c = hold(rd, call, r, &e);
    if (c == RT_OK && !whole)
      return;
    if (c == RT_E_LIMIT)
      rt__tally_add(rd->tally, RT__CAUSE_UNJOINED, &rd->at, "too many spans and events wait");
    else if (c != RT_OK)
      rt__reading_stop(rd, c);
  }
  (void)rt__call_emit(rd, call, a);
}

static void other(rt__reading *rd, const rt__call *call, const char *what)
{
  const rt__jnode *name = call->parts[RT__P_EVENT_NAME];
  rt__tally_add(rd->tally, RT__CAUSE_OTHER_CALL, &rd->at, "%s %.*s", what,
                name ? (int)(name->n < 60 ? name->n : 60) : 0, name ? name->p : "");
}

static void read_span(rt__reading *rd, const rt__jnode *v, struct resource *r)
{
  rt__attrs a;
  rt__call call = {.span = v, .resource = &r->attrs, .clock = RT__CLOCK_NANOS};
  rt__inner_clear(&rd->inner);
  rt__otel_parts(rd, v, call.parts);
  if (rt__call_gather(rd, &call, &a) == RT__OTEL_CALL)
    place(rd, &call, r, &a, rt__call_is_whole(&a));
  else
    other(rd, &call, "span");
}

static void read_log(rt__reading *rd, const rt__jnode *v, struct resource *r)
{
  rt__attrs a;
  rt_slice trace, span;
  rt__call call = {.events = &v, .n_events = 1, .resource = &r->attrs, .clock = RT__CLOCK_NANOS};
  rt__inner_clear(&rd->inner);
  rt__otel_parts(rd, v, call.parts);
  rt__otel_sort sort = rt__call_gather(rd, &call, &a);
  if (sort == RT__OTEL_OTHER)
    other(rd, &call, "log record");
  else if (sort == RT__OTEL_MESSAGE && !rt__otel_ids(call.parts, &trace, &span))
    (void)rt__refuse(rd, RT__CAUSE_MISSING, "trace and span id",
                     "not there, so that the message belongs to no call");
  else
    place(rd, &call, r, &a, false);
}

/* member of an object under one of two names, a list */
static const rt__jnode *list_of(const rt__jnode *object, const char *camel, const char *snake)
{
  const rt__jnode *v = rt__member(object, camel);
  v = v ? v : rt__member(object, snake);
  return v && v->kind == RT__JLIST ? v : NULL;
}

static void read_scope(rt__reading *rd, const rt__jnode *scope, bool logs, struct resource *r)
{
  const rt__jnode *list =
      logs ? list_of(scope, "logRecords", "log_records") : list_of(scope, "spans", "spans");
  if (!list)
    return;
  for (const rt__jnode *c = list + 1; c < list + list->span && rd->stop == RT_OK; c += c->span) {
    if (c->kind != RT__JOBJECT)
      (void)rt__refuse(rd, RT__CAUSE_TYPE, logs ? "log record" : "span", rt__jkind_name(c->kind));
    else if (logs)
      read_log(rd, c, r);
    else
      read_span(rd, c, r);
  }
}

static void read_group(rt__reading *rd, const rt__jnode *group, bool logs)
{
  struct resource r = {.node = rt__member(group, "resource")};
  if (r.node && r.node->kind != RT__JOBJECT)
    r.node = NULL;
  rt__attrs_read(rd, rt__member(r.node, "attributes"), &r.attrs);
  const rt__jnode *scopes = logs ? list_of(group, "scopeLogs", "scope_logs")
                                 : list_of(group, "scopeSpans", "scope_spans");
  if (!scopes && !logs)
    scopes = list_of(group, "instrumentationLibrarySpans", "instrumentation_library_spans");
  if (!scopes)
    return;
  for (const rt__jnode *c = scopes + 1; c < scopes + scopes->span; c += c->span)
    read_scope(rd, c, logs, &r);
}

static bool read_groups(rt__reading *rd, const rt__jnode *groups, bool logs)
{
  if (!groups)
    return false;
  for (const rt__jnode *c = groups + 1; c < groups + groups->span; c += c->span)
    read_group(rd, c, logs);
  return true;
}

rt__cause rt__read_otlp(rt__reading *rd, const rt__jnode *root)
{
  bool spans = read_groups(rd, list_of(root, "resourceSpans", "resource_spans"), false);
  bool logs = read_groups(rd, list_of(root, "resourceLogs", "resource_logs"), true);
  if (spans || logs)
    return RT__CAUSE_NONE;
  if (!list_of(root, "resourceMetrics", "resource_metrics"))
    return rt__refuse(rd, RT__CAUSE_TYPE, "resourceSpans", "no list");
  rt__tally_add(rd->tally, RT__CAUSE_OTHER_CALL, &rd->at, "metrics");
  return RT__CAUSE_NONE;
}

rt__cause rt__read_otel_span(rt__reading *rd, const rt__jnode *root)
{
  rt__attrs a, resource;
  rt__call call = {.span = root, .resource = &resource, .clock = RT__CLOCK_LOOSE};
  rt__otel_parts(rd, root, call.parts);
  rt__attrs_read(rd, rt__member(call.parts[RT__P_RESOURCE], "attributes"), &resource);
  if (rt__call_gather(rd, &call, &a) == RT__OTEL_CALL)
    return rt__call_emit(rd, &call, &a);
  other(rd, &call, "span");
  return RT__CAUSE_NONE;
}
