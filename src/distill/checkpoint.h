/* checkpoint - the state of a run in one file that is whole or not there.
 *
 * Written beside and renamed after a flush to the disk, so that a kill at any moment leaves either
 * the old or the new one. Holds weights, moments, counters and two hashes: of the settings and of
 * the data, so that a run is only resumed as what it was.
 *
 *   "RTCK" | version u32 | conf hash | data hash | step | tokens | n_data u64 | payload checksum |
 *   header checksum | weights | moments 1 | moments 2            little-endian, floats as they are
 */
#ifndef RT_DISTILL_CHECKPOINT_H
#define RT_DISTILL_CHECKPOINT_H

#include "distill/step.h"

typedef struct rt_checkpoint_key {
  uint64_t conf, data;
} rt_checkpoint_key;

rt_code rt_checkpoint_write(const char *path, const rt_state *s, rt_checkpoint_key key,
                            rt_error *err) RT__MUST_CHECK;

/* RT_E_NOTFOUND if there is no file; RT_E_KEY if it belongs to other settings or other data;
 * RT_E_CHECKSUM, RT_E_FORMAT, RT_E_TRUNCATED. The state is unchanged unless RT_OK. */
rt_code rt_checkpoint_read(const char *path, rt_state *s, rt_checkpoint_key key,
                           rt_error *err) RT__MUST_CHECK;

/* the weights only, whatever the settings were: for export */
rt_code rt_checkpoint_weights(const char *path, rt_model *m, uint64_t *step,
                              rt_error *err) RT__MUST_CHECK;

#endif
