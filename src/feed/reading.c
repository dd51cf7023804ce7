#include "feed/reading.h"

#include <math.h>

void rt__reading_init(rt__reading *rd, const rt_alloc *alloc)
{
  *rd = (rt__reading){.stop = RT_OK};
  rt__pieces_init(&rd->system, alloc);
  rt__pieces_init(&rd->turns, alloc);
  rt__pieces_init(&rd->scratch, alloc);
  rt__inner_init(&rd->inner, alloc);
#define INIT(code, rows) rt__fields_init(&rd->tables[code], rows.row, rows.n);
  RT__TABLE_MAP(INIT)
#undef INIT
}

void rt__reading_free(rt__reading *rd)
{
  rt__pieces_free(&rd->system);
  rt__pieces_free(&rd->turns);
  rt__pieces_free(&rd->scratch);
  rt__inner_free(&rd->inner);
}

void rt__reading_stop(rt__reading *rd, rt_code code)
{
  if (rd->stop == RT_OK)
    rd->stop = code;
}

void rt__reading_emit(rt__reading *rd)
{
  if (rd->stop != RT_OK)
    return;
  rd->emitted++;
  rd->made[rd->dialect]++;
  rt__reading_stop(rd, rd->emit(rd->emit_ctx, &rd->x, &rd->at, rd->err));
}

static void wrong_kind(void *ctx, const rt__field *row, const rt__jnode *v)
{
  rt__reading *rd = ctx;
  rt__tally_add(rd->tally, RT__CAUSE_FIELD_TYPE, &rd->at, "%s.%s is %s", rd->where, row->name,
                rt__jkind_name(v->kind));
}

void rt__gather(rt__reading *rd, rt__table table, const rt__jnode *object, const char *where,
                const rt__jnode **slots, size_t n_slots)
{
  rd->where = where;
  rt__fields_gather(&rd->tables[table], object, slots, n_slots, wrong_kind, rd);
}

void rt__gather_more(rt__reading *rd, rt__table table, const rt__jnode *object, const char *where,
                     const rt__jnode **slots, size_t n_slots)
{
  const rt__jnode *more[RT__SLOTS_MAX];
  if (!object || n_slots > RT__SLOTS_MAX)
    return;
  rt__gather(rd, table, object, where, more, n_slots);
  for (size_t i = 0; i < n_slots; i++)
    if (!slots[i])
      slots[i] = more[i];
}

rt__cause rt__refuse(rt__reading *rd, rt__cause c, const char *field, const char *why)
{
  rt__tally_add(rd->tally, c, &rd->at, "%s: %s", field, why);
  return c;
}

static int key_length(const rt__jnode *v)
{
  return (int)(v->key_n < 40 ? v->key_n : 40);
}

void rt__warn_range(rt__reading *rd, const rt__jnode *v)
{
  rt__tally_add(rd->tally, RT__CAUSE_FIELD_RANGE, &rd->at, "%.*s is out of range: %.*s",
                key_length(v), v->key ? v->key : "", (int)(v->n < 40 ? v->n : 40), v->p);
}

/* says why a text is missing, if there is something to say */
static void note_text(rt__reading *rd, const rt__jnode *v, rt__text_state state)
{
  if (state == RT__TEXT_BLANKED)
    rt__tally_add(rd->tally, RT__CAUSE_BLANKED, &rd->at, "%.*s holds a logger's mark",
                  key_length(v), v->key ? v->key : "");
  if (state == RT__TEXT_CUT)
    rt__tally_add(rd->tally, RT__CAUSE_CUT, &rd->at, "%.*s was shortened by a logger",
                  key_length(v), v->key ? v->key : "");
}

rt_slice rt__take_text(rt__reading *rd, const rt__jnode *v)
{
  rt_slice s = rt__jslice(v);
  if (!s.p)
    return s;
  rt__text_state state = rt__text_state_of(s);
  if (state == RT__TEXT_GOOD)
    return s;
  note_text(rd, v, state);
  return (rt_slice){NULL, 0};
}

rt_slice rt__take_name(rt__reading *rd, const rt__jnode *v, size_t max)
{
  if (v && v->kind == RT__JSTRING && v->n > max) {
    rt__tally_add(rd->tally, RT__CAUSE_FIELD_RANGE, &rd->at, "%.*s is longer than %zu bytes",
                  key_length(v), v->key ? v->key : "", max);
    return (rt_slice){NULL, 0};
  }
  return rt__take_text(rd, v);
}

void rt__fill_name(rt__reading *rd, rt_slice *into, const rt__jnode *v)
{
  if (!into->p && v && v->kind == RT__JSTRING)
    *into = rt__take_name(rd, v, RT_NAME_MAX);
}

uint32_t rt__take_count(rt__reading *rd, const rt__jnode *v, uint32_t max)
{
  if (!v || v->kind != RT__JNUMBER)
    return RT_UNSET_U32;
  if (!(v->num >= 0 && v->num <= max) || v->num != floor(v->num)) {
    rt__warn_range(rd, v);
    return RT_UNSET_U32;
  }
  return (uint32_t)v->num;
}

int32_t rt__take_milli(rt__reading *rd, const rt__jnode *v)
{
  if (!v || v->kind != RT__JNUMBER)
    return RT_UNSET_I32;
  if (!(v->num >= -1000 && v->num <= 1000)) {
    rt__warn_range(rd, v);
    return RT_UNSET_I32;
  }
  return (int32_t)lround(v->num * 1000);
}

void rt__put(rt__reading *rd, rt__pieces *to, rt_slice s)
{
  if (s.p && rt__pieces_add(to, s) != RT_OK)
    rt__reading_stop(rd, RT_E_NOMEM);
}

rt_slice rt__join_pieces(rt__reading *rd, const rt__pieces *p, size_t from, size_t to)
{
  rt_slice out;
  if (rt__pieces_join(p, from, to, rd->arena, &out) != RT_OK)
    rt__reading_stop(rd, RT_E_NOMEM);
  return out;
}
