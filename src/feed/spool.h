/* spool - storage behind a digest set that outgrows memory: one temporary file a part.
 *
 * Each file is unlinked as soon as it is open, so that nothing stays behind a crash; its place on
 * disk is given back by `drop`. A part is mapped when it is read. At most RT__SPOOL_TOTAL files are
 * open at once, in practice a third of that. One spool belongs to one set.
 */
#ifndef RT_FEED_SPOOL_H
#define RT_FEED_SPOOL_H

#include "digest/set.h"

typedef struct rt__spool_files rt__spool_files;

/* `dir` is copied and must be there (RT_E_IO otherwise, once the first file is made) */
rt_code rt__spool_files_new(const rt_alloc *alloc, const char *dir, rt__spool_files **out,
                            rt_error *err);
/* after the set: what it maps is gone */
void rt__spool_files_free(rt__spool_files *f);

/* the callbacks for rt__set_new */
rt__spool rt__spool_files_callbacks(rt__spool_files *f);

/* bytes written so far */
uint64_t rt__spool_files_bytes(const rt__spool_files *f);

#endif
