#include "feed/mapping.h"

#include "base/json_read.h"

#include <stdio.h>

#define NODES_MAX 4096

struct parse {
  const rt__jr *doc;
  rt__mapping *m;
  rt__buf text; /* all strings, one behind the other */
  rt_error *err;
};

static rt_code wrong(struct parse *p, const rt__jr_node *at, const char *why)
{
  return rt__fail(p->err, RT_E_ARG, "\"%.*s\": %s", (int)(at->key.n < 60 ? at->key.n : 60),
                  at->key.p ? at->key.p : "", why);
}

/* the string's place in `text`, for now as an offset: the buffer may move */
static rt_code keep(struct parse *p, const rt__jr_node *v, rt_slice *out)
{
  size_t from = p->text.n;
  rt_code c = rt__jr_string(v, &p->text);
  *out = (rt_slice){(const char *)(uintptr_t)from, p->text.n - from};
  return c == RT_OK ? c : rt__fail(p->err, c, "no memory for the map");
}

static rt_code keep_pointer(struct parse *p, const rt__jr_node *at, const rt__jr_node *v,
                            rt_slice *out)
{
  if (v->type != RT__JR_STRING)
    return wrong(p, at, "a JSON pointer is needed, a string such as \"/user/id\"");
  rt_code c = keep(p, v, out);
  if (c == RT_OK && out->n && p->text.p[p->text.n - out->n] != '/')
    return wrong(p, at, "a JSON pointer begins with a slash, as in \"/user/id\"");
  return c;
}

static rt_code keep_pointers(struct parse *p, const rt__jr_node *at, rt__mapped *f)
{
  rt_code c = RT_OK;
  for (const rt__jr_node *v = rt__jr_first(p->doc, at); v && c == RT_OK;
       v = rt__jr_next(p->doc, v)) {
    if (f->n == RT__POINTERS_MAX)
      return wrong(p, at, "too many pointers");
    c = keep_pointer(p, at, v, &f->pointer[f->n++]);
  }
  return c == RT_OK && f->n == 0 ? wrong(p, at, "an empty list of pointers") : c;
}

static rt_code keep_value(struct parse *p, const rt__jr_node *at, rt__mapped *f)
{
  const rt__jr_node *v = rt__jr_get(p->doc, at, "value");
  rt_slice s;
  if (!v || v->type != RT__JR_STRING)
    return wrong(p, at, "an object here has a \"value\", a string");
  rt_code c = keep(p, v, &s);
  f->value = (rt__jnode){.p = s.p, .n = (uint32_t)s.n, .span = 1, .kind = RT__JSTRING};
  return c;
}

static rt_code read_field(struct parse *p, const rt__jr_node *at)
{
  size_t slot = rt__slot_find(at->key);
  if (slot == RT__S_COUNT)
    return wrong(p, at, "there is no such field; see `retort map --fields`");
  rt__mapped *f = &p->m->field[p->m->n++];
  f->slot = (uint8_t)slot;
  if (at->type == RT__JR_ARRAY)
    return keep_pointers(p, at, f);
  if (at->type == RT__JR_OBJECT)
    return keep_value(p, at, f);
  f->n = 1;
  return keep_pointer(p, at, at, &f->pointer[0]);
}

static rt_code read_clock(struct parse *p, const rt__jr_node *at)
{
  p->m->clock = at->type == RT__JR_STRING ? rt__clock_find(at->raw) : RT__CLOCK_COUNT;
  if (p->m->clock == RT__CLOCK_COUNT)
    return wrong(p, at, "one of contract, loose, ms, us and ns is needed");
  return RT_OK;
}

static bool is_key(const rt__jr_node *v, const char *key)
{
  return rt__slice_eq(v->key, rt__cstr(key));
}

static rt_code read_all(struct parse *p)
{
  const rt__jr_node *root = rt__jr_root(p->doc);
  bool seen[RT__S_COUNT] = {false};
  rt_code c = RT_OK;
  if (root->type != RT__JR_OBJECT)
    return rt__fail(p->err, RT_E_FORMAT, "a map is a JSON object");
  for (const rt__jr_node *v = rt__jr_first(p->doc, root); v && c == RT_OK;
       v = rt__jr_next(p->doc, v)) {
    size_t slot = rt__slot_find(v->key);
    if (slot < RT__S_COUNT && seen[slot])
      return wrong(p, v, "said twice");
    if (slot < RT__S_COUNT)
      seen[slot] = true;
    if (is_key(v, "clock"))
      c = read_clock(p, v);
    else if (is_key(v, "when"))
      c = keep_pointer(p, v, v, &p->m->when);
    else
      c = read_field(p, v);
  }
  if (c == RT_OK && !seen[RT__S_TS])
    return rt__fail(p->err, RT_E_ARG, "the map says nothing of \"ts\", which every exchange needs");
  return c;
}

static void settle(rt_slice *s, const char *text)
{
  s->p = text + (uintptr_t)s->p;
}

/* the strings moved to their last place: from offsets to pointers */
static rt_code settle_all(struct parse *p)
{
  rt__mapping *m = p->m;
  m->text_n = p->text.n + 1;
  m->text = rt__realloc(&m->alloc, NULL, 0, m->text_n, 1);
  if (!m->text)
    return rt__fail(p->err, RT_E_NOMEM, "no memory for the map");
  if (p->text.n)
    memcpy(m->text, p->text.p, p->text.n);
  m->text[p->text.n] = 0;
  for (size_t i = 0; i < m->n; i++) {
    for (size_t k = 0; k < m->field[i].n; k++)
      settle(&m->field[i].pointer[k], m->text);
    m->field[i].value.p = m->text + (uintptr_t)m->field[i].value.p;
  }
  if (m->when.n)
    settle(&m->when, m->text);
  else
    m->when = (rt_slice){NULL, 0};
  return RT_OK;
}

rt_code rt__mapping_parse(const rt_alloc *alloc, rt_slice text, rt__mapping **out, rt_error *err)
{
  rt__jr *doc;
  if (text.n > RT__MAPPING_BYTES_MAX)
    return rt__fail(err, RT_E_LIMIT, "longer than a map may be");
  rt_code c = rt__jr_parse(alloc, text, NODES_MAX, &doc, err);
  if (c != RT_OK)
    return c;
  rt__mapping *m = rt__calloc(alloc, 1, sizeof *m);
  if (!m) {
    rt__jr_free(doc);
    return rt__fail(err, RT_E_NOMEM, "no memory for the map");
  }
  m->alloc = *alloc;
  m->clock = RT__CLOCK_LOOSE;
  struct parse p = {.doc = doc, .m = m, .err = err};
  rt__buf_init(&p.text, alloc, RT__MAPPING_BYTES_MAX);
  c = read_all(&p);
  if (c == RT_OK)
    c = settle_all(&p);
  rt__buf_free(&p.text);
  rt__jr_free(doc);
  if (c == RT_OK)
    *out = m;
  else
    rt__mapping_free(m);
  return c;
}

void rt__mapping_free(rt__mapping *m)
{
  if (!m)
    return;
  rt_alloc a = m->alloc;
  rt__free(&a, m->text, m->text_n);
  rt__free(&a, m, sizeof *m);
}
