/* export_file - a file that appears whole or not at all.
 *
 * Bytes go to "<path>.part"; finishing flushes them to the disk and renames. A full disk or a
 * failed write is reported by name, once, and nothing is left behind under the final name.
 */
#ifndef RT_DISTILL_EXPORT_FILE_H
#define RT_DISTILL_EXPORT_FILE_H

#include "base/base.h"

typedef struct rt__out rt__out;

rt_code rt__out_open(const rt_alloc *alloc, const char *path, rt__out **out,
                     rt_error *err) RT__MUST_CHECK;
rt_code rt__out_write(rt__out *o, const void *p, size_t n, rt_error *err) RT__MUST_CHECK;
/* n zero bytes */
rt_code rt__out_zeros(rt__out *o, size_t n, rt_error *err) RT__MUST_CHECK;
uint64_t rt__out_size(const rt__out *o);
/* overwrites earlier bytes, for a header whose counts are known at the end; then goes on at the end
 */
rt_code rt__out_patch(rt__out *o, uint64_t at, const void *p, size_t n,
                      rt_error *err) RT__MUST_CHECK;
/* gives the file its name; the handle is gone afterwards, whatever is returned */
rt_code rt__out_finish(rt__out *o, rt_error *err) RT__MUST_CHECK;
/* drops the file and the handle */
void rt__out_abandon(rt__out *o);

/* the whole of a small file at once */
rt_code rt__out_whole(const rt_alloc *alloc, const char *path, rt_slice bytes,
                      rt_error *err) RT__MUST_CHECK;

/* makes a folder, unless it is there */
rt_code rt__out_folder(const char *path, rt_error *err) RT__MUST_CHECK;

#endif
