/* file - the .rtd format: digests as bytes. Described in docs/digest.md.
 *
 * A writer is a sink; its bytes leave through a callback. A reader takes the whole file's bytes in pieces
 * and calls a sink. Account names travel sealed under the key (deterministic authenticated encryption:
 * the synthetic IV is an HMAC of the name), so that a file shows no identifier, yet a scan of it under the
 * same key prints the same names as a scan of the logs.
 */
#ifndef RT_DIGEST_FILE_H
#define RT_DIGEST_FILE_H

#include "digest/set.h"

#define RT__FILE_VERSION   1
#define RT__FILE_BLOCK_MAX ((size_t)4 << 20) /* bytes of an unpacked block, at most */

typedef struct rt__file_writer rt__file_writer;
typedef rt_code (*rt__write_fn)(void *ctx, const void *p, size_t n, rt_error *err);

/* writes the header at once */
rt_code rt__file_writer_new(const rt_alloc *alloc, const rt_key *key, rt__write_fn write, void *ctx,
                            rt__file_writer **out, rt_error *err);
rt_digest_sink rt__file_writer_sink(rt__file_writer *w);
/* flushes the last block and writes the trailer (counts, checksum of all) */
rt_code rt__file_writer_close(rt__file_writer *w, rt_error *err);
void rt__file_writer_free(rt__file_writer *w);

typedef struct rt__file_reader rt__file_reader;

rt_code rt__file_reader_new(const rt_alloc *alloc, const rt_key *key, const rt_digest_sink *sink,
                            rt__file_reader **out, rt_error *err);
/* the next piece of the file, any size. Several files concatenated are one stream. RT_E_KEY, RT_E_VERSION,
 * RT_E_CHECKSUM, RT_E_FORMAT with the offset in the error. After a checksum error in one block the caller may
 * go on with rt__file_reader_skip, which drops that block. */
rt_code rt__file_reader_feed(rt__file_reader *r, const void *p, size_t n, rt_error *err);
rt_code rt__file_reader_skip(rt__file_reader *r, rt_error *err);
/* RT_E_TRUNCATED if the stream ends inside a block or without a trailer */
rt_code rt__file_reader_close(rt__file_reader *r, rt_error *err);
void rt__file_reader_free(rt__file_reader *r);

/* true if the bytes start like a digest file; 8 bytes are enough */
bool rt__file_is_digest(const void *p, size_t n);

#endif
