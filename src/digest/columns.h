/* columns - many records as one block of bytes, column by column, and back.
 *
 * What makes a block small before zstd sees it:
 *  - a field is written only where it differs from the last record of the same account in the block
 * (or from what follows from other fields, see record.h): an account rarely changes its client or
 * its system prompt;
 *  - times are differences to the record before;
 *  - words are ranks in the sorted list of the block's words, as differences.
 * Nothing outside the block is referred to. The layout is in docs/digest.md.
 */
#ifndef RT_DIGEST_COLUMNS_H
#define RT_DIGEST_COLUMNS_H

#include "digest/bytes.h"
#include "digest/record.h"

/* bytes that a record adds to a block, at most */
size_t rt__columns_cost(const rt_digest *d);
/* bytes of an empty block, at most */
#define RT__COLUMNS_FIXED 256

/* ---- writing: records are gathered, then encoded */
typedef struct rt__columns rt__columns;
rt_code rt__columns_new(const rt_alloc *alloc, rt__columns **out) RT__MUST_CHECK;
void rt__columns_free(rt__columns *g);
/* copies a checked record */
rt_code rt__columns_add(rt__columns *g, const rt_digest *d) RT__MUST_CHECK;
size_t rt__columns_count(const rt__columns *g);
/* appends the block to `out` and forgets the records */
rt_code rt__columns_encode(rt__columns *g, rt__out *out) RT__MUST_CHECK;

/* ---- reading: n records out of a block of bytes, each checked and handed on */
rt_code rt__columns_decode(const rt_alloc *alloc, const void *p, size_t size, size_t n,
                           const rt_digest_sink *sink, rt_error *err);

#endif
