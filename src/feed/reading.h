/* reading - what the dialect readers share while they turn one line into exchanges.
 *
 * A reader gathers the fields of an object into slots (field.h, slots.h), decides, and hands the
 * slots to rt__read_slots, which fills `x` and emits it. Whatever a reader keeps beyond the tree
 * lies in `arena` or in `inner`; all of it dies when the next line is read.
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
#include "feed/inner.h"
#include "feed/mapping.h"
#include "feed/slots.h"
#include "feed/text.h"
#include "retort/exchange.h"

/* tables of fields: code, rows (defined beside their reader) */
#define RT__TABLE_MAP(X)                                                                           \
  X(RT__T_ENVELOPE, rt__envelope_rows)                                                             \
  X(RT__T_DROPPED, rt__dropped_rows)                                                               \
  X(RT__T_REQUEST, rt__request_rows)                                                               \
  X(RT__T_SETTINGS, rt__settings_rows)                                                             \
  X(RT__T_TURN, rt__turn_rows)                                                                     \
  X(RT__T_PART, rt__part_rows)                                                                     \
  X(RT__T_ANSWER, rt__answer_rows)                                                                 \
  X(RT__T_CHOICE, rt__choice_rows)                                                                 \
  X(RT__T_USAGE, rt__usage_rows)                                                                   \
  X(RT__T_LITELLM, rt__litellm_rows)                                                               \
  X(RT__T_LITELLM_META, rt__litellm_meta_rows)                                                     \
  X(RT__T_LITELLM_ERROR, rt__litellm_error_rows)                                                   \
  X(RT__T_SPENDLOG, rt__spendlog_rows)                                                             \
  X(RT__T_OTEL_SPAN, rt__otel_span_rows)                                                           \
  X(RT__T_OTEL_ATTR, rt__otel_attr_rows)                                                           \
  X(RT__T_BEDROCK, rt__bedrock_rows)                                                               \
  X(RT__T_BEDROCK_SIDE, rt__bedrock_side_rows)                                                     \
  X(RT__T_VERTEX, rt__vertex_rows)                                                                 \
  X(RT__T_APIM, rt__apim_rows)                                                                     \
  X(RT__T_ENVOY, rt__envoy_rows)

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

struct rt__hold;

typedef struct rt__reading {
  rt_exchange x;
  rt__arena *arena;
  rt__pieces system, turns, scratch; /* lists of pieces, emptied by whoever uses them */
  rt__inner inner;                   /* JSON within strings */
  struct rt__hold *hold;             /* halves that wait for each other; NULL: nothing waits */
  rt__tally *tally;
  rt__place at;
  const char *where; /* object at hand, for messages: "request" */
  rt__fields tables[RT__TABLE_COUNT];
  /* what the user wants */
  rt_slice account_field;       /* p == NULL: each dialect's default */
  const rt__mapping *mapping;   /* NULL: none */
  uint64_t mapped[RT__S_COUNT]; /* values that the map found, by slot */
  /* where exchanges go */
  rt_code (*emit)(void *ctx, const rt_exchange *x, const rt__place *at, rt_error *err);
  void *emit_ctx;
  uint64_t emitted;
  unsigned wraps;                      /* records around the record at hand */
  rt__dialect dialect;                 /* of the record at hand */
  uint64_t records[RT__DIALECT_COUNT]; /* whatever became of them */
  uint64_t made[RT__DIALECT_COUNT];    /* exchanges */
  rt_code stop;                        /* first fatal failure */
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
/* likewise, but fills only slots that are empty; n_slots <= RT__SLOTS_MAX */
void rt__gather_more(rt__reading *rd, rt__table table, const rt__jnode *object, const char *where,
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
/* a name of at most RT_NAME_MAX bytes for *into, if that has none yet */
void rt__fill_name(rt__reading *rd, rt_slice *into, const rt__jnode *v);
/* adds to a list of pieces; a missing slice adds nothing */
void rt__put(rt__reading *rd, rt__pieces *to, rt_slice s);
/* pieces [from, to) of a list, joined */
rt_slice rt__join_pieces(rt__reading *rd, const rt__pieces *p, size_t from, size_t to);
void rt__warn_range(rt__reading *rd, const rt__jnode *v);
/* zeroed memory of the line; NULL when there is none, and then `stop` is set */
void *rt__take(rt__reading *rd, size_t n);
/* counts the line as refused, with a message, and returns the cause */
rt__cause rt__refuse(rt__reading *rd, rt__cause c, const char *field, const char *why);

/* ---- trees (tree.c) */

/* member of an object, the last of that name; NULL if there is none or `object` is none */
const rt__jnode *rt__member(const rt__jnode *object, const char *name);
/* what a name leads to from here: "/a/0/b" is a JSON pointer; "a.b" the key "a.b", or the key "b"
 * within "a". Steps into strings that hold JSON. NULL if there is nothing, or null. */
const rt__jnode *rt__find(rt__reading *rd, const rt__jnode *from, rt_slice name);
/* v itself, or the list or object that its string spells; NULL for any other value */
const rt__jnode *rt__unfold(rt__reading *rd, const rt__jnode *v);
/* the events of a stream that was logged as one text ("data: {...}"), as a list; NULL if v is none
 */
const rt__jnode *rt__unfold_stream(rt__reading *rd, const rt__jnode *v);
/* a new string, and a number as the string that it is spelled by; of the line */
const rt__jnode *rt__string_node(rt__reading *rd, rt_slice s);
const rt__jnode *rt__as_string(rt__reading *rd, const rt__jnode *v);
/* the value as compact JSON, also where no line holds it so; missing if there is no memory */
rt_slice rt__write_json(rt__reading *rd, const rt__jnode *v);

/* ---- the readers */

/* a value as a slot takes it: a number as a name, a number out of its quotes; NULL if it doesn't
 * fit (mapped.c) */
const rt__jnode *rt__fit(rt__reading *rd, const rt__jnode *v, size_t slot);
/* a string of nothing but blanks */
bool rt__is_blank(const rt__jnode *v);

typedef struct rt__how {
  rt__clock clock;
  /* slots that the account comes from when RT__S_ACCOUNT is empty, first to last */
  const uint8_t *account;
  size_t n_account;
  const rt__jnode *root;     /* where --account-field looks; NULL: the account is decided */
  const rt_exchange *preset; /* what is known beside the slots; NULL: nothing */
  bool errors_are_said;      /* an answer that counts tokens and has no error went well */
} rt__how;

/* from slots to an exchange that is emitted (slots.c) */
rt__cause rt__read_slots(rt__reading *rd, const rt__jnode **slots, const rt__how *how);

/* what is known of a request, and its parts where they are apart from the body */
typedef struct rt__parts {
  const rt__jnode *system, *tools, *turns;
} rt__parts;

/* request body of any of the APIs (body.c): knobs, texts, turns, signatures. What `apart` has wins;
 * both may be NULL. */
void rt__read_request(rt__reading *rd, const rt__jnode *body, const rt__parts *apart);
/* messages of a request, or its single input (turns.c): the users' texts go to x, the system's to
 * rd->system. `bare`: the whole value is one user turn */
void rt__read_turns(rt__reading *rd, const rt__jnode *turns, bool bare);
/* texts of a content (string, or list of strings and parts) are added to the pieces */
void rt__put_content(rt__reading *rd, rt__pieces *to, const rt__jnode *content);
/* response body (answer.c): output, finish reason, usage; and the outcome that it suggests */
rt_outcome rt__read_answer(rt__reading *rd, const rt__jnode *body);
/* what was answered, apart from a body: a text, a message, or a list of messages or choices */
void rt__read_output(rt__reading *rd, const rt__jnode *output);
/* a finish reason in the spelling that all share, for x, if that has none yet */
void rt__fill_finish(rt__reading *rd, const rt__jnode *v);
/* token counts in any spelling; a count that is already set stays */
void rt__read_usage(rt__reading *rd, const rt__jnode *usage, const char *where);
/* what the words of an error or a finish reason say */
rt_outcome rt__outcome_of(rt_slice words, rt_outcome otherwise);
/* which API it was (api.c), from endpoint and bodies */
rt_api rt__guess_api(rt_slice endpoint, const rt__jnode *request, const rt__jnode *response);

/* ---- named values: headers and fingerprints (named.c) */

/* members of the object, "name" `mark` "value", are added to rd->scratch; a list of strings is
 * its first */
void rt__put_named(rt__reading *rd, const rt__jnode *object, const char *mark);
void rt__put_named_one(rt__reading *rd, rt_slice name, const rt__jnode *v, const char *mark);
/* rd->scratch sorted and joined, and emptied */
rt_slice rt__take_named(rt__reading *rd);

#define RT__READER_DECLARE(code, name, reader, all, any, account)                                  \
  rt__cause reader(rt__reading *rd, const rt__jnode *root);
RT__DIALECT_MAP(RT__READER_DECLARE)
#undef RT__READER_DECLARE

/* a record of any dialect, or a list of records: finds its reader and calls it (record.c). A
 * refusal is in the tally. */
void rt__read_record(rt__reading *rd, const rt__jnode *root, rt_slice line);

#endif
