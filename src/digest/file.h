/* file - the .rtd format: digests as bytes. Described to the byte in docs/digest.md.
 *
 * A writer is a sink; its bytes leave through a callback and are a function of what it was fed,
 * order included. A reader takes the bytes in pieces of any size and calls a sink; accounts and
 * segments come before the records that refer to them, as they went in. Account names travel sealed
 * under the key (deterministic authenticated encryption), so that a file shows no identifier, yet a
 * scan of it under the same key prints the same names as a scan of the logs.
 *
 * Caveats
 *  - Nothing read is trusted: sizes are bounded before they are used, every record is checked. A
 * file that is whole may still have been made up by somebody with the key.
 *  - Memory: a writer holds some 20 MiB, a reader some 16 MiB at most, whatever the file.
 *  - After an error only skip (where it says so) and free are of use; other calls give it again.
 */
#ifndef RT_DIGEST_FILE_H
#define RT_DIGEST_FILE_H

#include "digest/set.h"

#define RT__FILE_VERSION     1
#define RT__FILE_BLOCK_MAX   ((size_t)4 << 20) /* bytes of an unpacked block, at most */
#define RT__FILE_RECORDS_MAX 16384 /* records (accounts, segments) of a block, at most */

typedef struct rt__file_writer rt__file_writer;
typedef rt_code (*rt__write_fn)(void *ctx, const void *p, size_t n, rt_error *err);

/* writes the header at once */
rt_code rt__file_writer_new(const rt_alloc *alloc, const rt_key *key, rt__write_fn write, void *ctx,
                            rt__file_writer **out, rt_error *err);
rt_digest_sink rt__file_writer_sink(rt__file_writer *w);
/* A block of the caller's own between the others, for readers that ask for its type; all others
 * pass over it. What was fed before it stands before it. RT_E_ARG for a type of the format's own
 * (below RT__FILE_OWN_FIRST or 255) or more than RT__FILE_BLOCK_MAX bytes. */
#define RT__FILE_OWN_FIRST 16
rt_code rt__file_writer_own(rt__file_writer *w, uint8_t type, rt_slice payload, rt_error *err);
/* flushes the last blocks and writes the trailer. Once; nothing may be fed after it. */
rt_code rt__file_writer_close(rt__file_writer *w, rt_error *err);
/* an unclosed writer leaves a file that a reader calls truncated */
void rt__file_writer_free(rt__file_writer *w);

typedef struct rt__file_reader rt__file_reader;

/* the sink is copied; a NULL callback in it drops what it would get */
rt_code rt__file_reader_new(const rt_alloc *alloc, const rt_key *key, const rt_digest_sink *sink,
                            rt__file_reader **out, rt_error *err);

/* Who wants blocks of rt__file_writer_own: called with each, between the records before it and
 * those after; the payload dies with the call. An error stops the reader. */
typedef rt_code (*rt__own_fn)(void *ctx, uint8_t type, rt_slice payload, rt_error *err);
void rt__file_reader_own(rt__file_reader *r, rt__own_fn fn, void *ctx);

/* The next piece of the stream, any size. Several files concatenated are one stream. Errors carry
 * the offset in the stream: RT_E_KEY, RT_E_VERSION, RT_E_CHECKSUM, RT_E_FORMAT, or what the sink
 * gave. */
rt_code rt__file_reader_feed(rt__file_reader *r, const void *p, size_t n, rt_error *err);

/* After an error in the content of one block (RT_E_CHECKSUM or RT_E_FORMAT and
 * rt__file_reader_can_skip): drops the rest of that block and goes on with what is left of the
 * piece last fed, which must still be there. May find the next error. Records of that block that
 * had been handed on stay handed on. */
rt_code rt__file_reader_skip(rt__file_reader *r, rt_error *err);
bool rt__file_reader_can_skip(const rt__file_reader *r);

/* RT_E_TRUNCATED if the stream ends inside a file: in a block or before its trailer */
rt_code rt__file_reader_close(rt__file_reader *r, rt_error *err);
void rt__file_reader_free(rt__file_reader *r);

/* records in the trailers so far, and records lost with skipped blocks */
uint64_t rt__file_reader_records(const rt__file_reader *r);
uint64_t rt__file_reader_lost(const rt__file_reader *r);

/* true if the bytes start like a digest file; 8 bytes are enough */
bool rt__file_is_digest(const void *p, size_t n);

#endif
