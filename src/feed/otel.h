/* otel - calls of models in OpenTelemetry's words: spans, log events, resources.
 *
 * A call is a span, its log events, or both; they may stand on different lines of different files.
 * A span that carries its messages is a whole call and is emitted at once. Everything else waits in
 * the hold (hold.h) until the run's end, where spans and events meet by trace and span id.
 *
 * Attributes come as OTLP's list of {key, value} or as a plain object (the SDK's console exporter,
 * Phoenix); both end up in slots. Names of several generations and of two conventions (gen_ai.*,
 * OpenInference's llm.*) share a slot; the row that comes first in the table wins.
 */
#ifndef RT_FEED_OTEL_H
#define RT_FEED_OTEL_H

#include "feed/reading.h"

/* an attribute's own slots, behind the common ones */
enum {
  RT__O_OPERATION = RT__S_COUNT, /* gen_ai.operation.name */
  RT__O_KIND,                    /* openinference.span.kind */
  RT__O_TYPE,                    /* llm.request.type */
  RT__O_MODEL_ANSWERED,
  RT__O_USER_1, /* who, by rank */
  RT__O_USER_2,
  RT__O_USER_3,
  RT__O_USER_4,
  RT__O_USER_5,
  RT__O_SERVICE,
  RT__O_ERROR,
  RT__O_FINISHES,
  RT__O_INPUT_VALUE, /* OpenInference: the body as a string */
  RT__O_OUTPUT_VALUE,
  RT__O_EVENT_NAME,
  RT__O_CONTENT, /* of a message event */
  RT__O_ROLE,
  RT__O_FRAMEWORK, /* a span of a framework around calls */
  RT__O_CHOSEN,    /* --account-field */
  RT__O_TOKENS_WRITTEN,
  RT__O_COUNT
};

/* one message of a flattened list, or of an event: "llm.input_messages.3.message.content" */
typedef struct rt__flat {
  uint32_t turn, part;
  uint32_t seq; /* of two equal ones the later counts */
  uint8_t list; /* rt__flat_list */
  uint8_t what;
  const rt__jnode *v;
} rt__flat;

typedef enum rt__flat_list {
  RT__FLAT_INPUT,
  RT__FLAT_OUTPUT,
  RT__FLAT_TOOLS,
  RT__FLAT_NONE
} rt__flat_list;

/* what a set of attributes says */
typedef struct rt__attrs {
  const rt__jnode *slots[RT__O_COUNT];
  uint8_t rank[RT__O_COUNT]; /* row that filled the slot */
  rt__flat *flat;            /* in the arena */
  size_t n_flat, cap_flat;
  rt_slice knobs[24]; /* "name=value" */
  size_t n_knobs;
  const rt__jnode *headers[24]; /* their keys are the names */
  rt_slice header_names[24];
  size_t n_headers;
} rt__attrs;

/* what a list of attributes says: OTLP's list or a plain object; may be NULL. O(n) */
void rt__attrs_read(rt__reading *rd, const rt__jnode *list, rt__attrs *a);
/* adds what `a` lacks */
void rt__attrs_merge(rt__reading *rd, rt__attrs *a, const rt__attrs *from);

/* the value of an OTLP AnyValue as a plain value with that key; a value that is none is returned as
 * it is */
const rt__jnode *rt__any_value(rt__reading *rd, rt_slice key, const rt__jnode *v);

/* turns a flattened name into a message's piece; false if it is none */
bool rt__flat_add(rt__reading *rd, rt__attrs *a, rt_slice key, const rt__jnode *v);
void rt__flat_put(rt__reading *rd, rt__attrs *a, rt__flat f);
/* the list as messages ({role, content}), tools as their schemas; NULL if nothing is in it */
const rt__jnode *rt__flat_tree(rt__reading *rd, rt__attrs *a, rt__flat_list list);

enum {
  RT__FLAT_ROLE,
  RT__FLAT_CONTENT,
  RT__FLAT_TYPE,
  RT__FLAT_TEXT,
  RT__FLAT_SIGNATURE,
  RT__FLAT_SCHEMA
};

/* fields of a span or a log record, in any spelling of their names */
enum {
  RT__P_TRACE,
  RT__P_SPAN,
  RT__P_START,
  RT__P_END,
  RT__P_OBSERVED,
  RT__P_ATTRIBUTES,
  RT__P_EVENTS,
  RT__P_STATUS,
  RT__P_BODY,
  RT__P_EVENT_NAME,
  RT__P_CONTEXT,
  RT__P_RESOURCE,
  RT__P_COUNT
};

/* the halves of one call */
typedef struct rt__call {
  const rt__jnode *span;          /* NULL: none was seen */
  const rt__jnode *const *events; /* log records in order of time */
  size_t n_events;
  const rt__attrs *resource;           /* NULL: nothing is known of it */
  const rt__jnode *parts[RT__P_COUNT]; /* of the span, or else of the first event */
  rt__clock clock;
} rt__call;

/* what it is that a span or log record reports */
typedef enum rt__otel_sort {
  RT__OTEL_CALL,    /* of a model that answers in text */
  RT__OTEL_MESSAGE, /* one message of a call */
  RT__OTEL_OTHER
} rt__otel_sort;

/* everything that the halves say together, into `a`; and what they report */
rt__otel_sort rt__call_gather(rt__reading *rd, const rt__call *call, rt__attrs *a);
/* is the content there, so that nothing has to be waited for? */
bool rt__call_is_whole(const rt__attrs *a);
/* emits the exchange, or refuses it */
rt__cause rt__call_emit(rt__reading *rd, const rt__call *call, rt__attrs *a);

/* gathers the fields of a span or a log record */
void rt__otel_parts(rt__reading *rd, const rt__jnode *record, const rt__jnode **parts);
/* both ids of a record, if they are there and say something */
bool rt__otel_ids(const rt__jnode *const *parts, rt_slice *trace, rt_slice *span);

#endif
