/* retort/error.h - errors as values, and the allocator that is passed in.
 *
 * Caveats
 *  - A function that can fail returns an rt_code and, where it takes an `rt_error *`, fills it.
 *    Passing NULL for the error is allowed everywhere; the code still comes back.
 *  - The library never prints, never exits, never calls abort().
 *  - An rt_error owns nothing: copy it freely.
 */
#ifndef RETORT_ERROR_H
#define RETORT_ERROR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* code, name, what it means */
#define RT_CODE_MAP(X)                                                                             \
  X(RT_OK, "ok", "no error")                                                                       \
  X(RT_E_NOMEM, "nomem", "the allocator returned NULL")                                            \
  X(RT_E_LIMIT, "limit", "a named maximum was reached")                                            \
  X(RT_E_ARG, "arg", "an argument is outside its range")                                           \
  X(RT_E_IO, "io", "the operating system refused a read or a write")                               \
  X(RT_E_FORMAT, "format", "the bytes are not what they should be")                                \
  X(RT_E_TRUNCATED, "truncated", "the bytes end too early")                                        \
  X(RT_E_CHECKSUM, "checksum", "a checksum does not match")                                        \
  X(RT_E_VERSION, "version", "written by a newer version")                                         \
  X(RT_E_KEY, "key", "made with another key")                                                      \
  X(RT_E_NOTFOUND, "notfound", "there is no such thing")                                           \
  X(RT_E_STOPPED, "stopped", "a callback asked to stop")

typedef enum rt_code {
#define RT_CODE_ENUM(code, name, text) code,
  RT_CODE_MAP(RT_CODE_ENUM)
#undef RT_CODE_ENUM
      RT_CODE_COUNT
} rt_code;

#define RT_ERROR_TEXT_MAX 240

/* where: a line number (1-based, 0 when there is none) and a byte offset in that input */
typedef struct rt_error {
  rt_code code;
  uint64_t line;
  uint64_t offset;
  char message[RT_ERROR_TEXT_MAX];
} rt_error;

/* name of a code ("nomem"), or "unknown"; static storage */
const char *rt_code_name(rt_code code);

/* one sentence on a code; static storage */
const char *rt_code_text(rt_code code);

/* The allocator of a caller. `resize` with old == NULL allocates; with size == 0 frees and returns
 * NULL. `old_size` is the size given when `old` was allocated. All memory that a library object
 * takes comes from here; the object keeps a copy of the struct. */
typedef struct rt_alloc {
  void *(*resize)(void *ctx, void *old, size_t old_size, size_t size);
  void *ctx;
} rt_alloc;

/* the C library's realloc and free */
const rt_alloc *rt_alloc_default(void);

#ifdef __cplusplus
}
#endif
#endif
