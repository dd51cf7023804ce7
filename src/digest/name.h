/* name - an account's name within its tenant, as the bytes that are hashed, sealed and kept.
 *
 * Two tenants may both have an account "alice". What stands for an account everywhere is therefore
 * its name alone where no tenant is known, else the name, a NUL and the tenant. An account's name
 * holds no NUL (rt_exchange_check), so that the way back is unique.
 */
#ifndef RT_DIGEST_NAME_H
#define RT_DIGEST_NAME_H

#include "base/base.h"
#include "retort/exchange.h"

/* The account itself where there is no tenant; else written to `out`. Both together must fit:
 * account.n + tenant.n < RT_NAME_MAX, as rt_exchange_check wants it. */
rt_slice rt__name_join(rt_slice account, rt_slice tenant, char out[RT_NAME_MAX]);

/* the two parts; what is missing has p == NULL */
rt_slice rt__name_account(rt_slice name);
rt_slice rt__name_tenant(rt_slice name);

#endif
