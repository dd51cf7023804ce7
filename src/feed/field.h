/* field - known keys of a JSON object, looked up in one pass whatever their order.
 *
 * A table of rows says which keys an object may have, in which slot each value goes and of which
 * kinds it may be. rt__fields_gather walks an object once and leaves a pointer per slot; what was
 * absent, null or of a wrong kind is NULL, the last of two equal keys wins. Decisions come
 * afterwards, over the slots.
 */
#ifndef RT_FEED_FIELD_H
#define RT_FEED_FIELD_H

#include "feed/json.h"

#define RT__FIELDS_MAX 128 /* rows in a table */

#define RT__JANY (RT__JBOOL | RT__JNUMBER | RT__JSTRING | RT__JLIST | RT__JOBJECT)

typedef struct rt__field {
  const char *name;
  uint8_t slot;
  uint8_t kinds; /* set of rt__jkind */
} rt__field;

/* a table made quick to look up; immutable after init */
typedef struct rt__fields {
  const rt__field *rows;
  uint8_t len[RT__FIELDS_MAX];
  uint8_t index[256]; /* row + 1, 0 = empty */
} rt__fields;

/* at most RT__FIELDS_MAX rows, names of 1 to 255 bytes */
void rt__fields_init(rt__fields *f, const rt__field *rows, size_t n);

/* row of a key, NULL if the table has none */
const rt__field *rt__fields_find(const rt__fields *f, const char *key, size_t n);

/* called for a value of a kind that its row does not allow */
typedef void (*rt__wrong_kind)(void *ctx, const rt__field *row, const rt__jnode *v);

/* slots[0 .. n_slots) are set; rows have smaller slots. `object` may be NULL or no object: all
 * slots NULL. */
void rt__fields_gather(const rt__fields *f, const rt__jnode *object, const rt__jnode **slots,
                       size_t n_slots, rt__wrong_kind wrong, void *ctx);

/* name of a kind, for messages */
const char *rt__jkind_name(uint32_t kind);

#endif
