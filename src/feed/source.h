/* source - bytes from somewhere: paths, directories and standard input, unpacked, one input after
 * the other.
 *
 * Packing is told by the first bytes, never by the name. An input's report says what was read of it
 * and, if something went wrong, what and where; bytes before the trouble have been delivered.
 *
 * Memory: one buffer, and what unpack.h needs; never a whole file.
 */
#ifndef RT_FEED_SOURCE_H
#define RT_FEED_SOURCE_H

#include "feed/unpack.h"

#define RT__INPUTS_MAX 1000000
/* beyond the first RT__RATIO_FREE bytes, a stream that unpacks to so many times its size is a bomb
 */
#define RT__RATIO_MAX  1000
#define RT__RATIO_FREE ((uint64_t)256 << 20)

typedef struct rt__input {
  char *path;                      /* owned; "-" is standard input */
  rt_code code;                    /* RT_OK, or why not all of it was read */
  char message[RT_ERROR_TEXT_MAX]; /* with file and offset; empty if all is well */
  bool skipped; /* in a directory, but no file: named in the message, no failure */
  bool digest;  /* holds digests, not log lines */
  rt__packing packing;
  uint64_t size;     /* bytes as the file system says; 0 = unknown (a pipe) */
  uint64_t bytes;    /* read so far, as stored */
  uint64_t unpacked; /* delivered so far */
  uint64_t xxh3;     /* XXH3-64 of the bytes as stored; set when the input ends */
} rt__input;

typedef struct rt__inputs {
  const rt_alloc *alloc;
  rt__input *v;
  size_t n, cap;
} rt__inputs;

/* Paths in the order given; a directory becomes its files in byte order of their names, hidden ones
 * left out, what is no file marked as skipped. What can't be opened is in the list with its code
 * and message. */
rt_code rt__inputs_list(const rt_alloc *alloc, const char *const *paths, size_t n, rt__inputs *out,
                        rt_error *err);
void rt__inputs_free(rt__inputs *in);

typedef struct rt__source rt__source;

rt_code rt__source_new(const rt_alloc *alloc, rt__source **out) RT__MUST_CHECK;
void rt__source_free(rt__source *s);

/* opens an input, which must stay until the close; on failure its code and message are set */
rt_code rt__source_open(rt__source *s, rt__input *in);
/* up to n unpacked bytes; 0 of them at the end. On failure the input's code and message are set and
 * *got is what came before. */
rt_code rt__source_read(rt__source *s, void *p, size_t n, size_t *got);
void rt__source_close(rt__source *s);

#endif
