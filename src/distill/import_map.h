/* import_map - a whole file as bytes that are mapped, for the readers of model files. */
#ifndef RT_DISTILL_IMPORT_MAP_H
#define RT_DISTILL_IMPORT_MAP_H

#include "base/base.h"

/* RT_E_IO if there is no such regular file, RT_E_TRUNCATED if it is empty */
rt_code rt__map_file(const char *path, const unsigned char **p, size_t *n,
                     rt_error *err) RT__MUST_CHECK;
void rt__unmap_file(const unsigned char *p, size_t n);

#endif
