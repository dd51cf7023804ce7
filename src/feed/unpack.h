/* unpack - gzip and zstd as streams of bounded memory.
 *
 * Several members or frames behind one another are one stream. Memory: a zstd window of at most
 * 2^RT__WINDOW_LOG_MAX bytes, whatever a frame asks for (one that asks for more is refused).
 */
#ifndef RT_FEED_UNPACK_H
#define RT_FEED_UNPACK_H

#include "base/base.h"

#define RT__WINDOW_LOG_MAX 27
#define RT__MAGIC_MAX      4 /* bytes that tell a packing */

typedef enum rt__packing { RT__PLAIN, RT__GZIP, RT__ZSTD } rt__packing;

/* by the first bytes of a file; fewer than RT__MAGIC_MAX only if the file has no more */
rt__packing rt__packing_of(const void *p, size_t n);
const char *rt__packing_name(rt__packing p);

typedef struct rt__unpack rt__unpack;

rt_code rt__unpack_new(const rt_alloc *alloc, rt__unpack **out) RT__MUST_CHECK;
void rt__unpack_free(rt__unpack *u);

/* begins a stream; RT__PLAIN is not for this room */
rt_code rt__unpack_start(rt__unpack *u, rt__packing packing, rt_error *err);

/* Takes some of in, makes some of out; says how much of each. Call again, with no input if there is
 * none, until it makes nothing. RT_E_FORMAT for bytes that are no such stream. */
rt_code rt__unpack_step(rt__unpack *u, const void *in, size_t in_n, size_t *used, void *out,
                        size_t out_n, size_t *made, rt_error *err);

/* true if the stream may end here */
bool rt__unpack_whole(const rt__unpack *u);

#endif
