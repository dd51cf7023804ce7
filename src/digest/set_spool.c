#include "digest/set_impl.h"

rt_code rt__set_flush(rt__set *s, rt_error *err)
{
  (void)s;
  (void)err;
  return RT_OK;
}
rt_code rt__set_seal_parts(rt__set *s, rt_error *err)
{
  (void)s;
  (void)err;
  return RT_OK;
}
rt_code rt__set_absorb_parts(rt__set *s, rt__set *from, rt_error *err)
{
  (void)s;
  (void)from;
  (void)err;
  return RT_OK;
}
void rt__set_drop_parts(rt__set *s)
{
  (void)s;
}
