/* names - what families, verdicts and roles are called; apart from the accessors, so that whoever
 * only reads findings from a file needs no scan. */
#include "base/base.h"
#include "retort/finding.h"

#define NAMES(table, count, name_row)                                                              \
  static const char *const names[] = {table(name_row)};                                            \
  return (unsigned)v < (count) ? names[v] : "unknown"

const char *rt_verdict_name(rt_verdict v)
{
#define ROW(code, name) name,
  NAMES(RT_VERDICT_MAP, RT_VERDICT_COUNT, ROW);
#undef ROW
}

const char *rt_change_name(rt_change_kind v)
{
#define ROW(code, name) name,
  NAMES(RT_CHANGE_MAP, RT_CHANGE_COUNT, ROW);
#undef ROW
}

const char *rt_role_name(rt_role v)
{
#define ROW(code, name) name,
  NAMES(RT_ROLE_MAP, RT_ROLE_COUNT, ROW);
#undef ROW
}

const char *rt_family_name(rt_family v)
{
#define ROW(code, name, what) name,
  NAMES(RT_FAMILY_MAP, RT_FAMILY_COUNT, ROW);
#undef ROW
}

const char *rt_family_what(rt_family v)
{
#define ROW(code, name, what) what,
  NAMES(RT_FAMILY_MAP, RT_FAMILY_COUNT, ROW);
#undef ROW
}

rt_family rt_family_find(rt_slice name)
{
  for (int f = 0; f < RT_FAMILY_COUNT; f++)
    if (rt__slice_eq(name, rt__cstr(rt_family_name((rt_family)f))))
      return (rt_family)f;
  return RT_FAMILY_COUNT;
}
