#include "state/pour.h"

void rt__pour_init(rt__pour *p, const rt__set *set, const rt_digest_sink *to)
{
  *p = (rt__pour){.set = set, .to = *to};
  /* an address makes the places in the table hard to foresee; nothing depends on them */
  rt__map_init(&p->said, rt_alloc_default(), SIZE_MAX, rt__mix((uint64_t)(uintptr_t)set));
}

void rt__pour_free(rt__pour *p)
{
  rt__map_free(&p->said);
}

static rt_code say_account(rt__pour *p, uint64_t account, rt_error *err)
{
  size_t i;
  p->account = account;
  if (!p->to.account || !rt__set_find(p->set, account, &i))
    return RT_OK;
  rt_slice name = rt__set_name(p->set, i);
  return name.p ? p->to.account(p->to.ctx, account, name, err) : RT_OK;
}

/* a text that many requests share is said once, before the first that refers to it */
static rt_code say_segment(rt__pour *p, uint64_t hash, rt_error *err)
{
  bool fresh = false;
  const rt_segment *s = hash && p->to.segment ? rt__set_segment(p->set, hash) : NULL;
  if (!s)
    return RT_OK;
  if (!rt__map_put(&p->said, hash, &fresh))
    return rt__fail(err, RT_E_NOMEM, "no memory for the list of shared texts");
  return fresh ? p->to.segment(p->to.ctx, s, err) : RT_OK;
}

rt_code rt__pour_one(rt__pour *p, size_t k, rt_error *err)
{
  rt_digest d;
  rt__set_get(p->set, k, &d);
  const uint64_t texts[] = {d.system, d.tools, d.first_user, d.last_user};
  rt_code c = d.account == p->account ? RT_OK : say_account(p, d.account, err);
  for (size_t i = 0; i < RT__ARRAY_LEN(texts) && c == RT_OK; i++)
    c = say_segment(p, texts[i], err);
  return c == RT_OK ? p->to.record(p->to.ctx, &d, err) : c;
}

rt_code rt__pour_all(const rt__set *set, const rt_digest_sink *to, rt_error *err)
{
  rt__pour p;
  rt_code c = RT_OK;
  rt__pour_init(&p, set, to);
  for (size_t k = 0; k < rt__set_count(set) && c == RT_OK; k++)
    c = rt__pour_one(&p, k, err);
  rt__pour_free(&p);
  return c;
}
