/* names - what families, verdicts and roles are called. */
#include "base/base.h"
#include "retort/finding.h"

const char *rt_family_name(rt_family f)
{
  static const char *const names[] = {
#define NAME(code, name, what) name,
      RT_FAMILY_MAP(NAME)
#undef NAME
  };
  return (unsigned)f < RT_FAMILY_COUNT ? names[f] : "unknown";
}

const char *rt_family_what(rt_family f)
{
  static const char *const whats[] = {
#define WHAT(code, name, what) what,
      RT_FAMILY_MAP(WHAT)
#undef WHAT
  };
  return (unsigned)f < RT_FAMILY_COUNT ? whats[f] : "unknown";
}

rt_family rt_family_find(rt_slice name)
{
  int f = 0;
  while (f < RT_FAMILY_COUNT && !rt__slice_eq(name, rt__cstr(rt_family_name((rt_family)f))))
    f++;
  return (rt_family)f;
}

const char *rt_verdict_name(rt_verdict v)
{
  static const char *const names[] = {
#define NAME(code, name) name,
      RT_VERDICT_MAP(NAME)
#undef NAME
  };
  return (unsigned)v < RT_VERDICT_COUNT ? names[v] : "unknown";
}

const char *rt_role_name(rt_role r)
{
  static const char *const names[] = {
#define NAME(code, name) name,
      RT_ROLE_MAP(NAME)
#undef NAME
  };
  return (unsigned)r < RT_ROLE_COUNT ? names[r] : "unknown";
}
