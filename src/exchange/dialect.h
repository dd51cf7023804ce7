/* dialect - in which shape a log line says what it says, told apart by its top-level keys.
 *
 * A dialect is a row: code, name, the function of src/feed that reads it, keys that must all be
 * there, keys of which one must be there (both lists separated by blanks). Rows are tried in order
 * and the first that fits is taken, so a shape with telling keys goes before one with plain ones. A
 * new dialect is one row here and one reader there.
 */
#ifndef RT_DIALECT_H
#define RT_DIALECT_H

#include "base/base.h"

/* code, name, reader, all of these keys, one of these keys */
#define RT__DIALECT_MAP(X) X(RT__DIALECT_ENVELOPE, "envelope", rt__read_envelope, "", "account ts")

typedef enum rt__dialect {
#define RT__DIALECT_ENUM(code, name, reader, all, any) code,
  RT__DIALECT_MAP(RT__DIALECT_ENUM)
#undef RT__DIALECT_ENUM
      RT__DIALECT_COUNT
} rt__dialect;

/* says whether the line has this key at its top level */
typedef bool (*rt__has_key)(void *ctx, rt_slice key);

/* the dialect of a line; RT__DIALECT_COUNT if no row fits. O(rows x keys) */
rt__dialect rt__dialect_find(rt__has_key has, void *ctx);

/* "envelope"; "unknown" out of range */
const char *rt__dialect_name(rt__dialect d);

#endif
