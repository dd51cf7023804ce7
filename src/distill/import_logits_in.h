/* import_logits_in - what the two readers of import_logits share. */
#ifndef RT_DISTILL_IMPORT_LOGITS_IN_H
#define RT_DISTILL_IMPORT_LOGITS_IN_H

#include "distill/import_logits.h"

typedef struct rt__logits {
  rt_alloc alloc;
  rt__arena *arena;
  rt_targets_info info;
  rt_targets_writer *writer;
  /* one document, room for `max` tokens */
  uint32_t max;
  uint32_t *tokens;
  unsigned char *mask;
  rt_targets_row *rows;
  float *logits, *scratch; /* vocab */
} rt__logits;

rt_code rt__logits_room(rt__logits *l, uint32_t tokens, rt_error *err) RT__MUST_CHECK;
rt_code rt__logits_from_json(rt__logits *l, rt_slice lines, const char *out,
                             rt_error *err) RT__MUST_CHECK;

#endif
