/* reading - what the dialect readers share while they turn one line into exchanges.
 *
 * A reader gathers the fields of an object into slots (field.h), decides, fills `x` and emits it.
 * Whatever it keeps beyond the tree lies in `arena`; all of it dies when the next line is read.
 *
 * A reader returns the cause for which the line is refused, or RT__CAUSE_NONE. An optional field
 * that can't be used is a warning and counts as missing. Running out of memory or a callback's
 * error goes to `stop`.
 */
#ifndef RT_FEED_READING_H
#define RT_FEED_READING_H

#include "exchange/dialect.h"
#include "feed/cause.h"
#include "feed/field.h"
#include "feed/text.h"
#include "retort/exchange.h"

/* tables of fields: code, rows (defined beside their reader) */
#define RT__TABLE_MAP(X)                                                                           \
  X(RT__T_ENVELOPE, rt__envelope_rows)                                                             \
  X(RT__T_DROPPED, rt__dropped_rows)                                                               \
  X(RT__T_REQUEST, rt__request_rows)                                                               \
  X(RT__T_TURN, rt__turn_rows)                                                                     \
  X(RT__T_PART, rt__part_rows)                                                                     \
  X(RT__T_ANSWER, rt__answer_rows)                                                                 \
  X(RT__T_CHOICE, rt__choice_rows)                                                                 \
  X(RT__T_USAGE, rt__usage_rows)

typedef enum rt__table {
#define RT__TABLE_ENUM(code, rows) code,
  RT__TABLE_MAP(RT__TABLE_ENUM)
#undef RT__TABLE_ENUM
      RT__TABLE_COUNT
} rt__table;

typedef struct rt__rows {
  const rt__field *row;
  size_t n;
} rt__rows;

#define RT__ROWS_DECLARE(code, rows) extern const rt__rows rows;
RT__TABLE_MAP(RT__ROWS_DECLARE)
#undef RT__ROWS_DECLARE

typedef struct rt__reading {
  rt_exchange x;
  rt__arena *arena;
  rt__pieces system, turns, scratch; /* lists of pieces, emptied by whoever uses them */
  rt__tally *tally;
  rt__place at;
  const char *where; /* object at hand, for messages: "request" */
  rt__fields tables[RT__TABLE_COUNT];
  /* where exchanges go */
  rt_code (*emit)(void *ctx, const rt_exchange *x, const rt__place *at, rt_error *err);
  void *emit_ctx;
  uint64_t emitted;
  rt_code stop; /* first fatal failure */
  rt_error *err;
} rt__reading;

/* prepares the tables; the rest is the caller's */
void rt__reading_init(rt__reading *rd, const rt_alloc *alloc);
void rt__reading_free(rt__reading *rd);

/* x as it is goes to the callback */
void rt__reading_emit(rt__reading *rd);
/* remembers the first fatal failure */
void rt__reading_stop(rt__reading *rd, rt_code code);

/* ---- helpers over slots; v may be NULL everywhere */

void rt__gather(rt__reading *rd, rt__table table, const rt__jnode *object, const char *where,
                const rt__jnode **slots, size_t n_slots);
static inline rt_slice rt__jslice(const rt__jnode *v)
{
  return v && v->kind == RT__JSTRING ? rt__slice(v->p, v->n) : (rt_slice){NULL, 0};
}
static inline rt_slice rt__jkey(const rt__jnode *v)
{
  return rt__slice(v->key, v->key_n);
}
/* a string that is neither empty nor blanked; longer than `max` bytes is a warning and missing */
rt_slice rt__take_name(rt__reading *rd, const rt__jnode *v, size_t max);
/* a text that is neither empty nor blanked nor cut */
rt_slice rt__take_text(rt__reading *rd, const rt__jnode *v);
/* a whole number of 0 to max; RT_UNSET_U32 if it is missing or another */
uint32_t rt__take_count(rt__reading *rd, const rt__jnode *v, uint32_t max);
/* a number as thousandths, within +-1000; RT_UNSET_I32 if missing or beyond */
int32_t rt__take_milli(rt__reading *rd, const rt__jnode *v);
/* adds to a list of pieces; a missing slice adds nothing */
void rt__put(rt__reading *rd, rt__pieces *to, rt_slice s);
/* pieces [from, to) of a list, joined */
rt_slice rt__join(rt__reading *rd, const rt__pieces *p, size_t from, size_t to);
void rt__warn_range(rt__reading *rd, const rt__jnode *v);

/* ---- the readers */

/* request body of any of the APIs (body.c): knobs, texts, turns, signatures */
void rt__read_request(rt__reading *rd, const rt__jnode *body);
/* messages of a request, or its single input (turns.c): the users' texts go to x, the system's to
 * rd->system. `bare`: the whole value is one user turn */
void rt__read_turns(rt__reading *rd, const rt__jnode *turns, bool bare);
/* texts of a content (string, or list of strings and parts) are added to the pieces */
void rt__put_content(rt__reading *rd, rt__pieces *to, const rt__jnode *content);
/* response body (answer.c): output, finish reason, usage; and the outcome that it suggests */
rt_outcome rt__read_answer(rt__reading *rd, const rt__jnode *body);
/* token counts in any spelling; a count that is already set stays */
void rt__read_usage(rt__reading *rd, const rt__jnode *usage, const char *where);
/* which API it was (api.c), from endpoint and bodies */
rt_api rt__guess_api(rt_slice endpoint, const rt__jnode *request, const rt__jnode *response);

#define RT__READER_DECLARE(code, name, reader, all, any)                                           \
  rt__cause reader(rt__reading *rd, const rt__jnode *root);
RT__DIALECT_MAP(RT__READER_DECLARE)
#undef RT__READER_DECLARE

#endif
