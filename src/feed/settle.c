#include "feed/settle.h"

#include "feed/otel.h"

/* the halves of one call, as entries of the join */
struct halves {
  const rt__held *span, *events[RT__JOIN_EVENTS_MAX];
  size_t n_events;
};

struct settling {
  rt__worker *w;
  rt__join *j;
  rt__buf text; /* the halves as one JSON text */
  const rt__jnode *events[RT__JOIN_EVENTS_MAX];
  struct halves halves;
};

/* ---- one call */

static rt_code put(rt__buf *b, const char *before, rt_slice s)
{
  rt_code c = rt__buf_add(b, before, strlen(before));
  return c == RT_OK ? rt__buf_add(b, s.p, s.n) : c;
}

/* {"span":..,"resource":..,"far":..,"events":[..]}; "far" is the events' resource */
static rt_code write_text(struct settling *s)
{
  const struct halves *h = &s->halves;
  rt_code c = rt__buf_add(&s->text, "{\"x\":0", 6);
  rt_slice near = h->span ? rt__join_resource(s->j, h->span) : (rt_slice){NULL, 0};
  rt_slice far = h->n_events ? rt__join_resource(s->j, h->events[0]) : (rt_slice){NULL, 0};
  if (c == RT_OK && h->span)
    c = put(&s->text, ",\"span\":", rt__join_record(s->j, h->span));
  if (c == RT_OK && near.p)
    c = put(&s->text, ",\"resource\":", near);
  if (c == RT_OK && far.p)
    c = put(&s->text, ",\"far\":", far);
  for (size_t i = 0; c == RT_OK && i < h->n_events; i++)
    c = put(&s->text, i ? "," : ",\"events\":[", rt__join_record(s->j, h->events[i]));
  return c == RT_OK ? rt__buf_add(&s->text, h->n_events ? "]}" : "}", h->n_events ? 2 : 1) : c;
}

static size_t list_events(struct settling *s, const rt__jnode *list)
{
  size_t n = 0;
  if (list)
    for (const rt__jnode *c = list + 1; c < list + list->span; c += c->span)
      s->events[n++] = c;
  return n;
}

static void read_text(struct settling *s, const rt__jnode *root)
{
  rt__reading *rd = &s->w->reading;
  rt__attrs a, resource, far;
  rt__call call = {.span = rt__member(root, "span"),
                   .events = s->events,
                   .n_events = list_events(s, rt__member(root, "events")),
                   .resource = &resource,
                   .clock = RT__CLOCK_NANOS};
  rt__attrs_read(rd, rt__member(rt__member(root, "resource"), "attributes"), &resource);
  rt__attrs_read(rd, rt__member(rt__member(root, "far"), "attributes"), &far);
  rt__attrs_merge(rd, &resource, &far);
  rt__otel_parts(rd, call.span ? call.span : call.events[0], call.parts);
  (void)rt__call_gather(rd, &call, &a);
  (void)rt__call_emit(rd, &call, &a);
}

static void settle_call(struct settling *s)
{
  rt__reading *rd = &s->w->reading;
  const rt__jnode *root;
  const char *what;
  size_t at;
  rd->at = s->halves.span ? s->halves.span->at : s->halves.events[0]->at;
  rd->dialect = RT__DIALECT_OTLP;
  rt__arena_clear(rd->arena);
  rt__inner_clear(&rd->inner);
  rt__buf_clear(&s->text);
  rt_code c = write_text(s);
  if (c == RT_E_NOMEM) {
    rt__reading_stop(rd, c);
  } else if (c != RT_OK) {
    rt__tally_add(rd->tally, RT__CAUSE_LONG, &rd->at,
                  "a span and its events: longer than %zu bytes", s->w->line_max);
  } else {
    rt__jfault f = rt__jreader_parse(s->w->json, s->text.p, s->text.n, &root, &at, &what);
    if (f == RT__JFAULT_NONE)
      read_text(s, root);
    else if (f == RT__JFAULT_NOMEM)
      rt__reading_stop(rd, RT_E_NOMEM);
    else
      rt__tally_add(rd->tally, RT__CAUSE_MANY, &rd->at, "a span and its events: %s", what);
  }
}

/* ---- one group */

static bool same_record(const rt__join *j, const rt__held *a, const rt__held *b)
{
  return rt__slice_eq(rt__join_record(j, a), rt__join_record(j, b));
}

/* events [from, to), each once */
static void take_events(struct settling *s, size_t from, size_t to)
{
  struct halves *h = &s->halves;
  h->n_events = 0;
  for (size_t i = from; i < to; i++) {
    const rt__held *e = rt__join_at(s->j, i);
    if (h->n_events && same_record(s->j, h->events[h->n_events - 1], e))
      continue;
    if (h->n_events == RT__JOIN_EVENTS_MAX) {
      rt__tally_add(s->w->reading.tally, RT__CAUSE_UNJOINED, &e->at,
                    "more than %d events of a call", RT__JOIN_EVENTS_MAX);
      return;
    }
    h->events[h->n_events++] = e;
  }
}

static size_t end_of_sort(const rt__join *j, size_t from, size_t to, uint8_t sort)
{
  while (from < to && rt__join_at(j, from)->sort == sort)
    from++;
  return from;
}

/* a span of this start was emitted when it was read */
static bool is_done(const rt__join *j, size_t from, size_t to, int64_t time_us)
{
  for (size_t i = from; i < to; i++)
    if (rt__join_at(j, i)->time_us == time_us)
      return true;
  return false;
}

static void settle_group(struct settling *s, size_t from, size_t to)
{
  struct halves *h = &s->halves;
  size_t done = end_of_sort(s->j, from, to, RT__HELD_DONE),
         spans = end_of_sort(s->j, done, to, RT__HELD_SPAN);
  const rt__held *last = NULL;
  h->span = NULL;
  take_events(s, spans, to);
  if (done > from)
    h->n_events = 0;
  for (size_t i = done; i < spans; i++) {
    const rt__held *e = rt__join_at(s->j, i);
    if ((last && last->time_us == e->time_us) || is_done(s->j, from, done, e->time_us))
      continue;
    h->span = last = e;
    settle_call(s);
    h->n_events = 0; /* they went with the earliest */
  }
  if (!h->span && h->n_events)
    settle_call(s);
}

rt_code rt__settle(rt__worker *w, rt__join *j, size_t from, size_t to)
{
  if (from >= to)
    return RT_OK;
  struct settling *s = rt__calloc(w->alloc, 1, sizeof *s);
  rt__hold *hold = w->reading.hold;
  if (!s) {
    rt__reading_stop(&w->reading, RT_E_NOMEM);
    return rt__worker_stop(w);
  }
  s->w = w;
  s->j = j;
  rt__buf_init(&s->text, w->alloc, w->line_max);
  w->reading.hold = NULL;
  for (size_t i = from, end; i < to && w->reading.stop == RT_OK; i = end) {
    end = rt__join_group(j, i, to);
    settle_group(s, i, end);
  }
  w->reading.hold = hold;
  rt__buf_free(&s->text);
  rt__free(w->alloc, s, sizeof *s);
  rt__worker_rest(w);
  return rt__worker_stop(w);
}
