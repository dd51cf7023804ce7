/* record - one record of a line, in whatever dialect: the map first, then the shapes that are
 * known. */
#include "feed/reading.h"

#define WRAPS_MAX 4 /* records within records */

typedef rt__cause (*reader)(rt__reading *rd, const rt__jnode *root);
static const reader readers[] = {
#define READER(code, name, reader, all, any, account) reader,
    RT__DIALECT_MAP(READER)
#undef READER
};

static bool has_key(void *ctx, rt_slice key)
{
  const rt__jnode *root = ctx;
  for (const rt__jnode *v = root + 1; v < root + root->span; v += v->span)
    if (rt__slice_eq(rt__jkey(v), key))
      return true;
  return false;
}

static bool is_mapped(rt__reading *rd, const rt__jnode *root)
{
  return rd->mapping && (!rd->mapping->when.p || rt__find(rd, root, rd->mapping->when));
}

static void read_object(rt__reading *rd, const rt__jnode *root, rt_slice line)
{
  rt__inner_clear(&rd->inner);
  rt__dialect d =
      is_mapped(rd, root) ? RT__DIALECT_MAPPED : rt__dialect_find(has_key, (void *)(uintptr_t)root);
  if (d == RT__DIALECT_COUNT) {
    rt__tally_add(rd->tally, RT__CAUSE_DIALECT, &rd->at, "no known shape: %.*s",
                  (int)(line.n < 100 ? line.n : 100), line.p);
    return;
  }
  rd->dialect = d;
  rd->records[d]++;
  (void)readers[d](rd, root);
}

/* a list of records, as some loggers send them in one go; anything else in it is refused */
static void read_list(rt__reading *rd, const rt__jnode *list)
{
  bool first = true;
  for (const rt__jnode *c = list + 1; c < list + list->span && rd->stop == RT_OK; c += c->span) {
    if (c->kind == RT__JOBJECT)
      read_object(rd, c, rt__slice(c->p, c->n));
    else if (first)
      rt__tally_add(rd->tally, RT__CAUSE_BROKEN, &rd->at, "%s where an object should be",
                    c->kind == RT__JLIST ? "a list" : rt__jkind_name(c->kind));
    first = first && c->kind == RT__JOBJECT;
  }
}

void rt__read_record(rt__reading *rd, const rt__jnode *root, rt_slice line)
{
  if (root->kind == RT__JOBJECT)
    read_object(rd, root, line);
  else if (root->kind == RT__JLIST && root->span > 1 && root[1].kind == RT__JOBJECT)
    read_list(rd, root);
  else
    rt__tally_add(rd->tally, RT__CAUSE_BROKEN, &rd->at, "%s where an object should be",
                  rt__jkind_name(root->kind));
}

/* ---- records in an envelope of whoever carried them */

/* CloudWatch: {"logEvents":[{"message":"{...}"}]} */
static void read_events(rt__reading *rd, const rt__jnode *list)
{
  size_t base = rd->inner.base;
  for (const rt__jnode *c = list + 1; c < list + list->span && rd->stop == RT_OK; c += c->span) {
    rt__inner_clear(&rd->inner);
    const rt__jnode *v = rt__unfold(rd, rt__member(c, "message"));
    rd->inner.base = rd->inner.used;
    if (v && v->kind == RT__JOBJECT)
      rt__read_record(rd, v, rt__slice(v->p, v->n));
    rd->inner.base = base;
    if (!v || v->kind != RT__JOBJECT)
      rt__tally_add(rd->tally, RT__CAUSE_BROKEN, &rd->at,
                    "logEvents: a message that is no JSON object");
  }
}

rt__cause rt__read_wrapped(rt__reading *rd, const rt__jnode *root)
{
  static const char *const lists[] = {"records", "Records"};
  const rt__jnode *v = rt__member(root, "logEvents"),
                  *one = rt__member(root, "standard_logging_object");
  if (rd->wraps == WRAPS_MAX)
    return rt__refuse(rd, RT__CAUSE_DEEP, "records", "records within records within records");
  rd->wraps++;
  if (v && v->kind == RT__JLIST)
    read_events(rd, v);
  else if (one)
    rt__read_record(rd, one, rt__slice(one->p, one->n));
  else
    for (size_t i = 0; i < RT__ARRAY_LEN(lists); i++) {
      v = rt__member(root, lists[i]);
      if (v && v->kind == RT__JLIST)
        read_list(rd, v);
    }
  rd->wraps--;
  return RT__CAUSE_NONE;
}
