/* mapping - anybody's log lines, by a file that says where each field stands.
 *
 *     {"account": "/user/id",
 *      "ts": "/created_at",
 *      "clock": "ms",
 *      "messages": ["/input/messages", "/input"],
 *      "provider": {"value": "in-house"}}
 *
 * Keys are the contract's names and the parts of bodies (slots.h). A value is a JSON pointer (RFC
 * 6901), a list of them of which the first that leads to something (not null, no empty string) is
 * taken, or an object with a fixed `value`. A pointer may lead into a string that holds JSON.
 * `clock` says how times are written: contract, loose (the default: UTC where no zone stands), ms,
 * us or ns. `when` is a pointer that must lead somewhere for the map to be used on a line; without
 * it, all lines are read by the map.
 *
 * Caveats
 *  - A mapping is immutable and may be used by several threads.
 *  - `account` or --account-field is needed, and `ts`.
 */
#ifndef RT_FEED_MAPPING_H
#define RT_FEED_MAPPING_H

#include "feed/slots.h"

#define RT__MAPPING_BYTES_MAX ((size_t)1 << 20)
#define RT__POINTERS_MAX      8 /* of one field */

typedef struct rt__mapped {
  uint8_t slot;
  uint8_t n; /* pointers; 0: a fixed value */
  rt_slice pointer[RT__POINTERS_MAX];
  rt__jnode value; /* a string */
} rt__mapped;

typedef struct rt__mapping {
  rt_alloc alloc;
  char *text; /* of the pointers */
  size_t text_n;
  rt__mapped field[RT__S_COUNT];
  size_t n;
  rt_slice when; /* p == NULL: always */
  rt__clock clock;
} rt__mapping;

/* RT_E_FORMAT with the place and what is wrong; RT_E_ARG for a key or a pointer that can't be */
rt_code rt__mapping_parse(const rt_alloc *alloc, rt_slice text, rt__mapping **out, rt_error *err);
void rt__mapping_free(rt__mapping *m);

#endif
