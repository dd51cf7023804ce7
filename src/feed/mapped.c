/* mapped - lines of any shape, by the user's map. */
#include "feed/reading.h"

#include <stdlib.h>

/* a number in quotes, as databases write them that fear for its digits */
static const rt__jnode *unquoted(rt__reading *rd, const rt__jnode *v)
{
  char text[40], *end;
  if (v->n == 0 || v->n >= sizeof text)
    return NULL;
  memcpy(text, v->p, v->n);
  text[v->n] = 0;
  double num = strtod(text, &end);
  rt__jnode *to = *end == 0 && text[0] > ' ' ? rt__take(rd, sizeof *to) : NULL;
  if (!to)
    return NULL;
  *to = *v;
  to->kind = RT__JNUMBER;
  to->num = num;
  return to;
}

bool rt__is_blank(const rt__jnode *v)
{
  return v->kind == RT__JSTRING && rt__slice_trim(rt__jslice(v)).n == 0;
}

const rt__jnode *rt__fit(rt__reading *rd, const rt__jnode *v, size_t slot)
{
  uint8_t kinds = rt__slot_kinds(slot);
  if (v->kind == RT__JNUMBER && (kinds == RT__JSTRING || slot == RT__S_ACCOUNT))
    v = rt__as_string(rd, v);
  if (v && v->kind == RT__JSTRING && kinds == RT__JNUMBER)
    v = unquoted(rd, v);
  if (v && slot == RT__S_ACCOUNT && v->kind != RT__JSTRING)
    return NULL;
  return v && v->kind & kinds ? v : NULL;
}

static const rt__jnode *look(rt__reading *rd, const rt__jnode *root, const rt__mapped *f)
{
  for (size_t i = 0; i < f->n; i++) {
    const rt__jnode *v = f->pointer[i].n ? rt__find(rd, root, f->pointer[i]) : root;
    if (!v || rt__is_blank(v)) /* an empty field says as little as none */
      continue;
    const rt__jnode *fits = rt__fit(rd, v, f->slot);
    if (fits)
      return fits;
    rt__tally_add(rd->tally, RT__CAUSE_FIELD_TYPE, &rd->at, "map: %.*s for %s is %s: %.*s",
                  (int)(f->pointer[i].n < 60 ? f->pointer[i].n : 60), f->pointer[i].p,
                  rt__slot_name(f->slot), rt__jkind_name(v->kind), (int)(v->n < 30 ? v->n : 30),
                  v->p ? v->p : "");
  }
  return f->n ? NULL : &f->value;
}

rt__cause rt__read_mapped(rt__reading *rd, const rt__jnode *root)
{
  const rt__jnode *slots[RT__S_COUNT] = {NULL};
  const rt__how how = {.clock = rd->mapping->clock, .root = root};
  for (size_t i = 0; i < rd->mapping->n; i++) {
    const rt__mapped *f = &rd->mapping->field[i];
    slots[f->slot] = look(rd, root, f);
    rd->mapped[f->slot] += slots[f->slot] != NULL;
  }
  return rt__read_slots(rd, slots, &how);
}
