#include "feed/field.h"

static unsigned spot(const char *key, size_t n)
{
  return (unsigned)(n * 29 + (unsigned char)key[0] * 5 + (unsigned char)key[n - 1] * 3 +
                    (unsigned char)key[n / 2]) &
         255;
}

void rt__fields_init(rt__fields *f, const rt__field *rows, size_t n)
{
  *f = (rt__fields){.rows = rows};
  for (size_t i = 0; i < n && i < RT__FIELDS_MAX; i++) {
    f->len[i] = (uint8_t)strlen(rows[i].name);
    unsigned at = spot(rows[i].name, f->len[i]);
    while (f->index[at])
      at = (at + 1) & 255;
    f->index[at] = (uint8_t)(i + 1);
  }
}

const rt__field *rt__fields_find(const rt__fields *f, const char *key, size_t n)
{
  if (n == 0 || n > 255)
    return NULL;
  for (unsigned at = spot(key, n); f->index[at]; at = (at + 1) & 255) {
    unsigned row = f->index[at] - 1u;
    if (f->len[row] == n && memcmp(f->rows[row].name, key, n) == 0)
      return &f->rows[row];
  }
  return NULL;
}

void rt__fields_gather(const rt__fields *f, const rt__jnode *object, const rt__jnode **slots,
                       size_t n_slots, rt__wrong_kind wrong, void *ctx)
{
  memset(slots, 0, n_slots * sizeof *slots);
  if (!object || object->kind != RT__JOBJECT)
    return;
  for (const rt__jnode *v = object + 1; v < object + object->span; v += v->span) {
    const rt__field *row = rt__fields_find(f, v->key, v->key_n);
    if (!row)
      continue;
    bool fits = (v->kind & row->kinds) != 0;
    if (!fits && v->kind != RT__JNULL)
      wrong(ctx, row, v);
    slots[row->slot] = fits ? v : NULL;
  }
}

const char *rt__jkind_name(uint32_t kind)
{
  switch (kind) {
  case RT__JNULL:
    return "null";
  case RT__JBOOL:
    return "a truth value";
  case RT__JNUMBER:
    return "a number";
  case RT__JSTRING:
    return "a string";
  case RT__JLIST:
    return "a list";
  default:
    return "an object";
  }
}
