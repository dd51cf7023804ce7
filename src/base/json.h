/* json - writing JSON into a bounded buffer. (Reading is the feed's job.)
 * The writer keeps track of commas; doubles are printed with the fewest digits that read back
 * equal. */
#ifndef RT_JSON_H
#define RT_JSON_H

#include "base/base.h"

typedef struct rt__json {
  rt__buf *out;
  rt_code code; /* first failure; everything after it is a no-op */
  int depth;
  uint64_t filled; /* bit d: something was written at depth d, so a comma is due */
  bool after_key;
} rt__json;

void rt__json_init(rt__json *j, rt__buf *out);
void rt__json_open(rt__json *j, char bracket); /* '{' or '[' */
void rt__json_close(rt__json *j, char bracket);
void rt__json_key(rt__json *j, const char *key);
void rt__json_str(rt__json *j, rt_slice s); /* invalid UTF-8 becomes U+FFFD */
void rt__json_cstr(rt__json *j, const char *s);
void rt__json_u64(rt__json *j, uint64_t v);
void rt__json_i64(rt__json *j, int64_t v);
void rt__json_num(rt__json *j, double v); /* NaN and infinities become null */
void rt__json_fixed(rt__json *j, double v,
                    int decimals); /* at most `decimals`, no trailing zeros */
void rt__json_bool(rt__json *j, bool v);
void rt__json_null(rt__json *j);
void rt__json_time(rt__json *j, int64_t us);

/* a key and its value */
void rt__json_put_str(rt__json *j, const char *key, rt_slice v);
void rt__json_put_cstr(rt__json *j, const char *key, const char *v);
void rt__json_put_u64(rt__json *j, const char *key, uint64_t v);
void rt__json_put_i64(rt__json *j, const char *key, int64_t v);
void rt__json_put_num(rt__json *j, const char *key, double v);
void rt__json_put_fixed(rt__json *j, const char *key, double v, int decimals);
void rt__json_put_bool(rt__json *j, const char *key, bool v);
void rt__json_put_time(rt__json *j, const char *key, int64_t us);

#endif
