#include "digest/name.h"

rt_slice rt__name_join(rt_slice account, rt_slice tenant, char out[RT_NAME_MAX])
{
  if (!tenant.p || tenant.n == 0 || account.n + tenant.n >= RT_NAME_MAX)
    return account;
  memcpy(out, account.p, account.n);
  out[account.n] = '\0';
  memcpy(out + account.n + 1, tenant.p, tenant.n);
  return rt__slice(out, account.n + 1 + tenant.n);
}

rt_slice rt__name_account(rt_slice name)
{
  const char *end = name.n ? memchr(name.p, '\0', name.n) : NULL;
  return end ? rt__slice(name.p, (size_t)(end - name.p)) : name;
}

rt_slice rt__name_tenant(rt_slice name)
{
  size_t n = rt__name_account(name).n;
  return n < name.n ? rt__slice(name.p + n + 1, name.n - n - 1) : (rt_slice){NULL, 0};
}
