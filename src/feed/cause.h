/* cause - why a line was refused, or what in a line was passed over: counted, the first few kept.
 *
 * Refusals cost the line (or the record, where a line holds many), warnings one field; what is no
 * exchange costs nothing. A tally belongs to one thread; tallies are merged at
 * the end into the same counts and the same first few (smallest file, line and offset) whatever the
 * threads did.
 */
#ifndef RT_FEED_CAUSE_H
#define RT_FEED_CAUSE_H

#include "base/base.h"

/* code, name as printed, what it means */
#define RT__CAUSE_MAP(X)                                                                           \
  X(RT__CAUSE_BROKEN, "broken line", "not one whole JSON object")                                  \
  X(RT__CAUSE_UTF8, "invalid UTF-8", "bytes that are not UTF-8")                                   \
  X(RT__CAUSE_NUL, "NUL byte", "a zero byte inside the line")                                      \
  X(RT__CAUSE_DEEP, "nested too deep", "more open brackets than a line may have")                  \
  X(RT__CAUSE_MANY, "too many values", "more values than a line may have")                         \
  X(RT__CAUSE_LONG, "line too long", "longer than the line maximum")                               \
  X(RT__CAUSE_DIALECT, "unknown dialect",                                                          \
    "keys that no dialect knows: say where what stands with a --map")                              \
  X(RT__CAUSE_MISSING, "missing field", "account or time is not there")                            \
  X(RT__CAUSE_TYPE, "wrong type", "account or time is of another type")                            \
  X(RT__CAUSE_NAME, "name too long", "an account name beyond the maximum")                         \
  X(RT__CAUSE_TIME, "bad time", "not a time, or outside 2000 to 2100")                             \
  /* from here on: warnings */                                                                     \
  X(RT__CAUSE_FIELD_TYPE, "field of wrong type", "an optional field of another type, passed over") \
  X(RT__CAUSE_FIELD_RANGE, "field out of range", "an optional field passed over for its value")    \
  X(RT__CAUSE_CUT, "text cut", "a text that the logger shortened, taken as missing")               \
  X(RT__CAUSE_BLANKED, "text blanked", "a value that the logger blanked, taken as missing")        \
  X(RT__CAUSE_STAND_IN, "nobody named",                                                            \
    "no user is named, so a service or a project stands for it: see --account-field")              \
  X(RT__CAUSE_UNJOINED, "not joined",                                                              \
    "a span's log event that found no span, or too many of them")                                  \
  /* from here on: what is no exchange and should not be one */                                    \
  X(RT__CAUSE_OTHER_CALL, "other call", "no call of a model that answers in text, passed over")

typedef enum rt__cause {
#define RT__CAUSE_ENUM(code, name, text) code,
  RT__CAUSE_MAP(RT__CAUSE_ENUM)
#undef RT__CAUSE_ENUM
      RT__CAUSE_COUNT,
  RT__CAUSE_NONE = RT__CAUSE_COUNT
} rt__cause;

#define RT__CAUSE_FIRST_WARNING RT__CAUSE_FIELD_TYPE
#define RT__CAUSE_FIRST_OTHER   RT__CAUSE_OTHER_CALL

const char *rt__cause_name(rt__cause c);
const char *rt__cause_text(rt__cause c);

/* where a line stands: index of its input, line (1-based), byte offset in the unpacked bytes */
typedef struct rt__place {
  uint32_t file;
  uint64_t line, offset;
} rt__place;

int rt__place_cmp(const rt__place *a, const rt__place *b);

#define RT__EXAMPLES_MAX     5 /* kept of each cause */
#define RT__EXAMPLE_TEXT_MAX 160

typedef struct rt__example {
  rt__place at;
  char message[RT__EXAMPLE_TEXT_MAX]; /* printable, one line */
} rt__example;

typedef struct rt__tally {
  uint64_t count[RT__CAUSE_COUNT];
  uint32_t kept[RT__CAUSE_COUNT];
  rt__example first[RT__CAUSE_COUNT][RT__EXAMPLES_MAX]; /* in order of place */
} rt__tally;

/* counts one, and keeps the message if it is among the first. Calls may come in any order of place.
 */
void rt__tally_add(rt__tally *t, rt__cause c, const rt__place *at, const char *fmt, ...)
    RT__PRINTF(4, 5);
void rt__tally_merge(rt__tally *into, const rt__tally *from);
uint64_t rt__tally_refused(const rt__tally *t);
uint64_t rt__tally_warned(const rt__tally *t);
uint64_t rt__tally_other(const rt__tally *t);

#endif
