/* score_names - small numbers for names: each distinct string once, numbered from 0 in the order of
 * arrival. Names come from files, so the table is seeded and compares the bytes, not the hashes. */
#ifndef RT_WORLD_SCORE_NAMES_H
#define RT_WORLD_SCORE_NAMES_H

#include "base/hash.h"

#define RT__NO_NAME UINT32_MAX

typedef struct rt__names {
  const rt_alloc *alloc;
  rt__map map; /* hash of a name to 1 + the last number with that hash */
  rt__arena *arena;
  struct rt__name {
    rt_slice text;
    uint32_t same; /* another number with that hash, or RT__NO_NAME */
  } * list;
  uint32_t n, cap, max;
} rt__names;

/* at most `max` names and 256 bytes a name on average. RT_E_NOMEM */
rt_code rt__names_init(rt__names *s, const rt_alloc *a, uint32_t max) RT__MUST_CHECK;
void rt__names_free(rt__names *s);
/* the number of `text`, given now if it is new. RT_E_LIMIT, RT_E_NOMEM. O(length) */
rt_code rt__names_add(rt__names *s, rt_slice text, uint32_t *number) RT__MUST_CHECK;
/* RT__NO_NAME if there is none */
uint32_t rt__names_find(const rt__names *s, rt_slice text);
/* empty if there is none; lives as long as the table */
rt_slice rt__names_text(const rt__names *s, uint32_t number);

#endif
