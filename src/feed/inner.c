#include "feed/inner.h"

void rt__inner_init(rt__inner *in, const rt_alloc *alloc)
{
  *in = (rt__inner){.alloc = alloc};
}

void rt__inner_free(rt__inner *in)
{
  for (size_t i = 0; i < RT__INNER_MAX; i++)
    rt__jreader_free(in->readers[i]);
  *in = (rt__inner){.alloc = in->alloc};
}

void rt__inner_rest(rt__inner *in)
{
  for (size_t i = 0; i < RT__INNER_MAX; i++)
    if (in->readers[i])
      rt__jreader_rest(in->readers[i]);
}

/* cheap to see before anything is parsed */
static bool looks_like(rt_slice t)
{
  if (t.n < 2)
    return false;
  char last = t.p[t.n - 1];
  return (t.p[0] == '{' && last == '}') || (t.p[0] == '[' && last == ']');
}

static rt_code parse(rt__inner *in, rt_slice s, const rt__jnode **root)
{
  size_t i = in->used, at;
  const char *what;
  if (!in->readers[i] && rt__jreader_new(in->alloc, &in->readers[i]) != RT_OK)
    return RT_E_NOMEM;
  rt__jfault f = rt__jreader_parse(in->readers[i], s.p, s.n, root, &at, &what);
  if (f == RT__JFAULT_NOMEM)
    return RT_E_NOMEM;
  if (f != RT__JFAULT_NONE || !((*root)->kind & (RT__JLIST | RT__JOBJECT)))
    *root = NULL;
  in->from[i] = s.p;
  in->root[i] = *root;
  in->used++;
  return RT_OK;
}

rt_code rt__inner_parse(rt__inner *in, rt_slice s, const rt__jnode **root)
{
  *root = NULL;
  rt_slice t = rt__slice_trim(s);
  if (!looks_like(t))
    return RT_OK;
  for (size_t i = 0; i < in->used; i++)
    if (in->from[i] == t.p) {
      *root = in->root[i];
      return RT_OK;
    }
  return in->used < RT__INNER_MAX ? parse(in, t, root) : RT_OK;
}
