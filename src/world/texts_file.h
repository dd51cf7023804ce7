/* texts_file - the lists of a texts file (texts.h) as pools.
 *
 * Caveats
 *  - A text is a slice of the file's bytes, which must outlive the pools.
 *  - Texts that are no valid UTF-8 or have a broken escape are left out, and so are items without
 *    one text.
 */
#ifndef RT_WORLD_TEXTS_FILE_H
#define RT_WORLD_TEXTS_FILE_H

#include "world/texts.h"

/* names of the lists, by pool, up to the corpora */
extern const char *const rt__texts_lists[RT__POOL_CORPUS];

/* the file's bytes into `b`, which is initialised here and the caller's to free whatever is
 * returned. RT_E_IO, RT_E_LIMIT beyond RT__TEXTS_FILE_MAX, RT_E_NOMEM */
rt_code rt__texts_read(const rt_alloc *a, const char *path, rt__buf *b,
                       rt_error *err) RT__MUST_CHECK;
/* puts the decompressed bytes in place of those of `b` if they are zstd. `path` is for messages.
 * RT_E_FORMAT, RT_E_TRUNCATED, RT_E_LIMIT, RT_E_NOMEM */
rt_code rt__texts_unpack(rt__buf *b, const char *path, rt_error *err) RT__MUST_CHECK;

/* Fills the zeroed pools whose lists are there and are not empty; *corpora is the number of lists
 * under CORPUS with a text in them. Arrays come from `arena`. RT_E_FORMAT, RT_E_LIMIT, RT_E_NOMEM
 */
rt_code rt__texts_take(const rt_alloc *alloc, rt_slice json, rt__arena *arena, rt__pool *pools,
                       uint32_t *corpora, rt_error *err) RT__MUST_CHECK;

/* arrays of a pool for n items of n_text turns in all. RT_E_NOMEM */
rt_code rt__pool_room(rt__arena *a, rt__pool *p, uint32_t n, uint32_t n_text) RT__MUST_CHECK;

/* bytes of the whole characters and escapes within the first `max`; *ok is false if one of them is
 * not valid */
size_t rt__whole_tokens(rt_slice s, size_t max, bool *ok);

#endif
